//! Whether a bucket keeps what it was asked to keep: in its version, locked, held, and nothing else beside it.

use std::collections::BTreeSet;

use domain::clock::Moment;
use domain::incident::Incident;
use domain::photo::Photo;

use super::{Finding, Report};
use crate::evidence::bucket::holding::Lying;
use crate::evidence::bucket::{Bucket, Said};
use crate::evidence::keep::{Copy, Evidence};
use crate::evidence::trouble::Trouble;
use crate::failure::Failure;

/// The bucket, if photos are kept in one that has versions, and whether it locks them.
pub(super) struct Locks<'a> {
    bucket: Option<&'a Bucket>,
    locks: bool,
}

impl<'a> Locks<'a> {
    pub(super) async fn of(evidence: &'a Evidence) -> Result<Self, Failure> {
        let Some(bucket) = evidence.bucket() else { return Ok(Self { bucket: None, locks: false }) };
        let versioned = bucket.is_versioned().await?;
        Ok(Self { bucket: Some(bucket).filter(|_| versioned), locks: bucket.locks_now().await? })
    }

    /// Checks everything of a photo that lies in the bucket.
    pub(super) async fn check(&self, incident: &Incident, photo: &Photo, now: Moment, report: &mut Report) {
        let Some(bucket) = self.bucket else { return };
        let reference = incident.reference.to_string();
        let checked = async {
            let lying = bucket.lying(&format!("{}.", photo.id)).await?;
            for lying in sealed_here(lying, photo, &reference, report) {
                if self.locks {
                    let said = bucket.look(&lying.name, lying.version.as_deref()).await?;
                    check_lock(bucket, incident, photo, now, &lying.name, &said, report);
                }
            }
            Ok::<(), Trouble>(())
        };
        if checked.await.is_err() {
            report.findings.push(Finding::LocksUnknown { reference, photo: photo.id.to_string() });
        }
    }
}

/// Of what lies there, what was sealed by us; the rest is named. Of a name whose version is not on record it is the oldest:
/// no name is written twice.
fn sealed_here(lying: Vec<Lying>, photo: &Photo, reference: &str, report: &mut Report) -> Vec<Lying> {
    let recorded = |name: &str| {
        let of = [(Copy::Original, &photo.kept.original), (Copy::Review, &photo.kept.review)];
        of.into_iter().find(|(copy, _)| copy.name(photo.id) == name).and_then(|(_, version)| version.clone())
    };
    let mut ours = Vec::new();
    let mut seen = BTreeSet::new();
    for one in lying.into_iter().rev() {
        let (reference, name) = (reference.to_owned(), one.name.clone());
        if one.mark {
            report.findings.push(Finding::MarkedDeleted { reference, name });
            continue;
        }
        let is_ours = match recorded(&name) {
            Some(version) => one.version.as_ref() == Some(&version),
            None => seen.insert(name.clone()),
        };
        match (is_ours, &one.version) {
            (false, Some(version)) => {
                report.findings.push(Finding::UnknownVersion { reference, name, version: version.clone() });
            }
            (true, _) => ours.push(one),
            (false, None) => {}
        }
    }
    ours
}

fn check_lock(
    bucket: &Bucket,
    incident: &Incident,
    photo: &Photo,
    now: Moment,
    name: &str,
    said: &Said,
    report: &mut Report,
) {
    let (reference, name) = (incident.reference.to_string(), name.to_owned());
    // What was over when it came was never locked.
    let promised = photo.kept.locked_until.filter(|promised| *promised > now);
    match (said.locked_until, promised) {
        (None, Some(_)) => report.findings.push(Finding::Unlocked { reference: reference.clone(), name: name.clone() }),
        (Some(until), Some(promised)) if until < promised => {
            let (reference, name) = (reference.clone(), name.clone());
            report.findings.push(Finding::LockTooShort { reference, name, until, promised });
        }
        (Some(until), _) if until < incident.retain_until => report.behind += 1,
        _ => {}
    }
    if said.locked_until.is_some() && !bucket.is_strong(said.mode.as_deref()) {
        report.findings.push(Finding::LockTooWeak { reference: reference.clone(), name: name.clone() });
    }
    match (incident.is_held(), said.held) {
        (true, false) => report.findings.push(Finding::HoldNotInBucket { reference, name }),
        (false, true) => report.findings.push(Finding::HoldOnlyInBucket { reference, name }),
        _ => {}
    }
}
