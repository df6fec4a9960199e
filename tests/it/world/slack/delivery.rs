//! Delivering to the program, over a socket or HTTP, and waiting for its acknowledgement: three seconds, no more.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::FakeSlack;
use super::signed::as_body;
use super::sockets::Order;
use super::ways::Accepts;

/// How long Slack waits for an acknowledgement.
pub const DEADLINE: Duration = Duration::from_secs(3);

/// How things reach the program.
#[derive(Debug, Clone, Default)]
pub enum Route {
    #[default]
    Sockets,
    Http {
        url: String,
        secret: String,
    },
}

/// Something to be delivered.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// `events_api`, `slash_commands` or `interactive`.
    pub kind: &'static str,
    pub payload: Value,
    /// How often it was tried before, and why it was not enough.
    pub attempt: usize,
    pub reason: &'static str,
}

impl Parcel {
    /// Something that is delivered for the first time.
    pub fn new(kind: &'static str, payload: Value) -> Self {
        Self { kind, payload, attempt: 0, reason: "" }
    }

    /// Whether Slack reads what stands in its acknowledgement: only of commands and forms.
    pub fn takes_an_answer(&self) -> bool {
        self.kind == "slash_commands" || self.payload["type"] == "view_submission"
    }
}

/// What the program answered.
#[derive(Debug, Clone)]
#[must_use]
pub struct Acked {
    /// Whether it answered in time, over HTTP with 200.
    pub on_time: bool,
    /// What it had to say, beside "yes".
    pub payload: Option<Value>,
    pub elapsed: Duration,
    /// Over HTTP, its status.
    pub status: Option<u16>,
    /// What it answered when the same came a second time.
    pub again: Option<Box<Acked>>,
}

/// Deliveries whose acknowledgement is awaited.
#[derive(Default)]
pub struct Pending(Mutex<HashMap<String, oneshot::Sender<Value>>>);

impl Pending {
    fn expect(&self, envelope: &str) -> oneshot::Receiver<Value> {
        let (sender, receiver) = oneshot::channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(envelope.to_owned(), sender);
        receiver
    }

    fn forget(&self, envelope: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(envelope);
    }

    /// Hands an acknowledgement to whoever waits for it; gives it back when nobody does.
    pub fn acknowledge(&self, frame: Value) -> Option<Value> {
        let envelope = frame["envelope_id"].as_str().unwrap_or_default();
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(envelope);
        match waiting {
            Some(sender) => sender.send(frame).err(),
            None => Some(frame),
        }
    }
}

impl FakeSlack {
    /// Delivers something, twice if that was ordered; what the program answered.
    pub async fn deliver(&self, parcel: Parcel) -> Acked {
        let twice = self.change(|workspace| std::mem::take(&mut workspace.faults.twice));
        if !twice {
            return self.deliver_once(&parcel).await;
        }
        let (mut first, second) = tokio::join!(self.deliver_once(&parcel), self.deliver_once(&parcel));
        first.again = Some(Box::new(second));
        first
    }

    async fn deliver_once(&self, parcel: &Parcel) -> Acked {
        let started = super::now();
        let route = self.route.lock().unwrap().clone();
        let (on_time, payload, status, again) = match &route {
            Route::Sockets => match self.over_a_socket(parcel).await {
                Some(frame) => (true, frame.get("payload").cloned(), None, true),
                None => (false, None, None, true),
            },
            Route::Http { .. } => self.over_http(parcel).await,
        };
        if parcel.kind == "events_api" && !on_time && again {
            let reason = match (route, status) {
                (Route::Sockets, _) => "timeout",
                (Route::Http { .. }, None) => "http_timeout",
                (Route::Http { .. }, Some(_)) => "http_error",
            };
            let entry = Parcel { attempt: parcel.attempt + 1, reason, ..parcel.clone() };
            self.change(|workspace| workspace.unacknowledged.push_back(entry));
        }
        let payload = payload.filter(|payload| !payload.is_null() && *payload != json!({}) && *payload != json!(""));
        Acked { on_time, payload, elapsed: super::now().duration_since(started), status, again: None }
    }

    async fn over_a_socket(&self, parcel: &Parcel) -> Option<Value> {
        let serial = self.change(super::workspace::Workspace::serial);
        let envelope_id = format!("00000000-0000-4000-8000-{serial:012}");
        let mut envelope = json!({ "envelope_id": envelope_id, "type": parcel.kind, "payload": parcel.payload });
        match self.see(|workspace| workspace.ways.accepts) {
            Accepts::AsUsual => envelope["accepts_response_payload"] = json!(parcel.takes_an_answer()),
            Accepts::Never => envelope["accepts_response_payload"] = json!(false),
            Accepts::Unsaid => {}
        }
        if parcel.kind == "events_api" {
            envelope["retry_attempt"] = json!(parcel.attempt);
            envelope["retry_reason"] = json!(parcel.reason);
        }
        let answer = self.shared.pending.expect(&envelope_id);
        if self.shared.sockets.order_one(Order::Send(envelope.to_string())).is_none() {
            self.shared.pending.forget(&envelope_id);
            return None;
        }
        let answer = timeout(DEADLINE, answer).await;
        self.shared.pending.forget(&envelope_id);
        answer.ok()?.ok()
    }

    async fn over_http(&self, parcel: &Parcel) -> (bool, Option<Value>, Option<u16>, bool) {
        let (media, body) = as_body(parcel);
        let retry = (parcel.attempt > 0).then_some((parcel.attempt, parcel.reason));
        let Some(answered) = self.knock(media, &body, retry).await else { return (false, None, None, true) };
        // A command may be answered in plain text; everything else is JSON or empty.
        let payload = serde_json::from_str(&answered.text).unwrap_or_else(|_| json!(answered.text));
        let payload = if payload.is_string() && payload != "" { json!({ "text": payload }) } else { payload };
        (answered.status == 200, Some(payload), Some(answered.status), !answered.no_retry)
    }

    /// What was not acknowledged was tried often enough: it is not told again.
    pub fn gives_up(&self) {
        self.change(|workspace| workspace.unacknowledged.clear());
    }

    /// Delivers again every event that was not acknowledged, oldest first; what the program answered.
    pub async fn redeliver(&self) -> Vec<Acked> {
        let waiting = self.change(|workspace| std::mem::take(&mut workspace.unacknowledged));
        let mut answers = Vec::new();
        for parcel in waiting {
            answers.push(self.deliver(parcel).await);
        }
        answers
    }
}
