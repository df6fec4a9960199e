//! What people wrote while nobody listened. Slack repeats an event for some minutes and then forgets it; its channels do
//! not. They are read from where everything was heard, through the same door and under the same natural keys as events, so
//! that nothing is missing and nothing is there twice.

mod direct;
mod pages;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use domain::clock::Moment;
use domain::words::Platform;
use serde_json::{Value, json};

use super::Slack;
use super::answer::{After, answer};
use super::api::{Trouble, slack_time};
use super::connect::{ASK_AGAIN, ASK_AGAIN_MAX, keep_unread, pause};
use super::doubt::LOOKING;
use super::inbound::{Deed, Door, files, read};
use crate::app::App;
use crate::chats::pace::Rate;
use crate::failure::Failure;
use crate::store::standing::{Sort, Stands};
use pages::Pages;

/// What the store's note of the moment until which everything was heard is called.
pub const HEARD_NOTE: &str = "slack/heard";
/// Slack repeats an event at once, after a minute and after five: what was told so shortly before may not be kept yet.
/// <https://docs.slack.dev/apis/events-api/#retries>
const REPEATED: TimeDelta = TimeDelta::minutes(10);
/// How often it is noted that everything is heard: so much more is read after an end that nobody saw coming.
const BEAT: Duration = Duration::from_mins(1);
/// Over HTTP nobody sees that nothing arrives: so often the channels are read whatever was told.
const READ_EVERY: Duration = Duration::from_mins(15);
/// So many direct messages are read, those with whom something happened last: with the threads four minutes of Slack's
/// budget for reading (50 calls a minute).
const DIRECT_MAX: u64 = 100;
/// So many threads of open incidents.
const THREADS_MAX: u64 = 100;
/// A channel in which more was written than this is read no further back, which is an alarm: 8,000 messages.
const PAGES_MAX: usize = 40;
/// What is said of what was read: below Tier 4, which `chat.postEphemeral` is in, so that nobody goes without a word because
/// there are many.
const RECEIPTS: &str = "receipts of what was missed";
const RECEIPT: Rate = Rate { every: TimeDelta::milliseconds(700), burst: 50 };
/// How often one message is tried before it is put aside for a person, so that others are not held up by it for ever.
const TRIES_MAX: u32 = 5;
/// Slack's words for what the app may not read, or what is not there any more.
const CLOSED: [&str; 7] = [
    "channel_not_found",
    "not_in_channel",
    "missing_scope",
    "thread_not_found",
    "message_not_found",
    "is_archived",
    "access_denied",
];

/// Slack or the store did not answer, or a message was not kept: it is read again.
struct Later;

impl From<Failure> for Later {
    fn from(_: Failure) -> Self {
        Self
    }
}

/// What is read: a channel, or what stands under one of its messages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    channel: String,
    under: Option<String>,
}

/// Reads what was missed whenever there is a gap, and notes until when there is none.
pub async fn work(slack: &Arc<Slack>, app: &App) {
    let mut ear = slack.missed.listen();
    let (mut wait, mut tried) = (ASK_AGAIN, HashMap::new());
    let mut read_at = app.stopwatch.now();
    while !app.stopping.is_cancelled() {
        if !slack.heard.is_whole() {
            if read_up(slack, app, &mut tried).await.is_err() {
                pause(app, wait).await;
                wait = (wait * 2).min(ASK_AGAIN_MAX);
                continue;
            }
            (wait, read_at) = (ASK_AGAIN, app.stopwatch.now());
            tried.clear();
            continue;
        }
        tokio::select! {
            () = ear.hear() => {}
            () = pause(app, BEAT) => {
                if slack.live() > 0 {
                    // Without the note somewhat more is read the next time.
                    drop(slack.heard.beat(&app.desk.store, app.desk.now()).await);
                } else if slack.settings.app_token.is_none() && app.stopwatch.now().saturating_sub(read_at) >= READ_EVERY {
                    slack.heard.gap();
                }
            }
        }
    }
}

/// Reads every place from where everything was heard to its end.
async fn read_up(slack: &Arc<Slack>, app: &App, tried: &mut HashMap<String, u32>) -> Result<(), Later> {
    let (gaps, began, store) = (slack.heard.gaps(), app.desk.now(), &app.desk.store);
    if let Some(heard) = slack.heard.until(store).await? {
        let places = places(slack, app).await?;
        for place in &places {
            read_place(slack, app, place, heard, tried).await?;
        }
        // Last, since nothing else is to wait for it.
        for channel in direct::of_strangers(slack, app, &places, tried).await? {
            read_place(slack, app, &Place { channel, under: None }, heard, tried).await?;
        }
    }
    Ok(slack.heard.note(store, began, gaps).await?)
}

