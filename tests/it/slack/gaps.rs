//! Photos that were dropped while nobody listened.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use shopwatch::slack::catch_up;

use super::Shop;
use crate::world::database::Base;

on_both! {
    what_was_dropped_in_a_day_of_silence_is_picked_up_once,
    what_slack_tells_again_after_two_minutes_is_there_once,
}

/// Amal drops photos, each with words of its own, in the channel where staff report.
async fn drop_some(shop: &Shop, from: usize, count: usize) {
    for number in from..from + count {
        let photo = shop.slack.file(&shop.amal, &format!("IMG_{number}.jpg"), "image/jpeg", b"jpeg");
        let said = format!("behind the till, number {number}");
        let (_, acked) = shop.slack.posts(&shop.amal, &shop.floor, &said, &[&photo], None).await;
        assert!(!acked.on_time, "nobody listens");
    }
}

/// The server is gone, and comes back later.
async fn silence(shop: &mut Shop) {
    catch_up::round(&shop.world.app.slack().unwrap(), &shop.world.app).await;
    shop.world.crash().await;
}

async fn listens_again(shop: &mut Shop, seed: u64) {
    let mut next = shop.world.replica_with_slack(seed).await;
    next.connect();
    std::mem::swap(&mut shop.world, &mut next);
    shop.slack.connected(1).await;
    let slack = shop.world.app.slack().unwrap();
    slack.standing.subscribe().wait_for(shopwatch::slack::Standing::is_ready).await.unwrap();
    catch_up::round(&slack, &shop.world.app).await;
}

/// What stands in the shop's book, by its words.
async fn kept(shop: &Shop) -> BTreeSet<String> {
    let sites = shop.world.app.desk.rules().site_ids();
    let filter = shopwatch::store::incidents::Filter { sites, ..Default::default() };
    let incidents = shop.world.store().incidents(&filter).await.unwrap();
    let words: BTreeSet<String> =
        incidents.iter().filter_map(|incident| incident.what_happened().map(ToOwned::to_owned)).collect();
    assert_eq!(words.len(), incidents.len(), "each once: {words:?}");
    words
}

async fn what_was_dropped_in_a_day_of_silence_is_picked_up_once(base: Base) {
    let mut shop = Shop::on(base).await;
    silence(&mut shop).await;
    for hour in 0..6 {
        drop_some(&shop, hour, 1).await;
        shop.world.clock.advance(TimeDelta::hours(4));
        // After the third try Slack tells of it no more.
        shop.slack.gives_up();
    }
    assert!(kept(&shop).await.is_empty());
    listens_again(&mut shop, 7).await;
    assert_eq!(kept(&shop).await.len(), 6);
    for seed in [8, 9] {
        silence(&mut shop).await;
        listens_again(&mut shop, seed).await;
        assert_eq!(kept(&shop).await.len(), 6, "read again, and known");
    }
    shop.settle().await;
    assert_eq!(shop.slack.messages(&shop.triage).iter().filter(|card| card.thread_ts.is_none()).count(), 6);
    shop.look_away();
}

async fn what_slack_tells_again_after_two_minutes_is_there_once(base: Base) {
    let mut shop = Shop::on(base).await;
    silence(&mut shop).await;
    drop_some(&shop, 0, 4).await;
    shop.world.clock.advance(TimeDelta::minutes(2));
    let mut next = shop.world.replica_with_slack(7).await;
    next.connect();
    std::mem::swap(&mut shop.world, &mut next);
    shop.slack.connected(1).await;
    let slack = shop.world.app.slack().unwrap();
    let (again, _) = tokio::join!(shop.slack.redeliver(), catch_up::round(&slack, &shop.world.app));
    assert!(again.len() == 4 && again.iter().all(|acked| acked.on_time));
    assert_eq!(kept(&shop).await.len(), 4);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn what_people_talked_about_and_what_was_there_before_is_no_report() {
    let mut shop = Shop::closed(Base::Sqlite).await;
    drop_some(&shop, 0, 2).await;
    shop.slack.gives_up();
    shop.world.clock.advance(TimeDelta::hours(1));
    shop.world.connect();
    shop.slack.connected(1).await;
    silence(&mut shop).await;
    shop.world.clock.advance(TimeDelta::minutes(30));
    assert!(!shop.slack.posts(&shop.amal, &shop.floor, "good morning", &[], None).await.1.on_time);
    drop_some(&shop, 7, 1).await;
    shop.slack.gives_up();
    listens_again(&mut shop, 7).await;
    assert_eq!(kept(&shop).await, BTreeSet::from(["behind the till, number 7".to_owned()]));
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn while_it_is_listened_to_nothing_is_read() {
    // Nothing but the test reads here.
    let shop = Shop::closed(Base::Sqlite).await;
    let slack = shop.world.app.slack().unwrap();
    let reads = || shop.slack.see(|workspace| workspace.calls.get("conversations.history").copied());
    catch_up::round(&slack, &shop.world.app).await;
    for _ in 0..5 {
        shop.world.clock.advance(TimeDelta::minutes(1));
        catch_up::round(&slack, &shop.world.app).await;
    }
    assert_eq!(reads(), None);
    // Nothing could be kept for a while, or something was not: it is read.
    shop.world.clock.advance(TimeDelta::minutes(4));
    catch_up::round(&slack, &shop.world.app).await;
    assert_eq!(reads(), Some(1));
    slack.gap.store(true, Ordering::Relaxed);
    catch_up::round(&slack, &shop.world.app).await;
    assert_eq!(reads(), Some(2));
}

#[tokio::test]
async fn a_channel_that_cannot_be_read_now_is_read_later_and_holds_up_nothing() {
    let mut shop = Shop::open().await;
    silence(&mut shop).await;
    drop_some(&shop, 0, 2).await;
    shop.slack.gives_up();
    shop.world.clock.advance(TimeDelta::hours(1));
    for _ in 0..2 {
        shop.slack.server_error("conversations.history");
    }
    listens_again(&mut shop, 7).await;
    let slack = shop.world.app.slack().unwrap();
    for _ in 0..3 {
        catch_up::round(&slack, &shop.world.app).await;
    }
    assert_eq!(kept(&shop).await.len(), 2);
    shop.settle().await;
    shop.look_away();
}
