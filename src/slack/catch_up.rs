//! Photos that were dropped in report channels while nobody listened. Slack tells again of what was not acknowledged, for some
//! minutes; what was dropped in a longer silence is read from the channels' own history. For each channel it is noted until
//! when it was listened to, and what is younger is read, and some of what is older: it goes through the same inbox, where
//! what is known changes nothing.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::Moment;
use domain::words::Platform;
use serde_json::{Value, json};

use super::answer::After;
use super::api::{Trouble, slack_time};
use super::connect::{pause, take_in};
use super::doubt::LOOKING;
use super::inbound::Door;
use super::{HISTORY, Slack};
use crate::app::App;
use crate::chats::pace::Rate;
use crate::failure::Failure;

/// How often it is noted that channels are listened to.
const NOTED_EVERY: Duration = Duration::from_mins(1);
/// A note that is older than this was not renewed: nobody listened, or nothing could be kept.
const SILENCE: TimeDelta = TimeDelta::minutes(3);
/// So long Slack tells of a message again, after five minutes for the last time; and its clock and ours may differ.
/// <https://docs.slack.dev/apis/events-api/#retries>
const TOLD_AGAIN: TimeDelta = TimeDelta::minutes(10);
/// Messages on one page of history, and the most pages that are read of a channel.
const PAGE: usize = 200;
const PAGES_MAX: usize = 100;
/// What is said of what was read: below Tier 4, which `chat.postEphemeral` is in, so that nobody goes without a word
/// because there are many.
const RECEIPTS: &str = "receipts of what was missed";
const RECEIPT: Rate = Rate { every: TimeDelta::milliseconds(700), burst: 50 };
/// What the store's notes of until when a channel was listened to begin with.
const HEARD_NOTE: &str = "slack/heard/";

/// Why a channel is not read on now.
#[derive(Debug)]
enum Stopped {
    /// The store or Slack did not answer.
    Later,
    /// Slack says no, in its own word.
    Refused(String),
}

impl From<Failure> for Stopped {
    fn from(_: Failure) -> Self {
        Self::Later
    }
}

impl From<Trouble> for Stopped {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Said(word) => Self::Refused(word),
            Trouble::Limited(_) | Trouble::Unsent | Trouble::Lost => Self::Later,
        }
    }
}

/// Reads what was missed whenever Slack is connected anew, and notes that it is listened to.
pub async fn work(slack: &Arc<Slack>, app: &App) {
    let mut ear = slack.missed.listen();
    while !app.stopping.is_cancelled() {
        if slack.standing.borrow().is_ready() {
            let said = round(slack, app).await;
            say_slowly(slack, app, said);
        }
        tokio::select! {
            () = ear.hear() => {}
            () = pause(app, NOTED_EVERY) => {}
        }
    }
}

/// Reads every report channel that has to be read; what is to be said of it.
pub async fn round(slack: &Slack, app: &App) -> Vec<After> {
    let anew = slack.gap.swap(false, Ordering::Relaxed);
    let rules = app.desk.rules();
    let mut channels: Vec<&str> = rules.sites.iter().flat_map(|site| &site.report).filter_map(here).collect();
    channels.sort_unstable();
    channels.dedup();
    let mut said = Vec::new();
    for channel in channels {
        match read_on(slack, app, channel, anew, &mut said).await {
            Ok(()) => {}
            Err(Stopped::Later) => slack.gap.store(true, Ordering::Relaxed),
            Err(Stopped::Refused(word)) => alarm(slack, app, channel, &word),
        }
    }
    said
}

fn here(place: &domain::place::Place) -> Option<&str> {
    (place.platform == Platform::Slack).then_some(place.channel.as_str())
}

