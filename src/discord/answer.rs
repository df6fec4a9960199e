//! What becomes of what somebody did in Discord: it goes through the single door, and what comes of it is the answer, or is
//! said right after it.

mod after;
mod form;
mod look;
mod message;
mod photos;
mod press;
mod report;
mod said;

use std::time::Duration;

use domain::actor::Actor;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::Discord;
use super::inbound::{Arrived, Deed};
use super::parts::{EPHEMERAL, Message};
use super::people::{Met, stranger};
use crate::app::App;
use crate::chat::inbound::{Inbound, Origin, What};
use crate::chat::reply::{Reading, Reply};
use crate::failure::{Failure, Refusal};
use crate::operations::{Outcome, people};

pub use after::{After, direct};

/// How long anything may take until it is answered: Discord waits for 3 s, and what is left is the way there and, where the
/// first answer did not arrive, the way of a second one; what stands around the doors over HTTP gives up after 2.5 s.
/// <https://discord.com/developers/docs/interactions/receiving-and-responding#responding-to-an-interaction>
pub const ANSWER_DEADLINE: Duration = Duration::from_millis(2_100);
/// How long asking Discord about somebody may take of that.
const MEET_DEADLINE: Duration = Duration::from_secs(1);

/// The kinds of answers. <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object>
const PONG: u8 = 1;
const SAY: u8 = 4;
const THINK: u8 = 5;
const ACKNOWLEDGE: u8 = 6;
const REDRAW: u8 = 7;
const COMPLETE: u8 = 8;
const ASK: u8 = 9;

/// What is said to Discord.
#[derive(Debug, Default)]
pub struct Answered {
    /// The answer to an interaction.
    pub ack: Option<Value>,
    /// Said afterwards.
    pub after: Vec<After>,
    /// A message that was not kept: it is read again later.
    pub again: bool,
}

impl Answered {
    fn of(kind: u8, data: &Value) -> Self {
        Self { ack: Some(json!({ "type": kind, "data": data })), ..Self::default() }
    }

    /// Discord is there, and so are we.
    fn pong() -> Self {
        Self { ack: Some(json!({ "type": PONG })), ..Self::default() }
    }

    /// A word that only one person sees.
    fn whisper(message: &Message) -> Self {
        Self::of(SAY, &message.whispered())
    }

    /// The answer follows; only one person will see it.
    fn thinking() -> Self {
        Self::of(THINK, &json!({ "flags": EPHEMERAL }))
    }

    /// The message that was pressed on, drawn anew.
    fn redraw(message: &Message) -> Self {
        Self::of(REDRAW, &message.body())
    }

    /// Done; what shows it is redrawn by the outbox.
    fn done() -> Self {
        Self { ack: Some(json!({ "type": ACKNOWLEDGE })), ..Self::default() }
    }

    fn ask(modal: &Value) -> Self {
        Self::of(ASK, modal)
    }

    fn complete(choices: &[(String, String)]) -> Self {
        let choices: Vec<Value> = choices.iter().map(|(value, name)| json!({ "name": name, "value": value })).collect();
        Self::of(COMPLETE, &json!({ "choices": choices }))
    }

    fn after(after: After) -> Self {
        Self { after: vec![after], ..Self::default() }
    }

    fn again() -> Self {
        Self { again: true, ..Self::default() }
    }
}

/// Does what somebody did, and says what came of it.
pub async fn answer(app: &App, discord: &Discord, arrived: Arrived) -> Answered {
    let handler = Handler { app, discord };
    let late = arrived.clone();
    match timeout(ANSWER_DEADLINE, Box::pin(handler.handle(arrived))).await {
        Ok(answered) => answered,
        // The future is dropped with what it had begun: a commit that nobody waits for is not made.
        Err(_) => handler.not_saved(&late),
    }
}

/// The answer to what could not be read: it is kept, and whoever did it is told so in English at worst.
pub fn unread(app: &App) -> Answered {
    let rules = app.desk.rules();
    let voice = app.voice(&rules, None);
    Answered::whisper(&super::render::words(&[voice.say(&crate::texts::keys::unknown_press())]))
}

/// The app and the chat, for the length of one answer.
struct Handler<'a> {
    app: &'a App,
    discord: &'a Discord,
}

impl Handler<'_> {
    async fn handle(&self, arrived: Arrived) -> Answered {
        match arrived.deed.clone() {
            Deed::Ping => Answered::pong(),
            Deed::Completing(typed) => self.complete(&arrived, &typed).await,
            Deed::Command { options, photos } => self.command(&arrived, options, photos).await,
            Deed::Message { pointed, text } => self.report_message(&arrived, pointed, &text),
            Deed::Component { id: Ok(id), chosen } => Box::pin(self.component(&arrived, id, chosen)).await,
            Deed::Form { id: Ok(id), answers, doubled: false } => Box::pin(self.form(&arrived, id, answers)).await,
            Deed::Written(written) => Box::pin(self.written(&arrived, written)).await,
            Deed::Component { .. } | Deed::Form { .. } | Deed::Unknown => self.unknown(&arrived),
        }
    }

    /// Who did it, as of now.
    async fn meet(&self, arrived: &Arrived) -> Met {
        let rules = self.app.desk.rules();
        let asking = self.discord.directory.meet(&self.discord.api, &rules, &arrived.who, self.app.desk.now());
        match timeout(MEET_DEADLINE, Box::pin(asking)).await {
            Ok(met) => met,
            Err(_) => Met { origin: stranger(&arrived.who), certain: false },
        }
    }

    /// Through the single door. Whoever could not be asked about is not refused for it: they are told to try again.
    async fn receive(&self, met: &Met, what: What, arrived: &Arrived) -> (Actor, Result<Outcome, Failure>) {
        let inbound = Inbound { what, origin: met.origin.clone(), delivery: arrived.delivery.clone() };
        let (actor, result) = self.app.receive(inbound).await;
        let refused = matches!(result, Err(Failure::Refused(Refusal::Denied(_) | Refusal::NotFound)));
        if refused && !met.certain {
            return (actor, Err(Failure::Unavailable("discord did not say who it was")));
        }
        (actor, result)
    }

    fn reading<T>(&self, origin: &Origin, actor: &Actor, say: impl FnOnce(&Reading<'_>) -> T) -> T {
        let rules = self.app.desk.rules();
        let voice = self.app.voice(&rules, origin.locale.as_deref());
        let site = origin.place.as_ref().and_then(|place| rules.report_site(place));
        say(&Reading { voice: &voice, rules: &rules, actor, now: self.app.desk.now(), site })
    }

    /// Words for somebody about whom nothing has to be asked.
    fn say<T>(&self, arrived: &Arrived, say: impl FnOnce(&Reading<'_>) -> T) -> T {
        let origin = stranger(&arrived.who);
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
