//! Slack: the same middle as every chat. [`connect`] has the doors (Socket Mode in [`socket`], signed HTTP), [`inbound`]
//! reads what comes through them, [`answer`] does it and says what came of it, [`render`] draws, [`client`] shows what the
//! outbox holds, [`people`] knows who somebody is now, [`catch_up`] reads what was written while nobody listened,
//! [`tokens`] keeps the bot's token good.

pub mod answer;
pub mod api;
pub mod blocks;
pub mod catch_up;
pub mod client;
pub mod connect;
mod doubt;
pub mod inbound;
pub mod manifest;
pub mod mrkdwn;
pub mod people;
pub mod photos;
pub mod render;
pub mod socket;
mod standing;
pub mod tokens;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use domain::clock::Moment;
use serde_json::Value;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::bell::Bell;
use crate::chats::answered::Answered;
use crate::chats::away::Away;
use crate::chats::heard::Heard;
use crate::chats::lost::Lost;
use crate::chats::pace::{Pace, Rate};
use crate::evidence::fetch::Fetcher;
use crate::failure::Failure;
use crate::rules::Rules;
use crate::settings::SlackSettings;
use crate::store::Store;
use api::{Api, Trouble};
use client::REFUSING;
use people::{Directory, Home, Met, Named};
use tokens::Tokens;

pub use standing::Standing;

/// How long asking who somebody is may take where nothing waits for three seconds.
const ASKED_WITHIN: std::time::Duration = std::time::Duration::from_secs(2);
/// Tier 2: 20 calls and more a minute. <https://docs.slack.dev/apis/web-api/rate-limits/>
pub const TIER_2: Rate = Rate { every: TimeDelta::seconds(3), burst: 20 };
/// Tier 4: 100 calls and more a minute.
pub const TIER_4: Rate = Rate { every: TimeDelta::milliseconds(600), burst: 100 };
/// What the store's note of the home workspace is called, so that a restart needs no answer from Slack.
const HOME_NOTE: &str = "slack/home";

/// What a channel is read by.
const HISTORY: &str = "conversations.history";

/// The connection to the shop's workspace.
pub struct Slack {
    pub settings: SlackSettings,
    pub api: Api,
    pub tokens: Arc<Tokens>,
    pub pace: Pace,
    /// What fetches photos.
    pub files: Fetcher,
    pub directory: Directory,
    /// What goes on beside the doors: handling frames, and saying things after an acknowledgement.
    pub after: TaskTracker,
    /// Whether it works, and if not why.
    pub standing: watch::Sender<Standing>,
    /// How many connections are open in Socket Mode.
    live: AtomicUsize,
    /// Messages that were answered without anything being kept.
    pub answered: Answered,
    /// Until when everything that people wrote was told.
    pub heard: Heard,
    /// Rings when something was not.
    pub missed: Bell,
    /// The workspace, once known.
    home: watch::Sender<Option<Arc<Home>>>,
    /// Channels that have another id now.
    moved: Mutex<HashMap<String, String>>,
    /// Channels that could not be written to.
    pub lost: Lost<String>,
    /// Whether it could not be reached.
    pub away: Away,
}

impl std::fmt::Debug for Slack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slack").field("standing", &*self.standing.borrow()).finish_non_exhaustive()
    }
}

impl Slack {
    /// A workspace that is not connected yet.
    pub fn new(settings: SlackSettings, store: &Store) -> Result<Self, Failure> {
        let tokens = Arc::new(Tokens::new(&settings));
        Ok(Self {
            api: Api::new(&settings, tokens.clone()).map_err(Failure::broken)?,
            files: photos::fetcher(&settings, tokens.bot()).map_err(Failure::broken)?,
            tokens,
            settings,
            pace: Pace::over(store, "slack"),
            directory: Directory::default(),
            after: TaskTracker::new(),
            standing: watch::Sender::new(Standing::Connecting),
            live: AtomicUsize::new(0),
            answered: Answered::default(),
            heard: Heard::since_the_last_time(catch_up::HEARD_NOTE),
            missed: Bell::default(),
            home: watch::Sender::new(None),
            moved: Mutex::default(),
            lost: Lost::default(),
            away: Away::default(),
        })
    }

    /// How many connections are open in Socket Mode.
    pub fn live(&self) -> usize {
        self.live.load(Ordering::Relaxed)
    }

