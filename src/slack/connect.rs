//! The doors: Socket Mode, and signed requests over HTTP. Both hand the same payloads to the same reader, and both
//! acknowledge only what is kept.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use domain::words::Platform;
use http_body_util::{BodyExt as _, Limited};
use serde_json::{Map, Value, json};
use slack_morphism::SlackSigningSecret;
use slack_morphism::signature_verifier::SlackEventSignatureVerifier;

use super::answer::{Answered, answer};
use super::api::Trouble;
use super::client::REFUSING;
use super::inbound::{Door, read};
use super::{Slack, Standing, catch_up, socket, tokens};
use crate::app::App;
use crate::clock::jitter;

/// The largest body that is read before its signature is checked (PLATFORMS: 1 MiB).
pub const BODY_MAX: usize = 1024 * 1024;
/// Where Slack sends; everything may come to each of them.
const DOORS: [&str; 3] = ["/slack/events", "/slack/commands", "/slack/interactions"];
const JSON: &[u8] = b"application/json";
/// How long to wait before asking Slack again whose tokens these are: the first time, and at most.
pub(super) const ASK_AGAIN: std::time::Duration = std::time::Duration::from_secs(2);
pub(super) const ASK_AGAIN_MAX: std::time::Duration = std::time::Duration::from_mins(1);

/// Keeps Slack connected until the app stops.
pub async fn stay_connected(slack: &Arc<Slack>, app: &App) {
    slack.recall_home(&app.desk.store).await;
    drop(slack.recall_channels(&app.desk.store).await);
    slack.pace.recall(app.desk.now()).await;
    // Before anything is asked with it; if it cannot be looked for now, nothing is.
    drop(Box::pin(tokens::step(slack, app)).await);
    let connections = async {
        know_home(slack, app).await;
        if slack.settings.app_token.is_some() {
            tokio::join!(socket::run(slack, app), watch_tokens(slack, app), Box::pin(catch_up::work(slack, app)));
        } else {
            slack.fell(Standing::Ready);
            tokio::join!(watch_tokens(slack, app), Box::pin(catch_up::work(slack, app)));
        }
    };
    let renewing = Box::pin(tokens::keep(slack, app));
    tokio::select! {
        ((), ()) = async { tokio::join!(connections, renewing) } => {}
        () = app.stopping.cancelled() => {}
    }
    slack.after.close();
    slack.after.wait().await;
}

/// Asks whose tokens these are until Slack says so.
async fn know_home(slack: &Slack, app: &App) {
    let mut wait = ASK_AGAIN;
    loop {
        match slack.learn_home(&app.desk.store).await {
            Ok(_) => return,
            Err(trouble) => {
                if let Trouble::Said(word) = &trouble {
                    slack.fell(Standing::Refused(word.clone()));
                }
                pause(app, jitter(wait)).await;
                wait = (wait * 2).min(ASK_AGAIN_MAX);
            }
        }
    }
}

/// Nothing breaks off when the bot's token is taken away, and nothing tells when it is given back: asking now and then
/// does. With sockets they tell the rest.
async fn watch_tokens(slack: &Slack, app: &App) {
    while !app.stopping.is_cancelled() {
        pause(app, ASK_AGAIN_MAX).await;
        let refused = matches!(*slack.standing.borrow(), Standing::Refused(_));
        if slack.settings.app_token.is_some() && (!refused || slack.live() == 0) {
            continue;
        }
        match slack.learn_home(&app.desk.store).await {
            Ok(_) => slack.fell(Standing::Ready),
            Err(Trouble::Said(word)) if REFUSING.contains(&word.as_str()) => slack.fell(Standing::Refused(word)),
            Err(_) => slack.fell(Standing::Again),
        }
    }
}

/// Waits; less if the app stops.
pub(super) async fn pause(app: &App, time: std::time::Duration) {
    drop(tokio::time::timeout(time, app.stopping.cancelled()).await);
}

/// Takes in a payload: what cannot be read is kept as it is before it is acknowledged.
pub(super) async fn take_in(slack: &Slack, app: &App, door: Door, payload: &Value) -> Answered {
    let answered = match read(door, payload) {
        Ok(arrived) => Box::pin(answer(app, slack, arrived)).await,
        Err(_) => keep_unread(app, payload.to_string().as_bytes()).await,
    };
    if answered.again && door == Door::Events {
        // Slack repeats it for some minutes; who is away for longer reads it from the channel.
        slack.heard.gap();
        slack.missed.ring();
    }
    answered
}

/// Keeps something that could not be read, and raises the alarm.
pub(super) async fn keep_unread(app: &App, bytes: &[u8]) -> Answered {
    metrics::counter!("shopwatch_unread_total", "platform" => "slack").increment(1);
    let kept = app.desk.store.keep_unread(app.desk.ids.uuid(), Platform::Slack, bytes, app.desk.now()).await;
    tracing::error!(target: "shopwatch::slack", kept = kept.is_ok(), "Slack sent something that this version cannot read");
    Answered { again: kept.is_err(), ..Answered::default() }
}

/// What Slack sends over HTTP: events, commands and interactivity on one address, or each on its own.
pub fn routes(app: &App) -> Router<App> {
    if app.slack().is_none_or(|slack| slack.settings.signing_secret.is_none()) {
        return Router::new();
    }
    // Whoever writes an address with a slash at its end means the same door.
    DOORS
        .iter()
        .fold(Router::new(), |router, door| router.route(door, post(receive)).route(&format!("{door}/"), post(receive)))
}

