//! Posting: limits, lost answers, messages and channels that are taken away.

use std::time::Duration;

use chrono::TimeDelta;
use domain::words::State;
use sea_orm::ConnectionTrait as _;
use serenity::http::Route;
use shopwatch::chat::inbound::What;
use shopwatch::discord::api::Trouble;

use super::Shop;
use crate::world::discord::{RetryAfter, SEND_MESSAGES, VIEW_CHANNEL};
use crate::world::people::AMAL;

const POST: &str = "POST /channels/{channel}/messages";
const EDIT: &str = "PATCH /channels/{channel}/messages/{message}";

#[tokio::test]
async fn however_discord_says_to_wait_nothing_is_asked_before() {
    for how in [
        RetryAfter::Seconds(7),
        RetryAfter::Float(6.5),
        RetryAfter::Date(7),
        RetryAfter::Absent(7.0),
        RetryAfter::Global(7.0),
        RetryAfter::Shared(7.0),
        RetryAfter::Html(7),
    ] {
        let shop = Shop::open().await;
        shop.discord.rate_limit_next(POST, how);
        shop.reports("gin").await;
        shop.world.settle().await;
        let due = shop.world.store().next_due(domain::words::Platform::Discord).await.unwrap().unwrap();
        let wait = due - shop.world.now();
        assert!((5_500..=7_500).contains(&wait.num_milliseconds()), "{how:?}: {wait}");
        shop.settle().await;
        assert_eq!(shop.discord.messages(shop.triage).len(), 1, "{how:?}");
        shop.look_away();
    }
}

