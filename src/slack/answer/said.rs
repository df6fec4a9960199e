//! What is said when something was not done.

use domain::text::ONE_LINE_MAX;
use serde_json::json;

use super::super::blocks::{Message, put};
use super::super::inbound::{Arrived, Deed, Spot};
use super::super::render;
use super::{After, Answered, Handler, Said, errors, private};
use crate::chat::cut::cut;
use crate::chat::reply::{Reading, Reply};
use crate::failure::Failure;
use crate::texts::keys;

impl Handler<'_> {
    /// A failure in words; something broken has a number that the log has too.
    pub(super) fn reply_of_failure(&self, reading: &Reading<'_>, failure: &Failure) -> Reply {
        let mut reply = reading.failure(failure);
        if let Failure::Broken(why) = failure {
            let number = format!("{:08X}", self.app.desk.ids.draw());
            tracing::error!(target: "shopwatch::slack", number, error = %why, "somebody was told this number");
            reply.lines = vec![reading.voice.say(&keys::broken(number))];
        }
        reply
    }

    /// Not saved, with the words back that were typed.
    pub(super) fn words_back(&self, arrived: &Arrived, text: &str) -> Answered {
        Answered::with(private(&self.say(arrived, |reading| {
            let lines = [
                reading.voice.say(&keys::not_saved()),
                reading.voice.say(&keys::receipt_text(cut(text, ONE_LINE_MAX))),
            ];
            render::words(&lines, None)
        })))
    }

    /// Nothing was saved, said in the way that fits what was done.
    pub(super) fn not_saved(&self, arrived: &Arrived) -> Answered {
        let line = || self.say(arrived, |reading| reading.voice.say(&keys::not_saved()));
        match &arrived.deed {
            Deed::Command(text) => self.words_back(arrived, text),
            Deed::Report { asked, .. } | Deed::Submit { asked, .. } | Deed::UnknownForm { asked } => {
                Answered::with(errors(asked, &[(String::new(), line())]))
            }
            Deed::Form { .. } | Deed::Press(_) => {
                Answered::after(self.tell(arrived, render::words(&[line()], None), false))
            }
            Deed::Message(_) | Deed::Moved { .. } => Answered { again: true, ..Answered::default() },
            Deed::Category { .. } | Deed::Home | Deed::Group(_) | Deed::Person(_) | Deed::Revoked | Deed::Nothing => {
                Answered::default()
            }
        }
    }

    /// A private word to whoever pressed something; in the place of the private message they pressed it in, if it is
    /// what became of that.
    pub(super) fn tell(&self, arrived: &Arrived, message: Message, replace: bool) -> After {
        let about = if let Deed::Press(Ok(press)) | Deed::Submit { press, .. } = &arrived.deed {
            Some(press.incident)
        } else {
            None
        };
        let user = arrived.who.user.clone();
        let url = arrived.response_url.as_deref().and_then(|url| url.parse().ok());
        match (url, &arrived.who.channel, &arrived.trigger) {
            (Some(url), channel, _) => {
                let mut body = private(&message);
                put(
                    &mut body,
                    "replace_original",
                    json!(replace && matches!(arrived.spot, Spot::Private | Spot::Direct)),
                );
                if replace && arrived.spot == Spot::Direct {
                    // It stays what it was: an ordinary message to one person.
                    put(&mut body, "response_type", json!("in_channel"));
                }
                After::Respond { url, body, channel: channel.clone(), said: Said { user, message, about } }
            }
            (None, Some(channel), _) if arrived.spot != Spot::Home => {
                After::Whisper { channel: channel.clone(), said: Said { user, message, about } }
            }
            (None, _, Some(trigger)) => {
                let view = self.say(arrived, |reading| {
                    let title = reading.voice.say(&keys::slack_notice_title());
                    render::words_view(&title, &message, reading.voice)
                });
                After::Show { trigger: trigger.clone(), view, said: Said { user, message, about } }
            }
            (None, _, None) => After::Write { thread: None, said: Said { user, message, about } },
        }
    }
}
