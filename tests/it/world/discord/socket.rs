//! One connection to the gateway.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::Hub;
use super::dispatch::{GUILDS, KNOWN, PRIVILEGED};
use super::gateway::{DAY, FIVE_SECONDS, Send, Session};
use super::state::State;

/// Frames in a minute from one connection.
const FRAMES_MAX: usize = 120;
/// What the address for resuming has in it, where it is not the usual one.
pub const RESUMES: &str = "resumes";

/// What a connection knows of itself.
struct Line {
    hub: Arc<Hub>,
    /// To itself, by way of which sessions speak over it.
    own: UnboundedSender<Send>,
    /// Whether it was made to the address for resuming.
    resumes: bool,
    session: Option<String>,
    /// When frames came.
    frames: Vec<Duration>,
}

/// How a connection goes on.
enum Next {
    Goes,
    Beat,
    Ends,
    Frozen,
}

/// Speaks with somebody until the end; `old` is whether they want another version than the tenth.
pub async fn speak(hub: Arc<Hub>, mut socket: WebSocket, old: bool, resumes: bool) {
    let (own, mut sent) = unbounded_channel();
    let (cut, heartbeat) = hub.change(|state| {
        state.gateway.connections += 1;
        (std::mem::take(&mut state.gateway.cuts_next), state.gateway.heartbeat)
    });
    if cut {
        return;
    }
    if old {
        return close(&mut socket, 4012).await;
    }
    let hello = json!({ "op": 10, "s": null, "t": null, "d": { "heartbeat_interval": heartbeat } });
    if socket.send(Message::text(hello.to_string())).await.is_err() {
        return;
    }
    let mut line = Line { hub, own, resumes, session: None, frames: Vec::new() };
    // Who misses two heartbeats has gone.
    let patience = Duration::from_millis(heartbeat) * 2;
    loop {
        match tokio::time::timeout(patience, line.until_heartbeat(&mut socket, &mut sent)).await {
            Ok(Next::Beat | Next::Goes) => {}
            Ok(Next::Ends) => break,
            Ok(Next::Frozen) => {
                // Whatever comes is overheard, until the other side gives up.
                while let Some(Ok(_)) = socket.recv().await {}
                break;
            }
            Err(_silence) => {
                close(&mut socket, 4009).await;
                break;
            }
        }
    }
    line.leave();
}

/// Whether the token is the bot's: it is documented to stand by itself, and Discord also takes it as in a header.
fn knows(state: &State, asked: &Value) -> bool {
    let token = asked["token"].as_str().unwrap_or_default();
    let in_header = token.strip_prefix("Bot ").filter(|_| !state.gateway.wants_documented_words);
    in_header.unwrap_or(token) == state.token
}

async fn close(socket: &mut WebSocket, code: u16) {
    let frame = CloseFrame { code, reason: "".into() };
    if socket.send(Message::Close(Some(frame))).await.is_ok() {
        // The other side's own close frame ends it.
        while let Some(Ok(_)) = socket.recv().await {}
    }
}

impl Line {
    /// Goes on until a heartbeat came, or the end.
    async fn until_heartbeat(&mut self, socket: &mut WebSocket, sent: &mut UnboundedReceiver<Send>) -> Next {
        loop {
            let next = tokio::select! {
                send = sent.recv() => self.say(socket, send).await,
                heard = socket.recv() => match heard {
                    Some(Ok(Message::Text(text))) => self.hear(text.as_str()),
                    Some(Ok(Message::Close(frame))) => {
                        self.end(frame.map(|frame| frame.code));
                        // Reading to the end is what sends the answering close frame.
                        while let Some(Ok(_)) = socket.recv().await {}
                        Next::Ends
                    }
                    Some(Ok(Message::Binary(_))) => self.closes(4002),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => Next::Goes,
                    Some(Err(_)) | None => Next::Ends,
                },
            };
            if !matches!(next, Next::Goes) {
                return next;
            }
        }
    }

