//! Messages, one after another: those that the gateway tells, and those that were written while nobody listened. How far a
//! report channel is read is noted after each message, so that nothing is passed over.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;
use serenity::http::Route;
use serenity::model::id::ChannelId;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Discord;
use super::answer::{After, Answered, answer};
use super::api::Trouble;
use super::connect::{ASK_AGAIN, ASK_AGAIN_MAX, keep_unread, pause, say_after};
use super::doubt::snowflake;
use super::inbound::message;
use super::people::{channel, id};
use crate::app::App;
use crate::failure::Failure;

/// The most messages that are read of a channel before the next channel has its turn.
pub const PASS_MAX: usize = 200;
/// Messages on one page of a channel.
pub(super) const PAGE: usize = 100;
/// Between two rounds through the channels; others want to be answered too.
const BETWEEN: Duration = Duration::from_millis(200);
/// How often a channel is asked that the bot may not read.
const REFUSED_AGAIN: Duration = Duration::from_mins(1);
/// How often one message is tried before it is put aside for a person, so that others are not held up by it for ever.
pub(super) const TRIES_MAX: u32 = 5;
/// Discord's clock and ours may differ by so much.
const CLOCKS: TimeDelta = TimeDelta::seconds(10);
/// What the store's notes of how far a channel is read begin with.
const SEEN_NOTE: &str = "discord/seen/";

/// Why a channel is not read on now.
pub(super) enum Stopped {
    /// The store or Discord did not answer: it goes on from where it was.
    Later,
    /// Discord says no: the bot may not read there, or the channel is gone.
    Refused(i64),
}

impl From<Failure> for Stopped {
    fn from(_: Failure) -> Self {
        Self::Later
    }
}

impl From<Trouble> for Stopped {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Said { code, .. } => Self::Refused(code),
            Trouble::Limited(_) | Trouble::Unsent | Trouble::Lost => Self::Later,
        }
    }
}

/// How a channel does that is not read on at once.
#[derive(Debug, Default)]
struct Stuck {
    /// Not before then, on the stopwatch.
    until: Duration,
    wait: Duration,
    /// The message that was not kept, and how often it was tried.
    tried: (u64, u32),
}

impl Stuck {
    /// It stopped; it is read on after a while.
    fn stop(&mut self, now: Duration, refused: bool) {
        self.wait = if refused { REFUSED_AGAIN } else { (self.wait * 2).clamp(ASK_AGAIN, ASK_AGAIN_MAX) };
        self.until = now + self.wait;
    }

    /// A message was not kept once more; whether that was the last try.
    fn gives_up(&mut self, message: u64) -> bool {
        let (tried, times) = self.tried;
        self.tried = (message, if tried == message { times + 1 } else { 1 });
        self.tried.1 >= TRIES_MAX
    }
}

/// Handles the messages that the gateway tells, one after another, until the line is closed and all of them are handled.
pub async fn listen(
    discord: &Arc<Discord>,
    app: &App,
    heard: Option<mpsc::Receiver<Value>>,
    closed: &CancellationToken,
) {
    let Some(mut heard) = heard else { return };
    loop {
        let payload = tokio::select! {
            biased;
            payload = heard.recv() => payload,
            () = closed.cancelled() => None,
        };
        let Some(payload) = payload else { return };
        let Some(channel) = id(payload.get("channel_id")) else {
            keep_unread(app, payload.to_string().as_bytes()).await;
            continue;
        };
        let watched = noticed(discord, app).contains(&channel);
        // A gap before it: the channel is read in order, this message with the rest.
        if watched && discord.behind.leave(channel) {
            continue;
        }
        let (kept, after) = take_in(discord, app, &payload, None).await;
        say_after(discord, app, after);
        match (kept, watched) {
            // A gap may have come up meanwhile: then the mark stays before it.
            (true, true) if discord.behind.leave(channel) => {}
            (true, true) => drop(seen(app, channel, &payload).await),
            (false, true) => {
                discord.behind.mark(&[channel], app.desk.now());
                discord.missed.ring();
            }
            (false, false) => insist(discord, app, payload),
            (true, false) => {}
        }
    }
}

