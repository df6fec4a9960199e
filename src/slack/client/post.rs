//! One message at one place: posted once, edited afterwards, looked for when nobody knows.

use chrono::TimeDelta;
use domain::clock::Moment;
use serde_json::{Value, json};

use super::super::api::Trouble;
use super::super::blocks::{Message, put};
use super::super::doubt::{self, CannotLook, Looks};
use super::super::{Slack, Standing};
use super::{POST_IN_ALL, POST_IN_CHANNEL, TIER_3};
use crate::app::App;
use crate::chats::copies::{SETTLE, UNREACHED, again, look_again};
use crate::store::outbox::{Leased, Settled};

/// How long a card waits for a channel that was lost.
pub(super) const LOST_CHANNEL: TimeDelta = TimeDelta::minutes(1);

/// Slack's words for a channel that cannot be written to.
pub(super) const LOST: [&str; 9] = [
    "is_inactive",
    "channel_not_found",
    "is_archived",
    "not_in_channel",
    "restricted_action",
    "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel",
    "no_permission",
    "posting_to_channel_denied",
];
/// … for tokens that are no longer good.
pub const REFUSING: [&str; 7] = [
    "invalid_auth",
    "not_authed",
    "token_revoked",
    "token_expired",
    "account_inactive",
    "org_login_required",
    "team_access_not_granted",
];
/// … for people who cannot be written to.
const NOBODY: [&str; 6] = [
    "user_not_found",
    "user_disabled",
    "cannot_dm_bot",
    "messages_tab_disabled",
    "user_not_visible",
    "cannot_message_user",
];

/// A message's name in Slack, as the outbox keeps it: `C1/1700000000.000100`, and `/again` after it was lost once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remote {
    pub channel: String,
    pub ts: String,
    pub again: bool,
}

impl Remote {
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let (channel, ts) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        Some(Self { channel, ts, again: parts.next() == Some("again") })
    }

    pub(super) fn written(&self) -> String {
        format!("{}/{}{}", self.channel, self.ts, if self.again { "/again" } else { "" })
    }
}

/// What became of an edit.
enum Edited {
    Done(Settled),
    /// The message is not there any more.
    Gone,
}

/// A place for a message.
#[derive(Debug, Clone)]
pub(super) struct Post {
    pub channel: String,
    pub thread: Option<String>,
    /// It cannot have been posted before.
    pub since: Moment,
}

impl Post {
    /// Posts the message if it is not there, else edits it.
    pub(super) async fn put(
        &self,
        slack: &Slack,
        app: &App,
        looks: &Looks,
        task: &Leased,
        message: &Message,
    ) -> Settled {
        let remote = task.remote_id.as_deref().and_then(Remote::read);
        match (&remote, task.in_doubt) {
            (None, true) => self.look(slack, app, looks, task, false).await,
            (None, false) => {
                let marker = doubt::marker(app.desk.store.keys(), &task.key, 0);
                self.first(slack, app, task, message, &marker, false).await
            }
            (Some(remote), _) => match self.edit(slack, app, task, message, remote).await {
                Edited::Done(settled) => settled,
                // Somebody takes it away each time; the console and the record have it.
                Edited::Gone if remote.again => Settled::NeedsOperator,
                Edited::Gone if task.in_doubt => self.look(slack, app, looks, task, true).await,
                Edited::Gone => {
                    let marker = doubt::marker(app.desk.store.keys(), &task.key, 1);
                    self.first(slack, app, task, message, &marker, true).await
                }
            },
        }
    }

    /// Looks for what may have arrived: `again` for what was posted in the place of a message that was taken away.
    async fn look(&self, slack: &Slack, app: &App, looks: &Looks, task: &Leased, again: bool) -> Settled {
        let now = app.desk.now();
        let marker = doubt::marker(app.desk.store.keys(), &task.key, u32::from(again));
        match self.find(slack, looks, &marker, now).await {
            // It is there, which is what was in doubt; as of which version, only an edit makes sure.
            Ok(Some(remote)) => Settled::Found { remote_id: Remote { again, ..remote }.written(), at: now },
            Ok(None) => look_again(now, task.looks),
            Err(CannotLook::Until(at)) => Settled::Doubt { at, looks: task.looks },
            Err(CannotLook::Never) => Settled::NeedsOperator,
        }
    }

    /// Posts it; `again` when the one before was taken away.
    pub(super) async fn first(
        &self,
        slack: &Slack,
        app: &App,
        task: &Leased,
        message: &Message,
        marker: &str,
        again_: bool,
    ) -> Settled {
        let now = app.desk.now();
        let here = format!("chat.postMessage/{}", self.channel);
        let budgets = [(here.as_str(), POST_IN_CHANNEL), ("chat.postMessage", POST_IN_ALL)];
        if let Err(at) = slack.pace.take(&budgets, now).await {
            return Settled::Held { at };
        }
        match slack.api.post("chat.postMessage", &self.arguments(message, marker)).await {
            Ok(answer) => {
                let text = |name: &str| answer.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
                slack.lost.found(&self.channel);
                match text("ts") {
                    Some(ts) => {
                        let channel = text("channel").unwrap_or_else(|| self.channel.clone());
                        Settled::Shown { remote_id: Some(Remote { channel, ts, again: again_ }.written()) }
                    }
                    None => Settled::Doubt { at: now + SETTLE, looks: 1 },
                }
            }
            Err(Trouble::Lost) => Settled::Doubt { at: now + SETTLE, looks: 1 },
            Err(trouble) => self.refused(slack, app, task, &here, &trouble).await,
        }
    }

