//! *View photo* on Slack: links to photos, what opens them, and what is on record by then.

use std::fs;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::incident::Incident;
use reqwest::{Method, Response};
use serde_json::Value;
use shopwatch::evidence::keep::sha256;
use shopwatch::operations::mask;
use shopwatch::operations::people::actor;
use shopwatch::rules::Rules;
use shopwatch::settings::Settings;
use shopwatch::slack::people::BELIEVED;
use shopwatch::store::looks::Looked;

use super::{Shop, button, find_button, rules, words};
use crate::evidence::{ASTRONAUT, HEIC, another};
use crate::world::World;
use crate::world::database::Base;
use crate::world::door::{Caller, Door};
use crate::world::people::NOOR;
use crate::world::slack::workspace::Message;

on_both!(
    a_link_shows_its_photo_once_and_that_is_on_record,
    of_two_at_the_same_moment_one_has_looked,
    who_may_look_is_decided_at_the_press,
    after_a_restart_a_link_works_as_soon_as_slack_says_who_it_is,
);

const ADDRESS: &str = "https://shop.example";

fn with_address(world: &mut World) {
    let public_url = Some(ADDRESS.to_owned());
    world.app.parts().settings = Arc::new(Settings { public_url, ..(*world.app.settings).clone() });
}

/// A shop that browsers reach, and its door.
async fn reachable(base: Base) -> (Shop, Door) {
    let mut shop = Shop::closed(base).await;
    with_address(&mut shop.world);
    shop.world.connect();
    shop.slack.connected(1).await;
    let door = shop.world.open_door().await;
    (shop, door)
}

/// Amal's report with two photos, shown and kept.
async fn with_photos(shop: &Shop) -> Incident {
    let photo = |seed| shop.slack.file(&shop.amal, "IMG_2.jpg", "image/jpeg", &another(seed));
    let (one, other) = (photo(1), photo(2));
    let (_, acked) = shop.slack.posts(&shop.amal, &shop.floor, "behind the till", &[&one, &other], None).await;
    assert!(acked.on_time, "{acked:?}");
    shop.settle().await;
    shop.newest().await
}

/// What only somebody was told after they pressed *View photo* on the card.
async fn told(shop: &Shop, who: &str) -> Message {
    let card = shop.card();
    let id = button(&card.blocks, "look");
    assert!(shop.slack.presses(who, &card, &id).await.on_time);
    let fresh = |message: &Message| message.only_for.as_deref() == Some(who) && !message.looked_at;
    shop.slack.until(|workspace| workspace.channels.values().flat_map(|channel| &channel.messages).any(fresh)).await;
    shop.slack.ephemerals_for(who).pop().unwrap()
}

/// Where links lead on this server.
fn links(blocks: &[Value]) -> Vec<String> {
    let all = blocks.iter().filter_map(|block| block["accessory"]["url"].as_str());
    all.map(|url| url.strip_prefix(ADDRESS).expect("an address of this server").to_owned()).collect()
}

async fn first_link(shop: &Shop, who: &str) -> String {
    links(&told(shop, who).await.blocks).remove(0)
}

/// Presses the page's button as a browser without a session does, from a page that is nobody's.
async fn press(door: &Door, path: &str) -> Response {
    let request = door.request(Method::POST, path, &Caller::Nobody);
    request.header("sec-fetch-site", "cross-site").header("origin", "null").send().await.unwrap()
}

async fn looks(shop: &Shop, incident: &Incident) -> Vec<String> {
    let looks = shop.world.store().looks(&shop.now(incident).await).await.unwrap();
    assert!(looks.whole);
    let name = |look: &Looked| look.name.clone().unwrap_or_else(|| "the reporter".to_owned());
    looks.newest.into_iter().map(|look| format!("{} {}", name(&look), look.look.platform)).collect()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers()[name].to_str().unwrap()
}

