//! Block Kit: the few blocks we use, within Slack's limits. <https://docs.slack.dev/reference/block-kit/blocks/>

use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation as _;

use super::mrkdwn::{Mrkdwn, plain};

use crate::chat::cut::cut;

/// Characters of a section's text.
pub const SECTION_MAX: usize = 3_000;
/// Fields of a section, and characters of one.
pub const FIELDS_MAX: usize = 10;
pub const FIELD_MAX: usize = 2_000;
/// Characters of a header.
pub const HEADER_MAX: usize = 150;
/// Elements of a context block.
pub const CONTEXT_MAX: usize = 10;
/// Buttons of an actions block.
pub const ACTIONS_MAX: usize = 25;
/// Characters of a button.
pub const BUTTON_MAX: usize = 75;
/// Characters of a dialog's title, of its text and of its buttons.
pub const CONFIRM_TITLE_MAX: usize = 100;
pub const CONFIRM_TEXT_MAX: usize = 300;
pub const CONFIRM_BUTTON_MAX: usize = 30;
/// Blocks of a message, and of a modal or Home.
pub const MESSAGE_BLOCKS_MAX: usize = 50;
pub const VIEW_BLOCKS_MAX: usize = 100;
/// Characters of a message's own text: Slack splits it from 4,000 on.
pub const TEXT_MAX: usize = 3_500;
/// Characters of all blocks of a message: Slack refused them from about 13,200 on.
pub const BLOCKS_TEXT_MAX: usize = 10_000;

/// A message: its text is what is read aloud and shown in notifications.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub text: Mrkdwn,
    pub blocks: Vec<Value>,
}

/// A headline.
pub fn header(text: &str) -> Value {
    json!({ "type": "header", "text": plain(text, HEADER_MAX) })
}

/// A paragraph.
pub fn section(text: &Mrkdwn) -> Value {
    json!({ "type": "section", "text": text.object() })
}

/// A paragraph with a link beside it, as a button. Slack tells us of it when somebody follows it, by this id.
pub fn linked(text: &Mrkdwn, id: &str, label: &str, url: &str) -> Value {
    let button = json!({ "type": "button", "action_id": id, "text": plain(label, BUTTON_MAX), "url": url });
    json!({ "type": "section", "text": text.object(), "accessory": button })
}

/// Small print.
pub fn context(lines: &[Mrkdwn]) -> Vec<Value> {
    let block = |lines: &[Mrkdwn]| {
        let elements: Vec<Value> = lines.iter().map(Mrkdwn::object).collect();
        json!({ "type": "context", "elements": elements })
    };
    lines.chunks(CONTEXT_MAX).map(block).collect()
}

/// Labels with their values, as many blocks as they need.
pub fn fields(pairs: &[(String, String)]) -> Vec<Value> {
    let field = |(label, value): &(String, String)| {
        let label = Mrkdwn::bold(label);
        let room = FIELD_MAX - label.length() - 1;
        label.line(&Mrkdwn::fitted(value, room)).object()
    };
    let block = |pairs: &[(String, String)]| json!({ "type": "section", "fields": pairs.iter().map(field).collect::<Vec<_>>() });
    pairs.chunks(FIELDS_MAX).map(block).collect()
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// Tells what was pressed, and is unique in its message.
    pub id: String,
    pub label: String,
    pub style: Option<&'static str>,
    pub confirm: Option<Confirm>,
}

/// Asked before a button acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    pub text: String,
    pub deny: String,
}

/// Buttons in rows.
pub fn actions(buttons: &[Button]) -> Vec<Value> {
    let block =
        |buttons: &[Button]| json!({ "type": "actions", "elements": buttons.iter().map(button).collect::<Vec<_>>() });
    buttons.chunks(ACTIONS_MAX).map(block).collect()
}

fn button(button: &Button) -> Value {
    let mut element = json!({
        "type": "button",
        "action_id": button.id,
        "value": button.id,
        "text": plain(&button.label, BUTTON_MAX),
    });
    if let Some(style) = button.style {
        put(&mut element, "style", json!(style));
    }
    if let Some(confirm) = &button.confirm {
        let dialog = json!({
            "title": plain(&button.label, CONFIRM_TITLE_MAX),
            "text": plain(&confirm.text, CONFIRM_TEXT_MAX),
            "confirm": plain(&button.label, CONFIRM_BUTTON_MAX),
            "deny": plain(&confirm.deny, CONFIRM_BUTTON_MAX),
        });
        put(&mut element, "confirm", dialog);
    }
    element
}

/// Adds a field to a block or element.
pub fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

/// A long text as paragraphs: at most `room` characters of it once escaped, cut at words, a very long word inside it.
pub fn paragraphs(text: &str, room: usize) -> Vec<Value> {
    let mut pieces = vec![(String::new(), 0)];
    let mut left = room;
    for word in text.split_word_bounds() {
        let length = Mrkdwn::of(word).length();
        let fits = length <= left;
        if let Some((piece, filled)) = pieces.last_mut()
            && *filled + length <= SECTION_MAX
            && fits
        {
            piece.push_str(word);
            *filled += length;
        } else {
            let word = if fits { word.to_owned() } else { format!("{}…", cut(word, left.max(1))) };
            pieces.push((word, length));
        }
        left = left.saturating_sub(length);
        if !fits {
            break;
        }
    }
    let written = pieces.iter().filter(|(piece, _)| !piece.trim().is_empty());
    written.map(|(piece, _)| section(&Mrkdwn::fitted(piece, SECTION_MAX))).collect()
}

impl Message {
    /// The message as arguments of a call, without a place.
    pub fn arguments(&self) -> Value {
        json!({
            "text": self.text.as_str(),
            "blocks": self.blocks,
            "unfurl_links": false,
            "unfurl_media": false,
        })
    }
}
