//! What people wrote to us alone, and under cards of incidents, while nobody listened. Only a session that is resumed repeats
//! it; after a new one these channels are read from where everything was heard, under the same natural keys, so that
//! nothing is there twice. Report channels have marks of their own ([`super::catch_up`]).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::Moment;
use domain::words::Platform;
use serde_json::Value;

use super::answer::answer;
use super::catch_up::{PAGE, Stopped, TRIES_MAX, home, page, put_aside};
use super::connect::{ASK_AGAIN, ASK_AGAIN_MAX, keep_unread, pause};
use super::doubt::{snowflake, written_at};
use super::inbound::{Deed, message};
use super::people::{channel, id};
use super::{Discord, Standing};
use crate::app::App;
use crate::failure::Failure;
use crate::store::outbox::What;
use crate::store::standing::Sort;

/// What the store's note of the moment until which everything was heard is called.
pub const HEARD_NOTE: &str = "discord/heard";
/// How often it is noted that everything is heard.
const BEAT: Duration = Duration::from_mins(1);
/// A session may have been dead for so long before anybody saw it, and a message may have been tried for so long; and
/// Discord's clock is not ours.
const REPEATED: TimeDelta = TimeDelta::minutes(10);
/// So many direct messages are read, those with whom something happened last: with the threads ten seconds of the calls that
/// answers to people may make ([`super::api::OWN`]), one at a time, so that nobody waits for more than one of them.
const DIRECT_MAX: u64 = 100;
/// So many are read beside those, whoever wrote last first: five seconds more.
const WROTE_MAX: usize = 50;
/// So many threads of open incidents.
const THREADS_MAX: u64 = 50;
/// Pages of one channel: 4,000 messages; what is beyond them is an alarm.
const PAGES_MAX: usize = 40;

/// Reads what was missed whenever there is a gap, and notes until when there is none.
pub async fn work(discord: &Arc<Discord>, app: &App) {
    let mut ear = discord.missed.listen();
    let (mut wait, mut tried) = (ASK_AGAIN, HashMap::new());
    while !app.stopping.is_cancelled() {
        // Whoever stands by hears nothing, and misses nothing: another process does.
        if is_listening(discord) && !discord.gaps.is_whole() {
            if read_up(discord, app, &mut tried).await.is_err() {
                pause(app, wait).await;
                wait = (wait * 2).min(ASK_AGAIN_MAX);
                continue;
            }
            wait = ASK_AGAIN;
            tried.clear();
        }
        tokio::select! {
            () = ear.hear() => {}
            () = pause(app, BEAT) => {
                if is_listening(discord) {
                    // Without the note somewhat more is read the next time.
                    drop(discord.gaps.beat(&app.desk.store, app.desk.now()).await);
                }
            }
        }
    }
}

fn is_listening(discord: &Discord) -> bool {
    matches!(*discord.standing.borrow(), Standing::Ready | Standing::IntentLost)
}

async fn read_up(discord: &Discord, app: &App, tried: &mut HashMap<u64, u32>) -> Result<(), Stopped> {
    let (gaps, began, store) = (discord.gaps.gaps(), app.desk.now(), &app.desk.store);
    if let Some(heard) = discord.gaps.until(store).await? {
        for (channel, parent) in places(discord, app).await? {
            match read_on(discord, app, (channel, parent), heard, tried).await {
                // Somebody closed it, or the thread is gone: there is nothing to be had.
                Ok(()) | Err(Stopped::Refused(_)) => {}
                Err(Stopped::Later) => return Err(Stopped::Later),
            }
        }
    }
    Ok(discord.gaps.note(store, began, gaps).await?)
}

/// The channels of direct messages (Discord has no list of them: those where copies stand, and where somebody wrote), and the
/// threads of open incidents with the channels that they are in. Without the intent that drops take, what is written in
/// threads comes empty.
async fn places(discord: &Discord, app: &App) -> Result<BTreeMap<u64, Option<u64>>, Failure> {
    let store = &app.desk.store;
    let direct = store.stands(Platform::Discord, &[Sort::Follow], false, DIRECT_MAX).await?;
    let direct = direct.iter().filter_map(|copy| Some((copy.remote_id.split('/').next()?.parse().ok()?, None)));
    let mut places: BTreeMap<u64, Option<u64>> = direct.collect();
    let wrote = store.direct(Platform::Discord, app.desk.now()).await?;
    let wrote = wrote.iter().filter_map(|channel| channel.parse().ok()).filter(|channel| !places.contains_key(channel));
    let wrote: Vec<u64> = wrote.take(WROTE_MAX).collect();
    places.extend(wrote.into_iter().map(|channel| (channel, None)));
    if discord.settings.photo_drops {
        let threads = store.stands(Platform::Discord, &[Sort::Thread], true, THREADS_MAX).await?;
        for thread in threads {
            if let (What::DrawThread { place }, Ok(id)) = (&thread.what, thread.remote_id.parse()) {
                places.insert(id, channel(place));
            }
        }
    }
    Ok(places)
}

/// Reads a channel to its end.
async fn read_on(
    discord: &Discord,
    app: &App,
    (channel, parent): (u64, Option<u64>),
    heard: Moment,
    tried: &mut HashMap<u64, u32>,
) -> Result<(), Stopped> {
    let guild = match parent {
        Some(parent) => Some(home(discord, app, parent).await?),
        None => None,
    };
    let mut after = snowflake(heard - REPEATED);
    for _ in 0..PAGES_MAX {
        let page = page(discord, app, channel, after).await?;
        for payload in &page {
            take_in(discord, app, payload, guild, heard, tried).await?;
            after = id(payload.get("id")).unwrap_or(after);
        }
        if page.len() < PAGE {
            return Ok(());
        }
    }
    metrics::counter!("shopwatch_discord_unread_history_total").increment(1);
    tracing::error!(target: "shopwatch::discord", "so much was written in a channel while nobody listened that its end is not read");
    Ok(())
}

/// Takes in a message as if it were told now.
async fn take_in(
    discord: &Discord,
    app: &App,
    payload: &Value,
    guild: Option<u64>,
    heard: Moment,
    tried: &mut HashMap<u64, u32>,
) -> Result<(), Stopped> {
    let number = id(payload.get("id")).unwrap_or_default();
    let mut arrived = match message(payload, guild) {
        Ok(Some(arrived)) => arrived,
        Ok(None) => return Ok(()),
        Err(_) => {
            let kept = keep_unread(app, payload.to_string().as_bytes()).await;
            return if kept { Ok(()) } else { Err(Stopped::Later) };
        }
    };
    let written = written_at(number);
    if let Deed::Written(message) = &mut arrived.deed {
        message.late = Some(written);
    }
    if let Some(delivery) = arrived.delivery.as_ref().filter(|_| written <= heard) {
        // It was told once: what keeps nothing was said then.
        discord.answered.is_first(&delivery.key);
    }
    let answered = Box::pin(answer(app, discord, arrived)).await;
    if answered.again {
        let times = tried.entry(number).and_modify(|times| *times += 1).or_insert(1);
        if *times < TRIES_MAX || !put_aside(app, payload).await {
            return Err(Stopped::Later);
        }
    }
    for after in answered.after {
        Box::pin(after.say(app, discord)).await;
    }
    Ok(())
}
