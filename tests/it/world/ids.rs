//! Ids that a test can repeat: the same seed gives the same ids in the same order.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use domain::id::{Ids, REFERENCES};
use uuid::{Builder, Uuid};

/// Milliseconds of Unix time in the first id: 2026-11-22T14:05:00Z.
const FIRST: u64 = 1_795_356_300_000;

/// Repeatable ids; later ones sort after earlier ones.
pub struct TestIds {
    seed: u64,
    given: AtomicU64,
    /// Draws that come before any other.
    next_draws: Mutex<VecDeque<u32>>,
}

impl TestIds {
    /// Ids of this seed.
    pub fn of(seed: u64) -> Self {
        Self { seed, given: AtomicU64::new(0), next_draws: Mutex::default() }
    }

    /// The next draws will be these.
    pub fn will_draw(&self, draws: impl IntoIterator<Item = u32>) {
        self.next_draws.lock().unwrap_or_else(PoisonError::into_inner).extend(draws);
    }

    fn count(&self) -> u64 {
        self.given.fetch_add(1, Ordering::Relaxed)
    }
}

impl Ids for TestIds {
    fn uuid(&self) -> Uuid {
        let count = self.count();
        let mut random = [0; 10];
        random[..8].copy_from_slice(&scramble(self.seed ^ count).to_le_bytes());
        Builder::from_unix_timestamp_millis(FIRST + count, &random).into_uuid()
    }

    fn draw(&self) -> u32 {
        let planned = self.next_draws.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let drawn = || u32::try_from(scramble(self.seed ^ self.count()) % u64::from(REFERENCES)).unwrap();
        planned.unwrap_or_else(drawn)
    }
}

/// A number that looks like no other: splitmix64, <https://prng.di.unimi.it/splitmix64.c>.
pub fn scramble(number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
