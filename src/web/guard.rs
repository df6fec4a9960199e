//! What stands before every route: whose name the request came under, where its form came from, how large it may be,
//! how long it may take, and what a browser may do with the answer.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use axum::{Extension, Router};
use domain::id::Ids as _;
use futures_util::FutureExt as _;
use tokio::time::timeout;
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::csrf::CsrfLayer;

use super::asked::{Asked, Trouble};
use super::deadline::answered_in_time;
use super::heard::heard_out;
use super::limits::{UnderWay, fair};
use super::problem::RETRY_AFTER;
use super::{sender, upload};
use crate::app::App;
use crate::clock::RandomIds;
use crate::texts::keys;

/// The largest body that any route but those of photos takes: a report of 4,000 characters in four bytes each, escaped, with its facts.
pub const BODY_MAX: usize = 64 * 1024;
/// How long an answer may take to begin, with all that the client takes to ask; what we take ourselves is bounded by
/// [`deadline`](super::deadline).
const ANSWER_DEADLINE: Duration = Duration::from_secs(10);
/// The same for a photo, which may come over a slow line.
const PHOTO_DEADLINE: Duration = Duration::from_mins(2);
/// The same for a report with its photos: ten from a phone, of 4 MiB each, come over a line of 0.6 Mbit/s in that time.
const PHOTOS_DEADLINE: Duration = Duration::from_mins(10);
/// Answers smaller than this are not worth compressing, in bytes.
const COMPRESSED_FROM: u64 = 1_024;

/// Nothing but what this server sends itself; pages of its own may frame each other (the try-out's three screens).
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'";

/// What a browser may do with an answer, unless the answer says so itself.
const HEADERS: [(HeaderName, HeaderValue); 7] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=()"),
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Puts the guards around the routes. Those of `open` may be posted to from anywhere; what comes
/// to those of `signed` proves by itself who sent it, under whatever name it came.
pub fn around(routes: Router<App>, open: Router<App>, signed: Router<App>, app: &App) -> Router<App> {
    let compressed = SizeAbove::new(COMPRESSED_FROM).and(NotForContentType::new("text/event-stream"));
    // The layer does not say who asked: the shop's own language has to do.
    let from_elsewhere: Arc<str> = app.voice(&app.desk.rules(), None).say(&keys::web_csrf()).into();
    let refused = move |_| (StatusCode::FORBIDDEN, format!("{from_elsewhere}\n")).into_response();
    let guards = ServiceBuilder::new()
        .layer(CompressionLayer::new().compress_when(compressed))
        .layer(middleware::from_fn_with_state(Arc::new(UnderWay::new(app)), guarded));
    let named = routes
        .layer(CsrfLayer::new().with_rejection_response(refused))
        .merge(open)
        .layer(middleware::from_fn_with_state(app.clone(), known_host));
    // In this order: what is nowhere stays behind the guard of those that are merged in.
    signed.merge(named).layer(guards)
}

/// All guards around an answer, the outermost first. One layer for all of them: a router boxes a service around each of its
/// layers and copies them all for every request, and again for every layer above.
async fn guarded(State(under_way): State<Arc<UnderWay>>, request: Request, next: Next) -> axum::response::Response {
    let (app, asked) = (&under_way.app, Asked::of(&request));
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let began = app.stopwatch.now();
    let begins_within = deadline_of(&request);
    let answer = heard_out(sender::in_time(request), async |request| {
        fair(&under_way, &asked, request, async |request| {
            answered_in_time(app, &asked, request, async |request| next.run(request).await).await
        })
        .await
    });
    let response = match AssertUnwindSafe(timeout(begins_within, answer)).catch_unwind().await {
        Ok(begun) => begun.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response()),
        Err(_) => panicked(),
    };
    let response = for_browsers(asked.in_its_way(app, response));
    let took = app.stopwatch.now().saturating_sub(began);
    metrics::histogram!("shopwatch_answer_seconds", "route" => route).record(took.as_secs_f64());
    response
}

/// After how long an answer that has not begun is given up.
fn deadline_of(request: &Request) -> Duration {
    let (method, path) = (request.method(), request.uri().path());
    if upload::may_be_several(method, path, request.headers()) {
        PHOTOS_DEADLINE
    } else if upload::is_one(method, path) {
        PHOTO_DEADLINE
    } else {
        ANSWER_DEADLINE
    }
}

/// Refuses requests for a name that is not ours: a page elsewhere that had its own name point here (DNS rebinding).
async fn known_host(State(app): State<App>, request: Request, next: Next) -> axum::response::Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| request.uri().authority().map(axum::http::uri::Authority::as_str));
    if host.is_some_and(|host| is_ours(host, &app)) {
        next.run(request).await
    } else {
        (StatusCode::MISDIRECTED_REQUEST, "not a name of this server: set SHOPWATCH_PUBLIC_URL\n").into_response()
    }
}

fn is_ours(host: &str, app: &App) -> bool {
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(name, _)| name);
    let public = app.settings.public_url.as_deref().and_then(|url| url.split_once("://")).map(|(_, rest)| rest);
    let public = public.and_then(|rest| rest.split('/').next());
    let here = app.settings.listen.ip();
    let same_address = name
        .trim_matches(['[', ']'])
        .parse()
        .is_ok_and(|ip: std::net::IpAddr| ip == here || ip.is_loopback() || here.is_unspecified());
    // Names are the same in any capitals. <https://www.rfc-editor.org/rfc/rfc9110#section-4.2.3>
    public.is_some_and(|public| public.eq_ignore_ascii_case(host))
        || name.eq_ignore_ascii_case("localhost")
        || same_address
}

/// Every answer says what a browser may do with it; and whoever is told "not now" is told when to try again.
fn for_browsers(mut response: axum::response::Response) -> axum::response::Response {
    let is_not_now = matches!(response.status(), StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS);
    let headers = response.headers_mut();
    // At once: a map that grows by each of them is copied several times.
    headers.reserve(HEADERS.len());
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    if is_not_now {
        headers.entry(header::RETRY_AFTER).or_insert(HeaderValue::from_static(RETRY_AFTER));
    }
    response
}

/// A panic ends one request, not the program; its message may quote what people wrote and is not logged.
fn panicked() -> axum::response::Response {
    let number = RandomIds::default().uuid().simple().to_string();
    tracing::error!(target: "shopwatch::web", reference = %number, "a request ended in a panic");
    let told = format!("something is broken here: {number}\n");
    (StatusCode::INTERNAL_SERVER_ERROR, Extension(Trouble(number)), told).into_response()
}
