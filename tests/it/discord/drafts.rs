//! Photos sent to the bot alone by somebody who reports for several sites: kept at once, and asked about afterwards.

use domain::incident::Incident;
use domain::incident::site::ASKED_FOR;
use domain::place::SiteId;
use domain::words::StillPresent;
use shopwatch::rules::Rules;
use shopwatch::store::incidents::Filter;

use super::{Shop, find_button};
use crate::evidence::ASTRONAUT;
use crate::world::database::Base;
use crate::world::discord::{Id, Seen, State, Upload};

on_both! { a_photo_sent_to_the_bot_alone_is_kept_at_once_and_asks_at_most_two_things }

/// A shop with more sites, the last of which has a triage channel here.
async fn with_sites(base: Base, ids: &[String]) -> (Shop, Id) {
    let shop = Shop::on(base).await;
    let channel = shop.discord.add_channel(shop.guild, "triage-of-the-last");
    let mut text = shop.text.clone();
    for (number, id) in ids.iter().enumerate() {
        let triage = if number + 1 == ids.len() { format!("discord:{channel}") } else { "console:triage".to_owned() };
        text += &format!(
            "\n[[site]]\nid = \"{id}\"\nname = \"Shop {id}\"\narea = \"N1\"\nchannels.triage = [\"{triage}\"]\n"
        );
    }
    shop.world.app.desk.change_rules(Rules::parse(&text).unwrap());
    (shop, channel)
}

/// Amal sends a photo to the bot alone; what is kept of it, and the answer that asks.
async fn sent(shop: &Shop, button: &str) -> (Incident, Seen) {
    shop.discord.direct_message(shop.amal, "by the door", vec![Upload::of("till.jpg", "image/jpeg", &ASTRONAUT)]);
    let receipt = |state: &State| state.messages.values().any(|message| message.content.contains("SW-")).then_some(());
    shop.discord.until("a receipt", receipt).await;
    let asks = |seen: &Seen| find_button(seen, button).is_some();
    let asked = shop.discord.dms_of(shop.amal).into_iter().find(asks).expect("a question");
    let filter = Filter { sites: vec![SiteId::unknown()], ..Filter::default() };
    (shop.world.store().incidents(&filter).await.unwrap().incidents.remove(0), asked)
}

/// Looks at the threads in the last site's channel, too.
fn look_away(shop: &Shop, channel: Id) {
    shop.look_away();
    for seen in shop.discord.messages(channel) {
        shop.thread(&seen);
    }
}

fn tap(seen: &Seen, answer: &str) -> String {
    seen.component(answer).unwrap_or_else(|| panic!("no tap {answer} in {seen:#?}"))
}

async fn a_photo_sent_to_the_bot_alone_is_kept_at_once_and_asks_at_most_two_things(base: Base) {
    let (shop, angel) = with_sites(base, &["angel".to_owned()]).await;
    let (draft, asked) = sent(&shop, "tap").await;
    assert!(draft.is_draft() && asked.text().contains("Which site was it at?"), "{}", asked.text());
    shop.settle().await;
    assert_eq!(shop.now(&draft).await.tally().kept, 1, "its photo does not wait for the answer");
    assert!(shop.discord.messages(angel).is_empty() && shop.discord.messages(shop.triage).is_empty());

    let here = tap(&asked, "site=angel");
    let other = shop.discord.presses_forged(shop.noor, asked.id, &here).await;
    assert!(other.ephemeral() && shop.now(&draft).await.is_draft(), "to her it does not exist");
    shop.discord.presses(shop.amal, asked.id, &here).await;
    let said = shop.now(&draft).await;
    assert_eq!((said.site.as_str(), said.is_draft()), ("angel", false));
    // A second click.
    shop.discord.presses_forged(shop.amal, asked.id, &here).await;
    assert_eq!(shop.now(&draft).await.version, said.version);
    shop.settle().await;
    assert!(shop.discord.messages(shop.triage).is_empty(), "it was at another site");
    assert!(shop.discord.messages(angel)[0].text().contains(draft.reference.as_str()));

    let next = shop.discord.dms_of(shop.amal).into_iter().find(|seen| seen.id == asked.id).unwrap();
    assert!(next.component("site=angel").is_none(), "it is asked once");
    shop.discord.presses(shop.amal, asked.id, &tap(&next, "still_present=left")).await;
    assert_eq!(shop.now(&draft).await.facts.still_present, Some(StillPresent::Left));
    let after = shop.discord.dms_of(shop.amal).into_iter().find(|seen| seen.id == asked.id).unwrap();
    assert!(find_button(&after, "tap").is_none(), "two questions and no more");
    shop.settle().await;
    look_away(&shop, angel);
}

