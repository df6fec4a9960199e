//! What becomes of an incident is said to those that were merged into it, in the same commit.

use domain::incident::{Change, Incident};

use super::Desk;
use crate::failure::Failure;

/// The changes that a change of an incident makes of those that were merged into it; mostly none.
pub(super) async fn followers(desk: &Desk, before: &Incident, after: &Incident) -> Result<Vec<Change>, Failure> {
    let mut changes = Vec::new();
    if before.lead() == after.lead() {
        return Ok(changes);
    }
    for id in &after.absorbed {
        let merged = desk.store.incident_if_readable(*id).await?;
        changes.extend(merged.and_then(|merged| merged.follow(after, desk.now())));
    }
    Ok(changes)
}
