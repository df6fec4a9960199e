//! What nobody looked at.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};

use super::{Town, id};
use crate::world::discord::{FakeDiscord, LINKS_END};

/// What the fake says at the end of a test.
fn end(discord: FakeDiscord) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| discord.finish())).map_err(|panic| *panic.downcast::<String>().unwrap())
}

#[tokio::test]
async fn a_test_that_looked_at_everything_ends_well() {
    let town = Town::new().await;
    town.discord.it_is("2027-01-01T00:00:00Z".parse().unwrap());
    let card = town.card().await;
    let sent = town.get(&format!("/channels/{}/messages/{card}", town.triage)).await;
    assert!(sent["timestamp"].as_str().unwrap().starts_with("2027-01-01T00:00:0"), "{sent}");
    let channel =
        town.call("POST", "/users/@me/channels", json!({ "recipient_id": town.amal.user.to_string() })).await.1;
    assert_eq!(id(&channel["id"]), town.discord.direct_channel(town.amal));
    town.send(id(&channel["id"]), json!({ "content": "A receipt" })).await;
    let seen = town.discord.look(town.triage);
    assert_eq!((seen.len(), seen[0].text()), (1, "A report\nClaim".to_owned()));
    assert_eq!(seen[0].component("Claim").as_deref(), Some("v1:claim:1"));
    assert!(town.discord.look(town.triage).is_empty(), "it was looked at");
    assert_eq!(town.discord.dms_of(town.amal)[0].content, "A receipt");
    assert_eq!(end(town.discord), Ok(()));
}

#[tokio::test]
async fn a_message_nobody_looked_at_fails_the_test() {
    let town = Town::new().await;
    town.card().await;
    let said = end(town.discord).unwrap_err();
    assert!(said.contains("nobody looked at") && said.contains("A report"), "{said}");
}

#[tokio::test]
async fn a_complaint_fails_the_test() {
    let town = Town::new().await;
    let plain = reqwest::Client::builder().no_proxy().build().unwrap();
    plain.get(format!("{}/api/v10/gateway", town.discord.url())).send().await.unwrap();
    let dropped = catch_unwind(AssertUnwindSafe(|| drop(town.discord)));
    let said = *dropped.unwrap_err().downcast::<String>().unwrap();
    assert!(said.contains("does not say that it is a DiscordBot"), "{said}");
}

#[tokio::test]
async fn people_who_take_no_messages_get_none() {
    let town = Town::new().await;
    let channel = town.discord.direct_channel(town.amal);
    town.discord.blocks_bot(town.amal);
    let (status, body) = town.send(channel, json!({ "content": "A receipt" })).await;
    assert_eq!((status, &body["code"]), (403, &json!(50007)));
    let (status, body) = town.call("POST", "/users/@me/channels", json!({ "recipient_id": "1" })).await;
    assert_eq!((status, &body["code"]), (404, &json!(10013)));
}

#[tokio::test]
async fn files_are_sent_described_and_fetched_by_links_that_end() {
    let town = Town::new().await;
    let form = reqwest_for_serenity::multipart::Form::new();
    let file =
        reqwest_for_serenity::multipart::Part::bytes(b"jpeg".to_vec()).file_name("raw.jpg").mime_str("image/jpeg");
    let about = json!({ "attachments": [{ "id": 0, "filename": "till.jpg", "description": "A till" }] });
    let form = form.text("payload_json", about.to_string()).part("files[0]", file.unwrap());
    let client = reqwest_for_serenity::Client::builder().no_proxy().user_agent("DiscordBot (x, 1)").build().unwrap();
    let path = format!("{}/api/v10/channels/{}/messages", town.discord.url(), town.triage);
    let request = client.post(path).header("authorization", format!("Bot {}", town.discord.token()));
    let sent: Value = request.multipart(form).send().await.unwrap().json().await.unwrap();
    let drawn = &sent["attachments"][0];
    assert_eq!(
        (&drawn["filename"], &drawn["description"], &drawn["size"]),
        (&json!("till.jpg"), &json!("A till"), &json!(4))
    );
    let link = drawn["url"].as_str().unwrap();
    assert!(link.contains("?ex=") && link.contains("&is=") && link.contains("&hm="), "{link}");
    let fetch = async |link: &str| reqwest::get(link).await.unwrap().status().as_u16();
    assert_eq!(fetch(link).await, 200);
    assert_eq!(fetch(&link.replace("hm=", "hm=0")).await, 404);
    town.discord.time_passes(LINKS_END);
    assert_eq!(fetch(link).await, 404);
    let again = town.get(&format!("/channels/{}/messages/{}", town.triage, id(&sent["id"]))).await;
    assert_eq!(fetch(again["attachments"][0]["url"].as_str().unwrap()).await, 200, "fetched again, the link is new");
    assert_eq!(town.discord.look(town.triage)[0].files, [("till.jpg".to_owned(), b"jpeg".to_vec())]);
}