async fn a_link_shows_its_photo_once_and_that_is_on_record(base: Base) {
    let (shop, door) = reachable(base).await;
    let incident = with_photos(&shop).await;
    let message = told(&shop, &shop.noor).await;
    let said = words(&message.blocks);
    assert!(said.contains("Photo 1 · Not checked") && said.contains("for 10 minutes"), "{said}");
    let found = links(&message.blocks);
    assert!(found.len() == 2 && found[0] != found[1] && found.iter().all(|link| link.starts_with("/look/")));
    // Slack tells us that somebody followed a link: nothing has to be said.
    assert!(shop.slack.presses(&shop.noor, &message, "link/1").await.on_time);

    for method in [Method::GET, Method::HEAD, Method::GET] {
        let page = door.request(method, &found[0], &Caller::Nobody).send().await.unwrap();
        assert_eq!(page.status(), 200);
        assert_eq!((header(&page, "cache-control"), header(&page, "referrer-policy")), ("no-store", "no-referrer"));
        assert!(header(&page, "content-security-policy").contains("sandbox allow-forms"));
        assert_eq!(header(&page, "cross-origin-opener-policy"), "unsafe-none");
        let text = page.text().await.unwrap();
        assert!(!text.contains(incident.reference.as_str()) && !text.contains("Cross") && !text.contains("till"));
    }
    assert!(looks(&shop, &incident).await.is_empty(), "robots look at pages");

    let photo = press(&door, &found[0]).await;
    assert_eq!((photo.status().as_u16(), header(&photo, "content-type")), (200, "image/jpeg"));
    assert_eq!((header(&photo, "cache-control"), header(&photo, "x-content-type-options")), ("no-store", "nosniff"));
    assert_eq!(header(&photo, "content-security-policy"), "default-src 'none'; sandbox");
    let bytes = photo.bytes().await.unwrap();
    assert!(bytes.starts_with(&ASTRONAUT[..2]) && sha256(&bytes) != sha256(&another(1)));
    assert_eq!(looks(&shop, &incident).await, ["Noor slack"]);

    let forged = press(&door, "/look/forged").await;
    assert_eq!(forged.status(), 404);
    let forged = forged.text().await.unwrap();
    assert!(forged.contains("press “View photo” again"), "{forged}");
    for method in [Method::GET, Method::POST] {
        let spent = door.request(method, &found[0], &Caller::Nobody).send().await.unwrap();
        assert_eq!((spent.status().as_u16(), spent.text().await.unwrap()), (404, forged.clone()));
    }
    assert_eq!(press(&door, &found[1]).await.status(), 200, "the other photo has a link of its own");
    assert_eq!(looks(&shop, &incident).await, ["Noor slack", "Noor slack"]);
    assert!(shop.slack.ephemerals_for(&shop.noor).is_empty(), "nothing was said to who followed a link");
    shop.look_away();
    shop.world.check_everything().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_photos_at_which_nobody_can_look_there_is_no_link_but_a_word() {
    let (shop, _door) = reachable(Base::Sqlite).await;
    let one = shop.slack.file(&shop.amal, "IMG_1.heic", "image/heic", &HEIC);
    let other = shop.slack.file(&shop.amal, "IMG_2.jpg", "image/jpeg", &ASTRONAUT);
    assert!(shop.slack.posts(&shop.amal, &shop.floor, "behind the till", &[&one, &other], None).await.1.on_time);
    shop.settle().await;
    let message = told(&shop, &shop.noor).await;
    let said = words(&message.blocks);
    assert_eq!(links(&message.blocks).len(), 1, "{said}");
    assert!(said.contains("with nothing to look at, to check or to share: 1"), "{said}");
    shop.look_away();
}

async fn of_two_at_the_same_moment_one_has_looked(base: Base) {
    let (shop, door) = reachable(base).await;
    let incident = with_photos(&shop).await;
    let link = first_link(&shop, &shop.noor).await;
    let (one, other) = tokio::join!(press(&door, &link), press(&door, &link));
    let mut answers = [one.status().as_u16(), other.status().as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [200, 404]);
    assert_eq!(looks(&shop, &incident).await.len(), 1);
    shop.look_away();
}

/// The shop's rules with Omar in one role alone.
fn with_omar_as(shop: &Shop, role: &str) -> Rules {
    let text = rules(&shop.floor, &shop.triage, &shop.admin, &shop.noor, &shop.managers);
    let text = text.replace(&format!(", \"slack:group:{}\"", shop.managers), "");
    let publishers = "publisher = [\"console:ines\", \"console:vera\"";
    let text = match role {
        "staff" => text,
        "reviewer" => text.replace(
            &format!("\"slack:user:{}\"", shop.noor),
            &format!("\"slack:user:{}\", \"slack:user:{}\"", shop.noor, shop.omar),
        ),
        "publisher" => text.replace(publishers, &format!("{publishers}, \"slack:user:{}\"", shop.omar)),
        _ => format!("{text}{role} = [\"slack:user:{}\"]\n", shop.omar),
    };
    Rules::parse(&text).unwrap()
}

/// What somebody got in a word: how many links, or the first words of the refusal.
async fn got(shop: &Shop, who: &str) -> String {
    let message = told(shop, who).await;
    match links(&message.blocks).len() {
        0 => message.text.split([',', '.', ':']).next().unwrap_or_default().to_owned(),
        count => format!("{count} links"),
    }
}

async fn who_may_look_is_decided_at_the_press(base: Base) {
    let (shop, _door) = reachable(base).await;
    let incident = with_photos(&shop).await;
    let mut table = Vec::new();
    for state in ["unchecked", "checked"] {
        if state == "checked" {
            let noor = actor(&shop.world.app.desk, &NOOR.origin());
            for photo in shop.world.store().photos_of(&incident).await.unwrap() {
                mask::confirm(&shop.world.app.desk, &noor, shop.now(&incident).await, photo.id, 0).await.unwrap();
            }
            shop.settle().await;
        }
        for (name, who) in [("noor", &shop.noor), ("finn", &shop.finn)] {
            table.push(format!("{state} {name}: {}", got(&shop, who).await));
        }
        for role in ["staff", "reviewer", "publisher", "escalator", "liaison", "admin", "auditor"] {
            shop.world.app.desk.change_rules(with_omar_as(&shop, role));
            table.push(format!("{state} {role}: {}", got(&shop, &shop.omar).await));
        }
    }
    let (nothing, none, not_yours) = (
        "There is nothing here by that name",
        "There is no photo here that you can look at now",
        "That is not yours to do",
    );
    let expected = [
        ("noor", "2 links", "2 links"),
        ("finn", nothing, nothing),
        ("staff", nothing, nothing),
        ("reviewer", "2 links", "2 links"),
        ("publisher", none, "2 links"),
        ("escalator", none, "2 links"),
        ("liaison", nothing, nothing),
        ("admin", nothing, nothing),
        ("auditor", not_yours, not_yours),
    ];
    let unchecked = expected.iter().map(|(who, before, _)| format!("unchecked {who}: {before}"));
    let checked = expected.iter().map(|(who, _, after)| format!("checked {who}: {after}"));
    assert_eq!(table, unchecked.chain(checked).collect::<Vec<_>>());
    shop.look_away();
}

async fn after_a_restart_a_link_works_as_soon_as_slack_says_who_it_is(base: Base) {
    let (mut shop, _door) = reachable(base).await;
    let incident = with_photos(&shop).await;
    let link = first_link(&shop, &shop.noor).await;
    shop.world.crash().await;
    let mut other = shop.world.replica_with_slack(2).await;
    with_address(&mut other);
    let door = other.open_door().await;
    let not_now = press(&door, &link).await;
    assert_eq!(not_now.status(), 503);
    assert!(not_now.text().await.unwrap().contains("The link still works"));
    assert!(looks(&shop, &incident).await.is_empty());
    other.connect();
    shop.slack.connected(1).await;
    assert_eq!(press(&door, &link).await.status(), 200);
    assert_eq!(looks(&shop, &incident).await, ["Noor slack"]);
    shop.look_away();
}

#[tokio::test]
async fn who_they_are_is_asked_again_when_the_link_is_spent() {
    let (shop, door) = reachable(Base::Sqlite).await;
    let incident = with_photos(&shop).await;
    let link = first_link(&shop, &shop.omar).await;
    let before = (*shop.world.app.desk.rules()).clone();
    shop.world.app.desk.change_rules(with_omar_as(&shop, "staff"));
    let gone = press(&door, &link).await;
    assert_eq!(gone.status(), 404);
    assert_eq!(gone.text().await.unwrap(), press(&door, "/look/forged").await.text().await.unwrap());
    assert!(looks(&shop, &incident).await.is_empty());
    shop.world.app.desk.change_rules(before);
    assert_eq!(press(&door, &link).await.status(), 200);
    assert_eq!(looks(&shop, &incident).await, ["Omar slack"]);
    shop.look_away();
}

#[tokio::test]
async fn while_slack_does_not_say_who_they_are_a_link_is_not_spent() {
    let (shop, door) = reachable(Base::Sqlite).await;
    let incident = with_photos(&shop).await;
    let link = first_link(&shop, &shop.noor).await;
    shop.world.clock.advance(BELIEVED);
    shop.slack.server_error("users.info");
    assert_eq!(press(&door, &link).await.status(), 503);
    assert!(looks(&shop, &incident).await.is_empty());
    assert_eq!(press(&door, &link).await.status(), 200);
    shop.look_away();
}

#[tokio::test]
async fn a_link_ends_and_none_can_be_made_up() {
    let (shop, door) = reachable(Base::Sqlite).await;
    let incident = with_photos(&shop).await;
    let link = first_link(&shop, &shop.noor).await;
    let (body, last) = link.split_at(link.len() - 1);
    for other in ('A'..='Z').map(String::from).filter(|other| other != last) {
        assert_eq!(press(&door, &format!("{body}{other}")).await.status(), 404, "{other}");
    }
    shop.world.clock.advance(TimeDelta::minutes(10));
    assert_eq!(press(&door, &link).await.status(), 404);
    assert_eq!(door.get(&link, &Caller::Nobody).await.status(), 404);
    assert!(looks(&shop, &incident).await.is_empty());
    let request = door.request(Method::GET, "/look/forged", &Caller::Nobody).header("accept-language", "ur");
    let page = request.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("dir=\"rtl\"") && page.contains("یہ لنک کچھ نہیں دکھاتا"), "{page}");
    shop.look_away();
}

