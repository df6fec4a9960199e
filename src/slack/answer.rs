//! What becomes of what somebody did in Slack: it goes through the single door, and what comes of it is the
//! acknowledgement, or is said right after it.

mod after;
mod look;
mod message;
mod open;
mod photos;
mod said;

use std::sync::Arc;
use std::time::Duration;

use domain::actor::Actor;
use domain::id::IncidentId;
use domain::problems::Problems;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::Slack;
use super::api::Trouble;
use super::inbound::{Arrived, Deed, Spot};
use super::people::{Home, Met};
use super::render::{self, Context};
use crate::app::App;
use crate::chat::filled::beside_fields;
use crate::chat::inbound::{Inbound, Origin, What};
use crate::chat::press::Press;
use crate::chat::reply::{Reading, Reply};
use crate::failure::{Failure, Refusal};
use crate::operations::triage::Enclosed;
use crate::operations::{Outcome, people};
use crate::texts::keys;

pub use after::After;
use after::Said;

/// How long anything may take until it is acknowledged: Slack waits for 3 s, the way there and back is part of them, and
/// the doors over HTTP give up after 2.5 s.
/// <https://docs.slack.dev/interactivity/handling-user-interaction/#acknowledgment_response>
pub const ANSWER_DEADLINE: Duration = Duration::from_millis(2_200);
/// How long asking Slack who somebody is may take of that.
const MEET_DEADLINE: Duration = Duration::from_secs(1);

/// What is said to Slack.
#[derive(Debug, Default)]
pub struct Answered {
    /// The acknowledgement's own content.
    pub ack: Option<Value>,
    /// Said afterwards.
    pub after: Vec<After>,
    /// Not kept, and Slack is to send it again.
    pub again: bool,
}

impl Answered {
    fn with(ack: Value) -> Self {
        Self { ack: Some(ack), ..Self::default() }
    }

    fn after(after: After) -> Self {
        Self { after: vec![after], ..Self::default() }
    }
}

/// Does what somebody did, and says what came of it.
pub async fn answer(app: &App, slack: &Slack, arrived: Arrived) -> Answered {
    let handler = Handler { app, slack };
    let late = arrived.clone();
    match timeout(ANSWER_DEADLINE, Box::pin(handler.handle(arrived))).await {
        Ok(answered) => answered,
        // The future is dropped with what it had begun: a commit that nobody waits for is not made.
        Err(_) => handler.not_saved(&late),
    }
}

/// The app and the chat, for the length of one answer.
struct Handler<'a> {
    app: &'a App,
    slack: &'a Slack,
}

