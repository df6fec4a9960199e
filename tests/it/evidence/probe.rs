//! What a bucket cannot do is found out and said, and does not keep a shop from starting.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::Clock as _;
use reqwest::StatusCode;
use serde_json::Value;
use shopwatch::clock::MachineClock;
use shopwatch::evidence::bucket::Bucket;
use shopwatch::evidence::bucket::probe::Lack;
use shopwatch::settings::bucket::{BucketSettings, Encryption};

use crate::world::clock::TestClock;
use crate::world::program::Home;
use crate::world::s3::{Can, FakeS3, Fault, Op};

async fn lacks(can: Can, change: impl FnOnce(BucketSettings) -> BucketSettings) -> Vec<Lack> {
    let clock = Arc::new(TestClock::default());
    let server = FakeS3::start(clock.clone()).await;
    server.state().can = can;
    let bucket = Bucket::new(change(server.settings()), clock);
    bucket.probe().await.unwrap();
    if can.remove {
        assert!(server.names().is_empty(), "the probe leaves nothing");
    }
    bucket.abilities().unwrap().lacks
}

#[tokio::test]
async fn what_a_bucket_cannot_do_is_known() {
    let all = Can::EVERYTHING;
    let as_it_is = |settings| settings;
    assert_eq!(lacks(all, as_it_is).await, []);
    assert_eq!(lacks(Can { versions: false, ..all }, as_it_is).await, [Lack::Versions]);
    assert_eq!(lacks(Can { locks: false, ..all }, as_it_is).await, [Lack::Lock]);
    assert_eq!(lacks(Can { write_once: false, ..all }, as_it_is).await, [Lack::WriteOnce]);
    assert_eq!(lacks(Can { conditions: false, ..all }, as_it_is).await, [Lack::WriteOnce]);
    assert_eq!(lacks(Can { encrypt: false, ..all }, as_it_is).await, [Lack::Encryption]);
    assert_eq!(lacks(Can { remove: false, ..all }, as_it_is).await, [Lack::Removal]);
    let unlocked = |settings| BucketSettings { lock: None, ..settings };
    assert_eq!(lacks(all, unlocked).await, [Lack::LockSwitchedOff]);
    let unsaid = |settings| BucketSettings { encryption: Encryption::Unsaid, ..settings };
    assert_eq!(lacks(Can { encrypt: false, ..all }, unsaid).await, []);
    let kms = |settings| BucketSettings { encryption: Encryption::Kms(Some("key".to_owned())), ..settings };
    assert_eq!(lacks(all, kms).await, []);
}

#[tokio::test]
async fn versions_are_known_also_from_a_server_that_puts_them_under_a_heading_of_its_own() {
    let clock = Arc::new(TestClock::default());
    let server = FakeS3::start(clock.clone()).await;
    for versions in [true, false] {
        server.state().can.versions = versions;
        server.next(Op::Versioning, Fault::OtherHeading);
        let bucket = Bucket::new(server.settings(), clock.clone());
        bucket.probe().await.unwrap();
        assert_eq!(bucket.abilities().unwrap().versioned, versions);
    }
}