    /// Posts something that is not worth a row, when there is room for it; whether it was posted.
    pub(super) async fn once(&self, slack: &Slack, message: &Message, now: Moment) -> bool {
        let here = format!("chat.postMessage/{}", self.channel);
        let budgets = [(here.as_str(), POST_IN_CHANNEL), ("chat.postMessage", POST_IN_ALL)];
        if slack.pace.take(&budgets, now).await.is_err() {
            return false;
        }
        let mut arguments = message.arguments();
        put(&mut arguments, "channel", json!(self.channel));
        match slack.api.post("chat.postMessage", &arguments).await {
            Ok(_) => true,
            Err(trouble) => {
                if let Trouble::Limited(wait) = trouble {
                    slack.pace.hold(&here, now + wait, now).await;
                }
                tracing::error!(target: "shopwatch::slack", word = trouble.word(), "the admin channel cannot be reached either");
                false
            }
        }
    }

    fn arguments(&self, message: &Message, marker: &str) -> Value {
        let mut arguments = message.arguments();
        put(&mut arguments, "channel", json!(self.channel));
        put(&mut arguments, "metadata", doubt::metadata(marker));
        if let Some(thread) = &self.thread {
            put(&mut arguments, "thread_ts", json!(thread));
        }
        arguments
    }

    async fn edit(&self, slack: &Slack, app: &App, task: &Leased, message: &Message, remote: &Remote) -> Edited {
        let now = app.desk.now();
        if let Err(at) = slack.pace.take(&[("chat.update", TIER_3)], now).await {
            return Edited::Done(Settled::Held { at });
        }
        let arguments = json!({
            "channel": slack.channel_now(&remote.channel),
            "ts": remote.ts,
            "text": message.text.as_str(),
            "blocks": message.blocks,
        });
        Edited::Done(match slack.api.post("chat.update", &arguments).await {
            Ok(_) => {
                slack.lost.found(&self.channel);
                Settled::Shown { remote_id: None }
            }
            Err(Trouble::Said(word)) if word == "message_not_found" || word == "cant_update_message" => {
                return Edited::Gone;
            }
            // Editing twice is editing once.
            Err(Trouble::Lost) => Settled::Later { at: now + again(task.attempts) },
            Err(trouble) => self.refused(slack, app, task, "chat.update", &trouble).await,
        })
    }

    /// What Slack did not do, for certain.
    async fn refused(&self, slack: &Slack, app: &App, task: &Leased, budget: &str, trouble: &Trouble) -> Settled {
        let now = app.desk.now();
        match trouble {
            Trouble::Limited(wait) => {
                slack.pace.hold(budget, now + *wait, now).await;
                Settled::Held { at: now + *wait }
            }
            Trouble::Unsent => Settled::Held { at: slack.away.not_before(UNREACHED, now) },
            Trouble::Lost => Settled::Held { at: now + UNREACHED },
            Trouble::Said(word) if REFUSING.contains(&word.as_str()) => {
                slack.fell(Standing::Refused(word.clone()));
                Settled::Held { at: now + UNREACHED }
            }
            Trouble::Said(word) if NOBODY.contains(&word.as_str()) => Settled::Dropped,
            Trouble::Said(word) if LOST.contains(&word.as_str()) => {
                // A direct message that Slack does not let us write is no lost channel.
                if self.channel.starts_with(['U', 'W']) {
                    return Settled::Dropped;
                }
                // Another server may have heard that the channel has another id now.
                let known = slack.channel_now(&self.channel);
                drop(slack.recall_channels(&app.desk.store).await);
                if slack.channel_now(&self.channel) != known {
                    return Settled::Held { at: now };
                }
                slack.cannot_write(&self.channel, word, now);
                Settled::Held { at: now + LOST_CHANNEL }
            }
            Trouble::Said(word) => {
                tracing::error!(target: "shopwatch::slack", word, incident = %task.incident, "Slack does not take a message");
                Settled::Later { at: now + again(task.attempts) }
            }
        }
    }

    /// Where the message is that carries the marker.
    async fn find(
        &self,
        slack: &Slack,
        looks: &Looks,
        marker: &str,
        now: Moment,
    ) -> Result<Option<Remote>, CannotLook> {
        let channel = self.readable(slack, now).await?;
        let there = looks.look(slack, &channel, self.thread.as_deref(), self.since, now).await?;
        Ok(there.get(marker).map(|ts| Remote { channel: channel.clone(), ts: ts.clone(), again: false }))
    }

    /// A direct message's channel has an id of its own.
    async fn readable(&self, slack: &Slack, now: Moment) -> Result<String, CannotLook> {
        if !self.channel.starts_with(['U', 'W']) {
            return Ok(self.channel.clone());
        }
        match slack.api.post("conversations.open", &json!({ "users": self.channel })).await {
            Ok(answer) => {
                let id = answer.pointer("/channel/id").and_then(Value::as_str);
                id.map(ToOwned::to_owned).ok_or(CannotLook::Never)
            }
            Err(trouble) => Err(slack.cannot_look(&trouble, now)),
        }
    }
}
