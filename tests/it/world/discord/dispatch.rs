//! Telling the sessions what happens, to each only what its intents ask for.

use serde_json::{Value, json};

use super::gateway::Send;
use super::people::VIEW_CHANNEL;
use super::state::{Id, State};

pub const GUILDS: u64 = 1;
pub const GUILD_MEMBERS: u64 = 1 << 1;
pub const GUILD_PRESENCES: u64 = 1 << 8;
pub const GUILD_MESSAGES: u64 = 1 << 9;
pub const DIRECT_MESSAGES: u64 = 1 << 12;
pub const MESSAGE_CONTENT: u64 = 1 << 15;
/// What must be switched on in the application's settings first.
pub const PRIVILEGED: u64 = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT;
/// Every intent there is: 0 to 16, 20, 21, 24 and 25.
pub const KNOWN: u64 = ((1 << 17) - 1) | (0b11 << 20) | (0b11 << 24);

/// Something that happened.
pub struct Event {
    pub name: String,
    /// Where; direct messages are nowhere.
    pub guild: Option<Id>,
    /// The intent that must be had.
    pub intent: u64,
    /// What happened, for those who may read messages.
    pub full: Value,
    /// For those who may not.
    pub bare: Value,
}

impl State {
    /// Tells every session that asked for it.
    pub fn tell(&mut self, event: &Event) {
        let privileged = self.privileged;
        for session in self.gateway.sessions.values_mut() {
            let (shard, shards) = session.shard;
            // Direct messages go to the first shard.
            let here = (event.guild.unwrap_or(0) >> 22) % shards == shard;
            if !here || session.intents & event.intent != event.intent {
                continue;
            }
            let reads = session.intents & privileged & MESSAGE_CONTENT != 0;
            let payload = if reads { &event.full } else { &event.bare };
            session.sequence += 1;
            let frame = json!({ "op": 0, "t": event.name, "s": session.sequence, "d": payload }).to_string();
            session.log.push((session.sequence, frame.clone()));
            if let Some(connection) = &session.connection {
                // A connection that is just ending is resumed later.
                drop(connection.send(Send::Frame(frame)));
            }
        }
    }

    /// Tells of something that has nothing to hide.
    pub fn tell_plain(&mut self, name: &str, guild: Option<Id>, intent: u64, payload: Value) {
        self.tell(&Event { name: name.to_owned(), guild, intent, bare: payload.clone(), full: payload });
    }

    /// Tells of a message that was sent or edited.
    pub fn tell_message(&mut self, name: &str, id: Id) {
        let message = &self.messages[&id];
        if self.permissions(self.bot, message.channel) & VIEW_CHANNEL == 0 {
            return;
        }
        let channel = &self.channels[&message.channel];
        let open = self.is_open(message);
        let (mut full, mut bare) = (self.message(id, true), self.message(id, open));
        for drawn in [&mut full, &mut bare] {
            drawn["channel_type"] = channel.kind.into();
            if let Some(guild) = channel.guild.filter(|_| message.ephemeral_for.is_none()) {
                drawn["guild_id"] = guild.to_string().into();
                if let Some(member) =
                    self.guilds[&guild].members.get(&message.author).filter(|_| message.metadata.is_none())
                {
                    drawn["member"] = member.draw();
                }
            }
        }
        let (guild, name) = (channel.guild, name.to_owned());
        let intent = if guild.is_some() { GUILD_MESSAGES } else { DIRECT_MESSAGES };
        self.tell(&Event { name, guild, intent, full, bare });
    }

    /// Takes a message away and tells of it.
    pub fn delete_message(&mut self, id: Id) {
        let message = self.messages.remove(&id).unwrap();
        let guild = self.channels[&message.channel].guild;
        let intent = if guild.is_some() { GUILD_MESSAGES } else { DIRECT_MESSAGES };
        let mut payload = json!({ "id": id.to_string(), "channel_id": message.channel.to_string() });
        if let Some(guild) = guild {
            payload["guild_id"] = guild.to_string().into();
        }
        self.tell_plain("MESSAGE_DELETE", guild, intent, payload);
    }

    /// Tells of a channel or a thread.
    pub fn tell_channel(&mut self, name: &str, id: Id) {
        let mut drawn = self.channel(id);
        if name == "THREAD_CREATE" {
            drawn["newly_created"] = true.into();
        }
        self.tell_plain(name, self.channels[&id].guild, GUILDS, drawn);
    }

    /// Tells of a guild to one session, as it is told when it becomes available.
    pub fn guild_create(&self, guild: Id) -> Value {
        let known = &self.guilds[&guild];
        let mut drawn = known.draw();
        let of = |thread: bool| -> Value {
            let here = self.channels.values().filter(|one| one.guild == Some(guild) && one.thread.is_some() == thread);
            let here = here.filter(|one| one.thread.as_ref().is_none_or(|thread| !thread.archived));
            here.map(|one| self.channel(one.id)).collect()
        };
        drawn["joined_at"] = self.stamp().into();
        drawn["large"] = false.into();
        drawn["unavailable"] = false.into();
        drawn["member_count"] = known.members.len().into();
        drawn["members"] = self.member(guild, self.bot).into_iter().collect();
        drawn["channels"] = of(false);
        drawn["threads"] = of(true);
        for empty in ["voice_states", "presences", "stage_instances", "guild_scheduled_events", "soundboard_sounds"] {
            drawn[empty] = json!([]);
        }
        drawn
    }
}
