//! The one integration binary: stories, faults, doors and the store's contract, on real parts.
#![cfg(test)]

mod supply_chain;
mod world;
