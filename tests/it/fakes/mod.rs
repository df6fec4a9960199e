//! The fakes themselves: what a fake says must be what the platform says, or every story on it proves nothing.

mod slack;
