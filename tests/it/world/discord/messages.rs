//! Messages: made, edited, drawn, and who would have heard of them.

use domain::clock::Moment;
use serde_json::{Map, Value, json};

use super::attachments::{FILE_MAX, Upload};
use super::check::Check;
use super::components;
use super::embeds::{self, EPHEMERAL, IS_COMPONENTS_V2, LOADING, Shape};
use super::errors::Failed;
use super::people::MENTION_EVERYONE;
use super::state::{Id, State, id_of, written};

/// A message.
#[derive(Debug, Clone)]
pub struct Message {
    pub id: Id,
    pub channel: Id,
    pub author: Id,
    pub kind: u8,
    pub content: String,
    pub embeds: Vec<Value>,
    pub components: Vec<Value>,
    pub attachments: Vec<Id>,
    pub nonce: Option<Value>,
    pub flags: u64,
    pub mentions: Mentions,
    pub sent: Moment,
    pub edited: Option<Moment>,
    /// Who alone sees it.
    pub ephemeral_for: Option<Id>,
    /// What it answers: `interaction_metadata`.
    pub metadata: Option<Value>,
    pub reference: Option<Id>,
    /// The message that it forwards, as it was then.
    pub forwards: Option<Value>,
    pub thread: Option<Id>,
    /// Whether a test has looked at it.
    pub looked_at: bool,
}

/// Who is mentioned so that they hear of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentions {
    pub users: Vec<Id>,
    pub roles: Vec<Id>,
    pub everyone: bool,
}

/// A message that rang somebody's telephone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ping {
    pub message: Id,
    pub whom: Mentions,
}

/// Where a message goes, and from whom.
pub struct Envelope {
    pub channel: Id,
    pub author: Id,
    pub kind: u8,
    pub ephemeral_for: Option<Id>,
    pub metadata: Option<Value>,
    pub reference: Option<Id>,
    /// What an absent `allowed_mentions` stands for.
    pub parsed: &'static [&'static str],
}

impl Envelope {
    /// An ordinary message.
    pub fn to(channel: Id, author: Id) -> Self {
        let parsed = &["users", "roles", "everyone"];
        Self { channel, author, kind: 0, ephemeral_for: None, metadata: None, reference: None, parsed }
    }
}

/// The id of an attachment, or the number of a file of the request.
fn place_of(id: &Value) -> Option<Id> {
    id.as_u64().or_else(|| id.as_str()?.parse().ok())
}

impl State {
    /// Looks at a message strictly.
    pub fn check_message(&mut self, body: &Value, files: &[Upload], shape: &Shape) -> Result<(), Failed> {
        let mut check = Check::default();
        embeds::message(&mut check, body, shape);
        if files.iter().any(|file| file.bytes.len() > FILE_MAX) {
            return Err(Failed::of(40005));
        }
        if files.len() > 10 {
            return Err(Failed::of(30015));
        }
        // A file of this request, or one that is there already.
        let listed = body["attachments"].as_array().into_iter().flatten();
        let known = |one: &Value| {
            let id = place_of(&one["id"]);
            files.iter().any(|file| Some(file.at) == id) || id.is_some_and(|id| self.files.contains_key(&id))
        };
        if listed.filter(|one| !one["id"].is_null()).any(|one| !known(one)) {
            return Err(Failed::field("attachments", "ATTACHMENT_NOT_FOUND", "Attachment data not found"));
        }
        let (verdict, unknown) = check.finish();
        self.complaints
            .extend(unknown.into_iter().map(|field| format!("a message with {field}, which is not documented")));
        verdict?;
        let silent = body["allowed_mentions"].is_null();
        if silent && mentioned(body["content"].as_str().unwrap_or_default()) != Mentions::default() {
            self.complain("a message with mentions and without allowed_mentions");
        }
        Ok(())
    }

    /// Makes a message of a body that was looked at.
    pub fn post(&mut self, to: Envelope, body: &Value, files: Vec<Upload>) -> Result<Id, Failed> {
        let empty = body["content"].as_str().unwrap_or_default().trim().is_empty()
            && embeds::is_empty(&body["embeds"])
            && embeds::is_empty(&body["components"])
            && files.is_empty();
        if empty {
            return Err(Failed::of(50006));
        }
        let flags = body["flags"].as_u64().unwrap_or_default() & !EPHEMERAL;
        Ok(self.put(to, flags, body, files))
    }

