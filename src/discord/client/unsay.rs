//! Taking away what was said in Discord of an incident that is erased: lines in threads, answers in direct messages. What we
//! know by name is deleted by it; what we do not is found by reading where it can stand. The copies themselves are drawn
//! anew by their own tasks. Messages go one by one: many at once go only in guilds, for two weeks, and for those who manage
//! everybody's messages; a thread goes only for those who manage threads. What only one person sees cannot be read back; it
//! goes when they close Discord.
//! <https://docs.discord.com/developers/resources/message#delete-message>

use std::collections::HashSet;
use std::time::Duration;

use domain::clock::Moment;
use serde_json::Value;
use serenity::http::Route;
use serenity::model::id::ChannelId;

use super::super::answer::direct;
use super::super::api::Trouble;
use super::super::doubt::{CLOCKS, PAGE, snowflake};
use super::super::people::id;
use super::super::{Discord, Standing};
use super::post::{GONE, LOST, LOST_CHANNEL, Remote};
use crate::app::App;
use crate::chats::copies::UNREACHED;
use crate::chats::unsay::{Stopped, Taken, Unsaying, Whose, both};
use crate::store::outbox::{Leased, Settled, What};
use crate::store::retention::Gone;

/// Discord's code for a channel that is not there (any more), and the one for a message of its own.
const NO_CHANNEL: i64 = 10003;
const SYSTEM_MESSAGE: i64 = 50021;
/// The kinds of messages that we write: alone, as a reply, as the answer to a command. Discord's own cannot be deleted.
const OURS: [u64; 3] = [0, 19, 20];

/// Takes it all away, or as much as there is time for.
pub(super) async fn carry_out(discord: &Discord, app: &App, task: &Leased, gone: &Gone, began: Duration) -> Settled {
    let unsaying = match Unsaying::of(app, task, gone, began).await {
        Ok(unsaying) => unsaying,
        Err(settled) => return settled,
    };
    let mut whose = Whose::read(task.remote_id.as_deref());
    let place = Place { discord, of: &unsaying };
    let taken = place.everything(&mut whose).await;
    Box::pin(unsaying.settled(taken, whose.written())).await
}

/// Where it stands.
struct Place<'a> {
    discord: &'a Discord,
    of: &'a Unsaying<'a>,
}