impl Handler<'_> {
    async fn handle(&self, arrived: Arrived) -> Answered {
        let Some(home) = self.slack.home_within(MEET_DEADLINE).await else { return self.not_saved(&arrived) };
        match arrived.deed.clone() {
            Deed::Command(text) => self.command(&home, &arrived, &text).await,
            Deed::Form { message } => self.open_report(&arrived, message).await,
            Deed::Category { view, hash, category, typed, context } => {
                let form = self.report_form(&arrived, category, &context, &typed);
                Answered::after(After::Redraw { view, hash, form })
            }
            Deed::Press(press) => self.press(&home, &arrived, press).await,
            Deed::Report { answers, photos, asked, context } => {
                self.submit(&home, &arrived, What::Filled(answers, photos), &asked, &context).await
            }
            Deed::Submit { press, answers, asked, context } => {
                let what = What::Submit(press, Enclosed { answers, answered: true, ..Enclosed::default() });
                self.submit(&home, &arrived, what, &asked, &context).await
            }
            Deed::UnknownForm { asked } => {
                let line = self.say(&arrived, |reading| reading.voice.say(&keys::unknown_press()));
                Answered::with(errors(&asked, &[(String::new(), line)]))
            }
            Deed::Message(written) => Box::pin(self.message(&home, &arrived, written)).await,
            Deed::Home => Answered::after(After::Publish { who: arrived.who.clone() }),
            Deed::Nothing => Answered::default(),
            Deed::Group(group) => {
                self.slack.directory.forget_group(&group);
                Answered::default()
            }
            Deed::Person(user) => {
                self.slack.directory.forget_person(&user);
                Answered::default()
            }
            // It also comes for tokens that were renewed: whether the one we have is good is asked.
            Deed::Revoked if self.slack.tokens.rotates() => {
                let asked = timeout(MEET_DEADLINE, self.slack.learn_home(&self.app.desk.store)).await;
                if let Ok(Err(Trouble::Said(word))) = asked {
                    self.slack.fell(super::Standing::Refused(word));
                }
                Answered::default()
            }
            Deed::Revoked => {
                self.slack.fell(super::Standing::Refused("token_revoked".to_owned()));
                Answered::default()
            }
            Deed::Moved { from, to } => {
                let moved = self.slack.move_channel(&self.app.desk.store, &from, &to).await;
                Answered { again: moved.is_err(), ..Answered::default() }
            }
        }
    }

    /// Who did it, asked now.
    async fn meet(&self, home: &Arc<Home>, arrived: &Arrived) -> Met {
        let rules = self.app.desk.rules();
        let mut who = arrived.who.clone();
        who.channel = who.channel.map(|channel| self.slack.channel_written(&channel));
        let asking = self.slack.directory.meet(self.slack, home, &rules, &who, self.app.desk.now());
        match timeout(MEET_DEADLINE, asking).await {
            Ok(met) => met,
            Err(_) => Met { origin: self.stranger(arrived), certain: false },
        }
    }

    /// Somebody of whom nothing could be asked, and who therefore may do nothing.
    fn stranger(&self, arrived: &Arrived) -> Origin {
        let user = arrived.who.user.clone();
        Origin {
            account: domain::actor::Account::new(domain::words::Platform::Slack, user.clone()),
            name: arrived.who.name.clone().unwrap_or_else(|| user.clone()),
            principals: std::collections::BTreeSet::new(),
            key: None,
            locale: self.slack.directory.locale(&user),
            place: None,
        }
    }

    /// Through the single door. Whoever could not be asked about is not refused for it: they are told to try again.
    async fn receive(&self, met: &Met, what: What, arrived: &Arrived) -> (Actor, Result<Outcome, Failure>) {
        let inbound = Inbound { what, origin: met.origin.clone(), delivery: arrived.delivery.clone() };
        let (actor, result) = self.app.receive(inbound).await;
        let refused = matches!(result, Err(Failure::Refused(Refusal::Denied(_) | Refusal::NotFound)));
        if refused && !met.certain {
            return (actor, Err(Failure::Unavailable("slack did not say who it was")));
        }
        (actor, result)
    }

    /// `/report` and one line.
    async fn command(&self, home: &Arc<Home>, arrived: &Arrived, text: &str) -> Answered {
        let met = self.meet(home, arrived).await;
        let (actor, result) = self.receive(&met, What::Command(text.to_owned()), arrived).await;
        match &result {
            Ok(Outcome::ReportForm) => self.open_report(arrived, None).await,
            // A line that cannot be kept as it is becomes the form with the same words in it.
            Err(Failure::Refused(Refusal::Problems(_))) => self.open_line(arrived, text).await,
            Err(Failure::Unavailable(_)) => self.words_back(arrived, text),
            _ => {
                let reply =
                    self.reading(&met.origin, &actor, |reading| render::reply(&reading.reply(&result), reading.voice));
                Answered::with(private(&reply))
            }
        }
    }

    /// A button.
    async fn press(&self, home: &Arc<Home>, arrived: &Arrived, press: Result<Press, String>) -> Answered {
        let arrived = &self.in_its_spot(arrived).await;
        let met = self.meet(home, arrived).await;
        let (actor, result) = match press {
            Ok(press) => self.receive(&met, What::Press(press), arrived).await,
            Err(_) => (people::actor(&self.app.desk, &met.origin), Err(Failure::Refused(Refusal::UnknownPress))),
        };
        if let Ok(Outcome::Asks { press, .. }) = &result {
            return self.open_step(arrived, &met, &actor, press, &result).await;
        }
        if let Ok(Outcome::Photos { incident, photos }) = &result
            && !photos.is_empty()
        {
            return self.offer_photos(arrived, &met, &actor, incident, photos);
        }
        let mut answered = Answered::default();
        let done = matches!(result, Ok(Outcome::Stepped { .. } | Outcome::Reported { .. }));
        if done && arrived.spot == Spot::Channel {
            // The card itself is the answer; the outbox redraws every copy.
            return answered;
        }
        if arrived.spot == Spot::Home {
            answered.after.push(After::Publish { who: arrived.who.clone() });
        }
        if !done || matches!(arrived.spot, Spot::Private | Spot::Direct) {
            let message = self
                .reading(&met.origin, &actor, |reading| render::reply(&self.reply_of(reading, &result), reading.voice));
            answered.after.push(self.tell(arrived, message, done));
        }
        answered
    }

    /// Where a button was pressed: in a direct message there are copies, which the outbox draws anew, and answers, which
    /// nobody does.
    async fn in_its_spot(&self, arrived: &Arrived) -> Arrived {
        let direct = arrived.who.channel.as_ref().is_some_and(|channel| channel.starts_with('D'));
        let mut there = arrived.clone();
        if let Some(on) = arrived.on.as_ref().filter(|_| direct && arrived.spot == Spot::Channel) {
            let copy = self.copy_at(on).await;
            there.spot = if matches!(copy, Ok(None)) { Spot::Direct } else { Spot::Channel };
        }
        there
    }

    /// A filled-in form: what is wrong with it stands beside its fields, and nothing typed is lost.
    async fn submit(
        &self,
        home: &Arc<Home>,
        arrived: &Arrived,
        what: What,
        asked: &[String],
        context: &Context,
    ) -> Answered {
        let mut arrived = arrived.clone();
        arrived.who.channel.clone_from(&context.channel);
        let met = self.meet(home, &arrived).await;
        let (actor, result) = self.receive(&met, what, &arrived).await;
        match &result {
            Ok(Outcome::Reported { .. }) => self.received(&met, &actor, &result, &arrived, context),
            Ok(_) if context.channel.is_none() => Answered::after(After::Publish { who: arrived.who.clone() }),
            Ok(_) => Answered::default(),
            Err(failure) => {
                let told = self.reading(&met.origin, &actor, |reading| self.problems(reading, failure));
                Answered::with(errors(asked, &told))
            }
        }
    }

    /// The receipt of a form: where it was opened if that was a channel, else in the form itself.
    fn received(
        &self,
        met: &Met,
        actor: &Actor,
        result: &Result<Outcome, Failure>,
        arrived: &Arrived,
        context: &Context,
    ) -> Answered {
        self.reading(&met.origin, actor, |reading| {
            let reply = reading.reply(result);
            if let Some(channel) = &context.channel {
                let message = render::reply(&reply, reading.voice);
                let said = Said { user: arrived.who.user.clone(), message, about: about(result) };
                return Answered::after(After::Whisper { channel: channel.clone(), said });
            }
            let title = reading.voice.say(&keys::form_report_title());
            let view = render::told_view(&title, &reply.lines, reading.voice);
            Answered::with(json!({ "response_action": "update", "view": view }))
        })
    }

    /// What is wrong, by field; what concerns no field alone has none.
    fn problems(&self, reading: &Reading<'_>, failure: &Failure) -> Vec<(String, String)> {
        let reply = match failure {
            Failure::Refused(Refusal::Problems(problems)) => {
                let beside: Problems = beside_fields(problems.clone(), reading.rules.shop.currency);
                reading.failure(&Failure::Refused(Refusal::Problems(beside)))
            }
            Failure::Refused(_) | Failure::Conflict | Failure::Unavailable(_) | Failure::Broken(_) => {
                self.reply_of_failure(reading, failure)
            }
        };
        if reply.problems.is_empty() {
            return vec![(String::new(), reply.lines.join(" "))];
        }
        reply.problems.into_iter().map(|problem| (problem.field, problem.text)).collect()
    }
}

