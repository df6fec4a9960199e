//! Every look at a photo is on record before the first byte is served, and the picture says whose look it is.

use domain::photo::Photo;
use reqwest::StatusCode;
use sea_orm::ConnectionTrait as _;
use shopwatch::evidence::keep::Copy;
use shopwatch::operations::{people, photo};

use super::ASTRONAUT;
use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{AMAL, NOOR, OMAR, Person};

on_both!(every_look_is_on_record_with_who_and_when_and_a_changed_one_shows,);

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
    let mut names: Vec<&str> = looks.newest.iter().map(|looked| looked.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!((names, looks.whole), (vec!["Amal", "Noor", "Omar"], true));
    assert!(looks.newest.iter().all(|looked| looked.look.at == world.now() && looked.look.photo == photo.id));
    assert_eq!(world.incident(&incident.reference).await.version, version, "to look changes nothing");

    let change = "UPDATE photo_look SET member = 'somebody' WHERE seq = 2";
    world.database.look_inside().await.execute_unprepared(change).await.unwrap();
    assert!(!world.store().looks(&incident).await.unwrap().whole);
    world.check_everything().await;
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
