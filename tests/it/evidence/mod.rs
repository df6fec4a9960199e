//! Photos: what reads them, what keeps them, and who sees what of them.

mod child;
mod doors;
mod erasing;
mod photos;
mod retention;

/// A photo with one face; see `tests/data/photos/README.md`.
pub const ASTRONAUT: &[u8] = include_bytes!("../../data/photos/astronaut.jpg");
