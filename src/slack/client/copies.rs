//! The copies of one incident in Slack: its cards, their threads, and the reporter's own.

use std::collections::HashMap;
use std::time::Duration;

use chrono::NaiveDate;
use domain::incident::Incident;
use domain::place::{Place, SiteId};
use domain::policy::Sight;
use domain::words::NotTaken;

use super::super::Slack;
use super::super::blocks::{BLOCKS_TEXT_MAX, Message};
use super::super::doubt::{self, CannotLook, Looks};
use super::super::render;
use super::post::{Post, Remote};
use super::unsay;
use crate::app::App;
use crate::chat::card::{self, Card, Reader, draw};
use crate::chat::press::Button;
use crate::chat::timeline;
use crate::chats::copies::{
    AFTER_THE_OTHER, alike, alike_for_reporter, doubt_of, for_channel, for_next_level, for_reporter, for_sender,
    left_over, look_again, not_now, unshown,
};
use crate::chats::digest;
use crate::failure::Failure;
use crate::rules::Rules;
use crate::store::outbox::{Leased, Settled, Told, What, Whereabouts, card_key, follow_key};
use crate::store::sealing::TimelineLine;

/// Lines of a timeline in one message of a thread: each is two blocks or three, and a message takes fifty.
const THREAD_LINES_MAX: usize = 12;

/// Shows one incident's tasks, one after another.
pub(super) struct Copies<'a> {
    slack: &'a Slack,
    app: &'a App,
    looks: &'a Looks,
    /// When the batch began.
    began: Duration,
    /// Copies posted in this batch, which the store does not know yet.
    posted: HashMap<String, String>,
}

impl<'a> Copies<'a> {
    pub(super) fn new(slack: &'a Slack, app: &'a App, looks: &'a Looks, began: Duration) -> Self {
        Self { slack, app, looks, began, posted: HashMap::new() }
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
        let stands = task.remote_id.as_deref().and_then(Remote::read).map(|remote| remote.channel);
        let channel = match &task.what {
            What::Unsay => return unsay::carry_out(self.slack, self.app, &task, &gone, self.began).await,
            What::DrawThread { .. }
            | What::FollowReport
            | What::TellReporter { .. }
            | What::TellSender { .. }
            | What::CallNextLevel { .. }
                if task.in_doubt && stands.is_none() =>
            {
                return left_over(self.app.desk.now(), task.looks);
            }
            What::DrawCard { place } if task.in_doubt => stands.or_else(|| Some(place.channel.clone())),
            What::DrawCard { .. }
            | What::FollowReport
            | What::TellReporter { .. }
            | What::TellSender { .. }
            | What::CallNextLevel { .. } => stands,
            What::DrawThread { .. }
            | What::KeepPhoto { .. }
            | What::HoldPhotos
            | What::Digest { .. }
            | What::Retired => None,
        };
        let Some(channel) = channel else { return Settled::Dropped };
        let rules = self.app.desk.rules();
        let voice = self.app.voice(&rules, None).lasting();
        let message = render::card(&card::gone(&gone, &voice), &voice);
        let post = Post { channel: self.slack.channel_now(&channel), thread: None, since: gone.reported_at };
        post.put(self.slack, self.app, self.looks, &task, &message).await
    }

    async fn card(&self, task: Leased, incident: &Incident, place: &Place) -> Result<Settled, Failure> {
        let rules = self.app.desk.rules();
        let voice = self.app.voice(&rules, None).lasting();
        let Some(card) = for_channel(self.app, &task, incident, place).await? else { return Ok(Settled::Dropped) };
        let message = render::card(&card, &voice);
        let post = Post { channel: self.slack.channel_now(&place.channel), thread: None, since: incident.reported_at };
        let settled = post.put(self.slack, self.app, self.looks, &task, &message).await;
        if matches!(settled, Settled::Held { .. }) && self.slack.lost.has(&post.channel) {
            self.fall_back(&task, incident, &rules, &card).await;
        }
        Ok(settled)
    }

    /// What waits at a site, once a day.
    async fn digest(&self, task: &Leased, site: &SiteId, day: NaiveDate, place: &Place) -> Settled {
        let lines = match digest::lines(self.app, task, site, day).await {
            Ok(Some(lines)) => lines,
            Ok(None) => return Settled::Dropped,
            Err(failure) => return unshown(self.app, doubt_of(task), &failure),
        };
        let (channel, since) = (self.slack.channel_now(&place.channel), digest::not_before(day));
        let post = Post { channel, thread: None, since };
        post.put(self.slack, self.app, self.looks, task, &render::words(&lines, None)).await
    }

