//! What stands in a message, and in the messages that it shares: whoever shares a message says what is in it, and sends its
//! photos. Slack has those among the attachments of the new message, and not in its text and files.
//!
//! A share is marked `is_share`; it is there from the first on. What Slack shows of a link that somebody wrote has no such
//! mark, also if the link leads to a message (`is_msg_unfurl` alone), and comes whenever Slack has looked behind the link:
//! nobody sent what is in it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{text, unescaped};
use crate::chat::cut::cut;

/// Fewer characters of a shared message say nothing.
const SHARED_MIN: usize = 2;

/// What somebody wrote, and what was written in what they share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    pub own: String,
    pub shared: String,
}

impl Words {
    pub(super) fn of(message: &Value) -> Self {
        let said = |value: &Value| text(value, "/text").map(|said| unescaped(&said));
        let shared: Vec<String> = shared(message).filter_map(said).collect();
        Self { own: said(message).unwrap_or_default(), shared: shared.join("\n") }
    }

    /// Whether there are none.
    pub fn are_none(&self) -> bool {
        self.own.trim().is_empty() && self.shared.trim().is_empty()
    }

    /// All of them. Of what is shared there are as many as fit: whoever shares it cannot make it shorter. What they wrote
    /// themselves they can, and they are told.
    pub fn all(&self, most: usize) -> String {
        let (own, shared) = (self.own.trim(), self.shared.trim());
        let between = usize::from(!own.is_empty());
        let room = most.saturating_sub(own.chars().count() + between);
        if shared.is_empty() || room < SHARED_MIN {
            return self.own.clone();
        }
        let shared = cut(shared, room);
        if own.is_empty() { shared } else { format!("{own}\n{shared}") }
    }
}

/// The messages that a message shares.
fn shared(message: &Value) -> impl Iterator<Item = &Value> {
    let attachments = message.get("attachments").and_then(Value::as_array).into_iter().flatten();
    attachments.filter(|attachment| attachment.get("is_share").and_then(Value::as_bool).unwrap_or_default())
}

/// The files of a message and of what it shares, each once.
pub fn files(message: &Value) -> Vec<&Value> {
    let all = std::iter::once(message).chain(shared(message));
    let all = all.flat_map(|message| message.get("files").and_then(Value::as_array).into_iter().flatten());
    let mut known = BTreeSet::new();
    all.filter(|file| text(file, "/id").is_none_or(|id| known.insert(id))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ids(message: &Value) -> Vec<String> {
        files(message).into_iter().filter_map(|file| text(file, "/id")).collect()
    }

    #[test]
    fn what_is_shared_counts_and_what_stands_behind_a_link_does_not() {
        let mut message = json!({
            "text": "look &amp; see", "files": [{ "id": "F1" }],
            "attachments": [
                { "is_share": true, "is_msg_unfurl": true, "text": "by the till", "fallback": "[9:00] Noor: by the till",
                  "files": [{ "id": "F2" }, { "id": "F1" }] },
                { "is_msg_unfurl": true, "text": "elsewhere", "files": [{ "id": "F3" }] },
                { "text": "a page", "image_url": "https://example.com/a.jpg", "original_url": "https://example.com" },
                { "is_share": "yes", "files": {} }, 7,
            ],
        });
        assert_eq!(Words::of(&message).all(100), "look & see\nby the till");
        assert_eq!(ids(&message), ["F1", "F2"]);
        message["attachments"][0]["is_share"] = json!(false);
        assert_eq!(Words::of(&message).all(100), "look & see");
        assert_eq!(ids(&message), ["F1"]);
        assert!(Words::of(&json!({ "attachments": {}, "files": 7 })).are_none());
    }

    #[test]
    fn of_what_is_shared_there_is_as_much_as_fits_and_own_words_stay_whole() {
        let words = |own: &str, shared: &str| Words { own: own.to_owned(), shared: shared.to_owned() };
        assert_eq!(words("", "by the till").all(6), "by th…");
        assert_eq!(words("look", "by the till").all(9), "look\nby …");
        assert_eq!(words("look", "by the till").all(6), "look");
        assert_eq!(words("too long", "by the till").all(3), "too long", "which is refused with words");
        assert_eq!(words("look", " ").all(9), "look");
    }
}
