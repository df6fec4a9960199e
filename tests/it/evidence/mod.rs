//! Photos: what reads them, what keeps them, and who sees what of them.

mod boxes;
mod child;
mod doors;
mod hostile;
mod likeness;
mod looks;
mod photos;

pub use crate::world::corpora::ASTRONAUT;
