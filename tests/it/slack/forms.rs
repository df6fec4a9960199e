//! Forms: opened at once, asking what the category needs, keeping what was typed.

use domain::words::Category;
use serde_json::Value;

use super::{Shop, words};
use crate::world::slack::workspace::View;

fn fields(view: &View) -> Vec<String> {
    let blocks = view.content["blocks"].as_array().unwrap();
    let inputs = blocks.iter().filter(|block| block["type"] == "input");
    inputs.map(|block| block["block_id"].as_str().unwrap().to_owned()).collect()
}

fn field<'a>(view: &'a View, name: &str) -> &'a Value {
    let blocks = view.content["blocks"].as_array().unwrap();
    &blocks.iter().find(|block| block["block_id"] == name).unwrap()["element"]
}

#[tokio::test]
async fn the_form_presets_the_channels_site_and_asks_what_its_category_needs() {
    let shop = Shop::open().await;
    assert!(shop.command(&shop.amal, "").await.on_time);
    let form = shop.slack.modal_of(&shop.amal).unwrap();
    assert_eq!(field(&form, "site")["initial_option"]["value"], "kings-cross");
    assert_eq!(field(&form, "category")["initial_option"]["value"], "potential_theft");
    let theft = fields(&form);
    assert!(theft.contains(&"goods_price".to_owned()) && !theft.contains(&"injury".to_owned()), "{theft:?}");

    assert!(shop.slack.chooses(&shop.amal, &form, "category", &["in_progress"]).await.on_time);
    shop.slack.until(|workspace| workspace.modal_of(&shop.amal).is_some_and(|view| view.hash != form.hash)).await;
    let form = shop.slack.modal_of(&shop.amal).unwrap();
    let happening = fields(&form);
    assert!(happening.contains(&"injury".to_owned()) && !happening.contains(&"goods_price".to_owned()));
}

#[tokio::test]
async fn what_is_wrong_stands_in_the_form_and_all_of_it_at_once() {
    let shop = Shop::open().await;
    assert!(shop.command(&shop.amal, "").await.on_time);
    let form = shop.slack.modal_of(&shop.amal).unwrap();
    let wrong: &[(&str, &[&str])] = &[
        ("what_happened", &["gin"]),
        ("goods_what", &["gin"]),
        ("goods_price", &["cheap"]),
        ("happened", &["4102444800"]),
    ];
    assert!(shop.slack.submits(&shop.amal, &form.id, wrong).await.on_time);
    let form = shop.slack.modal_of(&shop.amal).expect("it stays open");
    assert_eq!(form.errors.keys().collect::<Vec<_>>(), ["goods_price", "happened"]);
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 0);
}

