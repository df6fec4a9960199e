//! The gateway's door, its sessions, and what tests do to them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Query, State as FromHub};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::dispatch::Event;
use super::state::{Id, State};
use super::{FakeDiscord, Hub, socket};

/// `IDENTIFY` in a day; one more and the token is reset.
const IDENTIFIES: usize = 1_000;
pub const DAY: Duration = Duration::from_hours(24);
pub const FIVE_SECONDS: Duration = Duration::from_secs(5);

/// The sessions, and how the gateway behaves.
#[expect(clippy::struct_excessive_bools, reason = "each is a way in which a gateway can behave, by itself")]
pub struct Gateway {
    pub sessions: BTreeMap<String, Session>,
    /// When somebody identified, and as which shard.
    pub identified: Vec<(Duration, u64)>,
    pub identifies_max: usize,
    pub max_concurrency: u64,
    /// How many shards the gateway recommends.
    pub shards: u64,
    /// Milliseconds.
    pub heartbeat: u64,
    pub acknowledges: bool,
    /// How many heartbeats came.
    pub beats: usize,
    /// How many connections were made.
    pub connections: usize,
    pub resumed: usize,
    /// The next connection is cut before it hears hello.
    pub cuts_next: bool,
    /// `READY` says what is documented as always there, and of that no more than has to be.
    pub says_little: bool,
    /// A token stands by itself or is none, and a time is a number.
    pub wants_documented_words: bool,
    /// A session is resumed where `READY` says, and nowhere else.
    pub resumes_where_it_says: bool,
}

impl Default for Gateway {
    fn default() -> Self {
        Self {
            sessions: BTreeMap::new(),
            identified: Vec::new(),
            identifies_max: IDENTIFIES,
            max_concurrency: 1,
            shards: 1,
            heartbeat: 41_250,
            acknowledges: true,
            beats: 0,
            connections: 0,
            resumed: 0,
            cuts_next: false,
            says_little: false,
            wants_documented_words: false,
            resumes_where_it_says: false,
        }
    }
}

/// Somebody who identified.
pub struct Session {
    pub intents: u64,
    /// Which, of how many.
    pub shard: (u64, u64),
    pub sequence: u64,
    /// Everything it was told.
    pub log: Vec<(u64, String)>,
    pub connection: Option<UnboundedSender<Send>>,
}

/// What a connection is to do.
#[derive(Debug, Clone)]
pub enum Send {
    Frame(String),
    Close(u16),
    /// The line is cut without a word.
    HangUp,
    /// The line stays, and nothing goes over it any more in either direction.
    Freeze,
}

impl State {
    /// How many may still identify today.
    pub fn identifies_left(&self) -> usize {
        let today = self.gateway.identified.iter().filter(|(at, _)| self.time.saturating_sub(*at) < DAY).count();
        self.gateway.identifies_max.saturating_sub(today)
    }

    /// Does something to every connection.
    fn send_all(&mut self, send: &Send) {
        for session in self.gateway.sessions.values_mut() {
            if let Some(connection) = &session.connection {
                drop(connection.send(send.clone()));
            }
            if !matches!(send, Send::Frame(_)) {
                session.connection = None;
            }
        }
    }
}

/// Somebody knocks.
pub async fn connect(
    FromHub(hub): FromHub<Arc<Hub>>,
    Query(asked): Query<BTreeMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if asked.contains_key("compress") || asked.get("encoding").is_some_and(|encoding| encoding != "json") {
        hub.change(|state| state.complain(format!("a gateway connection with {asked:?}: this fake speaks plain JSON")));
        return StatusCode::BAD_REQUEST.into_response();
    }
    let old = asked.get("v").is_none_or(|version| version != "10");
    upgrade.on_upgrade(move |socket| socket::speak(hub, socket, old, asked.contains_key(socket::RESUMES)))
}

/// What the gateway does to its connections.
impl FakeDiscord {
    /// Closes every connection with this code.
    pub fn close_gateway(&self, code: u16) {
        self.hub.change(|state| state.send_all(&Send::Close(code)));
    }

    /// Cuts every connection without a word.
    pub fn cut_gateway(&self) {
        self.hub.change(|state| state.send_all(&Send::HangUp));
    }

    /// Every connection stays open, and nothing goes over it any more.
    pub fn freeze_gateway(&self) {
        self.hub.change(|state| state.send_all(&Send::Freeze));
    }

    /// The next connection to the gateway is cut before it hears anything.
    pub fn cut_next_connection(&self) {
        self.hub.change(|state| state.gateway.cuts_next = true);
    }

    /// Asks every connection to come again and resume.
    pub fn ask_to_reconnect(&self) {
        self.hub.change(|state| state.send_all(&Send::Frame(json!({ "op": 7, "d": null }).to_string())));
    }

    /// Asks every connection for a heartbeat at once.
    pub fn ask_for_heartbeat(&self) {
        self.hub.change(|state| state.send_all(&Send::Frame(json!({ "op": 1, "d": null }).to_string())));
    }

    /// Ends the sessions, or only says so when they can be resumed.
    pub fn invalidate_sessions(&self, resumable: bool) {
        self.hub.change(|state| {
            state.send_all(&Send::Frame(json!({ "op": 9, "d": resumable }).to_string()));
            if !resumable {
                state.gateway.sessions.clear();
            }
        });
    }

    /// Forgets the sessions without a word: nobody can resume.
    pub fn forget_sessions(&self) {
        self.hub.change(|state| {
            state.send_all(&Send::HangUp);
            state.gateway.sessions.clear();
        });
    }

    /// How often a heartbeat is due, from the next connection on.
    pub fn heartbeat_every(&self, interval: Duration) {
        self.hub.change(|state| state.gateway.heartbeat = u64::try_from(interval.as_millis()).unwrap());
    }

    /// Whether heartbeats are acknowledged.
    pub fn acknowledge_heartbeats(&self, whether: bool) {
        self.hub.change(|state| state.gateway.acknowledges = whether);
    }

    /// How many may identify in a day, and at once in five seconds.
    pub fn limit_identifies(&self, a_day: usize, at_once: u64) {
        self.hub.change(|state| {
            state.gateway.identifies_max = a_day;
            state.gateway.max_concurrency = at_once;
        });
    }

    /// Nobody has identified for a day.
    pub fn forget_identifies(&self) {
        self.hub.change(|state| state.gateway.identified.clear());
    }

    /// How many shards the gateway recommends.
    pub fn recommend_shards(&self, shards: u64) {
        self.hub.change(|state| state.gateway.shards = shards);
    }

    /// Whether somebody is connected to whom it would be told when something happens.
    pub fn is_connected(&self) -> bool {
        self.hub.read(|state| state.gateway.sessions.values().any(|session| session.connection.is_some()))
    }

    /// Waits until somebody has identified or resumed.
    pub async fn connected(&self) {
        self.until("a session", |state| {
            state.gateway.sessions.values().any(|session| session.connection.is_some()).then_some(())
        })
        .await;
    }

    /// Tells every session something, whatever its intents; documented or not.
    pub fn raw_dispatch(&self, name: &str, guild: Option<Id>, payload: Value) {
        let event = Event { name: name.to_owned(), guild, intent: 0, bare: payload.clone(), full: payload };
        self.hub.change(|state| state.tell(&event));
    }
}
