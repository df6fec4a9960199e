//! Checking the record of every incident.

use domain::audit::{self, Broken, Hash, Line};
use domain::id::IncidentId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
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
    /// incidents are done.
    pub async fn verify(&self, mut progress: impl FnMut(u64)) -> Result<Verdict, Failure> {
        let mut verdict = Verdict::default();
        let mut after = Uuid::nil();
        loop {
            let rows = incident::Entity::find()
                .filter(incident::Column::Id.gt(after))
                .order_by_asc(incident::Column::Id)
                .limit(STRIDE)
                .all(&self.db)
                .await
                .map_err(|why| unavailable(&why))?;
            let Some(last) = rows.last().map(|row| row.id) else { break };
            self.verify_stride(after, last, &rows, &mut verdict).await?;
            progress(verdict.incidents);
            after = last;
        }
        self.orphans(after, Uuid::max(), &[], &mut verdict).await?;
        Ok(verdict)
    }

    async fn verify_stride(&self, after: Uuid, last: Uuid, rows: &[incident::Model], verdict: &mut Verdict) -> Result<(), Failure> {
        let lines = self.orphans(after, last, rows, verdict).await?;
        for row in rows {
            verdict.incidents += 1;
            let own: Vec<(Line, Hash)> = lines.iter().filter(|(line, _)| line.incident.0 == row.id).cloned().collect();
            let steps = u32::try_from(row.version).unwrap_or(0);
            if let Err(broken) = audit::check(IncidentId(row.id), steps, hash(&row.head)?, &own) {
                let reference = row.reference.clone();
                verdict.findings.push(Finding::Record { reference, incident: IncidentId(row.id), broken });
            }
        }
        Ok(())
    }

    /// The lines of incidents in this range; those of incidents that are not there are findings.
    async fn orphans(&self, after: Uuid, last: Uuid, rows: &[incident::Model], verdict: &mut Verdict) -> Result<Vec<(Line, Hash)>, Failure> {
        let entries = entry::Entity::find()
            .filter(entry::Column::Incident.gt(after))
            .filter(entry::Column::Incident.lte(last))
            .order_by_asc(entry::Column::Incident)
            .order_by_asc(entry::Column::Seq)
            .all(&self.db)
            .await
            .map_err(|why| unavailable(&why))?;
        let mut lines = Vec::with_capacity(entries.len());
        for entry in entries {
            verdict.lines += 1;
            let known = rows.iter().any(|row| row.id == entry.incident);
            let finding = Finding::Orphans { incident: IncidentId(entry.incident) };
            if !known && verdict.findings.last() != Some(&finding) {
                verdict.findings.push(finding);
            }
            lines.push(hashed_line(entry)?);
        }
        Ok(lines)
    }
}
