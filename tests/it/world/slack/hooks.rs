//! `response_url`: five answers within half an hour, in the channel of the interaction.
//! <https://docs.slack.dev/interactivity/handling-user-interaction#message_responses>

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::Shared;
use super::arguments::Arguments;
use super::refusal::Refusal;
use super::workspace::{BOT_USER, ResponseUrl, Workspace};

const USES_MAX: usize = 5;
const LIFE: Duration = Duration::from_mins(30);
const KNOWN: &[&str] = &[
    "text",
    "blocks",
    "response_type",
    "replace_original",
    "delete_original",
    "thread_ts",
    "metadata",
    "unfurl_links",
    "unfurl_media",
    "mrkdwn",
];

type Key = Path<(String, String, String)>;

/// An answer to a command.
pub async fn command(State(shared): State<Arc<Shared>>, Path(key): Key, headers: HeaderMap, body: Bytes) -> Response {
    answer(&shared, "commands", &key, &headers, &body)
}

/// An answer to a press.
pub async fn action(State(shared): State<Arc<Shared>>, Path(key): Key, headers: HeaderMap, body: Bytes) -> Response {
    answer(&shared, "actions", &key, &headers, &body)
}

/// An answer to a message shortcut.
pub async fn app(State(shared): State<Arc<Shared>>, Path(key): Key, headers: HeaderMap, body: Bytes) -> Response {
    answer(&shared, "app", &key, &headers, &body)
}

fn answer(shared: &Shared, kind: &str, key: &(String, String, String), headers: &HeaderMap, body: &[u8]) -> Response {
    let key = format!("{kind}/{}/{}/{}", key.0, key.1, key.2);
    let json = headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
    let fields = serde_json::from_slice(body).ok().filter(|_| json);
    shared.change(|workspace| {
        let Some(entry) = workspace.response_urls.get(&key).cloned() else {
            return (StatusCode::NOT_FOUND, "no_service").into_response();
        };
        if super::now().duration_since(entry.born) > LIFE {
            return (StatusCode::NOT_FOUND, "expired_url").into_response();
        }
        if entry.uses >= USES_MAX {
            return (StatusCode::NOT_FOUND, "used_url").into_response();
        }
        let Some(Value::Object(fields)) = fields else {
            return (StatusCode::BAD_REQUEST, "invalid_payload").into_response();
        };
        workspace.response_urls.get_mut(&key).expect("the entry just seen").uses += 1;
        match workspace.respond(&entry, &Arguments(fields.into_iter().collect())) {
            Ok(()) => (StatusCode::OK, "ok").into_response(),
            Err(refusal) => (StatusCode::BAD_REQUEST, refusal.error).into_response(),
        }
    })
}

impl Workspace {
    /// Says something in answer to an interaction.
    pub fn respond(&mut self, entry: &ResponseUrl, arguments: &Arguments) -> Result<(), Refusal> {
        for name in arguments.0.keys().filter(|name| !KNOWN.contains(&name.as_str())).cloned().collect::<Vec<_>>() {
            self.complain(format!("response_url: no argument is called {name}"));
        }
        if arguments.flag("delete_original") {
            let source = entry.source.as_ref().ok_or_else(|| Refusal::of("invalid_payload"))?;
            let message = self.message_mut(&entry.channel, source).ok_or_else(|| Refusal::of("message_not_found"))?;
            message.deleted = true;
            return Ok(());
        }
        let content = self.content(arguments, "response_url", super::chat::TEXT_MAX)?;
        if let (true, Some(source)) = (arguments.flag("replace_original"), &entry.source) {
            if self.message(&entry.channel, source).is_none_or(|message| message.deleted) {
                return Err(Refusal::of("message_not_found"));
            }
            self.edit(&entry.channel, source, content, true);
            return Ok(());
        }
        let only_for = match arguments.text("response_type").as_deref() {
            None | Some("ephemeral") => Some(entry.user.clone()),
            Some("in_channel") => None,
            Some(_) => return Err(Refusal::of("invalid_payload")),
        };
        let thread_ts = self.thread(&entry.channel, arguments)?;
        self.say(&entry.channel, BOT_USER, content, thread_ts, only_for);
        Ok(())
    }
}
