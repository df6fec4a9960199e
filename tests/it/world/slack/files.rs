//! Files: what is known of them, how they come and how they are fetched.

use std::future::pending;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::Shared;
use super::arguments::Arguments;
use super::chat::Content;
use super::door;
use super::faults::{DOWNLOAD, Fault};
use super::refusal::{Refusal, Reply};
use super::server::HangUp;
use super::workspace::{BOT_USER, File, TEAM, Workspace};

/// What somebody sees who may not see a file, with status 200.
const LOGIN: &str = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Sign in to Corner Shop</body></html>";

/// `files.info`.
pub fn info(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let file = workspace.files.get(&arguments.needed("file")?).ok_or_else(|| Refusal::of("file_not_found"))?;
    if file.deleted {
        return Err(Refusal::of("file_deleted"));
    }
    if !workspace.shows_bot(file) {
        return Err(Refusal::of("file_not_found"));
    }
    Ok(json!({ "file": workspace.file(file), "comments": [] }))
}

/// `files.getUploadURLExternal`.
pub fn upload_url(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let name = arguments.needed("filename")?;
    let length = arguments.needed("length")?.parse::<usize>().ok().filter(|length| *length > 0);
    let length = length.ok_or_else(|| Refusal::invalid_arguments(&["invalid `length`".to_owned()]))?;
    let id = workspace.mint("F");
    let mimetype = "application/octet-stream".to_owned();
    let (user, bytes, channels) = (BOT_USER.to_owned(), Vec::new(), std::collections::BTreeSet::new());
    let file =
        File { id: id.clone(), name, mimetype, bytes, user, deleted: false, channels, external: None, rendition: None };
    workspace.files.insert(id.clone(), file);
    let ticket = format!("upload-{}", workspace.serial());
    workspace.uploads.insert(ticket.clone(), (id.clone(), length));
    Ok(json!({ "upload_url": format!("http://{}/upload/v1/{ticket}", workspace.address), "file_id": id }))
}

/// `files.completeUploadExternal`.
pub fn complete_upload(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let Some(Value::Array(files)) = arguments.json("files").transpose()? else {
        return Err(Refusal::invalid_arguments(&["invalid `files`".to_owned()]));
    };
    let ids: Vec<String> = files.iter().filter_map(|file| file["id"].as_str().map(ToOwned::to_owned)).collect();
    if ids.is_empty() || ids.iter().any(|id| workspace.files.get(id).is_none_or(|file| file.bytes.is_empty())) {
        return Err(Refusal::of("file_not_found"));
    }
    if let Some(channel) = arguments.text("channel_id") {
        workspace.postable(&channel)?;
        let text = arguments.text("initial_comment").unwrap_or_default();
        let thread_ts = workspace.thread(&channel, arguments)?;
        let content = Content { text, blocks: Vec::new(), metadata: None };
        let message = workspace.say(&channel, BOT_USER, content, thread_ts, None);
        workspace.share(&channel, &message.ts, &ids);
    }
    let rendered: Vec<Value> = ids.iter().map(|id| workspace.file(&workspace.files[id])).collect();
    Ok(json!({ "files": rendered }))
}

impl Workspace {
    /// Puts files into a message.
    pub fn share(&mut self, channel: &str, ts: &str, ids: &[String]) {
        for id in ids {
            self.files.get_mut(id).expect("a file of this workspace").channels.insert(channel.to_owned());
        }
        self.message_mut(channel, ts).expect("a message of this channel").files = ids.to_vec();
    }

    /// Whether the bot may see a file: where everybody may read it, or where the bot is. What was given to the app in a form
    /// stands nowhere.
    fn shows_bot(&self, file: &File) -> bool {
        let shows = |id: &String| {
            self.channels.get(id).is_none_or(|channel| !channel.private || channel.members.contains(BOT_USER))
        };
        file.channels.is_empty() || file.channels.iter().any(shows)
    }
}

/// `/upload/v1/{ticket}`: the bytes, as they are.
pub async fn receive(State(shared): State<Arc<Shared>>, Path(ticket): Path<String>, bytes: Bytes) -> Response {
    shared.change(|workspace| {
        let Some((id, length)) = workspace.uploads.remove(&ticket) else {
            return (StatusCode::NOT_FOUND, "expired").into_response();
        };
        if bytes.len() != length {
            workspace.complain(format!("an upload of {} bytes was announced with {length}", bytes.len()));
            return (StatusCode::BAD_REQUEST, "length mismatch").into_response();
        }
        workspace.files.get_mut(&id).expect("a file that was announced").bytes = bytes.to_vec();
        (StatusCode::OK, format!("OK - {length}")).into_response()
    })
}

/// `/files-tmb/{team-file-secret}/{name}`: as Slack draws it, for the same token.
pub async fn rendition(
    State(shared): State<Arc<Shared>>,
    Path((file, _)): Path<(String, String)>,
    request: Request,
) -> Response {
    let token = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    shared.see(|workspace| {
        if workspace.is_bots(token).is_err() || workspace.allow("files:read").is_err() {
            return door::page(StatusCode::OK, LOGIN);
        }
        let drawn = workspace.files.get(file.split('-').nth(1).unwrap_or_default());
        match drawn.filter(|file| !file.deleted).and_then(|file| file.rendition.clone()) {
            Some(bytes) => ([(header::CONTENT_TYPE, "image/jpeg")], bytes).into_response(),
            None => door::page(StatusCode::NOT_FOUND, "<!DOCTYPE html><title>Not found</title>"),
        }
    })
}

/// `/files-pri/{team-file}/download/{name}`: the bytes for the token with `files:read`; for others a page to sign in on.
pub async fn download(
    State(shared): State<Arc<Shared>>,
    Path((file, _)): Path<(String, String)>,
    request: Request,
) -> Response {
    let token = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("Bearer "));
    let fault = shared.change(|workspace| {
        *workspace.calls.entry(DOWNLOAD.to_owned()).or_default() += 1;
        workspace.faults.next(DOWNLOAD)
    });
    match fault {
        Some(Fault::RateLimit(after)) => return door::too_many(&after, shared.see(|workspace| workspace.clock.now())),
        Some(Fault::HangUp | Fault::AnswerLost | Fault::AnswerHeld) => return HangUp.into_response(),
        Some(Fault::ServerError) => return (StatusCode::INTERNAL_SERVER_ERROR, "").into_response(),
        Some(Fault::Delay(by)) => drop(timeout(by, pending::<()>()).await),
        // Words are for calls of the API.
        Some(Fault::Says(_)) | None => {}
    }
    shared.change(|workspace| {
        let known = workspace.is_bots(token.unwrap_or_default()).is_ok() && !workspace.faults.locked;
        let allowed = known && workspace.allow("files:read").is_ok();
        if !allowed {
            return door::page(StatusCode::OK, LOGIN);
        }
        let id = file.strip_prefix(TEAM).and_then(|rest| rest.strip_prefix('-')).unwrap_or_default();
        match workspace.files.get(id).filter(|file| !file.deleted) {
            Some(file) => ([(header::CONTENT_TYPE, file.mimetype.clone())], file.bytes.clone()).into_response(),
            None => door::page(StatusCode::NOT_FOUND, "<!DOCTYPE html><title>Not found</title>"),
        }
    })
}
