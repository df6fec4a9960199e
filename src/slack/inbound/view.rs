//! Modals: their answers and their questions.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat};
use domain::report::Attached;
use serde_json::Value;

use super::{file, text};
use crate::chat::inbound::Answers;

/// A modal's answers by field, and the photos in it. <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload/>
pub(super) fn answers(view: &Value) -> (Answers, Vec<Attached>) {
    let (mut answers, mut photos) = (BTreeMap::new(), Vec::new());
    let blocks = view.pointer("/state/values").and_then(Value::as_object).into_iter().flatten();
    for (field, elements) in blocks {
        for element in elements.as_object().into_iter().flat_map(|elements| elements.values()) {
            let values = values(element);
            if !values.is_empty() {
                answers.insert(field.clone(), values);
            }
            let files = element.get("files").and_then(Value::as_array).into_iter().flatten();
            photos.extend(files.filter_map(file));
        }
    }
    (Answers(answers), photos)
}

fn values(element: &Value) -> Vec<String> {
    if let Some(seconds) = element.get("selected_date_time").and_then(Value::as_i64) {
        let at = DateTime::from_timestamp(seconds, 0);
        return at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).into_iter().collect();
    }
    if let Some(option) = text(element, "/selected_option/value") {
        return vec![option];
    }
    if let Some(options) = element.get("selected_options").and_then(Value::as_array) {
        return options.iter().filter_map(|option| text(option, "/value")).collect();
    }
    match element.get("value") {
        Some(Value::String(value)) => vec![value.clone()],
        Some(Value::Number(value)) => vec![value.to_string()],
        _ => Vec::new(),
    }
}

/// The questions of a modal, in their order.
pub(super) fn asked(view: &Value) -> Vec<String> {
    let blocks = view.get("blocks").and_then(Value::as_array).into_iter().flatten();
    let inputs = blocks.filter(|block| block.get("type").and_then(Value::as_str) == Some("input"));
    inputs.filter_map(|block| text(block, "/block_id")).collect()
}
