//! Every look at a photo is on record before the first byte is served, and the picture says whose look it is.

use domain::audit::{Broken, Hash};
use domain::look::Look;
use domain::photo::Photo;
use reqwest::StatusCode;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DatabaseConnection, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _,
};
use shopwatch::chat::press::Button;
use shopwatch::evidence::keep::Copy;
use shopwatch::operations::{people, photo};
use shopwatch::rules::Rules;
use shopwatch::store::entity::{look as look_row, photo as photo_row};
use shopwatch::store::verify::{Finding, Verdict};
use uuid::Uuid;

use super::ASTRONAUT;
use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{AMAL, NOOR, OMAR, Person, days, minutes};

on_both! {
    every_look_is_on_record_with_who_and_when_and_a_changed_one_shows,
    whoever_tampers_with_looks_is_found_and_which_one_is_named,
    who_deletes_the_newest_looks_is_found_even_with_the_older_count_put_back,
    what_was_tampered_with_does_not_become_good_by_another_look,
    the_certificate_of_an_erased_incident_still_counts_its_looks,
    a_link_that_was_changed_is_found_and_a_look_of_before_verifies_as_it_did,
    looks_from_before_they_were_counted_are_counted_once_by_the_program_that_makes_room_for_it,
}

async fn look(world: &World, who: Person, incident: &domain::incident::Incident, photo: &Photo) -> Vec<u8> {
    let (app, actor) = (&world.app, people::actor(&world.app.desk, &who.origin()));
    photo::review(&app.desk, &app.evidence, &actor, incident, photo.id).await.unwrap()
}

async fn every_look_is_on_record_with_who_and_when_and_a_changed_one_shows(base: Base) {
    let world = World::on(base).await;
    let incident = world.report("two people, spirits").await;
    let incident = world.incident(&incident.reference).await;
    let actor = people::actor(&world.app.desk, &AMAL.origin());
    let added = photo::add(&world.app.desk, &world.app.evidence, &actor, incident.clone(), &ASTRONAUT).await.unwrap();
    let (photo, version) = (added.photo, world.incident(&incident.reference).await.version);
    let (noors, omars, amals) = tokio::join!(
        look(&world, NOOR, &incident, &photo),
        look(&world, OMAR, &incident, &photo),
        look(&world, AMAL, &incident, &photo),
    );
    assert_ne!(noors, omars, "the bytes themselves say who looks");
    let copy = world.app.evidence.read(&world.store().data_key_of(&incident).unwrap(), &photo, Copy::Review).await;
    assert!(![&noors, &omars, &amals].contains(&&copy.unwrap()), "nobody is served a copy without it");
    let looks = world.store().looks(&incident).await.unwrap();
    let mut names: Vec<Option<&str>> = looks.newest.iter().map(|looked| looked.name.as_deref()).collect();
    names.sort_unstable();
    assert_eq!((names, looks.whole), (vec![None, Some("Noor"), Some("Omar")], true), "the reporter is nameless");
    assert!(looks.newest.iter().all(|looked| looked.look.at == world.now() && looked.look.photo == photo.id));
    assert_eq!(world.incident(&incident.reference).await.version, version, "to look changes nothing");
    world.check_everything().await;

    let change = "UPDATE photo_look SET member = 'somebody' WHERE seq = 2";
    world.database.look_inside().await.execute_unprepared(change).await.unwrap();
    assert!(!world.store().looks(&incident).await.unwrap().whole);
}

/// A photo that was looked at so often, on an incident that took a step after the third look.
async fn looked_at(world: &World, times: u32) -> (domain::incident::Incident, Photo) {
    let incident = world.report("two people, spirits").await;
    let incident = world.incident(&incident.reference).await;
    let actor = people::actor(&world.app.desk, &AMAL.origin());
    let added = photo::add(&world.app.desk, &world.app.evidence, &actor, incident.clone(), &ASTRONAUT).await.unwrap();
    for time in 1..=times {
        world.clock.advance(minutes(1));
        look(world, if time % 2 == 0 { NOOR } else { OMAR }, &incident, &added.photo).await;
        if time == 3 {
            world.press(NOOR, &incident.reference, Button::Claim).await.incident();
        }
    }
    (world.incident(&incident.reference).await, added.photo)
}

async fn verdict(world: &World) -> Verdict {
    world.store().verify(|_| ()).await.unwrap()
}

async fn rows(db: &DatabaseConnection) -> (Vec<look_row::Model>, photo_row::Model) {
    let looks = look_row::Entity::find().order_by_asc(look_row::Column::Seq).all(db).await.unwrap();
    (looks, photo_row::Entity::find().one(db).await.unwrap().unwrap())
}

