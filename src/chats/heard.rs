//! Until when a chat was heard. Up to that moment everything that people wrote was told and is kept, or is told again by the
//! chat itself; whatever was written after it while nobody listened is read from the channels.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::Moment;

use crate::failure::Failure;
use crate::store::Store;

/// The gaps in what was heard. A process that has just begun has heard nothing: that is the first one.
#[derive(Debug)]
pub struct Heard {
    /// What the store's note of the moment is called.
    note: &'static str,
    opened: AtomicU64,
    closed: AtomicU64,
}

impl Heard {
    /// With a gap, since nobody knows how long nobody listened.
    pub const fn since_the_last_time(note: &'static str) -> Self {
        Self { note, opened: AtomicU64::new(1), closed: AtomicU64::new(0) }
    }

    /// Something may not have been heard from now on, or was not kept.
    pub fn gap(&self) {
        self.opened.fetch_add(1, Ordering::AcqRel);
    }

    /// How many gaps there were until now: what closes this many of them leaves open whatever came meanwhile.
    pub fn gaps(&self) -> u64 {
        self.opened.load(Ordering::Acquire)
    }

    /// Whether everything was heard.
    pub fn is_whole(&self) -> bool {
        self.closed.load(Ordering::Acquire) == self.gaps()
    }

    /// Until when everything was heard, if that was ever noted: whoever connects for the first time has missed nothing.
    pub async fn until(&self, store: &Store) -> Result<Option<Moment>, Failure> {
        let noted = store.noted(self.note).await?;
        Ok(noted.and_then(|at| DateTime::parse_from_rfc3339(&at).ok()).map(|at| at.with_timezone(&Utc)))
    }

    /// Everything was heard until this moment, the first so many gaps were read up.
    pub async fn note(&self, store: &Store, until: Moment, gaps: u64) -> Result<(), Failure> {
        store.note(self.note, &until.to_rfc3339()).await?;
        self.closed.fetch_max(gaps, Ordering::AcqRel);
        Ok(())
    }

    /// Everything was heard until now, unless there is a gap: while there is one the moment stays before it.
    pub async fn beat(&self, store: &Store, now: Moment) -> Result<(), Failure> {
        let gaps = self.gaps();
        if self.is_whole() { self.note(store, now - BETWEEN, gaps).await } else { Ok(()) }
    }
}

/// A gap that is only noticed after a beat began before it: a connection that says nothing is asked after 15 s, and is dead
/// after 30.
const BETWEEN: TimeDelta = TimeDelta::minutes(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_that_comes_while_another_is_read_up_stays_open() {
        let heard = Heard::since_the_last_time("test/heard");
        assert!(!heard.is_whole(), "at its start nobody has listened");
        let gaps = heard.gaps();
        heard.gap();
        heard.closed.fetch_max(gaps, Ordering::AcqRel);
        assert!(!heard.is_whole());
        heard.closed.fetch_max(heard.gaps(), Ordering::AcqRel);
        assert!(heard.is_whole());
    }
}
