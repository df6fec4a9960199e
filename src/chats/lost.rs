//! Channels that cannot be written to, and who was told of them.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use domain::clock::Moment;

/// How often a lost channel is said again.
const SAID_AGAIN: TimeDelta = TimeDelta::hours(1);
/// How long the admin channel is not told the same again.
const TOLD_AGAIN: TimeDelta = TimeDelta::hours(24);

/// The channels of one chat that are lost; `C` is what that chat calls a channel.
#[derive(Debug)]
pub struct Lost<C> {
    /// With when that was last said.
    channels: Mutex<HashMap<C, Moment>>,
    /// What the admin channel was told of.
    told: Mutex<HashMap<String, Moment>>,
}

impl<C> Default for Lost<C> {
    fn default() -> Self {
        Self { channels: Mutex::default(), told: Mutex::default() }
    }
}

impl<C: Eq + Hash> Lost<C> {
    /// A channel cannot be written to; whether that is to be said now.
    pub fn add(&self, channel: C, now: Moment) -> bool {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        let due = channels.get(&channel).is_none_or(|said| now - *said > SAID_AGAIN);
        if due {
            channels.insert(channel, now);
        }
        due
    }

    /// A channel can be written to.
    pub fn found(&self, channel: &C) {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner).remove(channel);
    }

    /// Whether a channel could not be written to lately.
    pub fn has(&self, channel: &C) -> bool {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner).contains_key(channel)
    }

    /// Whether the admin channel was told of this lately.
    pub fn is_told(&self, about: &str, now: Moment) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.retain(|_, at| now - *at < TOLD_AGAIN);
        told.contains_key(about)
    }

    /// The admin channel was told of this.
    pub fn told(&self, about: &str, now: Moment) {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(about.to_owned(), now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Moment = Moment::UNIX_EPOCH;

    #[test]
    fn a_lost_channel_is_said_once_an_hour_until_it_is_found() {
        let lost = Lost::default();
        assert!(lost.add("C1", NOON) && lost.has(&"C1"));
        assert!(!lost.add("C1", NOON + SAID_AGAIN));
        assert!(lost.add("C1", NOON + SAID_AGAIN + TimeDelta::seconds(1)));
        lost.found(&"C1");
        assert!(!lost.has(&"C1") && lost.add("C1", NOON + SAID_AGAIN));
    }

    #[test]
    fn the_admin_channel_is_told_once_a_day() {
        let lost = Lost::<u64>::default();
        assert!(!lost.is_told("card", NOON));
        lost.told("card", NOON);
        assert!(lost.is_told("card", NOON + TimeDelta::hours(23)));
        assert!(!lost.is_told("card", NOON + TOLD_AGAIN));
    }
}
