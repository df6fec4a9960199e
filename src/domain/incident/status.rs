//! Where an incident stands.

use serde::{Deserialize, Serialize};

use super::{Lead, Person};
use crate::clock::Moment;
use crate::facts::Money;
use crate::id::IncidentId;
use crate::words::{DeclineReason, Outcome, State};

/// Where an incident stands, with what that implies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Status {
    /// Nobody has taken it up.
    New,
    /// Somebody is looking into it.
    Claimed { by: Person, at: Moment },
    /// It happened.
    Confirmed { by: Person, at: Moment },
    /// It is over.
    Resolved { by: Person, at: Moment, outcome: Outcome, loss: Option<Money> },
    /// It is not what it was reported to be.
    Declined { by: Person, at: Moment, reason: DeclineReason },
    /// It is the same event as another one.
    Merged {
        by: Person,
        at: Moment,
        into: IncidentId,
        /// What it has of the other one; none if it was merged by a version that did not follow it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lead: Option<Lead>,
    },
    /// Its reporter took it back.
    Withdrawn { at: Moment },
}

impl Status {
    /// The bare word.
    pub const fn state(&self) -> State {
        match self {
            Self::New => State::New,
            Self::Claimed { .. } => State::Claimed,
            Self::Confirmed { .. } => State::Confirmed,
            Self::Resolved { .. } => State::Resolved,
            Self::Declined { .. } => State::Declined,
            Self::Merged { .. } => State::Merged,
            Self::Withdrawn { .. } => State::Withdrawn,
        }
    }

    /// Who holds or decided it.
    pub const fn owner(&self) -> Option<&Person> {
        match self {
            Self::Claimed { by, .. }
            | Self::Confirmed { by, .. }
            | Self::Resolved { by, .. }
            | Self::Declined { by, .. }
            | Self::Merged { by, .. } => Some(by),
            Self::New | Self::Withdrawn { .. } => None,
        }
    }

    /// Since when; none while new.
    pub const fn at(&self) -> Option<Moment> {
        match self {
            Self::Claimed { at, .. }
            | Self::Confirmed { at, .. }
            | Self::Resolved { at, .. }
            | Self::Declined { at, .. }
            | Self::Merged { at, .. }
            | Self::Withdrawn { at } => Some(*at),
            Self::New => None,
        }
    }
}
