//! Photos sent to the app alone by somebody who reports for several sites: kept at once, and asked about afterwards.

use chrono::TimeDelta;
use domain::incident::Incident;
use domain::incident::site::ASKED_FOR;
use domain::place::SiteId;
use domain::words::StillPresent;
use shopwatch::chat::inbound::What;
use shopwatch::jobs::timers;
use shopwatch::rules::Rules;
use shopwatch::store::incidents::Filter;

use super::{Shop, button, find_button, verbs, words};
use crate::evidence::ASTRONAUT;
use crate::world::database::Base;
use crate::world::slack::workspace::{Message, Workspace};

on_both! { a_photo_sent_to_the_app_alone_is_kept_at_once_and_asks_at_most_two_things, a_site_that_nobody_says_is_asked_of_every_manager_it_can_concern, a_channel_that_was_never_asked_hears_nothing_once_the_site_is_known }

/// A shop with more sites, each with a triage channel of its own and Noor as its manager.
async fn with_sites(base: Base, ids: &[String]) -> (Shop, Vec<String>) {
    let shop = Shop::on(base).await;
    let mut text = super::rules(&shop.floor, &shop.triage, &shop.admin, &shop.noor, &shop.managers);
    let mut channels = Vec::new();
    for id in ids {
        let channel = shop.slack.channel(&format!("triage-{id}")).private().with(&[&shop.noor, &shop.omar]);
        text += &format!(
            "\n[[site]]\nid = \"{id}\"\nname = \"Shop {id}\"\narea = \"N1\"\nchannels.triage = [\"slack:{channel}\"]\n"
        );
        channels.push(channel);
    }
    shop.world.app.desk.change_rules(Rules::parse(&text).unwrap());
    (shop, channels)
}

async fn with_angel(base: Base) -> (Shop, String) {
    let (shop, mut channels) = with_sites(base, &["angel".to_owned()]).await;
    (shop, channels.remove(0))
}

/// Amal sends a photo to the app alone; what is kept of it.
async fn sent(shop: &Shop) -> Incident {
    let photo = shop.slack.file(&shop.amal, "IMG_2.jpg", "image/jpeg", &ASTRONAUT);
    let im = shop.slack.im(&shop.amal);
    let (_, acked) = shop.slack.posts(&shop.amal, &im, "by the door", &[&photo], None).await;
    assert!(acked.on_time, "{acked:?}");
    unsaid(shop).await.remove(0)
}

/// What is at no site yet.
async fn unsaid(shop: &Shop) -> Vec<Incident> {
    let filter = Filter { sites: vec![SiteId::unknown()], ..Filter::default() };
    shop.world.store().incidents(&filter).await.unwrap().incidents
}

/// The answer in Amal's direct messages that asks.
async fn question(shop: &Shop) -> Message {
    shop.slack.until(|workspace| workspace.describe().contains("sent.")).await;
    let asks = |message: &Message| find_button(&message.blocks, "tap").is_some();
    shop.slack.dms_for(&shop.amal).into_iter().find(asks).expect("a question")
}

fn tap(message: &Message, answer: &str) -> String {
    super::ids(&message.blocks).find(|id| id.ends_with(answer)).expect("a tap").to_owned()
}

/// The message once it does not ask this any more: it is drawn anew after the press is acknowledged.
async fn drawn_without(shop: &Shop, message: &Message, question: &str) -> Message {
    let asks = |blocks: &[serde_json::Value]| super::ids(blocks).any(|id| id.contains(question));
    shop.slack.until(|workspace| !asks(&workspace.message(&message.channel, &message.ts).unwrap().blocks)).await;
    again(shop, message)
}

fn again(shop: &Shop, message: &Message) -> Message {
    shop.slack.see(|workspace| workspace.message(&message.channel, &message.ts).unwrap().clone())
}

async fn a_photo_sent_to_the_app_alone_is_kept_at_once_and_asks_at_most_two_things(base: Base) {
    let (shop, angel) = with_angel(base).await;
    shop.slack.deliver_twice();
    let draft = sent(&shop).await;
    for again in shop.slack.redeliver().await {
        assert!(again.on_time);
    }
    assert_eq!((unsaid(&shop).await.len(), shop.world.store().count_incidents().await.unwrap()), (1, 1));
    assert!(draft.is_draft());
    let asked = question(&shop).await;
    assert!(words(&asked.blocks).contains("Shop angel") && words(&asked.blocks).contains("King's Cross"));
    shop.settle().await;
    assert_eq!(shop.now(&draft).await.tally().kept, 1, "its photo does not wait for the answer");
    assert!(shop.slack.messages(&angel).is_empty() && shop.slack.messages(&shop.triage).is_empty());

    assert!(shop.slack.presses(&shop.amal, &asked, &tap(&asked, "site=angel")).await.on_time);
    let said = shop.now(&draft).await;
    assert_eq!((said.site.as_str(), said.is_draft()), ("angel", false));
    shop.settle().await;
    assert!(shop.slack.messages(&shop.triage).is_empty(), "it was at another site");
    assert!(shop.slack.messages(&angel)[0].text.contains(draft.reference.as_str()));
    let next = drawn_without(&shop, &asked, "site=").await;
    assert!(shop.slack.presses(&shop.amal, &next, &tap(&next, "still_present=left")).await.on_time);
    assert_eq!(shop.now(&draft).await.facts.still_present, Some(StillPresent::Left));
    let after = drawn_without(&shop, &asked, "still_present=").await;
    assert!(find_button(&after.blocks, "tap").is_none(), "two questions and no more: {:?}", verbs(&after.blocks));
    shop.settle().await;
    shop.look_away();
    shop.slack.look(&angel);
}