#[tokio::test]
async fn without_the_vault_a_link_is_not_spent_and_nobody_has_looked() {
    let (shop, door) = reachable(Base::Sqlite).await;
    let incident = with_photos(&shop).await;
    let link = first_link(&shop, &shop.noor).await;
    let vault = shop.world.database.folder.path().join("evidence");
    let aside = vault.with_extension("aside");
    fs::rename(&vault, &aside).unwrap();
    let not_now = press(&door, &link).await;
    assert_eq!(not_now.status(), 503);
    assert!(not_now.text().await.unwrap().contains("The link still works"));
    assert!(looks(&shop, &incident).await.is_empty());
    fs::rename(&aside, &vault).unwrap();
    assert_eq!(press(&door, &link).await.status(), 200);
    shop.look_away();
}

#[tokio::test]
async fn without_an_address_the_answer_says_what_has_to_be_set() {
    let shop = Shop::open().await;
    with_photos(&shop).await;
    let message = told(&shop, &shop.noor).await;
    assert!(message.text.contains("SHOPWATCH_PUBLIC_URL"), "{}", message.text);
    assert!(links(&message.blocks).is_empty());
    shop.look_away();
}

#[tokio::test]
async fn a_reporter_looks_from_their_own_copy_and_from_their_home() {
    let (shop, door) = reachable(Base::Sqlite).await;
    let incident = with_photos(&shop).await;
    let copy = shop.slack.dms_for(&shop.amal).into_iter().rev();
    let (copy, id) =
        copy.clone().find_map(|copy| Some((copy.clone(), find_button(&copy.blocks, "look")?))).expect("a button");
    assert!(shop.slack.presses(&shop.amal, &copy, &id).await.on_time);
    let fresh = |message: &Message| message.only_for.as_ref() == Some(&shop.amal) && !message.looked_at;
    shop.slack.until(|workspace| workspace.channels.values().flat_map(|channel| &channel.messages).any(fresh)).await;
    let found = links(&shop.slack.ephemerals_for(&shop.amal).pop().unwrap().blocks);
    assert_eq!(press(&door, &found[0]).await.status(), 200);

    assert!(shop.slack.opens_home(&shop.amal).await.on_time);
    shop.slack.until(|workspace| workspace.home_of(&shop.amal).is_some()).await;
    let home = shop.slack.home_of(&shop.amal).unwrap();
    let id = button(home.content["blocks"].as_array().unwrap(), "look");
    assert!(shop.slack.presses(&shop.amal, &home, &id).await.on_time);
    shop.slack.until(|workspace| workspace.modal_of(&shop.amal).is_some()).await;
    let modal = shop.slack.modal_of(&shop.amal).unwrap();
    let found = links(modal.content["blocks"].as_array().unwrap());
    assert_eq!(press(&door, &found[0]).await.status(), 200);
    assert_eq!(looks(&shop, &incident).await, ["the reporter slack", "the reporter slack"]);
    shop.look_away();
}
