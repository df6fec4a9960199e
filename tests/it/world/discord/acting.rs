//! People who use commands, and how every interaction is delivered and answered.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::attachments::Upload;
use super::interactions::{AUTOCOMPLETE, COMMAND, Deed, FIRST_ANSWER};
use super::looking::{Modal, Seen, modal};
use super::people::ADMINISTRATOR;
use super::state::{Id, State};
use super::{FakeDiscord, Hub, Member};

/// What somebody gives for an option of a command.
#[derive(Debug, Clone)]
pub enum Given {
    /// A word, a number, a yes or no, as JSON has them.
    Value(Value),
    File(Upload),
}

impl<T: Into<Value>> From<T> for Given {
    fn from(value: T) -> Self {
        Self::Value(value.into())
    }
}

/// What somebody saw at once.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The kind of the first answer; 0 when the application did not respond.
    pub kind: u8,
    /// The message that was the answer, or the one that it edited; looked at, unless it is only loading.
    pub message: Option<Seen>,
    pub modal: Option<Modal>,
    /// What an autocompletion offers.
    pub choices: Vec<Value>,
    pub elapsed: Duration,
}

impl Answered {
    /// Whether "The application did not respond" stood there.
    pub fn failed(&self) -> bool {
        self.kind == 0
    }

    /// The message that was the answer.
    pub fn message(&self) -> &Seen {
        self.message.as_ref().unwrap_or_else(|| panic!("an answer with a message, and not {self:#?}"))
    }

    /// The form that was the answer.
    pub fn modal(&self) -> &Modal {
        self.modal.as_ref().unwrap_or_else(|| panic!("an answer with a form, and not {self:#?}"))
    }

    /// Whether only the person themselves sees the answer.
    pub fn ephemeral(&self) -> bool {
        self.message().ephemeral
    }
}

impl Hub {
    /// Delivers an interaction and waits for its first answer, at most for as long as Discord does.
    pub async fn deliver(&self, deed: Deed) -> Answered {
        let (id, payload, endpoint, twice) = self.change(|state| {
            let (id, payload) = state.interact(&deed);
            if state.endpoint.is_none() {
                let guild = payload["guild_id"].as_str().and_then(|id| id.parse().ok());
                for _ in 0..=usize::from(state.twice) {
                    state.tell_plain("INTERACTION_CREATE", guild, 0, payload.clone());
                }
            }
            (id, payload, state.endpoint.clone(), state.twice)
        });
        let posted = async {
            let Some(url) = endpoint else { return };
            self.post_interaction(&url, id, &payload).await;
            if twice {
                self.post_interaction(&url, id, &payload).await;
            }
        };
        let answered = async {
            tokio::select! {
                () = self.until(|state| state.interactions[&id].answer.is_some().then_some(())) => {}
                () = self.wait(FIRST_ANSWER) => {}
            }
        };
        if twice {
            // Both deliveries are over before anybody looks.
            tokio::join!(posted, answered);
        } else {
            tokio::select! {
                () = answered => {}
                () = async { posted.await; std::future::pending().await } => {}
            }
        }
        self.change(|state| state.answered(id))
    }
}

impl State {
    /// What somebody saw as the answer.
    fn answered(&mut self, id: Id) -> Answered {
        let interaction = self.interactions[&id].clone();
        let Some(answer) = interaction.answer else {
            let elapsed = self.time.saturating_sub(interaction.born);
            return Answered { kind: 0, message: None, modal: None, choices: Vec::new(), elapsed };
        };
        let original = interaction.original.filter(|_| matches!(answer.kind, 4 | 7));
        let original = original.filter(|id| self.messages.contains_key(id));
        let message = original.map(|id| self.look_at(id));
        let elapsed = answer.at.saturating_sub(interaction.born);
        let modal = modal(id, &answer);
        Answered { kind: answer.kind, message, modal, choices: answer.choices, elapsed }
    }

    /// A command that somebody sees in a channel.
    fn command(&self, who: Member, channel: Id, name: &str, kind: u64) -> Value {
        let found = self.commands.iter().find(|one| one["name"] == name && one["type"] == kind);
        let command = found.unwrap_or_else(|| panic!("a registered command {name}, and not {:?}", self.commands));
        let place = u64::from(self.channels[&channel].guild.is_none());
        let here = command["contexts"].as_array().is_none_or(|all| all.iter().any(|one| *one == place));
        assert!(here, "/{name} can be used here: {}", command["contexts"]);
        if let Some(needed) = command["default_member_permissions"].as_str().filter(|_| place == 0) {
            let (needed, may) = (needed.parse::<u64>().unwrap(), self.permissions(who.user, channel));
            let shown = if needed == 0 { may & ADMINISTRATOR != 0 } else { may & needed == needed };
            assert!(shown, "/{name} is shown to people who may {needed}, not {may}");
        }
        command.clone()
    }

