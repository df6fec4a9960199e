//! Block Kit's blocks and views: <https://docs.slack.dev/reference/block-kit/blocks>,
//! <https://docs.slack.dev/reference/views>.

use serde_json::{Value, json};

use super::elements::Place;
use super::objects::Checker;
use super::workspace::Workspace;

/// Where blocks are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    Message,
    Modal,
    Home,
}

/// Blocks as Slack keeps them, or everything that is wrong.
pub fn checked(workspace: &mut Workspace, blocks: &[Value], surface: Surface) -> Result<Vec<Value>, Vec<String>> {
    let mut checker = Checker::default();
    checker.blocks(&json!(blocks), "/blocks", surface);
    if !checker.problems.is_empty() {
        return Err(checker.problems);
    }
    Ok(blocks.iter().map(|block| workspace.completed(block)).collect())
}

/// A view as Slack keeps it, or everything that is wrong.
pub fn checked_view(workspace: &mut Workspace, view: &Value, surface: Surface) -> Result<Value, Vec<String>> {
    let mut checker = Checker::default();
    checker.view(view, surface);
    if !checker.problems.is_empty() {
        return Err(checker.problems);
    }
    let mut view = view.clone();
    let blocks = view["blocks"].as_array().unwrap().iter().map(|block| workspace.completed(block)).collect();
    view["blocks"] = Value::Array(blocks);
    Ok(view)
}

/// How many characters of text stand in a block.
pub fn length(value: &Value) -> usize {
    match value {
        Value::Object(fields) => {
            let own = fields.get("text").and_then(Value::as_str).map_or(0, |text| text.chars().count());
            own + fields.values().map(length).sum::<usize>()
        }
        Value::Array(items) => items.iter().map(length).sum(),
        _ => 0,
    }
}

impl Checker {
    fn blocks(&mut self, value: &Value, at: &str, surface: Surface) {
        let most = if surface == Surface::Message { 50 } else { 100 };
        let fewest = usize::from(surface == Surface::Modal);
        for (index, block) in self.list(value, at, fewest, most).iter().enumerate() {
            self.block(block, &format!("{at}/{index}"), surface);
        }
    }

    fn block(&mut self, block: &Value, at: &str, surface: Surface) {
        self.action_ids.clear();
        match (block["type"].as_str().unwrap_or_default(), surface) {
            ("section", _) => self.section(block, at),
            ("header", _) => {
                self.object(block, at, &["type", "text"], &["block_id"]);
                self.plain(&block["text"], &format!("{at}/text"), 150);
            }
            ("divider", _) => drop(self.object(block, at, &["type"], &["block_id"])),
            ("image", _) => {
                self.image(block, at, &["block_id", "title"]);
                if let Some(title) = block.get("title") {
                    self.plain(title, &format!("{at}/title"), 2_000);
                }
            }
            ("context", _) => self.context(block, at),
            ("actions", _) => {
                self.object(block, at, &["type", "elements"], &["block_id"]);
                let at = format!("{at}/elements");
                for (index, element) in self.list(&block["elements"], &at, 1, 25).iter().enumerate() {
                    self.element(element, &format!("{at}/{index}"), Place::Actions);
                }
            }
            ("input", Surface::Modal | Surface::Home) => self.input(block, at, surface),
            ("rich_text", _) => {
                self.object(block, at, &["type", "elements"], &["block_id"]);
                for (index, part) in
                    self.list(&block["elements"], &format!("{at}/elements"), 1, 1_000).iter().enumerate()
                {
                    let words = ["rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"];
                    self.word(&part["type"], &format!("{at}/elements/{index}/type"), &words);
                }
            }
            (other, _) => self.wrong(&format!("unsupported type: {other}"), &format!("{at}/type")),
        }
        self.unique(block.get("block_id"), &format!("{at}/block_id"), "block_id");
    }

    fn section(&mut self, block: &Value, at: &str) {
        let optional = ["block_id", "text", "fields", "accessory", "expand"];
        let Some(parts) = self.object(block, at, &["type"], &optional) else { return };
        if !parts.contains_key("text") && !parts.contains_key("fields") {
            self.wrong("missing required field: text or fields", at);
        }
        if let Some(text) = parts.get("text") {
            self.text(text, &format!("{at}/text"), 3_000);
        }
        if let Some(fields) = parts.get("fields") {
            let at = format!("{at}/fields");
            for (index, field) in self.list(fields, &at, 1, 10).iter().enumerate() {
                self.text(field, &format!("{at}/{index}"), 2_000);
            }
        }
        if let Some(accessory) = parts.get("accessory") {
            self.element(accessory, &format!("{at}/accessory"), Place::Accessory);
        }
        if let Some(expand) = parts.get("expand") {
            self.flag(expand, &format!("{at}/expand"));
        }
    }

