//! Guilds, their roles, and the people in them.

use std::collections::{BTreeMap, BTreeSet};

use domain::clock::Moment;
use serde_json::{Value, json};

use super::state::{Id, State, written};

pub const ADMINISTRATOR: u64 = 1 << 3;
pub const VIEW_CHANNEL: u64 = 1 << 10;
pub const SEND_MESSAGES: u64 = 1 << 11;
pub const MANAGE_MESSAGES: u64 = 1 << 13;
pub const EMBED_LINKS: u64 = 1 << 14;
pub const ATTACH_FILES: u64 = 1 << 15;
pub const READ_MESSAGE_HISTORY: u64 = 1 << 16;
pub const MENTION_EVERYONE: u64 = 1 << 17;
pub const USE_EXTERNAL_EMOJIS: u64 = 1 << 18;
pub const USE_APPLICATION_COMMANDS: u64 = 1 << 31;
pub const MANAGE_THREADS: u64 = 1 << 34;
pub const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
pub const CREATE_PRIVATE_THREADS: u64 = 1 << 36;
pub const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;
/// What everybody may in a guild as it is made.
const EVERYONE: u64 = VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | USE_APPLICATION_COMMANDS
    | CREATE_PUBLIC_THREADS
    | SEND_MESSAGES_IN_THREADS;

/// Somebody with an account.
#[derive(Debug, Clone)]
pub struct User {
    pub id: Id,
    pub name: String,
    pub bot: bool,
    /// The language of their client.
    pub locale: String,
    /// Whether the bot may write to them.
    pub reachable: bool,
}

impl User {
    pub fn of(id: Id, name: &str, bot: bool) -> Self {
        Self { id, name: name.to_owned(), bot, locale: "en-GB".to_owned(), reachable: true }
    }

    /// Their user object.
    pub fn draw(&self) -> Value {
        json!({
            "id": self.id.to_string(), "username": self.name.to_lowercase(), "discriminator": "0",
            "global_name": if self.bot { Value::Null } else { self.name.as_str().into() }, "avatar": null,
            "avatar_decoration_data": null, "collectibles": null, "primary_guild": null, "bot": self.bot,
            "public_flags": 0, "flags": 0,
        })
    }
}

/// A role of a guild.
#[derive(Debug, Clone)]
pub struct Role {
    pub id: Id,
    pub name: String,
    pub permissions: u64,
    pub mentionable: bool,
}

impl Role {
    pub fn draw(&self) -> Value {
        json!({
            "id": self.id.to_string(), "name": self.name, "color": 0, "hoist": false, "icon": null,
            "colors": { "primary_color": 0, "secondary_color": null, "tertiary_color": null },
            "unicode_emoji": null, "position": 0, "permissions": self.permissions.to_string(), "managed": false,
            "mentionable": self.mentionable, "flags": 0,
        })
    }
}

/// What somebody is in a guild.
#[derive(Debug, Clone)]
pub struct Membership {
    pub roles: BTreeSet<Id>,
    pub joined: Moment,
    pub silenced_until: Option<Moment>,
}

impl Membership {
    /// The fields of a member object that do not depend on the place it is drawn in.
    pub fn draw(&self) -> Value {
        let roles: Vec<String> = self.roles.iter().map(ToString::to_string).collect();
        json!({
            "roles": roles, "joined_at": written(self.joined), "premium_since": null, "nick": null, "avatar": null,
            "banner": null, "deaf": false, "mute": false, "flags": 0, "pending": false,
            "communication_disabled_until": self.silenced_until.map(written),
            "avatar_decoration_data": null, "collectibles": null,
        })
    }
}

/// A guild.
#[derive(Debug, Clone)]
pub struct Guild {
    pub id: Id,
    pub name: String,
    pub owner: Id,
    pub locale: String,
    pub roles: BTreeMap<Id, Role>,
    pub members: BTreeMap<Id, Membership>,
}

impl Guild {
    /// A guild that belongs to nobody in particular.
    pub fn of(id: Id, name: &str) -> Self {
        let everyone = Role { id, name: "@everyone".to_owned(), permissions: EVERYONE, mentionable: false };
        let roles = BTreeMap::from([(id, everyone)]);
        Self { id, name: name.to_owned(), owner: 1, locale: "en-US".to_owned(), roles, members: BTreeMap::new() }
    }

    /// Its guild object.
    pub fn draw(&self) -> Value {
        let roles: Vec<Value> = self.roles.values().map(Role::draw).collect();
        json!({
            "id": self.id.to_string(), "name": self.name, "icon": null, "splash": null, "discovery_splash": null,
            "owner_id": self.owner.to_string(), "afk_channel_id": null, "afk_timeout": 300, "verification_level": 1,
            "default_message_notifications": 1, "explicit_content_filter": 0, "roles": roles, "emojis": [],
            "features": [], "mfa_level": 0, "application_id": null, "system_channel_id": null,
            "system_channel_flags": 0, "rules_channel_id": null, "max_presences": null, "max_members": 500_000,
            "vanity_url_code": null, "description": null, "banner": null, "premium_tier": 0,
            "premium_subscription_count": 0, "preferred_locale": self.locale, "public_updates_channel_id": null,
            "nsfw_level": 0, "stickers": [], "premium_progress_bar_enabled": false, "safety_alerts_channel_id": null,
            "incidents_data": null,
        })
    }
}

impl State {
    /// The member object of somebody, with their user; nothing when they are not in the guild.
    pub fn member(&self, guild: Id, user: Id) -> Option<Value> {
        let mut drawn = self.guilds.get(&guild)?.members.get(&user)?.draw();
        drawn["user"] = self.users[&user].draw();
        Some(drawn)
    }

    /// What somebody may in a channel: roles, then the channel's exceptions, then what a timeout takes away.
    pub fn permissions(&self, user: Id, channel: Id) -> u64 {
        let channel = &self.channels[&channel];
        let Some(guild) = channel.guild.map(|id| &self.guilds[&id]) else {
            let there = channel.recipient == Some(user) || user == self.bot;
            return if there { EVERYONE | MENTION_EVERYONE | USE_EXTERNAL_EMOJIS } else { 0 };
        };
        let Some(member) = guild.members.get(&user) else { return 0 };
        let roles = || std::iter::once(&guild.id).chain(&member.roles);
        let mut may = roles().filter_map(|id| guild.roles.get(id)).fold(0, |may, role| may | role.permissions);
        if may & ADMINISTRATOR != 0 || guild.owner == user {
            return u64::MAX >> 13;
        }
        let exceptions = &channel.parent.map_or(channel, |id| &self.channels[&id]).overwrites;
        for level in [vec![guild.id], member.roles.iter().copied().collect(), vec![user]] {
            let these = || exceptions.iter().filter(|exception| level.contains(&exception.whom));
            may &= !these().fold(0, |bits, exception| bits | exception.deny);
            may |= these().fold(0, |bits, exception| bits | exception.allow);
        }
        if member.silenced_until.is_some_and(|until| until > self.now()) {
            may &= VIEW_CHANNEL | READ_MESSAGE_HISTORY;
        }
        // Who does not see a channel does nothing in it.
        if may & VIEW_CHANNEL == 0 { 0 } else { may }
    }
}
