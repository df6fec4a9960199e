//! An incident as a program reads it. What a key may not see is absent, and so is what is not known.

use domain::clock::Moment;
use domain::id::IncidentId;
use domain::incident::Incident;
use domain::policy::Sight;
use domain::timers::Overdue;
use domain::words::{Category, Fact, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::known::Known;
use super::timeline::Line;
use crate::rules::Rules;
use crate::store::sealing::TimelineLine;
use crate::web::openapi::words;

/// What a report was kept as.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Receipt)]
pub struct Receipt<'a> {
    /// Present while it is happening: show this to whoever reports, before anything else, in their language.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Call 999 if anyone is in danger. This software never calls for you.")]
    pub emergency: Option<String>,
    #[schema(value_type = words::IncidentId)]
    pub id: IncidentId,
    /// What people say: for asking about it, and in the addresses of this API.
    #[schema(value_type = words::Reference)]
    pub reference: &'a str,
    #[schema(value_type = words::State)]
    pub state: State,
    #[schema(value_type = words::Category)]
    pub category: Category,
    pub site: &'a str,
    /// How many steps it has taken; send it with an action to act only on what was seen.
    pub version: u32,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    pub happened: Moment,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    pub reported_at: Moment,
    /// When it is erased, unless something happens to it; RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    pub retain_until: Moment,
    /// The facts without which a manager cannot confirm it; `add_details` adds them.
    #[schema(value_type = Vec<words::Fact>)]
    pub missing: Vec<Fact>,
    /// What is worth asking at once while it is happening.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<words::Fact>, required = false)]
    pub urgent: Vec<Fact>,
}

impl<'a> Receipt<'a> {
    /// The receipt for an incident.
    pub fn of(incident: &'a Incident, emergency: Option<String>) -> Self {
        Self {
            emergency,
            id: incident.id,
            reference: incident.reference.as_str(),
            state: incident.status.state(),
            category: incident.category,
            site: incident.site.as_str(),
            version: incident.version,
            happened: incident.facts.happened,
            reported_at: incident.reported_at,
            retain_until: incident.retain_until,
            missing: incident.missing(),
            urgent: incident.one_tap(),
        }
    }
}

/// A page of incidents, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Page)]
pub struct Page<'a> {
    pub incidents: Vec<View<'a>>,
    /// The `cursor` of the next page; null on the last one. A page can hold fewer incidents than it may.
    #[schema(required = true)]
    pub next: Option<String>,
}

/// An incident, as far as the key may see it: a reviewer's everything but the reporter's identity; a reporter's what
/// it reported and what concerns it; a publisher's and an escalator's everything but words people wrote and names; an
/// auditor's states and times.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Incident)]
pub struct View<'a> {
    #[schema(value_type = words::IncidentId)]
    id: IncidentId,
    #[schema(value_type = words::Reference)]
    reference: &'a str,
    /// How many steps it has taken.
    version: u32,
    #[schema(value_type = words::State)]
    state: State,
    /// When it came into this state, RFC 3339; absent while new.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    since: Option<Moment>,
    #[schema(value_type = words::Category)]
    category: Category,
    site: &'a str,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    happened: Moment,
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    reported_at: Moment,
    /// When it is erased, RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    retain_until: Moment,
    /// Whether it is an exercise.
    drill: bool,
    /// What should have happened by now and has not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::Overdue>, nullable = false)]
    overdue: Option<&'static str>,
    /// Absent for auditors.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Known<'a>)]
    known: Option<Known<'a>>,
    /// What was done, oldest first, with the lines of incidents that were merged into it; only where one incident is
    /// asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    timeline: Option<Vec<Line>>,
}

impl<'a> View<'a> {
    /// The incident as somebody with this sight reads it.
    pub fn of(incident: &'a Incident, sight: Sight, rules: &Rules, now: Moment) -> Self {
        let overdue = incident.overdue(rules.terms.deadlines(incident.category), now).filter(|_| sight != Sight::Own);
        Self {
            id: incident.id,
            reference: incident.reference.as_str(),
            version: incident.version,
            state: incident.status.state(),
            since: incident.status.at(),
            category: incident.category,
            site: incident.site.as_str(),
            happened: incident.facts.happened,
            reported_at: incident.reported_at,
            retain_until: incident.retain_until,
            drill: incident.drill,
            overdue: overdue.map(|overdue| match overdue {
                Overdue::Look => "look",
                Overdue::Decide => "decide",
            }),
            known: (sight != Sight::Metadata).then(|| Known::of(incident, sight)),
            timeline: None,
        }
    }

    /// With its timeline.
    #[must_use]
    pub fn with(mut self, lines: Vec<TimelineLine>, sight: Sight) -> Self {
        self.timeline = Some(lines.into_iter().filter_map(|line| Line::of(line, self.id, sight)).collect());
        self
    }
}
