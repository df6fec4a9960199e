//! Files, behind links that are signed and end.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State as FromHub};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use ring::hmac;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Hub;
use super::errors::Failed;
use super::faults::{Does, cut};
use super::state::{Id, State};

/// What downloads are called where misfortunes are ordered.
pub const DOWNLOAD: &str = "GET /attachments/{channel}/{id}/{name}";
/// How long a link works.
const LINK_VALID: TimeDelta = TimeDelta::days(1);
/// One file is no larger.
pub const FILE_MAX: usize = 10 * 1024 * 1024;
/// What the links are signed with.
const KEY: &[u8] = b"links of the fake";

/// A file that is sent.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The `n` of its `files[n]`.
    pub at: Id,
    pub name: String,
    pub media_type: String,
    pub bytes: Vec<u8>,
}

impl Upload {
    /// A file of a type.
    pub fn of(name: &str, media_type: &str, bytes: &[u8]) -> Self {
        Self { at: 0, name: name.to_owned(), media_type: media_type.to_owned(), bytes: bytes.to_vec() }
    }
}

/// A file that is kept.
#[derive(Debug, Clone)]
pub struct Stored {
    pub file: Upload,
    pub channel: Id,
    pub description: Option<String>,
}

/// The signature of a link.
#[derive(Deserialize)]
pub struct Signed {
    ex: String,
    is: String,
    hm: String,
}

impl State {
    /// Keeps a file.
    pub fn keep(&mut self, channel: Id, file: Upload, description: Option<String>) -> Id {
        let id = self.id();
        self.files.insert(id, Stored { file, channel, description });
        id
    }

    /// The attachment object, its link signed as of now.
    pub fn attachment(&self, id: Id) -> Value {
        let Stored { file, channel, description } = &self.files[&id];
        let (ends, begins) = ((self.now() + LINK_VALID).timestamp(), self.now().timestamp());
        let path = format!("/attachments/{channel}/{id}/{}", file.name);
        let hm = signature(&path, &format!("{ends:x}"), &format!("{begins:x}"));
        let url = format!("{}{path}?ex={ends:x}&is={begins:x}&hm={hm}&", self.base);
        let mut drawn = json!({
            "id": id.to_string(), "filename": file.name, "size": file.bytes.len(), "url": url, "proxy_url": url,
            "content_type": file.media_type,
        });
        if let Some(description) = description {
            drawn["description"] = description.as_str().into();
        }
        drawn
    }
}

fn signature(path: &str, ends: &str, begins: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, KEY);
    hex::encode(hmac::sign(&key, format!("{path} {ends} {begins}").as_bytes()))
}

/// What stands behind a link.
pub async fn serve(
    FromHub(hub): FromHub<Arc<Hub>>,
    Path((channel, id, name)): Path<(Id, Id, String)>,
    Query(signed): Query<Signed>,
) -> Response {
    match hub.change(|state| state.fault(DOWNLOAD)) {
        Some(Does::HangsUp | Does::LosesAnswer | Does::LosesAnswerAfter(_)) => return cut(),
        Some(Does::Waits(time)) => hub.wait(time).await,
        Some(Does::Limits(how)) => return hub.read(|state| state.refuse(how)),
        Some(Does::Refuses(code)) => return Failed::of(code).into_response(),
        Some(Does::Fails(status)) => return StatusCode::from_u16(status).unwrap().into_response(),
        None => {}
    }
    hub.change(|state| {
        let path = format!("/attachments/{channel}/{id}/{name}");
        let ends = i64::from_str_radix(&signed.ex, 16).unwrap_or_default();
        let valid = signature(&path, &signed.ex, &signed.is) == signed.hm && state.now().timestamp() < ends;
        match state.files.get(&id).filter(|_| valid) {
            Some(Stored { file, .. }) => {
                ([(header::CONTENT_TYPE, file.media_type.clone())], file.bytes.clone()).into_response()
            }
            None => (StatusCode::NOT_FOUND, "This content is no longer available.").into_response(),
        }
    })
}

/// Longer than any link works.
pub const LINKS_END: Duration = Duration::from_hours(25);