    /// The options of a command as they are told, with the files among them.
    fn options(&mut self, schema: &Value, channel: Id, given: &[(&str, Given)], focus: Option<&str>) -> (Value, Value) {
        let (mut told, mut files) = (Vec::new(), Map::new());
        for (name, value) in given {
            let known = schema["options"].as_array().into_iter().flatten().find(|one| one["name"] == *name);
            let known = known.unwrap_or_else(|| panic!("an option {name} of {schema}"));
            let value = match value {
                Given::Value(value) => value.clone(),
                Given::File(file) => {
                    let id = self.keep(channel, file.clone(), None);
                    let mut drawn = self.attachment(id);
                    drawn["ephemeral"] = true.into();
                    files.insert(id.to_string(), drawn);
                    id.to_string().into()
                }
            };
            let fits = known["choices"].as_array().is_none_or(|all| all.iter().any(|one| one["value"] == value));
            assert!(fits, "{value} is one of {}", known["choices"]);
            let mut option = json!({ "name": name, "type": known["type"], "value": value });
            if focus == Some(name) {
                assert_eq!(known["autocomplete"], true, "{name} is completed by the application");
                option["focused"] = true.into();
            }
            told.push(option);
        }
        if focus.is_none() {
            for known in schema["options"].as_array().into_iter().flatten().filter(|one| one["required"] == true) {
                assert!(given.iter().any(|(name, _)| known["name"] == *name), "{} is required", known["name"]);
            }
        }
        (told.into(), files.into())
    }

    /// The data of a command: `report`, or `report help` with a sub-command.
    fn command_data(
        &mut self,
        (who, channel): (Member, Id),
        line: &str,
        given: &[(&str, Given)],
        focus: Option<&str>,
    ) -> Value {
        let mut words = line.split_whitespace();
        let command = self.command(who, channel, words.next().unwrap(), 1);
        let (mut schema, mut around) = (command.clone(), Vec::new());
        for word in words {
            let subs = schema["options"].as_array().into_iter().flatten();
            let found = subs.clone().find(|one| one["name"] == word && (one["type"] == 1 || one["type"] == 2)).cloned();
            schema = found.unwrap_or_else(|| panic!("a sub-command {word} of {}", command["name"]));
            around.push((word.to_owned(), schema["type"].clone()));
        }
        let (mut options, files) = self.options(&schema, channel, given, focus);
        for (name, kind) in around.into_iter().rev() {
            options = json!([{ "name": name, "type": kind, "options": options }]);
        }
        let mut data = json!({ "id": command["id"], "name": command["name"], "type": 1, "options": options });
        if options_are_none(&data) {
            data.as_object_mut().unwrap().remove("options");
        }
        if files.as_object().is_some_and(|files| !files.is_empty()) {
            data["resolved"] = json!({ "attachments": files });
        }
        data
    }
}

fn options_are_none(data: &Value) -> bool {
    data["options"].as_array().is_some_and(Vec::is_empty)
}

fn deed(kind: u8, who: Member, channel: Id, data: Value) -> Deed {
    Deed { kind, who, channel, message: None, target: None, data, opened_by: None }
}

/// What people do with commands.
impl FakeDiscord {
    /// Somebody uses a command: `"report"`, or `"report help"` with a sub-command.
    pub async fn runs_command(&self, who: Member, channel: Id, line: &str, given: &[(&str, Given)]) -> Answered {
        let data = self.hub.change(|state| state.command_data((who, channel), line, given, None));
        self.hub.deliver(deed(COMMAND, who, channel, data)).await
    }

    /// Somebody is typing the last of these options, and the application completes it.
    pub async fn autocompletes(&self, who: Member, channel: Id, line: &str, given: &[(&str, Given)]) -> Vec<Value> {
        let focus = given.last().map(|(name, _)| *name);
        let data = self.hub.change(|state| state.command_data((who, channel), line, given, focus));
        self.hub.deliver(deed(AUTOCOMPLETE, who, channel, data)).await.choices
    }

    /// Somebody uses a command of a message's menu.
    pub async fn message_command(&self, who: Member, message: Id, name: &str) -> Answered {
        let deed = self.hub.change(|state| {
            let channel = state.messages[&message].channel;
            let command = state.command(who, channel, name, 3);
            let mut resolved = json!({});
            // What it says is told whatever the intents are.
            resolved["messages"][message.to_string()] = state.message(message, true);
            let data = json!({
                "id": command["id"], "name": name, "type": 3, "target_id": message.to_string(), "resolved": resolved,
            });
            Deed { target: Some(message), ..deed(COMMAND, who, channel, data) }
        });
        self.hub.deliver(deed).await
    }

    /// From now on every interaction is delivered twice.
    pub fn deliver_twice(&self) {
        self.hub.change(|state| state.twice = true);
    }

    /// Every token that was given out is too old.
    pub fn expire_interactions(&self) {
        self.hub.change(|state| state.interactions.values_mut().for_each(|one| one.expired = true));
    }
}
