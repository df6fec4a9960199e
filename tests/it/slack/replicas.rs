//! Several servers of one shop: a workspace counts what comes from all of them.

use chrono::TimeDelta;
use shopwatch::jobs::outbox;

use super::Shop;
use crate::world::World;
use crate::world::database::Base;
use crate::world::slack::faults::RetryAfter;

/// A shop on three servers.
async fn three() -> (Shop, [World; 2]) {
    let shop = Shop::on(Base::Postgres).await;
    let mut others = [shop.world.replica_with_slack(11).await, shop.world.replica_with_slack(12).await];
    for other in &mut others {
        other.connect();
    }
    shop.slack.connected(3).await;
    for other in &others {
        other.app.slack().unwrap().home_within(std::time::Duration::from_secs(5)).await.unwrap();
    }
    (shop, others)
}

/// One round of the outbox on every server at the same moment.
async fn round(shop: &Shop, others: &[World; 2]) {
    let step = async |world: &World| outbox::step(&world.app, &world.app.chats[1]).await.unwrap();
    tokio::join!(step(&shop.world), step(&others[0]), step(&others[1]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_together_post_no_faster_than_one_may() {
    let (shop, others) = three().await;
    shop.slack.enforce_rates();
    for line in 0..9 {
        shop.report(&format!("gin {line}")).await;
        // Each of them goes to another server, within the same moment.
        let server = [&shop.world, &others[0], &others[1]][line % 3];
        outbox::step(&server.app, &server.app.chats[1]).await.unwrap();
    }
    assert_eq!(shop.slack.messages(&shop.triage).len(), 1, "the second one has to wait, whoever would post it");
    shop.world.clock.advance(TimeDelta::seconds(1));
    let mut rounds = 1;
    while shop.slack.messages(&shop.triage).len() < 9 {
        // Whoever was refused in a race comes again within the same moment.
        for _ in 0..3 {
            round(&shop, &others).await;
        }
        assert!(shop.slack.messages(&shop.triage).len() <= rounds + 1, "one a second, whoever posts it");
        shop.world.clock.advance(TimeDelta::seconds(1));
        rounds += 1;
        assert!(rounds <= 60, "they hold each other up");
    }
    assert_eq!(shop.slack.peak_rate(&shop.triage), 1);
    assert_eq!(shop.slack.too_fast(), 0);
    shop.look_away();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_edits_by_three_servers_stay_below_slacks_number_a_minute() {
    let (shop, others) = three().await;
    for line in 0..30 {
        shop.report(&format!("gin {line}")).await;
    }
    shop.settle().await;
    shop.slack.enforce_rates();
    let before = shop.slack.see(|workspace| workspace.calls.get("chat.update").copied().unwrap_or_default());
    for card in shop.slack.messages(&shop.triage) {
        let claim = super::button(&card.blocks, "claim");
        assert!(shop.slack.presses(&shop.noor, &card, &claim).await.on_time);
    }
    for _ in 0..12 {
        for _ in 0..3 {
            round(&shop, &others).await;
        }
        let edits = shop.slack.see(|workspace| workspace.calls["chat.update"]) - before;
        assert!(edits <= 50, "{edits} within twelve seconds");
        shop.world.clock.advance(TimeDelta::seconds(1));
    }
    assert_eq!(shop.slack.too_fast(), 0);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_that_one_server_is_asked_for_is_kept_by_all_and_by_whoever_is_started_anew() {
    let (mut shop, others) = three().await;
    let posts = |shop: &Shop| shop.slack.see(|workspace| workspace.calls.get("chat.postMessage").copied());
    shop.slack.rate_limit_next("chat.postMessage", RetryAfter::Seconds(40));
    shop.report("gin").await;
    shop.step().await;
    let asked = posts(&shop);
    assert!(asked.is_some());
    for line in 0..4 {
        shop.report(&format!("rum {line}")).await;
    }
    shop.world.crash().await;
    let mut next = shop.world.replica_with_slack(13).await;
    next.connect();
    std::mem::swap(&mut shop.world, &mut next);
    shop.slack.connected(3).await;
    shop.world.clock.advance(TimeDelta::seconds(39));
    round(&shop, &others).await;
    // Amal's own copy is in another channel, and free.
    assert_eq!(shop.slack.messages(&shop.triage).len(), 0, "{:?} {asked:?}", posts(&shop));
    shop.world.clock.advance(TimeDelta::seconds(1));
    round(&shop, &others).await;
    assert_eq!(shop.slack.messages(&shop.triage).len(), 1);
    shop.settle().await;
    shop.look_away();
}
