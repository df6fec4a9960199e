//! A little app for `FakeSlack` to talk to: the real client's sockets, and bare HTTP.

use std::sync::{Arc, Mutex};

use hyper_rustls::HttpsConnectorBuilder;
use reqwest::Response;
use serde_json::{Value, json};
use slack_morphism::clients_manager::{SlackSocketModeClientsManager, SlackSocketModeClientsManagerFactory};
use slack_morphism::errors::SlackClientError;
use slack_morphism::hyper_tokio::SlackClientHyperConnector;
use slack_morphism::listener::SlackClientEventsListenerEnvironment;
use slack_morphism::prelude::*;

use crate::world::slack::FakeSlack;
use crate::world::slack::workspace::{APP_TOKEN, BOT_TOKEN};

/// What an app answers to an envelope: nothing at all, or an acknowledgement with something in it.
type Answer = Box<dyn Fn(&Value) -> Option<Value> + Send + Sync>;

/// Hears every frame and answers envelopes.
struct Ears {
    frames: Mutex<Vec<Value>>,
    answer: Answer,
}

#[async_trait::async_trait]
impl SlackSocketModeClientListener for Ears {
    async fn on_message(&self, _: &SlackSocketModeWssClientId, body: String) -> Option<String> {
        let frame: Value = serde_json::from_str(&body).unwrap();
        self.frames.lock().unwrap().push(frame.clone());
        let envelope_id = frame.get("envelope_id")?;
        let payload = (self.answer)(&frame)?;
        let mut ack = json!({ "envelope_id": envelope_id });
        if !payload.is_null() {
            ack["payload"] = payload;
        }
        Some(ack.to_string())
    }

    async fn on_error(&self, _: Box<dyn std::error::Error + Send + Sync>) {}

    async fn on_disconnect(&self, _: &SlackSocketModeWssClientId) {}
}

/// An app with open sockets.
pub struct App {
    ears: Arc<Ears>,
    manager: Arc<dyn SlackSocketModeClientsManager + Send + Sync>,
}

impl App {
    /// An app that says yes to everything.
    pub async fn connect(slack: &FakeSlack) -> Self {
        Self::answering(slack, 1, |_| Some(Value::Null)).await
    }

    /// An app with so many sockets and these answers.
    pub async fn answering(
        slack: &FakeSlack,
        sockets: u32,
        answer: impl Fn(&Value) -> Option<Value> + Send + Sync + 'static,
    ) -> Self {
        let ears = Arc::new(Ears { frames: Mutex::default(), answer: Box::new(answer) });
        let client = client(slack);
        let environment = Arc::new(SlackClientEventsListenerEnvironment::new(client.clone()));
        let manager = client.http_api.connector.new_clients_manager(environment);
        let config =
            SlackClientSocketModeConfig::new().with_max_connections_count(sockets).with_initial_backoff_in_seconds(0);
        let token = SlackApiToken::new(APP_TOKEN.into());
        manager.register_new_token(&config, token, ears.clone()).await.unwrap();
        manager.start().await;
        Self { ears, manager }
    }

    /// Every frame so far.
    pub fn frames(&self) -> Vec<Value> {
        self.ears.frames.lock().unwrap().clone()
    }

    /// The payload that came last.
    pub fn last(&self) -> Value {
        self.frames().last().expect("a frame")["payload"].clone()
    }

    /// Closes the sockets.
    pub async fn leave(self) {
        self.manager.shutdown().await;
    }
}

/// The real client, pointed at the fake.
pub fn client(slack: &FakeSlack) -> Arc<SlackHyperClient> {
    let https = HttpsConnectorBuilder::new().with_native_roots().unwrap().https_or_http().enable_http1().build();
    Arc::new(SlackClient::new(SlackClientHyperConnector::from(https).with_slack_api_url(&slack.api_url())))
}

/// The bot's token, as the real client wants it.
pub fn bot_token() -> SlackApiToken {
    SlackApiToken::new(BOT_TOKEN.into())
}

/// The word in an error of the real client.
pub fn word<T: std::fmt::Debug>(result: Result<T, SlackClientError>) -> String {
    match result.unwrap_err() {
        SlackClientError::ApiError(error) => error.code,
        other => panic!("not an error of the platform: {other:?}"),
    }
}

/// A bare call with a JSON body.
pub async fn call(slack: &FakeSlack, method: &str, token: Option<&str>, body: &Value) -> Response {
    try_call(slack, method, token, body).await.unwrap()
}

/// A bare call whose connection may break.
pub async fn try_call(
    slack: &FakeSlack,
    method: &str,
    token: Option<&str>,
    body: &Value,
) -> Result<Response, reqwest::Error> {
    let client = crate::world::http().build().unwrap();
    let mut request = client.post(format!("{}/{method}", slack.api_url())).json(body);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request.send().await
}

/// What the bot is answered.
pub async fn bot(slack: &FakeSlack, method: &str, body: Value) -> Value {
    call(slack, method, Some(BOT_TOKEN), &body).await.json().await.unwrap()
}

/// What the bot is answered to a question in the query.
pub async fn ask(slack: &FakeSlack, method: &str, query: &[(&str, &str)]) -> Value {
    let client = crate::world::http().build().unwrap();
    let query = serde_urlencoded::to_string(query).unwrap();
    let request = client.get(format!("{}/{method}?{query}", slack.api_url())).bearer_auth(BOT_TOKEN);
    request.send().await.unwrap().json().await.unwrap()
}

/// The status that the bot gets for a question.
pub async fn ask_status(slack: &FakeSlack, method: &str) -> u16 {
    let client = crate::world::http().build().unwrap();
    let request = client.get(format!("{}/{method}", slack.api_url())).bearer_auth(BOT_TOKEN);
    request.send().await.unwrap().status().as_u16()
}

/// Posts to any address of the fake.
pub async fn post(url: &str, body: &Value) -> (u16, String) {
    let client = crate::world::http().build().unwrap();
    let response = client.post(url).json(body).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

/// A message with one button.
pub fn card(text: &str) -> Value {
    json!([
        { "type": "section", "block_id": "about", "text": { "type": "mrkdwn", "text": text } },
        { "type": "actions", "block_id": "steps", "elements": [
            { "type": "button", "action_id": "claim", "text": { "type": "plain_text", "text": "Claim" }, "value": "v1" },
        ] },
    ])
}

/// A form with a field of each common kind.
pub fn form() -> Value {
    let label = |text: &str| json!({ "type": "plain_text", "text": text });
    let option = |value: &str| json!({ "text": label(value), "value": value });
    json!({
        "type": "modal", "callback_id": "report", "private_metadata": "m", "notify_on_close": true,
        "title": label("Report"), "submit": label("Send"), "close": label("Cancel"),
        "blocks": [
            { "type": "input", "block_id": "what", "label": label("What"),
              "element": { "type": "plain_text_input", "action_id": "what", "max_length": 10 } },
            { "type": "input", "block_id": "kind", "label": label("Kind"), "dispatch_action": true,
              "element": { "type": "static_select", "action_id": "kind", "options": [option("theft"), option("fraud")],
                           "initial_option": option("theft") } },
            { "type": "input", "block_id": "photos", "label": label("Photos"), "optional": true,
              "element": { "type": "file_input", "action_id": "photos", "max_files": 2 } },
        ],
    })
}
