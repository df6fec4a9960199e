//! Photos that people send to a report that there is already: under its card, or under their own copy of it.

use domain::id::IncidentId;
use domain::text::{NOTE_MAX, WHAT_HAPPENED_MAX};
use domain::words::Platform;

use super::super::inbound::{Arrived, Written, delivery, message_key};
use super::super::people::Met;
use super::super::render;
use super::{After, Answered, Handler, Said};
use crate::chat::inbound::What;
use crate::failure::{Failure, Refusal};
use crate::operations::{Outcome, people, report};
use crate::texts::keys;

impl Handler<'_> {
    /// The incident under whose card or copy a message stands.
    pub(super) async fn above(&self, arrived: &Arrived, written: &Written) -> Result<Option<IncidentId>, Failure> {
        let (Some(channel), Some(thread)) = (&arrived.who.channel, &written.thread) else { return Ok(None) };
        self.copy_at(&format!("{channel}/{thread}")).await
    }

    /// The report that a message of their own became, under which they write now, or under our answer to it.
    pub(super) async fn own_above(
        &self,
        arrived: &Arrived,
        met: &Met,
        written: &Written,
    ) -> Result<Option<IncidentId>, Failure> {
        let (Some(channel), Some(thread)) = (&arrived.who.channel, &written.thread) else { return Ok(None) };
        let Some(began) = delivery(message_key(channel, thread)) else { return Ok(None) };
        let store = &self.app.desk.store;
        let became = match store.delivered(&began).await? {
            Some(arrived) => Some(arrived.incident),
            None => store.said_at(Platform::Slack, &format!("{channel}/{thread}")).await?,
        };
        match became {
            Some(incident) => {
                report::takes_more(&self.app.desk, &people::actor(&self.app.desk, &met.origin), incident).await
            }
            None => Ok(None),
        }
    }

    /// The incident of which a copy stands there.
    pub(super) async fn copy_at(&self, there: &str) -> Result<Option<IncidentId>, Failure> {
        let store = &self.app.desk.store;
        match store.incident_at(Platform::Slack, there).await? {
            Some(incident) => Ok(Some(incident)),
            // The card was taken away once, and posted anew.
            None => store.incident_at(Platform::Slack, &format!("{there}/again")).await,
        }
    }

    /// Photos in an incident's own thread become part of it, if they may.
    pub(super) async fn joined(&self, arrived: &Arrived, met: &Met, written: Written, id: IncidentId) -> Answered {
        let Some(delivery) = &arrived.delivery else { return Answered::default() };
        match self.app.desk.store.delivered(delivery).await {
            Ok(None) => {}
            // It was said when it came for the first time.
            Ok(Some(_)) => return Answered::default(),
            Err(_) => return Answered { again: true, ..Answered::default() },
        }
        let Written { words, photos, direct, thread, late } = written;
        // Under a copy of their own they add to what happened, under a card they may write a note.
        let text = words.all(if direct { WHAT_HAPPENED_MAX } else { NOTE_MAX });
        let (actor, result) = self.receive(met, What::Photos(id, photos, text), arrived).await;
        if matches!(result, Err(Failure::Unavailable(_))) {
            return Answered { again: true, ..Answered::default() };
        }
        // What came before, at the same moment perhaps, was said then.
        let seen = matches!(result, Ok(Outcome::Stepped { .. }));
        if seen || result.is_err() && !self.is_first(arrived) {
            return Answered::default();
        }
        let message = self.reading(&met.origin, &actor, |reading| match &result {
            Err(Failure::Refused(Refusal::Denied(_))) => {
                render::words(&[reading.voice.say(&keys::photos_not_theirs())], None)
            }
            Ok(_) | Err(_) => render::reply(&reading.of_message(self.reply_of(reading, &result)), reading.voice),
        });
        let said = Said { user: arrived.who.user.clone(), message, about: Some(id) };
        Answered::after(match &arrived.who.channel {
            Some(channel) if !direct && late.is_none() => After::Whisper { channel: channel.clone(), said },
            Some(_) if !direct => After::Write { thread: None, said },
            _ => After::Write { thread, said },
        })
    }
}
