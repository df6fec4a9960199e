//! `chat.*`: messages of the bot.

use serde_json::{Value, json};

use super::arguments::Arguments;
use super::blocks::{self, Surface};
use super::refusal::{Refusal, Reply};
use super::workspace::{BOT_USER, Message, Workspace};

/// `chat.update` and ephemeral messages refuse longer text; `chat.postMessage` splits it.
pub const TEXT_MAX: usize = 4_000;
/// Where `chat.postMessage` gives up.
const TEXT_LIMIT: usize = 40_000;
/// All text of all blocks together; undocumented, measured in the field.
const BLOCKS_TEXT_MAX: usize = 13_200;

/// What a message says.
pub struct Content {
    pub text: String,
    pub blocks: Vec<Value>,
    pub metadata: Option<Value>,
}

/// `chat.postMessage`.
pub fn post(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let wanted = arguments.needed("channel")?;
    let id = if workspace.people.contains_key(&wanted) { workspace.im_with(&wanted) } else { wanted };
    workspace.postable(&id)?;
    let content = workspace.content(arguments, "chat.postMessage", TEXT_LIMIT)?;
    if content.text.chars().count() > TEXT_MAX {
        workspace.complain("chat.postMessage: Slack would split a text of more than 4,000 characters");
    }
    let thread_ts = workspace.thread(&id, arguments)?;
    let message = workspace.say(&id, BOT_USER, content, thread_ts, None);
    Ok(json!({ "channel": id, "ts": message.ts, "message": workspace.rendered(&message, true) }))
}

/// `chat.postEphemeral`.
pub fn post_ephemeral(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let (id, user) = (arguments.needed("channel")?, arguments.needed("user")?);
    workspace.postable(&id)?;
    let channel = &workspace.channels[&id];
    if !channel.members.contains(BOT_USER) {
        return Err(Refusal::of("not_in_channel"));
    }
    if !channel.members.contains(&user) {
        return Err(Refusal::of("user_not_in_channel"));
    }
    let content = workspace.content(arguments, "chat.postEphemeral", TEXT_MAX)?;
    let thread_ts = workspace.thread(&id, arguments)?;
    let message = workspace.say(&id, BOT_USER, content, thread_ts, Some(user));
    Ok(json!({ "message_ts": message.ts }))
}

/// `chat.update`.
pub fn update(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let (id, ts) = (arguments.needed("channel")?, arguments.needed("ts")?);
    workspace.own_message(&id, &ts, "cant_update_message")?;
    if workspace.channels[&id].archived {
        return Err(Refusal::of("is_inactive"));
    }
    let content = workspace.content(arguments, "chat.update", TEXT_MAX)?;
    let keeps_metadata = !arguments.0.contains_key("metadata");
    let message = workspace.edit(&id, &ts, content, keeps_metadata);
    let rendered = workspace.rendered(&message, true);
    Ok(json!({ "channel": id, "ts": ts, "text": message.text, "message": rendered }))
}

/// `chat.delete`.
pub fn delete(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let (id, ts) = (arguments.needed("channel")?, arguments.needed("ts")?);
    workspace.own_message(&id, &ts, "cant_delete_message")?;
    if let Some(message) = workspace.message_mut(&id, &ts) {
        message.deleted = true;
    }
    Ok(json!({ "channel": id, "ts": ts }))
}

impl Workspace {
    /// Whether the bot may post to a channel.
    pub fn postable(&self, id: &str) -> Result<(), Refusal> {
        let channel = self.channels.get(id).ok_or_else(|| Refusal::of("channel_not_found"))?;
        let member = channel.members.contains(BOT_USER);
        if !member && channel.private {
            return Err(Refusal::of("channel_not_found"));
        }
        if channel.archived {
            return Err(Refusal::of("is_archived"));
        }
        if !member && !self.scopes.contains("chat:write.public") {
            return Err(Refusal::of("not_in_channel"));
        }
        Ok(())
    }

