//! Slack's ways to say no.

use serde_json::{Map, Value, json};

/// An answer with `ok: false`.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    pub error: String,
    pub more: Map<String, Value>,
}

/// What a method answers: the fields beside `ok`, or a refusal.
pub type Reply = Result<Value, Refusal>;

impl Refusal {
    /// Just the word.
    pub fn of(error: &str) -> Self {
        Self { error: error.to_owned(), more: Map::new() }
    }

    /// The token lacks a scope.
    pub fn missing_scope(needed: &str, provided: &str) -> Self {
        let mut refusal = Self::of("missing_scope");
        refusal.more.insert("needed".to_owned(), json!(needed));
        refusal.more.insert("provided".to_owned(), json!(provided));
        refusal
    }

    /// Arguments that say nothing Slack understands.
    pub fn invalid_arguments(messages: &[String]) -> Self {
        Self::with_messages("invalid_arguments", messages)
    }

    /// An error with an explanation of each problem.
    pub fn with_messages(error: &str, messages: &[String]) -> Self {
        let mut refusal = Self::of(error);
        let messages: Vec<String> = messages.iter().map(|message| format!("[ERROR] {message}")).collect();
        refusal.more.insert("response_metadata".to_owned(), json!({ "messages": messages }));
        refusal
    }

    /// Blocks that a message cannot have: the problems stand twice in the answer.
    pub fn invalid_blocks(problems: &[String]) -> Self {
        let mut refusal = Self::with_messages("invalid_blocks", problems);
        refusal.more.insert("errors".to_owned(), json!(problems));
        refusal
    }
}

/// The body of an answer.
pub fn body(reply: Reply) -> Value {
    let (ok, mut fields) = match reply {
        Ok(Value::Object(fields)) => (true, fields),
        Ok(other) => panic!("a method answers with an object, not with {other}"),
        Err(refusal) => {
            let mut fields = refusal.more;
            fields.insert("error".to_owned(), json!(refusal.error));
            (false, fields)
        }
    };
    fields.insert("ok".to_owned(), json!(ok));
    Value::Object(fields)
}
