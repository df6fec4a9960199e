//! `POST /api/v1/incidents/{reference}/actions`: the same operations as the buttons.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use domain::actor::Actor;
use domain::facts::{Currency, within};
use domain::incident::Incident;
use domain::problems::Fault;
use serde_json::Value;
use tracing::Instrument as _;

use super::bearer::Caller;
use super::bodies::{self, FACTS};
use super::fields::Fields;
use super::findings::{Findings, Wrong};
use super::refusals::{Asked, Refusing};
use super::{Api, holds, idempotency, incidents};
use crate::chat::inbound::{Answers, Inbound, What};
use crate::chat::press::{Button, Press};
use crate::failure::Failure;
use crate::operations::Outcome;
use crate::operations::triage::Enclosed;
use crate::operations::wish;
use crate::web::openapi::{ActionRefusals, ActionRequest, words};
use crate::web::problem::Problem;

/// Every action, as the API names it.
pub const ACTIONS: &[&str] = &[
    "claim",
    "release",
    "ask",
    "answer",
    "recategorise",
    "complete_facts",
    "add_details",
    "confirm",
    "decline",
    "merge",
    "unmerge",
    "resolve",
    "reopen",
    "withdraw",
    "note",
    "correct",
    "place_hold",
    "lift_hold",
    "erase",
];
/// The highest version there can be: databases count with signs.
const VERSION_MAX: i64 = i32::MAX as i64;

/// The button behind an action, and the fields that it takes.
fn button(action: &str) -> Option<(Button, &'static [&'static str])> {
    Some(match action {
        "claim" => (Button::Claim, &[]),
        "release" => (Button::Release, &[]),
        "ask" => (Button::Ask, &["text"]),
        "answer" => (Button::Answer, &["text"]),
        "recategorise" => (Button::Recategorise, &["category"]),
        "complete_facts" => (Button::Facts, &FACTS),
        "add_details" => (Button::Details, &FACTS),
        "confirm" => (Button::Confirm, &[]),
        "decline" => (Button::Decline, &["reason"]),
        "merge" => (Button::Merge, &["into"]),
        "unmerge" => (Button::Unmerge, &[]),
        "resolve" => (Button::Resolve, &["outcome", "loss_minor", "currency"]),
        "reopen" => (Button::Reopen, &[]),
        "withdraw" => (Button::Withdraw, &[]),
        "note" => (Button::Note, &["text"]),
        "correct" => (Button::Correct, &["text"]),
        _ => return None,
    })
}

/// The fields that an action takes beside `action` and `version`.
pub fn takes(action: &str) -> &'static [&'static str] {
    button(action).map_or(&holds::TAKES, |(_, takes)| takes)
}

/// Takes a step of triage: claim, ask, confirm, decline … A liaison's key places a hold, an admin's lifts it. `erase` ends an
/// incident before its time: one admin's key asks for it, another one's, with the same action, confirms that; a hold keeps it.
///
/// With `version`, a decision is made only if the incident is still as it was seen; else the answer is a `changed`
/// problem that says where it stands. Without, it is made on what is there now. Of several at the same moment exactly
/// one wins; the others are told who, and since when. With an `Idempotency-Key`, the same body for the same incident
/// acts once; another body, or another incident, under the same key is refused.
#[utoipa::path(
    post, path = "/incidents/{reference}/actions", tag = "incidents", operation_id = "act",
    params(
        ("reference" = words::Reference, Path, description = "The incident's reference, as people type it, or its id."),
        ("Idempotency-Key" = Option<words::IdempotencyKey>, Header, description = "The same key with the same body, for the same incident, acts once; with anything else it is refused."),
    ),
    request_body = ActionRequest,
    responses(
        (status = 200, description = "It is done; the incident as it is now. To an action about holds and its end, how long it is kept.", body = holds::Acted<'_>, headers(
            ("Idempotency-Replayed", description = "`true` if it had been done before."),
        )),
        ActionRefusals,
    ),
)]
pub async fn act(
    State(api): State<Arc<Api>>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let span = caller.span();
    step(&api, &caller, &incidents::name(reference), request).instrument(span).await
}

