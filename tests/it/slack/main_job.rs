//! From `/report` to a resolved incident, all of it in Slack.

use domain::words::State;

use super::{Shop, button, verbs, words};
use crate::world::database::Base;

on_both! { a_report_is_claimed_confirmed_and_resolved_in_slack }

async fn a_report_is_claimed_confirmed_and_resolved_in_slack(base: Base) {
    let shop = Shop::on(base).await;
    let acked = shop.command(&shop.amal, "two people with a trolley full of gin <!channel>").await;
    let receipt = acked.payload.unwrap();
    assert_eq!(receipt["response_type"], "ephemeral");
    let seen = shop.slack.ephemerals_for(&shop.amal);
    let incident = shop.newest().await;
    assert!(seen[0].text.contains(incident.reference.as_str()), "{}", seen[0].text);
    assert!(seen[0].text.contains("&lt;!channel&gt;"), "escaped: {}", seen[0].text);
    assert_eq!(verbs(&seen[0].blocks), ["details", "withdraw"]);

    shop.settle().await;
    let card = shop.card();
    assert!(card.text.contains(incident.reference.as_str()) && !card.text.contains("gin"), "{}", card.text);
    assert!(words(&card.blocks).contains("trolley full of gin &lt;!channel&gt;"));
    assert!(!words(&card.blocks).contains("just now"), "a card that stands for hours says when, not how long ago");
    let followed = shop.slack.dms_for(&shop.amal);
    assert_eq!(followed.len(), 1, "one message that changes");
    assert!(followed[0].text.contains("New"), "{}", followed[0].text);

    assert!(shop.press(&shop.noor, "claim").await.on_time);
    shop.settle().await;
    assert_eq!(shop.now(&incident).await.status.state(), State::Claimed);
    assert!(words(&shop.card().blocks).contains("Noor"));
    let thread = shop.thread(&card);
    assert_eq!(thread.len(), 1, "one line in the thread");
    assert!(words(&thread[0].blocks).contains("Noor"));
    let told = shop.slack.dms_for(&shop.amal);
    assert!(told[0].text.contains("Claimed") && told[0].edits > 0, "{}", told[0].text);
    assert!(told[1].text.contains("A manager is looking"), "{}", told[1].text);
    assert_eq!(told[1].thread_ts.as_ref(), Some(&told[0].ts));

    // Confirming names what is missing, to whoever pressed it alone; the form completes it.
    assert!(shop.press(&shop.noor, "confirm").await.on_time);
    shop.slack.until(|workspace| workspace.describe().contains("Method")).await;
    let refused = shop.slack.ephemerals_for(&shop.noor);
    assert!(refused[0].text.contains("Method"), "{}", refused[0].text);
    assert!(shop.press(&shop.noor, "facts").await.on_time);
    let form = shop.slack.modal_of(&shop.noor).unwrap();
    let facts: &[(&str, &[&str])] = &[
        ("kind", &["shop_theft"]),
        ("method", &["push_out_trolley"]),
        ("zone", &["entrance"]),
        ("goods_what", &["gin"]),
        ("goods_quantity", &["12"]),
        ("goods_price", &["21.50"]),
        ("goods_fate", &["taken"]),
        ("cctv", &["captured"]),
    ];
    let sent = shop.slack.submits(&shop.noor, &form.id, facts).await;
    assert!(sent.on_time && shop.slack.modal_of(&shop.noor).is_none(), "{sent:?}");
    shop.settle().await;
    assert!(words(&shop.card().blocks).contains("258.00 GBP"));

    assert!(shop.press(&shop.noor, "confirm").await.on_time);
    shop.settle().await;
    assert!(shop.press(&shop.omar, "resolve").await.on_time, "Omar is a manager through his group");
    let form = shop.slack.modal_of(&shop.omar).unwrap();
    let resolved = shop.slack.submits(&shop.omar, &form.id, &[("outcome", &["loss"]), ("loss", &["258"])]).await;
    assert!(resolved.on_time, "{resolved:?}");
    shop.settle().await;
    assert_eq!(shop.now(&incident).await.status.state(), State::Resolved);
    assert!(shop.card().text.contains("Resolved"));
    assert!(!verbs(&shop.card().blocks).contains(&"claim".to_owned()));
    assert_eq!(shop.thread(&card).len(), 4, "claimed, facts, confirmed, resolved");
    assert!(shop.slack.dms_for(&shop.amal)[0].text.contains("Resolved"));
    shop.world.store().verify_one(incident.id).await.unwrap();
}

#[tokio::test]
async fn a_report_that_is_happening_now_says_the_emergency_line_first_and_offers_taps() {
    let shop = Shop::open().await;
    let acked = shop.command(&shop.amal, "now knife at the till").await;
    assert!(acked.on_time);
    let receipt = shop.slack.ephemerals_for(&shop.amal).remove(0);
    assert!(receipt.text.starts_with("Call 999"), "{}", receipt.text);
    let tap = button(&receipt.blocks, "tap");
    assert!(shop.slack.presses(&shop.amal, &receipt, &tap).await.on_time);
    shop.settle().await;
    let incident = shop.newest().await;
    assert!(incident.facts.staff_safe.is_some());
    shop.look_away();
}

#[tokio::test]
async fn help_answers_in_two_lines_and_stores_nothing() {
    let shop = Shop::open().await;
    assert!(shop.command(&shop.amal, "help").await.on_time);
    let said = shop.slack.ephemerals_for(&shop.amal).remove(0);
    assert_eq!(said.text.lines().count(), 2, "{}", said.text);
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 0);
}

#[tokio::test]
async fn a_question_is_asked_and_answered_in_direct_messages() {
    let shop = Shop::open().await;
    let incident = shop.report("somebody took the charity box").await;
    shop.settle().await;
    assert!(shop.press(&shop.noor, "claim").await.on_time);
    shop.settle().await;
    assert!(shop.press(&shop.noor, "ask").await.on_time);
    let form = shop.slack.modal_of(&shop.noor).unwrap();
    assert!(shop.slack.submits(&shop.noor, &form.id, &[("text", &["Which till?"])]).await.on_time);
    shop.settle().await;
    let asked = shop.slack.dms_for(&shop.amal).pop().unwrap();
    assert!(words(&asked.blocks).contains("Which till?"), "{asked:?}");
    assert_eq!(verbs(&asked.blocks), ["answer"]);
    // Answered in the message, as people do.
    let im = shop.slack.im(&shop.amal);
    let thread = asked.thread_ts.clone();
    let (_, acked) = shop.slack.posts(&shop.amal, &im, "the one by the door", &[], thread.as_deref()).await;
    assert!(acked.on_time);
    shop.settle().await;
    let after = shop.now(&incident).await;
    assert_eq!(after.question, None);
    let thread = shop.thread(&shop.card());
    assert!(words(&thread.last().unwrap().blocks).contains("the one by the door"));
    shop.slack.until(|workspace| workspace.describe().contains("Your answer was added")).await;
    shop.look_away();
}

#[tokio::test]
async fn of_two_who_claim_at_once_one_is_told_who_was_first() {
    let shop = Shop::open().await;
    shop.report("gin").await;
    shop.settle().await;
    let (one, other) = tokio::join!(shop.press(&shop.noor, "claim"), shop.press(&shop.omar, "claim"));
    assert!(one.on_time && other.on_time);
    shop.settle().await;
    shop.slack
        .until(|workspace| workspace.describe().contains("first") || workspace.describe().contains("has it"))
        .await;
    let told: Vec<_> = [&shop.noor, &shop.omar].iter().flat_map(|user| shop.slack.ephemerals_for(user)).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    shop.look_away();
}
