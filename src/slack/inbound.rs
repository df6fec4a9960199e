//! What Slack sends becomes what somebody did. The same tolerant types for frames of Socket Mode and for bodies over
//! HTTP: fields that we do not know are nothing to us, and nothing we need is dropped.

mod event;
mod share;
mod view;

use domain::clock::Moment;
use domain::report::Attached;
use domain::words::{Category, Platform};
use serde::Deserialize;
use serde_json::Value;

use super::people::Named;
use super::render::{Context, LINK, REPORT_BUTTON, REPORT_FORM};
use crate::chat::inbound::Answers;
use crate::chat::press::Press;
use crate::store::Delivery;
use event::event;
use view::{answers, asked};

pub use event::message_key;
pub use share::{Words, files};

/// The ids of our shortcuts, as in the manifest.
pub const SHORTCUT_REPORT: &str = "report";
pub const SHORTCUT_MESSAGE: &str = "report_message";
/// So many files of a reported message fit into what its form remembers (3,000 characters); people's messages have ten.
const POINTED_MAX: usize = 100;
/// The longest natural key that a delivery is known by.
const KEY_MAX: usize = 200;

/// The doors that Slack knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    Events,
    Commands,
    Interactions,
}

/// Something that came from Slack.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrived {
    pub deed: Deed,
    pub who: Named,
    /// Opens a modal, within three seconds and once.
    pub trigger: Option<String>,
    /// Where an answer to this may be posted.
    pub response_url: Option<String>,
    pub delivery: Option<Delivery>,
    pub spot: Spot,
    /// The message that a button stands on, as the outbox calls it: `C1/1700000000.000100`.
    pub on: Option<String>,
    /// Whether the acknowledgement itself can say something: only that of a command can.
    pub answers_inline: bool,
}

/// What it happened in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// A message, or a channel.
    Channel,
    /// A message that only this person sees.
    Private,
    /// An answer in a direct message, which nothing but a press changes any more.
    Direct,
    /// Our home.
    Home,
    /// A modal.
    Modal,
}

/// What somebody did there.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// The text after `/report`.
    Command(String),
    /// Asks for the form of a report, perhaps about a message.
    Form { message: Option<Message> },
    /// Chose another category in the form of a report.
    Category { view: String, hash: String, category: Category, typed: Answers, context: Context },
    /// A button.
    Press(Result<Press, String>),
    /// The form of a report, filled in.
    Report { answers: Answers, photos: Vec<Attached>, asked: Vec<String>, context: Context },
    /// The form of a button, filled in.
    Submit { press: Press, answers: Answers, asked: Vec<String>, context: Context },
    /// A form that this version does not know.
    UnknownForm { asked: Vec<String> },
    /// A message of a person in a channel or to us.
    Message(Written),
    /// Opened our home.
    Home,
    /// Who is in a group has changed.
    Group(String),
    /// Somebody has changed.
    Person(String),
    /// A channel has another id now.
    Moved { from: String, to: String },
    /// The shop has taken the app away, or its tokens.
    Revoked,
    /// Nothing to us.
    Nothing,
}

/// A message that somebody reports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    pub words: Words,
    pub link: String,
    pub files: Vec<String>,
}

/// A message that a person wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub words: Words,
    pub photos: Vec<Attached>,
    /// Written to us alone.
    pub direct: bool,
    /// The message under which it stands.
    pub thread: Option<String>,
    /// When it was written, if nobody listened then: it is read from the channel.
    pub late: Option<Moment>,
}

/// Nothing that this version can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Command {
    text: Option<String>,
    team_id: Option<String>,
    user_id: Option<String>,
    user_name: Option<String>,
    channel_id: Option<String>,
    trigger_id: Option<String>,
    response_url: Option<String>,
}

/// Reads what came through a door.
pub fn read(door: Door, payload: &Value) -> Result<Arrived, Unreadable> {
    match door {
        Door::Commands => command(payload),
        Door::Interactions => interaction(payload),
        Door::Events => event(payload),
    }
}

fn command(payload: &Value) -> Result<Arrived, Unreadable> {
    let command: Command = serde_json::from_value(payload.clone()).map_err(|_why| Unreadable)?;
    let user = command.user_id.ok_or(Unreadable)?;
    let text = command.text.unwrap_or_default();
    let key = command.trigger_id.as_ref().map(|trigger| format!("slack:command:{trigger}"));
    Ok(Arrived {
        deed: if text.trim().is_empty() { Deed::Form { message: None } } else { Deed::Command(text) },
        who: Named { user, team: command.team_id, name: command.user_name, channel: command.channel_id },
        delivery: key.and_then(delivery),
        trigger: command.trigger_id,
        response_url: command.response_url,
        spot: Spot::Channel,
        on: None,
        answers_inline: true,
    })
}

