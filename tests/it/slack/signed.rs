//! The doors over HTTP: the same payloads, signed.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::Clock as _;
use domain::words::State;
use shopwatch::clock::MachineClock;

use super::{SIGNING_SECRET, Shop, button};
use crate::world::door::Door;
use crate::world::slack::signed::signature;

/// A shop that Slack posts to.
pub async fn posted_to(path: &str) -> (Shop, Door) {
    let mut shop = Shop::closed(crate::world::database::Base::Sqlite).await;
    shop.world.connect();
    shop.slack.connected(1).await;
    let door = shop.world.open_door().await;
    shop.slack.sign_by(Arc::new(MachineClock));
    shop.slack.deliver_to(&format!("http://{}{path}", door.address), SIGNING_SECRET);
    (shop, door)
}

#[tokio::test]
async fn the_main_job_goes_through_one_address() {
    let (shop, _door) = posted_to("/slack/events").await;
    assert!(shop.slack.verify_url().await);
    assert_eq!(shop.slack.probe_ssl().await, Some(200));
    let incident = shop.report("gin").await;
    shop.settle().await;
    assert!(shop.press(&shop.noor, "claim").await.on_time);
    shop.settle().await;
    assert_eq!(shop.now(&incident).await.status.state(), State::Claimed);
    assert!(shop.command(&shop.amal, "").await.on_time);
    let form = shop.slack.modal_of(&shop.amal).unwrap();
    assert!(shop.slack.submits(&shop.amal, &form.id, &[("goods_price", &["cheap"])]).await.on_time);
    assert!(!shop.slack.modal_of(&shop.amal).unwrap().errors.is_empty());
    let photo = shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", b"jpeg");
    let (_, acked) = shop.slack.posts(&shop.amal, &shop.floor, "", &[&photo], None).await;
    assert!(acked.on_time);
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 2);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn commands_and_interactivity_have_addresses_of_their_own() {
    // Also as somebody may have written them on the app's page.
    for path in ["/slack/commands", "/slack/interactions", "/slack/events/", "/slack/commands/", "/slack/interactions/"]
    {
        let (shop, _door) = posted_to(path).await;
        let incident = shop.report("gin").await;
        shop.settle().await;
        assert!(shop.press(&shop.noor, "claim").await.on_time);
        assert_eq!(shop.now(&incident).await.status.state(), State::Claimed);
        shop.settle().await;
        shop.look_away();
    }
}

#[tokio::test]
async fn what_is_not_signed_by_slack_is_refused_and_leaves_nothing() {
    let (shop, door) = posted_to("/slack/commands").await;
    let body = format!("command=%2Freport&text=gin&team_id=T1&user_id={}&trigger_id=1", shop.amal);
    let now = MachineClock.now();
    let at = |seconds: i64| (now + TimeDelta::seconds(seconds)).timestamp().to_string();
    let signed = |at: &str| signature(SIGNING_SECRET, at, &body);
    let good = signed(&at(0));
    let mut flipped = good.clone();
    let last = if flipped.pop() == Some('0') { '1' } else { '0' };
    flipped.push(last);
    let cases: Vec<(&str, Vec<(&str, String)>)> = vec![
        ("nothing", vec![]),
        ("no time", vec![("x-slack-signature", good.clone())]),
        ("no signature", vec![("x-slack-request-timestamp", at(0))]),
        ("one bit", vec![("x-slack-signature", flipped), ("x-slack-request-timestamp", at(0))]),
        (
            "another secret",
            vec![("x-slack-signature", signature("other", &at(0), &body)), ("x-slack-request-timestamp", at(0))],
        ),
        ("no secret", vec![("x-slack-signature", signature("", &at(0), &body)), ("x-slack-request-timestamp", at(0))]),
        ("too old", vec![("x-slack-signature", signed(&at(-302))), ("x-slack-request-timestamp", at(-302))]),
        ("from the future", vec![("x-slack-signature", signed(&at(302))), ("x-slack-request-timestamp", at(302))]),
        ("another time", vec![("x-slack-signature", good.clone()), ("x-slack-request-timestamp", at(1))]),
        (
            "two signatures",
            vec![
                ("x-slack-signature", good.clone()),
                ("x-slack-signature", good.clone()),
                ("x-slack-request-timestamp", at(0)),
            ],
        ),
        ("upper case", vec![("x-slack-signature", good.to_uppercase()), ("x-slack-request-timestamp", at(0))]),
        (
            "two times",
            vec![
                ("x-slack-signature", good.clone()),
                ("x-slack-request-timestamp", at(0)),
                ("x-slack-request-timestamp", at(0)),
            ],
        ),
    ];
    let client = crate::world::http().build().unwrap();
    let address = format!("http://{}/slack/commands", door.address);
    // The same thing signed is taken, under whatever name it came.
    for host in ["LOCALHOST", "hooks.shop.example"] {
        let (body, at) = ("command=%2Freport&text=help&team_id=T1&user_id=U1&trigger_id=1".to_owned(), at(0));
        let request = client.post(&address).header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("x-slack-signature", signature(SIGNING_SECRET, &at, &body));
        let answer = request.header("x-slack-request-timestamp", at).header("host", host).body(body).send().await;
        assert_eq!(answer.unwrap().status(), 200, "{host}");
    }
    for (case, headers) in cases {
        let mut request =
            client.post(&address).header("content-type", "application/x-www-form-urlencoded").body(body.clone());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        assert_eq!(request.send().await.unwrap().status(), 401, "{case}");
    }
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 0);
    assert_eq!(shop.world.store().unread(domain::words::Platform::Slack).await.unwrap(), 0);
}

