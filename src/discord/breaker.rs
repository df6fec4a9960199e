//! Discord bans an address after 10,000 invalid answers (401, 403, 429) in ten minutes: long before that nothing more is
//! asked. <https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans>

use std::collections::VecDeque;

use chrono::TimeDelta;
use domain::clock::Moment;

/// So many invalid answers within [`WINDOW`] and we stop asking; Discord's own limit is 10,000.
pub const INVALID_MAX: usize = 500;
/// … and so many until people are not answered either: a channel that was lost must not silence them.
pub const ANSWERS_MAX: usize = 5_000;
/// The time they are counted in.
pub const WINDOW: TimeDelta = TimeDelta::minutes(10);

/// Counts invalid answers.
#[derive(Debug, Default)]
pub struct Breaker(VecDeque<Moment>);

impl Breaker {
    /// One more.
    pub fn note(&mut self, now: Moment) {
        metrics::counter!("shopwatch_discord_invalid_total").increment(1);
        self.0.push_back(now);
        if self.0.len() == INVALID_MAX {
            tracing::error!(target: "shopwatch::discord", "Discord refuses so much that nothing more is asked for a while");
        }
        if self.0.len() > ANSWERS_MAX {
            self.0.pop_front();
        }
    }

    /// Until when nothing may be asked that stops at so many of them.
    pub fn open_until(&mut self, most: usize, now: Moment) -> Option<Moment> {
        // What the clock was set back over is forgotten with the rest.
        self.0.retain(|at| *at <= now && now - *at < WINDOW);
        let last_too_many = self.0.len().checked_sub(most)?;
        Some(*self.0.get(last_too_many)? + WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stops_far_below_discord_s_limit_and_goes_on_after_ten_minutes() {
        let (mut breaker, now) = (Breaker::default(), Moment::default());
        for _ in 0..INVALID_MAX {
            assert_eq!(breaker.open_until(INVALID_MAX, now), None);
            breaker.note(now);
        }
        assert_eq!(breaker.open_until(INVALID_MAX, now), Some(now + WINDOW));
        assert_eq!(breaker.open_until(INVALID_MAX, now + WINDOW), None);
    }

    #[test]
    fn people_are_answered_until_it_is_ten_times_as_bad() {
        let (mut breaker, now) = (Breaker::default(), Moment::default());
        for _ in 0..ANSWERS_MAX {
            assert_eq!(breaker.open_until(ANSWERS_MAX, now), None);
            breaker.note(now);
        }
        assert_eq!(breaker.open_until(ANSWERS_MAX, now), Some(now + WINDOW));
        breaker.note(now + TimeDelta::seconds(1));
        assert_eq!(breaker.open_until(INVALID_MAX, now + TimeDelta::seconds(1)), Some(now + WINDOW));
    }

    #[test]
    fn it_opens_again_when_the_oldest_that_is_too_many_is_forgotten() {
        let (mut breaker, now) = (Breaker::default(), Moment::default());
        breaker.note(now);
        let later = now + TimeDelta::minutes(5);
        breaker.note(later);
        breaker.note(later);
        assert_eq!(breaker.open_until(2, later), Some(later + WINDOW));
        assert_eq!(breaker.open_until(3, later), Some(now + WINDOW));
    }
}
