//! What Discord sends becomes what somebody did. The same tolerant reading for what comes over the gateway and over HTTP:
//! fields that we do not know are nothing to us, and nothing we need is dropped.

use std::collections::BTreeMap;

use domain::clock::Moment;
use domain::report::Attached;
use domain::words::Platform;
use serde_json::Value;

use super::ids::{CustomId, Pointed};
use super::people::{Member, Named, id};
use crate::chat::inbound::Answers;
use crate::store::Delivery;

/// The name of our command, as it is registered; of a message's menu there is one alone.
pub const REPORT: &str = "report";
/// The options of `/report` that take a photo.
pub const PHOTOS: [&str; 3] = ["photo1", "photo2", "photo3"];
/// The option that is the report itself.
pub const WHAT_HAPPENED: &str = "what_happened";

/// What the place of a file stands behind, whose number nobody knows.
pub const UNSEEN: &str = "at";

/// A message that only one person sees.
const EPHEMERAL: u64 = 1 << 6;
/// Kinds of messages that people write: an ordinary one, and a reply.
const WRITTEN: [u64; 2] = [0, 19];
/// The kind of a message's reference to another one that it replies to.
/// <https://discord.com/developers/docs/resources/message#message-reference-types>
const REPLY: u64 = 0;
/// What a message may be instead of words and photos.
/// <https://discord.com/developers/docs/resources/message#message-object-message-structure>
const MORE: [&str; 10] = [
    "embeds",
    "components",
    "poll",
    "sticker_items",
    "stickers",
    "message_snapshots",
    "activity",
    "application",
    "call",
    "shared_client_theme",
];

/// Something that came from Discord and wants an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrived {
    pub deed: Deed,
    pub who: Named,
    /// Where an interaction is answered: its id and token.
    pub answer: Option<(u64, String)>,
    pub delivery: Option<Delivery>,
    /// The message that a component stands on, or from which a form was opened.
    pub on: Option<On>,
}

/// The message that a component stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct On {
    pub channel: u64,
    pub message: u64,
    /// Only this person sees it.
    pub private: bool,
}

/// What somebody did there.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// `/report` with its options, and the photos among them.
    Command { options: Answers, photos: Vec<Attached> },
    /// "Report this message".
    Message { pointed: Pointed, text: String },
    /// Is typing the name of a site.
    Completing(String),
    /// A button, or what was chosen in a select.
    Component { id: Result<CustomId, String>, chosen: Vec<String> },
    /// A form, filled in.
    Form { id: Result<CustomId, String>, answers: Answers, doubled: bool },
    /// A message of a person in a channel or to us.
    Written(Written),
    /// Discord wants to know whether we are there.
    Ping,
    /// A command that this version does not have.
    Unknown,
}

/// A message that a person wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub id: u64,
    pub text: String,
    pub photos: Vec<Attached>,
    /// The message that it replies to.
    pub replies_to: Option<u64>,
    /// When it was written, if nobody listened then: it is read from the channel.
    pub late: Option<Moment>,
    /// Neither words nor photos nor anything else: what is in it was not told.
    pub empty: bool,
}

/// Nothing that this version can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

/// Reads an interaction. <https://discord.com/developers/docs/interactions/receiving-and-responding>
pub fn interaction(payload: &Value) -> Result<Arrived, Unreadable> {
    let kind = payload.get("type").and_then(Value::as_u64).ok_or(Unreadable)?;
    let number = id(payload.get("id")).ok_or(Unreadable)?;
    if kind == 1 {
        return Ok(Arrived { deed: Deed::Ping, who: Named::default(), answer: None, delivery: None, on: None });
    }
    let token = text(payload, "/token").ok_or(Unreadable)?;
    let data = payload.get("data").ok_or(Unreadable)?;
    let deed = match kind {
        2 => command(data),
        3 => component(data).ok_or(Unreadable)?,
        4 => completing(data),
        5 => form(data).ok_or(Unreadable)?,
        _ => return Err(Unreadable),
    };
    Ok(Arrived {
        deed,
        who: who(payload).ok_or(Unreadable)?,
        answer: Some((number, token)),
        delivery: Some(Delivery { key: format!("discord:interaction:{number}"), fingerprint: Vec::new() }),
        on: payload.get("message").and_then(|message| on(message, payload)),
    })
}