fn interaction(payload: &Value) -> Result<Arrived, Unreadable> {
    let kind = payload.get("type").and_then(Value::as_str).ok_or(Unreadable)?;
    let who = Named {
        user: text(payload, "/user/id").ok_or(Unreadable)?,
        // The pressing person's own team; in shared channels it is not the channel's.
        team: text(payload, "/user/team_id").or_else(|| text(payload, "/team/id")),
        name: text(payload, "/user/name").or_else(|| text(payload, "/user/username")),
        channel: text(payload, "/channel/id").or_else(|| text(payload, "/container/channel_id")),
    };
    let trigger = text(payload, "/trigger_id");
    let (deed, key) = match kind {
        "block_actions" => (action(payload)?, trigger.as_ref().map(|trigger| format!("slack:press:{trigger}"))),
        "view_submission" => {
            let (id, hash) = (text(payload, "/view/id").ok_or(Unreadable)?, text(payload, "/view/hash"));
            (submission(payload), Some(format!("slack:view:{id}:{}", hash.unwrap_or_default())))
        }
        "shortcut" => (shortcut(payload), None),
        "message_action" => (message_action(payload), None),
        "view_closed" => (Deed::Nothing, None),
        _ => return Err(Unreadable),
    };
    let ephemeral = payload.pointer("/container/is_ephemeral").and_then(Value::as_bool).unwrap_or(false);
    let spot = match text(payload, "/view/type").as_deref() {
        Some("home") => Spot::Home,
        Some(_) => Spot::Modal,
        None if ephemeral => Spot::Private,
        None => Spot::Channel,
    };
    let response_url = text(payload, "/response_url").or_else(|| text(payload, "/response_urls/0/response_url"));
    let at = text(payload, "/container/message_ts").or_else(|| text(payload, "/message/ts"));
    let on = who.channel.as_ref().zip(at).map(|(channel, at)| format!("{channel}/{at}"));
    Ok(Arrived { deed, who, trigger, response_url, delivery: key.and_then(delivery), spot, on, answers_inline: false })
}

fn action(payload: &Value) -> Result<Deed, Unreadable> {
    let action = payload.pointer("/actions/0").ok_or(Unreadable)?;
    let id = text(action, "/action_id").ok_or(Unreadable)?;
    if id.starts_with(LINK) {
        return Ok(Deed::Nothing);
    }
    if id == REPORT_BUTTON {
        return Ok(Deed::Form { message: None });
    }
    if payload.pointer("/view/callback_id").and_then(Value::as_str) == Some(REPORT_FORM) {
        let view = payload.get("view").unwrap_or(&Value::Null);
        let chosen = text(action, "/selected_option/value").and_then(|word| word.parse().ok());
        let (Some(category), Some(id)) = (chosen, text(view, "/id")) else { return Ok(Deed::Nothing) };
        let (typed, _) = answers(view);
        let hash = text(view, "/hash").unwrap_or_default();
        return Ok(Deed::Category { view: id, hash, category, typed, context: memory(view) });
    }
    let value = text(action, "/value").unwrap_or_else(|| id.clone());
    // Both name the button; where they differ, one was edited.
    Ok(Deed::Press(if value == id { id.parse().map_err(|_why| id) } else { Err(id) }))
}

fn submission(payload: &Value) -> Deed {
    let view = payload.get("view").unwrap_or(&Value::Null);
    let (answers, photos) = answers(view);
    let asked = asked(view);
    match text(view, "/callback_id").unwrap_or_default() {
        id if id == REPORT_FORM => {
            let context = memory(view);
            let attached = context.files.iter().map(|id| attached(id, None, None));
            let photos = photos.into_iter().chain(attached).collect();
            Deed::Report { answers, photos, asked, context }
        }
        id => match id.parse() {
            Ok(press) => Deed::Submit { press, answers, asked, context: memory(view) },
            Err(_) => Deed::UnknownForm { asked },
        },
    }
}

fn shortcut(payload: &Value) -> Deed {
    match text(payload, "/callback_id").as_deref() {
        Some(SHORTCUT_REPORT) => Deed::Form { message: None },
        _ => Deed::Nothing,
    }
}

/// "Report this message": its words and photos, those of what it shares among them, and a link to it.
fn message_action(payload: &Value) -> Deed {
    if text(payload, "/callback_id").as_deref() != Some(SHORTCUT_MESSAGE) {
        return Deed::Nothing;
    }
    let message = payload.get("message").unwrap_or(&Value::Null);
    let link = link(payload).unwrap_or_default();
    let files = files(message).into_iter().filter_map(|file| text(file, "/id")).take(POINTED_MAX).collect();
    Deed::Form { message: Some(Message { words: Words::of(message), link, files }) }
}

/// The address of a message in Slack. <https://docs.slack.dev/reference/methods/chat.getPermalink/>
fn link(payload: &Value) -> Option<String> {
    let (domain, channel) = (text(payload, "/team/domain")?, text(payload, "/channel/id")?);
    let at = text(payload, "/message_ts").or_else(|| text(payload, "/message/ts"))?;
    let thread = text(payload, "/message/thread_ts").filter(|thread| *thread != at);
    let under = thread.map(|thread| format!("?thread_ts={thread}&cid={channel}")).unwrap_or_default();
    Some(format!("https://{domain}.slack.com/archives/{channel}/p{}{under}", at.replace('.', "")))
}

fn memory(view: &Value) -> Context {
    Context::read(&text(view, "/private_metadata").unwrap_or_default())
}

/// A file as Slack refers to it. One that cannot be had any more is none.
/// <https://docs.slack.dev/reference/objects/file-object/>
fn file(file: &Value) -> Option<Attached> {
    let gone = matches!(text(file, "/mode").as_deref(), Some("tombstone" | "hidden_by_limit"));
    let id = text(file, "/id").filter(|_| !gone)?;
    Some(attached(&id, text(file, "/mimetype"), file.get("size").and_then(Value::as_u64)))
}

fn attached(id: &str, media: Option<String>, bytes: Option<u64>) -> Attached {
    Attached::sent(Platform::Slack, id.to_owned(), media, bytes)
}

/// Text as people wrote it: Slack escapes three characters.
fn unescaped(said: &str) -> String {
    said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// What arrived under this key, whatever is in it: Slack repeats itself word by word.
pub fn delivery(key: String) -> Option<Delivery> {
    (key.len() <= KEY_MAX).then_some(Delivery { key, fingerprint: Vec::new() })
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}
