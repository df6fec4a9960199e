//! Promises that are measured.
fn main() {}
