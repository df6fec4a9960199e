//! What passes the door: what serenity is told of what Discord says, and what Discord is of what serenity says.

use serde::Deserialize;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message as Frame, Utf8Bytes};

use crate::discord::api::bare;
use crate::discord::heartbeat::Heartbeat;
use crate::discord::parts::put;
use crate::discord::people::id;

/// Something that happened, among the gateway's operations, and an `IDENTIFY`.
pub(super) const DISPATCH: u8 = 0;
const IDENTIFY: u8 = 2;
const RESUME: u8 = 6;

/// What has to be known of a frame before it is read.
#[derive(Deserialize)]
pub(super) struct Envelope {
    pub(super) op: u8,
    #[serde(default)]
    s: Option<u64>,
    #[serde(default)]
    pub(super) t: Option<String>,
}

/// What serenity is told of a frame: of what is dispatched only that there was something, since it logs what it cannot
/// read, and that is what people wrote. It needs to know of its sessions, and to count.
pub(super) fn told(envelope: &Envelope, text: Utf8Bytes) -> Utf8Bytes {
    if envelope.op != DISPATCH {
        return text;
    }
    let kind = envelope.t.as_deref().unwrap_or_default();
    let data = if kind == "READY" { ready(text.as_str()) } else { json!({}) };
    json!({ "op": DISPATCH, "s": envelope.s, "t": kind, "d": data }).to_string().into()
}

/// A `READY` with what serenity needs to resume its session. It throws away the whole of one in which a single field is not as
/// it knows it, and would never be ready; who the bot is and which guilds there are is asked elsewhere.
/// <https://discord.com/developers/docs/events/gateway-events#ready>
fn ready(text: &str) -> Value {
    let whole: Value = serde_json::from_str(text).unwrap_or_default();
    let number = |pointer: &str| id(whole.pointer(pointer)).unwrap_or(1).to_string();
    json!({
        "v": 10,
        "session_id": whole.pointer("/d/session_id"),
        // It comes back through this door.
        "resume_gateway_url": "",
        "guilds": [],
        "user": { "id": number("/d/user/id"), "username": "" },
        "application": { "id": number("/d/application/id"), "flags": 0 },
    })
}

/// What serenity says with the token as it is: serenity says it as HTTP wants it, with `Bot` before it.
/// <https://discord.com/developers/docs/events/gateway-events#identify>
fn bare_token(text: &str) -> Value {
    let mut said: Value = serde_json::from_str(text).unwrap_or_default();
    if let Some(data) = said.get_mut("d") {
        let token = data.get("token").and_then(Value::as_str).map(bare).unwrap_or_default().to_owned();
        put(data, "token", Value::String(token));
    }
    said
}

/// What is handed on at once of what serenity says.
pub(super) fn pass(frame: Frame, heartbeat: &Heartbeat, identify: &mut Option<Value>) -> Option<Frame> {
    match frame {
        Frame::Text(text) => {
            let op = serde_json::from_str(&text).map_or(0, |envelope: Envelope| envelope.op);
            heartbeat.said(op);
            match op {
                IDENTIFY => {
                    *identify = Some(bare_token(&text));
                    None
                }
                RESUME => Some(Frame::Text(bare_token(&text).to_string().into())),
                _ => Some(Frame::Text(text)),
            }
        }
        Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_) => None,
        other @ (Frame::Binary(_) | Frame::Close(_)) => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(frame: &Value) -> Value {
        let text = frame.to_string();
        let envelope = serde_json::from_str(&text).unwrap();
        serde_json::from_str(told(&envelope, text.into()).as_str()).unwrap()
    }

    #[test]
    fn serenity_hears_nothing_of_what_people_wrote() {
        let said = forwarded(&json!({ "op": 0, "s": 7, "t": "MESSAGE_CREATE", "d": { "content": "two of them" } }));
        assert_eq!(said, json!({ "op": 0, "s": 7, "t": "MESSAGE_CREATE", "d": {} }));
        let whole = json!({ "op": 11, "d": null });
        assert_eq!(forwarded(&whole), whole);
    }

    #[test]
    fn however_a_session_is_described_serenity_can_resume_it() {
        use serenity::model::event::{Event, GatewayEvent};
        let little = json!({ "session_id": "abc", "user": { "id": "7" } });
        let much = json!({
            "v": 11, "session_id": "abc", "user": { "id": "7", "username": "x", "avatar": "?", "flags": -1 },
            "guilds": [{ "id": "1", "unavailable": true }], "application": { "id": "9", "flags": "many" }, "shard": ["x"],
        });
        for data in [little, much] {
            let said = forwarded(&json!({ "op": 0, "s": 1, "t": "READY", "d": data }));
            let Ok(GatewayEvent::Dispatch(1, Event::Ready(ready))) = serde_json::from_value(said) else {
                panic!("{data}");
            };
            assert_eq!(ready.ready.session_id, "abc");
        }
        for data in [json!(null), json!({}), json!({ "_trace": [] })] {
            let said = forwarded(&json!({ "op": 0, "s": 9, "t": "RESUMED", "d": data }));
            let said = serde_json::from_value(said);
            assert!(matches!(said, Ok(GatewayEvent::Dispatch(9, Event::Resumed(_)))), "{data}");
        }
    }

    #[test]
    fn serenity_counts_what_it_is_told_nothing_of() {
        use serenity::model::event::GatewayEvent;
        for kind in ["MESSAGE_CREATE", "INTERACTION_CREATE", "GUILD_CREATE", "SOMETHING_NEW"] {
            let said = forwarded(&json!({ "op": 0, "s": 7, "t": kind, "d": { "id": "1" } }));
            assert!(matches!(serde_json::from_value(said), Ok(GatewayEvent::Dispatch(7, _))), "{kind}");
        }
    }
}
