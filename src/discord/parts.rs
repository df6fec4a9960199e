//! The parts of a message, within Discord's limits. However a message is made, nobody's telephone rings because of a word in
//! it: `allowed_mentions` is part of every body. <https://discord.com/developers/docs/resources/message>

use hyper::body::Bytes;
use serde_json::{Map, Value, json};

use super::markdown::Markdown;

use crate::chat::cut::cut;

/// Characters of a message's own text.
pub const CONTENT_MAX: usize = 2_000;
/// Characters of an embed's title, of its text, of its footer, and of all of it.
pub const TITLE_MAX: usize = 256;
pub const DESCRIPTION_MAX: usize = 4_096;
pub const FOOTER_MAX: usize = 2_048;
pub const EMBED_MAX: usize = 6_000;
/// Fields of an embed, and characters of a field's name and value.
pub const FIELDS_MAX: usize = 25;
pub const NAME_MAX: usize = 256;
pub const VALUE_MAX: usize = 1_024;
/// Rows of components, and buttons of a row.
pub const ROWS_MAX: usize = 5;
pub const BUTTONS_MAX: usize = 5;
/// Characters of a button's label, of an id, of a placeholder.
pub const LABEL_MAX: usize = 80;
pub const ID_MAX: usize = 100;
pub const PLACEHOLDER_MAX: usize = 150;
/// Options of a select or of an autocompletion, and characters of one.
pub const OPTIONS_MAX: usize = 25;
pub const OPTION_MAX: usize = 100;
/// Characters of a modal's title, its inputs, and characters of an input's label, placeholder and text.
pub const MODAL_TITLE_MAX: usize = 45;
pub const INPUTS_MAX: usize = 5;
pub const INPUT_LABEL_MAX: usize = 45;
pub const INPUT_PLACEHOLDER_MAX: usize = 100;
pub const INPUT_MAX: usize = 4_000;

/// Attachments of a message (code 30015).
/// <https://docs.discord.com/developers/topics/opcodes-and-status-codes>
pub const ATTACHMENTS_MAX: usize = 10;
/// The largest file that everybody may send, in bytes. <https://docs.discord.com/developers/reference#uploading-files>
pub const FILE_MAX: usize = 10 * 1024 * 1024;
/// The largest request, in bytes, with room for what stands around the files.
/// <https://docs.discord.com/developers/resources/message#create-message>
pub const FILES_MAX: usize = 25 * 1024 * 1024 - 256 * 1024;
/// Characters of an attachment's description. <https://docs.discord.com/developers/resources/message#attachment-object>
pub const ATTACHMENT_MAX: usize = 1_024;

/// Only who caused a message sees it.
pub const EPHEMERAL: u64 = 1 << 6;

/// A message: its text is what is read aloud and shown in notifications.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Message {
    pub text: Markdown,
    pub embed: Option<Embed>,
    /// At most [`ROWS_MAX`].
    pub rows: Vec<Value>,
}

/// A file of a message.
#[derive(Debug, Clone)]
pub struct File {
    pub name: String,
    pub media: &'static str,
    /// What is read aloud in its place.
    pub about: String,
    pub bytes: Bytes,
}

/// What stands in the box under a message's text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Embed {
    pub title: Markdown,
    pub text: Markdown,
    pub fields: Vec<(Markdown, Markdown)>,
    /// Small print in which Discord reads no markup; a copy is known by it.
    pub footer: String,
}

impl Message {
    /// The message as a body; what is absent is taken away by an edit.
    pub fn body(&self) -> Value {
        let embeds: Vec<Value> = self.embed.iter().map(Embed::drawn).collect();
        json!({
            "content": self.text.as_str(),
            "embeds": embeds,
            "components": self.rows.iter().take(ROWS_MAX).collect::<Vec<_>>(),
            "allowed_mentions": { "parse": [] },
        })
    }

    /// The message with these files and no others; each is known by its place in the request.
    pub fn with_files(&self, files: &[File]) -> Value {
        let attachment = |(at, file): (usize, &File)| json!({ "id": at, "filename": file.name, "description": cut(&file.about, ATTACHMENT_MAX) });
        let attachments: Vec<Value> = files.iter().enumerate().map(attachment).collect();
        let mut body = self.body();
        put(&mut body, "attachments", json!(attachments));
        body
    }

