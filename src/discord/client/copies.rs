//! The copies of one incident in Discord: its cards, their threads, and the reporter's own.

use std::collections::HashMap;
use std::time::Duration;

use chrono::NaiveDate;
use domain::incident::Incident;
use domain::place::{Place, SiteId};
use domain::policy::Sight;
use domain::words::NotTaken;
use serde_json::json;
use serenity::http::{LightMethod, Route};
use serenity::model::id::{ChannelId, MessageId};

use super::super::Discord;
use super::super::answer::direct;
use super::super::api::{Budget, Trouble};
use super::super::doubt::{self, CannotLook, Found, Looks};
use super::super::parts::Message;
use super::super::people::{channel, id};
use super::super::render;
use super::post::{Post, Remote};
use super::unsay;
use crate::app::App;
use crate::chat::card::{self, Card, Reader, draw};
use crate::chat::press::Button;
use crate::chat::timeline;
use crate::chats::copies::{
    AFTER_THE_OTHER, again, alike, alike_for_reporter, doubt_of, for_channel, for_next_level, for_reporter, for_sender,
    left_over, look_again, unshown,
};
use crate::chats::digest;
use crate::failure::Failure;
use crate::rules::Rules;
use crate::store::outbox::{Leased, Settled, Told, What, Whereabouts, card_key};
use crate::store::sealing::TimelineLine;
use crate::texts::keys;

/// Minutes after which Discord puts a silent thread away; a new message fetches it back.
const ARCHIVED_AFTER: u64 = 10_080;
/// Discord's codes for a thread that is there already, for one that is gone, and for one that is locked.
const HAS_THREAD: i64 = 160_004;
const NO_THREAD: i64 = 10003;
const LOCKED: i64 = 50083;
/// … and for what the bot may not do in a channel that it can see.
const NOT_PERMITTED: i64 = 50013;

/// Shows one incident's tasks, one after another.
pub(super) struct Copies<'a> {
    discord: &'a Discord,
    app: &'a App,
    looks: &'a Looks,
    /// When the batch began.
    began: Duration,
    /// Copies posted in this batch, which the store does not know yet.
    posted: HashMap<String, String>,
}

impl<'a> Copies<'a> {
    pub(super) fn new(discord: &'a Discord, app: &'a App, looks: &'a Looks, began: Duration) -> Self {
        Self { discord, app, looks, began, posted: HashMap::new() }
    }

    /// Shows one thing.
    pub(super) async fn show(&mut self, task: Leased) -> Settled {
        let doubt = doubt_of(&task);
        if let What::Digest { site, day, place } = &task.what {
            return self.digest(&task, site, *day, place).await;
        }
        let incident = match self.app.desk.store.incident(task.incident).await {
            Ok(Some(incident)) => incident,
            Ok(None) => return self.gone(task).await,
            Err(failure) => return unshown(self.app, doubt, &failure),
        };
        let key = task.key.clone();
        let settled = match task.what.clone() {
            What::DrawCard { place } => self.card(task, &incident, &place).await,
            What::DrawThread { place } => self.thread(&task, &incident, &place).await,
            What::FollowReport => self.follow(task, &incident).await,
            What::TellReporter { told } => self.tell(task, &incident, told).await,
            What::Unsay => Ok(Settled::Dropped),
            What::TellSender { id, why } => Ok(self.tell_sender(task, &incident, &id, why).await),
            What::CallNextLevel { place } => Ok(self.call_next_level(&task, &incident, &place).await),
            What::KeepPhoto { .. } | What::HoldPhotos | What::Digest { .. } | What::Retired => {
                Ok(Settled::NeedsOperator)
            }
        };
        if let Ok(Settled::Shown { remote_id: Some(remote) }) = &settled {
            self.posted.insert(key, remote.clone());
        }
        settled.unwrap_or_else(|failure| unshown(self.app, doubt, &failure))
    }

