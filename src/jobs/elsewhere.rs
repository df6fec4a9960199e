//! What other replicas have shown: their bells are not heard here, so the store is asked. Only Postgres is shared.

use std::time::Duration;

use domain::clock::Moment;
use tokio::time::timeout;

use crate::app::App;
use crate::failure::Failure;

/// How often the store is asked; pages of this replica are as late as this with what another one has shown.
const ASKED_EVERY: Duration = Duration::from_millis(500);

/// Rings this replica's bell whenever something became visible on any.
pub async fn work(app: &App) {
    if !app.desk.store.is_shared() {
        return;
    }
    let mut seen = None;
    loop {
        // A store that does not answer has shown nothing new; who asks it for work says so in the log.
        drop(step(app, &mut seen).await);
        drop(timeout(ASKED_EVERY, app.stopping.cancelled()).await);
    }
}

/// Rings if something was shown since the last time; says whether.
pub async fn step(app: &App, seen: &mut Option<Moment>) -> Result<bool, Failure> {
    let last = app.desk.store.last_settled().await?;
    let news = last != *seen;
    if news {
        *seen = last;
        app.shown.ring();
    }
    Ok(news)
}
