//! What becomes of what somebody sent: it goes through the single door, and what comes of it is put as an answer that
//! a page can show.

mod line;
mod photo;
mod photos;

use axum::http::StatusCode;
use domain::incident::Incident;
use domain::incident::verb::WrongMoment;
use domain::problems::Problems;

use super::inbound::{Said, Sent};
use crate::app::App;
use crate::chat::card::{Reader, draw};
use crate::chat::filled::beside_fields;
use crate::chat::form::Form;
use crate::chat::inbound::{Answers, Inbound, Origin, What};
use crate::chat::press::{Button, Press};
use crate::chat::reply::{FieldProblem, Reading, Reply, Tone};
use crate::failure::{Failure, Refusal};
use crate::operations::triage::Enclosed;
use crate::operations::{Outcome, people};
use crate::store::Delivery;
use crate::texts::keys;

pub use photo::{mask_changed, mask_confirmed, photo_added, photo_refused};
pub use photos::{NotKept, Opening, Photos, made, none_kept, open, photos_added};

/// What a page says to what was sent.
#[derive(Debug, Default)]
pub struct Answer {
    pub status: StatusCode,
    pub reply: Option<Reply>,
    pub asked: Option<Asked>,
    pub sure: Option<Sure>,
    /// What stands in the composer afterwards, where that is not what stands there at first.
    pub line: Option<String>,
    /// Which photos were not kept, beside what was.
    pub beside: Vec<String>,
    /// Whether photos came that have to be chosen again.
    pub again: bool,
}

/// A form, perhaps one that was filled in before.
#[derive(Debug)]
pub struct Asked {
    pub form: Form,
    pub typed: Option<Answers>,
    /// Said above it.
    pub lead: Vec<String>,
    pub problems: Vec<FieldProblem>,
}

/// Asked before a button acts.
#[derive(Debug)]
pub struct Sure {
    pub press: Press,
    pub text: String,
    pub label: String,
}

/// Some lines and nothing else.
fn lines(tone: Tone, lines: Vec<String>) -> Reply {
    Reply { tone, lines, card: None, form: None, preview: None, buttons: Vec::new(), problems: Vec::new() }
}

impl Answer {
    fn saying(status: StatusCode, reply: Reply) -> Self {
        Self { status, reply: Some(reply), ..Self::default() }
    }

    fn asking(status: StatusCode, asked: Asked) -> Self {
        Self { status, asked: Some(asked), ..Self::default() }
    }
}

/// Does what was sent, and puts the answer.
pub async fn act(app: &App, origin: &Origin, sent: Sent) -> Answer {
    let Sent { said, delivery } = sent;
    match said {
        Said::Line(line) => Box::pin(line::said(app, origin, &line, delivery)).await,
        Said::Report(answers) => Box::pin(reported(app, origin, answers, delivery)).await,
        Said::Press { press, sure } => match to_be_sure(app, origin, &press).await.filter(|_| !sure) {
            Some(sure) => Answer { sure: Some(sure), ..Answer::default() },
            None => Box::pin(pressed(app, origin, press, None, delivery)).await,
        },
        Said::Submit { press, answers } => Box::pin(pressed(app, origin, press, Some(answers), delivery)).await,
        Said::Unknown => plain(app, origin, &Err(Failure::Refused(Refusal::UnknownPress))),
    }
}

/// A filled-in report.
async fn reported(app: &App, origin: &Origin, answers: Answers, delivery: Option<Delivery>) -> Answer {
    let what = What::Filled(answers.clone(), Vec::new());
    let result = app.receive(Inbound { what, origin: origin.clone(), delivery }).await.1;
    of_form(app, origin, answers, result)
}

/// What came of a filled-in report; what was typed is never lost.
fn of_form(app: &App, origin: &Origin, answers: Answers, result: Result<Outcome, Failure>) -> Answer {
    match result {
        Err(Failure::Refused(Refusal::Problems(problems))) => told(app, origin, |reading| {
            let mut asked =
                Asked { form: reading.report_form(), typed: Some(answers), lead: Vec::new(), problems: Vec::new() };
            asked.refuse(reading, problems);
            Answer::asking(StatusCode::UNPROCESSABLE_ENTITY, asked)
        }),
        Err(Failure::Unavailable(_)) => told(app, origin, |reading| {
            let lead = reading.reply(&result).lines;
            let asked = Asked { form: reading.report_form(), typed: Some(answers), lead, problems: Vec::new() };
            Answer::asking(StatusCode::SERVICE_UNAVAILABLE, asked)
        }),
        result => plain(app, origin, &result),
    }
}

/// A button, or the form that one opened.
async fn pressed(
    app: &App,
    origin: &Origin,
    press: Press,
    answers: Option<Answers>,
    delivery: Option<Delivery>,
) -> Answer {
    let what = match &answers {
        None => What::Press(press.clone()),
        Some(answers) => {
            let enclosed = Enclosed { answers: answers.clone(), answered: true, ..Enclosed::default() };
            What::Submit(press.clone(), enclosed)
        }
    };
    let (_, result) = app.receive(Inbound { what, origin: origin.clone(), delivery }).await;
    let refused =
        matches!(result, Err(Failure::Refused(Refusal::Problems(_) | Refusal::Moment(_) | Refusal::Denied(_))));
    if !refused && !matches!(result, Err(Failure::Unavailable(_) | Failure::Conflict)) {
        return plain(app, origin, &result);
    }
    let incident = match app.desk.store.incident(press.incident).await {
        Ok(Some(incident)) => incident,
        Ok(None) => return plain(app, origin, &Err(Failure::NOT_FOUND)),
        Err(failure) => return plain(app, origin, &Err(failure)),
    };
    told(app, origin, |reading| match (&result, reading.form_again(&press, &incident)) {
        (Err(Failure::Conflict), form) => overtaken(reading, &incident, form.filter(|_| answers.is_some()), answers),
        (Err(Failure::Refused(Refusal::Problems(problems))), Some(form)) => {
            let mut asked = Asked { form, typed: answers, lead: Vec::new(), problems: Vec::new() };
            asked.refuse(reading, problems.clone());
            Answer::asking(StatusCode::UNPROCESSABLE_ENTITY, asked)
        }
        (Err(Failure::Unavailable(_)), Some(form)) => {
            let asked = Asked { form, typed: answers, lead: reading.reply(&result).lines, problems: Vec::new() };
            Answer::asking(StatusCode::SERVICE_UNAVAILABLE, asked)
        }
        _ => Answer::saying(status(&result), with_way_on(reading, &result, &incident)),
    })
}

