//! What people do, as it is told, and how it is answered.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::line::Line;
use super::{Town, codes};
use crate::world::discord::{ADMINISTRATOR, Answered, Given, Upload};

const EPHEMERAL: u64 = 64;

/// Waits for the next interaction and answers it so; the interaction, and what became of the answer.
async fn answer(town: &Town, line: &mut Line, body: Value) -> (Value, u16, Value) {
    let told = line.event("INTERACTION_CREATE").await["d"].clone();
    let path = format!("/interactions/{}/{}/callback?with_response=true", text(&told["id"]), text(&told["token"]));
    let (status, answer) = town.call("POST", &path, body).await;
    (told, status, answer)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A town with the commands of a reporting bot, and the bot's line.
async fn working() -> (Town, Line) {
    let town = Town::new().await;
    let (status, body) = town
        .register(json!([
            { "name": "report", "description": "d", "contexts": [0, 1], "options": [
                { "type": 3, "name": "what", "description": "d", "required": true },
                { "type": 3, "name": "site", "description": "d", "autocomplete": true },
                { "type": 4, "name": "value", "description": "d" },
                { "type": 11, "name": "photo", "description": "d" },
            ] },
            { "name": "shop", "description": "d", "default_member_permissions": "8", "options": [
                { "type": 1, "name": "help", "description": "d" },
            ] },
            { "name": "Report this message", "type": 3 },
        ]))
        .await;
    assert_eq!(status, 200, "{body}");
    let (line, _) = Line::ready(&town, 0).await;
    (town, line)
}

#[tokio::test]
async fn a_command_is_told_in_full_and_answered_once() {
    let (town, mut line) = working().await;
    town.discord.speaks(town.amal, "pl");
    let given: [(&str, Given); 3] = [
        ("what", "two people".into()),
        ("value", 80.into()),
        ("photo", Given::File(Upload::of("till.png", "image/png", b"png"))),
    ];
    let body = json!({ "type": 4, "data": { "content": "Thank you", "flags": EPHEMERAL } });
    let (answered, (told, status, response)) = tokio::join!(
        town.discord.runs_command(town.amal, town.triage, "report", &given),
        answer(&town, &mut line, body.clone()),
    );
    assert!(answered.ephemeral() && !answered.failed() && answered.elapsed < Duration::from_secs(3));
    assert_eq!((answered.message().text().as_str(), status), ("Thank you", 200));
    assert_eq!(response["interaction"]["response_message_ephemeral"], true);
    assert_eq!((&told["type"], &told["locale"], &told["guild_locale"]), (&json!(2), &json!("pl"), &json!("en-US")));
    assert_eq!((&told["context"], &told["version"]), (&json!(0), &json!(1)));
    assert_eq!(told["member"]["user"]["id"], town.amal.user.to_string());
    assert_eq!(told["authorizing_integration_owners"], json!({ "0": town.guild.to_string() }));
    assert_eq!(told["data"]["options"][1], json!({ "name": "value", "type": 4, "value": 80 }));
    let file = text(&told["data"]["options"][2]["value"]);
    assert_eq!(told["data"]["resolved"]["attachments"][file]["filename"], "till.png");
    let callback = format!("/interactions/{}/{}/callback", text(&told["id"]), text(&told["token"]));
    assert_eq!(town.call("POST", &callback, body.clone()).await.1["code"], 40060);
    assert_eq!(town.call("POST", "/interactions/1/x/callback", body).await.1["code"], 10062);
    assert_eq!(town.discord.ephemerals_for(town.amal).len(), 1);
    assert!(town.discord.messages(town.triage).is_empty(), "nobody else sees it");
    town.discord.finish();
}

#[tokio::test]
async fn a_late_answer_meets_a_dead_token() {
    let (town, mut line) = working().await;
    let late = async {
        let told = line.event("INTERACTION_CREATE").await["d"].clone();
        town.discord.time_passes(Duration::from_secs(4));
        let path = format!("/interactions/{}/{}/callback", text(&told["id"]), text(&told["token"]));
        assert_eq!(town.call("POST", &path, json!({ "type": 5 })).await.1["code"], 10062);
    };
    let given = [("what", "x".into())];
    let (answered, ()) = tokio::join!(town.discord.runs_command(town.amal, town.triage, "report", &given), late);
    assert!(answered.failed());
}

#[tokio::test]
async fn a_deferred_answer_is_edited_followed_up_and_deleted_for_a_quarter_of_an_hour() {
    let (town, mut line) = working().await;
    let admins = town.discord.add_role(town.guild, "admins", ADMINISTRATOR);
    let ada = town.discord.add_member(town.guild, "Ada", &[admins]);
    let (answered, (told, status, _)) = tokio::join!(
        town.discord.runs_command(ada, town.triage, "shop help", &[]),
        answer(&town, &mut line, json!({ "type": 5, "data": { "flags": EPHEMERAL } })),
    );
    assert_eq!((answered.kind, status, &told["data"]["options"][0]["name"]), (5, 200, &json!("help")));
    assert!(town.discord.ephemerals_for(ada)[0].loading);
    let hook = format!("/webhooks/{}/{}", town.discord.application(), text(&told["token"]));
    let original = format!("{hook}/messages/@original");
    let (status, edited) = town.call("PATCH", &original, json!({ "content": "Done" })).await;
    assert_eq!((status, &edited["flags"], &town.get(&original).await["content"]), (200, &json!(64), &json!("Done")));
    let (status, _) = town.call("POST", &hook, json!({ "content": "And more", "flags": EPHEMERAL })).await;
    assert_eq!(status, 200);
    let seen: Vec<String> = town.discord.ephemerals_for(ada).into_iter().map(|one| one.content).collect();
    assert_eq!(seen, ["Done", "And more"]);
    assert_eq!(town.call("DELETE", &original, Value::Null).await.0, 204);
    assert_eq!(town.call("GET", &original, Value::Null).await.1["code"], 10008);
    town.discord.time_passes(Duration::from_mins(15));
    assert_eq!(
        town.call("POST", &hook, json!({ "content": "Late" })).await,
        (401, json!({ "message": "Invalid Webhook Token", "code": 50027 }))
    );
}

#[tokio::test]
async fn autocompletion_offers_choices_and_nothing_else() {
    let (town, mut line) = working().await;
    let given: [(&str, Given); 2] = [("what", "x".into()), ("site", "cor".into())];
    let choices = json!([{ "name": "Corner", "value": "corner" }]);
    let (offered, (told, ..)) = tokio::join!(
        town.discord.autocompletes(town.amal, town.triage, "report", &given),
        answer(&town, &mut line, json!({ "type": 8, "data": { "choices": choices } })),
    );
    assert_eq!((&Value::from(offered), &told["data"]["options"][1]["focused"]), (&choices, &json!(true)));
    let many = Value::from(vec![json!({ "name": "n", "value": "v" }); 26]);
    let wrong = async {
        let (_, _, body) = answer(&town, &mut line, json!({ "type": 8, "data": { "choices": many } })).await;
        assert_eq!(codes(&body["errors"]), ["data.choices BASE_TYPE_BAD_LENGTH"]);
        town.discord.expire_interactions();
        town.discord.time_passes(Duration::from_secs(3));
    };
    assert!(tokio::join!(town.discord.autocompletes(town.amal, town.triage, "report", &given), wrong).0.is_empty());
}

#[tokio::test]
async fn a_button_opens_a_form_and_the_form_edits_the_card() {
    let (town, mut line) = working().await;
    let card = town.card().await;
    let input = json!({ "type": 4, "custom_id": "why", "label": "Why", "style": 2, "max_length": 10 });
    let row = json!({ "type": 1, "components": [input] });
    let upload = json!({ "type": 18, "label": "Photo", "component": { "type": 19, "custom_id": "photo" } });
    let form = json!({ "custom_id": "v1:why", "title": "Why", "components": [row, upload] });
    let (opened, (told, status, _)) = tokio::join!(
        town.discord.presses(town.noor, card, "v1:claim:1"),
        answer(&town, &mut line, json!({ "type": 9, "data": form })),
    );
    assert_eq!(
        (status, &told["data"]["component_type"], &told["message"]["id"]),
        (200, &json!(2), &json!(card.to_string()))
    );
    assert_eq!(told["member"]["roles"], json!([town.reviewers.to_string()]));
    let modal = opened.modal().clone();
    assert_eq!((modal.title.as_str(), modal.fields()), ("Why", vec!["why".to_owned(), "photo".to_owned()]));
    assert_eq!(town.discord.modal_of(town.noor).unwrap().custom_id, "v1:why");
    let photo = Given::File(Upload::of("a.png", "image/png", b"a"));
    let edit = json!({ "type": 7, "data": { "content": "Claimed", "components": [] } });
    let given = [("why", "because".into()), ("photo", photo)];
    let (sent, (told, status, _)) =
        tokio::join!(town.discord.submits_modal(town.noor, &modal, &given), answer(&town, &mut line, edit));
    assert_eq!((status, &told["data"]["components"][0]["components"][0]["value"]), (200, &json!("because")));
    let uploaded = text(&told["data"]["components"][1]["component"]["values"][0]);
    assert_eq!(told["data"]["resolved"]["attachments"][uploaded]["size"], 1);
    assert!(sent.message().edited && sent.message().id == card && sent.message().content == "Claimed");
    assert!(town.discord.modal_of(town.noor).is_none(), "it is closed");
    assert!(town.discord.message(card).unwrap().components.is_empty());
}

#[tokio::test]
async fn a_modal_over_a_limit_is_refused() {
    let (town, mut line) = working().await;
    let card = town.card().await;
    town.discord.look(town.triage);
    let input = json!({ "type": 4, "custom_id": "a", "label": "l".repeat(46), "style": 3 });
    let form =
        json!({ "custom_id": "", "title": "t".repeat(46), "components": [{ "type": 1, "components": [input] }] });
    let wrong = async {
        let (_, status, body) = answer(&town, &mut line, json!({ "type": 9, "data": form })).await;
        assert_eq!(
            (status, codes(&body["errors"])),
            (
                400,
                vec![
                    "data.components.0.components.0.label BASE_TYPE_MAX_LENGTH".to_owned(),
                    "data.components.0.components.0.style BASE_TYPE_CHOICES".to_owned(),
                    "data.custom_id BASE_TYPE_BAD_LENGTH".to_owned(),
                    "data.title BASE_TYPE_MAX_LENGTH".to_owned(),
                ]
            )
        );
        town.discord.time_passes(Duration::from_secs(3));
    };
    assert!(tokio::join!(town.discord.presses(town.noor, card, "v1:claim:1"), wrong).0.failed());
}

#[tokio::test]
async fn selects_forged_presses_and_messages_that_are_reported() {
    let (town, mut line) = working().await;
    let options = json!([{ "label": "Spirits", "value": "spirits" }, { "label": "Meat", "value": "meat" }]);
    let select = json!({ "type": 3, "custom_id": "kind", "options": options, "max_values": 2 });
    let people = json!({ "type": 5, "custom_id": "who" });
    let rows = json!([{ "type": 1, "components": [select] }, { "type": 1, "components": [people] }]);
    let (_, sent) = town.send(town.triage, json!({ "components": rows })).await;
    let card = super::id(&sent["id"]);
    let seen = json!({ "type": 6 });
    let (_, (told, ..)) = tokio::join!(
        town.discord.chooses(town.noor, card, "kind", &["spirits", "meat"]),
        answer(&town, &mut line, seen.clone()),
    );
    assert_eq!(told["data"]["values"], json!(["spirits", "meat"]));
    let amal = town.amal.user.to_string();
    let values = [amal.as_str()];
    let (_, (told, ..)) =
        tokio::join!(town.discord.chooses(town.noor, card, "who", &values), answer(&town, &mut line, seen.clone()));
    assert_eq!(told["data"]["resolved"]["users"][&amal]["username"], "amal");
    town.discord.silences(town.noor, TimeDelta::minutes(5));
    let (forged, (told, ..)): (Answered, _) =
        tokio::join!(town.discord.presses_forged(town.noor, card, "v1:forged"), answer(&town, &mut line, seen));
    assert_eq!((forged.kind, &told["data"]["custom_id"]), (6, &json!("v1:forged")));
    assert!(told["member"]["communication_disabled_until"].is_string());
    assert_eq!(told["member"]["permissions"], (1_u64 << 10 | 1 << 16).to_string(), "who is silenced may only read");
    let posted = town.discord.posts(town.amal, town.triage, "two people, spirits", Vec::new());
    let reply = json!({ "type": 4, "data": { "content": "Kept", "flags": EPHEMERAL } });
    let (answered, (told, ..)) = tokio::join!(
        town.discord.message_command(town.amal, posted, "Report this message"),
        answer(&town, &mut line, reply),
    );
    assert_eq!(told["data"]["resolved"]["messages"][posted.to_string()]["content"], "two people, spirits");
    assert_eq!(answered.message().replies_to, Some(posted));
    town.discord.next_message(town.triage).await;
}

#[tokio::test]
async fn direct_messages_and_forged_forms_and_double_deliveries_are_told_as_they_come() {
    let (town, mut line) = working().await;
    town.discord.direct_message(town.amal, "two people", Vec::new());
    let direct = town.discord.direct_channel(town.amal);
    let form = json!({ "custom_id": "f", "title": "F", "components": [
        { "type": 1, "components": [{ "type": 4, "custom_id": "a", "label": "A", "style": 1 }] },
    ] });
    let given = [("what", "x".into())];
    let (opened, (told, ..)) = tokio::join!(
        town.discord.runs_command(town.amal, direct, "report", &given),
        answer(&town, &mut line, json!({ "type": 9, "data": form })),
    );
    assert_eq!((&told["context"], told.get("member"), told.get("guild_id")), (&json!(1), None, None));
    assert_eq!(told["user"]["id"], town.amal.user.to_string());
    let data = json!({ "custom_id": "f", "components": [] });
    let reply = json!({ "type": 4, "data": { "content": "Nothing there" } });
    town.discord.deliver_twice();
    let twice = async {
        let first = answer(&town, &mut line, reply.clone()).await;
        (first.0["id"].clone(), answer(&town, &mut line, reply).await)
    };
    let (answered, (first, (second, _, body))) =
        tokio::join!(town.discord.submits_forged(town.amal, opened.modal(), data), twice);
    assert_eq!((&first, &body["code"]), (&second["id"], &json!(40060)));
    assert!(!answered.ephemeral());
}

#[tokio::test]
async fn components_that_were_sent_without_ids_are_numbered() {
    let town = Town::new().await;
    let card = town.card().await;
    let sent = town.get(&format!("/channels/{}/messages/{card}", town.triage)).await;
    let row = &sent["components"][0];
    assert_eq!((&row["id"], &row["components"][0]["id"]), (&json!(1), &json!(2)));
    assert_eq!(town.discord.messages(town.triage).len(), 1);
    town.discord.finish();
}
