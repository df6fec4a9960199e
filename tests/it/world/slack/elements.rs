//! Block Kit's elements: <https://docs.slack.dev/reference/block-kit/block-elements>.

use serde_json::{Map, Value};

use super::objects::Checker;

/// Where an element may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Accessory,
    Actions,
    Input,
}

/// One kind of element: its fields beside `type` and `action_id`, and where it may stand.
struct Kind {
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
    places: &'static [Place],
}

const EVERYWHERE: &[Place] = &[Place::Accessory, Place::Actions, Place::Input];
const PRESSED: &[Place] = &[Place::Accessory, Place::Actions];
const FILLED: &[Place] = &[Place::Input];

const fn kind(
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
    places: &'static [Place],
) -> Kind {
    Kind { name, required, optional, places }
}

const KINDS: &[Kind] = &[
    kind("button", &["text"], &["value", "url", "style", "confirm", "accessibility_label"], PRESSED),
    kind("overflow", &["options"], &["confirm"], PRESSED),
    kind("checkboxes", &["options"], &["initial_options", "confirm", "focus_on_load"], EVERYWHERE),
    kind("radio_buttons", &["options"], &["initial_option", "confirm", "focus_on_load"], EVERYWHERE),
    kind("datepicker", &[], &["initial_date", "confirm", "focus_on_load", "placeholder"], EVERYWHERE),
    kind("timepicker", &[], &["initial_time", "timezone", "confirm", "focus_on_load", "placeholder"], EVERYWHERE),
    kind("datetimepicker", &[], &["initial_date_time", "confirm", "focus_on_load"], &[Place::Actions, Place::Input]),
    kind(
        "static_select",
        &[],
        &["options", "option_groups", "initial_option", "confirm", "focus_on_load", "placeholder"],
        EVERYWHERE,
    ),
    kind(
        "multi_static_select",
        &[],
        &[
            "options",
            "option_groups",
            "initial_options",
            "confirm",
            "focus_on_load",
            "placeholder",
            "max_selected_items",
        ],
        EVERYWHERE,
    ),
    kind(
        "external_select",
        &[],
        &["initial_option", "min_query_length", "confirm", "focus_on_load", "placeholder"],
        EVERYWHERE,
    ),
    kind("users_select", &[], &["initial_user", "confirm", "focus_on_load", "placeholder"], EVERYWHERE),
    kind(
        "multi_users_select",
        &[],
        &["initial_users", "confirm", "focus_on_load", "placeholder", "max_selected_items"],
        EVERYWHERE,
    ),
    kind(
        "channels_select",
        &[],
        &["initial_channel", "confirm", "focus_on_load", "placeholder", "response_url_enabled"],
        EVERYWHERE,
    ),
    kind(
        "conversations_select",
        &[],
        &[
            "initial_conversation",
            "default_to_current_conversation",
            "filter",
            "confirm",
            "focus_on_load",
            "placeholder",
            "response_url_enabled",
        ],
        EVERYWHERE,
    ),
    kind(
        "plain_text_input",
        &[],
        &[
            "initial_value",
            "multiline",
            "min_length",
            "max_length",
            "dispatch_action_config",
            "focus_on_load",
            "placeholder",
        ],
        FILLED,
    ),
    kind("email_text_input", &[], &["initial_value", "dispatch_action_config", "focus_on_load", "placeholder"], FILLED),
    kind("url_text_input", &[], &["initial_value", "dispatch_action_config", "focus_on_load", "placeholder"], FILLED),
    kind(
        "number_input",
        &["is_decimal_allowed"],
        &["initial_value", "min_value", "max_value", "dispatch_action_config", "focus_on_load", "placeholder"],
        FILLED,
    ),
    kind("file_input", &[], &["filetypes", "max_files"], FILLED),
];

impl Checker {
    /// An element at its place.
    pub fn element(&mut self, value: &Value, at: &str, place: Place) {
        let name = value["type"].as_str().unwrap_or_default();
        if name == "image" && place == Place::Accessory {
            self.image(value, at, &[]);
            return;
        }
        let Some(kind) = KINDS.iter().find(|kind| kind.name == name && kind.places.contains(&place)) else {
            self.wrong(&format!("unsupported type: {name}"), &format!("{at}/type"));
            return;
        };
        let required: Vec<&str> = ["type"].iter().chain(kind.required).copied().collect();
        let optional: Vec<&str> = ["action_id"].iter().chain(kind.optional).copied().collect();
        let Some(fields) = self.object(value, at, &required, &optional) else { return };
        self.unique(fields.get("action_id"), &format!("{at}/action_id"), "action_id");
        for (field, value) in fields {
            self.field(name, field, value, &format!("{at}/{field}"));
        }
        self.choices(name, fields, at);
        if let (Some(least), Some(most)) = (fields.get("min_length"), fields.get("max_length"))
            && least.as_u64() > most.as_u64()
        {
            self.wrong("must not be more than `max_length`", &format!("{at}/min_length"));
        }
    }

