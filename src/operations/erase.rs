//! An incident's end before its time: one admin asks for it, another one confirms, and neither sees the incident. What a
//! hold keeps stays.

use domain::actor::Actor;
use domain::incident::Incident;
use domain::policy::{self, Action, Denied, Subject, TwoPerson};
use domain::problems::{Fault, Problems};
use domain::text::{NOTE_MAX, clean};

use super::{Desk, hold};
use crate::failure::{Failure, Refusal};
use crate::store::retention::SWEEP;
use crate::store::{Commit, Committed, Delivery};

/// How often a step is tried again after somebody else got ahead: what was seen meanwhile does not matter to it.
const TRIES: u32 = 16;

/// What somebody asks for, and how it came.
#[derive(Debug, Clone, Default)]
pub struct Asked<'a> {
    pub reason: &'a str,
    /// What they saw; without it, it is decided on what is there.
    pub version: Option<u32>,
    pub delivery: Option<Delivery>,
}

/// What came of it.
#[derive(Debug)]
pub enum Came {
    /// Somebody else has to confirm it.
    Asked(Incident),
    /// It is gone; this is what was left to say of it.
    Erased(Incident),
}

/// Asks for an incident's end, or confirms what somebody else asked for. With a version, only what was seen ends. What
/// arrived before is done already; the same key with something else in it is refused.
#[tracing::instrument(skip_all, fields(incident = %incident.id), err(Debug, level = "debug"))]
pub async fn take(desk: &Desk, actor: &Actor, incident: Incident, asked: Asked<'_>) -> Result<Came, Failure> {
    let said = clean(asked.reason);
    // Whether this is their business at all comes before what they did earlier.
    match clear(desk, actor, &incident) {
        Ok(_) | Err(Failure::Refused(Refusal::Denied(Denied::SamePerson))) => {}
        Err(failure) => return Err(failure),
    }
    if let Some(came) = arrived_before(desk, &incident, asked.delivery.as_ref()).await? {
        return Ok(came);
    }
    let taken = until_taken(desk, actor, incident.clone(), &asked, &said).await;
    if matches!(taken, Err(Failure::Refused(_) | Failure::Conflict)) {
        // What stands in its way may be its own effect: it arrived twice at the same moment.
        return arrived_before(desk, &incident, asked.delivery.as_ref()).await?.map_or(taken, Ok);
    }
    taken
}

async fn until_taken(
    desk: &Desk,
    actor: &Actor,
    mut incident: Incident,
    asked: &Asked<'_>,
    said: &str,
) -> Result<Came, Failure> {
    for _ in 0..TRIES {
        if asked.version.is_some_and(|seen| seen != incident.version) {
            return Err(Failure::Conflict);
        }
        match step(desk, actor, &incident, said, asked.delivery.clone()).await {
            Err(Failure::Conflict) => {
                incident = desk.store.incident(incident.id).await?.ok_or(Failure::NOT_FOUND)?;
            }
            stepped => return stepped,
        }
    }
    Err(Failure::Conflict)
}

/// What a delivery did when it arrived for the first time; the incident is as it is now, or was before it went.
async fn arrived_before(
    desk: &Desk,
    incident: &Incident,
    delivery: Option<&Delivery>,
) -> Result<Option<Came>, Failure> {
    let Some(delivery) = delivery else { return Ok(None) };
    let Some(arrived) = desk.store.delivered(delivery).await? else { return Ok(None) };
    if !arrived.same || arrived.incident != incident.id {
        return Err(Failure::Refused(Refusal::KeyReused));
    }
    Ok(Some(match desk.store.incident(incident.id).await? {
        Some(now) => Came::Asked(now),
        None => Came::Erased(Incident { version: incident.version + 1, ..incident.clone() }),
    }))
}

/// Whether this actor may take the next half of it now; true if that is the second one.
pub fn offered(desk: &Desk, actor: &Actor, incident: &Incident) -> Result<bool, Failure> {
    clear(desk, actor, incident).map(|cleared| cleared.completes())
}

fn clear<'a>(desk: &Desk, actor: &'a Actor, incident: &Incident) -> Result<policy::Cleared<'a>, Failure> {
    let two_person = TwoPerson { on: desk.rules().shop.two_person, ..TwoPerson::default() };
    let first = incident.erasure.as_ref().map(|asked| &asked.by);
    let subject = Subject { first, ..incident.subject(two_person) };
    Ok(policy::clear(actor, Action::Erase, &subject)
        .map_err(|denied| hold::said_to(actor, incident, denied, Action::Erase))?)
}

async fn step(
    desk: &Desk,
    actor: &Actor,
    incident: &Incident,
    said: &str,
    delivery: Option<Delivery>,
) -> Result<Came, Failure> {
    let (now, rules) = (desk.now(), desk.rules());
    let cleared = clear(desk, actor, incident)?;
    let ends = cleared.completes();
    let change = if ends {
        let photos = usize::try_from(desk.store.count_photos(incident.id).await?).unwrap_or(usize::MAX);
        incident.erase_early(&cleared, photos, desk.store.mark_of_key(incident), now)?
    } else {
        incident.ask_erasure(&cleared, reasonable(said)?, now)?
    };
    let after = change.after().clone();
    let mut commit = Commit::of(change, &rules.terms, now).delivered_as(delivery);
    if !ends {
        commit = commit.showing(desk.shows(&after, &rules));
    }
    match desk.store.commit(commit).await? {
        Committed::Done { .. } if ends => {
            // Its photos, and what the database's files still hold of it, go with the next hourly look.
            desk.store.note(SWEEP, "due").await?;
            Ok(Came::Erased(after))
        }
        Committed::Done { .. } => Ok(Came::Asked(after)),
        Committed::Seen { same: true, .. } => Err(Failure::Conflict),
        Committed::Seen { same: false, .. } => Err(Failure::Refused(Refusal::KeyReused)),
    }
}

fn reasonable(said: &str) -> Result<&str, Failure> {
    match said.chars().count() {
        0 => Err(Problems::one("reason", Fault::Missing).into()),
        got if got > NOTE_MAX => Err(Problems::one("reason", Fault::TooLong { most: NOTE_MAX, got }).into()),
        _ => Ok(said),
    }
}
