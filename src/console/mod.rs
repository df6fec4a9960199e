//! The browser console.
pub mod client;

use axum::Router;

use crate::app::App;

/// Its routes.
pub fn routes(_app: &App) -> Router<App> {
    Router::new()
}
