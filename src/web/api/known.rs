//! What is known of an incident, for a program that may read it.

use domain::clock::Moment;
use domain::facts::{Currency, Facts, Goods, Money};
use domain::id::IncidentId;
use domain::incident::photos::Tally;
use domain::incident::{Incident, Status};
use domain::policy::Sight;
use domain::words::{
    Cctv, DeclineReason, Fact, Fate, Injury, Kind, Method, Outcome, Persons, Precision, StaffSafe, StillPresent,
    Weapon, Zone,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::openapi::words;

/// What is known of an incident, beyond states and times.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Known)]
pub struct Known<'a> {
    /// Who holds or decided it; only for reviewers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    owner: Option<&'a str>,
    /// What happened, in people's own words; the newest correction of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    what_happened: Option<&'a str>,
    /// What was written first, if it was corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    first_written: Option<&'a str>,
    #[schema(value_type = words::Precision, required = false)]
    precision: Precision,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Kind>, nullable = false)]
    kind: Option<Kind>,
    #[schema(value_type = Vec<words::Method>, required = false)]
    method: Vec<Method>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Zone>, nullable = false)]
    zone: Option<Zone>,
    #[schema(required = false)]
    goods: Vec<GoodsView<'a>>,
    /// What the shop lost of these goods: taken or damaged, by currency.
    #[schema(required = false)]
    net_loss: Vec<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Weapon>, nullable = false)]
    weapon: Option<Weapon>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Injury>, nullable = false)]
    injury: Option<Injury>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::StaffSafe>, nullable = false)]
    staff_safe: Option<StaffSafe>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::StillPresent>, nullable = false)]
    still_present: Option<StillPresent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Persons>, nullable = false)]
    persons: Option<Persons>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Cctv>, nullable = false)]
    cctv: Option<Cctv>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    camera: Option<&'a str>,
    /// The facts without which it cannot be confirmed; empty once it is decided.
    #[schema(value_type = Vec<words::Fact>, required = false)]
    missing: Vec<Fact>,
    /// A question to the reporter that waits for its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    question: Option<QuestionView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Outcome>, nullable = false)]
    outcome: Option<Outcome>,
    /// What the shop lost in the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    loss: Option<Amount>,
    /// Why it was declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::DeclineReason>, nullable = false)]
    reason: Option<DeclineReason>,
    /// What it was merged into; an id can stand where a reference stands in an address. Only for reviewers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::IncidentId>, nullable = false)]
    merged_into: Option<IncidentId>,
    /// What was merged into it; only for reviewers.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<words::IncidentId>, required = false)]
    merged: &'a [IncidentId],
    /// How many photos it has, also of those that this key may not look at yet.
    #[schema(required = false)]
    photos: PhotoCount,
    /// Whether it is kept beyond `retain_until`.
    #[schema(required = false)]
    on_hold: bool,
}

/// How many photos an incident has.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PhotoCount)]
struct PhotoCount {
    /// Stored as evidence.
    kept: usize,
    /// Of these, those of which nobody has confirmed yet that what has to be covered is covered.
    unchecked: usize,
    /// Of the stored ones, those at which nobody can look, HEIC and AVIF without a rendition: they are sealed as they came,
    /// and nothing of them can be checked or shared.
    sealed_only: usize,
    /// Sent in a chat, and on their way from there.
    coming: usize,
    /// Sent in a chat, and not to be had.
    not_taken: usize,
}

impl From<Tally> for PhotoCount {
    fn from(tally: Tally) -> Self {
        let Tally { kept, unchecked, sealed_only, coming, not_taken } = tally;
        Self { kept, unchecked, sealed_only, coming, not_taken }
    }
}

/// An amount of money.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Amount {
    /// In minor units of the currency: pence, cents; yen have none.
    pub minor: i64,
    #[schema(value_type = words::Currency)]
    pub currency: Currency,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self { minor: money.minor, currency: money.currency }
    }
}

/// A line of goods.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Goods)]
struct GoodsView<'a> {
    /// What it was; words people wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    what: Option<&'a str>,
    quantity: i64,
    /// What one of them costs, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    unit_value_minor: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Currency>, nullable = false)]
    currency: Option<Currency>,
    #[schema(value_type = words::Fate)]
    fate: Fate,
}

/// A question to the reporter.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Question)]
struct QuestionView<'a> {
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    text: Option<&'a str>,
    /// Who asked; only for reviewers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    by: Option<&'a str>,
}

impl<'a> Known<'a> {
    /// What somebody with this sight reads of it.
    pub fn of(incident: &'a Incident, sight: Sight) -> Self {
        let (names, text) = (sight == Sight::Full, matches!(sight, Sight::Full | Sight::Own));
        let facts: &Facts = &incident.facts;
        let first = facts.what_happened.as_deref().filter(|_| incident.correction.is_some());
        let undecided = matches!(incident.status, Status::New | Status::Claimed { .. });
        let (mut outcome, mut loss, mut reason, mut merged_into) = (None, None, None, None);
        match &incident.status {
            Status::Resolved { outcome: ended, loss: amount, .. } => {
                (outcome, loss) = (Some(*ended), amount.map(Amount::from));
            }
            Status::Declined { reason: why, .. } => reason = Some(*why),
            Status::Merged { into, .. } => merged_into = Some(*into),
            Status::New | Status::Claimed { .. } | Status::Confirmed { .. } | Status::Withdrawn { .. } => {}
        }
        Self {
            owner: incident.status.owner().filter(|_| names).map(|owner| owner.name.as_str()),
            what_happened: incident.what_happened().filter(|_| text),
            first_written: first.filter(|_| text),
            precision: facts.precision,
            kind: facts.kind,
            method: facts.method.iter().copied().collect(),
            zone: facts.zone,
            goods: facts.goods.iter().map(|line| GoodsView::of(line, text)).collect(),
            net_loss: facts.net_loss().into_iter().map(|(currency, minor)| Amount { minor, currency }).collect(),
            weapon: facts.weapon,
            injury: facts.injury,
            staff_safe: facts.staff_safe,
            still_present: facts.still_present,
            persons: facts.persons,
            cctv: facts.cctv,
            camera: facts.camera.as_deref().filter(|_| text),
            missing: if undecided { incident.missing() } else { Vec::new() },
            question: incident.question.as_ref().map(|question| QuestionView {
                at: question.at,
                text: text.then_some(question.text.as_str()),
                by: names.then_some(question.by.name.as_str()),
            }),
            outcome,
            loss,
            reason,
            merged_into: merged_into.filter(|_| names),
            merged: if names { &incident.absorbed } else { &[] },
            photos: incident.tally().into(),
            on_hold: incident.is_held(),
        }
    }
}

impl<'a> GoodsView<'a> {
    fn of(line: &'a Goods, named: bool) -> Self {
        Self {
            what: named.then_some(line.what.as_str()),
            quantity: line.quantity,
            unit_value_minor: line.unit_value.map(|value| value.minor),
            currency: line.unit_value.map(|value| value.currency),
            fate: line.fate,
        }
    }
}
