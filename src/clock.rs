//! The machine's time and randomness: the one place that asks for them.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use chrono::{DurationRound, TimeDelta};
use domain::clock::{Clock, Moment};
use domain::id::{Ids, REFERENCES};
use ring::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;

/// The machine's clock.
#[derive(Debug, Default)]
pub struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> Moment {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        let now = chrono::Utc::now();
        now.duration_trunc(TimeDelta::milliseconds(1)).unwrap_or(now)
    }
}

/// A wait that is between one and one and a half times as long: many that broke off together do not come back together.
pub fn jitter(wait: std::time::Duration) -> std::time::Duration {
    let random = RandomState::new().build_hasher().finish() % 1_000;
    wait + wait.mul_f64(f64::from(u32::try_from(random).unwrap_or_default()) / 2_000.0)
}

/// Random, sortable ids.
#[derive(Debug)]
pub struct RandomIds(SystemRandom);

impl Default for RandomIds {
    fn default() -> Self {
        Self(SystemRandom::new())
    }
}

impl Ids for RandomIds {
    fn uuid(&self) -> Uuid {
        #[expect(clippy::disallowed_methods, reason = "this is where ids come from")]
        Uuid::now_v7()
    }

    fn draw(&self) -> u32 {
        let mut bytes = [0; 4];
        if self.0.fill(&mut bytes).is_err() {
            // A reference need not be secret, only spread: the hasher's keys are random too.
            bytes = RandomState::new().build_hasher().finish().to_le_bytes().first_chunk().copied().unwrap_or(bytes);
        }
        u32::from_le_bytes(bytes) % REFERENCES
    }
}

/// Measures how long things take; unlike the clock it never goes back.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts.
    pub fn start() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the stopwatch: for figures, and for how long something took"
        )]
        Self(std::time::Instant::now())
    }

    /// The time since the start.
    pub fn now(&self) -> std::time::Duration {
        self.0.elapsed()
    }
}
