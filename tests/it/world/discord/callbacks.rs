//! Answers to interactions: the first one, and what comes after it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State as FromHub};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::attachments::Upload;
use super::body::Body;
use super::check::Check;
use super::embeds::{ANSWERED, EPHEMERAL, FOLLOWED_UP, LOADING, WEBHOOK_EDITED};
use super::errors::Failed;
use super::interactions::{AUTOCOMPLETE, Answer, COMMAND, COMPONENT, Interaction, MODAL_SUBMIT};
use super::messages::Envelope;
use super::rest::Reply;
use super::state::{Id, State};
use super::{Hub, commands, components};

/// What an absent `allowed_mentions` stands for in answers.
const ONLY_USERS: &[&str] = &["users"];

pub async fn answer(
    FromHub(hub): FromHub<Arc<Hub>>,
    Path((interaction, token)): Path<(Id, String)>,
    Query(asked): Query<BTreeMap<String, String>>,
    body: Body,
) -> Result<Response, Failed> {
    hub.change(|state| {
        let told = state.take_answer(interaction, &token, &body.json, body.files)?;
        Ok(match asked.get("with_response").map(String::as_str) {
            Some("true" | "1") => Json(told).into_response(),
            _ => StatusCode::NO_CONTENT.into_response(),
        })
    })
}

impl State {
    /// Takes the first answer to an interaction, by whichever way it came.
    pub fn take_answer(&mut self, id: Id, token: &str, body: &Value, files: Vec<Upload>) -> Result<Value, Failed> {
        let interaction = self.unanswered(id, token)?;
        let mut check = Check::default();
        check.object(body, &["type", "data"]);
        check.required(body, "type");
        let on_message = interaction.message.is_some();
        check.choice(
            body,
            "type",
            match interaction.kind {
                AUTOCOMPLETE => &[8],
                MODAL_SUBMIT if on_message => &[4, 5, 6, 7],
                MODAL_SUBMIT => &[4, 5],
                COMPONENT => &[4, 5, 6, 7, 9],
                _ => &[4, 5, 9],
            },
        );
        let kind = body["type"].as_u64().unwrap_or_default();
        let data = &body["data"];
        check.within("data", |check| match kind {
            8 => {
                check.required(data, "choices");
                check.list(data, "choices", 0, 25, commands::choice);
            }
            9 => components::of_modal(check, data),
            _ => {}
        });
        let (verdict, unknown) = check.finish();
        self.complaints
            .extend(unknown.into_iter().map(|field| format!("an answer with {field}, which is not documented")));
        verdict?;
        if matches!(kind, 4 | 7) {
            self.check_message(data, &files, &ANSWERED)?;
        }
        let original = self.first_message(&interaction, kind, data, files)?;
        let modal = Some(data.clone()).filter(|_| kind == 9);
        let choices = data["choices"].as_array().cloned().unwrap_or_default();
        let kept = self.interactions.get_mut(&id).unwrap();
        let answer = Answer { kind: u8::try_from(kind).unwrap(), at: self.time, modal, choices };
        (kept.answer, kept.original) = (Some(answer), original);
        Ok(self.callback_response(id, kind))
    }

    /// The message that becomes of a first answer.
    fn first_message(
        &mut self,
        to: &Interaction,
        kind: u64,
        data: &Value,
        files: Vec<Upload>,
    ) -> Result<Option<Id>, Failed> {
        let ephemeral = Self::ephemeral(to, &data["flags"]);
        match kind {
            4 => {
                let id = self.post(self.envelope(to, ephemeral), data, files)?;
                self.tell_message("MESSAGE_CREATE", id);
                Ok(Some(id))
            }
            5 => {
                if data["flags"].as_u64().unwrap_or_default() & !EPHEMERAL != 0 {
                    self.complain("a deferred answer with other flags than EPHEMERAL");
                }
                let id = self.put(self.envelope(to, ephemeral), LOADING, &json!({}), Vec::new());
                self.tell_message("MESSAGE_CREATE", id);
                Ok(Some(id))
            }
            7 => {
                let id = to.message.filter(|id| self.messages.contains_key(id)).ok_or_else(|| Failed::of(10008))?;
                self.edit(id, data, files, ONLY_USERS);
                self.tell_message("MESSAGE_UPDATE", id);
                Ok(Some(id))
            }
            6 => Ok(to.message),
            _ => Ok(None),
        }
    }

