//! Messages that somebody shares: their photos and words count as the sharer's, whatever door they come by, and a link to a
//! message sends nothing.

use domain::incident::Incident;
use domain::words::Platform;
use shopwatch::operations::people;
use shopwatch::store::standing::Sort;

use super::photos::{kept, steps};
use super::signed::posted_to;
use super::{Shop, words};
use crate::evidence::{ASTRONAUT, another};
use crate::world::database::Base;
use crate::world::slack::workspace::Message;

on_both! { a_photo_in_a_message_that_is_shared_is_one_that_is_dropped, what_is_shared_with_the_app_alone_is_a_report_or_belongs_to_one }

/// A channel in which people talk, with what Noor wrote there and the photo that she sent.
async fn elsewhere(shop: &Shop, text: &str, bytes: &[u8]) -> Message {
    let channel = shop.slack.channel("stockroom").with(&[&shop.amal, &shop.noor]);
    written(shop, &channel, text, bytes).await
}

async fn written(shop: &Shop, channel: &str, text: &str, bytes: &[u8]) -> Message {
    let photo = shop.slack.file(&shop.noor, "IMG_2.jpg", "image/jpeg", bytes);
    let (message, acked) = shop.slack.posts(&shop.noor, channel, text, &[&photo], None).await;
    assert!(acked.on_time);
    message
}

async fn count(shop: &Shop) -> u64 {
    shop.world.store().count_incidents().await.unwrap()
}

async fn is_amals(shop: &Shop, incident: &Incident) {
    let amal = people::actor(&shop.world.app.desk, &shop.slack_origin(&shop.amal).await);
    assert_eq!(incident.reporter.member, amal.member);
    let photos = kept(shop, incident).await;
    assert!(photos.len() == 1 && photos[0].uploaded_by == amal.member, "{photos:?}");
}

/// Noor asks about the incident on the card.
async fn asks(shop: &Shop) {
    assert!(shop.press(&shop.noor, "claim").await.on_time);
    shop.settle().await;
    assert!(shop.press(&shop.noor, "ask").await.on_time);
    let form = shop.slack.modal_of(&shop.noor).unwrap();
    assert!(shop.slack.submits(&shop.noor, &form.id, &[("text", &["Which till?"])]).await.on_time);
    shop.settle().await;
}

async fn a_photo_in_a_message_that_is_shared_is_one_that_is_dropped(base: Base) {
    let shop = Shop::on(base).await;
    let message = elsewhere(&shop, "by the till", &ASTRONAUT).await;
    assert_eq!(count(&shop).await, 0, "nobody reports there");
    shop.slack.deliver_twice();
    assert!(shop.slack.shares(&shop.amal, &message, &shop.floor, "this one", None).await.1.on_time);
    for again in shop.slack.redeliver().await {
        assert!(again.on_time);
    }
    let incident = shop.newest().await;
    assert_eq!(incident.what_happened(), Some("this one\nby the till"));
    shop.slack.until(|workspace| workspace.describe().contains("sent")).await;
    assert_eq!(shop.slack.ephemerals_for(&shop.amal).len(), 1, "one receipt");
    shop.settle().await;
    is_amals(&shop, &incident).await;
    assert_eq!(count(&shop).await, 1);
    // Words alone are talk, also when they are shared.
    let talk = shop.slack.posts(&shop.noor, &message.channel, "good morning", &[], None).await.0;
    assert!(shop.slack.shares(&shop.amal, &talk, &shop.floor, "", None).await.1.on_time);
    assert_eq!(count(&shop).await, 1);
    shop.look_away();
}

async fn what_is_shared_with_the_app_alone_is_a_report_or_belongs_to_one(base: Base) {
    let shop = Shop::on(base).await;
    let message = elsewhere(&shop, &"long ".repeat(1_000), &ASTRONAUT).await;
    let im = shop.slack.im(&shop.amal);
    assert!(shop.slack.shares(&shop.amal, &message, &im, "look", None).await.1.on_time);
    let incident = shop.newest().await;
    let said = incident.what_happened().unwrap();
    assert!(said.starts_with("look\nlong long") && said.chars().count() == 4_000, "as much as fits: {said}");
    shop.settle().await;
    is_amals(&shop, &incident).await;
    // Under her own copy it is more of the same, and when somebody asks it is the answer.
    let copies = shop.world.store().stands(Platform::Slack, &[Sort::Follow], false, 2).await.unwrap();
    let copy = copies[0].remote_id.split('/').nth(1).unwrap();
    let more = written(&shop, &message.channel, "", &another(1)).await;
    assert!(shop.slack.shares(&shop.amal, &more, &im, "", Some(copy)).await.1.on_time);
    shop.settle().await;
    assert_eq!(kept(&shop, &incident).await.len(), 2);
    asks(&shop).await;
    let answer = written(&shop, &message.channel, &"the second ".repeat(200), &another(2)).await;
    assert!(shop.slack.shares(&shop.amal, &answer, &im, "", None).await.1.on_time);
    shop.settle().await;
    assert_eq!((shop.now(&incident).await.question, kept(&shop, &incident).await.len()), (None, 3));
    assert_eq!(count(&shop).await, 1);
    shop.look_away();
}

