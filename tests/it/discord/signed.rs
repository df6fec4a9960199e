//! The door over HTTP: who is let in, and what comes twice.

use reqwest::header::HeaderMap;
use ring::signature::Ed25519KeyPair;
use serde_json::{Value, json};

use super::{Plan, Shop};
use crate::world::database::Base;
use crate::world::discord::Given;
use crate::world::door::{Caller, Door};

/// What the fake's key is made of.
const SEED: [u8; 32] = [42; 32];
const PING: &str = r#"{"id":"1","type":1,"token":"ping","version":1}"#;

struct Knocking {
    shop: Shop,
    door: Door,
    keys: Ed25519KeyPair,
}

impl Knocking {
    async fn new() -> Self {
        let shop = Shop::closed(Base::Sqlite, Plan::default()).await;
        let door = shop.world.open_door().await;
        Self { shop, door, keys: Ed25519KeyPair::from_seed_unchecked(&SEED).unwrap() }
    }

    fn sign(&self, time: &str, body: &str) -> String {
        hex::encode(self.keys.sign(format!("{time}{body}").as_bytes()))
    }

    /// The time as headers have it, so many seconds away.
    fn time(&self, away: i64) -> String {
        (self.shop.world.now().timestamp() + away).to_string()
    }

    async fn knock(&self, headers: &[(&str, &str)], body: &str) -> (u16, Value) {
        self.knock_at("/discord/interactions", headers, body).await
    }

    async fn knock_at(&self, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, Value) {
        let request = self.door.request(reqwest::Method::POST, path, &Caller::Nobody);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name.parse::<reqwest::header::HeaderName>().unwrap(), value.parse().unwrap());
        }
        let response = request.headers(map).body(body.to_owned()).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }

    async fn signed(&self, away: i64, body: &str) -> (u16, Value) {
        let time = self.time(away);
        self.knock(&[("x-signature-ed25519", &self.sign(&time, body)), ("x-signature-timestamp", &time)], body).await
    }
}

#[tokio::test]
async fn a_ping_is_answered_when_it_is_signed_within_five_minutes() {
    let knocking = Knocking::new().await;
    for away in [0, 299, -299, 300, -300] {
        assert_eq!(knocking.signed(away, PING).await, (200, json!({ "type": 1 })), "{away}");
    }
    for away in [301, -301, 86_400] {
        assert_eq!(knocking.signed(away, PING).await.0, 401, "{away}");
    }
}

#[tokio::test]
async fn the_door_is_also_there_with_a_slash_at_the_end_of_its_address_and_under_another_name() {
    let knocking = Knocking::new().await;
    let time = knocking.time(0);
    let signature = knocking.sign(&time, PING);
    let headers = [("x-signature-ed25519", signature.as_str()), ("x-signature-timestamp", time.as_str())];
    for host in ["127.0.0.1", "LocalHost", "hooks.shop.example"] {
        let headers = [headers[0], headers[1], ("host", host)];
        let answered = knocking.knock_at("/discord/interactions/", &headers, PING).await;
        assert_eq!(answered, (200, json!({ "type": 1 })), "{host}");
    }
}

#[tokio::test]
async fn what_is_not_signed_in_the_one_right_way_is_refused() {
    let knocking = Knocking::new().await;
    let time = knocking.time(0);
    let good = knocking.sign(&time, PING);
    let other = knocking.sign(&time, "{}");
    let rest: String = good.chars().skip(1).collect();
    let short: String = good.chars().take(126).collect();
    let plus = format!("+{rest}");
    let (upper, padded, long) = (good.to_uppercase(), format!(" {rest}"), format!("{good}00"));
    for signature in ["", "00", &other, &plus, &upper, &padded, &long, &short] {
        let headers = [("x-signature-ed25519", signature), ("x-signature-timestamp", time.as_str())];
        assert_eq!(knocking.knock(&headers, PING).await.0, 401, "{signature}");
    }
    let (one, at) = (("x-signature-ed25519", good.as_str()), ("x-signature-timestamp", time.as_str()));
    let plus_time = format!("+{time}");
    for headers in [
        vec![],
        vec![one],
        vec![at],
        vec![one, one, at],
        vec![one, at, at],
        vec![one, ("x-signature-timestamp", plus_time.as_str())],
        vec![one, ("x-signature-timestamp", "soon")],
    ] {
        assert_eq!(knocking.knock(&headers, PING).await.0, 401, "{headers:?}");
    }
    assert_eq!(knocking.knock(&[one, at], &PING.replace('1', "2")).await.0, 401, "another body");
    assert_eq!(knocking.knock(&[one, at], PING).await.0, 200);
    assert_eq!(knocking.signed(0, &" ".repeat(1024 * 1024 + 1)).await.0, 413);
}

#[tokio::test]
async fn what_nobody_can_read_is_kept_and_answered() {
    let knocking = Knocking::new().await;
    let strange = r#"{"id":"9","type":99,"token":"t","data":{},"user":{"id":"4"}}"#;
    let (status, answer) = knocking.signed(0, strange).await;
    assert_eq!((status, &answer["type"], &answer["data"]["flags"]), (200, &json!(4), &json!(64)));
    assert_eq!(knocking.signed(0, "not json").await.0, 400);
    let kept = knocking.shop.world.store().unread(domain::words::Platform::Discord).await.unwrap();
    assert_eq!(kept, 2);
}

#[tokio::test]
async fn what_is_delivered_twice_acts_once_over_both_doors() {
    for http in [false, true] {
        let shop = Shop::with(Base::Sqlite, Plan { http, ..Plan::default() }).await;
        shop.discord.deliver_twice();
        let given: &[(&str, Given)] = &[("what_happened", "gin".into())];
        assert!(shop.discord.runs_command(shop.amal, shop.floor, "report", given).await.ephemeral());
        shop.settle().await;
        assert_eq!(shop.press(shop.noor, "claim").await.kind, 6);
        shop.settle().await;
        assert_eq!(shop.world.store().count_incidents().await.unwrap(), 1);
        let incident = shop.newest().await;
        assert_eq!(incident.version, 2, "claimed once");
        shop.look_away();
    }
}
