//! Messages that people write: photos dropped in a report channel, answers to questions, words to us alone.

use std::sync::Arc;

use domain::facts::FactsDraft;
use domain::incident::Incident;
use domain::report::Draft;
use domain::text::{NOTE_MAX, WHAT_HAPPENED_MAX};
use domain::words::Platform;

use super::super::inbound::{Arrived, Written};
use super::super::people::{Home, Met};
use super::super::render;
use super::{After, Answered, Handler, Said, about};
use crate::chat::inbound::{Answers, What};
use crate::chat::press::{Button, Press};
use crate::failure::Failure;
use crate::operations::triage::Enclosed;
use crate::operations::{Outcome, people};
use crate::texts::keys;

impl Handler<'_> {
    pub(super) async fn message(&self, home: &Arc<Home>, arrived: &Arrived, written: Written) -> Answered {
        if arrived.who.user == home.bot_user {
            return Answered::default();
        }
        if written.direct {
            return self.direct(home, arrived, written).await;
        }
        if !written.photos.is_empty() {
            match self.above(arrived, &written).await {
                Ok(None) => {}
                Ok(Some(incident)) => {
                    let met = self.meet(home, arrived).await;
                    return self.joined(arrived, &met, written, incident).await;
                }
                Err(_) => return Answered { again: true, ..Answered::default() },
            }
        }
        let channel = arrived.who.channel.as_ref().map(|channel| self.slack.channel_written(channel));
        let place = channel.and_then(|channel| format!("slack:{channel}").parse().ok());
        let rules = self.app.desk.rules();
        let watched = place.is_some_and(|place| rules.sites.iter().any(|site| site.report.contains(&place)));
        // People talk in report channels too; only a photo is a report.
        if !watched || written.photos.is_empty() {
            return Answered::default();
        }
        let met = self.meet(home, arrived).await;
        match self.own_above(arrived, &met, &written).await {
            Ok(Some(incident)) => self.joined(arrived, &met, written, incident).await,
            Ok(None) => self.dropped(arrived, &met, written).await,
            Err(_) => Answered { again: true, ..Answered::default() },
        }
    }

    /// Written to us alone: an answer to a question, photos, or a wish for help.
    async fn direct(&self, home: &Arc<Home>, arrived: &Arrived, written: Written) -> Answered {
        let Some(delivery) = &arrived.delivery else { return Answered::default() };
        match self.app.desk.store.delivered(delivery).await {
            Ok(None) => {}
            // It did what it had to do when it came for the first time.
            Ok(Some(_)) => return Answered::default(),
            Err(_) => return Answered { again: true, ..Answered::default() },
        }
        let met = self.meet(home, arrived).await;
        let Ok(asked) = self.asked(&met, arrived, &written).await else {
            return Answered { again: true, ..Answered::default() };
        };
        let above = match self.above(arrived, &written).await {
            Ok(None) => self.own_above(arrived, &met, &written).await,
            above => above,
        };
        let Ok(above) = above else {
            return Answered { again: true, ..Answered::default() };
        };
        match (asked.as_slice(), above) {
            ([incident], _) if !written.words.are_none() => self.answered(arrived, &met, &written, incident).await,
            (_, Some(incident)) if !written.photos.is_empty() => self.joined(arrived, &met, written, incident).await,
            _ if !written.photos.is_empty() => self.dropped(arrived, &met, written).await,
            _ if !self.is_first(arrived) => Answered::default(),
            (asked, _) => {
                let several = asked.len() > 1;
                let message = self.say(arrived, |reading| {
                    let lines =
                        if several { vec![reading.voice.say(&keys::slack_which_question())] } else { reading.help() };
                    render::words(&lines, Some(&reading.voice.say(&keys::form_report_title())))
                });
                let said = Said { user: arrived.who.user.clone(), message, about: None };
                Answered::after(After::Write { thread: written.thread, said })
            }
        }
    }

    /// Their reports that a question is open about: the one in whose thread they write, or all of them.
    async fn asked(&self, met: &Met, arrived: &Arrived, written: &Written) -> Result<Vec<Incident>, Failure> {
        let store = &self.app.desk.store;
        let actor = people::actor(&self.app.desk, &met.origin);
        if let (Some(channel), Some(thread)) = (&arrived.who.channel, &written.thread)
            && let Some(id) = store.incident_at(Platform::Slack, &format!("{channel}/{thread}")).await?
        {
            let incident = store.incident(id).await?;
            let theirs = |incident: &Incident| asked_before(incident, written) && actor.is(&incident.reporter.member);
            return Ok(incident.into_iter().filter(theirs).collect());
        }
        let reported = store.reported_by(&actor, None).await?;
        Ok(reported.incidents.into_iter().filter(|incident| asked_before(incident, written)).collect())
    }

    /// Whether something that kept nothing was not said already: what keeps nothing may come again.
    pub(super) fn is_first(&self, arrived: &Arrived) -> bool {
        arrived.delivery.as_ref().is_none_or(|delivery| self.slack.answered.is_first(&delivery.key))
    }

    /// An answer to the question that is open. What is too long is refused with words: they still have it before them.
    async fn answered(&self, arrived: &Arrived, met: &Met, written: &Written, incident: &Incident) -> Answered {
        let mut answers = Answers::default();
        answers.0.insert("text".to_owned(), vec![written.words.all(NOTE_MAX)]);
        let press = Press { button: Button::Answer, incident: incident.id, version: incident.version, tap: None };
        let what = What::Submit(
            press,
            Enclosed { answers, photos: written.photos.clone(), answered: true, ..Enclosed::default() },
        );
        let (actor, result) = self.receive(met, what, arrived).await;
        if matches!(result, Err(Failure::Unavailable(_))) {
            return Answered { again: true, ..Answered::default() };
        }
        if result.is_err() && !self.is_first(arrived) {
            return Answered::default();
        }
        let message = self.reading(&met.origin, &actor, |reading| match &result {
            Ok(outcome) => {
                let mut lines = vec![reading.voice.say(&keys::slack_answered(incident.reference.as_str()))];
                lines.extend(reading.photos_over(outcome.incident().unwrap_or(incident)));
                render::words(&lines, None)
            }
            Err(failure) => render::reply(&reading.of_message(self.reply_of_failure(reading, failure)), reading.voice),
        });
        let said = Said { user: arrived.who.user.clone(), message, about: Some(incident.id) };
        Answered::after(After::Write { thread: written.thread.clone(), said })
    }

    /// Photos, perhaps with words: a report.
    async fn dropped(&self, arrived: &Arrived, met: &Met, written: Written) -> Answered {
        let Written { words, photos, direct, thread, late } = written;
        let what_happened = Some(words.all(WHAT_HAPPENED_MAX)).filter(|text| !text.trim().is_empty());
        let facts = FactsDraft { what_happened, ..FactsDraft::default() };
        let draft = Draft { facts, photos, ..Draft::default() };
        let (actor, result) = self.receive(met, What::Dropped(draft), arrived).await;
        if matches!(result, Err(Failure::Unavailable(_))) {
            return Answered { again: true, ..Answered::default() };
        }
        if matches!(result, Ok(Outcome::Reported { seen: true, .. })) {
            // It was said when it came for the first time.
            return Answered::default();
        }
        if result.is_err() && !self.is_first(arrived) {
            return Answered::default();
        }
        let message = self.reading(&met.origin, &actor, |reading| {
            render::reply(&reading.of_message(self.reply_of(reading, &result)), reading.voice)
        });
        let said = Said { user: arrived.who.user.clone(), message, about: about(&result) };
        // Whoever is not there any more sees no whisper: that nothing was kept is written to them.
        let whispers = !direct && (late.is_none() || result.is_ok());
        Answered::after(match &arrived.who.channel {
            Some(channel) if whispers => After::Whisper { channel: channel.clone(), said },
            Some(_) if !direct => After::Write { thread: None, said },
            _ => After::Write { thread, said },
        })
    }
}

/// Whether a question was open when this was written: what was written before it was asked is no answer to it.
fn asked_before(incident: &Incident, written: &Written) -> bool {
    incident.question.as_ref().is_some_and(|question| written.late.is_none_or(|at| question.at <= at))
}