    /// The content of a message, checked.
    pub fn content(&mut self, arguments: &Arguments, method: &str, longest: usize) -> Result<Content, Refusal> {
        let text = arguments.text("text").unwrap_or_default();
        let blocks = match arguments.json("blocks").transpose()? {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(blocks)) => blocks,
            Some(_) => return Err(Refusal::of("invalid_blocks_format")),
        };
        let metadata = arguments.json("metadata").transpose()?.filter(|value| !value.is_null());
        if text.trim().is_empty() && blocks.is_empty() {
            return Err(Refusal::of("no_text"));
        }
        if text.chars().count() > longest {
            return Err(Refusal::of("msg_too_long"));
        }
        if text.trim().is_empty() {
            self.complain(format!("{method}: blocks without text leave notifications and screen readers with nothing"));
        }
        if ["username", "icon_emoji", "icon_url"].iter().any(|name| arguments.0.contains_key(*name)) {
            self.allow("chat:write.customize")?;
        }
        for name in ["attachments", "markdown_text", "file_ids", "reply_broadcast"] {
            if arguments.0.contains_key(name) {
                self.complain(format!("{method}: FakeSlack does not know {name}"));
            }
        }
        let blocks =
            blocks::checked(self, &blocks, Surface::Message).map_err(|found| Refusal::invalid_blocks(&found))?;
        if blocks.iter().map(blocks::length).sum::<usize>() > BLOCKS_TEXT_MAX {
            return Err(Refusal::of("msg_blocks_too_long"));
        }
        // An empty object takes the metadata of an old message away.
        let metadata = metadata.filter(|value| method != "chat.update" || *value != json!({}));
        if metadata.as_ref().is_some_and(|value| !is_metadata(value)) {
            return Err(Refusal::of("invalid_metadata_format"));
        }
        Ok(Content { text, blocks, metadata })
    }

    /// The thread that a message goes to.
    pub fn thread(&self, channel: &str, arguments: &Arguments) -> Result<Option<String>, Refusal> {
        let Some(ts) = arguments.text("thread_ts").filter(|ts| !ts.is_empty()) else { return Ok(None) };
        // A reply's own timestamp leads to its thread; one that never was leads nowhere.
        match self.message(channel, &ts).filter(|message| message.only_for.is_none()) {
            Some(message) => Ok(Some(message.thread_ts.clone().unwrap_or(ts))),
            None => Err(Refusal::of("cannot_reply_to_message")),
        }
    }

    /// Puts a message into a channel.
    pub fn say(
        &mut self,
        channel: &str,
        user: &str,
        content: Content,
        thread_ts: Option<String>,
        only_for: Option<String>,
    ) -> Message {
        let message = Message {
            channel: channel.to_owned(),
            ts: self.ts(),
            thread_ts,
            user: user.to_owned(),
            text: content.text,
            blocks: content.blocks,
            metadata: content.metadata,
            files: Vec::new(),
            attachments: Vec::new(),
            of_self: false,
            edited: None,
            edits: 0,
            deleted: false,
            only_for,
            looked_at: user != BOT_USER,
            chosen: super::workspace::Chosen::new(),
        };
        self.channels.get_mut(channel).expect("a channel that was checked").messages.push(message.clone());
        message
    }

    /// Changes a message that is there. Text alone takes its blocks away; metadata stays unless it is given.
    pub fn edit(&mut self, channel: &str, ts: &str, content: Content, keeps_metadata: bool) -> Message {
        let edited = self.ts();
        let message = self.message_mut(channel, ts).expect("a message that was checked");
        message.text = content.text;
        message.blocks = content.blocks;
        if !keeps_metadata {
            message.metadata = content.metadata;
        }
        message.edited = Some(edited);
        message.edits += 1;
        message.clone()
    }

    fn own_message(&self, channel: &str, ts: &str, refusal: &str) -> Result<(), Refusal> {
        if !self.channels.get(channel).is_some_and(|found| !found.private || found.members.contains(BOT_USER)) {
            return Err(Refusal::of("channel_not_found"));
        }
        let message = self.message(channel, ts).filter(|message| !message.deleted && message.only_for.is_none());
        match message {
            None => Err(Refusal::of("message_not_found")),
            Some(message) if message.user != BOT_USER => Err(Refusal::of(refusal)),
            Some(_) => Ok(()),
        }
    }
}

/// `event_type` in text, `event_payload` an object: <https://docs.slack.dev/messaging/message-metadata>.
fn is_metadata(value: &Value) -> bool {
    let fields = value.as_object().filter(|fields| fields.len() == 2);
    fields.is_some_and(|fields| {
        fields.get("event_type").is_some_and(Value::is_string)
            && fields.get("event_payload").is_some_and(Value::is_object)
    })
}
