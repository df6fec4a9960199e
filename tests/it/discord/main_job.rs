//! From `/report` to a resolved incident, all of it in Discord.

use domain::words::State;

use super::{Plan, Shop, button, find_button};
use crate::evidence::ASTRONAUT;
use crate::world::database::Base;
use crate::world::discord::{Given, Upload};

on_both! { a_report_is_claimed_confirmed_and_resolved_over_the_gateway, the_same_over_http }

async fn a_report_is_claimed_confirmed_and_resolved_over_the_gateway(base: Base) {
    main_job(Shop::on(base).await).await;
}

async fn the_same_over_http(base: Base) {
    main_job(Shop::with(base, Plan { http: true, ..Plan::default() }).await).await;
}

async fn main_job(shop: Shop) {
    let given: &[(&str, Given)] = &[
        ("what_happened", "two people with a trolley full of *gin* @everyone".into()),
        ("zone", "entrance".into()),
        ("photo1", Given::File(Upload::of("till.jpg", "image/jpeg", &ASTRONAUT))),
    ];
    let answered = shop.discord.runs_command(shop.amal, shop.floor, "report", given).await;
    let receipt = answered.message().clone();
    let incident = shop.newest().await;
    assert!(receipt.ephemeral && receipt.content.contains(incident.reference.as_str()), "{receipt:?}");
    assert!(receipt.content.contains("\\*gin\\* @\u{200b}everyone"), "escaped: {}", receipt.content);
    assert!(find_button(&receipt, "details").is_some() && find_button(&receipt, "withdraw").is_some());
    assert_eq!(incident.photos.len(), 1);

    shop.settle().await;
    let card = shop.card();
    assert!(card.content.contains(incident.reference.as_str()) && !card.content.contains("gin"), "{}", card.content);
    assert!(card.text().contains("trolley full of"), "{}", card.text());
    assert!(shop.discord.dms_of(shop.amal).is_empty(), "nobody asked to be written to");

    // Turned on by one tap; from now on she is told.
    let told = shop.discord.presses(shop.amal, receipt.id, "v1:tell:on").await;
    assert!(told.ephemeral(), "{told:?}");

    assert_eq!(shop.press(shop.noor, "claim").await.kind, 6);
    shop.settle().await;
    assert_eq!(shop.now(&incident).await.status.state(), State::Claimed);
    assert!(shop.card().text().contains("Noor"));
    assert_eq!(shop.thread(&card).len(), 2, "her photo, and who looks at it");
    assert!(shop.thread(&card)[1].text().contains("Noor"));
    let told = shop.discord.dms_of(shop.amal);
    assert_eq!(told.len(), 2, "her report, and that somebody looks at it: {told:#?}");
    assert!(told[1].text().contains("A manager is looking"), "{}", told[1].text());

    // Confirming names what is missing, to whoever pressed it alone; the panel completes it, choice by choice.
    let refused = shop.press(shop.noor, "confirm").await;
    assert!(refused.ephemeral() && refused.message().text().contains("Method"), "{refused:?}");
    let panel = shop.press(shop.noor, "facts").await.message().clone();
    let choose = async |field: &str, values: &[&str]| {
        let panel = shop.discord.message(panel.id).unwrap();
        let id = panel.component(&format!("choose/{field}/")).unwrap();
        let answered = shop.discord.chooses(shop.noor, panel.id, &id, values).await;
        assert_eq!(answered.kind, 7, "{answered:?}");
    };
    choose("kind", &["shop_theft"]).await;
    choose("method", &["push_out_trolley", "concealment"]).await;
    choose("cctv", &["captured"]).await;
    let panel = shop.discord.message(panel.id).unwrap();
    let goods = shop.discord.presses(shop.noor, panel.id, &panel.component("goods/taken/").unwrap()).await;
    let form: &[(&str, Given)] =
        &[("goods_what", "gin".into()), ("goods_quantity", "12".into()), ("goods_price", "21.50".into())];
    let kept = shop.discord.submits_modal(shop.noor, goods.modal(), form).await;
    assert_eq!(kept.kind, 7, "{kept:?}");
    shop.settle().await;
    assert!(shop.card().text().contains("258.00 GBP"), "{}", shop.card().text());

    assert_eq!(shop.press(shop.noor, "confirm").await.kind, 6);
    shop.settle().await;
    let choice = shop.press(shop.omar, "resolve").await;
    assert!(choice.ephemeral(), "Omar is a manager through his role");
    let choice = choice.message().clone();
    let asked =
        shop.discord.chooses(shop.omar, choice.id, &choice.component("choose/outcome/").unwrap(), &["loss"]).await;
    let resolved = shop.discord.submits_modal(shop.omar, asked.modal(), &[("loss", "258".into())]).await;
    assert_eq!(resolved.kind, 7, "{resolved:?}");
    shop.settle().await;
    assert_eq!(shop.now(&incident).await.status.state(), State::Resolved);
    let last = shop.card();
    assert!(last.content.contains("Resolved") && last.edited, "{}", last.content);
    assert_eq!(find_button(&last, "claim"), None);
    assert_eq!(shop.discord.messages(shop.triage).len(), 1, "one message that changes");
    let lines: String = shop.thread(&card).iter().map(crate::world::discord::Seen::text).collect();
    assert!(lines.contains("Discord"), "on which chat it was: {lines}");
    shop.discord.dms_of(shop.amal);
    assert!(shop.discord.pings().is_empty());
    shop.world.store().verify_one(incident.id).await.unwrap();
}

