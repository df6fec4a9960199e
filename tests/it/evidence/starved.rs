//! The machine has no time to read a photo. That says nothing about the photo: whoever waits for it is told to try again,
//! and what came from a chat is tried again by itself.

use std::fs;
use std::path::Path;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response, StatusCode};
use shopwatch::evidence::child::Reader;
use shopwatch::jobs::fetch::{self, READINGS_MAX};
use shopwatch::operations::mask::{self, Drawn};
use shopwatch::operations::people::actor;
use shopwatch::store::people::ApiKey;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::photos::add;
use super::{ASTRONAUT, another};
use crate::slack::Shop;
use crate::slack::photos::{drop_in, kept, steps};
use crate::world::database::Base;
use crate::world::door::{Caller, Door};
use crate::world::people::{AMAL, NOOR, minutes};
use crate::world::program::BINARY;
use crate::world::{World, evidence_read_by};

on_both!(
    whoever_sends_one_is_told_to_try_again_and_nothing_is_kept,
    what_came_from_a_chat_is_tried_again_until_there_is_time,
);

/// Long beside asking for a body on this machine, short beside a test.
const A_WHILE: Duration = Duration::from_secs(3);

/// A machine that has no time from now on; or has again.
fn starve(world: &mut World, starved: bool) {
    let reader = Reader::starting(BINARY);
    let reader = if starved { reader.waiting(Duration::ZERO) } else { reader };
    let evidence = evidence_read_by(reader, &world.database);
    world.app.parts().evidence = evidence;
}

async fn send(door: &Door, path: &str, caller: &Caller) -> Response {
    let request = door.request(Method::POST, path, caller).header("sec-fetch-site", "same-origin");
    request.multipart(Form::new().part("photo", Part::bytes(ASTRONAUT.to_vec()))).send().await.unwrap()
}

async fn whoever_sends_one_is_told_to_try_again_and_nothing_is_kept(base: Base) {
    let mut world = World::on(base).await;
    let incident = world.report("two people, spirits").await;
    let key = ApiKey { name: "desk".to_owned(), role: domain::words::Role::Reviewer, site: None, revoked: false };
    world.store().add_key(&key, "sw_desk", world.now()).await.unwrap().unwrap();
    let desk = Caller::Program("sw_desk".to_owned());
    let page = format!("/incidents/{}", incident.reference);
    let (api, form) = (format!("/api/v1{page}/photos"), format!("{page}/photos"));
    starve(&mut world, true);
    let door = world.open_door().await;
    let amal = door.sign_in(&world, "amal").await;
    let refused = send(&door, &api, &desk).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    assert!(refused.text().await.unwrap().contains("/problems/unavailable"));
    let refused = send(&door, &form, &amal).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    let text = refused.text().await.unwrap();
    assert!(!text.contains("took too long") && !text.contains("another photo"), "{text}");
    assert_eq!(world.steps(&incident.reference).await, ["reported"]);
    assert_eq!(fs::read_dir(world.database.folder.path().join("spool")).map_or(0, Iterator::count), 0);

    starve(&mut world, false);
    let door = world.open_door().await;
    assert_eq!(send(&door, &api, &desk).await.status(), StatusCode::CREATED, "the same photo, a little later");
    assert_eq!(world.steps(&incident.reference).await, ["reported", "photo_added"]);
    world.check_everything().await;
}