/// Reads a place to its end.
async fn read_place(
    slack: &Arc<Slack>,
    app: &App,
    place: &Place,
    heard: Moment,
    tried: &mut HashMap<String, u32>,
) -> Result<(), Later> {
    let mut said = Vec::new();
    for message in messages(slack, app, place, heard - REPEATED).await? {
        match take_in(slack, app, place, message, heard, tried).await {
            Ok(more) => said.extend(more),
            Err(later) => {
                say_slowly(slack, app, said);
                return Err(later);
            }
        }
    }
    say_slowly(slack, app, said);
    Ok(())
}

/// Says what is to be said, one after another, beside what is read on.
fn say_slowly(slack: &Arc<Slack>, app: &App, said: Vec<After>) {
    if said.is_empty() {
        return;
    }
    let (ours, app) = (slack.clone(), app.clone());
    slack.after.spawn(async move {
        for after in said {
            let mut now = app.desk.now();
            while let Err(free) = ours.pace.take_for_somebody(&[(RECEIPTS, RECEIPT)], now).await {
                if app.stopping.is_cancelled() {
                    return;
                }
                pause(&app, (free - now).to_std().unwrap_or_default()).await;
                now = free.max(app.desk.now());
            }
            Box::pin(after.say(&app, &ours)).await;
        }
    });
}

/// Where somebody may have written to us: report channels, direct messages, threads of open incidents.
async fn places(slack: &Slack, app: &App) -> Result<Vec<Place>, Failure> {
    let rules = app.desk.rules();
    let report = rules.sites.iter().flat_map(|site| &site.report).filter(|place| place.platform == Platform::Slack);
    let report: BTreeSet<String> = report.map(|place| slack.channel_now(&place.channel)).collect();
    let store = &app.desk.store;
    let direct = store.stands(Platform::Slack, &[Sort::Follow], false, DIRECT_MAX).await?;
    let direct: BTreeSet<String> = direct.iter().filter_map(stood).map(|(channel, _)| channel).collect();
    let threads = store.stands(Platform::Slack, &[Sort::Card, Sort::Follow], true, THREADS_MAX).await?;
    let threads = threads.iter().filter_map(stood).map(|(channel, under)| Place { channel, under: Some(under) });
    let channels = report.into_iter().chain(direct).map(|channel| Place { channel, under: None });
    Ok(channels.chain(threads).collect())
}

/// The channel and the message of a copy.
fn stood(stands: &Stands) -> Option<(String, String)> {
    let mut parts = stands.remote_id.split('/');
    Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
}

/// What people wrote in a place since then, oldest first. In channels that is what came with files: talk is nothing to us.
async fn messages(slack: &Slack, app: &App, place: &Place, since: Moment) -> Result<Vec<Value>, Later> {
    let method = if place.under.is_some() { "conversations.replies" } else { "conversations.history" };
    let mut arguments = vec![("channel", place.channel.clone()), ("oldest", slack_time(since))];
    arguments.extend(place.under.clone().map(|under| ("ts", under)));
    let (mut found, mut pages) = (Vec::new(), Pages::of(slack, app, (method, LOOKING), arguments));
    for _ in 0..PAGES_MAX {
        match pages.next().await {
            Ok(Some(page)) => {
                let written = page.get("messages").and_then(Value::as_array).into_iter().flatten();
                found.extend(written.filter(|message| is_to_us(place, message)).cloned());
            }
            Ok(None) => break,
            Err(Trouble::Said(word)) if CLOSED.contains(&word.as_str()) => {
                alarm(slack, app, place, &word);
                return Ok(Vec::new());
            }
            Err(_) => return Err(Later),
        }
    }
    if pages.are_more() {
        metrics::counter!("shopwatch_slack_unread_history_total").increment(1);
        tracing::error!(target: "shopwatch::slack", "so much was written in a channel while nobody listened that its beginning is not read");
    }
    found.sort_by_key(at);
    Ok(found)
}

fn is_to_us(place: &Place, message: &Value) -> bool {
    let with_files = !files(message).is_empty();
    let parent = place.under.is_some() && message.get("ts").and_then(Value::as_str) == place.under.as_deref();
    !parent && (with_files || place.channel.starts_with('D'))
}