#[tokio::test]
async fn a_form_becomes_a_report_with_its_photos_and_the_receipt_is_for_one_person() {
    let shop = Shop::open().await;
    assert!(shop.command(&shop.amal, "").await.on_time);
    let form = shop.slack.modal_of(&shop.amal).unwrap();
    let photo = shop.slack.file(&shop.amal, "IMG_1.heic", "image/heic", b"heic");
    let answers: &[(&str, &[&str])] = &[
        ("what_happened", &["three bottles"]),
        ("method", &["concealment", "distraction"]),
        ("happened", &["1795352400"]),
        ("photos", &[&photo]),
    ];
    let sent = shop.slack.submits(&shop.amal, &form.id, answers).await;
    assert!(sent.on_time && shop.slack.modal_of(&shop.amal).is_none(), "{sent:?}");
    let incident = shop.newest().await;
    assert_eq!(incident.facts.method.len(), 2);
    assert_eq!(incident.facts.happened.timestamp(), 1_795_352_400);
    assert_eq!(incident.photos.len(), 1);
    assert_eq!(
        (incident.photos[0].id.as_str(), incident.photos[0].media.as_deref()),
        (photo.as_str(), Some("image/heic"))
    );
    assert_eq!(incident.photos[0].bytes, Some(4));
    shop.slack.until(|workspace| workspace.describe().contains("sent")).await;
    let receipt = shop.slack.ephemerals_for(&shop.amal).remove(0);
    assert_eq!(receipt.channel, shop.floor);
    assert!(receipt.text.contains(incident.reference.as_str()), "{}", receipt.text);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn a_line_that_is_too_long_becomes_the_form_with_the_same_words() {
    let shop = Shop::open().await;
    let long = "and then ".repeat(100);
    assert!(shop.command(&shop.amal, &format!("now {long}")).await.on_time);
    let form = shop.slack.modal_of(&shop.amal).unwrap();
    assert_eq!(field(&form, "what_happened")["initial_value"].as_str().unwrap().trim(), long.trim());
    assert_eq!(field(&form, "category")["initial_option"]["value"], "in_progress");
}

#[tokio::test]
async fn from_a_shortcut_the_receipt_stands_in_the_form_itself() {
    let shop = Shop::open().await;
    assert!(shop.slack.global_shortcut(&shop.amal, "report").await.on_time);
    let form = shop.slack.modal_of(&shop.amal).unwrap();
    let sent = shop.slack.submits(&shop.amal, &form.id, &[("what_happened", &["<b>gin & tonic</b>"])]).await;
    assert!(sent.on_time);
    let receipt = shop.slack.modal_of(&shop.amal).expect("a receipt");
    let incident = shop.newest().await;
    assert!(words(receipt.content["blocks"].as_array().unwrap()).contains(incident.reference.as_str()));
    shop.settle().await;
    assert!(shop.slack.dms_for(&shop.amal)[0].text.contains(incident.reference.as_str()));
    shop.look_away();
}

#[tokio::test]
async fn a_reported_message_keeps_its_words_its_link_and_its_photos() {
    let shop = Shop::open().await;
    let photo = shop.slack.file(&shop.omar, "door.jpg", "image/jpeg", b"jpeg");
    let (said, acked) = shop.slack.posts(&shop.omar, &shop.triage, "he is back & running", &[&photo], None).await;
    assert!(acked.on_time);
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 0, "talk in a triage channel is no report");
    assert!(shop.slack.message_shortcut(&shop.amal, &said, "report_message").await.on_time);
    let form = shop.slack.modal_of(&shop.amal).unwrap();
    let text = field(&form, "what_happened")["initial_value"].as_str().unwrap().to_owned();
    assert!(text.starts_with("he is back & running\nhttps://") && text.contains(&shop.triage), "{text}");
    assert!(shop.slack.submits(&shop.amal, &form.id, &[]).await.on_time);
    let incident = shop.newest().await;
    assert_eq!(incident.category, Category::PotentialTheft);
    assert_eq!(incident.what_happened(), Some(text.as_str()));
    assert_eq!(incident.photos[0].id, photo);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn a_trigger_that_expired_is_answered_with_words_and_a_way_on() {
    let shop = Shop::open().await;
    shop.slack.server_error("views.open");
    let acked = shop.command(&shop.amal, "").await;
    assert!(acked.on_time);
    let said = shop.slack.ephemerals_for(&shop.amal).remove(0);
    assert!(said.text.contains("/report"), "{}", said.text);
}

#[tokio::test]
async fn a_connection_that_slack_ended_as_it_was_used_again_costs_nobody_a_form_or_a_report() {
    let shop = Shop::open().await;
    shop.slack.hang_up("views.open");
    assert!(shop.command(&shop.amal, "").await.on_time);
    assert!(shop.slack.modal_of(&shop.amal).is_some());
    shop.slack.hang_up("users.info");
    shop.report("gin").await;
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn home_shows_my_reports_and_to_managers_what_is_open() {
    let shop = Shop::open().await;
    let incident = shop.report("gin").await;
    shop.settle().await;
    for (user, others) in [(&shop.amal, false), (&shop.noor, true)] {
        assert!(shop.slack.opens_home(user).await.on_time);
        shop.slack.until(|workspace| workspace.home_of(user).is_some()).await;
        let home = shop.slack.home_of(user).unwrap();
        let said = words(home.content["blocks"].as_array().unwrap());
        assert!(said.contains(incident.reference.as_str()), "{said}");
        assert_eq!(said.contains("Claim"), others, "{said}");
    }
    let home = shop.slack.home_of(&shop.noor).unwrap();
    let claim = super::button(home.content["blocks"].as_array().unwrap(), "claim");
    assert!(shop.slack.presses(&shop.noor, &home, &claim).await.on_time);
    shop.slack.until(|workspace| workspace.home_of(&shop.noor).is_some_and(|view| view.hash != home.hash)).await;
    let again = shop.slack.home_of(&shop.noor).unwrap();
    assert!(words(again.content["blocks"].as_array().unwrap()).contains("Claimed"));
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn a_long_text_is_not_shortened_by_adding_a_detail() {
    let shop = Shop::open().await;
    let long = "and then he came back ".repeat(170);
    let draft = domain::report::Draft {
        facts: domain::facts::FactsDraft { what_happened: Some(long.clone()), ..Default::default() },
        ..Default::default()
    };
    let origin = shop.slack_origin(&shop.amal).await;
    shop.world.take_in(origin, shopwatch::chat::inbound::What::Report(draft), None).await;
    shop.settle().await;
    let copy = shop.slack.dms_for(&shop.amal).remove(0);
    assert!(shop.slack.presses(&shop.amal, &copy, &super::button(&copy.blocks, "details")).await.on_time);
    let form = shop.slack.modal_of(&shop.amal).unwrap();
    assert!(shop.slack.submits(&shop.amal, &form.id, &[("weapon", &["seen"])]).await.on_time);
    let incident = shop.newest().await;
    assert!(incident.facts.weapon.is_some());
    assert_eq!(incident.what_happened(), Some(long.trim()));
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn a_shortcut_whose_form_does_not_open_is_answered_where_only_that_person_sees_it() {
    let shop = Shop::open().await;
    let (said, acked) = shop.slack.posts(&shop.omar, &shop.floor, "info desk was robbed", &[], None).await;
    assert!(acked.on_time);
    shop.slack.server_error("views.open");
    let acked = shop.slack.message_shortcut(&shop.amal, &said, "report_message").await;
    assert!(acked.on_time && acked.payload.is_none());
    shop.slack.until(|workspace| workspace.describe().contains("could not be opened")).await;
    assert_eq!(shop.slack.ephemerals_for(&shop.amal).len(), 1);
    // A message is no command: its first word stays.
    assert!(shop.slack.message_shortcut(&shop.amal, &said, "report_message").await.on_time);
    let form = shop.slack.modal_of(&shop.amal).unwrap();
    assert!(field(&form, "what_happened")["initial_value"].as_str().unwrap().starts_with("info desk was robbed"));
    assert_eq!(field(&form, "category")["initial_option"]["value"], "potential_theft");
}

#[tokio::test]
async fn a_form_that_is_asked_for_twice_by_one_delivery_is_opened_once_and_nothing_is_said() {
    let shop = Shop::open().await;
    shop.slack.deliver_twice();
    let acked = shop.slack.types_command(&shop.amal, &shop.floor, "/report", "").await;
    let again = acked.again.unwrap();
    assert!(acked.on_time && again.on_time);
    assert_eq!((acked.payload, again.payload), (None, None), "the form is there");
    assert!(shop.slack.modal_of(&shop.amal).is_some());
    let opened = shop.slack.see(|workspace| workspace.calls["views.open"]);
    assert_eq!(opened, 2, "Slack was asked, and said that it was opened before");
    assert!(shop.slack.ephemerals_for(&shop.amal).is_empty());
}
