//! Looking at what the bot said. What nobody looks at fails the test.

use serde_json::Value;

use super::embeds::LOADING;
use super::interactions::Answer;
use super::messages::{Message, Ping};
use super::state::{Id, State};
use super::traffic::Asked;
use super::{FakeDiscord, Member};

/// A message as people see it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub id: Id,
    pub content: String,
    pub embeds: Vec<Value>,
    pub components: Vec<Value>,
    /// Names and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    pub ephemeral: bool,
    /// The application is still thinking.
    pub loading: bool,
    pub edited: bool,
    pub replies_to: Option<Id>,
}

impl Seen {
    /// Everything that can be read in it, line by line: words, embeds, buttons.
    pub fn text(&self) -> String {
        let mut lines = vec![self.content.clone()];
        self.embeds.iter().chain(&self.components).for_each(|part| words(part, &mut lines));
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    }

    /// The id of a component by its label, its placeholder, or the beginning or the end of its id.
    pub fn component(&self, called: &str) -> Option<String> {
        parts(&self.components).into_iter().find_map(|part| {
            let id = part["custom_id"].as_str()?;
            let named = ["label", "placeholder"].iter().any(|key| part[*key] == called);
            (named || id.starts_with(called) || id.ends_with(called)).then(|| id.to_owned())
        })
    }
}

/// A form that is open in front of somebody.
#[derive(Debug, Clone)]
pub struct Modal {
    /// The interaction that opened it.
    pub opened_by: Id,
    pub custom_id: String,
    pub title: String,
    pub components: Vec<Value>,
}

impl Modal {
    /// The ids of its fields.
    pub fn fields(&self) -> Vec<String> {
        parts(&self.components).iter().filter_map(|part| part["custom_id"].as_str()).map(str::to_owned).collect()
    }
}

fn words(part: &Value, lines: &mut Vec<String>) {
    match part {
        Value::Array(list) => list.iter().for_each(|part| words(part, lines)),
        Value::Object(fields) => {
            for key in ["title", "name", "text", "content", "description", "label", "value", "placeholder"] {
                lines.extend(fields.get(key).and_then(Value::as_str).map(str::to_owned));
            }
            fields.values().filter(|value| value.is_array() || value.is_object()).for_each(|part| words(part, lines));
        }
        _ => {}
    }
}

/// Every component that has an id, wherever it stands.
pub fn parts(components: &[Value]) -> Vec<&Value> {
    let mut found = Vec::new();
    for part in components {
        if part["custom_id"].is_string() {
            found.push(part);
        }
        found.extend(parts(part["components"].as_array().map(Vec::as_slice).unwrap_or_default()));
        let inner = ["component", "accessory"].iter().map(|key| &part[*key]).filter(|inner| inner.is_object());
        found.extend(inner.flat_map(|inner| parts(std::slice::from_ref(inner))));
    }
    found
}

impl State {
    /// Looks at a message.
    pub fn look_at(&mut self, id: Id) -> Seen {
        let message = self.messages.get_mut(&id).unwrap();
        message.looked_at = true;
        let message = message.clone();
        let files = message.attachments.iter().map(|id| &self.files[id].file);
        Seen {
            id,
            content: message.content,
            embeds: message.embeds,
            components: message.components,
            files: files.map(|file| (file.name.clone(), file.bytes.clone())).collect(),
            ephemeral: message.ephemeral_for.is_some(),
            loading: message.flags & LOADING != 0,
            edited: message.edited.is_some(),
            replies_to: message.reference,
        }
    }

    fn look_at_those(&mut self, which: impl Fn(&Message) -> bool) -> Vec<Seen> {
        let ids: Vec<Id> = self.messages.values().filter(|one| which(one)).map(|one| one.id).collect();
        ids.into_iter().map(|id| self.look_at(id)).collect()
    }

    /// What is wrong at the end of a test.
    pub fn unfinished(&self) -> Vec<String> {
        let unread = self.messages.values().filter(|one| !one.looked_at);
        let unread = unread.map(|one| format!("nobody looked at {}", self.message(one.id, true)));
        self.complaints.iter().cloned().chain(unread).collect()
    }

