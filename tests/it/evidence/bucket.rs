//! A bucket as a vault, against a strict server at the wire.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::{Clock as _, Moment};
use hyper::body::Bytes;
use shopwatch::evidence::bucket::Bucket;
use shopwatch::evidence::keep::sha256;
use shopwatch::evidence::trouble::Trouble;
use shopwatch::evidence::vault::Placed;
use shopwatch::settings::bucket::{AccessKey, BucketSettings, LockMode};

use super::photos::{add, original, review};
use super::{ASTRONAUT, HEAD};
use crate::world::World;
use crate::world::clock::TestClock;
use crate::world::database::Base;
use crate::world::people::{AMAL, NOOR};
use crate::world::s3::{Can, FakeS3, Fault, Op};

on_both!(a_photo_goes_into_the_bucket_locked_and_with_its_version);

/// A bucket that has been looked at, its server, its clock, and a moment until which things are kept.
async fn ready() -> (Bucket, FakeS3, Arc<TestClock>, Moment) {
    ready_with(|settings| settings).await
}

async fn ready_with(change: impl FnOnce(BucketSettings) -> BucketSettings) -> (Bucket, FakeS3, Arc<TestClock>, Moment) {
    let clock = Arc::new(TestClock::default());
    let server = FakeS3::start(clock.clone()).await;
    let bucket = Bucket::new(change(server.settings()), clock.clone());
    bucket.probe().await.unwrap();
    let until = clock.now() + TimeDelta::days(30);
    (bucket, server, clock, until)
}

fn bytes() -> Bytes {
    Bytes::from_static(b"sealed")
}

async fn a_photo_goes_into_the_bucket_locked_and_with_its_version(base: Base) {
    let clock = Arc::new(TestClock::default());
    let server = FakeS3::start(clock.clone()).await;
    let world = World::with_bucket(base, clock, server.settings()).await;
    let incident = world.report("two people, spirits").await;
    let id = add(&world, AMAL, &incident).await.unwrap().photo.id;
    world.settle().await;
    let incident = world.incident(&incident.reference).await;
    let photo = world.store().photos_of(&incident).await.unwrap().remove(0);
    assert!(photo.in_vault);
    for (name, version) in [("original", &photo.kept.original), ("review", &photo.kept.review)] {
        let object = server.object(&format!("{id}.{name}"));
        assert!(version.is_some() && object.version == *version, "{name}");
        assert_eq!(object.hash, sha256(&object.bytes));
        assert_eq!((object.mode.as_deref(), object.encryption.as_deref()), (Some("GOVERNANCE"), Some("AES256")));
        let until = object.locked_until.unwrap();
        assert!(until >= incident.retain_until && until - incident.retain_until < TimeDelta::seconds(1));
        assert_eq!(photo.kept.locked_until, Some(until));
        assert!(!object.bytes.windows(HEAD).any(|part| part == &ASTRONAUT[..HEAD]), "what lies there is no picture");
    }
    assert_eq!(server.names().len(), 2, "the probe's object is gone");
    assert_eq!(std::fs::read_dir(world.database.folder.path().join("spool")).unwrap().count(), 0);
    assert_eq!(review(&world, AMAL, &incident, id).await, "copy");
    assert_eq!(original(&world, NOOR, &incident, id, "to compare").await.unwrap(), *ASTRONAUT);
    world.check_everything().await;
}

#[tokio::test]
async fn an_answer_that_is_lost_is_found_by_looking() {
    for fault in [Fault::HangUp, Fault::AnswerLost, Fault::SlowDown] {
        let (bucket, server, _, until) = ready().await;
        server.next(Op::Put, fault);
        let placed = bucket.put("one", bytes(), until).await.unwrap();
        bucket.verify("one", &bytes(), &placed).await.unwrap();
        assert_eq!(server.names(), ["one"], "{fault:?}");
        assert_eq!(server.object("one").version, placed.version);
    }
}

#[tokio::test]
async fn a_name_is_written_once() {
    let (bucket, server, _, until) = ready().await;
    let first = bucket.put("one", bytes(), until).await.unwrap();
    assert_eq!(bucket.put("one", bytes(), until).await.unwrap(), first, "the same bytes are the same object");
    assert!(matches!(bucket.put("one", Bytes::from_static(b"other"), until).await, Err(Trouble::Taken)));
    assert_eq!((server.names().len(), bucket.get("one", None).await.unwrap()), (1, b"sealed".to_vec()));
}

#[tokio::test]
async fn without_conditional_writes_a_name_is_looked_at_before_it_is_written() {
    let (bucket, server, _, until) = ready().await;
    server.state().can.write_once = false;
    bucket.probe().await.unwrap();
    let first = bucket.put("one", bytes(), until).await.unwrap();
    assert_eq!(bucket.put("one", bytes(), until).await.unwrap(), first);
    assert!(matches!(bucket.put("one", Bytes::from_static(b"other"), until).await, Err(Trouble::Taken)));
    assert_eq!(server.names(), ["one"]);
}

