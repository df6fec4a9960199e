//! Whether all evidence is what it was: every photo is read from where it lies and hashed anew, and what lies there without
//! belonging to anything is named.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::clock::Moment;
use domain::id::{IncidentId, Reference};
use domain::photo::{Photo, PhotoId};
use serde::Serialize;
use uuid::Uuid;

use crate::evidence::keep::{Copy, Evidence, State};
use crate::failure::Failure;
use crate::keys::DataKey;
use crate::operations::Desk;

mod locks;

use locks::Locks;

/// The most incidents or photos that are looked up in one go.
const BATCH_MAX: u64 = 200;
/// A file on the spool that nobody claims is younger than this while its photo is being taken in.
pub const UNCLAIMED_MAX: TimeDelta = TimeDelta::days(1);

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Finding {
    /// A photo's bytes are neither in the vault nor on this server's spool.
    Missing { reference: String, photo: String, copy: &'static str },
    /// They are not those that were sealed.
    Changed { reference: String, photo: String, copy: &'static str },
    /// They cannot be read now.
    Unreadable { reference: String, photo: String, copy: &'static str },
    /// A file in the vault that belongs to no photo.
    OrphanInVault { name: String },
    /// A file on the spool that belongs to no photo.
    OrphanOnSpool { name: String, hours: i64 },
    /// Nothing locks a file of the bucket that has to be locked.
    Unlocked { reference: String, name: String },
    /// It is locked for less long than it was.
    LockTooShort { reference: String, name: String, until: Moment, promised: Moment },
    /// It is locked in a weaker mode than `S3_LOCK` asks for.
    LockTooWeak { reference: String, name: String },
    /// Somebody marked it as deleted; what was sealed is there, behind the mark.
    MarkedDeleted { reference: String, name: String },
    /// A version beside the one that was sealed, which nobody here wrote.
    UnknownVersion { reference: String, name: String, version: String },
    /// The incident is held, and the bucket does not keep this file for it.
    HoldNotInBucket { reference: String, name: String },
    /// The bucket keeps this file, and no hold says so.
    HoldOnlyInBucket { reference: String, name: String },
    /// The bucket did not say how this photo is locked.
    LocksUnknown { reference: String, photo: String },
    /// Somebody placed a hold, and the list of what may be erased does not say so; or the other way round.
    HoldWithoutEffect { reference: String },
    /// The list of photos says that somebody has checked this one, and the incident does not; it is shown as unchecked.
    CheckedByNobody { reference: String, photo: String },
    /// What is known of an incident cannot be read; nor can its photos.
    IncidentUnreadable { id: String },
}

/// What a check went through, and what it found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    pub incidents: u64,
    pub photos: u64,
    /// Photos on another server's spool, which only that server can read.
    pub elsewhere: u64,
    /// Erased photos whose bytes something still keeps.
    pub going: u64,
    /// Files that are locked for less long than their incident is kept by now; the server makes that longer within the hour.
    pub behind: u64,
    pub findings: Vec<Finding>,
}

/// Checks everything. `progress` hears how many photos are done, of how many.
pub async fn verify(desk: &Desk, evidence: &Evidence, mut progress: impl FnMut(u64, u64)) -> Result<Report, Failure> {
    let of_all = desk.store.count_all_photos().await?;
    let locks = Locks::of(evidence).await?;
    let mut report = Report::default();
    let (mut after, until) = (Uuid::nil(), desk.store.newest_id().await?.unwrap_or_default());
    loop {
        let ids = desk.store.ids_between(after, until, BATCH_MAX).await?;
        let Some(last) = ids.last() else { break };
        after = *last;
        for id in ids {
            check_incident(desk, evidence, &locks, IncidentId(id), &mut report).await?;
            progress(report.photos, of_all);
        }
    }
    orphans(desk, evidence, &mut report).await?;
    Ok(report)
}

async fn check_incident(
    desk: &Desk,
    evidence: &Evidence,
    locks: &Locks<'_>,
    id: IncidentId,
    report: &mut Report,
) -> Result<(), Failure> {
    // It may have been erased since the list was read.
    let incident = match desk.store.incident(id).await {
        Err(Failure::Broken(_)) => {
            report.incidents += 1;
            report.findings.push(Finding::IncidentUnreadable { id: id.to_string() });
            return Ok(());
        }
        read => read?,
    };
    let Some(incident) = incident else { return Ok(()) };
    report.incidents += 1;
    if desk.store.is_held(id).await?.is_some_and(|held| held != incident.is_held()) {
        report.findings.push(Finding::HoldWithoutEffect { reference: incident.reference.to_string() });
    }
    for photo in desk.store.checked_by_nobody(&incident).await? {
        let (reference, photo) = (incident.reference.to_string(), photo.to_string());
        report.findings.push(Finding::CheckedByNobody { reference, photo });
    }
    let photos = desk.store.photos_of(&incident).await?;
    if photos.is_empty() {
        return Ok(());
    }
    let key = desk.store.data_key_of(&incident)?;
    for photo in photos {
        report.photos += 1;
        check_photo(evidence, &key, &incident.reference, &photo, report).await;
        if photo.in_vault {
            Box::pin(locks.check(&incident, &photo, desk.now(), report)).await;
        }
    }
    Ok(())
}

async fn check_photo(evidence: &Evidence, key: &DataKey, of: &Reference, photo: &Photo, report: &mut Report) {
    let review = photo.about.review_sha256.as_ref().map(|_| Copy::Review);
    let beside = photo.about.rendition.as_ref().map(|_| Copy::Rendition);
    for copy in [Some(Copy::Original), review, beside].into_iter().flatten() {
        let (reference, photo_id, copy_name) = (of.to_string(), photo.id.to_string(), copy.as_str());
        let finding = match evidence.state(key, photo, copy).await {
            State::Whole => continue,
            State::Missing if !photo.in_vault => {
                report.elsewhere += 1;
                return;
            }
            State::Missing => Finding::Missing { reference, photo: photo_id, copy: copy_name },
            State::Changed => Finding::Changed { reference, photo: photo_id, copy: copy_name },
            State::Unreadable => Finding::Unreadable { reference, photo: photo_id, copy: copy_name },
        };
        report.findings.push(finding);
    }
}

async fn orphans(desk: &Desk, evidence: &Evidence, report: &mut Report) -> Result<(), Failure> {
    report.going = desk.store.count_going().await?;
    let now = desk.now();
    for (name, hours) in unclaimed(desk, evidence.on_spool().await?, now).await? {
        report.findings.push(Finding::OrphanOnSpool { name, hours });
    }
    // A photo's row is there before anything of it is in the vault: what has none there is not on its way.
    let in_vault = evidence.in_vault().await?.into_iter().map(|name| (name, now)).collect();
    for (name, _) in unclaimed(desk, in_vault, now).await? {
        report.findings.push(Finding::OrphanInVault { name });
    }
    Ok(())
}

/// Of files with the time they were made, those that belong to no photo, with their age in hours.
async fn unclaimed(desk: &Desk, files: Vec<(String, Moment)>, now: Moment) -> Result<Vec<(String, i64)>, Failure> {
    let mut of_photo: BTreeMap<Option<PhotoId>, Vec<(String, i64)>> = BTreeMap::new();
    for (name, made) in files {
        of_photo.entry(photo_of(&name)).or_default().push((name, (now - made).num_hours()));
    }
    let mut orphans = of_photo.remove(&None).unwrap_or_default();
    for (id, files) in of_photo {
        if let Some(id) = id
            && !desk.store.knows_photo(id).await?
        {
            orphans.extend(files);
        }
    }
    Ok(orphans)
}

/// The photo whose file is called so.
fn photo_of(name: &str) -> Option<PhotoId> {
    let (id, copy) = name.split_once('.')?;
    // A review copy that was made anew has an id of its own after it.
    let copy = copy.split_once('.').map_or(copy, |(copy, _)| copy);
    Copy::ALL.iter().any(|known| known.as_str() == copy).then(|| id.parse().ok()).flatten()
}

/// Takes files off the spool that have lain there for a day and belong to no photo: whoever was sending them was told
/// that nothing was saved. How many.
pub async fn sweep(desk: &Desk, evidence: &Evidence) -> Result<u64, Failure> {
    let mut swept = 0;
    for (name, hours) in unclaimed(desk, evidence.on_spool().await?, desk.now()).await? {
        if hours >= UNCLAIMED_MAX.num_hours() {
            evidence.off_spool(&name).await?;
            swept += 1;
        }
    }
    Ok(swept)
}
