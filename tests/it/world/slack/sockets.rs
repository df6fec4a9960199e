//! Socket Mode: <https://docs.slack.dev/apis/events-api/using-socket-mode>.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::ws::{Message as Frame, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::future::pending;
use tokio::sync::mpsc;

use super::workspace::APP;
use super::{FakeSlack, Shared};

/// How many sockets an app may have.
const SOCKETS_MAX: usize = 10;
/// What a ping says, and its pong has to say after it. <https://www.rfc-editor.org/rfc/rfc6455#section-5.5.3>
const PING: &str = "Ping from fake";

/// What a socket is told to do.
#[derive(Debug)]
pub enum Order {
    Send(String),
    Ping,
    /// The connection ends without a farewell.
    HangUp,
    /// A farewell, and the end.
    Close,
    /// It neither reads nor writes any more, and stays open.
    GoDeaf,
}

/// The open sockets.
#[derive(Default)]
pub struct Sockets(Mutex<Open>);

#[derive(Default)]
struct Open {
    senders: BTreeMap<usize, mpsc::UnboundedSender<Order>>,
    serial: usize,
    next: usize,
}

impl Sockets {
    /// Gives an order to one of the sockets, each in its turn; which one.
    pub fn order_one(&self, order: Order) -> Option<usize> {
        let mut open = self.open();
        let turn = open.next;
        let id = *open.senders.range(turn..).next().or_else(|| open.senders.iter().next())?.0;
        open.next = id + 1;
        open.senders[&id].send(order).ok().map(|()| id)
    }

    /// Gives an order to this socket.
    pub fn order(&self, id: usize, order: Order) {
        if let Some(sender) = self.open().senders.get(&id) {
            // One that has just ended needs no orders.
            drop(sender.send(order));
        }
    }

    /// The sockets that are open, oldest first.
    pub fn ids(&self) -> Vec<usize> {
        self.open().senders.keys().copied().collect()
    }

    fn add(&self, sender: mpsc::UnboundedSender<Order>) -> (usize, usize) {
        let mut open = self.open();
        open.serial += 1;
        let id = open.serial;
        open.senders.insert(id, sender);
        (id, open.senders.len())
    }

    fn remove(&self, id: usize) {
        self.open().senders.remove(&id);
    }

