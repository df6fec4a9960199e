//! Messages: photos that are dropped, and what was said while nobody listened.

use std::time::Duration;

use shopwatch::discord::Standing;

use super::{Plan, Shop};
use crate::evidence::ASTRONAUT;
use crate::world::database::Base;
use crate::world::discord::{State, Upload};
use crate::world::until;

fn photo() -> Vec<Upload> {
    vec![Upload::of("till.jpg", "image/jpeg", b"jpeg")]
}

async fn dropping() -> Shop {
    let shop = Shop::with(Base::Sqlite, Plan { drops: true, ..Plan::default() }).await;
    shop.discord.until("a mark of how far it is read", |state| read_once(state).then_some(())).await;
    shop
}

fn read_once(state: &State) -> bool {
    state.traffic.asked.iter().filter(|one| one.route == "GET /channels/{channel}/messages").count() >= 1
}

fn received(state: &State, count: usize) -> Option<()> {
    let said = state.messages.values().filter(|message| message.content.contains("received"));
    (said.count() >= count).then_some(())
}

#[tokio::test]
async fn a_photo_that_is_dropped_becomes_a_report_and_talk_does_not() {
    let shop = dropping().await;
    shop.discord.posts(shop.amal, shop.floor, "good morning", Vec::new());
    let dropped = shop.discord.posts(shop.amal, shop.floor, "by the door", photo());
    shop.discord.until("a word that it arrived", |state| received(state, 1)).await;
    let incident = shop.newest().await;
    assert_eq!((incident.what_happened(), incident.photos.len()), (Some("by the door"), 1));
    assert!(incident.photos[0].id.contains(&dropped.to_string()));
    let said = shop.discord.messages(shop.floor).pop().unwrap();
    assert_eq!(said.replies_to, Some(dropped));
    assert!(!said.content.contains("door"));
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 1);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn what_was_dropped_while_nobody_listened_is_read_in_order_and_once() {
    let mut shop = dropping().await;
    shop.discord.posts(shop.amal, shop.floor, "0", photo());
    shop.discord.until("the first", |state| received(state, 1)).await;
    shop.world.crash().await;
    shop.discord.forget_sessions();
    for number in 1..=230 {
        shop.discord.posts(shop.amal, shop.floor, &number.to_string(), photo());
    }
    shop.world.clock.advance(chrono::TimeDelta::seconds(31));
    shop.discord.time_passes(Duration::from_secs(31));
    let mut other = shop.world.replica_with_discord(7).await;
    other.connect();
    let all = async || {
        // What is said under each of them keeps to the limits, by the clock.
        other.clock.advance(chrono::TimeDelta::milliseconds(50));
        other.store().count_incidents().await.unwrap() >= 231
    };
    until("the last of them", all).await;
    assert_eq!(other.store().count_incidents().await.unwrap(), 231);
    drop(shop.discord.take_complaints());
    other.crash().await;
    shop.look_away();
}

#[tokio::test]
async fn a_photo_that_is_forwarded_is_one_that_is_dropped() {
    let shop = dropping().await;
    let taken = vec![Upload::of("till.jpg", "image/jpeg", &ASTRONAUT)];
    let elsewhere = shop.discord.posts(shop.noor, shop.triage, "by the till", taken);
    let forward = shop.discord.forwards(shop.amal, elsewhere, shop.floor);
    shop.discord.until("a word that it arrived", |state| received(state, 1)).await;
    let incident = shop.newest().await;
    assert_eq!((incident.what_happened(), incident.photos.len()), (Some("by the till"), 1));
    assert!(incident.photos[0].id.contains(&forward.to_string()), "who forwards it keeps it there");
    shop.settle().await;
    assert_eq!(shop.world.store().photos_of(&incident).await.unwrap().len(), 1);
    shop.look_away();
}

#[tokio::test]
async fn a_message_that_forwards_a_photo_is_reported_with_it() {
    let shop = dropping().await;
    let taken = vec![Upload::of("till.jpg", "image/jpeg", &ASTRONAUT)];
    let elsewhere = shop.discord.posts(shop.noor, shop.triage, "by the till", taken);
    let forward = shop.discord.forwards(shop.noor, elsewhere, shop.triage);
    let form = shop.discord.message_command(shop.amal, forward, "Report this message").await.modal().clone();
    assert!(form.components[0].to_string().contains("by the till"), "{form:?}");
    assert!(shop.discord.submits_modal(shop.amal, &form, &[]).await.ephemeral());
    let incident = shop.newest().await;
    shop.settle().await;
    assert_eq!(shop.world.store().photos_of(&incident).await.unwrap().len(), 1);
    shop.look_away();
}

#[tokio::test]
async fn messages_that_come_empty_raise_the_alarm() {
    let shop = dropping().await;
    shop.discord.raw_dispatch(
        "MESSAGE_CREATE",
        None,
        serde_json::json!({
            "id": "7", "channel_id": shop.floor.to_string(), "guild_id": shop.guild.to_string(), "type": 0,
            "content": "", "attachments": [], "embeds": [], "author": { "id": shop.amal.user.to_string() },
        }),
    );
    let discord = shop.world.app.discord().unwrap();
    let alarmed = discord.standing.subscribe().wait_for(|standing| *standing == Standing::IntentLost).await.is_ok();
    assert!(alarmed);
}

#[tokio::test]
async fn photos_written_to_us_alone_are_a_report_and_words_are_answered_with_help() {
    let shop = Shop::open().await;
    shop.discord.direct_message(shop.amal, "hello", Vec::new());
    let helped = |state: &State| {
        state.messages.values().any(|message| message.content.contains("/report what happened")).then_some(())
    };
    shop.discord.until("help", helped).await;
    shop.discord.direct_message(shop.amal, "two people", photo());
    let receipt = |state: &State| state.messages.values().any(|message| message.content.contains("SW-")).then_some(());
    shop.discord.until("a receipt", receipt).await;
    assert_eq!(shop.newest().await.photos.len(), 1);
    shop.settle().await;
    shop.look_away();
}
