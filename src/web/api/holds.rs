//! How long an incident is kept, over the API, by `…/actions`: a liaison's key places a hold, an admin's lifts it; of two
//! admins one asks for its end before its time and the other confirms that. None of them sees more of the incident.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use domain::actor::Actor;
use domain::clock::Moment;
use domain::id::IncidentId;
use domain::incident::Incident;
use domain::problems::{Fault, Problem as Wrongly, Problems};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::bearer::Caller;
use super::fields::Fields;
use super::findings::Findings;
use super::refusals::{Asked, Refusing};
use super::view::View;
use super::{Api, actions, idempotency};
use crate::failure::{Failure, Refusal};
use crate::operations::erase::{self, Came};
use crate::operations::hold;
use crate::store::Delivery;
use crate::web::openapi::words;
use crate::web::problem::Problem;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    Hold,
    Lift,
    Erase,
}

/// The actions that are about how long an incident is kept.
const ACTIONS: [(&str, Wants); 3] = [("place_hold", Wants::Hold), ("lift_hold", Wants::Lift), ("erase", Wants::Erase)];
/// What they take beside `action` and `version`.
pub const TAKES: [&str; 1] = ["text"];

/// How long an incident is kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Kept)]
pub struct Kept<'a> {
    #[schema(value_type = words::IncidentId)]
    id: IncidentId,
    #[schema(value_type = words::Reference)]
    reference: &'a str,
    /// How many steps it has taken.
    version: u32,
    /// When it is erased, RFC 3339, unless a hold keeps it.
    #[schema(value_type = String, format = DateTime)]
    retain_until: Moment,
    on_hold: bool,
    /// Whether somebody asked for its end before its time, which somebody else has to confirm.
    erasure_asked: bool,
    /// Whether it is gone.
    erased: bool,
}

