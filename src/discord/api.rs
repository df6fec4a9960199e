//! Calls to Discord's API: serenity's routes and requests, sent by a client of ours that has deadlines, reads how long to
//! wait in every form it is said in, and tells what went wrong without what people wrote.
//! <https://discord.com/developers/docs/topics/rate-limits>

mod upload;

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::Moment;
use reqwest_for_serenity::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest_for_serenity::{Client, RequestBuilder, Response, StatusCode, redirect};
use serde_json::Value;
use serenity::http::{LightMethod, Request, Route};
use tokio::time::timeout;

use super::breaker::{ANSWERS_MAX, Breaker, INVALID_MAX};
use crate::chats::pace::{Pace, Rate};
use crate::clock::Stopwatch;
use crate::settings::DiscordSettings;

/// How long one call may take (PROMISES.md, design rule 7: chat APIs 10 s).
pub const CALL_DEADLINE: Duration = Duration::from_secs(10);
/// How long connecting may take: after that it is certain that nothing was sent.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);
/// The longest answer that is read: a page of 100 messages with their embeds is far below.
const ANSWER_MAX: usize = 8 * 1024 * 1024;
/// How long to wait after a 429 that does not say.
const PAUSE_UNSAID: TimeDelta = TimeDelta::seconds(30);
/// The longest wait that is believed.
const PAUSE_MAX: TimeDelta = TimeDelta::hours(1);

/// What the outboxes of all processes may ask: with [`OWN`] at most 40 a second in the long run, where Discord takes 50.
pub const IN_ALL: Rate = Rate { every: TimeDelta::milliseconds(40), burst: 4 };
/// What may be posted to one channel, and edited there, until Discord has said how much: at most five in five seconds.
pub const MESSAGES: Rate = Rate { every: TimeDelta::seconds(1), burst: 5 };
/// The time that Discord's own number of messages is for.
const MESSAGES_IN: TimeDelta = TimeDelta::seconds(5);
/// So many channels' numbers are remembered.
const LEARNED_MAX: usize = 4_096;
/// An answer to an interaction that failed this soon is given once more: Discord waits for 3 s in all.
const ANSWER_AGAIN_WITHIN: Duration = Duration::from_millis(400);
/// What answers to people may ask beside it.
pub const OWN: Rate = Rate { every: TimeDelta::milliseconds(70), burst: 6 };
/// The budget that a pause of the whole bot holds.
const EVERYTHING: &str = "everything";
/// … and the bucket that nothing else is in.
const ASIDE: &str = "aside";

/// Why a call did not do what it was to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Discord said no, with a status and a code of its own.
    Said { status: u16, code: i64 },
    /// Too many calls: not before so long.
    Limited(TimeDelta),
    /// It was certainly not done: Discord was not reached, or there is no token.
    Unsent,
    /// Nobody knows whether it was done.
    Lost,
}

impl Trouble {
    /// Discord's own code, if it said one.
    pub fn code(&self) -> i64 {
        match self {
            Self::Said { code, .. } => *code,
            Self::Limited(_) | Self::Unsent | Self::Lost => 0,
        }
    }

    /// Whether the token itself was refused.
    pub fn is_unauthorised(&self) -> bool {
        matches!(self, Self::Said { status: 401, .. })
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Said { .. } => "refused",
            Self::Limited(_) => "limited",
            Self::Unsent => "unreachable",
            Self::Lost => "unanswered",
        }
    }
}

/// Whose budget a call takes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    /// Showing what the outbox holds: waits for its turn in the outbox.
    Outbox,
    /// Answering a person: may wait a moment.
    Person,
    /// The answer to an interaction: Discord does not count it.
    Answer,
}

/// The API with the bot's token.
pub struct Api {
    http: Client,
    token: Option<String>,
    base: String,
    pace: Arc<Pace>,
    breaker: Mutex<Breaker>,
    /// How much Discord lets through a bucket, where it has said so.
    learned: Mutex<HashMap<String, i32>>,
}

/// A call that has its turn.
struct Call<'a> {
    budget: Budget,
    bucket: &'a str,
    at: Moment,
    token: &'a str,
}

impl Api {
    /// The API at the configured address.
    pub fn new(settings: &DiscordSettings, pace: Arc<Pace>) -> Result<Self, reqwest_for_serenity::Error> {
        Ok(Self {
            http: client()?,
            token: settings.token.as_ref().map(|token| format!("Bot {}", bare(token.reveal()))),
            base: settings.api_url.as_str().trim_end_matches('/').to_owned(),
            pace,
            breaker: Mutex::default(),
            learned: Mutex::default(),
        })
    }

