//! Where each session of the gateway is resumed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use tokio_tungstenite::tungstenite::Message as Frame;
use url::Url;

use crate::discord::gateway::is_ours;

/// Twice as many as there are shards: more are none that stands.
const SESSIONS_KEPT: usize = 128;

/// Where sessions are resumed, by their ids: Discord says it in `READY`, and it need not be where they begin.
/// <https://discord.com/developers/docs/events/gateway#preparing-to-resume>
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<String, Url>>);

impl Sessions {
    /// Where the session of this `READY` is resumed; nowhere else than where the API is, since the token goes there.
    pub(super) fn begin(&self, api: &Url, ready: &Value) {
        let word = |name: &str| ready.get(name).and_then(Value::as_str).filter(|word| !word.is_empty());
        let url = word("resume_gateway_url").and_then(|url| url.parse().ok()).filter(|url| is_ours(api, url));
        if let (Some(session), Some(url)) = (word("session_id"), url) {
            let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if sessions.len() >= SESSIONS_KEPT {
                sessions.clear();
            }
            sessions.insert(session.to_owned(), url);
        }
    }

    /// Where to go with what serenity says first.
    pub(super) fn leads(&self, first: Option<&Frame>) -> Option<Url> {
        let said: Value = serde_json::from_str(first?.to_text().ok()?).ok()?;
        let session = said.pointer("/d/session_id")?.as_str()?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(session).cloned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const API: &str = "https://discord.com";

    fn resumed(sessions: &Sessions, session: &str) -> Option<String> {
        let first = Frame::text(json!({ "op": 6, "d": { "session_id": session, "seq": 1 } }).to_string());
        sessions.leads(Some(&first)).map(|url| url.to_string())
    }

    fn begin(sessions: &Sessions, session: &str, url: &str) {
        sessions.begin(&API.parse().unwrap(), &json!({ "session_id": session, "resume_gateway_url": url }));
    }

    #[test]
    fn a_session_is_resumed_where_discord_says_and_nowhere_that_is_not_discords() {
        let sessions = Sessions::default();
        begin(&sessions, "ours", "wss://gateway-us-east1-b.discord.gg");
        begin(&sessions, "theirs", "wss://discord.gg.example.com");
        assert_eq!(resumed(&sessions, "ours").as_deref(), Some("wss://gateway-us-east1-b.discord.gg/"));
        assert_eq!(resumed(&sessions, "theirs"), None);
    }

    #[test]
    fn sessions_that_are_over_do_not_pile_up() {
        let sessions = Sessions::default();
        for number in 0..=SESSIONS_KEPT {
            begin(&sessions, &number.to_string(), "wss://gateway-us-east1-b.discord.gg");
        }
        assert_eq!(resumed(&sessions, "0"), None);
        assert!(resumed(&sessions, &SESSIONS_KEPT.to_string()).is_some());
    }
}
