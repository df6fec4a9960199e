//! How fast a chat is spoken to: a budget a method and a channel, and the pauses that the chat itself asks for.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use domain::clock::Moment;

/// How often something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// One of them in so long, in the long run.
    pub every: TimeDelta,
    /// So many at once after a silence.
    pub burst: i32,
}

/// A clock that was set back by more than this has nothing to do with a budget.
const AHEAD_MAX: TimeDelta = TimeDelta::minutes(20);
/// The longest pause that is kept: chats ask for up to an hour. What is further ahead is from before the clock was set back.
pub const HOLD_MAX: TimeDelta = TimeDelta::minutes(70);
/// So many channels and methods are remembered; those that are free again are forgotten first.
const KEPT_MAX: usize = 4_096;

/// Budgets by name, as generic cell rates: each name has the moment at which its budget would be full again.
#[derive(Debug, Default)]
pub struct Pace {
    full_at: Mutex<HashMap<String, Moment>>,
    held_until: Mutex<HashMap<String, Moment>>,
}

impl Pace {
    /// Takes one from every budget, or from none and tells when to come again.
    pub fn take(&self, budgets: &[(&str, Rate)], now: Moment) -> Result<(), Moment> {
        let mut when = self.held(budgets, now);
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() > KEPT_MAX {
            full_at.retain(|_, full| *full > now);
        }
        let mut taken = Vec::with_capacity(budgets.len());
        // What costs nothing is only held back by pauses.
        for (name, rate) in budgets.iter().filter(|(_, rate)| rate.every > TimeDelta::zero()) {
            let full = full_at.get(*name).copied().filter(|full| *full > now && *full - now < AHEAD_MAX).unwrap_or(now);
            let free = full - rate.every * (rate.burst - 1);
            if free > now {
                when = when.max(Some(free));
            }
            taken.push(((*name).to_owned(), full + rate.every));
        }
        if let Some(when) = when {
            return Err(when);
        }
        full_at.extend(taken);
        Ok(())
    }

    /// Until when the longest of their pauses is.
    fn held(&self, budgets: &[(&str, Rate)], now: Moment) -> Option<Moment> {
        let mut held = self.held_until.lock().unwrap_or_else(PoisonError::into_inner);
        let is_kept = |until: &Moment| now < *until && *until - now <= HOLD_MAX;
        if held.len() > KEPT_MAX {
            held.retain(|_, until| is_kept(until));
        }
        budgets.iter().filter_map(|(name, _)| held.get(*name)).copied().filter(is_kept).max()
    }

    /// The chat asked for a pause.
    pub fn hold(&self, name: &str, until: Moment) {
        let mut held = self.held_until.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = held.entry(name.to_owned()).or_insert(until);
        *entry = until.max(*entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Rate = Rate { every: TimeDelta::seconds(1), burst: 1 };
    const MINUTE: Rate = Rate { every: TimeDelta::milliseconds(1_200), burst: 20 };

    #[test]
    fn one_a_second_is_one_a_second_and_each_channel_has_its_own() {
        let (pace, now) = (Pace::default(), Moment::default());
        assert_eq!(pace.take(&[("post/C1", SECOND)], now), Ok(()));
        assert_eq!(pace.take(&[("post/C1", SECOND)], now), Err(now + TimeDelta::seconds(1)));
        assert_eq!(pace.take(&[("post/C2", SECOND)], now), Ok(()));
        assert_eq!(pace.take(&[("post/C1", SECOND)], now + TimeDelta::seconds(1)), Ok(()));
    }

    #[test]
    fn a_burst_is_followed_by_the_long_run() {
        let (pace, now) = (Pace::default(), Moment::default());
        for _ in 0..20 {
            assert_eq!(pace.take(&[("update", MINUTE)], now), Ok(()));
        }
        let again = pace.take(&[("update", MINUTE)], now).unwrap_err();
        assert_eq!(again, now + TimeDelta::milliseconds(1_200));
        assert_eq!(pace.take(&[("update", MINUTE)], again), Ok(()));
    }

    #[test]
    fn what_one_budget_refuses_costs_the_other_nothing() {
        let (pace, now) = (Pace::default(), Moment::default());
        assert_eq!(pace.take(&[("a", SECOND)], now), Ok(()));
        assert!(pace.take(&[("a", SECOND), ("b", SECOND)], now).is_err());
        assert_eq!(pace.take(&[("b", SECOND)], now), Ok(()));
    }

    #[test]
    fn a_pause_that_was_asked_for_is_kept() {
        let (pace, now) = (Pace::default(), Moment::default());
        pace.hold("post", now + TimeDelta::seconds(30));
        pace.hold("post", now + TimeDelta::seconds(2));
        assert_eq!(pace.take(&[("post", SECOND)], now), Err(now + TimeDelta::seconds(30)));
        assert_eq!(pace.take(&[("post", SECOND)], now + TimeDelta::seconds(30)), Ok(()));
    }

    #[test]
    fn a_pause_of_an_hour_is_kept_to_its_end_and_no_pause_is_for_ever() {
        let (pace, now) = (Pace::default(), Moment::default());
        pace.hold("all", now + TimeDelta::hours(1));
        assert_eq!(pace.take(&[("all", SECOND)], now), Err(now + TimeDelta::hours(1)));
        assert_eq!(pace.take(&[("all", SECOND)], now - TimeDelta::minutes(11)), Ok(()), "the clock was set back");
    }

    #[test]
    fn what_costs_nothing_waits_for_pauses_alone() {
        let (pace, now) = (Pace::default(), Moment::default());
        let free = Rate { every: TimeDelta::zero(), burst: 1 };
        assert_eq!(pace.take(&[("all", free)], now + TimeDelta::seconds(9)), Ok(()));
        assert_eq!(pace.take(&[("all", free)], now), Ok(()));
        pace.hold("all", now + TimeDelta::seconds(2));
        assert_eq!(pace.take(&[("all", free)], now), Err(now + TimeDelta::seconds(2)));
    }

    #[test]
    fn a_clock_that_was_set_back_stops_nobody() {
        let (pace, now) = (Pace::default(), Moment::default() + TimeDelta::days(1));
        assert_eq!(pace.take(&[("post", SECOND)], now), Ok(()));
        assert_eq!(pace.take(&[("post", SECOND)], now - TimeDelta::hours(5)), Ok(()));
    }
}
