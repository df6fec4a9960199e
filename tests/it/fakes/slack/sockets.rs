//! Socket Mode: hello, envelopes, acknowledgements, and every way for a socket to end.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use super::app::{App, call};
use crate::world::slack::FakeSlack;
use crate::world::slack::workspace::APP_TOKEN;

#[tokio::test]
async fn a_socket_says_hello_and_a_command_is_acknowledged_with_an_answer() {
    let slack = FakeSlack::start().await;
    let (amal, shop) = (slack.person("Amal").joins(), slack.channel("shop").with(&[]));
    let app = App::answering(&slack, 1, |_| Some(json!({ "text": "Which shop?" }))).await;
    slack.connected(1).await;
    let acked = slack.types_command(&amal, &shop, "/report", "two people").await;
    assert!(acked.on_time && acked.status.is_none() && acked.again.is_none());
    assert!(acked.elapsed < Duration::from_secs(3));
    assert_eq!(slack.ephemerals_for(&amal)[0].text, "Which shop?");
    let hello = &app.frames()[0];
    assert_eq!((&hello["type"], &hello["num_connections"]), (&json!("hello"), &json!(1)));
    assert_eq!(hello["connection_info"]["app_id"], "A0WATCH01");
    assert!(hello["debug_info"]["approximate_connection_time"].is_number());
    let envelope = &app.frames()[1];
    assert_eq!((&envelope["type"], &envelope["accepts_response_payload"]), (&json!("slash_commands"), &json!(true)));
    let payload = &envelope["payload"];
    for (field, value) in [
        ("text", "two people"),
        ("command", "/report"),
        ("team_domain", "corner-shop"),
        ("user_name", "amal"),
        ("channel_name", "shop"),
    ] {
        assert_eq!(payload[field], value);
    }
    app.leave().await;
    slack.connected(0).await;
    slack.finish();
}

#[tokio::test]
async fn envelopes_go_to_any_one_of_several_sockets() {
    let slack = FakeSlack::start().await;
    let app = App::answering(&slack, 2, |_| Some(Value::Null)).await;
    slack.connected(2).await;
    for _ in 0..4 {
        assert!(slack.event(json!({ "type": "app_rate_limited" })).await.on_time);
    }
    let events = app.frames().iter().filter(|frame| frame["type"] == "events_api").count();
    assert_eq!(events, 4, "each once");
    let event = app.last();
    for field in
        ["team_id", "api_app_id", "event_id", "event_time", "authorizations", "is_ext_shared_channel", "event_context"]
    {
        assert!(!event[field].is_null(), "{field}");
    }
    app.leave().await;
    slack.finish();
}

#[tokio::test]
async fn an_app_has_ten_sockets_and_a_ticket_opens_one() {
    let slack = FakeSlack::start().await;
    let app = App::answering(&slack, 10, |_| Some(Value::Null)).await;
    slack.connected(10).await;
    let more = App::connect(&slack).await;
    let told = async {
        while !more.frames().iter().any(|frame| frame["reason"] == "too_many_websockets") {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), told).await.expect("a refusal");
    let open: Value = call(&slack, "apps.connections.open", Some(APP_TOKEN), &json!({})).await.json().await.unwrap();
    let url = open["url"].as_str().unwrap();
    assert!(url.starts_with("ws://127.0.0.1:") && url.contains("/link/?ticket="));
    let http = crate::world::http().build().unwrap();
    let wrong = http.get(format!("http://{}/link/?ticket=made-up", slack.address));
    let upgrade = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let wrong = upgrade.into_iter().fold(wrong, |request, (name, value)| request.header(name, value));
    assert_eq!(wrong.send().await.unwrap().status(), 400);
    more.leave().await;
    app.leave().await;
    slack.finish();
}

#[tokio::test]
async fn a_socket_ends_in_every_way_that_slack_knows() {
    let slack = FakeSlack::start().await;
    let app = App::answering(&slack, 3, |_| Some(Value::Null)).await;
    slack.connected(3).await;
    let sockets = slack.sockets();
    slack.ping(sockets[0]).await;
    slack.disconnect(sockets[0], "warning");
    slack.ping(sockets[0]).await;
    slack.disconnect(sockets[0], "refresh_requested");
    slack.until(|workspace| !workspace.sockets.contains_key(&sockets[0])).await;
    slack.hang_up_socket(sockets[1]);
    slack.until(|workspace| !workspace.sockets.contains_key(&sockets[1])).await;
    slack.half_open(sockets[2]);
    slack.until(|workspace| !workspace.sockets.contains_key(&sockets[2])).await;
    let reasons: Vec<Value> = app
        .frames()
        .iter()
        .filter(|frame| frame["type"] == "disconnect")
        .map(|frame| frame["reason"].clone())
        .collect();
    assert_eq!(reasons, ["warning", "refresh_requested"]);
    app.leave().await;
    slack.finish();
}

#[tokio::test]
async fn an_event_that_nobody_acknowledged_comes_again_and_says_so() {
    let slack = FakeSlack::start().await;
    let amal = slack.person("Amal").joins();
    assert!(!slack.opens_home(&amal).await.on_time, "there was no socket");
    let app = App::connect(&slack).await;
    slack.connected(1).await;
    assert!(slack.redeliver().await[0].on_time);
    assert!(slack.redeliver().await.is_empty());
    let frame = app.frames()[1].clone();
    assert_eq!((&frame["retry_attempt"], &frame["retry_reason"]), (&json!(1), &json!("timeout")));
    assert_eq!(
        (&frame["payload"]["event"]["type"], &frame["accepts_response_payload"]),
        (&json!("app_home_opened"), &json!(false))
    );
    app.leave().await;
    slack.finish();
}

#[tokio::test]
async fn whoever_is_silent_for_three_seconds_was_not_on_time() {
    let slack = FakeSlack::start().await;
    let (amal, shop) = (slack.person("Amal").joins(), slack.channel("shop").with(&[]));
    let app = App::answering(&slack, 1, |_| None).await;
    slack.connected(1).await;
    let acked = slack.types_command(&amal, &shop, "/report", "").await;
    assert!(!acked.on_time && acked.elapsed >= Duration::from_secs(3));
    app.leave().await;
    slack.finish();
}

#[tokio::test]
async fn a_frame_is_heard_even_when_nobody_waits_for_its_acknowledgement() {
    let slack = FakeSlack::start().await;
    let app = App::answering(&slack, 1, |frame| Some(frame["answer"].clone())).await;
    slack.connected(1).await;
    let socket = slack.raw_frame(r#"{ "type": "novelty", "envelope_id": "e1", "answer": { "a": 1 } }"#);
    slack.until(|workspace| !workspace.strays.is_empty()).await;
    assert_eq!(slack.strays(), [json!({ "envelope_id": "e1", "payload": { "a": 1 } })]);
    assert_eq!(slack.sockets(), [socket]);
    app.leave().await;
    slack.finish();
}

#[tokio::test]
async fn what_slack_does_not_read_is_a_complaint() {
    let slack = FakeSlack::start().await;
    let app = App::answering(&slack, 1, |_| Some(json!({ "text": "a" }))).await;
    slack.connected(1).await;
    assert!(slack.event(json!({ "type": "novelty" })).await.on_time);
    assert!(slack.interacts(json!({ "type": "block_actions" })).await.on_time);
    assert_eq!(slack.complaints().len(), 2);
    app.leave().await;
    slack.finish();
}