#[tokio::test]
async fn a_site_that_nobody_says_is_shown_to_managers_and_can_still_be_said() {
    let (shop, angel) = with_sites(Base::Sqlite, &["angel".to_owned()]).await;
    let (draft, asked) = sent(&shop, "tap").await;
    shop.world.clock.advance(ASKED_FOR);
    shop.settle().await;
    let (here, there) = (shop.card(), shop.discord.messages(angel).pop().unwrap());
    for card in [&here, &there] {
        assert!(card.text().contains("It is not known which of 2 sites it was at"), "{}", card.text());
    }
    shop.discord.presses(shop.amal, asked.id, &tap(&asked, "site=kings-cross")).await;
    assert_eq!(shop.now(&draft).await.site.as_str(), "kings-cross");
    shop.settle().await;
    assert!(shop.card().text().contains("by the door"));
    let left = shop.discord.messages(angel).pop().unwrap();
    assert!(left.text().contains("belongs to another site") && !left.text().contains("by the door"));
    assert!(find_button(&left, "claim").is_none());
    look_away(&shop, angel);
}

#[tokio::test]
async fn among_many_sites_it_is_chosen_from_lists() {
    let ids: Vec<String> = (0..60).map(|number| format!("shop-{number}")).collect();
    let (shop, last) = with_sites(Base::Sqlite, &ids).await;
    let (draft, asked) = sent(&shop, "site").await;
    let panel = shop.discord.presses(shop.amal, asked.id, &find_button(&asked, "site").unwrap()).await;
    assert!(panel.ephemeral(), "{panel:?}");
    let panel = shop.discord.ephemerals_for(shop.amal).pop().unwrap();
    let select = panel.component("choose/site/2/").expect("a third list");
    shop.discord.chooses(shop.amal, panel.id, &select, &["shop-59"]).await;
    assert_eq!(shop.now(&draft).await.site.as_str(), "shop-59");
    shop.settle().await;
    assert!(shop.discord.messages(last)[0].text().contains(draft.reference.as_str()));
    look_away(&shop, last);
}

#[tokio::test]
async fn an_old_button_of_an_incident_that_was_at_another_site_decides_nothing() {
    let shop = Shop::open().await;
    let mara = shop.discord.add_member(shop.guild, "Mara", &[]);
    let angel = shop.discord.add_channel(shop.guild, "triage-of-angel");
    let site = format!(
        "\n[[site]]\nid = \"angel\"\nname = \"Shop angel\"\narea = \"N1\"\nchannels.triage = [\"discord:{angel}\"]\n\
         roles.reviewer = [\"discord:user:{}\"]\n",
        mara.user
    );
    shop.world.app.desk.change_rules(Rules::parse(&(shop.text.clone() + &site)).unwrap());
    let (draft, asked) = sent(&shop, "tap").await;
    shop.world.clock.advance(ASKED_FOR);
    shop.settle().await;
    let there = shop.discord.messages(angel).pop().unwrap();
    let old = [find_button(&there, "claim").unwrap(), tap(&there, "site=angel")];

    shop.discord.presses(shop.amal, asked.id, &tap(&asked, "site=kings-cross")).await;
    let said = shop.now(&draft).await;
    assert_eq!(said.site.as_str(), "kings-cross");
    for drawn_anew in [false, true] {
        if drawn_anew {
            shop.settle().await;
            assert!(shop.discord.messages(angel).pop().unwrap().text().contains("belongs to another site"));
        }
        for id in &old {
            let told = shop.discord.presses_forged(mara, there.id, id).await;
            assert!(told.ephemeral() && !told.message().text().contains("by the door"), "{told:?}");
            let now = shop.now(&draft).await;
            assert_eq!((now.site.as_str(), now.version), ("kings-cross", said.version), "{id}");
        }
    }
    shop.discord.ephemerals_for(mara);
    look_away(&shop, angel);
}
