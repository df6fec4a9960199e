//! Who somebody is: one-time links, sessions, and in the try-out whose screen a pane shows.

use axum::extract::{FromRequestParts, Path, RawPathParams, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::TimeDelta;
use tower_sessions::Session;
use tower_sessions::session::Id;

use super::render::pages;
use crate::app::App;
use crate::chat::inbound::Origin;
use crate::cli::enter::EVERYBODY;
use crate::failure::Failure;
use crate::operations::people::console_origin;

/// The people of the try-out, in the order of their panes.
pub const TRY_OUT: [&str; 3] = ["amal", "noor", NEIGHBOUR];
/// Somebody outside who reads alerts; no person of the rules.
pub const NEIGHBOUR: &str = "neighbour";
/// Pages that fetch themselves say so with this header: that is not somebody doing something.
const LIVE: &str = "shopwatch-live";
/// A session in use is prolonged at most so often; each time is a write.
const PROLONGED_EVERY: TimeDelta = TimeDelta::minutes(10);
/// Where a session keeps for whom it is, and when that was last prolonged.
const SEAT: &str = "seat";
const SEEN: &str = "seen";

/// How somebody's browser wants pages.
#[derive(Debug, Clone, Default)]
pub struct Manner {
    /// What it says in `Accept-Language`.
    pub locale: Option<String>,
    /// Whether the page stands inside another one.
    pub framed: bool,
    /// Whether the browser came from another site or from nowhere, where our cookie is not sent along.
    pub from_outside: bool,
}

/// Whose page it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A console person of the rules.
    Person(String),
    /// The neighbour of the try-out.
    Neighbour,
    /// Whoever tries it out, before choosing a person.
    Everybody,
}

/// Somebody who is signed in, and what they look at.
#[derive(Debug, Clone)]
pub struct Visit {
    pub session: Id,
    pub who: Who,
    /// What stands before every address: nothing, or `/as/amal` in the try-out.
    pub base: String,
    pub manner: Manner,
}

impl Visit {
    /// Where a person's doings come from.
    pub fn origin(&self, name: &str) -> Origin {
        console_origin(name, self.manner.locale.clone())
    }

    /// The address of their main page.
    pub fn home(&self) -> String {
        if self.base.is_empty() { "/".to_owned() } else { self.base.clone() }
    }
}

impl Manner {
    /// As the request's headers say.
    pub fn of(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            locale: text(header::ACCEPT_LANGUAGE.as_str()).map(ToOwned::to_owned),
            framed: matches!(text("sec-fetch-dest"), Some("iframe" | "frame")),
            from_outside: matches!(text("sec-fetch-site"), Some("cross-site" | "same-site")),
        }
    }
}

impl FromRequestParts<App> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let manner = Manner::of(&parts.headers);
        let asked = RawPathParams::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        let pane = asked.iter().find(|(name, _)| *name == "name").map(|(_, value)| value.to_owned());
        let session = Session::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        let live = parts.headers.contains_key(LIVE) || parts.uri.path().ends_with("/events");
        let (id, seat) = match seat(app, &session, live).await {
            Ok(Some(seated)) => seated,
            Ok(None) => return Err(pages::sign_in(app, &manner, parts.uri.path())),
            Err(_) => return Err(pages::unavailable(app, &manner)),
        };
        match whose(app, &seat, pane.as_deref()) {
            Some((who, base)) => Ok(Self { session: id, who, base, manner }),
            None => Err(pages::not_found(app, &manner)),
        }
    }
}

/// Whose page it is, for somebody with this seat; none if there is no such page for them.
fn whose(app: &App, seat: &str, pane: Option<&str>) -> Option<(Who, String)> {
    match (seat, pane) {
        (EVERYBODY, None) => Some((Who::Everybody, String::new())),
        (EVERYBODY, Some(NEIGHBOUR)) => Some((Who::Neighbour, format!("/as/{NEIGHBOUR}"))),
        (EVERYBODY, Some(name)) if is_person(app, name) => Some((Who::Person(name.to_owned()), format!("/as/{name}"))),
        (name, None) => Some((Who::Person(name.to_owned()), String::new())),
        (_, Some(_)) => None,
    }
}

fn is_person(app: &App, name: &str) -> bool {
    app.desk.rules().console_people().contains(name)
}

/// Whether a link or a session for this name is worth anything now: the rules may have changed since.
fn may_sit(app: &App, name: &str) -> bool {
    if name == EVERYBODY { app.try_out } else { is_person(app, name) }
}

/// Who is signed in with this session, if anybody is.
async fn seat(app: &App, session: &Session, live: bool) -> Result<Option<(Id, String)>, Failure> {
    let unread = |_| Failure::Unavailable("session");
    let seat: Option<String> = session.get(SEAT).await.map_err(unread)?;
    let (Some(seat), Some(id)) = (seat.filter(|name| may_sit(app, name)), session.id()) else { return Ok(None) };
    let now = app.desk.now().timestamp();
    let seen: i64 = session.get(SEEN).await.map_err(unread)?.unwrap_or_default();
    if !live && now - seen >= PROLONGED_EVERY.num_seconds() {
        session.insert(SEEN, now).await.map_err(unread)?;
    }
    Ok(Some((id, seat)))
}

/// `GET /enter/{token}`: for whom the link is, and one button. Looking at it spends nothing.
pub async fn offer(State(app): State<App>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let manner = Manner::of(&headers);
    match app.desk.store.link_for(&token, app.desk.now()).await {
        Ok(Some(name)) if may_sit(&app, &name) => pages::enter(&app, &manner, &token, &name),
        Ok(_) => pages::link_gone(&app, &manner),
        Err(_) => pages::unavailable(&app, &manner),
    }
}

/// `POST /enter/{token}`: spends the link and begins a session.
pub async fn enter(
    State(app): State<App>,
    Path(token): Path<String>,
    headers: HeaderMap,
    session: Session,
) -> Response {
    let manner = Manner::of(&headers);
    match app.desk.store.spend_link(&token, app.desk.now()).await {
        Ok(Some(name)) if may_sit(&app, &name) => match begin(&app, &session, &name).await {
            Ok(()) => Redirect::to("/").into_response(),
            Err(_) => pages::unavailable(&app, &manner),
        },
        Ok(_) => pages::link_gone(&app, &manner),
        Err(_) => pages::unavailable(&app, &manner),
    }
}

/// Begins a session under a new id, so that nobody sits in one that they were handed.
async fn begin(app: &App, session: &Session, name: &str) -> Result<(), tower_sessions::session::Error> {
    session.cycle_id().await?;
    session.insert(SEAT, name).await?;
    session.insert(SEEN, app.desk.now().timestamp()).await
}

/// `POST /leave`: ends the session.
pub async fn leave(State(app): State<App>, headers: HeaderMap, session: Session) -> Response {
    match session.flush().await {
        Ok(()) => (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response(),
        Err(_) => pages::unavailable(&app, &Manner::of(&headers)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_that_it_is_framed_and_from_where_its_reader_came() {
        let mut headers = HeaderMap::new();
        headers.insert("sec-fetch-dest", "iframe".parse().unwrap());
        headers.insert("sec-fetch-site", "same-origin".parse().unwrap());
        headers.insert("accept-language", "ur,en;q=0.5".parse().unwrap());
        let manner = Manner::of(&headers);
        assert!(manner.framed);
        assert!(!manner.from_outside);
        assert_eq!(manner.locale.as_deref(), Some("ur,en;q=0.5"));
    }
}
