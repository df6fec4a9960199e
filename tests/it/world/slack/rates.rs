//! How fast calls may come, by the clock of the workspace: <https://docs.slack.dev/apis/web-api/rate-limits>.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::Moment;

/// How many messages a channel takes at once before it wants its second each.
const POSTING_BURST: f64 = 3.0;

/// How often a method may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// About once a minute; the ten sockets of an app may open together.
    One,
    Two,
    Three,
    Four,
    /// About once a second for each channel.
    Posting,
    /// Hundreds a minute.
    Special,
}

#[derive(Debug)]
struct Bucket {
    left: f64,
    seen: Moment,
}

/// What has been called lately.
#[derive(Debug, Default)]
pub struct Rates {
    pub enforced: bool,
    /// How many calls were one too many.
    pub refused: usize,
    buckets: HashMap<String, Bucket>,
    posts: HashMap<String, VecDeque<Moment>>,
    peaks: HashMap<String, usize>,
}

impl Rates {
    /// Counts a call; how many seconds to wait if it is one too many.
    pub fn count(&mut self, tier: Tier, method: &str, channel: Option<&str>, now: Moment) -> Option<u64> {
        if tier == Tier::Posting {
            self.count_post(channel.unwrap_or_default(), now);
        }
        if !self.enforced {
            return None;
        }
        let (burst, a_second) = match tier {
            Tier::One => (10.0, 1.0 / 60.0),
            Tier::Two => (20.0, 20.0 / 60.0),
            Tier::Three => (50.0, 50.0 / 60.0),
            Tier::Four => (100.0, 100.0 / 60.0),
            Tier::Posting => (POSTING_BURST, 1.0),
            Tier::Special => return None,
        };
        let key = if tier == Tier::Posting { channel.unwrap_or_default() } else { method };
        let bucket = self.buckets.entry(key.to_owned()).or_insert(Bucket { left: burst, seen: now });
        let since = (now - bucket.seen).to_std().unwrap_or_default().as_secs_f64();
        bucket.left = since.mul_add(a_second, bucket.left).min(burst);
        bucket.seen = now;
        if bucket.left < 1.0 {
            self.refused += 1;
            return Some(Duration::from_secs_f64(((1.0 - bucket.left) / a_second).ceil()).as_secs());
        }
        bucket.left -= 1.0;
        None
    }

    /// The most posts to a channel within one second.
    pub fn peak(&self, channel: &str) -> usize {
        self.peaks.get(channel).copied().unwrap_or_default()
    }

    fn count_post(&mut self, channel: &str, now: Moment) {
        let posts = self.posts.entry(channel.to_owned()).or_default();
        posts.push_back(now);
        posts.retain(|post| now - *post < TimeDelta::seconds(1));
        let peak = self.peaks.entry(channel.to_owned()).or_default();
        *peak = posts.len().max(*peak);
    }
}
