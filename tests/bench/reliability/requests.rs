//! What the API is asked, as bytes, and what it answers.

use serde_json::{Value, json};

use super::shop::Shop;
use crate::Result;
use crate::client::Connection;

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
        head.push_str(
            &format_args!("content-type: application/json\r\ncontent-length: {}\r\n", body.len()).to_string(),
        );
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

/// A photo of an incident.
pub fn upload(key: &str, incident: &str, photo: &[u8]) -> Vec<u8> {
    const BETWEEN: &str = "----photo-of-a-phone";
    let head = format!(
        "--{BETWEEN}\r\ncontent-disposition: form-data; name=\"photo\"; filename=\"photo.jpg\"\r\ncontent-type: image/jpeg\r\n\r\n"
    );
    let tail = format!("\r\n--{BETWEEN}--\r\n");
    let length = head.len() + photo.len() + tail.len();
    let request = format!(
        "POST /api/v1/incidents/{incident}/photos HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n\
         content-type: multipart/form-data; boundary={BETWEEN}\r\ncontent-length: {length}\r\n\r\n"
    );
    [request.as_bytes(), head.as_bytes(), photo, tail.as_bytes()].concat()
}

/// The reference in what a report was answered.
pub fn reference_of(body: &[u8]) -> String {
    text(&json(body), "reference").to_owned()
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

/// A form of the console, as a browser sends it from the console's own page.
pub fn form(path: &str, cookie: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let body = body.join("&");
    format!(
        "POST {path} HTTP/1.1\r\nhost: {HOST}\r\ncookie: {cookie}\r\nsec-fetch-site: same-origin\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A page of the console.
pub fn page(path: &str, cookie: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: {HOST}\r\ncookie: {cookie}\r\nsec-fetch-site: same-origin\r\n\r\n")
        .into_bytes()
}

/// The value of a header.
pub fn header<'h>(head: &'h [u8], name: &str) -> Option<&'h str> {
    let head = std::str::from_utf8(head).ok()?;
    let mut lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
    lines.find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Signs a console person in, as a browser does; the cookie of their session, and the link's token.
pub async fn sign_in(shop: &Shop, connection: &mut Connection, name: &str) -> Result<(String, String)> {
    let link = shop.command(&["enter", name]).await?;
    let token = link.rsplit('/').next().unwrap_or_default().to_owned();
    let answer = connection.ask(&form(&format!("/enter/{token}"), "", &[])).await?;
    let cookie = header(answer.head, "set-cookie").and_then(|cookie| cookie.split(';').next()).map(ToOwned::to_owned);
    let cookie = cookie.ok_or_else(|| format!("signing in was answered {}", answer.status))?;
    Ok((cookie, token))
}
