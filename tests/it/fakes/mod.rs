//! The fakes prove themselves: what they refuse, what they remember, and that the real clients get on with them.

mod discord;
