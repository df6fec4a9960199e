//! Discord: the same middle as every chat. [`connect`] has the doors (the gateway in [`gateway`], signed HTTP), [`inbound`]
//! reads what comes through them, [`answer`] does it and says what came of it, [`render`] draws, [`client`] shows what the
//! outbox holds, [`people`] knows who somebody is now, [`catch_up`] and [`private`] read what was
//! said while nobody listened.

pub mod answer;
pub mod api;
mod behind;
mod breaker;
pub mod catch_up;
pub mod client;
pub mod connect;
mod doubt;
pub mod gateway;
mod heartbeat;
pub mod ids;
pub mod inbound;
mod line;
pub mod manifest;
pub mod markdown;
mod pacing;
pub mod parts;
pub mod people;
pub mod photos;
pub mod private;
pub mod render;
mod standing;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use domain::actor::Account;
use domain::clock::Moment;
use domain::words::Platform;
use serenity::http::Route;
use serenity::interactions_endpoint::Verifier;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_util::task::TaskTracker;

use crate::bell::Bell;
use crate::chats::answered::Answered;
use crate::chats::away::Away;
use crate::chats::heard::Heard;
use crate::chats::lost::Lost;
use crate::chats::pace::Pace;
use crate::evidence::fetch::Fetcher;
use crate::failure::Failure;
use crate::settings::DiscordSettings;
use crate::store::Store;
use api::{Api, Trouble};
use people::Directory;

pub use standing::Standing;

/// What the store's notes are called: the application, the guilds of channels, who wants direct messages.
const APPLICATION_NOTE: &str = "discord/application";
const HOMES_NOTE: &str = "discord/homes";
const TELL_NOTE: &str = "discord/tell/";
/// How many interactions are handled at the same time.
const AT_ONCE: usize = 64;
/// How many messages wait for their turn; what comes beyond is read from the channel later.
const MESSAGES_MAX: usize = 1_024;

/// The connection to the shop's guild.
pub struct Discord {
    pub settings: DiscordSettings,
    pub api: Api,
    /// What fetches photos.
    pub files: Fetcher,
    /// How fast Discord is spoken to.
    pub pace: Arc<Pace>,
    pub directory: Directory,
    /// What goes on beside the doors: handling interactions, and saying things after an answer.
    pub after: TaskTracker,
    /// Whether it works, and if not why.
    pub standing: watch::Sender<Standing>,
    /// Channels that have to be read for what was missed.
    behind: behind::Behind,
    /// Until when everything that was written to us alone or in a thread was told.
    pub gaps: Heard,
    /// Rings when channels have to be read for what was missed.
    pub missed: Bell,
    verifier: Option<Verifier>,
    application: AtomicU64,
    /// The bot's own account; of an application made before 2017 it has another id.
    bot: AtomicU64,
    room: Arc<Semaphore>,
    messages: mpsc::Sender<serde_json::Value>,
    /// Taken by whoever reads the messages.
    heard: Mutex<Option<mpsc::Receiver<serde_json::Value>>>,
    /// The channels of direct messages.
    direct: Mutex<HashMap<String, u64>>,
    /// Channels that could not be written to.
    pub lost: Lost<u64>,
    /// Whether it could not be reached.
    pub away: Away,
    /// Messages that were answered without anything being kept.
    pub answered: Answered,
}

impl std::fmt::Debug for Discord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Discord").field("standing", &*self.standing.borrow()).finish_non_exhaustive()
    }
}

impl Discord {
    /// A guild that is not connected yet.
    pub fn new(settings: DiscordSettings, store: &Store) -> Result<Self, Failure> {
        let verifier = settings.public_key.map(Verifier::try_new).transpose().map_err(Failure::broken)?;
        let (messages, heard) = mpsc::channel(MESSAGES_MAX);
        let pace = Arc::new(Pace::over(store, "discord"));
        Ok(Self {
            api: Api::new(&settings, pace.clone()).map_err(Failure::broken)?,
            files: photos::fetcher(&settings).map_err(Failure::broken)?,
            pace,
            directory: Directory::default(),
            after: TaskTracker::new(),
            standing: watch::Sender::new(Standing::Connecting),
            behind: behind::Behind::default(),
            gaps: Heard::since_the_last_time(private::HEARD_NOTE),
            missed: Bell::default(),
            verifier,
            application: AtomicU64::new(settings.application_id.unwrap_or_default()),
            bot: AtomicU64::default(),
            room: Arc::new(Semaphore::new(AT_ONCE)),
            messages,
            heard: Mutex::new(Some(heard)),
            direct: Mutex::default(),
            lost: Lost::default(),
            away: Away::default(),
            answered: Answered::default(),
            settings,
        })
    }

