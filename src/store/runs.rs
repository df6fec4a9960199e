//! Which scheduled job ran at which due time, and what is swept away by them.

use domain::clock::Moment;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::entity::{delivery, enter_link, job_run, notice, session};
use super::{Store, unavailable};
use crate::failure::Failure;

impl Store {
    /// When a job was last due and taken.
    pub async fn last_run(&self, job: &str) -> Result<Option<Moment>, Failure> {
        let row = job_run::Entity::find()
            .filter(job_run::Column::Job.eq(job))
            .order_by_desc(job_run::Column::DueUtc)
            .one(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(row.map(|row| row.due_utc))
    }

    /// Takes a job at a due time; of several replicas one gets it.
    pub async fn take_run(&self, job: &str, due_utc: Moment, now: Moment) -> Result<bool, Failure> {
        let run = job_run::Model { job: job.to_owned(), due_utc, started_at: now, finished_at: None };
        let once = OnConflict::columns([job_run::Column::Job, job_run::Column::DueUtc]).do_nothing().to_owned();
        let taken = job_run::Entity::insert(run.into_active_model())
            .on_conflict(once)
            .exec_without_returning(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(taken > 0)
    }

    /// Notes that a job has finished.
    pub async fn finish_run(&self, job: &str, due_utc: Moment, now: Moment) -> Result<(), Failure> {
        job_run::Entity::update_many()
            .col_expr(job_run::Column::FinishedAt, Expr::val(now))
            .filter(job_run::Column::Job.eq(job))
            .filter(job_run::Column::DueUtc.eq(due_utc))
            .exec(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(())
    }

    /// Forgets deliveries that arrived before; a sender that repeats itself after that reports anew.
    pub async fn forget_deliveries(&self, before: Moment) -> Result<u64, Failure> {
        let swept = delivery::Entity::delete_many().filter(delivery::Column::At.lt(before)).exec(&self.db).await;
        Ok(swept.map_err(|why| unavailable(&why))?.rows_affected)
    }

    /// Forgets links and sessions that nobody can use any more.
    pub async fn forget_expired(&self, now: Moment) -> Result<u64, Failure> {
        let links = enter_link::Entity::delete_many().filter(enter_link::Column::ExpiresAt.lt(now)).exec(&self.db);
        let sessions = session::Entity::delete_many().filter(session::Column::ExpiresAt.lt(now)).exec(&self.db);
        let swept = (links.await.map_err(|why| unavailable(&why))?, sessions.await.map_err(|why| unavailable(&why))?);
        Ok(swept.0.rows_affected + swept.1.rows_affected)
    }

    /// Forgets what the console told people before.
    pub async fn forget_notices(&self, before: Moment) -> Result<u64, Failure> {
        let swept = notice::Entity::delete_many().filter(notice::Column::At.lt(before)).exec(&self.db).await;
        Ok(swept.map_err(|why| unavailable(&why))?.rows_affected)
    }
}
