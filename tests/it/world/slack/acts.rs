//! What people do with the app: commands, presses, choices, shortcuts.
//! <https://docs.slack.dev/reference/interaction-payloads>

use serde_json::{Value, json};

use super::FakeSlack;
use super::arguments::Arguments;
use super::delivery::{Acked, Parcel};
use super::state::{Element, elements};
use super::workspace::{APP, DOMAIN, Message, TEAM, VERIFICATION_TOKEN, View, Workspace};

/// Where a button stands.
#[derive(Debug, Clone)]
pub enum Spot {
    Message { channel: String, ts: String },
    View(String),
}

impl From<&Message> for Spot {
    fn from(message: &Message) -> Self {
        Self::Message { channel: message.channel.clone(), ts: message.ts.clone() }
    }
}

impl From<&View> for Spot {
    fn from(view: &View) -> Self {
        Self::View(view.id.clone())
    }
}

impl FakeSlack {
    /// Somebody types a command; what it answers at once is shown.
    pub async fn types_command(&self, user: &str, channel: &str, command: &str, text: &str) -> Acked {
        let payload = self.command_payload(user, channel, command, text);
        let acked = self.deliver(Parcel::new("slash_commands", payload.clone())).await;
        let answers = [Some(&acked), acked.again.as_deref()];
        for answer in answers.into_iter().flatten().filter_map(|answer| answer.payload.as_ref()) {
            self.change(|workspace| workspace.show_answer(&payload, answer));
        }
        acked
    }

    /// What arrives when somebody types a command, not delivered yet.
    pub fn command_payload(&self, user: &str, channel: &str, command: &str, text: &str) -> Value {
        self.change(|workspace| {
            let (person, found) = (&workspace.people[user], &workspace.channels[channel]);
            let (name, in_channel) = (person.name.to_lowercase(), found.in_payload()["name"].clone());
            json!({
                "token": VERIFICATION_TOKEN, "team_id": TEAM, "team_domain": DOMAIN, "channel_id": channel,
                "channel_name": in_channel, "user_id": user, "user_name": name, "command": command, "text": text,
                "api_app_id": APP, "is_enterprise_install": "false",
                "response_url": workspace.response_url("commands", user, channel, None),
                "trigger_id": workspace.trigger(user, None),
            })
        })
    }

    /// Somebody presses a button, and confirms it if it asks.
    pub async fn presses(&self, user: &str, on: impl Into<Spot>, action_id: &str) -> Acked {
        let payload = self.press_payload(user, on, action_id, &[]);
        self.interacts(payload).await
    }

    /// Somebody chooses from a menu, ticks boxes, picks a date.
    pub async fn chooses(&self, user: &str, on: impl Into<Spot>, action_id: &str, values: &[&str]) -> Acked {
        let payload = self.press_payload(user, on, action_id, values);
        self.interacts(payload).await
    }

    /// What arrives when somebody presses or chooses, not delivered yet: a test can alter it.
    ///
    /// # Panics
    ///
    /// When there is nothing of that name to press.
    pub fn press_payload(&self, user: &str, on: impl Into<Spot>, action_id: &str, values: &[&str]) -> Value {
        let spot = on.into();
        self.change(|workspace| match &spot {
            Spot::Message { channel, ts } => workspace.press_on_message(user, channel, ts, action_id, values),
            Spot::View(id) => workspace.press_in_view(user, id, action_id, values),
        })
    }

    /// Any interaction.
    pub async fn interacts(&self, payload: Value) -> Acked {
        let parcel = Parcel::new("interactive", payload);
        let (kind, read) = (parcel.payload["type"].clone(), parcel.takes_an_answer());
        let acked = self.deliver(parcel).await;
        if let Some(answer) = acked.payload.as_ref().filter(|_| !read) {
            self.change(|workspace| {
                workspace.complain(format!("{kind} takes no answer in its acknowledgement: {answer}"));
            });
        }
        acked
    }

    /// Somebody chooses a shortcut from the menu of all shortcuts.
    pub async fn global_shortcut(&self, user: &str, callback_id: &str) -> Acked {
        let payload = self.change(|workspace| {
            let mut payload = workspace.interaction("shortcut", user, None);
            payload["callback_id"] = json!(callback_id);
            payload["action_ts"] = json!(workspace.ts());
            payload
        });
        self.interacts(payload).await
    }

    /// Somebody chooses a shortcut from a message's menu.
    pub async fn message_shortcut(&self, user: &str, message: &Message, callback_id: &str) -> Acked {
        let payload = self.change(|workspace| {
            let mut payload = workspace.interaction("message_action", user, None);
            payload["callback_id"] = json!(callback_id);
            payload["action_ts"] = json!(workspace.ts());
            payload["message_ts"] = json!(message.ts);
            payload["channel"] = workspace.channels[&message.channel].in_payload();
            payload["message"] = workspace.rendered(message, false);
            payload["response_url"] = json!(workspace.response_url("app", user, &message.channel, Some(&message.ts)));
            payload
        });
        self.interacts(payload).await
    }
}

