//! Misfortunes: each is what it says, once, and leaves what it says.

use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use domain::clock::Moment;
use serde_json::{Value, json};

use super::app::{App, ask_status, bot, call, try_call};
use crate::world::slack::faults::RetryAfter;
use crate::world::slack::rates::{Rates, Tier};
use crate::world::slack::workspace::BOT_TOKEN;
use crate::world::slack::{FakeSlack, now};

#[tokio::test]
async fn a_rate_limit_comes_with_whatever_header_was_ordered() {
    let slack = FakeSlack::start().await;
    for after in
        [RetryAfter::Seconds(2), RetryAfter::Date(TimeDelta::seconds(60)), RetryAfter::Absent, RetryAfter::Absurd]
    {
        slack.rate_limit_next("auth.test", after);
        let response = call(&slack, "auth.test", Some(BOT_TOKEN), &json!({})).await;
        assert_eq!(response.status(), 429);
        let header = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        match after {
            RetryAfter::Seconds(_) => assert_eq!(header.as_deref(), Some("2")),
            RetryAfter::Date(_) => drop(DateTime::parse_from_rfc2822(&header.unwrap()).unwrap()),
            RetryAfter::Absent => assert_eq!(header, None),
            RetryAfter::Absurd => assert!(header.unwrap().parse::<u64>().is_err()),
        }
        assert_eq!(response.json::<Value>().await.unwrap()["error"], "ratelimited");
    }
    assert_eq!(bot(&slack, "auth.test", json!({})).await["ok"], true, "each was for one call");
    slack.finish();
}

#[tokio::test]
async fn an_answer_can_be_lost_before_or_after_the_deed() {
    let slack = FakeSlack::start().await;
    let shop = slack.channel("shop").with(&[]);
    let say = |text: &str| json!({ "channel": shop, "text": text });
    slack.hang_up("chat.postMessage");
    assert!(try_call(&slack, "chat.postMessage", Some(BOT_TOKEN), &say("undone")).await.is_err());
    slack.answer_lost("chat.postMessage");
    assert!(try_call(&slack, "chat.postMessage", Some(BOT_TOKEN), &say("done")).await.is_err());
    slack.server_error("chat.postMessage");
    assert_eq!(call(&slack, "chat.postMessage", Some(BOT_TOKEN), &say("undone")).await.status(), 500);
    slack.delay("chat.postMessage", Duration::from_millis(50));
    let started = now();
    assert_eq!(bot(&slack, "chat.postMessage", say("late")).await["ok"], true);
    assert!(now().duration_since(started) >= Duration::from_millis(50));
    let texts: Vec<String> = slack.look(&shop).into_iter().map(|message| message.text).collect();
    assert_eq!(texts, ["done", "late"]);
    assert_eq!(slack.see(|workspace| workspace.calls["chat.postMessage"]), 4);
    slack.finish();
}

#[tokio::test]
async fn slacks_own_limits_can_be_kept() {
    let slack = FakeSlack::start().await;
    let (shop, office) = (slack.channel("shop").with(&[]), slack.channel("office").with(&[]));
    slack.enforce_rates();
    let post = async |channel: &str| {
        let body = json!({ "channel": channel, "text": "a" });
        call(&slack, "chat.postMessage", Some(BOT_TOKEN), &body).await.status().as_u16()
    };
    let mut posts = 1;
    while post(&shop).await != 429 {
        posts += 1;
    }
    assert!(posts > 3, "a small burst is taken");
    assert_eq!(post(&office).await, 200, "each channel for itself");
    assert!(slack.peak_rate(&shop) >= 1 && slack.peak_rate(&office) == 1);
    assert_eq!((slack.look(&shop).len(), slack.look(&office).len()), (posts - 1, 1));
    let mut asked = 1;
    while ask_status(&slack, "usergroups.list").await != 429 {
        asked += 1;
    }
    assert!(asked > 20, "twenty a minute in tier 2");
    slack.finish();
}

#[test]
fn a_channel_takes_three_messages_at_once_and_then_one_a_second() {
    let (mut rates, start) = (Rates::default(), Moment::default());
    rates.enforced = true;
    let mut post =
        |after: i64| rates.count(Tier::Posting, "chat.postMessage", Some("C1"), start + TimeDelta::milliseconds(after));
    assert_eq!(
        [post(0), post(0), post(0), post(0), post(500), post(1_000), post(1_500)],
        [None, None, None, Some(1), Some(1), None, Some(1)]
    );
    assert_eq!(rates.peak("C1"), 5, "within one second, whether it was refused or not");
}

#[tokio::test]
async fn a_delivery_can_come_twice() {
    let slack = FakeSlack::start().await;
    let (amal, shop) = (slack.person("Amal").joins(), slack.channel("shop").with(&[]));
    let app = App::connect(&slack).await;
    slack.connected(1).await;
    slack.deliver_twice();
    let acked = slack.types_command(&amal, &shop, "/report", "").await;
    assert!(acked.on_time && acked.again.unwrap().on_time);
    let frames = app.frames();
    assert_eq!(frames[1]["payload"], frames[2]["payload"]);
    assert_ne!(frames[1]["envelope_id"], frames[2]["envelope_id"]);
    app.leave().await;
    slack.finish();
}