    /// Nobody has looked at it in time: a line where somebody can be found who does.
    async fn call_next_level(&self, task: &Leased, incident: &Incident, place: &Place) -> Settled {
        let Some(lines) = for_next_level(self.app, task, incident) else { return Settled::Dropped };
        let (channel, since) = (self.slack.channel_now(&place.channel), incident.reported_at);
        let post = Post { channel, thread: None, since };
        post.put(self.slack, self.app, self.looks, task, &render::words(&lines, None)).await
    }

    /// The triage channel cannot be reached: the admin channel hears of it, once for each card.
    async fn fall_back(&self, task: &Leased, incident: &Incident, rules: &Rules, card: &Card) {
        let now = self.app.desk.now();
        let admin = rules.shop.admin_channel.as_ref().filter(|place| place.platform == task.platform);
        let Some(admin) = admin.filter(|_| !self.slack.lost.is_told(&task.key, now)) else { return };
        let voice = self.app.voice(rules, None);
        let site = voice.site(rules, &incident.site);
        let lines = [card.summary.clone(), voice.say(&crate::texts::keys::slack_unreachable(site))];
        let message = render::words(&lines, None);
        let post = Post { channel: self.slack.channel_now(&admin.channel), thread: None, since: now };
        if post.once(self.slack, &message, now).await {
            self.slack.lost.told(&task.key, now);
        }
    }

    /// The lines that the thread under a card does not have yet, in one message. The first line is the card itself.
    async fn thread(&self, task: &Leased, incident: &Incident, place: &Place) -> Result<Settled, Failure> {
        let now = self.app.desk.now();
        let parent = match self.whereabouts(&card_key(incident.id, place)).await? {
            Whereabouts::There(remote) => Remote::read(&remote),
            Whereabouts::UnderWay(due) => return Ok(not_now(due.max(now + AFTER_THE_OTHER), doubt_of(task))),
            Whereabouts::Nowhere => None,
        };
        let Some(parent) = parent else { return Ok(Settled::Dropped) };
        let channel = self.slack.channel_now(&parent.channel);
        let from = task.shown.unwrap_or(1);
        if task.in_doubt {
            let looked = self.looks.look(self.slack, &channel, Some(&parent.ts), incident.reported_at, now).await;
            return Ok(match looked.map(|there| self.reached(task, from, &there)) {
                Ok((reached, said)) if reached > from => {
                    let named = |ts: String| Remote { channel: channel.clone(), ts, again: false }.written();
                    Settled::Reached { version: reached, said: said.into_iter().map(named).collect() }
                }
                Ok(_) => look_again(now, task.looks),
                Err(CannotLook::Until(at)) => Settled::Doubt { at, looks: task.looks },
                Err(CannotLook::Never) => Settled::NeedsOperator,
            });
        }
        let lines: Vec<_> = self.app.desk.store.own_lines(incident.id).await?;
        let news: Vec<_> = lines.into_iter().filter(|line| line.seq > from && line.seq <= task.version).collect();
        let Some((message, to)) = self.thread_message(incident, &news) else {
            return Ok(Settled::Shown { remote_id: None });
        };
        let post = Post { channel, thread: Some(parent.ts), since: incident.reported_at };
        let marker = self.marker(task, from, to);
        Ok(match post.first(self.slack, self.app, task, &message, &marker, false).await {
            // A thread has no name of its own: its row keeps how far it reaches.
            Settled::Shown { remote_id } => Settled::Reached { version: to, said: remote_id.into_iter().collect() },
            other @ (Settled::Later { .. }
            | Settled::Held { .. }
            | Settled::Doubt { .. }
            | Settled::Found { .. }
            | Settled::Reached { .. }
            | Settled::NeedsOperator
            | Settled::Cleared
            | Settled::Dropped) => other,
        })
    }

