//! Messages, one after another: those that the gateway tells, and those that were written while nobody listened. How far a
//! report channel is read is noted after each message, so that nothing is passed over.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use serenity::http::Route;
use serenity::model::id::ChannelId;
use tokio::sync::mpsc;

use super::Discord;
use super::answer::{After, Answered, answer};
use super::api::Trouble;
use super::connect::{ASK_AGAIN, ASK_AGAIN_MAX, keep_unread, pause, say_after};
use super::inbound::message;
use super::people::{channel, id};
use crate::app::App;
use crate::failure::Failure;

/// The most messages that are read of a channel in one pass.
pub const PASS_MAX: usize = 200;
/// Messages on one page of a channel.
const PAGE: usize = 100;
/// Between two passes; others want to be answered too.
const BETWEEN: Duration = Duration::from_millis(200);
/// What the store's notes of how far a channel is read begin with.
const SEEN_NOTE: &str = "discord/seen/";

/// The store or Discord did not answer: it goes on from where it was.
struct Later;

impl From<Failure> for Later {
    fn from(_: Failure) -> Self {
        Self
    }
}

impl From<Trouble> for Later {
    fn from(_: Trouble) -> Self {
        Self
    }
}

/// Handles the messages that the gateway tells, one after another.
pub async fn listen(discord: &Arc<Discord>, app: &App, heard: Option<mpsc::Receiver<Value>>) {
    let Some(mut heard) = heard else { return };
    while let Some(payload) = heard.recv().await {
        let Some(channel) = id(payload.get("channel_id")) else {
            keep_unread(app, payload.to_string().as_bytes()).await;
            continue;
        };
        let watched = watched(discord, app).contains(&channel);
        // A gap before it: the channel is read in order, this message with the rest.
        if watched && discord.behind.lock().await.contains(&channel) {
            continue;
        }
        let (kept, after) = take_in(discord, app, &payload, None).await;
        say_after(discord, app, after);
        match (kept, watched) {
            (true, true) => drop(seen(app, channel, &payload).await),
            (false, true) => {
                discord.behind.lock().await.insert(channel);
                discord.missed.ring();
            }
            (_, false) => {}
        }
    }
}

/// Reads what was missed whenever that is told.
pub async fn work(discord: &Arc<Discord>, app: &App) {
    let mut ear = discord.missed.listen();
    loop {
        ear.hear().await;
        let mut wait = ASK_AGAIN;
        while pass(discord, app).await.is_err() {
            pause(app, wait).await;
            wait = (wait * 2).min(ASK_AGAIN_MAX);
        }
    }
}

/// The report channels whose messages are read.
fn watched(discord: &Discord, app: &App) -> Vec<u64> {
    if !discord.settings.photo_drops {
        return Vec::new();
    }
    let rules = app.desk.rules();
    let mut channels: Vec<u64> = rules.sites.iter().flat_map(|site| &site.report).filter_map(channel).collect();
    channels.sort_unstable();
    channels.dedup();
    channels
}

/// Reads every watched channel from where it was read to, until there is no more.
async fn pass(discord: &Arc<Discord>, app: &App) -> Result<(), Later> {
    let channels = watched(discord, app);
    // Until it is read, what the gateway tells of a channel is not handled beside it.
    discord.behind.lock().await.extend(channels.iter().copied());
    for channel in channels {
        while read_on(discord, app, channel).await? {
            pause(app, BETWEEN).await;
        }
    }
    Ok(())
}

/// Reads on in a channel; whether there may be more.
async fn read_on(discord: &Arc<Discord>, app: &App, channel: u64) -> Result<bool, Later> {
    let note = format!("{SEEN_NOTE}{channel}");
    let noted = app.desk.store.noted(&note).await?.and_then(|seen| seen.parse::<u64>().ok());
    let mut after = if let Some(after) = noted {
        after
    } else {
        // A channel that is watched for the first time is watched from now on.
        let now = newest(discord, app, channel).await?;
        app.desk.store.note(&note, &now.to_string()).await?;
        now
    };
    let guild = discord.directory.learned().get(&channel).copied();
    let mut read = 0;
    while read < PASS_MAX {
        let page = page(discord, app, channel, after).await?;
        for payload in &page {
            let (kept, said) = take_in(discord, app, payload, guild).await;
            if !kept {
                return Err(Later);
            }
            // One after another, as fast as Discord allows: nobody goes without a word because there are many.
            for after in said {
                Box::pin(after.say(app, discord)).await;
            }
            seen(app, channel, payload).await?;
            after = id(payload.get("id")).unwrap_or(after);
        }
        read += page.len();
        if page.len() < PAGE {
            // What was told meanwhile and not handled is read before the channel is live again.
            let mut behind = discord.behind.lock().await;
            let more = !self::page(discord, app, channel, after).await?.is_empty();
            if !more {
                behind.remove(&channel);
            }
            return Ok(more);
        }
    }
    Ok(true)
}

/// The messages of a channel after one, oldest first.
async fn page(discord: &Discord, app: &App, channel: u64, after: u64) -> Result<Vec<Value>, Later> {
    let route = Route::ChannelMessages { channel_id: ChannelId::new(channel) };
    let query = vec![("after", after.to_string()), ("limit", PAGE.to_string())];
    let answer = match discord.api.get(route, query, app.desk.now()).await {
        // A channel that is gone or that the bot may not read has nothing to tell.
        Err(Trouble::Said { .. }) => return Ok(Vec::new()),
        other => other?,
    };
    let mut messages = answer.as_array().cloned().unwrap_or_default();
    messages.sort_by_key(|message| id(message.get("id")));
    Ok(messages)
}

/// The newest message of a channel; 0 if there is none.
async fn newest(discord: &Discord, app: &App, channel: u64) -> Result<u64, Later> {
    let route = Route::ChannelMessages { channel_id: ChannelId::new(channel) };
    let answer = match discord.api.get(route, vec![("limit", "1".to_owned())], app.desk.now()).await {
        Err(Trouble::Said { .. }) => return Ok(0),
        other => other?,
    };
    Ok(id(answer.pointer("/0/id")).unwrap_or_default())
}

/// Takes in a message: false if it was not kept and has to be read again; and what is to be said of it.
async fn take_in(discord: &Discord, app: &App, payload: &Value, guild: Option<u64>) -> (bool, Vec<After>) {
    let Answered { after, again, .. } = match message(payload, guild) {
        Ok(Some(arrived)) => Box::pin(answer(app, discord, arrived)).await,
        Ok(None) => Answered::default(),
        Err(_) => Answered { again: !keep_unread(app, payload.to_string().as_bytes()).await, ..Answered::default() },
    };
    (!again, after)
}

async fn seen(app: &App, channel: u64, payload: &Value) -> Result<(), Failure> {
    match id(payload.get("id")) {
        Some(message) => app.desk.store.note(&format!("{SEEN_NOTE}{channel}"), &message.to_string()).await,
        None => Ok(()),
    }
}
