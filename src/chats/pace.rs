//! How fast a chat is spoken to: a budget a method and a channel, and the pauses that the chat itself asks for. A chat counts
//! what comes from all processes of a shop, and goes on counting when one of them is started anew; so what is taken is
//! counted in the database.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::Moment;
use tokio::time::timeout;

use crate::failure::Failure;
use crate::store::Store;
use crate::store::budgets::{Ask, Taken};

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
/// How long somebody waits for the database at most: after that this process goes by what it has counted itself.
const COUNTED_WITHIN: Duration = Duration::from_millis(250);
/// When to come again if the database did not answer.
const AWAY: TimeDelta = TimeDelta::seconds(1);
/// … and if another process asked at the same moment.
const RACED: TimeDelta = TimeDelta::milliseconds(20);

impl Rate {
    /// How far ahead a budget can be full at most.
    fn ahead(self) -> TimeDelta {
        AHEAD_MAX.max(self.every * (self.burst + 1))
    }
}

/// Budgets by name, as generic cell rates: each name has the moment at which its budget would be full again. What is known
/// here is what this process has seen; the rows know what all of them took.
#[derive(Default)]
pub struct Pace {
    full_at: Mutex<HashMap<String, Moment>>,
    held_until: Mutex<HashMap<String, Moment>>,
    rows: Option<(Store, &'static str)>,
}

/// What is asked: budgets by the names of their rows.
type Asked = [(String, Rate)];

impl Pace {
    /// Budgets that all processes of a database share, each name with this before it.
    pub fn over(store: &Store, chat: &'static str) -> Self {
        Self { rows: Some((store.clone(), chat)), ..Self::default() }
    }

    /// Takes one from every budget, or from none and tells when to come again. While the database does not answer there is
    /// nothing to be had: for what waits in it anyway.
    pub async fn take(&self, budgets: &[(&str, Rate)], now: Moment) -> Result<(), Moment> {
        let asked = self.asked(budgets);
        let Some((store, _)) = &self.rows else { return self.locally(&asked, now, true) };
        self.locally(&asked, now, false)?;
        let taken = take_rows(store, &asked, now).await;
        self.learn(&asked, taken.map_err(|_away| now + AWAY)?, now)
    }

    /// The same for what somebody waits for: a database that does not answer is not waited for, and one that no other
    /// process uses is not asked.
    pub async fn take_for_somebody(&self, budgets: &[(&str, Rate)], now: Moment) -> Result<(), Moment> {
        let asked = self.asked(budgets);
        let Some((store, _)) = self.rows.as_ref().filter(|(store, _)| store.is_shared()) else {
            return self.locally(&asked, now, true);
        };
        self.locally(&asked, now, false)?;
        match timeout(COUNTED_WITHIN, take_rows(store, &asked, now)).await {
            Ok(Ok(taken)) => self.learn(&asked, taken, now),
            Ok(Err(_)) | Err(_) => self.locally(&asked, now, true),
        }
    }

    /// The chat asked for a pause: from all processes.
    pub async fn hold(&self, name: &str, until: Moment, now: Moment) {
        let name = self.name(name);
        self.held(&name, until);
        if let Some((store, _)) = &self.rows {
            // Without the row the others are told by the chat itself.
            drop(timeout(COUNTED_WITHIN, store.hold_budget(&name, until, now + HOLD_MAX)).await);
        }
    }

    /// Learns of the pauses that an earlier process was asked for.
    pub async fn recall(&self, now: Moment) {
        let Some((store, _)) = &self.rows else { return };
        for budget in store.held_budgets(now).await.unwrap_or_default() {
            self.held(&budget.name, budget.held_until);
        }
    }

    fn name(&self, name: &str) -> String {
        match &self.rows {
            Some((store, chat)) => store.budget_name(&format!("{chat}/{name}")),
            None => name.to_owned(),
        }
    }

    fn asked(&self, budgets: &[(&str, Rate)]) -> Vec<(String, Rate)> {
        budgets.iter().map(|(name, rate)| (self.name(name), *rate)).collect()
    }

    /// What this process knows: takes it, or only looks.
    fn locally(&self, asked: &Asked, now: Moment, take: bool) -> Result<(), Moment> {
        let mut when = self.paused(asked, now);
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() > KEPT_MAX {
            full_at.retain(|_, full| *full > now);
        }
        let mut taken = Vec::with_capacity(asked.len());
        // What costs nothing is only held back by pauses.
        for (name, rate) in asked.iter().filter(|(_, rate)| rate.every > TimeDelta::zero()) {
            let full = full_at.get(name).copied().filter(|full| is_near(*full, *rate, now)).unwrap_or(now);
            let free = full - rate.every * (rate.burst - 1);
            if free > now {
                when = when.max(Some(free));
            }
            taken.push((name.clone(), full + rate.every));
        }
        if let Some(when) = when {
            return Err(when);
        }
        if take {
            full_at.extend(taken);
        }
        Ok(())
    }

    /// What the rows say is known from now on.
    fn learn(&self, asked: &Asked, taken: Taken, now: Moment) -> Result<(), Moment> {
        for budget in taken.budgets {
            self.held(&budget.name, budget.held_until);
            let Some((_, rate)) = asked.iter().find(|(name, _)| *name == budget.name) else { continue };
            let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
            let known = full_at.get(&budget.name).copied().filter(|full| is_near(*full, *rate, now));
            full_at.insert(budget.name, known.map_or(budget.full_at, |known| known.max(budget.full_at)));
        }
        if taken.granted {
            return Ok(());
        }
        self.locally(asked, now, false)?;
        Err(now + RACED)
    }

