//! The HTTP API: reports in, incidents out, the same operations as the buttons.
//!
//! Reading order: [`bearer`] (who calls), [`bodies`] and [`fields`] (what they sent), [`reports`], [`incidents`], [`actions`], [`holds`], [`photos`],
//! [`view`] (what they read), [`refusals`] (what they read instead).

pub mod actions;
pub mod bearer;
pub mod bodies;
pub mod fields;
pub mod findings;
pub mod holds;
pub mod idempotency;
pub mod incidents;
pub mod known;
pub mod photos;
pub mod refusals;
pub mod reports;
pub mod timeline;
pub mod view;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::web::{openapi, problem};

/// Where the API stands; another version of it would stand beside.
pub const PREFIX: &str = "/api/v1";

/// What the API's handlers share.
pub struct Api {
    app: App,
    known_keys: bearer::KnownKeys,
    document: Bytes,
}

/// Its routes, which refuse in its own way what they do not know.
pub fn routes(app: &App) -> Router<App> {
    let (router, document) = described();
    let document = Bytes::from(document.to_json().unwrap_or_default());
    let api = Api { app: app.clone(), known_keys: bearer::KnownKeys::default(), document };
    router
        .route("/problems/{kind}", get(problem::explain))
        .method_not_allowed_fallback(refusals::no_such_method)
        .with_state(Arc::new(api))
}

/// The routes and the document that describes them; a route that is not described cannot be added.
fn described() -> (Router<Arc<Api>>, OpenApi) {
    let routes = OpenApiRouter::new()
        .routes(routes!(reports::report))
        .routes(routes!(incidents::list))
        .routes(routes!(incidents::read))
        .routes(routes!(actions::act))
        .routes(routes!(photos::add, photos::list))
        .routes(routes!(photos::look))
        .routes(routes!(document))
        .fallback(refusals::no_such_address);
    OpenApiRouter::with_openapi(openapi::base()).nest(PREFIX, routes).split_for_parts()
}

/// This document.
#[utoipa::path(
    get, path = "/openapi.json", tag = "about", operation_id = "openapi", security(()),
    responses((status = 200, description = "The OpenAPI document.", content_type = "application/json", body = Object)),
)]
async fn document(State(api): State<Arc<Api>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], api.document.clone())
}

#[cfg(test)]
mod tests;