/// A channel cannot be read; said once. A card or a copy that is gone has nothing under it.
fn alarm(slack: &Slack, app: &App, place: &Place, word: &str) {
    let (about, now) = (format!("slack/unreadable/{}", place.channel), app.desk.now());
    if place.under.is_some() || slack.lost.is_told(&about, now) {
        return;
    }
    slack.lost.told(&about, now);
    metrics::counter!("shopwatch_slack_unreadable_channel_total").increment(1);
    tracing::error!(
        target: "shopwatch::slack",
        word,
        "a channel cannot be read for what was missed: invite the app there, and give it the scopes of the manifest"
    );
}

/// Takes in a message as if it were told now; what is to be said of it.
async fn take_in(
    slack: &Slack,
    app: &App,
    place: &Place,
    mut message: Value,
    heard: Moment,
    tried: &mut HashMap<String, u32>,
) -> Result<Vec<After>, Later> {
    let direct = place.channel.starts_with('D');
    let written = at(&message);
    if let Some(event) = message.as_object_mut() {
        event.insert("type".to_owned(), json!("message"));
        event.insert("channel".to_owned(), json!(place.channel));
        event.insert("channel_type".to_owned(), json!(if direct { "im" } else { "channel" }));
    }
    let team = slack.home().map(|home| home.team.clone());
    let payload = json!({ "type": "event_callback", "team_id": team, "event": message });
    let Ok(mut arrived) = read(Door::Events, &payload) else {
        let kept = !keep_unread(app, payload.to_string().as_bytes()).await.again;
        return if kept { Ok(Vec::new()) } else { Err(Later) };
    };
    let Some(key) = arrived.delivery.as_ref().map(|delivery| delivery.key.clone()) else { return Ok(Vec::new()) };
    if let Deed::Message(message) = &mut arrived.deed {
        message.late = Some(written);
    }
    if written < heard {
        // It was told once: what keeps nothing was said then.
        slack.answered.is_first(&key);
    }
    let answered = Box::pin(answer(app, slack, arrived)).await;
    if answered.again {
        let times = tried.entry(key).and_modify(|times| *times += 1).or_insert(1);
        if *times < TRIES_MAX || keep_unread(app, payload.to_string().as_bytes()).await.again {
            return Err(Later);
        }
    }
    Ok(answered.after)
}

/// When a message was written.
fn at(message: &Value) -> Moment {
    let ts = message.get("ts").and_then(Value::as_str).unwrap_or_default();
    let (seconds, micros) = ts.split_once('.').unwrap_or((ts, "0"));
    let micros: i64 = micros.parse().unwrap_or_default();
    let seconds: i64 = seconds.parse().unwrap_or_default();
    DateTime::from_timestamp_micros(seconds.saturating_mul(1_000_000).saturating_add(micros)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_stand_in_the_order_in_which_they_were_written() {
        let mut all = ["1700000001.000200", "1700000000.999999", "1700000001.000100"].map(|ts| json!({ "ts": ts }));
        all.sort_by_key(at);
        assert_eq!(all.map(|one| one["ts"].as_str().unwrap().to_owned()).first().unwrap(), "1700000000.999999");
        assert_eq!(slack_time(at(&json!({ "ts": "1700000001.000200" }))), "1700000001.000200");
    }

    #[test]
    fn talk_in_channels_is_nothing_to_us_and_neither_is_the_card_above_a_thread() {
        let (talk, photo) = (json!({ "ts": "1.0", "text": "hi" }), json!({ "ts": "1.0", "files": [{ "id": "F1" }] }));
        let place = |channel: &str, under: Option<&str>| Place {
            channel: channel.to_owned(),
            under: under.map(ToOwned::to_owned),
        };
        assert!(!is_to_us(&place("C1", None), &talk) && is_to_us(&place("C1", None), &photo));
        let share = json!({ "ts": "1.0", "attachments": [{ "is_share": true, "files": [{ "id": "F1" }] }] });
        let link = json!({ "ts": "1.0", "attachments": [{ "is_msg_unfurl": true, "files": [{ "id": "F1" }] }] });
        assert!(is_to_us(&place("C1", None), &share) && !is_to_us(&place("C1", None), &link));
        assert!(is_to_us(&place("D1", None), &talk) && is_to_us(&place("C1", Some("0.5")), &photo));
        assert!(!is_to_us(&place("C1", Some("1.0")), &photo));
    }
}
