//! Whether it lives, whether it is ready, and what it has counted. No personal data.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Map, Value};

use crate::app::App;
use crate::jobs::retention::describe;
use crate::telemetry::open_metrics;

/// The media type of OpenMetrics text.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `GET /health/live`: the process answers.
pub async fn live() -> &'static str {
    "live\n"
}

/// `GET /health/ready`: every part, with 503 if one of them is not ready.
pub async fn ready(State(app): State<App>) -> impl IntoResponse {
    let mut parts = Map::new();
    let mut ready = true;
    let mut part = |name: &str, works: Result<(), String>| {
        ready &= works.is_ok();
        let said = works.map_or_else(
            |why| if why.is_empty() { "not ready".to_owned() } else { format!("not ready: {why}") },
            |()| "ready".to_owned(),
        );
        parts.insert(name.to_owned(), Value::from(said));
    };
    let plain = |works: bool| if works { Ok(()) } else { Err(String::new()) };
    let database = app.desk.store.answers().await;
    part("database", plain(database));
    for chat in app.chats.iter() {
        part(chat.platform().as_str(), chat.standing());
    }
    part("intake", plain(!app.stopping.is_cancelled()));
    // Reports are taken in and photos are sealed all the same: a vault that is away is no reason to send people away.
    let (evidence, lacks) = evidence(&app, database).await;
    parts.insert("evidence".to_owned(), evidence.into());
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let mut said = Map::from_iter([("ready".to_owned(), ready.into()), ("parts".to_owned(), parts.into())]);
    if !lacks.is_empty() {
        said.insert("lacks".to_owned(), lacks.into());
    }
    let plans = if database { app.desk.store.retention_plans().await.unwrap_or_default() } else { Vec::new() };
    if !plans.is_empty() {
        let plans: Vec<String> = plans.iter().map(describe).collect();
        said.insert("retention".to_owned(), plans.into());
    }
    (status, Json(said))
}

/// How the vault stands, and what it cannot do. A database that does not answer is not asked for more.
async fn evidence(app: &App, database: bool) -> (String, Vec<String>) {
    let standing = &app.evidence.standing;
    let outside = if database { app.desk.store.count_photos_outside().await.ok() } else { None };
    let waiting = match outside {
        None => "photos are".to_owned(),
        Some(1) => "1 photo is".to_owned(),
        Some(count) => format!("{count} photos are"),
    };
    let said = match (standing.outage(), standing.count_aside()) {
        (Some(outage), _) => {
            format!("waiting since {}: {}; {waiting} on the spool", outage.since.to_rfc3339(), outage.why)
        }
        (None, 0) => "ready".to_owned(),
        (None, aside) => format!("ready, but for {aside} of the photos see the log; {waiting} on the spool"),
    };
    (said, app.evidence.lacks())
}

/// `GET /metrics`: OpenMetrics text.
pub async fn metrics(State(app): State<App>) -> impl IntoResponse {
    if let Ok(depth) = app.desk.store.outbox_depth().await {
        let oldest = depth.oldest.map_or(0, |due| (app.desk.now() - due).num_seconds().max(0));
        metrics::gauge!("shopwatch_outbox_waiting").set(count(depth.waiting));
        metrics::gauge!("shopwatch_outbox_needs_operator").set(count(depth.needs_operator));
        metrics::gauge!("shopwatch_outbox_oldest_seconds").set(count(oldest.unsigned_abs()));
        // A database that did not answer is not asked for more: whoever asks for metrics waits for both.
        if let Ok(waiting) = app.desk.store.count_photos_outside().await {
            metrics::gauge!("shopwatch_photos_waiting").set(count(waiting));
        }
    }
    ([(header::CONTENT_TYPE, OPEN_METRICS)], open_metrics(&app.metrics.render()))
}

fn count(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