    /// Puts a message there, without any question.
    pub fn put(&mut self, to: Envelope, flags: u64, body: &Value, files: Vec<Upload>) -> Id {
        let id = self.id();
        let attachments = self.keep_all(to.channel, body, files);
        let mut message = Message {
            id,
            channel: to.channel,
            author: to.author,
            kind: to.kind,
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            attachments,
            nonce: Some(body["nonce"].clone()).filter(|nonce| !nonce.is_null()),
            flags: flags | if to.ephemeral_for.is_some() { EPHEMERAL } else { 0 },
            mentions: Mentions::default(),
            sent: self.now(),
            edited: None,
            ephemeral_for: to.ephemeral_for,
            metadata: to.metadata,
            reference: to.reference,
            forwards: None,
            thread: None,
            // People's own words are not for the test to find.
            looked_at: to.author != self.bot,
        };
        message.take(body);
        message.mentions = self.allowed(&message, &body["allowed_mentions"], to.parsed);
        if message.mentions != Mentions::default() {
            self.pings.push(Ping { message: id, whom: message.mentions.clone() });
        }
        self.messages.insert(id, message);
        id
    }

    /// Keeps the files of a message, with what is said of each.
    pub fn keep_all(&mut self, channel: Id, body: &Value, files: Vec<Upload>) -> Vec<Id> {
        let said = body["attachments"].as_array().cloned().unwrap_or_default();
        let mut kept = Vec::with_capacity(files.len());
        for mut file in files {
            let about = said.iter().find(|one| place_of(&one["id"]) == Some(file.at));
            let word = |key: &str| about.and_then(|one| one[key].as_str()).map(str::to_owned);
            file.name = word("filename").unwrap_or(file.name);
            kept.push(self.keep(channel, file, word("description")));
        }
        kept
    }

    /// Edits a message; fields that are absent stay. Of new files only those listed are taken, where anything is listed.
    pub fn edit(&mut self, id: Id, body: &Value, mut files: Vec<Upload>, parsed: &[&str]) {
        if let Some(list) = body["attachments"].as_array() {
            files.retain(|file| list.iter().any(|one| place_of(&one["id"]) == Some(file.at)));
        }
        let (now, channel) = (self.now(), self.messages[&id].channel);
        let fresh = self.keep_all(channel, body, files);
        let message = self.messages.get_mut(&id).unwrap();
        if let Some(list) = body["attachments"].as_array() {
            let stays = |id: &Id| list.iter().any(|one| id_of(&one["id"]) == Some(*id));
            message.attachments.retain(stays);
        }
        message.attachments.extend(fresh);
        message.take(body);
        message.flags &= !LOADING;
        message.flags |= body["flags"].as_u64().unwrap_or_default() & IS_COMPONENTS_V2;
        message.edited = Some(now);
        let message = message.clone();
        let mentions = self.allowed(&message, &body["allowed_mentions"], parsed);
        if !body["content"].is_null() {
            self.messages.get_mut(&id).unwrap().mentions = mentions;
        }
    }

    /// Who is mentioned, of those who may be.
    fn allowed(&self, message: &Message, allowed: &Value, parsed: &[&str]) -> Mentions {
        let Mentions { mut users, mut roles, mut everyone } = mentioned(&message.content);
        let parses = |word: &str| match allowed {
            Value::Null => parsed.contains(&word),
            allowed => allowed["parse"].as_array().is_some_and(|parse| parse.iter().any(|one| one == word)),
        };
        let named = |word: &str, id: &Id| {
            allowed[word].as_array().is_some_and(|ids| ids.iter().any(|one| id_of(one) == Some(*id)))
        };
        let may = self.permissions(message.author, message.channel) & MENTION_EVERYONE != 0;
        let guild = self.channels[&message.channel].guild.map(|id| &self.guilds[&id]);
        users.retain(|id| self.users.contains_key(id) && (parses("users") || named("users", id)));
        roles.retain(|id| {
            let role = guild.and_then(|guild| guild.roles.get(id));
            role.is_some_and(|role| role.mentionable || may) && (parses("roles") || named("roles", id))
        });
        everyone &= may && parses("everyone");
        Mentions { users, roles, everyone }
    }

