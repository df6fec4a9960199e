//! Messages that people write: photos dropped in a report channel, answers to questions, words to us alone.

use domain::actor::Actor;
use domain::facts::FactsDraft;
use domain::incident::Incident;
use domain::report::Draft;

use super::super::Standing;
use super::super::inbound::{Arrived, Written};
use super::super::people::{Met, place};
use super::super::render;
use super::{After, Answered, Handler};
use crate::chat::inbound::{Answers, What};
use crate::chat::press::{Button, Press};
use crate::failure::{Failure, Refusal};
use crate::operations::triage::Enclosed;
use crate::operations::{Outcome, people};
use crate::texts::keys;

impl Handler<'_> {
    pub(super) async fn written(&self, arrived: &Arrived, written: Written) -> Answered {
        if arrived.who.guild.is_none() {
            return self.direct(arrived, written).await;
        }
        if !written.photos.is_empty() {
            match self.above(arrived, &written).await {
                Ok(None) => {}
                Ok(Some(incident)) => {
                    let met = self.meet(arrived).await;
                    return self.joined(arrived, &met, written, incident).await;
                }
                Err(_) => return Answered::again(),
            }
        }
        let here = arrived.who.channel.map(place);
        let rules = self.app.desk.rules();
        let watched = here.is_some_and(|here| rules.sites.iter().any(|site| site.report.contains(&here)));
        if !watched || !self.discord.settings.photo_drops {
            return Answered::default();
        }
        if written.empty {
            self.discord.fell(Standing::IntentLost);
            return Answered::default();
        }
        if *self.discord.standing.borrow() == Standing::IntentLost {
            self.discord.fell(Standing::Ready);
        }
        // People talk in report channels too; only a photo is a report.
        if written.photos.is_empty() {
            return Answered::default();
        }
        let met = self.meet(arrived).await;
        match self.own_above(arrived, &met, &written).await {
            Ok(Some(incident)) => self.joined(arrived, &met, written, incident).await,
            Ok(None) => self.dropped(arrived, &met, written).await,
            Err(_) => Answered::again(),
        }
    }

    /// Written to us alone: an answer to a question, photos, or a wish for help.
    async fn direct(&self, arrived: &Arrived, written: Written) -> Answered {
        let Some(delivery) = &arrived.delivery else { return Answered::default() };
        match self.app.desk.store.delivered(delivery).await {
            Ok(None) => {}
            // It did what it had to do when it came for the first time.
            Ok(Some(_)) => return Answered::default(),
            Err(_) => return Answered::again(),
        }
        let met = self.meet(arrived).await;
        let actor = people::actor(&self.app.desk, &met.origin);
        // Before anything else: however this ends, what they write here while nobody listens is read afterwards.
        if (actor.roles.any() || !met.certain) && self.note_direct(arrived, &actor, &written).await.is_err() {
            return Answered::again();
        }
        let Ok(reported) = self.app.desk.store.reported_by(&actor, None).await else { return Answered::again() };
        // What was written before a question was asked is no answer to it.
        let before = |incident: &Incident| {
            incident.question.as_ref().is_some_and(|question| written.late.is_none_or(|at| question.at <= at))
        };
        let asked: Vec<Incident> = reported.incidents.into_iter().filter(before).collect();
        let above = match self.above(arrived, &written).await {
            Ok(None) => self.own_above(arrived, &met, &written).await,
            above => above,
        };
        let Ok(above) = above else { return Answered::again() };
        match (asked.as_slice(), above) {
            ([incident], _) if !written.text.trim().is_empty() => {
                self.answered(arrived, &met, &written, incident).await
            }
            (_, Some(incident)) if !written.photos.is_empty() => self.joined(arrived, &met, written, incident).await,
            _ if !written.photos.is_empty() => self.dropped(arrived, &met, written).await,
            _ if !self.is_first(arrived) => Answered::default(),
            (asked, _) => {
                let several = asked.len() > 1;
                let message = self.say(arrived, |reading| {
                    let lines =
                        if several { vec![reading.voice.say(&keys::slack_which_question())] } else { reading.help() };
                    render::words(&lines)
                });
                Answered::after(After::Write { user: arrived.who.user.clone(), message, about: None })
            }
        }
    }

    /// Notes where they write to us alone: Discord lists no such channels.
    async fn note_direct(&self, arrived: &Arrived, actor: &Actor, written: &Written) -> Result<(), Failure> {
        let Some(channel) = arrived.who.channel else { return Ok(()) };
        let at = written.late.unwrap_or_else(|| self.app.desk.now());
        self.app.desk.store.note_direct(&actor.account, &channel.to_string(), at).await
    }

    /// Whether something that kept nothing was not said already: what keeps nothing may come again.
    pub(super) fn is_first(&self, arrived: &Arrived) -> bool {
        arrived.delivery.as_ref().is_none_or(|delivery| self.discord.answered.is_first(&delivery.key))
    }

    /// An answer to the question that is open. What is too long is refused with words: they still have it before them.
    async fn answered(&self, arrived: &Arrived, met: &Met, written: &Written, incident: &Incident) -> Answered {
        let mut answers = Answers::default();
        answers.0.insert("text".to_owned(), vec![written.text.clone()]);
        let press = Press { button: Button::Answer, incident: incident.id, version: incident.version, tap: None };
        let what = What::Submit(
            press,
            Enclosed { answers, photos: written.photos.clone(), answered: true, ..Enclosed::default() },
        );
        let (actor, result) = self.receive(met, what, arrived).await;
        if matches!(result, Err(Failure::Unavailable(_))) {
            return Answered::again();
        }
        if result.is_err() && !self.is_first(arrived) {
            return Answered::default();
        }
        let message = self.reading(&met.origin, &actor, |reading| match &result {
            Ok(outcome) => {
                let mut lines = vec![reading.voice.say(&keys::slack_answered(incident.reference.as_str()))];
                lines.extend(reading.photos_over(outcome.incident().unwrap_or(incident)));
                render::words(&lines)
            }
            Err(failure) => {
                render::reply(&reading.of_message(self.reply_of_failure(reading, failure)), None, reading.voice)
            }
        });
        Answered::after(After::Write { user: arrived.who.user.clone(), message, about: Some(incident.id) })
    }

    /// Photos, perhaps with words: a report.
    async fn dropped(&self, arrived: &Arrived, met: &Met, written: Written) -> Answered {
        let Written { id, text, photos, .. } = written;
        let what_happened = Some(text).filter(|text| !text.trim().is_empty());
        let facts = FactsDraft { what_happened, ..FactsDraft::default() };
        let draft = Draft { facts, photos, ..Draft::default() };
        let (actor, result) = self.receive(met, What::Dropped(draft), arrived).await;
        if matches!(result, Err(Failure::Unavailable(_))) {
            return Answered::again();
        }
        let (Some(channel), guild) = (arrived.who.channel, arrived.who.guild) else { return Answered::default() };
        if matches!(result, Ok(Outcome::Reported { seen: true, .. })) {
            // It was said when it came for the first time.
            return Answered::default();
        }
        if result.is_err() && !self.is_first(arrived) {
            return Answered::default();
        }
        if guild.is_none() {
            let message = self.reading(&met.origin, &actor, |reading| {
                render::reply(&reading.of_message(self.reply_of(reading, &result)), Some(true), reading.voice)
            });
            let about = match &result {
                Ok(Outcome::Reported { incident, .. }) => Some(incident.id),
                Ok(_) | Err(_) => None,
            };
            return Answered::after(After::Write { user: arrived.who.user.clone(), message, about });
        }
        // In a channel others read along: no more than that it arrived, or that it did not, and what is too much.
        let message = self.reading(&met.origin, &actor, |reading| {
            let lines = match &result {
                Ok(Outcome::Reported { incident, .. }) => {
                    let line = reading.voice.say(&keys::discord_dropped(incident.reference.as_str()));
                    std::iter::once(line).chain(reading.photos_over(incident)).collect()
                }
                Err(failure @ Failure::Refused(Refusal::Problems(_))) => {
                    let reply = reading.of_message(reading.failure(failure));
                    reply.lines.into_iter().chain(reply.problems.into_iter().map(|problem| problem.text)).collect()
                }
                Ok(_) | Err(_) => vec![reading.voice.say(&keys::discord_not_dropped())],
            };
            render::words(&lines)
        });
        Answered::after(After::Reply { channel, to: id, message })
    }
}
