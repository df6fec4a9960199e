//! Socket Mode. slack-morphism's own listener answers one frame at a time, so that a slow one makes the next one late,
//! and does not tell why a connection could not be opened; so the socket is ours. Frames are handled side by side.
//! <https://docs.slack.dev/apis/events-api/using-socket-mode/>

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::answer::After;
use super::api::{CALL_DEADLINE, Trouble};
use super::client::REFUSING;
use super::connect::{acknowledgement, keep_unread, pause, say_after, take_in};
use super::inbound::Door;
use super::{Slack, Standing};
use crate::app::App;
use crate::chats::pace::Rate;
use crate::clock::jitter;

/// The first wait before a new connection, and the longest.
const WAIT: Duration = Duration::from_millis(500);
const WAIT_MAX: Duration = Duration::from_mins(1);
/// How long to wait when there are too many connections already.
const TOO_MANY: Duration = Duration::from_secs(45);
/// … and all connections of this process with it.
const TOO_MANY_PAUSE: TimeDelta = TimeDelta::seconds(45);
/// `apps.connections.open` is Tier 1, about one a minute, with some to spare for a bad moment.
/// <https://docs.slack.dev/reference/methods/apps.connections.open/>
const OPEN: &str = "apps.connections.open";
const OPEN_EVERY: TimeDelta = TimeDelta::seconds(30);
const OPEN_SPARE: i32 = 5;
/// How long to wait while Slack refuses: somebody has to look first, and may have.
const REFUSED: Duration = Duration::from_mins(1);
/// A connection that has lasted so long was a good one: the next one is made without a wait.
const GOOD: Duration = Duration::from_mins(1);
/// How many frames of one connection are handled at the same time; more wait in the socket.
const AT_ONCE: usize = 64;
/// The largest frame: Slack's payloads are far below.
const FRAME_MAX: usize = 1024 * 1024;
/// How long frames that were begun may take when a connection ends.
const DRAIN: Duration = Duration::from_secs(5);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// Slack wants a fresh one.
    Refresh,
    /// It broke off.
    Broken,
    TooMany,
    /// Socket Mode was switched off on the app's page.
    Disabled,
}

/// Holds as many connections as configured, until the app stops.
pub async fn run(slack: &Arc<Slack>, app: &App) {
    let connections = (0..slack.settings.connections).map(|_| hold(slack, app));
    futures_util::future::join_all(connections).await;
}

/// Holds one connection.
async fn hold(slack: &Arc<Slack>, app: &App) {
    let mut wait = WAIT;
    while !app.stopping.is_cancelled() {
        let socket = match open(slack, app).await {
            Ok(socket) => socket,
            Err(trouble) => {
                pause(app, jitter(after_trouble(slack, &trouble, wait))).await;
                wait = (wait * 2).min(WAIT_MAX);
                continue;
            }
        };
        let began = app.stopwatch.now();
        let ended = Box::pin(listen(slack, app, socket)).await;
        if app.stopping.is_cancelled() {
            return;
        }
        let lasted = app.stopwatch.now().saturating_sub(began);
        let next = match ended {
            Ended::Refresh if lasted >= GOOD => Duration::ZERO,
            Ended::TooMany => TOO_MANY,
            Ended::Disabled => REFUSED,
            Ended::Broken if lasted >= GOOD => WAIT,
            Ended::Refresh | Ended::Broken => wait,
        };
        wait = if lasted >= GOOD { WAIT } else { (wait * 2).min(WAIT_MAX) };
        match ended {
            Ended::Disabled => slack.fell(Standing::Refused("link_disabled".to_owned())),
            Ended::TooMany => {
                let now = app.desk.now();
                slack.pace.hold(OPEN, now + TOO_MANY_PAUSE, now).await;
            }
            Ended::Refresh | Ended::Broken => {}
        }
        if slack.live() == 0 && matches!(ended, Ended::Broken | Ended::TooMany) {
            slack.fell(Standing::Again);
        }
        pause(app, jitter(next)).await;
    }
}

fn after_trouble(slack: &Slack, trouble: &Trouble, wait: Duration) -> Duration {
    match trouble {
        Trouble::Said(word) if word == "too_many_websockets" => {
            slack.fell(Standing::Again);
            TOO_MANY
        }
        Trouble::Said(word) => {
            slack.fell(Standing::Refused(word.clone()));
            if REFUSING.contains(&word.as_str()) { REFUSED } else { wait.max(Duration::from_secs(10)) }
        }
        Trouble::Limited(pause) => {
            slack.fell(Standing::Again);
            pause.to_std().unwrap_or(WAIT_MAX)
        }
        Trouble::Unsent | Trouble::Lost => {
            slack.fell(Standing::Again);
            wait
        }
    }
}

async fn open(slack: &Slack, app: &App) -> Result<Socket, Trouble> {
    let now = app.desk.now();
    let burst = i32::try_from(slack.settings.connections).unwrap_or(1) + OPEN_SPARE;
    let rate = Rate { every: OPEN_EVERY, burst };
    slack.pace.take_for_somebody(&[(OPEN, rate)], now).await.map_err(|at| Trouble::Limited(at - now))?;
    let opened = slack.api.open_connection().await;
    if let Err(Trouble::Limited(wait)) = &opened {
        slack.pace.hold(OPEN, now + *wait, now).await;
    }
    let url = opened?;
    // Slack's own word leads to Slack; plain text only where the API itself is on this computer.
    let secure = url.starts_with("wss://") || slack.settings.api_url.scheme() == "http";
    if !secure {
        return Err(Trouble::Lost);
    }
    let config = WebSocketConfig::default().max_message_size(Some(FRAME_MAX)).max_frame_size(Some(FRAME_MAX));
    match timeout(CALL_DEADLINE, connect_async_with_config(url, Some(config), true)).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(_)) | Err(_) => Err(Trouble::Lost),
    }
}

