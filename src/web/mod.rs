//! Everything over HTTP: the console's pages, the API, health and metrics, behind the same guards.

pub mod api;
pub mod guard;
pub mod health;
pub mod openapi;
pub mod problem;
pub mod server;
pub mod sessions;

use axum::Router;
use axum::routing::get;

use crate::app::App;
use crate::console;

/// Every route, behind every guard.
pub fn router(app: &App) -> Router {
    let routes = Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .merge(api::routes(app))
        .merge(console::routes(app));
    guard::around(routes, app).with_state(app.clone())
}
