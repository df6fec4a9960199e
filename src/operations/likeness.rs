//! Photos that show the same: somebody sends one twice, or two people stand side by side. It is a hint about pictures as
//! a whole, for people to look at, and never about who is on them.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::actor::Actor;
use domain::id::Reference;
use domain::incident::Incident;
use domain::photo::Photo;

use super::Desk;
use crate::evidence::likeness::apart;
use crate::failure::Failure;

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
    let marks: Vec<&str> = photos.iter().filter_map(|photo| photo.about.likeness.as_deref()).collect();
    if marks.is_empty() {
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
    let mut named = Vec::new();
    for id in alike.into_iter().rev() {
        if named.len() < NAMED_MAX {
            named.extend(desk.store.incident_in_reach(id, actor).await?.map(|incident| incident.reference));
        }
    }
    Ok(named)
}
