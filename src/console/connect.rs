//! The handlers of a person's pages. A form is sent to the page it stands on, which answers as itself: without script
//! that is an ordinary page, and loading it again does nothing twice.

use axum::extract::rejection::FormRejection;
use axum::extract::{Path, Query, Request, State};
use axum::response::Response;
use axum::{Extension, Form};

use super::answer::{Answer, act};
use super::gather::{self, Leaf};
use super::people::{Visit, Who};
use super::render::{incident, pages, person};
use super::{compose, inbound};
use crate::app::App;
use crate::chat::reply::Reading;
use crate::failure::Failure;
use crate::operations::people;
use crate::web::deadline::Patience;

pub(super) type Fields = Result<Form<Vec<(String, String)>>, FormRejection>;

/// `GET /`: somebody's page; in the try-out everybody's.
pub async fn show_home(State(app): State<App>, visit: Visit, Query(leaf): Query<Leaf>) -> Response {
    match visit.who.clone() {
        Who::Everybody => pages::everybody(&app, &visit),
        Who::Neighbour => pages::neighbour(&app, &visit),
        Who::Person(name) => Box::pin(home(&app, &visit, &name, &leaf, None)).await,
    }
}

/// `POST /`: somebody does something on their page, perhaps with photos.
pub async fn act_at_home(
    State(app): State<App>,
    visit: Visit,
    Query(leaf): Query<Leaf>,
    Extension(patience): Extension<Patience>,
    request: Request,
) -> Response {
    let Who::Person(name) = visit.who.clone() else { return pages::not_found(&app, &visit.manner) };
    match Box::pin(compose::sent(&app, &visit.origin(&name), &name, &patience, request)).await {
        Ok(answer) => Box::pin(home(&app, &visit, &name, &leaf, Some(answer))).await,
        Err(refused) => refused,
    }
}

/// `GET /incidents/{reference}`: an incident with its timeline.
pub async fn show_incident(State(app): State<App>, visit: Visit, params: Path<Vec<(String, String)>>) -> Response {
    let Who::Person(name) = visit.who.clone() else { return pages::not_found(&app, &visit.manner) };
    Box::pin(whole(&app, &visit, &name, &called(&params), None)).await
}

/// `POST /incidents/{reference}`: somebody does something on an incident's page.
pub async fn act_on_incident(
    State(app): State<App>,
    visit: Visit,
    params: Path<Vec<(String, String)>>,
    fields: Fields,
) -> Response {
    let Who::Person(name) = visit.who.clone() else { return pages::not_found(&app, &visit.manner) };
    let sent = inbound::read(fields.map(|Form(fields)| fields).unwrap_or_default(), &name);
    let answer = Box::pin(act(&app, &visit.origin(&name), sent)).await;
    Box::pin(whole(&app, &visit, &name, &called(&params), Some(answer))).await
}

/// The reference in the address; the try-out's addresses name a person as well.
pub(super) fn called(params: &[(String, String)]) -> String {
    params.iter().find(|(name, _)| name == "reference").map(|(_, value)| value.clone()).unwrap_or_default()
}

async fn home(app: &App, visit: &Visit, name: &str, leaf: &Leaf, answer: Option<Answer>) -> Response {
    let actor = people::actor(&app.desk, &visit.origin(name));
    match gather::lists(&app.desk, &actor, leaf).await {
        Ok(lists) => {
            let rules = app.desk.rules();
            let voice = app.voice(&rules, visit.manner.locale.as_deref());
            let reading = Reading { voice: &voice, rules: &rules, actor: &actor, now: app.desk.now(), site: None };
            person::page(app, visit, &reading, &lists, answer)
        }
        Err(failure) => unreadable(app, visit, &failure),
    }
}

pub(super) async fn whole(app: &App, visit: &Visit, name: &str, called: &str, answer: Option<Answer>) -> Response {
    let actor = people::actor(&app.desk, &visit.origin(name));
    match gather::whole(app, &actor, called).await {
        Ok(Some(whole)) => {
            let rules = app.desk.rules();
            let voice = app.voice(&rules, visit.manner.locale.as_deref());
            let reading = Reading { voice: &voice, rules: &rules, actor: &actor, now: app.desk.now(), site: None };
            incident::page(app, visit, &reading, &whole, answer)
        }
        Ok(None) => pages::not_found(app, &visit.manner),
        Err(failure) => unreadable(app, visit, &failure),
    }
}

/// What was asked for cannot be read now.
pub(super) fn unreadable(app: &App, visit: &Visit, failure: &Failure) -> Response {
    match failure {
        Failure::Broken(why) => pages::broken(app, &visit.manner, why.as_ref()),
        Failure::Unavailable(_) | Failure::Conflict | Failure::Refused(_) => pages::unavailable(app, &visit.manner),
    }
}
