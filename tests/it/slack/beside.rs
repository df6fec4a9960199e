//! Words that come beside photos: nothing that somebody wrote is passed over.

use domain::text::NOTE_MAX;
use shopwatch::store::sealing::TimelineLine;

use super::{Shop, words};
use crate::evidence::{ASTRONAUT, another};
use crate::world::database::Base;

on_both! { what_she_writes_under_her_own_copy_is_added_once_and_takes_nothing_back, what_a_manager_writes_is_a_note_once }

/// The last line of an incident's record.
async fn last(shop: &Shop, incident: &domain::incident::Incident) -> TimelineLine {
    shop.world.record(incident).await.pop().unwrap()
}

async fn what_she_writes_under_her_own_copy_is_added_once_and_takes_nothing_back(base: Base) {
    let shop = Shop::on(base).await;
    let incident = shop.report("two people, spirits").await;
    shop.settle().await;
    let copy = shop.slack.dms_for(&shop.amal).remove(0);
    let photo = shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", &ASTRONAUT);
    shop.slack.deliver_twice();
    let wrote = "he is back, he has a knife";
    let (_, acked) = shop.slack.posts(&shop.amal, &copy.channel, wrote, &[&photo], Some(&copy.ts)).await;
    assert!(acked.on_time && acked.again.is_some_and(|again| again.on_time));
    shop.slack.until(|workspace| workspace.describe().contains("have arrived")).await;
    let now = shop.now(&incident).await;
    assert_eq!(now.what_happened(), Some("two people, spirits\nhe is back, he has a knife"));
    assert_eq!(now.facts.what_happened.as_deref(), Some("two people, spirits"), "the first text stays");
    let line = last(&shop, &incident).await;
    assert_eq!((line.seq, line.word.as_str()), (3, "facts_completed"));
    for again in shop.slack.redeliver().await {
        assert!(again.on_time);
    }
    shop.settle().await;
    assert_eq!(
        super::photos::steps(&shop, &incident).await,
        ["reported", "photos_sent", "facts_completed", "photo_added"]
    );
    shop.world.store().verify_one(incident.id).await.unwrap();
    let card = words(&shop.card().blocks);
    assert!(card.contains("two people") && card.contains("has a knife"), "{card}");
    let said: String = shop.slack.dms_for(&shop.amal).iter().map(|said| words(&said.blocks)).collect();
    assert!(said.contains("belongs to the report now"), "{said}");
    shop.look_away();
}

async fn what_a_manager_writes_is_a_note_once(base: Base) {
    let shop = Shop::on(base).await;
    let incident = shop.report("two people, spirits").await;
    shop.settle().await;
    let card = shop.card();
    let photo = shop.slack.file(&shop.noor, "a.jpg", "image/jpeg", &ASTRONAUT);
    shop.slack.deliver_twice();
    let (_, acked) = shop.slack.posts(&shop.noor, &shop.triage, "from the camera", &[&photo], Some(&card.ts)).await;
    assert!(acked.on_time);
    let line = last(&shop, &incident).await;
    assert_eq!((line.word.as_str(), line.text.as_deref()), ("noted", Some("from the camera")));
    shop.settle().await;
    assert_eq!(super::photos::steps(&shop, &incident).await, ["reported", "photos_sent", "noted", "photo_added"]);
    assert_eq!(shop.now(&incident).await.what_happened(), Some("two people, spirits"));
    shop.slack.until(|workspace| workspace.describe().contains("have arrived")).await;
    let said: Vec<String> = shop.slack.ephemerals_for(&shop.noor).iter().map(|said| words(&said.blocks)).collect();
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].contains("is a note now") && !said[0].contains("camera"), "{said:#?}");
    shop.world.store().verify_one(incident.id).await.unwrap();
    shop.look_away();
}

#[tokio::test]
async fn words_that_are_too_long_are_refused_with_their_limit_and_nothing_is_half_added() {
    let shop = Shop::open().await;
    let incident = shop.report("two people, spirits").await;
    shop.settle().await;
    let card = shop.card();
    let photo = shop.slack.file(&shop.noor, "a.jpg", "image/jpeg", &another(1));
    let long = "x".repeat(NOTE_MAX + 1);
    assert!(shop.slack.posts(&shop.noor, &shop.triage, &long, &[&photo], Some(&card.ts)).await.1.on_time);
    shop.slack.until(|workspace| workspace.describe().contains("At most")).await;
    let said = shop.slack.ephemerals_for(&shop.noor).remove(0);
    assert!(words(&said.blocks).contains("At most 1000 characters; there are 1001"), "{said:#?}");
    shop.settle().await;
    assert_eq!(super::photos::steps(&shop, &incident).await, ["reported"]);
    shop.look_away();
}

#[tokio::test]
async fn who_may_add_photos_and_write_no_notes_is_told_what_became_of_the_words() {
    let shop = Shop::open().await;
    let text = super::rules(&shop.floor, &shop.triage, &shop.admin, &shop.noor, &shop.managers);
    let text = text.replace("publisher = [", &format!("escalator = [\"slack:user:{}\"]\npublisher = [", shop.finn));
    shop.world.app.change_rules(shopwatch::rules::Rules::parse(&text).unwrap());
    let incident = shop.report("two people, spirits").await;
    shop.settle().await;
    let card = shop.card();
    let photo = shop.slack.file(&shop.finn, "a.jpg", "image/jpeg", &another(1));
    assert!(shop.slack.posts(&shop.finn, &shop.triage, "same man", &[&photo], Some(&card.ts)).await.1.on_time);
    shop.slack.until(|workspace| workspace.describe().contains("have arrived")).await;
    let said = shop.slack.ephemerals_for(&shop.finn).remove(0);
    assert!(words(&said.blocks).contains("was not added"), "{said:#?}");
    shop.settle().await;
    assert_eq!(super::photos::steps(&shop, &incident).await, ["reported", "photos_sent", "photo_added"]);
    shop.look_away();
}
