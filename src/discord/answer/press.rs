//! Buttons and selects.

use domain::words::Platform;

use super::super::ids::CustomId;
use super::super::inbound::Arrived;
use super::super::people::{Met, place};
use super::super::render::{self, Asked};
use super::after::direct;
use super::{Answered, Handler};
use crate::chat::card::{CardButton, Reader, draw};
use crate::chat::inbound::{Answers, What};
use crate::chat::press::{Button, Press};
use crate::chats::copies::{for_reporter, standing};
use crate::failure::{Failure, Refusal};
use crate::operations::triage::Enclosed;
use crate::operations::{Outcome, people};
use crate::store::outbox::{Whereabouts, card_key, follow_key};
use crate::texts::keys;

impl Handler<'_> {
    pub(super) async fn component(&self, arrived: &Arrived, id: CustomId, chosen: Vec<String>) -> Answered {
        let Ok(arrived) = &self.in_its_spot(arrived).await else { return self.not_saved(arrived) };
        let private = arrived.on.is_some_and(|on| on.private);
        match id {
            CustomId::Tell(on) => self.set_tells(arrived, on).await,
            CustomId::Report(None) => self.open_report(arrived, None, ""),
            CustomId::Report(Some(_)) | CustomId::Sealed { .. } => self.unknown(arrived),
            CustomId::Press(press) => self.press(arrived, press).await,
            // What was asked in private is answered there.
            _ if !private => self.unknown(arrived),
            CustomId::Sure(press) => {
                let met = self.meet(arrived).await;
                self.act(arrived, &met, press).await
            }
            CustomId::Choose { field, page, press } => self.choose(arrived, field, page, press, chosen).await,
            CustomId::Goods { fate, page, press } => {
                self.asked(arrived, &press, |form, reading| {
                    Answered::ask(&render::goods_modal(form, fate, page, &press, reading.voice))
                })
                .await
            }
            CustomId::Words { page, press } => {
                self.asked(arrived, &press, |form, _| Answered::ask(&render::words_modal(form, page, &press))).await
            }
            CustomId::Page { page, press } => {
                let met = self.meet(arrived).await;
                self.panel(arrived, &met, &press, page, None).await
            }
            CustomId::Loss { .. } => self.unknown(arrived),
        }
    }

    /// Where something was pressed: in a direct message there are copies, which the outbox draws anew, and answers, which
    /// are as private as what only one person sees.
    async fn in_its_spot(&self, arrived: &Arrived) -> Result<Arrived, Failure> {
        let mut there = arrived.clone();
        if let Some(on) = there.on.as_mut().filter(|on| arrived.who.guild.is_none() && !on.private) {
            on.private = self.copy_at(&format!("{}/{}", on.channel, on.message)).await?.is_none();
        }
        Ok(there)
    }

    /// A button of a card.
    async fn press(&self, arrived: &Arrived, press: Press) -> Answered {
        match self.stands_there(arrived, &press).await {
            Ok(true) => {}
            Ok(false) => return self.unknown(arrived),
            Err(_) => return self.not_saved(arrived),
        }
        let met = self.meet(arrived).await;
        if let Some((button, question)) = self.asks_first(&met, arrived, &press).await {
            return Answered::whisper(&render::sure(&button, &question));
        }
        self.act(arrived, &met, press).await
    }

    /// Whether the message that was pressed on is one of this incident's: private, a copy that the outbox put there, or one
    /// that it is just putting there.
    pub(super) async fn stands_there(&self, arrived: &Arrived, press: &Press) -> Result<bool, Failure> {
        let Some(on) = arrived.on else { return Ok(false) };
        if on.private {
            return Ok(true);
        }
        let store = &self.app.desk.store;
        let remote = format!("{}/{}", on.channel, on.message);
        for known in [remote.clone(), format!("{remote}/again")] {
            if let Some(incident) = store.incident_at(Platform::Discord, &known).await? {
                return Ok(incident == press.incident);
            }
        }
        for key in [card_key(press.incident, &place(on.channel)), follow_key(press.incident)] {
            if matches!(store.whereabouts(&key).await?, Whereabouts::UnderWay(_)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The question that a button asks before it acts, for those who may press it.
    async fn asks_first(&self, met: &Met, arrived: &Arrived, press: &Press) -> Option<(CardButton, String)> {
        if !matches!(press.button, Button::Withdraw | Button::Unmerge | Button::Release) {
            return None;
        }
        if let Some(delivery) = &arrived.delivery
            && matches!(self.app.desk.store.delivered(delivery).await, Ok(Some(_)))
        {
            return None;
        }
        let incident = self.app.desk.store.incident(press.incident).await.ok()??;
        let actor = people::actor(&self.app.desk, &met.origin);
        self.reading(&met.origin, &actor, |reading| {
            let card = draw(&incident, Reader::Person(&actor), reading.voice, reading.rules, reading.now)?;
            let button = card.buttons.into_iter().find(|button| button.press.button == press.button)?;
            let question = button.confirm.clone()?;
            Some((CardButton { press: press.clone(), ..button }, question))
        })
    }

    async fn act(&self, arrived: &Arrived, met: &Met, press: Press) -> Answered {
        let (actor, result) = self.receive(met, What::Press(press.clone()), arrived).await;
        if let Some(redrawn) = self.redrawn(arrived, &press, &result).await {
            return redrawn;
        }
        if let Ok(Outcome::Asks { press, .. }) = &result {
            return self.reading(&met.origin, &actor, |reading| {
                let form = reading.reply(&result).form;
                form.map_or_else(
                    || self.unknown(arrived),
                    |form| asked_as(render::step(&form, press, 0, reading.voice)),
                )
            });
        }
        if let Ok(Outcome::Photos { incident, photos }) = &result
            && !photos.is_empty()
        {
            return self.show_photos(arrived, met, &actor, incident.id);
        }
        self.came_of(arrived, met, &actor, &result)
    }

    /// Without the bot's token nothing draws a card anew but the answer to a press on it: one that took effect, or that came
    /// too late for what the card shows.
    pub(super) async fn redrawn(
        &self,
        arrived: &Arrived,
        press: &Press,
        result: &Result<Outcome, Failure>,
    ) -> Option<Answered> {
        let on = arrived.on.filter(|on| !on.private && !self.discord.api.has_token())?;
        let done = matches!(result, Ok(Outcome::Stepped { .. }));
        let late = matches!(result, Err(Failure::Conflict | Failure::Refused(Refusal::Moment(_))));
        if !done && !late {
            return None;
        }
        let incident = self.app.desk.store.incident(press.incident).await.ok()??;
        if late && incident.version == press.version {
            return None;
        }
        let message = match arrived.who.guild {
            Some(_) => standing(self.app, &incident, &place(on.channel)).map(|card| render::card(&card)),
            None => for_reporter(self.app, &incident, render::follow),
        };
        message.map(|message| Answered::redraw(&message))
    }

    /// What came of a step: the card itself shows it; who pressed in private sees it there.
    pub(super) fn came_of(
        &self,
        arrived: &Arrived,
        met: &Met,
        actor: &domain::actor::Actor,
        result: &Result<Outcome, Failure>,
    ) -> Answered {
        let done = matches!(result, Ok(Outcome::Stepped { .. } | Outcome::Reported { .. }));
        let private = arrived.on.is_some_and(|on| on.private);
        if done && !private {
            return Answered::done();
        }
        let message = self
            .reading(&met.origin, actor, |reading| render::reply(&self.reply_of(reading, result), None, reading.voice));
        if done { Answered::redraw(&message) } else { Answered::whisper(&message) }
    }

    /// Something was chosen in a select.
    async fn choose(&self, arrived: &Arrived, field: &str, page: u8, press: Press, chosen: Vec<String>) -> Answered {
        let mut answers = Answers::default();
        answers.0.insert(field.to_owned(), chosen.clone());
        if press.button == Button::Resolve {
            let Some(Ok(outcome)) = chosen.first().map(|word| word.parse()) else { return self.unknown(arrived) };
            return self
                .asked(arrived, &press, |form, _| Answered::ask(&render::loss_modal(form, outcome, &press)))
                .await;
        }
        let met = self.meet(arrived).await;
        if matches!(press.button, Button::Facts | Button::Details) {
            return self.panel(arrived, &met, &press, page, Some(answers)).await;
        }
        let what = What::Submit(press, Enclosed { answers, answered: true, ..Enclosed::default() });
        let (actor, result) = self.receive(&met, what, arrived).await;
        self.came_of(arrived, &met, &actor, &result)
    }

    /// Keeps an answer of a panel, if there is one, and draws the panel as the incident is now.
    pub(super) async fn panel(
        &self,
        arrived: &Arrived,
        met: &Met,
        press: &Press,
        page: u8,
        answers: Option<Answers>,
    ) -> Answered {
        let mut notice = None;
        if let Some(answers) = answers {
            let typed = answers.clone();
            let what = What::Submit(press.clone(), Enclosed { answers, answered: true, ..Enclosed::default() });
            let (actor, result) = self.receive(met, what, arrived).await;
            match result {
                Ok(_) => {}
                // The panel is drawn anew: they see what has changed, and choose again.
                Err(failure @ Failure::Conflict) => {
                    let line = self.reading(&met.origin, &actor, |reading| reading.failure(&failure).lines.join(" "));
                    notice = Some(line);
                }
                Err(failure) => {
                    let said = self.reading(&met.origin, &actor, |reading| self.problems(reading, &failure, &typed));
                    return Answered::whisper(&said);
                }
            }
        }
        // Asking changes nothing: it is no delivery of its own.
        let asking = Arrived { delivery: None, ..arrived.clone() };
        let (actor, result) = self.receive(met, What::Press(press.clone()), &asking).await;
        let Ok(Outcome::Asks { press, .. }) = &result else { return self.came_of(arrived, met, &actor, &result) };
        self.reading(&met.origin, &actor, |reading| {
            let asked = reading.reply(&result).form.map(|form| render::step(&form, press, page, reading.voice));
            match asked {
                Some(Asked::Panel(mut message)) => {
                    if let Some(notice) = &notice {
                        message.text = render::words(std::slice::from_ref(notice)).text.line(&message.text);
                    }
                    Answered::redraw(&message)
                }
                Some(Asked::Modal(_)) | None => self.unknown(arrived),
            }
        })
    }

    /// The form of a button, if they may have it now.
    async fn asked(
        &self,
        arrived: &Arrived,
        press: &Press,
        say: impl FnOnce(&crate::chat::form::Form, &crate::chat::reply::Reading<'_>) -> Answered,
    ) -> Answered {
        let met = self.meet(arrived).await;
        let (actor, result) = self.receive(&met, What::Press(press.clone()), arrived).await;
        if !matches!(result, Ok(Outcome::Asks { .. })) {
            return self.came_of(arrived, &met, &actor, &result);
        }
        self.reading(&met.origin, &actor, |reading| match reading.reply(&result).form {
            Some(form) => say(&form, reading),
            None => self.unknown(arrived),
        })
    }

    /// Turns direct messages on or off: nothing is written to anybody who did not ask for it.
    async fn set_tells(&self, arrived: &Arrived, on: bool) -> Answered {
        let (store, user) = (&self.app.desk.store, arrived.who.user.as_str());
        let met = self.meet(arrived).await;
        let actor = people::actor(&self.app.desk, &met.origin);
        if on && !actor.roles.any() {
            let refused: Result<Outcome, Failure> = Err(Failure::Refused(Refusal::NotFound));
            return self.came_of(arrived, &met, &actor, &refused);
        }
        let reachable = !on || direct(self.app, self.discord, user).await.is_ok();
        let line = match reachable {
            true if self.discord.set_tells(store, user, on).await.is_err() => keys::not_saved(),
            true if on => keys::discord_told_next(),
            true => keys::discord_hushed(),
            false => keys::discord_unreachable_person(),
        };
        Answered::whisper(&self.say(arrived, |reading| render::words(&[reading.voice.say(&line)])))
    }
}

fn asked_as(asked: Asked) -> Answered {
    match asked {
        Asked::Modal(modal) => Answered::ask(&modal),
        Asked::Panel(message) => Answered::whisper(&message),
    }
}