#[tokio::test]
async fn a_bucket_that_is_empty_is_not_asked_again_before_it_is_full() {
    let shop = Shop::open().await;
    shop.discord.limit_route(POST, 1, Duration::from_secs(1));
    for line in ["gin", "rum", "vodka"] {
        shop.reports(line).await;
    }
    shop.step().await;
    let refused = shop.discord.asked(POST).iter().filter(|one| one.status.is_some_and(|status| status == 429)).count();
    assert!(refused <= 2, "at most those that were on their way: {refused}");
    for _ in 0..12 {
        shop.discord.time_passes(Duration::from_secs(1));
        shop.world.clock.advance(TimeDelta::seconds(1));
        shop.step().await;
    }
    assert_eq!(shop.discord.messages(shop.triage).len(), 3);
    shop.look_away();
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_no_second_card() {
    let shop = Shop::open().await;
    shop.discord.answer_lost(POST);
    shop.report("gin").await;
    assert_eq!(shop.discord.messages(shop.triage).len(), 1);
    // However late it is looked for: the small print is still there when the nonce is forgotten.
    shop.discord.answer_lost(POST);
    shop.reports("rum").await;
    shop.step().await;
    shop.discord.time_passes(Duration::from_hours(1));
    shop.settle().await;
    assert_eq!(shop.discord.messages(shop.triage).len(), 2);
    shop.look_away();
}

#[tokio::test]
async fn a_card_in_doubt_is_looked_for_first_also_after_its_incident_could_not_be_read_for_a_while() {
    let shop = Shop::open().await;
    shop.discord.answer_lost(POST);
    shop.reports("gin").await;
    shop.step().await;
    assert_eq!(shop.discord.messages(shop.triage).len(), 1);
    let inside = shop.world.database.look_inside().await;
    // Twice, and it is as it was.
    let swap = "UPDATE incident SET sealed = data_key, data_key = sealed";
    for _ in 0..2 {
        inside.execute_unprepared(swap).await.unwrap();
        for _ in 0..3 {
            // By now Discord has forgotten the nonce.
            shop.discord.time_passes(Duration::from_hours(1));
            shop.world.clock.advance(TimeDelta::hours(1));
            shop.step().await;
        }
    }
    shop.settle().await;
    assert_eq!(shop.discord.messages(shop.triage).len(), 1);
    shop.look_away();
}

#[tokio::test]
async fn while_discord_cannot_be_reached_one_try_answers_for_everything_that_waits() {
    let shop = Shop::open().await;
    shop.discord.unplug().await;
    let discord = shop.world.app.discord().unwrap();
    // A connection that was open before is noticed to be closed by whoever uses it.
    let asks = async || discord.api.get(Route::UserMe, vec![], shop.world.now()).await;
    while !matches!(asks().await, Err(Trouble::Unsent)) {}
    in_the_console(&shop, "gin").await;
    shop.discord.plug_in();
    shop.world.clock.advance(TimeDelta::seconds(1));
    in_the_console(&shop, "rum").await;
    assert!(shop.discord.messages(shop.triage).is_empty(), "nothing is tried before three seconds have passed");
    shop.settle().await;
    assert_eq!(shop.discord.messages(shop.triage).len(), 2);
    shop.look_away();
}

#[tokio::test]
async fn a_token_that_is_taken_back_before_a_look_gives_no_card_up() {
    let shop = Shop::open().await;
    shop.discord.answer_lost(POST);
    shop.reports("gin").await;
    shop.step().await;
    shop.discord.server_error("GET /channels/{channel}/messages", 401);
    shop.world.clock.advance(TimeDelta::seconds(60));
    shop.step().await;
    assert_eq!(shop.discord.misfortunes(), 0, "it looked");
    let depth = shop.world.store().outbox_depth().await.unwrap();
    assert_eq!((depth.waiting > 0, depth.needs_operator), (true, 0));
    shop.look_away();
}

#[tokio::test]
async fn a_line_that_is_cut_and_a_server_that_fails_are_tried_again() {
    let shop = Shop::open().await;
    shop.discord.hang_up(POST);
    shop.report("gin").await;
    assert_eq!(shop.discord.messages(shop.triage).len(), 1);
    shop.discord.server_error(EDIT, 502);
    shop.press(shop.noor, "claim").await;
    shop.settle().await;
    assert!(shop.card().text().contains("Noor"));
    assert_eq!(shop.thread(&shop.card()).len(), 1);
    shop.look_away();
}

#[tokio::test]
async fn a_card_that_is_taken_away_is_posted_once_more() {
    let shop = Shop::open().await;
    let incident = shop.report("gin").await;
    let first = shop.card();
    shop.discord.deletes(first.id);
    let again =
        shop.world.press(crate::world::people::NOOR, &incident.reference, shopwatch::chat::press::Button::Claim);
    again.await.incident();
    shop.settle().await;
    let second = shop.card();
    assert_ne!(first.id, second.id);
    assert!(second.text().contains("Noor"));
    // The new one works like the old one.
    assert!(shop.press(shop.noor, "confirm").await.ephemeral());
    shop.look_away();
}

#[tokio::test]
async fn a_thread_that_was_put_away_or_taken_away_goes_on() {
    let shop = Shop::open().await;
    shop.report("gin").await;
    shop.press(shop.noor, "claim").await;
    shop.settle().await;
    let card = shop.card();
    let thread = shop.discord.thread_of(card.id).unwrap();
    assert_eq!(shop.thread(&card).len(), 1);
    shop.discord.archives(thread);
    shop.press(shop.noor, "note").await;
    let form = shop.discord.modal_of(shop.noor).unwrap();
    shop.discord.submits_modal(shop.noor, &form, &[("text", "seen on camera two".into())]).await;
    shop.settle().await;
    assert_eq!(shop.thread(&card).len(), 2, "a message fetches it back");
    assert!(!shop.discord.is_archived(thread));
    shop.look_away();
}

#[tokio::test]
async fn a_channel_that_is_lost_is_told_in_the_admin_channel_and_nothing_is_lost() {
    let shop = Shop::open().await;
    let bot = shop.discord.bot_in(shop.guild);
    shop.discord.deny(shop.triage, bot.user, SEND_MESSAGES | VIEW_CHANNEL);
    shop.reports("gin").await;
    for _ in 0..3 {
        shop.world.settle().await;
        shop.world.clock.advance(TimeDelta::minutes(1));
    }
    let told = shop.discord.messages(shop.admin);
    assert_eq!(told.len(), 1, "once: {told:#?}");
    assert!(told[0].content.contains("King's Cross"), "{}", told[0].content);
    let incident = shop.newest().await;
    assert_eq!(incident.status.state(), State::New);
    let depth = shop.world.store().outbox_depth().await.unwrap();
    assert_eq!((depth.waiting > 0, depth.needs_operator), (true, 0), "it waits");
    shop.look_away();
}

#[tokio::test]
async fn what_a_lost_channel_missed_stands_there_when_it_can_be_written_to_again() {
    let shop = Shop::open().await;
    let bot = shop.discord.bot_in(shop.guild);
    let older = shop.report("gin").await;
    let card = shop.card();
    shop.discord.deny(shop.triage, bot.user, SEND_MESSAGES | VIEW_CHANNEL);
    let newer = shop.reports("rum").await.message().content.clone();
    let claim = shopwatch::chat::press::Button::Claim;
    shop.world.press(crate::world::people::NOOR, &older.reference, claim).await.incident();
    // Far longer than anything is tried for that fails.
    for _ in 0..45 {
        shop.world.settle().await;
        shop.world.clock.advance(TimeDelta::minutes(1));
    }
    assert_eq!(shop.discord.messages(shop.triage).len(), 1);
    assert!(!shop.card().content.contains("Claimed"));

    shop.discord.allow_again(shop.triage);
    shop.world.clock.advance(TimeDelta::minutes(1));
    shop.settle().await;
    let cards = shop.discord.messages(shop.triage);
    assert_eq!(cards.len(), 2, "each once: {cards:#?}");
    assert!(cards[0].id == card.id && cards[0].content.contains("Claimed"), "what happened meanwhile: {:?}", cards[0]);
    let reference = newer.split_whitespace().find(|word| word.contains("SW-")).unwrap().trim_matches('*').to_owned();
    assert!(cards[1].content.contains(&reference), "{reference} in {:?}", cards[1]);
    assert_eq!(shop.thread(&card).len(), 1, "and in its thread");
    let depth = shop.world.store().outbox_depth().await.unwrap();
    assert_eq!((depth.waiting, depth.needs_operator), (0, 0));
    shop.look_away();
}

#[tokio::test]
async fn what_people_write_stays_text() {
    let shop = Shop::open().await;
    let role = shop.managers;
    let nasty =
        format!("@everyone <@&{role}> <@{}> [x](https://evil.example) discord.gg/abc **b** `c` \n# h", shop.noor.user);
    shop.reports(&nasty).await;
    shop.settle().await;
    let said = shop.card().text();
    let person = format!("<@{}>", shop.noor.user);
    for bad in ["@everyone", "<@&", &person, "discord.gg/", " [x]", "**b**"] {
        assert!(!said.contains(bad), "{bad} in {said}");
    }
    assert!(shop.discord.pings().is_empty());
    shop.look_away();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_a_press_to_the_card_that_shows_it_is_far_below_a_second() {
    let shop = Shop::open().await;
    let watch = shopwatch::clock::Stopwatch::start();
    let mut took = Vec::new();
    for round in 0..9 {
        let incident = shop.report(&format!("round {round}")).await;
        let card = shop.card();
        shop.world.clock.advance(TimeDelta::seconds(1));
        let began = watch.now();
        let claim = super::button(&card, "claim");
        shop.discord.presses(shop.noor, card.id, &claim).await;
        shop.step().await;
        shop.discord
            .until("the card", |state| state.messages[&card.id].content.contains("Claimed").then_some(()))
            .await;
        took.push(watch.now().saturating_sub(began));
        assert_eq!(shop.now(&incident).await.status.state(), State::Claimed);
    }
    took.sort();
    assert!(took[took.len() / 2] < Duration::from_secs(1), "{took:?}");
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn what_was_erased_is_gone_from_its_card() {
    let shop = Shop::open().await;
    let incident = shop.report("a bottle of gin fell down").await;
    shop.settle().await;
    shop.world.decline(&incident.reference).await;
    shop.settle().await;
    assert!(shop.card().text().contains("gin"));
    for _ in 0..9 {
        shop.world.clock.advance(TimeDelta::days(1));
        shop.discord.time_passes(Duration::from_hours(24));
        shop.settle().await;
    }
    assert!(shop.world.store().incident(incident.id).await.unwrap().is_none());
    let read = shop.card().text();
    assert!(read.contains(incident.reference.as_str()) && read.contains("Deleted on 2026-"), "{read}");
    assert!(!read.contains("gin"), "{read}");
    shop.look_away();
}

/// Amal reports a line in the console, and it is shown wherever it can be.
async fn in_the_console(shop: &Shop, line: &str) {
    shop.world.receive(AMAL, What::Command(line.into())).await;
    shop.step().await;
}
