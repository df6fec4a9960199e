//! `POST /api/v1/reports`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::incident::Incident;
use domain::policy::{Action, Denied, roles_for, sites_to_report};
use domain::report::Draft;
use domain::words::Category;
use tracing::Instrument as _;

use super::bearer::Caller;
use super::findings::Findings;
use super::refusals::{Asked, Refusing};
use super::view::Receipt;
use super::{Api, bodies, idempotency, incidents};
use crate::chat::inbound::{Inbound, What};
use crate::failure::Failure;
use crate::operations::Outcome;
use crate::texts::keys;
use crate::web::openapi::{ReportRefusals, ReportRequest, words};
use crate::web::problem::Problem;

/// Keeps a report.
///
/// A site is enough. 201 means that it is durable and that the people who have to look see it. Send an
/// `Idempotency-Key` and repeat the request until it is answered: it is kept once, and the answer comes again, with
/// the incident as it is by then.
#[utoipa::path(
    post, path = "/reports", tag = "reports", operation_id = "report",
    params(("Idempotency-Key" = Option<words::IdempotencyKey>, Header, description = "Remembered for at least 30 days. The same key with the same body (fields in any order) gets the same answer; with another body it is a `key-reused` problem.")),
    request_body = ReportRequest,
    responses(
        (status = 201, description = "It is kept.", body = Receipt<'_>, headers(
            ("Location", description = "The incident's address."),
            ("Idempotency-Replayed", description = "`true` if it had been kept before."),
        )),
        ReportRefusals,
    ),
)]
pub async fn report(State(api): State<Arc<Api>>, caller: Caller, request: Request) -> Result<Response, Problem> {
    let span = caller.span();
    keep(&api, &caller, request).instrument(span).await
}

async fn keep(api: &Api, caller: &Caller, request: Request) -> Result<Response, Problem> {
    let mut findings = Findings::default();
    let key = idempotency::key(request.headers(), &mut findings).map(ToOwned::to_owned);
    let body =
        bodies::json(request).await.map_err(|why| Refusing::new(api, caller, &caller.actor(api)).unreadable(why))?;
    let delivery = key.map(|key| idempotency::of_report(caller.name(), &key, &body));
    let mut draft = bodies::report(body, &mut findings);
    bodies::price_in(&mut draft.facts, api.app.desk.rules().shop.currency);
    if !findings.is_empty() {
        return Err(unreadable(api, caller, &draft, findings));
    }
    let inbound = Inbound { what: What::Report(draft), origin: caller.origin(), delivery };
    let (actor, result) = api.app.receive(inbound).await;
    let refuse = |failure: &Failure| Refusing::new(api, caller, &actor).failure(failure, Asked::ToWrite);
    match result {
        Ok(Outcome::Reported { incident, seen }) => {
            let response = receipt(api, caller, &incident);
            Ok(if seen { idempotency::replayed(response) } else { response })
        }
        // A report has no other outcome; were there one, nothing was kept.
        Ok(_) => Err(refuse(&Failure::Unavailable("no report came of it"))),
        Err(failure) => Err(refuse(&failure)),
    }
}

/// The refusal of a body whose shape is wrong, with what the domain says about the rest of it.
fn unreadable(api: &Api, caller: &Caller, draft: &Draft, mut findings: Findings) -> Problem {
    let actor = caller.actor(api);
    let refusing = Refusing::new(api, caller, &actor);
    let sites = sites_to_report(&actor.roles, &refusing.rules.site_ids());
    if sites.is_empty() {
        return refusing.failure(&Denied::Needs(roles_for(Action::Report)).into(), Asked::ToWrite);
    }
    if let Err(problems) = draft.parse(&sites, api.app.desk.now()) {
        findings.join(problems);
    }
    refusing.findings(findings)
}

fn receipt(api: &Api, caller: &Caller, incident: &Incident) -> Response {
    let emergency = (incident.category == Category::InProgress).then(|| {
        let rules = api.app.desk.rules();
        caller.voice(api, &rules).say(&keys::emergency_line(rules.shop.emergency_number.as_str()))
    });
    let location = [(header::LOCATION, incidents::address(incident))];
    (StatusCode::CREATED, location, Json(Receipt::of(incident, emergency))).into_response()
}
