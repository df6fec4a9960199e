//! What people wrote while nobody listened: it is read from the channels, once, however often Slack repeats it as well.

use chrono::TimeDelta;
use domain::incident::Incident;
use shopwatch::slack::catch_up::HEARD_NOTE;
use shopwatch::store::incidents::Filter;

use super::{Shop, words};
use crate::evidence::{ASTRONAUT, another};
use crate::world::database::Base;
use crate::world::slack::workspace::BOT_USER;
use crate::world::{World, until};

on_both! {
    what_was_dropped_in_a_day_while_nobody_listened_is_read_once,
    killed_between_reading_and_keeping_nothing_is_lost_and_nothing_is_there_twice,
    what_was_shared_while_nobody_listened_is_read_once_and_a_link_sends_nothing,
}

/// Waits until everything that was written is heard.
async fn whole(world: &World) {
    let slack = world.app.slack().unwrap();
    until("the end of what was missed", async || slack.heard.is_whole()).await;
}

/// A shop that has heard everything until now, with a photo that was dropped.
async fn heard(base: Base) -> Shop {
    let shop = Shop::on(base).await;
    whole(&shop.world).await;
    assert!(shop.world.store().noted(HEARD_NOTE).await.unwrap().is_some());
    drop_in(&shop, "before", true).await;
    shop
}

/// Amal drops a photo in the report channel.
async fn drop_in(shop: &Shop, text: &str, heard: bool) {
    let photo = shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", b"jpeg");
    let (_, acked) = shop.slack.posts(&shop.amal, &shop.floor, text, &[&photo], None).await;
    assert_eq!(acked.on_time, heard);
}

/// Somebody writes while nobody listens.
async fn unheard(shop: &Shop, who: &str, channel: &str, text: &str, photo: Option<&str>, under: Option<&str>) {
    let photos: Vec<&str> = photo.into_iter().collect();
    assert!(!shop.slack.posts(who, channel, text, &photos, under).await.1.on_time);
}

/// Another process on the same database, that has read everything.
async fn comes_back(shop: &Shop, seed: u64) -> World {
    let mut other = shop.world.replica_with_slack(seed).await;
    other.connect();
    shop.slack.connected(1).await;
    whole(&other).await;
    other
}

/// The end of a story: first of the process, which may still be answering people, then of what is on its way to Slack.
async fn ends(shop: &Shop, mut world: World) {
    world.crash().await;
    shop.slack.connected(0).await;
    shop.slack.unplug().await;
    shop.look_away();
}

/// What the incidents say, in the order in which they were reported.
async fn said(world: &World) -> Vec<String> {
    let filter = Filter { sites: world.app.desk.rules().site_ids(), ..Filter::default() };
    let mut incidents: Vec<Incident> = world.store().incidents(&filter).await.unwrap().incidents;
    incidents.reverse();
    incidents.iter().filter_map(|one| one.what_happened().map(ToOwned::to_owned)).collect()
}

async fn what_was_dropped_in_a_day_while_nobody_listened_is_read_once(base: Base) {
    let mut shop = heard(base).await;
    shop.world.crash().await;
    shop.slack.connected(0).await;
    for hour in 0..24 {
        shop.world.clock.advance(TimeDelta::hours(1));
        for _ in 0..9 {
            unheard(&shop, &shop.noor, &shop.floor, "good morning", None, None).await;
        }
        drop_in(&shop, &hour.to_string(), false).await;
        if hour < 20 {
            shop.slack.gives_up();
        }
    }
    let other = comes_back(&shop, 7).await;
    let expected: Vec<String> =
        std::iter::once("before".to_owned()).chain((0..24).map(|hour| hour.to_string())).collect();
    assert_eq!(said(&other).await, expected, "more than a page, in their order, and once");
    // Slack repeats what was not acknowledged lately, too.
    assert!(shop.slack.redeliver().await.iter().all(|acked| acked.on_time));
    assert_eq!(other.store().count_incidents().await.unwrap(), 25);
    ends(&shop, other).await;
}

