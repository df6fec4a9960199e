//! What the writer sends: several rows a statement, one transaction a batch.

use domain::id::{Ids, IncidentId, Reference};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait};

use super::commit::Committed;
use super::entity::delivery;
use super::kept::Connection;
use super::leases::{lease, settle, show};
use super::opening::{Opened, open};
use super::rows::{Rows, references};
use super::steps::take_steps;
use super::writer::{Write, Written};
use crate::failure::Failure;

/// How a commit stands while its transaction is being written.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Standing {
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

/// Writes them all in one transaction, or none; none also if somebody has given up before they became true.
pub(super) async fn write_all(db: &Connection, ids: &dyn Ids, writes: &[Write]) -> Result<Option<Vec<Written>>, DbErr> {
    let (reports, steps): (Vec<&Rows>, Vec<&Rows>) =
        writes.iter().filter_map(Write::rows).partition(|rows| rows.is_report());
    let transaction = db.begin(!reports.is_empty()).await?;
    let txn = transaction.txn();
    let opened = open(txn, ids, &reports).await?;
    let Some(standings) = take_steps(txn, &steps).await? else {
        transaction.undo().await?;
        return Ok(Some(vec![Written::Commit(Err(Failure::Conflict))]));
    };
    let mut results = Vec::with_capacity(writes.len());
    let (mut opened, mut standings) = (opened.into_iter(), standings.into_iter());
    for write in writes {
        results.push(match write {
            Write::Commit(rows, _) => {
                let standing = if rows.is_report() { opened.next().map(Standing::of) } else { standings.next() };
                Written::Commit(outcome(txn, rows, standing).await?)
            }
            Write::Show(request, _) => Written::Show(show(txn, request).await?),
            Write::Lease(request, _) => Written::Lease(lease(txn, request).await?),
            Write::Settle(settlement, _) => {
                settle(txn, settlement).await?;
                Written::Settle
            }
        });
    }
    if writes.iter().any(Write::is_abandoned) {
        transaction.undo().await?;
        return Ok(None);
    }
    transaction.commit().await?;
    Ok(Some(results))
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