/// Where an interaction that could not be read is answered all the same.
pub fn address(payload: &Value) -> Option<(u64, String)> {
    Some((id(payload.get("id"))?, text(payload, "/token")?))
}

/// Who did it: a member of a guild, or somebody in a direct message.
fn who(payload: &Value) -> Option<Named> {
    let member = payload.get("member").filter(|member| member.is_object());
    let user = member.and_then(|member| member.get("user")).or_else(|| payload.get("user"))?;
    let parent =
        payload.get("channel").filter(|channel| is_thread(channel)).and_then(|channel| id(channel.get("parent_id")));
    Some(Named {
        user: id(user.get("id"))?.to_string(),
        name: text(user, "/global_name").or_else(|| text(user, "/username")),
        locale: text(payload, "/locale"),
        guild: id(payload.get("guild_id")),
        member: member.map(Member::read),
        channel: id(payload.get("channel_id")).or_else(|| id(payload.pointer("/channel/id"))),
        parent,
        bot: user.get("bot").and_then(Value::as_bool).unwrap_or(false),
    })
}

fn is_thread(channel: &Value) -> bool {
    channel.get("type").and_then(Value::as_u64).is_some_and(|kind| (10..=12).contains(&kind))
}

fn on(message: &Value, payload: &Value) -> Option<On> {
    let flags = message.get("flags").and_then(Value::as_u64).unwrap_or_default();
    Some(On {
        channel: id(message.get("channel_id")).or_else(|| id(payload.get("channel_id")))?,
        message: id(message.get("id"))?,
        private: flags & EPHEMERAL != 0,
    })
}

fn command(data: &Value) -> Deed {
    match (data.get("type").and_then(Value::as_u64).unwrap_or(1), text(data, "/name").as_deref()) {
        (1, Some(REPORT)) => {
            let (options, photos) = options(data);
            Deed::Command { options, photos }
        }
        (3, Some(_)) => pointed(data).unwrap_or(Deed::Unknown),
        _ => Deed::Unknown,
    }
}

/// The options of `/report` by name.
fn options(data: &Value) -> (Answers, Vec<Attached>) {
    let (mut answers, mut photos) = (BTreeMap::new(), Vec::new());
    for option in data.get("options").and_then(Value::as_array).into_iter().flatten() {
        let Some(name) = text(option, "/name") else { continue };
        let value = match option.get("value") {
            Some(Value::String(value)) => value.clone(),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
            _ => continue,
        };
        if PHOTOS.contains(&name.as_str()) {
            let file = data.pointer("/resolved/attachments").and_then(|files| files.get(&value));
            photos.extend(file.and_then(|file| attached(file, None)));
        } else {
            answers.insert(name, vec![value]);
        }
    }
    (Answers(answers), photos)
}

fn pointed(data: &Value) -> Option<Deed> {
    let target = text(data, "/target_id")?;
    let message = data.pointer("/resolved/messages").and_then(|messages| messages.get(&target))?;
    let (channel, number) = (id(message.get("channel_id"))?, target.parse().ok()?);
    let photos = u8::try_from(attachments(message, channel, number).len()).unwrap_or(u8::MAX);
    let pointed = Pointed { channel, message: number, photos };
    Some(Deed::Message { pointed, text: words(message) })
}

fn completing(data: &Value) -> Deed {
    let options = data.get("options").and_then(Value::as_array).into_iter().flatten();
    let mut focused = options.filter(|option| option.get("focused").and_then(Value::as_bool).unwrap_or(false));
    Deed::Completing(focused.find_map(|option| text(option, "/value")).unwrap_or_default())
}