#[tokio::test]
async fn a_server_that_refuses_conditions_is_asked_before_and_written_to_without_them() {
    let (bucket, server, _, until) = ready().await;
    server.state().can.conditions = false;
    bucket.probe().await.unwrap();
    let first = bucket.put("one", bytes(), until).await.unwrap();
    bucket.verify("one", &bytes(), &first).await.unwrap();
    assert!(matches!(bucket.put("one", Bytes::from_static(b"other"), until).await, Err(Trouble::Taken)));
    assert_eq!(server.names(), ["one"]);
}

#[tokio::test]
async fn a_name_that_was_put_there_before_is_locked_for_as_long_as_it_is_needed_now() {
    let (bucket, server, _, until) = ready().await;
    bucket.put("one", bytes(), until).await.unwrap();
    let later = until + TimeDelta::days(60);
    assert_eq!(bucket.put("one", bytes(), later).await.unwrap().locked_until, Some(later));
    assert_eq!(server.object("one").locked_until, Some(later));
}

#[tokio::test]
async fn what_is_not_as_it_was_put_is_not_sealed() {
    let (bucket, server, _, until) = ready().await;
    let placed = bucket.put("one", bytes(), until).await.unwrap();
    server.next(Op::Get, Fault::OtherBytes);
    assert!(matches!(bucket.verify("one", &bytes(), &placed).await, Err(Trouble::Differs("its bytes"))));
    let longer = Placed { locked_until: Some(until + TimeDelta::days(1)), ..placed.clone() };
    assert!(matches!(bucket.verify("one", &bytes(), &longer).await, Err(Trouble::Differs("its lock's end"))));
    server.state().objects[0].mode = None;
    assert!(matches!(bucket.verify("one", &bytes(), &placed).await, Err(Trouble::Differs("its lock"))));
    server.state().objects[0].hash = String::new();
    assert!(matches!(bucket.verify("one", &bytes(), &placed).await, Err(Trouble::Differs("its hash"))));
    server.state().objects[0].bytes.push(0);
    assert!(matches!(bucket.verify("one", &bytes(), &placed).await, Err(Trouble::Differs("its size"))));
    server.state().objects.clear();
    assert!(matches!(bucket.verify("one", &bytes(), &placed).await, Err(Trouble::Missing)));
    server.next(Op::Put, Fault::NoVersion);
    let without = bucket.put("one", bytes(), until).await.unwrap();
    assert!(matches!(bucket.verify("one", &bytes(), &without).await, Err(Trouble::Differs("it has no version"))));
}

#[tokio::test]
async fn a_server_that_sends_us_elsewhere_is_not_followed() {
    let (bucket, server, _, until) = ready().await;
    server.next(Op::Put, Fault::Elsewhere);
    let trouble = bucket.put("one", bytes(), until).await.unwrap_err();
    assert!(trouble.concerns_all() && trouble.to_string().contains("S3_ENDPOINT"), "{trouble}");
    assert!(server.names().is_empty());
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let short = |settings| BucketSettings { deadline: Duration::from_millis(600), ..settings };
    let (bucket, server, _, until) = ready_with(short).await;
    for _ in 0..3 {
        server.next(Op::Put, Fault::HeldBefore);
    }
    let trouble = bucket.put("one", bytes(), until).await.unwrap_err();
    assert_eq!(trouble.to_string(), "the server did not answer in time");
}

#[tokio::test]
async fn a_large_file_has_longer_to_get_there_and_back_than_an_answer_may_take() {
    let patience = Duration::from_millis(300);
    let short = |settings| BucketSettings { deadline: patience, ..settings };
    let (bucket, server, _, until) = ready_with(short).await;
    let large = Bytes::from(vec![7; 256 * 1024]);
    for _ in 0..3 {
        server.next(Op::Put, Fault::HeldBefore);
    }
    let put = tokio::time::timeout(patience * 5, bucket.put("one", large, until)).await;
    assert!(put.is_err(), "a line of 64 KiB a second needs four seconds: {put:?}");
}

#[tokio::test]
async fn a_lock_only_grows_and_what_is_locked_stays() {
    for (mode, called) in [(LockMode::Governance, "GOVERNANCE"), (LockMode::Compliance, "COMPLIANCE")] {
        let (bucket, server, clock, until) =
            ready_with(|settings| BucketSettings { lock: Some(mode), ..settings }).await;
        let placed = bucket.put("one", bytes(), until).await.unwrap();
        let version = placed.version.as_deref();
        assert!(matches!(bucket.remove("one", version).await, Err(Trouble::Locked(Some(end))) if end == until));
        let later = until + TimeDelta::days(60);
        assert_eq!(bucket.extend("one", version, later).await.unwrap(), Some(later));
        assert_eq!(bucket.extend("one", version, until).await.unwrap(), Some(later), "it is never made shorter");
        assert_eq!(server.object("one").locked_until, Some(later));
        assert_eq!(server.object("one").mode.as_deref(), Some(called));
        clock.advance(TimeDelta::days(91));
        bucket.remove("one", version).await.unwrap();
        bucket.remove("one", version).await.unwrap();
        assert!(server.names().is_empty());
    }
}

