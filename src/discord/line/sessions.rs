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