impl Handler<'_> {
    fn reading<T>(&self, origin: &Origin, actor: &Actor, say: impl FnOnce(&Reading<'_>) -> T) -> T {
        let rules = self.app.desk.rules();
        let voice = self.app.voice(&rules, origin.locale.as_deref());
        let site = origin.place.as_ref().and_then(|place| rules.report_site(place));
        say(&Reading { voice: &voice, rules: &rules, actor, now: self.app.desk.now(), site })
    }

    /// Words for somebody about whom nothing has to be asked.
    fn say<T>(&self, arrived: &Arrived, say: impl FnOnce(&Reading<'_>) -> T) -> T {
        let origin = self.stranger(arrived);
        let actor = people::actor(&self.app.desk, &origin);
        self.reading(&origin, &actor, say)
    }

    fn reply_of(&self, reading: &Reading<'_>, result: &Result<Outcome, Failure>) -> Reply {
        match result {
            Ok(_) => reading.reply(result),
            Err(failure) => self.reply_of_failure(reading, failure),
        }
    }
}

/// The incident that an answer is about.
fn about(result: &Result<Outcome, Failure>) -> Option<IncidentId> {
    result.as_ref().ok().and_then(Outcome::incident).map(|incident| incident.id)
}

/// A message that only this person sees.
pub fn private(message: &super::blocks::Message) -> Value {
    let mut arguments = message.arguments();
    super::blocks::put(&mut arguments, "response_type", json!("ephemeral"));
    arguments
}

/// Problems beside the questions of a modal; those of no question stand at the first one.
fn errors(asked: &[String], problems: &[(String, String)]) -> Value {
    let first = asked.first().cloned().unwrap_or_default();
    let mut errors: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
    for (field, text) in problems {
        let field = if asked.contains(field) { field.clone() } else { first.clone() };
        let told = errors.entry(field).or_default();
        if !told.is_empty() {
            told.push(' ');
        }
        told.push_str(text);
    }
    json!({ "response_action": "errors", "errors": errors })
}
