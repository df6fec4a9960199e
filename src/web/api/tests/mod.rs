//! The API as a program meets it: over its routes, on a real store.

mod actions;
mod document;
mod incidents;
mod keys;
mod reports;
mod world;