    fn envelope(&self, to: &Interaction, ephemeral_for: Option<Id>) -> Envelope {
        let kind = match (to.kind, to.target) {
            (COMMAND, Some(_)) => 23,
            (COMMAND, None) => 20,
            (COMPONENT, _) => 19,
            _ => 0,
        };
        let reference = to.target.or(to.message);
        let metadata = Some(to.metadata.clone());
        Envelope { channel: to.channel, author: self.bot, kind, ephemeral_for, metadata, reference, parsed: ONLY_USERS }
    }

    fn callback_response(&self, id: Id, kind: u64) -> Value {
        let interaction = &self.interactions[&id];
        let mut told = json!({ "interaction": { "id": id.to_string(), "type": interaction.kind } });
        let Some(message) = interaction.original.and_then(|id| self.messages.get(&id)) else { return told };
        told["interaction"]["response_message_id"] = message.id.to_string().into();
        told["interaction"]["response_message_loading"] = (message.flags & LOADING != 0).into();
        told["interaction"]["response_message_ephemeral"] = message.ephemeral_for.is_some().into();
        told["resource"] = json!({ "type": kind });
        if matches!(kind, 4 | 7) {
            told["resource"]["message"] = self.message(message.id, true);
        }
        told
    }

    /// The message of an interaction that a path means.
    fn own_message(&self, interaction: &Interaction, named: &str) -> Result<Id, Failed> {
        let id = if named == "@original" { interaction.original } else { named.parse().ok() };
        let own = |one: &&super::messages::Message| one.metadata.as_ref() == Some(&interaction.metadata);
        let found = id.and_then(|id| self.messages.get(&id));
        let found = found.filter(|one| Some(one.id) == interaction.original || own(one));
        found.map(|one| one.id).ok_or_else(|| Failed::of(10008))
    }
}

pub async fn follow_up(
    FromHub(hub): FromHub<Arc<Hub>>,
    Path((application, token)): Path<(Id, String)>,
    body: Body,
) -> Reply {
    hub.change(|state| {
        let interaction = state.webhook(application, &token)?;
        state.check_message(&body.json, &body.files, &FOLLOWED_UP)?;
        let loading =
            interaction.original.filter(|id| state.messages.get(id).is_some_and(|one| one.flags & LOADING != 0));
        if let Some(id) = loading {
            // The first follow-up after a deferred answer is that answer.
            state.edit(id, &body.json, body.files, ONLY_USERS);
            state.tell_message("MESSAGE_UPDATE", id);
            return Ok(Json(state.message(id, true)));
        }
        let mut to = state.envelope(&interaction, State::ephemeral(&interaction, &body.json["flags"]));
        (to.kind, to.reference) = (19, interaction.original);
        let id = state.post(to, &body.json, body.files)?;
        state.tell_message("MESSAGE_CREATE", id);
        Ok(Json(state.message(id, true)))
    })
}

pub async fn read(
    FromHub(hub): FromHub<Arc<Hub>>,
    Path((application, token, message)): Path<(Id, String, String)>,
) -> Reply {
    hub.read(|state| {
        let interaction = state.webhook(application, &token)?;
        Ok(Json(state.message(state.own_message(&interaction, &message)?, true)))
    })
}

pub async fn edit(
    FromHub(hub): FromHub<Arc<Hub>>,
    Path((application, token, message)): Path<(Id, String, String)>,
    body: Body,
) -> Reply {
    hub.change(|state| {
        let interaction = state.webhook(application, &token)?;
        let id = state.own_message(&interaction, &message)?;
        state.check_message(&body.json, &body.files, &WEBHOOK_EDITED)?;
        state.edit(id, &body.json, body.files, ONLY_USERS);
        state.tell_message("MESSAGE_UPDATE", id);
        Ok(Json(state.message(id, true)))
    })
}

pub async fn remove(
    FromHub(hub): FromHub<Arc<Hub>>,
    Path((application, token, message)): Path<(Id, String, String)>,
) -> Result<StatusCode, Failed> {
    hub.change(|state| {
        let interaction = state.webhook(application, &token)?;
        let id = state.own_message(&interaction, &message)?;
        state.delete_message(id);
        Ok(StatusCode::NO_CONTENT)
    })
}