    async fn say(&mut self, socket: &mut WebSocket, send: Option<Send>) -> Next {
        match send {
            Some(Send::Frame(frame)) => match socket.send(Message::text(frame)).await {
                Ok(()) => Next::Goes,
                Err(_) => Next::Ends,
            },
            Some(Send::Close(code)) => {
                self.leave();
                close(socket, code).await;
                Next::Ends
            }
            Some(Send::HangUp) | None => Next::Ends,
            Some(Send::Freeze) => Next::Frozen,
        }
    }

    /// What the other side says.
    fn hear(&mut self, text: &str) -> Next {
        let hub = self.hub.clone();
        let Ok(frame) = serde_json::from_str::<Value>(text) else { return self.closes(4002) };
        hub.change(|state| {
            self.frames.retain(|at| state.time.saturating_sub(*at) < Duration::from_mins(1));
            self.frames.push(state.time);
            if self.frames.len() > FRAMES_MAX {
                return self.closes(4008);
            }
            match frame["op"].as_u64() {
                Some(1) => {
                    state.gateway.beats += 1;
                    if state.gateway.acknowledges {
                        self.frame(&json!({ "op": 11 }));
                    }
                    Next::Beat
                }
                Some(2) => self.identify(state, &frame["d"]),
                Some(6) => self.resume(state, &frame["d"]),
                Some(3 | 4 | 8 | 31) if self.session.is_none() => self.closes(4003),
                Some(3 | 4 | 8 | 31) => Next::Goes,
                _ => self.closes(4001),
            }
        })
    }

    fn identify(&mut self, state: &mut State, asked: &Value) -> Next {
        if self.session.is_some() {
            return self.closes(4005);
        }
        if !knows(state, asked) {
            return self.closes(4004);
        }
        let shard = match &asked["shard"] {
            Value::Null => (0, 1),
            shard => (shard[0].as_u64().unwrap_or(u64::MAX), shard[1].as_u64().unwrap_or(0)),
        };
        let Some(intents) = asked["intents"].as_u64() else { return self.closes(4002) };
        // Since when somebody is away: milliseconds, or null. <https://discord.com/developers/docs/events/gateway-events#update-presence>
        let since = &asked["presence"]["since"];
        if state.gateway.wants_documented_words && !since.is_null() && !since.is_u64() {
            return self.closes(4002);
        }
        if shard.0 >= shard.1 {
            return self.closes(4010);
        }
        if intents & !KNOWN != 0 {
            return self.closes(4013);
        }
        if intents & PRIVILEGED & !state.privileged != 0 {
            return self.closes(4014);
        }
        for property in ["os", "browser", "device"] {
            if !asked["properties"][property].is_string() {
                state.complain(format!("an IDENTIFY without {property}"));
            }
        }
        if state.identifies_left() == 0 {
            // The token is reset, and everybody loses their session.
            state.token = format!("{}.reset", state.token);
            for session in std::mem::take(&mut state.gateway.sessions).into_values() {
                session.connection.inspect(|connection| drop(connection.send(Send::Close(4004))));
            }
            return self.closes(4004);
        }
        let key = shard.0 % state.gateway.max_concurrency;
        let recent = |(at, which): &&(Duration, u64)| state.time.saturating_sub(*at) < FIVE_SECONDS && *which == key;
        if state.gateway.identified.iter().any(|one| recent(&one)) {
            self.frame(&json!({ "op": 9, "d": false }));
            return Next::Goes;
        }
        state.gateway.identified.retain(|(at, _)| state.time.saturating_sub(*at) < DAY);
        state.gateway.identified.push((state.time, key));
        self.begin(state, intents, shard);
        Next::Goes
    }

