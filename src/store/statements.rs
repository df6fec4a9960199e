//! What the writer sends: several rows a statement, one transaction a batch.

use std::collections::HashSet;

use domain::clock::Moment;
use domain::id::{Ids, IncidentId, Reference};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait,
    FromQueryResult, IntoActiveModel, QueryFilter, QueryTrait, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait, Value,
};

use super::commit::Committed;
use super::entity::{delivery, entry, incident, notice, outbox};
use super::opening::{Opened, chunks, open};
use super::outbox::{LEASE, LEASE_MAX, LeaseRequest, Leased, Settled, Settlement};
use super::rows::{IncidentRow, Rows, references};
use super::sealing::signed;
use super::writer::{Write, Written};
use crate::failure::Failure;

/// How a commit stands while its transaction is being written.
#[derive(Clone, PartialEq, Eq)]
enum Standing {
    /// It is written; a new incident under this reference.
    Goes(Option<Reference>),
    Seen,
    LostRace,
}

impl Standing {
    fn of(opened: Opened) -> Self {
        match opened {
            Opened::As(reference) => Self::Goes(Some(reference)),
            Opened::Before => Self::Seen,
        }
    }
}

/// Writers on SQLite begin `IMMEDIATE`: a lock that is asked for late cannot be waited for.
const WRITING: TransactionOptions = TransactionOptions {
    isolation_level: None,
    access_mode: None,
    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
};

/// Writes them all in one transaction, or none; none also if somebody has given up before they became true.
pub(super) async fn write_all(
    db: &DatabaseConnection,
    ids: &dyn Ids,
    writes: &[Write],
) -> Result<Option<Vec<Written>>, DbErr> {
    let commits = || writes.iter().filter_map(Write::rows);
    let txn = db.begin_with_options(WRITING).await?;
    let opened = open(&txn, ids, &commits().filter(|rows| rows.is_report()).collect::<Vec<_>>()).await?;
    let steps: Vec<&Rows> = commits().filter(|rows| !rows.is_report()).collect();
    let Some(standings) = take_steps(&txn, &steps).await? else {
        txn.rollback().await?;
        return Ok(Some(vec![Written::Commit(Err(Failure::Conflict))]));
    };
    let mut results = Vec::with_capacity(writes.len());
    let (mut opened, mut standings) = (opened.into_iter(), standings.into_iter());
    for write in writes {
        results.push(match write {
            Write::Commit(rows, _) => {
                let standing = if rows.is_report() { opened.next().map(Standing::of) } else { standings.next() };
                Written::Commit(outcome(&txn, rows, standing).await?)
            }
            Write::Lease(request, _) => Written::Lease(lease(&txn, request).await?),
            Write::Settle(settlement, _) => {
                settle(&txn, settlement).await?;
                Written::Settle
            }
        });
    }
    if writes.iter().any(Write::is_abandoned) {
        txn.rollback().await?;
        return Ok(None);
    }
    txn.commit().await?;
    Ok(Some(results))
}

/// Changes incidents, each if it is still as it was seen; none if several had to change together and cannot.
async fn take_steps(txn: &DatabaseTransaction, steps: &[&Rows]) -> Result<Option<Vec<Standing>>, DbErr> {
    let mut standings = first_deliveries(txn, steps).await?;
    for (rows, standing) in steps.iter().zip(&mut standings) {
        if *standing == Standing::Goes(None) && !update_incidents(txn, rows).await? {
            if rows.incidents.len() > 1 {
                return Ok(None);
            }
            *standing = Standing::LostRace;
            forget_delivery(txn, rows).await?;
        }
    }
    let goes = |(_, standing): &(&&Rows, &Standing)| **standing == Standing::Goes(None);
    let going: Vec<&Rows> = steps.iter().zip(&standings).filter(goes).map(|(rows, _)| *rows).collect();
    insert_entries(txn, &going).await?;
    upsert_outbox(txn, &going).await?;
    Ok(Some(standings))
}

