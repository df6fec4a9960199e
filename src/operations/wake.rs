//! What a timer does when it runs out: remind, or give a silent claim back.

use domain::incident::Incident;

use super::Desk;
use crate::failure::Failure;
use crate::store::Commit;

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
    let cards = desk.shows(change.after(), &rules);
    match desk.store.commit(Commit::of(change, &rules.terms, now).showing(cards)).await {
        Ok(_) => Ok(true),
        Err(Failure::Conflict) => Ok(false),
        Err(failure) => Err(failure),
    }
}
