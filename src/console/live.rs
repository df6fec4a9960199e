//! Server-sent events: a page hears that something has changed, and fetches itself again.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use tower_sessions::session::Id;

use super::people::Visit;
use crate::app::App;
use crate::bell::Ear;

/// The most streams of one session. A browser opens six connections to a server at most, and pages need some.
const STREAMS_MAX: usize = 4;
/// How often a silent stream says that it is there; proxies cut those that do not.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// How soon a browser comes back after a stream ended.
const RETRY: Duration = Duration::from_secs(2);

/// How many streams each session has open.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<Id, usize>>>);

/// One of a session's streams; its place is free again when it is dropped.
struct Place {
    streams: Streams,
    session: Id,
}

impl Streams {
    fn take(&self, session: Id) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(session).or_insert(0);
        if *count >= STREAMS_MAX {
            return None;
        }
        *count += 1;
        Some(Place { streams: self.clone(), session })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.session) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.session);
            }
        }
    }
}

/// Says `changed` whenever something has become visible anywhere; what, each page finds out with its own eyes.
pub async fn events(State(app): State<App>, visit: Visit, Extension(streams): Extension<Streams>) -> Response {
    // No content tells a browser not to come back.
    let Some(place) = streams.take(visit.session) else { return StatusCode::NO_CONTENT.into_response() };
    let ear = app.shown.listen();
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    Sse::new(changes(app, ear, place)).keep_alive(keep_alive).into_response()
}

fn changes(app: App, ear: Ear, place: Place) -> impl Stream<Item = Result<Event, Infallible>> {
    let hello = Some(named("hello").retry(RETRY));
    stream::unfold((app, ear, place, hello), |(app, mut ear, place, hello)| async move {
        let event = if let Some(hello) = hello {
            hello
        } else {
            tokio::select! {
                () = ear.hear() => named("changed"),
                () = app.stopping.cancelled() => return None,
            }
        };
        Some((Ok(event), (app, ear, place, None)))
    })
}

/// An event; browsers drop those without data, so there is some.
fn named(name: &str) -> Event {
    Event::default().event(name).data(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_has_only_so_many_streams_and_gets_them_back() {
        let streams = Streams::default();
        let mut open: Vec<Place> = (0..STREAMS_MAX).filter_map(|_| streams.take(Id(1))).collect();
        assert_eq!(open.len(), STREAMS_MAX);
        assert!(streams.take(Id(1)).is_none());
        assert!(streams.take(Id(2)).is_some());
        open.pop();
        assert!(streams.take(Id(1)).is_some());
    }
}
