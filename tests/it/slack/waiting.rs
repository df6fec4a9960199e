//! What waits too long: a digest a day of what hurries nobody, and the next level for what does.

use chrono::TimeDelta;
use shopwatch::chat::press::Button;
use shopwatch::jobs::{schedule, timers};
use shopwatch::rules::Rules;

use super::Shop;
use crate::world::database::Base;
use crate::world::people::{NOOR, minutes};
use crate::world::slack::workspace::Message;

on_both! {
    what_hurries_nobody_is_listed_once_a_day_and_the_day_before_folds,
    of_two_servers_one_posts_the_digest,
    the_next_level_is_called_until_somebody_claims,
}

/// From the beginning, 14:05, to 08:00 of the next day, less a minute.
const NIGHT: TimeDelta = TimeDelta::minutes(17 * 60 + 54);

impl Shop {
    /// Messages of a channel that are no cards and stand in no thread.
    fn lines(&self, channel: &str) -> Vec<Message> {
        let all = self.slack.messages(channel).into_iter();
        all.filter(|one| one.thread_ts.is_none() && !one.blocks.iter().any(|block| block["type"] == "header")).collect()
    }

    /// Lets everything happen until then.
    async fn until(&self, moment: &str) {
        let moment: domain::clock::Moment = moment.parse().unwrap();
        self.later(moment - self.world.now()).await;
    }

    async fn later(&self, time: TimeDelta) {
        self.world.clock.advance(time);
        self.settle().await;
    }
}

async fn what_hurries_nobody_is_listed_once_a_day_and_the_day_before_folds(base: Base) {
    let shop = Shop::on(base).await;
    let first = shop.report("info CANARY-WORDS at the till").await.reference;
    shop.until("2026-11-22T15:35:00Z").await;
    let second = shop.report("info a loose shelf").await.reference;
    let theft = shop.report("gin").await.reference;
    shop.until("2026-11-23T07:59:00Z").await;
    assert!(shop.lines(&shop.triage).is_empty(), "not before its time");
    shop.until("2026-11-23T08:01:00Z").await;
    let [digest] = <[Message; 1]>::try_from(shop.lines(&shop.triage)).unwrap();
    let told: Vec<&str> = digest.text.lines().collect();
    assert!(told[0].contains("King's Cross, 2026-11-23 08:00 GMT: 2"), "{told:#?}");
    assert!(told[1].contains(first.as_str()) && told[1].contains("17 hours ago"), "the oldest first: {told:#?}");
    assert!(told[2].contains(second.as_str()) && told[2].contains("16 hours ago"), "{told:#?}");
    assert!(!digest.text.contains("CANARY") && !digest.text.contains(theft.as_str()), "{told:#?}");
    let after = shop.report("info what came after it").await.reference;
    shop.until("2026-11-23T09:00:00Z").await;
    assert_eq!(shop.lines(&shop.triage).len(), 1, "once a day");

    for called in [&first, &second] {
        shop.world.press(NOOR, called, Button::Claim).await.incident();
    }
    shop.until("2026-11-24T08:01:00Z").await;
    let [before, digest] = <[Message; 2]>::try_from(shop.lines(&shop.triage)).unwrap();
    assert!(before.text.contains("2026-11-23") && !before.text.contains("SW-"), "{}", before.text);
    let told: Vec<&str> = digest.text.lines().collect();
    assert!(told[0].contains("GMT: 1") && told[1].contains(after.as_str()) && told.len() == 3, "{told:#?}");
    shop.look_away();
}

async fn of_two_servers_one_posts_the_digest(base: Base) {
    let shop = Shop::on(base).await;
    let mut other = shop.world.replica_with_slack(11).await;
    other.connect();
    shop.slack.connected(2).await;
    shop.report("info a loose shelf").await;
    shop.settle().await;
    shop.world.clock.advance(NIGHT + minutes(2));
    let (here, there) = tokio::join!(schedule::step(&shop.world.app), schedule::step(&other.app));
    assert!(here.unwrap() + there.unwrap() > 0);
    shop.settle().await;
    assert_eq!(shop.lines(&shop.triage).len(), 1);
    shop.world.clock.advance(-minutes(120));
    shop.settle().await;
    shop.later(minutes(121)).await;
    assert_eq!(shop.lines(&shop.triage).len(), 1, "a clock that goes back repeats nothing");
    shop.look_away();
}

#[tokio::test]
async fn a_digest_whose_answer_was_lost_is_found_and_not_posted_twice() {
    let shop = Shop::open().await;
    shop.report("info a loose shelf").await;
    shop.settle().await;
    shop.slack.answer_lost("chat.postMessage");
    shop.later(NIGHT + minutes(2)).await;
    shop.later(minutes(3)).await;
    assert_eq!(shop.lines(&shop.triage).len(), 1);
    shop.look_away();
}

