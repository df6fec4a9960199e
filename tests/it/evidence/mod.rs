//! Photos: what reads them, what keeps them, and who sees what of them.

mod child;
mod doors;
mod fetch;
mod photos;

/// Another photo for each number, of the same kind: what a camera writes into a comment does not change the picture.
pub fn another(seed: u8) -> Vec<u8> {
    let (start, rest) = ASTRONAUT.split_at(2);
    [start, &[0xff, 0xfe, 0, 3, seed], rest].concat()
}

/// A photo with one face; see `tests/data/photos/README.md`.
pub const ASTRONAUT: &[u8] = include_bytes!("../../data/photos/astronaut.jpg");
