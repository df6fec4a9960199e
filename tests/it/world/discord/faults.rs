//! What a test tells the fake to do wrong.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;

use super::routes::ROUTES;
use super::state::State;
use super::traffic::{cloudflare, limited};
use super::{FakeDiscord, Hub};

/// How somebody is told when to come back.
#[derive(Debug, Clone, Copy)]
pub enum RetryAfter {
    /// Whole seconds, in the header and in the body.
    Seconds(u64),
    /// A fraction, in the body and in the header.
    Float(f64),
    /// So many seconds from now, as a date in the header.
    Date(u64),
    /// No header; only the body tells.
    Absent(f64),
    /// The whole bot is meant, not the route.
    Global(f64),
    /// The resource is; it does not count as invalid.
    Shared(f64),
    /// Not Discord answers but what stands before it, without JSON.
    Html(u64),
}

/// What happens to the next request of a route.
pub struct Fault {
    route: &'static str,
    does: Does,
}

/// Something that goes wrong.
#[derive(Clone, Copy)]
pub enum Does {
    Limits(RetryAfter),
    /// It is done, but nobody hears so.
    LosesAnswer,
    /// It is done, nobody hears so, and the line is cut so much later.
    LosesAnswerAfter(Duration),
    /// It is not done, and the line is cut.
    HangsUp,
    Waits(Duration),
    Fails(u16),
    /// Discord says no, with this code.
    Refuses(u32),
}

/// The mark of an answer that must not go out.
#[derive(Clone)]
pub struct Cut;

impl State {
    /// What goes wrong with this request, if something does.
    pub fn fault(&mut self, route: &str) -> Option<Does> {
        let place = self.faults.iter().position(|fault| fault.route == route)?;
        self.faults.remove(place).map(|fault| fault.does)
    }

    /// A refusal as it was ordered.
    pub fn refuse(&self, how: RetryAfter) -> Response {
        match how {
            RetryAfter::Seconds(seconds) => {
                let exact = Duration::from_secs(seconds).as_secs_f64();
                limited(exact, Some(&seconds.to_string()), "user")
            }
            RetryAfter::Float(seconds) => limited(seconds, Some(&seconds.to_string()), "user"),
            RetryAfter::Date(seconds) => {
                let at = self.now() + TimeDelta::seconds(i64::try_from(seconds).unwrap());
                let exact = Duration::from_secs(seconds).as_secs_f64();
                limited(exact, Some(&at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()), "user")
            }
            RetryAfter::Absent(seconds) => limited(seconds, None, "user"),
            RetryAfter::Global(seconds) => limited(seconds, Some(&seconds.ceil().to_string()), "global"),
            RetryAfter::Shared(seconds) => limited(seconds, Some(&seconds.ceil().to_string()), "shared"),
            RetryAfter::Html(seconds) => cloudflare(&seconds.to_string()),
        }
    }
}

/// An answer that does not go out.
pub fn cut() -> Response {
    let mut response = StatusCode::IM_A_TEAPOT.into_response();
    response.extensions_mut().insert(Cut);
    response
}

impl Hub {
    /// Lets time pass, for real or because a test says so.
    pub async fn wait(&self, time: Duration) {
        let until = self.read(|state| state.time) + time;
        let mut changes = self.changes.subscribe();
        loop {
            let left = until.saturating_sub(self.read(|state| state.time));
            if left.is_zero() {
                return;
            }
            // Ended either by the time itself or by a change after which less of it may be left.
            drop(tokio::time::timeout(left, changes.changed()).await);
        }
    }
}

impl FakeDiscord {
    /// The next request of a route is one too many. Routes are written as `POST /channels/{channel}/messages`.
    pub fn rate_limit_next(&self, route: &'static str, how: RetryAfter) {
        self.breaks(route, Does::Limits(how));
    }

    /// The next request of a route is refused with this code.
    pub fn refuse_next(&self, route: &'static str, code: u32) {
        self.breaks(route, Does::Refuses(code));
    }

    /// The next request of a route is done, and its answer never comes.
    pub fn answer_lost(&self, route: &'static str) {
        self.breaks(route, Does::LosesAnswer);
    }

    /// The next request of a route is done, its answer never comes, and the line is cut so much later.
    pub fn answer_lost_after(&self, route: &'static str, time: Duration) {
        self.breaks(route, Does::LosesAnswerAfter(time));
    }

    /// The next request of a route is not done; the line is cut.
    pub fn hang_up(&self, route: &'static str) {
        self.breaks(route, Does::HangsUp);
    }

    /// The next request of a route takes so long.
    pub fn delay(&self, route: &'static str, time: Duration) {
        self.breaks(route, Does::Waits(time));
    }

    /// The next request of a route meets a broken server.
    pub fn server_error(&self, route: &'static str, status: u16) {
        self.breaks(route, Does::Fails(status));
    }

    /// How many misfortunes are still to come.
    pub fn misfortunes(&self) -> usize {
        self.read(|state| state.faults.len())
    }

    fn breaks(&self, route: &'static str, does: Does) {
        assert!(ROUTES.contains(&route), "{route} is one of {ROUTES:#?}");
        self.hub.change(|state| state.faults.push_back(Fault { route, does }));
    }

    /// A bucket of a route holds so many requests in a time.
    pub fn limit_route(&self, route: &'static str, count: usize, window: Duration) {
        assert!(ROUTES.contains(&route), "{route} is one of {ROUTES:#?}");
        self.hub.change(|state| state.traffic.limits.insert(route, (count, window)));
    }

    /// From now on fifty requests a second are all there is.
    pub fn keep_to_the_global_limit(&self) {
        self.hub.change(|state| state.traffic.strict = true);
    }

    /// Who asks so many invalid things in ten minutes is banned.
    pub fn ban_after(&self, invalid: usize) {
        self.hub.change(|state| state.traffic.invalid_max = invalid);
    }
}
