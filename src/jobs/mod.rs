//! What runs by itself: showing what the outbox holds ([`outbox`]), timers of incidents ([`timers`]), the cron table
//! ([`schedule`], [`digest`]), what other replicas have shown ([`elsewhere`]), photos that were sent in chats ([`fetch`]), holds
//! that the vault has to know of ([`holds`]), and photos that go into the vault ([`evidence`]). Each has a `step()`, which is
//! what tests call; [`run`] calls it when there is work.

pub mod digest;
pub mod elsewhere;
pub mod evidence;
pub mod fetch;
mod holds;
pub mod outbox;
pub mod retention;
pub mod schedule;
pub mod timers;
pub mod verify;

use std::time::Duration;

use domain::clock::Moment;
use tokio::time::timeout;

use crate::app::App;
use crate::bell::Ear;
use crate::failure::Failure;

/// How long a worker waits at most before it looks by itself: another replica may have died with work in hand.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// What is due and was not taken is in another replica's hands: it is not asked for without a pause.
const LOOK_SOON: Duration = Duration::from_millis(50);
/// What becomes due within this time after a look is looked at together: it stays far within the second in which everybody
/// has to see it, and a busy shop does not pay for a round of its own for every report.
const TOGETHER: Duration = Duration::from_millis(50);
/// How long a worker waits after a failure; the database needs no hammering.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Runs every job until the app stops. What is being shown at that moment is shown to its end: nobody would know
/// afterwards whether it arrived.
pub async fn run(app: App) {
    let workers = app.chats.iter().map(|client| outbox::work(&app, client));
    // Connections end by themselves: what they have taken in is acknowledged first.
    let connections = app.chats.iter().map(|client| client.stay_connected(&app));
    let others = async {
        tokio::select! {
            _ = async {
                tokio::join!(
                    timers::work(&app),
                    schedule::work(&app),
                    elsewhere::work(&app),
                    fetch::work(&app),
                    evidence::work(&app),
                    add_up(&app),
                )
            } => {}
            () = app.stopping.cancelled() => {}
        }
    };
    tokio::join!(futures_util::future::join_all(workers), futures_util::future::join_all(connections), others);
}

/// Adds up what was counted. Until then every time that was measured is kept, and nobody may ever ask for the figures.
async fn add_up(app: &App) {
    while timeout(LOOK_AGAIN, app.stopping.cancelled()).await.is_err() {
        app.metrics.run_upkeep();
    }
}

/// Lets what comes within a moment be looked at together.
async fn gather(app: &App) {
    drop(timeout(TOGETHER, app.stopping.cancelled()).await);
}

/// Waits until the bell rings or the next thing is due, whichever comes first.
async fn wait(app: &App, ear: &mut Ear, next: &Result<Option<Moment>, Failure>) {
    tokio::select! {
        _ = timeout(until(app, next), ear.hear()) => {}
        () = app.stopping.cancelled() => {}
    }
}

/// Waits until the next thing is due. Timers and the cron table do not need to hear of every commit: a timer that a
/// commit has just set is due later than the next look.
async fn pause(app: &App, next: &Result<Option<Moment>, Failure>) {
    drop(timeout(until(app, next), app.stopping.cancelled()).await);
}

fn until(app: &App, next: &Result<Option<Moment>, Failure>) -> Duration {
    match next {
        Ok(Some(due)) => (*due - app.desk.now()).to_std().unwrap_or_default().clamp(LOOK_SOON, LOOK_AGAIN),
        Ok(None) => LOOK_AGAIN,
        Err(_) => AFTER_FAILURE,
    }
}
