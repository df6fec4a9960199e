//! Checking the record of every incident.

use std::collections::BTreeMap;

use domain::audit::{self, Broken, Hash, Line, StepWord};
use domain::id::IncidentId;
use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{
    AccessMode, ColumnTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IsolationLevel, QueryFilter,
    QueryOrder, QuerySelect, TransactionOptions, TransactionTrait,
};
use uuid::Uuid;

use super::entity::{entry, incident};
use super::sealing::{certified, data_key, hash, hashed_line, open_incident, open_line, seal_incident};
use super::{Store, unavailable};
use crate::failure::Failure;
use crate::keys::{DataKey, Keys};

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
            after = self.stride(from, &mut verdict).await.map_err(|why| unavailable(&why))?;
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
        verdict.take(&self.keys, row.as_slice(), &entries);
        Ok(verdict)
    }

    /// Checks the next incidents and all lines up to theirs; where to go on, if anywhere.
    async fn stride(&self, after: Uuid, verdict: &mut Verdict) -> Result<Option<Uuid>, DbErr> {
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
        verdict.take(&self.keys, &rows, &entries);
        Ok(last)
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
    fn take(&mut self, keys: &Keys, rows: &[incident::Model], entries: &[entry::Model]) {
        let mut by_incident: BTreeMap<Uuid, Vec<&entry::Model>> = BTreeMap::new();
        for entry in entries {
            self.lines += 1;
            by_incident.entry(entry.incident).or_default().push(entry);
        }
        for row in rows {
            self.incidents += 1;
            let own = by_incident.remove(&row.id).unwrap_or_default();
            if let Err(broken) = whole(keys, row, &own) {
                let (reference, incident) = (row.reference.clone(), IncidentId(row.id));
                self.findings.push(Finding::Record { reference, incident, broken });
            }
        }
        self.findings.extend(by_incident.into_keys().map(|id| Finding::Orphans { incident: IncidentId(id) }));
    }
}

/// Whether an incident's lines, the words beside them and the incident itself are as they were written. A value that is
/// not even of the right length was changed like any other.
fn whole(keys: &Keys, row: &incident::Model, entries: &[&entry::Model]) -> Result<(), Broken> {
    let changed = |seq: i32| Broken::Changed { seq: u32::try_from(seq).unwrap_or(0) };
    let lines = entries.iter().map(|entry| hashed_line(entry).map_err(|_why| changed(entry.seq)));
    let lines: Vec<(Line, Hash)> = lines.collect::<Result<_, _>>()?;
    let head = hash(&row.head).map_err(|_why| changed(row.version))?;
    audit::check(IncidentId(row.id), u32::try_from(row.version).unwrap_or(0), head, &lines)?;
    if row.erased_at.is_some() {
        return gone(keys, row, entries);
    }
    let key = data_key(keys, row).map_err(|_why| changed(row.version))?;
    for entry in entries {
        let said = open_line(&key, entry).ok().filter(|line| line.by.pseudonym() == entry.actor);
        said.ok_or_else(|| changed(entry.seq))?;
    }
    if as_sealed(keys, &key, row).is_ok_and(|same| same) { Ok(()) } else { Err(changed(row.version)) }
}

/// Whether nothing but the record is left of an erased incident, and its last line is a certificate that these keys made.
fn gone(keys: &Keys, row: &incident::Model, entries: &[&entry::Model]) -> Result<(), Broken> {
    let changed = || Broken::Changed { seq: u32::try_from(row.version).unwrap_or(0) };
    let last = entries.last().ok_or_else(changed)?;
    let certified = certified(keys, IncidentId(row.id), &last.detail).0.as_slice() == last.content;
    let nothing = row.sealed.is_empty() && row.data_key.is_empty() && entries.iter().all(|line| line.sealed.is_empty());
    if nothing && certified && last.word == StepWord::Erased.as_str() { Ok(()) } else { Err(changed()) }
}

/// Whether the plain columns, by which incidents are found, say what the sealed incident says.
fn as_sealed(keys: &Keys, key: &DataKey, row: &incident::Model) -> Result<bool, Failure> {
    let again = seal_incident(keys, key, &open_incident(keys, row)?, row.wake_at)?;
    Ok(incident::Model { sealed: row.sealed.clone(), plan: row.plan, ..again } == *row)
}
