//! A bucket as a vault on a real server with real Object Lock.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::{Clock as _, Moment};
use hyper::body::Bytes;
use shopwatch::clock::MachineClock;
use shopwatch::evidence::bucket::Bucket;
use shopwatch::evidence::bucket::probe::Lack;
use shopwatch::evidence::trouble::Trouble;
use shopwatch::jobs::verify::verify;
use shopwatch::operations::hold;
use shopwatch::operations::people::actor;
use shopwatch::settings::Secret;
use shopwatch::settings::bucket::{AccessKey, BucketSettings, LockMode};

use super::ASTRONAUT;
use super::photos::{add, original};
use crate::world::World;
use crate::world::clock::TestClock;
use crate::world::database::Base;
use crate::world::people::{AMAL, NOOR, PAVEL};
use crate::world::rgw::{Rgw, rgw};

/// The server, which is waited for beside the tests that do not need it.
async fn server() -> &'static Rgw {
    drop(rustls::crypto::ring::default_provider().install_default());
    tokio::task::spawn_blocking(rgw).await.unwrap()
}

async fn looked_at(settings: BucketSettings) -> Bucket {
    let bucket = Bucket::new(settings, Arc::new(MachineClock));
    bucket.probe().await.unwrap();
    bucket
}

fn bytes() -> Bytes {
    Bytes::from_static(b"sealed")
}

fn in_days(days: i64) -> Moment {
    MachineClock.now() + TimeDelta::days(days)
}

#[tokio::test]
async fn what_is_put_there_is_written_once_and_read_in_its_version() {
    let server = server().await;
    let settings = server.bucket(true).await;
    let bucket = looked_at(settings.clone()).await;
    let abilities = bucket.abilities().unwrap();
    assert!(abilities.versioned && abilities.locks);
    // Ceph 16 ignores what is said of encryption, and If-None-Match where there are versions.
    assert_eq!(abilities.lacks, [Lack::WriteOnce, Lack::Encryption]);
    let placed = bucket.put("one", bytes(), in_days(30)).await.unwrap();
    bucket.verify("one", &bytes(), &placed).await.unwrap();
    assert!(placed.version.is_some() && placed.locked_until.is_some());
    assert_eq!(bucket.put("one", bytes(), in_days(1)).await.unwrap().version, placed.version);
    assert!(matches!(bucket.put("one", Bytes::from_static(b"other"), in_days(1)).await, Err(Trouble::Taken)));
    // Somebody else with the same key overwrites it, and hides it.
    let (client, key) = (server.client(), "kings-cross/one");
    client.put_object().bucket(&settings.bucket).key(key).body(b"forged".to_vec().into()).send().await.unwrap();
    assert_eq!(bucket.get("one", placed.version.as_deref()).await.unwrap(), b"sealed");
    client.delete_object().bucket(&settings.bucket).key(key).send().await.unwrap();
    assert_eq!(bucket.get("one", placed.version.as_deref()).await.unwrap(), b"sealed");
    bucket.verify("one", &bytes(), &placed).await.unwrap();
    assert!(matches!(bucket.get("nothing", None).await, Err(Trouble::Missing)));
    bucket.put("two", bytes(), in_days(1)).await.unwrap();
    assert_eq!(bucket.list("", None).await.unwrap(), ["two"], "what is hidden is not listed");
}

#[tokio::test]
async fn what_is_locked_stays_until_its_time_and_a_lock_only_grows() {
    let server = server().await;
    for mode in [LockMode::Governance, LockMode::Compliance] {
        let settings = BucketSettings { lock: Some(mode), ..server.bucket(true).await };
        let bucket = looked_at(settings).await;
        let placed = bucket.put("one", bytes(), in_days(30)).await.unwrap();
        let version = placed.version.as_deref();
        let refused = bucket.remove("one", version).await;
        assert!(matches!(refused, Err(Trouble::Locked(until)) if until == placed.locked_until), "{refused:?}");
        let longer = bucket.extend("one", version, in_days(90)).await.unwrap();
        assert!(longer > placed.locked_until);
        assert_eq!(bucket.extend("one", version, in_days(30)).await.unwrap(), longer);
        let refused = bucket.remove("one", version).await;
        assert!(matches!(refused, Err(Trouble::Locked(until)) if until == longer), "{refused:?}");
        let again = bucket.put("one", bytes(), in_days(120)).await.unwrap();
        assert!(again.version == placed.version && again.locked_until > longer);
        bucket.verify("one", &bytes(), &again).await.unwrap();
    }
}