impl Place<'_> {
    /// First what is known by name; then what stands in threads; then what was written to one person beside their copies.
    async fn everything(&self, whose: &mut Whose) -> Taken {
        let mut taken =
            self.of.known(|remote_id| async move { Some(self.delete(Remote::read(&remote_id)?).await) }).await;
        let threads = |what: &What| matches!(what, What::DrawThread { .. });
        for thread in self.of.stands(threads).filter_map(|id| id.parse::<u64>().ok()) {
            if matches!(taken, Err(Stopped::Until(_))) {
                break;
            }
            taken = both(taken, self.thread(thread).await);
        }
        match taken {
            Err(Stopped::Until(_)) => taken,
            Ok(()) | Err(Stopped::Never) => both(taken, self.direct(whose).await),
        }
    }

    /// Everything of ours in a thread. Who may not read the history is shown an empty one, and not told so.
    async fn thread(&self, thread: u64) -> Taken {
        let (mut after, mut empty) = (self.since(), true);
        loop {
            let page = self.read(thread, after).await?;
            let Some(newest) = newest(&page) else { break };
            empty = false;
            self.take(thread, &page, |_| true).await?;
            if page.len() < PAGE {
                break;
            }
            after = newest;
        }
        if empty && !self.of.remembers { self.is_empty(thread).await } else { Ok(()) }
    }

    /// Whether a thread is as empty as it looks.
    async fn is_empty(&self, thread: u64) -> Taken {
        self.of.may_go_on()?;
        let route = Route::Channel { channel_id: ChannelId::new(thread) };
        match self.discord.api.look(route, self.now()).await {
            Ok(found) if found.get("message_count").and_then(Value::as_u64).unwrap_or_default() > 0 => {
                Err(Stopped::Never)
            }
            Ok(_) | Err(Trouble::Said { code: NO_CHANNEL, .. }) => Ok(()),
            Err(trouble) => Err(self.stopped(Some(thread), &trouble)),
        }
    }

    /// What was written to whoever reported it, as far as it is about this incident.
    async fn direct(&self, whose: &mut Whose) -> Taken {
        let Some(channel) = self.direct_channel(whose.user.as_deref()).await? else { return Ok(()) };
        loop {
            let after = whose.read_to.as_deref().and_then(|id| id.parse().ok()).unwrap_or_else(|| self.since());
            let page = self.read(channel, after).await?;
            self.take(channel, &page, |message| self.of.is_about(message)).await?;
            match newest(&page) {
                Some(newest) if page.len() == PAGE => whose.read_to = Some(newest.to_string()),
                _ => return Ok(()),
            }
        }
    }

    /// Their own copy stands there; without one, Discord knows where.
    async fn direct_channel(&self, user: Option<&str>) -> Result<Option<u64>, Stopped> {
        let copy = self.of.stands_with_reporter().find_map(Remote::read);
        let Some(user) = user.filter(|_| copy.is_none()) else { return Ok(copy.map(|copy| copy.channel)) };
        self.of.may_go_on()?;
        match direct(self.of.app, self.discord, user).await {
            Ok(channel) => Ok(Some(channel)),
            Err(Trouble::Said { .. }) if self.of.remembers => Ok(None),
            Err(trouble) => Err(self.stopped(None, &trouble)),
        }
    }

    /// Deletes what is ours on a page, of what is looked for.
    async fn take(&self, channel: u64, page: &[Value], looked_for: impl Fn(&Value) -> bool) -> Taken {
        let Some(bot) = self.discord.bot() else { return Err(Stopped::Until(self.now() + UNREACHED)) };
        let copies: HashSet<u64> = self.of.stands(|_| true).filter_map(Remote::read).map(|copy| copy.message).collect();
        let is_ours = |message: &&Value| {
            let kind = message.get("type").and_then(Value::as_u64).unwrap_or_default();
            let by_us = id(message.pointer("/author/id")) == Some(bot) && OURS.contains(&kind);
            by_us && id(message.get("id")).is_some_and(|id| !copies.contains(&id)) && looked_for(message)
        };
        for message in page.iter().filter(is_ours).filter_map(|message| id(message.get("id"))) {
            self.delete(Remote { channel, message, again: false }).await?;
        }
        Ok(())
    }

    /// The messages after one, at most a page of them.
    async fn read(&self, channel: u64, after: u64) -> Result<Vec<Value>, Stopped> {
        self.of.may_go_on()?;
        let route = Route::ChannelMessages { channel_id: ChannelId::new(channel) };
        let query = vec![("after", after.to_string()), ("limit", PAGE.to_string())];
        match self.discord.api.get(route, query, self.now()).await {
            Ok(Value::Array(page)) => Ok(page),
            Ok(_) | Err(Trouble::Said { code: NO_CHANNEL, .. }) => Ok(Vec::new()),
            Err(trouble) => Err(self.stopped(Some(channel), &trouble)),
        }
    }

    /// What is not there any more is taken away, and so is what never was ours to take.
    async fn delete(&self, remote: Remote) -> Taken {
        self.of.may_go_on()?;
        match self.discord.api.delete(remote.route(), self.now()).await {
            Ok(_) | Err(Trouble::Said { code: GONE | NO_CHANNEL | SYSTEM_MESSAGE, .. }) => Ok(()),
            Err(trouble) => Err(self.stopped(Some(remote.channel), &trouble)),
        }
    }

    /// What Discord did not do.
    fn stopped(&self, channel: Option<u64>, trouble: &Trouble) -> Stopped {
        let now = self.now();
        if trouble.is_unauthorised() {
            self.discord.fell(Standing::Refused("401".to_owned()));
            return Stopped::Until(now + UNREACHED);
        }
        match trouble {
            Trouble::Limited(wait) => Stopped::Until(now + *wait),
            Trouble::Unsent | Trouble::Lost => Stopped::Until(now + UNREACHED),
            Trouble::Said { status, code } => match channel {
                Some(channel) if LOST.contains(code) => {
                    self.discord.cannot_write(channel, *code, now);
                    Stopped::Until(now + LOST_CHANNEL)
                }
                Some(_) | None => {
                    tracing::error!(target: "shopwatch::discord", status, code, incident = %self.of.task.incident, "Discord does not take a message away");
                    Stopped::Never
                }
            },
        }
    }

    /// It cannot have been said before.
    fn since(&self) -> u64 {
        snowflake(self.of.gone.reported_at - CLOCKS)
    }

    fn now(&self) -> Moment {
        self.of.app.desk.now()
    }
}

fn newest(page: &[Value]) -> Option<u64> {
    page.iter().filter_map(|message| id(message.get("id"))).max()
}
