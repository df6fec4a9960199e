//! `GET /api/v1/incidents` and `GET /api/v1/incidents/{reference}`.

use axum::http::StatusCode;
use chrono::TimeDelta;
use domain::words::Role;
use serde_json::{Value, json};

use super::world::World;

/// An incident with everything that somebody may not see: words, names, notes, a correction.
async fn eventful(world: &World) -> (String, String) {
    let amal = world.key("amal", Role::Staff, Some("kings-cross")).await;
    let noor = world.key("noor", Role::Reviewer, None).await;
    let address = world
        .reported(&amal, json!({"what_happened": "WORDS one", "camera": "WORDS cam", "goods": [{"what": "WORDS gin", "unit_value_minor": 100}]}))
        .await;
    world.advance(TimeDelta::minutes(1));
    world.acted(&noor, &address, json!({"action": "claim", "version": 1})).await;
    world.acted(&noor, &address, json!({"action": "note", "text": "WORDS note"})).await;
    world.acted(&noor, &address, json!({"action": "correct", "text": "WORDS two"})).await;
    world.acted(&noor, &address, json!({"action": "ask", "text": "WORDS question"})).await;
    (address, amal)
}

#[tokio::test]
async fn every_role_reads_what_it_may_and_no_more() {
    let world = World::new().await;
    let (address, amal) = eventful(&world).await;
    let mut seen = Vec::new();
    for role in Role::ALL {
        let secret = world.key(&format!("a-{role}"), *role, None).await;
        let answer = world.read(&secret, &address).await;
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        assert_eq!(text.contains("WORDS"), *role == Role::Reviewer, "{role}: {text}");
        assert_eq!(text.contains("noor"), *role == Role::Reviewer, "{role}: {text}");
        assert!(!text.contains("amal"), "{role}: {text}");
        seen.push(format!("## {role}: {}\n{}", answer.status, answer.shape()));
    }
    let own = world.read(&amal, &address).await;
    let text = String::from_utf8_lossy(&own.bytes);
    assert!(
        text.contains("WORDS one")
            && text.contains("WORDS question")
            && !text.contains("WORDS note")
            && !text.contains("noor")
    );
    seen.push(format!("## its reporter: {}\n{}", own.status, own.shape()));
    insta::assert_snapshot!(seen.join("\n\n"));
}

#[tokio::test]
async fn what_may_not_be_seen_is_answered_like_what_does_not_exist() {
    let world = World::new().await;
    let (address, _) = eventful(&world).await;
    let angel = world.key("angel-reviewer", Role::Reviewer, Some("angel")).await;
    let other = world.key("other", Role::Staff, Some("kings-cross")).await;
    for secret in [angel, other] {
        let hidden = world.read(&secret, &address).await;
        let nothing = world.read(&secret, "/api/v1/incidents/SW-00000-0").await;
        assert_eq!((hidden.status, nothing.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
        assert_eq!((&hidden.bytes, &hidden.headers), (&nothing.bytes, &nothing.headers));
        for nonsense in ["SW-00000-1", "inc_00000000000000000000000000000007", "%FF", "x"] {
            assert_eq!(world.read(&secret, &format!("/api/v1/incidents/{nonsense}")).await.bytes, nothing.bytes);
        }
        for body in [json!({"action": "claim"}), json!({"action": "explode"}), json!({"action": "note", "text": 5})] {
            let hidden = world.act(&secret, &address, body.clone()).await;
            let nothing = world.act(&secret, "/api/v1/incidents/SW-00000-0", body).await;
            assert_eq!((&hidden.bytes, hidden.status), (&nothing.bytes, StatusCode::NOT_FOUND));
        }
    }
}

#[tokio::test]
async fn an_incident_answers_to_its_reference_as_people_type_it_and_to_its_id() {
    let world = World::new().await;
    let till = world.key("till", Role::Staff, Some("kings-cross")).await;
    let address = world.reported(&till, json!({})).await;
    let incident = world.read(&till, &address).await.json();
    let reference = incident["reference"].as_str().unwrap().to_lowercase().replace('-', "");
    for called in [reference.as_str(), incident["id"].as_str().unwrap()] {
        assert_eq!(world.read(&till, &format!("/api/v1/incidents/{called}")).await.json(), incident);
    }
}

/// The texts of a list's incidents.
async fn texts(world: &World, secret: &str, query: &str) -> (Vec<String>, Value) {
    let answer = world.read(secret, &format!("/api/v1/incidents{query}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let page = answer.json();
    let text = |incident: &Value| incident["what_happened"].as_str().unwrap_or("-").to_owned();
    (page["incidents"].as_array().unwrap().iter().map(text).collect(), page["next"].clone())
}

#[tokio::test]
async fn lists_hold_what_the_key_may_read_newest_first() {
    let world = World::new().await;
    let amal = world.key("amal", Role::Staff, None).await;
    let other = world.key("other", Role::Staff, None).await;
    let noor = world.key("noor", Role::Reviewer, None).await;
    let omar = world.key("omar", Role::Reviewer, Some("angel")).await;
    let first = world.reported(&amal, json!({"site": "kings-cross", "what_happened": "1"})).await;
    world.reported(&amal, json!({"site": "angel", "what_happened": "2"})).await;
    world.reported(&other, json!({"site": "kings-cross", "what_happened": "3"})).await;
    world.acted(&noor, &first, json!({"action": "claim"})).await;
    let list = async |secret: &str, query: &str| texts(&world, secret, query).await.0;
    assert_eq!(list(&noor, "").await, ["3", "2", "1"]);
    assert_eq!(list(&noor, "?site=kings-cross&state=new").await, ["3"]);
    assert_eq!(list(&noor, "?state=claimed").await, ["1"]);
    assert_eq!(list(&omar, "").await, ["2"]);
    assert_eq!(list(&amal, "").await, ["2", "1"]);
    assert_eq!(list(&amal, "?site=angel").await, ["2"]);
    assert_eq!(world.read(&omar, "/api/v1/incidents?site=kings-cross").await.problems(), ["site unknown-site"]);
    assert_eq!(
        world.read(&noor, "/api/v1/incidents?state=lost&cursor=x&page=2").await.problems(),
        ["state unknown-word", "cursor not-a-cursor", "page unknown-field"]
    );
    let ada = world.key("ada", Role::Admin, None).await;
    assert_eq!(world.read(&ada, "/api/v1/incidents").await.kind(), "forbidden");
    let publisher = world.key("ines", Role::Publisher, None).await;
    assert_eq!(list(&publisher, "").await, ["-", "-", "-"], "words are not for publishers");
}

#[tokio::test]
async fn every_incident_stands_on_exactly_one_page() {
    let world = World::new().await;
    let till = world.key("till", Role::Staff, Some("kings-cross")).await;
    let noor = world.key("noor", Role::Reviewer, None).await;
    let reports = (0..120).map(|count| world.reported(&till, json!({"what_happened": count.to_string()})));
    futures_util::future::join_all(reports).await;
    for secret in [&noor, &till] {
        let (mut all, mut query) = (Vec::new(), String::new());
        loop {
            let (page, next) = texts(&world, secret, &query).await;
            all.extend(page);
            let Some(cursor) = next.as_str() else { break };
            query = format!("?cursor={cursor}");
        }
        assert_eq!(all.len(), 120);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 120);
    }
}
