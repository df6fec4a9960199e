//! What people do with messages, and what the program hears of it.

use serde_json::{Value, json};

use super::app::{App, bot, card, post};
use crate::world::slack::FakeSlack;
use crate::world::slack::workspace::{BOT, BOT_USER, Message};

/// A shop with a card in it that Noor sees.
struct Scene {
    slack: FakeSlack,
    app: App,
    noor: String,
    shop: String,
    card: Message,
}

impl Scene {
    async fn set() -> Self {
        let slack = FakeSlack::start().await;
        let noor = slack.person("Noor").joins();
        let shop = slack.channel("shop").with(&[&noor]);
        let app = App::connect(&slack).await;
        slack.connected(1).await;
        let mut blocks = card("New");
        let option = |value: &str| json!({ "text": { "type": "plain_text", "text": value }, "value": value });
        let more = json!([
            { "type": "static_select", "action_id": "reason", "options": [option("test"), option("mistake")] },
            { "type": "overflow", "action_id": "more", "options": [option("merge")] },
        ]);
        blocks[1]["elements"].as_array_mut().unwrap().extend(more.as_array().unwrap().clone());
        bot(&slack, "chat.postMessage", json!({ "channel": shop, "text": "New", "blocks": blocks })).await;
        let card = slack.look(&shop).remove(0);
        Self { slack, app, noor, shop, card }
    }

    async fn over(self) {
        self.app.leave().await;
        self.slack.finish();
    }
}

#[tokio::test]
async fn a_press_says_who_pressed_what_where() {
    let scene = Scene::set().await;
    assert!(scene.slack.presses(&scene.noor, &scene.card, "claim").await.on_time);
    assert_eq!(scene.app.frames().last().unwrap()["accepts_response_payload"], false);
    let payload = scene.app.last();
    assert_eq!((&payload["type"], &payload["user"]["id"]), (&json!("block_actions"), &json!(scene.noor)));
    let action = &payload["actions"][0];
    assert_eq!(
        (&action["action_id"], &action["block_id"], &action["value"]),
        (&json!("claim"), &json!("steps"), &json!("v1"))
    );
    let container =
        json!({ "type": "message", "message_ts": scene.card.ts, "channel_id": scene.shop, "is_ephemeral": false });
    assert_eq!(payload["container"], container);
    assert_eq!((&payload["message"]["user"], &payload["channel"]["name"]), (&json!(BOT_USER), &json!("shop")));
    assert_eq!((&payload["enterprise"], &payload["is_enterprise_install"]), (&Value::Null, &json!(false)));
    assert!(scene.slack.chooses(&scene.noor, &scene.card, "reason", &["mistake"]).await.on_time);
    let payload = scene.app.last();
    assert_eq!(payload["actions"][0]["selected_option"]["value"], "mistake");
    assert_eq!(payload["state"]["values"]["steps"]["reason"]["selected_option"]["value"], "mistake");
    assert!(scene.slack.chooses(&scene.noor, &scene.card, "more", &["merge"]).await.on_time);
    assert_eq!(scene.app.last()["actions"][0]["selected_option"]["value"], "merge");
    let mut forged = scene.slack.press_payload(&scene.noor, &scene.card, "claim", &[]);
    forged["actions"][0]["value"] = json!("v1:forged");
    assert!(scene.slack.interacts(forged.clone()).await.on_time);
    assert_eq!(scene.app.last(), forged);
    assert!(scene.slack.echoes(&scene.card).await.on_time);
    let event = scene.app.last()["event"].clone();
    assert_eq!((&event["bot_id"], &event["user"]), (&json!(BOT), &json!(BOT_USER)));
    scene.over().await;
}

