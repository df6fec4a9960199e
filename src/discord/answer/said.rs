//! What is said when something was not done.

use domain::problems::Problems;

use super::super::inbound::{Arrived, Deed};
use super::super::parts::Message;
use super::super::render;
use super::{Answered, Handler};
use crate::chat::cut::cut;
use crate::chat::filled::beside_fields;
use crate::chat::inbound::Answers;
use crate::chat::reply::{Reading, Reply};
use crate::failure::{Failure, Refusal};
use crate::texts::keys;

/// Characters of what was typed that are given back: as much as an embed holds beside our own words.
const BACK_MAX: usize = 3_900;

impl Handler<'_> {
    /// A failure in words; something broken has a number that the log has too.
    pub(super) fn reply_of_failure(&self, reading: &Reading<'_>, failure: &Failure) -> Reply {
        let mut reply = reading.failure(failure);
        if let Failure::Broken(why) = failure {
            let number = format!("{:08X}", self.app.desk.ids.draw());
            tracing::error!(target: "shopwatch::discord", number, error = %why, "somebody was told this number");
            reply.lines = vec![reading.voice.say(&keys::broken(number))];
        }
        reply
    }

    /// What is wrong with a form, each problem with the name of its field, and the words back that were typed.
    pub(super) fn problems(&self, reading: &Reading<'_>, failure: &Failure, typed: &Answers) -> Message {
        let reply = match failure {
            Failure::Refused(Refusal::Problems(problems)) => {
                let beside: Problems = beside_fields(problems.clone(), reading.rules.shop.currency);
                reading.failure(&Failure::Refused(Refusal::Problems(beside)))
            }
            Failure::Refused(_) | Failure::Conflict | Failure::Unavailable(_) | Failure::Broken(_) => {
                self.reply_of_failure(reading, failure)
            }
        };
        let mut lines = reply.lines;
        let named = |field: &str| reading.voice.word("field", field);
        lines.extend(reply.problems.iter().map(|problem| format!("{}: {}", named(&problem.field), problem.text)));
        lines.extend(back(reading, typed));
        render::words(&lines)
    }

    /// A button or form that this version does not know, or that does not stand there.
    pub(super) fn unknown(&self, arrived: &Arrived) -> Answered {
        let words = self.say(arrived, |reading| {
            let reply = reading.failure(&Failure::Refused(Refusal::UnknownPress));
            render::words(&reply.lines)
        });
        Answered::whisper(&words)
    }

    /// Nothing was saved, said in the way that fits what was done.
    pub(super) fn not_saved(&self, arrived: &Arrived) -> Answered {
        let typed = match &arrived.deed {
            Deed::Command { options, .. } => options,
            Deed::Form { answers, .. } => answers,
            Deed::Message { .. } | Deed::Component { .. } | Deed::Unknown => &Answers::default(),
            Deed::Completing(_) => return Answered::complete(&[]),
            Deed::Ping => return Answered::pong(),
            Deed::Written(_) => return Answered::again(),
        };
        let words = self.say(arrived, |reading| {
            let mut lines = vec![reading.voice.say(&keys::not_saved())];
            lines.extend(back(reading, typed));
            render::words(&lines)
        });
        Answered::whisper(&words)
    }
}

/// The longest text that was typed, so that nobody has to write it twice.
fn back(reading: &Reading<'_>, typed: &Answers) -> Option<String> {
    let text = ["what_happened", "text"].iter().find_map(|field| typed.given(field))?;
    Some(reading.voice.say(&keys::receipt_text(cut(&text, BACK_MAX))))
}