    fn context(&mut self, block: &Value, at: &str) {
        self.object(block, at, &["type", "elements"], &["block_id"]);
        let at = format!("{at}/elements");
        for (index, element) in self.list(&block["elements"], &at, 1, 10).iter().enumerate() {
            let at = format!("{at}/{index}");
            if element["type"] == "image" { self.image(element, &at, &[]) } else { self.text(element, &at, 3_000) }
        }
    }

    fn input(&mut self, block: &Value, at: &str, surface: Surface) {
        let optional = ["block_id", "hint", "optional", "dispatch_action"];
        let Some(parts) = self.object(block, at, &["type", "label", "element"], &optional) else { return };
        for name in ["label", "hint"] {
            if let Some(text) = parts.get(name) {
                self.plain(text, &format!("{at}/{name}"), 2_000);
            }
        }
        for name in ["optional", "dispatch_action"] {
            if let Some(flag) = parts.get(name) {
                self.flag(flag, &format!("{at}/{name}"));
            }
        }
        if let Some(element) = parts.get("element") {
            self.element(element, &format!("{at}/element"), Place::Input);
            if surface == Surface::Home && element["type"] == "file_input" {
                self.wrong("unsupported type: file_input", &format!("{at}/element/type"));
            }
        }
    }

    fn view(&mut self, view: &Value, surface: Surface) {
        let shared = ["private_metadata", "callback_id", "external_id"];
        let modal =
            ["private_metadata", "callback_id", "external_id", "close", "submit", "clear_on_close", "notify_on_close"];
        let is_modal = surface == Surface::Modal;
        let required: &[&str] = if is_modal { &["type", "title", "blocks"] } else { &["type", "blocks"] };
        let optional: &[&str] = if is_modal { &modal } else { &shared };
        let Some(parts) = self.object(view, "/view", required, optional) else { return };
        self.word(&view["type"], "/view/type", if is_modal { &["modal"] } else { &["home"] });
        for name in ["title", "submit", "close"] {
            if let Some(text) = parts.get(name) {
                self.plain(text, &format!("/view/{name}"), 24);
            }
        }
        for (name, most) in [("private_metadata", 3_000), ("callback_id", 255), ("external_id", 255)] {
            if let Some(text) = parts.get(name) {
                self.string(text, &format!("/view/{name}"), 0, most);
            }
        }
        for name in ["clear_on_close", "notify_on_close"] {
            if let Some(flag) = parts.get(name) {
                self.flag(flag, &format!("/view/{name}"));
            }
        }
        self.blocks(&view["blocks"], "/view/blocks", surface);
        let asks = view["blocks"].as_array().into_iter().flatten().any(|block| block["type"] == "input");
        if is_modal && asks && !parts.contains_key("submit") {
            self.wrong("missing required field: submit", "/view");
        }
    }
}

impl Workspace {
    /// A block with the ids that Slack gives where the app gave none, and the defaults that it adds.
    fn completed(&mut self, block: &Value) -> Value {
        let mut block = block.clone();
        if block.get("block_id").is_none() {
            block["block_id"] = json!(format!("gen{}", self.serial()));
        }
        for name in ["element", "accessory"] {
            if let Some(element) = block.get_mut(name) {
                self.complete_element(element);
            }
        }
        let elements = block.get_mut("elements").and_then(Value::as_array_mut);
        for element in elements.into_iter().flatten() {
            self.complete_element(element);
        }
        complete_texts(&mut block);
        block
    }

    fn complete_element(&mut self, element: &mut Value) {
        let stateless = ["image", "plain_text", "mrkdwn"];
        let kind = element["type"].as_str().unwrap_or_default();
        if element.get("action_id").is_none() && !stateless.contains(&kind) && !kind.starts_with("rich_text") {
            element["action_id"] = json!(format!("gen{}", self.serial()));
        }
    }
}

fn complete_texts(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let default = match fields.get("type").and_then(Value::as_str) {
                Some("plain_text") => Some("emoji"),
                Some("mrkdwn") => Some("verbatim"),
                _ => None,
            };
            if let Some(name) = default {
                fields.entry(name).or_insert(Value::Bool(name == "emoji"));
            }
            fields.values_mut().for_each(complete_texts);
        }
        Value::Array(items) => items.iter_mut().for_each(complete_texts),
        _ => {}
    }
}
