//! Discord's refusals: the status, the code and the words that its documentation lists.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// A refusal.
#[derive(Debug, Clone)]
pub struct Failed {
    pub status: StatusCode,
    pub body: Value,
}

impl Failed {
    /// The refusal with this code.
    pub fn of(code: u32) -> Self {
        let (status, message) = match code {
            10003 => (404, "Unknown Channel"),
            10004 => (404, "Unknown Guild"),
            10007 => (404, "Unknown Member"),
            10008 => (404, "Unknown Message"),
            10013 => (404, "Unknown User"),
            10015 => (404, "Unknown Webhook"),
            10062 => (404, "Unknown interaction"),
            20012 => (403, "You are not authorized to perform this action on this application"),
            30015 => (400, "Maximum number of attachments in a message reached (10)"),
            40005 => (413, "Request entity too large"),
            40060 => (400, "Interaction has already been acknowledged."),
            50001 => (403, "Missing Access"),
            50005 => (403, "Cannot edit a message authored by another user"),
            50006 => (400, "Cannot send an empty message"),
            50007 => (403, "Cannot send messages to this user"),
            50013 => (403, "Missing Permissions"),
            50021 => (403, "Cannot execute action on a system message"),
            50024 => (400, "Cannot execute action on this channel type"),
            50027 => (401, "Invalid Webhook Token"),
            50035 => (400, "Invalid Form Body"),
            50083 => (400, "Thread is archived"),
            50109 => (400, "The request body contains invalid JSON."),
            160_004 => (400, "A thread has already been created for this message"),
            other => panic!("{other} is not a code of this fake"),
        };
        Self { status: StatusCode::from_u16(status).unwrap(), body: json!({ "message": message, "code": code }) }
    }

    /// The refusal of a body, with what is wrong where.
    pub fn form(errors: Map<String, Value>) -> Self {
        let mut failed = Self::of(50035);
        failed.body["errors"] = errors.into();
        failed
    }

    /// The refusal of a body with one thing wrong.
    pub fn field(field: &str, code: &str, message: &str) -> Self {
        let mut errors = Map::new();
        errors.insert(field.to_owned(), json!({ "_errors": [{ "code": code, "message": message }] }));
        Self::form(errors)
    }

    /// What the fewest callers of all hear.
    pub fn plain(status: StatusCode) -> Self {
        let words = format!("{}: {}", status.as_u16(), status.canonical_reason().unwrap_or_default());
        Self { status, body: json!({ "message": words, "code": 0 }) }
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}
