//! Holds, on a page of their own, and an incident's end before its time: whoever has a say in that sees of the incident how
//! long it is kept, and nothing else.

use axum::Form;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::actor::Actor;
use domain::id::Reference;
use domain::incident::Incident;
use domain::policy::{Action, Denied};
use serde::Deserialize;

use super::answer;
use super::connect::{Fields, called, unreadable};
use super::people::{Visit, Who};
use super::render::{hold as page, pages};
use crate::app::App;
use crate::failure::{Failure, Refusal};
use crate::operations::erase::{self, Came};
use crate::operations::{hold, people};
use crate::texts::keys;

type Params = Path<Vec<(String, String)>>;

/// What somebody who has a say in holds calls an incident.
#[derive(Debug, Deserialize)]
pub struct Named {
    called: String,
}

/// `GET /hold?called=SW-…`: where an incident's hold is, for whoever has a say in holds; whether there is one is said there.
pub async fn find(State(app): State<App>, visit: Visit, named: Result<Query<Named>, QueryRejection>) -> Response {
    let Who::Person(name) = &visit.who else { return pages::not_found(&app, &visit.manner) };
    let concerned = hold::concern(&people::actor(&app.desk, &visit.origin(name)));
    match named.map(|Query(named)| named.called.trim().parse::<Reference>()) {
        Ok(Ok(reference)) if concerned => {
            Redirect::to(&format!("{}/incidents/{reference}/hold", visit.base)).into_response()
        }
        _ => pages::not_found(&app, &visit.manner),
    }
}

/// `GET /incidents/{reference}/hold`: how long it is kept, and the form that changes that.
pub async fn show(State(app): State<App>, visit: Visit, params: Params) -> Response {
    match look(&app, &visit, &params).await {
        Ok((_, actor, incident)) => drawn(&app, &visit, &actor, &incident, StatusCode::OK, Vec::new()),
        Err(response) => response,
    }
}

/// `POST /incidents/{reference}/hold`: somebody places a hold, or lifts the one there is, for a reason.
pub async fn act(State(app): State<App>, visit: Visit, params: Params, fields: Fields) -> Response {
    let (name, actor, incident) = match look(&app, &visit, &params).await {
        Ok(look) => look,
        Err(response) => return response,
    };
    let fields = fields.map(|Form(fields)| fields).unwrap_or_default();
    let asks_for_the_end = fields.iter().any(|(name, _)| name == "erase");
    let reason = fields.into_iter().find(|(name, _)| name == "reason").map(|(_, value)| value).unwrap_or_default();
    if asks_for_the_end {
        return end(&app, &visit, &name, (&actor, &incident), &reason).await;
    }
    let lifts = incident.hold.is_some();
    let done = if lifts {
        Box::pin(hold::lift(&app.desk, &actor, incident.clone(), &reason)).await
    } else {
        Box::pin(hold::place(&app.desk, &actor, incident.clone(), &reason)).await
    };
    match done {
        Ok(after) => {
            app.work.ring();
            let rules = app.desk.rules();
            let voice = app.voice(&rules, visit.manner.locale.as_deref());
            let said = voice.say(&if lifts { keys::hold_lifted() } else { keys::hold_placed() });
            drawn(&app, &visit, &actor, &after, StatusCode::OK, vec![said])
        }
        Err(failure) => {
            let refused = answer::photo_refused(&app, &visit.origin(&name), failure);
            let lines = refused.reply.map(|reply| reply.lines).unwrap_or_default();
            drawn(&app, &visit, &actor, &incident, refused.status, lines)
        }
    }
}

/// Somebody asks for an incident's end before its time, or confirms that.
async fn end(app: &App, visit: &Visit, name: &str, (actor, incident): (&Actor, &Incident), reason: &str) -> Response {
    let said = |key| app.voice(&app.desk.rules(), visit.manner.locale.as_deref()).say(&key);
    match Box::pin(erase::take(&app.desk, actor, incident.clone(), erase::Asked { reason, ..erase::Asked::default() }))
        .await
    {
        Ok(Came::Asked(after)) => {
            app.work.ring();
            drawn(app, visit, actor, &after, StatusCode::OK, vec![said(keys::erase_asked())])
        }
        Ok(Came::Erased(after)) => {
            app.work.ring();
            let shown = page::Shown { lines: vec![said(keys::erase_done())], gone: true, ..page::Shown::default() };
            page::page(app, visit, &after, StatusCode::OK, &shown)
        }
        Err(failure) => {
            let refused = answer::photo_refused(app, &visit.origin(name), failure);
            let lines = refused.reply.map(|reply| reply.lines).unwrap_or_default();
            drawn(app, visit, actor, incident, refused.status, lines)
        }
    }
}

/// The incident of an address, if its holds are this visitor's business; else it does not exist for them here.
async fn look(app: &App, visit: &Visit, params: &Params) -> Result<(String, Actor, Incident), Response> {
    let Who::Person(name) = visit.who.clone() else { return Err(pages::not_found(app, &visit.manner)) };
    let actor = people::actor(&app.desk, &visit.origin(&name));
    let Ok(reference) = called(params).parse() else { return Err(pages::not_found(app, &visit.manner)) };
    if !hold::concern(&actor) {
        return Err(pages::not_found(app, &visit.manner));
    }
    match app.desk.store.incident_named(&reference).await {
        Ok(Some(incident)) if hold::concerns(&actor, &incident) => Ok((name, actor, incident)),
        Ok(_) => Err(pages::not_found(app, &visit.manner)),
        Err(failure) => Err(unreadable(app, visit, &failure)),
    }
}

fn drawn(
    app: &App,
    visit: &Visit,
    actor: &Actor,
    incident: &Incident,
    status: StatusCode,
    mut lines: Vec<String>,
) -> Response {
    let offered = hold::offered(&app.desk, actor, incident);
    if let Err(Failure::Refused(Refusal::Denied(Denied::SamePerson))) = &offered {
        let rules = app.desk.rules();
        let said = app.voice(&rules, visit.manner.locale.as_deref()).say(&keys::hold_other());
        if !lines.contains(&said) {
            lines.push(said);
        }
    }
    let button =
        offered.ok().map(|action| if action == Action::LiftHold { keys::hold_lift() } else { keys::hold_place() });
    let end = erase::offered(&app.desk, actor, incident).ok().filter(|_| !incident.is_held());
    let end = end.map(|confirms| if confirms { keys::erase_confirm() } else { keys::erase_ask() });
    page::page(app, visit, incident, status, &page::Shown { lines, button, end, gone: false })
}
