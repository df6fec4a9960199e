//! An incident's end before its time takes two admins, neither of whom sees it; a hold keeps it.

use domain::words::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shopwatch::jobs::retention;
use shopwatch::operations::hold;
use shopwatch::operations::people::actor;
use shopwatch::store::people::ApiKey;

use super::photos::add;
use crate::world::World;
use crate::world::database::Base;
use crate::world::door::{Caller, Door};
use crate::world::people::{ADA, AMAL, PAVEL};

on_both!(
    one_admin_asks_another_confirms_and_it_is_gone_as_after_its_time,
    what_is_sent_again_under_its_key_is_answered_again_and_done_once,
    of_two_at_once_under_one_key_both_are_told_what_came_of_it,
);

async fn key(world: &World, name: &str, role: Role) -> Caller {
    let key = ApiKey { name: name.to_owned(), role, site: None, revoked: false };
    world.store().add_key(&key, &format!("sw_{name}"), world.now()).await.unwrap().unwrap();
    Caller::Program(format!("sw_{name}"))
}

async fn act(door: &Door, called: &str, caller: &Caller, body: Value) -> (u16, Value) {
    let path = format!("/api/v1/incidents/{called}/actions");
    let answer = door.request(Method::POST, &path, caller).json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// An action under a key: the status, whether it was answered before, and the answer.
async fn act_once(door: &Door, called: &str, caller: &Caller, key: &str, body: &Value) -> (u16, bool, Value) {
    let path = format!("/api/v1/incidents/{called}/actions");
    let sent = door.request(Method::POST, &path, caller).header("idempotency-key", key).json(body).send();
    let answer = sent.await.unwrap();
    let replayed = answer.headers().contains_key("idempotency-replayed");
    (answer.status().as_u16(), replayed, answer.json().await.unwrap())
}

async fn what_is_sent_again_under_its_key_is_answered_again_and_done_once(base: Base) {
    let world = World::on(base).await;
    let door = world.open_door().await;
    let (first, second) = (key(&world, "first", Role::Admin).await, key(&world, "second", Role::Admin).await);
    let (incident, other) = (world.report("two people").await, world.report("two people, gin").await);
    let (called, next) = (incident.reference.as_str(), other.reference.as_str());
    let ask = json!({"action": "erase", "text": "somebody's right to erasure"});
    let (status, replayed, asked) = act_once(&door, called, &first, "k1", &ask).await;
    assert_eq!((status, replayed, &asked["erasure_asked"]), (200, false, &json!(true)), "{asked}");
    assert_eq!(act_once(&door, called, &first, "k1", &ask).await, (200, true, asked.clone()));
    assert_eq!(world.steps(&incident.reference).await, ["reported", "erasure_asked"]);
    let reworded = json!({"action": "erase", "text": "another reason"});
    let reused = |(status, replayed, answer): (u16, bool, Value)| {
        assert_eq!((status, replayed, answer["type"].as_str()), (422, false, Some("/problems/key-reused")), "{answer}");
    };
    reused(act_once(&door, called, &first, "k1", &reworded).await);
    reused(act_once(&door, next, &first, "k1", &ask).await);
    assert_eq!(act_once(&door, called, &first, "k2", &ask).await.0, 403, "nobody is both sides");
    // The same key of somebody else is another key.
    let (status, _, gone) = act_once(&door, called, &second, "k1", &ask).await;
    assert_eq!((status, &gone["erased"], &gone["version"]), (200, &json!(true), &json!(3)), "{gone}");
    // Its answer was lost: what is gone answers nobody but who ended it.
    assert_eq!(act_once(&door, called, &second, "k1", &ask).await, (200, true, gone.clone()));
    assert_eq!(act_once(&door, &incident.id.to_string(), &second, "k1", &ask).await, (200, true, gone.clone()));
    assert_eq!(act_once(&door, called, &first, "k1", &ask).await, (200, true, gone));
    reused(act_once(&door, called, &second, "k1", &reworded).await);
    assert_eq!(act_once(&door, called, &second, "k3", &ask).await.0, 404);
    assert_eq!(act(&door, called, &second, ask.clone()).await.0, 404);
    let third = key(&world, "third", Role::Admin).await;
    assert_eq!(act_once(&door, called, &third, "k1", &ask).await.0, 404);
    // A key that was used for one incident says nothing of another one that is gone.
    act_once(&door, next, &third, "k9", &ask).await;
    assert_eq!(act_once(&door, called, &third, "k9", &ask).await.0, 404);
    assert!(world.store().incident(other.id).await.unwrap().is_some());
    world.check_everything().await;
}

async fn of_two_at_once_under_one_key_both_are_told_what_came_of_it(base: Base) {
    let world = World::on(base).await;
    let door = world.open_door().await;
    let (first, second) = (key(&world, "first", Role::Admin).await, key(&world, "second", Role::Admin).await);
    let incident = world.report("two people").await;
    let called = incident.reference.as_str();
    let ask = json!({"action": "erase", "text": "somebody's right to erasure"});
    for caller in [&first, &second] {
        let twice = (0..4).map(|_| act_once(&door, called, caller, "k", &ask));
        let answers = futures_util::future::join_all(twice).await;
        assert!(answers.iter().all(|(status, _, answer)| *status == 200 && *answer == answers[0].2), "{answers:?}");
    }
    assert!(world.store().incident(incident.id).await.unwrap().is_none());
    assert_eq!(world.store().verify(|_| ()).await.unwrap().findings, []);
}

async fn one_admin_asks_another_confirms_and_it_is_gone_as_after_its_time(base: Base) {
    let world = World::on(base).await;
    let door = world.open_door().await;
    let (first, second) = (key(&world, "first", Role::Admin).await, key(&world, "second", Role::Admin).await);
    let (liaison, staff) = (key(&world, "liaison", Role::Liaison).await, key(&world, "staff", Role::Staff).await);
    let (incident, stays) = (world.report("zqxplanted two people").await, world.report("two people, gin").await);
    add(&world, AMAL, &incident).await.unwrap();
    world.settle().await;
    let called = incident.reference.as_str();
    let ask = || json!({"action": "erase", "text": "somebody's right to erasure"});
    assert_eq!(act(&door, called, &liaison, ask()).await.0, 403);
    assert_eq!(act(&door, called, &staff, ask()).await.0, 404);
    assert_eq!(act(&door, called, &first, json!({"action": "erase"})).await.0, 422);
    assert_eq!(act(&door, called, &first, json!({"action": "erase", "text": "x", "version": 7})).await.0, 409);
    let (status, asked) = act(&door, called, &first, ask()).await;
    assert_eq!((status, &asked["erasure_asked"], &asked["erased"]), (200, &json!(true), &json!(false)), "{asked}");
    assert_eq!(act(&door, called, &first, ask()).await.0, 403, "nobody is both sides");
    // A hold keeps it, and whoever wants its end then asks anew.
    let desk = &world.app.desk;
    let held =
        hold::place(desk, &actor(desk, &PAVEL.origin()), world.incident(&incident.reference).await, "the court").await;
    assert!(held.unwrap().erasure.is_none());
    let (status, refused) = act(&door, called, &second, ask()).await;
    assert_eq!((status, refused["type"].as_str().unwrap()), (409, "/problems/on-hold"));
    let held = world.incident(&incident.reference).await;
    hold::lift(desk, &actor(desk, &ADA.origin()), held, "the case is closed").await.unwrap();
    act(&door, called, &first, ask()).await;
    let (status, gone) = act(&door, called, &second, json!({"action": "erase"})).await;
    assert_eq!((status, &gone["erased"]), (200, &json!(true)), "{gone}");
    assert_eq!(act(&door, called, &second, ask()).await.0, 404);
    assert!(world.store().incident(incident.id).await.unwrap().is_none());
    assert!(world.store().incident(stays.id).await.unwrap().is_some());
    let ran = retention::run(desk, &world.app.evidence).await.unwrap();
    assert_eq!((ran.photos, ran.kept, world.database.rows_in("photo").await), (1, 0, 0));
    let verdict = world.store().verify(|_| ()).await.unwrap();
    assert_eq!(verdict.findings, [], "the certificate is the record's last line");
    world.check_everything().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_browser_an_admin_asks_for_it_without_seeing_the_incident() {
    let world = World::new().await;
    let door = world.open_door().await;
    let incident = world.report("zqxplanted two people").await;
    let (ada, pavel) = (door.sign_in(&world, "ada").await, door.sign_in(&world, "pavel").await);
    let page = format!("/incidents/{}/hold", incident.reference);
    let shown = door.get(&page, &ada).await.text().await.unwrap();
    assert!(shown.contains("Ask for it to be erased now") && !shown.contains("zqxplanted"), "{shown}");
    assert!(!door.get(&page, &pavel).await.text().await.unwrap().contains("erased now"));
    let asked = door.post(&page, &ada, &[("erase", "yes"), ("reason", "somebody's right to erasure")]).await;
    assert_eq!(asked.status(), StatusCode::OK);
    let asked = asked.text().await.unwrap();
    assert!(asked.contains("Another admin has to confirm it.") && !asked.contains("Erase it now"), "{asked}");
    assert_eq!(world.steps(&incident.reference).await, ["reported", "erasure_asked"]);
    assert_eq!(door.post(&page, &pavel, &[("erase", "yes")]).await.status(), StatusCode::FORBIDDEN);
    let second = key(&world, "second", Role::Admin).await;
    let (status, gone) = act(&door, incident.reference.as_str(), &second, json!({"action": "erase"})).await;
    assert_eq!((status, &gone["erased"]), (200, &json!(true)));
    assert_eq!(door.get(&page, &ada).await.status(), StatusCode::NOT_FOUND);
}