fn component(data: &Value) -> Option<Deed> {
    let id = text(data, "/custom_id")?;
    let chosen = data.get("values").and_then(Value::as_array).into_iter().flatten();
    let chosen = chosen.filter_map(Value::as_str).map(ToOwned::to_owned).collect();
    Some(Deed::Component { id: id.parse().map_err(|_why| id), chosen })
}

/// A form's answers by field. A field that came twice is told: nobody knows which one is meant.
fn form(data: &Value) -> Option<Deed> {
    let id = text(data, "/custom_id")?;
    let (mut answers, mut doubled) = (BTreeMap::new(), false);
    let rows = data.get("components").and_then(Value::as_array).into_iter().flatten();
    for row in rows {
        let within = row.get("components").and_then(Value::as_array).into_iter().flatten();
        for input in within.chain(row.get("component")) {
            let Some(field) = text(input, "/custom_id") else { continue };
            let value = input.get("value").and_then(Value::as_str).unwrap_or_default();
            doubled |= answers.insert(field, vec![value.to_owned()]).is_some();
        }
    }
    answers.retain(|_, values| values.iter().any(|value| !value.is_empty()));
    Some(Deed::Form { id: id.parse().map_err(|_why| id), answers: Answers(answers), doubled })
}

/// Reads a message as the gateway tells it or as a channel's history has it; none if no person wrote it.
/// <https://discord.com/developers/docs/resources/message#message-object>
pub fn message(message: &Value, guild: Option<u64>) -> Result<Option<Arrived>, Unreadable> {
    let number = id(message.get("id")).ok_or(Unreadable)?;
    let channel = id(message.get("channel_id")).ok_or(Unreadable)?;
    let author = message.get("author").ok_or(Unreadable)?;
    let user = id(author.get("id")).ok_or(Unreadable)?;
    let is_bot = author.get("bot").and_then(Value::as_bool).unwrap_or(false);
    let kind = message.get("type").and_then(Value::as_u64).unwrap_or_default();
    if is_bot || message.get("webhook_id").is_some_and(|hook| !hook.is_null()) || !WRITTEN.contains(&kind) {
        return Ok(None);
    }
    let said = words(message);
    let photos = attachments(message, channel, number);
    let empty = said.is_empty() && photos.is_empty() && !MORE.iter().any(|name| is_there(message.get(*name)));
    // What forwards a message refers to it and is no reply to it.
    let reply =
        message.get("message_reference").filter(|to| to.get("type").and_then(Value::as_u64).unwrap_or(REPLY) == REPLY);
    let replies_to = reply.and_then(|to| id(to.get("message_id")));
    let who = Named {
        user: user.to_string(),
        name: text(author, "/global_name").or_else(|| text(author, "/username")),
        guild: id(message.get("guild_id")).or(guild),
        member: message.get("member").filter(|member| member.is_object()).map(Member::read),
        channel: Some(channel),
        ..Named::default()
    };
    Ok(Some(Arrived {
        deed: Deed::Written(Written { id: number, text: said, photos, replies_to, late: None, empty }),
        who,
        answer: None,
        delivery: Some(delivery(number)),
        on: None,
    }))
}

/// What a message is known by for ever.
pub fn delivery(message: u64) -> Delivery {
    Delivery { key: format!("discord:message:{message}"), fingerprint: Vec::new() }
}

/// Whether something stands in a field.
fn is_there(field: Option<&Value>) -> bool {
    match field {
        None | Some(Value::Null) => false,
        Some(Value::Array(list)) => !list.is_empty(),
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => true,
    }
}

/// The messages that a message forwards.
/// <https://discord.com/developers/docs/resources/message#message-snapshot-object>
fn forwarded(message: &Value) -> impl Iterator<Item = &Value> {
    let snapshots = message.get("message_snapshots").and_then(Value::as_array).into_iter().flatten();
    snapshots.filter_map(|snapshot| snapshot.get("message"))
}

