//! The fakes prove themselves: what a fake says must be what the platform says, or every story on it proves nothing. What
//! they refuse, what they remember, and that the real clients get on with them.

mod discord;
mod slack;
