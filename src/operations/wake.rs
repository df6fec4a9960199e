//! What a timer does when it runs out: remind, call the next level, or give a silent claim back; what managers are told
//! before an incident goes, and when that is after the rules have changed.

use domain::audit::StepWord;
use domain::id::IncidentId;
use domain::incident::Incident;

use super::Desk;
use super::merged::followers;
use crate::failure::Failure;
use crate::store::Commit;
use crate::store::outbox::Task;

/// Does what is due for one incident. Somebody who was faster has stopped the timer; that is no failure.
#[tracing::instrument(skip_all, fields(incident = %incident.id))]
pub async fn wake(desk: &Desk, incident: &Incident) -> Result<bool, Failure> {
    let (now, rules) = (desk.now(), desk.rules());
    let deadlines = rules.terms.deadlines(incident.category);
    let Some(change) = incident.wake(deadlines, now) else {
        // The deadlines were changed since the timer was set.
        desk.store.move_timer(incident, incident.wake_at(deadlines)).await?;
        return Ok(false);
    };
    let mut shown = desk.shows(change.after(), &rules);
    if change.after().calls_next_level(deadlines) && change.step().word == StepWord::Reminded {
        shown.extend(desk.next_level(change.after(), &rules));
    }
    match desk.store.commit(Commit::of(change, &rules.terms, now).showing(shown)).await {
        Ok(_) => Ok(true),
        Err(Failure::Conflict) => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// Keeps an incident, and what was merged into it, as long as the rules say now. Whoever was faster did so as well.
#[tracing::instrument(skip_all, fields(incident = %id))]
pub async fn move_end(desk: &Desk, id: IncidentId) -> Result<(), Failure> {
    let Some(incident) = desk.store.incident_if_readable(id).await? else { return Ok(()) };
    let (now, rules) = (desk.now(), desk.rules());
    let Some(change) = incident.end_under(&rules.terms.retention, now) else { return Ok(()) };
    let followed = followers(desk, &incident, change.after()).await?;
    let shows: Vec<Task> =
        [&change].into_iter().chain(&followed).flat_map(|one| desk.shows(one.after(), &rules)).collect();
    let commit =
        followed.into_iter().fold(Commit::of(change, &rules.terms, now), |all, one| all.and(one, &rules.terms));
    match desk.store.commit(commit.showing(shows)).await {
        Ok(_) | Err(Failure::Conflict) => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Tells the managers of an incident that it goes soon, and that nobody has decided it. Somebody who was faster has seen it.
#[tracing::instrument(skip_all, fields(incident = %id))]
pub async fn warn_of_end(desk: &Desk, id: IncidentId) -> Result<(), Failure> {
    let Some(incident) = desk.store.incident_if_readable(id).await? else { return Ok(()) };
    let (now, rules) = (desk.now(), desk.rules());
    let Some(change) = incident.warn_of_end(now) else { return Ok(()) };
    let cards = desk.shows(change.after(), &rules);
    match desk.store.commit(Commit::of(change, &rules.terms, now).showing(cards)).await {
        Ok(_) | Err(Failure::Conflict) => Ok(()),
        Err(failure) => Err(failure),
    }
}