#[tokio::test]
async fn what_a_manager_shares_under_a_card_joins_it_with_a_note() {
    let shop = Shop::open().await;
    let message = elsewhere(&shop, "from the camera", &ASTRONAUT).await;
    let incident = shop.report("two people, spirits").await;
    shop.settle().await;
    let card = shop.card();
    assert!(shop.slack.shares(&shop.noor, &message, &shop.triage, "", Some(&card.ts)).await.1.on_time);
    shop.settle().await;
    assert_eq!(steps(&shop, &incident).await, ["reported", "photos_sent", "noted", "photo_added"]);
    shop.look_away();
}

#[tokio::test]
async fn a_share_comes_through_the_door_over_http_too() {
    let (shop, _door) = posted_to("/slack/events").await;
    let message = elsewhere(&shop, "by the till", &ASTRONAUT).await;
    assert!(shop.slack.shares(&shop.amal, &message, &shop.floor, "", None).await.1.on_time);
    let incident = shop.newest().await;
    assert_eq!(incident.what_happened(), Some("by the till"));
    shop.settle().await;
    is_amals(&shop, &incident).await;
    shop.look_away();
}

#[tokio::test]
async fn a_link_to_a_message_with_a_photo_sends_nothing() {
    let shop = Shop::open().await;
    let message = elsewhere(&shop, "by the till", &ASTRONAUT).await;
    for acked in shop.slack.links(&shop.amal, &message, &shop.floor).await {
        assert!(acked.on_time);
    }
    let im = shop.slack.im(&shop.amal);
    for acked in shop.slack.links(&shop.amal, &message, &im).await {
        assert!(acked.on_time);
    }
    // Nobody who writes to the app alone goes without an answer.
    shop.slack.until(|workspace| workspace.describe().contains("/report what happened")).await;
    assert_eq!(shop.slack.dms_for(&shop.amal).len(), 1);
    assert_eq!(count(&shop).await, 0);
}

#[tokio::test]
async fn a_message_that_shares_a_photo_is_reported_with_it() {
    let shop = Shop::open().await;
    let message = elsewhere(&shop, "by the till", &ASTRONAUT).await;
    let (share, _) = shop.slack.shares(&shop.noor, &message, &message.channel, "again", None).await;
    assert_eq!(count(&shop).await, 0);
    assert!(shop.slack.message_shortcut(&shop.amal, &share, "report_message").await.on_time);
    let form = shop.slack.modal_of(&shop.amal).unwrap();
    assert!(form.content.to_string().contains("again\\nby the till\\nhttps://"), "{}", form.content);
    assert!(shop.slack.submits(&shop.amal, &form.id, &[]).await.on_time);
    let incident = shop.newest().await;
    shop.settle().await;
    is_amals(&shop, &incident).await;
    shop.look_away();
}

#[tokio::test]
async fn a_shared_photo_that_the_app_may_not_see_is_told_to_whoever_shares_it() {
    for (denied, why, told) in
        [(None, "gone", "the app cannot see it"), (Some("access_denied"), "no_access", "not allowed to read it")]
    {
        let shop = Shop::open().await;
        let private = shop.slack.channel("managers").private().without_bot().with(&[&shop.amal, &shop.noor]);
        let photo = shop.slack.file(&shop.noor, "IMG_2.jpg", "image/jpeg", &ASTRONAUT);
        // The app is not there, and hears nothing of it.
        let message = shop.slack.writes(&shop.noor, &private, "by the till", &[&photo], None);
        if let Some(word) = denied {
            shop.slack.says_next("files.info", word);
        }
        assert!(shop.slack.shares(&shop.amal, &message, &shop.floor, "", None).await.1.on_time);
        let incident = shop.newest().await;
        shop.settle().await;
        assert_eq!(steps(&shop, &incident).await, ["reported".to_owned(), format!("photo_not_taken {why}")]);
        let said: Vec<String> = shop.slack.dms_for(&shop.amal).iter().map(|said| words(&said.blocks)).collect();
        assert!(said.iter().any(|said| said.contains(told)), "{said:#?}");
        assert!(words(&shop.card().blocks).contains("could not be taken: 1"));
        shop.look_away();
    }
}
