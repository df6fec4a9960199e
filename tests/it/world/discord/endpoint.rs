//! Interactions that are posted to the application, signed.

use std::time::Duration;

use axum::http::StatusCode;
use reqwest::Response;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

use super::interactions::FIRST_ANSWER;
use super::state::{Id, State};
use super::{FakeDiscord, Hub};

/// What the fake's key is made of.
const SEED: [u8; 32] = [42; 32];

/// The pair of keys of the application.
pub fn keys() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&SEED).unwrap()
}

/// How an interaction is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    Good,
    /// Of another body: as Discord sends it on purpose, to see whether it is looked at.
    Bad,
}

impl Hub {
    /// What the application is told to check signatures with.
    pub fn public_key(&self) -> String {
        hex::encode(self.keys.public_key())
    }

    /// Posts a payload, signed as of now.
    async fn post(&self, url: &str, body: &str, signature: Signature) -> Result<Response, reqwest::Error> {
        let now = self.read(|state| state.now().timestamp()).to_string();
        let signed = if signature == Signature::Good { format!("{now}{body}") } else { format!("{now}{body} ") };
        let signature = hex::encode(self.keys.sign(signed.as_bytes()));
        let request =
            self.client.post(url).header("x-signature-ed25519", signature).header("x-signature-timestamp", now);
        let agent = "Discord-Interactions/1.0 (+https://discord.com)";
        let request = request.header("user-agent", agent).header("content-type", "application/json");
        request.timeout(FIRST_ANSWER).body(body.to_owned()).send().await
    }

    /// Posts an interaction and takes the answer that comes with the response, if one does.
    pub async fn post_interaction(&self, url: &str, id: Id, payload: &Value) {
        let Ok(response) = self.post(url, &payload.to_string(), Signature::Good).await else { return };
        let status = response.status();
        let Ok(bytes) = response.bytes().await else { return };
        let body = serde_json::from_slice::<Value>(&bytes);
        self.change(|state| match (status.as_u16(), body) {
            (202, _) if bytes.is_empty() => {}
            (200, Ok(body)) => {
                let token = payload["token"].as_str().unwrap_or_default();
                match state.take_answer(id, token, &body, Vec::new()) {
                    Ok(_) => {}
                    // Of one that is delivered twice only the first answer counts.
                    Err(again) if again.body["code"] == 40060 => {}
                    Err(failed) => state.complain(format!("an answer that is {}", failed.body)),
                }
            }
            (status, _) => state.complain(format!("an interaction is answered {status}, with {bytes:?}")),
        });
    }
}

impl FakeDiscord {
    /// The key that signatures are checked with, in hexadecimal.
    pub fn public_key(&self) -> String {
        self.hub.public_key()
    }

    /// Sets the address that interactions are posted to, as the portal does: a ping must be answered, and one with a bad
    /// signature refused.
    pub async fn deliver_to(&self, url: &str) -> Result<(), String> {
        let (application, user) = self.hub.read(|state| (state.application, state.users[&state.bot].draw()));
        let id = self.hub.change(State::id);
        let ping = json!({
            "id": id.to_string(), "application_id": application.to_string(), "type": 1, "token": "ping", "version": 1,
            "entitlements": [], "authorizing_integration_owners": {}, "user": user, "app_permissions": "0",
        });
        let ping = ping.to_string();
        let refused = self.hub.post(url, &ping, Signature::Bad).await.map_err(|broken| broken.to_string())?;
        if refused.status() != StatusCode::UNAUTHORIZED {
            return Err(format!("a bad signature is answered {}", refused.status()));
        }
        let answered = self.hub.post(url, &ping, Signature::Good).await.map_err(|broken| broken.to_string())?;
        let status = answered.status();
        let pong: Value = answered.json().await.unwrap_or_default();
        if status != StatusCode::OK || pong["type"] != 1 {
            return Err(format!("a ping is answered {status}, with {pong}"));
        }
        self.hub.change(|state| state.endpoint = Some(url.to_owned()));
        Ok(())
    }

    /// Posts anything to the application, signed well or badly; what it is answered.
    pub async fn post_raw(&self, url: &str, body: &str, signature: Signature) -> u16 {
        self.hub.post(url, body, signature).await.unwrap().status().as_u16()
    }
}

/// How long the fake waits for something that should have happened at once.
pub const PATIENCE: Duration = Duration::from_secs(10);