    /// What stood there is erased: its place says so and nothing else. What stands nowhere is not posted any more.
    async fn gone(&self, task: Leased) -> Settled {
        let gone = match self.app.desk.store.gone(task.incident).await {
            Ok(Some(gone)) => gone,
            Ok(None) => return Settled::Dropped,
            Err(failure) => return unshown(self.app, doubt_of(&task), &failure),
        };
        let stands = || task.remote_id.as_deref().and_then(Remote::read).map(|remote| remote.channel);
        let (channel, direct) = match &task.what {
            What::Unsay => return unsay::carry_out(self.discord, self.app, &task, &gone, self.began).await,
            What::DrawThread { .. } if task.in_doubt => return left_over(self.app.desk.now(), task.looks),
            What::FollowReport | What::TellReporter { .. } | What::TellSender { .. } | What::CallNextLevel { .. }
                if task.in_doubt && stands().is_none() =>
            {
                return left_over(self.app.desk.now(), task.looks);
            }
            What::DrawCard { place } if task.in_doubt => (stands().or_else(|| channel(place)), false),
            What::DrawCard { .. } | What::CallNextLevel { .. } => (stands(), false),
            What::FollowReport | What::TellReporter { .. } | What::TellSender { .. } => (stands(), true),
            What::DrawThread { .. }
            | What::KeepPhoto { .. }
            | What::HoldPhotos
            | What::Digest { .. }
            | What::Retired => (None, false),
        };
        let Some(channel) = channel else { return Settled::Dropped };
        let rules = self.app.desk.rules();
        let message = render::card(&card::gone(&gone, &self.app.voice(&rules, None).lasting()));
        let post = Post { channel, direct, since: gone.reported_at };
        post.put(self.discord, self.app, self.looks, &task, &message).await
    }

    async fn card(&self, task: Leased, incident: &Incident, place: &Place) -> Result<Settled, Failure> {
        let rules = self.app.desk.rules();
        let Some(channel) = channel(place) else { return Ok(Settled::NeedsOperator) };
        let Some(card) = for_channel(self.app, &task, incident, place).await? else { return Ok(Settled::Dropped) };
        let post = Post { channel, direct: false, since: incident.reported_at };
        let settled = post.put(self.discord, self.app, self.looks, &task, &render::card(&card)).await;
        if matches!(settled, Settled::Held { .. }) && self.discord.lost.has(&channel) {
            self.fall_back(&task, incident, &rules, &card).await;
        }
        Ok(settled)
    }

    /// What waits at a site, once a day.
    async fn digest(&self, task: &Leased, site: &SiteId, day: NaiveDate, place: &Place) -> Settled {
        let Some(channel) = channel(place) else { return Settled::NeedsOperator };
        let lines = match digest::lines(self.app, task, site, day).await {
            Ok(Some(lines)) => lines,
            Ok(None) => return Settled::Dropped,
            Err(failure) => return unshown(self.app, doubt_of(task), &failure),
        };
        let post = Post { channel, direct: false, since: digest::not_before(day) };
        post.put(self.discord, self.app, self.looks, task, &render::words(&lines)).await
    }

    /// Nobody has looked at it in time: a line where somebody can be found who does.
    async fn call_next_level(&self, task: &Leased, incident: &Incident, place: &Place) -> Settled {
        let Some(channel) = channel(place) else { return Settled::NeedsOperator };
        let Some(lines) = for_next_level(self.app, task, incident) else { return Settled::Dropped };
        let post = Post { channel, direct: false, since: incident.reported_at };
        post.put(self.discord, self.app, self.looks, task, &render::words(&lines)).await
    }

    /// The triage channel cannot be reached: the admin channel hears of it, once for each card.
    async fn fall_back(&self, task: &Leased, incident: &Incident, rules: &Rules, card: &Card) {
        let now = self.app.desk.now();
        let admin = rules.shop.admin_channel.as_ref().and_then(channel);
        let Some(admin) = admin.filter(|_| !self.discord.lost.is_told(&task.key, now)) else { return };
        let voice = self.app.voice(rules, None);
        let site = voice.site(rules, &incident.site);
        let lines = [card.summary.clone(), voice.say(&keys::discord_unreachable(site))];
        let post = Post { channel: admin, direct: false, since: now };
        if post.once(self.discord, self.app, &render::words(&lines)).await {
            self.discord.lost.told(&task.key, now);
        }
    }

