//! The pages that belong to nobody: signing in, what is not there, what went wrong; and the try-out's first page.

use std::error::Error;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::{Shell, respond};
use crate::app::App;
use crate::cli::enter::EVERYBODY;
use crate::console::answer::trouble;
use crate::console::people::{Manner, Visit};
use crate::operations::people::display_name;
use crate::texts::{Msg, keys};

/// A heading, some lines, and perhaps one thing to do.
#[derive(Template)]
#[template(path = "message.html")]
struct Message<'a> {
    shell: Shell<'a>,
    lines: Vec<String>,
    action: Option<Action>,
}

/// The one thing to do on a page.
enum Action {
    /// A button that changes something.
    Press { href: String, label: String },
    /// A link.
    Go { href: String, label: String },
}

#[derive(Template)]
#[template(path = "panes.html")]
struct Panes<'a> {
    shell: Shell<'a>,
}

#[derive(Template)]
#[template(path = "neighbour.html")]
struct Neighbour<'a> {
    shell: Shell<'a>,
    area: String,
}

fn message(
    app: &App,
    manner: &Manner,
    status: StatusCode,
    title: &Msg<'_>,
    lines: &[Msg<'_>],
    action: Option<Action>,
) -> Response {
    let rules = app.desk.rules();
    let voice = app.voice(&rules, manner.locale.as_deref());
    let shell = Shell::new(app, &voice, manner, voice.say(title));
    let lines = lines.iter().map(|line| shell.say(line)).collect();
    respond(status, &voice, &Message { shell, lines, action })
}

/// For whom a link is, and the button that spends it.
pub fn enter(app: &App, manner: &Manner, token: &str, name: &str) -> Response {
    let rules = app.desk.rules();
    let voice = app.voice(&rules, manner.locale.as_deref());
    let intro = if name == EVERYBODY { keys::web_enter_tryout() } else { keys::web_enter_intro(display_name(name)) };
    let action = Action::Press { href: format!("/enter/{token}"), label: voice.say(&keys::web_enter_press()) };
    message(app, manner, StatusCode::OK, &keys::web_enter_title(), &[intro], Some(action))
}

/// The same for a link that was spent, is too old, or never was.
pub fn link_gone(app: &App, manner: &Manner) -> Response {
    message(app, manner, StatusCode::NOT_FOUND, &keys::web_enter_gone_title(), &[keys::web_enter_gone()], None)
}

/// One button, behind which is a photo.
pub fn look(app: &App, manner: &Manner, href: &str) -> Response {
    let rules = app.desk.rules();
    let voice = app.voice(&rules, manner.locale.as_deref());
    let action = Action::Press { href: href.to_owned(), label: voice.say(&keys::look_press()) };
    message(app, manner, StatusCode::OK, &keys::look_title(), &[keys::look_intro()], Some(action))
}

/// The same for a link to a photo that was spent, is too old, never was, or is not for this person any more.
pub fn look_gone(app: &App, manner: &Manner) -> Response {
    message(app, manner, StatusCode::NOT_FOUND, &keys::look_gone_title(), &[keys::look_gone()], None)
}

/// A photo cannot be had now; its link still works.
pub fn look_not_now(app: &App, manner: &Manner) -> Response {
    let title = keys::web_unavailable_title();
    message(app, manner, StatusCode::SERVICE_UNAVAILABLE, &title, &[keys::look_not_now()], None)
}

/// For somebody who is not signed in. A browser that comes from another site does not show its cookie: a link from
/// here does.
pub fn sign_in(app: &App, manner: &Manner, path: &str) -> Response {
    let rules = app.desk.rules();
    let voice = app.voice(&rules, manner.locale.as_deref());
    let again = Action::Go { href: path.to_owned(), label: voice.say(&keys::web_continue()) };
    let again = Some(again).filter(|_| manner.from_outside);
    message(app, manner, StatusCode::UNAUTHORIZED, &keys::web_sign_in_title(), &[keys::web_sign_in()], again)
}

/// The same for what does not exist and for what is not for this person.
pub fn not_found(app: &App, manner: &Manner) -> Response {
    message(app, manner, StatusCode::NOT_FOUND, &keys::web_not_found_title(), &[keys::web_not_found()], None)
}

/// The database does not answer.
pub fn unavailable(app: &App, manner: &Manner) -> Response {
    let title = keys::web_unavailable_title();
    message(app, manner, StatusCode::SERVICE_UNAVAILABLE, &title, &[keys::web_unavailable()], None)
}

/// Somebody has as much under way as one may have.
pub fn too_many(app: &App, manner: &Manner) -> Response {
    let title = keys::web_too_many_title();
    message(app, manner, StatusCode::TOO_MANY_REQUESTS, &title, &[keys::web_too_many()], None)
}

/// Our mistake, with a number that stands in the log beside the cause.
pub fn broken(app: &App, manner: &Manner, why: &(dyn Error + Send + Sync)) -> Response {
    let line = keys::broken(trouble(app, why));
    message(app, manner, StatusCode::INTERNAL_SERVER_ERROR, &keys::web_broken_title(), &[line], None)
}

/// The try-out's first page: all its people at once where there is room, else links to them.
pub fn everybody(app: &App, visit: &Visit) -> Response {
    let rules = app.desk.rules();
    let voice = app.voice(&rules, visit.manner.locale.as_deref());
    let shell = Shell::visited(app, &voice, visit, String::new());
    respond(StatusCode::OK, &voice, &Panes { shell })
}

/// The neighbour's page in the try-out.
pub fn neighbour(app: &App, visit: &Visit) -> Response {
    let rules = app.desk.rules();
    let voice = app.voice(&rules, visit.manner.locale.as_deref());
    let area = rules.sites.first().map(|site| site.area.clone()).unwrap_or_default();
    let shell = Shell::visited(app, &voice, visit, voice.say(&keys::web_alerts()));
    respond(StatusCode::OK, &voice, &Neighbour { shell, area })
}
