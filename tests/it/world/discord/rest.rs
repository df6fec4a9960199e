//! What the bot asks over REST: itself, its commands, messages.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State as FromHub};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::body::Body;
use super::dispatch::MESSAGE_CONTENT;
use super::embeds::{EDITED, SENT};
use super::errors::Failed;
use super::gateway::DAY;
use super::messages::Envelope;
use super::people::{
    ATTACH_FILES, MANAGE_MESSAGES, MANAGE_THREADS, READ_MESSAGE_HISTORY, SEND_MESSAGES, SEND_MESSAGES_IN_THREADS,
};
use super::state::{Id, State, id_of};
use super::{Hub, commands};

pub type Reply = Result<Json<Value>, Failed>;
/// Messages in one answer.
const LIST_MAX: usize = 100;
/// How long a nonce is remembered: "the past few minutes".
const NONCE_MINUTES: i64 = 5;
const EVERY_MENTION: &[&str] = &["users", "roles", "everyone"];

pub async fn gateway(FromHub(hub): FromHub<Arc<Hub>>) -> Json<Value> {
    Json(json!({ "url": hub.read(|state| state.base.replacen("http", "ws", 1)) }))
}

pub async fn gateway_bot(FromHub(hub): FromHub<Arc<Hub>>) -> Json<Value> {
    Json(hub.read(|state| {
        let first = state.gateway.identified.first().map_or(state.time, |(at, _)| *at);
        let reset = DAY.saturating_sub(state.time.saturating_sub(first));
        json!({
            "url": state.base.replacen("http", "ws", 1), "shards": state.gateway.shards,
            "session_start_limit": {
                "total": state.gateway.identifies_max, "remaining": state.identifies_left(),
                "reset_after": u64::try_from(reset.as_millis()).unwrap(),
                "max_concurrency": state.gateway.max_concurrency,
            },
        })
    }))
}

pub async fn me(FromHub(hub): FromHub<Arc<Hub>>) -> Json<Value> {
    Json(hub.read(|state| {
        let mut user = state.users[&state.bot].draw();
        user["verified"] = true.into();
        user["mfa_enabled"] = true.into();
        user["email"] = Value::Null;
        user["flags"] = 0.into();
        user
    }))
}

pub async fn application(FromHub(hub): FromHub<Arc<Hub>>) -> Json<Value> {
    let key = hub.public_key();
    Json(hub.read(|state| {
        // Of an application in fewer than 100 guilds: GATEWAY_MESSAGE_CONTENT_LIMITED.
        let flags = if state.privileged & MESSAGE_CONTENT == 0 { 0 } else { 1 << 19 };
        json!({
            "id": state.application.to_string(), "name": "Shopwatch", "icon": null, "description": "", "bot_public": true,
            "bot_require_code_grant": false, "verify_key": key, "flags": flags, "team": null,
            "owner": state.users[&state.bot].draw(), "bot": state.users[&state.bot].draw(),
            "interactions_endpoint_url": state.endpoint, "approximate_guild_count": state.guilds.len(),
            "integration_types_config": { "0": {} }, "redirect_uris": [],
        })
    }))
}

