//! Whether the bucket keeps what it was asked to keep is asked of it, and whatever is otherwise is named; a hold on an incident
//! is a legal hold there.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::actor::{Actor, Pseudonym};
use domain::incident::Incident;
use domain::photo::PhotoId;
use shopwatch::chat::press::Button;
use shopwatch::jobs::retention;
use shopwatch::jobs::verify::{Finding, Report, verify};
use shopwatch::operations::people::actor;
use shopwatch::operations::{erase, hold, photo};

use super::photos::add;
use super::{ASTRONAUT, another};
use crate::world::World;
use crate::world::clock::TestClock;
use crate::world::database::Base;
use crate::world::people::{ADA, AMAL, NOOR, PAVEL};
use crate::world::s3::{FakeS3, Fault, Object, Op};

on_both!(
    whatever_is_otherwise_in_the_bucket_than_it_was_asked_for_is_named,
    a_hold_on_an_incident_is_a_legal_hold_on_its_photos_as_often_as_it_takes,
    a_legal_hold_that_was_lifted_unheard_does_not_keep_an_erased_photo,
    a_hold_is_one_on_the_photos_of_what_was_merged_into_it_and_ends_with_an_unmerge,
);

async fn ready(base: Base) -> (World, FakeS3, Incident, PhotoId) {
    let clock = Arc::new(TestClock::default());
    let server = FakeS3::start(clock.clone()).await;
    let world = World::with_bucket(base, clock, server.settings()).await;
    let incident = world.report("two people, spirits").await;
    let id = add(&world, AMAL, &incident).await.unwrap().photo.id;
    world.settle().await;
    (world, server, incident, id)
}

async fn checked(world: &World) -> Report {
    Box::pin(verify(&world.app.desk, &world.app.evidence, |_, _| ())).await.unwrap()
}

fn change(server: &FakeS3, name: &str, change: impl FnOnce(&mut Object)) {
    let key = format!("kings-cross/{name}");
    change(server.state().objects.iter_mut().find(|object| object.key == key).unwrap());
}

fn lay(server: &FakeS3, name: &str, version: &str, mark: bool) {
    let (key, version) = (format!("kings-cross/{name}"), Some(version.to_owned()));
    server.state().objects.push(Object { key, version, mark, bytes: b"forged".to_vec(), ..Object::default() });
}

async fn whatever_is_otherwise_in_the_bucket_than_it_was_asked_for_is_named(base: Base) {
    let (world, server, incident, id) = ready(base).await;
    assert_eq!(checked(&world).await, Report { incidents: 1, photos: 1, ..Report::default() });
    // What a bucket did not let us take away of our own looking is no photo.
    lay(&server, "probe", "v0", false);
    assert_eq!(checked(&world).await, Report { incidents: 1, photos: 1, ..Report::default() });
    server.state().objects.retain(|object| !object.key.ends_with("probe"));
    let (reference, original, review) =
        (incident.reference.to_string(), format!("{id}.original"), format!("{id}.review"));
    let was = server.state().objects.clone();
    let promised = server.object(&original).locked_until.unwrap();
    let until = promised - TimeDelta::days(1);
    let nobodys = "pho_00000000000000000000000000000007.review";
    let tampered: [(&dyn Fn(), Vec<Finding>); 8] = [
        (
            &|| change(&server, &original, |object| (object.locked_until, object.mode) = (None, None)),
            vec![Finding::Unlocked { reference: reference.clone(), name: original.clone() }],
        ),
        (
            &|| change(&server, &review, |object| object.locked_until = Some(until)),
            vec![Finding::LockTooShort { reference: reference.clone(), name: review.clone(), until, promised }],
        ),
        (
            &|| change(&server, &original, |object| object.mode = Some("WEAKER".to_owned())),
            vec![Finding::LockTooWeak { reference: reference.clone(), name: original.clone() }],
        ),
        (
            &|| change(&server, &review, |object| object.held = true),
            vec![Finding::HoldOnlyInBucket { reference: reference.clone(), name: review.clone() }],
        ),
        (
            &|| lay(&server, &original, "v90", true),
            vec![Finding::MarkedDeleted { reference: reference.clone(), name: original.clone() }],
        ),
        (
            &|| lay(&server, &review, "v91", false),
            vec![Finding::UnknownVersion {
                reference: reference.clone(),
                name: review.clone(),
                version: "v91".to_owned(),
            }],
        ),
        (&|| lay(&server, nobodys, "v92", false), vec![Finding::OrphanInVault { name: nobodys.to_owned() }]),
        (
            &|| {
                lay(&server, nobodys, "v93", false);
                lay(&server, nobodys, "v94", true);
            },
            vec![Finding::OrphanInVault { name: nobodys.to_owned() }],
        ),
    ];
    for (tamper, findings) in tampered {
        tamper();
        assert_eq!(checked(&world).await.findings, findings);
        server.state().objects.clone_from(&was);
    }
    assert_eq!(checked(&world).await.findings, []);
    server.next(Op::Versions, Fault::Denied);
    let unknown = Finding::LocksUnknown { reference: reference.clone(), photo: id.to_string() };
    assert_eq!(checked(&world).await.findings, [unknown]);
}

