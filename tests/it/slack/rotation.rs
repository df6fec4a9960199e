//! Token rotation: one server renews the bot's token, in time, and writes it down before anybody uses it.

use chrono::TimeDelta;
use shopwatch::settings::Secret;
use shopwatch::settings::rotation::Rotation;
use shopwatch::slack::tokens::{TOKENS, step};
use shopwatch::slack::{Slack, Standing};
use tokio::task::JoinSet;

use super::Shop;
use crate::world::World;
use crate::world::database::{Base, Database};
use crate::world::slack::rotation::{CLIENT_ID, CLIENT_SECRET};

/// How a token is renewed with this refresh token.
pub fn with(refresh: &str) -> Rotation {
    Rotation {
        refresh_token: Secret::new(refresh),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Secret::new(CLIENT_SECRET),
    }
}

/// Connected, with its first token renewed.
async fn open(base: Base) -> Shop {
    let mut shop = Shop::rotating(base).await;
    shop.world.connect();
    shop.slack.connected(1).await;
    shop
}

async fn look(world: &World) {
    drop(step(&world.app.slack().unwrap(), &world.app).await);
}

async fn answers(world: &World) -> bool {
    world.app.slack().unwrap().learn_home(world.store()).await.is_ok()
}

async fn stands(slack: &Slack, so: impl FnMut(&Standing) -> bool) {
    let mut standing = slack.standing.subscribe();
    let waited = tokio::time::timeout(std::time::Duration::from_secs(10), standing.wait_for(so)).await;
    assert!(waited.is_ok(), "{:?}", slack.standing.borrow());
}

/// Reports, and sees the card.
async fn works(shop: &Shop) {
    let incident = shop.report("gin").await;
    shop.settle().await;
    let called = incident.reference.to_string();
    let cards = shop.slack.messages(&shop.triage).into_iter().filter(|card| card.text.contains(&called));
    assert!(cards.count() > 0, "a card of {called}");
    shop.look_away();
}

on_both! {
    a_token_is_renewed_in_time_and_again_and_again,
    one_that_slack_gave_and_nobody_wrote_down_is_an_alarm_and_no_loop,
}

