//! Time is an argument: the domain never asks what time it is.

use chrono::{DateTime, Utc};

/// A moment, to the millisecond (what both databases keep).
pub type Moment = DateTime<Utc>;

/// Where the time comes from; the program's outermost layer owns one.
pub trait Clock: Send + Sync {
    /// The current moment, cut to milliseconds.
    fn now(&self) -> Moment;
}
