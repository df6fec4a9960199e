//! The one integration binary: stories, faults, doors and the store's contract, on real parts.
#![cfg(test)]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test names what it expects and panics on everything else")]
#![expect(clippy::unnecessary_wraps, reason = "a helper gives what a field takes")]

#[macro_use]
mod both;
mod api;
mod cli;
mod contract;
mod discord;
mod doors;
mod evidence;
mod fakes;
mod faults;
mod slack;
mod stories;
mod supply_chain;
mod world;
