//! How often anybody may identify. Discord takes the token away after a thousand sessions a day, and serenity by itself
//! begins one every five seconds for ever.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::jitter;

/// Who identified waits so long before the next time, after some times twice as long each time, and at most this.
const WAIT: Duration = Duration::from_secs(5);
const WAIT_MAX: Duration = Duration::from_mins(5);
/// So many times nobody waits longer than the time before: connections break off, and people wait for us.
const PATIENT: u32 = 3;
/// A session that stood for so long was a good one: the waits begin anew. One that ends sooner counts as none.
const STOOD: Duration = Duration::from_mins(10);
/// So many sessions may be begun in a day, whatever Discord would allow.
const A_DAY_MAX: usize = 300;
const DAY: Duration = Duration::from_hours(24);

/// When somebody may identify again. All times are on the stopwatch.
#[derive(Debug, Default)]
pub struct Pacing(Mutex<Paced>);

#[derive(Debug, Default)]
struct Paced {
    not_before: Duration,
    /// Sessions that were begun since the last good one.
    vain: u32,
    /// Since when the session stands.
    stands: Option<Duration>,
    /// When the sessions of the last day were begun, oldest first.
    begun: VecDeque<Duration>,
    /// How many sessions are begun for one: one by each shard.
    shards: u32,
    /// What Discord still allows, until when.
    left: Option<(u64, Duration)>,
}

impl Paced {
    fn wait_longer(&mut self, now: Duration) {
        let doubled = (self.vain / self.shards.max(1)).saturating_sub(PATIENT).min(16);
        let wait = WAIT.saturating_mul(1_u32.checked_shl(doubled).unwrap_or(u32::MAX));
        self.vain = self.vain.saturating_add(1);
        self.not_before = self.not_before.max(now + jitter(wait.min(WAIT_MAX)));
    }

    /// Forgets the waits if the session stood long enough.
    fn look_back(&mut self, now: Duration) {
        if self.stands.take().is_some_and(|since| now.saturating_sub(since) >= STOOD) {
            self.vain = 0;
        }
    }
}

impl Pacing {
    fn with<T>(&self, does: impl FnOnce(&mut Paced) -> T) -> T {
        does(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What Discord allows until its day is over, and with how many shards.
    pub fn allow(&self, left: u64, reset_after: Duration, shards: u32, now: Duration) {
        self.with(|paced| {
            paced.left = Some((left, now + reset_after));
            paced.shards = shards;
        });
    }

    /// How long to wait before the next connection.
    pub fn wait(&self, now: Duration) -> Duration {
        self.with(|paced| paced.not_before.saturating_sub(now))
    }

    /// A connection could not be made.
    pub fn failed(&self, now: Duration) {
        self.with(|paced| paced.wait_longer(now));
    }

    /// Somebody identifies.
    pub fn identifies(&self, now: Duration) {
        self.with(|paced| {
            paced.look_back(now);
            paced.wait_longer(now);
            paced.begun.push_back(now);
            while paced.begun.front().is_some_and(|at| *at + DAY <= now) {
                paced.begun.pop_front();
            }
            if paced.begun.len() >= A_DAY_MAX
                && let Some(oldest) = paced.begun.front()
            {
                paced.not_before = paced.not_before.max(*oldest + DAY);
            }
            paced.left =
                paced.left.filter(|(_, until)| *until > now).map(|(left, until)| (left.saturating_sub(1), until));
            if let Some((0, until)) = paced.left {
                paced.not_before = paced.not_before.max(until);
            }
        });
    }

    /// Discord answered: the session stands.
    pub fn stands(&self, now: Duration) {
        self.with(|paced| {
            paced.stands.get_or_insert(now);
        });
    }

    /// A connection broke off.
    pub fn broke(&self, now: Duration) {
        self.with(|paced| paced.look_back(now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How often somebody identifies in a day when each session goes like this.
    fn a_day(pacing: &Pacing, session: impl Fn(&Pacing, Duration) -> Duration) -> usize {
        let (mut now, mut asked) = (Duration::ZERO, 0);
        while now < DAY {
            now += pacing.wait(now);
            pacing.identifies(now);
            asked += 1;
            now = session(pacing, now);
        }
        asked
    }

    #[test]
    fn who_is_never_answered_asks_ever_more_rarely() {
        let asked = a_day(&Pacing::default(), |_, now| now);
        assert!(asked <= A_DAY_MAX, "{asked}");
    }

    #[test]
    fn sessions_that_die_right_after_they_are_ready_use_up_a_third_of_a_day_at_most() {
        let dies = |pacing: &Pacing, now: Duration| {
            let then = now + Duration::from_secs(1);
            pacing.stands(now);
            pacing.broke(then);
            then
        };
        let asked = a_day(&Pacing::default(), dies);
        assert!(asked <= A_DAY_MAX, "{asked}");
    }

    #[test]
    fn after_a_good_session_the_waits_begin_anew() {
        let pacing = Pacing::default();
        let mut now = Duration::ZERO;
        for _ in 0..8 {
            now += pacing.wait(now);
            pacing.identifies(now);
        }
        now += pacing.wait(now);
        pacing.stands(now);
        now += STOOD;
        pacing.broke(now);
        pacing.identifies(now);
        assert!(pacing.wait(now) <= WAIT * 3 / 2);
    }

    #[test]
    fn sessions_that_end_after_ten_minutes_each_never_exceed_the_day() {
        let ends = |pacing: &Pacing, now: Duration| {
            pacing.stands(now);
            pacing.broke(now + STOOD);
            now + STOOD
        };
        assert!(a_day(&Pacing::default(), ends) <= A_DAY_MAX);
    }

    #[test]
    fn what_discord_leaves_of_the_day_is_kept_to() {
        let pacing = Pacing::default();
        pacing.allow(2, Duration::from_hours(3), 1, Duration::ZERO);
        pacing.identifies(Duration::ZERO);
        assert!(pacing.wait(Duration::ZERO) < Duration::from_secs(10));
        let now = Duration::from_secs(10);
        pacing.identifies(now);
        assert_eq!(pacing.wait(now) + now, Duration::from_hours(3));
    }

    #[test]
    fn shards_wait_for_each_other_and_no_longer() {
        let pacing = Pacing::default();
        pacing.allow(1_000, DAY, 4, Duration::ZERO);
        let mut now = Duration::ZERO;
        for _ in 0..4 {
            now += pacing.wait(now);
            pacing.identifies(now);
        }
        assert!(now < Duration::from_secs(30), "{now:?}");
    }
}
