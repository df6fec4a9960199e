//! The line to Discord's gateway. serenity keeps the session (heartbeats, resuming, shards), but it does not tell how a
//! connection ended, drops what it does not know, and identifies again every five seconds for ever, which Discord answers by
//! taking the token away. So it speaks through a door of ours on this computer: what passes is read as Discord wrote it,
//! final words of Discord end it, and nobody identifies faster than [`Pacing`] allows, nor more often in a day.

mod said;
mod sessions;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, Stream, StreamExt as _};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, accept_hdr_async_with_config, connect_async_with_config, tungstenite,
};
use url::Url;

use super::api::CALL_DEADLINE;
use super::catch_up::{insist, watched};
use super::connect::{keep_unread, pause, take_in_and_answer};
use super::heartbeat::Heartbeat;
use super::pacing::{Pacing, SESSIONS};
use super::people::id;
use super::{Discord, Standing};
use crate::app::App;
use said::{DISPATCH, Envelope, pass, told};
use sessions::Sessions;

/// Close codes after which nobody may come back as they were.
/// <https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes>
const FINAL: [u16; 6] = [4004, 4010, 4011, 4012, 4013, 4014];
/// The one of them after which serenity stops at once.
const STOP: u16 = 4004;
/// What serenity comes back from by itself.
const COME_BACK: u16 = 4000;
/// How long an interaction waits for others: Discord waits for 3 s in all.
const ROOM_WAIT: Duration = Duration::from_millis(500);
/// The largest frame: a guild of many thousand channels is far below.
const FRAME_MAX: usize = 32 * 1024 * 1024;
/// From here on a wait for a session is one that somebody has to know of.
const FROM_HERE: Duration = Duration::from_secs(5);
/// Whoever comes back to a session says so at once; who says nothing for so long begins a new one.
const RESUMES_WITHIN: Duration = Duration::from_millis(500);
/// What a connection is asked for in its address. <https://discord.com/developers/docs/events/gateway#connecting>
const ASKED: [&str; 3] = ["v", "encoding", "compress"];
/// The session is no more, or, with `true`, may be resumed.
const INVALID: u8 = 9;

type Upstream = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Downstream = WebSocketStream<TcpStream>;

/// How the line ended for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended(pub u16);

/// The door on this computer.
pub struct Line {
    listener: TcpListener,
    /// Nobody else on this computer knows it.
    secret: String,
    upstream: Url,
    ended: watch::Sender<Option<Ended>>,
    resumable: Arc<AtomicBool>,
    sessions: Arc<Sessions>,
}

impl Line {
    /// Opens the door to this gateway.
    pub async fn open(app: &App, upstream: Url) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let secret = app.desk.store.keys().secret().map_err(std::io::Error::other)?;
        let ended = watch::Sender::new(None);
        Ok(Self { listener, secret, upstream, ended, resumable: Arc::default(), sessions: Arc::default() })
    }

    /// Where serenity connects to.
    pub fn url(&self) -> std::io::Result<String> {
        Ok(format!("ws://{}/{}", self.listener.local_addr()?, self.secret))
    }

    /// Waits until Discord has said its last word.
    pub async fn ended(&self) -> Ended {
        let mut ended = self.ended.subscribe();
        match ended.wait_for(Option::is_some).await.map(|ended| *ended) {
            Ok(Some(ended)) => ended,
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }

    /// Lets connections through until it is dropped, and they with it.
    pub async fn serve(&self, discord: &Arc<Discord>, app: &App, pacing: &Arc<Pacing>) {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = self.listener.accept().await {
            while connections.try_join_next().is_some() {}
            let through = Through {
                discord: discord.clone(),
                app: app.clone(),
                pacing: pacing.clone(),
                upstream: self.upstream.clone(),
                ended: self.ended.clone(),
                resumable: self.resumable.clone(),
                sessions: self.sessions.clone(),
                stood: AtomicBool::default(),
            };
            let path = format!("/{}", self.secret);
            connections.spawn(async move { Box::pin(through.connection(stream, &path)).await });
        }
    }
}

/// One connection through the door.
struct Through {
    discord: Arc<Discord>,
    app: App,
    pacing: Arc<Pacing>,
    upstream: Url,
    ended: watch::Sender<Option<Ended>>,
    /// Whether the last session may still be there: then the next connection is likely to resume it, which nobody counts.
    resumable: Arc<AtomicBool>,
    sessions: Arc<Sessions>,
    /// Whether there was a session on this connection.
    stood: AtomicBool,
}

