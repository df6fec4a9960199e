//! Photos: what reads them, what keeps them, and who sees what of them.

mod child;
mod doors;
mod erasing;
mod holds;
mod keys;
mod photos;
mod retention;
mod verify;

/// A photo with one face; see `tests/data/photos/README.md`.
pub const ASTRONAUT: &[u8] = include_bytes!("../../data/photos/astronaut.jpg");
