//! People who press, choose and fill in.

use serde_json::{Map, Value, json};

use super::acting::Answered;
use super::interactions::{COMPONENT, Deed, MODAL_SUBMIT};
use super::looking::{Modal, parts};
use super::people::VIEW_CHANNEL;
use super::state::{Id, State};
use super::{FakeDiscord, Given, Member};

impl State {
    /// The component of a message that somebody sees and can use.
    fn usable(&self, who: Member, message: Id, custom_id: &str) -> Value {
        let found = self.messages.get(&message).unwrap_or_else(|| panic!("message {message} is still there"));
        assert!(
            found.ephemeral_for.is_none_or(|user| user == who.user),
            "only its reader presses on an ephemeral message"
        );
        assert!(self.permissions(who.user, found.channel) & VIEW_CHANNEL != 0, "{who:?} sees the channel");
        let all = parts(&found.components);
        let part = all.iter().find(|part| part["custom_id"] == custom_id);
        let part = (*part.unwrap_or_else(|| panic!("{custom_id} among {all:#?}"))).clone();
        assert_ne!(part["disabled"], true, "{custom_id} can be pressed");
        part
    }

    fn pressed(&self, who: Member, message: Id, data: Value) -> Deed {
        let channel = self.messages[&message].channel;
        Deed { kind: COMPONENT, who, channel, message: Some(message), target: None, data, opened_by: None }
    }

    /// What is told of things that were chosen, beside their ids.
    fn resolved(&self, guild: Id, kind: &Value, values: &[&str]) -> Value {
        let mut resolved = json!({});
        for value in values {
            let Ok(id) = value.parse::<Id>() else { continue };
            match kind.as_u64() {
                Some(5 | 7) if self.users.contains_key(&id) => {
                    resolved["users"][value] = self.users[&id].draw();
                    if let Some(member) = self.guilds.get(&guild).and_then(|guild| guild.members.get(&id)) {
                        resolved["members"][value] = member.draw();
                    }
                }
                Some(6 | 7) => resolved["roles"][value] = self.guilds[&guild].roles[&id].draw(),
                Some(8) => resolved["channels"][value] = self.channel(id),
                _ => {}
            }
        }
        resolved
    }

    /// One field of a form, filled in.
    fn filled(&mut self, part: &Value, channel: Id, given: &[(&str, Given)], files: &mut Map<String, Value>) -> Value {
        let id = part["custom_id"].as_str().unwrap_or_default();
        let answer = given.iter().find(|(name, _)| *name == id).map(|(_, value)| value);
        let required = part["required"] != false;
        let mut told = json!({ "type": part["type"], "id": 1, "custom_id": id });
        match (part["type"].as_u64(), answer) {
            (Some(4), answer) => {
                let text = match answer {
                    Some(Given::Value(Value::String(text))) => text.clone(),
                    None => part["value"].as_str().unwrap_or_default().to_owned(),
                    other => panic!("{id} is filled in with words, not {other:?}"),
                };
                let length = u64::try_from(text.chars().count()).unwrap();
                assert!(!required || length > 0, "{id} must be filled in");
                let (least, most) = (part["min_length"].as_u64(), part["max_length"].as_u64());
                let long = length == 0 || least.is_none_or(|least| length >= least);
                assert!(long && length <= most.unwrap_or(4_000), "{id} takes {least:?} to {most:?}, not {length}");
                told["value"] = text.into();
            }
            (Some(19), answer) => {
                assert!(!required || answer.is_some(), "{id} must have a file");
                let Some(Given::File(file)) = answer else {
                    told["values"] = json!([]);
                    return told;
                };
                let kept = self.keep(channel, file.clone(), None);
                files.insert(kept.to_string(), self.attachment(kept));
                told["values"] = json!([kept.to_string()]);
            }
            (_, Some(Given::Value(Value::Array(values)))) => told["values"] = values.clone().into(),
            (_, None) => told["values"] = json!([]),
            (_, other) => panic!("{id} is filled in with a list, not {other:?}"),
        }
        told
    }