async fn step(api: &Api, caller: &Caller, name: &str, request: Request) -> Result<Response, Problem> {
    let actor = caller.actor(api);
    let refusing = Refusing::new(api, caller, &actor);
    let mut findings = Findings::default();
    let key = idempotency::key(request.headers(), &mut findings).map(ToOwned::to_owned);
    let body = bodies::json(request).await.map_err(|why| refusing.unreadable(why))?;
    if let Some(wants) = holds::asked(&body) {
        return Box::pin(holds::act(api, caller, name, wants, body, key, findings)).await;
    }
    // Whether they may see it comes before whether they wrote it well.
    let looked_up = api.look_up(&actor, name, Asked::ToWrite).await;
    let (incident, _) = looked_up.map_err(|failure| refusing.failure(&failure, Asked::ToWrite))?;
    let delivery = key.map(|key| idempotency::of_action(caller.name(), &key, &incident.id.to_string(), &body));
    let asked = Step::read(body, refusing.rules.shop.currency, &mut findings);
    let press = asked.press(&incident).filter(|_| findings.is_empty());
    let Some(press) = press else {
        asked.join_problems(api, &incident, refusing.rules.shop.currency, &mut findings);
        return Err(refusing.findings(findings));
    };
    let seen = api.has_arrived(delivery.as_ref()).await;
    let inbound = Inbound { what: What::Submit(press, asked.enclosed), origin: caller.origin(), delivery };
    let (actor, result) = api.app.receive(inbound).await;
    let response = match result {
        Ok(Outcome::Stepped { incident }) => after(api, caller, &actor, &incident).await?,
        // A step has no other outcome; were there one, nothing was changed.
        Ok(_) => return Err(refusing.failure(&Failure::Unavailable("no step came of it"), Asked::ToWrite)),
        Err(failure) => return Err(not_done(api, caller, &actor, &incident, &failure).await),
    };
    Ok(if seen { idempotency::replayed(response) } else { response })
}

/// The incident after the step. One that nobody may see any more was seen a moment ago.
async fn after(api: &Api, caller: &Caller, actor: &Actor, incident: &Incident) -> Result<Response, Problem> {
    let shown = match api.sight(actor, incident, Asked::ToWrite) {
        Some(sight) => api.shown(incident, sight).await,
        None => Err(Failure::NOT_FOUND),
    };
    shown.map_err(|failure| Refusing::new(api, caller, actor).failure(&failure, Asked::ToRead))
}

/// Why a step was not taken, with where the incident stands by now.
async fn not_done(api: &Api, caller: &Caller, actor: &Actor, seen: &Incident, failure: &Failure) -> Problem {
    let refusing = Refusing::new(api, caller, actor);
    match failure {
        Failure::Refused(_) | Failure::Conflict => match api.app.desk.store.incident(seen.id).await {
            Ok(Some(incident)) => refusing.failure_about(failure, &incident),
            Ok(None) => refusing.failure(&Failure::NOT_FOUND, Asked::ToWrite),
            Err(_) => refusing.failure_about(failure, seen),
        },
        Failure::Unavailable(_) | Failure::Broken(_) => refusing.failure(failure, Asked::ToWrite),
    }
}

/// What a body asks for.
#[derive(Debug, Default)]
struct Step {
    button: Option<Button>,
    version: Option<u32>,
    enclosed: Enclosed,
}

