//! Who may come in.

use axum::body::Body;
use axum::http::{StatusCode, header};
use chrono::TimeDelta;
use domain::words::Role;
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn missing_wrong_and_revoked_keys_are_answered_alike() {
    let world = World::new().await;
    let gone = world.key("gone", Role::Reviewer, None).await;
    world.app.desk.store.revoke_key("gone", world.app.desk.now()).await.unwrap();
    for (method, path) in [
        ("POST", "/api/v1/reports"),
        ("GET", "/api/v1/incidents"),
        ("GET", "/api/v1/incidents/SW-00000-0"),
        ("POST", "/api/v1/incidents/SW-00000-0/actions"),
    ] {
        let missing = world.ask(method, path).send("no json").await;
        assert_eq!((missing.status, missing.kind()), (StatusCode::UNAUTHORIZED, "unauthorised".to_owned()));
        assert_eq!(missing.header(header::WWW_AUTHENTICATE), "Bearer");
        for secret in ["sw_wrong", &gone, ""] {
            assert_eq!(world.ask(method, path).key(secret).send("no json").await.bytes, missing.bytes);
        }
        assert_eq!(world.ask(method, path).header("authorization", "Basic YTpi").send("").await.bytes, missing.bytes);
    }
}

#[tokio::test]
async fn a_revoked_key_stops_within_two_seconds() {
    let world = World::new().await;
    let till = world.key("till", Role::Staff, Some("kings-cross")).await;
    assert_eq!(world.report(&till, json!({})).await.status, StatusCode::CREATED);
    world.app.desk.store.revoke_key("till", world.app.desk.now()).await.unwrap();
    world.advance(TimeDelta::seconds(2));
    assert_eq!(world.report(&till, json!({})).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_the_api_does_not_know_is_a_problem_document_too() {
    let world = World::new().await;
    let method = world.ask("DELETE", "/api/v1/reports").send(Body::empty()).await;
    assert_eq!((method.status, method.kind()), (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed".to_owned()));
    assert_eq!(method.header(header::ALLOW), "POST");
    let address = world.ask("GET", "/api/v1/nothing").send(Body::empty()).await;
    assert_eq!((address.status, address.kind()), (StatusCode::NOT_FOUND, "not-found".to_owned()));
}

#[tokio::test]
async fn without_its_writer_the_answer_is_not_saved() {
    let mut world = World::new().await;
    let till = world.key("till", Role::Staff, Some("kings-cross")).await;
    world.stop_writing().await;
    let answer = world.report(&till, json!({})).await;
    assert_eq!((answer.status, answer.kind()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable".to_owned()));
    assert_eq!(answer.header(header::RETRY_AFTER), "2");
    assert!(answer.json()["detail"].as_str().unwrap().starts_with("NOT saved"));
}
