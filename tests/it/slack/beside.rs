//! Words that come beside photos: nothing that somebody wrote is passed over.

use domain::report::PHOTOS_MAX;
use domain::text::{NOTE_MAX, WHAT_HAPPENED_MAX};
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

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_cut_and_the_question_stays() {
    let shop = Shop::open().await;
    let incident = shop.report("the charity box").await;
    shop.settle().await;
    assert!(shop.press(&shop.noor, "claim").await.on_time);
    shop.settle().await;
    assert!(shop.press(&shop.noor, "ask").await.on_time);
    let form = shop.slack.modal_of(&shop.noor).unwrap();
    assert!(shop.slack.submits(&shop.noor, &form.id, &[("text", &["Which till?"])]).await.on_time);
    shop.settle().await;
    shop.slack.dms_for(&shop.amal);
    let im = shop.slack.im(&shop.amal);
    let version = shop.now(&incident).await.version;
    shop.slack.deliver_twice();
    let (_, acked) = shop.slack.posts(&shop.amal, &im, &"x".repeat(NOTE_MAX + 1), &[], None).await;
    assert!(acked.on_time);
    shop.slack.until(|workspace| workspace.describe().contains("Nothing of this message was kept")).await;
    let now = shop.now(&incident).await;
    assert!(now.question.is_some() && now.version == version);
    let said: Vec<String> = shop.slack.dms_for(&shop.amal).iter().map(|said| words(&said.blocks)).collect();
    assert_eq!(said.iter().filter(|said| said.contains("At most 1000 characters; there are 1001")).count(), 1);
    assert!(!said.iter().any(|said| said.contains("was added")), "{said:#?}");
    assert!(shop.slack.posts(&shop.amal, &im, &"x".repeat(NOTE_MAX), &[], None).await.1.on_time);
    assert_eq!(shop.now(&incident).await.question, None, "what fits is kept whole");
    let line = last(&shop, &incident).await;
    assert_eq!(line.text.map(|text| text.len()), Some(NOTE_MAX));
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn a_drop_whose_text_is_too_long_is_refused_with_the_limit() {
    let shop = Shop::open().await;
    let photo = shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", &ASTRONAUT);
    let long = "x".repeat(WHAT_HAPPENED_MAX + 1);
    assert!(shop.slack.posts(&shop.amal, &shop.floor, &long, &[&photo], None).await.1.on_time);
    shop.slack.until(|workspace| workspace.describe().contains("Nothing of this message was kept")).await;
    let said = words(&shop.slack.ephemerals_for(&shop.amal).remove(0).blocks);
    assert!(said.contains("At most 4000 characters; there are 4001"), "{said}");
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 0);
    let whole = "y".repeat(WHAT_HAPPENED_MAX);
    assert!(shop.slack.posts(&shop.amal, &shop.floor, &whole, &[&photo], None).await.1.on_time);
    assert_eq!(shop.newest().await.what_happened(), Some(whole.as_str()));
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn an_eleventh_photo_is_told_at_once_and_on_the_timeline() {
    let shop = Shop::open().await;
    let file = |seed: u8| shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", &another(seed));
    let photos: Vec<String> = (0..=PHOTOS_MAX).map(|seed| file(u8::try_from(seed).unwrap())).collect();
    let photos: Vec<&str> = photos.iter().map(String::as_str).collect();
    let incident = super::photos::drop_in(&shop, &photos).await;
    shop.slack.until(|workspace| workspace.describe().contains("at most 10 photos")).await;
    shop.settle().await;
    assert_eq!(super::photos::kept(&shop, &incident).await.len(), PHOTOS_MAX);
    let steps = super::photos::steps(&shop, &incident).await;
    assert_eq!(steps.last().map(String::as_str), Some("photo_not_taken too_many"), "{steps:?}");
    assert!(words(&shop.card().blocks).contains("could not be taken: 1"));
    shop.look_away();
}
