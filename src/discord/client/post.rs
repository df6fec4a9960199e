//! One message at one place: posted once, edited afterwards, looked for when nobody knows.

use chrono::TimeDelta;
use domain::clock::Moment;
use serde_json::json;
use serenity::http::{LightMethod, Route};
use serenity::model::id::{ChannelId, MessageId};

use super::super::api::{Budget, Trouble};
use super::super::doubt::{self, CannotLook, Looks};
use super::super::parts::{Message, put};
use super::super::people::id;
use super::super::{Discord, Standing};
use crate::app::App;
use crate::chats::copies::{UNREACHED, again};
use crate::store::outbox::{Leased, Settled};

/// How long after a lost answer it is looked for. Sending it again within minutes is harmless: Discord knows the nonce.
const SETTLE: TimeDelta = TimeDelta::seconds(3);
/// How long a card waits for a channel that was lost.
pub(super) const LOST_CHANNEL: TimeDelta = TimeDelta::minutes(1);

/// Discord's codes for a channel that cannot be written to. <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>
pub const LOST: [i64; 4] = [10003, 50001, 50013, 50024];
/// … for a message that is gone.
pub(super) const GONE: i64 = 10008;
/// … for people who cannot be written to.
const NOBODY: [i64; 3] = [50007, 50278, 10013];

/// A message's name in Discord, as the outbox keeps it: `445566/778899`, and `/again` after it was lost once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Remote {
    pub channel: u64,
    pub message: u64,
    pub again: bool,
}

impl Remote {
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let mut number = || parts.next()?.parse::<u64>().ok().filter(|id| *id > 0);
        let (channel, message) = (number()?, number()?);
        Some(Self { channel, message, again: parts.next() == Some("again") })
    }

    pub(super) fn written(&self) -> String {
        format!("{}/{}{}", self.channel, self.message, if self.again { "/again" } else { "" })
    }

    pub(super) fn route(self) -> Route<'static> {
        Route::ChannelMessage { channel_id: ChannelId::new(self.channel), message_id: MessageId::new(self.message) }
    }
}

/// What became of an edit.
enum Edited {
    Done(Settled),
    /// The message is not there any more.
    Gone,
}

/// A place for a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Post {
    pub channel: u64,
    /// Nobody but one person reads there.
    pub direct: bool,
    /// It cannot have been posted before.
    pub since: Moment,
}

impl Post {
    /// Posts the message if it is not there, else edits it.
    pub(super) async fn put(
        &self,
        discord: &Discord,
        app: &App,
        looks: &Looks,
        task: &Leased,
        message: &Message,
    ) -> Settled {
        let now = app.desk.now();
        if looks.is_lost(self.channel) {
            return Settled::Held { at: now + LOST_CHANNEL };
        }
        let settled = match (task.remote_id.as_deref().and_then(Remote::read), task.in_doubt) {
            (None, true) => self.look(discord, app, looks, task, message, false).await,
            (None, false) => self.first(discord, app, task, message, false).await,
            (Some(remote), _) => match self.edit(discord, app, task, message, &remote).await {
                Edited::Done(settled) => settled,
                // Somebody takes it away each time; the console and the record have it.
                Edited::Gone if remote.again => Settled::NeedsOperator,
                Edited::Gone if task.in_doubt => self.look(discord, app, looks, task, message, true).await,
                Edited::Gone => self.first(discord, app, task, message, true).await,
            },
        };
        if matches!(settled, Settled::Held { .. }) && discord.lost.has(&self.channel) {
            // One question a minute tells whether it is back: each refusal counts towards a ban.
            looks.lost(self.channel);
        }
        settled
    }

    /// Looks for what may have arrived, and posts it again under the same nonce if it has not: within some minutes Discord
    /// itself knows it again, after that it would have been seen.
    async fn look(
        &self,
        discord: &Discord,
        app: &App,
        looks: &Looks,
        task: &Leased,
        message: &Message,
        again: bool,
    ) -> Settled {
        let nonce = doubt::nonce(app.desk.store.keys(), &task.key, u32::from(again));
        match self.find(discord, app, looks, &nonce, message).await {
            // It is there, which is what was in doubt; as of which version, only an edit makes sure.
            Ok(Some(remote)) => Settled::Found { remote_id: Remote { again, ..remote }.written(), at: app.desk.now() },
            Ok(None) => {
                let settled = self.first(discord, app, task, message, again).await;
                if let Settled::Shown { remote_id: Some(remote_id) } = settled {
                    // It may be the older one that Discord knew by its nonce.
                    return Settled::Found { remote_id, at: app.desk.now() };
                }
                settled
            }
            Err(CannotLook::Until(at)) => Settled::Doubt { at, looks: task.looks },
            Err(CannotLook::Never) => Settled::NeedsOperator,
        }
    }

