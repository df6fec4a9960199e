//! Timers of incidents: a moment in the incident's own row, so that they survive anything and stop with the step that
//! stops them.

use super::pause;
use crate::app::App;
use crate::failure::Failure;
use crate::operations::wake;

/// The most incidents woken in one go.
const BATCH_MAX: u64 = 100;

/// Wakes incidents whenever their time has come.
pub async fn work(app: &App) {
    loop {
        match step(app).await {
            Ok(0) => pause(app, &app.desk.store.next_timer().await).await,
            Ok(_) => {}
            Err(failure) => pause(app, &Err(failure)).await,
        }
    }
}

/// Wakes the incidents whose time has come; how many took a step.
pub async fn step(app: &App) -> Result<usize, Failure> {
    let due = app.desk.store.due_timers(app.desk.now(), BATCH_MAX).await?;
    let mut woken = 0;
    for incident in &due {
        if wake::wake(&app.desk, incident).await? {
            woken += 1;
        }
    }
    if woken > 0 {
        app.work.ring();
    }
    Ok(woken)
}
