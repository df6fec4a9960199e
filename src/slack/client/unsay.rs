//! Taking away what was said in Slack of an incident that is erased: lines in threads, answers in direct messages. What we
//! know by name is deleted by it; what we do not is found by reading where it can stand. The copies themselves are drawn
//! anew by their own tasks. Words that only one person sees are not kept by Slack, and nobody can take them away.
//! <https://docs.slack.dev/reference/methods/chat.delete/>

use std::collections::HashSet;
use std::time::Duration;

use domain::clock::Moment;
use serde_json::{Value, json};

use super::super::api::{Trouble, slack_time};
use super::super::doubt::{CLOCKS, LOOKING, PAGE};
use super::super::{Slack, Standing};
use super::TIER_3;
use super::post::{LOST, LOST_CHANNEL, REFUSING, Remote};
use crate::app::App;
use crate::chats::copies::UNREACHED;
use crate::chats::unsay::{Stopped, Taken, Unsaying, Whose, both};
use crate::store::outbox::{Leased, Settled, What};
use crate::store::retention::Gone;

/// Slack's words for what is not there (any more).
const GONE: [&str; 2] = ["message_not_found", "thread_not_found"];

/// Takes it all away, or as much as there is time for.
pub(super) async fn carry_out(slack: &Slack, app: &App, task: &Leased, gone: &Gone, began: Duration) -> Settled {
    let unsaying = match Unsaying::of(app, task, gone, began).await {
        Ok(unsaying) => unsaying,
        Err(settled) => return settled,
    };
    let mut whose = Whose::read(task.remote_id.as_deref());
    let place = Place { slack, of: &unsaying };
    let taken = place.everything(&mut whose).await;
    Box::pin(unsaying.settled(taken, whose.written())).await
}

/// Where it stands.
struct Place<'a> {
    slack: &'a Slack,
    of: &'a Unsaying<'a>,
}

/// Part of what is written at a place.
struct Page {
    messages: Vec<Value>,
    more: bool,
    next: Option<String>,
}

impl Page {
    fn of(page: &Value) -> Self {
        let next = page.pointer("/response_metadata/next_cursor").and_then(Value::as_str);
        Self {
            messages: page.get("messages").and_then(Value::as_array).cloned().unwrap_or_default(),
            more: page.get("has_more").and_then(Value::as_bool).unwrap_or(false),
            next: next.filter(|next| !next.is_empty()).map(ToOwned::to_owned),
        }
    }
}