    /// Whether there is a token: without one nothing can be posted.
    pub fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Asks for something.
    pub async fn get(
        &self,
        route: Route<'_>,
        query: Vec<(&'static str, String)>,
        now: Moment,
    ) -> Result<Value, Trouble> {
        let request = Request::new(route, LightMethod::Get).params((!query.is_empty()).then_some(query));
        self.paced(Budget::Person, now, request).await
    }

    /// Asks for something that nobody waits for.
    pub async fn look(&self, route: Route<'_>, now: Moment) -> Result<Value, Trouble> {
        self.paced(Budget::Outbox, now, Request::new(route, LightMethod::Get)).await
    }

    /// Changes something.
    pub async fn send(
        &self,
        budget: Budget,
        method: LightMethod,
        route: Route<'_>,
        body: &Value,
        now: Moment,
    ) -> Result<Value, Trouble> {
        let body = serde_json::to_vec(body).map_err(|_why| Trouble::Unsent)?;
        self.paced(budget, now, Request::new(route, method).body(Some(body))).await
    }

    /// Takes something away. What nobody waits for.
    pub async fn delete(&self, route: Route<'_>, now: Moment) -> Result<Value, Trouble> {
        self.paced(Budget::Outbox, now, Request::new(route, LightMethod::Delete)).await
    }

    async fn paced(&self, budget: Budget, now: Moment, request: Request<'_>) -> Result<Value, Trouble> {
        // Answers to interactions are no calls of the bot: they need no token and no turn.
        let token = match (&self.token, budget) {
            (Some(token), _) => token.as_str(),
            (None, Budget::Answer) => "",
            (None, Budget::Outbox | Budget::Person) => return Err(Trouble::Unsent),
        };
        let (method, path) = (request.method_ref().reqwest_method(), request.route_ref().path());
        let bucket = match budget {
            Budget::Answer => ASIDE.to_owned(),
            Budget::Outbox | Budget::Person => format!("{method} {}", bucket(&path)),
        };
        let at = self.turn(budget, &bucket, now).await?;
        let call = Call { budget, bucket: &bucket, at, token };
        let answer = match budget {
            Budget::Answer => self.insist(&call, request).await,
            Budget::Outbox | Budget::Person => self.execute(&call, request).await,
        };
        if let Err(trouble) = &answer {
            metrics::counter!("shopwatch_discord_troubles_total", "kind" => trouble.kind()).increment(1);
            tracing::debug!(target: "shopwatch::discord", kind = trouble.kind(), code = trouble.code(), "a call did not succeed");
        }
        answer
    }

    /// Somebody waits for it, and it acts once however often it arrives: what failed at once is sent once more.
    async fn insist(&self, call: &Call<'_>, request: Request<'_>) -> Result<Value, Trouble> {
        let mut first = pin!(self.execute(call, request.clone()));
        match timeout(ANSWER_AGAIN_WITHIN, first.as_mut()).await {
            Ok(Err(Trouble::Unsent | Trouble::Lost)) => self.execute(call, request).await,
            Ok(answer) => answer,
            Err(_) => first.await,
        }
    }

    /// Waits for the turn of a call that a person waits for; of others it is said when it comes.
    async fn turn(&self, budget: Budget, bucket: &str, now: Moment) -> Result<Moment, Trouble> {
        let most = if budget == Budget::Answer { ANSWERS_MAX } else { INVALID_MAX };
        if let Some(until) = self.breaker.lock().unwrap_or_else(PoisonError::into_inner).open_until(most, now) {
            return Err(Trouble::Limited(until - now));
        }
        let mut at = now;
        loop {
            let mine = match budget {
                Budget::Answer => return Ok(at),
                Budget::Outbox => ("outbox", IN_ALL),
                Budget::Person => ("people", OWN),
            };
            let none = Rate { every: TimeDelta::zero(), burst: 1 };
            let budgets = [mine, (EVERYTHING, none), (bucket, self.rate_of(bucket).unwrap_or(none))];
            let taken = match budget {
                Budget::Outbox => self.pace.take(&budgets, at).await,
                Budget::Person | Budget::Answer => self.pace.take_for_somebody(&budgets, at).await,
            };
            let Err(when) = taken else { return Ok(at) };
            let wait = when - at;
            if budget == Budget::Outbox || when - now > TimeDelta::seconds(1) {
                return Err(Trouble::Limited(when - now));
            }
            let pause = std::future::pending::<()>();
            drop(timeout(wait.to_std().unwrap_or_default(), pause).await);
            at = when;
        }
    }

    /// How fast messages go to a channel: several may be under way before Discord has said that it was the last one.
    fn rate_of(&self, bucket: &str) -> Option<Rate> {
        if !is_of_messages(bucket) {
            return None;
        }
        let known = self.learned.lock().unwrap_or_else(PoisonError::into_inner).get(bucket).copied();
        Some(known.map_or(MESSAGES, |burst| Rate { every: MESSAGES_IN / burst, burst }))
    }

    async fn execute(&self, call: &Call<'_>, request: Request<'_>) -> Result<Value, Trouble> {
        let request = request.build(&self.http, call.token, Some(&self.base)).map_err(|_why| Trouble::Unsent)?;
        self.carry(call, request).await
    }

    async fn carry(&self, call: &Call<'_>, request: RequestBuilder) -> Result<Value, Trouble> {
        let Call { budget, bucket, at, .. } = *call;
        let stopwatch = Stopwatch::start();
        let sent = request.send().await;
        let answer =
            sent.map_err(|why| if why.is_connect() || why.is_builder() { Trouble::Unsent } else { Trouble::Lost })?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        // How long to wait is counted from the answer, which may have come long after it was asked for.
        let now = at + TimeDelta::from_std(stopwatch.now()).unwrap_or_default();
        let body = read(answer).await;
        self.count(status, &headers, at);
        if budget != Budget::Answer {
            self.learn(bucket, &headers, now).await;
        }
        let json = |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap_or(Value::Null);
        match status {
            StatusCode::TOO_MANY_REQUESTS => {
                Err(self.limited(bucket, &headers, &json(&body.unwrap_or_default()), now).await)
            }
            _ if status.is_success() => {
                let body = body?;
                if body.is_empty() {
                    return Ok(Value::Null);
                }
                serde_json::from_slice(&body).map_err(|_why| Trouble::Lost)
            }
            _ if status.is_client_error() => {
                let code = json(&body.unwrap_or_default()).get("code").and_then(Value::as_i64).unwrap_or_default();
                Err(Trouble::Said { status: status.as_u16(), code })
            }
            _ => Err(Trouble::Lost),
        }
    }

    /// Whether an answer counts as invalid.
    fn count(&self, status: StatusCode, headers: &HeaderMap, now: Moment) {
        let shared = headers.get("x-ratelimit-scope").is_some_and(|scope| scope == "shared");
        if matches!(status.as_u16(), 401 | 403 | 429) && !shared {
            self.breaker.lock().unwrap_or_else(PoisonError::into_inner).note(now);
        }
    }

    /// What an answer's headers say of its bucket.
    async fn learn(&self, bucket: &str, headers: &HeaderMap, now: Moment) {
        let limit = headers.get("x-ratelimit-limit").and_then(|limit| limit.to_str().ok()?.trim().parse::<i32>().ok());
        if let Some(limit) = limit.filter(|limit| (1..=1_000).contains(limit) && is_of_messages(bucket)) {
            let mut learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
            if learned.len() >= LEARNED_MAX {
                learned.clear();
            }
            learned.insert(bucket.to_owned(), limit);
        }
        let number = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()?.trim().parse::<f64>().ok());
        if number("x-ratelimit-remaining") == Some(0.0)
            && let Some(seconds) = number("x-ratelimit-reset-after")
        {
            let until = now + seconds_of(seconds).unwrap_or(PAUSE_UNSAID).min(PAUSE_MAX);
            self.pace.hold(bucket, until, now).await;
        }
    }

