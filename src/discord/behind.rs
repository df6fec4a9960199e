//! Channels with a gap: something was said in them that was not handled yet. Until such a channel is read to its end,
//! nothing that is told of it may move the mark of how far it is read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use domain::clock::Moment;

/// The channels with a gap.
#[derive(Debug, Default)]
pub struct Behind {
    gaps: Mutex<BTreeMap<u64, Gap>>,
    /// The channels that are watched, once a session has begun.
    watched: Mutex<Option<BTreeSet<u64>>>,
}

#[derive(Debug, Clone, Copy)]
struct Gap {
    since: Moment,
    /// Something was told since the channel was last asked.
    told: bool,
}

impl Behind {
    fn with<T>(&self, does: impl FnOnce(&mut BTreeMap<u64, Gap>) -> T) -> T {
        does(&mut self.gaps.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A session begins: there is a gap in every channel that is watched.
    pub fn begin(&self, channels: &[u64], now: Moment) {
        *self.watched.lock().unwrap_or_else(PoisonError::into_inner) = Some(channels.iter().copied().collect());
        self.mark(channels, now);
    }

    /// These channels are watched now; in those that were not a moment ago there is a gap. Without a session nobody listens,
    /// and there is nothing to be noticed. Whether there is a new gap.
    pub fn notice(&self, channels: &[u64], now: Moment) -> bool {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = watched.as_mut() else { return false };
        let new: Vec<u64> = channels.iter().copied().filter(|channel| !before.contains(channel)).collect();
        *before = channels.iter().copied().collect();
        self.mark(&new, now);
        !new.is_empty()
    }

    /// From now on there is a gap in these channels.
    pub fn mark(&self, channels: &[u64], now: Moment) {
        self.with(|gaps| {
            for channel in channels {
                gaps.entry(*channel).or_insert(Gap { since: now, told: true }).told = true;
            }
        });
    }

    /// Something is told of a channel; whether it has a gap, and this is left to whoever reads it.
    pub fn leave(&self, channel: u64) -> bool {
        self.with(|gaps| gaps.get_mut(&channel).map(|gap| gap.told = true).is_some())
    }

    /// Whether there is a gap in a channel.
    pub fn contains(&self, channel: u64) -> bool {
        self.with(|gaps| gaps.contains_key(&channel))
    }

    /// Every channel with a gap.
    pub fn all(&self) -> Vec<u64> {
        self.with(|gaps| gaps.keys().copied().collect())
    }

    /// When the gap of a channel began.
    pub fn since(&self, channel: u64) -> Option<Moment> {
        self.with(|gaps| gaps.get(&channel).map(|gap| gap.since))
    }

    /// The channel is asked now: whatever was told of it until here is in the answer.
    pub fn asking(&self, channel: u64) {
        self.with(|gaps| {
            if let Some(gap) = gaps.get_mut(&channel) {
                gap.told = false;
            }
        });
    }

    /// The channel was read to its end: without a gap from now on, unless something was told since it was asked.
    pub fn caught_up(&self, channel: u64) -> bool {
        self.with(|gaps| {
            let told = gaps.get(&channel).is_some_and(|gap| gap.told);
            if !told {
                gaps.remove(&channel);
            }
            !told
        })
    }

    /// Nobody watches the channel any more.
    pub fn forget(&self, channel: u64) {
        self.with(|gaps| {
            gaps.remove(&channel);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_that_is_watched_again_has_a_gap_and_the_others_have_none() {
        let (behind, now) = (Behind::default(), Moment::default());
        assert!(!behind.notice(&[7], now), "nobody listens yet");
        behind.begin(&[7, 8], now);
        behind.forget(7);
        behind.forget(8);
        assert!(!behind.notice(&[8], now));
        assert!(behind.notice(&[7, 8], now));
        assert_eq!(behind.all(), [7]);
    }

    #[test]
    fn a_gap_stays_until_the_channel_was_asked_after_everything_that_was_told() {
        let behind = Behind::default();
        let (began, later) = (Moment::from_timestamp(1, 0).unwrap(), Moment::from_timestamp(2, 0).unwrap());
        assert!(!behind.leave(7), "without a gap it is handled as it comes");
        behind.mark(&[7], began);
        behind.asking(7);
        assert!(behind.leave(7));
        assert!(!behind.caught_up(7), "told meanwhile");
        behind.asking(7);
        behind.mark(&[7], later);
        assert!(!behind.caught_up(7), "a second session began meanwhile");
        assert_eq!(behind.since(7), Some(began));
        behind.asking(7);
        assert!(behind.caught_up(7));
        assert!(!behind.contains(7));
    }
}
