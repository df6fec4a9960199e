//! How often anybody may identify. Discord takes the token away after a thousand sessions a day, and serenity by itself
//! begins one every five seconds for ever. How long to wait after a session in vain is known here; how many were begun
//! today is counted in the database ([`a_day`]), since whoever is started anew every few seconds remembers nothing.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;

use crate::chats::pace::Rate;
use crate::clock::jitter;

/// Who identified waits so long before the next time, after some times twice as long each time, and at most this.
const WAIT: Duration = Duration::from_secs(5);
const WAIT_MAX: Duration = Duration::from_mins(5);
/// So many times nobody waits longer than the time before: connections break off, and people wait for us.
const PATIENT: u32 = 3;
/// A session that stood for so long was a good one: the waits begin anew. One that ends sooner counts as none.
const STOOD: Duration = Duration::from_mins(10);
/// So many sessions may be begun in a day, whatever Discord would allow.
const A_DAY_MAX: i32 = 300;
const DAY: TimeDelta = TimeDelta::hours(24);
/// … and so many of them one after another, by somebody who starts the program again and again; with shards, twice as many
/// as there are.
const AT_ONCE: i32 = 20;
/// The budget that sessions are taken from.
pub const SESSIONS: &str = "sessions";

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
    /// How many sessions are begun for one: one by each shard.
    shards: u32,
    /// What Discord still allows, until when.
    left: Option<(u64, Duration)>,
}

/// How many sessions may be begun, by so many shards: no day has more than [`A_DAY_MAX`].
fn a_day(shards: u32) -> Rate {
    let burst = AT_ONCE.max(i32::try_from(shards.saturating_mul(2)).unwrap_or(AT_ONCE)).min(A_DAY_MAX / 2);
    // A second more, for what the division leaves.
    Rate { every: DAY / (A_DAY_MAX - burst) + TimeDelta::seconds(1), burst }
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

    /// How many sessions may be begun in a day.
    pub fn a_day(&self) -> Rate {
        self.with(|paced| a_day(paced.shards))
    }

    /// Nobody may identify so long.
    pub fn hold(&self, wait: Duration, now: Duration) {
        self.with(|paced| paced.not_before = paced.not_before.max(now + wait));
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
    use domain::clock::Moment;

    use super::*;
    use crate::chats::pace::Pace;

    /// How often somebody identifies in a day when each session goes like this; `started` anew before each of them or not.
    async fn identified(started: bool, session: impl Fn(&Pacing, Duration) -> Duration) -> i32 {
        let (counted, mut pacing) = (Pace::default(), Pacing::default());
        let (mut now, mut asked) = (Duration::ZERO, 0);
        while now < DAY.to_std().unwrap() {
            now += pacing.wait(now);
            if started {
                pacing = Pacing::default();
            }
            let at = Moment::UNIX_EPOCH + TimeDelta::from_std(now).unwrap();
            if let Err(free) = counted.take(&[(SESSIONS, pacing.a_day())], at).await {
                pacing.hold((free - at).to_std().unwrap(), now);
                continue;
            }
            pacing.identifies(now);
            asked += 1;
            now = session(&pacing, now);
        }
        asked
    }

    #[tokio::test]
    async fn who_is_never_answered_asks_ever_more_rarely() {
        let asked = identified(false, |_, now| now).await;
        assert!(asked <= A_DAY_MAX, "{asked}");
    }

    #[tokio::test]
    async fn who_is_started_anew_every_two_seconds_begins_no_more_sessions_than_a_day_has() {
        let asked = identified(true, |_, now| now + Duration::from_secs(2)).await;
        assert!((200..=A_DAY_MAX).contains(&asked), "{asked}");
    }

    #[tokio::test]
    async fn sessions_that_die_right_after_they_are_ready_use_up_a_third_of_a_day_at_most() {
        let dies = |pacing: &Pacing, now: Duration| {
            let then = now + Duration::from_secs(1);
            pacing.stands(now);
            pacing.broke(then);
            then
        };
        let asked = identified(false, dies).await;
        assert!(asked <= A_DAY_MAX, "{asked}");
    }

    #[tokio::test]
    async fn sessions_that_end_after_ten_minutes_each_never_exceed_the_day() {
        let ends = |pacing: &Pacing, now: Duration| {
            pacing.stands(now);
            pacing.broke(now + STOOD);
            now + STOOD
        };
        assert!(identified(false, ends).await <= A_DAY_MAX);
    }

    #[test]
    fn however_many_shards_there_are_no_day_has_more_sessions() {
        for shards in [0, 1, 2, 10, 11, 64, 1_000, u32::MAX] {
            let Rate { every, burst } = a_day(shards);
            let most = burst + i32::try_from(DAY.num_milliseconds() / every.num_milliseconds()).unwrap();
            assert!(most <= A_DAY_MAX && burst >= AT_ONCE, "{shards}: {most}");
        }
        assert!(a_day(64).burst >= 128, "all shards begin at once, twice");
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
        pacing.allow(1_000, Duration::from_hours(24), 4, Duration::ZERO);
        let mut now = Duration::ZERO;
        for _ in 0..4 {
            now += pacing.wait(now);
            pacing.identifies(now);
        }
        assert!(now < Duration::from_secs(30), "{now:?}");
    }
}