#[tokio::test]
async fn shortcuts_carry_their_callback_and_the_message() {
    let scene = Scene::set().await;
    assert!(scene.slack.global_shortcut(&scene.noor, "report").await.on_time);
    let payload = scene.app.last();
    assert_eq!((&payload["type"], &payload["callback_id"]), (&json!("shortcut"), &json!("report")));
    assert!(payload["trigger_id"].is_string() && payload.get("response_url").is_none());
    let (message, acked) = scene.slack.posts(&scene.noor, &scene.shop, "Look", &[], Some(&scene.card.ts)).await;
    assert!(acked.on_time);
    assert!(scene.slack.message_shortcut(&scene.noor, &message, "report_this").await.on_time);
    let payload = scene.app.last();
    assert_eq!((&payload["type"], &payload["message"]["text"]), (&json!("message_action"), &json!("Look")));
    assert_eq!((&payload["message_ts"], &payload["message"]["thread_ts"]), (&json!(message.ts), &json!(scene.card.ts)));
    scene.over().await;
}

#[tokio::test]
async fn a_response_url_answers_five_times_for_half_an_hour() {
    let scene = Scene::set().await;
    let url = || {
        let payload = scene.slack.press_payload(&scene.noor, &scene.card, "claim", &[]);
        payload["response_url"].as_str().unwrap().to_owned()
    };
    let first = url();
    let ok = (200, "ok".to_owned());
    assert_eq!(post(&first, &json!({ "text": "Only you" })).await, ok);
    assert_eq!(post(&first, &json!({ "text": "All", "response_type": "in_channel" })).await, ok);
    assert_eq!(post(&first, &json!({ "text": "Claimed", "replace_original": true })).await, ok);
    assert_eq!(post(&first, &json!({ "text": "" })).await, (400, "no_text".to_owned()));
    assert_eq!(post(&first, &json!({ "delete_original": true })).await, ok);
    assert_eq!(post(&first, &json!({ "text": "a" })).await, (404, "used_url".to_owned()));
    assert_eq!(scene.slack.ephemerals_for(&scene.noor)[0].text, "Only you");
    let left: Vec<String> = scene.slack.messages(&scene.shop).into_iter().map(|message| message.text).collect();
    assert_eq!(left, ["All"], "the card was replaced and then deleted");
    let command = scene.slack.command_payload(&scene.noor, &scene.shop, "/report", "");
    scene.slack.expire_response_urls();
    assert_eq!(post(command["response_url"].as_str().unwrap(), &json!({ "text": "a" })).await.1, "expired_url");
    let nowhere = format!("http://{}/app/T/1/x", scene.slack.address);
    assert_eq!(post(&nowhere, &json!({ "text": "a" })).await, (404, "no_service".to_owned()));
    scene.over().await;
}

#[tokio::test]
async fn what_happens_in_the_workspace_is_told() {
    let scene = Scene::set().await;
    let photo = scene.slack.file(&scene.noor, "shelf.heic", "image/heic", b"heic");
    let im = scene.slack.im(&scene.noor);
    let (message, acked) = scene.slack.posts(&scene.noor, &im, "Look", &[&photo], None).await;
    assert!(acked.on_time);
    let event = scene.app.last()["event"].clone();
    assert_eq!((&event["subtype"], &event["channel_type"]), (&json!("file_share"), &json!("im")));
    assert_eq!((&event["files"][0]["size"], &event["files"][0]["name"]), (&json!(4), &json!("shelf.heic")));
    assert!(scene.slack.deletes(&message).await.on_time);
    let event = scene.app.last()["event"].clone();
    assert_eq!((&event["subtype"], &event["deleted_ts"]), (&json!("message_deleted"), &json!(message.ts)));
    assert_eq!(event["previous_message"]["text"], "Look");
    assert!(scene.slack.archives(&scene.noor, &scene.shop).await.on_time);
    assert_eq!(scene.app.last()["event"]["type"], "channel_archive");
    let group = scene.slack.group("reviewers", &[]);
    assert!(scene.slack.changes_group(&group, &[&scene.noor], &[]).await.on_time);
    assert_eq!(scene.app.last()["event"]["added_users"], json!([scene.noor]));
    let shared = scene.slack.channel("shared").shared_with("T0OTHER01").with(&[&scene.noor]);
    assert!(scene.slack.posts(&scene.noor, &shared, "Hello", &[], None).await.1.on_time);
    assert_eq!(scene.app.last()["is_ext_shared_channel"], true);
    scene.over().await;
}
