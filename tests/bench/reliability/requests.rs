//! What the API is asked, as bytes, and what it answers.

use serde_json::{Value, json};

/// The API's own address; its host has to be a name of the server.
const HOST: &str = "localhost";

/// A request to the API.
pub fn request(method: &str, path: &str, bearer: &str, delivery: Option<&str>, body: Option<&Value>) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {HOST}\r\nauthorization: Bearer {bearer}\r\n");
    if let Some(delivery) = delivery {
        head.push_str(&format_args!("idempotency-key: {delivery}\r\n").to_string());
    }
    let body = body.map(ToString::to_string).unwrap_or_default();
    if !body.is_empty() {
        head.push_str(&format_args!("content-type: application/json\r\ncontent-length: {}\r\n", body.len()).to_string());
    }
    format!("{head}\r\n{body}").into_bytes()
}

/// A report; of the category that no timer touches for a day.
pub fn report(bearer: &str, delivery: &str) -> Vec<u8> {
    let body = json!({
        "site": "kings-cross", "category": "info", "what_happened": format!("wet floor, {delivery}"), "zone": "aisle",
    });
    request("POST", "/api/v1/reports", bearer, Some(delivery), Some(&body))
}

/// A step of triage.
pub fn act(bearer: &str, reference: &str, delivery: &str, body: &Value) -> Vec<u8> {
    request("POST", &format!("/api/v1/incidents/{reference}/actions"), bearer, Some(delivery), Some(body))
}

/// Reading an incident.
pub fn read(bearer: &str, reference: &str) -> Vec<u8> {
    request("GET", &format!("/api/v1/incidents/{reference}"), bearer, None, None)
}

/// A body as JSON; null if it is none.
pub fn json(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}

/// A text of a JSON object; empty if it has none.
pub fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
