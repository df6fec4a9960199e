//! Signed HTTP: Slack's published example, and an app behind a door that checks with the real verifier.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use slack_morphism::signature_verifier::SlackEventSignatureVerifier;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::app::{bot, card};
use crate::world::clock::TestClock;
use crate::world::slack::FakeSlack;
use crate::world::slack::signed::signature;
use crate::world::slack::workspace::SIGNING_SECRET;

type Heard = Arc<Mutex<Vec<(HeaderMap, String)>>>;

/// What the door answers depends on what it is told.
async fn door(State(heard): State<Heard>, headers: HeaderMap, body: String) -> (StatusCode, String) {
    let header = |name: &str| headers[name].to_str().unwrap();
    let verifier = SlackEventSignatureVerifier::new(&SIGNING_SECRET.to_owned().into());
    let verdict = verifier.verify(header("x-slack-signature"), &body, header("x-slack-request-timestamp"));
    if verdict.is_err() {
        heard.lock().unwrap().push((headers, body));
        return (StatusCode::UNAUTHORIZED, String::new());
    }
    let first = !headers.contains_key("x-slack-retry-num");
    heard.lock().unwrap().push((headers, body.clone()));
    let event: Value = serde_json::from_str(&body).unwrap_or_default();
    match event["type"].as_str() {
        Some("url_verification") => (StatusCode::OK, event["challenge"].as_str().unwrap().to_owned()),
        Some("event_callback") if first => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
        _ if body.starts_with("token=") => (StatusCode::OK, "Noted".to_owned()),
        _ => (StatusCode::OK, String::new()),
    }
}

#[test]
fn the_signature_is_that_of_slacks_example() {
    let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
                &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
                &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
                &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let signed = signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body);
    assert_eq!(signed, "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503");
}

#[tokio::test]
async fn an_app_behind_a_door_hears_the_same_as_over_a_socket() {
    let heard = Heard::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/slack/events", listener.local_addr().unwrap());
    let router = Router::new().route("/slack/events", post(door)).with_state(heard.clone());
    let mut serving = JoinSet::new();
    serving.spawn(async move { axum::serve(listener, router).await.unwrap() });

    let slack = FakeSlack::start().await;
    let noor = slack.person("Noor").joins();
    let shop = slack.channel("shop").with(&[&noor]);
    slack.deliver_to(&url, SIGNING_SECRET);
    let last = || heard.lock().unwrap().last().unwrap().clone();
    assert!(slack.verify_url().await);
    assert_eq!(slack.probe_ssl().await, Some(200));
    assert!(last().1.starts_with("ssl_check=1&"));

    assert_eq!(slack.types_command(&noor, &shop, "/report", "a & b").await.status, Some(200));
    assert_eq!(slack.ephemerals_for(&noor)[0].text, "Noted");
    let (headers, body) = last();
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    assert!(body.contains("&text=a+%26+b&"), "{body}");

    bot(&slack, "chat.postMessage", json!({ "channel": shop, "text": "New", "blocks": card("New") })).await;
    assert!(slack.presses(&noor, &slack.look(&shop)[0], "claim").await.on_time);
    let form: Vec<(String, String)> = serde_urlencoded::from_str(&last().1).unwrap();
    assert_eq!(form[0].0, "payload");
    assert_eq!(serde_json::from_str::<Value>(&form[0].1).unwrap()["type"], "block_actions");

    assert!(!slack.opens_home(&noor).await.on_time, "it answered 500");
    assert!(slack.redeliver().await[0].on_time);
    let (headers, body) = last();
    assert_eq!(
        (&headers["x-slack-retry-num"], &headers["x-slack-retry-reason"]),
        (&"1".parse().unwrap(), &"http_error".parse().unwrap())
    );
    assert_eq!(serde_json::from_str::<Value>(&body).unwrap()["event"]["type"], "app_home_opened");
    slack.sign_by(Arc::new(TestClock::default()));
    assert_eq!(slack.global_shortcut(&noor, "report").await.status, Some(401), "it is hours old");
    assert_eq!(last().0["x-slack-request-timestamp"], "1795356300");
    slack.finish();
}
