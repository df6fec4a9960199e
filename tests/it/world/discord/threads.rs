//! Channels over REST, and the threads on them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State as FromHub};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Hub;
use super::body::Body;
use super::channels::{PRIVATE_THREAD, PUBLIC_THREAD, TEXT};
use super::check::Check;
use super::errors::Failed;
use super::people::{CREATE_PRIVATE_THREADS, CREATE_PUBLIC_THREADS, MANAGE_THREADS, SEND_MESSAGES_IN_THREADS};
use super::rest::Reply;
use super::state::{Id, State, written};

const FROM_MESSAGE: &[&str] = &["name", "auto_archive_duration", "rate_limit_per_user"];
const ALONE: &[&str] = &["name", "auto_archive_duration", "type", "invitable", "rate_limit_per_user"];
#[rustfmt::skip]
const MODIFIED: &[&str] = &[
    "name", "archived", "auto_archive_duration", "locked", "invitable", "rate_limit_per_user", "flags", "applied_tags",
];
/// The kind of message with which Discord begins the thread of a message; it cannot be deleted.
const STARTER: u8 = 21;
const MINUTES: &[i64] = &[60, 1_440, 4_320, 10_080];

pub async fn channel(FromHub(hub): FromHub<Arc<Hub>>, Path(channel): Path<Id>) -> Reply {
    hub.change(|state| {
        state.reach(channel, 0)?;
        Ok(Json(state.channel(channel)))
    })
}

/// Looks at the body of a thread.
fn look(state: &mut State, body: &Value, fields: &[&str], named: bool) -> Result<(), Failed> {
    let mut check = Check::default();
    check.object(body, fields);
    if named {
        check.required(body, "name");
    }
    check.text(body, "name", 1, 100);
    check.choice(body, "auto_archive_duration", MINUTES);
    check.choice(body, "type", &[10, 11, 12]);
    check.integer(body, "rate_limit_per_user", 0, 21_600);
    check.boolean(body, "archived");
    check.boolean(body, "locked");
    let (verdict, unknown) = check.finish();
    state.complaints.extend(unknown.into_iter().map(|field| format!("a thread with {field}, which is not documented")));
    verdict
}

pub async fn from_message(
    FromHub(hub): FromHub<Arc<Hub>>,
    Path((channel, message)): Path<(Id, Id)>,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Failed> {
    hub.change(|state| {
        if state.reach(channel, CREATE_PUBLIC_THREADS)?.kind != TEXT {
            return Err(Failed::of(50024));
        }
        let found = state.messages.get(&message).filter(|one| one.channel == channel && one.ephemeral_for.is_none());
        if found.ok_or_else(|| Failed::of(10008))?.thread.is_some() {
            return Err(Failed::of(160_004));
        }
        look(state, &body.json, FROM_MESSAGE, true)?;
        // The thread of a message has the id of the message.
        state.begin_thread(message, channel, PUBLIC_THREAD, &body.json);
        let first = state.id();
        state.channels.get_mut(&message).and_then(|begun| begun.thread.as_mut()).unwrap().starter = Some(first);
        let starter = state.messages.get_mut(&message).unwrap();
        starter.thread = Some(message);
        starter.flags |= 1 << 5;
        state.tell_channel("THREAD_CREATE", message);
        state.tell_message("MESSAGE_UPDATE", message);
        Ok((StatusCode::CREATED, Json(state.channel(message))))
    })
}

impl State {
    /// Discord's own first message in the thread of a message: `THREAD_STARTER_MESSAGE`.
    pub fn thread_starter(&self, thread: Id) -> Option<(Id, Value)> {
        let found = &self.channels[&thread];
        let id = found.thread.as_ref()?.starter?;
        let author = self.messages.get(&thread).map_or(self.bot, |message| message.author);
        let drawn = json!({
            "id": id.to_string(), "channel_id": thread.to_string(), "type": STARTER, "content": "",
            "author": self.users[&author].draw(), "timestamp": written(found.thread.as_ref()?.created),
            "edited_timestamp": null, "tts": false, "mention_everyone": false, "mentions": [], "mention_roles": [],
            "attachments": [], "embeds": [], "pinned": false, "components": [], "flags": 0,
            "message_reference": {
                "type": 0, "channel_id": found.parent.map(|id| id.to_string()), "message_id": thread.to_string(),
                "guild_id": found.guild.map(|id| id.to_string()),
            },
        });
        Some((id, drawn))
    }
}

pub async fn alone(
    FromHub(hub): FromHub<Arc<Hub>>,
    Path(channel): Path<Id>,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Failed> {
    hub.change(|state| {
        let public = body.json["type"] == PUBLIC_THREAD;
        let needed = if public { CREATE_PUBLIC_THREADS } else { CREATE_PRIVATE_THREADS };
        if state.reach(channel, needed)?.kind != TEXT {
            return Err(Failed::of(50024));
        }
        look(state, &body.json, ALONE, true)?;
        let id = state.id();
        state.begin_thread(id, channel, if public { PUBLIC_THREAD } else { PRIVATE_THREAD }, &body.json);
        state.tell_channel("THREAD_CREATE", id);
        Ok((StatusCode::CREATED, Json(state.channel(id))))
    })
}

pub async fn modify(FromHub(hub): FromHub<Arc<Hub>>, Path(channel): Path<Id>, body: Body) -> Reply {
    hub.change(|state| {
        let Some(thread) = state.reach(channel, 0)?.thread.clone() else {
            // This fake's bots change nothing but threads.
            return Err(Failed::of(50013));
        };
        look(state, &body.json, MODIFIED, false)?;
        let (archive, lock) = (body.json["archived"].as_bool(), body.json["locked"].as_bool());
        let only_opens = archive == Some(false) && !thread.locked && lock != Some(true);
        // Its owner may archive and rename it too, as long as it is not locked.
        let own = thread.owner == state.bot && !thread.locked && lock.is_none();
        state.reach(channel, if only_opens || own { SEND_MESSAGES_IN_THREADS } else { MANAGE_THREADS })?;
        if thread.archived && archive != Some(false) {
            return Err(Failed::of(50083));
        }
        let now = state.now();
        let found = state.channels.get_mut(&channel).unwrap();
        if let Some(name) = body.json["name"].as_str() {
            name.clone_into(&mut found.name);
        }
        let thread = found.thread.as_mut().unwrap();
        thread.archived = archive.unwrap_or(thread.archived);
        thread.locked = lock.unwrap_or(thread.locked);
        thread.minutes = body.json["auto_archive_duration"].as_u64().unwrap_or(thread.minutes);
        thread.changed = now;
        state.tell_channel("THREAD_UPDATE", channel);
        Ok(Json(state.channel(channel)))
    })
}
