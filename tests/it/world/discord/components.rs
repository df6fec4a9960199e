//! What Discord takes as components of a message and of a modal.

use std::collections::BTreeSet;

use serde_json::Value;

use super::check::Check;

const ROW: &[&str] = &["type", "id", "components"];
const BUTTON: &[&str] = &["type", "id", "style", "label", "emoji", "custom_id", "sku_id", "url", "disabled"];
#[rustfmt::skip]
const SELECT: &[&str] = &[
    "type", "id", "custom_id", "options", "channel_types", "placeholder", "default_values", "min_values",
    "max_values", "required", "disabled",
];
const OPTION: &[&str] = &["label", "value", "description", "emoji", "default"];
#[rustfmt::skip]
const INPUT: &[&str] = &[
    "type", "id", "custom_id", "label", "style", "min_length", "max_length", "required", "value", "placeholder",
];
const LABEL: &[&str] = &["type", "id", "label", "description", "component"];
const UPLOAD: &[&str] = &["type", "id", "custom_id", "min_values", "max_values", "required", "file_types"];
const MODAL: &[&str] = &["custom_id", "title", "components"];
/// At most so many rows in a message, buttons in a row, and components in a modal.
const ROWS: usize = 5;
/// At most so many components in a message of the second kind.
const COMPONENTS_V2: usize = 40;

/// The components of a message; `v2` is whether it says that it is of the second kind.
pub fn of_message(check: &mut Check, body: &Value, v2: bool) {
    let mut ids = BTreeSet::new();
    let most = if v2 { COMPONENTS_V2 } else { ROWS };
    check.list(body, "components", 0, most, |check, part| match part["type"].as_i64() {
        Some(1) => row(check, part, &mut ids),
        Some(9 | 10 | 12 | 13 | 14 | 17) if v2 => inner(check, part, &mut ids),
        _ => check.fail_at("type", "BASE_TYPE_CHOICES", "Value must be one of (1,)."),
    });
}

/// Numbers components in the order of reading, as Discord does those that were sent without an id of their own.
/// <https://docs.discord.com/developers/components/reference#anatomy-of-a-component>
pub fn number(parts: &mut [Value], last: &mut u64) {
    for part in parts {
        *last += 1;
        if part.get("id").is_none_or(|id| id.is_null() || *id == 0) {
            part["id"] = (*last).into();
        }
        if let Some(within) = part.get_mut("components").and_then(Value::as_array_mut) {
            number(within, last);
        }
        if let Some(beside) = part.get_mut("accessory") {
            number(std::slice::from_mut(beside), last);
        }
    }
}

/// Rows and buttons wherever they stand in a component of the second kind.
fn inner(check: &mut Check, part: &Value, ids: &mut BTreeSet<String>) {
    if part["accessory"]["type"] == 2 {
        check.within("accessory", |check| button(check, &part["accessory"], ids));
    }
    if part["type"] == 10 {
        check.required_text(part, "content", 1, 4_000);
    }
    check.list(part, "components", 1, COMPONENTS_V2, |check, part| match part["type"].as_i64() {
        Some(1) => row(check, part, ids),
        _ => inner(check, part, ids),
    });
}

fn row(check: &mut Check, row: &Value, ids: &mut BTreeSet<String>) {
    check.object(row, ROW);
    check.required(row, "components");
    let parts = row["components"].as_array().map_or(0, Vec::len);
    check.list(row, "components", 1, ROWS, |check, part| match part["type"].as_i64() {
        Some(2) => button(check, part, ids),
        Some(3 | 5..=8) => {
            if parts > 1 {
                check.fail("COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width");
            }
            select(check, part, ids);
        }
        _ => check.fail_at("type", "BASE_TYPE_CHOICES", "Value must be one of (2, 3, 5, 6, 7, 8)."),
    });
}

