//! The arguments of a call, however they came: as JSON, as a form or in the query.

use std::collections::BTreeMap;

use serde_json::Value;

use super::refusal::Refusal;

/// Arguments by name, without the token.
#[derive(Debug, Default)]
pub struct Arguments(pub BTreeMap<String, Value>);

impl Arguments {
    /// From a form or a query.
    pub fn from_form(text: &str) -> Self {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(text).unwrap_or_default();
        Self(pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect())
    }

    /// Text; numbers count as text, as they do in a form.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// Text that must be there; the door has checked it.
    pub fn needed(&self, name: &str) -> Result<String, Refusal> {
        let missing = || Refusal::invalid_arguments(&[format!("missing required field: {name}")]);
        self.text(name).filter(|text| !text.is_empty()).ok_or_else(missing)
    }

    /// A yes or no; absent is no.
    pub fn flag(&self, name: &str) -> bool {
        self.text(name).is_some_and(|text| matches!(text.as_str(), "true" | "1"))
    }

    /// A number in a range.
    pub fn number(&self, name: &str, usual: usize, most: usize) -> Result<usize, Refusal> {
        let Some(text) = self.text(name) else { return Ok(usual) };
        let number = text.parse().ok().filter(|number| (1..=most).contains(number));
        number.ok_or_else(|| Refusal::of("invalid_limit"))
    }

    /// Something structured: JSON, or JSON in a string.
    pub fn json(&self, name: &str) -> Option<Result<Value, Refusal>> {
        // Slack says no more about it than the word.
        let refusal = || Refusal::of(if name == "blocks" { "invalid_blocks_format" } else { "invalid_arguments" });
        Some(match self.0.get(name)? {
            Value::String(text) if text.is_empty() => return None,
            Value::String(text) => serde_json::from_str(text).ok().ok_or_else(refusal),
            other => Ok(other.clone()),
        })
    }
}

/// One page of a list, and the cursor of the next.
pub fn page<T: Clone>(all: &[T], arguments: &Arguments, usual: usize) -> Result<(Vec<T>, String), Refusal> {
    let limit = arguments.number("limit", usual, 1_000)?;
    let start = match arguments.text("cursor").filter(|cursor| !cursor.is_empty()) {
        None => 0,
        Some(cursor) => {
            let number = cursor.strip_prefix("bmV4dA").and_then(|text| text.strip_suffix("==")?.parse().ok());
            number.filter(|start| *start <= all.len()).ok_or_else(|| Refusal::of("invalid_cursor"))?
        }
    };
    let end = (start + limit).min(all.len());
    let next = if end < all.len() { format!("bmV4dA{end}==") } else { String::new() };
    Ok((all[start..end].to_vec(), next))
}
