//! `GET /api/v1/incidents` and `GET /api/v1/incidents/{reference}`.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use domain::actor::Actor;
use domain::id::IncidentId;
use domain::incident::Incident;
use domain::place::SiteId;
use domain::policy::{Action, Denied, Sight, roles_for, sites_in_sight, sites_to_report};
use domain::problems::Fault;
use domain::words::State as Standing;
use tracing::Instrument as _;

use super::Api;
use super::bearer::Caller;
use super::findings::{Findings, Wrong};
use super::refusals::{Asked, Refusing};
use super::view::{Page, View};
use crate::failure::Failure;
use crate::store::incidents::Filter;
use crate::web::openapi::{ListRefusals, ReadRefusals, words};
use crate::web::problem::Problem;

/// The fields of a list's query.
const QUERY: [&str; 3] = ["state", "site", "cursor"];

/// The address of an incident.
pub fn address(incident: &Incident) -> String {
    format!("/api/v1/incidents/{}", incident.reference)
}

/// Reads one incident, with its timeline.
#[utoipa::path(
    get, path = "/incidents/{reference}", tag = "incidents", operation_id = "read",
    params(("reference" = words::Reference, Path, description = "The incident's reference, as people type it, or its id.")),
    responses((status = 200, description = "The incident, as far as this key may see it.", body = View<'_>), ReadRefusals),
)]
pub async fn read(
    State(api): State<Arc<Api>>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let (actor, span) = (caller.actor(&api), caller.span());
    let reading = async {
        let (incident, sight) = api.look_up(&actor, &name(reference), Asked::ToRead).await?;
        api.shown(&incident, sight).await
    };
    let shown = reading.instrument(span).await;
    shown.map_err(|failure| Refusing::new(&api, &caller, &actor).failure(&failure, Asked::ToRead))
}

/// Lists incidents, newest first: those of the key's sites, or what it reported itself if its role reads no others.
#[utoipa::path(
    get, path = "/incidents", tag = "incidents", operation_id = "list",
    params(
        ("state" = Option<words::State>, Query, description = "Only in this state."),
        ("site" = Option<String>, Query, description = "Only of this site."),
        ("cursor" = Option<String>, Query, description = "The `next` of the page before."),
    ),
    responses((status = 200, description = "At most 50 incidents.", body = Page<'_>), ListRefusals),
)]
pub async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Result<Response, Problem> {
    let (actor, span) = (caller.actor(&api), caller.span());
    let refusing = Refusing::new(&api, &caller, &actor);
    let readers = roles_for(Action::Read);
    if !readers.iter().any(|role| actor.roles.holds_somewhere(*role)) {
        return Err(refusing.failure(&Denied::Needs(readers).into(), Asked::ToRead));
    }
    // A query that cannot be split into names and values has no names that are known here.
    let query = query.map_or_else(|_| vec![(String::new(), String::new())], |query| query.0);
    let sites = Readable::by(&actor, &refusing.rules.site_ids());
    let wanted = Wanted::read(query, &sites.sites).map_err(|findings| refusing.findings(findings))?;
    let page = api.page(&actor, &sites, &wanted).instrument(span).await;
    page.map_err(|failure| refusing.failure(&failure, Asked::ToRead))
}

/// What stands in the address where a reference belongs; what cannot be read is no incident's name.
pub fn name(reference: Result<Path<String>, PathRejection>) -> String {
    reference.map(|Path(name)| name).unwrap_or_default()
}

/// A failure of ours, once, where it happens.
fn noted<T>(read: Result<T, Failure>) -> Result<T, Failure> {
    if let Err(Failure::Broken(why)) = &read {
        metrics::counter!("shopwatch_failures_total", "kind" => "broken").increment(1);
        tracing::error!(target: "shopwatch::api", error = %why, "an incident could not be read");
    }
    read
}

/// Where somebody reads: what others reported at these sites, or only what they reported themselves.
struct Readable {
    sites: Vec<SiteId>,
    own: bool,
}

impl Readable {
    fn by(actor: &Actor, sites: &[SiteId]) -> Self {
        let of_others = sites_in_sight(actor, sites);
        if of_others.is_empty() {
            Self { sites: sites_to_report(&actor.roles, sites), own: true }
        } else {
            Self { sites: of_others, own: false }
        }
    }
}

/// What a list is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wanted {
    state: Option<Standing>,
    site: Option<SiteId>,
    before: Option<IncidentId>,
}

