//! Channels, threads and direct messages.

use domain::clock::Moment;
use serde_json::{Value, json};

use super::errors::Failed;
use super::people::VIEW_CHANNEL;
use super::state::{Id, State, written};

/// A text channel of a guild.
pub const TEXT: u8 = 0;
/// Two people alone.
pub const DIRECT: u8 = 1;
pub const PUBLIC_THREAD: u8 = 11;
pub const PRIVATE_THREAD: u8 = 12;

/// What a channel allows or denies a role or a member.
#[derive(Debug, Clone)]
pub struct Overwrite {
    pub whom: Id,
    pub is_member: bool,
    pub allow: u64,
    pub deny: u64,
}

/// What only threads know.
#[derive(Debug, Clone)]
pub struct Thread {
    pub owner: Id,
    /// Discord's own first message in the thread of a message, which shows that one again.
    pub starter: Option<Id>,
    pub archived: bool,
    pub locked: bool,
    pub minutes: u64,
    pub changed: Moment,
    pub created: Moment,
}

/// A channel.
#[derive(Debug, Clone)]
pub struct Channel {
    pub id: Id,
    pub kind: u8,
    pub guild: Option<Id>,
    pub name: String,
    /// The channel that a thread hangs on.
    pub parent: Option<Id>,
    pub overwrites: Vec<Overwrite>,
    /// The person at the other end of a direct message.
    pub recipient: Option<Id>,
    pub thread: Option<Thread>,
}

impl Channel {
    /// A text channel.
    pub fn of(id: Id, guild: Id, name: &str) -> Self {
        let (guild, name) = (Some(guild), name.to_owned());
        Self { id, kind: TEXT, guild, name, parent: None, overwrites: Vec::new(), recipient: None, thread: None }
    }
}

impl State {
    /// The channel object.
    pub fn channel(&self, id: Id) -> Value {
        let channel = &self.channels[&id];
        let last = self.messages.values().rev().find(|one| one.channel == id && one.ephemeral_for.is_none());
        let mut drawn = json!({
            "id": id.to_string(), "type": channel.kind, "flags": 0, "last_message_id": last.map(|one| one.id.to_string()),
        });
        if let Some(recipient) = channel.recipient {
            drawn["recipients"] = json!([self.users[&recipient].draw()]);
        }
        let Some(guild) = channel.guild else { return drawn };
        drawn["guild_id"] = guild.to_string().into();
        drawn["name"] = channel.name.as_str().into();
        drawn["parent_id"] = channel.parent.map(|id| id.to_string()).into();
        drawn["rate_limit_per_user"] = 0.into();
        if let Some(thread) = &channel.thread {
            let count = self.messages.values().filter(|one| one.channel == id).count();
            drawn["owner_id"] = thread.owner.to_string().into();
            drawn["message_count"] = count.into();
            drawn["total_message_sent"] = count.into();
            drawn["member_count"] = 1.into();
            drawn["thread_metadata"] = json!({
                "archived": thread.archived, "locked": thread.locked, "auto_archive_duration": thread.minutes,
                "archive_timestamp": written(thread.changed), "create_timestamp": written(thread.created),
            });
        } else {
            let overwrites = channel.overwrites.iter().map(|one| {
                json!({
                    "id": one.whom.to_string(), "type": u8::from(one.is_member),
                    "allow": one.allow.to_string(), "deny": one.deny.to_string(),
                })
            });
            drawn["permission_overwrites"] = overwrites.collect();
            drawn["position"] = 0.into();
            drawn["topic"] = Value::Null;
            drawn["nsfw"] = false.into();
        }
        drawn
    }

    /// A channel for the bot, which must be in its guild, see it, and may what it does there.
    pub fn reach(&self, channel: Id, needed: u64) -> Result<&Channel, Failed> {
        let found = self.channels.get(&channel).ok_or_else(|| Failed::of(10003))?;
        let may = self.permissions(self.bot, channel);
        if may & VIEW_CHANNEL == 0 {
            return Err(Failed::of(50001));
        }
        if may & needed != needed {
            return Err(Failed::of(50013));
        }
        Ok(found)
    }

    /// The direct messages with somebody; opened when there are none.
    pub fn direct_with(&mut self, user: Id) -> Id {
        let found = self.channels.values().find(|channel| channel.recipient == Some(user)).map(|channel| channel.id);
        found.unwrap_or_else(|| {
            let id = self.id();
            let mut channel = Channel::of(id, 0, "");
            (channel.kind, channel.guild, channel.recipient) = (DIRECT, None, Some(user));
            self.channels.insert(id, channel);
            id
        })
    }

    /// Begins a thread.
    pub fn begin_thread(&mut self, id: Id, parent: Id, kind: u8, body: &Value) {
        let now = self.now();
        let mut channel = Channel::of(id, 0, body["name"].as_str().unwrap_or_default());
        (channel.kind, channel.guild, channel.parent) = (kind, self.channels[&parent].guild, Some(parent));
        let minutes = body["auto_archive_duration"].as_u64().unwrap_or(4_320);
        let (owner, changed, created) = (self.bot, now, now);
        channel.thread =
            Some(Thread { owner, starter: None, archived: false, locked: false, minutes, changed, created });
        self.channels.insert(id, channel);
    }
}
