//! The third chat: the built-in one in the browser, which needs no tokens and no other company. Its pages are plain
//! forms and work without script; `assets/console.js` only makes them live.
//!
//! Reading order: [`people`] (who somebody is), [`connect`], [`photos`] and [`holds`] (the handlers), [`compose`] (a report with its photos), [`inbound`] (what a form says), [`answer`]
//! (what becomes of it), [`gather`] (what a page shows), [`render`] (how it looks), [`live`] (how it hears of changes).

mod answer;
mod assets;
mod bidi;
pub mod client;
mod compose;
mod connect;
mod drawn;
mod gather;
mod holds;
pub mod inbound;
mod live;
pub mod people;
mod photos;
pub mod render;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
use crate::web::sessions;

/// The console's pages.
pub fn routes(app: &App) -> Router<App> {
    let panes = Router::new()
        .route("/incidents/{reference}", get(connect::show_incident).post(connect::act_on_incident))
        .route("/incidents/{reference}/photos/{id}", get(photos::show))
        .route("/incidents/{reference}/photos/{id}/boxes", get(photos::boxes).post(photos::draw))
        .route("/incidents/{reference}/photos/{id}/confirm", get(connect::show_incident).post(photos::confirm))
        .route("/incidents/{reference}/photos/{id}/original", post(photos::original))
        .route("/incidents/{reference}/hold", get(holds::show).post(holds::act))
        .route("/hold", get(holds::find))
        .route("/events", get(live::events));
    Router::new()
        .nest("/as/{name}", panes.clone())
        .merge(panes)
        .route("/enter/{token}", get(people::offer).post(people::enter))
        .route("/leave", post(people::leave))
        .layer(axum::Extension(live::Streams::default()))
        .layer(sessions::layer(app))
        // Files are the same for everybody; nobody's session is looked up for them.
        .route("/assets/{version}/{name}", get(assets::serve))
}

/// Where photos come in, which are larger than anything else.
pub fn photo_routes(app: &App) -> Router<App> {
    // The page that a photo was added on is loaded again like any other.
    let photos = get(connect::show_incident).post(photos::add);
    let panes = Router::new().route("/incidents/{reference}/photos", photos);
    Router::new()
        .route("/", get(connect::show_home).post(connect::act_at_home))
        .route("/as/{name}", get(connect::show_home).post(connect::act_at_home))
        .nest("/as/{name}", panes.clone())
        .merge(panes)
        .layer(sessions::layer(app))
}
