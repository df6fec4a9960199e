//! Photos as evidence: what was sent is sealed as it came, and people look at a review copy that was made anew.
//!
//! Reading order: [`header`] (what a file says it is), [`scrub`] (decoded, upright, small, without anything but pixels),
//! [`mask`] (faces are covered), [`child`] (all of that in a process of its own).

pub mod child;
pub mod header;
pub mod mask;
pub mod scrub;
