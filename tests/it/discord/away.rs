//! The answer to a post is lost, and the database is away while that would be written down.

use std::time::Duration;

use chrono::TimeDelta;
use shopwatch::jobs::outbox;
use tokio::task::JoinSet;

use super::Shop;
use crate::world::wire::Wire;

const POST: &str = "POST /channels/{channel}/messages";
const LOOK: &str = "GET /channels/{channel}/messages";
/// So long the line stays open on which no answer comes; the test lets that time pass.
const HELD: Duration = Duration::from_secs(8);

/// A round of the outbox, in the middle of which the database goes away; then the line to Discord is cut.
async fn round_without_an_end(shop: &Shop, wire: &Wire, route: &'static str) {
    let before = shop.discord.asked(route).len();
    shop.discord.answer_lost_after(route, HELD);
    let app = shop.world.app.clone();
    let mut round = JoinSet::new();
    round.spawn(async move { outbox::step(&app, &app.chats[1]).await });
    let asked = |state: &crate::world::discord::State| {
        state.traffic.asked.iter().filter(|one| one.route == route).count() > before
    };
    shop.discord.until("a call", |state| asked(state).then_some(())).await;
    wire.hold();
    wire.cut();
    shop.discord.time_passes(HELD);
    let ended = round.join_next().await.unwrap().unwrap();
    assert!(ended.is_err(), "what came of it could not be written down: {ended:?}");
    wire.let_go();
    wire.cut();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_in_doubt_whose_database_is_away_is_there_once_in_the_end() {
    let (shop, wire) = Shop::wired().await;
    shop.reports("info a wet floor").await;
    let incident = shop.newest().await;
    round_without_an_end(&shop, &wire, POST).await;
    // The lease runs out; the nonce is forgotten by then, and the look cannot be written down either.
    shop.world.clock.advance(TimeDelta::minutes(31));
    shop.discord.time_passes(Duration::from_mins(31));
    round_without_an_end(&shop, &wire, LOOK).await;
    shop.world.clock.advance(TimeDelta::seconds(31));
    shop.settle().await;
    assert_eq!(shop.discord.messages(shop.triage).len(), 1);
    let depth = shop.world.store().outbox_depth().await.unwrap();
    assert_eq!((depth.waiting, depth.needs_operator), (0, 0));
    shop.discord.connected().await;
    assert_eq!(shop.press(shop.noor, "claim").await.kind, 6);
    shop.settle().await;
    assert!(shop.card().text().contains("Noor"), "it is the one that is edited");
    assert_eq!(shop.now(&incident).await.version, 2);
    shop.look_away();
}