/// Puts everything there as it was.
async fn restore(db: &DatabaseConnection, (looks, photo): &(Vec<look_row::Model>, photo_row::Model)) {
    db.execute_unprepared("DELETE FROM photo_look; DELETE FROM photo").await.unwrap();
    photo_row::Entity::insert(photo.clone().into_active_model()).exec_without_returning(db).await.unwrap();
    let looks = looks.iter().cloned().map(sea_orm::IntoActiveModel::into_active_model);
    look_row::Entity::insert_many(looks).exec_without_returning(db).await.unwrap();
}

async fn whoever_tampers_with_looks_is_found_and_which_one_is_named(base: Base) {
    let world = World::on(base).await;
    let (incident, photo) = looked_at(&world, 5).await;
    assert_eq!((verdict(&world).await.looks, verdict(&world).await.findings), (5, vec![]), "untouched");
    let db = world.database.look_inside().await;
    let were = rows(&db).await;
    let (reference, photo) = (incident.reference.to_string(), photo.id);
    let looks = |broken| Finding::Looks { reference: reference.clone(), photo, broken };
    let miscounted = || Finding::Miscounted { reference: reference.clone(), photo };
    let tampered = [
        ("UPDATE photo_look SET member = 'x' WHERE seq = 2", vec![looks(Broken::Changed { seq: 2 })]),
        ("UPDATE photo_look SET at = (SELECT at FROM photo)", vec![looks(Broken::Changed { seq: 1 })]),
        ("DELETE FROM photo_look WHERE seq = 3", vec![looks(Broken::Missing { seq: 3 })]),
        ("DELETE FROM photo_look WHERE seq = 5", vec![looks(Broken::Missing { seq: 5 })]),
        ("DELETE FROM photo_look", vec![looks(Broken::Missing { seq: 1 })]),
        (
            "UPDATE photo_look SET seq = 99 WHERE seq = 4; UPDATE photo_look SET seq = 4 WHERE seq = 5; \
             UPDATE photo_look SET seq = 5 WHERE seq = 99",
            vec![looks(Broken::Changed { seq: 4 })],
        ),
        (
            "UPDATE photo_look SET sealed = (SELECT sealed FROM photo_look WHERE seq = 1) WHERE seq = 4",
            vec![looks(Broken::Changed { seq: 4 })],
        ),
        ("UPDATE photo SET looks = 4", vec![miscounted(), looks(Broken::Extra { seq: 5 })]),
        ("UPDATE photo SET looks_anchor = NULL", vec![miscounted()]),
        (
            "UPDATE photo SET looks = 4, looks_head = (SELECT hash FROM photo_look WHERE seq = 4); \
             DELETE FROM photo_look WHERE seq = 5",
            vec![miscounted()],
        ),
        ("DELETE FROM photo", vec![Finding::NoPhoto { reference: reference.clone(), photo }]),
    ];
    for (sql, findings) in tampered {
        db.execute_unprepared(sql).await.unwrap();
        assert_eq!(verdict(&world).await.findings, findings, "{sql}");
        assert!(!world.store().looks(&incident).await.unwrap().whole, "{sql}");
        restore(&db, &were).await;
        assert_eq!(verdict(&world).await.findings, [], "put back after {sql}");
    }
}

async fn who_deletes_the_newest_looks_is_found_even_with_the_older_count_put_back(base: Base) {
    let world = World::on(base).await;
    let (incident, photo) = looked_at(&world, 2).await;
    let db = world.database.look_inside().await;
    let (_, two) = rows(&db).await;
    look(&world, NOOR, &incident, &photo).await;
    world.press(NOOR, &incident.reference, Button::Claim).await.incident();
    // Somebody kept the whole row of an earlier time, with the keyed hash that the house made then.
    db.execute_unprepared("DELETE FROM photo_look WHERE seq = 3; DELETE FROM photo").await.unwrap();
    photo_row::Entity::insert(two.into_active_model()).exec_without_returning(&db).await.unwrap();
    let (reference, broken) = (incident.reference.to_string(), Broken::Missing { seq: 3 });
    assert_eq!(verdict(&world).await.findings, [Finding::Looks { reference, photo: photo.id, broken }]);
}

