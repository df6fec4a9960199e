//! What the fake takes as a message, and what it says of what it does not take.

use serde_json::{Value, json};

use super::{Town, codes, id};
use crate::world::discord::{Id, SEND_MESSAGES, VIEW_CHANNEL};

#[tokio::test]
async fn a_message_over_a_limit_is_refused_with_every_problem_at_its_place() {
    let town = Town::new().await;
    let body = json!({
        "content": "x".repeat(2_001),
        "nonce": "n".repeat(26),
        "embeds": [{ "title": "t".repeat(257), "fields": [{ "name": "", "value": "v" }] }],
        "components": [{ "type": 1, "components": [
            { "type": 2, "style": 1, "label": "One", "custom_id": "same" },
            { "type": 2, "style": 1, "label": "Two", "custom_id": "same" },
            { "type": 2, "style": 1, "label": "Three", "custom_id": "c".repeat(101) },
            { "type": 2, "style": 1, "custom_id": "no label" },
        ] }, { "type": 2 }],
    });
    let (status, answer) = town.send(town.triage, body).await;
    assert_eq!((status, &answer["code"], &answer["message"]), (400, &json!(50035), &json!("Invalid Form Body")));
    assert_eq!(
        codes(&answer["errors"]),
        [
            "components.0.components.1.custom_id COMPONENT_CUSTOM_ID_DUPLICATED",
            "components.0.components.2.custom_id BASE_TYPE_MAX_LENGTH",
            "components.0.components.3 BUTTON_COMPONENT_INVALID_EMOJI_OR_LABEL",
            "components.1.type BASE_TYPE_CHOICES",
            "content BASE_TYPE_MAX_LENGTH",
            "embeds.0.fields.0.name BASE_TYPE_BAD_LENGTH",
            "embeds.0.title BASE_TYPE_MAX_LENGTH",
            "nonce BASE_TYPE_MAX_LENGTH",
        ]
    );
    let much = json!({ "embeds": [{ "description": "d".repeat(4_000) }, { "description": "d".repeat(2_001) }] });
    assert_eq!(codes(&town.send(town.triage, much).await.1["errors"]), ["embeds MAX_EMBED_SIZE_EXCEEDED"]);
    let six = Value::from(vec![json!({ "type": 1, "components": [] }); 6]);
    let (_, answer) = town.send(town.triage, json!({ "components": six })).await;
    assert!(codes(&answer["errors"]).contains(&"components BASE_TYPE_BAD_LENGTH".to_owned()), "{answer}");
}

#[tokio::test]
async fn refusals_have_the_codes_of_the_documentation() {
    let town = Town::new().await;
    let (guild, triage) = (town.guild, town.triage);
    let hidden = town.discord.add_channel(guild, "hidden");
    let quiet = town.discord.add_channel(guild, "quiet");
    town.discord.deny(hidden, guild, VIEW_CHANNEL);
    town.discord.deny(quiet, town.discord.application(), SEND_MESSAGES);
    let hello = json!({ "content": "Hello" });
    for (channel, status, code) in [(1, 404, 10003), (hidden, 403, 50001), (quiet, 403, 50013)] {
        let (answered, body) = town.send(channel, hello.clone()).await;
        assert_eq!((answered, &body["code"]), (status, &json!(code)), "{body}");
    }
    let (status, body) = town.send(triage, json!({ "content": "  ", "embeds": [] })).await;
    assert_eq!((status, &body["code"]), (400, &json!(50006)));
    let (status, body) = town.call("PATCH", &format!("/channels/{triage}/messages/1"), hello.clone()).await;
    assert_eq!((status, &body["code"]), (404, &json!(10008)));
    let theirs = town.discord.posts(town.amal, triage, "Mine", Vec::new());
    let (status, body) = town.call("PATCH", &format!("/channels/{triage}/messages/{theirs}"), hello).await;
    assert_eq!((status, &body["code"]), (403, &json!(50005)));
    let (status, body) = town.call("DELETE", &format!("/channels/{triage}/messages/{theirs}"), Value::Null).await;
    assert_eq!((status, &body["code"]), (403, &json!(50013)));
    let finn = town.discord.add_member(guild, "Finn", &[]);
    town.discord.removes_member(finn);
    let (status, body) = town.call("GET", &format!("/guilds/{guild}/members/{}", finn.user), Value::Null).await;
    assert_eq!((status, &body["code"]), (404, &json!(10007)));
    let (status, body) = town.call("GET", "/guilds/1", Value::Null).await;
    assert_eq!((status, &body["code"]), (404, &json!(10004)));
    let bare = reqwest::Client::builder().no_proxy().user_agent("DiscordBot (x, 1)").build().unwrap();
    let response = bare.get(format!("{}/api/v10/users/@me", town.discord.url())).send().await.unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(response.json::<Value>().await.unwrap(), json!({ "message": "401: Unauthorized", "code": 0 }));
    assert_eq!(town.discord.invalid_requests(), 5, "four refusals and one without a token");
}

#[tokio::test]
async fn what_nobody_documented_is_complained_about() {
    let town = Town::new().await;
    let (status, _) = town.send(town.triage, json!({ "content": "Hello", "colour": "red" })).await;
    assert_eq!(status, 200, "Discord overlooks it");
    assert_eq!(town.discord.take_complaints(), ["a message with .colour, which is not documented"]);
    assert_eq!(town.call("GET", "/channels/1/pins", Value::Null).await.0, 404);
    assert_eq!(town.discord.take_complaints().len(), 1);
    town.discord.look(town.triage);
    town.discord.finish();
}

