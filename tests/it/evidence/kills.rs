//! Killed anywhere between the spool and the vault: the photo is what was sent, and nothing is called sealed that does
//! not lie there, in a version, locked.

use std::fs;
use std::sync::Arc;

use domain::photo::PhotoId;
use shopwatch::jobs::evidence::{look, step};
use uuid::Uuid;

use super::ASTRONAUT;
use super::photos::{add, original};
use crate::world::World;
use crate::world::clock::TestClock;
use crate::world::database::Base;
use crate::world::people::{AMAL, NOOR};
use crate::world::s3::{FakeS3, Fault, Op};

/// Where it is killed: at the so-many-th request of a kind, before the server does it or after.
const REQUESTS: [(Op, usize, Fault); 10] = [
    (Op::Put, 0, Fault::HeldBefore),
    (Op::Put, 0, Fault::HeldAfter),
    (Op::Head, 0, Fault::HeldBefore),
    (Op::Head, 0, Fault::HeldAfter),
    (Op::Get, 0, Fault::HeldAfter),
    (Op::Put, 1, Fault::HeldBefore),
    (Op::Put, 1, Fault::HeldAfter),
    (Op::Head, 1, Fault::HeldBefore),
    (Op::Head, 1, Fault::HeldAfter),
    (Op::Get, 1, Fault::HeldAfter),
];

async fn shop() -> (World, FakeS3) {
    let clock = Arc::new(TestClock::default());
    let server = FakeS3::start(clock.clone()).await;
    let world = World::with_bucket(Base::Sqlite, clock, server.settings()).await;
    look(&world.app).await;
    (world, server)
}

/// After a restart the photo is sealed for good, its bytes are those that were sent, and the spool is empty.
async fn check(world: World, server: &FakeS3, reference: &domain::id::Reference, id: PhotoId, killed: &str) {
    let world = world.after_a_kill().await;
    world.settle().await;
    let incident = world.incident(reference).await;
    let photo = world.store().photos_of(&incident).await.unwrap().remove(0);
    assert!(photo.in_vault, "{killed}");
    for (name, version) in [("original", &photo.kept.original), ("review", &photo.kept.review)] {
        let object = server.object(&format!("{id}.{name}"));
        assert!(object.version.is_some() && object.version == *version, "{killed}");
        assert!(object.locked_until >= Some(incident.retain_until) && object.mode.is_some(), "{killed}");
    }
    assert_eq!(server.names().len(), 2, "{killed}: each name was written once");
    assert_eq!(original(&world, NOOR, &incident, id, "to compare").await.unwrap(), *ASTRONAUT, "{killed}");
    assert_eq!(fs::read_dir(world.database.folder.path().join("spool")).unwrap().count(), 0, "{killed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_request_a_photo_is_sealed_as_it_was_sent() {
    for (op, nth, fault) in REQUESTS {
        let (world, mut server) = shop().await;
        let incident = world.report("two people, spirits").await;
        let id = add(&world, AMAL, &incident).await.unwrap().photo.id;
        for _ in 0..nth {
            server.next(op, Fault::Fine);
        }
        server.next(op, fault);
        tokio::select! {
            () = server.holds() => {}
            done = step(&world.app) => panic!("{op:?} {nth} {fault:?} was not reached: {done:?}"),
        }
        let incident = world.incident(&incident.reference).await;
        assert!(!world.store().photos_of(&incident).await.unwrap()[0].in_vault, "nothing is called sealed too early");
        check(world, &server, &incident.reference, id, &format!("{op:?} {nth} {fault:?}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_the_commit_a_photo_is_sealed_as_it_was_sent() {
    let (world, server) = shop().await;
    let incident = world.report("two people, spirits").await;
    let id = add(&world, AMAL, &incident).await.unwrap().photo.id;
    check(world, &server, &incident.reference, id, "after the commit").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_its_row_was_written_a_photo_leaves_nothing_on_the_spool() {
    let (world, server) = shop().await;
    let incident = world.report("two people, spirits").await;
    let id = add(&world, AMAL, &incident).await.unwrap().photo.id;
    let incident = world.incident(&incident.reference).await;
    let kept = world.app.evidence.put_away(id, incident.retain_until).await.unwrap().unwrap();
    world.store().photo_in_vault(id, &kept).await.unwrap();
    check(world, &server, &incident.reference, id, "after its row").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_before_the_commit_a_photo_is_nowhere_and_can_be_sent_again() {
    let (world, server) = shop().await;
    let incident = world.report("two people, spirits").await;
    let incident = world.incident(&incident.reference).await;
    let key = world.store().data_key_of(&incident).unwrap();
    let never = PhotoId(Uuid::from_u128(7));
    world.app.evidence.stage(world.store().keys(), &key, never, &ASTRONAUT, b"copy").await.unwrap();
    let world = world.after_a_kill().await;
    world.settle().await;
    let incident = world.incident(&incident.reference).await;
    assert!(server.names().is_empty() && world.store().photos_of(&incident).await.unwrap().is_empty());
    add(&world, AMAL, &incident).await.unwrap();
    world.settle().await;
    assert_eq!(server.names().len(), 2);
}