#[tokio::test]
async fn a_legal_hold_is_placed_seen_and_lifted_and_everything_that_lies_there_is_listed() {
    let server = server().await;
    let settings = server.bucket(true).await;
    let bucket = looked_at(settings.clone()).await;
    let placed = bucket.put("one.original", bytes(), in_days(30)).await.unwrap();
    let version = placed.version.as_deref();
    for held in [true, false, true] {
        bucket.hold("one.original", version, held).await.unwrap();
        let said = bucket.look("one.original", version).await.unwrap();
        assert_eq!((said.held, said.locked_until), (held, placed.locked_until));
        assert!(bucket.is_strong(said.mode.as_deref()) && !bucket.is_strong(None));
    }
    assert!(bucket.locks_now().await.unwrap());
    let (client, key) = (server.client(), "kings-cross/one.original");
    client.put_object().bucket(&settings.bucket).key(key).body(b"forged".to_vec().into()).send().await.unwrap();
    client.delete_object().bucket(&settings.bucket).key(key).send().await.unwrap();
    let lying = bucket.lying("one.").await.unwrap();
    assert_eq!((lying.len(), lying.iter().filter(|one| one.mark).count()), (3, 1), "{lying:?}");
    assert!(lying.iter().any(|one| one.version == placed.version && !one.mark));
    assert!(lying.iter().all(|one| one.name == "one.original"));
}

#[tokio::test]
async fn when_a_lock_has_ended_what_it_held_can_be_taken_away() {
    let bucket = looked_at(server().await.bucket(true).await).await;
    let until = MachineClock.now() + TimeDelta::seconds(2);
    let placed = bucket.put("one", bytes(), until).await.unwrap();
    bucket.verify("one", &bytes(), &placed).await.unwrap();
    let version = placed.version.as_deref();
    assert!(matches!(bucket.remove("one", version).await, Err(Trouble::Locked(_))));
    // The server's own clock decides; it is asked until it says yes.
    while let Err(refused) = bucket.remove("one", version).await {
        assert!(MachineClock.now() < until + TimeDelta::seconds(30), "{refused}");
    }
    assert!(MachineClock.now() >= until, "it was not let go before its time");
    assert!(matches!(bucket.get("one", version).await, Err(Trouble::Missing)));
}

#[tokio::test]
async fn a_bucket_without_versions_and_locks_works_and_says_so() {
    let bucket = looked_at(server().await.bucket(false).await).await;
    assert_eq!(bucket.abilities().unwrap().lacks, [Lack::Versions, Lack::Lock, Lack::Encryption]);
    let placed = bucket.put("one", bytes(), in_days(30)).await.unwrap();
    assert_eq!((placed.version.as_deref(), placed.locked_until), (None, None));
    bucket.verify("one", &bytes(), &placed).await.unwrap();
    assert!(matches!(bucket.put("one", Bytes::from_static(b"other"), in_days(1)).await, Err(Trouble::Taken)));
    bucket.remove("one", None).await.unwrap();
    assert!(matches!(bucket.get("one", None).await, Err(Trouble::Missing)));
}

#[tokio::test]
async fn a_wrong_bucket_and_wrong_keys_are_said_to_be_that() {
    let server = server().await;
    let right = server.bucket(true).await;
    let key =
        |id: &str, secret: &str| AccessKey::Given { id: Secret::new(id), secret: Secret::new(secret), token: None };
    let AccessKey::Given { id, secret, .. } = right.key.clone() else { panic!("a key that is given") };
    for (settings, part) in [
        (BucketSettings { bucket: "nobodys".to_owned(), ..right.clone() }, "EVIDENCE_URL"),
        (BucketSettings { key: key("nobody", secret.reveal()), ..right.clone() }, "AWS_ACCESS_KEY_ID"),
        (BucketSettings { key: key(id.reveal(), "wrong"), ..right.clone() }, "AWS_SECRET_ACCESS_KEY"),
    ] {
        let bucket = Bucket::new(settings, Arc::new(MachineClock));
        let why = bucket.probe().await.unwrap_err().to_string();
        assert!(why.contains(part), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_is_sealed_in_a_real_bucket_and_comes_back_as_it_was_sent() {
    let clock = Arc::new(TestClock::default());
    clock.advance(MachineClock.now() - clock.now());
    let world = World::with_bucket(Base::Sqlite, clock, server().await.bucket(true).await).await;
    let incident = world.report("two people, spirits").await;
    let id = add(&world, AMAL, &incident).await.unwrap().photo.id;
    world.settle().await;
    let incident = world.incident(&incident.reference).await;
    let photo = world.store().photos_of(&incident).await.unwrap().remove(0);
    assert!(photo.in_vault && photo.kept.original.is_some() && photo.kept.review.is_some());
    assert!(photo.kept.locked_until >= Some(incident.retain_until));
    assert_eq!(original(&world, NOOR, &incident, id, "to compare").await.unwrap(), *ASTRONAUT);
    let desk = &world.app.desk;
    let checked = async || Box::pin(verify(desk, &world.app.evidence, |_, _| ())).await.unwrap().findings;
    assert_eq!(checked().await, [], "locked as long as was asked, and nothing else there");
    let pavel = actor(desk, &PAVEL.origin());
    hold::place(desk, &pavel, world.incident(&incident.reference).await, "asked for by the court").await.unwrap();
    assert_eq!(checked().await.len(), 2, "the bucket does not know of it yet");
    world.settle().await;
    assert_eq!(checked().await, [], "it does now");
    world.check_everything().await;
}
