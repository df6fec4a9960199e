//! Whether something that may have been posted is there. Every post carries a nonce that only this shop can make, under
//! which Discord itself knows it again for some minutes; later the channel is read for our own small print.
//! <https://discord.com/developers/docs/resources/message#create-message>

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use domain::clock::Moment;
use serde_json::Value;
use serenity::http::Route;
use serenity::model::id::ChannelId;
use tokio::time::timeout;

use super::api::Trouble;
use super::people::id;
use super::{Discord, Standing};
use crate::app::App;
use crate::chats::copies::UNREACHED;
use crate::keys::Keys;

/// Bytes of a nonce, in hexadecimal: Discord takes 25 characters.
const NONCE_LEN: usize = 12;
/// Messages on one page of a channel.
pub(super) const PAGE: usize = 100;
/// A channel with more than this since an incident began cannot be read to the end.
const PAGES_MAX: usize = 20;
/// Discord's clock and ours may differ by so much.
pub(super) const CLOCKS: TimeDelta = TimeDelta::minutes(10);
/// How long a look waits that Discord did not answer.
const AGAIN: TimeDelta = TimeDelta::seconds(10);
/// How long to wait for a channel that is not there just now.
const CHANNEL_AWAY: TimeDelta = TimeDelta::minutes(1);
/// How long one look may take: what comes after it still has to fit into the lease.
const LOOK_DEADLINE: Duration = Duration::from_secs(12);
/// The first millisecond of snowflakes. <https://discord.com/developers/docs/reference#snowflakes>
const FIRST_MILLISECOND: i64 = 1_420_070_400_000;

/// The nonce of what a task posts.
pub fn nonce(keys: &Keys, key: &str, part: u32) -> String {
    let hash = keys.content(&[b"discord/nonce", key.as_bytes(), &part.to_be_bytes()]);
    let mut nonce = String::new();
    for byte in hash.0.iter().take(NONCE_LEN) {
        nonce.push_str(&format!("{byte:02x}"));
    }
    nonce
}

/// A message of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub message: u64,
    pub footer: String,
    pub nonce: String,
}

/// Why nobody could look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CannotLook {
    /// Not now; perhaps then.
    Until(Moment),
    /// The bot may not read there, or there is too much.
    Never,
}

/// The snowflake before everything that is younger than a moment.
pub fn snowflake(at: Moment) -> u64 {
    u64::try_from(at.timestamp_millis() - FIRST_MILLISECOND).unwrap_or_default() << 22
}

/// When something with this snowflake was made.
pub fn written_at(snowflake: u64) -> Moment {
    let since = i64::try_from(snowflake >> 22).unwrap_or_default();
    DateTime::from_timestamp_millis(FIRST_MILLISECOND + since).unwrap_or_default()
}

/// What was found in a channel, since when.
type Looked = (Moment, Arc<Vec<Found>>);

/// The looks of one batch: a channel is read once for everything that is looked for in it; and the channels that were found
/// to be lost meanwhile.
#[derive(Debug, Default)]
pub struct Looks {
    looked: tokio::sync::Mutex<HashMap<u64, Looked>>,
    lost: Mutex<HashSet<u64>>,
}

impl Looks {
    /// Everything that we posted in a channel since then, oldest first.
    pub async fn look(
        &self,
        discord: &Discord,
        app: &App,
        channel: u64,
        since: Moment,
    ) -> Result<Arc<Vec<Found>>, CannotLook> {
        let mut looked = self.looked.lock().await;
        if let Some((from, found)) = looked.get(&channel)
            && *from <= since
        {
            return Ok(found.clone());
        }
        let looking = timeout(LOOK_DEADLINE, look(discord, app, channel, since)).await;
        let found = Arc::new(looking.unwrap_or(Err(CannotLook::Until(app.desk.now() + AGAIN)))?);
        looked.insert(channel, (since, found.clone()));
        Ok(found)
    }

    /// A channel cannot be written to.
    pub fn lost(&self, channel: u64) {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner).insert(channel);
    }

    /// Whether that was found out in this batch.
    pub fn is_lost(&self, channel: u64) -> bool {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner).contains(&channel)
    }
}

async fn look(discord: &Discord, app: &App, channel: u64, since: Moment) -> Result<Vec<Found>, CannotLook> {
    let now = || app.desk.now();
    let Some(bot) = discord.bot() else { return Err(CannotLook::Until(now() + AGAIN)) };
    let mut found = Vec::new();
    let mut after = snowflake(since - CLOCKS);
    for _ in 0..PAGES_MAX {
        let route = Route::ChannelMessages { channel_id: ChannelId::new(channel) };
        let query = vec![("after", after.to_string()), ("limit", PAGE.to_string())];
        let page = match discord.api.get(route, query, now()).await {
            Ok(page) => page,
            Err(Trouble::Limited(wait)) => return Err(CannotLook::Until(now() + wait)),
            Err(Trouble::Unsent) => return Err(CannotLook::Until(discord.away.not_before(UNREACHED, now()))),
            Err(Trouble::Lost) => return Err(CannotLook::Until(now() + AGAIN)),
            Err(trouble) if trouble.is_unauthorised() => {
                discord.fell(Standing::Refused("401".to_owned()));
                return Err(CannotLook::Until(now() + AGAIN));
            }
            Err(Trouble::Said { code: 10003, .. }) => return Err(CannotLook::Until(now() + CHANNEL_AWAY)),
            Err(Trouble::Said { .. }) => return Err(CannotLook::Never),
        };
        let messages: Vec<&Value> = page.as_array().into_iter().flatten().collect();
        let newest = messages.iter().filter_map(|message| id(message.get("id"))).max();
        found.extend(messages.iter().filter_map(|message| ours(message, bot)));
        let Some(newest) = newest.filter(|_| messages.len() == PAGE) else {
            found.sort_by_key(|found| found.message);
            return Ok(found);
        };
        after = newest;
    }
    Err(CannotLook::Never)
}

fn ours(message: &Value, bot: u64) -> Option<Found> {
    if id(message.pointer("/author/id")) != Some(bot) {
        return None;
    }
    let text = |pointer| message.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(Found { message: id(message.get("id"))?, footer: text("/embeds/0/footer/text"), nonce: text("/nonce") })
}