#[tokio::test]
async fn a_second_click_and_somebody_elses_change_nothing() {
    let (shop, angel) = with_angel(Base::Sqlite).await;
    let draft = sent(&shop).await;
    let asked = question(&shop).await;
    let (here, there) = (tap(&asked, "site=angel"), tap(&asked, "site=kings-cross"));
    for (who, id) in [(&shop.noor, &here), (&shop.finn, &here)] {
        let mut payload = shop.slack.press_payload(&shop.amal, &asked, id, &[]);
        payload["user"]["id"] = serde_json::json!(who);
        assert!(shop.slack.interacts(payload).await.on_time);
        assert!(shop.now(&draft).await.is_draft(), "to them it does not exist");
    }
    let twice = shop.slack.press_payload(&shop.amal, &asked, &here, &[]);
    assert!(shop.slack.presses(&shop.amal, &asked, &here).await.on_time);
    assert!(shop.slack.interacts(twice).await.on_time);
    let said = shop.now(&draft).await;
    assert_eq!((said.site.as_str(), said.version), ("angel", draft.version + 1), "once");
    // A message that was drawn before still has the other answer.
    let press = What::Press(there.parse().unwrap());
    let answer = shop.world.take_in(shop.slack_origin(&shop.amal).await, press, None).await;
    assert!(answer.reply.lines[0].contains("known already"), "{:?}", answer.reply);
    assert_eq!(shop.now(&draft).await.site.as_str(), "angel");
    shop.settle().await;
    shop.look_away();
    shop.slack.look(&angel);
}

async fn a_site_that_nobody_says_is_asked_of_every_manager_it_can_concern(base: Base) {
    let (shop, angel) = with_angel(base).await;
    let draft = sent(&shop).await;
    let asked = question(&shop).await;
    shop.settle().await;
    shop.world.clock.advance(ASKED_FOR);
    shop.settle().await;
    let open = shop.now(&draft).await;
    assert!(!open.is_draft() && open.site.is_unknown());
    let (here, there) = (shop.card(), shop.slack.messages(&angel).remove(0));
    for card in [&here, &there] {
        assert!(words(&card.blocks).contains("It is not known which of 2 sites it was at"), "{}", words(&card.blocks));
    }
    // Whoever sent it may still say it, and so may a manager: whoever is first.
    assert!(shop.slack.presses(&shop.noor, &there, &tap(&there, "site=angel")).await.on_time);
    assert_eq!(shop.now(&draft).await.site.as_str(), "angel");
    assert!(shop.slack.presses(&shop.amal, &asked, &tap(&asked, "site=kings-cross")).await.on_time);
    assert_eq!(shop.now(&draft).await.site.as_str(), "angel");
    shop.settle().await;
    let (left, kept) = (again(&shop, &here), again(&shop, &there));
    assert!(words(&left.blocks).contains("belongs to another site"), "{}", words(&left.blocks));
    assert!(!words(&left.blocks).contains("by the door") && verbs(&left.blocks).is_empty());
    assert!(words(&kept.blocks).contains("by the door") && find_button(&kept.blocks, "claim").is_some());
    shop.look_away();
    shop.slack.look(&angel);
}

async fn a_channel_that_was_never_asked_hears_nothing_once_the_site_is_known(base: Base) {
    let (shop, angel) = with_angel(base).await;
    let draft = sent(&shop).await;
    let asked = question(&shop).await;
    shop.settle().await;
    shop.world.clock.advance(ASKED_FOR);
    timers::step(&shop.world.app).await.unwrap();
    assert!(!shop.now(&draft).await.is_draft(), "every manager is about to be asked");
    assert!(shop.slack.presses(&shop.amal, &asked, &tap(&asked, "site=angel")).await.on_time);
    shop.settle().await;
    assert!(shop.slack.messages(&shop.triage).is_empty(), "it was at another site");
    assert!(words(&shop.slack.messages(&angel)[0].blocks).contains("by the door"));
    shop.look_away();
    shop.slack.look(&angel);
}

#[tokio::test]
async fn a_crash_between_the_photo_and_the_answer_loses_neither() {
    let (mut shop, angel) = with_angel(Base::Sqlite).await;
    let draft = sent(&shop).await;
    let asked = question(&shop).await;
    shop.world.crash().await;
    shop.world.clock.advance(TimeDelta::seconds(31));
    let mut other = shop.world.replica_with_slack(7).await;
    other.connect();
    shop.slack.connected(1).await;
    assert!(shop.slack.presses(&shop.amal, &asked, &tap(&asked, "site=angel")).await.on_time);
    let said = other.store().incident(draft.id).await.unwrap().unwrap();
    assert_eq!(said.site.as_str(), "angel");
    other.settle().await;
    assert_eq!(shop.now(&draft).await.tally().kept, 1);
    other.crash().await;
    shop.look_away();
    shop.slack.look(&angel);
}

