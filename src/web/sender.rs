//! How long a sender may take between two parts of what it sends. Only its own time counts: while a photo is read nobody
//! listens, and what has arrived by then is no later for it.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How long a body may take between two of its parts, and as how many stretches of that it is waited for: one may be over
/// when somebody listens again, and says nothing of the sender.
const BETWEEN_PARTS: Duration = Duration::from_secs(10);
const STRETCHES: u32 = 2;

/// The sender took too long.
#[derive(Debug, thiserror::Error)]
#[error("the rest of the body did not come in time")]
struct TooSlow;

/// A request whose sender is not waited for in vain.
pub fn in_time(request: Request) -> Request {
    request.map(|body| Body::new(InTime::new(body, BETWEEN_PARTS)))
}

struct InTime {
    body: Body,
    between: Duration,
    /// Since nothing came: the stretches, and how many of them began.
    waited: Option<(Interval, u32)>,
}

impl InTime {
    fn new(body: Body, between: Duration) -> Self {
        Self { body, between, waited: None }
    }
}

impl HttpBody for InTime {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if frame.is_ready() {
            self.waited = None;
            return frame;
        }
        let stretch = self.between / STRETCHES;
        let (stretches, begun) = self.waited.get_or_insert_with(|| {
            let mut stretches = interval(stretch);
            stretches.set_missed_tick_behavior(MissedTickBehavior::Delay);
            (stretches, 0)
        });
        while stretches.poll_tick(context).is_ready() {
            *begun += 1;
            if *begun > STRETCHES {
                return Poll::Ready(Some(Err(axum::Error::new(TooSlow))));
            }
        }
        Poll::Pending
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
    use std::future::pending;

    use futures_util::FutureExt as _;
    use futures_util::stream::unfold;
    use http_body_util::BodyExt as _;
    use tokio::sync::mpsc;
    use tokio::time::timeout;

    use super::*;

    const SHORT: Duration = Duration::from_millis(100);
    const LONG: Duration = Duration::from_millis(300);

    /// A body, and where it is sent from.
    fn sent(between: Duration) -> (mpsc::UnboundedSender<Bytes>, InTime) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let parts = unfold(receiver, async |mut receiver| {
            let part: Bytes = receiver.recv().await?;
            Some((Ok::<_, axum::Error>(part), receiver))
        });
        (sender, InTime::new(Body::from_stream(parts), between))
    }

    async fn pass(time: Duration) {
        assert!(timeout(time, pending::<()>()).await.is_err());
    }

    #[tokio::test]
    async fn a_sender_that_stops_is_not_waited_for_for_ever() {
        let (sender, mut body) = sent(SHORT);
        sender.send(Bytes::from_static(b"part")).unwrap();
        assert!(body.frame().await.unwrap().is_ok());
        assert!(timeout(LONG * 100, body.frame()).await.unwrap().unwrap().is_err());
    }

    #[tokio::test]
    async fn what_has_come_while_nobody_listened_is_not_late() {
        let (sender, mut body) = sent(SHORT);
        for _ in 0..2 {
            assert!(body.frame().now_or_never().is_none());
            pass(LONG).await;
            sender.send(Bytes::from_static(b"part")).unwrap();
            assert!(body.frame().await.unwrap().is_ok());
        }
    }

    #[tokio::test]
    async fn what_could_not_be_sent_before_somebody_listened_again_has_time_to_come() {
        let (sender, mut body) = sent(LONG);
        // Somebody listened for a while, and then was busy.
        assert!(timeout(LONG / 10, body.frame()).await.is_err());
        pass(LONG * 2).await;
        assert!(body.frame().now_or_never().is_none());
        sender.send(Bytes::from_static(b"part")).unwrap();
        assert!(body.frame().await.unwrap().is_ok());
    }
}