pub async fn commands(
    FromHub(hub): FromHub<Arc<Hub>>,
    Path(application): Path<Id>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Reply {
    let full = asked.get("with_localizations").is_some_and(|with| with == "true");
    hub.change(|state| commands::list(state, application, full)).map(Json)
}

pub async fn overwrite_commands(FromHub(hub): FromHub<Arc<Hub>>, Path(application): Path<Id>, body: Body) -> Reply {
    hub.change(|state| commands::overwrite(state, application, &body.json)).map(Json)
}

pub async fn open_direct(FromHub(hub): FromHub<Arc<Hub>>, body: Body) -> Reply {
    hub.change(|state| {
        let Some(user) = id_of(&body.json["recipient_id"]) else {
            return Err(Failed::field("recipient_id", "BASE_TYPE_REQUIRED", "This field is required"));
        };
        if !state.users.contains_key(&user) {
            return Err(Failed::of(10013));
        }
        let channel = state.direct_with(user);
        Ok(Json(state.channel(channel)))
    })
}

pub async fn list(
    FromHub(hub): FromHub<Arc<Hub>>,
    Path(channel): Path<Id>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Reply {
    hub.change(|state| {
        state.reach(channel, 0)?;
        let number = |key: &str| asked.get(key).map(|text| text.parse::<Id>()).transpose();
        let bad = |_bad| Failed::field("limit", "NUMBER_TYPE_COERCE", "Value is not a number.");
        let (before, after) = (number("before").map_err(bad)?, number("after").map_err(bad)?);
        let limit = number("limit").map_err(bad)?.unwrap_or(50);
        if before.is_some() && after.is_some() {
            return Err(Failed::of(50035));
        }
        let limit = usize::try_from(limit).unwrap();
        if !(1..=LIST_MAX).contains(&limit) {
            let words = "int value should be less than or equal to 100.";
            return Err(Failed::field("limit", "NUMBER_TYPE_MAX", words));
        }
        if state.permissions(state.bot, channel) & READ_MESSAGE_HISTORY == 0 {
            return Ok(Json(json!([])));
        }
        let here = state.messages.values().filter(|one| one.channel == channel && one.ephemeral_for.is_none());
        let starter = state.thread_starter(channel);
        let mut here: Vec<Id> = here.map(|one| one.id).chain(starter.iter().map(|(id, _)| *id)).collect();
        here.sort_unstable();
        let here = here.into_iter().filter(|id| before.is_none_or(|than| *id < than));
        let mut ids: Vec<Id> = here.filter(|id| after.is_none_or(|than| *id > than)).collect();
        if after.is_some() {
            ids.truncate(limit);
        } else {
            ids.drain(..ids.len().saturating_sub(limit));
        }
        // Newest first, also when asked for what came after something.
        let drawn = |id| match &starter {
            Some((first, starter)) if *first == id => starter.clone(),
            _ => state.fetched(id),
        };
        Ok(Json(ids.into_iter().rev().map(drawn).collect()))
    })
}

pub async fn read(FromHub(hub): FromHub<Arc<Hub>>, Path((channel, message)): Path<(Id, Id)>) -> Reply {
    hub.change(|state| {
        state.reach(channel, READ_MESSAGE_HISTORY)?;
        state.standing(channel, message)?;
        Ok(Json(state.fetched(message)))
    })
}

pub async fn send(FromHub(hub): FromHub<Arc<Hub>>, Path(channel): Path<Id>, body: Body) -> Reply {
    hub.change(|state| {
        let thread = state.channels.get(&channel).is_some_and(|channel| channel.thread.is_some());
        let needed = if thread { SEND_MESSAGES_IN_THREADS } else { SEND_MESSAGES };
        let files = if body.files.is_empty() { 0 } else { ATTACH_FILES };
        let found = state.reach(channel, needed | files)?;
        if found.recipient.is_some_and(|user| !state.users[&user].reachable) {
            return Err(Failed::of(50007));
        }
        let (locked, archived) = found.thread.as_ref().map_or((false, false), |one| (one.locked, one.archived));
        if locked && archived {
            return Err(Failed::of(50083));
        }
        state.check_message(&body.json, &body.files, &SENT)?;
        if let Some(earlier) = state.earlier(channel, &body.json) {
            return Ok(Json(state.message(earlier, true)));
        }
        let mut to = Envelope::to(channel, state.bot);
        to.reference = reference(state, channel, &body.json)?;
        to.kind = if to.reference.is_some() { 19 } else { 0 };
        let id = state.post(to, &body.json, body.files)?;
        state.wake(channel);
        state.tell_message("MESSAGE_CREATE", id);
        Ok(Json(state.message(id, true)))
    })
}

/// What a message replies to.
fn reference(state: &State, channel: Id, body: &Value) -> Result<Option<Id>, Failed> {
    let asked = &body["message_reference"];
    let Some(id) = id_of(&asked["message_id"]) else {
        return Ok(None);
    };
    let stands = state.messages.get(&id).is_some_and(|one| one.channel == channel);
    match (stands, asked["fail_if_not_exists"] == false) {
        (true, _) => Ok(Some(id)),
        (false, true) => Ok(None),
        (false, false) => {
            let words = "Unknown message";
            Err(Failed::field("message_reference", "REPLIES_UNKNOWN_MESSAGE", words))
        }
    }
}

pub async fn edit(FromHub(hub): FromHub<Arc<Hub>>, Path((channel, message)): Path<(Id, Id)>, body: Body) -> Reply {
    hub.change(|state| {
        state.reach(channel, 0)?;
        state.standing(channel, message)?;
        if state.messages[&message].author != state.bot {
            return Err(Failed::of(50005));
        }
        if state.channels[&channel].thread.as_ref().is_some_and(|thread| thread.archived) {
            return Err(Failed::of(50083));
        }
        state.check_message(&body.json, &body.files, &EDITED)?;
        state.edit(message, &body.json, body.files, EVERY_MENTION);
        state.tell_message("MESSAGE_UPDATE", message);
        Ok(Json(state.message(message, true)))
    })
}

pub async fn remove(
    FromHub(hub): FromHub<Arc<Hub>>,
    Path((channel, message)): Path<(Id, Id)>,
) -> Result<StatusCode, Failed> {
    hub.change(|state| {
        let thread = state.reach(channel, 0)?.thread.clone();
        if thread.as_ref().is_some_and(|thread| thread.starter == Some(message)) {
            return Err(Failed::of(50021));
        }
        state.standing(channel, message)?;
        if state.messages[&message].author != state.bot {
            state.reach(channel, MANAGE_MESSAGES)?;
        }
        // In an archived thread messages may be deleted and nothing else; in a locked one only while it is active.
        let closed = thread.is_some_and(|thread| thread.archived && thread.locked);
        if closed && state.reach(channel, MANAGE_THREADS).is_err() {
            return Err(Failed::of(50083));
        }
        state.delete_message(message);
        Ok(StatusCode::NO_CONTENT)
    })
}

impl State {
    /// A message that everybody in a channel sees.
    fn standing(&self, channel: Id, message: Id) -> Result<(), Failed> {
        let found = self.messages.get(&message).filter(|one| one.channel == channel && one.ephemeral_for.is_none());
        found.map(|_| ()).ok_or_else(|| Failed::of(10008))
    }

    /// A message as REST shows it: what it says depends on the application's settings alone.
    fn fetched(&self, id: Id) -> Value {
        self.message(id, self.privileged & MESSAGE_CONTENT != 0 || self.is_open(&self.messages[&id]))
    }

    /// The message that was sent before with this nonce, if that is to be looked for.
    fn earlier(&self, channel: Id, body: &Value) -> Option<Id> {
        let since = self.now() - chrono::TimeDelta::minutes(NONCE_MINUTES);
        let nonce = Some(&body["nonce"]).filter(|nonce| body["enforce_nonce"] == true && !nonce.is_null())?;
        let same = self.messages.values().filter(|one| one.channel == channel && one.author == self.bot);
        same.rev().find(|one| one.nonce.as_ref() == Some(nonce) && one.sent > since).map(|one| one.id)
    }

    /// A message wakes the thread it is sent to.
    fn wake(&mut self, channel: Id) {
        let now = self.now();
        let thread = self.channels.get_mut(&channel).and_then(|channel| channel.thread.as_mut());
        if let Some(thread) = thread.filter(|thread| thread.archived) {
            (thread.archived, thread.changed) = (false, now);
            self.tell_channel("THREAD_UPDATE", channel);
        }
    }
}
