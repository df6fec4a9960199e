//! Everything over HTTP: the console's pages, the API, health and metrics, behind the same guards.

pub mod api;
pub mod asked;
pub mod deadline;
pub mod guard;
pub mod health;
pub mod heard;
pub mod limits;
pub mod look;
pub mod openapi;
pub mod picture;
pub mod problem;
pub mod sender;
pub mod server;
pub mod sessions;
pub mod upload;

use axum::Router;
use axum::routing::get;
use tower_http::limit::RequestBodyLimitLayer;

use crate::app::App;
use crate::{console, discord, slack};

/// Every route, behind every guard.
pub fn router(app: &App) -> Router {
    let routes = Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .merge(api::routes(app))
        // The API counts for itself, to answer with a problem document; so does where photos come in, to answer in words.
        .merge(console::routes(app).layer(RequestBodyLimitLayer::new(guard::BODY_MAX)))
        .merge(console::photo_routes(app));
    let chats = slack::connect::routes(app).merge(discord::connect::routes(app));
    // Whoever has a link comes from anywhere: it is what counts, and not which page it was pressed on.
    guard::around(routes, look::routes(), chats, app).with_state(app.clone())
}
