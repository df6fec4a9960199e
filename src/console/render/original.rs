//! The page around an original: who looks at it and when stands over the picture, whose bytes stay what was sent.

use askama::Template;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::actor::Actor;
use domain::incident::Incident;
use domain::photo::Photo;
use futures_util::stream;

use super::{Shell, respond};
use crate::app::App;
use crate::console::people::Visit;
use crate::operations::photo::viewer;
use crate::texts::keys;
use crate::web::picture::NOT_APART;

/// Nothing on the page runs, and its one form goes nowhere but here. Its origin stays its own, or `'self'` would be nobody.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                      frame-ancestors 'self'; base-uri 'none'; sandbox allow-forms allow-downloads allow-same-origin";
/// After this the picture goes on; no text of a page has a quotation mark like this one in it.
const PLACE: &str = ";base64,\"";
/// So many bytes are written at a time: in base64 nothing is left over between two of them.
const PIECE: usize = 48 * 1024;

#[derive(Template)]
#[template(path = "original.html")]
struct OriginalPage<'a> {
    shell: Shell<'a>,
    /// The incident's page.
    back: String,
    href: String,
    media: &'a str,
    /// Who looks, and when, in words.
    viewed: String,
    /// The same as it stands over the picture.
    mark: String,
    hash: &'a str,
    reason: &'a str,
}

/// The page for an original that was looked at just now, for this reason.
pub fn page(
    app: &App,
    visit: &Visit,
    actor: &Actor,
    incident: &Incident,
    photo: &Photo,
    reason: &str,
    bytes: Vec<u8>,
) -> Response {
    let (rules, now) = (app.desk.rules(), app.desk.now());
    let voice = app.voice(&rules, visit.manner.locale.as_deref());
    let reference = incident.reference.as_str();
    let shell = Shell::visited(app, &voice, visit, voice.say(&keys::original_title(reference)));
    let back = format!("{}/incidents/{reference}", visit.base);
    let page = OriginalPage {
        href: format!("{back}/photos/{}/original", photo.id),
        back,
        media: &photo.about.media,
        viewed: shell.say(&keys::original_viewed(actor.name.as_str(), voice.exact(now))),
        mark: viewer(actor, now),
        hash: &photo.about.sha256,
        reason,
        shell,
    };
    let mut response = respond(StatusCode::OK, &voice, &page);
    let html = page.render().unwrap_or_default();
    if let Some((before, after)) = html.split_once(PLACE) {
        *response.body_mut() = around(format!("{before};base64,"), bytes.into(), format!("\"{after}"));
    }
    for (name, value) in [(header::CONTENT_SECURITY_POLICY, POLICY), NOT_APART] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response
}

/// A page with a picture in it, which is nowhere as a whole a second time.
fn around(before: String, picture: Bytes, after: String) -> Body {
    let pieces = (0..picture.len()).step_by(PIECE).map(move |from| {
        let piece = picture.slice(from..picture.len().min(from + PIECE));
        Bytes::from(STANDARD.encode(piece))
    });
    let all = std::iter::once(before.into()).chain(pieces).chain(std::iter::once(after.into()));
    Body::from_stream(stream::iter(all.map(Ok::<Bytes, std::convert::Infallible>)))
}
