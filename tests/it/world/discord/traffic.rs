//! Counting requests as Discord does: by bucket, in all, and those that were not valid.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use ring::digest;
use serde_json::json;

use super::state::State;

/// Requests in a second, in all.
pub const GLOBAL_MAX: usize = 50;
/// Invalid requests in ten minutes before an address is banned.
const INVALID_MAX: usize = 10_000;
const TEN_MINUTES: Duration = Duration::from_mins(10);
/// A bucket nobody spoke of: so large that tests do not meet it by accident.
const GENEROUS: (usize, Duration) = (10_000, Duration::from_secs(1));

/// One request.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `POST /channels/{channel}/messages`.
    pub route: String,
    /// With the ids.
    pub path: String,
    pub at: Duration,
    /// What it was answered; nothing when the line was cut.
    pub status: Option<StatusCode>,
    /// Whether it counts towards what a bot may ask in a second.
    pub counted: bool,
}

/// Everything that was asked.
pub struct Traffic {
    pub asked: Vec<Asked>,
    /// The most that was asked within one second.
    pub peak: usize,
    /// When each invalid request was answered.
    pub invalid: Vec<Duration>,
    pub invalid_max: usize,
    /// Whether the fifty a second are kept to, and not only measured.
    pub strict: bool,
    pub limits: BTreeMap<&'static str, (usize, Duration)>,
    buckets: BTreeMap<String, (usize, Duration)>,
}

impl Default for Traffic {
    fn default() -> Self {
        let (asked, invalid, limits, buckets) = (Vec::new(), Vec::new(), BTreeMap::new(), BTreeMap::new());
        Self { asked, peak: 0, invalid, invalid_max: INVALID_MAX, strict: false, limits, buckets }
    }
}

/// How full a bucket is.
pub struct Bucket {
    name: String,
    limit: usize,
    left: usize,
    ends_in: Duration,
    /// The request was one too many.
    pub over: bool,
}

impl State {
    /// Notes a request; its number.
    pub fn note(&mut self, route: &str, path: &str) -> usize {
        let counted = !route.contains("/interactions/") && !route.contains("/webhooks/");
        let (route, path, at) = (route.to_owned(), path.to_owned(), self.time);
        self.traffic.asked.push(Asked { route, path, at, status: None, counted });
        self.traffic.peak = self.traffic.peak.max(self.pace());
        self.traffic.asked.len() - 1
    }

    /// What was asked within the last second.
    pub fn pace(&self) -> usize {
        let recent = |asked: &&Asked| self.time.saturating_sub(asked.at) < Duration::from_secs(1);
        self.traffic.asked.iter().rev().take_while(recent).filter(|asked| asked.counted).count()
    }

    /// Whether the address is banned.
    pub fn banned(&self) -> bool {
        let recent = |at: &&Duration| self.time.saturating_sub(**at) < TEN_MINUTES;
        self.traffic.invalid.iter().rev().take_while(recent).count() >= self.traffic.invalid_max
    }

    /// Notes what a request was answered.
    pub fn settle(&mut self, number: usize, response: &Response) {
        let status = response.status();
        self.traffic.asked[number].status = Some(status);
        let shared = response.headers().get("x-ratelimit-scope").is_some_and(|scope| scope == "shared");
        if matches!(status.as_u16(), 401 | 403 | 429) && !shared {
            self.traffic.invalid.push(self.time);
        }
    }

    /// Puts a request into its bucket: the route and what stands first in the path.
    pub fn pour(&mut self, route: &str, path: &str) -> Bucket {
        let (limit, window) = self.traffic.limits.get(route).copied().unwrap_or(GENEROUS);
        let major: Vec<&str> = path.split('/').take(if route.contains("/webhooks/") { 4 } else { 3 }).collect();
        let (count, since) = self.traffic.buckets.entry(format!("{route} {major:?}")).or_insert((0, self.time));
        if self.time.saturating_sub(*since) >= window {
            (*count, *since) = (0, self.time);
        }
        let over = *count >= limit;
        *count += usize::from(!over);
        let name = hex::encode(&digest::digest(&digest::SHA256, route.as_bytes()).as_ref()[..16]);
        let ends_in = window.saturating_sub(self.time.saturating_sub(*since));
        Bucket { name, limit, left: limit - *count, ends_in, over }
    }
}

impl Bucket {
    /// The headers that tell of it.
    pub fn write(&self, headers: &mut HeaderMap, now: f64) {
        let seconds = self.ends_in.as_secs_f64();
        for (name, value) in [
            ("x-ratelimit-limit", self.limit.to_string()),
            ("x-ratelimit-remaining", self.left.to_string()),
            ("x-ratelimit-reset", format!("{:.3}", now + seconds)),
            ("x-ratelimit-reset-after", format!("{seconds:.3}")),
            ("x-ratelimit-bucket", self.name.clone()),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_str(&value).unwrap());
        }
    }

    /// What a request is answered that was one too many.
    pub fn refusal(&self) -> Response {
        limited(self.ends_in.as_secs_f64(), Some(&whole(self.ends_in)), "user")
    }
}

/// Seconds, rounded up as the header has them.
pub fn whole(time: Duration) -> String {
    (time.as_secs() + u64::from(time.subsec_nanos() > 0)).to_string()
}

/// Discord's own 429.
pub fn limited(seconds: f64, header: Option<&str>, scope: &'static str) -> Response {
    let global = scope == "global";
    let words = match scope {
        "shared" => "The resource is being rate limited.",
        _ => "You are being rate limited.",
    };
    let body = json!({ "message": words, "retry_after": seconds, "global": global });
    let mut response = (StatusCode::TOO_MANY_REQUESTS, axum::Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-scope", HeaderValue::from_static(scope));
    if global {
        headers.insert("x-ratelimit-global", HeaderValue::from_static("true"));
    }
    if let Some(header) = header {
        headers.insert("retry-after", HeaderValue::from_str(header).unwrap());
    }
    response
}

/// What stands in front of Discord answers whom it has banned: no JSON.
pub fn cloudflare(retry_after: &str) -> Response {
    let page = "<!doctype html><title>Access denied</title><h1>Error 1015</h1><p>You are being rate limited</p>";
    let headers = [("content-type", "text/html; charset=UTF-8"), ("retry-after", retry_after)];
    (StatusCode::TOO_MANY_REQUESTS, headers, page).into_response()
}