fn button(check: &mut Check, button: &Value, ids: &mut BTreeSet<String>) {
    check.object(button, BUTTON);
    check.required(button, "style");
    check.choice(button, "style", &[1, 2, 3, 4, 5, 6]);
    check.text(button, "label", 0, 80);
    check.boolean(button, "disabled");
    match button["style"].as_i64() {
        Some(5) => {
            check.required(button, "url");
            check.link(button, "url", 512, &["http", "https", "discord"]);
            if !button["custom_id"].is_null() {
                let words = "A custom id and url cannot both be specified";
                check.fail_at("custom_id", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", words);
            }
        }
        Some(6) => check.required(button, "sku_id"),
        _ => {
            custom_id(check, button, ids);
            if !button["url"].is_null() {
                let words = "A custom id and url cannot both be specified";
                check.fail_at("url", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", words);
            }
        }
    }
    if button["label"].as_str().unwrap_or_default().is_empty() && button["emoji"].is_null() {
        check.fail("BUTTON_COMPONENT_INVALID_EMOJI_OR_LABEL", "A label or emoji is required");
    }
}

fn select(check: &mut Check, select: &Value, ids: &mut BTreeSet<String>) {
    check.object(select, SELECT);
    custom_id(check, select, ids);
    check.text(select, "placeholder", 0, 150);
    check.integer(select, "min_values", 0, 25);
    check.integer(select, "max_values", 1, 25);
    check.boolean(select, "disabled");
    if select["type"] != 3 {
        return;
    }
    check.required(select, "options");
    let mut values = BTreeSet::new();
    check.list(select, "options", 1, 25, |check, option| {
        check.object(option, OPTION);
        check.required_text(option, "label", 1, 100);
        check.required_text(option, "value", 1, 100);
        check.text(option, "description", 0, 100);
        if !values.insert(option["value"].to_string()) {
            check.fail_at(
                "value",
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            );
        }
    });
    let options = select["options"].as_array().map_or(0, Vec::len);
    if select["max_values"].as_u64().is_some_and(|most| most > options as u64) {
        check.fail_at("max_values", "BASE_TYPE_MAX_LENGTH", &format!("Must be {options} or fewer in length."));
    }
}

fn custom_id(check: &mut Check, part: &Value, ids: &mut BTreeSet<String>) {
    check.required_text(part, "custom_id", 1, 100);
    if let Some(id) = part["custom_id"].as_str()
        && !ids.insert(id.to_owned())
    {
        check.fail_at("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated");
    }
}

/// A modal.
pub fn of_modal(check: &mut Check, modal: &Value) {
    if !check.object(modal, MODAL) {
        return;
    }
    check.required_text(modal, "custom_id", 1, 100);
    check.required_text(modal, "title", 1, 45);
    check.required(modal, "components");
    let mut ids = BTreeSet::new();
    check.list(modal, "components", 1, ROWS, |check, part| match part["type"].as_i64() {
        Some(1) => {
            check.object(part, ROW);
            check.required(part, "components");
            check.list(part, "components", 1, 1, |check, part| {
                check.choice(part, "type", &[4]);
                check.required_text(part, "label", 1, 45);
                input(check, part, &mut ids);
            });
        }
        Some(18) => {
            check.object(part, LABEL);
            check.required_text(part, "label", 1, 45);
            check.text(part, "description", 0, 100);
            check.within("component", |check| labelled(check, &part["component"], &mut ids));
        }
        Some(10) => check.required_text(part, "content", 1, 4_000),
        _ => check.fail_at("type", "BASE_TYPE_CHOICES", "Value must be one of (1, 10, 18)."),
    });
}

fn labelled(check: &mut Check, part: &Value, ids: &mut BTreeSet<String>) {
    match part["type"].as_i64() {
        Some(4) => input(check, part, ids),
        Some(3 | 5..=8) => select(check, part, ids),
        Some(19) => {
            check.object(part, UPLOAD);
            custom_id(check, part, ids);
            check.integer(part, "min_values", 0, 10);
            check.integer(part, "max_values", 1, 10);
        }
        _ => check.fail_at("type", "BASE_TYPE_CHOICES", "Value must be one of (3, 4, 5, 6, 7, 8, 19)."),
    }
}

fn input(check: &mut Check, input: &Value, ids: &mut BTreeSet<String>) {
    check.object(input, INPUT);
    custom_id(check, input, ids);
    check.required(input, "style");
    check.choice(input, "style", &[1, 2]);
    check.integer(input, "min_length", 0, 4_000);
    check.integer(input, "max_length", 1, 4_000);
    check.text(input, "value", 0, 4_000);
    check.text(input, "placeholder", 0, 100);
    check.boolean(input, "required");
    let (least, most) = (input["min_length"].as_u64(), input["max_length"].as_u64());
    if least.zip(most).is_some_and(|(least, most)| least > most) {
        check.fail_at("min_length", "NUMBER_TYPE_MAX", "min_length must be less than or equal to max_length");
    }
}
