//! The bot's token, where the app has token rotation: it ends after twelve hours, and is renewed with a refresh token that
//! is good for one time. The pair lives sealed in the store. One process renews it, under a lease; the new pair is written
//! before anybody uses it, and the others read it there. When Slack has given a new pair and nobody wrote it down, the
//! refresh token that is left is no good any more: then a person has to install the app again, and hears of it while the
//! last token still works.
//! <https://docs.slack.dev/authentication/using-token-rotation/>

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::Moment;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

use super::api::Trouble;
use super::client::REFUSING;
use super::connect::{ASK_AGAIN, ASK_AGAIN_MAX, pause};
use super::{Slack, Standing};
use crate::app::App;
use crate::bell::Bell;
use crate::clock::jitter;
use crate::failure::Failure;
use crate::keys::fingerprint;
use crate::settings::rotation::Rotation;
use crate::settings::{Secret, SlackSettings};
use crate::store::Store;

/// What the pair is called in the store, and the lease of whoever renews it.
pub const TOKENS: &str = "slack/tokens";
/// How often it is looked whether another process has renewed it.
const LOOK: Duration = Duration::from_mins(1);
/// … and how long it is not looked, whatever happens.
const BETWEEN: Duration = Duration::from_millis(200);
/// How long a token is good when Slack does not say. <https://docs.slack.dev/authentication/using-token-rotation/>
const GOOD_FOR: i64 = 43_200;
/// A token that is good for less than this is none that anybody gives: it would be renewed all the time.
const GOOD_FOR_MIN: i64 = 60;
/// The last part of its time is for renewing it: of twelve hours two, as Slack's own libraries have it.
const LEFT_FOR_RENEWING: i32 = 6;
/// Slack's word for a refresh token that is no good: it is not asked again with this one.
pub(super) const NO_GOOD: &str = "invalid_refresh_token";
/// After another refusal it is asked again so much later: a person has to look first.
const REFUSED: TimeDelta = TimeDelta::minutes(10);
/// Refresh tokens of `.env` that were taken once are not taken again: so many are remembered.
const SEEDS_MAX: usize = 50;
/// What bot's tokens begin with that end.
const ENDING: &str = "xoxe.";

/// The bot's token as it is now, and what is known of it.
pub struct Tokens {
    /// None until the store was looked into.
    bot: watch::Sender<Option<Secret>>,
    rotates: bool,
    /// Rings when Slack does not take the token any more.
    pub doubted: Bell,
    /// The last token that Slack said has ended.
    ended: Mutex<Option<Secret>>,
    gave_up: Mutex<Option<GaveUp>>,
}

/// Slack gave no new pair for this one.
#[derive(Debug, Clone)]
struct GaveUp {
    number: u64,
    word: String,
    /// When it is asked again, if it is.
    again: Option<Moment>,
}

/// A pair of tokens.
#[derive(Clone, Serialize, Deserialize)]
struct Pair {
    access: String,
    refresh: String,
    /// From when on it is renewed.
    renew_at: Moment,
    /// Fingerprints of the refresh tokens of `.env` that came before, and of the one that this pair follows from.
    seeds: Vec<String>,
}

/// A pair as the store has it.
struct Kept {
    number: u64,
    pair: Pair,
}

impl Tokens {
    /// What the settings say; a token that is renewed has its newest in the store.
    pub fn new(settings: &SlackSettings) -> Self {
        let rotates = settings.rotation.is_some();
        Self {
            bot: watch::Sender::new((!rotates).then(|| settings.bot_token.clone())),
            rotates,
            doubted: Bell::default(),
            ended: Mutex::default(),
            gave_up: Mutex::default(),
        }
    }

    /// For whoever asks a few things and renews nothing: the newest token of the store, else that of the settings.
    pub async fn as_kept(settings: &SlackSettings, store: Option<&Store>) -> Self {
        let tokens = Self::new(settings);
        if let (Some(rotation), Some(store)) = (&settings.rotation, store) {
            let seed = fingerprint(rotation.refresh_token.reveal());
            let kept = store.sealed(TOKENS).await.ok().flatten();
            let pair = kept.and_then(|kept| serde_json::from_slice::<Pair>(&kept.plain).ok());
            let access = pair.filter(|pair| pair.seeds.contains(&seed)).map(|pair| Secret::new(pair.access));
            tokens.bot.send_replace(access);
        }
        tokens.bot.send_if_modified(|bot| bot.is_none() && bot.replace(settings.bot_token.clone()).is_none());
        tokens
    }

    /// The token as it is now, whenever that is.
    pub fn bot(&self) -> watch::Receiver<Option<Secret>> {
        self.bot.subscribe()
    }

    /// The token now, if it is known.
    pub(super) fn now(&self) -> Option<Secret> {
        self.bot.borrow().clone()
    }

    /// Whether tokens end and are renewed.
    pub const fn rotates(&self) -> bool {
        self.rotates
    }