impl Place<'_> {
    /// First what is known by name; then what stands under copies; then what was written to one person beside theirs.
    async fn everything(&self, whose: &mut Whose) -> Taken {
        let delete = |remote_id: String| async move {
            let remote = Remote::read(&remote_id)?;
            Some(self.delete(&self.slack.channel_now(&remote.channel), &remote.ts).await)
        };
        let mut taken = self.of.known(delete).await;
        let copies = |what: &What| matches!(what, What::DrawCard { .. } | What::FollowReport);
        for copy in self.of.stands(copies).filter_map(Remote::read) {
            if matches!(taken, Err(Stopped::Until(_))) {
                break;
            }
            taken = both(taken, self.under(&copy).await);
        }
        match taken {
            Err(Stopped::Until(_)) => taken,
            Ok(()) | Err(Stopped::Never) => both(taken, self.direct(whose).await),
        }
    }

    /// Everything of ours in the thread under a copy, but copies. What was known by name alone is away by now.
    async fn under(&self, copy: &Remote) -> Taken {
        let channel = self.slack.channel_now(&copy.channel);
        let mut arguments = vec![("ts", copy.ts.clone())];
        let mut thread = Vec::new();
        loop {
            let page = match self.read("conversations.replies", &channel, &arguments).await {
                Err(Stopped::Never) if self.of.remembers => return Ok(()),
                page => page?,
            };
            thread.extend(page.messages);
            match page.next.filter(|_| page.more) {
                Some(cursor) => arguments = vec![("ts", copy.ts.clone()), ("cursor", cursor)],
                None => return self.take(&channel, &thread, |_| true).await,
            }
        }
    }

    /// What was written to whoever reported it, as far as it is about this incident.
    async fn direct(&self, whose: &mut Whose) -> Taken {
        let channel = match self.direct_channel(whose.user.as_deref()).await {
            Err(Stopped::Never) if self.of.remembers => None,
            channel => channel?,
        };
        let Some(channel) = channel else { return Ok(()) };
        let since = slack_time(self.of.gone.reported_at - CLOCKS);
        loop {
            let mut arguments = vec![("oldest", since.clone())];
            arguments.extend(whose.read_to.clone().map(|latest| ("latest", latest)));
            let page = self.read("conversations.history", &channel, &arguments).await?;
            self.take(&channel, &page.messages, |message| self.of.is_about(message)).await?;
            // Newest first.
            match page.messages.last().and_then(ts) {
                Some(last) if page.more => whose.read_to = Some(last.to_owned()),
                _ => return Ok(()),
            }
        }
    }

    /// Their own copy stands there; without one, Slack knows where.
    async fn direct_channel(&self, user: Option<&str>) -> Result<Option<String>, Stopped> {
        let copy = self.of.stands_with_reporter().find_map(Remote::read);
        let Some(user) = user.filter(|_| copy.is_none()) else { return Ok(copy.map(|copy| copy.channel)) };
        self.of.may_go_on()?;
        match self.slack.ask("conversations.open", &json!({ "users": user }), self.now()).await {
            Ok(answer) => Ok(answer.pointer("/channel/id").and_then(Value::as_str).map(ToOwned::to_owned)),
            Err(trouble) => Err(self.stopped(None, &trouble)),
        }
    }

    /// Deletes what is ours, of what is looked for.
    async fn take(&self, channel: &str, messages: &[Value], looked_for: impl Fn(&Value) -> bool) -> Taken {
        let Some(home) = self.slack.home() else { return Err(Stopped::Until(self.now() + UNREACHED)) };
        let copies: HashSet<String> = self.of.stands(|_| true).filter_map(Remote::read).map(|copy| copy.ts).collect();
        let is_ours = |message: &&Value| {
            let by_us = message.get("user").and_then(Value::as_str) == Some(&home.bot_user);
            by_us && ts(message).is_some_and(|ts| !copies.contains(ts)) && looked_for(message)
        };
        for ts in messages.iter().filter(is_ours).filter_map(ts) {
            self.delete(channel, ts).await?;
        }
        Ok(())
    }

    async fn read(&self, method: &str, channel: &str, more: &[(&str, String)]) -> Result<Page, Stopped> {
        self.of.may_go_on()?;
        let mut arguments = vec![("channel", channel.to_owned()), ("limit", PAGE.to_string())];
        arguments.extend(more.iter().cloned());
        match self.slack.read(method, LOOKING, &arguments, self.now()).await {
            Ok(page) => Ok(Page::of(&page)),
            Err(Trouble::Said(word)) if GONE.contains(&word.as_str()) => Ok(Page::of(&Value::Null)),
            // Who is not in a public channel may write there, and not read.
            Err(Trouble::Said(word)) if word == "not_in_channel" => Err(Stopped::Never),
            Err(trouble) => Err(self.stopped(Some(channel), &trouble)),
        }
    }

    /// What is not there any more is taken away.
    async fn delete(&self, channel: &str, ts: &str) -> Taken {
        self.of.may_go_on()?;
        let now = self.now();
        self.slack.pace.take(&[("chat.delete", TIER_3)], now).await.map_err(Stopped::Until)?;
        match self.slack.api.post("chat.delete", &json!({ "channel": channel, "ts": ts })).await {
            Ok(_) => Ok(()),
            Err(Trouble::Said(word)) if GONE.contains(&word.as_str()) => Ok(()),
            Err(trouble) => {
                if let Trouble::Limited(wait) = trouble {
                    self.slack.pace.hold("chat.delete", now + wait, now).await;
                }
                Err(self.stopped(Some(channel), &trouble))
            }
        }
    }

    /// What Slack did not do.
    fn stopped(&self, channel: Option<&str>, trouble: &Trouble) -> Stopped {
        let now = self.now();
        match trouble {
            Trouble::Limited(wait) => Stopped::Until(now + *wait),
            Trouble::Unsent | Trouble::Lost => Stopped::Until(now + UNREACHED),
            Trouble::Said(word) if REFUSING.contains(&word.as_str()) => {
                self.slack.fell(Standing::Refused(word.clone()));
                Stopped::Until(now + UNREACHED)
            }
            // A direct message is no channel of shop.toml.
            Trouble::Said(word) => match channel.filter(|channel| !channel.starts_with('D')) {
                Some(channel) if LOST.contains(&word.as_str()) => {
                    self.slack.cannot_write(channel, word, now);
                    Stopped::Until(now + LOST_CHANNEL)
                }
                Some(_) | None => {
                    tracing::error!(target: "shopwatch::slack", word, incident = %self.of.task.incident, "Slack does not take a message away");
                    Stopped::Never
                }
            },
        }
    }

    fn now(&self) -> Moment {
        self.of.app.desk.now()
    }
}

/// What a message is called in its channel.
fn ts(message: &Value) -> Option<&str> {
    message.get("ts").and_then(Value::as_str)
}