/// What is answered to an action: the incident as it is now; how long it is kept, if the action was about a hold.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Acted)]
pub enum Acted<'a> {
    Incident(Box<View<'a>>),
    Kept(Kept<'a>),
}

/// What a body asks for, if it is about how long an incident is kept.
pub fn asked(body: &Value) -> Option<Wants> {
    let action = body.get("action")?.as_str()?;
    ACTIONS.iter().find(|(name, _)| *name == action).map(|(_, wants)| *wants)
}

/// Takes what was asked for.
pub async fn act(
    api: &Api,
    caller: &Caller,
    name: &str,
    wants: Wants,
    body: Value,
    key: Option<String>,
    mut findings: Findings,
) -> Result<Response, Problem> {
    let actor = caller.actor(api);
    let refusing = Refusing::new(api, caller, &actor);
    let incident = match api.held(&actor, name).await {
        Ok(incident) => incident,
        // It may be gone because of this very request, whose answer was lost.
        Err(failure) => {
            let ended = ended(api, caller, name, &body, key.as_deref()).await;
            return ended.and_then(|ended| ended.ok_or(failure)).map_err(|why| refusing.failure(&why, Asked::ToWrite));
        }
    };
    let delivery = key.map(|key| idempotency::of_action(caller.name(), &key, &incident.id.to_string(), &body));
    let seen = api.has_arrived(delivery.as_ref()).await;
    let mut fields = Fields::of_body(body, &mut findings);
    fields.word("action");
    let version = fields.word("version").and_then(|text| fields.keep("version", actions::version(&text)));
    let reason = fields.text("text").unwrap_or_default();
    fields.end(&["action", "version", "text"]);
    if !findings.is_empty() {
        return Err(refusing.findings(findings));
    }
    match take(api, &actor, &incident, wants, (&reason, version, delivery)).await {
        Ok((after, erased)) => {
            api.app.work.ring();
            let response = Json(Kept { erased, ..Kept::of(&after) }).into_response();
            Ok(if seen { idempotency::replayed(response) } else { response })
        }
        Err(failure) => Err(not_done(api, &refusing, &incident, failure).await),
    }
}

/// The answer about an incident that is gone, to a request that acted on it while it was there; none to any other.
async fn ended(
    api: &Api,
    caller: &Caller,
    name: &str,
    body: &Value,
    key: Option<&str>,
) -> Result<Option<Response>, Failure> {
    let (Some(key), store) = (key, &api.app.desk.store) else { return Ok(None) };
    let Some((id, gone)) = store.gone_called(name).await? else { return Ok(None) };
    let delivery = idempotency::of_action(caller.name(), key, &id.to_string(), body);
    let Some(arrived) = store.delivered(&delivery).await?.filter(|arrived| arrived.incident == id) else {
        return Ok(None);
    };
    if !arrived.same {
        return Err(Failure::Refused(Refusal::KeyReused));
    }
    let kept = Kept {
        id,
        reference: gone.reference.as_str(),
        version: gone.version,
        retain_until: gone.retain_until,
        on_hold: false,
        erasure_asked: gone.early,
        erased: true,
    };
    Ok(Some(idempotency::replayed(Json(kept).into_response())))
}

async fn take(
    api: &Api,
    actor: &Actor,
    incident: &Incident,
    wants: Wants,
    (reason, version, delivery): (&str, Option<u32>, Option<Delivery>),
) -> Result<(Incident, bool), Failure> {
    let (desk, incident) = (&api.app.desk, incident.clone());
    if wants == Wants::Erase {
        let asked = erase::Asked { reason, version, delivery };
        return Ok(match Box::pin(erase::take(desk, actor, incident, asked)).await? {
            Came::Asked(after) => (after, false),
            Came::Erased(after) => (after, true),
        });
    }
    let asked = hold::Asked { lifts: wants == Wants::Lift, reason, version, delivery };
    Ok((Box::pin(hold::take(desk, actor, incident, asked)).await?, false))
}

impl<'a> Kept<'a> {
    fn of(incident: &'a Incident) -> Self {
        Self {
            id: incident.id,
            reference: incident.reference.as_str(),
            version: incident.version,
            retain_until: incident.retain_until,
            on_hold: incident.is_held(),
            erasure_asked: incident.erasure.is_some(),
            erased: false,
        }
    }
}

impl Api {
    /// The incident that somebody calls so, if its holds are their business, or it is in their sight anyway.
    async fn held(&self, actor: &Actor, name: &str) -> Result<Incident, Failure> {
        let store = &self.app.desk.store;
        let named = match (name.parse(), name.parse()) {
            _ if !hold::concern(actor) => None,
            (Ok(reference), _) => store.incident_named(&reference).await?,
            (_, Ok(id)) => store.incident(id).await?,
            _ => None,
        };
        match named {
            Some(incident) if hold::concerns(actor, &incident) => Ok(incident),
            _ => self.look_up(actor, name, Asked::ToWrite).await.map(|(incident, _)| incident),
        }
    }

    /// Whether something arrived before.
    pub async fn has_arrived(&self, delivery: Option<&Delivery>) -> bool {
        match delivery {
            Some(delivery) => self.app.desk.store.delivered(delivery).await.is_ok_and(|arrived| arrived.is_some()),
            None => false,
        }
    }
}

/// Why it was not done; where the incident stands is said to those who see it.
async fn not_done(api: &Api, refusing: &Refusing<'_>, seen: &Incident, failure: Failure) -> Problem {
    let failure = match failure {
        Failure::Refused(Refusal::Problems(problems)) => named(problems).into(),
        other @ (Failure::Refused(_) | Failure::Conflict | Failure::Unavailable(_) | Failure::Broken(_)) => other,
    };
    match api.app.desk.store.incident(seen.id).await {
        Ok(None) => refusing.failure(&Failure::NOT_FOUND, Asked::ToWrite),
        Ok(Some(now)) if api.sight(refusing.actor, &now, Asked::ToWrite).is_some() => {
            refusing.failure_about(&failure, &now)
        }
        Ok(Some(_)) | Err(_) => refusing.failure(&failure, Asked::ToWrite),
    }
}

/// The reason is called `text` here, as whatever else people write.
fn named(problems: Problems) -> Problems {
    let named = |Wrongly { field, fault }: Wrongly| {
        let field = if field == "reason" { "text".to_owned() } else { field };
        (field, fault)
    };
    let mut renamed = Problems::default();
    problems.0.into_iter().map(named).for_each(|(field, fault): (String, Fault)| renamed.add(field, fault));
    renamed
}