    /// As many lines as one message takes, and the last one of them; none if there are no lines.
    fn thread_message(&self, incident: &Incident, news: &[TimelineLine]) -> Option<(Message, u32)> {
        let now = self.app.desk.now();
        let rules = self.app.desk.rules();
        let voice = self.app.voice(&rules, None).lasting();
        let summary = draw(incident, Reader::Channel, &voice, &rules, now).map(|card| card.summary).unwrap_or_default();
        let mut taken = None;
        for count in 1..=news.len().min(THREAD_LINES_MAX) {
            let lines = news.get(..count)?;
            let message = render::thread(&timeline::draw(lines, Sight::Full, &voice, now), &summary);
            let length: usize = message.blocks.iter().map(render::text_length).sum();
            if taken.is_some() && length > BLOCKS_TEXT_MAX {
                break;
            }
            taken = Some((message, lines.last()?.seq));
        }
        taken
    }

    /// How far the messages that are there reach, and what they are called.
    fn reached(&self, task: &Leased, from: u32, there: &HashMap<String, String>) -> (u32, Vec<String>) {
        let (mut from, mut said) = (from, Vec::new());
        let next = |from: u32| {
            let found = |to: u32| there.get(&self.marker(task, from, to)).map(|ts| (to, ts.clone()));
            (from + 1..=task.version).rev().find_map(found)
        };
        while let Some((to, ts)) = next(from) {
            from = to;
            said.push(ts);
        }
        (from, said)
    }

    fn marker(&self, task: &Leased, from: u32, to: u32) -> String {
        doubt::marker(self.app.desk.store.keys(), &format!("{}/{from}", task.key), to)
    }

    /// The reporter's own copy, in a direct message.
    async fn follow(&self, task: Leased, incident: &Incident) -> Result<Settled, Failure> {
        let theirs = alike_for_reporter(self.app, incident).await?;
        let message = for_reporter(self.app, incident, |card, voice| {
            let mut card = card.clone();
            card.remarks.extend(alike(&theirs, voice));
            render::card(&card, voice)
        });
        let Some(message) = message else { return Ok(Settled::Dropped) };
        let post = Post { channel: incident.reporter.account.id.clone(), thread: None, since: incident.reported_at };
        Ok(post.put(self.slack, self.app, self.looks, &task, &message).await)
    }

    /// A line under the reporter's own copy.
    async fn tell(&self, task: Leased, incident: &Incident, told: Told) -> Result<Settled, Failure> {
        let parent = match self.whereabouts(&follow_key(incident.id)).await? {
            Whereabouts::There(remote) => Remote::read(&remote),
            Whereabouts::UnderWay(due) => {
                return Ok(not_now(due.max(self.app.desk.now() + AFTER_THE_OTHER), doubt_of(&task)));
            }
            Whereabouts::Nowhere => None,
        };
        let Some(parent) = parent else { return Ok(Settled::Dropped) };
        let message = for_reporter(self.app, incident, |card, voice| {
            let answer = card.buttons.iter().find(|button| button.press.button == Button::Answer);
            let answer = answer.filter(|_| told == Told::Asked).map(|button| button.press.clone());
            render::told(&voice.word("told", told.as_str()), Some(card), answer.as_ref(), voice)
        });
        let Some(message) = message else { return Ok(Settled::Dropped) };
        // What was told once stays as it was said.
        if task.remote_id.is_some() {
            return Ok(Settled::Shown { remote_id: None });
        }
        let channel = self.slack.channel_now(&parent.channel);
        let post = Post { channel, thread: Some(parent.ts), since: incident.reported_at };
        Ok(post.put(self.slack, self.app, self.looks, &task, &message).await)
    }

    /// A line to a colleague whose photo could not be taken.
    async fn tell_sender(&self, task: Leased, incident: &Incident, id: &str, why: NotTaken) -> Settled {
        // What was told once stays as it was said.
        if task.remote_id.is_some() {
            return Settled::Shown { remote_id: None };
        }
        let told = for_sender(self.app, incident, (task.platform, id), why);
        let Some((channel, lines)) = told else { return Settled::Dropped };
        let post = Post { channel, thread: None, since: incident.reported_at };
        post.put(self.slack, self.app, self.looks, &task, &render::words(&lines, None)).await
    }

    async fn whereabouts(&self, key: &str) -> Result<Whereabouts, Failure> {
        match self.posted.get(key) {
            Some(remote) => Ok(Whereabouts::There(remote.clone())),
            None => self.app.desk.store.whereabouts(key).await,
        }
    }
}
