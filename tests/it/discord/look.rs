//! *View photo* on Discord: who is shown what, and what is on record by then.

use std::fs;

use domain::incident::Incident;
use shopwatch::evidence::keep::sha256;
use shopwatch::operations::people::actor;
use shopwatch::operations::{look, mask};
use shopwatch::rules::Rules;
use shopwatch::store::looks::Looked;

use super::{Plan, Shop, button, find_button};
use crate::evidence::{ASTRONAUT, HEAD, HEIC, another};
use crate::world::World;
use crate::world::database::Base;
use crate::world::discord::{Answered, FakeDiscord, Given, Member, RetryAfter, Seen, State, Upload};
use crate::world::people::NOOR;

on_both!(
    who_presses_gets_the_review_copies_and_is_on_record,
    who_may_look_is_decided_at_the_press,
    what_does_not_fit_is_not_looked_at,
);

/// Where the answer is given that was promised.
const GIVEN: &str = "PATCH /webhooks/{application}/{token}/messages/{message}";
/// The kinds of answers: words at once, and a promise.
const SAID: u8 = 4;
const PROMISED: u8 = 5;

/// Amal's report with two photos, shown and kept.
async fn with_photos(shop: &Shop) -> Incident {
    let photo = |seed| Given::File(Upload::of("till.jpg", "image/jpeg", &another(seed)));
    let given: &[(&str, Given)] =
        &[("what_happened", "behind the till".into()), ("photo1", photo(1)), ("photo2", photo(2))];
    assert!(shop.discord.runs_command(shop.amal, shop.floor, "report", given).await.ephemeral());
    shop.settle().await;
    shop.newest().await
}

/// Somebody presses *View photo* on the card.
async fn press(shop: &Shop, who: Member) -> Answered {
    let card = shop.card();
    shop.discord.presses_forged(who, card.id, &button(&card, "look")).await
}

/// What was given to somebody after it was promised.
async fn given(shop: &Shop, who: Member) -> Seen {
    let there = move |state: &State| {
        let mut theirs = state.messages.values().filter(|one| one.ephemeral_for == Some(who.user));
        theirs.any(|one| one.edited.is_some() && !one.looked_at).then_some(())
    };
    shop.discord.until("photos, or why there are none", there).await;
    shop.discord.ephemerals_for(who).pop().unwrap()
}

async fn looks(shop: &Shop, incident: &Incident) -> Vec<String> {
    let looks = shop.world.store().looks(&shop.now(incident).await).await.unwrap();
    assert!(looks.whole);
    let name = |look: &Looked| look.name.clone().unwrap_or_else(|| "the reporter".to_owned());
    let mut names: Vec<String> =
        looks.newest.into_iter().map(|look| format!("{} {}", name(&look), look.look.platform)).collect();
    names.sort();
    names
}

fn is_a_stamped_copy(bytes: &[u8]) -> bool {
    bytes.starts_with(&ASTRONAUT[..2])
        && sha256(bytes) != sha256(&ASTRONAUT)
        && !bytes.windows(HEAD).any(|part| part == &another(1)[..HEAD])
}

async fn confirm(shop: &Shop, incident: &Incident) {
    let noor = actor(&shop.world.app.desk, &NOOR.origin());
    for photo in shop.world.store().photos_of(incident).await.unwrap() {
        let incident = shop.now(incident).await;
        mask::confirm(&shop.world.app.desk, &noor, incident, photo.id, 0).await.unwrap();
    }
    shop.settle().await;
}

async fn who_presses_gets_the_review_copies_and_is_on_record(base: Base) {
    let shop = Shop::on(base).await;
    let bare = shop.report("two people, spirits").await;
    assert_eq!(find_button(&shop.card(), "look"), None, "there is nothing to look at");
    let incident = with_photos(&shop).await;
    assert_eq!(press(&shop, shop.noor).await.kind, PROMISED);
    let seen = given(&shop, shop.noor).await;
    assert!(seen.ephemeral && !seen.loading, "{seen:?}");
    let names: Vec<&str> = seen.files.iter().map(|(name, _)| name.as_str()).collect();
    let called = incident.reference.as_str();
    assert_eq!(names, [format!("{called}-1.jpg"), format!("{called}-2.jpg")]);
    assert!(seen.files.iter().all(|(_, bytes)| is_a_stamped_copy(bytes)));
    assert!(seen.text().contains("Not checked by a person yet: 1, 2"), "{}", seen.text());
    assert_eq!(looks(&shop, &incident).await, ["Noor discord", "Noor discord"]);
    confirm(&shop, &incident).await;
    assert_eq!(press(&shop, shop.noor).await.kind, PROMISED);
    let again = given(&shop, shop.noor).await;
    assert!(again.files.len() == 2 && !again.text().contains("Not checked"), "{}", again.text());
    assert_eq!(looks(&shop, &incident).await.len(), 4);
    assert!(shop.discord.pings().is_empty());
    assert!(looks(&shop, &bare).await.is_empty());
    shop.look_away();
    shop.world.check_everything().await;
}

