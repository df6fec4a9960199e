//! A picture as it is answered: nobody keeps a copy of it, and nothing in it runs, whatever a program takes it for.

use axum::http::{HeaderName, header};
use axum::response::{IntoResponse as _, Response};

/// Nothing in a photo may run, whatever a browser takes it for.
const POLICY: &str = "default-src 'none'; sandbox";

/// The answer.
pub fn picture(media: String, bytes: Vec<u8>) -> Response {
    let headers: [(HeaderName, String); 5] = [
        (header::CONTENT_TYPE, media),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    (headers, bytes).into_response()
}
