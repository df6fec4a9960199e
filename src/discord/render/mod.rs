//! Cards, answers and forms as embeds and components: pure, snapshotted beside what the other chats draw.

mod form;
#[cfg(test)]
mod tests;

use super::ids::CustomId;
use super::markdown::Markdown;
use super::parts::{
    Button as Drawn, CONTENT_MAX, DESCRIPTION_MAX, EMBED_MAX, Embed, FIELDS_MAX, Message, Style, TITLE_MAX, buttons,
    field,
};
use crate::chat::card::{Card, CardButton, Weight};
use crate::chat::reply::{Reply, Tone};
use crate::chat::timeline::Line;
use crate::chat::voice::Voice;
use crate::texts::keys;

pub use form::{Asked, goods_modal, loss_modal, report_modal, step, words_modal};

/// Characters of an embed that are left for its fields and small print.
const ROOM: usize = 500;

/// A card as a message.
pub fn card(card: &Card) -> Message {
    let lines: Vec<String> = std::iter::once(&card.summary).chain(&card.urgent).cloned().collect();
    Message {
        text: Markdown::fitted(&lines.join("\n"), CONTENT_MAX),
        embed: Some(embed(card)),
        rows: buttons(&drawn(&card.buttons)),
    }
}

fn embed(card: &Card) -> Embed {
    let fields: Vec<_> = card.fields.iter().filter_map(|one| field(&one.label, &one.value)).take(FIELDS_MAX).collect();
    let mut embed = Embed {
        title: Markdown::fitted(&card.headline, TITLE_MAX),
        text: Markdown::default(),
        fields,
        footer: card.reference.clone(),
    };
    // What the fields need is theirs; long ones are cut rather than the whole message refused.
    while embed.length() + ROOM > EMBED_MAX && embed.fields.pop().is_some() {}
    let mut room = DESCRIPTION_MAX.min(EMBED_MAX - embed.length());
    let mut add = |piece: Markdown| {
        room = room.saturating_sub(piece.length() + 1);
        embed.text = std::mem::take(&mut embed.text).line(&piece);
        room
    };
    for line in &card.urgent {
        add(Markdown::bold(line));
    }
    let mut left = add(Markdown::of(&card.standing));
    for remark in &card.remarks {
        left = add(Markdown::fitted(remark, left.clamp(2, ROOM * 2)));
    }
    if let Some(body) = card.body.as_ref().filter(|_| left > 2) {
        add(Markdown::fitted(body, left));
    }
    embed
}

/// Buttons as they are drawn.
fn drawn(buttons: &[CardButton]) -> Vec<Drawn> {
    let style = |weight| match weight {
        Weight::Main => Style::Main,
        Weight::Plain => Style::Plain,
        Weight::Danger => Style::Danger,
    };
    let draw = |button: &CardButton| Drawn {
        id: CustomId::Press(button.press.clone()).to_string(),
        label: button.label.clone(),
        style: style(button.weight),
    };
    buttons.iter().map(draw).collect()
}

/// An answer to one person. A receipt offers to tell more in direct messages, or says that it will.
pub fn reply(reply: &Reply, told: Option<bool>, voice: &Voice<'_>) -> Message {
    let next = voice.say(&keys::receipt_next());
    let instead = match told {
        Some(true) => voice.say(&keys::discord_told_next()),
        Some(false) | None => voice.say(&keys::discord_receipt_next()),
    };
    let mut lines: Vec<String> =
        reply.lines.iter().map(|line| if *line == next { instead.clone() } else { line.clone() }).collect();
    lines.extend(reply.problems.iter().map(|problem| problem.text.clone()));
    if let Some(preview) = &reply.preview {
        lines.push(voice.say(&keys::preview_title()));
        lines.extend(preview.lines.iter().cloned());
        lines.push(voice.say(&keys::preview_left_out()));
        lines.extend(preview.left_out.iter().map(|left| format!("• {left}")));
    }
    if let Some(shown) = reply.card.as_ref().filter(|_| lines.is_empty()) {
        return card(shown);
    }
    let mut offered = drawn(&reply.buttons);
    if reply.tone == Tone::Receipt && told == Some(false) {
        offered.push(tell(true, voice));
    }
    Message { rows: buttons(&offered), ..words(&lines) }
}

