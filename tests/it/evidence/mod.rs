//! Photos: what reads them, what keeps them, and who sees what of them.

mod boxes;
mod child;
mod doors;
mod erasing;
mod holds;
mod hostile;
mod keys;
mod looks;
mod photos;
mod retention;
mod verify;

pub use crate::world::corpora::ASTRONAUT;
