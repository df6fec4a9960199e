//! What the public may read: enumerations only, so that no name, face, plate or free text fits in.

use chrono::{DurationRound, TimeDelta};

use crate::clock::Moment;
use crate::incident::Incident;
use crate::words::{Kind, Method, StillPresent};

/// The time of an alert is rounded down to this, so that it points at nobody's shift.
const ROUNDED_TO: TimeDelta = TimeDelta::hours(1);

/// A notice as the public would read it. It has no field for text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    pub kind: Option<Kind>,
    pub method: Vec<Method>,
    pub around: Moment,
    /// Whether they have left; none if nobody knows.
    pub over: Option<bool>,
}

/// A thing that is known and that no alert carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    WhatHappened,
    ExactTime,
    Site,
    Zone,
    Goods,
    Persons,
    Reporter,
}

impl LeftOut {
    /// The word used in locales.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WhatHappened => "what_happened",
            Self::ExactTime => "exact_time",
            Self::Site => "site",
            Self::Zone => "zone",
            Self::Goods => "goods",
            Self::Persons => "persons",
            Self::Reporter => "reporter",
        }
    }
}

/// What an alert about this incident would say, and what it would leave out.
pub fn preview(incident: &Incident) -> (Preview, Vec<LeftOut>) {
    let facts = &incident.facts;
    let preview = Preview {
        kind: facts.kind,
        method: facts.method.iter().copied().collect(),
        around: facts.happened.duration_trunc(ROUNDED_TO).unwrap_or(facts.happened),
        over: facts.still_present.and_then(|still| match still {
            StillPresent::Yes => Some(false),
            StillPresent::Left | StillPresent::Detained => Some(true),
            StillPresent::Unknown => None,
        }),
    };
    let known = [
        (LeftOut::WhatHappened, incident.what_happened().is_some()),
        (LeftOut::ExactTime, true),
        (LeftOut::Site, true),
        (LeftOut::Zone, facts.zone.is_some()),
        (LeftOut::Goods, !facts.goods.is_empty()),
        (LeftOut::Persons, facts.persons.is_some()),
        (LeftOut::Reporter, true),
    ];
    (preview, known.into_iter().filter(|(_, known)| *known).map(|(what, _)| what).collect())
}
