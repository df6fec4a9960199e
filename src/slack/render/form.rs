//! Forms as modals. <https://docs.slack.dev/surfaces/modals/>

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::blocks::{Message, SECTION_MAX, VIEW_BLOCKS_MAX, put, section};
use super::super::mrkdwn::{Mrkdwn, plain};
use crate::chat::cut::cut;
use crate::chat::form::{Form, FormField, Input};
use crate::chat::inbound::Answers;
use crate::chat::press::Press;
use crate::chat::voice::Voice;
use crate::texts::keys;

/// The id of the form of a report.
pub const REPORT_FORM: &str = "v1:report";
/// Characters of a modal's title and of its buttons.
const TITLE_MAX: usize = 24;
/// Characters of an input's label and hint.
const LABEL_MAX: usize = 2_000;
/// Characters of an option.
const OPTION_MAX: usize = 75;
/// Options of a select.
const OPTIONS_MAX: usize = 100;
/// Groups of options of a select.
const GROUPS_MAX: usize = 100;
/// Characters of an option's name in the name of its group, which holds two and what is between them.
const GROUP_NAME_MAX: usize = 36;
/// Characters that a text input takes at most.
pub const INPUT_MAX: usize = 3_000;
/// Characters of a modal's own memory.
const MEMORY_MAX: usize = 3_000;

/// What a modal remembers of where it was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// The channel in which the receipt is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Files of the message that is reported.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

impl Context {
    fn memory(&self) -> String {
        let memory = serde_json::to_string(self).unwrap_or_default();
        // Only file ids could make it long; what does not fit is not half remembered.
        if memory.len() <= MEMORY_MAX { memory } else { String::new() }
    }

    /// What a modal remembered.
    pub fn read(memory: &str) -> Self {
        serde_json::from_str(memory).unwrap_or_default()
    }
}

/// The form of a report; `typed` is what stands in it already.
pub fn report_view(form: &Form, typed: &Answers, context: &Context, voice: &Voice<'_>) -> Value {
    let mut view = view(form, typed, REPORT_FORM, voice);
    put(&mut view, "private_metadata", json!(context.memory()));
    view
}

/// The form that a button opens.
pub fn step_view(form: &Form, press: &Press, context: &Context, voice: &Voice<'_>) -> Value {
    let mut view = view(form, &Answers::default(), &press.to_string(), voice);
    put(&mut view, "private_metadata", json!(context.memory()));
    view
}

/// A modal that only says something.
pub fn told_view(title: &str, lines: &[String], voice: &Voice<'_>) -> Value {
    let blocks = super::paragraphs(&lines.join("\n"), SECTION_MAX);
    json!({
        "type": "modal",
        "title": plain(title, TITLE_MAX),
        "close": plain(&voice.say(&keys::slack_close()), TITLE_MAX),
        "blocks": blocks,
    })
}

/// A modal with what a private message would say; its buttons belong to that message.
pub fn words_view(title: &str, message: &Message, voice: &Voice<'_>) -> Value {
    let said = message.blocks.iter().filter(|block| block.get("type") != Some(&json!("actions")));
    json!({
        "type": "modal",
        "title": plain(title, TITLE_MAX),
        "close": plain(&voice.say(&keys::slack_close()), TITLE_MAX),
        "blocks": said.cloned().collect::<Vec<_>>(),
    })
}

fn view(form: &Form, typed: &Answers, id: &str, voice: &Voice<'_>) -> Value {
    let mut blocks: Vec<Value> = form.intro.iter().map(|intro| section(&Mrkdwn::fitted(intro, SECTION_MAX))).collect();
    blocks.extend(form.fields.iter().map(|field| input(field, typed, voice)));
    blocks.truncate(VIEW_BLOCKS_MAX);
    json!({
        "type": "modal",
        "callback_id": id,
        "title": plain(&form.title, TITLE_MAX),
        "submit": plain(&form.submit, TITLE_MAX),
        "close": plain(&voice.say(&keys::web_cancel()), TITLE_MAX),
        "blocks": blocks,
    })
}

