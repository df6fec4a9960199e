//! Plans of what goes: made a day before, carried out in their time, and waiting for a person where something is odd.
//!
//! ```text
//! planned ──its day──▶ done          waiting ──a person confirms──▶ confirmed ──its day──▶ done
//!    └──the clock jumped──▶ waiting
//! ```

use std::collections::BTreeMap;

use domain::clock::Moment;
use domain::id::{IncidentId, Reference};
use domain::incident::erasing::EARLY;
use domain::retention::too_many;
use domain::words::{Category, State};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Statement, TransactionTrait, Value,
};
use uuid::Uuid;

use super::entity::{entry, incident, retention_plan};
use super::kept::WRITING;
use super::{Store, unavailable};
use crate::failure::Failure;

/// Where it is noted that the database's files have to be swept of what was erased.
pub const SWEEP: &str = "retention_sweep";

/// What may go: not held, its time over, and not part of something that has to stay. Whether somebody has decided it does
/// not matter: nothing is kept without an end.
const MAY_GO: &str = "erased_at IS NULL AND held = FALSE \
     AND NOT EXISTS (SELECT 1 FROM incident AS target WHERE target.id = incident.merged_into \
     AND target.erased_at IS NULL AND (target.held = TRUE OR target.retain_until > incident.retain_until))";

/// How a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is carried out in its time.
    Planned,
    /// It waits for a person.
    Waiting(Why),
    /// A person has confirmed it; it is carried out in its time.
    Confirmed,
    /// It was carried out.
    Done,
}

/// What a plan waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Too much would go at once.
    TooMany,
    /// The clock jumped.
    Clock,
}

impl Why {
    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooMany => "too_many",
            Self::Clock => "clock",
        }
    }
}

/// What goes together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub id: Uuid,
    pub standing: Standing,
    /// From when on its incidents go, each when its own time is over.
    pub due_at: Moment,
    /// Whatever it holds is over by then.
    pub until: Moment,
    pub incidents: i64,
    pub photos: i64,
    /// How many incidents there were.
    pub of_all: i64,
}

/// When a new plan is carried out, and whether the clock jumped when it was made.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub made_at: Moment,
    pub due_at: Moment,
    pub until: Moment,
    pub jumped: bool,
}

/// What is left of an incident that was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    pub reference: Reference,
    pub category: Category,
    pub state: State,
    pub reported_at: Moment,
    pub erased_at: Moment,
    pub retain_until: Moment,
    pub version: u32,
    /// Whether two people ended it before its time.
    pub early: bool,
}

impl Plan {
    fn of(row: &retention_plan::Model) -> Self {
        let why = if row.why.as_deref() == Some(Why::Clock.as_str()) { Why::Clock } else { Why::TooMany };
        let standing = match row.state.as_str() {
            "planned" => Standing::Planned,
            "confirmed" => Standing::Confirmed,
            "done" => Standing::Done,
            _ => Standing::Waiting(why),
        };
        Self {
            id: row.id,
            standing,
            due_at: row.due_at,
            until: row.until,
            incidents: row.incidents,
            photos: row.photos,
            of_all: row.of_all,
        }
    }
}

impl Store {
    /// Plans what is over by then and stands in no plan yet; none if that is nothing.
    pub async fn plan_retention(&self, id: Uuid, span: Span) -> Result<Option<Plan>, Failure> {
        self.try_plan(id, span).await.map_err(|why| unavailable(&why))
    }