    /// Slack does not take this token. True if there is another one by now, or within so long.
    pub(super) async fn is_replaced(&self, used: &Secret, word: &str, within: Duration) -> bool {
        if !self.rotates || !REFUSING.contains(&word) {
            return false;
        }
        if word == "token_expired" {
            *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(used.clone());
        }
        self.doubted.ring();
        if self.unrenewed().is_some() {
            return false;
        }
        let mut bot = self.bot();
        let other = bot.wait_for(|now| now.as_ref().is_some_and(|now| now != used));
        tokio::time::timeout(within, other).await.is_ok_and(|found| found.is_ok())
    }

    /// Slack's word, if it gave no new pair.
    pub fn unrenewed(&self) -> Option<String> {
        self.gave_up.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|up| up.word.clone())
    }

    /// Whether the pair is to be renewed now.
    fn is_due(&self, kept: &Kept, now: Moment) -> bool {
        let gave_up = self.gave_up.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(up) = gave_up.filter(|up| up.number == kept.number) {
            return up.again.is_some_and(|again| now >= again);
        }
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        now >= kept.pair.renew_at || ended.as_ref().is_some_and(|ended| ended.reveal() == kept.pair.access)
    }

    /// From now on calls are made with this one; true if they were not.
    fn adopt(&self, kept: &Kept) -> bool {
        let mut gave_up = self.gave_up.lock().unwrap_or_else(PoisonError::into_inner);
        if gave_up.as_ref().is_some_and(|up| up.number != kept.number) {
            *gave_up = None;
        }
        drop(gave_up);
        let access = Some(Secret::new(kept.pair.access.clone()));
        self.bot.send_if_modified(|bot| {
            let changed = *bot != access;
            *bot = access;
            changed
        })
    }

    fn give_up(&self, number: u64, word: &str, now: Moment) {
        let again = (word != NO_GOOD).then(|| now + REFUSED);
        let up = GaveUp { number, word: word.to_owned(), again };
        *self.gave_up.lock().unwrap_or_else(PoisonError::into_inner) = Some(up);
    }
}

/// Keeps the bot's token good until the app stops. Ends at once where it does not end.
pub async fn keep(slack: &Arc<Slack>, app: &App) {
    if !slack.tokens.rotates() {
        if slack.settings.bot_token.reveal().starts_with(ENDING) {
            tracing::warn!(
                target: "shopwatch::slack",
                "SLACK_BOT_TOKEN is one that ends after twelve hours; set SLACK_REFRESH_TOKEN, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET too"
            );
        }
        return;
    }
    let mut doubted = slack.tokens.doubted.listen();
    let mut wait = ASK_AGAIN;
    while !app.stopping.is_cancelled() {
        let next = match Box::pin(step(slack, app)).await {
            Ok(()) => {
                wait = ASK_AGAIN;
                LOOK
            }
            Err(Trouble::Limited(pause)) => pause.to_std().unwrap_or(LOOK),
            Err(Trouble::Said(_) | Trouble::Unsent | Trouble::Lost) => {
                wait = (wait * 2).min(ASK_AGAIN_MAX);
                wait
            }
        };
        // However often a token is refused, it is not looked for all the time.
        pause(app, BETWEEN).await;
        tokio::select! {
            () = pause(app, jitter(next)) => {}
            () = doubted.hear() => {}
        }
    }
}

/// Looks at the pair in the store, and renews it if it is time and nobody else does.
pub async fn step(slack: &Arc<Slack>, app: &App) -> Result<(), Trouble> {
    let Some(rotation) = &slack.settings.rotation else { return Ok(()) };
    let kept = look(slack, app, rotation).await?;
    if !slack.tokens.is_due(&kept, app.desk.now()) {
        return Ok(());
    }
    // What was begun is ended even if the app is: nobody else would write down what Slack answers.
    let (slack, app) = (slack.clone(), app.clone());
    let leading = slack.clone().after.spawn(async move { Box::pin(lead(&slack, &app)).await });
    leading.await.unwrap_or(Err(Trouble::Lost))
}

/// Renews it, if nobody else does.
async fn lead(slack: &Slack, app: &App) -> Result<(), Trouble> {
    let Some(rotation) = &slack.settings.rotation else { return Ok(()) };
    let (store, now) = (&app.desk.store, app.desk.now());
    let lease = store.take_lease(TOKENS, app.desk.ids.uuid(), now).await.map_err(unkept)?;
    // Somebody else renews it, and it is read when they have.
    let Some(held) = lease else { return Err(Trouble::Unsent) };
    let renewed = async {
        // It may have been renewed while the lease was taken.
        let kept = look(slack, app, rotation).await?;
        if slack.tokens.is_due(&kept, now) { renew(slack, app, rotation, &kept).await } else { Ok(()) }
    };
    let renewed = renewed.await;
    // What is given back late runs out by itself.
    drop(store.give_lease_back(TOKENS, held, app.desk.now()).await);
    renewed
}

/// The store does not answer: nothing was asked of Slack.
fn unkept(why: Failure) -> Trouble {
    if let Failure::Broken(why) = why {
        tracing::error!(target: "shopwatch::slack", error = %why, "the tokens in the store cannot be read");
    }
    Trouble::Unsent
}

