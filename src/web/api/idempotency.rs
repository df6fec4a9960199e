//! `Idempotency-Key`: the same request acts once, however often it arrives
//! (<https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>).

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use ring::digest::{Context, SHA256};
use serde_json::Value;

use super::findings::{Findings, Wrong};
use crate::store::Delivery;

/// The header of the request.
pub const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The header of an answer to something that had arrived before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The longest key: with the name of the caller it has to fit into a delivery's 200 characters.
pub const KEY_MAX: usize = 128;

/// The key of a request, if it has one that can be used.
pub fn key<'h>(headers: &'h HeaderMap, findings: &mut Findings) -> Option<&'h str> {
    let mut given = headers.get_all(KEY).iter();
    let first = given.next()?;
    let text = first
        .to_str()
        .ok()
        .filter(|text| (1..=KEY_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()));
    if text.is_none() || given.next().is_some() {
        findings.add("Idempotency-Key", Wrong::NotAKey { most: KEY_MAX });
    }
    text
}

/// What a report arrives as.
pub fn of_report(caller: &str, key: &str, body: &Value) -> Delivery {
    Delivery { key: format!("api:{caller}:{key}"), fingerprint: fingerprint(&[], body) }
}

/// What an action arrives as; which incident it is about is part of what is in it.
pub fn of_action(caller: &str, key: &str, incident: &str, body: &Value) -> Delivery {
    Delivery { key: format!("api-action:{caller}:{key}"), fingerprint: fingerprint(incident.as_bytes(), body) }
}

/// Marks an answer that was given before.
pub fn replayed(mut response: Response) -> Response {
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// A hash of what a body says: the order of its fields, its spaces and its nulls do not count.
fn fingerprint(about: &[u8], body: &Value) -> Vec<u8> {
    let mut context = Context::new(&SHA256);
    feed(&mut context, b'#', about);
    feed_value(&mut context, body);
    context.finish().as_ref().to_owned()
}

/// Every part with its kind and its length, so that no two bodies are fed alike.
fn feed(context: &mut Context, kind: u8, part: &[u8]) {
    context.update(&[kind]);
    context.update(&(part.len() as u64).to_be_bytes());
    context.update(part);
}

fn feed_value(context: &mut Context, value: &Value) {
    match value {
        Value::Null => feed(context, b'0', &[]),
        Value::Bool(truth) => feed(context, b'?', &[u8::from(*truth)]),
        Value::Number(number) => feed(context, b'1', number.to_string().as_bytes()),
        Value::String(text) => feed(context, b'"', text.as_bytes()),
        Value::Array(list) => {
            feed(context, b'[', &(list.len() as u64).to_be_bytes());
            for value in list {
                feed_value(context, value);
            }
        }
        Value::Object(map) => {
            let mut fields: Vec<(&String, &Value)> = map.iter().filter(|(_, value)| !value.is_null()).collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            feed(context, b'{', &(fields.len() as u64).to_be_bytes());
            for (name, value) in fields {
                feed(context, b':', name.as_bytes());
                feed_value(context, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::actor::ACCOUNT_NAME_MAX;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn order_spaces_and_nulls_do_not_count_and_everything_else_does() {
        let read = |text: &str| fingerprint(b"", &serde_json::from_str(text).unwrap());
        assert_eq!(read(r#"{"a": 1, "b": [2]}"#), read(r#"{"b":[2],"c":null,"a":1}"#));
        for other in
            [r#"{"a":"1","b":[2]}"#, r#"{"a":1,"b":[[2]]}"#, r#"{"a":1,"b":[2,null]}"#, r#"{"a":1}"#, "[]", "null"]
        {
            assert_ne!(read(r#"{"a":1,"b":[2]}"#), read(other), "{other}");
        }
        assert_ne!(fingerprint(b"SW-1", &json!({})), fingerprint(b"SW-2", &json!({})));
    }

    #[test]
    fn the_longest_delivery_fits_its_row() {
        let (name, key) = ("n".repeat(ACCOUNT_NAME_MAX), "k".repeat(KEY_MAX));
        assert!(of_report(&name, &key, &json!({})).key.len() <= 200);
        assert!(of_action(&name, &key, "inc_1", &json!({})).key.len() <= 200);
    }

    proptest! {
        #[test]
        fn a_key_is_visible_ascii_or_a_problem(text in "\\PC{0,140}") {
            let Ok(value) = HeaderValue::from_str(&text) else { return Ok(()) };
            let headers: HeaderMap = [(KEY, value)].into_iter().collect();
            let mut findings = Findings::default();
            let good = (1..=128).contains(&text.len()) && text.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
            prop_assert_eq!(key(&headers, &mut findings).is_some(), good);
            prop_assert_eq!(findings.is_empty(), good);
        }
    }
}
