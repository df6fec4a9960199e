//! The hands of the people in the script: a browser's forms, and a program's key.

use domain::id::{Ids, IncidentId};
use reqwest::{Client, StatusCode, header};
use serde_json::{Map, Value, json};

use super::lines::Step;
use super::server::Server;
use crate::chat::press::{Button, Press};
use crate::cli::Complaint;
use crate::clock::RandomIds;
use crate::console::inbound::COMMAND;

/// An incident as the script knows it.
#[derive(Debug, Clone)]
pub struct Known {
    pub reference: String,
    pub id: IncidentId,
    pub version: u32,
    pub state: String,
    pub category: String,
}

/// Somebody signed in with a browser.
pub struct Browser {
    client: Client,
    address: String,
}

impl Browser {
    /// Signs in with a one-time link: looks at it, then presses its button.
    pub async fn enter(server: &Server, name: &str) -> Result<Self, Complaint> {
        let client = Client::builder().cookie_store(true).no_proxy().build().map_err(|why| why.to_string())?;
        let link = server.link(name).await?;
        page(client.get(&link)).await?;
        page(client.post(&link)).await?;
        Ok(Self { client, address: server.address.clone() })
    }

    /// Writes a line after `/report` and reads the page that answers.
    pub async fn report(&self, text: &str) -> Result<String, Complaint> {
        let nonce = RandomIds::default().uuid().simple().to_string();
        self.send(&[("what", "line"), ("line", &format!("{COMMAND} {text}")), ("delivery", &nonce)]).await
    }

    /// Presses a button; with a text where it takes one.
    pub async fn press(&self, button: Button, known: &Known, text: Option<(&str, &str)>) -> Result<String, Complaint> {
        let press = Press { button, incident: known.id, version: known.version, tap: None }.to_string();
        let what = if text.is_some() { "submit" } else { "press" };
        let mut fields = vec![("what", what), ("press", press.as_str()), ("sure", "yes")];
        fields.extend(text);
        self.send(&fields).await
    }

    /// The page as it is now.
    pub async fn look(&self) -> Result<String, Complaint> {
        page(self.client.get(&self.address)).await
    }

    async fn send(&self, fields: &[(&str, &str)]) -> Result<String, Complaint> {
        page(self.client.post(&self.address).form(fields)).await
    }
}

async fn page(request: reqwest::RequestBuilder) -> Result<String, Complaint> {
    let request = request.header(header::ACCEPT_LANGUAGE, "en").header("sec-fetch-site", "same-origin");
    let answer = request.send().await.map_err(|why| format!("the console does not answer: {}", why.without_url()))?;
    answer.text().await.map_err(|why| why.without_url().to_string())
}

/// A program with a key.
pub struct Program {
    client: Client,
    address: String,
    key: String,
}

impl Program {
    /// A program with this key.
    pub fn new(server: &Server, key: String) -> Result<Self, Complaint> {
        let client = Client::builder().no_proxy().build().map_err(|why| why.to_string())?;
        Ok(Self { client, address: server.address.clone(), key })
    }

    /// Sends a report, under a key of its own, so that sending it again changes nothing.
    pub async fn report(&self, body: &Value, idempotency: &str) -> Result<(StatusCode, Value), Complaint> {
        let request =
            self.client.post(format!("{}/api/v1/reports", self.address)).header("idempotency-key", idempotency);
        self.ask(request.json(body)).await
    }

    /// An incident as this key may see it.
    pub async fn look(&self, reference: &str) -> Result<Known, Complaint> {
        let request = self.client.get(format!("{}/api/v1/incidents/{reference}", self.address));
        let (status, body) = self.ask(request).await?;
        known(&body).ok_or_else(|| format!("{reference} cannot be read: {status}"))
    }

    /// Takes a step.
    pub async fn act(&self, known: &Known, action: &str, with: Value) -> Result<(StatusCode, Value), Complaint> {
        let mut body = json!({ "action": action, "version": known.version });
        if let (Some(body), Value::Object(with)) = (body.as_object_mut(), with) {
            body.extend(with);
        }
        let request = self.client.post(format!("{}/api/v1/incidents/{}/actions", self.address, known.reference));
        self.ask(request.json(&body)).await
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> Result<(StatusCode, Value), Complaint> {
        let request = request.bearer_auth(&self.key).header(header::ACCEPT_LANGUAGE, "en");
        let answer = request.send().await.map_err(|why| format!("the API does not answer: {}", why.without_url()))?;
        let status = answer.status();
        let body = answer.json().await.map_err(|why| format!("{status} without JSON: {}", why.without_url()))?;
        Ok((status, body))
    }
}

/// What an answer says of an incident.
pub fn known(body: &Value) -> Option<Known> {
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    Some(Known {
        reference: text("reference")?.to_owned(),
        id: text("id")?.parse().ok()?,
        version: body.get("version").and_then(Value::as_u64).and_then(|version| u32::try_from(version).ok())?,
        state: text("state")?.to_owned(),
        category: text("category")?.to_owned(),
    })
}

/// A step as the API's action and what it takes; another incident is named by its reference.
pub fn action(step: &Step, into: Option<&str>) -> (String, Value) {
    let mut with: Map<String, Value> = step.with.clone().into_iter().collect();
    match step.verb.as_str() {
        "facts" => ("complete_facts".to_owned(), json!({ "facts": with })),
        "merge" => {
            with.insert("into".to_owned(), into.map_or(Value::Null, Value::from));
            ("merge".to_owned(), Value::Object(with))
        }
        verb => (verb.to_owned(), Value::Object(with)),
    }
}