/// Notes what arrived; what was noted before has been seen.
async fn first_deliveries(txn: &DatabaseTransaction, commits: &[&Rows]) -> Result<Vec<Standing>, DbErr> {
    let mut arrived: Vec<delivery::Model> = commits.iter().filter_map(|rows| rows.delivery.clone()).collect();
    // In one order everywhere, so that two replicas never wait for each other.
    arrived.sort_by(|a, b| a.key.cmp(&b.key));
    arrived.dedup_by(|a, b| a.key == b.key);
    let mut new = HashSet::new();
    for chunk in chunks(&arrived) {
        let mut insert = delivery::Entity::insert_many(chunk.iter().cloned().map(IntoActiveModel::into_active_model))
            .on_conflict(OnConflict::column(delivery::Column::Key).do_nothing().to_owned())
            .into_query();
        insert.returning_col(delivery::Column::Key);
        for row in txn.query_all(&insert).await? {
            new.insert(row.try_get::<String>("", "key")?);
        }
    }
    let standing = |rows: &&Rows| match &rows.delivery {
        Some(delivery) if !new.remove(&delivery.key) => Standing::Seen,
        _ => Standing::Goes(None),
    };
    Ok(commits.iter().map(standing).collect())
}

async fn forget_delivery(txn: &DatabaseTransaction, rows: &Rows) -> Result<(), DbErr> {
    if let Some(delivery) = &rows.delivery {
        delivery::Entity::delete_by_id(delivery.key.clone()).exec(txn).await?;
    }
    Ok(())
}

