//! The digest of what waits and hurries nobody: once a day, at the shop's own time, on whichever server is first. It is no
//! line of the cron table, whose times are UTC.

use domain::clock::Moment;

use crate::app::App;
use crate::failure::Failure;
use crate::operations::digest::{last_due, put};
use crate::rules::DIGEST_AT;

/// Its name in `job_run`.
const NAME: &str = "digest";

/// Has the last day's digest be shown if that is due and not done; whether it was done here. A shop without one is gone
/// through as well: what earlier ones listed is taken out of them.
pub async fn step(app: &App, now: Moment) -> Result<bool, Failure> {
    let (desk, rules) = (&app.desk, app.desk.rules());
    let (day, due) = last_due(rules.shop.digest_at.unwrap_or(DIGEST_AT), rules.shop.timezone, now);
    if desk.store.last_run(NAME).await?.is_some_and(|last| last >= due) {
        return Ok(false);
    }
    // First the work, which changes nothing when it is done again; whoever ends in between has not taken it.
    let shown = put(desk, day, due).await?;
    let first = desk.store.take_run(NAME, due, now).await?;
    if first {
        desk.store.finish_run(NAME, due, desk.now()).await?;
        tracing::info!(target: "shopwatch::jobs", chore = NAME, shown, "a scheduled job ran");
        app.work.ring();
    }
    Ok(first)
}
