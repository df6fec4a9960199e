//! The server's memory does not grow with the photos that went through it.

use std::fs;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::ASTRONAUT;
use crate::world::program::{Home, Serving};

/// Photos that are sent at the same time, and how often.
const AT_ONCE: u8 = 4;
const ROUNDS: u8 = 3;
/// Comments that make a photo as large as one of a good camera, with 64 KiB in each.
const COMMENTS: usize = 80;
/// What is let go is given back a second later; on a busy machine it may take longer.
const GIVEN_BACK_WITHIN: Duration = Duration::from_secs(10);
/// What the process may hold more than after its first report, in kB: less than two of the photos.
const GROWN_MAX: u64 = 8 * 1024;

/// A large photo, other bytes for every number.
fn large(number: u8) -> Vec<u8> {
    let (start, rest) = ASTRONAUT.split_at(2);
    let comment = [&[0xff, 0xfe, 0xff, 0xff][..], &vec![number; 0xffff - 2]].concat();
    [start, &comment.repeat(COMMENTS), rest].concat()
}

/// What a process holds that is in no file, in kB.
fn held(serving: &Serving) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", serving.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

async fn report(serving: &Serving, key: &str, number: u8) -> String {
    let about = json!({ "site": "kings-cross", "what_happened": "two people, spirits" });
    let request = Client::new().post(serving.url("/api/v1/reports")).bearer_auth(key);
    let answer = request.header("idempotency-key", number.to_string()).json(&about).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    answer.json::<Value>().await.unwrap()["reference"].as_str().unwrap().to_owned()
}

async fn send(serving: &Serving, key: &str, reference: &str, photo: Vec<u8>) {
    let request = Client::new().post(serving.url(&format!("/api/v1/incidents/{reference}/photos"))).bearer_auth(key);
    let answer = request.multipart(Form::new().part("photo", Part::bytes(photo))).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn what_photos_took_of_memory_goes_back_when_they_are_kept() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let home = Home::new();
    let serving = home.serve(&[]);
    let key = home.key("till", "staff");
    let reference = report(&serving, &key, 0).await;
    send(&serving, &key, &reference, ASTRONAUT.to_vec()).await;
    let before = held(&serving);
    for round in 0..ROUNDS {
        let reference = report(&serving, &key, round + 1).await;
        join_all((0..AT_ONCE).map(|number| send(&serving, &key, &reference, large(round * AT_ONCE + number)))).await;
    }
    let grown = || held(&serving).saturating_sub(before);
    let given_back = async {
        while grown() >= GROWN_MAX {
            // Each round is a request that the server answers, not a pause.
            assert_eq!(Client::new().get(serving.url("/health/live")).send().await.unwrap().status(), StatusCode::OK);
        }
    };
    assert!(timeout(GIVEN_BACK_WITHIN, given_back).await.is_ok(), "{} kB", grown());
}
