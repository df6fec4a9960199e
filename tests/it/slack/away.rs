//! The answer to a post is lost, and the database is away while that would be written down.

use chrono::TimeDelta;
use tokio::task::JoinSet;

use shopwatch::jobs::outbox;

use super::Shop;
use crate::world::wire::Wire;

const POST: &str = "chat.postMessage";
const HISTORY: &str = "conversations.history";

/// A round of the outbox, in the middle of which the database goes away: the answers that are held are lost after that.
async fn round_without_an_end(shop: &Shop, wire: &Wire, method: &str) {
    let calls = |workspace: &crate::world::slack::workspace::Workspace| {
        workspace.calls.get(method).copied().unwrap_or_default()
    };
    let before = shop.slack.see(calls);
    let app = shop.world.app.clone();
    let mut round = JoinSet::new();
    round.spawn(async move { outbox::step(&app, &app.chats[1]).await });
    shop.slack.until(|workspace| calls(workspace) > before).await;
    wire.hold();
    wire.cut();
    shop.slack.drop_held();
    let ended = round.join_next().await.unwrap().unwrap();
    assert!(ended.is_err(), "what came of it could not be written down: {ended:?}");
    wire.let_go();
    wire.cut();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_in_doubt_whose_database_is_away_is_there_once_in_the_end() {
    let (shop, wire) = Shop::wired().await;
    let incident = shop.report("gin").await;
    // Card and Amal's own copy: of both the answers are lost, and of neither it can be said so.
    shop.slack.hold_answer(POST);
    shop.slack.hold_answer(POST);
    round_without_an_end(&shop, &wire, POST).await;
    // The lease runs out; the look finds them, and that cannot be written down either.
    shop.world.clock.advance(TimeDelta::seconds(31));
    shop.slack.hold_answer(HISTORY);
    shop.slack.hold_answer(HISTORY);
    round_without_an_end(&shop, &wire, HISTORY).await;
    shop.world.clock.advance(TimeDelta::seconds(31));
    shop.settle().await;
    assert_eq!(shop.slack.messages(&shop.triage).len(), 1);
    assert_eq!(shop.slack.dms_for(&shop.amal).len(), 1);
    let depth = shop.world.store().outbox_depth().await.unwrap();
    assert_eq!((depth.waiting, depth.needs_operator), (0, 0));
    assert!(shop.press(&shop.noor, "claim").await.on_time);
    shop.settle().await;
    assert!(shop.card().text.contains("Claimed"), "it is the one that is edited");
    assert_eq!(shop.now(&incident).await.version, 2);
    shop.look_away();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_that_never_arrived_and_whose_database_is_away_is_not_lost() {
    let (shop, wire) = Shop::wired().await;
    shop.report("gin").await;
    shop.slack.hang_up(POST);
    shop.slack.hang_up(POST);
    let app = shop.world.app.clone();
    let mut round = JoinSet::new();
    // The connection breaks off before anything is posted, and the database with it.
    shop.slack.until(|workspace| !workspace.calls.contains_key(POST)).await;
    round.spawn(async move { outbox::step(&app, &app.chats[1]).await });
    shop.slack.until(|workspace| workspace.calls.contains_key(POST)).await;
    wire.hold();
    wire.cut();
    drop(round.join_next().await.unwrap().unwrap());
    wire.let_go();
    wire.cut();
    shop.world.clock.advance(TimeDelta::seconds(31));
    shop.settle().await;
    assert_eq!(shop.slack.messages(&shop.triage).len(), 1);
    assert_eq!(shop.slack.dms_for(&shop.amal).len(), 1);
    assert_eq!(shop.world.store().outbox_depth().await.unwrap().waiting, 0);
    shop.look_away();
}
