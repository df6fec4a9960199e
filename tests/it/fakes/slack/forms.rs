//! Modals and the Home tab.

use serde_json::{Value, json};

use super::app::{App, bot, form};
use crate::world::slack::FakeSlack;

async fn opened(slack: &FakeSlack, user: &str) -> String {
    let trigger = slack.change(|workspace| workspace.trigger(user, None));
    let answer = bot(slack, "views.open", json!({ "trigger_id": trigger, "view": form() })).await;
    answer["view"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_trigger_opens_one_modal_within_three_seconds() {
    let slack = FakeSlack::start().await;
    let (amal, shop) = (slack.person("Amal").joins(), slack.channel("shop").with(&[]));
    let trigger = || slack.command_payload(&amal, &shop, "/report", "")["trigger_id"].clone();
    let open = async |trigger: Value| bot(&slack, "views.open", json!({ "trigger_id": trigger, "view": form() })).await;
    let first = trigger();
    let view = open(first.clone()).await["view"].clone();
    assert_eq!((&view["type"], &view["root_view_id"]), (&json!("modal"), &view["id"]));
    assert_eq!(view["state"]["values"]["kind"]["kind"]["selected_option"]["value"], "theft");
    assert_eq!(slack.modal_of(&amal).unwrap().id, view["id"]);
    assert_eq!(open(first).await["error"], "exchanged_trigger_id");
    assert_eq!(open(json!("1.2.made-up")).await["error"], "invalid_trigger_id");
    let late = trigger();
    slack.expire_trigger_ids();
    assert_eq!(open(late).await["error"], "expired_trigger_id");
    slack.finish();
}

#[tokio::test]
async fn a_form_is_sent_with_its_whole_state() {
    let slack = FakeSlack::start().await;
    let amal = slack.person("Amal").joins();
    let app = App::connect(&slack).await;
    slack.connected(1).await;
    let id = opened(&slack, &amal).await;
    let view = slack.modal_of(&amal).unwrap();
    assert!(slack.chooses(&amal, &view, "kind", &["fraud"]).await.on_time);
    let payload = app.last();
    assert_eq!(
        (&payload["container"]["view_id"], &payload["actions"][0]["selected_option"]["value"]),
        (&json!(id), &json!("fraud"))
    );
    let photo = slack.file(&amal, "shelf.jpg", "image/jpeg", b"jpeg");
    assert!(slack.submits(&amal, &id, &[("what", &["Spirits"]), ("photos", &[&photo])]).await.on_time);
    let payload = app.last();
    assert_eq!(app.frames().last().unwrap()["accepts_response_payload"], true);
    let values = &payload["view"]["state"]["values"];
    assert_eq!((&payload["type"], &payload["view"]["private_metadata"]), (&json!("view_submission"), &json!("m")));
    assert_eq!(values["what"]["what"], json!({ "type": "plain_text_input", "value": "Spirits" }));
    assert_eq!(values["kind"]["kind"]["selected_option"]["value"], "fraud", "as it was chosen before");
    assert_eq!(
        (&values["photos"]["photos"]["files"][0]["id"], &values["photos"]["photos"]["files"][0]["size"]),
        (&json!(photo), &json!(4))
    );
    assert!(slack.modal_of(&amal).is_none(), "no answer closes it");
    app.leave().await;
    slack.finish();
}

#[tokio::test]
async fn an_answer_to_a_form_shows_errors_or_another_form_or_none() {
    let slack = FakeSlack::start().await;
    let amal = slack.person("Amal").joins();
    let app = App::answering(&slack, 1, |frame| {
        let what = frame["payload"]["view"]["state"]["values"]["what"]["what"]["value"].clone();
        Some(match what.as_str() {
            Some("errors") => json!({ "response_action": "errors", "errors": { "what": "Say more." } }),
            Some("lost") => json!({ "response_action": "errors", "errors": { "where": "Say more." } }),
            Some(action @ ("update" | "push")) => json!({ "response_action": action, "view": form() }),
            Some("clear") => json!({ "response_action": "clear" }),
            _ => Value::Null,
        })
    })
    .await;
    slack.connected(1).await;
    let id = opened(&slack, &amal).await;
    let send = async |id: &str, what: &str| assert!(slack.submits(&amal, id, &[("what", &[what])]).await.on_time);
    send(&id, "errors").await;
    assert_eq!(slack.modal_of(&amal).unwrap().errors["what"], "Say more.");
    send(&id, "update").await;
    let view = slack.modal_of(&amal).unwrap();
    assert!(view.id == id && view.errors.is_empty());
    send(&id, "push").await;
    let top = slack.modal_of(&amal).unwrap();
    assert_eq!((top.previous.as_deref(), &top.root), (Some(id.as_str()), &id));
    assert!(slack.closes(&amal, &top.id).await.unwrap().on_time);
    assert_eq!((&app.last()["type"], &app.last()["is_cleared"]), (&json!("view_closed"), &json!(false)));
    send(&id, "clear").await;
    assert!(slack.modal_of(&amal).is_none());
    let id = opened(&slack, &amal).await;
    send(&id, "lost").await;
    assert_eq!(slack.complaints().len(), 2, "an error at a field that is not there, and so none at all");
    app.leave().await;
    slack.finish();
}

#[tokio::test]
#[should_panic(expected = "the form cannot be sent: \"what\" is empty")]
async fn a_form_is_not_sent_without_what_it_requires() {
    let slack = FakeSlack::start().await;
    let amal = slack.person("Amal").joins();
    let id = opened(&slack, &amal).await;
    slack.submit_payload(&amal, &id, &[]);
}

#[tokio::test]
async fn views_are_updated_by_hash_and_stand_three_deep() {
    let slack = FakeSlack::start().await;
    let amal = slack.person("Amal").joins();
    let id = opened(&slack, &amal).await;
    let view = slack.modal_of(&amal).unwrap();
    let update =
        async |hash: &str| bot(&slack, "views.update", json!({ "view_id": id, "hash": hash, "view": form() })).await;
    let updated = update(&view.hash).await;
    assert_ne!(updated["view"]["hash"], view.hash);
    assert_eq!(update(&view.hash).await["error"], "hash_conflict");
    let lost = bot(&slack, "views.update", json!({ "view_id": "V0NOWHERE", "view": form() })).await;
    assert_eq!(lost["error"], "not_found");
    let push = async |on: &str| {
        let trigger = slack.change(|workspace| workspace.trigger(&amal, Some(on)));
        bot(&slack, "views.push", json!({ "trigger_id": trigger, "view": form() })).await
    };
    let second = push(&id).await["view"]["id"].as_str().unwrap().to_owned();
    let third = push(&second).await["view"]["id"].as_str().unwrap().to_owned();
    assert_eq!(push(&third).await["error"], "push_limit_reached");
    slack.finish();
}

#[tokio::test]
async fn a_home_tab_is_published_and_opened() {
    let slack = FakeSlack::start().await;
    let amal = slack.person("Amal").joins();
    let app = App::connect(&slack).await;
    slack.connected(1).await;
    let button = json!({ "type": "button", "action_id": "report", "text": { "type": "plain_text", "text": "Report" } });
    let home = json!({ "type": "home", "blocks": [{ "type": "actions", "elements": [button] }] });
    let publish = async |body: Value| bot(&slack, "views.publish", body).await;
    let first = publish(json!({ "user_id": amal, "view": home })).await["view"].clone();
    let again = publish(json!({ "user_id": amal, "view": home, "hash": first["hash"] })).await;
    assert_eq!(again["view"]["id"], first["id"], "one for each person");
    let stale = publish(json!({ "user_id": amal, "view": home, "hash": first["hash"] })).await;
    assert_eq!(stale["error"], "hash_conflict");
    let nobody = publish(json!({ "user_id": "U0NOBODY", "view": home })).await;
    assert_eq!(nobody["response_metadata"]["messages"], json!(["[ERROR] invalid `user_id`"]));
    assert!(slack.opens_home(&amal).await.on_time);
    assert_eq!(app.last()["event"]["view"]["id"], first["id"]);
    let shown = slack.home_of(&amal).unwrap();
    assert!(slack.presses(&amal, &shown, "report").await.on_time);
    assert_eq!((&app.last()["container"]["type"], &app.last()["view"]["type"]), (&json!("view"), &json!("home")));
    app.leave().await;
    slack.finish();
}