/// The words of a message, or of the one that it forwards.
fn words(message: &Value) -> String {
    let mut all = std::iter::once(message).chain(forwarded(message));
    all.find_map(|message| text(message, "/content")).unwrap_or_default()
}

/// The files of a message, and those of the one that it forwards.
pub fn files(message: &Value) -> impl Iterator<Item = &Value> {
    let all = std::iter::once(message).chain(forwarded(message));
    all.flat_map(|message| message.get("attachments").and_then(Value::as_array).into_iter().flatten())
}

/// The photos of a message.
pub fn attachments(message: &Value, channel: u64, number: u64) -> Vec<Attached> {
    files(message).filter_map(|file| attached(file, Some((channel, number)))).collect()
}

/// A photo of a message that Discord does not show at the moment: the one that stands there in the list of its files.
pub fn unseen(channel: u64, message: u64, at: u8) -> Attached {
    Attached::sent(Platform::Discord, format!("{channel}/{message}/{UNSEEN}{at}"), None, None)
}

/// A file as Discord refers to it: with the message that it can be asked of again, since its address does not last.
/// <https://discord.com/developers/docs/resources/message#attachment-object>
fn attached(file: &Value, of: Option<(u64, u64)>) -> Option<Attached> {
    let number = id(file.get("id"))?;
    let name = of.map_or_else(|| number.to_string(), |(channel, message)| format!("{channel}/{message}/{number}"));
    let bytes = file.get("size").and_then(Value::as_u64);
    let sent = Attached::sent(Platform::Discord, name, text(file, "/content_type"), bytes);
    Some(Attached { link: text(file, "/url"), ..sent })
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(more: &Value) -> Written {
        let mut said = json!({
            "id": "7", "channel_id": "8", "type": 0, "content": "", "attachments": [], "embeds": [], "components": [],
            "poll": null, "author": { "id": "9" },
        });
        said.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        match message(&said, Some(1)) {
            Ok(Some(Arrived { deed: Deed::Written(written), .. })) => written,
            other => panic!("{more}: {other:?}"),
        }
    }

    fn is_empty(more: &Value) -> bool {
        read(more).empty
    }

    /// What the Message Content intent is not needed for is told without it: who sends that has said something.
    #[test]
    fn a_message_that_is_something_else_than_words_is_not_empty() {
        assert!(is_empty(&json!({})) && is_empty(&json!({ "sticker_items": [], "activity": null })));
        for more in [
            json!({ "poll": { "question": { "text": "?" } } }),
            json!({ "sticker_items": [{ "id": "1", "name": "wave", "format_type": 1 }] }),
            json!({ "message_snapshots": [{ "message": { "content": "" } }] }),
            json!({ "activity": { "type": 1, "party_id": "1" }, "application": { "id": "2" } }),
            json!({ "shared_client_theme": { "colors": [], "gradient_angle": 0, "base_mix": 0 } }),
        ] {
            assert!(!is_empty(&more), "{more}");
        }
    }
    #[test]
    fn what_a_message_forwards_is_its_own_and_it_replies_to_nothing() {
        let file = |id: &str| json!({ "id": id, "url": "https://cdn.discordapp.com/a.jpg", "size": 5 });
        let forward = read(&json!({
            "message_reference": { "type": 1, "message_id": "3", "channel_id": "4" },
            "message_snapshots": [{ "message": { "content": "by the till", "attachments": [file("5"), file("6")] } }],
        }));
        assert_eq!((forward.text.as_str(), forward.replies_to, forward.empty), ("by the till", None, false));
        let named: Vec<&str> = forward.photos.iter().map(|photo| photo.id.as_str()).collect();
        assert_eq!(named, ["8/7/5", "8/7/6"], "it is asked of the message that forwards");
        for reference in [json!({ "message_id": "3" }), json!({ "type": 0, "message_id": "3" })] {
            assert_eq!(read(&json!({ "content": "yes", "message_reference": reference })).replies_to, Some(3));
        }
    }
}
