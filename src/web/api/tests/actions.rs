//! `POST /api/v1/incidents/{reference}/actions`.

use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::words::Role;
use serde_json::{Value, json};

use super::world::World;

async fn people(world: &World) -> [String; 3] {
    [
        world.key("amal", Role::Staff, Some("kings-cross")).await,
        world.key("noor", Role::Reviewer, None).await,
        world.key("omar", Role::Reviewer, None).await,
    ]
}

fn steps(incident: &Value) -> Vec<&str> {
    incident["timeline"].as_array().unwrap().iter().map(|line| line["step"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_report_goes_all_the_way_from_claim_to_reopening() {
    let world = World::new().await;
    let [amal, noor, _] = people(&world).await;
    let address = world.reported(&amal, json!({"what_happened": "two people, spirits"})).await;
    for (who, body) in [
        (&noor, json!({"action": "claim", "version": 1})),
        (&noor, json!({"action": "release", "version": "2"})),
        (&noor, json!({"action": "claim"})),
        (&noor, json!({"action": "ask", "text": "Which camera?"})),
        (&amal, json!({"action": "answer", "text": "The one at the till"})),
        (&amal, json!({"action": "add_details", "zone": "till", "camera": "3"})),
        (&noor, json!({"action": "recategorise", "category": "info"})),
        (&noor, json!({"action": "recategorise", "category": "potential_theft"})),
        (
            &noor,
            json!({"action": "complete_facts", "facts": {"kind": "shop_theft", "method": ["concealment"], "cctv": "captured", "goods": [{"what": "gin", "quantity": 2, "unit_value_minor": "2150"}]}}),
        ),
        (&noor, json!({"action": "correct", "text": "one person, spirits"})),
        (&noor, json!({"action": "note", "text": "told the police"})),
        (&noor, json!({"action": "confirm"})),
        (&noor, json!({"action": "resolve", "outcome": "loss", "loss_minor": 4300})),
        (&noor, json!({"action": "reopen"})),
        (&noor, json!({"action": "decline", "reason": "benign"})),
    ] {
        world.advance(TimeDelta::minutes(1));
        world.acted(who, &address, body).await;
    }
    let incident = world.read(&noor, &address).await;
    assert_eq!(incident.json()["net_loss"], json!([{"minor": 4300, "currency": "GBP"}]), "in the shop's currency");
    insta::assert_snapshot!(incident.shape());
}

#[tokio::test]
async fn of_two_who_claim_one_wins_and_the_other_is_told_who_and_when() {
    let world = World::new().await;
    let [amal, noor, omar] = people(&world).await;
    let address = world.reported(&amal, json!({})).await;
    let claim = || json!({"action": "claim", "version": 1});
    let (first, second) =
        futures_util::future::join(world.act(&noor, &address, claim()), world.act(&omar, &address, claim())).await;
    let (winner, loser) = if first.status == StatusCode::OK { (first, second) } else { (second, first) };
    assert_eq!((winner.status, loser.status, loser.kind()), (StatusCode::OK, StatusCode::CONFLICT, "taken".to_owned()));
    let (won, lost) = (winner.json(), loser.json());
    assert_eq!(
        lost["current"],
        json!({"state": "claimed", "version": 2, "owner": won["owner"], "since": won["since"]})
    );
    assert!(lost["detail"].as_str().unwrap().starts_with(won["owner"].as_str().unwrap()));
    let owner = if won["owner"] == "noor" { &noor } else { &omar };
    assert_eq!(world.act(owner, &address, claim()).await.kind(), "already-yours");
}

#[tokio::test]
async fn a_decision_on_what_was_seen_before_a_change_is_not_made() {
    let world = World::new().await;
    let [amal, noor, omar] = people(&world).await;
    let address = world.reported(&amal, json!({"category": "info"})).await;
    world.acted(&noor, &address, json!({"action": "claim"})).await;
    world.acted(&omar, &address, json!({"action": "note", "text": "wait"})).await;
    let late = world.act(&noor, &address, json!({"action": "confirm", "version": 2})).await;
    assert_eq!((late.status, late.kind()), (StatusCode::CONFLICT, "changed".to_owned()));
    assert_eq!((&late.json()["current"]["version"], &late.json()["current"]["owner"]), (&json!(3), &json!("noor")));
    assert_eq!(world.acted(&noor, &address, json!({"action": "confirm", "version": 3})).await["state"], "confirmed");
}

#[tokio::test]
async fn what_does_not_fit_the_moment_says_what_does() {
    let world = World::new().await;
    let [amal, noor, _] = people(&world).await;
    let address = world.reported(&amal, json!({})).await;
    let act = async |secret: &str, body: Value| world.act(secret, &address, body).await;
    let wrong = act(&noor, json!({"action": "resolve", "outcome": "loss"})).await;
    assert_eq!((wrong.kind(), wrong.json()["current"]["state"].clone()), ("wrong-state".to_owned(), json!("new")));
    assert_eq!(act(&amal, json!({"action": "answer", "text": "yes"})).await.kind(), "no-question");
    act(&noor, json!({"action": "claim"})).await;
    let early = act(&noor, json!({"action": "confirm"})).await;
    assert_eq!((early.status, early.kind()), (StatusCode::CONFLICT, "missing-facts".to_owned()));
    assert_eq!(early.json()["missing"], json!(["kind", "method", "zone", "goods", "cctv"]));
    assert_eq!(
        act(&noor, json!({"action": "recategorise", "category": "potential_theft"})).await.kind(),
        "nothing-changes"
    );
    act(&noor, json!({"action": "ask", "text": "Where?"})).await;
    assert_eq!(act(&noor, json!({"action": "ask", "text": "Where?"})).await.kind(), "question-open");
    act(&noor, json!({"action": "decline", "reason": "test"})).await;
    world.advance(TimeDelta::days(8));
    assert_eq!(act(&noor, json!({"action": "reopen"})).await.kind(), "too-late");
}

#[tokio::test]
async fn who_sees_it_and_may_not_do_it_is_told_which_role_may() {
    let world = World::new().await;
    let [amal, noor, _] = people(&world).await;
    let address = world.reported(&amal, json!({})).await;
    let refused = world.act(&amal, &address, json!({"action": "claim"})).await;
    assert_eq!((refused.status, refused.kind()), (StatusCode::FORBIDDEN, "forbidden".to_owned()));
    assert!(refused.json()["detail"].as_str().unwrap().contains("manager"));
    assert_eq!(world.act(&noor, &address, json!({"action": "withdraw"})).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.acted(&amal, &address, json!({"action": "withdraw"})).await["state"], "withdrawn");
}

#[tokio::test]
async fn every_problem_of_an_action_is_told_at_once() {
    let world = World::new().await;
    let [amal, noor, _] = people(&world).await;
    let address = world.reported(&amal, json!({})).await;
    world.acted(&noor, &address, json!({"action": "claim"})).await;
    let problems = async |body: Value| world.act(&noor, &address, body).await.problems();
    assert_eq!(problems(json!({})).await, ["action missing"]);
    assert_eq!(problems(json!({"action": "explode", "x": 1})).await, ["action unknown-word"]);
    assert_eq!(problems(json!({"action": "ask"})).await, ["text missing"]);
    assert_eq!(problems(json!({"action": "note", "text": {"a": 1}})).await, ["text not-text"]);
    assert_eq!(problems(json!({"action": "decline", "reason": "boring"})).await, ["reason unknown-word"]);
    assert_eq!(problems(json!({"action": "merge", "into": "SW-00000-0"})).await, ["into unknown-reference"]);
    assert_eq!(
        problems(json!({"action": "resolve", "loss_minor": -1, "currency": "pounds", "version": 0})).await,
        ["version out-of-range", "outcome missing", "currency not-a-currency", "loss_minor out-of-range"]
    );
    assert_eq!(
        problems(
            json!({"action": "complete_facts", "facts": {"kind": "heist", "mood": "bad"}, "goods": "gin", "zone": 3})
        )
        .await,
        ["goods not-a-list", "mood unknown-field", "kind unknown-word", "zone unknown-word"]
    );
}

#[tokio::test]
async fn merged_incidents_show_both_timelines_and_come_apart_again() {
    let world = World::new().await;
    let [amal, noor, _] = people(&world).await;
    let [one, other] = [world.reported(&amal, json!({})).await, world.reported(&amal, json!({})).await];
    world.acted(&noor, &one, json!({"action": "claim"})).await;
    world.advance(TimeDelta::minutes(1));
    let reference = |address: &str| address.rsplit('/').next().unwrap().to_owned();
    let itself = world.act(&noor, &one, json!({"action": "merge", "into": reference(&one)})).await;
    assert_eq!((itself.status, itself.problems()), (StatusCode::UNPROCESSABLE_ENTITY, vec!["into itself".to_owned()]));
    let merged = world.acted(&noor, &one, json!({"action": "merge", "into": reference(&other)})).await;
    let target = world.read(&noor, &other).await.json();
    assert_eq!((&merged["merged_into"], &target["merged"][0]), (&target["id"], &merged["id"]));
    assert_eq!(steps(&target), ["reported", "claimed", "reported", "merged", "absorbed"]);
    let own = world.read(&amal, &other).await.json();
    assert_eq!(steps(&own), ["reported"], "the reporter reads nothing of other reports");
    world.acted(&noor, &one, json!({"action": "unmerge"})).await;
    assert_eq!(steps(&world.read(&noor, &other).await.json()), ["reported", "absorbed", "let_go"]);
}

#[tokio::test]
async fn an_action_with_a_key_acts_once() {
    let world = World::new().await;
    let [amal, noor, _] = people(&world).await;
    let address = world.reported(&amal, json!({})).await;
    let note = |text: &str| {
        let asking = world.ask("POST", &format!("{address}/actions")).key(&noor).header("idempotency-key", "n-1");
        asking.json(json!({"action": "note", "text": text}))
    };
    let first = note("seen").await;
    let again = note("seen").await;
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    assert_eq!((again.status, again.json()), (StatusCode::OK, first.json()));
    let other = note("seen twice").await;
    assert_eq!(
        (other.status, &other.json()["type"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/key-reused"))
    );
    assert_eq!(world.read(&noor, &address).await.json()["version"], 2);
}
