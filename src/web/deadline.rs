//! How long anybody waits for us. A person is told "not saved" while they still look; what a slow phone takes to send
//! its report is its own time and does not count.

use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::asked::Asked;
use super::upload;
use crate::app::App;

/// How long the database may keep an answer waiting, however many times it is asked for it (PROMISES.md, P6).
const PATIENCE: Duration = Duration::from_millis(2_500);
/// How long taking in a photo may take us: reading it takes a process of its own, which has 20 s.
const PHOTO_PATIENCE: Duration = Duration::from_secs(25);

/// How long whoever takes in a request may keep its sender waiting; they say so when it brings a photo after all.
#[derive(Clone, Default)]
pub struct Patience(Client);

impl Patience {
    /// From now on it is a photo that is read.
    pub fn for_a_photo(&self) {
        self.0.photo.store(true, Ordering::Relaxed);
        self.0.caught_up.notify_one();
    }
}

/// Answers "not now" when our patience with ourselves runs out; what was not committed by then is given up.
pub async fn answered_in_time(
    app: &App,
    asked: &Asked,
    request: Request,
    answer: impl AsyncFnOnce(Request) -> Response,
) -> Response {
    let client = Client::default();
    client.photo.store(upload::is_one(request.method(), request.uri().path()), Ordering::Relaxed);
    let waited_for = client.clone();
    let mut request = request.map(|body| Body::new(Watched { body, client: waited_for }));
    request.extensions_mut().insert(Patience(client.clone()));
    tokio::select! {
        response = answer(request) => response,
        () = client.lets_us_wait_no_longer_than((PATIENCE, PHOTO_PATIENCE)) => {
            metrics::counter!("shopwatch_failures_total", "kind" => "unavailable").increment(1);
            tracing::warn!(target: "shopwatch::web", "an answer took too long and was given up");
            asked.not_now(app)
        }
    }
}

/// What is known of a client for as long as its request takes.
#[derive(Clone, Default)]
struct Client(Arc<Waits>);

/// Whether we wait for the client at this moment, and whether for a photo.
#[derive(Default)]
struct Waits {
    slow: AtomicBool,
    photo: AtomicBool,
    caught_up: Notify,
}

impl Deref for Client {
    type Target = Waits;

    fn deref(&self) -> &Waits {
        &self.0
    }
}

impl Client {
    /// Ends when we have been busy for so long without waiting for the client; a photo may take the second of these.
    async fn lets_us_wait_no_longer_than(&self, (patience, with_a_photo): (Duration, Duration)) {
        loop {
            let patience = if self.photo.load(Ordering::Relaxed) { with_a_photo } else { patience };
            let heard = timeout(patience, self.caught_up.notified()).await.is_ok();
            if !heard && !self.slow.load(Ordering::Relaxed) {
                return;
            }
        }
    }
}

/// A body that notes when it keeps us waiting.
struct Watched {
    body: Body,
    client: Client,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        let was_slow = self.client.slow.swap(frame.is_pending(), Ordering::Relaxed);
        if was_slow && frame.is_ready() {
            self.client.caught_up.notify_one();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(5);
    const LONG: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn our_own_time_runs_out() {
        let client = Client::default();
        assert!(timeout(LONG * 100, client.lets_us_wait_no_longer_than((SHORT, LONG))).await.is_ok());
    }

    #[tokio::test]
    async fn a_photo_may_take_longer_and_each_one_anew() {
        let client = Client::default();
        let patience = Patience(client.clone());
        let wait = client.lets_us_wait_no_longer_than((SHORT, LONG * 100));
        let photo = async { patience.for_a_photo() };
        assert!(timeout(LONG, async { tokio::join!(wait, photo) }).await.is_err());
    }

    #[tokio::test]
    async fn the_clients_time_does_not_count_and_ours_begins_anew_after_it() {
        let client = Client::default();
        client.slow.store(true, Ordering::Relaxed);
        assert!(timeout(LONG, client.lets_us_wait_no_longer_than((SHORT, LONG))).await.is_err());
        client.slow.store(false, Ordering::Relaxed);
        client.caught_up.notify_one();
        assert!(timeout(LONG * 100, client.lets_us_wait_no_longer_than((SHORT, LONG))).await.is_ok());
    }
}
