//! The line to Discord's gateway. serenity keeps the session (heartbeats, resuming, shards), but it does not tell how a
//! connection ended, drops what it does not know, and identifies again every five seconds for ever, which Discord answers by
//! taking the token away. So it speaks through a door of ours on this computer: what passes is read as Discord wrote it,
//! final words of Discord end it, and nobody identifies faster than [`Pacing`] allows.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
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
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, accept_hdr_async_with_config, connect_async_with_config};
use url::Url;

use super::api::CALL_DEADLINE;
use super::connect::{keep_unread, pause, take_in_and_answer};
use super::{Discord, Standing};
use crate::app::App;
use crate::clock::jitter;

/// Close codes after which nobody may come back as they were.
/// <https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes>
const FINAL: [u16; 6] = [4004, 4010, 4011, 4012, 4013, 4014];
/// The one of them after which serenity stops at once.
const STOP: u16 = 4004;
/// What serenity comes back from by itself.
const COME_BACK: u16 = 4000;
/// Who identified and heard nothing waits so long before the next time, twice as long each time, and at most this.
const WAIT: Duration = Duration::from_secs(5);
const WAIT_MAX: Duration = Duration::from_mins(5);
/// The largest frame: a guild of many thousand channels is far below.
const FRAME_MAX: usize = 32 * 1024 * 1024;
/// An `IDENTIFY` among the gateway's operations.
const IDENTIFY: u8 = 2;

type Upstream = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Downstream = WebSocketStream<TcpStream>;

/// How the line ended for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended(pub u16);

/// When somebody may identify again.
#[derive(Debug, Default)]
pub struct Pacing(Mutex<Paced>);

#[derive(Debug, Default)]
struct Paced {
    /// On the stopwatch.
    not_before: Duration,
    unanswered: u32,
}

impl Pacing {
    fn with<T>(&self, does: impl FnOnce(&mut Paced) -> T) -> T {
        does(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How long to wait before the next connection.
    fn wait(&self, now: Duration) -> Duration {
        self.with(|paced| paced.not_before.saturating_sub(now))
    }

    /// Somebody identifies, or a connection could not be made.
    fn tried(&self, now: Duration) {
        self.with(|paced| {
            let wait = WAIT.saturating_mul(1_u32.checked_shl(paced.unanswered.min(16)).unwrap_or(u32::MAX));
            paced.unanswered += 1;
            paced.not_before = now + jitter(wait.min(WAIT_MAX));
        });
    }

    /// Discord answered: the session stands. The next one to identify still waits its five seconds.
    fn answered(&self, now: Duration) {
        self.with(|paced| *paced = Paced { not_before: paced.not_before.min(now + WAIT), unanswered: 0 });
    }
}

/// The door on this computer.
pub struct Line {
    listener: TcpListener,
    /// Nobody else on this computer knows it.
    secret: String,
    upstream: Url,
    ended: watch::Sender<Option<Ended>>,
}

impl Line {
    /// Opens the door to this gateway.
    pub async fn open(app: &App, upstream: Url) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let secret = app.desk.store.keys().secret().map_err(std::io::Error::other)?;
        Ok(Self { listener, secret, upstream, ended: watch::Sender::new(None) })
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
}

/// What has to be known of a frame before it is read.
#[derive(Deserialize)]
struct Envelope {
    op: u8,
    #[serde(default)]
    t: Option<String>,
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
        pause(&self.app, self.pacing.wait(clock.now())).await;
        if self.app.stopping.is_cancelled() || self.ended.borrow().is_some() {
            return;
        }
        let mut url = self.upstream.clone();
        url.set_query(Some("v=10&encoding=json"));
        let connected = timeout(CALL_DEADLINE, connect_async_with_config(url.as_str(), Some(config), true)).await;
        let Ok(Ok((up, _))) = connected else {
            self.pacing.tried(clock.now());
            self.discord.fell(Standing::Again);
            return;
        };
        let ((to_discord, from_discord), (to_serenity, from_serenity)) = (up.split(), down.split());
        tokio::select! {
            () = self.incoming(from_discord, to_serenity) => {}
            () = self.outgoing(from_serenity, to_discord) => {}
        }
        if self.ended.borrow().is_none() && !self.discord.is_refused() {
            self.discord.fell(Standing::Again);
        }
    }

    /// What Discord says: read as it is, then handed on.
    async fn incoming(&self, mut from: SplitStream<Upstream>, mut to: SplitSink<Downstream, Frame>) {
        while let Some(Ok(frame)) = from.next().await {
            let frame = match frame {
                Frame::Text(text) => {
                    self.hear(text.as_str()).await;
                    Frame::Text(text)
                }
                Frame::Close(close) => {
                    let code = close.map_or(COME_BACK, |close| close.code.into());
                    let code = self.closed(code);
                    let close = CloseFrame { code: CloseCode::from(code), reason: "".into() };
                    drop(to.send(Frame::Close(Some(close))).await);
                    return;
                }
                // Pings are answered by the library.
                Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_) => continue,
                Frame::Binary(bytes) => Frame::Binary(bytes),
            };
            if to.send(frame).await.is_err() {
                return;
            }
        }
    }

