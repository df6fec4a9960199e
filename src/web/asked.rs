//! What has to be known of a request to refuse it after it is gone; and refusals of the guards, which know no doors, in
//! the way of the door that was knocked at.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::problem::{Kind, MEDIA_TYPE, Problem};
use crate::app::App;
use crate::console::people::Manner;
use crate::console::render::pages;
use crate::texts::{Msg, keys};

/// Whoever asks for something under it is a program.
const PROGRAMS: &str = "/api/";

/// Which door a request came to, and how its sender is spoken to.
pub struct Asked {
    api: bool,
    to_write: bool,
    manner: Manner,
}

/// The number under which the log has what went wrong; travels with an answer.
#[derive(Debug, Clone)]
pub struct Trouble(pub String);

impl Asked {
    /// What is known of this request.
    pub fn of(request: &Request) -> Self {
        let to_write = !matches!(*request.method(), Method::GET | Method::HEAD);
        Self { api: request.uri().path().starts_with(PROGRAMS), to_write, manner: Manner::of(request.headers()) }
    }

    /// "Not now": nothing was saved.
    pub fn not_now(&self, app: &App) -> Response {
        let text = if self.to_write { keys::api_not_saved() } else { keys::api_unavailable() };
        self.refused(app, Kind::Unavailable, &text, pages::unavailable)
    }

    /// A problem document for a program, a page for a person.
    pub fn refused(&self, app: &App, kind: Kind, text: &Msg<'_>, page: fn(&App, &Manner) -> Response) -> Response {
        if self.api { problem(app, &self.manner, kind, text).into_response() } else { page(app, &self.manner) }
    }

    /// Whatever stands before the API refuses as the API does (RFC 9457).
    pub fn in_its_way(&self, app: &App, response: Response) -> Response {
        let told = response.headers().get(header::CONTENT_TYPE) == Some(&HeaderValue::from_static(MEDIA_TYPE));
        if !self.api || told {
            return response;
        }
        let refused = |kind, text: &Msg<'_>| problem(app, &self.manner, kind, text);
        match response.status() {
            StatusCode::FORBIDDEN => refused(Kind::CrossSite, &keys::web_csrf()).into_response(),
            StatusCode::NOT_FOUND => refused(Kind::NotFound, &keys::not_found()).into_response(),
            StatusCode::MISDIRECTED_REQUEST => refused(Kind::Misdirected, &keys::api_misdirected()).into_response(),
            StatusCode::SERVICE_UNAVAILABLE => self.not_now(app),
            StatusCode::INTERNAL_SERVER_ERROR => {
                let Trouble(number) = response.extensions().get().cloned().unwrap_or(Trouble(String::new()));
                refused(Kind::Broken, &keys::broken(number.as_str())).logged_as(number).into_response()
            }
            _ => response,
        }
    }
}

fn problem(app: &App, manner: &Manner, kind: Kind, text: &Msg<'_>) -> Problem {
    let voice = app.voice(&app.desk.rules(), manner.locale.as_deref());
    Problem::new(kind, &voice, voice.say(text))
}
