//! What the writer sends for the outbox: rows are taken under a lease, and what became of them is noted under the same one.

use std::collections::{BTreeMap, HashSet};

use domain::clock::Moment;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, QueryTrait, Statement, Value,
};

use super::entity::{notice, outbox};
use super::opening::chunks;
use super::outbox::{ALONE_AFTER, CARDS, LEASE_MAX, LeaseRequest, Leased, LeasedRow, Settled, Settlement, ShowRequest};
use super::said;
use super::sealing::signed;

/// How a statement begins that changes many rows. On SQLite one that cannot be undoes the transaction, and with it the
/// statement: to undo that alone, it would keep a copy of every page that it changes.
fn update(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Postgres { "UPDATE" } else { "UPDATE OR ROLLBACK" }
}

/// Notes of due cards that they are shown; how many there were. A lease would take every row out and send it back.
pub(super) async fn show(txn: &DatabaseTransaction, request: &ShowRequest) -> Result<u64, DbErr> {
    let backend = txn.get_database_backend();
    // SQLite finds a row by its number sooner than by its key.
    let (row, skip) = if backend == DbBackend::Postgres { ("key", "FOR UPDATE SKIP LOCKED") } else { ("rowid", "") };
    let text = format!(
        "{} outbox SET state = 'shown', sending = wanted, shown = wanted, attempts = 0, looks = 0, due_at = $1, \
         settled_at = $1 WHERE {row} IN (SELECT {row} FROM outbox WHERE platform = $2 AND state = 'ready' \
         AND due_at <= $1 AND key LIKE '{CARDS}%' ORDER BY due_at LIMIT {LEASE_MAX} {skip})",
        update(backend)
    );
    let values = [request.now.into(), request.platform.as_str().into()];
    let shown = txn.execute_raw(Statement::from_sql_and_values(backend, text, values)).await?;
    Ok(shown.rows_affected())
}

/// Takes due rows; first, leases that ran out become doubts.
pub(super) async fn lease(txn: &DatabaseTransaction, request: &LeaseRequest) -> Result<Vec<Leased>, DbErr> {
    let backend = txn.get_database_backend();
    let (update, now) = (update(backend), || Value::from(request.now));
    let expire = format!(
        "{update} outbox SET state = 'doubt', lease = NULL, leased_until = NULL, due_at = $1 \
         WHERE platform = $2 AND state IN ('sending', 'settling') AND due_at <= $1"
    );
    let platform = || Value::from(request.platform.as_str());
    txn.execute_raw(Statement::from_sql_and_values(backend, expire, [now(), platform()])).await?;
    // SQLite has one writer and no such clause; on Postgres a replica takes what another has not.
    let skip = if backend == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let (until, most) = request.terms();
    let take = format!(
        "{update} outbox SET state = CASE state WHEN 'doubt' THEN 'settling' ELSE 'sending' END, lease = $1, \
         leased_until = $2, due_at = $2, attempts = attempts + 1, sending = wanted \
         WHERE key IN (SELECT key FROM outbox WHERE platform = $4 AND state IN ('ready', 'doubt') AND due_at <= $3 \
         ORDER BY due_at LIMIT {most} {skip}) \
         RETURNING key, task, platform, incident, state, attempts, wanted, sending, shown, remote_id, looks"
    );
    let values = [request.token.into(), until.into(), now(), platform()];
    let rows = txn.query_all_raw(Statement::from_sql_and_values(backend, take, values)).await?;
    let mut leased = Vec::with_capacity(rows.len());
    for row in rows {
        leased.extend(Leased::from_row(LeasedRow::from_query_result(&row, "")?));
    }
    leased.sort_by(|a, b| a.key.cmp(&b.key));
    alone(txn, request, leased).await
}

/// Who was leased over and over, and neither shown nor known to have failed, may be what ends the process each time, or was
/// only beside it. It is taken alone: whoever is beside it goes back as if nothing had been.
async fn alone(
    txn: &DatabaseTransaction,
    request: &LeaseRequest,
    mut leased: Vec<Leased>,
) -> Result<Vec<Leased>, DbErr> {
    let suspect = leased.iter().position(|task| task.attempts > ALONE_AFTER);
    let Some(at) = suspect.filter(|_| leased.len() > 1) else { return Ok(leased) };
    let suspect = leased.swap_remove(at);
    let backend = txn.get_database_backend();
    let mut values: Vec<Value> = vec![request.now.into(), request.token.into()];
    let among = among(backend, &mut values, leased.into_iter().map(|task| task.key).collect());
    let text = format!(
        "{} outbox SET state = CASE state WHEN 'settling' THEN 'doubt' ELSE 'ready' END, lease = NULL, \
         leased_until = NULL, due_at = $1, attempts = attempts - 1 WHERE lease = $2 AND key {among}",
        update(backend)
    );
    txn.execute_raw(Statement::from_sql_and_values(backend, text, values)).await?;
    Ok(vec![suspect])
}

