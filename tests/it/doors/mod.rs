//! Everything over real HTTP: who gets in where, and what the guards at the door let through.

mod guards;
mod health;
mod hidden;
mod markers;
mod payload;
mod routes;
mod waiting;
