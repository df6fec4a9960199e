//! The doors of the fake, and what every request passes before it comes to one.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State as FromHub};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post};

use super::errors::Failed;
use super::faults::{Does, RetryAfter, cut};
use super::traffic::{GLOBAL_MAX, limited};
use super::{Hub, attachments, callbacks, gateway, guilds, rest, threads};

/// Every route there is, as faults and figures name them.
pub const ROUTES: &[&str] = &[
    "GET /gateway",
    "GET /gateway/bot",
    "GET /users/@me",
    "POST /users/@me/channels",
    "GET /applications/@me",
    "GET /oauth2/applications/@me",
    "GET /applications/{application}/commands",
    "PUT /applications/{application}/commands",
    "GET /guilds/{guild}",
    "GET /guilds/{guild}/roles",
    "GET /guilds/{guild}/members/{user}",
    "GET /channels/{channel}",
    "PATCH /channels/{channel}",
    "GET /channels/{channel}/messages",
    "POST /channels/{channel}/messages",
    "GET /channels/{channel}/messages/{message}",
    "PATCH /channels/{channel}/messages/{message}",
    "DELETE /channels/{channel}/messages/{message}",
    "POST /channels/{channel}/messages/{message}/threads",
    "POST /channels/{channel}/threads",
    "POST /interactions/{interaction}/{token}/callback",
    "POST /webhooks/{application}/{token}",
    "GET /webhooks/{application}/{token}/messages/{message}",
    "PATCH /webhooks/{application}/{token}/messages/{message}",
    "DELETE /webhooks/{application}/{token}/messages/{message}",
    attachments::DOWNLOAD,
];
const API: &str = "/api/v10";

/// All doors.
pub fn router(hub: &Arc<Hub>) -> Router {
    let api = Router::new()
        .route("/gateway", get(rest::gateway))
        .route("/gateway/bot", get(rest::gateway_bot))
        .route("/users/@me", get(rest::me))
        .route("/users/@me/channels", post(rest::open_direct))
        .route("/applications/@me", get(rest::application))
        .route("/oauth2/applications/@me", get(rest::application))
        .route("/applications/{application}/commands", get(rest::commands).put(rest::overwrite_commands))
        .route("/guilds/{guild}", get(guilds::guild))
        .route("/guilds/{guild}/roles", get(guilds::roles))
        .route("/guilds/{guild}/members/{user}", get(guilds::member))
        .route("/channels/{channel}", get(threads::channel).patch(threads::modify))
        .route("/channels/{channel}/messages", get(rest::list).post(rest::send))
        .route("/channels/{channel}/messages/{message}", get(rest::read).patch(rest::edit).delete(rest::remove))
        .route("/channels/{channel}/messages/{message}/threads", post(threads::from_message))
        .route("/channels/{channel}/threads", post(threads::alone))
        .route("/interactions/{interaction}/{token}/callback", post(callbacks::answer))
        .route("/webhooks/{application}/{token}", post(callbacks::follow_up))
        .route("/webhooks/{application}/{token}/messages/{message}", get(callbacks::read))
        .route("/webhooks/{application}/{token}/messages/{message}", patch(callbacks::edit))
        .route("/webhooks/{application}/{token}/messages/{message}", delete(callbacks::remove))
        .route_layer(from_fn_with_state(hub.clone(), pass))
        .layer(DefaultBodyLimit::disable());
    Router::new()
        .nest(API, api)
        .route("/", get(gateway::connect))
        .route("/attachments/{channel}/{id}/{name}", get(attachments::serve))
        .fallback(unknown)
        .with_state(hub.clone())
}

async fn unknown(FromHub(hub): FromHub<Arc<Hub>>, request: Request) -> Failed {
    let complaint = format!("{} {}, which this fake has no door for", request.method(), request.uri().path());
    hub.change(|state| state.complain(complaint));
    Failed::plain(StatusCode::NOT_FOUND)
}

/// What every request passes: faults, bans, limits, the token; then it is counted.
async fn pass(FromHub(hub): FromHub<Arc<Hub>>, path: MatchedPath, request: Request, next: Next) -> Response {
    let route = format!("{} {}", request.method(), path.as_str().strip_prefix(API).unwrap_or(path.as_str()));
    let number = hub.change(|state| {
        // This layer stands inside of the prefix: the path has lost it.
        let number = state.note(&route, request.uri().path());
        let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        if !agent.is_some_and(|agent| agent.starts_with("DiscordBot (")) {
            state.complain(format!("{route} by {agent:?}, which does not say that it is a DiscordBot"));
        }
        number
    });
    let fault = hub.change(|state| state.fault(&route));
    if matches!(fault, Some(Does::HangsUp)) {
        return cut();
    }
    if let Some(Does::Waits(time)) = fault {
        hub.wait(time).await;
    }
    let mut response = match hub.change(|state| refused(state, &route, &request, fault)) {
        Some(response) => response,
        None => poured(&hub, &route, request, next).await,
    };
    if let Some(Does::LosesAnswerAfter(time)) = fault {
        hub.wait(time).await;
    }
    hub.change(|state| {
        state.settle(number, &response);
        if matches!(fault, Some(Does::LosesAnswer | Does::LosesAnswerAfter(_))) {
            state.traffic.asked[number].status = None;
            response = cut();
        }
    });
    response
}

/// The door, if the bucket has room; the headers tell of it either way.
async fn poured(hub: &Hub, route: &str, request: Request, next: Next) -> Response {
    let bucket = hub.change(|state| state.pour(route, request.uri().path()));
    let mut response = if bucket.over { bucket.refusal() } else { next.run(request).await };
    let now = hub.read(|state| Duration::from_millis(state.now().timestamp_millis().unsigned_abs()).as_secs_f64());
    bucket.write(response.headers_mut(), now);
    response
}

/// What a request is answered that does not come to its door.
fn refused(state: &mut super::State, route: &str, request: &Request, fault: Option<Does>) -> Option<Response> {
    if state.banned() {
        return Some(state.refuse(RetryAfter::Html(600)));
    }
    if state.lacking.contains(&route) {
        return Some(Failed::plain(StatusCode::NOT_FOUND).into_response());
    }
    match fault {
        Some(Does::Limits(how)) => return Some(state.refuse(how)),
        Some(Does::Refuses(code)) => return Some(Failed::of(code).into_response()),
        Some(Does::Fails(status)) => {
            return Some(Failed::plain(StatusCode::from_u16(status).unwrap()).into_response());
        }
        _ => {}
    }
    if state.traffic.strict && state.pace() > GLOBAL_MAX {
        return Some(limited(1.0, Some("1"), "global"));
    }
    let open = ["/interactions/", "/webhooks/"].iter().any(|part| route.contains(part)) || route == "GET /gateway";
    let shown = request.headers().get(header::AUTHORIZATION).map(HeaderValue::as_bytes);
    if !open && shown != Some(format!("Bot {}", state.token).as_bytes()) {
        return Some(Failed::plain(StatusCode::UNAUTHORIZED).into_response());
    }
    None
}