    /// What serenity says. Payloads are asked for uncompressed, so that they can be read here.
    async fn outgoing(&self, mut from: SplitStream<Downstream>, mut to: SplitSink<Upstream, Frame>) {
        while let Some(Ok(frame)) = from.next().await {
            let frame = match frame {
                Frame::Text(text)
                    if serde_json::from_str(&text).is_ok_and(|envelope: Envelope| envelope.op == IDENTIFY) =>
                {
                    self.pacing.tried(self.app.stopwatch.now());
                    metrics::counter!("shopwatch_discord_identify_total").increment(1);
                    let mut identify: Value = serde_json::from_str(&text).unwrap_or_default();
                    if let Some(data) = identify.get_mut("d") {
                        super::parts::put(data, "compress", Value::Bool(false));
                    }
                    Frame::Text(identify.to_string().into())
                }
                Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_) => continue,
                other @ (Frame::Text(_) | Frame::Binary(_) | Frame::Close(_)) => other,
            };
            let over = matches!(frame, Frame::Close(_));
            if to.send(frame).await.is_err() || over {
                return;
            }
        }
    }

    /// The code that serenity is told instead: it comes back from most of them, and must not from the final ones.
    fn closed(&self, code: u16) -> u16 {
        if !FINAL.contains(&code) {
            return if matches!(code, 4000..=4999) { code } else { COME_BACK };
        }
        self.ended.send_replace(Some(Ended(code)));
        STOP
    }

    /// Reads what Discord dispatches.
    async fn hear(&self, text: &str) {
        let Ok(envelope) = serde_json::from_str::<Envelope>(text) else {
            keep_unread(&self.app, text.as_bytes()).await;
            return;
        };
        if envelope.op != 0 {
            return;
        }
        let kind = envelope.t.unwrap_or_default();
        if !matches!(kind.as_str(), "READY" | "RESUMED" | "INTERACTION_CREATE" | "MESSAGE_CREATE") {
            return;
        }
        let Some(data) =
            serde_json::from_str::<Value>(text).ok().and_then(|mut whole| Some(whole.get_mut("d")?.take()))
        else {
            return;
        };
        match kind.as_str() {
            "INTERACTION_CREATE" => self.interaction(data).await,
            "MESSAGE_CREATE" => self.message(data),
            _ => {
                self.pacing.answered(self.app.stopwatch.now());
                self.discord.fell(Standing::Ready);
                if kind == "READY" {
                    // Whatever was said since the last session ended is read from the channels.
                    self.discord.missed.ring();
                }
            }
        }
    }

    /// Interactions are handled side by side; when there are too many they wait in the socket.
    async fn interaction(&self, payload: Value) {
        let Ok(place) = self.discord.room.clone().acquire_owned().await else { return };
        let (discord, app) = (self.discord.clone(), self.app.clone());
        self.discord.after.spawn(async move {
            Box::pin(take_in_and_answer(&discord, &app, &payload)).await;
            drop(place);
        });
    }

    /// Messages are handled one after another, so that the mark of how far a channel is read never passes one.
    fn message(&self, payload: Value) {
        if self.discord.messages.try_send(payload).is_err() {
            self.discord.missed.ring();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_never_answered_asks_ever_more_rarely_and_a_day_sees_far_less_than_a_thousand() {
        let pacing = Pacing::default();
        let (mut now, mut asked) = (Duration::ZERO, 0);
        while now < Duration::from_hours(24) {
            now += pacing.wait(now);
            pacing.tried(now);
            asked += 1;
        }
        assert!(asked < 300, "{asked}");
        pacing.answered(now);
        assert!(pacing.wait(now) <= WAIT);
    }
}
