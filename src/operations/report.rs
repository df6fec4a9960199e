//! A report becomes an incident.

use domain::actor::Actor;
use domain::id::{IncidentId, Reference};
use domain::incident::{Incident, Reporter};
use domain::policy::{Action, Denied, roles_for, sites_to_report};
use domain::report::Draft;

use super::{Desk, Outcome, sent};
use crate::failure::{Failure, Refusal};
use crate::store::{Commit, Committed, Delivery};

/// Keeps a report, once however often it arrives.
#[tracing::instrument(level = "debug", skip_all, err(Debug, level = "debug"))]
pub async fn submit(
    desk: &Desk,
    actor: &Actor,
    draft: &Draft,
    locale: &str,
    delivery: Option<Delivery>,
) -> Result<Outcome, Failure> {
    let (now, rules) = (desk.now(), desk.rules());
    let sites = sites_to_report(&actor.roles, &rules.site_ids());
    if sites.is_empty() {
        return Err(Denied::Needs(roles_for(Action::Report)).into());
    }
    let report = draft.parse(&sites, now)?;
    let reporter = Reporter { member: actor.member.clone(), account: actor.account.clone(), locale: locale.to_owned() };
    let id = IncidentId(desk.ids.uuid());
    let change = Incident::open(id, Reference::from_draw(desk.ids.draw()), report, reporter, &rules.terms, now);
    let mut incident = change.after().clone();
    let cards = desk.shows(&incident, &rules);
    let photos = sent::tasks(&incident);
    let commit = Commit::of(change, &rules.terms, now).showing(cards).showing(photos).delivered_as(delivery);
    match desk.store.commit(commit).await? {
        Committed::Done { references } => {
            metrics::counter!("shopwatch_reports_total", "category" => incident.category.as_str()).increment(1);
            if let Some((_, reference)) = references.into_iter().next() {
                incident.reference = reference;
            }
            Ok(Outcome::Reported { incident, seen: false })
        }
        Committed::Seen { same: false, .. } => Err(Failure::Refused(Refusal::KeyReused)),
        Committed::Seen { incident, same: true } => {
            let incident = desk.store.incident(incident).await?.ok_or(Failure::NOT_FOUND)?;
            Ok(Outcome::Reported { incident, seen: true })
        }
    }
}

/// The report, if it is theirs and takes more. What is over takes none: what somebody sends to it is a report of its own.
pub async fn takes_more(desk: &Desk, actor: &Actor, id: IncidentId) -> Result<Option<IncidentId>, Failure> {
    let incident = desk.store.incident(id).await?;
    let takes = |incident: &Incident| incident.status.state().is_open() && actor.is(&incident.reporter.member);
    Ok(incident.filter(takes).map(|incident| incident.id))
}
