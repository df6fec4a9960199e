//! Discord bans an address after 10,000 invalid answers (401, 403, 429) in ten minutes: long before that nothing more is
//! asked. <https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans>

use std::collections::VecDeque;

use chrono::TimeDelta;
use domain::clock::Moment;

/// So many invalid answers within [`WINDOW`] and we stop asking; Discord's own limit is 10,000.
pub const INVALID_MAX: usize = 500;
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
        if self.0.len() > INVALID_MAX {
            self.0.pop_front();
        }
    }

    /// Until when nothing may be asked.
    pub fn open_until(&mut self, now: Moment) -> Option<Moment> {
        // What the clock was set back over is forgotten with the rest.
        self.0.retain(|at| *at <= now && now - *at < WINDOW);
        let first = self.0.front().copied().filter(|_| self.0.len() >= INVALID_MAX)?;
        Some(first + WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stops_far_below_discord_s_limit_and_goes_on_after_ten_minutes() {
        let (mut breaker, now) = (Breaker::default(), Moment::default());
        for _ in 0..INVALID_MAX {
            assert_eq!(breaker.open_until(now), None);
            breaker.note(now);
        }
        assert_eq!(breaker.open_until(now), Some(now + WINDOW));
        assert_eq!(breaker.open_until(now + WINDOW), None);
    }
}