/// Takes in a message that is in no channel that could be read again: a few more times, then it is put aside.
pub(super) fn insist(discord: &Arc<Discord>, app: &App, payload: Value) {
    let (ours, app) = (discord.clone(), app.clone());
    discord.after.spawn(async move {
        let mut wait = ASK_AGAIN;
        for _ in 1..TRIES_MAX {
            pause(&app, wait).await;
            wait = (wait * 2).min(ASK_AGAIN_MAX);
            let (kept, after) = take_in(&ours, &app, &payload, None).await;
            say_after(&ours, &app, after);
            if kept {
                return;
            }
        }
        put_aside(&app, &payload).await;
    });
}

/// Reads what was missed whenever that is told.
pub async fn work(discord: &Arc<Discord>, app: &App) {
    let mut ear = discord.missed.listen();
    let mut stuck = BTreeMap::new();
    while !app.stopping.is_cancelled() {
        if round(discord, app, &mut stuck).await {
            pause(app, BETWEEN).await;
            continue;
        }
        let next = stuck.values().map(|stuck: &Stuck| stuck.until).min();
        let wait = async {
            match next {
                Some(next) => pause(app, next.saturating_sub(app.stopwatch.now())).await,
                None => app.stopping.cancelled().await,
            }
        };
        tokio::select! {
            () = ear.hear() => {}
            () = wait => {}
        }
    }
}

/// Reads on in every channel that can be read now; whether there may be more. No channel holds up another.
async fn round(discord: &Arc<Discord>, app: &App, stuck: &mut BTreeMap<u64, Stuck>) -> bool {
    let watched = noticed(discord, app);
    stuck.retain(|channel, _| discord.behind.contains(*channel));
    let mut more = false;
    for channel in discord.behind.all() {
        if app.stopping.is_cancelled() {
            return false;
        }
        if !watched.contains(&channel) {
            discord.behind.forget(channel);
            stuck.remove(&channel);
            continue;
        }
        let at = stuck.entry(channel).or_default();
        if at.until > app.stopwatch.now() {
            continue;
        }
        match read_on(discord, app, channel, at).await {
            Ok(true) => {
                at.wait = Duration::ZERO;
                more = true;
            }
            Ok(false) => drop(stuck.remove(&channel)),
            Err(Stopped::Later) => at.stop(app.stopwatch.now(), false),
            Err(Stopped::Refused(code)) => {
                at.stop(app.stopwatch.now(), true);
                alarm(discord, app, channel, code);
            }
        }
    }
    more
}

/// A report channel cannot be read; said once.
fn alarm(discord: &Discord, app: &App, channel: u64, code: i64) {
    metrics::counter!("shopwatch_discord_unreadable_channel_total").increment(1);
    let (about, now) = (format!("discord/unreadable/{channel}"), app.desk.now());
    if !discord.lost.is_told(&about, now) {
        discord.lost.told(&about, now);
        tracing::error!(
            target: "shopwatch::discord",
            channel,
            code,
            "a report channel of shop.toml cannot be read: let the bot see it and read its history, or write another one"
        );
    }
}

/// The report channels whose messages are read. The rules may have been changed since the session began: a channel that has
/// come back is read from where it was left.
fn noticed(discord: &Discord, app: &App) -> Vec<u64> {
    let watched = watched(discord, app);
    if discord.behind.notice(&watched, app.desk.now()) {
        discord.missed.ring();
    }
    watched
}

/// The report channels whose messages are read.
pub(super) fn watched(discord: &Discord, app: &App) -> Vec<u64> {
    if !discord.settings.photo_drops {
        return Vec::new();
    }
    let rules = app.desk.rules();
    let mut channels: Vec<u64> = rules.sites.iter().flat_map(|site| &site.report).filter_map(channel).collect();
    channels.sort_unstable();
    channels.dedup();
    channels
}

