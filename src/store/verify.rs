//! Checking the record of every incident, and the looks at its photos.

use std::collections::{BTreeMap, BTreeSet};

use domain::audit::{self, Broken, Hash, Line, StepWord};
use domain::id::IncidentId;
use domain::incident::erasing::AFTER;
use domain::look::Counted;
use domain::photo::PhotoId;
use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{
    AccessMode, ColumnTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IsolationLevel, QueryFilter,
    QueryOrder, QuerySelect, TransactionOptions, TransactionTrait,
};
use uuid::Uuid;

use super::entity::{entry, incident, look, photo};
use super::sealing::{certified, data_key, hash, hashed_line, open_incident, open_line, seal_incident, sealed_head};
use super::{Store, counted, looks, unavailable};
use crate::failure::Failure;
use crate::keys::{DataKey, Keys};

/// How many incidents are read at a time.
const STRIDE: u64 = 500;

/// A record that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// This incident's record is broken there.
    Record { reference: String, incident: IncidentId, broken: Broken },
    /// Lines, photos or looks without their incident.
    Orphans { incident: IncidentId },
    /// The looks at this photo are not those that were written.
    Looks { reference: String, photo: PhotoId, broken: Broken },
    /// How many looks at this photo there were was changed behind the program's back.
    Miscounted { reference: String, photo: PhotoId },
    /// The incident has this photo, and nothing is known of it any more.
    NoPhoto { reference: String, photo: PhotoId },
}

impl Finding {
    /// Whether it is about looks at photos.
    pub const fn is_of_looks(&self) -> bool {
        matches!(self, Self::Looks { .. } | Self::Miscounted { .. } | Self::NoPhoto { .. })
    }
}

/// What a check went through, and what it found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    pub incidents: u64,
    pub lines: u64,
    pub looks: u64,
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
            let beside = Beside {
                entries: lines(&txn, entry::Column::Incident.eq(incident.0)).await?,
                photos: counted::rows(&txn, photo::Column::Incident.eq(incident.0)).await?,
                looks: looks(&txn, look::Column::Incident.eq(incident.0)).await?,
            };
            Ok((row, beside))
        };
        let (row, beside) = read.await.map_err(|why: DbErr| unavailable(&why))?;
        verdict.take(&self.keys, row.as_slice(), &beside);
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
        let end = last.unwrap_or(Uuid::max());
        let beside = Beside {
            entries: lines(&txn, entry::Column::Incident.gt(after).and(entry::Column::Incident.lte(end))).await?,
            photos: counted::rows(&txn, photo::Column::Incident.gt(after).and(photo::Column::Incident.lte(end)))
                .await?,
            looks: looks(&txn, look::Column::Incident.gt(after).and(look::Column::Incident.lte(end))).await?,
        };
        verdict.take(&self.keys, &rows, &beside);
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

async fn looks(txn: &DatabaseTransaction, of: SimpleExpr) -> Result<Vec<look::Model>, DbErr> {
    let query = look::Entity::find().filter(of);
    query.order_by_asc(look::Column::Photo).order_by_asc(look::Column::Seq).all(txn).await
}

/// What belongs to a stretch of incidents.
struct Beside {
    entries: Vec<entry::Model>,
    photos: Vec<photo::Model>,
    looks: Vec<look::Model>,
}

/// What belongs to one incident.
#[derive(Default)]
struct Own<'a> {
    entries: Vec<&'a entry::Model>,
    photos: Vec<&'a photo::Model>,
    looks: Vec<&'a look::Model>,
}

impl Beside {
    fn by_incident(&self) -> BTreeMap<Uuid, Own<'_>> {
        let mut by: BTreeMap<Uuid, Own<'_>> = BTreeMap::new();
        for entry in &self.entries {
            by.entry(entry.incident).or_default().entries.push(entry);
        }
        for photo in &self.photos {
            by.entry(photo.incident).or_default().photos.push(photo);
        }
        for look in &self.looks {
            by.entry(look.incident).or_default().looks.push(look);
        }
        by
    }
}