async fn receive(State(app): State<App>, request: Request) -> Response {
    let Some(slack) = app.slack() else { return StatusCode::NOT_FOUND.into_response() };
    let (parts, body) = request.into_parts();
    // The body is read to its end, but no further than this, before anybody trusts it.
    let Ok(body) = Limited::new(body, BODY_MAX).collect().await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let body = body.to_bytes();
    // Slack looks now and then whether the certificate is good, unsigned; there is nothing in it to be trusted.
    if is_probe(&body) {
        return StatusCode::OK.into_response();
    }
    if !is_signed(&slack, &parts.headers, &body) {
        metrics::counter!("shopwatch_forged_total", "platform" => "slack").increment(1);
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let (door, payload) = match if is_json(&parts.headers) { from_json(&body) } else { from_form(&body) } {
        Some(Posted::Payload(door, payload)) => (door, payload),
        Some(Posted::Probe(answer)) => return answer,
        None => return respond(keep_unread(&app, &body).await),
    };
    // What was begun is ended even if Slack hangs up: it goes on in a task of its own.
    let (ours, at) = (slack.clone(), app.clone());
    let taken = slack.after.spawn(async move {
        let mut answered = take_in(&ours, &at, door, &payload).await;
        say_after(&ours, &at, std::mem::take(&mut answered.after));
        answered
    });
    match taken.await {
        Ok(answered) => respond(answered),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Exactly one signature and one time, right and not older than five minutes.
/// <https://docs.slack.dev/authentication/verifying-requests-from-slack/>
fn is_signed(slack: &Slack, headers: &HeaderMap, body: &Bytes) -> bool {
    let Some(secret) = &slack.settings.signing_secret else { return false };
    let only = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    };
    let (Some(signature), Some(time), Ok(body)) = (
        only(SlackEventSignatureVerifier::SLACK_SIGNED_HASH_HEADER),
        only(SlackEventSignatureVerifier::SLACK_SIGNED_TIMESTAMP),
        std::str::from_utf8(body),
    ) else {
        return false;
    };
    let verifier = SlackEventSignatureVerifier::new(&SlackSigningSecret::new(secret.reveal().to_owned()));
    verifier.verify(signature, body, time).is_ok()
}

/// A look at the certificate, and nothing else.
fn is_probe(body: &[u8]) -> bool {
    let has = |wanted: &str, value: Option<&str>| {
        url::form_urlencoded::parse(body).any(|(name, said)| name == wanted && value.is_none_or(|value| said == value))
    };
    has("ssl_check", Some("1")) && !has("payload", None) && !has("command", None)
}

/// What was posted.
enum Posted {
    Payload(Door, Value),
    /// Slack only wants to know whether we are there.
    Probe(Response),
}

/// Whether a body is JSON; how a media type is written in capitals is no matter.
/// <https://www.rfc-editor.org/rfc/rfc9110#name-media-type>
fn is_json(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    media.and_then(|media| media.get(..JSON.len())).is_some_and(|media| media.eq_ignore_ascii_case(JSON))
}

fn from_json(body: &[u8]) -> Option<Posted> {
    let payload: Value = serde_json::from_slice(body).ok()?;
    match payload.get("type").and_then(Value::as_str) {
        Some("url_verification") => {
            let challenge = payload.get("challenge")?.as_str()?.to_owned();
            Some(Posted::Probe(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], challenge).into_response()))
        }
        // We were too slow for Slack for a while; it tells, and sends nothing twice because of it.
        Some("app_rate_limited") => Some(Posted::Probe(StatusCode::OK.into_response())),
        _ => Some(Posted::Payload(Door::Events, payload)),
    }
}

fn from_form(body: &[u8]) -> Option<Posted> {
    let mut fields = Map::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        fields.insert(name.into_owned(), Value::String(value.into_owned()));
    }
    if let Some(Value::String(payload)) = fields.get("payload") {
        return Some(Posted::Payload(Door::Interactions, serde_json::from_str(payload).ok()?));
    }
    fields.contains_key("command").then(|| Posted::Payload(Door::Commands, Value::Object(fields)))
}

/// The acknowledgement over HTTP.
fn respond(answered: Answered) -> Response {
    if answered.again {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    match answered.ack {
        Some(ack) => axum::Json(ack).into_response(),
        None => StatusCode::OK.into_response(),
    }
}

/// Says what is to be said after an acknowledgement.
pub(super) fn say_after(slack: &Arc<Slack>, app: &App, after: Vec<super::answer::After>) {
    for after in after {
        let (slack, app) = (slack.clone(), app.clone());
        slack.clone().after.spawn(async move { Box::pin(after.say(&app, &slack)).await });
    }
}

/// An acknowledgement in Socket Mode.
pub(super) fn acknowledgement(envelope: &str, ack: Option<Value>) -> String {
    match ack {
        Some(payload) => json!({ "envelope_id": envelope, "payload": payload }).to_string(),
        None => json!({ "envelope_id": envelope }).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_json_however_its_kind_is_written() {
        let is = |media: &str| is_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, media.parse().unwrap())]));
        assert!(is("application/json") && is("Application/JSON;charset=utf-8"));
        assert!(!is("application/x-www-form-urlencoded") && !is("") && !is_json(&HeaderMap::new()));
    }
}
