//! Interactions that are posted and signed.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::Town;
use crate::world::discord::Signature;

/// An application that checks signatures and answers in its response.
async fn application(State(key): State<Arc<String>>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    let signed = [text("x-signature-timestamp").as_bytes(), &body].concat();
    let signature = hex::decode(text("x-signature-ed25519")).unwrap();
    if UnparsedPublicKey::new(&ED25519, hex::decode(&*key).unwrap()).verify(&signed, &signature).is_err() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let told: Value = serde_json::from_slice(&body).unwrap();
    if told["type"] == 1 {
        return Json(json!({ "type": 1 })).into_response();
    }
    Json(json!({ "type": 4, "data": { "content": told["data"]["name"] } })).into_response()
}

async fn open(router: Router) -> (String, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/discord/interactions", listener.local_addr().unwrap());
    let mut serving = JoinSet::new();
    serving.spawn(async { axum::serve(listener, router).await.unwrap() });
    (url, serving)
}

#[tokio::test]
async fn an_address_that_checks_signatures_gets_the_interactions() {
    let town = Town::new().await;
    let key = Arc::new(town.discord.public_key());
    let router = Router::new().route("/discord/interactions", post(application)).with_state(key);
    let (url, _serving) = open(router).await;
    assert_eq!(town.discord.deliver_to(&url).await, Ok(()));
    town.register(json!([{ "name": "report", "description": "d" }])).await;
    let answered = town.discord.runs_command(town.amal, town.triage, "report", &[]).await;
    assert_eq!(answered.message().content, "report");
    town.discord.deliver_twice();
    let answered = town.discord.runs_command(town.amal, town.triage, "report", &[]).await;
    assert_eq!(answered.kind, 4);
    assert_eq!(town.discord.messages(town.triage).len(), 2, "of the second delivery nothing came");
    assert_eq!(town.discord.post_raw(&url, "{}", Signature::Bad).await, 401);
    assert_eq!(town.discord.post_raw(&url, r#"{"type":1}"#, Signature::Good).await, 200);
}

#[tokio::test]
async fn an_address_that_takes_every_signature_is_refused() {
    let town = Town::new().await;
    let router = Router::new().route("/discord/interactions", post(async || Json(json!({ "type": 1 }))));
    let (url, _serving) = open(router).await;
    assert_eq!(town.discord.deliver_to(&url).await, Err("a bad signature is answered 200 OK".to_owned()));
}