impl Verdict {
    /// Checks incidents against what belongs to them; all of it is in the order of ids.
    fn take(&mut self, keys: &Keys, rows: &[incident::Model], beside: &Beside) {
        self.lines += beside.entries.len() as u64;
        self.looks += beside.looks.len() as u64;
        let mut by_incident = beside.by_incident();
        for row in rows {
            self.incidents += 1;
            let own = by_incident.remove(&row.id).unwrap_or_default();
            if let Err(broken) = whole(keys, row, &own.entries) {
                let (reference, incident) = (row.reference.clone(), IncidentId(row.id));
                self.findings.push(Finding::Record { reference, incident, broken });
            }
            self.take_looks(keys, row, &own);
        }
        self.findings.extend(by_incident.into_keys().map(|id| Finding::Orphans { incident: IncidentId(id) }));
    }

    /// Checks the looks at an incident's photos. The photos of an erased one are forgotten once their bytes are gone; what is
    /// on record of looks at them stays.
    fn take_looks(&mut self, keys: &Keys, row: &incident::Model, own: &Own<'_>) {
        let meanwhile = counted::recorded(&own.entries);
        let known = own.photos.iter().map(|photo| PhotoId(photo.id));
        let album = open_incident(keys, row).map(|open| open.album).unwrap_or_default();
        let looked_at = own.looks.iter().map(|look| PhotoId(look.photo)).chain(meanwhile.iter().map(|was| was.photo));
        let photos: BTreeSet<PhotoId> = known.chain(album.iter().map(|kept| kept.id)).chain(looked_at).collect();
        for photo in photos {
            let reference = row.reference.clone();
            let now = own.photos.iter().find(|known| known.id == photo.0).map(|known| counted::counted(keys, known));
            if now.is_none() && row.erased_at.is_none() {
                self.findings.push(Finding::NoPhoto { reference, photo });
                continue;
            }
            if now.is_some_and(|(_, sound)| !sound) {
                self.findings.push(Finding::Miscounted { reference: reference.clone(), photo });
            }
            let looks: Vec<&look::Model> = own.looks.iter().copied().filter(|look| look.photo == photo.0).collect();
            let now = now.map(|(counted, _)| counted);
            if let Err(broken) = looked_at_as_written(keys, row, photo, now, &meanwhile, &looks) {
                self.findings.push(Finding::Looks { reference, photo, broken });
            }
        }
    }
}

/// Whether the looks at a photo, and the names beside them while there are any, are as they were written.
fn looked_at_as_written(
    keys: &Keys,
    row: &incident::Model,
    photo: PhotoId,
    now: Option<Counted>,
    meanwhile: &[Counted],
    looks: &[&look::Model],
) -> Result<(), Broken> {
    let changed = |look: &look::Model| Broken::Changed { seq: u32::try_from(look.seq).unwrap_or(0) };
    let lines = looks.iter().map(|look| looks::hashed(look).ok_or_else(|| changed(look)));
    let lines: Vec<_> = lines.collect::<Result<_, _>>()?;
    counted::check(photo, now, meanwhile, &lines)?;
    let Ok(key) = data_key(keys, row) else { return Ok(()) };
    let other = looks.iter().find(|look| looks::looked(keys, &key, look).is_none());
    other.map_or(Ok(()), |look| Err(changed(look)))
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
    // A certificate names the line that it follows: whoever cannot write one cannot change what came before.
    let detail: BTreeMap<String, String> = serde_json::from_str(&last.detail).unwrap_or_default();
    let certified = certified
        && detail.get(AFTER).is_none_or(|after| hash(&last.prev).is_ok_and(|prev| *after == prev.to_string()));
    let nothing = row.sealed.is_empty() && row.data_key.is_empty() && entries.iter().all(|line| line.sealed.is_empty());
    if nothing && certified && last.word == StepWord::Erased.as_str() { Ok(()) } else { Err(changed()) }
}

/// Whether the plain columns, by which incidents are found, say what the sealed incident says; the end of its record, too:
/// whoever writes a record anew cannot seal the new end of it.
fn as_sealed(keys: &Keys, key: &DataKey, row: &incident::Model) -> Result<bool, Failure> {
    if sealed_head(key, row)? != hash(&row.head)? {
        return Ok(false);
    }
    let again = seal_incident(keys, key, &open_incident(keys, row)?, row.wake_at)?;
    Ok(incident::Model { sealed: row.sealed.clone(), plan: row.plan, ..again } == *row)
}