/// Notes what became of what was sent.
pub(super) async fn settle(txn: &DatabaseTransaction, settlement: &Settlement) -> Result<(), DbErr> {
    tell(txn, settlement).await?;
    let mut shown = Vec::new();
    let mut waiting: BTreeMap<(&str, u32, Moment), Vec<String>> = BTreeMap::new();
    for (key, settled) in &settlement.outcomes {
        match settled {
            Settled::Shown { remote_id: None } => shown.push(key.clone()),
            Settled::Shown { remote_id } => settle_shown(txn, settlement, vec![key.clone()], remote_id.clone()).await?,
            Settled::Later { at } => settle_otherwise(txn, settlement, key, ("ready", 0), *at).await?,
            // Both are no attempts: the looks bound a doubt, and that the chat was away is no fault of the task.
            Settled::Held { at } => waiting.entry(("ready", 0, *at)).or_default().push(key.clone()),
            Settled::Doubt { at, looks } => waiting.entry(("doubt", *looks, *at)).or_default().push(key.clone()),
            Settled::Found { remote_id, at } => {
                found(txn, settlement, key, remote_id).await?;
                settle_otherwise(txn, settlement, key, ("ready", 0), *at).await?;
            }
            Settled::Reached { version, said } => {
                remember(txn, settlement, key, said).await?;
                reached(txn, settlement, key, *version).await?;
                settle_otherwise(txn, settlement, key, ("ready", 0), settlement.now).await?;
            }
            Settled::Cleared => {
                forget(txn, settlement, key).await?;
                shown.push(key.clone());
            }
            Settled::NeedsOperator => {
                settle_otherwise(txn, settlement, key, ("needs_operator", 0), settlement.now).await?;
            }
            Settled::Dropped => settle_otherwise(txn, settlement, key, ("dropped", 0), settlement.now).await?,
        }
    }
    if !shown.is_empty() {
        settle_shown(txn, settlement, shown, None).await?;
    }
    for (until, keys) in waiting {
        settle_waiting(txn, settlement, keys, until).await?;
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

/// What was sent is shown; if a newer version is wanted by now, it goes again. Where it stands stays known.
async fn settle_shown(
    txn: &DatabaseTransaction,
    settlement: &Settlement,
    keys: Vec<String>,
    remote_id: Option<String>,
) -> Result<(), DbErr> {
    let backend = txn.get_database_backend();
    let mut values: Vec<Value> = vec![settlement.now.into(), settlement.token.into()];
    // A column that is set to what it was costs its index as much as any other.
    let stands = remote_id.map_or("", |remote_id| {
        values.push(remote_id.into());
        ", remote_id = $3"
    });
    let among = among(backend, &mut values, keys);
    let text = format!(
        "{} outbox SET state = CASE WHEN wanted > sending THEN 'ready' ELSE 'shown' END, shown = sending, attempts = 0, \
         looks = 0, lease = NULL, leased_until = NULL, due_at = $1, settled_at = $1{stands} \
         WHERE lease = $2 AND key {among}",
        update(backend)
    );
    txn.execute_raw(Statement::from_sql_and_values(backend, text, values)).await?;
    Ok(())
}

/// What was not sent waits until then.
async fn settle_waiting(
    txn: &DatabaseTransaction,
    settlement: &Settlement,
    keys: Vec<String>,
    (state, looks, at): (&str, u32, Moment),
) -> Result<(), DbErr> {
    let backend = txn.get_database_backend();
    let mut values: Vec<Value> = vec![state.into(), signed(looks).into(), at.into(), settlement.token.into()];
    let among = among(backend, &mut values, keys);
    let text = format!(
        "{} outbox SET state = $1, attempts = 0, looks = $2, lease = NULL, leased_until = NULL, due_at = $3 \
         WHERE lease = $4 AND key {among}",
        update(backend)
    );
    txn.execute_raw(Statement::from_sql_and_values(backend, text, values)).await?;
    Ok(())
}

/// How a statement says that a key is one of these. The text is one of few, so that databases keep it prepared.
fn among(backend: DbBackend, values: &mut Vec<Value>, mut keys: Vec<String>) -> String {
    let first = values.len() + 1;
    if backend == DbBackend::Postgres {
        values.push(keys.into());
        return format!("= ANY(${first})");
    }
    let filled = keys.len().next_power_of_two();
    if let Some(last) = keys.last().cloned() {
        keys.resize(filled, last);
    }
    let marks: Vec<String> = (first..first + filled).map(|number| format!("${number}")).collect();
    values.extend(keys.into_iter().map(Value::from));
    format!("IN ({})", marks.join(", "))
}

/// Where the parts of it stand.
async fn remember(txn: &DatabaseTransaction, settlement: &Settlement, key: &str, said: &[String]) -> Result<(), DbErr> {
    if said.is_empty() {
        return Ok(());
    }
    let held = outbox::Entity::find_by_id(key).filter(outbox::Column::Lease.eq(settlement.token));
    let Some(row) = held.one(txn).await? else { return Ok(()) };
    said::remember(txn, row.incident, &row.platform, said).await
}

/// Where it stood.
async fn forget(txn: &DatabaseTransaction, settlement: &Settlement, key: &str) -> Result<(), DbErr> {
    use outbox::Column;
    outbox::Entity::update_many()
        .col_expr(Column::RemoteId, Expr::val(None::<String>))
        .filter(Column::Key.eq(key))
        .filter(Column::Lease.eq(settlement.token))
        .exec(txn)
        .await?;
    Ok(())
}

/// Where it stands after all.
async fn found(txn: &DatabaseTransaction, settlement: &Settlement, key: &str, remote_id: &str) -> Result<(), DbErr> {
    use outbox::Column;
    outbox::Entity::update_many()
        .col_expr(Column::RemoteId, Expr::val(remote_id))
        .filter(Column::Key.eq(key))
        .filter(Column::Lease.eq(settlement.token))
        .exec(txn)
        .await?;
    Ok(())
}

/// A part of it is shown; the rest goes as if it were new.
async fn reached(txn: &DatabaseTransaction, settlement: &Settlement, key: &str, version: u32) -> Result<(), DbErr> {
    use outbox::Column;
    outbox::Entity::update_many()
        .col_expr(Column::Shown, Expr::val(signed(version)))
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
