//! Cards, answers and forms as Block Kit: pure, snapshotted beside what the other chats draw.

mod form;
mod home;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::blocks::{
    BLOCKS_TEXT_MAX, Button as Drawn, Confirm, Message, SECTION_MAX, TEXT_MAX, actions, context, fields, header,
    linked, paragraphs, section,
};
use super::mrkdwn::Mrkdwn;
use crate::chat::card::{Card, CardButton, Weight};
use crate::chat::press::{Button, Press};
use crate::chat::reply::Reply;
use crate::chat::timeline::Line;
use crate::chat::voice::Voice;
use crate::texts::keys;

pub use form::{Context, INPUT_MAX, REPORT_FORM, report_view, step_view, told_view, words_view};
pub use home::{Home, LISTED_MAX, home};

/// The id of the button that opens the form of a report.
pub const REPORT_BUTTON: &str = "report";
/// What the ids of links begin with: nothing is done when one is followed.
pub const LINK: &str = "link/";
/// Characters of what happened that a card shows.
const BODY_MAX: usize = 4_000;
/// Characters of a remark on a card.
const REMARK_MAX: usize = 1_200;

/// A card as a message.
pub fn card(card: &Card, voice: &Voice<'_>) -> Message {
    let mut lines = vec![card.summary.clone()];
    lines.extend(card.urgent.iter().cloned());
    Message { text: Mrkdwn::fitted(&lines.join("\n"), TEXT_MAX), blocks: card_blocks(card, voice) }
}

fn card_blocks(card: &Card, voice: &Voice<'_>) -> Vec<Value> {
    let mut blocks = vec![header(&card.headline)];
    if !card.urgent.is_empty() {
        let urgent = card.urgent.iter().map(|line| Mrkdwn::bold(line)).reduce(|all, next| all.line(&next));
        blocks.extend(urgent.as_ref().map(section));
    }
    blocks.push(section(&Mrkdwn::fitted(&card.standing, SECTION_MAX)));
    let pairs: Vec<(String, String)> =
        card.fields.iter().map(|field| (field.label.clone(), field.value.clone())).collect();
    blocks.extend(fields(&pairs));
    let remarks: Vec<Mrkdwn> = card.remarks.iter().map(|remark| Mrkdwn::fitted(remark, REMARK_MAX)).collect();
    let mut below = context(&remarks);
    below.extend(actions(&buttons(&card.buttons, voice)));
    if let Some(body) = &card.body {
        let taken: usize = blocks.iter().chain(&below).map(text_length).sum();
        blocks.extend(paragraphs(body, BLOCKS_TEXT_MAX.saturating_sub(taken).min(BODY_MAX)));
    }
    blocks.extend(below);
    blocks
}

