//! "Show the payload": what other chats are sent of an incident is shown to whoever sees as much as they do.

use serde_json::{Value, json};

use crate::discord;
use crate::slack::{SIGNING_SECRET, Shop};
use crate::world::World;
use crate::world::slack::workspace::{APP_TOKEN, BOT_TOKEN};

/// What a page shows as the payload of a chat.
fn shown(page: &str, chat: &str) -> Value {
    let (_, rest) = page.split_once(&format!("id=\"payload-{chat}\"")).expect("a payload");
    let (_, rest) = rest.split_once("<code>").unwrap();
    let (json, _) = rest.split_once("</code>").unwrap();
    let signs = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
    serde_json::from_str(&signs.iter().fold(json.to_owned(), |text, (from, to)| text.replace(from, to))).unwrap()
}

/// A block as it was sent: Slack gives each one an id.
fn without_its_id(mut block: Value) -> Value {
    block.as_object_mut().unwrap().remove("block_id");
    block
}

async fn page_of(world: &World, name: &str, incident: &domain::incident::Incident) -> String {
    let door = world.open_door().await;
    let who = door.sign_in(world, name).await;
    door.get(&format!("/incidents/{}", incident.reference), &who).await.text().await.unwrap()
}

#[tokio::test]
async fn what_is_shown_is_the_very_message_that_slack_is_sent() {
    let shop = Shop::open().await;
    let incident = shop.report("two people & \"gin\" <script>").await;
    shop.settle().await;
    let page = page_of(&shop.world, "noor", &incident).await;
    let (sent, posted) = (shown(&page, "slack"), shop.card());
    let blocks: Vec<Value> = posted.blocks.into_iter().map(without_its_id).collect();
    assert_eq!((&sent["text"], &sent["blocks"]), (&json!(posted.text), &json!(blocks)));
    let (_, of_slack) = page.split_once("id=\"payload-slack\"").unwrap();
    let (of_slack, of_discord) = of_slack.split_once("id=\"payload-discord\"").unwrap();
    assert!(of_slack.contains("A triage channel of this shop is sent it."));
    assert!(of_discord.contains("Nothing is posted there now"), "it has no guild");
    for secret in [BOT_TOKEN, APP_TOKEN, SIGNING_SECRET] {
        assert!(!page.contains(secret));
    }
    shop.look_away();
}

#[tokio::test]
async fn what_is_shown_is_the_very_message_that_discord_is_sent() {
    let shop = discord::Shop::open().await;
    let incident = shop.report("two people with *gin*").await;
    let sent = shown(&page_of(&shop.world, "noor", &incident).await, "discord");
    let posted = shop.card();
    assert_eq!(sent["content"], posted.content);
    for part in ["title", "description", "footer", "fields"] {
        assert_eq!(sent["embeds"][0][part], posted.embeds[0][part], "{part}");
    }
    let buttons = |rows: &Value| -> Vec<Value> {
        let rows = rows.as_array().unwrap().iter();
        rows.flat_map(|row| row["components"].as_array().unwrap()).map(|button| button["custom_id"].clone()).collect()
    };
    assert_eq!(buttons(&sent["components"]), buttons(&json!(posted.components)));
    shop.look_away();
}

#[tokio::test]
async fn nobody_is_shown_a_payload_with_more_in_it_than_their_own_page() {
    let world = World::new().await;
    let incident = world.report("two people, spirits").await;
    let noor = page_of(&world, "noor", &incident).await;
    assert_eq!(shown(&noor, "slack")["blocks"][0]["type"], "header");
    assert!(!noor.contains("A triage channel of this shop is sent it."));
    for name in ["amal", "ines", "lena", "pavel", "ada"] {
        assert!(!page_of(&world, name, &incident).await.contains("payload"), "{name}");
    }
}
