//! Interactions: what a person did with the application, as it is told, and for how long it can be answered.

use std::time::Duration;

use serde_json::{Value, json};

use super::Member;
use super::attachments::FILE_MAX;
use super::embeds::EPHEMERAL;
use super::errors::Failed;
use super::people::{ATTACH_FILES, EMBED_LINKS, MENTION_EVERYONE, USE_EXTERNAL_EMOJIS};
use super::state::{Id, State};

pub const COMMAND: u8 = 2;
pub const COMPONENT: u8 = 3;
pub const AUTOCOMPLETE: u8 = 4;
pub const MODAL_SUBMIT: u8 = 5;
/// The time for the first answer.
pub const FIRST_ANSWER: Duration = Duration::from_secs(3);
/// The time for everything.
const TOKEN_VALID: Duration = Duration::from_mins(15);

/// Something a person did.
#[derive(Debug, Clone)]
pub struct Interaction {
    pub id: Id,
    pub token: String,
    pub kind: u8,
    pub who: Member,
    pub channel: Id,
    /// The message whose component it was, also before a modal.
    pub message: Option<Id>,
    /// The message that a command was used on.
    pub target: Option<Id>,
    /// What messages that answer it tell of it.
    pub metadata: Value,
    pub born: Duration,
    pub answer: Option<Answer>,
    /// The message that `@original` means.
    pub original: Option<Id>,
    /// It is as old as no token gets.
    pub expired: bool,
}

/// The first answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub kind: u8,
    pub at: Duration,
    pub modal: Option<Value>,
    pub choices: Vec<Value>,
}

/// What a person does, before it is an interaction.
pub struct Deed {
    pub kind: u8,
    pub who: Member,
    pub channel: Id,
    pub message: Option<Id>,
    pub target: Option<Id>,
    pub data: Value,
    /// The interaction that opened the modal.
    pub opened_by: Option<Id>,
}

impl State {
    /// Makes an interaction of what somebody does; its id, and the payload that tells of it.
    pub fn interact(&mut self, deed: &Deed) -> (Id, Value) {
        let id = self.id();
        let token = format!("aW50ZXJhY3Rpb246{}", hex::encode(id.to_be_bytes().repeat(8)));
        let mut payload = self.tell_of(deed);
        payload["id"] = id.to_string().into();
        payload["token"] = token.as_str().into();
        let mut metadata = json!({
            "id": id.to_string(), "type": deed.kind, "user": self.users[&deed.who.user].draw(),
            "authorizing_integration_owners": payload["authorizing_integration_owners"],
        });
        if deed.kind == COMPONENT {
            metadata["interacted_message_id"] = deed.message.map(|id| id.to_string()).into();
        }
        if let Some(target) = deed.target {
            metadata["target_message_id"] = target.to_string().into();
        }
        if let Some(opened_by) = deed.opened_by {
            metadata["triggering_interaction_metadata"] = self.interactions[&opened_by].metadata.clone();
        }
        let &Deed { kind, who, channel, message, target, .. } = deed;
        let (born, answer, original, expired) = (self.time, None, None, false);
        let interaction =
            Interaction { id, token, kind, who, channel, message, target, metadata, born, answer, original, expired };
        self.interactions.insert(id, interaction);
        (id, payload)
    }

    /// Everything an interaction tells but its id and token.
    fn tell_of(&self, deed: &Deed) -> Value {
        let (who, user) = (deed.who, &self.users[&deed.who.user]);
        let place = &self.channels[&deed.channel];
        let may = self.permissions(who.user, deed.channel);
        let mut channel = self.channel(deed.channel);
        channel["permissions"] = may.to_string().into();
        let own = match place.guild {
            Some(_) => self.permissions(self.bot, deed.channel),
            None => ATTACH_FILES | EMBED_LINKS | MENTION_EVERYONE | USE_EXTERNAL_EMOJIS,
        };
        let owner = place.guild.unwrap_or_default().to_string();
        let mut payload = json!({
            "application_id": self.application.to_string(), "type": deed.kind, "data": deed.data, "version": 1,
            "channel": channel, "channel_id": deed.channel.to_string(), "app_permissions": own.to_string(),
            "locale": user.locale, "entitlements": [], "authorizing_integration_owners": { "0": owner },
            "context": u8::from(place.guild.is_none()), "attachment_size_limit": FILE_MAX,
        });
        match place.guild.map(|id| &self.guilds[&id]) {
            Some(guild) => {
                // Somebody who left keeps what their screen shows for a moment.
                let mut member = self.member(guild.id, who.user).unwrap_or_else(|| {
                    json!({
                        "user": user.draw(), "roles": [], "joined_at": null, "premium_since": null, "nick": null,
                        "avatar": null, "deaf": false, "mute": false, "flags": 0,
                    })
                });
                member["permissions"] = may.to_string().into();
                payload["member"] = member;
                payload["guild_id"] = guild.id.to_string().into();
                payload["guild_locale"] = guild.locale.as_str().into();
                let features = json!([]);
                payload["guild"] = json!({ "id": guild.id.to_string(), "locale": guild.locale, "features": features });
            }
            None => payload["user"] = user.draw(),
        }
        if let Some(message) = deed.message {
            payload["message"] = self.message(message, true);
        }
        payload
    }

    /// The interaction of a token, if it can still be spoken to after the first answer.
    pub fn webhook(&self, application: Id, token: &str) -> Result<Interaction, Failed> {
        let found = self.interactions.values().find(|one| one.token == token && application == self.application);
        let interaction = found.ok_or_else(|| Failed::of(50027))?;
        if interaction.expired || self.time.saturating_sub(interaction.born) >= TOKEN_VALID {
            return Err(Failed::of(50027));
        }
        // Before the first answer there is nothing behind the token.
        interaction.answer.as_ref().ok_or_else(|| Failed::of(10015))?;
        Ok(interaction.clone())
    }

    /// The interaction that is answered for the first time.
    pub fn unanswered(&self, id: Id, token: &str) -> Result<Interaction, Failed> {
        let interaction =
            self.interactions.get(&id).filter(|one| one.token == token).ok_or_else(|| Failed::of(10062))?;
        if interaction.answer.is_some() {
            return Err(Failed::of(40060));
        }
        if interaction.expired || self.time.saturating_sub(interaction.born) > FIRST_ANSWER {
            return Err(Failed::of(10062));
        }
        Ok(interaction.clone())
    }

    /// Whom alone a message is for that is sent with these flags.
    pub fn ephemeral(interaction: &Interaction, flags: &Value) -> Option<Id> {
        (flags.as_u64().unwrap_or_default() & EPHEMERAL != 0).then_some(interaction.who.user)
    }
}
