//! What was said in chats beside the copies of the outbox: lines of threads, answers in direct messages. Only where each of
//! them stands is kept, so that it can be taken away when its incident is erased.

use domain::clock::Moment;
use domain::id::IncidentId;
use domain::words::Platform;
use migrations::SAID;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Statement, TransactionTrait,
};
use uuid::Uuid;

use super::entity::{outbox, said};
use super::kept::WRITING;
use super::opening::chunks;
use super::outbox::{Task, What, unsay_key};
use super::{Store, unavailable};
use crate::failure::Failure;

/// The chats that keep what is said in them by themselves.
const KEEPERS: [&str; 2] = [Platform::Slack.as_str(), Platform::Discord.as_str()];
/// The states in which nobody knows yet what stands there.
const UNDER_WAY: [&str; 3] = ["sending", "settling", "doubt"];
/// The most incidents that are looked up in one go.
const BATCH_MAX: u64 = 500;

/// A copy of the outbox at a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub what: What,
    /// Where it stands, if that is known.
    pub remote_id: Option<String>,
    /// When it is known, if it is not.
    pub under_way: Option<Moment>,
}

/// Notes where messages stand.
pub(super) async fn remember(
    db: &impl ConnectionTrait,
    incident: Uuid,
    platform: &str,
    remote_ids: &[String],
) -> Result<(), DbErr> {
    let row =
        |remote_id: &String| said::Model { platform: platform.to_owned(), remote_id: remote_id.clone(), incident };
    for chunk in chunks(remote_ids) {
        let known = OnConflict::columns([said::Column::Platform, said::Column::RemoteId]).do_nothing().to_owned();
        let rows = chunk.iter().map(row).map(IntoActiveModel::into_active_model);
        db.execute(&said::Entity::insert_many(rows).on_conflict(known).into_query()).await?;
    }
    Ok(())
}

/// Has everything that was said about an incident be taken away, in each chat in which anything was to be shown of it;
/// whoever reported it, by the account in their own chat, may have been written to beside its copies.
pub(super) async fn unsay(
    txn: &DatabaseTransaction,
    (incident, version): (IncidentId, u32),
    reporter: Option<&(Platform, String)>,
    at: Moment,
) -> Result<(), DbErr> {
    let mut rows = Vec::new();
    for platform in platforms(txn, incident).await? {
        let theirs = reporter.filter(|(theirs, _)| *theirs == platform);
        let Ok(row) = Task::unsay(incident, version, platform).row(at) else { continue };
        rows.push(outbox::Model { remote_id: theirs.map(|(_, user)| user.clone()), ..row });
    }
    if rows.is_empty() {
        return Ok(());
    }
    let known = OnConflict::column(outbox::Column::Key).do_nothing().to_owned();
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    txn.execute(&outbox::Entity::insert_many(rows).on_conflict(known).into_query()).await?;
    Ok(())
}

async fn platforms(txn: &DatabaseTransaction, incident: IncidentId) -> Result<Vec<Platform>, DbErr> {
    let of_copies = outbox::Entity::find().select_only().column(outbox::Column::Platform).distinct();
    let of_copies = of_copies.filter(outbox::Column::Incident.eq(incident.0));
    let of_rest = said::Entity::find().select_only().column(said::Column::Platform).distinct();
    let of_rest = of_rest.filter(said::Column::Incident.eq(incident.0));
    let mut named: Vec<String> = of_copies.into_tuple().all(txn).await?;
    named.extend(of_rest.into_tuple::<String>().all(txn).await?);
    named.sort();
    named.dedup();
    let keeps = |name: &String| KEEPERS.contains(&name.as_str());
    Ok(named.iter().filter(|name| keeps(name)).filter_map(|name| name.parse().ok()).collect())
}

impl Store {
    /// Notes where a message stands. If its incident is gone by now, the message is taken away as well.
    pub async fn note_said(
        &self,
        incident: IncidentId,
        platform: Platform,
        remote_id: String,
        now: Moment,
    ) -> Result<(), Failure> {
        let noted = async {
            remember(&self.db, incident.0, platform.as_str(), &[remote_id]).await?;
            outbox::Entity::update_many()
                .col_expr(outbox::Column::State, Expr::val("ready"))
                .col_expr(outbox::Column::DueAt, Expr::val(now))
                .filter(outbox::Column::Key.eq(unsay_key(incident, platform)))
                .filter(outbox::Column::State.eq("shown"))
                .exec(&self.db)
                .await
        };
        noted.await.map(drop).map_err(|why| unavailable(&why))
    }