    async fn try_plan(&self, id: Uuid, span: Span) -> Result<Option<Plan>, DbErr> {
        let txn = self.db.begin_with_options(WRITING).await?;
        let mark = format!("UPDATE incident SET plan = $1 WHERE plan IS NULL AND retain_until <= $2 AND {MAY_GO}");
        let values = [Value::from(id), Value::from(span.until)];
        let marked = txn.execute_raw(Statement::from_sql_and_values(txn.get_database_backend(), mark, values)).await?;
        let incidents = marked.rows_affected();
        if incidents == 0 {
            txn.rollback().await?;
            return Ok(None);
        }
        let of_all = count(&txn, "SELECT COUNT(*) FROM incident WHERE erased_at IS NULL", None).await?;
        let photos = "SELECT COUNT(*) FROM photo WHERE incident IN (SELECT id FROM incident WHERE plan = $1)";
        let photos = count(&txn, photos, Some(id)).await?;
        let why = if span.jumped {
            Some(Why::Clock)
        } else {
            too_many(incidents, of_all.unsigned_abs()).then_some(Why::TooMany)
        };
        let row = retention_plan::Model {
            id,
            state: if why.is_some() { "waiting" } else { "planned" }.to_owned(),
            why: why.map(|why| why.as_str().to_owned()),
            made_at: span.made_at,
            due_at: span.due_at,
            until: span.until,
            incidents: i64::try_from(incidents).unwrap_or(i64::MAX),
            photos,
            of_all,
            confirmed_at: None,
            done_at: None,
        };
        retention_plan::Entity::insert(row.clone().into_active_model()).exec_without_returning(&txn).await?;
        txn.commit().await?;
        Ok(Some(Plan::of(&row)))
    }

    /// The incidents of a plan that nobody has decided, after this one.
    pub async fn undecided_of_plan(&self, plan: Uuid, after: Uuid, most: u64) -> Result<Vec<IncidentId>, Failure> {
        let ids = incident::Entity::find()
            .select_only()
            .column(incident::Column::Id)
            .filter(incident::Column::Plan.eq(plan))
            .filter(incident::Column::Id.gt(after))
            .filter(incident::Column::State.is_in([State::New.as_str(), State::Claimed.as_str()]))
            .order_by_asc(incident::Column::Id)
            .limit(most)
            .into_tuple::<Uuid>()
            .all(&self.db)
            .await;
        Ok(ids.map_err(|why| unavailable(&why))?.into_iter().map(IncidentId).collect())
    }

    /// Plans that are not carried out yet, the next one first.
    pub async fn retention_plans(&self) -> Result<Vec<Plan>, Failure> {
        let rows = retention_plan::Entity::find()
            .filter(retention_plan::Column::State.ne("done"))
            .order_by_asc(retention_plan::Column::DueAt)
            .order_by_asc(retention_plan::Column::Id)
            .all(&self.db)
            .await;
        Ok(rows.map_err(|why| unavailable(&why))?.iter().map(Plan::of).collect())
    }

