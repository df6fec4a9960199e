//! Events: messages that people write, our home, and what changes around us.
//! <https://docs.slack.dev/reference/events/>

use serde_json::{Value, json};

use super::super::people::Named;
use super::{Arrived, Deed, Spot, Unreadable, Words, Written, delivery, file, files, text};

pub(super) fn event(payload: &Value) -> Result<Arrived, Unreadable> {
    let event = payload.get("event").ok_or(Unreadable)?;
    let kind = text(event, "/type").ok_or(Unreadable)?;
    let team = text(event, "/user_team").or_else(|| text(event, "/team")).or_else(|| text(payload, "/team_id"));
    let mut who = Named { user: String::new(), team, name: None, channel: text(event, "/channel") };
    let mut key = text(payload, "/event_id").map(|id| format!("slack:event:{id}"));
    let deed = match kind.as_str() {
        "message" => {
            let added = added(event);
            let event = added.as_ref().unwrap_or(event);
            let Some(written) = message(event) else { return Ok(nothing()) };
            who.user = text(event, "/user").ok_or(Unreadable)?;
            who.team = text(event, "/user_team").or_else(|| text(event, "/team")).or(who.team);
            let channel = text(event, "/channel").ok_or(Unreadable)?;
            let at = text(event, "/ts").ok_or(Unreadable)?;
            // The same message can come under another event id an hour later.
            key = Some(message_key(&channel, &at));
            Deed::Message(written)
        }
        "app_home_opened" if text(event, "/tab").is_none_or(|tab| tab == "home") => {
            who.user = text(event, "/user").ok_or(Unreadable)?;
            Deed::Home
        }
        "subteam_members_changed" => text(event, "/subteam_id").map_or(Deed::Nothing, Deed::Group),
        "subteam_updated" => text(event, "/subteam/id").map_or(Deed::Nothing, Deed::Group),
        "user_change" => text(event, "/user/id").map_or(Deed::Nothing, Deed::Person),
        "channel_id_changed" => match (text(event, "/old_channel_id"), text(event, "/new_channel_id")) {
            (Some(from), Some(to)) => Deed::Moved { from, to },
            _ => return Err(Unreadable),
        },
        // It also comes when people take back tokens of their own.
        "tokens_revoked" if event.pointer("/tokens/bot/0").is_none() => Deed::Nothing,
        "tokens_revoked" | "app_uninstalled" => Deed::Revoked,
        _ => Deed::Nothing,
    };
    Ok(Arrived {
        deed,
        who,
        trigger: None,
        response_url: None,
        delivery: key.and_then(delivery),
        spot: Spot::Channel,
        on: None,
        answers_inline: false,
    })
}

/// What a message is known by for ever.
pub fn message_key(channel: &str, at: &str) -> String {
    format!("slack:message:{channel}:{at}")
}

/// A message that a person has just written; edits, deletions, joins and what programs write are none.
fn message(event: &Value) -> Option<Written> {
    let subtype = text(event, "/subtype");
    let by_person = matches!(subtype.as_deref(), None | Some("file_share" | "thread_broadcast" | "me_message"));
    if !by_person || event.get("bot_id").is_some_and(|bot| !bot.is_null()) {
        return None;
    }
    Some(Written {
        words: Words::of(event),
        photos: files(event).into_iter().filter_map(file).collect(),
        direct: text(event, "/channel_type").as_deref() == Some("im"),
        thread: text(event, "/thread_ts"),
        late: None,
    })
}

/// Files that somebody adds to what they wrote before, as a message under it. Of other changes nothing comes: what was said
/// was taken in, and what Slack shows of a link nobody said.
/// <https://docs.slack.dev/reference/events/message/message_changed>
fn added(event: &Value) -> Option<Value> {
    if text(event, "/subtype").as_deref() != Some("message_changed") {
        return None;
    }
    let (now, before) = (event.get("message")?, event.get("previous_message")?);
    let before = files(before);
    let new: Vec<&Value> = files(now).into_iter().filter(|file| !before.iter().any(|old| same(old, file))).collect();
    if new.is_empty() {
        return None;
    }
    let mut message = now.as_object()?.clone();
    message.insert("files".to_owned(), json!(new));
    message.remove("attachments");
    if !before.is_empty() {
        // Its words came with what was in it before.
        message.remove("text");
    }
    message.entry("thread_ts").or_insert(now.get("ts")?.clone());
    for name in ["ts", "channel", "channel_type"] {
        message.insert(name.to_owned(), event.get(name)?.clone());
    }
    Some(message.into())
}

fn same(one: &Value, other: &Value) -> bool {
    one.get("id") == other.get("id")
}

fn nothing() -> Arrived {
    Arrived {
        deed: Deed::Nothing,
        who: Named::default(),
        trigger: None,
        response_url: None,
        delivery: None,
        spot: Spot::Channel,
        on: None,
        answers_inline: false,
    }
}