/// Characters of everything that is read in a block.
pub fn text_length(block: &Value) -> usize {
    match block {
        Value::Object(fields) => {
            let own = fields.get("text").and_then(Value::as_str).map_or(0, |text| text.chars().count());
            own + fields.values().map(text_length).sum::<usize>()
        }
        Value::Array(values) => values.iter().map(text_length).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// Buttons as they are drawn. Declining and merging concern somebody else's report: both ask first.
fn buttons(buttons: &[CardButton], voice: &Voice<'_>) -> Vec<Drawn> {
    let ask = |button: &CardButton| match button.press.button {
        Button::Decline | Button::Merge => Some(voice.word("sure", button.press.button.as_str())),
        Button::Claim
        | Button::Release
        | Button::Confirm
        | Button::Unmerge
        | Button::Reopen
        | Button::Withdraw
        | Button::Tap
        | Button::Site
        | Button::Ask
        | Button::Answer
        | Button::Recategorise
        | Button::Facts
        | Button::Details
        | Button::Resolve
        | Button::Note
        | Button::Correct
        | Button::Preview
        | Button::Look
        | Button::Open => button.confirm.clone(),
    };
    let drawn = |button: &CardButton| Drawn {
        id: button.press.to_string(),
        label: button.label.clone(),
        style: match button.weight {
            Weight::Main => Some("primary"),
            Weight::Danger => Some("danger"),
            Weight::Plain => None,
        },
        confirm: ask(button).map(|text| Confirm { text, deny: voice.say(&keys::web_cancel()) }),
    };
    buttons.iter().map(drawn).collect()
}

/// An answer to one person, as a message that only they see.
pub fn reply(reply: &Reply, voice: &Voice<'_>) -> Message {
    let mut lines = reply.lines.clone();
    lines.extend(reply.problems.iter().map(|problem| problem.text.clone()));
    if let Some(preview) = &reply.preview {
        lines.push(voice.say(&keys::preview_title()));
        lines.extend(preview.lines.iter().cloned());
        lines.push(voice.say(&keys::preview_left_out()));
        lines.extend(preview.left_out.iter().map(|left| format!("• {left}")));
    }
    let receipt = !lines.is_empty();
    let mut blocks: Vec<Value> = Vec::new();
    if receipt {
        blocks.extend(paragraphs(&lines.join("\n"), BLOCKS_TEXT_MAX));
        blocks.extend(actions(&buttons(&reply.buttons, voice)));
    }
    if let Some(card) = reply.card.as_ref().filter(|_| !receipt) {
        lines.push(card.summary.clone());
        blocks.extend(card_blocks(card, voice));
    }
    Message { text: Mrkdwn::fitted(&lines.join("\n"), TEXT_MAX), blocks }
}

/// A line to a reporter about their report; a question stands in it with the button that answers it.
pub fn told(line: &str, card: Option<&Card>, answer: Option<&Press>, voice: &Voice<'_>) -> Message {
    let mut blocks = vec![section(&Mrkdwn::fitted(line, SECTION_MAX))];
    let remarks = card.into_iter().flat_map(|card| &card.remarks).map(|remark| Mrkdwn::fitted(remark, SECTION_MAX));
    if answer.is_some() {
        blocks.extend(context(&remarks.collect::<Vec<_>>()));
    }
    let answering = card.into_iter().flat_map(|card| &card.buttons).filter(|button| Some(&button.press) == answer);
    blocks.extend(actions(&buttons(&answering.cloned().collect::<Vec<_>>(), voice)));
    let summary = card.map(|card| card.summary.clone()).unwrap_or_default();
    Message { text: Mrkdwn::fitted(&format!("{line}\n{summary}"), TEXT_MAX), blocks }
}

/// Lines of a timeline, for the thread under a card.
pub fn thread(lines: &[Line], summary: &str) -> Message {
    let mut blocks = Vec::new();
    for line in lines {
        blocks.push(section(&Mrkdwn::fitted(&format!("{}\n{}", line.what, line.when), SECTION_MAX)));
        if let Some(text) = &line.text {
            blocks.extend(paragraphs(text, SECTION_MAX));
        }
    }
    Message { text: Mrkdwn::fitted(summary, TEXT_MAX), blocks }
}

/// Links, a line each, under a few words.
pub fn links(lines: &[String], links: &[(String, String)], label: &str) -> Message {
    let mut blocks = paragraphs(&lines.join("\n"), SECTION_MAX);
    for (number, (line, url)) in (1..).zip(links) {
        let number: usize = number;
        blocks.push(linked(&Mrkdwn::fitted(line, SECTION_MAX), &format!("{LINK}{number}"), label, url));
    }
    Message { text: Mrkdwn::fitted(&lines.join("\n"), TEXT_MAX), blocks }
}

/// A few words, with the button that opens the form of a report if they lead there.
pub fn words(lines: &[String], report: Option<&str>) -> Message {
    let mut blocks = paragraphs(&lines.join("\n"), SECTION_MAX);
    let button = report.map(|label| Drawn {
        id: REPORT_BUTTON.to_owned(),
        label: label.to_owned(),
        style: Some("primary"),
        confirm: None,
    });
    blocks.extend(actions(&button.into_iter().collect::<Vec<_>>()));
    Message { text: Mrkdwn::fitted(&lines.join("\n"), TEXT_MAX), blocks }
}
