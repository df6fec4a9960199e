//! Until when a chat is not tried again that could not be reached: one try answers for everything that waits for it.

use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use domain::clock::Moment;

/// When a chat is tried again, if it was away.
#[derive(Debug, Default)]
pub struct Away(Mutex<Option<Moment>>);

impl Away {
    /// When it is tried again, unless it may be tried now.
    pub fn until(&self, now: Moment) -> Option<Moment> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).filter(|until| *until > now)
    }

    /// It is not there now: when it is tried again, which is the same moment for all that wait.
    pub fn not_before(&self, wait: TimeDelta, now: Moment) -> Moment {
        let mut until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = until.filter(|until| *until > now).unwrap_or(now + wait);
        *until = Some(next);
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_waits_for_a_chat_that_is_away_waits_until_the_same_moment() {
        let (away, noon, second) = (Away::default(), Moment::default(), TimeDelta::seconds(1));
        assert_eq!(away.until(noon), None);
        assert_eq!(away.not_before(second * 3, noon), noon + second * 3);
        assert_eq!(away.not_before(second * 3, noon + second), noon + second * 3);
        assert_eq!(away.until(noon + second * 2), Some(noon + second * 3));
        assert_eq!(away.until(noon + second * 3), None, "it is tried again");
        assert_eq!(away.not_before(second, noon + second * 4), noon + second * 5);
    }
}