    /// The message object; `content` is whether whoever reads it may see what it says.
    pub fn message(&self, id: Id, content: bool) -> Value {
        let message = &self.messages[&id];
        let may = |list: Value| if content { list } else { json!([]) };
        let mentions: Vec<Value> = message.mentions.users.iter().map(|id| self.users[id].draw()).collect();
        let roles: Vec<String> = message.mentions.roles.iter().map(ToString::to_string).collect();
        let files = message.attachments.iter().map(|id| self.attachment(*id)).collect();
        let mut drawn = json!({
            "id": id.to_string(), "channel_id": message.channel.to_string(), "type": message.kind,
            "author": self.users[&message.author].draw(), "content": if content { message.content.as_str() } else { "" },
            "timestamp": written(message.sent), "edited_timestamp": message.edited.map(written), "tts": false,
            "mention_everyone": message.mentions.everyone, "mentions": mentions, "mention_roles": roles,
            "attachments": may(files), "embeds": may(message.embeds.clone().into()), "pinned": false,
            "components": may(message.components.clone().into()), "flags": message.flags,
        });
        if let Some(metadata) = &message.metadata {
            drawn["interaction_metadata"] = metadata.clone();
            drawn["application_id"] = self.application.to_string().into();
            drawn["webhook_id"] = self.application.to_string().into();
        }
        if let Some(nonce) = &message.nonce {
            drawn["nonce"] = nonce.clone();
        }
        if let Some(reference) = message.reference {
            let mut to = Map::from_iter([("type".to_owned(), 0.into())]);
            to.insert("message_id".to_owned(), reference.to_string().into());
            to.insert("channel_id".to_owned(), message.channel.to_string().into());
            if let Some(guild) = self.channels[&message.channel].guild {
                to.insert("guild_id".to_owned(), guild.to_string().into());
            }
            drawn["message_reference"] = to.into();
        }
        if let Some(forwarded) = &message.forwards {
            let (id, from) = (&forwarded["id"], &forwarded["channel_id"]);
            drawn["message_reference"] = json!({ "type": 1, "message_id": id, "channel_id": from });
            drawn["message_snapshots"] = json!([{ "message": snapshot(forwarded, content) }]);
        }
        if let Some(thread) = message.thread {
            drawn["thread"] = self.channel(thread);
        }
        drawn
    }

    /// Whether the bot may see what a message says without any intent.
    pub fn is_open(&self, message: &Message) -> bool {
        message.author == self.bot
            || self.channels[&message.channel].guild.is_none()
            || mentioned(&message.content).users.contains(&self.bot)
    }
}

impl Message {
    /// Takes over what a body says.
    fn take(&mut self, body: &Value) {
        if body.get("content").is_some() {
            body["content"].as_str().unwrap_or_default().trim().clone_into(&mut self.content);
        }
        for (key, list) in [("embeds", &mut self.embeds), ("components", &mut self.components)] {
            if body.get(key).is_some() {
                *list = body[key].as_array().cloned().unwrap_or_default();
            }
        }
        components::number(&mut self.components, &mut 0);
        for embed in &mut self.embeds {
            embed["type"] = "rich".into();
        }
    }
}

/// What is told of a message that is forwarded: what it says, and nobody who said it.
/// <https://discord.com/developers/docs/resources/message#message-snapshot-object>
fn snapshot(forwarded: &Value, content: bool) -> Value {
    let told = ["type", "timestamp", "edited_timestamp", "flags", "mentions", "mention_roles"];
    let mut drawn: Map<String, Value> = told.iter().map(|key| ((*key).to_owned(), forwarded[*key].clone())).collect();
    let said = if content { forwarded["content"].clone() } else { json!("") };
    drawn.insert("content".to_owned(), said);
    for key in ["embeds", "attachments", "components"] {
        drawn.insert(key.to_owned(), if content { forwarded[key].clone() } else { json!([]) });
    }
    drawn.into()
}

/// Who is mentioned in a text, allowed or not.
pub fn mentioned(text: &str) -> Mentions {
    let mut found = Mentions { everyone: text.contains("@everyone") || text.contains("@here"), ..Mentions::default() };
    for part in text.split("<@").skip(1) {
        let Some((inside, _)) = part.split_once('>') else { continue };
        let (list, digits) = match inside.strip_prefix('&') {
            Some(role) => (&mut found.roles, role),
            None => (&mut found.users, inside.trim_start_matches('!')),
        };
        if let Ok(id) = digits.parse::<Id>()
            && !list.contains(&id)
        {
            list.push(id);
        }
    }
    found
}