async fn killed_between_reading_and_keeping_nothing_is_lost_and_nothing_is_there_twice(base: Base) {
    let mut shop = heard(base).await;
    let noted = shop.world.store().noted(HEARD_NOTE).await.unwrap();
    shop.world.crash().await;
    shop.slack.connected(0).await;
    shop.world.clock.advance(TimeDelta::hours(2));
    for number in 0..5 {
        drop_in(&shop, &number.to_string(), false).await;
    }
    let asked = shop.slack.see(|workspace| workspace.calls.get("conversations.history").copied().unwrap_or_default());
    let mut killed = shop.world.replica_with_slack(7).await;
    killed.stop_writing().await;
    killed.connect();
    shop.slack.until(|workspace| workspace.calls.get("conversations.history").is_some_and(|now| *now > asked)).await;
    killed.crash().await;
    assert_eq!(killed.store().count_incidents().await.unwrap(), 1, "read, and not kept");
    assert_eq!(killed.store().noted(HEARD_NOTE).await.unwrap(), noted, "the mark stays before what is not kept");
    let other = comes_back(&shop, 8).await;
    assert_eq!(said(&other).await, ["before", "0", "1", "2", "3", "4"]);
    assert_ne!(other.store().noted(HEARD_NOTE).await.unwrap(), noted);
    drop(other);
    // The next one reads some of it again, and keeps nothing twice.
    let third = comes_back(&shop, 9).await;
    assert_eq!(third.store().count_incidents().await.unwrap(), 6);
    ends(&shop, third).await;
}

async fn what_was_shared_while_nobody_listened_is_read_once_and_a_link_sends_nothing(base: Base) {
    let mut shop = heard(base).await;
    let stockroom = shop.slack.channel("stockroom").with(&[&shop.amal, &shop.noor]);
    let photo = shop.slack.file(&shop.noor, "a.jpg", "image/jpeg", &ASTRONAUT);
    let (message, _) = shop.slack.posts(&shop.noor, &stockroom, "by the till", &[&photo], None).await;
    let im = shop.slack.im(&shop.amal);
    shop.world.crash().await;
    shop.slack.connected(0).await;
    shop.world.clock.advance(TimeDelta::hours(3));
    for (to, comment) in [(&shop.floor, "in the channel"), (&im, "to the app alone")] {
        assert!(!shop.slack.shares(&shop.amal, &message, to, comment, None).await.1.on_time);
        assert!(shop.slack.links(&shop.amal, &message, to).await.iter().all(|acked| !acked.on_time));
    }
    let expected = ["before", "in the channel\nby the till", "to the app alone\nby the till"];
    for seed in [7, 8] {
        let mut other = comes_back(&shop, seed).await;
        assert_eq!(said(&other).await, expected, "once, however often it is read");
        other.crash().await;
        shop.slack.connected(0).await;
        shop.world.clock.advance(TimeDelta::minutes(1));
    }
    shop.look_away();
}

#[tokio::test]
async fn what_was_sent_to_us_alone_under_a_copy_and_under_a_card_is_read_too() {
    let mut shop = Shop::open().await;
    whole(&shop.world).await;
    let incident = shop.report("two people, spirits").await;
    shop.settle().await;
    let (copy, card) = (shop.slack.dms_for(&shop.amal).remove(0), shop.card());
    shop.world.crash().await;
    shop.slack.connected(0).await;
    shop.world.clock.advance(TimeDelta::hours(3));
    let file = |who: &str, bytes: &[u8]| shop.slack.file(who, "a.jpg", "image/jpeg", bytes);
    let (first, second, third) =
        (file(&shop.amal, &ASTRONAUT), file(&shop.noor, &another(1)), file(&shop.amal, &another(2)));
    unheard(&shop, &shop.amal, &copy.channel, "he has a knife", Some(&first), Some(&copy.ts)).await;
    unheard(&shop, &shop.noor, &shop.triage, "from the camera", Some(&second), Some(&card.ts)).await;
    unheard(&shop, &shop.amal, &copy.channel, "another one, at the back door", Some(&third), None).await;
    // In a channel that the app was thrown out of there is nothing to be had, and nobody waits for it.
    shop.slack.change(|workspace| workspace.channels.get_mut(&shop.floor).unwrap().members.remove(BOT_USER));
    let other = comes_back(&shop, 7).await;
    let now = other.store().incident(incident.id).await.unwrap().unwrap();
    assert_eq!(now.what_happened(), Some("two people, spirits\nhe has a knife"));
    assert_eq!(now.photos.len(), 2);
    let note = other.record(&now).await.into_iter().find(|line| line.word.as_str() == "noted").unwrap();
    assert_eq!(note.text.as_deref(), Some("from the camera"));
    assert_eq!(said(&other).await[1..], ["another one, at the back door"]);
    ends(&shop, other).await;
}

