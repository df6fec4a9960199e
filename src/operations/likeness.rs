//! Photos that show the same: somebody sends one twice, or two people stand side by side. It is a hint about pictures as
//! a whole, for people to look at, and never about who is on them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use domain::actor::Actor;
use domain::clock::Moment;
use domain::id::{IncidentId, Reference};
use domain::incident::Incident;
use domain::photo::{Photo, PhotoId};
use domain::place::Place;
use domain::policy::{self, TwoPerson};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::Desk;
use crate::evidence::likeness::Mark;
use crate::failure::Failure;
use crate::store::outbox::{Whereabouts, card_key};

/// How far back others are looked for, in days.
const DAYS: i64 = 30;
/// The most of them that are compared, newest first.
const COMPARED_MAX: u64 = 5_000;
/// So many of the newest are asked for each time; more than come between two questions are read with all others.
const NEW_MAX: u64 = 64;
/// After so long all of them are read anew: what was erased is remembered no longer.
const REMEMBERED: TimeDelta = TimeDelta::hours(1);
/// The most incidents that are looked at to be named.
const LOOKED_AT_MAX: u64 = 50;
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
            let other = if_readable(desk.store.incident_in_reach(id, actor).await)?;
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
            let other = desk.store.incident_if_readable(id).await?;
            named.extend(other.filter(|other| desk.stands(other, place, &rules)).map(|other| other.reference));
        }
    }
    Ok(named)
}

/// What cannot be read is not named, and keeps no card from being drawn.
fn if_readable(other: Result<Option<Incident>, Failure>) -> Result<Option<Incident>, Failure> {
    match other {
        Err(Failure::Broken(_)) => Ok(None),
        read => read,
    }
}

/// Other incidents of the same site, newest first, with a photo that looks like one of these.
async fn resembling(desk: &Desk, incident: &Incident, photos: &[Photo]) -> Result<Vec<IncidentId>, Failure> {
    let marks: Vec<Mark> = photos.iter().filter_map(mark).collect();
    if marks.is_empty() || incident.site.is_unknown() {
        return Ok(Vec::new());
    }
    let mut alike = desk.album.like(desk, &marks).await?;
    alike.remove(&incident.id);
    if alike.is_empty() {
        return Ok(Vec::new());
    }
    desk.store.those_of_site(alike, &incident.site, LOOKED_AT_MAX).await
}

fn mark(photo: &Photo) -> Option<Mark> {
    Mark::read(photo.about.likeness.as_deref()?)
}

/// What the photos of the last 30 days look like, so that they are not read and opened for every card that is drawn. Photos
/// come and go, and none ever looks different: what is new is read when somebody asks.
#[derive(Debug, Default)]
pub struct Album(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    photos: BTreeMap<PhotoId, (IncidentId, Moment, Option<Mark>)>,
    /// When all of them were read.
    read_at: Option<Moment>,
}

impl Album {
    /// The incidents with a photo that looks like one of these, wherever they were.
    async fn like(&self, desk: &Desk, marks: &[Mark]) -> Result<BTreeSet<IncidentId>, Failure> {
        // Whoever asks meanwhile waits, and finds it read.
        let mut known = self.0.lock().await;
        known.catch_up(desk).await?;
        let near = |mark: &Mark| marks.iter().any(|own| own.apart(mark).is_some_and(|bits| bits <= DIFFER_MAX));
        let alike = known.photos.values().filter(|(_, _, mark)| mark.as_ref().is_some_and(near));
        Ok(alike.map(|(incident, _, _)| *incident).collect())
    }
}

impl Remembered {
    /// Forgets what is too old, and reads what is new.
    async fn catch_up(&mut self, desk: &Desk) -> Result<(), Failure> {
        let now = desk.now();
        let since = now - TimeDelta::days(DAYS);
        if self.read_at.is_none_or(|at| now - at >= REMEMBERED || now < at) {
            self.photos.clear();
            self.read_at = None;
        }
        self.photos.retain(|_, (_, at, _)| *at >= since);
        let newest = desk.store.newest_photos(since, NEW_MAX).await?;
        let knows_the_oldest = newest.last().is_none_or(|oldest| self.photos.contains_key(oldest));
        let newest = match self.read_at {
            Some(_) if knows_the_oldest => newest,
            Some(_) | None => desk.store.newest_photos(since, COMPARED_MAX).await?,
        };
        let unknown: Vec<PhotoId> = newest.into_iter().filter(|id| !self.photos.contains_key(id)).collect();
        if !unknown.is_empty() {
            let read = desk.store.photos_called(&unknown).await?;
            // What could not be read is like nothing until all of them are read anew.
            let nothing = |id: PhotoId| (id, (IncidentId(Uuid::nil()), now, None));
            self.photos.extend(unknown.into_iter().map(nothing));
            self.photos.extend(read.iter().map(|photo| (photo.id, (photo.incident, photo.at, mark(photo)))));
        }
        while self.photos.len() > usize::try_from(COMPARED_MAX).unwrap_or(usize::MAX) {
            self.photos.pop_first();
        }
        self.read_at.get_or_insert(now);
        Ok(())
    }
}
