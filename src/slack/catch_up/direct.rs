//! Direct messages that only Slack knows of. Of somebody who never reported before nothing stands here, and what they send to
//! the app alone may be their first report.

use std::collections::HashMap;

use serde_json::Value;

use super::pages::Pages;
use super::{Later, Place, TRIES_MAX};
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
    let mut pages = Pages::of(slack, app, (LISTING, TIER_2), vec![("types", "im".to_owned())]);
    let mut found = Vec::new();
    for _ in 0..PAGES_MAX {
        match pages.next().await {
            Ok(Some(page)) => {
                let listed = page.get("channels").and_then(Value::as_array).into_iter().flatten();
                found.extend(listed.filter_map(opened));
            }
            Ok(None) => break,
            Err(Trouble::Limited(_)) => return Err(Later),
            Err(Trouble::Unsent | Trouble::Lost) if is_tried_again(tried) => return Err(Later),
            Err(Trouble::Unsent | Trouble::Lost | Trouble::Said(_)) => {
                unlisted(slack, app);
                return Ok(Vec::new());
            }
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

/// A Slack that knows no such list keeps nobody from hearing the rest.
fn is_tried_again(tried: &mut HashMap<String, u32>) -> bool {
    *tried.entry(LISTING.to_owned()).and_modify(|times| *times += 1).or_insert(1) < TRIES_MAX
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
