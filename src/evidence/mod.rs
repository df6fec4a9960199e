//! Photos as evidence: what was sent is sealed as it came, and people look at a review copy that was made anew.
//!
//! Reading order: [`fetch`] (from a chat, if it was sent there), [`header`] (what a file says it is), [`heif`] (what
//! nothing here reads, and is sealed alone), [`scrub`] (decoded,
//! upright, small, without anything but pixels), [`mask`] (faces are covered), [`likeness`] (what it looks like as a whole),
//! [`stamp`] (who looks stands on it), [`child`] (all of that in a process of its own), [`seal`] (bytes under a key), [`vault`]
//! (where they lie: a folder, or a [`bucket`]), [`keep`] (how they get there), [`standing`] (what happens while they
//! cannot).

pub mod bucket;
pub mod child;
pub mod fetch;
pub mod header;
pub mod heif;
pub mod keep;
pub mod likeness;
pub mod mask;
pub mod scrub;
pub mod seal;
pub mod stamp;
pub mod standing;
pub mod trouble;
pub mod vault;

/// Photographs for tests, of which there is one list.
#[cfg(test)]
#[expect(dead_code, reason = "some of it is for others")]
#[path = "../../tests/it/world/corpora.rs"]
mod corpora;