    /// Until when the longest of their pauses is.
    fn paused(&self, asked: &Asked, now: Moment) -> Option<Moment> {
        let mut held = self.held_until.lock().unwrap_or_else(PoisonError::into_inner);
        let is_kept = |until: &Moment| now < *until && *until - now <= HOLD_MAX;
        if held.len() > KEPT_MAX {
            held.retain(|_, until| is_kept(until));
        }
        asked.iter().filter_map(|(name, _)| held.get(name)).copied().filter(is_kept).max()
    }

    fn held(&self, name: &str, until: Moment) {
        let mut held = self.held_until.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = held.entry(name.to_owned()).or_insert(until);
        *entry = until.max(*entry);
    }
}

/// Whether a budget is as full as that by what was taken, and not by a clock that was set back.
fn is_near(full: Moment, rate: Rate, now: Moment) -> bool {
    full > now && full - now < rate.ahead()
}

async fn take_rows(store: &Store, asked: &Asked, now: Moment) -> Result<Taken, Failure> {
    let ask = |(name, rate): &(String, Rate)| Ask {
        name: name.clone(),
        full_at: now + rate.every,
        latest: now + rate.every * (rate.burst - 1),
        far: now + rate.ahead(),
    };
    let asks: Vec<Ask> = asked.iter().map(ask).collect();
    store.take_budgets(&asks, now, now + HOLD_MAX).await
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Rate = Rate { every: TimeDelta::seconds(1), burst: 1 };
    const MINUTE: Rate = Rate { every: TimeDelta::milliseconds(1_200), burst: 20 };

    #[tokio::test]
    async fn one_a_second_is_one_a_second_and_each_channel_has_its_own() {
        let (pace, now) = (Pace::default(), Moment::default());
        assert_eq!(pace.take(&[("post/C1", SECOND)], now).await, Ok(()));
        assert_eq!(pace.take(&[("post/C1", SECOND)], now).await, Err(now + TimeDelta::seconds(1)));
        assert_eq!(pace.take(&[("post/C2", SECOND)], now).await, Ok(()));
        assert_eq!(pace.take(&[("post/C1", SECOND)], now + TimeDelta::seconds(1)).await, Ok(()));
    }

    #[tokio::test]
    async fn a_burst_is_followed_by_the_long_run() {
        let (pace, now) = (Pace::default(), Moment::default());
        for _ in 0..20 {
            assert_eq!(pace.take(&[("update", MINUTE)], now).await, Ok(()));
        }
        let again = pace.take(&[("update", MINUTE)], now).await.unwrap_err();
        assert_eq!(again, now + TimeDelta::milliseconds(1_200));
        assert_eq!(pace.take(&[("update", MINUTE)], again).await, Ok(()));
    }

    #[tokio::test]
    async fn what_one_budget_refuses_costs_the_other_nothing() {
        let (pace, now) = (Pace::default(), Moment::default());
        assert_eq!(pace.take(&[("a", SECOND)], now).await, Ok(()));
        assert!(pace.take(&[("a", SECOND), ("b", SECOND)], now).await.is_err());
        assert_eq!(pace.take(&[("b", SECOND)], now).await, Ok(()));
    }

    #[tokio::test]
    async fn a_pause_that_was_asked_for_is_kept() {
        let (pace, now) = (Pace::default(), Moment::default());
        pace.hold("post", now + TimeDelta::seconds(30), now).await;
        pace.hold("post", now + TimeDelta::seconds(2), now).await;
        assert_eq!(pace.take(&[("post", SECOND)], now).await, Err(now + TimeDelta::seconds(30)));
        assert_eq!(pace.take(&[("post", SECOND)], now + TimeDelta::seconds(30)).await, Ok(()));
    }

    #[tokio::test]
    async fn a_pause_of_an_hour_is_kept_to_its_end_and_no_pause_is_for_ever() {
        let (pace, now) = (Pace::default(), Moment::default());
        pace.hold("all", now + TimeDelta::hours(1), now).await;
        assert_eq!(pace.take(&[("all", SECOND)], now).await, Err(now + TimeDelta::hours(1)));
        assert_eq!(pace.take(&[("all", SECOND)], now - TimeDelta::minutes(11)).await, Ok(()), "the clock was set back");
    }

    #[tokio::test]
    async fn what_costs_nothing_waits_for_pauses_alone() {
        let (pace, now) = (Pace::default(), Moment::default());
        let free = Rate { every: TimeDelta::zero(), burst: 1 };
        assert_eq!(pace.take(&[("all", free)], now + TimeDelta::seconds(9)).await, Ok(()));
        assert_eq!(pace.take(&[("all", free)], now).await, Ok(()));
        pace.hold("all", now + TimeDelta::seconds(2), now).await;
        assert_eq!(pace.take(&[("all", free)], now).await, Err(now + TimeDelta::seconds(2)));
    }

    #[tokio::test]
    async fn a_clock_that_was_set_back_stops_nobody() {
        let (pace, now) = (Pace::default(), Moment::default() + TimeDelta::days(1));
        assert_eq!(pace.take(&[("post", SECOND)], now).await, Ok(()));
        assert_eq!(pace.take(&[("post", SECOND)], now - TimeDelta::hours(5)).await, Ok(()));
    }
}