    /// The lines that the thread under a card does not have yet, in one message. The first line is the card itself.
    async fn thread(&self, task: &Leased, incident: &Incident, place: &Place) -> Result<Settled, Failure> {
        let now = self.app.desk.now();
        let known = task.shown.unwrap_or(1);
        let lines = self.app.desk.store.own_lines(incident.id).await?;
        if !lines.iter().any(|line| line.seq > known && line.seq <= task.version) {
            return Ok(Settled::Shown { remote_id: None });
        }
        let thread = match task.remote_id.as_deref().and_then(|id| id.parse::<u64>().ok()).filter(|id| *id > 0) {
            Some(thread) => thread,
            None => match self.open_thread(task, incident, place).await? {
                Ok(thread) => thread,
                Err(settled) => return Ok(settled),
            },
        };
        let remembered = Settled::Shown { remote_id: Some(thread.to_string()) };
        if task.remote_id.is_none() {
            // The thread is there, which is what has to be known first; its lines are next.
            return Ok(Settled::Found { remote_id: thread.to_string(), at: now });
        }
        if task.in_doubt {
            let looked = self.looks.look(self.discord, self.app, thread, incident.reported_at).await;
            return Ok(match looked.map(|there| reached(task, incident, known, &there)) {
                Ok((reached, said)) if reached > known => {
                    let named = |message| Remote { channel: thread, message, again: false }.written();
                    Settled::Reached { version: reached, said: said.into_iter().map(named).collect() }
                }
                Ok(_) => look_again(now, task.looks),
                Err(CannotLook::Until(at)) => Settled::Doubt { at, looks: task.looks },
                Err(CannotLook::Never) => Settled::NeedsOperator,
            });
        }
        let news: Vec<_> = lines.into_iter().filter(|line| line.seq > known && line.seq <= task.version).collect();
        let Some((message, to)) = self.thread_message(incident, known, &news) else { return Ok(remembered) };
        let nonce = doubt::nonce(self.app.desk.store.keys(), &format!("{}/{known}", task.key), to);
        let post = Post { channel: thread, direct: false, since: incident.reported_at };
        Ok(match post.send(self.discord, self.app, task, &message, &nonce, false).await {
            // Its row keeps how far it reaches.
            Settled::Shown { remote_id } => Settled::Reached { version: to, said: remote_id.into_iter().collect() },
            // Another look may find more lines wanted, and they would go under another nonce: it has to settle first.
            Settled::Doubt { .. } => look_again(now, 0),
            Settled::Held { .. } if self.discord.lost.has(&thread) => {
                self.discord.lost.found(&thread);
                self.without_thread(task, incident, place).await?
            }
            other @ (Settled::Later { .. }
            | Settled::Held { .. }
            | Settled::Reached { .. }
            | Settled::Found { .. }
            | Settled::NeedsOperator
            | Settled::Cleared
            | Settled::Dropped) => other,
        })
    }

    /// As many lines as one message takes, and the last one of them; none if there are no lines.
    fn thread_message(&self, incident: &Incident, from: u32, news: &[TimelineLine]) -> Option<(Message, u32)> {
        let now = self.app.desk.now();
        let rules = self.app.desk.rules();
        let voice = self.app.voice(&rules, None).lasting();
        let summary = draw(incident, Reader::Channel, &voice, &rules, now).map(|card| card.summary).unwrap_or_default();
        let drawn = timeline::draw(news, Sight::Full, &voice, now);
        let count = render::thread_fits(&drawn).max(1);
        let to = news.get(..count.min(news.len()))?.last()?.seq;
        Some((render::thread(drawn.get(..count.min(drawn.len()))?, &summary, &mark(incident, from, to)), to))
    }

