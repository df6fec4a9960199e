//! Whether something that may have been posted is there. Every post carries an opaque marker that only this shop can
//! make; looking means reading the channel's history until there is no more of it.
//! <https://docs.slack.dev/messaging/message-metadata/>

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::clock::Moment;
use serde_json::{Value, json};

use super::Slack;
use super::api::{Trouble, slack_time};
use super::client::TIER_3;
use crate::keys::Keys;

/// The kind of our metadata.
const MARK: &str = "shopwatch_copy";
/// Bytes of a marker.
const MARK_LEN: usize = 16;
/// Messages on one page of history.
const PAGE: usize = 200;
/// A channel with more than this since an incident began cannot be read to the end.
const PAGES_MAX: usize = 50;
/// Slack's clock and ours may differ by so much.
const CLOCKS: TimeDelta = TimeDelta::minutes(10);

/// The marker of what a task posts.
pub fn marker(keys: &Keys, key: &str, part: u32) -> String {
    let hash = keys.content(&[b"slack/marker", key.as_bytes(), &part.to_be_bytes()]);
    hash.to_string().chars().take(MARK_LEN * 2).collect()
}

/// The metadata that carries a marker.
pub fn metadata(marker: &str) -> Value {
    json!({ "event_type": MARK, "event_payload": { "m": marker } })
}

/// Why nobody could look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CannotLook {
    /// Not now; perhaps then.
    Until(Moment),
    /// The app may not read there, or there is too much.
    Never,
}

/// Every marker in a channel, or under a message of it, since then; with the message's own name.
pub async fn look(
    slack: &Slack,
    channel: &str,
    under: Option<&str>,
    since: Moment,
    now: Moment,
) -> Result<HashMap<String, String>, CannotLook> {
    let method = if under.is_some() { "conversations.replies" } else { "conversations.history" };
    let mut found = HashMap::new();
    let mut cursor = String::new();
    for _ in 0..PAGES_MAX {
        slack.pace.take(&[(method, TIER_3)], now).map_err(CannotLook::Until)?;
        let mut arguments = vec![
            ("channel", channel.to_owned()),
            ("limit", PAGE.to_string()),
            ("include_all_metadata", "true".to_owned()),
            ("oldest", slack_time(since - CLOCKS)),
        ];
        arguments.extend(under.map(|parent| ("ts", parent.to_owned())));
        if !cursor.is_empty() {
            arguments.push(("cursor", cursor.clone()));
        }
        let page = match slack.api.read(method, &arguments).await {
            Ok(page) => page,
            Err(Trouble::Limited(wait)) => {
                slack.pace.hold(method, now + wait);
                return Err(CannotLook::Until(now + wait));
            }
            Err(Trouble::Unsent | Trouble::Lost) => return Err(CannotLook::Until(now + TimeDelta::seconds(10))),
            Err(Trouble::Said(word)) if word == "thread_not_found" || word == "channel_not_found" => return Ok(found),
            Err(Trouble::Said(_)) => return Err(CannotLook::Never),
        };
        let messages = page.get("messages").and_then(Value::as_array).into_iter().flatten();
        found.extend(messages.filter_map(marked));
        let more = page.get("has_more").and_then(Value::as_bool).unwrap_or(false);
        page.pointer("/response_metadata/next_cursor")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .clone_into(&mut cursor);
        if !more || cursor.is_empty() {
            return if more { Err(CannotLook::Never) } else { Ok(found) };
        }
    }
    Err(CannotLook::Never)
}

/// A message's marker and name, if it has one of ours; other apps' metadata may be anything.
fn marked(message: &Value) -> Option<(String, String)> {
    if message.pointer("/metadata/event_type")?.as_str()? != MARK {
        return None;
    }
    let marker = message.pointer("/metadata/event_payload/m")?.as_str()?;
    Some((marker.to_owned(), message.get("ts")?.as_str()?.to_owned()))
}