#[tokio::test]
async fn among_many_sites_it_is_chosen_from_a_list() {
    let ids: Vec<String> = (0..130).map(|number| format!("shop-{number}")).collect();
    let (shop, channels) = with_sites(Base::Sqlite, &ids).await;
    let draft = sent(&shop).await;
    shop.slack.until(|workspace| workspace.describe().contains("sent.")).await;
    let asked =
        shop.slack.dms_for(&shop.amal).into_iter().find(|message| find_button(&message.blocks, "site").is_some());
    let asked = asked.expect("a question");
    assert!(shop.slack.presses(&shop.amal, &asked, &button(&asked.blocks, "site")).await.on_time);
    let form = shop.slack.modal_of(&shop.amal).unwrap();
    assert!(shop.slack.submits(&shop.amal, &form.id, &[("site", &["shop-129"])]).await.on_time);
    assert_eq!(shop.now(&draft).await.site.as_str(), "shop-129");
    shop.settle().await;
    assert!(shop.slack.messages(&channels[129])[0].text.contains(draft.reference.as_str()));
    shop.look_away();
}

#[tokio::test]
async fn in_a_shop_with_one_site_a_photo_alone_is_a_report_with_one_question() {
    let shop = Shop::open().await;
    let photo = shop.slack.file(&shop.amal, "IMG_2.jpg", "image/jpeg", &ASTRONAUT);
    let im = shop.slack.im(&shop.amal);
    assert!(shop.slack.posts(&shop.amal, &im, "", &[&photo], None).await.1.on_time);
    let incident = shop.newest().await;
    assert!(!incident.is_draft() && incident.what_happened().is_none());
    shop.slack.until(|workspace| workspace.describe().contains("sent")).await;
    let receipt = shop.slack.dms_for(&shop.amal).remove(0);
    let questions: std::collections::BTreeSet<&str> = super::ids(&receipt.blocks)
        .filter(|id| id.contains(":tap:"))
        .filter_map(|id| id.split(['=', ':']).nth(4))
        .collect();
    assert_eq!(questions.into_iter().collect::<Vec<_>>(), ["still_present"]);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn an_old_button_of_an_incident_that_was_at_another_site_decides_nothing() {
    let shop = Shop::open().await;
    let mara = shop.slack.person("Mara").joins();
    let angel = shop.slack.channel("triage-angel").private().with(&[&mara]);
    let text = super::rules(&shop.floor, &shop.triage, &shop.admin, &shop.noor, &shop.managers);
    let site = format!(
        "\n[[site]]\nid = \"angel\"\nname = \"Shop angel\"\narea = \"N1\"\nchannels.triage = [\"slack:{angel}\"]\n\
         roles.reviewer = [\"slack:user:{mara}\"]\n"
    );
    shop.world.app.desk.change_rules(Rules::parse(&(text + &site)).unwrap());
    let draft = sent(&shop).await;
    let asked = question(&shop).await;
    shop.settle().await;
    shop.world.clock.advance(ASKED_FOR);
    shop.settle().await;
    let there = shop.slack.messages(&angel).remove(0);
    assert!(find_button(&there.blocks, "claim").is_some(), "she may have it, as long as nobody knows where it was");

    assert!(shop.slack.presses(&shop.amal, &asked, &tap(&asked, "site=kings-cross")).await.on_time);
    let said = shop.now(&draft).await;
    assert_eq!(said.site.as_str(), "kings-cross");
    let mut told_before = 0;
    let old = [button(&there.blocks, "claim"), tap(&there, "site=angel")];
    let presses = |id: &String| shop.slack.press_payload(&mara, &there, id, &[]);
    let payloads = [old.each_ref().map(presses), old.each_ref().map(presses)];
    for (drawn_anew, payloads) in [false, true].into_iter().zip(payloads) {
        if drawn_anew {
            shop.settle().await;
            assert!(words(&again(&shop, &there).blocks).contains("belongs to another site"));
        }
        for payload in payloads {
            assert!(shop.slack.interacts(payload).await.on_time);
            told_before += 1;
            let whispers = |workspace: &Workspace| {
                let all = workspace.channels.values().flat_map(|channel| &channel.messages);
                all.filter(|message| message.only_for.as_ref() == Some(&mara)).count()
            };
            shop.slack.until(|workspace| whispers(workspace) >= told_before).await;
            let told = shop.slack.ephemerals_for(&mara).pop().unwrap();
            assert!(told.text.contains("it is not for you"), "{told:?}");
            assert!(!words(&told.blocks).contains("by the door") && !told.text.contains("by the door"), "{told:?}");
            let now = shop.now(&draft).await;
            assert_eq!((now.site.as_str(), now.version), ("kings-cross", said.version));
        }
    }
    shop.look_away();
    shop.slack.look(&angel);
}