#[tokio::test]
async fn a_report_that_is_happening_now_says_the_emergency_line_first_and_offers_taps() {
    let shop = Shop::open().await;
    let receipt = shop.reports("now knife at the till").await.message().clone();
    assert!(receipt.content.starts_with("Call 999"), "{}", receipt.content);
    let tapped = shop.discord.presses(shop.amal, receipt.id, &button(&receipt, "tap")).await;
    assert_eq!(tapped.kind, 7, "the receipt itself shows it");
    assert!(shop.newest().await.facts.staff_safe.is_some());
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn help_answers_in_two_lines_and_stores_nothing() {
    let shop = Shop::open().await;
    let said = shop.reports("help").await;
    assert!(said.ephemeral() && said.message().content.lines().count() == 2, "{said:?}");
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 0);
}

#[tokio::test]
async fn without_options_a_form_opens_and_what_is_sent_is_a_report() {
    let shop = Shop::open().await;
    let form = shop.discord.runs_command(shop.amal, shop.floor, "report", &[]).await.modal().clone();
    let sent: &[(&str, Given)] = &[("what_happened", "info a broken lock".into()), ("goods_what", "lock".into())];
    let receipt = shop.discord.submits_modal(shop.amal, &form, sent).await;
    assert!(receipt.ephemeral() && receipt.message().content.contains("SW-"), "{receipt:?}");
    let incident = shop.newest().await;
    assert_eq!(incident.what_happened(), Some("a broken lock"));
    assert_eq!(incident.category.as_str(), "info");
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn a_message_is_reported_with_its_words_its_photos_and_where_it_stands() {
    let shop = Shop::with(Base::Sqlite, Plan { drops: true, ..Plan::default() }).await;
    let photo = Upload::of("till.jpg", "image/jpeg", &ASTRONAUT);
    let general = shop.discord.add_channel(shop.guild, "general");
    let wrote = shop.discord.posts(shop.noor, general, "somebody is at the back door", vec![photo]);
    let form = shop.discord.message_command(shop.amal, wrote, "Report this message").await.modal().clone();
    let receipt = shop.discord.submits_modal(shop.amal, &form, &[]).await;
    assert!(receipt.ephemeral(), "{receipt:?}");
    let incident = shop.newest().await;
    let text = incident.what_happened().unwrap().to_owned();
    assert!(text.starts_with("somebody is at the back door") && text.ends_with(&wrote.to_string()), "{text}");
    assert_eq!(incident.photos.len(), 1);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn sites_are_completed_for_those_who_may_report_there() {
    let shop = Shop::open().await;
    let typed: &[(&str, Given)] = &[("site", "king".into())];
    let found = shop.discord.autocompletes(shop.amal, shop.floor, "report", typed).await;
    assert_eq!(found, [serde_json::json!({ "name": "King's Cross", "value": "kings-cross" })]);
    let none = shop.discord.autocompletes(shop.amal, shop.floor, "report", &[("site", "camden".into())]).await;
    assert!(none.is_empty());
}

#[tokio::test]
async fn of_two_who_claim_at_once_one_is_told_who_was_first() {
    let shop = Shop::open().await;
    shop.report("gin").await;
    let (one, other) = tokio::join!(shop.press(shop.noor, "claim"), shop.press(shop.omar, "claim"));
    let mut kinds = [one.kind, other.kind];
    kinds.sort_unstable();
    assert_eq!(kinds, [4, 6], "{one:?} {other:?}");
    let lost = if one.kind == 4 { one } else { other };
    assert!(lost.ephemeral());
    shop.settle().await;
    shop.look_away();
}