    /// The message as a body that only one person sees.
    pub fn whispered(&self) -> Value {
        let mut body = self.body();
        put(&mut body, "flags", json!(EPHEMERAL));
        body
    }
}

impl Embed {
    fn drawn(&self) -> Value {
        let mut drawn = Map::new();
        let mut add = |name: &str, text: &Markdown| {
            if !text.as_str().is_empty() {
                drawn.insert(name.to_owned(), json!(text.as_str()));
            }
        };
        add("title", &self.title);
        add("description", &self.text);
        if !self.footer.is_empty() {
            drawn.insert("footer".to_owned(), json!({ "text": cut(&self.footer, FOOTER_MAX) }));
        }
        let field = |(name, value): &(Markdown, Markdown)| json!({ "name": name.as_str(), "value": value.as_str(), "inline": true });
        if !self.fields.is_empty() {
            drawn.insert("fields".to_owned(), self.fields.iter().take(FIELDS_MAX).map(field).collect());
        }
        Value::Object(drawn)
    }

    /// How many characters Discord counts.
    pub fn length(&self) -> usize {
        let fields: usize = self.fields.iter().map(|(name, value)| name.length() + value.length()).sum();
        self.title.length() + self.text.length() + self.footer.chars().count() + fields
    }
}

/// A field; one without a value has no place in an embed.
pub fn field(label: &str, value: &str) -> Option<(Markdown, Markdown)> {
    let there = !label.trim().is_empty() && !value.trim().is_empty();
    there.then(|| (Markdown::fitted(label, NAME_MAX), Markdown::fitted(value, VALUE_MAX)))
}

/// How a button stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Main = 1,
    Plain = 2,
    Danger = 4,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// Tells what was pressed, and is unique in its message.
    pub id: String,
    pub label: String,
    pub style: Style,
}

/// Buttons in rows.
pub fn buttons(buttons: &[Button]) -> Vec<Value> {
    let button = |button: &Button| {
        let label = cut(&button.label, LABEL_MAX);
        json!({ "type": 2, "style": button.style as u8, "label": label, "custom_id": button.id })
    };
    let rows = buttons.chunks(BUTTONS_MAX).take(ROWS_MAX);
    rows.map(|row| json!({ "type": 1, "components": row.iter().map(button).collect::<Vec<_>>() })).collect()
}

/// A select, in a row of its own.
pub fn select(id: &str, placeholder: &str, options: &[(String, String)], chosen: &[String], several: bool) -> Value {
    let options: Vec<&(String, String)> = options.iter().take(OPTIONS_MAX).collect();
    let most = if several { options.len() } else { 1 };
    let option = |(value, label): &(String, String)| {
        let chosen = chosen.contains(value);
        json!({ "label": cut(label, OPTION_MAX), "value": value, "default": chosen })
    };
    let select = json!({
        "type": 3,
        "custom_id": id,
        "placeholder": cut(placeholder, PLACEHOLDER_MAX),
        "min_values": 1,
        "max_values": most,
        "options": options.into_iter().map(option).collect::<Vec<_>>(),
    });
    json!({ "type": 1, "components": [select] })
}

/// A text input of a modal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    pub id: String,
    pub label: String,
    pub hint: Option<String>,
    pub lines: bool,
    pub most: usize,
    pub required: bool,
    pub value: String,
}

/// A modal.
pub fn modal(id: &str, title: &str, inputs: &[Input]) -> Value {
    let rows: Vec<Value> = inputs.iter().take(INPUTS_MAX).map(input).collect();
    json!({ "custom_id": id, "title": cut(title, MODAL_TITLE_MAX), "components": rows })
}

fn input(input: &Input) -> Value {
    let most = input.most.clamp(1, INPUT_MAX);
    let mut drawn = json!({
        "type": 4,
        "custom_id": input.id,
        "label": cut(&input.label, INPUT_LABEL_MAX),
        "style": if input.lines { 2 } else { 1 },
        "max_length": most,
        "required": input.required,
    });
    if let Some(hint) = &input.hint {
        put(&mut drawn, "placeholder", json!(cut(hint, INPUT_PLACEHOLDER_MAX)));
    }
    if !input.value.is_empty() {
        put(&mut drawn, "value", json!(cut(&input.value, most)));
    }
    json!({ "type": 1, "components": [drawn] })
}

/// Adds a field to an object.
pub fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}