    /// Since when this database knows where messages stand.
    pub async fn said_since(&self) -> Result<Option<Moment>, Failure> {
        let sql = "SELECT applied_at FROM seaql_migrations WHERE version = $1";
        let query = Statement::from_sql_and_values(self.db.get_database_backend(), sql, [SAID.into()]);
        let row = self.db.query_one_raw(query).await.map_err(|why| unavailable(&why))?;
        let seconds: Option<i64> =
            row.map(|row| row.try_get("", "applied_at")).transpose().map_err(|why| unavailable(&why))?;
        Ok(seconds.and_then(|seconds| Moment::from_timestamp(seconds, 0)))
    }

    /// Where messages about an incident stand that are no copies of the outbox.
    pub async fn said(&self, incident: IncidentId, platform: Platform) -> Result<Vec<String>, Failure> {
        let rows = said::Entity::find()
            .filter(said::Column::Incident.eq(incident.0))
            .filter(said::Column::Platform.eq(platform.as_str()))
            .order_by_asc(said::Column::RemoteId)
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        Ok(rows.into_iter().map(|row| row.remote_id).collect())
    }

    /// The incident that a message is about which is no copy of the outbox.
    pub async fn said_at(&self, platform: Platform, remote_id: &str) -> Result<Option<IncidentId>, Failure> {
        let row = said::Entity::find_by_id((platform.to_string(), remote_id.to_owned())).one(&self.db).await;
        Ok(row.map_err(|why| unavailable(&why))?.map(|row| IncidentId(row.incident)))
    }

    /// Forgets where messages stood.
    pub async fn forget_said(&self, platform: Platform, remote_ids: &[String]) -> Result<(), Failure> {
        for chunk in chunks(remote_ids) {
            said::Entity::delete_many()
                .filter(said::Column::Platform.eq(platform.as_str()))
                .filter(said::Column::RemoteId.is_in(chunk))
                .exec(&self.db)
                .await
                .map_err(|why| unavailable(&why))?;
        }
        Ok(())
    }

    /// The copies of an incident at a chat.
    pub async fn standing(&self, incident: IncidentId, platform: Platform) -> Result<Vec<Standing>, Failure> {
        let rows = outbox::Entity::find()
            .filter(outbox::Column::Incident.eq(incident.0))
            .filter(outbox::Column::Platform.eq(platform.as_str()))
            .order_by_asc(outbox::Column::Key)
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        let standing = |row: outbox::Model| Standing {
            what: serde_json::from_str(&row.task).unwrap_or(What::Retired),
            under_way: UNDER_WAY.contains(&row.state.as_str()).then_some(row.due_at),
            remote_id: row.remote_id,
        };
        Ok(rows.into_iter().map(standing).collect())
    }

    /// Has what was said be taken away of incidents whose erasure did not see to that, as that of an older version does
    /// not; with what a person had to look at, it is tried once more. How many there were.
    pub async fn unsay_earlier(&self, now: Moment) -> Result<u64, Failure> {
        self.try_unsay_earlier(now).await.map_err(|why| unavailable(&why))
    }

    async fn try_unsay_earlier(&self, now: Moment) -> Result<u64, DbErr> {
        let (mut after, mut count) = (Uuid::nil(), 0);
        loop {
            let sql = format!(
                "SELECT DISTINCT copy.incident AS id FROM outbox AS copy JOIN incident ON incident.id = copy.incident \
                 WHERE incident.erased_at IS NOT NULL AND copy.incident > $1 AND copy.platform IN ('slack', 'discord') \
                 AND NOT EXISTS (SELECT 1 FROM outbox AS done WHERE done.incident = copy.incident \
                 AND done.platform = copy.platform AND done.task = $2 AND done.state NOT IN ('dropped', 'needs_operator')) \
                 ORDER BY id LIMIT {BATCH_MAX}"
            );
            let task = serde_json::to_string(&What::Unsay).unwrap_or_default();
            let query = Statement::from_sql_and_values(
                self.db.get_database_backend(),
                sql,
                [after.into(), task.as_str().into()],
            );
            let ids: Vec<Uuid> = self
                .db
                .query_all_raw(query)
                .await?
                .iter()
                .map(|row| row.try_get("", "id"))
                .collect::<Result<_, _>>()?;
            let Some(last) = ids.last() else { return Ok(count) };
            after = *last;
            count += u64::try_from(ids.len()).unwrap_or(u64::MAX);
            let txn = self.db.begin_with_options(WRITING).await?;
            for id in ids {
                outbox::Entity::update_many()
                    .col_expr(outbox::Column::State, Expr::val("ready"))
                    .col_expr(outbox::Column::DueAt, Expr::val(now))
                    .col_expr(outbox::Column::Attempts, Expr::val(0))
                    .filter(outbox::Column::Incident.eq(id))
                    .filter(outbox::Column::Task.eq(task.as_str()))
                    .filter(outbox::Column::State.is_in(["dropped", "needs_operator"]))
                    .exec(&txn)
                    .await?;
                unsay(&txn, (IncidentId(id), 0), None, now).await?;
            }
            txn.commit().await?;
        }
    }
}