/// Reads a channel on if nobody listened to it for a while, and notes that it is listened to.
async fn read_on(slack: &Slack, app: &App, channel: &str, anew: bool, said: &mut Vec<After>) -> Result<(), Stopped> {
    let (store, now) = (&app.desk.store, app.desk.now());
    let note = format!("{HEARD_NOTE}{channel}");
    let heard = store.noted(&note).await?.and_then(|heard| heard.parse::<Moment>().ok());
    // A channel that is listened to for the first time is listened to from now on.
    if let Some(heard) = heard.filter(|heard| anew || now - *heard > SILENCE) {
        let channel = slack.channel_now(channel);
        for payload in dropped(slack, app, &channel, heard - TOLD_AGAIN).await? {
            let answered = take_in(slack, app, Door::Events, &payload).await;
            said.extend(answered.after);
            if answered.again {
                return Err(Stopped::Later);
            }
        }
    }
    Ok(store.note(&note, &now.to_rfc3339()).await?)
}

/// What was dropped in a channel since then, oldest first, as Slack would have told of it.
async fn dropped(slack: &Slack, app: &App, channel: &str, since: Moment) -> Result<Vec<Value>, Stopped> {
    let team = slack.home().map(|home| home.team.clone());
    let mut cursor = String::new();
    let mut dropped = Vec::new();
    for _ in 0..PAGES_MAX {
        let page = page(slack, app, channel, since, &cursor).await?;
        let messages = page.get("messages").and_then(Value::as_array).ok_or(Stopped::Later)?;
        dropped.extend(messages.iter().filter(|message| has_files(message)).map(|message| {
            let mut event = message.clone();
            super::blocks::put(&mut event, "channel", json!(channel));
            super::blocks::put(&mut event, "channel_type", json!("channel"));
            json!({ "type": "event_callback", "team_id": team, "event": event })
        }));
        let next = page.pointer("/response_metadata/next_cursor").and_then(Value::as_str).unwrap_or_default();
        if next.is_empty() {
            break;
        }
        next.clone_into(&mut cursor);
    }
    // Slack tells the newest first.
    dropped.reverse();
    Ok(dropped)
}

async fn page(slack: &Slack, app: &App, channel: &str, since: Moment, cursor: &str) -> Result<Value, Stopped> {
    turn(slack, app, HISTORY, LOOKING).await;
    let mut arguments =
        vec![("channel", channel.to_owned()), ("limit", PAGE.to_string()), ("oldest", slack_time(since))];
    if !cursor.is_empty() {
        arguments.push(("cursor", cursor.to_owned()));
    }
    let page = slack.api.read(HISTORY, &arguments).await;
    if let Err(Trouble::Limited(wait)) = &page {
        let now = app.desk.now();
        slack.pace.hold(HISTORY, now + *wait, now).await;
    }
    Ok(page?)
}

fn has_files(message: &Value) -> bool {
    message.get("files").and_then(Value::as_array).is_some_and(|files| !files.is_empty())
}

/// Waits until something may be done.
async fn turn(slack: &Slack, app: &App, name: &str, rate: Rate) {
    let mut now = app.desk.now();
    while let Err(free) = slack.pace.take_for_somebody(&[(name, rate)], now).await {
        if app.stopping.is_cancelled() {
            return;
        }
        pause(app, (free - now).to_std().unwrap_or_default()).await;
        now = free.max(app.desk.now());
    }
}

/// Says what is to be said, one after another.
fn say_slowly(slack: &Arc<Slack>, app: &App, said: Vec<After>) {
    if said.is_empty() {
        return;
    }
    let (ours, app) = (slack.clone(), app.clone());
    slack.after.spawn(async move {
        for after in said {
            turn(&ours, &app, RECEIPTS, RECEIPT).await;
            if app.stopping.is_cancelled() {
                return;
            }
            Box::pin(after.say(&app, &ours)).await;
        }
    });
}

/// A report channel cannot be read; said once a day. Without the scope for it Slack does not tell of photos there either.
fn alarm(slack: &Slack, app: &App, channel: &str, word: &str) {
    metrics::counter!("shopwatch_slack_unreadable_channel_total").increment(1);
    let (about, now) = (format!("slack/unreadable/{channel}"), app.desk.now());
    if !slack.lost.is_told(&about, now) {
        slack.lost.told(&about, now);
        tracing::error!(
            target: "shopwatch::slack",
            word,
            "a report channel of shop.toml cannot be read: photos that were dropped there while nobody listened are not picked up; invite the app there, and see that it has the scopes channels:history and groups:history"
        );
    }
}