    /// The application, if it is known.
    pub fn application(&self) -> Option<u64> {
        Some(self.application.load(Ordering::Relaxed)).filter(|id| *id > 0)
    }

    /// The bot's own account, if Discord has said it.
    pub fn bot(&self) -> Option<u64> {
        Some(self.bot.load(Ordering::Relaxed)).filter(|id| *id > 0)
    }

    /// Asks Discord whose token this is, whatever an earlier one said; the store remembers it. Unless the settings say which
    /// application it is of, Discord is asked: an old one has another id than its bot.
    pub async fn learn_application(&self, store: &Store, now: Moment) -> Result<u64, Trouble> {
        let answer = self.api.get(Route::UserMe, Vec::new(), now).await?;
        let bot = people::id(answer.get("id")).ok_or(Trouble::Lost)?;
        let application = match self.settings.application_id {
            Some(application) => application,
            None => match self.api.get(Route::Oauth2ApplicationCurrent, Vec::new(), now).await {
                Ok(answer) => people::id(answer.get("id")).unwrap_or(bot),
                Err(Trouble::Said { status, .. }) if status != 401 => bot,
                Err(trouble) => return Err(trouble),
            },
        };
        self.bot.store(bot, Ordering::Relaxed);
        self.application.store(application, Ordering::Relaxed);
        drop(store.note(APPLICATION_NOTE, &application.to_string()).await);
        Ok(application)
    }

    /// What the last start learned, so that a restart needs no answer from Discord. Whose token this is Discord says itself:
    /// it may be another one by now.
    pub async fn recall(&self, store: &Store) {
        if !self.api.has_token()
            && self.application().is_none()
            && let Ok(Some(id)) = store.noted(APPLICATION_NOTE).await
        {
            self.application.store(id.parse().unwrap_or_default(), Ordering::Relaxed);
        }
        let Ok(Some(note)) = store.noted(HOMES_NOTE).await else { return };
        let pairs: Vec<(u64, u64)> = serde_json::from_str(&note).unwrap_or_default();
        for (channel, guild) in pairs {
            self.directory.learn(channel, guild);
        }
    }

    /// Remembers the guilds of channels.
    pub async fn note_homes(&self, store: &Store) {
        let pairs: Vec<(u64, u64)> = self.directory.learned().into_iter().collect();
        // Without the note the next start asks again.
        drop(store.note(HOMES_NOTE, &serde_json::to_string(&pairs).unwrap_or_default()).await);
    }

    /// How it stands from now on. What was refused for good stays refused.
    pub fn fell(&self, standing: Standing) {
        self.standing.send_if_modified(|now| {
            let changed = *now != standing && !matches!(now, Standing::Refused(_));
            if changed {
                standing.tell();
                *now = standing;
            }
            changed
        });
    }

    /// Whether Discord refuses for good.
    pub fn is_refused(&self) -> bool {
        matches!(*self.standing.borrow(), Standing::Refused(_))
    }

    /// A channel cannot be written to; said once an hour.
    pub fn cannot_write(&self, channel: u64, code: i64, now: Moment) {
        metrics::counter!("shopwatch_discord_lost_channel_total").increment(1);
        if self.lost.add(channel, now) {
            tracing::error!(
                target: "shopwatch::discord",
                code,
                "a channel of shop.toml cannot be written to: let the bot see it and write there, or write another one"
            );
        }
    }

    /// Whether somebody asked to be told in direct messages.
    pub async fn tells(&self, store: &Store, user: &str) -> Result<bool, Failure> {
        Ok(store.noted(&tell_note(store, user)).await?.is_some_and(|note| note == "on"))
    }

    /// Somebody asks to be told in direct messages, or not to be.
    pub async fn set_tells(&self, store: &Store, user: &str, on: bool) -> Result<(), Failure> {
        store.note(&tell_note(store, user), if on { "on" } else { "off" }).await
    }
}

/// Under a pseudonym: notes hold nothing personal.
fn tell_note(store: &Store, user: &str) -> String {
    let account = Account::new(Platform::Discord, user);
    format!("{TELL_NOTE}{}", store.keys().pseudonym(&account.to_string()).0)
}