/// What somebody got: how many copies, or the first words of the refusal.
async fn got(shop: &Shop, who: Member) -> String {
    let answered = press(shop, who).await;
    if answered.kind == PROMISED {
        return format!("{} copies", given(shop, who).await.files.len());
    }
    assert!(answered.kind == SAID && answered.ephemeral(), "{answered:?}");
    let text = answered.message().text();
    text.split([',', '.', ':']).next().unwrap_or_default().to_owned()
}

async fn who_may_look_is_decided_at_the_press(base: Base) {
    let shop = Shop::on(base).await;
    let incident = with_photos(&shop).await;
    let mut people = vec![("amal", shop.amal), ("noor", shop.noor), ("omar", shop.omar), ("finn", shop.finn)];
    let mut roles = String::new();
    for role in ["staff", "publisher", "escalator", "liaison", "admin", "auditor"] {
        let member = shop.discord.add_member(shop.guild, role, &[]);
        people.push((role, member));
        roles.push_str(&match role {
            "staff" => continue,
            "publisher" => {
                format!("publisher = [\"console:ines\", \"console:vera\", \"discord:user:{}\"]\n", member.user)
            }
            _ => format!("{role} = [\"discord:user:{}\"]\n", member.user),
        });
    }
    let text = shop.text.replace("publisher = [\"console:ines\", \"console:vera\"]\n", &roles);
    shop.world.app.desk.change_rules(Rules::parse(&text).unwrap());
    let mut table = Vec::new();
    for state in ["unchecked", "checked"] {
        if state == "checked" {
            confirm(&shop, &incident).await;
        }
        for (name, who) in &people {
            table.push(format!("{state} {name}: {}", got(&shop, *who).await));
        }
    }
    assert_eq!(
        table,
        [
            "unchecked amal: 2 copies",
            "unchecked noor: 2 copies",
            "unchecked omar: 2 copies",
            "unchecked finn: There is nothing here by that name",
            "unchecked staff: There is nothing here by that name",
            "unchecked publisher: There is no photo here that you can look at now",
            "unchecked escalator: There is no photo here that you can look at now",
            "unchecked liaison: There is nothing here by that name",
            "unchecked admin: There is nothing here by that name",
            "unchecked auditor: That is not yours to do",
            "checked amal: 2 copies",
            "checked noor: 2 copies",
            "checked omar: 2 copies",
            "checked finn: There is nothing here by that name",
            "checked staff: There is nothing here by that name",
            "checked publisher: 2 copies",
            "checked escalator: 2 copies",
            "checked liaison: There is nothing here by that name",
            "checked admin: There is nothing here by that name",
            "checked auditor: That is not yours to do",
        ]
    );
    shop.discord.takes_role(shop.omar, shop.managers);
    assert_eq!(
        got(&shop, shop.omar).await,
        "There is nothing here by that name",
        "the role has gone since the card was drawn"
    );
    shop.look_away();
}

#[tokio::test]
async fn what_is_pressed_over_http_is_shown_too() {
    let shop = Shop::with(Base::Sqlite, Plan { http: true, ..Plan::default() }).await;
    let incident = with_photos(&shop).await;
    assert_eq!(press(&shop, shop.noor).await.kind, PROMISED);
    assert_eq!(given(&shop, shop.noor).await.files.len(), 2);
    assert_eq!(looks(&shop, &incident).await.len(), 2);
    shop.look_away();
}

#[tokio::test]
async fn a_press_that_arrives_twice_is_one_look() {
    for http in [false, true] {
        let shop = Shop::with(Base::Sqlite, Plan { http, ..Plan::default() }).await;
        let incident = with_photos(&shop).await;
        shop.discord.deliver_twice();
        assert_eq!(press(&shop, shop.noor).await.kind, PROMISED);
        assert_eq!(given(&shop, shop.noor).await.files.len(), 2);
        assert_eq!(looks(&shop, &incident).await.len(), 2);
        shop.look_away();
    }
}

