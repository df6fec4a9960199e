//! What waits too long: a digest a day of what hurries nobody, and the next level for what does.

use chrono::TimeDelta;
use shopwatch::chat::press::Button;

use super::Shop;
use crate::world::discord::{Id, Seen};
use crate::world::people::{NOOR, minutes};

impl Shop {
    /// Messages of a channel without a card in them.
    fn lines(&self, channel: Id) -> Vec<Seen> {
        self.discord.messages(channel).into_iter().filter(|seen| seen.embeds.is_empty()).collect()
    }

    async fn later(&self, time: TimeDelta) {
        self.world.clock.advance(time);
        self.discord.it_is(self.world.now());
        self.settle().await;
    }
}

#[tokio::test]
async fn what_hurries_nobody_is_listed_once_a_day_and_the_day_before_folds() {
    let shop = Shop::open().await;
    let first = shop.report("info CANARY-WORDS at the till").await.reference;
    shop.later(TimeDelta::hours(17)).await;
    assert!(shop.lines(shop.triage).is_empty(), "it is 07:05");
    shop.later(TimeDelta::hours(1)).await;
    let lines = shop.lines(shop.triage);
    assert_eq!(lines.len(), 1, "{lines:#?}");
    let said = &lines[0].content;
    assert!(said.contains("2026-11-23 08:00 GMT: 1") && said.contains(first.as_str()), "{said}");
    assert!(!said.contains("CANARY"), "{said}");
    shop.later(TimeDelta::hours(2)).await;
    assert_eq!(shop.lines(shop.triage).len(), 1, "once a day");
    shop.world.press(NOOR, &first, Button::Claim).await;
    shop.later(TimeDelta::hours(22)).await;
    let lines = shop.lines(shop.triage);
    assert!(lines.len() == 1 && !lines[0].content.contains("SW-"), "its day is over: {lines:#?}");
    shop.look_away();
}

#[tokio::test]
async fn a_digest_whose_answer_was_lost_is_found_and_not_posted_twice() {
    let shop = Shop::open().await;
    shop.report("info a loose shelf").await;
    shop.discord.answer_lost("POST /channels/{channel}/messages");
    shop.later(TimeDelta::hours(18)).await;
    assert_eq!(shop.lines(shop.triage).len(), 1);
    shop.look_away();
}

#[tokio::test]
async fn the_next_level_is_called_until_somebody_claims() {
    let shop = Shop::open().await;
    let called = shop.report("now CANARY-WORDS").await.reference;
    for minute in [3, 2, 5, 5] {
        shop.later(minutes(minute)).await;
    }
    let calls = shop.lines(shop.admin);
    assert_eq!(calls.len(), 2, "at ten and at fifteen minutes: {calls:#?}");
    assert!(calls.iter().all(|call| call.content.contains(called.as_str()) && !call.content.contains("CANARY")));
    shop.world.press(NOOR, &called, Button::Claim).await;
    shop.later(minutes(4)).await;
    assert_eq!(shop.lines(shop.admin).len(), 2, "a claim stops it");
    shop.look_away();
}
