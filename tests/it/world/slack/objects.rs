//! Block Kit's small parts, and the checker that collects every problem with its place:
//! <https://docs.slack.dev/reference/block-kit/composition-objects>.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Collects what is wrong, each with a JSON pointer.
#[derive(Default)]
pub struct Checker {
    pub problems: Vec<String>,
    /// Block ids so far.
    pub block_ids: BTreeSet<String>,
    /// Action ids so far in this block.
    pub action_ids: BTreeSet<String>,
    /// What wants the cursor; only one may.
    pub focused: usize,
}

impl Checker {
    /// Something is wrong here.
    pub fn wrong(&mut self, what: &str, at: &str) {
        self.problems.push(format!("{what} [json-pointer:{at}]"));
    }

    /// An object with these fields and no others.
    pub fn object<'a>(
        &mut self,
        value: &'a Value,
        at: &str,
        required: &[&str],
        optional: &[&str],
    ) -> Option<&'a Map<String, Value>> {
        let Value::Object(fields) = value else {
            self.wrong("must provide an object", at);
            return None;
        };
        for name in required.iter().filter(|name| !fields.contains_key(**name)) {
            self.wrong(&format!("missing required field: {name}"), at);
        }
        for name in fields.keys().filter(|name| !required.iter().chain(optional).any(|known| known == name)) {
            self.wrong(&format!("invalid additional property: {name}"), at);
        }
        Some(fields)
    }

    /// A list of so many.
    pub fn list<'a>(&mut self, value: &'a Value, at: &str, fewest: usize, most: usize) -> &'a [Value] {
        let Value::Array(items) = value else {
            self.wrong("must provide an array", at);
            return &[];
        };
        if items.len() > most {
            self.wrong(&format!("no more than {most} items allowed"), at);
        }
        if items.len() < fewest {
            self.wrong(&format!("no fewer than {fewest} items allowed"), at);
        }
        items
    }

    /// Text of so many characters.
    pub fn string(&mut self, value: &Value, at: &str, fewest: usize, most: usize) {
        let Value::String(text) = value else {
            self.wrong("must be a string", at);
            return;
        };
        let length = text.chars().count();
        if length > most {
            self.wrong(&format!("must be less than {} characters", most + 1), at);
        }
        if length < fewest {
            self.wrong(&format!("must be more than {} characters", fewest - 1), at);
        }
    }

    /// A yes or no.
    pub fn flag(&mut self, value: &Value, at: &str) {
        if !value.is_boolean() {
            self.wrong("must be a boolean", at);
        }
    }

    /// One of a few words.
    pub fn word(&mut self, value: &Value, at: &str, words: &[&str]) {
        if !value.as_str().is_some_and(|word| words.contains(&word)) {
            self.wrong("must be a valid enum value", at);
        }
    }

    /// A whole number in a range.
    pub fn number(&mut self, value: &Value, at: &str, least: u64, most: u64) {
        if !value.as_u64().is_some_and(|number| (least..=most).contains(&number)) {
            self.wrong(&format!("must be a number from {least} to {most}"), at);
        }
    }

    /// A text object, plain or marked up.
    pub fn text(&mut self, value: &Value, at: &str, most: usize) {
        let Some(fields) = self.object(value, at, &["type", "text"], &["emoji", "verbatim"]) else { return };
        let plain = value["type"] == "plain_text";
        self.word(&value["type"], &format!("{at}/type"), &["plain_text", "mrkdwn"]);
        if let Some(text) = fields.get("text") {
            self.string(text, &format!("{at}/text"), 1, most);
        }
        if fields.contains_key(if plain { "verbatim" } else { "emoji" }) {
            self.wrong("a field of the other kind of text", at);
        }
    }

    /// A text object that may not be marked up.
    pub fn plain(&mut self, value: &Value, at: &str, most: usize) {
        if value.is_object() && value["type"] != "plain_text" {
            self.wrong("must be a plain_text object", at);
        }
        self.text(value, at, most);
    }

    /// A dialog that asks "Are you sure?".
    pub fn confirm(&mut self, value: &Value, at: &str) {
        let Some(fields) = self.object(value, at, &["title", "text", "confirm", "deny"], &["style"]) else { return };
        for (name, most) in [("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)] {
            if let Some(text) = fields.get(name) {
                self.plain(text, &format!("{at}/{name}"), most);
            }
        }
        if let Some(style) = fields.get("style") {
            self.word(style, &format!("{at}/style"), &["primary", "danger"]);
        }
    }

    /// One option of a menu; menus want plain text, boxes to tick may be marked up.
    pub fn option(&mut self, value: &Value, at: &str, plain: bool) {
        let Some(fields) = self.object(value, at, &["text", "value"], &["description", "url"]) else { return };
        if let Some(text) = fields.get("text") {
            let at = format!("{at}/text");
            if plain { self.plain(text, &at, 75) } else { self.text(text, &at, 75) }
        }
        if let Some(value) = fields.get("value") {
            self.string(value, &format!("{at}/value"), 1, 75);
        }
        if let Some(text) = fields.get("description") {
            self.plain(text, &format!("{at}/description"), 75);
        }
        if let Some(url) = fields.get("url") {
            self.string(url, &format!("{at}/url"), 1, 3_000);
        }
    }

    /// Options, no two with the same value.
    pub fn options(&mut self, value: &Value, at: &str, fewest: usize, most: usize, plain: bool) {
        let mut values = BTreeSet::new();
        for (index, option) in self.list(value, at, fewest, most).iter().enumerate() {
            self.option(option, &format!("{at}/{index}"), plain);
            if !values.insert(option["value"].to_string()) {
                self.wrong("option values must be unique", &format!("{at}/{index}/value"));
            }
        }
    }

    /// Groups of options.
    pub fn option_groups(&mut self, value: &Value, at: &str) {
        for (index, group) in self.list(value, at, 1, 100).iter().enumerate() {
            let at = format!("{at}/{index}");
            let Some(fields) = self.object(group, &at, &["label", "options"], &[]) else { continue };
            if let Some(label) = fields.get("label") {
                self.plain(label, &format!("{at}/label"), 75);
            }
            if let Some(options) = fields.get("options") {
                self.options(options, &format!("{at}/options"), 1, 100, true);
            }
        }
    }

    /// An id that must not stand twice; absent is fine.
    pub fn unique(&mut self, value: Option<&Value>, at: &str, what: &str) {
        let Some(value) = value else { return };
        self.string(value, at, 1, 255);
        let id = value.as_str().unwrap_or_default().to_owned();
        let ids = if what == "block_id" { &mut self.block_ids } else { &mut self.action_ids };
        if !ids.insert(id.clone()) {
            self.wrong(&format!("`{what}` already exists: {id}"), at);
        }
    }
}
