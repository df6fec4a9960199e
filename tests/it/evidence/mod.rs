//! Photos: what reads them, what keeps them, and who sees what of them.

mod boxes;
mod bucket;
mod child;
mod composer;
mod doors;
mod early;
mod erasing;
mod fetch;
mod given_back;
mod holds;
mod hostile;
mod keys;
mod kills;
mod likeness;
mod locks;
mod looks;
mod outage;
mod photos;
mod probe;
mod renditions;
mod retention;
mod rgw;
mod sealed_only;
mod starved;
mod verify;

pub use crate::world::corpora::{ASTRONAUT, HEIC, WHOLE_ASTRONAUT};

/// How many of its first bytes tell a picture of ours; three of them stand in one of a hundred sealed photos by chance.
pub const HEAD: usize = 11;

/// Another photo for each number, of the same kind: what a camera writes into a comment does not change the picture.
pub fn another(seed: u8) -> Vec<u8> {
    let (start, rest) = ASTRONAUT.split_at(2);
    [start, &[0xff, 0xfe, 0, 3, seed], rest].concat()
}
