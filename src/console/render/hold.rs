//! The page of an incident's hold.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use domain::incident::Incident;

use super::{Shell, respond};
use crate::app::App;
use crate::console::people::Visit;
use crate::texts::{Msg, keys};

/// What is said of what was done, and the button that can be pressed now.
pub struct Shown<'a> {
    pub lines: Vec<String>,
    pub button: Option<Msg<'a>>,
}

#[derive(Template)]
#[template(path = "hold.html")]
struct Page<'a> {
    shell: Shell<'a>,
    lines: Vec<String>,
    standing: String,
    button: Option<String>,
}

/// How long an incident is kept, and the form that changes that; nothing of what is in it.
pub fn page(app: &App, visit: &Visit, incident: &Incident, status: StatusCode, shown: &Shown<'_>) -> Response {
    let rules = app.desk.rules();
    let voice = app.voice(&rules, visit.manner.locale.as_deref());
    let title = voice.say(&keys::hold_title(incident.reference.as_str()));
    let shell = Shell::visited(app, &voice, visit, title);
    let standing = match &incident.hold {
        Some(hold) => keys::hold_since(voice.day(hold.at)),
        None => keys::hold_kept(voice.day(incident.retain_until)),
    };
    let page = Page {
        lines: shown.lines.iter().map(|line| shell.bidi(line)).collect(),
        standing: shell.say(&standing),
        button: shown.button.as_ref().map(|button| shell.say(button)),
        shell,
    };
    respond(status, &voice, &page)
}
