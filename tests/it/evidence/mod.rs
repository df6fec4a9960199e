//! Photos: what reads them, what keeps them, and who sees what of them.

mod bucket;
mod child;
mod doors;
mod kills;
mod outage;
mod photos;
mod probe;
mod rgw;

/// A photo with one face; see `tests/data/photos/README.md`.
pub const ASTRONAUT: &[u8] = include_bytes!("../../data/photos/astronaut.jpg");