    /// One more, for as long as what this gives is kept.
    fn lives(&self) -> Live<'_> {
        self.live.fetch_add(1, Ordering::Relaxed);
        Live(&self.live)
    }

    /// The workspace, if it is known.
    pub fn home(&self) -> Option<Arc<Home>> {
        self.home.borrow().clone()
    }

    /// The workspace, if it becomes known within so long: at its start the program asks Slack first.
    pub async fn home_within(&self, time: std::time::Duration) -> Option<Arc<Home>> {
        let mut known = self.home.subscribe();
        let waited = tokio::time::timeout(time, known.wait_for(Option::is_some)).await;
        waited.ok()?.ok()?.clone()
    }

    /// Who somebody is now, wherever they are; none if Slack does not say in time.
    pub async fn who_is(&self, rules: &Rules, user: &str, team: Option<String>, now: Moment) -> Option<Met> {
        let named = Named { user: user.to_owned(), team, ..Named::default() };
        let home = self.home_within(ASKED_WITHIN).await?;
        let asking = self.directory.meet(self, &home, rules, &named, now);
        tokio::time::timeout(ASKED_WITHIN, asking).await.ok()
    }

    /// Asks Slack whose tokens these are; the store remembers it.
    pub async fn learn_home(&self, store: &Store) -> Result<Arc<Home>, Trouble> {
        let answer = self.api.post("auth.test", &serde_json::json!({})).await?;
        let home = Arc::new(Home::read(&answer).ok_or(Trouble::Lost)?);
        let note = serde_json::json!([home.team, home.enterprise, home.bot_user]).to_string();
        // Without the note the next start asks again.
        drop(store.note(HOME_NOTE, &note).await);
        self.home.send_replace(Some(home.clone()));
        Ok(home)
    }

    /// What the last start learned.
    pub async fn recall_home(&self, store: &Store) {
        let Ok(Some(note)) = store.noted(HOME_NOTE).await else { return };
        if let Ok((team, enterprise, bot_user)) = serde_json::from_str(&note) {
            self.home.send_replace(Some(Arc::new(Home { team, enterprise, bot_user })));
        }
    }

    /// It stands like this from now on. While its token cannot be renewed that is what is wrong, however it stands.
    pub fn fell(&self, standing: Standing) {
        let standing = match (standing, self.tokens.unrenewed()) {
            (Standing::Ready, Some(word)) => Standing::Unrenewed(word),
            (Standing::Refused(said), Some(word)) if REFUSING.contains(&said.as_str()) => Standing::Refused(word),
            (standing, _) => standing,
        };
        self.standing.send_if_modified(|now| {
            let changed = *now != standing;
            if changed {
                standing.tell();
                *now = standing;
            }
            changed
        });
    }

    /// A channel cannot be written to; said once an hour.
    pub fn cannot_write(&self, channel: &str, word: &str, now: Moment) {
        metrics::counter!("shopwatch_slack_lost_channel_total").increment(1);
        if self.lost.add(channel.to_owned(), now) {
            tracing::error!(
                target: "shopwatch::slack",
                word,
                "a channel of shop.toml cannot be written to: invite the app there, or write another one"
            );
        }
    }

    /// Calls a method that changes something, no faster than Slack lets us; for what waits for nobody. What the outbox
    /// shows has budgets of its own.
    pub async fn ask(&self, method: &str, arguments: &Value, now: Moment) -> Result<Value, Trouble> {
        self.may_ask(method, TIER_4, now).await?;
        let answer = self.api.post(method, arguments).await;
        self.heard(method, answer, now).await
    }

    /// Calls a method that reads, no faster than Slack lets us.
    pub async fn read(
        &self,
        method: &str,
        rate: Rate,
        arguments: &[(&str, String)],
        now: Moment,
    ) -> Result<Value, Trouble> {
        self.may_ask(method, rate, now).await?;
        let answer = self.api.read(method, arguments).await;
        self.heard(method, answer, now).await
    }

    async fn may_ask(&self, method: &str, rate: Rate, now: Moment) -> Result<(), Trouble> {
        self.pace.take_for_somebody(&[(method, rate)], now).await.map_err(|at| Trouble::Limited(at - now))
    }

    async fn heard(&self, method: &str, answer: Result<Value, Trouble>, now: Moment) -> Result<Value, Trouble> {
        if let Err(Trouble::Limited(wait)) = &answer {
            self.pace.hold(method, now + *wait, now).await;
        }
        answer
    }

    /// The id that a channel has now.
    pub fn channel_now(&self, channel: &str) -> String {
        let moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        moved.get(channel).cloned().unwrap_or_else(|| channel.to_owned())
    }

    /// The id that `shop.toml` knows a channel by.
    pub fn channel_written(&self, channel: &str) -> String {
        let moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        let from = moved.iter().find(|(_, to)| *to == channel);
        from.map_or_else(|| channel.to_owned(), |(from, _)| from.clone())
    }

    /// A channel has another id from now on, after a restart as well.
    pub async fn move_channel(&self, store: &Store, from: &str, to: &str) -> Result<(), Failure> {
        let from = self.channel_written(from);
        store.note(&format!("{MOVED_NOTE}{from}"), to).await?;
        self.moved.lock().unwrap_or_else(PoisonError::into_inner).insert(from, to.to_owned());
        tracing::warn!(target: "shopwatch::slack", "a channel of shop.toml has another id now; write the new one there");
        Ok(())
    }

    /// The channels that moved before this start.
    pub async fn recall_channels(&self, store: &Store) -> Result<(), Failure> {
        let notes = store.noted_under(MOVED_NOTE).await?;
        let mut moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        let from = |name: &str| name.strip_prefix(MOVED_NOTE).map(ToOwned::to_owned);
        moved.extend(notes.into_iter().filter_map(|(name, to)| Some((from(&name)?, to))));
        Ok(())
    }
}

/// A connection that is open.
struct Live<'a>(&'a AtomicUsize);

impl Drop for Live<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the store's notes of channels that moved begin with.
pub const MOVED_NOTE: &str = "slack/moved/";