#[tokio::test]
async fn a_replay_acts_once() {
    let (shop, door) = posted_to("/slack/events").await;
    let payload = shop.slack.command_payload(&shop.amal, &shop.floor, "/report", "gin");
    let fields: Vec<(&str, &str)> = payload
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .collect();
    let body = serde_urlencoded::to_string(fields).unwrap();
    let at = MachineClock.now().timestamp().to_string();
    let client = crate::world::http().build().unwrap();
    for _ in 0..3 {
        let request = client
            .post(format!("http://{}/slack/events", door.address))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-slack-signature", signature(SIGNING_SECRET, &at, &body))
            .header("x-slack-request-timestamp", &at)
            .body(body.clone());
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 1);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn a_body_of_any_size_is_read_no_further_than_a_mebibyte() {
    let (shop, door) = posted_to("/slack/events").await;
    let answer = crate::world::http()
        .build()
        .unwrap()
        .post(format!("http://{}/slack/events", door.address))
        .header("content-type", "application/json")
        .body(vec![b' '; 3 * 1024 * 1024])
        .send()
        .await;
    // It may also be hung up on while it is still talking.
    assert!(answer.is_err() || answer.unwrap().status() == 413);
    assert_eq!(shop.world.store().unread(domain::words::Platform::Slack).await.unwrap(), 0);
}

#[tokio::test]
async fn what_nobody_can_read_is_kept_and_acknowledged() {
    let (shop, _door) = posted_to("/slack/events").await;
    for (media, body) in [
        ("application/json", "{\"type\":\"event_callback\",\"event\":{}}"),
        ("application/json", "{\"type\":"),
        ("application/x-www-form-urlencoded", "payload=%7B%22type%22%3A%22from_the_future%22%7D"),
        ("application/x-www-form-urlencoded", "hello=1"),
    ] {
        let answered = shop.slack.knock(media, body, None).await.unwrap();
        assert_eq!(answered.status, 200, "{body}");
    }
    assert_eq!(shop.world.store().unread(domain::words::Platform::Slack).await.unwrap(), 4);
}

#[tokio::test]
async fn a_used_up_answering_address_is_no_reason_to_say_nothing() {
    let (shop, _door) = posted_to("/slack/events").await;
    shop.report("gin").await;
    shop.settle().await;
    let card = shop.card();
    let payload = shop.slack.press_payload(&shop.amal, &card, &button(&card.blocks, "claim"), &[]);
    shop.slack.expire_response_urls();
    assert!(shop.slack.interacts(payload).await.on_time);
    shop.slack.until(|workspace| workspace.describe().contains("manager")).await;
    shop.look_away();
}

#[tokio::test]
async fn of_a_thousand_requests_that_were_changed_on_the_way_none_comes_in() {
    let (shop, door) = posted_to("/slack/events").await;
    let body = format!("command=%2Freport&text=gin&team_id=T1&user_id={}&trigger_id=1", shop.amal);
    let at = MachineClock.now().timestamp().to_string();
    let parts = [body.clone(), at.clone(), signature(SIGNING_SECRET, &at, &body)];
    let client = crate::world::http().build().unwrap();
    let mut seed = 7_u64;
    for round in 0..1_000_u64 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let which = usize::try_from(round % 3).unwrap();
        let mut changed = parts.clone();
        let mut bytes = changed[which].clone().into_bytes();
        let place = usize::try_from(seed >> 40).unwrap() % bytes.len();
        // Another letter that can stand in a header.
        bytes[place] = if bytes[place] == b'7' { b'8' } else { b'7' };
        changed[which] = String::from_utf8(bytes).unwrap();
        let [body, at, signature] = changed;
        let request = client
            .post(format!("http://{}/slack/events", door.address))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-slack-signature", signature)
            .header("x-slack-request-timestamp", at)
            .body(body);
        assert_eq!(request.send().await.unwrap().status(), 401, "round {round}");
    }
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), 0);
}