impl Through {
    async fn connection(&self, stream: TcpStream, path: &str) {
        #[expect(clippy::result_large_err, reason = "the handshake's callback is asked for this type")]
        let knows = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
            if request.uri().path() == path { Ok(response) } else { Err(ErrorResponse::new(None)) }
        };
        let config = WebSocketConfig::default().max_message_size(Some(FRAME_MAX)).max_frame_size(Some(FRAME_MAX));
        let Ok(down) = accept_hdr_async_with_config(stream, knows, Some(config)).await else { return };
        let clock = &self.app.stopwatch;
        let (to_serenity, mut from_serenity) = down.split();
        // Whoever comes back to a session comes at once: serenity takes a line without heartbeats for dead.
        let first = if self.resumable.load(Ordering::Relaxed) {
            timeout(RESUMES_WITHIN, from_serenity.next()).await.ok().flatten().and_then(Result::ok)
        } else {
            pause(&self.app, self.pacing.wait(clock.now())).await;
            None
        };
        if self.app.stopping.is_cancelled() || self.ended.borrow().is_some() {
            return;
        }
        let upstream = self.sessions.leads(first.as_ref());
        let Some(up) = self.reach(upstream.as_ref().unwrap_or(&self.upstream), config).await else {
            self.pacing.failed(clock.now());
            self.resumable.store(false, Ordering::Relaxed);
            self.discord.fell(Standing::Again);
            return;
        };
        let (to_discord, from_discord) = up.split();
        let from_serenity = futures_util::stream::iter(first.map(Ok)).chain(from_serenity);
        let heartbeat = Heartbeat::default();
        tokio::select! {
            () = self.incoming(from_discord, to_serenity, &heartbeat) => {}
            () = self.outgoing(from_serenity, to_discord, &heartbeat) => {}
            () = heartbeat.stopped() => {
                tracing::warn!(target: "shopwatch::discord", "the gateway does not answer any more; connecting anew");
            }
        }
        self.pacing.broke(self.app.stopwatch.now());
        if !self.stood.load(Ordering::Relaxed) {
            self.resumable.store(false, Ordering::Relaxed);
        }
        if self.ended.borrow().is_none() && !self.discord.is_refused() && !self.app.stopping.is_cancelled() {
            self.discord.fell(Standing::Again);
        }
    }

    /// Connects to a gateway.
    async fn reach(&self, gateway: &Url, config: WebSocketConfig) -> Option<Upstream> {
        let mut url = gateway.clone();
        // What the address has already belongs to it, unless it is said anew here.
        let own: Vec<(String, String)> =
            url.query_pairs().into_owned().filter(|(name, _)| !ASKED.contains(&name.as_str())).collect();
        url.query_pairs_mut().clear().extend_pairs(own).append_pair("v", "10").append_pair("encoding", "json");
        let connected = timeout(CALL_DEADLINE, connect_async_with_config(url.as_str(), Some(config), true)).await;
        Some(connected.ok()?.ok()?.0)
    }

    /// What Discord says: read as it is, then handed on.
    async fn incoming(
        &self,
        mut from: SplitStream<Upstream>,
        mut to: SplitSink<Downstream, Frame>,
        heartbeat: &Heartbeat,
    ) {
        while let Some(Ok(frame)) = from.next().await {
            let frame = match frame {
                Frame::Text(text) => {
                    let Ok(envelope) = serde_json::from_str::<Envelope>(text.as_str()) else {
                        // What nobody can read is nothing for serenity either, which would log it.
                        keep_unread(&self.app, text.as_bytes()).await;
                        continue;
                    };
                    heartbeat.heard(envelope.op, text.as_str());
                    self.hear(&envelope, text.as_str());
                    Frame::Text(told(&envelope, text))
                }
                Frame::Close(close) => {
                    let code = close.map_or(COME_BACK, |close| close.code.into());
                    let code = self.closed(code);
                    let close = CloseFrame { code: CloseCode::from(code), reason: "".into() };
                    drop(to.send(Frame::Close(Some(close))).await);
                    return;
                }
                // Pings are answered by the library.
                // Nothing is compressed: whatever this is, nobody asked for it.
                Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_) | Frame::Binary(_) => continue,
            };
            if to.send(frame).await.is_err() {
                return;
            }
        }
    }

    /// What serenity says.
    async fn outgoing(
        &self,
        mut from: impl Stream<Item = tungstenite::Result<Frame>> + Unpin,
        mut to: SplitSink<Upstream, Frame>,
        heartbeat: &Heartbeat,
    ) {
        let mut identify: Option<Value> = None;
        loop {
            let turn = pause(&self.app, self.pacing.wait(self.app.stopwatch.now()));
            let frame = tokio::select! {
                frame = from.next() => match frame {
                    Some(Ok(frame)) => pass(frame, heartbeat, &mut identify),
                    Some(Err(_)) | None => return,
                },
                // The connection waited already; whoever identifies again on it, or beside it, waits here, and the line lives.
                () = turn, if identify.is_some() && !self.app.stopping.is_cancelled() => {
                    let Some(said) = identify.take() else { continue };
                    let Some(frame) = self.identifies(said).await else { return };
                    Some(frame)
                }
            };
            let Some(frame) = frame else { continue };
            let over = matches!(frame, Frame::Close(_));
            if to.send(frame).await.is_err() || over {
                return;
            }
        }
    }

    /// An `IDENTIFY` whose time has come; none while there is nothing left of the day, or nobody can say what is: then the
    /// next connection waits. Payloads are asked for uncompressed, so that they can be read here.
    async fn identifies(&self, mut identify: Value) -> Option<Frame> {
        let now = self.app.desk.now();
        if let Err(free) = self.discord.pace.take(&[(SESSIONS, self.pacing.a_day())], now).await {
            let wait = (free - now).to_std().unwrap_or_default();
            self.pacing.hold(wait, self.app.stopwatch.now());
            // Shorter waits are for the database, which says so itself.
            if wait > FROM_HERE {
                tracing::error!(
                    target: "shopwatch::discord",
                    seconds = wait.as_secs(),
                    "so many sessions with Discord were begun today that the next one waits; see why this program is started again and again"
                );
            }
            return None;
        }
        self.pacing.identifies(self.app.stopwatch.now());
        self.resumable.store(false, Ordering::Relaxed);
        metrics::counter!("shopwatch_discord_identify_total").increment(1);
        if let Some(data) = identify.get_mut("d").and_then(Value::as_object_mut) {
            data.insert("compress".to_owned(), Value::Bool(false));
            // serenity writes an object where Discord documents a number; without it a bot is simply online.
            data.remove("presence");
        }
        Some(Frame::Text(identify.to_string().into()))
    }

    /// The code that serenity is told instead: it comes back from most of them, and must not from the final ones.
    fn closed(&self, code: u16) -> u16 {
        if !FINAL.contains(&code) {
            return if matches!(code, 4000..=4999) { code } else { COME_BACK };
        }
        self.ended.send_replace(Some(Ended(code)));
        STOP
    }

    /// Reads what Discord dispatches. It never waits: behind it Discord's heartbeats are answered.
    fn hear(&self, envelope: &Envelope, text: &str) {
        let kind = envelope.t.as_deref().unwrap_or_default();
        if envelope.op == INVALID && !text.contains("true") {
            self.stood.store(false, Ordering::Relaxed);
            self.resumable.store(false, Ordering::Relaxed);
        }
        if envelope.op != DISPATCH || !matches!(kind, "READY" | "RESUMED" | "INTERACTION_CREATE" | "MESSAGE_CREATE") {
            return;
        }
        let Some(data) =
            serde_json::from_str::<Value>(text).ok().and_then(|mut whole| Some(whole.get_mut("d")?.take()))
        else {
            return;
        };
        match kind {
            "INTERACTION_CREATE" => self.interaction(data),
            "MESSAGE_CREATE" => self.message(data),
            _ => {
                self.pacing.stands(self.app.stopwatch.now());
                self.stood.store(true, Ordering::Relaxed);
                self.resumable.store(true, Ordering::Relaxed);
                self.discord.fell(Standing::Ready);
                if kind == "READY" {
                    self.sessions.begin(&self.discord.settings.api_url, &data);
                    // Whatever was said since the last session ended is read from the channels. They are behind before
                    // the next frame is heard: no message of this session may move a mark past the gap.
                    self.discord.behind.begin(&watched(&self.discord, &self.app), self.app.desk.now());
                    self.discord.gaps.gap();
                    self.discord.missed.ring();
                }
            }
        }
    }

    /// Interactions are handled side by side; when there are too many they wait a moment. Nothing is begun that Discord
    /// would no longer hear of: whoever pressed is told by Discord that it failed.
    fn interaction(&self, payload: Value) {
        let (discord, app) = (self.discord.clone(), self.app.clone());
        self.discord.after.spawn(async move {
            let Ok(Ok(place)) = timeout(ROOM_WAIT, discord.room.clone().acquire_owned()).await else {
                metrics::counter!("shopwatch_discord_crowded_out_total").increment(1);
                tracing::warn!(target: "shopwatch::discord", "too much is pressed at once; something was not done");
                return;
            };
            Box::pin(take_in_and_answer(&discord, &app, &payload)).await;
            drop(place);
        });
    }

    /// Messages are handled one after another, so that the mark of how far a channel is read never passes one.
    fn message(&self, payload: Value) {
        let Err(full) = self.discord.messages.try_send(payload) else { return };
        let payload = full.into_inner();
        let channel = id(payload.get("channel_id")).unwrap_or_default();
        if watched(&self.discord, &self.app).contains(&channel) {
            self.discord.behind.mark(&[channel], self.app.desk.now());
            self.discord.missed.ring();
        } else if id(payload.get("guild_id")).is_none() {
            // Written to us alone: there is no channel to read it from again.
            insist(&self.discord, &self.app, payload);
        }
    }
}
