//! The one integration binary: stories, faults, doors and the store's contract, on real parts.
#![cfg(test)]

#[macro_use]
mod both;
mod api;
mod contract;
mod doors;
mod faults;
mod stories;
mod supply_chain;
mod world;