    /// A 429: Discord's own says so in JSON, and whether it means the whole bot; what stands before Discord says it in a
    /// header alone, and then everything waits.
    async fn limited(&self, bucket: &str, headers: &HeaderMap, body: &Value, now: Moment) -> Trouble {
        let wait = wait(headers, body).clamp(TimeDelta::milliseconds(1), PAUSE_MAX);
        let global = body.get("global").and_then(Value::as_bool).unwrap_or(!body.is_object());
        self.pace.hold(if global { EVERYTHING } else { bucket }, now + wait, now).await;
        Trouble::Limited(wait)
    }
}

/// serenity's client, with deadlines.
pub fn client() -> Result<Client, reqwest_for_serenity::Error> {
    // A redirect would carry the token to wherever it leads.
    Client::builder()
        .timeout(CALL_DEADLINE)
        .connect_timeout(CONNECT_DEADLINE)
        .redirect(redirect::Policy::none())
        .build()
}

/// A token as it is, however it was copied.
pub fn bare(token: &str) -> &str {
    token.trim().trim_start_matches("Bot ").trim()
}

async fn read(mut answer: Response) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_broken| Trouble::Lost)? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_MAX {
            return Err(Trouble::Lost);
        }
    }
    Ok(body)
}

/// How long a 429 asks to wait: exactly in its body; else as a number or a date in the header.
fn wait(headers: &HeaderMap, body: &Value) -> TimeDelta {
    let exact = body.get("retry_after").and_then(Value::as_f64).and_then(seconds_of);
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let said = text(RETRY_AFTER).and_then(|said| {
        if let Ok(seconds) = said.parse::<f64>() {
            return seconds_of(seconds);
        }
        // Both dates are the server's own: its clock need not be ours.
        let date = |text: &str| httpdate::parse_http_date(text).ok();
        let (then, now) = (date(said)?, text(DATE).and_then(date)?);
        TimeDelta::from_std(then.duration_since(now).ok()?).ok()
    });
    exact.into_iter().chain(said).max().unwrap_or(PAUSE_UNSAID)
}

