//! Misfortunes that a test orders: rate limits, lost answers, hang-ups, delays, revoked tokens, missing scopes.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use chrono::TimeDelta;

use super::FakeSlack;

/// What downloads are called where misfortunes are ordered.
pub const DOWNLOAD: &str = "download";

/// What stands in the header of a 429.
#[derive(Debug, Clone, Copy)]
pub enum RetryAfter {
    Seconds(u64),
    /// An HTTP date so far from the fake's now.
    Date(TimeDelta),
    Absent,
    /// Something that is neither.
    Absurd,
}

/// What happens to one call.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    RateLimit(RetryAfter),
    /// It is done, and the connection ends without an answer.
    AnswerLost,
    /// It is done, and the connection ends without an answer when the test says so.
    AnswerHeld,
    /// The connection ends before anything is done.
    HangUp,
    /// It is done, and answered so much later.
    Delay(Duration),
    /// 500, and nothing is done.
    ServerError,
    /// Nothing is done, and it says this word: <https://docs.slack.dev/apis/web-api/#evaluating-responses>.
    Says(&'static str),
}

/// What is to come.
#[derive(Debug, Default)]
pub struct Faults {
    pub calls: HashMap<String, VecDeque<Fault>>,
    /// The next delivery comes twice.
    pub twice: bool,
    /// Whoever downloads a file is asked to sign in.
    pub locked: bool,
    /// Answers that were held are not given any more.
    pub dropped: bool,
}

impl Faults {
    /// What happens to the next call of a method.
    pub fn next(&mut self, method: &str) -> Option<Fault> {
        self.calls.get_mut(method)?.pop_front()
    }
}

impl FakeSlack {
    /// The next call of a method is answered 429.
    pub fn rate_limit_next(&self, method: &str, after: RetryAfter) {
        self.order(method, Fault::RateLimit(after));
    }

    /// The next call of a method is done, but nobody hears of it.
    pub fn answer_lost(&self, method: &str) {
        self.order(method, Fault::AnswerLost);
    }

    /// The next call of a method is done, but nobody hears of it, and its connection ends with [`FakeSlack::drop_held`].
    pub fn hold_answer(&self, method: &str) {
        self.change(|workspace| workspace.faults.dropped = false);
        self.order(method, Fault::AnswerHeld);
    }

    /// The connections on which answers are held end.
    pub fn drop_held(&self) {
        self.change(|workspace| workspace.faults.dropped = true);
    }

    /// The next call of a method finds a connection that ends.
    pub fn hang_up(&self, method: &str) {
        self.order(method, Fault::HangUp);
    }

    /// The next call of a method is done, and answered so much later.
    pub fn delay(&self, method: &str, by: Duration) {
        self.order(method, Fault::Delay(by));
    }

    /// The next call of a method is answered 500.
    pub fn server_error(&self, method: &str) {
        self.order(method, Fault::ServerError);
    }

    /// The next call of a method is answered with an error by this word.
    pub fn says_next(&self, method: &str, word: &'static str) {
        self.order(method, Fault::Says(word));
    }

    /// From now on whoever downloads a file is asked to sign in, as without the scope.
    pub fn lock_files(&self) {
        self.change(|workspace| workspace.faults.locked = true);
    }

    /// From now on everything about files is answered 500, so often.
    pub fn files_are_down(&self, calls: usize) {
        for method in ["files.info", DOWNLOAD] {
            for _ in 0..calls {
                self.server_error(method);
            }
        }
    }

    /// What was ordered for files comes no more.
    pub fn files_are_back(&self) {
        self.change(|workspace| {
            workspace.faults.calls.remove("files.info");
            workspace.faults.calls.remove(DOWNLOAD);
        });
    }

    /// Whatever is delivered next comes twice.
    pub fn deliver_twice(&self) {
        self.change(|workspace| workspace.faults.twice = true);
    }

    /// From now on both tokens are revoked.
    pub fn revoke(&self) {
        self.change(|workspace| workspace.revoked = true);
    }

    /// From now on the bot's token lacks a scope.
    pub fn missing_scope(&self, scope: &str) {
        self.change(|workspace| workspace.scopes.remove(scope));
    }

    /// From now on the bot's token has a scope.
    pub fn grant_scope(&self, scope: &str) {
        self.change(|workspace| workspace.scopes.insert(scope.to_owned()));
    }

    /// Every permission to open a modal has run out.
    pub fn expire_trigger_ids(&self) {
        self.change(|workspace| {
            for trigger in workspace.triggers.values_mut() {
                trigger.born -= Duration::from_secs(4);
            }
        });
    }

    /// Every permission to answer an interaction has run out.
    pub fn expire_response_urls(&self) {
        self.change(|workspace| {
            for entry in workspace.response_urls.values_mut() {
                entry.born -= Duration::from_mins(31);
            }
        });
    }

    /// From now on Slack's own limits are kept: about one message a second in a channel, and the tiers of the methods.
    pub fn enforce_rates(&self) {
        self.change(|workspace| workspace.rates.enforced = true);
    }

    /// The most messages that were posted to a channel within one second.
    pub fn peak_rate(&self, channel: &str) -> usize {
        self.see(|workspace| workspace.rates.peak(channel))
    }

    /// How many calls were refused because they came too fast.
    pub fn too_fast(&self) -> usize {
        self.see(|workspace| workspace.rates.refused)
    }

    fn order(&self, method: &str, fault: Fault) {
        self.change(|workspace| workspace.faults.calls.entry(method.to_owned()).or_default().push_back(fault));
    }
}
