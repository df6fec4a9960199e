//! The time of a test: it stands still until the test moves it.

use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use domain::clock::{Clock, Moment};

/// When every world begins: a Sunday afternoon, after everything that `tests/data` says has happened.
const BEGINNING: &str = "2026-11-22T14:05:00Z";

/// A clock that only tests move.
pub struct TestClock(Mutex<Moment>);

impl Default for TestClock {
    fn default() -> Self {
        Self(Mutex::new(BEGINNING.parse().unwrap()))
    }
}

impl TestClock {
    /// Lets time pass, or jump back.
    pub fn advance(&self, by: TimeDelta) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> Moment {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
