//! Checking the record of every incident.

use std::collections::BTreeMap;

use domain::audit::{self, Broken, Hash, Line};
use domain::id::IncidentId;
use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{
    AccessMode, ColumnTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IsolationLevel, QueryFilter,
    QueryOrder, QuerySelect, TransactionOptions, TransactionTrait,
};
use uuid::Uuid;

use super::entity::{entry, incident};
use super::sealing::{hash, hashed_line};
use super::{Store, unavailable};
use crate::failure::Failure;

/// How many incidents are read at a time.
const STRIDE: u64 = 500;

/// A record that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// This incident's record is broken there.
    Record { reference: String, incident: IncidentId, broken: Broken },
    /// Lines without their incident.
    Orphans { incident: IncidentId },
}

/// What a check went through, and what it found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    pub incidents: u64,
    pub lines: u64,
    pub findings: Vec<Finding>,
}

impl Store {
    /// Goes through every incident's record, and through lines that belong to none. `progress` hears how many
    /// incidents are done. Each stride is one snapshot, so that steps taken meanwhile by a running server are no findings.
    pub async fn verify(&self, mut progress: impl FnMut(u64)) -> Result<Verdict, Failure> {
        let mut verdict = Verdict::default();
        let mut after = Some(Uuid::nil());
        while let Some(from) = after {
            after = self.stride(from, &mut verdict).await.map_err(|why| unavailable(&why))??;
            progress(verdict.incidents);
        }
        Ok(verdict)
    }

    /// Checks the record of one incident.
    pub async fn verify_one(&self, incident: IncidentId) -> Result<Verdict, Failure> {
        let mut verdict = Verdict::default();
        let read = async {
            let txn = self.snapshot().await?;
            let row = incident::Entity::find_by_id(incident.0).one(&txn).await?;
            Ok((row, lines(&txn, entry::Column::Incident.eq(incident.0)).await?))
        };
        let (row, entries) = read.await.map_err(|why: DbErr| unavailable(&why))?;
        verdict.take(row.as_slice(), &entries)?;
        Ok(verdict)
    }

    /// Checks the next incidents and all lines up to theirs; where to go on, if anywhere.
    async fn stride(&self, after: Uuid, verdict: &mut Verdict) -> Result<Result<Option<Uuid>, Failure>, DbErr> {
        let txn = self.snapshot().await?;
        let rows = incident::Entity::find()
            .filter(incident::Column::Id.gt(after))
            .order_by_asc(incident::Column::Id)
            .limit(STRIDE)
            .all(&txn)
            .await?;
        let full = u64::try_from(rows.len()).is_ok_and(|count| count == STRIDE);
        let last = rows.last().map(|row| row.id).filter(|_| full);
        let range = entry::Column::Incident.gt(after).and(entry::Column::Incident.lte(last.unwrap_or(Uuid::max())));
        let entries = lines(&txn, range).await?;
        Ok(verdict.take(&rows, &entries).map(|()| last))
    }

    async fn snapshot(&self) -> Result<DatabaseTransaction, DbErr> {
        // SQLite's transactions are snapshots by themselves.
        let postgres = self.db.get_database_backend() == DbBackend::Postgres;
        let options = TransactionOptions {
            isolation_level: postgres.then_some(IsolationLevel::RepeatableRead),
            access_mode: postgres.then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: None,
        };
        self.db.begin_with_options(options).await
    }
}

async fn lines(txn: &DatabaseTransaction, of: SimpleExpr) -> Result<Vec<entry::Model>, DbErr> {
    let query = entry::Entity::find().filter(of);
    query.order_by_asc(entry::Column::Incident).order_by_asc(entry::Column::Seq).all(txn).await
}

impl Verdict {
    /// Checks incidents against their lines; both are in the order of ids.
    fn take(&mut self, rows: &[incident::Model], entries: &[entry::Model]) -> Result<(), Failure> {
        let mut by_incident: BTreeMap<Uuid, Vec<(Line, Hash)>> = BTreeMap::new();
        for entry in entries {
            self.lines += 1;
            by_incident.entry(entry.incident).or_default().push(hashed_line(entry)?);
        }
        for row in rows {
            self.incidents += 1;
            let own = by_incident.remove(&row.id).unwrap_or_default();
            let steps = u32::try_from(row.version).unwrap_or(0);
            if let Err(broken) = audit::check(IncidentId(row.id), steps, hash(&row.head)?, &own) {
                let (reference, incident) = (row.reference.clone(), IncidentId(row.id));
                self.findings.push(Finding::Record { reference, incident, broken });
            }
        }
        self.findings.extend(by_incident.into_keys().map(|id| Finding::Orphans { incident: IncidentId(id) }));
        Ok(())
    }
}
