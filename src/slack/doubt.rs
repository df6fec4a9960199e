//! Whether something that may have been posted is there. Every post carries an opaque marker that only this shop can
//! make; looking means reading the channel's history until there is no more of it.
//! <https://docs.slack.dev/messaging/message-metadata/>

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::Moment;
use serde_json::{Value, json};

use super::api::{Trouble, slack_time};
use super::client::REFUSING;
use super::{HISTORY, Slack, Standing};
use crate::chats::copies::UNREACHED;
use crate::chats::pace::Rate;
use crate::keys::Keys;

/// The kind of our metadata.
const MARK: &str = "shopwatch_copy";
/// Bytes of a marker.
const MARK_LEN: usize = 16;
/// Messages on one page of history.
pub(super) const PAGE: usize = 200;
/// A channel with more than this since an incident began cannot be read to the end.
const PAGES_MAX: usize = 40;
/// `conversations.history` and `.replies` are Tier 3, 50 and more a minute: a whole look fits into what is saved up.
pub(super) const LOOKING: Rate = Rate { every: TimeDelta::milliseconds(1_200), burst: 42 };
/// How long a look waits that Slack did not answer.
const AGAIN: TimeDelta = TimeDelta::seconds(10);
/// How long one look may take: what comes after it still has to fit into the lease.
const LOOK_DEADLINE: Duration = Duration::from_secs(12);
/// Slack's words for a channel, or a workspace, that is not there just now.
/// <https://docs.slack.dev/reference/methods/conversations.history/#errors>
const AWAY: [&str; 2] = ["channel_not_found", "team_added_to_org"];
/// How long to wait for it.
const CHANNEL_AWAY: TimeDelta = TimeDelta::minutes(1);
/// Slack's clock and ours may differ by so much.
pub(super) const CLOCKS: TimeDelta = TimeDelta::minutes(10);

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

impl Slack {
    /// Why nobody could look, and whether that passes.
    pub(super) fn cannot_look(&self, trouble: &Trouble, now: Moment) -> CannotLook {
        CannotLook::Until(match trouble {
            Trouble::Limited(wait) => now + *wait,
            Trouble::Unsent => self.away.not_before(UNREACHED, now),
            Trouble::Lost => now + AGAIN,
            Trouble::Said(word) if REFUSING.contains(&word.as_str()) => {
                self.fell(Standing::Refused(word.clone()));
                now + UNREACHED
            }
            Trouble::Said(word) if AWAY.contains(&word.as_str()) => now + CHANNEL_AWAY,
            Trouble::Said(_) => return CannotLook::Never,
        })
    }
}

/// What was found by looking: markers, with the names of their messages.
pub type Found = Arc<HashMap<String, String>>;

/// A channel, or what stands under one of its messages.
type Place = (String, Option<String>);

/// The looks of one batch: a channel is read once for everything that is looked for in it.
#[derive(Debug, Default)]
pub struct Looks(tokio::sync::Mutex<HashMap<Place, (Moment, Found)>>);

impl Looks {
    /// Every marker in a channel, or under a message of it, since then.
    pub async fn look(
        &self,
        slack: &Slack,
        channel: &str,
        under: Option<&str>,
        since: Moment,
        now: Moment,
    ) -> Result<Found, CannotLook> {
        let place = (channel.to_owned(), under.map(ToOwned::to_owned));
        let mut looked = self.0.lock().await;
        if let Some((from, found)) = looked.get(&place)
            && *from <= since
        {
            return Ok(found.clone());
        }
        let looking = tokio::time::timeout(LOOK_DEADLINE, look(slack, channel, under, since, now));
        let found = Arc::new(looking.await.unwrap_or(Err(CannotLook::Until(now + AGAIN)))?);
        looked.insert(place, (since, found.clone()));
        Ok(found)
    }
}

/// Every marker in a channel, or under a message of it, since then; with the message's own name.
async fn look(
    slack: &Slack,
    channel: &str,
    under: Option<&str>,
    since: Moment,
    now: Moment,
) -> Result<HashMap<String, String>, CannotLook> {
    let method = if under.is_some() { "conversations.replies" } else { HISTORY };
    let mut found = HashMap::new();
    let mut cursor = String::new();
    for _ in 0..PAGES_MAX {
        slack.pace.take(&[(method, LOOKING)], now).await.map_err(CannotLook::Until)?;
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
            Err(Trouble::Said(word)) if word == "thread_not_found" => return Ok(found),
            Err(trouble) => {
                if let Trouble::Limited(wait) = trouble {
                    slack.pace.hold(method, now + wait, now).await;
                }
                return Err(slack.cannot_look(&trouble, now));
            }
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