/// Begins to send a photo, and is asked to go on; none if the server does not ask in time.
async fn begin_to_send(door: &Door, path: &str, key: &str) -> Option<TcpStream> {
    let mut line = TcpStream::connect(door.address).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nContent-Length: 9999\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nExpect: 100-continue\r\n\r\n"
    );
    line.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    let asked = timeout(A_WHILE, line.read_exact(&mut answer)).await;
    (asked.is_ok_and(|read| read.is_ok()) && answer == *b"HTTP/1.1 100").then_some(line)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sends_slowly_keeps_nobody_else_from_sending_or_looking() {
    let world = World::new().await;
    let incident = world.report("two people, spirits").await;
    let photo = add(&world, AMAL, &incident).await.unwrap().photo;
    for name in ["slow", "slower", "desk"] {
        let role = domain::words::Role::Reviewer;
        let key = ApiKey { name: name.to_owned(), role, site: None, revoked: false };
        world.store().add_key(&key, &format!("sw_{name}"), world.now()).await.unwrap().unwrap();
    }
    let door = world.open_door().await;
    let path = format!("/api/v1/incidents/{}/photos", incident.reference);
    let mut lines = Vec::new();
    for _ in 0..8 {
        lines.push(begin_to_send(&door, &path, "sw_slow"));
    }
    let slow: Vec<TcpStream> = join_all(lines).await.into_iter().flatten().collect();
    assert_eq!(slow.len(), 4, "as many as one may have under way");
    let desk = Caller::Program("sw_desk".to_owned());
    assert_eq!(send(&door, &path, &desk).await.status(), StatusCode::CREATED);
    let slower: Vec<_> = (0..4).map(|_| begin_to_send(&door, &path, "sw_slower")).collect();
    let slower: Vec<TcpStream> = join_all(slower).await.into_iter().flatten().collect();
    let copy = format!("/incidents/{}/photos/{}", incident.reference, photo.id);
    let noor = door.sign_in(&world, "noor").await;
    assert_eq!(door.get(&copy, &noor).await.status(), StatusCode::OK);
    assert_eq!((slow.len(), slower.len()), (4, 4), "they are still at it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_or_a_new_mask_for_which_there_is_no_time_changes_nothing() {
    let mut world = World::new().await;
    let incident = world.report("two people, spirits").await;
    let photo = add(&world, AMAL, &incident).await.unwrap().photo;
    world.settle().await;
    starve(&mut world, true);
    let door = world.open_door().await;
    let noor = door.sign_in(&world, "noor").await;
    let copy = format!("/incidents/{}/photos/{}", incident.reference, photo.id);
    assert_eq!(door.get(&copy, &noor).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    let now = world.incident(&incident.reference).await;
    assert!(world.store().looks(&now).await.unwrap().newest.is_empty(), "nobody is on record for a look at nothing");
    let (app, noor) = (&world.app, actor(&world.app.desk, &NOOR.origin()));
    let drawn = mask::change(&app.desk, &app.evidence, &noor, now, photo.id, 0, Drawn::Everything);
    assert!(Box::pin(drawn).await.is_err());
    assert_eq!(world.steps(&incident.reference).await, ["reported", "photo_added"]);
}

async fn what_came_from_a_chat_is_tried_again_until_there_is_time(base: Base) {
    let mut shop = Shop::closed(base).await;
    starve(&mut shop.world, true);
    shop.world.connect();
    shop.slack.connected(1).await;
    let photo = shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", &another(1));
    let incident = drop_in(&shop, &[&photo]).await;
    for _ in 0..READINGS_MAX - 1 {
        assert_eq!(fetch::step(&shop.world.app).await.unwrap(), 1);
        assert_eq!(fetch::step(&shop.world.app).await.unwrap(), 0, "not before its time");
        shop.world.clock.advance(minutes(5));
    }
    assert_eq!((steps(&shop, &incident).await, shop.now(&incident).await.tally().coming), (vec!["reported".into()], 1));
    starve(&mut shop.world, false);
    shop.settle().await;
    assert_eq!(kept(&shop, &incident).await.len(), 1, "the last reading finds time");
    assert_eq!(shop.now(&incident).await.tally().not_taken, 0);
    shop.look_away();
}

#[tokio::test]
async fn what_stands_still_for_ever_is_told_in_the_end() {
    let mut shop = Shop::closed(Base::Sqlite).await;
    starve(&mut shop.world, true);
    shop.world.connect();
    shop.slack.connected(1).await;
    let photo = shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", &ASTRONAUT);
    let incident = drop_in(&shop, &[&photo]).await;
    for _ in 0..READINGS_MAX {
        assert_eq!(fetch::step(&shop.world.app).await.unwrap(), 1);
        shop.world.clock.advance(minutes(5));
    }
    assert!(steps(&shop, &incident).await.contains(&"photo_not_taken unreadable".to_owned()));
    assert_eq!(fetch::step(&shop.world.app).await.unwrap(), 0, "it is over");
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn what_computes_for_too_long_is_told_at_once() {
    let mut shop = Shop::closed(Base::Sqlite).await;
    let computes = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/readers/computes");
    let evidence = evidence_read_by(Reader::starting(computes), &shop.world.database);
    shop.world.app.parts().evidence = evidence;
    shop.world.connect();
    shop.slack.connected(1).await;
    let photo = shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", &ASTRONAUT);
    let incident = drop_in(&shop, &[&photo]).await;
    fetch::step(&shop.world.app).await.unwrap();
    assert_eq!(steps(&shop, &incident).await, ["reported", "photo_not_taken unreadable"]);
    shop.settle().await;
    shop.look_away();
}
