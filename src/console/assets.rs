//! The console's own files, inside the binary. Their address carries a hash of what is in them, so that a browser may
//! keep them for good and never shows a page with the look of another version.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ring::digest;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "src/console/assets"]
struct Files;

/// How many hexadecimal digits of the hash stand in an address.
const VERSION_LEN: usize = 12;

/// A hash of every file's hash; what is built in does not change while it runs.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut context = digest::Context::new(&digest::SHA256);
    for path in Files::iter() {
        context.update(path.as_bytes());
        context.update(&Files::get(&path).map(|file| file.metadata.sha256_hash()).unwrap_or_default());
    }
    let digest = context.finish();
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>().chars().take(VERSION_LEN).collect()
});

/// Where a file is.
pub fn href(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

/// Serves a file of this version.
pub async fn serve(Path((version, name)): Path<(String, String)>) -> Response {
    let Some(file) = Files::get(&name).filter(|_| version == *VERSION) else {
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
    (headers, file.data.into_owned()).into_response()
}
