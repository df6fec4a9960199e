//! How pages look: what was read and answered becomes view structs, and those fill the templates.
//!
//! Nothing here decides anything, and nothing is escaped here: askama escapes whatever a template prints.

pub mod ask;
pub mod boxes;
pub mod card;
pub mod hold;
pub mod incident;
pub mod original;
pub mod pages;
pub mod person;
pub mod reply;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::clock::Moment;
use domain::words::Role;

use super::assets;
use super::bidi::isolate;
use super::people::{Manner, NEIGHBOUR, TRY_OUT, Visit, Who};
use crate::app::App;
use crate::chat::voice::Voice;
use crate::operations::people::display_name;
use crate::texts::{Msg, keys};

/// What stands around every page.
pub struct Shell<'a> {
    pub voice: &'a Voice<'a>,
    /// What the page is about; the shop's name follows.
    pub title: String,
    pub shop: String,
    pub try_out: bool,
    pub framed: bool,
    /// In the try-out: whose screens there are.
    pub tabs: Vec<Tab>,
    /// Who is signed in, with what they are.
    pub person: Option<Person>,
    /// Whether somebody is signed in.
    pub seated: bool,
    /// Where changes are heard.
    pub events: Option<String>,
    /// The person's main page.
    pub home: String,
}

/// A link to somebody's screen.
pub struct Tab {
    pub href: String,
    pub name: String,
    pub role: String,
    pub current: bool,
}

/// A person, and what they are.
pub struct Person {
    pub name: String,
    pub role: String,
}

/// A moment in words, and as machines read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub text: String,
    pub at: Option<String>,
    pub exact: String,
}

impl<'a> Shell<'a> {
    /// Around a page for somebody who may not be signed in.
    pub fn new(app: &App, voice: &'a Voice<'a>, manner: &Manner, title: String) -> Self {
        Self {
            voice,
            title,
            shop: app.desk.rules().shop.name.clone(),
            try_out: app.try_out,
            framed: manner.framed,
            tabs: Vec::new(),
            person: None,
            seated: false,
            events: None,
            home: "/".to_owned(),
        }
    }

    /// Around a page of somebody's visit.
    pub fn visited(app: &App, voice: &'a Voice<'a>, visit: &Visit, title: String) -> Self {
        let person = match &visit.who {
            Who::Person(name) => Some(Person { name: display_name(name), role: roles(app, voice, visit, name) }),
            Who::Neighbour | Who::Everybody => None,
        };
        let tabs = if app.try_out { tabs(app, voice, &visit.base) } else { Vec::new() };
        let events = Some(format!("{}/events", visit.base));
        Self { tabs, person, seated: true, events, home: visit.home(), ..Self::new(app, voice, &visit.manner, title) }
    }

    /// A text, as this page's direction shows it.
    pub fn say(&self, msg: &Msg<'_>) -> String {
        self.bidi(&self.voice.say(msg))
    }

    /// Text of ours in which people's words, references or times may stand.
    pub fn bidi(&self, text: &str) -> String {
        isolate(text, self.voice.direction()).into_owned()
    }

    /// The name of a word.
    pub fn word(&self, family: &str, word: &str) -> String {
        self.bidi(&self.voice.word(family, word))
    }

    /// Where a file of ours is.
    pub fn asset(&self, name: &str) -> String {
        assets::href(name)
    }

    /// The title in the browser's tab.
    pub fn full_title(&self) -> String {
        let shop = self.say(&keys::web_title(self.shop.as_str()));
        if self.title.is_empty() { shop } else { format!("{} · {shop}", self.title) }
    }
}

/// What somebody is, anywhere.
fn roles(app: &App, voice: &Voice<'_>, visit: &Visit, name: &str) -> String {
    let roles = app.desk.rules().roles_of(&visit.origin(name).principals);
    let held = Role::ALL.iter().filter(|role| roles.holds_somewhere(**role));
    held.map(|role| voice.word("role", role.as_str())).collect::<Vec<_>>().join(", ")
}

fn tabs(app: &App, voice: &Voice<'_>, base: &str) -> Vec<Tab> {
    let people = app.desk.rules().console_people();
    let known = TRY_OUT.iter().filter(|name| **name == NEIGHBOUR || people.contains(**name));
    known
        .zip(["staff", "reviewer", NEIGHBOUR])
        .map(|(name, role)| {
            let href = format!("/as/{name}");
            let role = voice.word("pane", role);
            let current = href == base;
            let name = if *name == NEIGHBOUR { voice.say(&keys::web_neighbour()) } else { display_name(name) };
            Tab { href, name, role, current }
        })
        .collect()
}

/// A moment's words with the moment itself.
pub fn said(voice: &Voice<'_>, text: &str, at: Option<Moment>) -> Said {
    Said {
        text: isolate(text, voice.direction()).into_owned(),
        at: at.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
        exact: at.map(|at| voice.exact(at)).unwrap_or_default(),
    }
}

/// A page as a response. Its content depends on who reads it and how: nobody keeps a copy.
pub fn respond(status: StatusCode, voice: &Voice<'_>, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => {
            let headers = [
                (header::CONTENT_LANGUAGE, voice.tag()),
                (header::CACHE_CONTROL, "no-store".to_owned()),
                (header::VARY, "Accept-Language, Cookie, Sec-Fetch-Dest".to_owned()),
            ];
            (status, headers, Html(html)).into_response()
        }
        // Templates are checked when they are compiled; they fail only where there is no memory.
        Err(why) => {
            tracing::error!(target: "shopwatch::console", error = %why, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