async fn a_hold_on_an_incident_is_a_legal_hold_on_its_photos_as_often_as_it_takes(base: Base) {
    let (world, server, incident, id) = ready(base).await;
    let held = || ["original", "review"].map(|copy| server.object(&format!("{id}.{copy}")).held);
    let (desk, incident) = (&world.app.desk, world.incident(&incident.reference).await);
    server.next(Op::Hold, Fault::Denied);
    let placed = hold::place(desk, &actor(desk, &PAVEL.origin()), incident, "asked for by the court").await.unwrap();
    world.settle().await;
    assert_eq!(held(), [false, false], "the bucket said no");
    let reference = placed.reference.to_string();
    let missing = ["original", "review"]
        .map(|copy| Finding::HoldNotInBucket { reference: reference.clone(), name: format!("{id}.{copy}") });
    let found = checked(&world).await.findings;
    assert!(found.len() == 2 && missing.iter().all(|finding| found.contains(finding)), "{found:?}");
    world.clock.advance(TimeDelta::seconds(2));
    world.settle().await;
    assert_eq!((held(), checked(&world).await.findings), ([true, true], vec![]));
    // What comes later is held as well, once it is in the bucket.
    let amal = actor(desk, &AMAL.origin());
    let added = photo::add(desk, &world.app.evidence, &amal, world.incident(&placed.reference).await, &another(1))
        .await
        .unwrap();
    for _ in 0..3 {
        world.settle().await;
        world.clock.advance(TimeDelta::seconds(5));
    }
    assert!(server.object(&format!("{}.original", added.photo.id)).held);
    assert_eq!(checked(&world).await.findings, []);
    hold::lift(desk, &actor(desk, &ADA.origin()), world.incident(&placed.reference).await, "the case is closed")
        .await
        .unwrap();
    world.settle().await;
    assert_eq!((held(), checked(&world).await.findings), ([false, false], vec![]));
    assert_ne!(ASTRONAUT[..], another(1)[..]);
    world.check_everything().await;
}

async fn a_legal_hold_that_was_lifted_unheard_does_not_keep_an_erased_photo(base: Base) {
    let (world, server, incident, id) = ready(base).await;
    let desk = &world.app.desk;
    let now = async || world.incident(&incident.reference).await;
    hold::place(desk, &actor(desk, &PAVEL.origin()), now().await, "asked for by the court").await.unwrap();
    world.settle().await;
    assert!(server.object(&format!("{id}.original")).held);
    let ada = actor(desk, &ADA.origin());
    hold::lift(desk, &ada, now().await, "the case is closed").await.unwrap();
    let another = Actor { member: Pseudonym("another admin".to_owned()), ..ada.clone() };
    for admin in [&ada, &another] {
        let asked = erase::Asked { reason: "somebody's right to erasure", ..erase::Asked::default() };
        erase::take(desk, admin, now().await, asked).await.unwrap();
    }
    world.settle().await;
    assert!(server.object(&format!("{id}.original")).held, "nobody told the bucket before the incident was gone");
    world.clock.advance(TimeDelta::days(400));
    assert_eq!(retention::run(desk, &world.app.evidence).await.unwrap().kept, 0);
    assert_eq!(server.state().objects.iter().filter(|object| object.key.contains(&id.to_string())).count(), 0);
}

async fn a_hold_is_one_on_the_photos_of_what_was_merged_into_it_and_ends_with_an_unmerge(base: Base) {
    let (world, server, one, id) = ready(base).await;
    let held = || ["original", "review"].map(|copy| server.object(&format!("{id}.{copy}")).held);
    let target = world.report("two people, gin").await;
    world.press(NOOR, &one.reference, Button::Claim).await.incident();
    let into = [("into", target.reference.as_str())];
    world.submit(NOOR, &one.reference, Button::Merge, &into).await.incident();
    let (desk, pavel) = (&world.app.desk, actor(&world.app.desk, &PAVEL.origin()));
    hold::place(desk, &pavel, world.incident(&target.reference).await, "asked for by the court").await.unwrap();
    world.settle().await;
    assert_eq!((held(), checked(&world).await.findings), ([true, true], vec![]), "a hold on the other one");
    world.press(NOOR, &one.reference, Button::Unmerge).await.incident();
    world.settle().await;
    assert_eq!((held(), checked(&world).await.findings), ([false, false], vec![]), "it is on its own again");
    world.press(NOOR, &one.reference, Button::Release).await.incident();
    world.press(NOOR, &one.reference, Button::Claim).await.incident();
    world.submit(NOOR, &one.reference, Button::Merge, &into).await.incident();
    world.settle().await;
    assert_eq!(held(), [true, true], "merged while the other one is held");
    let ada = actor(desk, &ADA.origin());
    hold::lift(desk, &ada, world.incident(&target.reference).await, "the case is closed").await.unwrap();
    world.settle().await;
    assert_eq!((held(), checked(&world).await.findings), ([false, false], vec![]));
    world.check_everything().await;
}
