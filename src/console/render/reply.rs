//! An answer on a page.

use super::ask::FormView;
use super::card::{Buttons, Easel};
use crate::chat::reply::{AlertPreview, Reply, Tone};
use crate::console::answer::{Answer, Sure};

/// What a page says to what was sent.
#[derive(Default)]
pub struct AnswerView {
    pub reply: Option<ReplyView>,
    pub form: Option<FormView>,
    pub sure: Option<SureView>,
    /// What stands in the composer.
    pub line: Option<String>,
    /// Which photos were not kept.
    pub beside: Vec<String>,
    /// Whether photos have to be chosen again.
    pub again: bool,
}

/// An answer.
pub struct ReplyView {
    pub class: &'static str,
    /// The emergency line.
    pub urgent: Option<String>,
    pub lines: Vec<String>,
    /// The incident it is about.
    pub about: Option<About>,
    pub preview: Option<AlertPreview>,
    pub buttons: Buttons,
}

/// The incident an answer is about.
pub struct About {
    pub reference: String,
    pub href: String,
    /// Where it stands now, if the answer does not say so itself.
    pub standing: Option<String>,
}

/// Asked before a button acts.
pub struct SureView {
    pub text: String,
    pub label: String,
    pub press: String,
    pub delivery: String,
}

impl Easel<'_> {
    /// An answer, ready to be shown.
    pub fn answer(&self, answer: Answer) -> AnswerView {
        AnswerView {
            reply: answer.reply.as_ref().map(|reply| self.reply(reply)),
            form: answer.asked.as_ref().map(|asked| self.form(asked)),
            sure: answer.sure.map(|sure| self.sure(sure)),
            line: answer.line,
            beside: answer
                .beside
                .iter()
                .map(|line| super::isolate(line, self.reading.voice.direction()).into_owned())
                .collect(),
            again: answer.again,
        }
    }

    fn reply(&self, reply: &Reply) -> ReplyView {
        let bidi = |text: &String| super::isolate(text, self.reading.voice.direction()).into_owned();
        let mut lines: Vec<String> = reply.lines.clone();
        let emergency = |line: &String| reply.card.as_ref().is_some_and(|card| card.urgent.contains(line));
        let urgent = lines.first().filter(|line| emergency(line)).cloned();
        if urgent.is_some() {
            lines.remove(0);
        }
        let about = reply.card.as_ref().map(|card| About {
            reference: card.reference.clone(),
            href: format!("{}/incidents/{}", self.base, card.reference),
            standing: lines.is_empty().then(|| bidi(&card.standing)),
        });
        let reference = reply.card.as_ref().map(|card| card.reference.as_str()).unwrap_or_default();
        ReplyView {
            class: class(reply.tone),
            urgent,
            lines: lines.iter().map(bidi).collect(),
            about,
            preview: reply.preview.as_ref().map(|preview| AlertPreview {
                lines: preview.lines.iter().map(bidi).collect(),
                left_out: preview.left_out.clone(),
            }),
            buttons: self.buttons("reply", reference, &reply.buttons, true),
        }
    }

    fn sure(&self, sure: Sure) -> SureView {
        SureView { text: sure.text, label: sure.label, press: sure.press.to_string(), delivery: self.nonce() }
    }
}

const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Receipt => "receipt",
        Tone::Done => "done",
        Tone::Question => "question",
        Tone::Refused => "refused",
        Tone::Changed => "changed",
        Tone::NotSaved | Tone::Broken => "failed",
    }
}