/// The pair in the store, which is used from now on. A refresh token in `.env` that nobody has seen begins a new one: the
/// app was installed again.
async fn look(slack: &Slack, app: &App, rotation: &Rotation) -> Result<Kept, Trouble> {
    let store = &app.desk.store;
    let seed = fingerprint(rotation.refresh_token.reveal());
    let kept = loop {
        let kept = read(app).await?;
        let (number, mut seeds) = kept.as_ref().map_or((0, Vec::new()), |kept| (kept.number, kept.pair.seeds.clone()));
        if let Some(kept) = kept.filter(|kept| kept.pair.seeds.contains(&seed)) {
            break kept;
        }
        seeds.insert(0, seed.clone());
        seeds.truncate(SEEDS_MAX);
        let access = slack.settings.bot_token.reveal().to_owned();
        let refresh = rotation.refresh_token.reveal().to_owned();
        // Nobody says how old the token is: it is renewed at once.
        let pair = Pair { access, refresh, renew_at: app.desk.now(), seeds };
        let plain = serde_json::to_vec(&pair).map_err(|_why| Trouble::Unsent)?;
        // Whether it was written or another one was before: it is read as it is there.
        store.seal_after(TOKENS, number, &plain).await.map_err(unkept)?;
    };
    if slack.tokens.adopt(&kept) {
        recover(slack, app).await;
    }
    Ok(kept)
}

async fn read(app: &App) -> Result<Option<Kept>, Trouble> {
    let Some(kept) = app.desk.store.sealed(TOKENS).await.map_err(unkept)? else { return Ok(None) };
    let pair = serde_json::from_slice(&kept.plain).map_err(|why| unkept(Failure::broken(why)))?;
    Ok(Some(Kept { number: kept.number, pair }))
}

/// Slack may have refused the token before this one.
async fn recover(slack: &Slack, app: &App) {
    let refused = matches!(*slack.standing.borrow(), Standing::Refused(_) | Standing::Unrenewed(_));
    if refused && slack.learn_home(&app.desk.store).await.is_ok() {
        let listens = slack.settings.app_token.is_none() || slack.live() > 0;
        slack.fell(if listens { Standing::Ready } else { Standing::Again });
    }
}

/// Asks Slack for the next pair, writes it down, and only then uses it.
async fn renew(slack: &Slack, app: &App, rotation: &Rotation, kept: &Kept) -> Result<(), Trouble> {
    let secrets = [
        ("client_id", rotation.client_id.as_str()),
        ("client_secret", rotation.client_secret.reveal()),
        ("grant_type", "refresh_token"),
        ("refresh_token", &kept.pair.refresh),
    ];
    let answer = slack.api.exchange(&secrets).await;
    let now = app.desk.now();
    let next = match answer {
        Ok(answer) => next_of(&answer, &kept.pair, now).ok_or(Trouble::Lost)?,
        Err(Trouble::Said(word)) => {
            metrics::counter!("shopwatch_slack_renewals_total", "what" => "refused").increment(1);
            slack.tokens.give_up(kept.number, &word, now);
            slack.fell(Standing::Unrenewed(word.clone()));
            return Err(Trouble::Said(word));
        }
        Err(trouble) => return Err(trouble),
    };
    write(app, kept.number, &next).await;
    metrics::counter!("shopwatch_slack_renewals_total", "what" => "renewed").increment(1);
    tracing::info!(target: "shopwatch::slack", number = kept.number + 1, "the bot's token was renewed");
    look(slack, app, rotation).await.map(drop)
}

/// Nobody else has this pair: it is written whatever that takes, or lost when the app ends.
async fn write(app: &App, number: u64, pair: &Pair) {
    let Ok(plain) = serde_json::to_vec(pair) else { return };
    let mut wait = ASK_AGAIN;
    while app.desk.store.seal_after(TOKENS, number, &plain).await.is_err() {
        if app.stopping.is_cancelled() {
            tracing::error!(
                target: "shopwatch::slack",
                "Slack gave a new pair of tokens, and the database did not take it: the app has to be installed again"
            );
            return;
        }
        pause(app, jitter(wait)).await;
        wait = (wait * 2).min(ASK_AGAIN_MAX);
    }
}

/// The next pair as Slack gives it.
fn next_of(answer: &Value, before: &Pair, now: Moment) -> Option<Pair> {
    let word = |name: &str| answer.get(name).and_then(Value::as_str).filter(|word| !word.is_empty());
    let seconds = answer.get("expires_in").and_then(|said| said.as_i64().or_else(|| said.as_str()?.parse().ok()));
    let good = TimeDelta::seconds(seconds.unwrap_or(GOOD_FOR).clamp(GOOD_FOR_MIN, GOOD_FOR));
    Some(Pair {
        access: word("access_token")?.to_owned(),
        refresh: word("refresh_token")?.to_owned(),
        renew_at: now + good - good / LEFT_FOR_RENEWING,
        seeds: before.seeds.clone(),
    })
}