fn input(field: &FormField, typed: &Answers, voice: &Voice<'_>) -> Value {
    let values = if typed.0.contains_key(&field.name) { typed.all(&field.name) } else { field.values.clone() };
    let mut block = json!({
        "type": "input",
        "block_id": field.name,
        "label": plain(&field.label, LABEL_MAX),
        "optional": !field.required || too_long(field, &values),
        "element": element(field, &values, voice),
    });
    if let Some(hint) = &field.hint {
        put(&mut block, "hint", plain(hint, LABEL_MAX));
    }
    if field.name == "category" && matches!(field.input, Input::Choice(_)) {
        // Another category asks other things: the form is drawn anew.
        put(&mut block, "dispatch_action", json!(true));
    }
    block
}

/// Whether what stands in a text is longer than this form takes.
fn too_long(field: &FormField, values: &[String]) -> bool {
    let length = values.first().map_or(0, |value| value.chars().count());
    matches!(field.input, Input::Text { .. }) && length > INPUT_MAX
}

fn element(field: &FormField, values: &[String], voice: &Voice<'_>) -> Value {
    let id = &field.name;
    let first = values.first().filter(|value| !value.is_empty());
    match &field.input {
        Input::Text { most, lines } => {
            let most = (*most).min(INPUT_MAX);
            let mut element =
                json!({ "type": "plain_text_input", "action_id": id, "multiline": lines, "max_length": most });
            // What does not fit is not shortened: left empty, it stays as it is.
            if let Some(value) = first.filter(|value| value.chars().count() <= most) {
                put(&mut element, "initial_value", json!(value));
            }
            element
        }
        Input::Number => {
            let mut element =
                json!({ "type": "number_input", "action_id": id, "is_decimal_allowed": false, "min_value": "0" });
            if let Some(value) = first.filter(|value| value.parse::<u32>().is_ok()) {
                put(&mut element, "initial_value", json!(value));
            }
            element
        }
        Input::Time => {
            let mut element = json!({ "type": "datetimepicker", "action_id": id });
            if let Some(at) = first.and_then(|value| DateTime::parse_from_rfc3339(value).ok()) {
                put(&mut element, "initial_date_time", json!(at.timestamp()));
            }
            element
        }
        Input::Choice(choices) => {
            let mut element = json!({
                "type": "static_select",
                "action_id": id,
                "placeholder": plain(&voice.say(&keys::web_choose()), OPTION_MAX),
            });
            if choices.len() > OPTIONS_MAX {
                put(&mut element, "option_groups", json!(groups(choices)));
            } else {
                put(&mut element, "options", json!(options(choices)));
            }
            if let Some(chosen) = choices.iter().find(|(value, _)| Some(value) == first) {
                put(&mut element, "initial_option", option(chosen));
            }
            element
        }
        Input::Choices(choices) => {
            let mut element = json!({
                "type": "multi_static_select",
                "action_id": id,
                "placeholder": plain(&voice.say(&keys::web_choose()), OPTION_MAX),
                "options": options(choices),
            });
            let chosen: Vec<Value> = choices.iter().filter(|(value, _)| values.contains(value)).map(option).collect();
            if !chosen.is_empty() {
                put(&mut element, "initial_options", json!(chosen));
            }
            element
        }
        Input::Photos { most } => json!({
            "type": "file_input",
            "action_id": id,
            "filetypes": ["jpg", "jpeg", "png", "webp", "heic"],
            "max_files": most,
        }),
    }
}

fn options(choices: &[(String, String)]) -> Vec<Value> {
    choices.iter().take(OPTIONS_MAX).map(option).collect()
}

/// More options than a select takes, in groups named after the first and the last of each.
/// <https://docs.slack.dev/reference/block-kit/composition-objects/option-group-object>
fn groups(choices: &[(String, String)]) -> Vec<Value> {
    let ends = |group: &[(String, String)]| {
        let name =
            |choice: Option<&(String, String)>| choice.map(|(_, label)| cut(label, GROUP_NAME_MAX)).unwrap_or_default();
        format!("{} – {}", name(group.first()), name(group.last()))
    };
    let group =
        |group: &[(String, String)]| json!({ "label": plain(&ends(group), OPTION_MAX), "options": options(group) });
    choices.chunks(OPTIONS_MAX).take(GROUPS_MAX).map(group).collect()
}

fn option((value, label): &(String, String)) -> Value {
    json!({ "text": plain(label, OPTION_MAX), "value": value })
}
