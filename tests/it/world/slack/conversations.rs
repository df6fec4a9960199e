//! `conversations.*`: channels, their members and what was said in them.

use serde_json::{Value, json};

use super::arguments::{Arguments, page};
use super::refusal::{Refusal, Reply};
use super::workspace::{BOT_USER, Channel, Message, Workspace};

/// The most that one page of history holds.
const HISTORY_MAX: usize = 999;

/// `conversations.open`.
pub fn open(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let id = match (arguments.text("channel"), arguments.text("users")) {
        (Some(channel), _) => {
            let known = workspace.channels.get(&channel).filter(|found| found.im.is_some());
            known.map(|found| found.id.clone()).ok_or_else(|| Refusal::of("channel_not_found"))?
        }
        (None, Some(users)) if !users.contains(',') => {
            let person = workspace.people.get(&users).ok_or_else(|| Refusal::of("user_not_found"))?;
            if person.deactivated {
                return Err(Refusal::of("user_disabled"));
            }
            workspace.im_with(&users)
        }
        (None, Some(_)) => return Err(Refusal::of("invalid_user_combination")),
        (None, None) => return Err(Refusal::of("users_list_not_supplied")),
    };
    let channel = if arguments.flag("return_im") { workspace.channels[&id].rendered() } else { json!({ "id": id }) };
    Ok(json!({ "channel": channel }))
}

/// `conversations.history`: the channel itself, newest first, without the replies in its threads.
pub fn history(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let channel = workspace.readable(arguments)?;
    let mut messages: Vec<Message> =
        channel.messages.iter().filter(|message| message.thread_ts.is_none()).cloned().collect();
    messages.reverse();
    workspace.stretch(messages, arguments)
}

/// `conversations.replies`: a message and what was answered in its thread, oldest first.
pub fn replies(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let (channel, ts) = (workspace.readable(arguments)?, arguments.needed("ts")?);
    let thread = |message: &&Message| message.ts == ts || message.thread_ts.as_deref() == Some(&ts);
    let messages: Vec<Message> = channel.messages.iter().filter(thread).cloned().collect();
    if !messages.iter().any(|message| message.ts == ts && !message.deleted) {
        return Err(Refusal::of("thread_not_found"));
    }
    workspace.stretch(messages, arguments)
}

/// `conversations.info`.
pub fn info(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let channel = workspace.visible(arguments, "read")?;
    Ok(json!({ "channel": channel.rendered() }))
}

/// `conversations.members`.
pub fn members(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let channel = workspace.visible(arguments, "read")?;
    let members: Vec<String> = channel.members.iter().cloned().collect();
    let (members, next) = page(&members, arguments, 100)?;
    Ok(json!({ "members": members, "response_metadata": { "next_cursor": next } }))
}

/// `conversations.list`.
pub fn list(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let types = arguments.text("types").unwrap_or_else(|| "public_channel".to_owned());
    let types: Vec<&str> = types.split(',').map(str::trim).collect();
    for kind in &types {
        match *kind {
            "public_channel" => workspace.allow("channels:read")?,
            "private_channel" => workspace.allow("groups:read")?,
            "im" => workspace.allow("im:read")?,
            "mpim" => workspace.allow("mpim:read")?,
            _ => return Err(Refusal::of("invalid_types")),
        }
    }
    let listed = |channel: &&Channel| {
        let kind = match channel.kind() {
            "im" => "im",
            "group" => "private_channel",
            _ => "public_channel",
        };
        let hidden = channel.private && !channel.members.contains(BOT_USER);
        types.contains(&kind) && !hidden && !(arguments.flag("exclude_archived") && channel.archived)
    };
    let channels: Vec<Value> = workspace.channels.values().filter(listed).map(Channel::rendered).collect();
    let (channels, next) = page(&channels, arguments, 100)?;
    Ok(json!({ "channels": channels, "response_metadata": { "next_cursor": next } }))
}

/// `conversations.join`.
pub fn join(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let id = arguments.needed("channel")?;
    let channel = workspace.channels.get_mut(&id).filter(|channel| !channel.private);
    let channel = channel.ok_or_else(|| Refusal::of("channel_not_found"))?;
    if channel.archived {
        return Err(Refusal::of("is_archived"));
    }
    let new = channel.members.insert(BOT_USER.to_owned());
    let mut reply = json!({ "channel": channel.rendered() });
    if !new {
        reply["warning"] = json!("already_in_channel");
        reply["response_metadata"] = json!({ "warnings": ["already_in_channel"] });
    }
    Ok(reply)
}

impl Workspace {
    /// A channel that the bot may see, with the scope for its kind.
    fn visible(&self, arguments: &Arguments, right: &str) -> Result<&Channel, Refusal> {
        let id = arguments.needed("channel")?;
        let channel = self.channels.get(&id).ok_or_else(|| Refusal::of("channel_not_found"))?;
        if channel.private && !channel.members.contains(BOT_USER) {
            return Err(Refusal::of("channel_not_found"));
        }
        let family = match channel.kind() {
            "im" => "im",
            "group" => "groups",
            _ => "channels",
        };
        self.allow(&format!("{family}:{right}"))?;
        Ok(channel)
    }

    /// A channel whose messages the bot may read.
    fn readable(&self, arguments: &Arguments) -> Result<&Channel, Refusal> {
        let channel = self.visible(arguments, "history")?;
        if channel.members.contains(BOT_USER) { Ok(channel) } else { Err(Refusal::of("not_in_channel")) }
    }

    /// The part of these messages that was asked for.
    fn stretch(&self, messages: Vec<Message>, arguments: &Arguments) -> Reply {
        let (oldest, latest) = (moment(arguments, "oldest")?, moment(arguments, "latest")?);
        let inclusive = arguments.flag("inclusive");
        let within = |message: &Message| {
            let ts = micros(&message.ts).expect("a timestamp of our own");
            let after = oldest.is_none_or(|oldest| ts > oldest || (inclusive && ts == oldest));
            let before = latest.is_none_or(|latest| ts < latest || (inclusive && ts == latest));
            after && before && !message.deleted && message.only_for.is_none()
        };
        let messages: Vec<Message> = messages.into_iter().filter(within).collect();
        arguments.number("limit", 100, HISTORY_MAX)?;
        let (messages, next) = page(&messages, arguments, 100)?;
        let metadata = arguments.flag("include_all_metadata");
        let rendered: Vec<Value> = messages.iter().map(|message| self.rendered(message, metadata)).collect();
        let mut reply = json!({ "messages": rendered, "has_more": !next.is_empty(), "pin_count": 0 });
        if !next.is_empty() {
            reply["response_metadata"] = json!({ "next_cursor": next });
        }
        Ok(reply)
    }
}

fn moment(arguments: &Arguments, name: &str) -> Result<Option<i64>, Refusal> {
    let Some(text) = arguments.text(name) else { return Ok(None) };
    micros(&text).map(Some).ok_or_else(|| Refusal::of(&format!("invalid_ts_{name}")))
}

/// A timestamp in microseconds.
fn micros(ts: &str) -> Option<i64> {
    let (seconds, rest) = ts.split_once('.').unwrap_or((ts, ""));
    let rest: String = rest.chars().chain("000000".chars()).take(6).collect();
    Some(seconds.parse::<i64>().ok()? * 1_000_000 + rest.parse::<i64>().ok()?)
}
