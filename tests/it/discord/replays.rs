//! What comes again, what is too long, what was edited, and answers that do not arrive at once.

use domain::incident::Incident;
use serde_json::json;
use shopwatch::chat::press::Button;

use super::{Plan, Shop};
use crate::world::database::Base;
use crate::world::discord::{Id, State, Upload};
use crate::world::people::NOOR;

const CALLBACK: &str = "POST /interactions/{interaction}/{token}/callback";

fn photo() -> Vec<Upload> {
    vec![Upload::of("till.jpg", "image/jpeg", b"jpeg")]
}

/// How often the bot has said this.
fn said(state: &State, words: &str) -> usize {
    state.messages.values().filter(|message| message.author == state.bot && message.content.contains(words)).count()
}

/// Discord tells of a message once more, as it does after a RESUME.
fn tell_again(shop: &Shop, message: Id) {
    let payload = shop.discord.read(|state| state.message(message, true));
    shop.discord.raw_dispatch("MESSAGE_CREATE", None, payload);
}

/// Amal's report, claimed, with a question to her.
async fn asked(shop: &Shop) -> Incident {
    let incident = shop.report("gin").await;
    shop.world.press(NOOR, &incident.reference, Button::Claim).await.incident();
    shop.world.submit(NOOR, &incident.reference, Button::Ask, &[("text", "Which door?")]).await.incident()
}

#[tokio::test]
async fn an_answer_that_comes_again_with_its_photo_is_one_answer_and_no_report() {
    let shop = Shop::open().await;
    let incident = asked(&shop).await;
    let answer = shop.discord.direct_message(shop.amal, "the back door", photo());
    shop.discord.until("a word that it was added", |state| (said(state, "was added") == 1).then_some(())).await;
    let answered = shop.now(&incident).await;
    assert_eq!((answered.question, answered.photos.len()), (None, 1), "the photo came with the answer");
    tell_again(&shop, answer);
    shop.discord.direct_message(shop.amal, "hello", Vec::new());
    shop.discord.until("help", |state| (said(state, "/report what happened") >= 1).then_some(())).await;
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 1);
    assert_eq!(shop.discord.read(|state| said(state, "was added")), 1);
    assert_eq!(shop.discord.read(|state| said(state, "/report what happened")), 1, "none for what came again");
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn words_that_come_again_are_helped_once() {
    let shop = Shop::open().await;
    let hello = shop.discord.direct_message(shop.amal, "hello", Vec::new());
    shop.discord.until("help", |state| (said(state, "/report what happened") == 1).then_some(())).await;
    tell_again(&shop, hello);
    shop.discord.direct_message(shop.amal, "two people", photo());
    shop.discord.until("a receipt", |state| (said(state, "SW-") == 1).then_some(())).await;
    assert_eq!(shop.discord.read(|state| said(state, "/report what happened")), 1);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_refused_and_not_cut() {
    let shop = Shop::open().await;
    let incident = asked(&shop).await;
    shop.discord.direct_message(shop.amal, &"x".repeat(1_001), Vec::new());
    shop.discord.until("how long it may be", |state| (said(state, "At most 1000") == 1).then_some(())).await;
    assert!(shop.now(&incident).await.question.is_some(), "it is still open");
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn a_form_about_a_message_that_nobody_showed_them_is_refused() {
    let shop = Shop::with(Base::Sqlite, Plan { drops: true, ..Plan::default() }).await;
    let general = shop.discord.add_channel(shop.guild, "general");
    let shown = shop.discord.posts(shop.noor, general, "somebody is at the back door", photo());
    let hidden = shop.discord.posts(shop.noor, shop.admin, "for managers alone", photo());
    let read = |shop: &Shop| shop.discord.asked("GET /channels/{channel}/messages/{message}").len();
    let form = shop.discord.message_command(shop.amal, shown, "Report this message").await.modal().clone();
    let mine = form.custom_id.clone();
    let here = format!("{general}/{shown}");
    assert!(mine.contains(&here), "{mine}");
    let elsewhere = mine.replace(&here, &format!("{}/{hidden}", shop.admin));
    let unsealed = format!("v1:report/{}/{hidden}", shop.admin);
    let input = json!({ "type": 1, "components": [{ "type": 4, "custom_id": "what_happened", "value": "gin" }] });
    for forged in [elsewhere, unsealed] {
        let form = shop.discord.message_command(shop.amal, shown, "Report this message").await.modal().clone();
        let data = json!({ "custom_id": forged, "components": [input] });
        let answered = shop.discord.submits_forged(shop.amal, &form, data).await;
        assert!(answered.ephemeral(), "{answered:?}");
    }
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 0);
    assert_eq!(read(&shop), 0, "nothing was read for them");
    let theirs = json!({ "custom_id": mine, "components": [input] });
    let other = shop.discord.message_command(shop.noor, shown, "Report this message").await.modal().clone();
    shop.discord.submits_forged(shop.noor, &other, theirs).await;
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 0, "a form is one person's");
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn an_answer_that_did_not_arrive_is_given_once_more() {
    let shop = Shop::open().await;
    shop.discord.server_error(CALLBACK, 503);
    let answered = shop.reports("gin").await;
    assert!(answered.ephemeral(), "{answered:?}");
    shop.discord.hang_up(CALLBACK);
    let answered = shop.reports("rum").await;
    assert!(answered.ephemeral(), "{answered:?}");
    assert_eq!(shop.discord.asked(CALLBACK).len(), 4, "each once more");
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 2);
    shop.settle().await;
    shop.look_away();
}
