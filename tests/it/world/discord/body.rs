//! Bodies: JSON, or a form with files and `payload_json`.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use serde_json::{Value, json};

use super::Hub;
use super::attachments::Upload;
use super::errors::Failed;
use super::state::Id;

/// A request is no larger.
const REQUEST_MAX: usize = 25 * 1024 * 1024;

/// What was sent.
pub struct Body {
    pub json: Value,
    pub files: Vec<Upload>,
}

impl FromRequest<Arc<Hub>> for Body {
    type Rejection = Failed;

    async fn from_request(request: Request, hub: &Arc<Hub>) -> Result<Self, Failed> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.starts_with("multipart/form-data") {
            let form = Multipart::from_request(request, &()).await.map_err(|_bad| Failed::of(50035))?;
            return parts(form, hub).await;
        }
        let json = kind.starts_with("application/json");
        let bytes = to_bytes(request.into_body(), REQUEST_MAX).await.map_err(|_long| Failed::of(40005))?;
        if bytes.is_empty() {
            return Ok(Self { json: json!({}), files: Vec::new() });
        }
        if !json {
            let words = "Expected \"Content-Type\" header to be one of {'application/json'}.";
            return Err(Failed::field("_request", "CONTENT_TYPE_INVALID", words));
        }
        let json = serde_json::from_slice(&bytes).map_err(|_bad| Failed::of(50109))?;
        Ok(Self { json, files: Vec::new() })
    }
}

/// The number of `files[n]`; each name is unique.
fn number(name: &str) -> Option<Id> {
    name.strip_prefix("files[")?.strip_suffix(']')?.parse().ok()
}

async fn parts(mut form: Multipart, hub: &Hub) -> Result<Body, Failed> {
    let mut body = Body { json: json!({}), files: Vec::new() };
    let mut size = 0;
    while let Some(part) = form.next_field().await.map_err(|_bad| Failed::of(50035))? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let media_type = part.content_type().unwrap_or("application/octet-stream").to_owned();
        let bytes = part.bytes().await.map_err(|_bad| Failed::of(50035))?;
        size += bytes.len();
        match (name.as_str(), file) {
            ("payload_json", _) => body.json = serde_json::from_slice(&bytes).map_err(|_bad| Failed::of(50109))?,
            (name, Some(file)) if number(name).is_some_and(|at| body.files.iter().all(|one| one.at != at)) => {
                let at = number(name).unwrap();
                body.files.push(Upload { at, name: file, media_type, bytes: bytes.to_vec() });
            }
            (name, _) => hub.change(|state| state.complain(format!("a form with {name}, which is not documented"))),
        }
    }
    if size > REQUEST_MAX { Err(Failed::of(40005)) } else { Ok(body) }
}