#[tokio::test]
async fn what_could_not_be_sent_is_told_and_what_broke_off_is_sent_again() {
    let shop = Shop::open().await;
    with_photos(&shop).await;
    shop.discord.rate_limit_next(GIVEN, RetryAfter::Seconds(7));
    assert_eq!(press(&shop, shop.noor).await.kind, PROMISED);
    let told = given(&shop, shop.noor).await;
    assert!(told.files.is_empty() && told.text().contains("Press “View photo” again"), "{}", told.text());
    let misfortunes: [fn(&FakeDiscord); 3] = [
        |discord| discord.hang_up(GIVEN),
        |discord| discord.answer_lost(GIVEN),
        // What was promised over HTTP has not arrived yet.
        |discord| discord.refuse_next(GIVEN, 10015),
    ];
    for misfortune in misfortunes {
        misfortune(&shop.discord);
        assert_eq!(press(&shop, shop.noor).await.kind, PROMISED);
        assert_eq!(given(&shop, shop.noor).await.files.len(), 2);
    }
    shop.look_away();
}

#[tokio::test]
async fn without_the_vault_nobody_has_looked_and_they_are_told_to_press_again() {
    let shop = Shop::open().await;
    let incident = with_photos(&shop).await;
    let vault = shop.world.database.folder.path().join("evidence");
    let aside = vault.with_extension("aside");
    fs::rename(&vault, &aside).unwrap();
    assert_eq!(press(&shop, shop.noor).await.kind, PROMISED);
    let told = given(&shop, shop.noor).await;
    assert!(told.text().contains("Could not be shown just now: 2"), "{}", told.text());
    assert!(looks(&shop, &incident).await.is_empty());
    fs::rename(&aside, &vault).unwrap();
    assert_eq!(press(&shop, shop.noor).await.kind, PROMISED);
    assert_eq!(given(&shop, shop.noor).await.files.len(), 2);
    shop.look_away();
}

#[tokio::test]
async fn a_reporter_looks_from_the_copy_that_follows_their_report() {
    let shop = Shop::open().await;
    let incident = with_photos(&shop).await;
    let receipt = shop.discord.ephemerals_for(shop.amal).pop().unwrap();
    assert!(shop.discord.presses(shop.amal, receipt.id, "v1:tell:on").await.ephemeral());
    shop.press(shop.noor, "claim").await;
    shop.settle().await;
    let copies = shop.discord.dms_of(shop.amal);
    let (copy, id) = copies.iter().rev().find_map(|seen| Some((seen, find_button(seen, "look")?))).expect("a button");
    assert_eq!(shop.discord.presses(shop.amal, copy.id, &id).await.kind, PROMISED);
    assert_eq!(given(&shop, shop.amal).await.files.len(), 2);
    assert_eq!(looks(&shop, &incident).await, ["the reporter discord", "the reporter discord"]);
    shop.look_away();
}

#[tokio::test]
async fn of_photos_at_which_nobody_can_look_the_person_is_told() {
    let shop = Shop::open().await;
    let photo = |bytes: &[u8]| Given::File(Upload::of("till", "image/heic", bytes));
    let given_files: &[(&str, Given)] =
        &[("what_happened", "behind the till".into()), ("photo1", photo(&HEIC)), ("photo2", photo(&ASTRONAUT))];
    assert!(shop.discord.runs_command(shop.amal, shop.floor, "report", given_files).await.ephemeral());
    shop.settle().await;
    let incident = shop.newest().await;
    assert_eq!(press(&shop, shop.noor).await.kind, PROMISED);
    let shown = given(&shop, shop.noor).await;
    assert_eq!(shown.files.len(), 1);
    assert!(shown.text().contains("with nothing to look at, to check or to share: 1"), "{}", shown.text());
    assert_eq!(looks(&shop, &incident).await, ["Noor discord"]);
    shop.look_away();
}

async fn what_does_not_fit_is_not_looked_at(base: Base) {
    let world = World::on(base).await;
    let incident = world.report("two people, spirits").await;
    for seed in [1, 2] {
        let amal = actor(&world.app.desk, &crate::world::people::AMAL.origin());
        let now = world.incident(&incident.reference).await;
        shopwatch::operations::photo::add(&world.app.desk, &world.app.evidence, &amal, now, &another(seed))
            .await
            .unwrap();
    }
    let incident = world.incident(&incident.reference).await;
    let noor = actor(&world.app.desk, &NOOR.origin());
    let with = async |each, all| {
        let room = look::Room { each, all };
        look::copies(&world.app.desk, &world.app.evidence, &noor, &incident, room).await.unwrap()
    };
    let all = with(usize::MAX, usize::MAX).await;
    let size = all.shown[0].jpeg.len();
    assert_eq!((all.shown.len(), all.too_large), (2, 0));
    let one = with(usize::MAX, size + 100).await;
    assert_eq!((one.shown.len(), one.too_large, one.not_now), (1, 1, 0));
    let none = with(size - 100, usize::MAX).await;
    assert_eq!((none.shown.len(), none.too_large, none.not_now), (0, 2, 0));
    assert_eq!(world.store().looks(&incident).await.unwrap().newest.len(), 3, "and nobody is on record for those");
}
