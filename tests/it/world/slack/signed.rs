//! Signed HTTP: <https://docs.slack.dev/authentication/verifying-requests-from-slack>.

use std::sync::Arc;

use domain::clock::Clock;
use ring::hmac;
use serde_json::{Value, json};

use super::FakeSlack;
use super::delivery::{DEADLINE, Parcel, Route};
use super::workspace::VERIFICATION_TOKEN;

/// `x-slack-signature` of a body at a time.
pub fn signature(secret: &str, timestamp: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!("v0={}", hex::encode(hmac::sign(&key, format!("v0:{timestamp}:{body}").as_bytes())))
}

/// What a server answered: its status, its text, and whether it wants no more attempts.
#[derive(Debug, Clone)]
pub struct Answered {
    pub status: u16,
    pub text: String,
    pub no_retry: bool,
}

/// The fields of a command, in Slack's order.
const COMMAND: &[&str] = &[
    "token",
    "team_id",
    "team_domain",
    "channel_id",
    "channel_name",
    "user_id",
    "user_name",
    "command",
    "text",
    "api_app_id",
    "is_enterprise_install",
    "response_url",
    "trigger_id",
];

/// The same payload as the body that HTTP carries: JSON for events, a form for the rest.
pub fn as_body(parcel: &Parcel) -> (&'static str, String) {
    const FORM: &str = "application/x-www-form-urlencoded";
    match parcel.kind {
        "events_api" => ("application/json", parcel.payload.to_string()),
        "slash_commands" => {
            let fields = COMMAND.iter().map(|name| (*name, parcel.payload[*name].as_str().unwrap()));
            (FORM, serde_urlencoded::to_string(fields.collect::<Vec<_>>()).unwrap())
        }
        _ => (FORM, serde_urlencoded::to_string([("payload", parcel.payload.to_string())]).unwrap()),
    }
}

impl FakeSlack {
    /// From now on things are posted to this address, signed, and no longer sent over sockets.
    pub fn deliver_to(&self, url: &str, secret: &str) {
        let route = Route::Http { url: url.to_owned(), secret: secret.to_owned() };
        *self.route.lock().unwrap() = route;
    }

    /// From now on requests are signed at this clock's time: one that is wrong makes them stale.
    pub fn sign_by(&self, clock: Arc<dyn Clock>) {
        self.change(|workspace| workspace.signing_clock = clock);
    }

    /// Asks the address to prove that it is ours; whether it did.
    pub async fn verify_url(&self) -> bool {
        let challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P";
        let body =
            json!({ "token": VERIFICATION_TOKEN, "challenge": challenge, "type": "url_verification" }).to_string();
        let answered = self.knock("application/json", &body, None).await;
        answered.is_some_and(|answered| {
            let echoed = serde_json::from_str::<Value>(&answered.text).is_ok_and(|body| body["challenge"] == challenge);
            answered.status == 200 && (answered.text == challenge || echoed)
        })
    }

    /// Looks whether the address speaks TLS properly, as Slack does now and then; the status.
    pub async fn probe_ssl(&self) -> Option<u16> {
        let body = format!("ssl_check=1&token={VERIFICATION_TOKEN}");
        self.knock("application/x-www-form-urlencoded", &body, None).await.map(|answered| answered.status)
    }

    /// Posts a body, signed now; nothing when there is no answer in time.
    pub async fn knock(&self, media: &str, body: &str, retry: Option<(usize, &str)>) -> Option<Answered> {
        let Route::Http { url, secret } = self.route.lock().unwrap().clone() else {
            panic!("there is no address to deliver to");
        };
        let timestamp = self.see(|workspace| workspace.signing_clock.now().timestamp()).to_string();
        let client = crate::world::http().timeout(DEADLINE).build().unwrap();
        let mut request = client
            .post(url)
            .header("content-type", media)
            .header("user-agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
            .header("x-slack-request-timestamp", &timestamp)
            .header("x-slack-signature", signature(&secret, &timestamp, body));
        if let Some((number, reason)) = retry {
            request = request.header("x-slack-retry-num", number).header("x-slack-retry-reason", reason);
        }
        let response = request.body(body.to_owned()).send().await.ok()?;
        let no_retry = response.headers().get("x-slack-no-retry").is_some_and(|value| value == "1");
        let status = response.status().as_u16();
        Some(Answered { status, text: response.text().await.ok()?, no_retry })
    }
}