/// A refusal with the incident it is about and, where facts are missing, the button that completes them.
fn with_way_on(reading: &Reading<'_>, result: &Result<Outcome, Failure>, incident: &Incident) -> Reply {
    let card = draw(incident, Reader::Person(reading.actor), reading.voice, reading.rules, reading.now);
    let missing = matches!(result, Err(Failure::Refused(Refusal::Moment(WrongMoment::Missing(_)))));
    let buttons = card.iter().flat_map(|card| &card.buttons);
    let buttons = buttons.filter(|button| missing && button.press.button == Button::Facts).cloned().collect();
    Reply { card, buttons, ..reading.reply(result) }
}

/// Somebody was faster. What was typed is offered again on the new state, if the button still stands there.
fn overtaken(reading: &Reading<'_>, incident: &Incident, form: Option<Form>, typed: Option<Answers>) -> Answer {
    let reply = reading.changed(incident);
    let stands = |press: &Press| {
        reply.card.iter().flat_map(|card| &card.buttons).any(|button| button.press.button == press.button)
    };
    let form = form.filter(|form| form.press.as_ref().is_some_and(stands));
    match form {
        Some(form) => {
            let press = form.press.clone().map(|press| Press { version: incident.version, ..press });
            let asked = Asked { form: Form { press, ..form }, typed, lead: reply.lines, problems: Vec::new() };
            Answer::asking(StatusCode::CONFLICT, asked)
        }
        None => Answer::saying(StatusCode::CONFLICT, reply),
    }
}

/// What is asked before this button acts; none if it acts at once, or is not this person's to press: then the press
/// itself says so.
async fn to_be_sure(app: &App, origin: &Origin, press: &Press) -> Option<Sure> {
    let incident = app.desk.store.incident(press.incident).await.ok().flatten()?;
    let rules = app.desk.rules();
    let actor = people::actor(&app.desk, origin);
    let voice = app.voice(&rules, origin.locale.as_deref());
    let card = draw(&incident, Reader::Person(&actor), &voice, &rules, app.desk.now())?;
    let button = card.buttons.into_iter().find(|button| button.press.button == press.button)?;
    Some(Sure { press: press.clone(), text: button.confirm?, label: button.label })
}

/// An answer in the reader's words.
fn told(app: &App, origin: &Origin, answer: impl FnOnce(&Reading<'_>) -> Answer) -> Answer {
    let rules = app.desk.rules();
    let actor = people::actor(&app.desk, origin);
    let voice = app.voice(&rules, origin.locale.as_deref());
    answer(&Reading { voice: &voice, rules: &rules, actor: &actor, now: app.desk.now(), site: None })
}

/// The answer that every chat gives.
fn plain(app: &App, origin: &Origin, result: &Result<Outcome, Failure>) -> Answer {
    told(app, origin, |reading| {
        let mut reply = reading.reply(result);
        if let Err(Failure::Broken(why)) = result {
            reply.lines = vec![reading.voice.say(&keys::broken(trouble(app, why.as_ref())))];
        }
        let form = reply.form.take();
        let asked = form.map(|form| Asked { form, typed: None, lead: Vec::new(), problems: Vec::new() });
        let reply = asked.is_none().then_some(reply);
        Answer { status: status(result), reply, asked, ..Answer::default() }
    })
}

/// A number for something broken: the person tells it, the log has it beside the cause.
pub fn trouble(app: &App, why: &(dyn std::error::Error + Send + Sync)) -> String {
    let number = format!("{:08X}", app.desk.ids.draw());
    tracing::error!(target: "shopwatch::console", number, error = %why, "somebody was told this number");
    number
}

fn status(result: &Result<Outcome, Failure>) -> StatusCode {
    match result {
        Ok(_) => StatusCode::OK,
        Err(Failure::Conflict) => StatusCode::CONFLICT,
        Err(Failure::Unavailable(_)) => StatusCode::SERVICE_UNAVAILABLE,
        Err(Failure::Broken(_)) => StatusCode::INTERNAL_SERVER_ERROR,
        Err(Failure::Refused(refusal)) => match refusal {
            Refusal::Problems(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::Denied(_) => StatusCode::FORBIDDEN,
            Refusal::Moment(_) | Refusal::KeyReused => StatusCode::CONFLICT,
            Refusal::NotFound => StatusCode::NOT_FOUND,
            Refusal::UnknownPress => StatusCode::BAD_REQUEST,
        },
    }
}

impl Asked {
    /// With what has to change.
    fn refuse(&mut self, reading: &Reading<'_>, problems: Problems) {
        let refusal = Failure::Refused(Refusal::Problems(beside_fields(problems, reading.rules.shop.currency)));
        let reply = reading.failure(&refusal);
        self.lead = reply.lines;
        self.problems = reply.problems;
    }
}
