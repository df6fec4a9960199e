//! Photos that were sent in chats are fetched from there and kept. What goes wrong for a while is done again, as long as it
//! takes; what will never go right is told.

use chrono::TimeDelta;
use domain::incident::Incident;
use domain::report::{Attached, PHOTOS_MAX};
use domain::words::{NotTaken, Platform};
use futures_util::stream::{FuturesUnordered, StreamExt as _};

use super::outbox::later;
use super::{gather, holds, wait};
use crate::app::App;
use crate::evidence::fetch::{Had, NotHad};
use crate::failure::Failure;
use crate::operations::sent::{self, Came};
use crate::store::outbox::{LeaseRequest, Leased, Settled, Settlement, What};

/// How many photos are fetched at the same time.
const AT_ONCE: usize = 4;
/// After so long nobody believes any more that a photo will come; chats that were away for so long have lost more than it.
const GIVEN_UP_AFTER: TimeDelta = TimeDelta::days(7);
/// So often a photo is tried for which the machine had no time. With the waits between them, which grow to five minutes,
/// that is two hours: longer than a shop's machine has other things to do, and no file keeps us busy for ever by standing
/// still.
pub const READINGS_MAX: u32 = 30;

/// Fetches photos whenever there are some.
pub async fn work(app: &App) {
    let mut ear = app.work.listen();
    let mut hands = FuturesUnordered::new();
    loop {
        let mut next = app.desk.store.next_due(Platform::System).await;
        while hands.len() < AT_ONCE && matches!(next, Ok(Some(due)) if due <= app.desk.now()) {
            match take(app).await {
                Ok(Some(task)) => hands.push(Box::pin(carry_out(app, task))),
                Ok(None) => break,
                Err(failure) => {
                    next = Err(failure);
                    break;
                }
            }
            next = app.desk.store.next_due(Platform::System).await;
        }
        let full = hands.len() >= AT_ONCE;
        tokio::select! {
            Some(_) = hands.next() => {}
            () = async {
                gather(app).await;
                wait(app, &mut ear, &next).await;
            }, if !full => {}
        }
    }
}

/// Fetches every photo that is due; how many there were.
pub async fn step(app: &App) -> Result<usize, Failure> {
    let mut due = Vec::new();
    while let Some(task) = take(app).await? {
        due.push(task);
    }
    let count = due.len();
    let hands = futures_util::stream::iter(due).map(|task| Box::pin(carry_out(app, task)));
    let done: Vec<Result<(), Failure>> = hands.buffer_unordered(AT_ONCE).collect().await;
    done.into_iter().collect::<Result<(), Failure>>()?;
    Ok(count)
}

/// A photo that is due, with the token under which it is held.
async fn take(app: &App) -> Result<Option<(Leased, uuid::Uuid)>, Failure> {
    let token = app.desk.ids.uuid();
    let request = LeaseRequest { now: app.desk.now(), token, platform: Platform::System };
    let leased = app.desk.store.lease(request).await?;
    Ok(leased.into_iter().next().map(|task| (task, token)))
}

async fn carry_out(app: &App, (task, token): (Leased, uuid::Uuid)) -> Result<(), Failure> {
    let settled = match one(app, &task).await {
        Ok(settled) => settled,
        Err(failure) => {
            if let Failure::Broken(why) = &failure {
                tracing::error!(target: "shopwatch::jobs", error = %why, "a photo cannot be kept; it is tried again");
            }
            Settled::Later { at: later(app.desk.now(), task.attempts) }
        }
    };
    // A step was taken, or none is due: either way there may be something to show.
    app.work.ring();
    let outcomes = vec![(task.key, settled)];
    let settlement = Settlement { now: app.desk.now(), token, outcomes, notices: Vec::new() };
    app.desk.store.settle(settlement).await
}

/// One photo, from the chat to the spool; or an incident's hold, to the vault.
async fn one(app: &App, task: &Leased) -> Result<Settled, Failure> {
    if task.what == What::HoldPhotos {
        return Box::pin(holds::carry_out(app, task)).await;
    }
    let What::KeepPhoto { platform, id } = &task.what else { return Ok(Settled::NeedsOperator) };
    let Some(incident) = app.desk.store.incident(task.incident).await? else { return Ok(Settled::Dropped) };
    let Some(sent) = incident.on_its_way(*platform, id).cloned().filter(|_| incident.tally().coming > 0) else {
        return Ok(Settled::Shown { remote_id: None });
    };
    // There is no room for it, whatever it is.
    if incident.album.len() >= PHOTOS_MAX {
        sent::refuse(&app.desk, incident, &sent, NotTaken::TooMany).await?;
        return Ok(Settled::Shown { remote_id: None });
    }
    let _hand = app.evidence.hand().await?;
    match app.photo(&sent).await {
        Ok(had) => keep(app, task, incident, &sent, &had).await,
        Err(NotHad::Never(why)) => {
            sent::refuse(&app.desk, incident, &sent, why).await?;
            Ok(Settled::Shown { remote_id: None })
        }
        Err(NotHad::NotNow(_)) if app.desk.now() - sent.since.unwrap_or(incident.reported_at) > GIVEN_UP_AFTER => {
            sent::refuse(&app.desk, incident, &sent, NotTaken::Gone).await?;
            Ok(Settled::Shown { remote_id: None })
        }
        Err(NotHad::NotNow(wait)) => {
            let now = app.desk.now();
            let at = wait.map_or_else(|| later(now, task.attempts), |wait| now + wait);
            Ok(Settled::Later { at })
        }
    }
}

async fn keep(app: &App, task: &Leased, incident: Incident, sent: &Attached, had: &Had) -> Result<Settled, Failure> {
    let done = Settled::Shown { remote_id: None };
    let looks = task.looks + 1;
    match sent::keep(&app.desk, &app.evidence, incident.clone(), sent, had, task.looks).await? {
        Came::Kept | Came::NotTaken(_) | Came::NotWanted => Ok(done),
        Came::NotNow if looks < READINGS_MAX => Ok(Settled::Doubt { at: later(app.desk.now(), looks), looks }),
        Came::NotNow => {
            sent::refuse(&app.desk, incident, sent, NotTaken::Unreadable).await?;
            Ok(done)
        }
    }
}
