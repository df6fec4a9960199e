//! Limits, faults and figures.

use std::time::Duration;

use serde_json::{Value, json};

use super::Town;
use crate::world::discord::RetryAfter;

const SEND: &str = "POST /channels/{channel}/messages";
const ME: &str = "GET /users/@me";

#[tokio::test]
async fn every_answer_tells_of_its_bucket_and_a_full_one_refuses() {
    let town = Town::new().await;
    town.discord.limit_route(ME, 2, Duration::from_mins(1));
    let asked = async || town.ask("GET", "/users/@me", None).await.unwrap();
    let first = asked().await;
    assert_eq!(
        (&first.headers()["x-ratelimit-limit"], &first.headers()["x-ratelimit-remaining"]),
        (&"2".parse().unwrap(), &"1".parse().unwrap())
    );
    for header in ["x-ratelimit-reset", "x-ratelimit-reset-after", "x-ratelimit-bucket"] {
        assert!(first.headers().contains_key(header), "{header}");
    }
    asked().await;
    let refused = asked().await;
    assert_eq!((refused.status().as_u16(), &refused.headers()["x-ratelimit-scope"]), (429, &"user".parse().unwrap()));
    assert!(refused.headers().contains_key("retry-after"));
    let body: Value = refused.json().await.unwrap();
    assert!(body["retry_after"].as_f64().is_some_and(|seconds| seconds > 50.0), "{body}");
    assert_eq!((&body["global"], &body["message"]), (&json!(false), &json!("You are being rate limited.")));
    town.discord.time_passes(Duration::from_mins(1));
    assert_eq!(asked().await.status(), 200);
}

#[tokio::test]
async fn a_test_orders_every_kind_of_429() {
    let town = Town::new().await;
    let orders = [
        (RetryAfter::Seconds(2), Some("2"), "user", true),
        (RetryAfter::Float(1.5), Some("1.5"), "user", true),
        (RetryAfter::Absent(0.5), None, "user", true),
        (RetryAfter::Global(2.5), Some("3"), "global", true),
        (RetryAfter::Shared(1.0), Some("1"), "shared", true),
        (RetryAfter::Html(120), Some("120"), "", false),
    ];
    for (order, header, scope, json) in orders {
        town.discord.rate_limit_next(ME, order);
        let response = town.ask("GET", "/users/@me", None).await.unwrap();
        assert_eq!(response.status(), 429);
        let text = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(text("retry-after").as_deref(), header, "{order:?}");
        assert_eq!(text("x-ratelimit-scope").unwrap_or_default(), scope, "{order:?}");
        assert_eq!(response.json::<Value>().await.is_ok(), json, "{order:?}");
    }
    town.discord.rate_limit_next(ME, RetryAfter::Date(30));
    let response = town.ask("GET", "/users/@me", None).await.unwrap();
    assert!(response.headers()["retry-after"].to_str().unwrap().ends_with("GMT"));
    assert_eq!(town.discord.invalid_requests(), 6, "a shared limit is nobody's fault");
    assert_eq!(town.call("GET", "/users/@me", Value::Null).await.0, 200, "each order was for one request");
}

#[tokio::test]
async fn who_asks_too_much_in_all_is_measured_and_stopped() {
    let town = Town::new().await;
    for _ in 0..60 {
        town.get("/users/@me").await;
    }
    assert!(town.discord.peak() > 50, "{}", town.discord.peak());
    town.discord.keep_to_the_global_limit();
    let refused = town.ask("GET", "/users/@me", None).await.unwrap();
    assert_eq!((refused.status().as_u16(), &refused.headers()["x-ratelimit-global"]), (429, &"true".parse().unwrap()));
    town.discord.time_passes(Duration::from_secs(1));
    town.get("/users/@me").await;
}

#[tokio::test]
async fn who_asks_too_many_invalid_things_is_banned_without_json() {
    let town = Town::new().await;
    town.discord.ban_after(2);
    for _ in 0..2 {
        assert_eq!(town.call("DELETE", "/channels/1/messages/1", Value::Null).await.0, 404, "not invalid");
        let (status, _) = town.call("GET", "/applications/1/commands", Value::Null).await;
        assert_eq!(status, 403);
    }
    let banned = town.ask("GET", "/users/@me", None).await.unwrap();
    assert_eq!(
        (banned.status().as_u16(), &banned.headers()["content-type"]),
        (429, &"text/html; charset=UTF-8".parse().unwrap())
    );
    town.discord.time_passes(Duration::from_mins(11));
    town.get("/users/@me").await;
}

#[tokio::test]
async fn lines_break_before_or_after_something_is_done() {
    let town = Town::new().await;
    let path = format!("/channels/{}/messages", town.triage);
    town.discord.hang_up(SEND);
    assert!(town.ask("POST", &path, Some(&json!({ "content": "Not done" }))).await.is_err());
    town.discord.answer_lost(SEND);
    assert!(town.ask("POST", &path, Some(&json!({ "content": "Done" }))).await.is_err());
    town.discord.server_error(SEND, 502);
    assert_eq!(town.send(town.triage, json!({ "content": "Not done" })).await.0, 502);
    let there: Vec<String> = town.discord.messages(town.triage).into_iter().map(|one| one.content).collect();
    assert_eq!(there, ["Done"]);
    let answered: Vec<_> =
        town.discord.asked(SEND).iter().map(|one| one.status.map(|status| status.as_u16())).collect();
    assert_eq!(answered, [None, None, Some(502)]);
}

#[tokio::test]
async fn a_slow_answer_takes_as_long_as_the_test_says() {
    let town = Town::new().await;
    town.discord.delay(ME, Duration::from_hours(1));
    let slow = async { town.get("/users/@me").await };
    let passing = async {
        town.discord.until("the request", |state| (!state.traffic.asked.is_empty()).then_some(())).await;
        assert!(town.discord.asked(ME)[0].status.is_none());
        town.discord.time_passes(Duration::from_hours(1));
    };
    tokio::join!(slow, passing);
}