async fn what_was_tampered_with_does_not_become_good_by_another_look(base: Base) {
    for sql in [
        "DELETE FROM photo_look WHERE seq = 2",
        "UPDATE photo SET looks = 1, looks_head = (SELECT hash FROM photo_look WHERE seq = 1); DELETE FROM photo_look WHERE seq = 2",
        "UPDATE photo SET looks = 0, looks_head = NULL, looks_anchor = NULL",
        "UPDATE photo SET looks = 0, looks_head = NULL, looks_anchor = NULL; DELETE FROM photo_look",
    ] {
        let world = World::on(base).await;
        let (incident, photo) = looked_at(&world, 2).await;
        let db = world.database.look_inside().await;
        db.execute_unprepared(sql).await.unwrap();
        let before = verdict(&world).await.findings;
        assert_ne!(before, [], "{sql}");
        look(&world, OMAR, &incident, &photo).await;
        assert_ne!(verdict(&world).await.findings, [], "{sql}");
        let members = world.store().looks(&incident).await.unwrap().newest;
        assert!(
            members.iter().any(|looked| looked.name.as_deref() == Some("Omar") && looked.look.at == world.now()),
            "{sql}"
        );
    }
}

async fn the_certificate_of_an_erased_incident_still_counts_its_looks(base: Base) {
    let world = World::on(base).await;
    let (incident, _) = looked_at(&world, 4).await;
    world.submit(NOOR, &incident.reference, Button::Decline, &[("reason", "benign")]).await.incident();
    for _ in 0..6 {
        world.clock.advance(days(1));
        world.settle().await;
    }
    let plan = world.store().retention_plans().await.unwrap()[0].clone();
    shopwatch::jobs::retention::confirm(&world.app.desk, plan.id).await.unwrap();
    world.clock.advance(days(1));
    shopwatch::jobs::retention::run(&world.app.desk, &world.app.evidence).await.unwrap();
    assert_eq!((world.database.rows_in("photo").await, world.database.rows_in("photo_look").await), (0, 4));
    assert_eq!(verdict(&world).await.findings, []);
    let db = world.database.look_inside().await;
    db.execute_unprepared("DELETE FROM photo_look WHERE seq = 4").await.unwrap();
    let found = verdict(&world).await.findings;
    assert!(matches!(&found[..], [Finding::Looks { broken: Broken::Missing { seq: 4 }, .. }]), "{found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sees_the_record_sees_the_looks_and_an_auditor_no_names() {
    let world = World::new().await;
    let door = world.open_door().await;
    let incident = world.report("two people, spirits").await;
    let incident = world.incident(&incident.reference).await;
    let actor = people::actor(&world.app.desk, &AMAL.origin());
    let added = photo::add(&world.app.desk, &world.app.evidence, &actor, incident.clone(), &ASTRONAUT).await.unwrap();
    let (noor, lena, amal) =
        (door.sign_in(&world, "noor").await, door.sign_in(&world, "lena").await, door.sign_in(&world, "amal").await);
    let page = format!("/incidents/{}", incident.reference);
    assert_eq!(door.get(&format!("{page}/photos/{}", added.photo.id), &noor).await.status(), StatusCode::OK);
    let member = &world.store().looks(&incident).await.unwrap().newest[0].look.member.0.clone();
    let (to_noor, to_lena, to_amal) = (
        door.get(&page, &noor).await.text().await.unwrap(),
        door.get(&page, &lena).await.text().await.unwrap(),
        door.get(&page, &amal).await.text().await.unwrap(),
    );
    assert!(to_noor.contains("id=\"looks\"") && to_noor.contains("looked at photo"), "{to_noor}");
    assert!(to_lena.contains(member.as_str()) && !to_lena.contains("Noor"), "{to_lena}");
    assert!(!to_amal.contains("id=\"looks\""), "{to_amal}");
    // What is not there leaves no line.
    let nothing = format!("{page}/photos/pho_{}", "0".repeat(32));
    assert_eq!(door.get(&nothing, &noor).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(world.store().looks(&incident).await.unwrap().newest.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_looks_of_the_reporter_are_nameless_under_each_of_their_accounts_and_older_ones_too() {
    let world = World::new().await;
    let door = world.open_door().await;
    let incident = world.report("two people, spirits").await;
    let incident = world.incident(&incident.reference).await;
    let actor = people::actor(&world.app.desk, &AMAL.origin());
    let added = photo::add(&world.app.desk, &world.app.evidence, &actor, incident.clone(), &ASTRONAUT).await.unwrap();
    look(&world, AMAL, &incident, &added.photo).await;
    look(&world, OMAR, &incident, &added.photo).await;
    let noor = door.sign_in(&world, "noor").await;
    let page = format!("/incidents/{}", incident.reference);
    let before = door.get(&page, &noor).await.text().await.unwrap();
    assert!(before.contains("the reporter looked at photo") && before.contains("Omar looked at photo"), "{before}");
    assert!(!before.contains("Amal"), "{before}");
    // Omar turns out to be Amal: what was written with a name is read without it.
    let linked =
        format!("{}\n[[member]]\nname = \"Amal\"\naccounts = [\"console:amal\", \"console:omar\"]\n", Rules::EXAMPLE);
    world.app.desk.change_rules(Rules::parse(&linked).unwrap());
    look(&world, OMAR, &incident, &added.photo).await;
    let names = world.store().looks(&incident).await.unwrap().newest;
    assert_eq!(names.iter().filter(|looked| looked.name.is_some()).count(), 1, "the later one is sealed without it");
    let after = door.get(&page, &noor).await.text().await.unwrap();
    assert_eq!(after.matches("the reporter looked at photo").count(), 3, "{after}");
    assert!(!after.contains("Omar looked") && !after.contains("Amal"), "{after}");
}

/// The database as an older program left it: nothing was counted, and the step that makes room for it was not taken.
async fn looks_from_before_they_were_counted_are_counted_once_by_the_program_that_makes_room_for_it(base: Base) {
    let world = World::on(base).await;
    looked_at(&world, 2).await;
    let inside = world.database.look_inside().await;
    for column in ["looks", "looks_head", "looks_anchor"] {
        inside.execute_unprepared(&format!("ALTER TABLE photo DROP COLUMN {column}")).await.unwrap();
    }
    let forget = format!("DELETE FROM seaql_migrations WHERE version = '{}'", migrations::COUNTED_LOOKS);
    inside.execute_unprepared(&forget).await.unwrap();
    let upgraded = world.replica().await;
    let counted = verdict(&upgraded).await;
    assert_eq!((counted.looks, counted.findings), (2, Vec::new()));
    // What is taken away afterwards is found, also by the next start.
    inside.execute_unprepared("UPDATE photo SET looks = 0, looks_head = NULL, looks_anchor = NULL").await.unwrap();
    inside.execute_unprepared("DELETE FROM photo_look").await.unwrap();
    let next = upgraded.replica().await;
    let findings = verdict(&next).await.findings;
    assert!(findings.iter().any(Finding::is_of_looks), "{findings:?}");
}

async fn a_link_that_was_changed_is_found_and_a_look_of_before_verifies_as_it_did(base: Base) {
    let world = World::on(base).await;
    let (incident, photo) = looked_at(&world, 1).await;
    let (omar, link, other) = (people::actor(&world.app.desk, &OMAR.origin()), Uuid::from_u128(1), Uuid::from_u128(2));
    world.store().looks_at(&incident, &photo, &omar, world.now(), Some(link)).await.unwrap();
    assert_eq!(verdict(&world).await.findings, [], "untouched");
    let db = world.database.look_inside().await;
    let set = async |link: Option<Uuid>| {
        let change = look_row::Entity::update_many().col_expr(look_row::Column::Link, Expr::val(link));
        change.filter(look_row::Column::Seq.eq(2)).exec(&db).await.unwrap();
    };
    let reference = incident.reference.to_string();
    for changed in [Some(other), None] {
        set(changed).await;
        let found =
            Finding::Looks { reference: reference.clone(), photo: photo.id, broken: Broken::Changed { seq: 2 } };
        assert_eq!(verdict(&world).await.findings, [found], "{changed:?}");
        assert!(!world.store().looks(&incident).await.unwrap().whole);
    }
    set(Some(link)).await;
    assert_eq!(verdict(&world).await.findings, []);
    // As it was written when the link was no part of it.
    let (looks, _) = rows(&db).await;
    let row = &looks[1];
    let hash = |bytes: &[u8]| Hash(bytes.try_into().unwrap());
    let (member, platform) = (domain::actor::Pseudonym(row.member.clone()), row.platform.clone());
    let (content, prev) = (hash(&row.content), hash(&row.prev));
    let before =
        Look { photo: photo.id, seq: 2, at: row.at, member, platform, version: 0, content, prev, link: None }.hash();
    let anchor = world.store().keys().content(&[b"looks", photo.id.0.as_bytes(), &2_u32.to_be_bytes(), &before.0]);
    let change = look_row::Entity::update_many().col_expr(look_row::Column::Hash, Expr::val(before.0.to_vec()));
    change.filter(look_row::Column::Seq.eq(2)).exec(&db).await.unwrap();
    photo_row::Entity::update_many()
        .col_expr(photo_row::Column::LooksHead, Expr::val(before.0.to_vec()))
        .col_expr(photo_row::Column::LooksAnchor, Expr::val(anchor.0.to_vec()))
        .exec(&db)
        .await
        .unwrap();
    assert_eq!(verdict(&world).await.findings, []);
    world.store().looks_at(&incident, &photo, &omar, world.now(), Some(other)).await.unwrap();
    assert_eq!(
        (verdict(&world).await.looks, verdict(&world).await.findings),
        (3, vec![]),
        "and the next one follows it"
    );
}