#[tokio::test]
async fn a_server_that_passes_over_what_it_does_not_know_is_used_without_it() {
    let clock = Arc::new(TestClock::default());
    let server = FakeS3::start(clock.clone()).await;
    server.state().can = Can { versions: false, locks: false, ..Can::EVERYTHING };
    for op in [Op::Versioning, Op::Locking] {
        server.next(op, Fault::Listed);
    }
    let bucket = Bucket::new(server.settings(), clock.clone());
    bucket.probe().await.unwrap();
    assert_eq!(bucket.abilities().unwrap().lacks, [Lack::Versions, Lack::Lock]);
    bucket.put("one", (&b"x"[..]).into(), clock.now()).await.unwrap();
    server.next(Op::Versions, Fault::Listed);
    assert_eq!(bucket.lying("").await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_an_earlier_probe_left_proves_as_much() {
    let clock = Arc::new(TestClock::default());
    let server = FakeS3::start(clock.clone()).await;
    server.state().can.remove = false;
    for _ in 0..2 {
        let bucket = Bucket::new(server.settings(), clock.clone());
        bucket.probe().await.unwrap();
        assert_eq!(bucket.abilities().unwrap().lacks, [Lack::Removal], "at every start");
        clock.advance(TimeDelta::minutes(2));
    }
    assert_eq!(server.names(), ["probe"]);
    server.state().can.remove = true;
    let bucket = Bucket::new(server.settings(), clock.clone());
    bucket.probe().await.unwrap();
    assert_eq!((bucket.abilities().unwrap().lacks, server.names()), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn the_probe_of_another_server_is_left_to_it() {
    let clock = Arc::new(TestClock::default());
    let server = FakeS3::start(clock.clone()).await;
    server.state().can.remove = false;
    Bucket::new(server.settings(), clock.clone()).probe().await.unwrap();
    server.state().can.remove = true;
    let bucket = Bucket::new(server.settings(), clock);
    bucket.probe().await.unwrap();
    assert_eq!(server.names(), ["probe"], "it is a moment old");
}

#[tokio::test]
async fn a_clock_that_is_off_is_said() {
    let clock = Arc::new(TestClock::default());
    let server = FakeS3::start(clock.clone()).await;
    for seconds in [-90, 90] {
        server.state().ahead = TimeDelta::seconds(seconds);
        let bucket = Bucket::new(server.settings(), clock.clone());
        bucket.probe().await.unwrap();
        assert_eq!(bucket.abilities().unwrap().lacks, [Lack::Clock(seconds)]);
    }
    server.state().ahead = TimeDelta::hours(1);
    let bucket = Bucket::new(server.settings(), clock.clone());
    // The client signs by the server's clock once it was refused for that.
    bucket.probe().await.unwrap();
    assert_eq!(bucket.abilities().unwrap().lacks, [Lack::Clock(3_600)]);
}

#[tokio::test]
async fn a_bucket_that_cannot_be_used_is_no_abilities_and_says_why() {
    let clock = Arc::new(TestClock::default());
    let server = FakeS3::start(clock.clone()).await;
    let bucket = Bucket::new(server.settings(), clock.clone());
    server.state().bucket = "another".to_owned();
    let why = bucket.probe().await.unwrap_err().to_string();
    assert!(why.contains("EVIDENCE_URL") && bucket.abilities().is_none(), "{why}");
    let put = bucket.put("one", (&b"x"[..]).into(), clock.now()).await.unwrap_err();
    assert!(put.concerns_all(), "nothing is put into a bucket that nobody looked at");
    server.state().bucket = crate::world::s3::BUCKET.to_owned();
    server.next(Op::Versioning, Fault::NotS3);
    let why = bucket.probe().await.unwrap_err();
    assert!(why.concerns_all() && why.to_string().contains("S3_ENDPOINT"), "{why}");
    server.next(Op::Put, Fault::Denied);
    assert!(bucket.probe().await.unwrap_err().to_string().contains("policy"));
    bucket.probe().await.unwrap();
}

/// Settings of the real program for this server.
fn environment(server: &FakeS3) -> [(&'static str, String); 5] {
    [
        ("EVIDENCE_URL", format!("s3://{}/kings-cross", crate::world::s3::BUCKET)),
        ("S3_ENDPOINT", server.url().to_owned()),
        ("AWS_REGION", server.settings().region),
        ("AWS_ACCESS_KEY_ID", crate::world::s3::KEY_ID.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", crate::world::s3::SECRET.to_owned()),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_lines_and_the_readiness_say_what_the_bucket_lacks_or_why_it_cannot_be_used() {
    let clock = Arc::new(TestClock::default());
    clock.advance(MachineClock.now() - clock.now());
    let server = FakeS3::start(clock).await;
    server.state().can.locks = false;
    for there in [true, false] {
        if !there {
            server.state().bucket = "another".to_owned();
        }
        let (home, said) = (Home::new(), environment(&server));
        let said: Vec<(&str, &str)> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let serving = tokio::task::block_in_place(|| home.serve(&said));
        let ready = crate::world::http().build().unwrap().get(serving.url("/health/ready")).send().await.unwrap();
        assert_eq!(ready.status(), StatusCode::OK, "reports are taken in all the same");
        let ready: Value = ready.json().await.unwrap();
        let evidence = ready["parts"]["evidence"].as_str().unwrap();
        if there {
            assert_eq!(evidence, "ready");
            assert!(ready["lacks"][0].as_str().unwrap().starts_with("no Object Lock"), "{ready}");
            assert!(serving.banner.contains("  photos   s3://shop-evidence/kings-cross/ ("), "{}", serving.banner);
            assert!(serving.banner.contains("\n           no Object Lock: "), "{}", serving.banner);
            assert!(serving.log().contains("the bucket has no Object Lock"));
        } else {
            assert!(evidence.contains("there is no bucket of that name"), "{ready}");
            assert!(serving.banner.contains("photos wait under ./data/spool"), "{}", serving.banner);
            assert!(serving.log().contains("photos wait on the spool"));
        }
        assert!(!format!("{}{}{ready}", serving.banner, serving.log()).contains("CANARY"));
    }
}
