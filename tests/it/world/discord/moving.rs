//! Making the world, and what people and their administrators do in it.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::json;

use super::attachments::Upload;
use super::channels::{Channel, Overwrite, PUBLIC_THREAD};
use super::dispatch::{GUILD_MEMBERS, GUILDS};
use super::messages::Envelope;
use super::people::{Guild, Membership, Role, SEND_MESSAGES, SEND_MESSAGES_IN_THREADS, User};
use super::state::{Id, State};
use super::{FakeDiscord, Member};

/// A message that forwards another one. <https://discord.com/developers/docs/resources/message#message-object-message-flags>
const HAS_SNAPSHOT: u64 = 1 << 14;
/// The kind of a reply. <https://discord.com/developers/docs/resources/message#message-object-message-types>
const REPLY: u8 = 19;

impl State {
    fn change_member(&mut self, who: Member, change: impl FnOnce(&mut Membership)) {
        change(self.guilds.get_mut(&who.guild).unwrap().members.get_mut(&who.user).expect("a member"));
        let mut told = self.member(who.guild, who.user).unwrap();
        told["guild_id"] = who.guild.to_string().into();
        // Of itself a bot hears without the intent.
        let intent = if who.user == self.bot { 0 } else { GUILD_MEMBERS };
        self.tell_plain("GUILD_MEMBER_UPDATE", Some(who.guild), intent, told);
    }

    fn said(&mut self, who: Member, channel: Id, content: &str, files: Vec<Upload>) -> Id {
        let thread = self.channels[&channel].thread.is_some();
        let needed = if thread { SEND_MESSAGES_IN_THREADS } else { SEND_MESSAGES };
        assert!(self.permissions(who.user, channel) & needed != 0, "{who:?} may write there");
        let id = self.post(Envelope::to(channel, who.user), &json!({ "content": content }), files).unwrap();
        self.tell_message("MESSAGE_CREATE", id);
        id
    }
}

/// Making the world.
impl FakeDiscord {
    /// A guild with the bot in it.
    pub fn add_guild(&self, name: &str) -> Id {
        self.hub.change(|state| {
            let id = state.id();
            state.guilds.insert(id, Guild::of(id, name));
            let (bot, joined) = (state.bot, state.now());
            let member = Membership { roles: BTreeSet::new(), joined, silenced_until: None };
            state.guilds.get_mut(&id).unwrap().members.insert(bot, member);
            let told = state.guild_create(id);
            state.tell_plain("GUILD_CREATE", Some(id), GUILDS, told);
            id
        })
    }

    /// A role with these permissions on top of everybody's.
    pub fn add_role(&self, guild: Id, name: &str, permissions: u64) -> Id {
        self.hub.change(|state| {
            let id = state.id();
            let role = Role { id, name: name.to_owned(), permissions, mentionable: true };
            let told = json!({ "guild_id": guild.to_string(), "role": role.draw() });
            state.guilds.get_mut(&guild).unwrap().roles.insert(id, role);
            state.tell_plain("GUILD_ROLE_CREATE", Some(guild), GUILDS, told);
            id
        })
    }

    /// A text channel.
    pub fn add_channel(&self, guild: Id, name: &str) -> Id {
        self.hub.change(|state| {
            let id = state.id();
            state.channels.insert(id, Channel::of(id, guild, name));
            state.tell_channel("CHANNEL_CREATE", id);
            id
        })
    }

    /// Somebody joins a guild.
    pub fn add_member(&self, guild: Id, name: &str, roles: &[Id]) -> Member {
        let user = self.hub.change(|state| {
            let id = state.id();
            state.users.insert(id, User::of(id, name, false));
            id
        });
        self.join(Member { guild, user }, roles)
    }

    /// Somebody who has an account joins a guild too.
    pub fn join(&self, who: Member, roles: &[Id]) -> Member {
        self.hub.change(|state| {
            let joined = state.now();
            let member = Membership { roles: roles.iter().copied().collect(), joined, silenced_until: None };
            state.guilds.get_mut(&who.guild).unwrap().members.insert(who.user, member);
            let mut told = state.member(who.guild, who.user).unwrap();
            told["guild_id"] = who.guild.to_string().into();
            state.tell_plain("GUILD_MEMBER_ADD", Some(who.guild), GUILD_MEMBERS, told);
        });
        who
    }

    /// The language of somebody's client.
    pub fn speaks(&self, who: Member, locale: &str) {
        self.hub.change(|state| locale.clone_into(&mut state.users.get_mut(&who.user).unwrap().locale));
    }

    /// The bot as a member of a guild.
    pub fn bot_in(&self, guild: Id) -> Member {
        Member { guild, user: self.hub.read(|state| state.bot) }
    }

    /// A privileged intent is switched on in the application's settings.
    pub fn allow_intents(&self, intents: u64) {
        self.hub.change(|state| state.privileged |= intents);
    }

    /// A channel denies a role, or a member when it is not one, something.
    pub fn deny(&self, channel: Id, whom: Id, permissions: u64) {
        self.hub.change(|state| {
            let is_member = state.users.contains_key(&whom);
            let overwrites = &mut state.channels.get_mut(&channel).unwrap().overwrites;
            overwrites.push(Overwrite { whom, is_member, allow: 0, deny: permissions });
            state.tell_channel("CHANNEL_UPDATE", channel);
        });
    }
}

impl FakeDiscord {
    /// A channel no longer denies anybody anything.
    pub fn allow_again(&self, channel: Id) {
        self.hub.change(|state| {
            state.channels.get_mut(&channel).unwrap().overwrites.clear();
            state.tell_channel("CHANNEL_UPDATE", channel);
        });
    }
}