/// Changes incidents that are still as they were seen; false if one is not.
async fn update_incidents(txn: &DatabaseTransaction, rows: &Rows) -> Result<bool, DbErr> {
    for IncidentRow { seen, row } in rows.incidents.iter().filter(|incident| incident.seen > 0) {
        let id = row.id;
        let mut after = row.clone().into_active_model().reset_all();
        after.not_set(incident::Column::Id);
        after.not_set(incident::Column::Reference);
        after.not_set(incident::Column::DataKey);
        let updated = incident::Entity::update_many()
            .set(after)
            .filter(incident::Column::Id.eq(id))
            .filter(incident::Column::Version.eq(signed(*seen)))
            .exec(txn)
            .await?;
        if updated.rows_affected != 1 {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn insert_entries(txn: &DatabaseTransaction, going: &[&Rows]) -> Result<(), DbErr> {
    let entries: Vec<entry::Model> = going.iter().flat_map(|rows| rows.entries.clone()).collect();
    for chunk in chunks(&entries) {
        let insert =
            entry::Entity::insert_many(chunk.iter().cloned().map(IntoActiveModel::into_active_model)).into_query();
        txn.execute(&insert).await?;
    }
    Ok(())
}

/// Adds what has to be shown. A card that is known already wants the newer version; one that is on its way keeps its
/// lease and goes again afterwards.
async fn upsert_outbox(txn: &DatabaseTransaction, going: &[&Rows]) -> Result<(), DbErr> {
    use outbox::Column;
    let tasks: Vec<outbox::Model> = going.iter().flat_map(|rows| rows.outbox.clone()).collect();
    let under_way = || Expr::col((outbox::Entity, Column::State)).is_in(["sending", "settling", "doubt"]);
    let excluded = |column: Column| Expr::cust(format!("excluded.{}", sea_orm::IdenStatic::as_str(&column)));
    let mut on_conflict = OnConflict::column(Column::Key);
    on_conflict
        .value(Column::Wanted, excluded(Column::Wanted))
        .value(
            Column::DueAt,
            Expr::case(under_way(), Expr::col((outbox::Entity, Column::DueAt))).finally(excluded(Column::DueAt)),
        )
        .value(
            Column::State,
            Expr::case(under_way(), Expr::col((outbox::Entity, Column::State))).finally(Expr::val("ready")),
        );
    for chunk in chunks(&tasks) {
        let insert = outbox::Entity::insert_many(chunk.iter().cloned().map(IntoActiveModel::into_active_model))
            .on_conflict(on_conflict.clone())
            .into_query();
        txn.execute(&insert).await?;
    }
    Ok(())
}

async fn outcome(
    txn: &DatabaseTransaction,
    rows: &Rows,
    standing: Option<Standing>,
) -> Result<Result<Committed, Failure>, DbErr> {
    match standing {
        Some(Standing::Goes(kept_as)) => Ok(Ok(Committed::Done { references: references(rows, kept_as) })),
        Some(Standing::Seen) => {
            let Some(delivery) = &rows.delivery else { return Ok(Err(Failure::Conflict)) };
            let seen = delivery::Entity::find_by_id(delivery.key.clone()).one(txn).await?;
            Ok(seen.map_or(Err(Failure::Conflict), |seen| {
                let same = seen.fingerprint == delivery.fingerprint;
                Ok(Committed::Seen { incident: IncidentId(seen.incident), same })
            }))
        }
        Some(Standing::LostRace) | None => Ok(Err(Failure::Conflict)),
    }
}

/// Takes due rows; first, leases that ran out become doubts.
async fn lease(txn: &DatabaseTransaction, request: &LeaseRequest) -> Result<Vec<Leased>, DbErr> {
    let backend = txn.get_database_backend();
    let now = || Value::from(request.now);
    let expire = "UPDATE outbox SET state = 'doubt', lease = NULL, leased_until = NULL, due_at = $1 \
                  WHERE platform = $2 AND state IN ('sending', 'settling') AND due_at <= $1";
    let platform = || Value::from(request.platform.as_str());
    txn.execute_raw(Statement::from_sql_and_values(backend, expire, [now(), platform()])).await?;
    // SQLite has one writer and no such clause; on Postgres a replica takes what another has not.
    let skip = if backend == sea_orm::DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let take = format!(
        "UPDATE outbox SET state = CASE state WHEN 'doubt' THEN 'settling' ELSE 'sending' END, lease = $1, \
         leased_until = $2, due_at = $2, attempts = attempts + 1, sending = wanted \
         WHERE key IN (SELECT key FROM outbox WHERE platform = $4 AND state IN ('ready', 'doubt') AND due_at <= $3 \
         ORDER BY due_at LIMIT {LEASE_MAX} {skip}) RETURNING *"
    );
    let values = [request.token.into(), (request.now + LEASE).into(), now(), platform()];
    let rows = txn.query_all_raw(Statement::from_sql_and_values(backend, take, values)).await?;
    let mut leased = Vec::with_capacity(rows.len());
    for row in rows {
        leased.extend(Leased::from_row(outbox::Model::from_query_result(&row, "")?));
    }
    leased.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(leased)
}

async fn settle(txn: &DatabaseTransaction, settlement: &Settlement) -> Result<(), DbErr> {
    tell(txn, settlement).await?;
    let mut shown = Vec::new();
    for (key, settled) in &settlement.outcomes {
        match settled {
            Settled::Shown { remote_id: None } => shown.push(key.clone()),
            Settled::Shown { remote_id } => settle_shown(txn, settlement, vec![key.clone()], remote_id.clone()).await?,
            Settled::Later { at } => settle_otherwise(txn, settlement, key, ("ready", 0), *at).await?,
            Settled::Held { at } => {
                uncount(txn, settlement, key).await?;
                settle_otherwise(txn, settlement, key, ("ready", 0), *at).await?;
            }
            Settled::Doubt { at, looks } => settle_otherwise(txn, settlement, key, ("doubt", *looks), *at).await?,
            Settled::NeedsOperator => {
                settle_otherwise(txn, settlement, key, ("needs_operator", 0), settlement.now).await?;
            }
            Settled::Dropped => settle_otherwise(txn, settlement, key, ("dropped", 0), settlement.now).await?,
        }
    }
    for chunk in chunks(&shown) {
        settle_shown(txn, settlement, chunk.to_vec(), None).await?;
    }
    Ok(())
}

/// Writes the notices of tasks that are still under this lease: whoever was too late tells nobody.
async fn tell(txn: &DatabaseTransaction, settlement: &Settlement) -> Result<(), DbErr> {
    if settlement.notices.is_empty() {
        return Ok(());
    }
    let keys = settlement.notices.iter().map(|notice| notice.key.as_str());
    let held = outbox::Entity::find()
        .filter(outbox::Column::Key.is_in(keys))
        .filter(outbox::Column::Lease.eq(settlement.token))
        .all(txn)
        .await?;
    let held: HashSet<&str> = held.iter().map(|task| task.key.as_str()).collect();
    let told: Vec<notice::Model> =
        settlement.notices.iter().filter(|notice| held.contains(notice.key.as_str())).cloned().collect();
    for chunk in chunks(&told) {
        let insert = notice::Entity::insert_many(chunk.iter().cloned().map(IntoActiveModel::into_active_model))
            .on_conflict(OnConflict::column(notice::Column::Key).do_nothing().to_owned())
            .into_query();
        txn.execute(&insert).await?;
    }
    Ok(())
}

/// What was sent is shown; if a newer version is wanted by now, it goes again.
async fn settle_shown(
    txn: &DatabaseTransaction,
    settlement: &Settlement,
    keys: Vec<String>,
    remote_id: Option<String>,
) -> Result<(), DbErr> {
    use outbox::Column;
    let newer = Expr::col(Column::Wanted).gt(Expr::col(Column::Sending));
    let mut update = outbox::Entity::update_many()
        .col_expr(Column::State, Expr::case(newer, Expr::val("ready")).finally(Expr::val("shown")).into())
        .col_expr(Column::Shown, Expr::col(Column::Sending))
        .col_expr(Column::Attempts, Expr::val(0))
        .col_expr(Column::Looks, Expr::val(0))
        .col_expr(Column::Lease, Expr::val(None::<uuid::Uuid>))
        .col_expr(Column::LeasedUntil, Expr::val(None::<Moment>))
        .col_expr(Column::DueAt, Expr::val(settlement.now))
        .col_expr(Column::SettledAt, Expr::val(settlement.now));
    if remote_id.is_some() {
        update = update.col_expr(Column::RemoteId, Expr::val(remote_id));
    }
    update.filter(Column::Key.is_in(keys)).filter(Column::Lease.eq(settlement.token)).exec(txn).await?;
    Ok(())
}

/// An attempt that was none: the chat could not be spoken to.
async fn uncount(txn: &DatabaseTransaction, settlement: &Settlement, key: &str) -> Result<(), DbErr> {
    use outbox::Column;
    outbox::Entity::update_many()
        .col_expr(Column::Attempts, Expr::val(0))
        .filter(Column::Key.eq(key))
        .filter(Column::Lease.eq(settlement.token))
        .exec(txn)
        .await?;
    Ok(())
}

async fn settle_otherwise(
    txn: &DatabaseTransaction,
    settlement: &Settlement,
    key: &str,
    (state, looks): (&str, u32),
    due_at: Moment,
) -> Result<(), DbErr> {
    use outbox::Column;
    outbox::Entity::update_many()
        .col_expr(Column::State, Expr::val(state))
        .col_expr(Column::Looks, Expr::val(signed(looks)))
        .col_expr(Column::Lease, Expr::val(None::<uuid::Uuid>))
        .col_expr(Column::LeasedUntil, Expr::val(None::<Moment>))
        .col_expr(Column::DueAt, Expr::val(due_at))
        .filter(Column::Key.eq(key))
        .filter(Column::Lease.eq(settlement.token))
        .exec(txn)
        .await?;
    Ok(())
}