#[tokio::test]
async fn what_somebody_sends_to_us_alone_who_never_reported_before_is_read_if_we_may_list_direct_messages() {
    let mut shop = Shop::open().await;
    whole(&shop.world).await;
    shop.world.crash().await;
    shop.slack.connected(0).await;
    shop.world.clock.advance(TimeDelta::hours(3));
    let (im, file) = (shop.slack.im(&shop.omar), shop.slack.file(&shop.omar, "a.jpg", "image/jpeg", &ASTRONAUT));
    unheard(&shop, &shop.omar, &im, "at the back door", Some(&file), None).await;
    shop.slack.gives_up();
    let photo = shop.slack.file(&shop.amal, "b.jpg", "image/jpeg", &another(1));
    unheard(&shop, &shop.amal, &shop.floor, "at the till", Some(&photo), None).await;
    shop.slack.gives_up();
    shop.slack.missing_scope("im:read");
    // Longer than what is read twice.
    shop.world.clock.advance(TimeDelta::minutes(20));
    let mut without = comes_back(&shop, 7).await;
    assert_eq!(said(&without).await, ["at the till"], "everything else is read without the scope");
    without.crash().await;
    shop.slack.connected(0).await;
    shop.slack.grant_scope("im:read");
    shop.world.clock.advance(TimeDelta::minutes(1));
    let photo = shop.slack.file(&shop.omar, "c.jpg", "image/jpeg", &another(2));
    unheard(&shop, &shop.omar, &im, "again at the back door", Some(&photo), None).await;
    shop.slack.gives_up();
    let with = comes_back(&shop, 8).await;
    let mut said = said(&with).await;
    said.sort();
    assert_eq!(said, ["again at the back door", "at the till"]);
    ends(&shop, with).await;
}

#[tokio::test]
async fn what_was_answered_is_not_answered_again_and_what_was_written_before_a_question_is_no_answer() {
    let mut shop = Shop::open().await;
    whole(&shop.world).await;
    let incident = shop.report("the charity box").await;
    shop.settle().await;
    let im = shop.slack.im(&shop.amal);
    assert!(shop.slack.posts(&shop.amal, &im, "hello?", &[], None).await.1.on_time);
    shop.slack.until(|workspace| workspace.describe().contains("/report what happened")).await;
    let beats = shop.world.app.slack().unwrap();
    shop.world.clock.advance(TimeDelta::minutes(2));
    beats.heard.beat(shop.world.store(), shop.world.now()).await.unwrap();
    assert!(shop.press(&shop.noor, "claim").await.on_time);
    shop.settle().await;
    assert!(shop.press(&shop.noor, "ask").await.on_time);
    let form = shop.slack.modal_of(&shop.noor).unwrap();
    assert!(shop.slack.submits(&shop.noor, &form.id, &[("text", &["Which till?"])]).await.on_time);
    shop.settle().await;
    shop.slack.dms_for(&shop.amal);
    shop.world.crash().await;
    shop.slack.connected(0).await;
    shop.world.clock.advance(TimeDelta::minutes(1));
    let other = comes_back(&shop, 7).await;
    let now = other.store().incident(incident.id).await.unwrap().unwrap();
    assert!(now.question.is_some(), "hello is no answer to what was asked after it");
    let said = shop.slack.dms_for(&shop.amal).into_iter().map(|said| words(&said.blocks));
    assert_eq!(said.filter(|said| said.contains("/report what happened")).count(), 1, "help was given once");
    let mut other = other;
    other.crash().await;
    shop.slack.connected(0).await;
    shop.world.clock.advance(TimeDelta::minutes(1));
    // Whoever answers while nobody listens has answered.
    unheard(&shop, &shop.amal, &im, "the one by the door", None, None).await;
    let third = comes_back(&shop, 8).await;
    assert_eq!(third.store().incident(incident.id).await.unwrap().unwrap().question, None);
    ends(&shop, third).await;
}

#[tokio::test]
async fn what_was_refused_meanwhile_is_written_to_whoever_sent_it() {
    let mut shop = heard(Base::Sqlite).await;
    shop.world.crash().await;
    shop.slack.connected(0).await;
    shop.world.clock.advance(TimeDelta::hours(2));
    let photo = shop.slack.file(&shop.finn, "a.jpg", "image/jpeg", b"jpeg");
    unheard(&shop, &shop.finn, &shop.floor, "look", Some(&photo), None).await;
    let other = comes_back(&shop, 7).await;
    assert_eq!(other.store().count_incidents().await.unwrap(), 1);
    assert_eq!(shop.slack.dms_for(&shop.finn).len(), 1, "nobody sees a whisper later");
    ends(&shop, other).await;
}
