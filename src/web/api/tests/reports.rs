//! `POST /api/v1/reports`.

use axum::body::Body;
use axum::http::{StatusCode, header};
use domain::words::Role;
use serde_json::json;

use super::world::World;
use crate::web::api::bodies::BODY_MAX;

#[tokio::test]
async fn a_report_is_kept_and_its_receipt_says_under_what_name() {
    let world = World::new().await;
    let till = world.key("till", Role::Staff, Some("kings-cross")).await;
    let answer = world
        .report(&till, json!({"what_happened": "two people, spirits", "goods": [{"what": "gin", "quantity": "2", "unit_value_minor": 2150}]}))
        .await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let receipt = answer.json();
    assert_eq!(
        answer.header(header::LOCATION),
        format!("/api/v1/incidents/{}", receipt["reference"].as_str().unwrap())
    );
    insta::assert_snapshot!(answer.shape());
}

#[tokio::test]
async fn what_is_happening_now_begins_with_the_emergency_line_in_the_callers_language() {
    let world = World::new().await;
    let till = world.key("till", Role::Staff, Some("kings-cross")).await;
    let answer = world.report(&till, json!({"category": "in_progress"})).await;
    let text = String::from_utf8(answer.bytes.clone()).unwrap();
    assert!(text.starts_with(r#"{"emergency":"Call 999 "#), "{text}");
    assert_eq!(answer.json()["urgent"], json!(["staff_safe", "still_present", "weapon"]));
    let quiet = world.report(&till, json!({"category": "info"})).await;
    assert!(quiet.json().get("emergency").is_none());
}

#[tokio::test]
async fn every_problem_is_told_at_once_whatever_its_sort() {
    let world = World::new().await;
    let till = world.key("till", Role::Staff, None).await;
    let answer = world
        .report(
            &till,
            json!({
                "site": "atlantis", "category": true, "what_happened": 5, "kind": "heist", "method": ["magic", 3],
                "zone": {}, "happened": "yesterday", "persons": 9, "suspect_name": "John",
                "goods": [{"quantity": "two", "unit_value_minor": -1, "currency": "pounds", "fate": ["taken"], "colour": 1}, "gin"],
            }),
        )
        .await;
    assert_eq!((answer.status, answer.kind()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid".to_owned()));
    insta::assert_snapshot!(answer.shape());
}

#[tokio::test]
async fn problems_come_in_the_callers_language_and_quote_nothing_that_was_sent() {
    let world = World::new().await;
    let till = world.key("till", Role::Staff, Some("kings-cross")).await;
    let canary = "CANARY-0117";
    let body = json!({"what_happened": canary.repeat(1_000), "kind": canary, "happened": canary, "goods": [{"what": "x", "quantity": canary, "fate": canary}]});
    let answer =
        world.ask("POST", "/api/v1/reports").key(&till).header("accept-language", "de, en;q=0.5").json(body).await;
    assert_eq!(answer.header(header::CONTENT_LANGUAGE), "en");
    assert_eq!(answer.problems().len(), 5);
    assert!(!String::from_utf8(answer.bytes).unwrap().contains(canary));
}

#[tokio::test]
async fn a_body_that_is_no_json_is_told_where_it_stops_being_it() {
    let world = World::new().await;
    let till = world.key("till", Role::Staff, Some("kings-cross")).await;
    let send = |body: String| {
        world.ask("POST", "/api/v1/reports").key(&till).header("content-type", "application/json").send(body)
    };
    let broken = send("{\n  \"site\": kings-cross\n}".to_owned()).await;
    assert_eq!((broken.status, broken.kind()), (StatusCode::BAD_REQUEST, "malformed-json".to_owned()));
    assert_eq!((&broken.json()["line"], &broken.json()["column"]), (&json!(2), &json!(11)));
    assert_eq!(send(String::new()).await.kind(), "malformed-json");
    assert_eq!(send("[".repeat(10_000)).await.kind(), "malformed-json");
    assert_eq!(send("[]".to_owned()).await.problems(), ["body not-an-object"]);
    assert_eq!(send(format!("\"{}\"", "x".repeat(BODY_MAX))).await.kind(), "too-large");
    let form = world.ask("POST", "/api/v1/reports").key(&till).header("content-type", "text/plain").send("{}").await;
    assert_eq!((form.status, form.kind()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type".to_owned()));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_mistake_of_its_sender_and_is_asked_for_again() {
    let world = World::new().await;
    let till = world.key("till", Role::Staff, Some("kings-cross")).await;
    let parts = [Ok("{\"what_happened\": \"two pe"), Err(std::io::Error::from(std::io::ErrorKind::TimedOut))];
    let broken = Body::from_stream(futures_util::stream::iter(parts));
    let asking = world.ask("POST", "/api/v1/reports").key(&till).header("content-type", "application/json");
    let answer = asking.send(broken).await;
    assert_eq!((answer.status, answer.kind()), (StatusCode::REQUEST_TIMEOUT, "broke-off".to_owned()));
    assert!(String::from_utf8(answer.bytes).unwrap().contains("Nothing was stored"));
    let report = world.report(&till, json!({"what_happened": "two people, spirits"})).await.json();
    let parts = [
        Ok("--x\r\nContent-Disposition: form-data; name=\"photo\"\r\n\r\nhalf of it"),
        Err(std::io::Error::from(std::io::ErrorKind::TimedOut)),
    ];
    let photos = format!("/api/v1/incidents/{}/photos", report["reference"].as_str().unwrap());
    let asking = world.ask("POST", &photos).key(&till).header("content-type", "multipart/form-data; boundary=x");
    let answer = asking.send(Body::from_stream(futures_util::stream::iter(parts))).await;
    assert_eq!((answer.status, answer.kind()), (StatusCode::REQUEST_TIMEOUT, "broke-off".to_owned()));
}

#[tokio::test]
async fn the_same_key_and_body_are_one_report_and_another_body_is_refused() {
    let world = World::new().await;
    let till = world.key("till", Role::Staff, Some("kings-cross")).await;
    let door = world.key("door", Role::Staff, Some("kings-cross")).await;
    let send = |secret: &str, body: &str| {
        let asking = world.ask("POST", "/api/v1/reports").key(secret).header("idempotency-key", "a-1");
        asking.header("content-type", "application/json").send(body.to_owned())
    };
    let first = send(&till, r#"{"category":"info","what_happened":"wet floor"}"#).await;
    let again = send(&till, r#"{ "what_happened": "wet floor", "category": "info", "kind": null }"#).await;
    assert_eq!((again.status, &again.bytes), (StatusCode::CREATED, &first.bytes));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    assert_eq!(again.header(header::LOCATION), first.header(header::LOCATION));
    let other = send(&till, r#"{"category":"info","what_happened":"dry floor"}"#).await;
    assert_eq!((other.status, other.kind()), (StatusCode::UNPROCESSABLE_ENTITY, "key-reused".to_owned()));
    let of_another = send(&door, r#"{"category":"info","what_happened":"wet floor"}"#).await;
    assert_ne!(of_another.json()["id"], first.json()["id"]);
    assert_eq!(world.app.desk.store.count_incidents().await.unwrap(), 2);
}

#[tokio::test]
async fn of_many_at_the_same_moment_one_is_kept() {
    let world = World::new().await;
    let till = world.key("till", Role::Staff, Some("kings-cross")).await;
    let send = || world.ask("POST", "/api/v1/reports").key(&till).header("idempotency-key", "a-1").json(json!({}));
    let answers = futures_util::future::join_all((0..32).map(|_| send())).await;
    let kept = answers.iter().filter(|answer| answer.header("idempotency-replayed").is_empty()).count();
    assert_eq!(kept, 1);
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == StatusCode::CREATED && answer.json()["id"] == answers[0].json()["id"])
    );
    assert_eq!(world.app.desk.store.count_incidents().await.unwrap(), 1);
}

#[tokio::test]
async fn a_key_that_is_no_key_is_a_problem_of_its_header() {
    let world = World::new().await;
    let till = world.key("till", Role::Staff, Some("kings-cross")).await;
    for wrong in ["", "two words", &"x".repeat(129)] {
        let answer = world
            .ask("POST", "/api/v1/reports")
            .key(&till)
            .header("idempotency-key", wrong)
            .json(json!({"kind": "x"}))
            .await;
        assert_eq!(answer.problems(), ["Idempotency-Key not-a-key", "kind unknown-word"], "{wrong}");
    }
}

#[tokio::test]
async fn who_may_not_report_is_told_before_what_was_written_is_read() {
    let world = World::new().await;
    for (name, role) in [("ada", Role::Admin), ("lena", Role::Auditor)] {
        let secret = world.key(name, role, None).await;
        for body in [json!({}), json!({"colour": "red"})] {
            let answer = world.report(&secret, body).await;
            assert_eq!((answer.status, answer.kind()), (StatusCode::FORBIDDEN, "forbidden".to_owned()));
        }
    }
}

#[tokio::test]
async fn a_key_of_one_site_knows_no_other() {
    let world = World::new().await;
    let till = world.key("till", Role::Staff, Some("kings-cross")).await;
    let every = world.key("every", Role::Staff, None).await;
    let gone = world.key("gone", Role::Staff, Some("closed-down")).await;
    assert_eq!(world.report(&till, json!({"site": "angel"})).await.problems(), ["site unknown-site"]);
    assert_eq!(world.report(&till, json!({})).await.json()["site"], "kings-cross");
    assert_eq!(world.report(&every, json!({})).await.problems(), ["site missing"]);
    assert_eq!(world.report(&every, json!({"site": "angel"})).await.status, StatusCode::CREATED);
    assert_eq!(world.report(&gone, json!({})).await.kind(), "forbidden");
}