fn tell(on: bool, voice: &Voice<'_>) -> Drawn {
    let label = if on { keys::discord_tell() } else { keys::discord_hush() };
    Drawn { id: CustomId::Tell(on).to_string(), label: voice.say(&label), style: Style::Plain }
}

/// A question before something is done that cannot be taken back lightly.
pub fn sure(button: &CardButton, question: &str) -> Message {
    let yes = Drawn {
        id: CustomId::Sure(button.press.clone()).to_string(),
        label: button.label.clone(),
        style: Style::Danger,
    };
    Message { rows: buttons(&[yes]), ..words(&[question.to_owned()]) }
}

/// The reporter's own copy, with the button that stops it.
pub fn follow(shown: &Card, voice: &Voice<'_>) -> Message {
    let mut message = card(shown);
    let mut offered = drawn(&shown.buttons);
    offered.push(tell(false, voice));
    message.rows = buttons(&offered);
    message
}

/// A line to a reporter about their report; a question stands in it with the button that answers it.
pub fn told(line: &str, shown: Option<&Card>, answer: Option<&CardButton>, mark: &str, voice: &Voice<'_>) -> Message {
    let summary = shown.map(|card| card.summary.clone()).unwrap_or_default();
    let remarks = shown.into_iter().flat_map(|card| &card.remarks).filter(|_| answer.is_some());
    let mut text = Markdown::of(line);
    for remark in remarks {
        text = text.line(&Markdown::fitted(remark, ROOM * 2));
    }
    let mut offered: Vec<Drawn> = answer.map(|button| drawn(std::slice::from_ref(button))).unwrap_or_default();
    offered.push(tell(false, voice));
    Message {
        text: Markdown::fitted(&summary, CONTENT_MAX),
        embed: Some(Embed { text, footer: mark.to_owned(), ..Embed::default() }),
        rows: buttons(&offered),
    }
}

/// A few words under a summary, and the small print by which they are found again.
pub fn marked(summary: &str, lines: &[String], mark: &str) -> Message {
    let text = Markdown::fitted(&lines.join("\n"), DESCRIPTION_MAX);
    let embed = Embed { text, footer: mark.to_owned(), ..Embed::default() };
    Message { text: Markdown::fitted(summary, CONTENT_MAX), embed: Some(embed), rows: Vec::new() }
}

/// Lines of a timeline, for the thread under a card. What is shown in a notification has nobody's words in it.
pub fn thread(lines: &[Line], summary: &str, mark: &str) -> Message {
    let mut text = Markdown::default();
    for line in lines {
        let room = DESCRIPTION_MAX.saturating_sub(text.length() + 2);
        let (head, said) = line_of(line);
        let left = room.saturating_sub(head.length() + 2).max(2);
        text = text.line(&head).line(&Markdown::fitted(&said, left));
    }
    let embed = Embed { text, footer: mark.to_owned(), ..Embed::default() };
    Message { text: Markdown::fitted(summary, CONTENT_MAX), embed: Some(embed), rows: Vec::new() }
}

/// How many of these lines, from the first one on, one message takes whole.
pub fn thread_fits(lines: &[Line]) -> usize {
    let mut length = 0;
    let fits = |line: &&Line| {
        let (head, said) = line_of(line);
        length += head.length() + Markdown::of(&said).length() + 4;
        length <= DESCRIPTION_MAX
    };
    lines.iter().take_while(fits).count()
}

fn line_of(line: &Line) -> (Markdown, String) {
    let said = line.text.as_deref().unwrap_or_default().trim().to_owned();
    (Markdown::bold(&line.what).line(&Markdown::of(&line.when)), said)
}

/// A few words: as the message's own text while they fit, else in a box.
pub fn words(lines: &[String]) -> Message {
    let whole = lines.join("\n");
    let text = Markdown::of(&whole);
    if text.length() <= CONTENT_MAX {
        return Message { text, ..Message::default() };
    }
    let first = lines.first().cloned().unwrap_or_default();
    let embed = Embed { text: Markdown::fitted(&whole, DESCRIPTION_MAX), ..Embed::default() };
    Message { text: Markdown::fitted(&first, CONTENT_MAX), embed: Some(embed), rows: Vec::new() }
}
