//! Carries out what the outbox holds: takes due tasks in a short transaction, closes it, shows them, and records what
//! became of them in a second one.

use chrono::TimeDelta;
use domain::clock::Moment;
use domain::words::Platform;

use super::{gather, wait};
use crate::app::App;
use crate::chats::{CarriedOut, ChatClient};
use crate::failure::Failure;
use crate::store::outbox::{ALONE_AFTER, LEASE_MAX, LeaseRequest, Leased, OnDoubt, Settled, Settlement, ShowRequest};

/// The longest wait before a failed task is tried again.
const BACKOFF_MAX: TimeDelta = TimeDelta::minutes(5);
/// After so many failures, the last of them alone, a person has to look: whoever was only beside what ended the process
/// has been shown by then.
const ATTEMPTS_MAX: u32 = ALONE_AFTER + 5;

/// Shows things on one chat whenever there is something to show.
pub async fn work(app: &App, client: &ChatClient) {
    let mut ear = app.work.listen();
    while !app.stopping.is_cancelled() {
        match step(app, client).await {
            Ok(0) => wait(app, &mut ear, &app.desk.store.next_due(client.platform()).await).await,
            Ok(count) if u64::try_from(count).is_ok_and(|count| count < LEASE_MAX) => {
                gather(app).await;
            }
            Ok(_) => {}
            Err(failure) => wait(app, &mut ear, &Err(failure)).await,
        }
    }
}

/// Takes what is due on one chat and shows it; how many there were.
pub async fn step(app: &App, client: &ChatClient) -> Result<usize, Failure> {
    let noted = if client.platform().keeps_copies() { 0 } else { note(app, client.platform()).await? };
    // There may be more of them.
    if u64::try_from(noted).is_ok_and(|noted| noted >= LEASE_MAX) {
        return Ok(noted);
    }
    Ok(noted + carry_out(app, client).await?)
}

/// Notes that the cards which are due are shown, where people see them when they look; how many there were.
async fn note(app: &App, platform: Platform) -> Result<usize, Failure> {
    let noted = app.desk.store.show(ShowRequest { now: app.desk.now(), platform }).await?;
    if noted > 0 {
        app.shown.ring();
    }
    Ok(usize::try_from(noted).unwrap_or(usize::MAX))
}

/// Shows what has to be sent.
async fn carry_out(app: &App, client: &ChatClient) -> Result<usize, Failure> {
    let desk = &app.desk;
    let token = desk.ids.uuid();
    let leased = desk.store.lease(LeaseRequest { now: desk.now(), token, platform: client.platform() }).await?;
    let count = leased.len();
    if count == 0 {
        return Ok(0);
    }
    let (doubtful, sure): (Vec<Leased>, Vec<Leased>) = leased
        .into_iter()
        .partition(|task| task.in_doubt && task.what.on_doubt() == OnDoubt::Operator || task.attempts > ATTEMPTS_MAX);
    let mut done = client.carry_out(app, sure).await;
    done.outcomes.extend(doubtful.into_iter().map(|task| (task.key, Settled::NeedsOperator)));
    let given_up = done.outcomes.iter().filter(|(_, settled)| *settled == Settled::NeedsOperator).count();
    if given_up > 0 {
        metrics::counter!("shopwatch_given_up_total").increment(u64::try_from(given_up).unwrap_or(u64::MAX));
        tracing::error!(
            target: "shopwatch::jobs",
            given_up,
            platform = client.platform().as_str(),
            "somebody has to look: these could not be shown, or nobody knows whether they were"
        );
    }
    let CarriedOut { outcomes, notices } = done;
    desk.store.settle(Settlement { now: desk.now(), token, outcomes, notices }).await?;
    app.shown.ring();
    Ok(count)
}

/// When to try again: 1, 2, 4 … seconds.
pub(super) fn later(now: Moment, attempts: u32) -> Moment {
    let seconds = 1_i64.checked_shl(attempts.saturating_sub(1)).unwrap_or(i64::MAX);
    now + TimeDelta::try_seconds(seconds).unwrap_or(BACKOFF_MAX).min(BACKOFF_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stop_growing() {
        let now = Moment::default();
        let waits: Vec<i64> =
            [1, 2, 3, 9, 20, 64].iter().map(|attempts| (later(now, *attempts) - now).num_seconds()).collect();
        assert_eq!(waits, [1, 2, 4, 256, 300, 300]);
    }
}