    fn open(&self) -> std::sync::MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `/link/?ticket=…`: a ticket opens one socket.
pub async fn connect(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let ticket = query.get("ticket").cloned().unwrap_or_default();
    let valid = shared.change(|workspace| workspace.tickets.remove(&ticket) && !workspace.revoked);
    if !valid {
        return (StatusCode::BAD_REQUEST, "invalid ticket").into_response();
    }
    upgrade.on_upgrade(move |socket| async move {
        if shared.sockets.ids().len() >= SOCKETS_MAX {
            refuse(socket).await;
            return;
        }
        let (sender, orders) = mpsc::unbounded_channel();
        let (id, count) = shared.sockets.add(sender);
        shared.change(|workspace| workspace.sockets.insert(id, 0));
        live(&shared, id, count, socket, orders).await;
        shared.sockets.remove(id);
        shared.change(|workspace| workspace.sockets.remove(&id));
    })
}

async fn refuse(mut socket: WebSocket) {
    let farewell = disconnect_frame("too_many_websockets");
    // Whoever is gone already need not be told.
    drop(socket.send(Frame::Text(farewell.into())).await);
    drop(socket.send(Frame::Close(None)).await);
}

async fn live(
    shared: &Shared,
    id: usize,
    count: usize,
    mut socket: WebSocket,
    mut orders: mpsc::UnboundedReceiver<Order>,
) {
    let hello = json!({
        "type": "hello", "num_connections": count,
        "debug_info": { "host": "applink-fake-1", "build_number": 12, "approximate_connection_time": 18_060 },
        "connection_info": { "app_id": APP },
    });
    if socket.send(Frame::Text(hello.to_string().into())).await.is_err() {
        return;
    }
    loop {
        let done = tokio::select! {
            order = orders.recv() => match order {
                Some(Order::Send(text)) => socket.send(Frame::Text(text.into())).await.is_err(),
                Some(Order::Ping) => socket.send(Frame::Ping(PING.into())).await.is_err(),
                Some(Order::Close) => {
                    drop(socket.send(Frame::Close(None)).await);
                    true
                }
                // Deaf until the fake itself ends; nothing more is sent to it, as Slack sends nothing more.
                Some(Order::GoDeaf) => {
                    shared.sockets.remove(id);
                    shared.change(|workspace| workspace.sockets.remove(&id));
                    pending().await
                }
                Some(Order::HangUp) | None => true,
            },
            frame = socket.recv() => match frame {
                Some(Ok(Frame::Text(text))) => {
                    shared.receive(&text);
                    false
                }
                Some(Ok(Frame::Pong(said))) => {
                    shared.change(|workspace| {
                        if said != PING {
                            workspace.complain("a pong that does not say what the ping said");
                        }
                        *workspace.sockets.entry(id).or_default() += 1;
                    });
                    false
                }
                Some(Ok(Frame::Ping(_))) => false,
                Some(Ok(Frame::Binary(_))) => {
                    shared.change(|workspace| workspace.complain("a binary frame: Slack reads text"));
                    false
                }
                Some(Ok(Frame::Close(_)) | Err(_)) | None => true,
            },
        };
        if done {
            return;
        }
    }
}

fn disconnect_frame(reason: &str) -> String {
    json!({ "type": "disconnect", "reason": reason, "debug_info": { "host": "applink-fake-1" } }).to_string()
}

impl Shared {
    /// A frame from the program: an acknowledgement, or something that Slack does not know.
    fn receive(&self, text: &str) {
        let frame: Value = serde_json::from_str(text).unwrap_or_default();
        let known = frame.as_object().is_some_and(|fields| {
            fields.get("envelope_id").is_some_and(Value::is_string)
                && fields.keys().all(|name| matches!(name.as_str(), "envelope_id" | "payload"))
        });
        if !known {
            self.change(|workspace| workspace.complain(format!("a frame that is no acknowledgement: {text}")));
        } else if let Some(stray) = self.pending.acknowledge(frame) {
            self.change(|workspace| workspace.strays.push(stray));
        }
    }
}

impl FakeSlack {
    /// The sockets that are open, oldest first.
    pub fn sockets(&self) -> Vec<usize> {
        self.shared.sockets.ids()
    }

    /// Waits until so many sockets are open.
    pub async fn connected(&self, count: usize) {
        self.until(|workspace| workspace.sockets.len() == count).await;
    }

    /// Tells a socket's owner that the connection will end: `warning`, `refresh_requested`, `link_disabled`,
    /// `too_many_websockets`; all but the warning end it.
    pub fn disconnect(&self, socket: usize, reason: &str) {
        self.shared.sockets.order(socket, Order::Send(disconnect_frame(reason)));
        if reason != "warning" {
            self.shared.sockets.order(socket, Order::Close);
        }
    }

    /// A socket's connection ends without a word.
    pub fn hang_up_socket(&self, socket: usize) {
        self.shared.sockets.order(socket, Order::HangUp);
    }

    /// A socket stays open, and nothing comes or goes any more.
    pub fn half_open(&self, socket: usize) {
        self.shared.sockets.order(socket, Order::GoDeaf);
    }

    /// Pings a socket and waits for the pong.
    pub async fn ping(&self, socket: usize) {
        let before = self.see(|workspace| workspace.sockets.get(&socket).copied()).expect("an open socket");
        self.shared.sockets.order(socket, Order::Ping);
        self.until(|workspace| workspace.sockets.get(&socket).is_some_and(|pongs| *pongs > before)).await;
    }

    /// Sends any text to one of the sockets; which one.
    pub fn raw_frame(&self, text: &str) -> usize {
        self.shared.sockets.order_one(Order::Send(text.to_owned())).expect("an open socket")
    }

    /// The acknowledgements that nobody waited for, oldest first.
    pub fn strays(&self) -> Vec<Value> {
        self.change(|workspace| std::mem::take(&mut workspace.strays))
    }
}
