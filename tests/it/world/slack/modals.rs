//! Sending forms, and closing them: <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::FakeSlack;
use super::blocks::Surface;
use super::delivery::Acked;
use super::state::elements;
use super::workspace::{View, Workspace};

/// What somebody writes, chooses or encloses in a field: one thing or several.
pub type Answers<'a> = &'a [(&'a str, &'a [&'a str])];

impl FakeSlack {
    /// Somebody fills in a form and sends it; fields are named by action id, or by block id. What the program answers is
    /// done to the form: `errors`, `update`, `push`, `clear`, or it closes.
    pub async fn submits(&self, user: &str, view_id: &str, answers: Answers<'_>) -> Acked {
        let payload = self.submit_payload(user, view_id, answers);
        let acked = self.interacts(payload).await;
        let heard = [Some(&acked), acked.again.as_deref()];
        for answer in heard.into_iter().flatten().filter(|answer| answer.on_time) {
            self.change(|workspace| workspace.conclude(view_id, answer.payload.as_ref()));
        }
        acked
    }

    /// What arrives when somebody sends a form, not delivered yet: a test can alter it.
    ///
    /// # Panics
    ///
    /// When Slack's own form would not let it be sent.
    pub fn submit_payload(&self, user: &str, view_id: &str, answers: Answers<'_>) -> Value {
        self.change(|workspace| {
            let view = workspace.views.get(view_id).expect("a view that was opened").clone();
            assert!(view.open && view.user == user, "{user} does not have {view_id} open");
            assert!(view.content.get("submit").is_some(), "{view_id} has nothing to send it with");
            let chosen = fill(&view, answers);
            workspace.views.get_mut(view_id).unwrap().chosen = chosen;
            let mut payload = workspace.interaction("view_submission", user, Some(view_id));
            payload["view"] = workspace.view(&workspace.views[view_id]);
            payload["response_urls"] = json!([]);
            payload
        })
    }

    /// Somebody closes a form; the program hears of it only if it asked to.
    pub async fn closes(&self, user: &str, view_id: &str) -> Option<Acked> {
        let payload = self.change(|workspace| {
            let view = workspace.views[view_id].clone();
            assert!(view.open && view.user == user, "{user} does not have {view_id} open");
            let clears = view.content["clear_on_close"] == true;
            if clears {
                workspace.close_views_of(user);
            }
            workspace.views.get_mut(view_id).unwrap().open = false;
            (view.content["notify_on_close"] == true).then(|| {
                let mut payload = workspace.interaction("view_closed", user, None);
                payload.as_object_mut().unwrap().remove("trigger_id");
                payload["view"] = workspace.view(&view);
                payload["is_cleared"] = json!(clears);
                payload
            })
        });
        match payload {
            Some(payload) => Some(self.interacts(payload).await),
            None => None,
        }
    }
}

/// What stands in a form after somebody has filled it in.
fn fill(view: &View, answers: Answers<'_>) -> super::workspace::Chosen {
    let all = elements(&view.content["blocks"]);
    let mut chosen = view.chosen.clone();
    for (name, values) in answers {
        let named = |name: &Value, wanted: &str| name == wanted;
        let found = all
            .iter()
            .filter(|element| element.stateful())
            .find(|element| named(&element.body["action_id"], name) || named(&element.block["block_id"], name));
        let found = found.unwrap_or_else(|| panic!("the form has no field {name}: {}", view.content));
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        chosen.insert(found.key(), found.filled(&values));
    }
    for element in all.iter().filter(|element| element.block["type"] == "input" && element.block["optional"] != true) {
        let state = chosen.get(&element.key()).cloned().unwrap_or_else(|| element.initial());
        let filled = state
            .as_object()
            .unwrap()
            .iter()
            .any(|(name, value)| name != "type" && !value.is_null() && *value != json!([]) && *value != json!(""));
        assert!(filled, "the form cannot be sent: {} is empty", element.block["block_id"]);
    }
    chosen
}

impl Workspace {
    /// Does to a form what the program answered.
    fn conclude(&mut self, view_id: &str, answer: Option<&Value>) {
        let view = self.views[view_id].clone();
        let Some(answer) = answer else {
            self.views.get_mut(view_id).unwrap().open = false;
            return;
        };
        match answer["response_action"].as_str() {
            Some("clear") => self.close_views_of(&view.user),
            Some("errors") => self.show_errors(&view, &answer["errors"]),
            Some(action @ ("update" | "push")) => match self.checked_view(&answer["view"], Surface::Modal) {
                Ok(content) if action == "update" => drop(self.replace_view(view_id, content)),
                Ok(content) => {
                    if let Err(refusal) = self.push_view(&view, content) {
                        self.complain(format!("response_action push: {}", refusal.error));
                    }
                }
                Err(refusal) => self.complain(format!("response_action {action}: {refusal:?}")),
            },
            _ => self.complain(format!("an answer to a form that Slack does not know: {answer}")),
        }
    }

    fn show_errors(&mut self, view: &View, errors: &Value) {
        let texts = errors.as_object().cloned().unwrap_or_default();
        let blocks = view.content["blocks"].as_array().cloned().unwrap_or_default();
        let mut shown = BTreeMap::new();
        for (block_id, text) in texts {
            let known = blocks.iter().any(|block| block["type"] == "input" && block["block_id"] == json!(block_id));
            match text.as_str().filter(|text| known && !text.is_empty()) {
                Some(text) => drop(shown.insert(block_id, text.to_owned())),
                None => self.complain(format!("errors: {block_id} is no input block of the form, or says nothing")),
            }
        }
        if shown.is_empty() {
            self.complain("errors: none that Slack could show");
        }
        self.views.get_mut(&view.id).unwrap().errors = shown;
    }
}
