//! How the vault stands: whether it works, since when it does not, and when it is tried again. While it does not work,
//! photos stay on the spool, and everything else goes on.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use domain::clock::Moment;
use domain::photo::PhotoId;

use super::trouble::Trouble;

/// How long is waited after the first failure; twice as long after each further one.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(1);
/// The longest wait: what was mended is used again within this time.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(5);
/// How long one photo is left alone that the vault has something against: somebody has to look first.
const SET_ASIDE: TimeDelta = TimeDelta::hours(1);
/// How often locks are compared with how long incidents are kept: by far sooner than the shortest of them ends.
const LOOK_AT_LOCKS: TimeDelta = TimeDelta::hours(1);

/// How the vault stands.
#[derive(Debug, Default)]
pub struct Standing(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    outage: Option<Outage>,
    aside: BTreeMap<PhotoId, Moment>,
    stuck: Option<PhotoId>,
    swept: bool,
    locks_at: Option<Moment>,
}

/// The vault does not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outage {
    pub since: Moment,
    pub why: String,
    tries: u32,
    again_at: Moment,
}

impl Standing {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is wrong, if something is.
    pub fn outage(&self) -> Option<Outage> {
        self.known().outage.clone()
    }

    /// When it is tried again, if it does not work.
    pub fn again_at(&self) -> Option<Moment> {
        self.known().outage.as_ref().map(|outage| outage.again_at)
    }

    /// Whether it may be tried now. A clock that jumped back does not make the wait longer.
    pub fn is_due(&self, now: Moment) -> bool {
        self.again_at().is_none_or(|at| at <= now || at - now > LONGEST_WAIT)
    }

    /// It did not work. The first time, and when the reason is another one, somebody is told.
    pub fn broke(&self, now: Moment, why: &Trouble) {
        metrics::counter!("shopwatch_vault_failures_total", "kind" => why.kind()).increment(1);
        let mut known = self.known();
        let (since, tries) = known.outage.as_ref().map_or((now, 0), |outage| (outage.since, outage.tries));
        let said = why.to_string();
        if known.outage.as_ref().is_none_or(|outage| outage.why != said) {
            tracing::error!(target: "shopwatch::evidence", error = %why, "the vault cannot be used: photos wait on the spool");
        }
        let wait = 1_i32.checked_shl(tries).and_then(|times| FIRST_WAIT.checked_mul(times.max(1)));
        let again_at = now + wait.unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT);
        known.outage = Some(Outage { since, why: said, tries: (tries + 1).min(30), again_at });
    }

    /// It works.
    pub fn works(&self, now: Moment) {
        let mut known = self.known();
        known.stuck = None;
        if let Some(outage) = known.outage.take() {
            let minutes = (now - outage.since).num_minutes();
            tracing::info!(target: "shopwatch::evidence", minutes, "the vault can be used again");
        }
    }

    /// The vault has something against this one photo: it stays on the spool, and others go on.
    pub fn set_aside(&self, id: PhotoId, now: Moment, why: &Trouble) {
        metrics::counter!("shopwatch_vault_failures_total", "kind" => why.kind()).increment(1);
        tracing::error!(target: "shopwatch::evidence", photo = %id, error = %why, "a photo cannot be put into the vault: look what lies there under its name");
        self.known().aside.insert(id, now + SET_ASIDE);
    }

    /// Whether a photo is left alone now.
    pub fn is_aside(&self, id: PhotoId, now: Moment) -> bool {
        self.known().aside.get(&id).is_some_and(|until| *until > now)
    }

    /// This photo was the one that did not get into the vault: at the next try those after it come first, so that one that
    /// never gets through does not keep the others out.
    pub fn stuck_at(&self, id: PhotoId) {
        self.known().stuck = Some(id);
    }

    /// The photo that was the last not to get into the vault, if there was one since it last worked.
    pub fn stuck(&self) -> Option<PhotoId> {
        self.known().stuck
    }

    /// How many photos the vault has something against.
    pub fn count_aside(&self) -> usize {
        self.known().aside.len()
    }

    /// A photo is in the vault now.
    pub fn put_away(&self, id: PhotoId) {
        self.known().aside.remove(&id);
    }

    /// Whether it is time to compare locks with incidents; then not again for a while.
    pub fn is_hour_for_locks(&self, now: Moment) -> bool {
        let mut known = self.known();
        let due = known.locks_at.is_none_or(|at| at <= now);
        if due {
            known.locks_at = Some(now + LOOK_AT_LOCKS);
        }
        due
    }

    /// Whether the spool is still to be swept of what the last run left there; once.
    pub fn is_first_sweep(&self) -> bool {
        !std::mem::replace(&mut self.known().swept, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_up_to_a_limit_and_ends_with_the_outage() {
        let (standing, begin) = (Standing::default(), "2026-11-22T14:05:00Z".parse().unwrap());
        let mut now: Moment = begin;
        let mut waits = Vec::new();
        for _ in 0..40 {
            assert!(standing.is_due(now));
            standing.broke(now, &Trouble::Unusable("no answer".into()));
            let again_at = standing.again_at().unwrap();
            waits.push((again_at - now).num_seconds());
            assert!(!standing.is_due(now));
            assert!(standing.is_due(now - TimeDelta::days(1)), "the clock jumped back");
            now = again_at;
        }
        assert_eq!(waits[..10], [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert!(waits[10..].iter().all(|wait| *wait == 300));
        assert_eq!(standing.outage().map(|outage| outage.since), Some(begin));
        standing.works(now);
        assert_eq!((standing.outage(), standing.is_due(begin)), (None, true));
    }

    #[test]
    fn a_photo_that_was_set_aside_is_looked_at_again_later() {
        let (standing, now, id) =
            (Standing::default(), "2026-11-22T14:05:00Z".parse().unwrap(), PhotoId(uuid::Uuid::from_u128(7)));
        standing.set_aside(id, now, &Trouble::Taken);
        assert!(standing.is_aside(id, now) && !standing.is_aside(id, now + SET_ASIDE) && standing.is_due(now));
        standing.put_away(id);
        assert_eq!(standing.count_aside(), 0);
    }
}
