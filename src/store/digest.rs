//! The digests of what waits for a first look: what stands in one, and the rows that have them shown.

use chrono::{NaiveDate, TimeDelta};
use domain::clock::Moment;
use domain::incident::Incident;
use domain::place::SiteId;
use domain::words::{Category, State};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::entity::{incident, outbox};
use super::incidents::kept;
use super::outbox::{Task, UNDER_WAY, What};
use super::sealing::open_incident;
use super::unreadable::readable;
use super::{Store, unavailable};
use crate::failure::Failure;

/// How long it is remembered where a digest stands: by then it has said for weeks that its day is over.
const REMEMBERED: TimeDelta = TimeDelta::days(30);
/// The version of a digest whose day is over.
const OVER: i32 = 2;

impl Store {
    /// What hurries nobody, was reported at a site by then, and nobody has looked at: the oldest first, so many of them; and
    /// how many there are.
    pub async fn unlooked_at(&self, site: &SiteId, by: Moment, most: u64) -> Result<(Vec<Incident>, u64), Failure> {
        let waiting = || {
            kept()
                .filter(incident::Column::Site.eq(site.as_str()))
                .filter(incident::Column::State.eq(State::New.as_str()))
                .filter(incident::Column::Category.eq(Category::Info.as_str()))
                .filter(incident::Column::Drill.eq(false))
                .filter(incident::Column::ReportedAt.lte(by))
        };
        let all = waiting().count(&self.db).await.map_err(|why| unavailable(&why))?;
        let rows = waiting().order_by_asc(incident::Column::Id).limit(most).all(&self.db).await;
        let rows = rows.map_err(|why| unavailable(&why))?;
        Ok((readable(rows.iter().map(|row| (row.id, open_incident(&self.keys, row)))), all))
    }

    /// Has a day's digests be shown, once however often it is asked, and those of earlier days say that theirs is over.
    pub async fn put_digests(&self, tasks: &[Task], day: NaiveDate, now: Moment) -> Result<(), Failure> {
        let rows: Vec<outbox::Model> = tasks.iter().map(|task| task.row(now)).collect::<Result<_, _>>()?;
        if !rows.is_empty() {
            outbox::Entity::insert_many(rows.into_iter().map(IntoActiveModel::into_active_model))
                .on_conflict(OnConflict::column(outbox::Column::Key).do_nothing().to_owned())
                .exec_without_returning(&self.db)
                .await
                .map_err(|why| unavailable(&why))?;
        }
        self.end_digests(day, now).await
    }

    async fn end_digests(&self, day: NaiveDate, now: Moment) -> Result<(), Failure> {
        let rows = outbox::Entity::find().filter(outbox::Column::Key.starts_with("digest/")).all(&self.db).await;
        for row in rows.map_err(|why| unavailable(&why))? {
            let Ok(What::Digest { day: its, .. }) = serde_json::from_str(&row.task) else { continue };
            let under_way = UNDER_WAY.contains(&row.state.as_str());
            if its + REMEMBERED < day && !under_way {
                let gone = outbox::Entity::delete_by_id(&row.key).exec(&self.db).await;
                gone.map_err(|why| unavailable(&why))?;
            } else if its < day && row.wanted < OVER {
                self.end_digest(&row, !under_way && row.remote_id.is_some(), now).await?;
            }
        }
        Ok(())
    }

    /// One that is on its way goes again afterwards; one that stands nowhere is not shown any more.
    async fn end_digest(&self, row: &outbox::Model, again: bool, now: Moment) -> Result<(), Failure> {
        use outbox::Column;
        let mut update = outbox::Entity::update_many().col_expr(Column::Wanted, Expr::val(OVER));
        if again {
            update = update
                .col_expr(Column::State, Expr::val("ready"))
                .col_expr(Column::DueAt, Expr::val(now))
                .col_expr(Column::Attempts, Expr::val(0))
                .col_expr(Column::Looks, Expr::val(0));
        }
        let of_row = update.filter(Column::Key.eq(&row.key)).filter(Column::State.eq(&row.state));
        of_row.exec(&self.db).await.map_err(|why| unavailable(&why))?;
        Ok(())
    }
}