    /// A thread that is gone is begun anew under the card; one that nobody may write in is left alone.
    async fn without_thread(&self, task: &Leased, incident: &Incident, place: &Place) -> Result<Settled, Failure> {
        let now = self.app.desk.now();
        Ok(match self.open_thread(task, incident, place).await? {
            Ok(thread) if task.remote_id.as_deref() != Some(&thread.to_string()) => {
                let again = Leased { remote_id: Some(thread.to_string()), ..task.clone() };
                return Box::pin(self.thread(&again, incident, place)).await;
            }
            Ok(_) => Settled::Later { at: now + again(task.attempts) },
            Err(settled) => settled,
        })
    }

    /// Begins the thread under the card. A thread has the id of the message that it hangs on.
    async fn open_thread(
        &self,
        task: &Leased,
        incident: &Incident,
        place: &Place,
    ) -> Result<Result<u64, Settled>, Failure> {
        let now = self.app.desk.now();
        let card = match self.whereabouts(&card_key(incident.id, place)).await? {
            Whereabouts::There(remote) => Remote::read(&remote),
            Whereabouts::UnderWay(due) => return Ok(Err(Settled::Held { at: due.max(now + AFTER_THE_OTHER) })),
            Whereabouts::Nowhere => None,
        };
        let Some(card) = card else { return Ok(Err(Settled::Dropped)) };
        let route = Route::ChannelMessageThreads {
            channel_id: ChannelId::new(card.channel),
            message_id: MessageId::new(card.message),
        };
        let body = json!({ "name": incident.reference.as_str(), "auto_archive_duration": ARCHIVED_AFTER });
        Ok(match self.discord.api.send(Budget::Person, LightMethod::Post, route, &body, now).await {
            Ok(answer) => id(answer.get("id")).ok_or(Settled::Later { at: now + again(task.attempts) }),
            Err(Trouble::Said { code: HAS_THREAD, .. }) => Ok(card.message),
            // Beginning it twice is beginning it once.
            Err(Trouble::Lost) => Err(Settled::Later { at: now + again(task.attempts) }),
            Err(Trouble::Said { code: LOCKED, .. }) => Err(Settled::NeedsOperator),
            Err(Trouble::Said { code: NO_THREAD | 10008, .. }) => {
                Err(Settled::Later { at: now + again(task.attempts) })
            }
            Err(Trouble::Said { status, code }) if no_threads(status, code) => {
                self.no_threads(card.channel, status, code);
                Err(Settled::Dropped)
            }
            Err(trouble) => {
                let post = Post { channel: card.channel, direct: false, since: incident.reported_at };
                Err(post.refused(self.discord, self.app, task, &trouble))
            }
        })
    }

    /// No thread can be begun in a channel: the card stands alone until the next step tries again. It is said once a while.
    fn no_threads(&self, channel: u64, status: u16, code: i64) {
        let (about, now) = (format!("discord/threads/{channel}"), self.app.desk.now());
        if self.discord.lost.is_told(&about, now) {
            return;
        }
        self.discord.lost.told(&about, now);
        tracing::error!(
            target: "shopwatch::discord",
            channel,
            status,
            code,
            "no thread can be begun under a card, which has the rest: let the bot create public threads and write in them"
        );
    }

    /// The reporter's own copy, in a direct message, if they asked for it.
    async fn follow(&self, task: Leased, incident: &Incident) -> Result<Settled, Failure> {
        if let Some(settled) = self.does_not_want(&task, incident).await? {
            return Ok(settled);
        }
        let theirs = alike_for_reporter(self.app, incident).await?;
        let message = for_reporter(self.app, incident, |card, voice| {
            let mut card = card.clone();
            card.remarks.extend(alike(&theirs, voice));
            render::follow(&card, voice)
        });
        self.write(task, incident, message).await
    }

