//! Socket Mode: connections that end in every way, and frames that wait for nobody.

use std::time::Duration;

use domain::words::Platform;
use serde_json::json;

use super::Shop;
use crate::world::database::Base;

#[tokio::test]
async fn a_connection_that_slack_renews_or_that_breaks_off_is_made_again() {
    let shop = Shop::open().await;
    for (line, end) in ["refresh_requested", "warning", "hang up"].into_iter().enumerate() {
        let socket = shop.slack.sockets()[0];
        if end == "hang up" {
            shop.slack.hang_up_socket(socket);
        } else {
            shop.slack.disconnect(socket, end);
        }
        shop.slack.until(|_| shop.slack.sockets().iter().any(|other| *other != socket)).await;
        shop.report(&format!("gin {line}")).await;
    }
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 3);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn every_pong_says_what_its_ping_said() {
    let shop = Shop::open().await;
    let socket = shop.slack.sockets()[0];
    // The fake complains of one that says something else, also beside a right one.
    for _ in 0..3 {
        shop.slack.ping(socket).await;
    }
    shop.report("gin").await;
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn a_connection_that_has_gone_silent_is_given_up() {
    let mut shop = Shop::closed(Base::Sqlite).await;
    shop.world.connect();
    shop.slack.connected(1).await;
    let socket = shop.slack.sockets()[0];
    shop.slack.half_open(socket);
    shop.slack.until(|_| shop.slack.sockets().iter().any(|other| *other != socket)).await;
    shop.report("gin").await;
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn with_too_many_connections_it_waits_and_does_not_knock() {
    let shop = Shop::open().await;
    let socket = shop.slack.sockets()[0];
    let before = shop.slack.see(|workspace| workspace.calls["apps.connections.open"]);
    shop.slack.disconnect(socket, "too_many_websockets");
    shop.slack.until(|_| shop.slack.sockets().is_empty()).await;
    // While it waits, the other doors of the shop are open.
    shop.world.receive(crate::world::people::AMAL, shopwatch::chat::inbound::What::Command("gin".into())).await;
    shop.settle().await;
    assert_eq!(shop.slack.see(|workspace| workspace.calls["apps.connections.open"]), before);
    assert!(shop.world.app.chats[1].standing().is_err());
    shop.look_away();
}

#[tokio::test]
async fn socket_mode_switched_off_makes_slack_not_ready() {
    let shop = Shop::open().await;
    let slack = shop.world.app.slack().unwrap();
    let mut standing = slack.standing.subscribe();
    shop.slack.disconnect(shop.slack.sockets()[0], "link_disabled");
    standing.wait_for(|standing| standing.words() == "refused: link_disabled").await.unwrap();
}

#[tokio::test]
async fn what_nobody_can_read_is_kept_raw_and_acknowledged() {
    let shop = Shop::open().await;
    shop.slack.raw_frame("not json");
    let acked = shop.slack.event(json!({ "no_type": true })).await;
    assert!(acked.on_time);
    let acked = shop.slack.interacts(json!({ "type": "from_the_future" })).await;
    assert!(acked.on_time);
    assert_eq!(shop.world.store().unread(Platform::Slack).await.unwrap(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_one_makes_nobody_else_wait() {
    let shop = Shop::open().await;
    shop.report("first, so that everybody is known").await;
    shop.slack.delay("views.open", Duration::from_secs(4));
    let (slow, quick) = tokio::join!(shop.command(&shop.noor, ""), async {
        shop.slack.until(|workspace| workspace.calls.contains_key("views.open")).await;
        shop.command(&shop.amal, "gin").await
    });
    assert!(quick.on_time && quick.elapsed < Duration::from_secs(1), "{:?}", quick.elapsed);
    assert!(slow.on_time && slow.elapsed < Duration::from_secs(3), "{:?}", slow.elapsed);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn what_arrives_twice_acts_once() {
    let shop = Shop::open().await;
    shop.slack.deliver_twice();
    let acked = shop.command(&shop.amal, "gin").await;
    assert!(acked.on_time && acked.again.is_some());
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 1);
    shop.settle().await;
    shop.slack.deliver_twice();
    assert!(shop.press(&shop.noor, "claim").await.on_time);
    shop.settle().await;
    assert_eq!(shop.newest().await.version, 2);
    shop.look_away();
}

#[tokio::test]
async fn while_the_database_is_away_nothing_is_said_to_be_saved() {
    let mut shop = Shop::idle(Base::Sqlite).await;
    shop.world.connect();
    shop.slack.connected(1).await;
    let acked = shop.command(&shop.amal, "gin").await;
    assert!(acked.on_time && acked.elapsed < Duration::from_secs(3));
    assert!(shop.slack.ephemerals_for(&shop.amal)[0].text.starts_with("NOT saved"));
    let photo = shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", b"jpeg");
    let (_, acked) = shop.slack.posts(&shop.amal, &shop.floor, "", &[&photo], None).await;
    assert!(!acked.on_time, "not kept, so not acknowledged: Slack sends it again");
}
