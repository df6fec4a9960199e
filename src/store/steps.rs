//! What the writer sends for steps of incidents that are known: changes that count on what was seen, lines of the record,
//! and what has to be shown.

use std::collections::HashSet;

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QueryTrait,
};

use super::entity::{delivery, entry, incident, outbox};
use super::erasing;
use super::opening::chunks;
use super::photos;
use super::rows::{IncidentRow, Rows};
use super::sealing::signed;
use super::statements::Standing;

/// Changes incidents, each if it is still as it was seen; none if several had to change together and cannot.
pub(super) async fn take_steps(txn: &DatabaseTransaction, steps: &[&Rows]) -> Result<Option<Vec<Standing>>, DbErr> {
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
    photos::write(txn, &going).await?;
    for erasure in going.iter().filter_map(|rows| rows.erases.as_ref()) {
        erasing::write(txn, erasure).await?;
    }
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
        after.not_set(incident::Column::Plan);
        if rows.erases.is_none() {
            after.not_set(incident::Column::DataKey);
        }
        let mut update = incident::Entity::update_many()
            .set(after)
            .filter(incident::Column::Id.eq(id))
            .filter(incident::Column::Version.eq(signed(*seen)));
        // A step may be taken from what an earlier one answered, which knows its version and not its line of the record:
        // whoever did not read that line cannot write the one that follows it.
        let lines = rows.entries.iter().filter(|entry| entry.incident == id);
        if let Some(first) = lines.min_by_key(|entry| entry.seq) {
            update = update.filter(incident::Column::Head.eq(first.prev.clone()));
        }
        let updated = update.exec(txn).await?;
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
    // What was given up while nobody knew whether it had arrived is looked for before it is shown again.
    let unsure = || {
        let given_up = Expr::col((outbox::Entity, Column::State)).eq("needs_operator");
        given_up.and(Expr::col((outbox::Entity, Column::RemoteId)).is_null())
    };
    let afresh = |column: Column| Expr::case(under_way(), Expr::col((outbox::Entity, column))).finally(Expr::val(0));
    let mut on_conflict = OnConflict::column(Column::Key);
    on_conflict
        .value(Column::Attempts, afresh(Column::Attempts))
        .value(Column::Looks, afresh(Column::Looks))
        .value(Column::Wanted, excluded(Column::Wanted))
        .value(
            Column::DueAt,
            Expr::case(under_way(), Expr::col((outbox::Entity, Column::DueAt))).finally(excluded(Column::DueAt)),
        )
        .value(
            Column::State,
            Expr::case(under_way(), Expr::col((outbox::Entity, Column::State)))
                .case(unsure(), Expr::val("doubt"))
                .finally(Expr::val("ready")),
        );
    for chunk in chunks(&tasks) {
        let insert = outbox::Entity::insert_many(chunk.iter().cloned().map(IntoActiveModel::into_active_model))
            .on_conflict(on_conflict.clone())
            .into_query();
        txn.execute(&insert).await?;
    }
    Ok(())
}