    fn begin(&mut self, state: &mut State, intents: u64, shard: (u64, u64)) {
        let name = format!("{:032x}", state.id());
        self.session = Some(name.clone());
        let guilds: Vec<_> = state.guilds.values().filter(|guild| guild.members.contains_key(&state.bot)).collect();
        let guilds: Vec<_> = guilds.iter().map(|guild| guild.id).filter(|id| (id >> 22) % shard.1 == shard.0).collect();
        let mut user = state.users[&state.bot].draw();
        user["verified"] = true.into();
        user["mfa_enabled"] = true.into();
        user["email"] = Value::Null;
        let hidden: Vec<_> = guilds.iter().map(|id| json!({ "id": id.to_string(), "unavailable": true })).collect();
        let mut resumes = state.base.replacen("http", "ws", 1);
        if state.gateway.resumes_where_it_says {
            resumes.push_str(&format!("/?{RESUMES}={name}"));
        }
        let ready = json!({
            "v": 10, "user": user, "guilds": hidden, "session_id": name, "resume_gateway_url": resumes, "shard": [shard.0, shard.1],
            "application": { "id": state.application.to_string(), "flags": 0 },
            "user_settings": {}, "relationships": [], "private_channels": [], "presences": [], "session_type": "normal",
        });
        let little = json!({
            "v": 10, "user": { "id": state.bot.to_string(), "username": "s", "discriminator": "0", "avatar": "new/form" },
            "guilds": [], "session_id": name, "resume_gateway_url": "", "application": { "id": state.application.to_string() },
        });
        let ready = if state.gateway.says_little { little } else { ready };
        let mut events = vec![("READY", ready)];
        if intents & GUILDS != 0 {
            events.extend(guilds.iter().map(|id| ("GUILD_CREATE", state.guild_create(*id))));
        }
        let mut session = Session { intents, shard, sequence: 0, log: Vec::new(), connection: Some(self.own.clone()) };
        for (event, payload) in events {
            session.sequence += 1;
            let frame = json!({ "op": 0, "t": event, "s": session.sequence, "d": payload });
            session.log.push((session.sequence, frame.to_string()));
            self.frame(&frame);
        }
        state.gateway.sessions.insert(name, session);
    }

    fn resume(&mut self, state: &mut State, asked: &Value) -> Next {
        if self.session.is_some() {
            return self.closes(4005);
        }
        if !knows(state, asked) {
            return self.closes(4004);
        }
        let name = asked["session_id"].as_str().unwrap_or_default().to_owned();
        let here = self.resumes || !state.gateway.resumes_where_it_says;
        let Some(session) = state.gateway.sessions.get_mut(&name).filter(|_| here) else {
            self.frame(&json!({ "op": 9, "d": false }));
            return Next::Goes;
        };
        let Some(seen) = asked["seq"].as_u64().filter(|seen| *seen <= session.sequence) else {
            return self.closes(4007);
        };
        for (_, frame) in session.log.iter().filter(|(sequence, _)| *sequence > seen) {
            drop(self.own.send(Send::Frame(frame.clone())));
        }
        session.sequence += 1;
        let resumed = json!({ "op": 0, "t": "RESUMED", "s": session.sequence, "d": {} });
        session.log.push((session.sequence, resumed.to_string()));
        self.frame(&resumed);
        session.connection = Some(self.own.clone());
        self.session = Some(name);
        state.gateway.resumed += 1;
        Next::Goes
    }

    fn frame(&self, frame: &Value) {
        drop(self.own.send(Send::Frame(frame.to_string())));
    }

    fn closes(&self, code: u16) -> Next {
        drop(self.own.send(Send::Close(code)));
        Next::Goes
    }

    /// The other side closed: with 1000 and 1001 the session ends too.
    fn end(&mut self, code: Option<u16>) {
        if let (Some(1000 | 1001), Some(name)) = (code, self.session.take()) {
            self.hub.change(|state| state.gateway.sessions.remove(&name));
        }
    }

    /// The session has no connection any more, unless it has another.
    fn leave(&mut self) {
        let Some(name) = self.session.take() else { return };
        self.hub.change(|state| {
            let session = state.gateway.sessions.get_mut(&name);
            let own =
                |session: &&mut Session| session.connection.as_ref().is_some_and(|one| one.same_channel(&self.own));
            if let Some(session) = session.filter(own) {
                session.connection = None;
            }
        });
    }
}