impl Workspace {
    /// What all interactions share.
    pub fn interaction(&mut self, kind: &str, user: &str, view: Option<&str>) -> Value {
        json!({
            "type": kind, "token": VERIFICATION_TOKEN, "team": Self::team(), "user": self.people[user].in_payload(),
            "api_app_id": APP, "trigger_id": self.trigger(user, view), "enterprise": null, "is_enterprise_install": false,
        })
    }

    fn press_on_message(&mut self, user: &str, channel: &str, ts: &str, action_id: &str, values: &[&str]) -> Value {
        let message = self.message(channel, ts).expect("a message that is there").clone();
        assert!(!message.deleted, "nobody can press a button of a message that is gone");
        let ephemeral = message.only_for.is_some();
        assert!(message.only_for.as_deref().is_none_or(|only| only == user), "{user} cannot see this message");
        let blocks = json!(message.blocks);
        let all = elements(&blocks);
        let element = the_one(&all, action_id);
        let (action, chosen) = self.act(element, values);
        if let Some(state) = chosen {
            self.message_mut(channel, ts).unwrap().chosen.insert(element.key(), state);
        }
        let now = self.message(channel, ts).unwrap().chosen.clone();
        let mut payload = self.interaction("block_actions", user, None);
        payload["container"] =
            json!({ "type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": ephemeral });
        if let Some(thread_ts) = &message.thread_ts {
            payload["container"]["thread_ts"] = json!(thread_ts);
        }
        payload["channel"] = self.channels[channel].in_payload();
        if !ephemeral {
            payload["message"] = self.rendered(&message, false);
        }
        payload["state"] = json!({ "values": self.values_of(&blocks, &now) });
        payload["response_url"] = json!(self.response_url("actions", user, channel, Some(ts)));
        payload["actions"] = json!([action]);
        payload
    }

    fn press_in_view(&mut self, user: &str, id: &str, action_id: &str, values: &[&str]) -> Value {
        let view = self.views[id].clone();
        assert!(view.open && view.user == user, "{user} does not have {id} open");
        let all = elements(&view.content["blocks"]);
        let element = the_one(&all, action_id);
        let silent = element.block["type"] == "input" && element.block["dispatch_action"] != true;
        assert!(!silent, "{action_id} tells nobody before the form is sent: it lacks dispatch_action");
        let (action, chosen) = self.act(element, values);
        if let Some(state) = chosen {
            self.views.get_mut(id).unwrap().chosen.insert(element.key(), state);
        }
        let mut payload = self.interaction("block_actions", user, Some(id));
        payload["container"] = json!({ "type": "view", "view_id": id });
        payload["view"] = self.view(&self.views[id]);
        payload["actions"] = json!([action]);
        payload
    }

    /// One entry of `actions`, and what the element holds from now on.
    fn act(&mut self, element: &Element<'_>, values: &[&str]) -> (Value, Option<Value>) {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let (block_id, action_id) = element.key();
        let mut action = json!({ "type": element.kind(), "action_id": action_id, "block_id": block_id });
        let copied: &[&str] = match element.kind() {
            "button" => &["text", "value", "style", "confirm"],
            _ => &["placeholder", "confirm"],
        };
        for name in copied {
            if let Some(value) = element.body.get(*name) {
                action[*name] = value.clone();
            }
        }
        let mut state = None;
        if element.kind() == "overflow" {
            let options = element.body["options"].as_array().unwrap();
            let chosen = options.iter().find(|option| option["value"] == json!(values.first()));
            action["selected_option"] = chosen.expect("an option of the menu").clone();
        } else if element.stateful() {
            let filled = element.filled(&values);
            action.as_object_mut().unwrap().extend(filled.as_object().unwrap().clone());
            state = Some(filled);
        }
        action["action_ts"] = json!(self.ts());
        (action, state)
    }

    /// Shows what a command answered in its acknowledgement.
    fn show_answer(&mut self, payload: &Value, answer: &Value) {
        let address = payload["response_url"].as_str().unwrap_or_default();
        let key = address.split_once(&format!("{}/", self.address)).map(|(_, key)| key.to_owned()).unwrap_or_default();
        let entry = self.response_urls.get(&key).cloned().expect("the address of this command");
        let fields = answer.as_object().cloned().unwrap_or_default();
        if let Err(refusal) = self.respond(&entry, &Arguments(fields.into_iter().collect())) {
            self.complain(format!("an answer to a command that Slack does not show: {}: {answer}", refusal.error));
        }
    }
}

fn the_one<'a, 'b>(all: &'a [Element<'b>], action_id: &str) -> &'a Element<'b> {
    let found = all.iter().find(|element| element.body["action_id"] == json!(action_id));
    found.unwrap_or_else(|| {
        let there: Vec<&Value> = all.iter().map(|element| &element.body["action_id"]).collect();
        panic!("there is no {action_id} here, only {there:?}")
    })
}