    /// Posts it for the first time; `again` in the place of one that was taken away.
    async fn first(&self, discord: &Discord, app: &App, task: &Leased, message: &Message, again: bool) -> Settled {
        let nonce = doubt::nonce(app.desk.store.keys(), &task.key, u32::from(again));
        self.send(discord, app, task, message, &nonce, again).await
    }

    /// Posts it; `again_` when the one before was taken away.
    pub(super) async fn send(
        &self,
        discord: &Discord,
        app: &App,
        task: &Leased,
        message: &Message,
        nonce: &str,
        again_: bool,
    ) -> Settled {
        let now = app.desk.now();
        let mut body = message.body();
        put(&mut body, "nonce", json!(nonce));
        put(&mut body, "enforce_nonce", json!(true));
        match discord.api.send(Budget::Outbox, LightMethod::Post, self.route(), &body, now).await {
            Ok(answer) => {
                discord.lost.found(&self.channel);
                match id(answer.get("id")) {
                    Some(message) => {
                        let remote = Remote { channel: self.channel, message, again: again_ };
                        Settled::Shown { remote_id: Some(remote.written()) }
                    }
                    None => Settled::Doubt { at: now + SETTLE, looks: 1 },
                }
            }
            Err(Trouble::Lost) => Settled::Doubt { at: now + SETTLE, looks: 1 },
            Err(trouble) => self.refused(discord, app, task, &trouble),
        }
    }

    /// Posts something that is not worth a row; whether it was.
    pub(super) async fn once(&self, discord: &Discord, app: &App, message: &Message) -> bool {
        let posted =
            discord.api.send(Budget::Person, LightMethod::Post, self.route(), &message.body(), app.desk.now()).await;
        if let Err(trouble) = &posted {
            tracing::error!(target: "shopwatch::discord", code = trouble.code(), "the admin channel cannot be reached either");
        }
        posted.is_ok()
    }

    fn route(&self) -> Route<'static> {
        Route::ChannelMessages { channel_id: ChannelId::new(self.channel) }
    }

    async fn edit(&self, discord: &Discord, app: &App, task: &Leased, message: &Message, remote: &Remote) -> Edited {
        let now = app.desk.now();
        Edited::Done(
            match discord.api.send(Budget::Outbox, LightMethod::Patch, remote.route(), &message.body(), now).await {
                Ok(_) => {
                    discord.lost.found(&self.channel);
                    Settled::Shown { remote_id: None }
                }
                Err(Trouble::Said { code: GONE, .. }) => return Edited::Gone,
                // Editing twice is editing once.
                Err(Trouble::Lost) => Settled::Later { at: now + again(task.attempts) },
                Err(trouble) => self.refused(discord, app, task, &trouble),
            },
        )
    }

    /// What Discord did not do, for certain.
    pub(super) fn refused(&self, discord: &Discord, app: &App, task: &Leased, trouble: &Trouble) -> Settled {
        let now = app.desk.now();
        if trouble.is_unauthorised() {
            discord.fell(Standing::Refused("401".to_owned()));
            return Settled::Held { at: now + UNREACHED };
        }
        match trouble {
            Trouble::Limited(wait) => Settled::Held { at: now + *wait },
            Trouble::Unsent => Settled::Held { at: discord.away.not_before(UNREACHED, now) },
            Trouble::Lost => Settled::Held { at: now + UNREACHED },
            Trouble::Said { code, .. } if NOBODY.contains(code) => Settled::Dropped,
            // A direct message that Discord does not let us write is no lost channel.
            Trouble::Said { code, .. } if LOST.contains(code) && self.direct => Settled::Dropped,
            Trouble::Said { code, .. } if LOST.contains(code) => {
                discord.cannot_write(self.channel, *code, now);
                Settled::Held { at: now + LOST_CHANNEL }
            }
            Trouble::Said { status, code } => {
                tracing::error!(target: "shopwatch::discord", status, code, incident = %task.incident, "Discord does not take a message");
                Settled::Later { at: now + again(task.attempts) }
            }
        }
    }

    /// Where the message is that carries the nonce or the small print.
    async fn find(
        &self,
        discord: &Discord,
        app: &App,
        looks: &Looks,
        nonce: &str,
        message: &Message,
    ) -> Result<Option<Remote>, CannotLook> {
        let mark = message.embed.as_ref().map(|embed| embed.footer.clone()).unwrap_or_default();
        let there = looks.look(discord, app, self.channel, self.since).await?;
        let same = |found: &&doubt::Found| found.nonce == nonce || !mark.is_empty() && found.footer == mark;
        let found = there.iter().find(same);
        Ok(found.map(|found| Remote { channel: self.channel, message: found.message, again: false }))
    }
}