    /// Has every plan wait that is not carried out yet.
    pub async fn hold_plans(&self, why: Why) -> Result<(), Failure> {
        retention_plan::Entity::update_many()
            .col_expr(retention_plan::Column::State, Expr::val("waiting"))
            .col_expr(retention_plan::Column::Why, Expr::val(why.as_str()))
            .filter(retention_plan::Column::State.ne("done"))
            .exec(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(())
    }

    /// A person confirms a plan that waits; false if there is none of this id that does.
    pub async fn confirm_plan(&self, id: Uuid, now: Moment) -> Result<bool, Failure> {
        let confirmed = retention_plan::Entity::update_many()
            .col_expr(retention_plan::Column::State, Expr::val("confirmed"))
            .col_expr(retention_plan::Column::ConfirmedAt, Expr::val(now))
            .filter(retention_plan::Column::Id.eq(id))
            .filter(retention_plan::Column::State.eq("waiting"))
            .exec(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(confirmed.rows_affected > 0)
    }

    /// Notes that a plan was carried out; whatever of it had to stay may stand in a later one.
    pub async fn finish_plan(&self, id: Uuid, now: Moment) -> Result<(), Failure> {
        let done = async {
            let txn = self.db.begin_with_options(WRITING).await?;
            incident::Entity::update_many()
                .col_expr(incident::Column::Plan, Expr::val(None::<Uuid>))
                .filter(incident::Column::Plan.eq(id))
                .filter(incident::Column::ErasedAt.is_null())
                .exec(&txn)
                .await?;
            retention_plan::Entity::update_many()
                .col_expr(retention_plan::Column::State, Expr::val("done"))
                .col_expr(retention_plan::Column::DoneAt, Expr::val(now))
                .filter(retention_plan::Column::Id.eq(id))
                .exec(&txn)
                .await?;
            txn.commit().await
        };
        done.await.map_err(|why: DbErr| unavailable(&why))
    }

    /// The incidents of a plan after this one whose time is over and that may go.
    pub async fn due_of_plan(
        &self,
        plan: Uuid,
        after: Uuid,
        now: Moment,
        most: u64,
    ) -> Result<Vec<IncidentId>, Failure> {
        let sql = format!(
            "SELECT id FROM incident WHERE plan = $1 AND id > $2 AND retain_until <= $3 AND {MAY_GO} ORDER BY id LIMIT {most}"
        );
        let values = [Value::from(plan), Value::from(after), Value::from(now)];
        let query = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
        let rows = self.db.query_all_raw(query).await.map_err(|why| unavailable(&why))?;
        let ids: Result<Vec<Uuid>, DbErr> = rows.iter().map(|row| row.try_get("", "id")).collect();
        Ok(ids.map_err(|why| unavailable(&why))?.into_iter().map(IncidentId).collect())
    }

    /// Whether what may be erased is told apart by a hold on this incident; none if there is no such incident.
    pub async fn is_held(&self, id: IncidentId) -> Result<Option<bool>, Failure> {
        let row = incident::Entity::find_by_id(id.0).one(&self.db).await.map_err(|why| unavailable(&why))?;
        Ok(row.filter(|row| row.erased_at.is_none()).map(|row| row.held))
    }

    /// What is left of an incident, if it was erased.
    pub async fn gone(&self, id: IncidentId) -> Result<Option<Gone>, Failure> {
        let row = incident::Entity::find_by_id(id.0).one(&self.db).await.map_err(|why| unavailable(&why))?;
        match row {
            Some(row) => self.left_of(row).await.map_err(|why| unavailable(&why)),
            None => Ok(None),
        }
    }

    /// The same by what people or programs call it.
    pub async fn gone_called(&self, name: &str) -> Result<Option<(IncidentId, Gone)>, Failure> {
        let called = match (name.parse::<Reference>(), name.parse::<IncidentId>()) {
            (Ok(reference), _) => incident::Column::Reference.eq(reference.as_str()),
            (_, Ok(id)) => incident::Column::Id.eq(id.0),
            _ => return Ok(None),
        };
        let row = incident::Entity::find().filter(called).one(&self.db).await.map_err(|why| unavailable(&why))?;
        let Some(row) = row else { return Ok(None) };
        let id = IncidentId(row.id);
        Ok(self.left_of(row).await.map_err(|why| unavailable(&why))?.map(|gone| (id, gone)))
    }

    async fn left_of(&self, row: incident::Model) -> Result<Option<Gone>, DbErr> {
        let Some(erased_at) = row.erased_at else { return Ok(None) };
        let certificate = entry::Entity::find_by_id((row.id, row.version)).one(&self.db).await?;
        let detail = certificate.and_then(|line| serde_json::from_str::<BTreeMap<String, String>>(&line.detail).ok());
        let early = detail.is_some_and(|detail| detail.contains_key(EARLY));
        let read = || {
            Some(Gone {
                reference: row.reference.parse().ok()?,
                category: row.category.parse().ok()?,
                state: row.state.parse().ok()?,
                reported_at: row.reported_at,
                erased_at,
                retain_until: row.retain_until,
                version: u32::try_from(row.version).ok()?,
                early,
            })
        };
        Ok(read())
    }

    /// Takes what was overwritten out of the database's other files too: SQLite's log is emptied into the file, Postgres
    /// sweeps the old versions of rows. False if somebody is reading and it has to be tried again.
    pub async fn sweep_erased(&self) -> Result<bool, Failure> {
        self.try_sweep().await.map_err(|why| unavailable(&why))
    }

    async fn try_sweep(&self) -> Result<bool, DbErr> {
        if self.is_shared() {
            for table in ["incident", "entry", "photo", "notice", "outbox"] {
                self.db.execute_unprepared(&format!("VACUUM {table}")).await?;
            }
            return Ok(true);
        }
        let backend = self.db.get_database_backend();
        let row = self.db.query_one_raw(Statement::from_string(backend, "PRAGMA wal_checkpoint(TRUNCATE)")).await?;
        let busy: i64 = row.map_or(Ok(1), |row| row.try_get_by_index(0))?;
        Ok(busy == 0)
    }
}

async fn count(txn: &DatabaseTransaction, sql: &str, id: Option<Uuid>) -> Result<i64, DbErr> {
    let query = Statement::from_sql_and_values(txn.get_database_backend(), sql, id.map(Value::from));
    let row = txn.query_one_raw(query).await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}
