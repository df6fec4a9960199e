//! The console's own files, inside the binary. Their address carries a hash of what is in them, so that a browser may
//! keep them for good and never shows a page with the look of another version.
//!
//! The parts of the style sheet in `assets/css` are one file to a browser, in the order of their names.

use std::borrow::Cow;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ring::digest;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "src/console/assets"]
struct Files;

/// The style sheet, and where its parts are.
const SHEET: &str = "console.css";
const SHEET_PARTS: &str = "css/";

/// A hash of every file's hash, cut to 64 bits; what is built in does not change while it runs.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut context = digest::Context::new(&digest::SHA256);
    for path in Files::iter() {
        context.update(path.as_bytes());
        context.update(&Files::get(&path).map(|file| file.metadata.sha256_hash()).unwrap_or_default());
    }
    let digest = context.finish();
    let number = digest.as_ref().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    format!("{number:016x}")
});

/// Where a file is.
pub fn href(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

/// Serves a file of this version.
pub async fn serve(Path((version, name)): Path<(String, String)>) -> Response {
    let Some(body) = read(&name).filter(|_| version == *VERSION) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, body.into_owned()).into_response()
}

fn read(name: &str) -> Option<Cow<'static, [u8]>> {
    if name != SHEET {
        return Files::get(name).map(|file| file.data);
    }
    let mut parts: Vec<_> = Files::iter().filter(|path| path.starts_with(SHEET_PARTS)).collect();
    parts.sort();
    let parts = parts.iter().filter_map(|path| Files::get(path));
    Some(parts.flat_map(|part| part.data.into_owned()).collect::<Vec<u8>>().into())
}
