//! A commit as rows: sealed, hashed and ready, so that the writer only writes.

use std::collections::BTreeMap;

use domain::audit::{LOOKS, StepWord};
use domain::id::{IncidentId, Reference};

use super::commit::Commit;
use super::direct;
use super::entity::{delivery, entry, incident, outbox};
use super::erasing::{self, Erasure};
use super::photos::PhotoRow;
use super::sealing::{chain, hash, seal_incident};
use crate::failure::Failure;
use crate::keys::Keys;

/// An incident's row with the version that its change was decided on; 0 for a new one.
#[derive(Debug, Clone)]
pub(super) struct IncidentRow {
    pub seen: u32,
    pub row: incident::Model,
}

/// The rows of one commit.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    pub delivery: Option<delivery::Model>,
    pub incidents: Vec<IncidentRow>,
    pub entries: Vec<entry::Model>,
    pub outbox: Vec<outbox::Model>,
    pub photos: Vec<PhotoRow>,
    /// Its incident goes with this commit.
    pub erases: Option<Erasure>,
}

impl Rows {
    /// The rows of a commit, whose lines say of looks at photos what is said here.
    pub(super) fn prepare(keys: &Keys, commit: Commit, looks: &BTreeMap<IncidentId, String>) -> Result<Self, Failure> {
        let first = commit.changes.first().map(|(change, _)| change.after().id);
        let mut rows = Self::default();
        let mut photo = commit.photo;
        for (change, wake_at) in commit.changes {
            let (mut after, mut step) = change.into_parts();
            // A second step of the same incident follows the line of the first.
            let earlier = rows.incidents.iter().position(|earlier| earlier.row.id == after.id.0);
            if let Some(earlier) = earlier.and_then(|at| rows.incidents.get(at)) {
                after.head = hash(&earlier.row.head)?;
                after.wrapped_key = Some(earlier.row.data_key.clone());
            }
            if let Some(said) = looks.get(&after.id) {
                step = step.with(LOOKS, said);
            }
            if step.word == StepWord::Erased {
                let (entry, row) = erasing::rows(keys, &mut after, &step)?;
                let reporter = (after.reporter.account.platform, after.reporter.account.id.clone());
                let direct = (direct::name(keys, &after.reporter.account), after.reporter.member.0.clone());
                rows.erases = Some(Erasure { incident: row.id, version: row.version, at: step.at, reporter, direct });
                rows.entries.push(entry);
                rows.incidents.push(IncidentRow { seen: after.version - 1, row });
                continue;
            }
            let key = match &after.wrapped_key {
                Some(wrapped) => keys.unwrap_data_key(after.id.0.as_bytes(), wrapped).map_err(Failure::broken)?,
                None => keys.new_data_key(after.id.0.as_bytes()).map_err(Failure::broken)?,
            };
            if let Some(photo) = photo.take() {
                rows.photos.push(photo.row(keys, &key)?);
            }
            rows.entries.push(chain(keys, &key, &mut after, &step)?);
            let row = seal_incident(keys, &key, &after, wake_at)?;
            match earlier.and_then(|at| rows.incidents.get_mut(at)) {
                Some(earlier) => earlier.row = row,
                None => rows.incidents.push(IncidentRow { seen: after.version - 1, row }),
            }
        }
        rows.delivery = commit.delivery.zip(first).map(|(delivery, incident)| delivery::Model {
            key: delivery_key(keys, &delivery.key),
            at: commit.at,
            incident: incident.0,
            fingerprint: delivery_fingerprint(keys, &delivery.fingerprint),
        });
        rows.outbox = commit.tasks.iter().map(|task| task.row(commit.at)).collect::<Result<_, _>>()?;
        Ok(rows)
    }

    /// Whether it is a new incident and nothing else.
    pub(super) fn is_report(&self) -> bool {
        matches!(self.incidents.as_slice(), [IncidentRow { seen: 0, .. }])
    }

    /// Whether it changes one incident: such a commit can be left out of a shared transaction without undoing the others.
    pub(super) fn can_share(&self) -> bool {
        self.incidents.len() == 1
    }
}

/// What the table holds of a delivery's key.
pub(super) fn delivery_key(keys: &Keys, key: &str) -> String {
    keys.pseudonym(&format!("delivery/{key}")).0
}

/// What the table holds of what was in a delivery.
pub(super) fn delivery_fingerprint(keys: &Keys, fingerprint: &[u8]) -> Vec<u8> {
    keys.content(&[b"delivery", fingerprint]).0.to_vec()
}

/// The references under which new incidents were kept, the first one perhaps as another than was drawn.
pub(super) fn references(rows: &Rows, kept_as: Option<Reference>) -> Vec<(IncidentId, Reference)> {
    let kept_as = std::iter::once(kept_as).chain(std::iter::repeat(None));
    let reference = |(incident, kept_as): (&IncidentRow, Option<Reference>)| {
        Some((IncidentId(incident.row.id), kept_as.or_else(|| incident.row.reference.parse().ok())?))
    };
    rows.incidents.iter().zip(kept_as).filter_map(reference).collect()
}