/// What people and administrators do.
impl FakeDiscord {
    /// Somebody writes in a channel or a thread.
    pub fn posts(&self, who: Member, channel: Id, content: &str, files: Vec<Upload>) -> Id {
        self.hub.change(|state| state.said(who, channel, content, files))
    }

    /// Somebody forwards a message to a channel, or to the bot alone.
    pub fn forwards(&self, who: Member, message: Id, to: Id) -> Id {
        self.hub.change(|state| {
            let forwarded = state.message(message, true);
            let id = state.put(Envelope::to(to, who.user), HAS_SNAPSHOT, &json!({}), Vec::new());
            state.messages.get_mut(&id).unwrap().forwards = Some(forwarded);
            state.tell_message("MESSAGE_CREATE", id);
            id
        })
    }

    /// Somebody replies to a message, perhaps with files.
    pub fn replies(&self, who: Member, to: Id, content: &str, files: Vec<Upload>) -> Id {
        self.hub.change(|state| {
            let reply =
                Envelope { kind: REPLY, reference: Some(to), ..Envelope::to(state.messages[&to].channel, who.user) };
            let id = state.post(reply, &json!({ "content": content }), files).unwrap();
            state.tell_message("MESSAGE_CREATE", id);
            id
        })
    }

    /// Somebody begins a thread under a message; its id is that of the message.
    pub fn begins_thread(&self, message: Id) -> Id {
        self.hub.change(|state| {
            let channel = state.messages[&message].channel;
            state.begin_thread(message, channel, PUBLIC_THREAD, &json!({ "name": "More" }));
            state.messages.get_mut(&message).unwrap().thread = Some(message);
            state.tell_channel("THREAD_CREATE", message);
            message
        })
    }

    /// Somebody writes to the bot alone.
    pub fn direct_message(&self, who: Member, content: &str, files: Vec<Upload>) -> Id {
        self.hub.change(|state| {
            let channel = state.direct_with(who.user);
            state.said(who, channel, content, files)
        })
    }

    /// The direct messages between somebody and the bot.
    pub fn direct_channel(&self, who: Member) -> Id {
        self.hub.change(|state| state.direct_with(who.user))
    }

    /// Somebody takes no messages from the bot any more.
    pub fn blocks_bot(&self, who: Member) {
        self.hub.change(|state| state.users.get_mut(&who.user).unwrap().reachable = false);
    }

    /// Somebody edits what they wrote.
    pub fn edits(&self, message: Id, content: &str) {
        self.hub.change(|state| {
            assert_ne!(state.messages[&message].author, state.bot, "people edit their own messages");
            state.edit(message, &json!({ "content": content }), Vec::new(), &["users", "roles", "everyone"]);
            state.tell_message("MESSAGE_UPDATE", message);
        });
    }

    /// Somebody, or an administrator, takes a message away.
    pub fn deletes(&self, message: Id) {
        self.hub.change(|state| state.delete_message(message));
    }

    /// A channel and everything in it is taken away.
    pub fn deletes_channel(&self, channel: Id) {
        self.hub.change(|state| {
            let told = state.channel(channel);
            let gone = state.channels.remove(&channel).unwrap();
            state.messages.retain(|_, one| one.channel != channel);
            for one in state.messages.values_mut().filter(|one| one.thread == Some(channel)) {
                one.thread = None;
            }
            let name = if gone.thread.is_some() { "THREAD_DELETE" } else { "CHANNEL_DELETE" };
            state.tell_plain(name, gone.guild, GUILDS, told);
        });
    }

    /// A thread is archived, as Discord does by itself after a time.
    pub fn archives(&self, thread: Id) {
        self.hub.change(|state| {
            let now = state.now();
            let found = state.channels.get_mut(&thread).unwrap().thread.as_mut().unwrap();
            (found.archived, found.changed) = (true, now);
            state.tell_channel("THREAD_UPDATE", thread);
        });
    }

    /// A moderator locks a thread and puts it away, or opens it again.
    pub fn locks(&self, thread: Id, locked: bool) {
        self.hub.change(|state| {
            let now = state.now();
            let found = state.channels.get_mut(&thread).unwrap().thread.as_mut().unwrap();
            (found.locked, found.archived, found.changed) = (locked, locked, now);
            state.tell_channel("THREAD_UPDATE", thread);
        });
    }

    /// An administrator gives somebody a role.
    pub fn gives_role(&self, who: Member, role: Id) {
        self.hub.change(|state| state.change_member(who, |member| member.roles.extend([role])));
    }

    /// An administrator takes a role from somebody.
    pub fn takes_role(&self, who: Member, role: Id) {
        self.hub.change(|state| state.change_member(who, |member| member.roles.retain(|one| *one != role)));
    }

    /// A moderator silences somebody for a time.
    pub fn silences(&self, who: Member, time: TimeDelta) {
        self.hub.change(|state| {
            let until = state.now() + time;
            state.change_member(who, |member| member.silenced_until = Some(until));
        });
    }

    /// Somebody leaves, or is made to.
    pub fn removes_member(&self, who: Member) {
        self.hub.change(|state| {
            state.guilds.get_mut(&who.guild).unwrap().members.remove(&who.user).expect("a member");
            let told = json!({ "guild_id": who.guild.to_string(), "user": state.users[&who.user].draw() });
            if who.user == state.bot {
                let gone = json!({ "id": who.guild.to_string() });
                state.tell_plain("GUILD_DELETE", Some(who.guild), GUILDS, gone);
            } else {
                state.tell_plain("GUILD_MEMBER_REMOVE", Some(who.guild), GUILD_MEMBERS, told);
            }
        });
    }
}
