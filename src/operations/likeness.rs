//! Photos that show the same: somebody sends one twice, or two people stand side by side. It is a hint about pictures as
//! a whole, for people to look at, and never about who is on them.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::actor::Actor;
use domain::id::{IncidentId, Reference};
use domain::incident::Incident;
use domain::photo::Photo;
use domain::place::Place;
use domain::policy::{self, TwoPerson};

use super::Desk;
use crate::evidence::likeness::apart;
use crate::failure::Failure;
use crate::store::outbox::{Whereabouts, card_key};

/// How far back others are looked for, in days.
const DAYS: i64 = 30;
/// The most of them that are compared, newest first.
const COMPARED_MAX: u64 = 5_000;
/// The most incidents that are named.
const NAMED_MAX: usize = 3;
/// Of 144 bits of likeness so many may differ: altered copies of a photo differ in 18 at most, other photos in 66 and more.
const DIFFER_MAX: u32 = 22;

/// Other incidents of the same shop with a photo that looks like one of these, of those that this actor may see.
pub async fn alike(
    desk: &Desk,
    actor: &Actor,
    incident: &Incident,
    photos: &[Photo],
) -> Result<Vec<Reference>, Failure> {
    let mut named = Vec::new();
    for id in resembling(desk, incident, photos).await? {
        if named.len() < NAMED_MAX {
            let other = desk.store.incident_in_reach(id, actor).await?;
            let seen = other.filter(|other| policy::sight(actor, &other.subject(TwoPerson::default())).is_some());
            named.extend(seen.map(|other| other.reference));
        }
    }
    Ok(named)
}

/// Other incidents with a photo that looks like one of this one's, of those whose card stands in the same channel: who
/// reads this card has read theirs.
pub async fn beside(desk: &Desk, incident: &Incident, place: &Place) -> Result<Vec<Reference>, Failure> {
    if incident.album.is_empty() {
        return Ok(Vec::new());
    }
    let photos = desk.store.photos_of(incident).await?;
    let (rules, mut named) = (desk.rules(), Vec::new());
    for id in resembling(desk, incident, &photos).await? {
        let stands = matches!(desk.store.whereabouts(&card_key(id, place)).await?, Whereabouts::There(_));
        if named.len() < NAMED_MAX && stands {
            // What is erased, or has moved to another site since, is not named.
            let other = desk.store.incident(id).await?;
            named.extend(other.filter(|other| desk.stands(other, place, &rules)).map(|other| other.reference));
        }
    }
    Ok(named)
}

/// Other incidents of the same site, newest first, with a photo that looks like one of these.
async fn resembling(desk: &Desk, incident: &Incident, photos: &[Photo]) -> Result<Vec<IncidentId>, Failure> {
    let marks: Vec<&str> = photos.iter().filter_map(|photo| photo.about.likeness.as_deref()).collect();
    if marks.is_empty() || incident.site.is_unknown() {
        return Ok(Vec::new());
    }
    let since = desk.now() - TimeDelta::days(DAYS);
    let others = desk.store.photos_since(&incident.site, since, COMPARED_MAX).await?;
    let mut alike = BTreeSet::new();
    for other in others.into_iter().filter(|other| other.incident != incident.id) {
        let mark = other.about.likeness.as_deref();
        if mark.is_some_and(|mark| marks.iter().any(|own| apart(own, mark).is_some_and(|bits| bits <= DIFFER_MAX))) {
            alike.insert(other.incident);
        }
    }
    Ok(alike.into_iter().rev().collect())
}
