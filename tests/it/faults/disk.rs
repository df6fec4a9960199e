//! The disk is full: refusals, never false receipts, and what was acknowledged is there afterwards (promise P3).

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::Value;

use crate::world::program::{Home, Serving};

/// Room for some reports; less than after which SQLite empties its log.
const ROOM: u64 = 3 << 20;
/// Far more than fit.
const REPORTS_MAX: usize = 2_000;

async fn report(server: &Serving, key: &str, number: usize) -> (StatusCode, Value) {
    let body =
        serde_json::json!({ "site": "kings-cross", "what_happened": format!("{number} {}", "gin ".repeat(500)) });
    let request =
        crate::world::http().build().unwrap().post(server.url("/api/v1/reports")).bearer_auth(key).json(&body);
    let answer = request.header("idempotency-key", format!("report-{number}")).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

fn reference(answer: &Value) -> String {
    answer["reference"].as_str().unwrap().to_owned()
}

async fn kept(server: &Serving, key: &str) -> BTreeSet<String> {
    let mut references = BTreeSet::new();
    let mut path = "/api/v1/incidents?site=kings-cross".to_owned();
    loop {
        let answer =
            crate::world::http().build().unwrap().get(server.url(&path)).bearer_auth(key).send().await.unwrap();
        let page: Value = answer.json().await.unwrap();
        references.extend(page["incidents"].as_array().unwrap().iter().map(reference));
        let Some(next) = page["next"].as_str() else { return references };
        path = format!("/api/v1/incidents?site=kings-cross&cursor={next}");
    }
}

#[tokio::test]
async fn on_a_full_disk_reports_are_refused_and_what_was_acknowledged_is_there() {
    let home = Home::new();
    let (till, board) = (home.key("till", "staff"), home.key("board", "reviewer"));
    let server = home.serve_with_files_up_to(ROOM);
    let mut acknowledged = BTreeSet::new();
    let mut refused = None;
    for number in 0..REPORTS_MAX {
        match report(&server, &till, number).await {
            (StatusCode::CREATED, answer) => assert!(acknowledged.insert(reference(&answer))),
            (status, answer) => {
                assert_eq!(
                    (status, answer["type"].as_str()),
                    (StatusCode::SERVICE_UNAVAILABLE, Some("/problems/unavailable"))
                );
                refused = Some(number);
                break;
            }
        }
    }
    let refused = refused.expect("the disk was full at last");
    assert!(refused > 5, "there was room for some: {refused}");
    assert_eq!(kept(&server, &board).await, acknowledged, "reading goes on");
    drop(server);

    let server = home.serve(&[]);
    assert_eq!(kept(&server, &board).await, acknowledged, "acknowledged is kept, refused is not");
    let (status, answer) = report(&server, &till, refused).await;
    assert_eq!(status, StatusCode::CREATED, "sent again with room: {answer}");
    let (status, first) = report(&server, &till, 0).await;
    assert!(status.is_success() && acknowledged.contains(&reference(&first)), "what arrived before is known: {first}");
    drop(server);
    home.command(&["audit", "verify"]).assert().success();
}
