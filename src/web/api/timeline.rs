//! The timeline as a program reads it.

use std::collections::BTreeMap;

use domain::audit::{By, LOOKS};
use domain::clock::Moment;
use domain::id::IncidentId;
use domain::policy::Sight;
use domain::words::Platform;
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::sealing::TimelineLine;
use crate::web::openapi::words;

/// A line of the timeline.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimelineLine)]
pub struct Line {
    /// RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    at: Moment,
    #[schema(value_type = words::Step)]
    step: &'static str,
    /// Where it was done.
    #[schema(value_type = words::Platform)]
    platform: Platform,
    #[schema(value_type = words::By)]
    by: &'static str,
    /// Their name; only of members, and only for reviewers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    name: Option<String>,
    /// Ids and words of the step: `from`, `to`, `facts`, `reason`, `outcome` …
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    detail: BTreeMap<String, String>,
    /// What they wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    text: Option<String>,
    /// Of which incident it is, if it is not this one but was merged into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::IncidentId>, nullable = false)]
    incident: Option<IncidentId>,
}

impl Line {
    /// The line of an incident as somebody with this sight reads it; none if it is not for them.
    pub fn of(line: TimelineLine, of: IncidentId, sight: Sight) -> Option<Self> {
        let told = line.word.told(sight)?;
        let (by, name) = match line.by {
            By::Reporter { .. } => ("reporter", None),
            By::Member { name, .. } => ("member", Some(name)),
            By::System => ("system", None),
        };
        let mut detail = line.detail;
        // It is there to be checked, not to be read.
        detail.remove(LOOKS);
        detail.retain(|name, _| told.details && (told.others || (name != "into" && name != "other")));
        Some(Self {
            at: line.at,
            step: line.word.as_str(),
            platform: line.platform,
            by,
            name: name.filter(|_| told.names),
            detail,
            text: line.text.filter(|_| told.text),
            incident: (told.others && line.incident != of).then_some(line.incident),
        })
    }
}
