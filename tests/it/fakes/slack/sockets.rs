//! Socket Mode: hello, envelopes, acknowledgements, and every way for a socket to end.

use serde_json::{Value, json};

use super::app::{App, bot};
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
    assert_eq!(slack.ephemerals_for(&amal)[0].text, "Which shop?");
    let hello = &app.frames()[0];
    assert_eq!((&hello["type"], &hello["num_connections"]), (&json!("hello"), &json!(1)));
    assert_eq!(hello["connection_info"]["app_id"], "A0WATCH01");
    assert!(hello["debug_info"]["approximate_connection_time"].is_number());
    let envelope = &app.frames()[1];
    assert_eq!((&envelope["type"], &envelope["accepts_response_payload"]), (&json!("slash_commands"), &json!(true)));
    assert_eq!(envelope["payload"]["text"], "two people");
    app.leave().await;
    slack.connected(0).await;
    slack.finish();
}