    /// A form, filled in as people can.
    fn fill_in(&mut self, modal: &Modal, channel: Id, given: &[(&str, Given)]) -> Value {
        let fields = modal.fields();
        for (name, _) in given {
            assert!(fields.iter().any(|field| field == name), "{name} is one of the fields {fields:?}");
        }
        let mut files = Map::new();
        let mut told = Vec::new();
        for part in &modal.components {
            told.push(match part["type"].as_u64() {
                Some(18) => {
                    json!({ "type": 18, "id": 1, "component": self.filled(&part["component"], channel, given, &mut files) })
                }
                Some(1) => {
                    json!({ "type": 1, "id": 1, "components": [self.filled(&part["components"][0], channel, given, &mut files)] })
                }
                _ => json!({ "type": part["type"], "id": 1 }),
            });
        }
        let mut data = json!({ "custom_id": modal.custom_id, "components": told });
        if !files.is_empty() {
            data["resolved"] = json!({ "attachments": files });
        }
        data
    }

    /// What somebody sends who has a form open, which is then closed.
    fn submitted(&mut self, who: Member, modal: &Modal, data: Value) -> Deed {
        let opened = self.interactions.get_mut(&modal.opened_by).unwrap();
        let answer = opened.answer.as_mut().unwrap();
        assert_eq!(opened.who, who, "only who opened a form sends it");
        assert!(answer.modal.take().is_some(), "{} is open", modal.custom_id);
        let (channel, message, opened_by) = (opened.channel, opened.message, Some(modal.opened_by));
        Deed { kind: MODAL_SUBMIT, who, channel, message, target: None, data, opened_by }
    }
}

/// What people do with components and forms.
impl FakeDiscord {
    /// Somebody presses a button that a message has.
    pub async fn presses(&self, who: Member, message: Id, custom_id: &str) -> Answered {
        let deed = self.hub.read(|state| {
            let part = state.usable(who, message, custom_id);
            assert_eq!(part["type"], 2, "{custom_id} is a button");
            state.pressed(who, message, json!({ "custom_id": custom_id, "component_type": 2, "id": 2 }))
        });
        self.hub.deliver(deed).await
    }

    /// Somebody with a client of their own presses what the message does not have, or what they do not see.
    pub async fn presses_forged(&self, who: Member, message: Id, custom_id: &str) -> Answered {
        let data = json!({ "custom_id": custom_id, "component_type": 2, "id": 2 });
        let deed = self.hub.read(|state| state.pressed(who, message, data));
        self.hub.deliver(deed).await
    }

    /// Somebody chooses from a select that a message has.
    pub async fn chooses(&self, who: Member, message: Id, custom_id: &str, values: &[&str]) -> Answered {
        let deed = self.hub.read(|state| {
            let part = state.usable(who, message, custom_id);
            let kind = &part["type"];
            assert!(kind.as_u64().is_some_and(|kind| [3, 5, 6, 7, 8].contains(&kind)), "{custom_id} is a select");
            let (least, most) = (part["min_values"].as_u64().unwrap_or(1), part["max_values"].as_u64().unwrap_or(1));
            let count = u64::try_from(values.len()).unwrap();
            assert!((least..=most).contains(&count), "{custom_id} takes {least} to {most} values");
            if let Some(options) = part["options"].as_array() {
                let known = |value: &&str| options.iter().any(|option| option["value"] == **value);
                assert!(values.iter().all(known), "{values:?} are among {options:?}");
            }
            let mut data = json!({ "custom_id": custom_id, "component_type": kind, "id": 2, "values": values });
            if *kind != 3 {
                data["resolved"] = state.resolved(who.guild, kind, values);
            }
            state.pressed(who, message, data)
        });
        self.hub.deliver(deed).await
    }

    /// Somebody fills in a form that is open in front of them, and sends it.
    pub async fn submits_modal(&self, who: Member, modal: &Modal, given: &[(&str, Given)]) -> Answered {
        let deed = self.hub.change(|state| {
            let channel = state.interactions[&modal.opened_by].channel;
            let data = state.fill_in(modal, channel, given);
            state.submitted(who, modal, data)
        });
        self.hub.deliver(deed).await
    }

    /// Somebody with a client of their own sends a form that is open in front of them with any data.
    pub async fn submits_forged(&self, who: Member, modal: &Modal, data: Value) -> Answered {
        let deed = self.hub.change(|state| state.submitted(who, modal, data));
        self.hub.deliver(deed).await
    }
}
