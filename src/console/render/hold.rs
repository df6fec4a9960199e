//! The page of an incident's hold.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use domain::incident::Incident;

use super::{Shell, respond};
use crate::app::App;
use crate::console::people::Visit;
use crate::texts::{Msg, keys};

/// What is said of what was done, and the buttons that can be pressed now.
#[derive(Default)]
pub struct Shown<'a> {
    pub lines: Vec<String>,
    pub button: Option<Msg<'a>>,
    /// The button that asks for its end before its time, or confirms that.
    pub end: Option<Msg<'a>>,
    /// Whether it is erased: then nothing is left to say of it.
    pub gone: bool,
}

#[derive(Template)]
#[template(path = "hold.html")]
struct Page<'a> {
    shell: Shell<'a>,
    lines: Vec<String>,
    standing: Option<String>,
    button: Option<String>,
    end: Option<String>,
    waits: Option<String>,
}

/// How long an incident is kept, and the form that changes that; nothing of what is in it.
pub fn page(app: &App, visit: &Visit, incident: &Incident, status: StatusCode, shown: &Shown<'_>) -> Response {
    let rules = app.desk.rules();
    let voice = app.voice(&rules, visit.manner.locale.as_deref());
    let title = voice.say(&keys::hold_title(incident.reference.as_str()));
    let shell = Shell::visited(app, &voice, visit, title);
    let waits = incident.erasure.as_ref().filter(|_| !shown.gone).map(|asked| keys::erase_waits(voice.day(asked.at)));
    let standing = match incident.held_since() {
        _ if shown.gone => None,
        Some(since) => Some(keys::hold_since(voice.day(since))),
        None => Some(keys::hold_kept(voice.day(incident.retain_until))),
    };
    let page = Page {
        lines: shown.lines.iter().map(|line| shell.bidi(line)).collect(),
        standing: standing.as_ref().map(|standing| shell.say(standing)),
        end: shown.end.as_ref().map(|end| shell.say(end)),
        waits: waits.as_ref().map(|waits| shell.say(waits)),
        button: shown.button.as_ref().map(|button| shell.say(button)),
        shell,
    };
    respond(status, &voice, &page)
}
