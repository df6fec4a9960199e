//! A hold keeps an incident from being erased. One person places it, another one lifts it.

use domain::actor::Actor;
use domain::incident::Incident;
use domain::incident::steps::Verb;
use domain::policy::{self, Action, Denied, Subject, TwoPerson};
use domain::problems::{Fault, Problems};
use domain::text::{NOTE_MAX, clean};

use super::Desk;
use crate::failure::Failure;
use crate::store::{Commit, Committed};

/// How often a step is tried again after somebody else got ahead: what was seen meanwhile does not matter to it.
const TRIES: u32 = 16;

/// Somebody says that an incident must not be erased, and why.
#[tracing::instrument(skip_all, fields(incident = %incident.id), err(Debug, level = "debug"))]
pub async fn place(desk: &Desk, actor: &Actor, incident: Incident, reason: &str) -> Result<Incident, Failure> {
    take(desk, actor, incident, reason, |reason| Verb::PlaceHold { reason }).await
}

/// Somebody else says that it may be erased again, and why.
#[tracing::instrument(skip_all, fields(incident = %incident.id), err(Debug, level = "debug"))]
pub async fn lift(desk: &Desk, actor: &Actor, incident: Incident, reason: &str) -> Result<Incident, Failure> {
    take(desk, actor, incident, reason, |reason| Verb::LiftHold { reason }).await
}

async fn take(
    desk: &Desk,
    actor: &Actor,
    mut incident: Incident,
    reason: &str,
    verb: impl Fn(String) -> Verb,
) -> Result<Incident, Failure> {
    let said = clean(reason);
    // Whether they may comes before whether they wrote it well.
    clear(desk, actor, &incident, verb(said.clone()).action())?;
    let got = said.chars().count();
    if got == 0 {
        return Err(Problems::one("reason", Fault::Missing).into());
    }
    if got > NOTE_MAX {
        return Err(Problems::one("reason", Fault::TooLong { most: NOTE_MAX, got }).into());
    }
    for _ in 0..TRIES {
        match step(desk, actor, &incident, verb(said.clone())).await {
            Err(Failure::Conflict) => {
                incident = desk.store.incident(incident.id).await?.ok_or(Failure::NOT_FOUND)?;
            }
            stepped => return stepped,
        }
    }
    Err(Failure::Conflict)
}

/// Whether holds of this incident are this actor's business; if not, it does not exist for them here.
pub fn concerns(actor: &Actor, incident: &Incident) -> bool {
    let subject = incident.subject(TwoPerson::default());
    let closed = |denied| matches!(denied, Err(Denied::Hidden | Denied::Needs(_)));
    [Action::PlaceHold, Action::LiftHold]
        .iter()
        .any(|action| !closed(policy::clear(actor, *action, &subject).map(drop)))
}

/// What this actor may do about its hold now: place one, or lift the one there is.
pub fn offered(desk: &Desk, actor: &Actor, incident: &Incident) -> Result<Action, Failure> {
    let action = if incident.hold.is_some() { Action::LiftHold } else { Action::PlaceHold };
    clear(desk, actor, incident, action).map(|_cleared| action)
}

/// Clears an actor against whoever placed the hold: lifting it takes somebody else.
fn clear<'a>(
    desk: &Desk,
    actor: &'a Actor,
    incident: &Incident,
    action: Action,
) -> Result<policy::Cleared<'a>, Failure> {
    let two_person = TwoPerson { on: desk.rules().shop.two_person, ..TwoPerson::default() };
    let subject = Subject { first: incident.hold.as_ref().map(|hold| &hold.by), ..incident.subject(two_person) };
    Ok(policy::clear(actor, action, &subject).map_err(|denied| match denied {
        // Half of it is their business: that the other half is not is no secret.
        Denied::Hidden if concerns(actor, incident) => Denied::Needs(policy::roles_for(action)),
        denied @ (Denied::Hidden | Denied::Needs(_) | Denied::SamePerson | Denied::SwitchedOff) => denied,
    })?)
}

async fn step(desk: &Desk, actor: &Actor, incident: &Incident, verb: Verb) -> Result<Incident, Failure> {
    let (now, rules) = (desk.now(), desk.rules());
    let cleared = clear(desk, actor, incident, verb.action())?;
    let taken = incident.apply(&cleared, verb, &rules.terms, now)?;
    let after = taken.after().clone();
    let shows = desk.shows(&after, &rules);
    match desk.store.commit(Commit::of(taken, &rules.terms, now).showing(shows)).await? {
        Committed::Done { .. } => Ok(after),
        Committed::Seen { .. } => Err(Failure::Conflict),
    }
}