impl Step {
    fn read(body: Value, currency: Currency, findings: &mut Findings) -> Self {
        let mut fields = Fields::of_body(body, findings);
        let action = fields.word("action");
        let version = fields.word("version").and_then(|text| fields.keep("version", version(&text)));
        let Some((button, takes)) = action.as_deref().and_then(button) else {
            let fault = if action.is_some() { Fault::UnknownWord { allowed: ACTIONS } } else { Fault::Missing };
            fields.note("action", Wrong::Fault(fault));
            return Self { version, ..Self::default() };
        };
        let mut enclosed = Enclosed { answered: true, ..Enclosed::default() };
        let mut known = vec!["action", "version"];
        known.extend(takes);
        if matches!(button, Button::Facts | Button::Details) {
            known.push("facts");
            fields.open("facts");
            let mut facts = fields.facts();
            bodies::price_in(&mut facts, currency);
            enclosed.facts = Some(facts);
        } else {
            enclosed.answers = answers(&mut fields, takes);
        }
        fields.end(&known);
        Self { button: Some(button), version, enclosed }
    }

    /// The press of the button; without a version, on the incident as it is now.
    fn press(&self, incident: &Incident) -> Option<Press> {
        let version = self.version.unwrap_or(incident.version);
        Some(Press { button: self.button?, incident: incident.id, version, tap: None })
    }

    /// What the operation would say about the fields that can be read.
    fn join_problems(&self, api: &Api, incident: &Incident, currency: Currency, findings: &mut Findings) {
        let Enclosed { answers, facts, .. } = &self.enclosed;
        if let Some(press) = self.press(incident)
            && let Err(problems) = wish::read(&press, answers, facts.as_ref(), incident, currency, api.app.desk.now())
        {
            findings.join(problems);
        }
    }
}

/// The version that a text says.
pub fn version(text: &str) -> Result<u32, Fault> {
    within(text, 1, VERSION_MAX).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

fn answers(fields: &mut Fields<'_>, takes: &[&str]) -> Answers {
    let mut answers = BTreeMap::new();
    for name in takes {
        let value = if matches!(*name, "text" | "into") { fields.text(name) } else { fields.word(name) };
        if let Some(value) = value {
            answers.insert((*name).to_owned(), vec![value]);
        }
    }
    Answers(answers)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use serde_json::json;

    fn read(body: Value) -> (Step, Findings) {
        let mut findings = Findings::default();
        let step = Step::read(body, "GBP".parse().unwrap(), &mut findings);
        (step, findings)
    }

    #[test]
    fn every_action_has_a_button_of_its_own() {
        let (of_holds, others): (Vec<&str>, Vec<&str>) =
            ACTIONS.iter().partition(|action| holds::asked(&json!({"action": action})).is_some());
        let buttons: HashSet<Button> = others.iter().map(|action| button(action).unwrap().0).collect();
        assert_eq!((buttons.len(), of_holds), (others.len(), vec!["place_hold", "lift_hold", "erase"]));
        assert!(button("explode").is_none());
    }

    #[test]
    fn facts_stand_in_their_object_or_beside_the_action_but_not_in_both() {
        let (nested, wrong) = read(json!({"action": "complete_facts", "facts": {"kind": "deterred"}, "zone": "till"}));
        assert!(wrong.is_empty());
        let facts = nested.enclosed.facts.unwrap();
        assert_eq!((facts.kind.as_deref(), facts.zone.as_deref()), (Some("deterred"), Some("till")));
        let (_, wrong) = read(json!({"action": "complete_facts", "facts": {"kind": "deterred"}, "kind": "other"}));
        let mut expected = Findings::default();
        expected.add("facts.kind", Wrong::GivenTwice);
        assert_eq!(wrong, expected);
    }

    #[test]
    fn a_field_of_another_action_is_unknown() {
        let (_, wrong) = read(json!({"action": "claim", "reason": "test", "version": "two"}));
        let mut expected = Findings::default();
        expected.add("version", Wrong::Fault(Fault::OutOfRange { least: 1, most: VERSION_MAX }));
        expected.unknown("", "reason", &["action", "version"]);
        assert_eq!(wrong, expected);
    }
}
