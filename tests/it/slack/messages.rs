//! Messages that people write: photos in a report channel, words to the app alone.

use super::Shop;

#[tokio::test]
async fn a_photo_dropped_in_a_report_channel_is_a_report_once_however_often_it_arrives() {
    let shop = Shop::open().await;
    let photo = shop.slack.file(&shop.amal, "IMG_2.jpg", "image/jpeg", b"jpeg");
    shop.slack.deliver_twice();
    let (_, acked) = shop.slack.posts(&shop.amal, &shop.floor, "behind the till", &[&photo], None).await;
    assert!(acked.on_time && acked.again.is_some_and(|again| again.on_time));
    for again in shop.slack.redeliver().await {
        assert!(again.on_time);
    }
    let incident = shop.newest().await;
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 1);
    assert_eq!(incident.what_happened(), Some("behind the till"));
    assert_eq!(incident.photos[0].id, photo);
    shop.slack.until(|workspace| workspace.describe().contains("sent")).await;
    assert_eq!(shop.slack.ephemerals_for(&shop.amal).len(), 1, "one receipt");
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn people_who_talk_report_nothing() {
    let shop = Shop::open().await;
    let photo = shop.slack.file(&shop.amal, "cat.jpg", "image/jpeg", b"jpeg");
    for (channel, files) in [(&shop.floor, vec![]), (&shop.triage, vec![photo.as_str()])] {
        let (_, acked) = shop.slack.posts(&shop.noor, channel, "good morning", &files, None).await;
        assert!(acked.on_time);
    }
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 0);
}

#[tokio::test]
async fn words_to_the_app_alone_are_answered_with_what_it_can_do() {
    let shop = Shop::open().await;
    let im = shop.slack.im(&shop.amal);
    let (_, acked) = shop.slack.posts(&shop.amal, &im, "hello?", &[], None).await;
    assert!(acked.on_time);
    shop.slack.until(|workspace| workspace.describe().contains("/report")).await;
    let said = shop.slack.dms_for(&shop.amal).remove(0);
    assert!(shop.slack.presses(&shop.amal, &said, "report").await.on_time);
    assert!(shop.slack.modal_of(&shop.amal).is_some());
}

#[tokio::test]
async fn what_somebody_says_of_themselves_is_answered_too() {
    let shop = Shop::open().await;
    let im = shop.slack.im(&shop.amal);
    assert!(shop.slack.says_of_self(&shop.amal, &im, "is at the back door").await.on_time);
    shop.slack.until(|workspace| workspace.describe().contains("/report")).await;
    assert_eq!(shop.slack.dms_for(&shop.amal).len(), 1);
}

#[tokio::test]
async fn what_the_app_itself_wrote_is_not_answered() {
    let shop = Shop::open().await;
    let im = shop.slack.im(&shop.amal);
    let (_, acked) = shop.slack.posts(&shop.amal, &im, "hello?", &[], None).await;
    assert!(acked.on_time);
    shop.slack.until(|workspace| workspace.describe().contains("/report")).await;
    let said = shop.slack.dms_for(&shop.amal).remove(0);
    assert!(shop.slack.echoes(&said).await.on_time);
    assert_eq!(shop.slack.dms_for(&shop.amal).len(), 1);
}

#[tokio::test]
async fn an_answer_keeps_its_photos_and_arrives_once() {
    let shop = Shop::open().await;
    let incident = shop.report("the charity box").await;
    shop.settle().await;
    assert!(shop.press(&shop.noor, "claim").await.on_time);
    shop.settle().await;
    assert!(shop.press(&shop.noor, "ask").await.on_time);
    let form = shop.slack.modal_of(&shop.noor).unwrap();
    assert!(shop.slack.submits(&shop.noor, &form.id, &[("text", &["Which till?"])]).await.on_time);
    shop.settle().await;
    let (im, photo) = (shop.slack.im(&shop.amal), shop.slack.file(&shop.amal, "till.jpg", "image/jpeg", b"jpeg"));
    shop.slack.deliver_twice();
    let (_, acked) = shop.slack.posts(&shop.amal, &im, "this one", &[&photo], None).await;
    assert!(acked.on_time);
    let now = shop.now(&incident).await;
    assert_eq!(now.question, None);
    assert_eq!(now.photos.len(), 1);
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 1);
    shop.slack.until(|workspace| workspace.describe().contains("Your answer was added")).await;
    shop.settle().await;
    let said: String = shop.slack.dms_for(&shop.amal).into_iter().map(|message| message.text).collect();
    assert!(!said.contains("/report"), "no help for an answer that came twice: {said}");
    shop.look_away();
}

#[tokio::test]
async fn a_receipt_in_a_direct_message_shows_nobodys_words_on_a_locked_screen() {
    let shop = Shop::open().await;
    let im = shop.slack.im(&shop.amal);
    let photo = shop.slack.file(&shop.amal, "till.jpg", "image/jpeg", b"jpeg");
    let (_, acked) = shop.slack.posts(&shop.amal, &im, "the tall one with the scar", &[&photo], None).await;
    assert!(acked.on_time);
    shop.slack.until(|workspace| workspace.describe().contains("sent")).await;
    let receipt = shop.slack.dms_for(&shop.amal).remove(0);
    assert!(!receipt.text.contains("scar"), "{}", receipt.text);
    assert!(super::words(&receipt.blocks).contains("scar"));
    shop.settle().await;
    shop.look_away();
}
