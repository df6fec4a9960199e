//! The page behind a link to a photo. People come from a chat, without a session: the link is what they show.
//!
//! Looking at the page spends nothing, so that robots which preview links find one button and no photo. Pressing it asks who
//! the link is for, and what they may, as of now.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::get;
use tower_http::limit::RequestBodyLimitLayer;

use super::guard::BODY_MAX;
use super::picture::{NOT_APART, picture};
use crate::app::App;
use crate::console::people::Manner;
use crate::console::render::pages;
use crate::evidence::header::Media;
use crate::failure::Failure;
use crate::operations::link::{self, Link, UNDER};
use crate::operations::people;

/// Nothing on the page runs, and its one form goes nowhere but here. Its origin stays its own, or `'self'` would be nobody.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; \
                      base-uri 'none'; sandbox allow-forms allow-same-origin";

/// The page and its button.
pub fn routes() -> Router<App> {
    Router::new().route("/look/{token}", get(offer).post(show)).route_layer(RequestBodyLimitLayer::new(BODY_MAX))
}

/// `GET /look/{token}`: one button.
async fn offer(State(app): State<App>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let mut manner = Manner::of(&headers);
    let page = match link::read(&app.desk, &token).await {
        Ok(Some((link, works))) => {
            manner.locale = link.locale.or(manner.locale);
            if works { pages::look(&app, &manner, &format!("{UNDER}{token}")) } else { pages::look_gone(&app, &manner) }
        }
        Ok(None) => pages::look_gone(&app, &manner),
        Err(_) => pages::look_not_now(&app, &manner),
    };
    alone(page)
}

/// `POST /look/{token}`: the photo.
async fn show(State(app): State<App>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let mut manner = Manner::of(&headers);
    let link = match link::read(&app.desk, &token).await {
        Ok(Some((link, works))) => {
            manner.locale = link.locale.clone().or(manner.locale);
            works.then_some(link)
        }
        Ok(None) => None,
        Err(_) => return alone(pages::look_not_now(&app, &manner)),
    };
    let Some(link) = link else { return alone(pages::look_gone(&app, &manner)) };
    match Box::pin(spend(&app, &link)).await {
        Ok(jpeg) => picture(Media::Jpeg.as_str().to_owned(), jpeg),
        // Spent a moment ago, or not for them any more: nobody is told which.
        Err(Failure::Refused(_)) => alone(pages::look_gone(&app, &manner)),
        Err(_) => alone(pages::look_not_now(&app, &manner)),
    }
}

async fn spend(app: &App, link: &Link) -> Result<Vec<u8>, Failure> {
    let (origin, certain) = app.who_is(&link.account, link.team.clone()).await?;
    let actor = people::actor(&app.desk, &origin);
    let _hand = app.evidence.hand().await?;
    match link::spend(&app.desk, &app.evidence, &actor, link).await {
        Err(Failure::Refused(_)) if !certain => Err(Failure::Unavailable("a chat did not say who it was")),
        spent => spent,
    }
}

/// The page in a sandbox of its own.
fn alone(mut page: Response) -> Response {
    let headers = page.headers_mut();
    for (name, value) in [(header::CONTENT_SECURITY_POLICY, POLICY), NOT_APART] {
        headers.insert(name, axum::http::HeaderValue::from_static(value));
    }
    page
}