    /// Everything that a test which waits in vain wants to know.
    pub fn summary(&self) -> String {
        let mut lines = vec!["Messages:".to_owned()];
        lines.extend(self.messages.keys().map(|id| self.message(*id, true).to_string()));
        lines.push("Requests:".to_owned());
        lines.extend(self.traffic.asked.iter().map(|one| format!("{} {} {:?}", one.route, one.path, one.status)));
        lines.push("Complaints:".to_owned());
        lines.extend(self.complaints.iter().cloned());
        lines.join("\n")
    }
}

impl FakeDiscord {
    /// The messages of a channel that nobody looked at yet, ephemeral ones not among them.
    pub fn look(&self, channel: Id) -> Vec<Seen> {
        self.hub.change(|state| {
            state.look_at_those(|one| one.channel == channel && one.ephemeral_for.is_none() && !one.looked_at)
        })
    }

    /// Waits for the next message in a channel that nobody looked at yet.
    pub async fn next_message(&self, channel: Id) -> Seen {
        let fresh = |one: &&Message| one.channel == channel && one.ephemeral_for.is_none() && !one.looked_at;
        let id = self.until("a message", |state| state.messages.values().find(fresh).map(|one| one.id)).await;
        self.hub.change(|state| state.look_at(id))
    }

    /// All messages of a channel that everybody sees, oldest first.
    pub fn messages(&self, channel: Id) -> Vec<Seen> {
        self.hub.change(|state| state.look_at_those(|one| one.channel == channel && one.ephemeral_for.is_none()))
    }

    /// A message as it is now, if it still is.
    pub fn message(&self, id: Id) -> Option<Seen> {
        self.hub.change(|state| state.messages.contains_key(&id).then(|| state.look_at(id)))
    }

    /// What only somebody sees, oldest first.
    pub fn ephemerals_for(&self, who: Member) -> Vec<Seen> {
        self.hub.change(|state| state.look_at_those(|one| one.ephemeral_for == Some(who.user)))
    }

    /// What the bot wrote to somebody alone, oldest first.
    pub fn dms_of(&self, who: Member) -> Vec<Seen> {
        self.hub.change(|state| {
            let bot = state.bot;
            let channel = state.channels.values().find(|one| one.recipient == Some(who.user)).map(|one| one.id);
            state.look_at_those(|one| Some(one.channel) == channel && one.author == bot)
        })
    }

    /// The form that is open in front of somebody, if one is.
    pub fn modal_of(&self, who: Member) -> Option<Modal> {
        self.hub.read(|state| {
            let theirs = state.interactions.values().rev().find(|one| one.who == who && one.answer.is_some())?;
            modal(theirs.id, theirs.answer.as_ref()?)
        })
    }

    /// The thread that hangs on a message, if one does.
    pub fn thread_of(&self, message: Id) -> Option<Id> {
        self.hub.read(|state| state.messages.get(&message)?.thread)
    }

    /// Whether a thread is archived.
    pub fn is_archived(&self, thread: Id) -> bool {
        self.hub.read(|state| state.channels[&thread].thread.as_ref().is_some_and(|thread| thread.archived))
    }

    /// What nobody who read the documentation does; taken, so that the test can end well.
    pub fn take_complaints(&self) -> Vec<String> {
        self.hub.change(|state| std::mem::take(&mut state.complaints))
    }

    /// Whose telephones rang.
    pub fn pings(&self) -> Vec<Ping> {
        self.hub.read(|state| state.pings.clone())
    }

    /// Every request of a route, oldest first.
    pub fn asked(&self, route: &str) -> Vec<Asked> {
        self.hub.read(|state| state.traffic.asked.iter().filter(|one| one.route == route).cloned().collect())
    }

    /// The most that was asked within one second.
    pub fn peak(&self) -> usize {
        self.hub.read(|state| state.traffic.peak)
    }

    /// How many requests were invalid: 401, 403, and 429 that was not shared.
    pub fn invalid_requests(&self) -> usize {
        self.hub.read(|state| state.traffic.invalid.len())
    }
}

/// The form of an answer, if it is one.
pub fn modal(opened_by: Id, answer: &Answer) -> Option<Modal> {
    let form = answer.modal.as_ref()?;
    let text = |key: &str| form[key].as_str().unwrap_or_default().to_owned();
    let components = form["components"].as_array().cloned().unwrap_or_default();
    Some(Modal { opened_by, custom_id: text("custom_id"), title: text("title"), components })
}