    fn field(&mut self, kind: &str, field: &str, value: &Value, at: &str) {
        match field {
            "text" => self.plain(value, at, 75),
            "value" => self.string(value, at, 0, 2_000),
            "url" => self.string(value, at, 1, 3_000),
            "style" => self.word(value, at, &["primary", "danger"]),
            "confirm" => self.confirm(value, at),
            "accessibility_label" => self.string(value, at, 1, 75),
            "placeholder" => self.plain(value, at, 150),
            "options" => {
                let (fewest, most) = match kind {
                    "overflow" => (1, 5),
                    "checkboxes" | "radio_buttons" => (1, 10),
                    _ => (1, 100),
                };
                self.options(value, at, fewest, most, !matches!(kind, "checkboxes" | "radio_buttons"));
            }
            "option_groups" => self.option_groups(value, at),
            "max_length" => self.number(value, at, 1, 3_000),
            "min_length" => self.number(value, at, 0, 3_000),
            "max_files" => self.number(value, at, 1, 10),
            "max_selected_items" => self.number(value, at, 1, u64::MAX),
            "initial_value" => self.string(value, at, 0, 3_000),
            "initial_date" => self.shaped(value, at, "0000-00-00"),
            "initial_time" => self.shaped(value, at, "00:00"),
            "initial_date_time" => self.number(value, at, 1_000_000_000, 9_999_999_999),
            "filetypes" => {
                for (index, kind) in self.list(value, at, 1, 100).iter().enumerate() {
                    self.string(kind, &format!("{at}/{index}"), 1, 255);
                }
            }
            "multiline" | "is_decimal_allowed" | "response_url_enabled" | "default_to_current_conversation" => {
                self.flag(value, at);
            }
            "focus_on_load" => {
                self.flag(value, at);
                self.focused += usize::from(*value == Value::Bool(true));
                if self.focused > 1 {
                    self.wrong("only one element may be focused on load", at);
                }
            }
            // Deep inside these Slack decides by the workspace; their presence was checked.
            _ => {}
        }
    }

    /// Digits where the pattern has zeros, and the rest as it is.
    fn shaped(&mut self, value: &Value, at: &str, pattern: &str) {
        let text = value.as_str().unwrap_or_default();
        let fits = text.len() == pattern.len()
            && text
                .chars()
                .zip(pattern.chars())
                .all(|(is, like)| if like == '0' { is.is_ascii_digit() } else { is == like });
        if !fits {
            self.wrong(&format!("must match the format {}", pattern.replace('0', "#")), at);
        }
    }

    /// A menu has something to choose, and what is chosen already is among it.
    fn choices(&mut self, kind: &str, fields: &Map<String, Value>, at: &str) {
        if matches!(kind, "static_select" | "multi_static_select") {
            match (fields.contains_key("options"), fields.contains_key("option_groups")) {
                (false, false) => self.wrong("missing required field: options", at),
                (true, true) => self.wrong("options and option_groups exclude each other", at),
                _ => {}
            }
        }
        if kind == "external_select" {
            return;
        }
        let own = fields.get("options").and_then(Value::as_array).into_iter().flatten();
        let groups = fields.get("option_groups").and_then(Value::as_array).into_iter().flatten();
        let all: Vec<&Value> =
            own.chain(groups.flat_map(|group| group["options"].as_array().into_iter().flatten())).collect();
        let one = fields.get("initial_option").into_iter();
        let several = fields.get("initial_options").and_then(Value::as_array).into_iter().flatten();
        for initial in one.chain(several) {
            if !all.contains(&initial) {
                self.wrong("initial option must be one of the options", at);
            }
        }
    }

    /// An image: as a block or beside text.
    pub fn image(&mut self, value: &Value, at: &str, more: &[&str]) {
        let optional: Vec<&str> = ["image_url", "slack_file"].iter().chain(more).copied().collect();
        let Some(fields) = self.object(value, at, &["type", "alt_text"], &optional) else { return };
        if let Some(text) = fields.get("alt_text") {
            self.string(text, &format!("{at}/alt_text"), 1, 2_000);
        }
        if let Some(url) = fields.get("image_url") {
            self.string(url, &format!("{at}/image_url"), 1, 3_000);
        }
        if fields.contains_key("image_url") == fields.contains_key("slack_file") {
            self.wrong("exactly one of image_url and slack_file", at);
        }
    }
}