#[tokio::test]
async fn mentions_ring_unless_they_are_forbidden() {
    let town = Town::new().await;
    let (amal, noor, reviewers) = (town.amal.user, town.noor.user, town.reviewers);
    let words = format!("<@{amal}> <@!{noor}> <@&{reviewers}> @everyone");
    town.send(town.triage, json!({ "content": words, "allowed_mentions": { "parse": [] } })).await;
    assert!(town.discord.pings().is_empty());
    town.send(town.triage, json!({ "content": words, "allowed_mentions": { "users": [amal.to_string()] } })).await;
    assert_eq!(town.discord.pings()[0].whom.users, [amal]);
    assert_eq!(town.discord.take_complaints().len(), 0);
    town.send(town.triage, json!({ "content": words })).await;
    let rang = town.discord.pings()[1].whom.clone();
    assert_eq!((rang.users, rang.roles, rang.everyone), (vec![amal, noor], vec![reviewers], false));
    assert_eq!(town.discord.take_complaints(), ["a message with mentions and without allowed_mentions"]);
    let both = json!({ "content": words, "allowed_mentions": { "parse": ["users"], "users": [amal.to_string()] } });
    let (_, answer) = town.send(town.triage, both).await;
    assert_eq!(codes(&answer["errors"]), ["allowed_mentions MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"]);
    assert_eq!(town.discord.look(town.triage).len(), 3);
}

#[tokio::test]
async fn an_enforced_nonce_gives_the_earlier_message() {
    let town = Town::new().await;
    let body = json!({ "content": "Once", "nonce": "0193", "enforce_nonce": true });
    let (_, first) = town.send(town.triage, body.clone()).await;
    let (_, second) = town.send(town.triage, body.clone()).await;
    assert_eq!((&first["id"], &second["nonce"]), (&second["id"], &json!("0193")));
    let (_, other) = town.send(town.triage, json!({ "content": "Twice", "nonce": "0193" })).await;
    assert_ne!(other["id"], first["id"], "nobody asked to enforce it");
    town.discord.time_passes(std::time::Duration::from_mins(6));
    let (_, late) = town.send(town.triage, body).await;
    assert_ne!(late["id"], first["id"], "it is forgotten after some minutes");
    assert_eq!(town.discord.look(town.triage).len(), 3);
}

#[tokio::test]
async fn messages_are_listed_newest_first_from_either_side() {
    let town = Town::new().await;
    let mut ids = Vec::new();
    for index in 0..4 {
        ids.push(town.discord.posts(town.amal, town.triage, &format!("{index}"), Vec::new()));
    }
    let list = async |query: &str| -> Vec<Id> {
        let found = town.get(&format!("/channels/{}/messages{query}", town.triage)).await;
        found.as_array().unwrap().iter().map(|one| id(&one["id"])).collect()
    };
    assert_eq!(list("?limit=2").await, [ids[3], ids[2]]);
    assert_eq!(list(&format!("?after={}&limit=2", ids[0])).await, [ids[2], ids[1]]);
    assert_eq!(list(&format!("?before={}", ids[1])).await, [ids[0]]);
    let (status, _) = town.call("GET", &format!("/channels/{}/messages?limit=101", town.triage), Value::Null).await;
    assert_eq!(status, 400);
    let shown = town.get(&format!("/channels/{}/messages/{}", town.triage, ids[0])).await;
    assert_eq!(shown["content"], "", "without the intent in the settings nobody else's words are told");
    town.discord.allow_intents(crate::world::discord::MESSAGE_CONTENT);
    assert_eq!(town.get(&format!("/channels/{}/messages/{}", town.triage, ids[0])).await["content"], "0");
}

#[tokio::test]
async fn threads_are_begun_once_archived_and_woken() {
    let town = Town::new().await;
    let card = town.card().await;
    let path = format!("/channels/{}/messages/{card}/threads", town.triage);
    let (status, thread) = town.call("POST", &path, json!({ "name": "N-1", "auto_archive_duration": 1_440 })).await;
    assert_eq!((status, id(&thread["id"]), town.discord.thread_of(card)), (201, card, Some(card)));
    let (_, again) = town.call("POST", &path, json!({ "name": "N-1" })).await;
    assert_eq!(again["code"], 160_004);
    let patch = async |body: Value| town.call("PATCH", &format!("/channels/{card}"), body).await;
    assert_eq!(patch(json!({ "archived": true })).await.0, 200);
    assert!(town.discord.is_archived(card));
    assert_eq!(patch(json!({ "name": "Renamed" })).await.1["code"], 50083);
    town.send(card, json!({ "content": "Something new" })).await;
    assert!(!town.discord.is_archived(card), "a message wakes it");
    town.discord.archives(card);
    assert_eq!(town.get(&format!("/channels/{card}")).await["thread_metadata"]["archived"], true);
    let (_, odd) = town
        .call(
            "POST",
            &format!("/channels/{}/threads", town.triage),
            json!({ "name": "N-2", "type": 11, "auto_archive_duration": 5 }),
        )
        .await;
    assert_eq!(codes(&odd["errors"]), ["auto_archive_duration BASE_TYPE_CHOICES"]);
    let (status, _) =
        town.call("POST", &format!("/channels/{}/threads", town.triage), json!({ "name": "N-2", "type": 11 })).await;
    assert_eq!(status, 201);
    assert_eq!((town.discord.look(town.triage).len(), town.discord.look(card).len()), (1, 1));
}
