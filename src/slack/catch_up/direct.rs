//! Direct messages that only Slack knows of. Of somebody who never reported before nothing stands here, and what they send to
//! the app alone may be their first report.

use std::collections::HashMap;

use serde_json::Value;

use super::{ASK_AGAIN, Later, PAGE, Place, TRIES_MAX, pause};
use crate::app::App;
use crate::slack::api::Trouble;
use crate::slack::{Slack, TIER_2};

const LISTING: &str = "conversations.list";
/// What the app may go without.
const SCOPE: &str = "im:read";
/// Pages of direct messages: 2,000 of them.
const PAGES_MAX: usize = 10;
/// So many are read beside those with whom something happened, the newest: a minute of Slack's budget for reading.
const STRANGERS_MAX: usize = 50;

/// Direct messages that are not among these places, those that were opened last first; none if Slack does not list them,
/// which is said.
pub async fn of_strangers(
    slack: &Slack,
    app: &App,
    places: &[Place],
    tried: &mut HashMap<String, u32>,
) -> Result<Vec<String>, Later> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    for _ in 0..PAGES_MAX {
        let Some(page) = page(slack, app, &cursor, tried).await? else { return Ok(Vec::new()) };
        let listed = page.get("channels").and_then(Value::as_array).into_iter().flatten();
        found.extend(listed.filter_map(opened));
        page.pointer("/response_metadata/next_cursor")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .clone_into(&mut cursor);
        if cursor.is_empty() {
            break;
        }
    }
    found.retain(|(_, channel)| !places.iter().any(|place| place.under.is_none() && place.channel == *channel));
    found.sort_by(|one, other| other.cmp(one));
    Ok(found.into_iter().take(STRANGERS_MAX).map(|(_, channel)| channel).collect())
}

/// When a direct message was opened, and its channel; none with somebody who is gone.
fn opened(im: &Value) -> Option<(u64, String)> {
    let gone = im.get("is_user_deleted").and_then(Value::as_bool).unwrap_or_default();
    let channel = im.get("id").and_then(Value::as_str).filter(|id| id.starts_with('D') && !gone)?;
    Some((im.get("created").and_then(Value::as_u64).unwrap_or_default(), channel.to_owned()))
}

async fn page(
    slack: &Slack,
    app: &App,
    cursor: &str,
    tried: &mut HashMap<String, u32>,
) -> Result<Option<Value>, Later> {
    let mut arguments = vec![("types", "im".to_owned()), ("limit", PAGE.to_string())];
    if !cursor.is_empty() {
        arguments.push(("cursor", cursor.to_owned()));
    }
    loop {
        match slack.read(LISTING, TIER_2, &arguments, app.desk.now()).await {
            Ok(page) => return Ok(Some(page)),
            Err(Trouble::Limited(wait)) if !app.stopping.is_cancelled() => {
                pause(app, wait.to_std().unwrap_or(ASK_AGAIN)).await;
            }
            Err(Trouble::Limited(_)) => return Err(Later),
            Err(Trouble::Said(_)) => break,
            Err(Trouble::Unsent | Trouble::Lost) => {
                let times = tried.entry(LISTING.to_owned()).and_modify(|times| *times += 1).or_insert(1);
                if *times < TRIES_MAX {
                    return Err(Later);
                }
                break;
            }
        }
    }
    unlisted(slack, app);
    Ok(None)
}

fn unlisted(slack: &Slack, app: &App) {
    let (about, now) = (format!("slack/without/{SCOPE}"), app.desk.now());
    if slack.lost.is_told(&about, now) {
        return;
    }
    slack.lost.told(&about, now);
    tracing::warn!(
        target: "shopwatch::slack",
        scope = SCOPE,
        "photos of people who never reported before, sent to the app alone while nobody listened, are not found: give the app this scope"
    );
}
