//! A bucket that is away: photos stay on the spool, and everything else goes on.

use std::fs;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::incident::Incident;
use domain::photo::PhotoId;
use reqwest::StatusCode;
use serde_json::Value;
use shopwatch::chat::inbound::What;
use shopwatch::chat::press::Button;

use super::ASTRONAUT;
use super::photos::{add, original, review};
use crate::world::World;
use crate::world::clock::TestClock;
use crate::world::database::Base;
use crate::world::door::Caller;
use crate::world::people::{AMAL, NOOR};
use crate::world::s3::{FakeS3, Fault, Op};

async fn shop() -> (World, FakeS3) {
    let clock = Arc::new(TestClock::default());
    let server = FakeS3::start(clock.clone()).await;
    let world = World::with_bucket(Base::Sqlite, clock, server.settings()).await;
    (world, server)
}

async fn reported(world: &World) -> (Incident, PhotoId) {
    let incident = world.report("two people, spirits").await;
    let id = add(world, AMAL, &incident).await.unwrap().photo.id;
    (world.incident(&incident.reference).await, id)
}

fn on_spool(world: &World) -> usize {
    fs::read_dir(world.database.folder.path().join("spool")).map_or(0, Iterator::count)
}

async fn evidence_part(world: &World) -> (StatusCode, String) {
    let door = world.open_door().await;
    let answer = door.get("/health/ready", &Caller::Nobody).await;
    let status = answer.status();
    let said: Value = answer.json().await.unwrap();
    (status, said["parts"]["evidence"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_twenty_hours_without_a_bucket_everything_is_sealed_and_the_spool_is_empty() {
    let (world, server) = shop().await;
    let first = reported(&world).await;
    world.settle().await;
    assert_eq!((server.names().len(), on_spool(&world)), (2, 0));
    server.state().away = true;
    let mut sent = Vec::new();
    for _ in 0..5 {
        sent.push(reported(&world).await);
        world.settle().await;
        world.clock.advance(TimeDelta::hours(4));
    }
    assert_eq!(on_spool(&world), 10, "nothing is lost");
    let tries = server.state().seen.len();
    assert!(tries < 60, "a server that is away is not hammered: {tries}");
    let (incident, id) = &sent[4];
    assert_eq!(review(&world, AMAL, incident, *id).await, "copy", "it is shown from the spool");
    assert_eq!(original(&world, NOOR, incident, *id, "to compare").await.unwrap(), *ASTRONAUT);
    let gone = original(&world, NOOR, &first.0, first.1, "to compare").await.unwrap_err();
    assert!(matches!(gone, shopwatch::failure::Failure::Unavailable("evidence")), "{gone:?}");
    let (status, said) = evidence_part(&world).await;
    assert_eq!(status, StatusCode::OK, "reports are taken in");
    assert!(said.starts_with("waiting since ") && said.ends_with("5 photos are on the spool"), "{said}");
    server.state().away = false;
    world.clock.advance(TimeDelta::minutes(5));
    world.settle().await;
    assert_eq!((server.names().len(), on_spool(&world)), (12, 0));
    for (incident, id) in sent {
        let photo = world.store().photos_of(&incident).await.unwrap().remove(0);
        assert!(
            photo.in_vault && photo.kept.original.is_some() && photo.kept.locked_until >= Some(incident.retain_until)
        );
        assert_eq!(
            original(&world, NOOR, &world.incident(&incident.reference).await, id, "x").await.unwrap(),
            *ASTRONAUT
        );
    }
    assert_eq!(evidence_part(&world).await.1, "ready");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_whose_name_somebody_else_took_is_set_aside_and_others_go_on() {
    let (world, server) = shop().await;
    shopwatch::jobs::evidence::look(&world.app).await;
    let (first, first_id) = reported(&world).await;
    let (second, _) = reported(&world).await;
    server.next(Op::Put, Fault::TakenByOthers);
    world.settle().await;
    let inside = async |incident: &Incident| world.store().photos_of(incident).await.unwrap()[0].in_vault;
    assert!(!inside(&first).await && inside(&second).await);
    assert_eq!(original(&world, NOOR, &first, first_id, "to compare").await.unwrap(), *ASTRONAUT);
    assert_eq!(evidence_part(&world).await.1, "ready, but for 1 of the photos see the log; 1 photo is on the spool");
    // Somebody looked, and took away what was not ours.
    server.state().objects.retain(|object| object.version.is_some());
    world.settle().await;
    assert!(!inside(&first).await, "not before its time");
    world.clock.advance(TimeDelta::hours(1));
    world.settle().await;
    assert!(inside(&first).await);
    assert_eq!((evidence_part(&world).await.1.as_str(), on_spool(&world)), ("ready", 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_that_never_gets_through_does_not_keep_the_others_out() {
    let (world, server) = shop().await;
    let (first, first_id) = reported(&world).await;
    server.state().shut = Some(first_id.to_string());
    let (second, _) = reported(&world).await;
    let (third, _) = reported(&world).await;
    let inside = async |incident: &Incident| world.store().photos_of(incident).await.unwrap()[0].in_vault;
    for _ in 0..2 {
        world.settle().await;
        world.clock.advance(TimeDelta::minutes(5));
    }
    assert!(!inside(&first).await && inside(&second).await && inside(&third).await);
    let said = evidence_part(&world).await.1;
    assert!(said.starts_with("waiting since ") && said.ends_with("1 photo is on the spool"), "{said}");
    let (fourth, _) = reported(&world).await;
    world.settle().await;
    assert!(inside(&fourth).await, "the outage of one is none of those that come later");
    server.state().shut = None;
    world.clock.advance(TimeDelta::minutes(5));
    world.settle().await;
    assert!(inside(&first).await && on_spool(&world) == 0);
    assert_eq!(evidence_part(&world).await.1, "ready");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_that_was_wrong_at_the_start_is_used_as_soon_as_it_is_right() {
    let (world, server) = shop().await;
    server.state().bucket = "another".to_owned();
    let (incident, id) = reported(&world).await;
    world.settle().await;
    assert_eq!((on_spool(&world), review(&world, AMAL, &incident, id).await), (2, "copy"));
    assert!(evidence_part(&world).await.1.contains("there is no bucket of that name"));
    server.state().bucket = crate::world::s3::BUCKET.to_owned();
    world.clock.advance(TimeDelta::minutes(5));
    world.settle().await;
    assert!(world.store().photos_of(&incident).await.unwrap()[0].in_vault && on_spool(&world) == 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_is_locked_for_longer_when_its_incident_is_kept_for_longer() {
    let (world, server) = shop().await;
    let incident = world.receive(NOOR, What::Command("info a broken lock".to_owned())).await.incident();
    let id = add(&world, NOOR, &incident).await.unwrap().photo.id;
    world.settle().await;
    let name = format!("{id}.original");
    let before = server.object(&name).locked_until.unwrap();
    world.press(NOOR, &incident.reference, Button::Claim).await.incident();
    let answers = [("category", "potential_theft")];
    let incident = world.submit(NOOR, &incident.reference, Button::Recategorise, &answers).await.incident();
    assert!(incident.retain_until - before > TimeDelta::days(59));
    world.settle().await;
    assert_eq!(server.object(&name).locked_until, Some(before), "that is looked at once an hour");
    world.clock.advance(TimeDelta::hours(1));
    world.settle().await;
    let kept = world.store().photos_of(&incident).await.unwrap().remove(0).kept;
    let locked = server.object(&name).locked_until;
    assert!(locked == kept.locked_until && locked >= Some(incident.retain_until), "{kept:?}");
    assert_eq!(server.object(&format!("{id}.review")).locked_until, locked);
    // Nothing is asked for again that is locked for long enough.
    let asked = server.state().seen.len();
    world.clock.advance(TimeDelta::hours(1));
    world.settle().await;
    assert_eq!(server.state().seen.len(), asked);
}