/// Reads on in a channel; whether there may be more.
async fn read_on(discord: &Arc<Discord>, app: &App, channel: u64, at: &mut Stuck) -> Result<bool, Stopped> {
    let Some(since) = discord.behind.since(channel) else { return Ok(false) };
    let note = format!("{SEEN_NOTE}{channel}");
    let noted: Option<u64> = app.desk.store.noted(&note).await?.and_then(|seen| seen.parse().ok());
    // A channel that is watched for the first time is watched from now on, whether or not it can be read yet.
    let mut after = noted.unwrap_or_else(|| snowflake(since - CLOCKS));
    if noted.is_none() {
        app.desk.store.note(&note, &after.to_string()).await?;
    }
    let guild = home(discord, app, channel).await?;
    let mut read = 0;
    while read < PASS_MAX && !app.stopping.is_cancelled() {
        discord.behind.asking(channel);
        let page = page(discord, app, channel, after).await?;
        for payload in &page {
            let message = id(payload.get("id")).unwrap_or(after);
            let (kept, said) = take_in(discord, app, payload, Some(guild)).await;
            let passed = kept || at.gives_up(message) && put_aside(app, payload).await;
            if !passed {
                return Err(Stopped::Later);
            }
            // One after another, as fast as Discord allows: nobody goes without a word because there are many.
            for after in said {
                Box::pin(after.say(app, discord)).await;
            }
            seen(app, channel, payload).await?;
            after = message;
        }
        read += page.len();
        if page.len() < PAGE {
            return Ok(!discord.behind.caught_up(channel));
        }
    }
    Ok(true)
}

/// The guild that a channel is in. Its history does not say, and without a guild a message would be one to us alone.
pub(super) async fn home(discord: &Discord, app: &App, channel: u64) -> Result<u64, Stopped> {
    if let Some(guild) = discord.directory.learned().get(&channel) {
        return Ok(*guild);
    }
    let route = Route::Channel { channel_id: ChannelId::new(channel) };
    let answer = discord.api.get(route, Vec::new(), app.desk.now()).await?;
    let guild = id(answer.get("guild_id")).ok_or(Stopped::Refused(0))?;
    discord.directory.learn(channel, guild);
    discord.note_homes(&app.desk.store).await;
    Ok(guild)
}

/// The messages of a channel after one, oldest first.
pub(super) async fn page(discord: &Discord, app: &App, channel: u64, after: u64) -> Result<Vec<Value>, Stopped> {
    let route = Route::ChannelMessages { channel_id: ChannelId::new(channel) };
    let query = vec![("after", after.to_string()), ("limit", PAGE.to_string())];
    let answer = discord.api.get(route, query, app.desk.now()).await?;
    // Something else than a page is no empty page.
    let mut messages = answer.as_array().cloned().ok_or(Stopped::Later)?;
    messages.sort_by_key(|message| id(message.get("id")));
    Ok(messages)
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

/// Keeps a message that could not be taken in, for a person to look at; whether it is kept.
pub(super) async fn put_aside(app: &App, payload: &Value) -> bool {
    tracing::error!(
        target: "shopwatch::discord",
        message = id(payload.get("id")),
        "a message could not be taken in however often it was tried; it is put aside unread"
    );
    keep_unread(app, payload.to_string().as_bytes()).await
}

async fn seen(app: &App, channel: u64, payload: &Value) -> Result<(), Failure> {
    match id(payload.get("id")) {
        Some(message) => app.desk.store.note(&format!("{SEEN_NOTE}{channel}"), &message.to_string()).await,
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_message_is_given_up_after_its_last_try_and_others_have_theirs() {
        let mut stuck = Stuck::default();
        let tries = (1..=TRIES_MAX).map(|_| stuck.gives_up(7)).collect::<Vec<_>>();
        assert_eq!(tries.iter().position(|last| *last), Some(4), "{tries:?}");
        assert!(!stuck.gives_up(8), "the next one begins anew");
    }

    #[test]
    fn a_channel_that_may_not_be_read_is_asked_each_minute() {
        let mut stuck = Stuck::default();
        let now = Duration::from_secs(100);
        stuck.stop(now, true);
        assert_eq!(stuck.until, now + REFUSED_AGAIN);
        stuck = Stuck::default();
        stuck.stop(now, false);
        assert_eq!(stuck.until, now + ASK_AGAIN);
    }
}
