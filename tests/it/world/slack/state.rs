//! What people have filled in: `state.values` as Slack builds it.

use serde_json::{Map, Value, json};

use super::workspace::Chosen;

/// An element with a place in `state.values`, or a button.
pub struct Element<'a> {
    pub block: &'a Value,
    pub body: &'a Value,
}

impl Element<'_> {
    /// What names it: block and action.
    pub fn key(&self) -> (String, String) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&self.block["block_id"]), text(&self.body["action_id"]))
    }

    /// Its kind.
    pub fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    /// Whether it keeps what people choose.
    pub fn stateful(&self) -> bool {
        !matches!(self.kind(), "button" | "overflow")
    }

    /// What stands in it before anybody touched it.
    pub fn initial(&self) -> Value {
        let initial = |name: &str| self.body.get(name).cloned().unwrap_or(Value::Null);
        let (field, value) = match self.kind() {
            "checkboxes" | "multi_static_select" => {
                ("selected_options", self.body.get("initial_options").cloned().unwrap_or_else(|| json!([])))
            }
            "radio_buttons" | "static_select" | "external_select" => ("selected_option", initial("initial_option")),
            "users_select" => ("selected_user", initial("initial_user")),
            "multi_users_select" => {
                ("selected_users", self.body.get("initial_users").cloned().unwrap_or_else(|| json!([])))
            }
            "channels_select" => ("selected_channel", initial("initial_channel")),
            "conversations_select" => ("selected_conversation", initial("initial_conversation")),
            "datepicker" => ("selected_date", initial("initial_date")),
            "timepicker" => ("selected_time", initial("initial_time")),
            "datetimepicker" => ("selected_date_time", initial("initial_date_time")),
            "file_input" => ("files", json!([])),
            _ => ("value", initial("initial_value")),
        };
        json!({ "type": self.kind(), field: value })
    }

    /// What stands in it once somebody has given this answer.
    ///
    /// # Panics
    ///
    /// When Slack's own form would not take the answer.
    pub fn filled(&self, answers: &[String]) -> Value {
        let one = || {
            assert!(answers.len() <= 1, "{} takes one answer, not {answers:?}", self.kind());
            answers.first().map_or(Value::Null, |answer| json!(answer))
        };
        let option = |value: &String| self.option(value);
        let mut state = self.initial();
        match self.kind() {
            "checkboxes" | "multi_static_select" => state["selected_options"] = answers.iter().map(option).collect(),
            "radio_buttons" | "static_select" => {
                one();
                state["selected_option"] = answers.first().map_or(Value::Null, option);
            }
            "users_select" => state["selected_user"] = one(),
            "multi_users_select" => state["selected_users"] = json!(answers),
            "channels_select" => state["selected_channel"] = one(),
            "conversations_select" => state["selected_conversation"] = one(),
            "datepicker" => state["selected_date"] = one(),
            "timepicker" => state["selected_time"] = one(),
            "datetimepicker" => {
                one();
                state["selected_date_time"] = json!(answers.first().map(|answer| answer.parse::<i64>().unwrap()));
            }
            "file_input" => {
                let most = self.body["max_files"].as_u64().unwrap_or(10);
                assert!(answers.len() as u64 <= most, "no more than {most} files fit");
                state["files"] = json!(answers);
            }
            _ => {
                let length = answers.first().map_or(0, |answer| answer.chars().count()) as u64;
                let (least, most) = (self.body["min_length"].as_u64(), self.body["max_length"].as_u64());
                let fits = answers.is_empty() || length >= least.unwrap_or(0) && length <= most.unwrap_or(3_000);
                assert!(fits, "the form does not take {length} characters: {}", self.body);
                state["value"] = one();
            }
        }
        state
    }

    fn option(&self, value: &String) -> Value {
        let own = self.body["options"].as_array().into_iter().flatten();
        let groups = self.body["option_groups"].as_array().into_iter().flatten();
        let mut all = own.chain(groups.flat_map(|group| group["options"].as_array().into_iter().flatten()));
        let found = all.find(|option| option["value"] == json!(value));
        found.cloned().unwrap_or_else(|| panic!("there is no option {value} in {}", self.body))
    }
}

/// Every element of these blocks that people can use.
pub fn elements(blocks: &Value) -> Vec<Element<'_>> {
    let mut all = Vec::new();
    for block in blocks.as_array().into_iter().flatten() {
        let single = [block.get("element"), block.get("accessory")].into_iter().flatten();
        let several = block["elements"].as_array().into_iter().flatten();
        let usable = single.chain(several).filter(|element| element.get("action_id").is_some());
        all.extend(usable.map(|body| Element { block, body }));
    }
    all
}

/// `state.values` of blocks in which this has been chosen.
pub fn values_of(blocks: &Value, chosen: &Chosen) -> Value {
    let mut values: Map<String, Value> = Map::new();
    for element in elements(blocks).iter().filter(|element| element.stateful()) {
        let (block, action) = element.key();
        let value = chosen.get(&(block.clone(), action.clone())).cloned().unwrap_or_else(|| element.initial());
        let entry = values.entry(block).or_insert_with(|| json!({}));
        entry[action] = value;
    }
    Value::Object(values)
}
