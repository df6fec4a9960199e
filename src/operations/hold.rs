//! A hold keeps an incident from being erased. One person places it, another one lifts it.

use domain::actor::Actor;
use domain::incident::Incident;
use domain::incident::verb::Verb;
use domain::policy::{self, Action, Denied, Subject, TwoPerson};
use domain::problems::{Fault, Problems};
use domain::text::{NOTE_MAX, clean};

use super::Desk;
use super::merged::followers;
use crate::failure::{Failure, Refusal};
use crate::store::{Commit, Committed, Delivery};

/// How often a step is tried again after somebody else got ahead: what was seen meanwhile does not matter to it.
const TRIES: u32 = 16;

/// What somebody asks for, and how it came.
#[derive(Debug, Clone, Default)]
pub struct Asked<'a> {
    pub lifts: bool,
    pub reason: &'a str,
    /// What they saw; without it, it is decided on what is there.
    pub version: Option<u32>,
    pub delivery: Option<Delivery>,
}

impl Asked<'_> {
    fn verb(&self, reason: String) -> Verb {
        if self.lifts { Verb::LiftHold { reason } } else { Verb::PlaceHold { reason } }
    }
}

/// Somebody says that an incident must not be erased, and why.
pub async fn place(desk: &Desk, actor: &Actor, incident: Incident, reason: &str) -> Result<Incident, Failure> {
    take(desk, actor, incident, Asked { reason, ..Asked::default() }).await
}

/// Somebody else says that it may be erased again, and why.
pub async fn lift(desk: &Desk, actor: &Actor, incident: Incident, reason: &str) -> Result<Incident, Failure> {
    take(desk, actor, incident, Asked { lifts: true, reason, ..Asked::default() }).await
}

/// Places a hold or lifts it. What arrived before is done already; the same key with something else in it is refused.
#[tracing::instrument(skip_all, fields(incident = %incident.id), err(Debug, level = "debug"))]
pub async fn take(desk: &Desk, actor: &Actor, incident: Incident, asked: Asked<'_>) -> Result<Incident, Failure> {
    let said = clean(asked.reason);
    // Whether they may comes before whether they wrote it well.
    clear_to_ask(desk, actor, &incident, &asked)?;
    if let Some(before) = arrived_before(desk, &incident, asked.delivery.as_ref()).await? {
        return Ok(before);
    }
    clear(desk, actor, &incident, asked.verb(said.clone()).action())?;
    let got = said.chars().count();
    if got == 0 {
        return Err(Problems::one("reason", Fault::Missing).into());
    }
    if got > NOTE_MAX {
        return Err(Problems::one("reason", Fault::TooLong { most: NOTE_MAX, got }).into());
    }
    let id = incident.clone();
    let taken = until_taken(desk, actor, incident, &asked, &said).await;
    if matches!(taken, Err(Failure::Refused(Refusal::Moment(_)) | Failure::Conflict)) {
        // What stands in its way may be its own effect: it arrived twice at the same moment.
        return arrived_before(desk, &id, asked.delivery.as_ref()).await?.map_or(taken, Ok);
    }
    taken
}

async fn until_taken(
    desk: &Desk,
    actor: &Actor,
    mut incident: Incident,
    asked: &Asked<'_>,
    said: &str,
) -> Result<Incident, Failure> {
    for _ in 0..TRIES {
        if asked.version.is_some_and(|seen| seen != incident.version) {
            return Err(Failure::Conflict);
        }
        match step(desk, actor, &incident, asked.verb(said.to_owned()), asked.delivery.clone()).await {
            Err(Failure::Conflict) => {
                incident = desk.store.incident(incident.id).await?.ok_or(Failure::NOT_FOUND)?;
            }
            stepped => return stepped,
        }
    }
    Err(Failure::Conflict)
}

/// Whether this is their business at all, whoever placed the hold that there is: a repeated request is answered like the
/// first one.
fn clear_to_ask(desk: &Desk, actor: &Actor, incident: &Incident, asked: &Asked<'_>) -> Result<(), Failure> {
    match clear(desk, actor, incident, asked.verb(String::new()).action()) {
        Ok(_) | Err(Failure::Refused(Refusal::Denied(Denied::SamePerson))) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// What a delivery did when it arrived for the first time.
async fn arrived_before(
    desk: &Desk,
    incident: &Incident,
    delivery: Option<&Delivery>,
) -> Result<Option<Incident>, Failure> {
    let Some(delivery) = delivery else { return Ok(None) };
    let Some(arrived) = desk.store.delivered(delivery).await? else { return Ok(None) };
    if !arrived.same || arrived.incident != incident.id {
        return Err(Failure::Refused(Refusal::KeyReused));
    }
    desk.store.incident(incident.id).await
}

/// Whether holds of this incident are this actor's business; if not, it does not exist for them here.
pub fn concerns(actor: &Actor, incident: &Incident) -> bool {
    let subject = incident.subject(TwoPerson::default());
    let closed = |denied| matches!(denied, Err(Denied::Hidden | Denied::Needs(_)));
    [Action::PlaceHold, Action::LiftHold]
        .iter()
        .any(|action| !closed(policy::clear(actor, *action, &subject).map(drop)))
}

/// Whether holds of any incident can be this actor's business: whoever they are not is told so without a look at one.
pub fn concern(actor: &Actor) -> bool {
    [Action::PlaceHold, Action::LiftHold]
        .iter()
        .any(|action| policy::roles_for(*action).into_iter().any(|role| actor.roles.holds_somewhere(role)))
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
    Ok(policy::clear(actor, action, &subject).map_err(|denied| said_to(actor, incident, denied, action))?)
}

/// Why not, as it is said to this actor: who has some say in how long an incident is kept knows that there is one.
pub(super) fn said_to(actor: &Actor, incident: &Incident, denied: Denied, action: Action) -> Denied {
    match denied {
        Denied::Hidden if concerns(actor, incident) => Denied::Needs(policy::roles_for(action)),
        denied @ (Denied::Hidden | Denied::Needs(_) | Denied::SamePerson | Denied::SwitchedOff) => denied,
    }
}

async fn step(
    desk: &Desk,
    actor: &Actor,
    incident: &Incident,
    verb: Verb,
    delivery: Option<Delivery>,
) -> Result<Incident, Failure> {
    let (now, rules) = (desk.now(), desk.rules());
    let cleared = clear(desk, actor, incident, verb.action())?;
    let taken = incident.apply(&cleared, verb, &rules.terms, now)?;
    let after = taken.after().clone();
    let mut shows = desk.shows_change(&taken, &rules);
    let mut commit = Commit::of(taken, &rules.terms, now).delivered_as(delivery);
    for change in followers(desk, incident, &after).await? {
        shows.extend(desk.shows_change(&change, &rules));
        commit = commit.and(change, &rules.terms);
    }
    let commit = commit.showing(shows);
    match desk.store.commit(commit).await? {
        Committed::Done { .. } => Ok(after),
        Committed::Seen { same: true, .. } => Err(Failure::Conflict),
        Committed::Seen { same: false, .. } => Err(Failure::Refused(Refusal::KeyReused)),
    }
}
