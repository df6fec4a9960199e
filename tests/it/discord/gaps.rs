//! What was said while nobody listened, when the way back is not smooth.

use std::time::Duration;

use chrono::TimeDelta;
use domain::words::Platform;
use shopwatch::discord::Standing;
use shopwatch::rules::Rules;

use super::{Plan, Shop};
use crate::world::database::Base;
use crate::world::discord::{State, Upload};
use crate::world::{World, until};

on_both! { what_was_sent_to_us_alone_and_in_a_thread_while_nobody_listened_is_read_once }

/// What a channel's history is asked by.
const HISTORY: &str = "GET /channels/{channel}/messages";

fn photo() -> Vec<Upload> {
    vec![Upload::of("till.jpg", "image/jpeg", b"jpeg")]
}

fn asked(state: &State, times: usize) -> Option<()> {
    (state.traffic.asked.iter().filter(|one| one.route == HISTORY).count() >= times).then_some(())
}

fn received(state: &State, count: usize) -> Option<()> {
    let said = state.messages.values().filter(|message| message.content.contains("received"));
    (said.count() >= count).then_some(())
}

#[tokio::test]
async fn a_message_right_after_the_session_begins_does_not_hide_the_gap_before_it() {
    let mut shop = Shop::with(Base::Sqlite, Plan { drops: true, ..Plan::default() }).await;
    shop.discord.until("the history", |state| asked(state, 1)).await;
    shop.discord.posts(shop.amal, shop.floor, "0", photo());
    shop.discord.until("the first", |state| received(state, 1)).await;
    shop.world.crash().await;
    shop.discord.forget_sessions();
    shop.discord.posts(shop.amal, shop.floor, "while nobody listened", photo());
    // The history does not answer until somebody has said something in the new session.
    shop.discord.delay(HISTORY, Duration::from_millis(300));
    let mut other = shop.world.replica_with_discord(7).await;
    other.connect();
    let discord = other.app.discord().unwrap();
    discord.standing.subscribe().wait_for(|standing| *standing == Standing::Ready).await.unwrap();
    shop.discord.posts(shop.amal, shop.floor, "right after", photo());
    shop.discord.until("all of them", |state| received(state, 3)).await;
    assert_eq!(other.store().count_incidents().await.unwrap(), 3);
    other.crash().await;
    drop(shop.discord.take_complaints());
    shop.look_away();
}

#[tokio::test]
async fn a_channel_that_may_not_be_read_has_a_mark_of_now_and_holds_up_nobody() {
    let mut shop = Shop::closed(Base::Sqlite, Plan { drops: true, ..Plan::default() }).await;
    shop.discord.posts(shop.amal, shop.floor, "long ago", photo());
    shop.world.clock.advance(TimeDelta::hours(1));
    shop.discord.time_passes(Duration::from_hours(1));
    shop.discord.server_error(HISTORY, 403);
    shop.connect().await;
    shop.discord.until("the history", |state| asked(state, 1)).await;
    let note = format!("discord/seen/{}", shop.floor);
    let mark: u64 = shop.world.store().noted(&note).await.unwrap().expect("a mark").parse().unwrap();
    let began = shop.discord.read(|state| state.messages.keys().copied().max().unwrap());
    assert!(mark > began, "what was said before anybody watched is not read: {mark} {began}");
    // Somebody who writes to us alone is answered meanwhile.
    shop.discord.direct_message(shop.amal, "two people", photo());
    let receipt = |state: &State| state.messages.values().any(|message| message.content.contains("SW-")).then_some(());
    shop.discord.until("a receipt", receipt).await;
    assert_eq!(shop.world.store().unread(Platform::Discord).await.unwrap(), 0);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn who_stops_closes_the_gateway_before_giving_it_back() {
    let shop = Shop::on(Base::Postgres).await;
    let app = shop.world.app.clone();
    app.stopping.cancel();
    let store = &app.desk.store;
    let taking = async {
        let me = app.desk.ids.uuid();
        while store.take_lease("discord/gateway", me, app.desk.now()).await.unwrap().is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), taking).await.expect("given back, not run out");
    assert!(!shop.discord.is_connected(), "closed before");
    assert_eq!(*app.discord().unwrap().standing.borrow(), Standing::Ready, "nothing broke off");
}

/// Whatever was told before this is handled: messages are, one after another.
async fn handled(shop: &Shop) {
    shop.discord.direct_message(shop.amal, "hello", Vec::new());
    let helped = |state: &State| {
        state.messages.values().any(|message| message.content.contains("/report what happened")).then_some(())
    };
    shop.discord.until("help", helped).await;
}