impl Wanted {
    fn read(query: Vec<(String, String)>, sites: &[SiteId]) -> Result<Self, Findings> {
        let (mut wanted, mut findings) = (Self::default(), Findings::default());
        let mut given = Vec::with_capacity(QUERY.len());
        for (name, value) in query {
            if given.contains(&name) {
                findings.add(name, Wrong::GivenTwice);
                continue;
            }
            match name.as_str() {
                "state" => match value.parse() {
                    Ok(state) => wanted.state = Some(state),
                    Err(_) => findings.add("state", Wrong::Fault(Fault::UnknownWord { allowed: Standing::WORDS })),
                },
                "site" => match sites.iter().find(|site| site.as_str() == value) {
                    Some(site) => wanted.site = Some(site.clone()),
                    None => findings.add("site", Wrong::Fault(Fault::UnknownSite)),
                },
                "cursor" => match value.parse() {
                    Ok(id) => wanted.before = Some(id),
                    Err(_) => findings.add("cursor", Wrong::NotACursor),
                },
                _ => findings.unknown("", &name, &QUERY),
            }
            given.push(name);
        }
        if findings.is_empty() { Ok(wanted) } else { Err(findings) }
    }

    fn fits(&self, incident: &Incident) -> bool {
        self.state.is_none_or(|state| incident.status.state() == state)
            && self.site.as_ref().is_none_or(|site| incident.site == *site)
    }
}

impl Api {
    /// The incident that somebody calls so, and how much of it they see. What they may not see is looked for in the
    /// same way as what does not exist, and is as little found.
    pub async fn look_up(&self, actor: &Actor, name: &str, asked: Asked) -> Result<(Incident, Sight), Failure> {
        let store = &self.app.desk.store;
        let found = match (name.parse(), name.parse()) {
            (Ok(reference), _) => noted(store.incident_called(&reference, actor).await)?,
            (_, Ok(id)) => noted(store.incident_in_reach(id, actor).await)?,
            _ => None,
        };
        let seen = found.and_then(|incident| self.sight(actor, &incident, asked).map(|sight| (incident, sight)));
        seen.ok_or(Failure::NOT_FOUND)
    }

    /// An incident with its timeline, as it is shown.
    pub async fn shown(&self, incident: &Incident, sight: Sight) -> Result<Response, Failure> {
        let store = &self.app.desk.store;
        let lines = noted(store.timeline(incident, sight).await)?;
        let rules = self.app.desk.rules();
        Ok(Json(View::of(incident, sight, &rules, self.app.desk.now()).with(lines, sight)).into_response())
    }

    async fn page(&self, actor: &Actor, readable: &Readable, wanted: &Wanted) -> Result<Response, Failure> {
        let store = &self.app.desk.store;
        let found = if readable.own {
            noted(store.reported_by(actor, wanted.before).await)?
        } else {
            let sites = wanted.site.as_ref().map_or_else(|| readable.sites.clone(), |site| vec![site.clone()]);
            noted(store.incidents(&Filter { sites, state: wanted.state, before: wanted.before }).await)?
        };
        let (rules, now) = (self.app.desk.rules(), self.app.desk.now());
        let next = found.older.map(|last| last.to_string());
        let seen = found.incidents.iter().filter(|incident| wanted.fits(incident));
        let view =
            |incident| self.sight(actor, incident, Asked::ToRead).map(|sight| View::of(incident, sight, &rules, now));
        Ok(Json(Page { incidents: seen.filter_map(view).collect(), next }).into_response())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_of_a_query_is_told() {
        let sites: Vec<SiteId> = vec!["kings-cross".parse().unwrap()];
        let query = |text: &[(&str, &str)]| {
            text.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let wrong = [("state", "lost"), ("site", "atlantis"), ("cursor", "7"), ("page", "2"), ("site", "x")];
        let mut expected = Findings::default();
        expected.add("state", Wrong::Fault(Fault::UnknownWord { allowed: Standing::WORDS }));
        expected.add("site", Wrong::Fault(Fault::UnknownSite));
        expected.add("cursor", Wrong::NotACursor);
        expected.unknown("", "page", &QUERY);
        expected.add("site", Wrong::GivenTwice);
        assert_eq!(Wanted::read(query(&wrong), &sites), Err(expected));
        let right = Wanted::read(query(&[("state", "new"), ("site", "kings-cross")]), &sites).unwrap();
        assert_eq!((right.state, right.site), (Some(Standing::New), sites.first().cloned()));
    }
}