/// Reads frames until the connection ends; each is handled in a task of its own and acknowledged when it is kept.
async fn listen(slack: &Arc<Slack>, app: &App, socket: Socket) -> Ended {
    let (sink, stream) = socket.split();
    let (frames, outgoing) = mpsc::channel(AT_ONCE);
    let writing = slack.after.spawn(write(sink, outgoing));
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let live = slack.lives();
    let ended = tokio::select! {
        ended = hear(slack, app, stream, &frames, &room) => ended,
        () = app.stopping.cancelled() => Ended::Refresh,
    };
    drop(live);
    // What was begun is ended and acknowledged on this connection, if it still can be, while the next one is made.
    slack.after.spawn(async move {
        let all = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
        drop(timeout(DRAIN, room.acquire_many(all)).await);
        drop(frames);
        drop(timeout(DRAIN, writing).await);
    });
    ended
}

async fn write(mut sink: SplitSink<Socket, Frame>, mut outgoing: mpsc::Receiver<Frame>) {
    while let Some(frame) = outgoing.recv().await {
        if sink.send(frame).await.is_err() {
            return;
        }
    }
    drop(timeout(DRAIN, sink.close()).await);
}

async fn hear(
    slack: &Arc<Slack>,
    app: &App,
    mut stream: SplitStream<Socket>,
    frames: &mpsc::Sender<Frame>,
    room: &Arc<Semaphore>,
) -> Ended {
    let mut asked = false;
    loop {
        let frame = match timeout(slack.settings.silence, stream.next()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(_)) | None) => return Ended::Broken,
            Err(_) if asked => return Ended::Broken,
            Err(_) => {
                asked = true;
                if frames.send(Frame::Ping(Vec::new().into())).await.is_err() {
                    return Ended::Broken;
                }
                continue;
            }
        };
        asked = false;
        let text = match frame {
            Frame::Text(text) => text,
            Frame::Close(_) => return Ended::Broken,
            // Pings are answered by the library as the next frame goes out: see that one does. It says what the ping said:
            // going out first, it takes the place of the library's. <https://www.rfc-editor.org/rfc/rfc6455#section-5.5.3>
            Frame::Ping(said) => {
                drop(frames.try_send(Frame::Pong(said)));
                continue;
            }
            Frame::Binary(_) | Frame::Pong(_) | Frame::Frame(_) => continue,
        };
        let Ok(envelope) = serde_json::from_str::<Value>(text.as_str()) else {
            keep_unread(app, text.as_bytes()).await;
            continue;
        };
        match envelope.get("type").and_then(Value::as_str) {
            Some("hello") => {
                // Before the next frame is heard, so that no beat passes over what nobody heard.
                if slack.live() <= 1 {
                    slack.heard.gap();
                    slack.missed.ring();
                }
                slack.fell(Standing::Ready);
            }
            Some("disconnect") => return ended(&envelope),
            kind => {
                let Ok(place) = room.clone().acquire_owned().await else { return Ended::Broken };
                let door = door(kind);
                let (slack, app, frames) = (slack.clone(), app.clone(), frames.clone());
                slack.clone().after.spawn(async move {
                    Box::pin(handle(&slack, &app, door, &envelope, &frames)).await;
                    drop(place);
                });
            }
        }
    }
}

fn door(kind: Option<&str>) -> Option<Door> {
    match kind {
        Some("events_api") => Some(Door::Events),
        Some("slash_commands") => Some(Door::Commands),
        Some("interactive") => Some(Door::Interactions),
        _ => None,
    }
}

fn ended(envelope: &Value) -> Ended {
    match envelope.get("reason").and_then(Value::as_str) {
        Some("link_disabled") => Ended::Disabled,
        Some("too_many_websockets") => Ended::TooMany,
        _ => Ended::Refresh,
    }
}

/// Handles one envelope, and acknowledges it if it is kept; else Slack sends it again.
async fn handle(slack: &Arc<Slack>, app: &App, door: Option<Door>, envelope: &Value, frames: &mpsc::Sender<Frame>) {
    let mut answered = match (door, envelope.get("payload")) {
        (Some(door), Some(payload)) => take_in(slack, app, door, payload).await,
        _ => keep_unread(app, envelope.to_string().as_bytes()).await,
    };
    if let Some(id) = envelope.get("envelope_id").and_then(Value::as_str).filter(|_| !answered.again) {
        let ack = answered.ack.take();
        let ack = if accepts(door, envelope) {
            ack
        } else {
            answered.after.extend(ack.and_then(|ack| After::instead(envelope, ack)));
            None
        };
        // A connection that is gone by now: Slack sends it again, and it acts once.
        drop(frames.send(Frame::Text(acknowledgement(id, ack).into())).await);
    }
    say_after(slack, app, answered.after);
}

/// Whether the acknowledgement can say something: as the envelope says, and where it does not, as everywhere else.
/// <https://docs.slack.dev/apis/events-api/using-socket-mode/#events>
fn accepts(door: Option<Door>, envelope: &Value) -> bool {
    let said = envelope.get("accepts_response_payload").and_then(Value::as_bool);
    said.unwrap_or(matches!(door, Some(Door::Commands | Door::Interactions)))
}