    /// A line to the reporter, if they asked for it.
    async fn tell(&self, task: Leased, incident: &Incident, told: Told) -> Result<Settled, Failure> {
        // What was told once stays as it was said.
        if task.remote_id.is_some() {
            return Ok(Settled::Shown { remote_id: None });
        }
        if let Some(settled) = self.does_not_want(&task, incident).await? {
            return Ok(settled);
        }
        let mark = format!("{} · {} · {}", incident.reference, task.version, told.as_str());
        let message = for_reporter(self.app, incident, |card, voice| {
            let answer = card.buttons.iter().find(|button| button.press.button == Button::Answer);
            let answer = answer.filter(|_| told == Told::Asked);
            render::told(&voice.word("told", told.as_str()), Some(card), answer, &mark, voice)
        });
        self.write(task, incident, message).await
    }

    /// A line to a colleague whose photo could not be taken, whether they asked for messages or not: it answers theirs.
    async fn tell_sender(&self, task: Leased, incident: &Incident, id: &str, why: NotTaken) -> Settled {
        // What was told once stays as it was said.
        if task.remote_id.is_some() {
            return Settled::Shown { remote_id: None };
        }
        let told = for_sender(self.app, incident, (task.platform, id), why);
        let Some((account, lines)) = told else { return Settled::Dropped };
        let mark = format!("{} · {} · {}", incident.reference, task.version, why.as_str());
        self.write_to(&account, task, incident, &render::marked(incident.reference.as_str(), &lines, &mark)).await
    }

    async fn does_not_want(&self, task: &Leased, incident: &Incident) -> Result<Option<Settled>, Failure> {
        let wants = self.discord.tells(&self.app.desk.store, &incident.reporter.account.id).await?;
        Ok((!wants && task.remote_id.is_none()).then_some(Settled::Dropped))
    }

    async fn write(&self, task: Leased, incident: &Incident, message: Option<Message>) -> Result<Settled, Failure> {
        let Some(message) = message else { return Ok(Settled::Dropped) };
        Ok(self.write_to(&incident.reporter.account.id, task, incident, &message).await)
    }

    async fn write_to(&self, account: &str, task: Leased, incident: &Incident, message: &Message) -> Settled {
        let now = self.app.desk.now();
        let post = |channel| Post { channel, direct: true, since: incident.reported_at };
        let channel = match task.remote_id.as_deref().and_then(Remote::read) {
            Some(remote) => Ok(remote.channel),
            None => direct(self.app, self.discord, account).await,
        };
        match channel {
            Ok(channel) => post(channel).put(self.discord, self.app, self.looks, &task, message).await,
            Err(Trouble::Lost) => Settled::Later { at: now + again(task.attempts) },
            Err(trouble) => post(0).refused(self.discord, self.app, &task, &trouble),
        }
    }

    async fn whereabouts(&self, key: &str) -> Result<Whereabouts, Failure> {
        match self.posted.get(key) {
            Some(remote) => Ok(Whereabouts::There(remote.clone())),
            None => self.app.desk.store.whereabouts(key).await,
        }
    }
}

/// The small print under lines of a thread: which lines they are.
fn mark(incident: &Incident, from: u32, to: u32) -> String {
    format!("{} · {}–{to}", incident.reference, from + 1)
}

/// How far the messages that are there reach, and what they are called.
fn reached(task: &Leased, incident: &Incident, from: u32, there: &[Found]) -> (u32, Vec<u64>) {
    let (mut from, mut said) = (from, Vec::new());
    let next = |from: u32| {
        let stands = |to: &u32| there.iter().find(|found| found.footer == mark(incident, from, *to));
        (from + 1..=task.version).rev().find_map(|to| Some((to, stands(&to)?.message)))
    };
    while let Some((to, message)) = next(from) {
        from = to;
        said.push(message);
    }
    (from, said)
}

/// Whether threads are what Discord refuses, and not the channel: the bot may not begin any, or there is no way to.
fn no_threads(status: u16, code: i64) -> bool {
    code == NOT_PERMITTED || matches!((status, code), (403..=405, 0))
}