#[tokio::test]
async fn a_digest_that_was_missed_comes_late_and_is_one() {
    let shop = Shop::open().await;
    shop.report("info a loose shelf").await;
    shop.settle().await;
    shop.later(TimeDelta::days(5)).await;
    let [digest] = <[Message; 1]>::try_from(shop.lines(&shop.triage)).unwrap();
    assert!(digest.text.contains("2026-11-27 08:00 GMT: 1"), "{}", digest.text);
    shop.look_away();
}

#[tokio::test]
async fn a_shop_that_wants_no_digest_gets_none_and_another_time_is_kept() {
    let shop = Shop::open().await;
    let rules = |at: &str| {
        let text = super::rules(&shop.floor, &shop.triage, &shop.admin, &shop.noor, &shop.managers);
        Rules::parse(&text.replace("two_person", &format!("digest_at = \"{at}\"\ntwo_person"))).unwrap()
    };
    shop.world.app.change_rules(rules("never"));
    shop.report("info a loose shelf").await;
    shop.later(TimeDelta::hours(20)).await;
    assert!(shop.lines(&shop.triage).is_empty());
    shop.world.app.change_rules(rules("16:30"));
    shop.later(TimeDelta::hours(6)).await;
    assert!(shop.lines(&shop.triage).is_empty(), "it is 16:05");
    shop.later(minutes(25)).await;
    assert_eq!(shop.lines(&shop.triage).len(), 1);
    shop.look_away();
}

async fn the_next_level_is_called_until_somebody_claims(base: Base) {
    let shop = Shop::on(base).await;
    let called = shop.report("now CANARY-WORDS").await.reference;
    for _ in 0..2 {
        shop.later(minutes(3)).await;
    }
    assert!(shop.lines(&shop.admin).is_empty(), "the pages are for the reviewers");
    for _ in 0..2 {
        shop.later(minutes(5)).await;
    }
    let calls = shop.lines(&shop.admin);
    assert_eq!(calls.len(), 2, "at ten and at fifteen minutes");
    assert!(calls[0].text.contains(called.as_str()) && calls[0].text.contains("minutes: 1"), "{}", calls[0].text);
    assert!(calls.iter().all(|call| !call.text.contains("CANARY")), "{calls:#?}");
    shop.world.press(NOOR, &called, Button::Claim).await;
    shop.later(minutes(4)).await;
    assert_eq!(shop.lines(&shop.admin).len(), 2, "a claim stops it");
    shop.look_away();
}

#[tokio::test]
async fn the_next_level_is_where_the_rules_say_and_a_claim_stops_a_call_that_waits() {
    let shop = Shop::open().await;
    let duty = shop.slack.channel("duty").private().with(&[&shop.noor]);
    let text = super::rules(&shop.floor, &shop.triage, &shop.admin, &shop.noor, &shop.managers);
    let named = text.replace("two_person", &format!("next_level = [\"slack:{duty}\"]\ntwo_person"));
    shop.world.app.change_rules(Rules::parse(&named).unwrap());
    let called = shop.report("now knife").await.reference;
    shop.settle().await;
    shop.later(minutes(11)).await;
    assert_eq!((shop.lines(&duty).len(), shop.lines(&shop.admin).len()), (1, 0));
    shop.world.clock.advance(minutes(5));
    assert_eq!(timers::step(&shop.world.app).await.unwrap(), 1);
    shop.world.press(NOOR, &called, Button::Claim).await;
    shop.settle().await;
    assert_eq!(shop.lines(&duty).len(), 1, "what nobody has seen yet is not said any more");
    shop.look_away();
}

#[tokio::test]
async fn after_a_silence_of_the_software_the_next_level_is_called_once() {
    let shop = Shop::open().await;
    let incident = shop.report("now knife").await;
    shop.settle().await;
    shop.later(minutes(33)).await;
    let calls = shop.lines(&shop.admin);
    assert_eq!(calls.len(), 1, "however many calls were missed");
    let line = shop.world.record(&shop.now(&incident).await).await.pop().unwrap();
    assert_eq!(line.detail["late_minutes"], "30", "and the record says how late it is");
    shop.look_away();
}

#[tokio::test]
async fn what_the_next_level_was_told_is_taken_out_when_the_incident_is_erased() {
    let shop = Shop::open().await;
    let called = shop.report("now knife").await.reference;
    shop.settle().await;
    shop.later(minutes(11)).await;
    shop.world.decline(&called).await;
    shop.settle().await;
    for _ in 0..10 {
        shop.later(TimeDelta::days(1)).await;
    }
    assert!(shop.world.everything().await.is_empty(), "its time is over");
    let texts: Vec<String> = shop.slack.messages(&shop.admin).into_iter().map(|one| one.text).collect();
    assert!(texts.iter().all(|text| !text.contains("minutes: ")), "{texts:#?}");
    shop.look_away();
}
