//! Pictures that are evidence, as a browser gets them.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

/// Nothing in a photo may run, whatever a browser takes it for.
const POLICY: &str = "default-src 'none'; sandbox";
/// Browsers show nothing that is both in a sandbox and kept apart from other windows.
/// <https://html.spec.whatwg.org/multipage/browsing-the-web.html#create-navigation-params-by-fetching>
pub const NOT_APART: (HeaderName, &str) = (HeaderName::from_static("cross-origin-opener-policy"), "unsafe-none");

/// What every browser draws.
const DRAWN: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];

/// Whether every browser draws what is written so.
pub fn is_drawn(media: &str) -> bool {
    DRAWN.contains(&media)
}

/// A picture to be kept under a name, which gets the ending of what it is written in.
pub fn download(name: &str, media: String, bytes: Vec<u8>) -> Response {
    let kind = media.rsplit('/').next().filter(|kind| kind.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let file = format!("attachment; filename=\"{name}.{}\"", kind.unwrap_or("bin"));
    let mut response = picture(media, bytes);
    if let Ok(value) = HeaderValue::try_from(file) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// A picture, of which nobody keeps a copy and in which nothing runs.
pub fn picture(media: String, bytes: Vec<u8>) -> Response {
    let headers: [(HeaderName, String); 6] = [
        (header::CONTENT_TYPE, media),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (NOT_APART.0, NOT_APART.1.to_owned()),
    ];
    (headers, bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_cannot_draw_is_kept_under_a_name_with_its_ending() {
        assert!(is_drawn("image/webp") && !is_drawn("image/heic"));
        let kept = |media: &str| {
            let response = download("SW-7Q4KD-X", media.to_owned(), Vec::new());
            response.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned()
        };
        assert_eq!(kept("image/heic"), "attachment; filename=\"SW-7Q4KD-X.heic\"");
        assert_eq!(kept("image/a.b"), "attachment; filename=\"SW-7Q4KD-X.bin\"");
    }
}
