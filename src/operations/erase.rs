//! An incident's end before its time: one admin asks for it, another one confirms, and neither sees the incident. What a
//! hold keeps stays.

use domain::actor::Actor;
use domain::incident::Incident;
use domain::policy::{self, Action, Subject, TwoPerson};
use domain::problems::{Fault, Problems};
use domain::text::{NOTE_MAX, clean};

use super::{Desk, hold};
use crate::failure::Failure;
use crate::store::retention::SWEEP;
use crate::store::{Commit, Committed};

/// How often a step is tried again after somebody else got ahead: what was seen meanwhile does not matter to it.
const TRIES: u32 = 16;

/// What came of it.
#[derive(Debug)]
pub enum Came {
    /// Somebody else has to confirm it.
    Asked(Incident),
    /// It is gone; this is what was left to say of it.
    Erased(Incident),
}

/// Asks for an incident's end, or confirms what somebody else asked for. With a version, only what was seen ends.
#[tracing::instrument(skip_all, fields(incident = %incident.id), err(Debug, level = "debug"))]
pub async fn take(
    desk: &Desk,
    actor: &Actor,
    mut incident: Incident,
    reason: &str,
    version: Option<u32>,
) -> Result<Came, Failure> {
    let said = clean(reason);
    for _ in 0..TRIES {
        if version.is_some_and(|seen| seen != incident.version) {
            return Err(Failure::Conflict);
        }
        match step(desk, actor, &incident, &said).await {
            Err(Failure::Conflict) => {
                incident = desk.store.incident(incident.id).await?.ok_or(Failure::NOT_FOUND)?;
            }
            stepped => return stepped,
        }
    }
    Err(Failure::Conflict)
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

async fn step(desk: &Desk, actor: &Actor, incident: &Incident, said: &str) -> Result<Came, Failure> {
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
    let mut commit = Commit::of(change, &rules.terms, now);
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
        Committed::Seen { .. } => Err(Failure::Conflict),
    }
}

fn reasonable(said: &str) -> Result<&str, Failure> {
    match said.chars().count() {
        0 => Err(Problems::one("reason", Fault::Missing).into()),
        got if got > NOTE_MAX => Err(Problems::one("reason", Fault::TooLong { most: NOTE_MAX, got }).into()),
        _ => Ok(said),
    }
}