#[tokio::test]
async fn without_a_version_everything_of_a_name_is_taken_away() {
    let (bucket, server, clock, until) = ready().await;
    bucket.put("one", bytes(), until).await.unwrap();
    bucket.put("one-more", bytes(), until).await.unwrap();
    clock.advance(TimeDelta::days(31));
    bucket.remove("one", None).await.unwrap();
    bucket.remove("nothing", None).await.unwrap();
    assert_eq!(server.names(), ["one-more"]);
    bucket.put("two", bytes(), clock.now()).await.unwrap();
    assert_eq!(server.object("two").locked_until, None, "nothing is locked until a moment that is past");
    assert_eq!(bucket.list("", None).await.unwrap(), ["one-more", "two"]);
    assert_eq!(bucket.list("", Some("one-more")).await.unwrap(), ["two"]);
    assert_eq!(bucket.list("tw", None).await.unwrap(), ["two"]);
    assert!(matches!(bucket.get("one", None).await, Err(Trouble::Missing)));
}

#[tokio::test]
async fn names_are_listed_to_the_end_by_a_server_that_lists_few_at_once() {
    let (bucket, server, _, until) = ready().await;
    for name in ["1", "2", "3", "4", "5"] {
        bucket.put(name, bytes(), until).await.unwrap();
    }
    assert_eq!(bucket.list("", None).await.unwrap(), ["1", "2", "3", "4", "5"]);
    assert_eq!(bucket.list("", Some("3")).await.unwrap(), ["4", "5"]);
    drop(server);
}

#[tokio::test]
async fn what_a_server_without_versions_keeps_is_taken_away_by_its_name() {
    let (bucket, server, clock, _) = ready().await;
    let without = Can { versions: false, lists_versions: false, locks: false, ..Can::EVERYTHING };
    server.state().can = without;
    bucket.probe().await.unwrap();
    for name in ["one", "one.1", "two"] {
        bucket.put(name, bytes(), clock.now()).await.unwrap();
    }
    bucket.remove("one", None).await.unwrap();
    assert_eq!(server.names(), ["one.1", "two"]);
}

#[tokio::test]
async fn a_strict_server_takes_no_other_client_for_ours() {
    let (_, server, ..) = ready().await;
    let put = crate::world::http().build().unwrap().put(format!("{}/shop-evidence/one", server.url()));
    assert_eq!(put.body("x").send().await.unwrap().status(), 400);
    assert_eq!(server.complaints().len(), 1);
}

#[tokio::test]
async fn a_temporary_key_is_used_with_its_token_and_a_token_that_ended_is_said() {
    let clock = Arc::new(TestClock::default());
    let server = FakeS3::start(clock.clone()).await;
    server.state().token = Some("t0ken".to_owned());
    let temporary = |token: Option<&str>| {
        let key = FakeS3::key(token);
        BucketSettings { key, ..server.settings() }
    };
    for wrong in [None, Some("older")] {
        let said = Bucket::new(temporary(wrong), clock.clone()).probe().await.unwrap_err().to_string();
        assert!(said.contains("AWS_SESSION_TOKEN"), "{said}");
    }
    let bucket = Bucket::new(temporary(Some("t0ken")), clock.clone());
    bucket.probe().await.unwrap();
    let placed = bucket.put("one", bytes(), clock.now() + TimeDelta::days(1)).await.unwrap();
    assert_eq!(bucket.get("one", placed.version.as_deref()).await.unwrap(), bytes());
}

#[tokio::test]
async fn a_temporary_key_in_a_file_is_renewed_without_a_restart() {
    let clock = Arc::new(TestClock::default());
    let server = FakeS3::start(clock.clone()).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials");
    let write = |token: &str| {
        let (id, secret) = (crate::world::s3::KEY_ID, crate::world::s3::SECRET);
        let text = format!(
            "[default]\naws_access_key_id = other\naws_secret_access_key = other\n\n[shop]\n\
             aws_access_key_id = {id}\naws_secret_access_key = {secret}\naws_session_token = {token}\n"
        );
        fs::write(&file, text).unwrap();
    };
    let key = AccessKey::InFile { file: file.clone(), profile: "shop".to_owned() };
    let bucket = Bucket::new(BucketSettings { key, ..server.settings() }, clock.clone());
    server.state().token = Some("first".to_owned());
    assert!(bucket.probe().await.is_err(), "there is no file yet");
    write("first");
    bucket.probe().await.unwrap();
    let put = async |name: &str| bucket.put(name, bytes(), clock.now() + TimeDelta::days(1)).await;
    put("one").await.unwrap();
    // The key ends, and the file is being written anew.
    server.state().token = Some("second".to_owned());
    fs::write(&file, "[shop]\naws_access").unwrap();
    clock.advance(TimeDelta::minutes(2));
    let said = put("two").await.unwrap_err().to_string();
    assert!(said.contains("AWS_SHARED_CREDENTIALS_FILE"), "{said}");
    write("second");
    clock.advance(TimeDelta::minutes(2));
    put("two").await.unwrap();
    // A file that somebody took away ends no key that is still good.
    fs::remove_file(&file).unwrap();
    clock.advance(TimeDelta::minutes(2));
    put("three").await.unwrap();
}
