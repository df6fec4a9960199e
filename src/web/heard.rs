//! Whoever is refused is heard out first. A server that answers and hangs up while a client still sends makes the client
//! fail at sending: instead of "this photo is too large" its user sees a broken connection.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use http_body_util::BodyExt as _;
use hyper::body::{Frame, SizeHint};
use tokio::time::timeout;

use super::upload;

/// How much is listened to and thrown away, in bytes: twice the largest thing that anybody sends on purpose.
const HEARD_MAX: usize = 2 * upload::BODY_MAX;
/// For how long; the guards outside of this one may end it sooner.
const HEARD_FOR: Duration = Duration::from_mins(1);

/// Takes what a client still sends when its answer is ready, and only then answers.
pub async fn heard_out(request: Request, answer: impl AsyncFnOnce(Request) -> Response) -> Response {
    let waits = waits_for_us(request.headers());
    let (parts, body) = request.into_parts();
    let body = Heard(Arc::new(Mutex::new(Ear { body, begun: false })));
    let rest = body.clone();
    let response = answer(Request::from_parts(parts, Body::new(body))).await;
    // A client that waits to be asked for its body has nothing under way; asking now would make it send.
    if rest.begun() || !waits {
        drop(timeout(HEARD_FOR, rest.drain()).await);
    }
    response
}

/// `Expect: 100-continue` (RFC 9110, 10.1.1).
fn waits_for_us(headers: &HeaderMap) -> bool {
    headers.get(header::EXPECT).is_some_and(|expected| expected.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

struct Ear {
    body: Body,
    begun: bool,
}

/// A body that its reader may let go of before its end.
#[derive(Clone)]
struct Heard(Arc<Mutex<Ear>>);

impl Heard {
    fn with<T>(&self, ask: impl FnOnce(&mut Ear) -> T) -> T {
        ask(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn begun(&self) -> bool {
        self.with(|ear| ear.begun)
    }

    async fn drain(mut self) {
        let mut heard = 0;
        while heard <= HEARD_MAX {
            match self.frame().await {
                Some(Ok(frame)) => heard += frame.data_ref().map_or(0, Bytes::len),
                Some(Err(_)) | None => break,
            }
        }
    }
}

impl HttpBody for Heard {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.with(|ear| {
            ear.begun = true;
            Pin::new(&mut ear.body).poll_frame(context)
        })
    }

    fn is_end_stream(&self) -> bool {
        self.with(|ear| ear.body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.with(|ear| ear.body.size_hint())
    }
}
