//! Somebody looks at the photos of an incident, wherever they asked for them.

use domain::actor::Actor;
use domain::clock::Moment;
use domain::incident::Incident;
use domain::photo::Photo;
use domain::policy::Action;
use uuid::Uuid;

use super::{Desk, Outcome, photo, triage};
use crate::evidence::keep::Evidence;
use crate::failure::Failure;

/// How much can be handed over at once, in bytes: of one photo, and of all of them.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    pub each: usize,
    pub all: usize,
}

/// A review copy with who looks and when on it; the look is on record.
#[derive(Debug, Clone)]
pub struct Shown {
    pub photo: Photo,
    pub jpeg: Vec<u8>,
}

/// What came of looking at all the photos of an incident.
#[derive(Debug, Clone, Default)]
pub struct Looked {
    pub shown: Vec<Shown>,
    /// So many are sealed, and nothing else: there is nothing to look at.
    pub sealed_only: usize,
    /// So many are larger than there is room for.
    pub too_large: usize,
    /// So many could not be had now.
    pub not_now: usize,
}

/// The photos that this actor may look at, before anybody looks.
pub async fn offered(desk: &Desk, actor: &Actor, incident: Incident) -> Result<Outcome, Failure> {
    triage::clear(desk, actor, Action::ViewReviewCopy, &incident)?;
    let photos = photo::in_sight(desk, actor, &incident).await?;
    Ok(Outcome::Photos { incident, photos })
}

/// The review copies that this actor may look at, as far as there is room for them. Each look is on record before
/// anybody has its first byte; nobody is on record for a look at what was not there or did not fit.
#[tracing::instrument(skip_all, fields(incident = %incident.id), err(Debug, level = "debug"))]
pub async fn copies(
    desk: &Desk,
    evidence: &Evidence,
    actor: &Actor,
    incident: &Incident,
    room: Room,
) -> Result<Looked, Failure> {
    let (mut looked, mut left) = (Looked::default(), room.all);
    for photo in photo::in_sight(desk, actor, incident).await? {
        if photo.about.is_sealed_only() {
            looked.sealed_only += 1;
            continue;
        }
        match taken(desk, evidence, actor, incident, &photo, left.min(room.each)).await {
            Ok(Some(jpeg)) => {
                left -= jpeg.len();
                looked.shown.push(Shown { photo, jpeg });
            }
            Ok(None) => looked.too_large += 1,
            Err(failure) => {
                tracing::warn!(target: "shopwatch::evidence", photo = %photo.id, ?failure, "a photo could not be shown");
                looked.not_now += 1;
            }
        }
    }
    Ok(looked)
}

/// A review copy, and the look at it on record; none if it is larger than there is room for.
async fn taken(
    desk: &Desk,
    evidence: &Evidence,
    actor: &Actor,
    incident: &Incident,
    photo: &Photo,
    room: usize,
) -> Result<Option<Vec<u8>>, Failure> {
    let (at, jpeg) = photo::stamped(desk, evidence, actor, incident, photo).await?;
    if jpeg.len() > room {
        return Ok(None);
    }
    record(desk, actor, incident, photo, at, None).await?;
    Ok(Some(jpeg))
}

/// Writes that somebody looks, perhaps by way of a link.
pub(super) async fn record(
    desk: &Desk,
    actor: &Actor,
    incident: &Incident,
    photo: &Photo,
    at: Moment,
    link: Option<Uuid>,
) -> Result<(), Failure> {
    desk.store.looks_at(incident, photo, actor, at, link).await?;
    metrics::counter!("shopwatch_reviews_viewed_total").increment(1);
    Ok(())
}