fn seconds_of(seconds: f64) -> Option<TimeDelta> {
    TimeDelta::from_std(Duration::try_from_secs_f64(seconds).ok()?).ok()
}

/// The bucket of a path: its kind, and the channel or guild it is about.
fn bucket(path: &str) -> String {
    let path = path.split("/api/v10").nth(1).unwrap_or(path);
    let is_id = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = path.split('/').enumerate().map(|(at, part)| if at > 2 && is_id(part) { "id" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Whether messages are posted or edited there.
fn is_of_messages(bucket: &str) -> bool {
    let path = bucket.strip_prefix("POST ").or_else(|| bucket.strip_prefix("PATCH "));
    path.is_some_and(|path| path.starts_with("/channels/") && path.contains("/messages"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn waits(pairs: &[(&'static str, &str)], body: &Value) -> TimeDelta {
        let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        wait(&headers, body)
    }

    #[test]
    fn a_wait_is_a_number_a_date_or_in_the_body() {
        assert_eq!(waits(&[("retry-after", "7")], &Value::Null), TimeDelta::seconds(7));
        assert_eq!(waits(&[("retry-after", "1")], &json!({ "retry_after": 1.25 })), TimeDelta::milliseconds(1_250));
        assert_eq!(waits(&[], &json!({ "retry_after": 0.5 })), TimeDelta::milliseconds(500));
        let date = [("date", "Sun, 22 Nov 2026 10:00:00 GMT"), ("retry-after", "Sun, 22 Nov 2026 10:01:30 GMT")];
        assert_eq!(waits(&date, &Value::Null), TimeDelta::seconds(90));
        for nothing in ["soon", "-4", "NaN", "inf"] {
            assert_eq!(waits(&[("retry-after", nothing)], &Value::Null), PAUSE_UNSAID, "{nothing}");
        }
    }

    #[test]
    fn every_pause_that_is_believed_is_kept() {
        assert!(PAUSE_MAX < crate::chats::pace::HOLD_MAX);
    }

    #[test]
    fn no_second_holds_more_than_discord_takes_even_after_a_silence() {
        let second = |rate: Rate| i64::from(rate.burst) + 1_000 / rate.every.num_milliseconds();
        assert!(second(IN_ALL) + second(OWN) < 50);
    }

    #[test]
    fn messages_have_a_rate_and_other_calls_wait_for_what_discord_says() {
        assert!(is_of_messages("POST /channels/5/messages"));
        assert!(is_of_messages("PATCH /channels/5/messages/id"));
        assert!(!is_of_messages("GET /channels/5/messages"));
        assert!(!is_of_messages("POST /users/@me/channels"));
    }

    #[test]
    fn a_bucket_is_a_kind_of_call_about_one_channel() {
        assert_eq!(bucket("https://discord.com/api/v10/channels/5/messages/9"), "/channels/5/messages/id");
        assert_eq!(bucket("https://discord.com/api/v10/users/@me/channels"), "/users/@me/channels");
    }
}
