//! Health and figures, over HTTP.

use std::collections::BTreeMap;

use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use crate::world::World;
use crate::world::database::{Base, Database};
use crate::world::door::Caller;

#[tokio::test]
async fn it_lives_and_is_ready_and_says_which_part_is_not() {
    let mut database = Database::fresh(Base::Postgres).await;
    let wire = database.wired().await;
    let world = World::over(database, shopwatch::rules::Rules::example()).await;
    let door = world.open_door().await;
    let ready = async || {
        let answer = door.get("/health/ready", &Caller::Nobody).await;
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    let parts = |database: &str, intake: &str| json!({ "database": database, "console": "ready", "evidence": "ready", "intake": intake });
    assert_eq!(ready().await, (StatusCode::OK, json!({ "ready": true, "parts": parts("ready", "ready") })));
    wire.hold();
    let silent = json!({ "ready": false, "parts": parts("not ready", "ready") });
    assert_eq!(ready().await, (StatusCode::SERVICE_UNAVAILABLE, silent));
    assert_eq!(door.get("/health/live", &Caller::Nobody).await.status(), StatusCode::OK, "it lives all the same");
}

#[tokio::test]
async fn the_figures_are_openmetrics_and_name_nobody() {
    let world = World::new().await;
    world.report("two people, spirits").await;
    world.settle().await;
    let door = world.open_door().await;
    door.get("/health/live", &Caller::Nobody).await;
    let answer = door.get("/metrics", &Caller::Nobody).await;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(answer.headers()[header::CONTENT_TYPE], kind);
    let text = answer.text().await.unwrap();
    let families = parse(&text);
    for (family, kind) in [
        ("shopwatch_reports", "counter"),
        ("shopwatch_commits", "counter"),
        ("shopwatch_answer_seconds", "histogram"),
        ("shopwatch_outbox_waiting", "gauge"),
        ("shopwatch_outbox_oldest_seconds", "gauge"),
        ("shopwatch_photos_waiting", "gauge"),
    ] {
        assert_eq!(families.get(family).map(String::as_str), Some(kind), "{family} in\n{text}");
    }
    assert!(!text.contains("amal") && !text.contains("spirits"));
}

/// Reads OpenMetrics text strictly: every sample belongs to a family that was declared before it, once, with the suffix
/// that its type asks for, and the end is marked. <https://prometheus.io/docs/specs/om/open_metrics_spec/>
fn parse(text: &str) -> BTreeMap<String, String> {
    let body = text.strip_suffix("# EOF\n").expect("the end is marked, and nothing stands after it");
    let (mut families, mut current) = (BTreeMap::new(), None::<(String, String)>);
    for line in body.lines() {
        assert!(!line.is_empty() && !line.contains("# EOF"), "{line:?}");
        if let Some(declared) = line.strip_prefix("# ") {
            let mut words = declared.splitn(3, ' ');
            let (what, name, rest) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap_or_default());
            assert!(["HELP", "TYPE", "UNIT"].contains(&what), "{line}");
            if what == "TYPE" {
                assert!(["counter", "gauge", "histogram", "summary"].contains(&rest), "{line}");
                assert_eq!(families.insert(name.to_owned(), rest.to_owned()), None, "declared twice: {line}");
                current = Some((name.to_owned(), rest.to_owned()));
            }
            continue;
        }
        let (family, kind) = current.as_ref().unwrap_or_else(|| panic!("a sample without a family: {line}"));
        let name = line.split(['{', ' ']).next().unwrap();
        let suffix = name.strip_prefix(family.as_str()).unwrap_or_else(|| panic!("{line} does not belong to {family}"));
        let allowed: &[&str] = match kind.as_str() {
            "counter" => &["_total", "_created"],
            "histogram" => &["_bucket", "_count", "_sum", "_created"],
            "summary" => &["", "_count", "_sum", "_created"],
            _ => &[""],
        };
        assert!(allowed.contains(&suffix), "{line}: a {kind} has no {suffix:?}");
        let value = line.rsplit(' ').next().unwrap();
        assert!(value.parse::<f64>().is_ok(), "{line}");
    }
    families
}