#[tokio::test]
async fn a_channel_that_is_watched_again_is_read_from_where_it_was_left_without_a_new_session() {
    let shop = Shop::with(Base::Sqlite, Plan { drops: true, ..Plan::default() }).await;
    shop.discord.until("the history", |state| asked(state, 1)).await;
    shop.discord.posts(shop.amal, shop.floor, "before", photo());
    shop.discord.until("the first", |state| received(state, 1)).await;
    let (with, desk) = (shop.text.clone(), &shop.world.app.desk);
    let without = with.replace(&format!(", \"discord:{}\"]\nchannels.triage", shop.floor), "]\nchannels.triage");
    assert_ne!(with, without);
    desk.change_rules(Rules::parse(&without).unwrap());
    shop.discord.posts(shop.amal, shop.floor, "while it was not watched", photo());
    handled(&shop).await;
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 1);
    desk.change_rules(Rules::parse(&with).unwrap());
    // The next message in it is what shows that it is back.
    shop.discord.posts(shop.amal, shop.floor, "after", photo());
    shop.discord.until("all of them", |state| received(state, 3)).await;
    let filter = shopwatch::store::incidents::Filter { sites: desk.rules().site_ids(), ..Default::default() };
    let incidents = shop.world.store().incidents(&filter).await.unwrap().incidents;
    let said: Vec<_> = incidents.iter().rev().filter_map(domain::incident::Incident::what_happened).collect();
    assert_eq!(said, ["before", "while it was not watched", "after"], "in their order, and once");
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn a_reload_alone_has_the_channel_read_that_is_watched_again() {
    let shop = Shop::with(Base::Sqlite, Plan { drops: true, ..Plan::default() }).await;
    shop.discord.until("the history", |state| asked(state, 1)).await;
    shop.discord.posts(shop.amal, shop.floor, "before", photo());
    shop.discord.until("the first", |state| received(state, 1)).await;
    let (with, app) = (shop.text.clone(), &shop.world.app);
    let without = with.replace(&format!(", \"discord:{}\"]\nchannels.triage", shop.floor), "]\nchannels.triage");
    let before = shop.discord.read(|state| state.traffic.asked.iter().filter(|one| one.route == HISTORY).count());
    app.change_rules(Rules::parse(&without).unwrap());
    shop.discord.posts(shop.amal, shop.floor, "while it was not watched", photo());
    handled(&shop).await;
    assert_eq!(app.desk.store.count_incidents().await.unwrap(), 1);
    app.change_rules(Rules::parse(&with).unwrap());
    shop.discord.until("the second", |state| received(state, 2)).await;
    assert!(shop.discord.read(|state| asked(state, before + 1)).is_some(), "it was read from the channel");
    shop.settle().await;
    shop.look_away();
}

/// Waits until everything that was written to us alone or in a thread is heard.
async fn whole(world: &World) {
    let discord = world.app.discord().unwrap();
    until("the end of what was missed", async || discord.gaps.is_whole()).await;
}

async fn what_was_sent_to_us_alone_and_in_a_thread_while_nobody_listened_is_read_once(base: Base) {
    let mut shop = Shop::with(base, Plan { drops: true, ..Plan::default() }).await;
    whole(&shop.world).await;
    let incident = shop.report("two people, spirits").await;
    let receipt = shop.discord.ephemerals_for(shop.amal).pop().unwrap();
    assert!(shop.discord.presses(shop.amal, receipt.id, "v1:tell:on").await.ephemeral());
    assert_eq!(shop.press(shop.omar, "claim").await.kind, 6);
    shop.settle().await;
    let thread = shop.discord.thread_of(shop.card().id).expect("a thread under the card");
    shop.world.crash().await;
    shop.discord.forget_sessions();
    shop.world.clock.advance(TimeDelta::hours(24));
    shop.discord.time_passes(Duration::from_hours(24));
    shop.discord.direct_message(shop.amal, "another one, at the back door", photo());
    shop.discord.posts(shop.omar, thread, "from the camera", photo());
    for seed in [7, 8] {
        let mut other = shop.world.replica_with_discord(seed).await;
        other.connect();
        whole(&other).await;
        let now = other.store().incident(incident.id).await.unwrap().unwrap();
        assert_eq!(now.photos.len(), 1);
        let lines = other.record(&now).await;
        let notes: Vec<_> =
            lines.iter().filter(|line| line.word.as_str() == "noted").map(|line| line.text.as_deref()).collect();
        assert_eq!(notes, [Some("from the camera")]);
        assert_eq!(other.store().count_incidents().await.unwrap(), 2, "once, however often it is read");
        let filter =
            shopwatch::store::incidents::Filter { sites: other.app.desk.rules().site_ids(), ..Default::default() };
        let all = other.store().incidents(&filter).await.unwrap().incidents;
        assert!(all.iter().any(|one| one.what_happened() == Some("another one, at the back door")), "{all:#?}");
        other.crash().await;
        shop.discord.forget_sessions();
        shop.world.clock.advance(TimeDelta::minutes(1));
        shop.discord.time_passes(Duration::from_mins(1));
    }
    drop(shop.discord.take_complaints());
    shop.discord.messages(thread);
    shop.look_away();
}
