//! The cron table, as data. Times are UTC; a job runs once per due time, on whichever replica takes it first.

use std::str::FromStr;

use chrono::TimeDelta;
use cron::Schedule;
use domain::clock::Moment;

use super::{digest, pause, retention, verify};
use crate::app::App;
use crate::failure::Failure;

/// How long a delivery is remembered (PROMISES.md, design rule 1).
pub const DELIVERIES_KEPT: TimeDelta = TimeDelta::days(30);
/// How long the console shows what it told people.
pub const NOTICES_KEPT: TimeDelta = TimeDelta::days(30);
/// A job that has never run looks back so far for its first due time.
const FIRST_LOOK: TimeDelta = TimeDelta::days(1);

/// A job of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    /// Its name in `job_run`.
    pub name: &'static str,
    /// When, in the five fields people know: minute, hour, day of month, month, day of week.
    pub cron: &'static str,
    /// What it does.
    pub what: Chore,
}

/// What a scheduled job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chore {
    /// Forgets deliveries that are old enough.
    ForgetDeliveries,
    /// Forgets links and sessions that nobody can use any more, budgets that are full, and where people wrote to the shop alone
    /// long ago.
    ForgetExpired,
    /// Forgets notices that are old enough.
    ForgetNotices,
    /// Forgets what nobody could read, when it is old enough.
    ForgetUnread,
    /// Takes files off the spool that belong to no photo.
    SweepSpool,
    /// Erases what is over, and plans what goes next.
    LetGo,
    /// Has what was said in chats of erased incidents be taken away, where that is not done yet.
    Unsay,
}

/// Every scheduled job.
pub const TABLE: &[Job] = &[
    Job { name: "forget-deliveries", cron: "17 3 * * *", what: Chore::ForgetDeliveries },
    Job { name: "forget-expired", cron: "7 * * * *", what: Chore::ForgetExpired },
    Job { name: "forget-notices", cron: "27 3 * * *", what: Chore::ForgetNotices },
    Job { name: "forget-unread", cron: "37 3 * * *", what: Chore::ForgetUnread },
    Job { name: "sweep-spool", cron: "57 3 * * *", what: Chore::SweepSpool },
    Job { name: "let-go", cron: "47 * * * *", what: Chore::LetGo },
    Job { name: "unsay", cron: "7 4 * * *", what: Chore::Unsay },
];

/// Runs jobs whenever they are due.
pub async fn work(app: &App) {
    loop {
        let next = match step(app).await {
            Ok(_) => Ok(TABLE.iter().filter_map(|job| next_due(job, app.desk.now())).min()),
            Err(failure) => Err(failure),
        };
        pause(app, &next).await;
    }
}

/// Runs what is due and not taken; how many jobs ran here.
pub async fn step(app: &App) -> Result<usize, Failure> {
    let now = app.desk.now();
    let mut ran = 0;
    for job in TABLE {
        let since = app.desk.store.last_run(job.name).await?.unwrap_or(now - FIRST_LOOK);
        // However many due times were missed, the work is the same: the last one stands for all.
        let Some(due) = last_due(job, since, now) else { continue };
        if app.desk.store.take_run(job.name, due, now).await? {
            run(app, job.what, now).await?;
            app.desk.store.finish_run(job.name, due, app.desk.now()).await?;
            ran += 1;
        }
    }
    ran += usize::from(digest::step(app, now).await?);
    Ok(ran)
}

async fn run(app: &App, chore: Chore, now: Moment) -> Result<(), Failure> {
    let store = &app.desk.store;
    let forgotten = match chore {
        Chore::ForgetDeliveries => store.forget_deliveries(now - DELIVERIES_KEPT).await?,
        Chore::ForgetExpired => {
            store.forget_expired(now).await? + store.forget_budgets(now).await? + store.forget_direct(now).await?
        }
        Chore::ForgetNotices => store.forget_notices(now - NOTICES_KEPT).await?,
        Chore::ForgetUnread => store.forget_unread(now - DELIVERIES_KEPT).await?,
        Chore::SweepSpool => verify::sweep(&app.desk, &app.evidence).await?,
        Chore::LetGo => Box::pin(retention::work(app)).await?.erased,
        Chore::Unsay => retention::unsay_earlier(app).await?,
    };
    tracing::info!(target: "shopwatch::jobs", chore = ?chore, forgotten, "a scheduled job ran");
    Ok(())
}

/// The crate wants seconds; people's tables have none.
fn schedule(job: &Job) -> Option<Schedule> {
    Schedule::from_str(&format!("0 {}", job.cron)).ok()
}

/// The last due time after `since`, up to and including `now`.
pub fn last_due(job: &Job, since: Moment, now: Moment) -> Option<Moment> {
    // A long gap is not walked minute by minute: nothing before the last two days can be the last due time of a table
    // whose jobs run at least daily.
    let from = since.max(now - FIRST_LOOK * 2);
    schedule(job)?.after(&from).take_while(|due| *due <= now).last()
}

fn next_due(job: &Job, now: Moment) -> Option<Moment> {
    schedule(job)?.after(&now).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    #[test]
    fn every_line_of_the_table_can_be_read_and_runs_daily_at_least() {
        for job in TABLE {
            let next = next_due(job, at("2026-03-28T00:00:00Z")).expect(job.name);
            assert!(next - at("2026-03-28T00:00:00Z") <= TimeDelta::days(1), "{}", job.name);
        }
    }

    #[test]
    fn a_job_is_due_once_per_due_time_and_missed_times_are_one() {
        let job = &TABLE[0];
        let before = at("2026-03-29T03:16:59Z");
        assert_eq!(last_due(job, at("2026-03-28T03:17:00Z"), before), None);
        assert_eq!(
            last_due(job, at("2026-03-28T03:17:00Z"), at("2026-03-29T03:17:00Z")),
            Some(at("2026-03-29T03:17:00Z"))
        );
        assert_eq!(
            last_due(job, at("2026-01-01T03:17:00Z"), at("2026-03-29T12:00:00Z")),
            Some(at("2026-03-29T03:17:00Z"))
        );
    }

    #[test]
    fn clock_changes_neither_skip_nor_repeat_a_due_time() {
        // Both nights on which London's clocks change in 2026: UTC does not notice.
        for night in ["2026-03-29", "2026-10-25"] {
            let (from, to) = (at(&format!("{night}T00:00:00Z")), at(&format!("{night}T23:59:59Z")));
            let due = schedule(&TABLE[0]).unwrap().after(&from).take_while(|due| *due <= to).count();
            assert_eq!(due, 1, "{night}");
        }
    }
}
