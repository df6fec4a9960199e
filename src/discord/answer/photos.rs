//! Photos that people send to a report that there is already: in the thread under its card, or as a reply to their own copy
//! of it.

use domain::id::IncidentId;
use domain::words::Platform;

use super::super::inbound::{Arrived, Written, delivery};
use super::super::people::Met;
use super::super::render;
use super::{After, Answered, Handler};
use crate::chat::inbound::What;
use crate::failure::{Failure, Refusal};
use crate::operations::{Outcome, people, report};
use crate::texts::keys;

impl Handler<'_> {
    /// The incident in whose thread a message stands, or to whose card or copy it replies.
    pub(super) async fn above(&self, arrived: &Arrived, written: &Written) -> Result<Option<IncidentId>, Failure> {
        let Some(channel) = arrived.who.channel else { return Ok(None) };
        if let Some(message) = written.replies_to
            && let Some(incident) = self.copy_at(&format!("{channel}/{message}")).await?
        {
            return Ok(Some(incident));
        }
        if arrived.who.guild.is_none() {
            return Ok(None);
        }
        // A thread is known by its own id, which is that of the message under which it was begun.
        match self.copy_at(&channel.to_string()).await? {
            Some(incident) => Ok(Some(incident)),
            None => self.became(channel).await,
        }
    }

    /// The report that a message of their own became, to which they reply now, or to our answer to it.
    pub(super) async fn own_above(
        &self,
        arrived: &Arrived,
        met: &Met,
        written: &Written,
    ) -> Result<Option<IncidentId>, Failure> {
        let (Some(channel), Some(message)) = (arrived.who.channel, written.replies_to) else { return Ok(None) };
        let store = &self.app.desk.store;
        let became = match self.became(message).await? {
            Some(incident) => Some(incident),
            None => store.said_at(Platform::Discord, &format!("{channel}/{message}")).await?,
        };
        match became {
            Some(incident) => {
                report::takes_more(&self.app.desk, &people::actor(&self.app.desk, &met.origin), incident).await
            }
            None => Ok(None),
        }
    }

    /// What became of a message.
    async fn became(&self, message: u64) -> Result<Option<IncidentId>, Failure> {
        let arrived = self.app.desk.store.delivered(&delivery(message)).await?;
        Ok(arrived.map(|arrived| arrived.incident))
    }

    /// The incident of which a copy stands there.
    pub(super) async fn copy_at(&self, there: &str) -> Result<Option<IncidentId>, Failure> {
        let store = &self.app.desk.store;
        match store.incident_at(Platform::Discord, there).await? {
            Some(incident) => Ok(Some(incident)),
            // The copy was taken away once, and posted anew.
            None => store.incident_at(Platform::Discord, &format!("{there}/again")).await,
        }
    }

    /// Photos in an incident's own thread become part of it, if they may.
    pub(super) async fn joined(&self, arrived: &Arrived, met: &Met, written: Written, id: IncidentId) -> Answered {
        let Some(delivery) = &arrived.delivery else { return Answered::default() };
        match self.app.desk.store.delivered(delivery).await {
            Ok(None) => {}
            // It was said when it came for the first time.
            Ok(Some(_)) => return Answered::default(),
            Err(_) => return Answered::again(),
        }
        let Written { id: to, text, photos, .. } = written;
        let (actor, result) = self.receive(met, What::Photos(id, photos, text), arrived).await;
        if matches!(result, Err(Failure::Unavailable(_))) {
            return Answered::again();
        }
        // What came before, at the same moment perhaps, was said then.
        let seen = matches!(result, Ok(Outcome::Stepped { .. }));
        if seen || result.is_err() && !self.is_first(arrived) {
            return Answered::default();
        }
        let message = self.reading(&met.origin, &actor, |reading| match &result {
            Err(Failure::Refused(Refusal::Denied(_))) => {
                render::words(&[reading.voice.say(&keys::photos_not_theirs())])
            }
            Ok(_) | Err(_) => render::reply(&reading.of_message(self.reply_of(reading, &result)), None, reading.voice),
        });
        Answered::after(match (&result, arrived.who.channel) {
            // That they arrived may be read by whoever reads the thread; why they were not taken concerns one person.
            (Ok(_), Some(channel)) if arrived.who.guild.is_some() => After::Reply { channel, to, message },
            _ => After::Write { user: arrived.who.user.clone(), message, about: Some(id) },
        })
    }
}