async fn a_token_is_renewed_in_time_and_again_and_again(base: Base) {
    let shop = open(base).await;
    assert_eq!(shop.slack.exchanged(), 1, "nobody says how old the first one is");
    works(&shop).await;
    for times in 2..=4 {
        shop.world.clock.advance(TimeDelta::minutes(9 * 60 + 59));
        look(&shop.world).await;
        assert_eq!(shop.slack.exchanged(), times - 1, "it is good for some hours");
        shop.world.clock.advance(TimeDelta::minutes(1));
        look(&shop.world).await;
        assert_eq!(shop.slack.exchanged(), times);
        works(&shop).await;
    }
    assert_eq!(shop.slack.asked_to_exchange(), 4);
    assert!(shop.world.app.slack().unwrap().standing.borrow().is_ready());
    let notes = shop.world.store().noted_under("").await.unwrap();
    assert!(notes.iter().any(|(name, _)| name.ends_with(TOKENS)));
    let plain = notes.iter().filter(|(_, value)| value.contains("xox") || value.contains("fake"));
    assert_eq!(plain.count(), 0, "they are sealed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_three_servers_one_renews_it_and_the_others_read_it() {
    let shop = open(Base::Postgres).await;
    let others = [shop.world.replica_with_slack(11).await, shop.world.replica_with_slack(12).await];
    for other in &others {
        look(other).await;
        assert!(answers(other).await);
    }
    assert_eq!(shop.slack.asked_to_exchange(), 1, "it is in the store");
    for times in 2..=4 {
        shop.world.clock.advance(TimeDelta::hours(10));
        tokio::join!(look(&shop.world), look(&others[0]), look(&others[1]));
        for world in [&shop.world, &others[0], &others[1]] {
            look(world).await;
            assert!(answers(world).await);
        }
        assert_eq!((shop.slack.exchanged(), shop.slack.asked_to_exchange()), (times, times));
    }
    shop.look_away();
}

#[tokio::test]
async fn a_token_that_ends_before_its_time_is_renewed_and_what_it_was_for_is_done() {
    let shop = open(Base::Sqlite).await;
    shop.slack.end_tokens();
    works(&shop).await;
    assert_eq!(shop.slack.exchanged(), 2);
    stands(&shop.world.app.slack().unwrap(), Standing::is_ready).await;
}

#[tokio::test]
async fn whoever_missed_that_it_was_renewed_reads_it_when_slack_does_not_take_the_old_one() {
    let shop = open(Base::Postgres).await;
    let other = shop.world.replica_with_slack(11).await;
    for _ in 0..2 {
        shop.world.clock.advance(TimeDelta::hours(10));
        look(&other).await;
    }
    assert_eq!(shop.slack.exchanged(), 3);
    // Slack has revoked the one that this server had.
    works(&shop).await;
    assert_eq!(shop.slack.exchanged(), 3, "it was there");
}

#[tokio::test]
async fn an_exchange_that_slack_did_not_do_is_done_again() {
    let shop = open(Base::Sqlite).await;
    shop.world.clock.advance(TimeDelta::hours(10));
    shop.slack.hang_up("oauth.v2.access");
    shop.slack.server_error("oauth.v2.access");
    for _ in 0..3 {
        look(&shop.world).await;
    }
    assert_eq!(shop.slack.exchanged(), 2);
    works(&shop).await;
}

/// After a crash the lease is still held for a while.
async fn renews_after_the_lease(world: &World) {
    world.clock.advance(TimeDelta::seconds(31));
    look(world).await;
}

async fn one_that_slack_gave_and_nobody_wrote_down_is_an_alarm_and_no_loop(base: Base) {
    let mut shop = open(base).await;
    works(&shop).await;
    shop.world.clock.advance(TimeDelta::hours(10));
    shop.slack.hold_answer("oauth.v2.access");
    let dying = shop.world.app.clone();
    let mut asking = JoinSet::new();
    asking.spawn(async move { step(&dying.slack().unwrap(), &dying).await.is_ok() });
    shop.slack.until(|workspace| workspace.rotation.as_ref().is_some_and(|rotation| rotation.exchanged == 2)).await;
    asking.shutdown().await;
    shop.world.crash().await;
    shop.slack.drop_held();

    let mut next = shop.world.replica_with_slack(21).await;
    next.connect();
    std::mem::swap(&mut shop.world, &mut next);
    drop(next);
    renews_after_the_lease(&shop.world).await;
    let slack = shop.world.app.slack().unwrap();
    stands(&slack, |standing| matches!(standing, Standing::Unrenewed(word) if word == "invalid_refresh_token")).await;
    let said = slack.standing.borrow().words();
    assert!(!slack.standing.borrow().is_ready() && said.contains("install the app again"), "{said}");
    let asked = shop.slack.asked_to_exchange();
    for _ in 0..5 {
        shop.world.clock.advance(TimeDelta::minutes(15));
        look(&shop.world).await;
    }
    assert_eq!(shop.slack.asked_to_exchange(), asked, "what is no good stays so");
    shop.slack.connected(1).await;
    works(&shop).await;

    shop.world.clock.advance(TimeDelta::hours(1));
    assert!(!answers(&shop.world).await, "the last one has ended");
    slack.fell(Standing::Refused("token_expired".to_owned()));
    let said = slack.standing.borrow().words();
    assert!(said.contains("invalid_refresh_token") && said.contains("install the app again"), "{said}");
    assert_eq!(shop.slack.asked_to_exchange(), asked);
    installs_again(shop).await;
}

/// Somebody does what the alarm says.
async fn installs_again(mut shop: Shop) {
    let old = shop.world.app.settings.slack.clone().unwrap();
    shop.world.crash().await;
    let (bot, refresh) = shop.slack.rotates();
    let mut new = old.clone();
    new.bot_token = Secret::new(bot);
    new.rotation = Some(with(&refresh));
    let mut next = shop.world.replica_with_settings(22, new).await;
    next.connect();
    std::mem::swap(&mut shop.world, &mut next);
    drop(next);
    let slack = shop.world.app.slack().unwrap();
    stands(&slack, Standing::is_ready).await;
    shop.slack.connected(1).await;
    works(&shop).await;
    // A server that was started with the old .env once more does not put the old pair back.
    let late = shop.world.replica_with_settings(23, old).await;
    let asked = shop.slack.asked_to_exchange();
    look(&late).await;
    assert!(answers(&late).await);
    assert_eq!(shop.slack.asked_to_exchange(), asked);
    shop.look_away();
}

#[tokio::test]
async fn what_was_written_down_before_a_crash_is_used_after_it() {
    let mut shop = open(Base::Sqlite).await;
    shop.world.crash().await;
    let next = shop.world.replica_with_slack(21).await;
    look(&next).await;
    assert!(answers(&next).await);
    assert_eq!(shop.slack.asked_to_exchange(), 1);
    shop.look_away();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pair_that_the_database_does_not_take_at_once_is_kept_until_it_does_and_not_used_before() {
    let mut database = Database::fresh(Base::Postgres).await;
    let wire = database.wired().await;
    let mut shop = Shop::with(database, |slack| Some(slack.rotates())).await;
    shop.world.start_writing();
    shop.world.connect();
    shop.slack.connected(1).await;
    let slack = shop.world.app.slack().unwrap();
    let before = slack.tokens.bot().borrow().clone();
    shop.world.clock.advance(TimeDelta::hours(10));
    shop.slack.delay("oauth.v2.access", std::time::Duration::from_millis(200));
    let (mut asking, asks) = (JoinSet::new(), shop.world.app.clone());
    asking.spawn(async move { step(&asks.slack().unwrap(), &asks).await });
    shop.slack.until(|workspace| workspace.rotation.as_ref().is_some_and(|rotation| rotation.exchanged == 2)).await;
    wire.hold();
    wire.cut();
    let answered = slack.api.post("auth.test", &serde_json::json!({})).await;
    assert!(answered.is_ok(), "the one before is good for two hours");
    assert!(
        asking.try_join_next().is_none() && *slack.tokens.bot().borrow() == before,
        "not used before it is written"
    );
    wire.let_go();
    asking.join_next().await.unwrap().unwrap().unwrap();
    assert!(*slack.tokens.bot().borrow() != before);
    assert_eq!(shop.slack.asked_to_exchange(), 2);
    works(&shop).await;
}

#[tokio::test]
async fn what_another_word_forbids_is_asked_again_after_a_while() {
    let shop = open(Base::Sqlite).await;
    shop.world.clock.advance(TimeDelta::hours(10));
    shop.slack.says_next("oauth.v2.access", "bad_client_secret");
    look(&shop.world).await;
    let slack = shop.world.app.slack().unwrap();
    stands(&slack, |standing| matches!(standing, Standing::Unrenewed(word) if word == "bad_client_secret")).await;
    look(&shop.world).await;
    assert_eq!(shop.slack.exchanged(), 1);
    shop.world.clock.advance(TimeDelta::minutes(10));
    look(&shop.world).await;
    assert_eq!(shop.slack.exchanged(), 2);
    stands(&slack, Standing::is_ready).await;
    works(&shop).await;
}
