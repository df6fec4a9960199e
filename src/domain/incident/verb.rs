//! The verbs of triage, the states that they fit, and why one cannot be taken now.

use crate::clock::Moment;
use crate::facts::{Money, Patch};
use crate::id::IncidentId;
use crate::incident::Lead;
use crate::photo::{PhotoId, Proof};
use crate::place::SiteId;
use crate::policy::Action;
use crate::report::Attached;
use crate::words::{Category, DeclineReason, Fact, Outcome, Platform, State};

/// A step somebody asks for, with what it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verb {
    Claim,
    Release,
    Ask {
        text: String,
    },
    /// With the photos that came with it.
    Answer {
        text: String,
        photos: Vec<Attached>,
    },
    Recategorise {
        to: Category,
    },
    /// A reviewer fills in facts.
    CompleteFacts {
        patch: Patch,
    },
    /// The reporter adds to what they sent.
    AddDetails {
        patch: Patch,
    },
    Confirm,
    Decline {
        reason: DeclineReason,
    },
    /// This incident becomes part of another one, which it follows from then on.
    MergeInto {
        into: IncidentId,
        lead: Lead,
    },
    /// The other side of a merge.
    Absorb {
        other: IncidentId,
    },
    Unmerge,
    /// The other side of an unmerge.
    LetGo {
        other: IncidentId,
    },
    Resolve {
        outcome: Outcome,
        loss: Option<Money>,
    },
    Reopen,
    Withdraw,
    /// Which site it was at.
    SaySite {
        site: SiteId,
    },
    Note {
        text: String,
    },
    Correct {
        text: String,
    },
    /// Somebody shows what they saw; `proof` is of the original.
    AddPhoto {
        photo: PhotoId,
        proof: Proof,
    },
    /// Its reporter or a colleague sent photos in a chat, which are fetched from there.
    SendPhotos {
        photos: Vec<Attached>,
    },
    /// A photo that was sent before has arrived; `id` is what its chat calls it.
    KeepPhoto {
        photo: PhotoId,
        proof: Proof,
        platform: Platform,
        id: String,
    },
    /// Somebody who did not upload it says that what has to be covered is covered.
    ConfirmMask {
        photo: PhotoId,
    },
    /// Somebody who did not upload it says anew what is covered: so many places, or all of it.
    ChangeMask {
        photo: PhotoId,
        version: usize,
        places: Option<usize>,
    },
    /// Somebody is about to see the original.
    ViewOriginal {
        photo: PhotoId,
        reason: String,
    },
    /// It must not be erased, and this is why.
    PlaceHold {
        reason: String,
    },
    /// It may be erased again in its time.
    LiftHold {
        reason: String,
    },
}

impl Verb {
    /// The action the actor must be cleared for.
    pub const fn action(&self) -> Action {
        match self {
            Self::Claim => Action::Claim,
            Self::Release => Action::Release,
            Self::Ask { .. } => Action::Ask,
            Self::Answer { .. } => Action::Answer,
            Self::Recategorise { .. } => Action::Recategorise,
            Self::CompleteFacts { .. } => Action::CompleteFacts,
            Self::AddDetails { .. } => Action::AddDetails,
            Self::Confirm => Action::Confirm,
            Self::Decline { .. } => Action::Decline,
            Self::MergeInto { .. } | Self::Absorb { .. } => Action::Merge,
            Self::Unmerge | Self::LetGo { .. } => Action::Unmerge,
            Self::Resolve { .. } => Action::Resolve,
            Self::Reopen => Action::Reopen,
            Self::Withdraw => Action::Withdraw,
            Self::SaySite { .. } => Action::SaySite,
            Self::Note { .. } => Action::Note,
            Self::Correct { .. } => Action::Correct,
            Self::AddPhoto { .. } | Self::SendPhotos { .. } | Self::KeepPhoto { .. } => Action::AddPhoto,
            Self::ConfirmMask { .. } | Self::ChangeMask { .. } => Action::ConfirmMask,
            Self::ViewOriginal { .. } => Action::ViewOriginal,
            Self::PlaceHold { .. } => Action::PlaceHold,
            Self::LiftHold { .. } => Action::LiftHold,
        }
    }

    /// Whether it leaves a claim as silent as it was; every other human step keeps it from being silent.
    pub(super) const fn is_silent(&self) -> bool {
        matches!(
            self,
            Self::Absorb { .. }
                | Self::LetGo { .. }
                | Self::AddDetails { .. }
                | Self::SaySite { .. }
                | Self::AddPhoto { .. }
                | Self::SendPhotos { .. }
                | Self::KeepPhoto { .. }
                | Self::PlaceHold { .. }
                | Self::LiftHold { .. }
        )
    }
}

/// Why a step cannot be taken now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrongMoment {
    /// Not in this state.
    State(State),
    /// Somebody else holds it.
    Taken { by: String, at: Moment },
    /// It is already theirs.
    AlreadyYours,
    /// These facts are missing.
    Missing(Vec<Fact>),
    /// A question is already waiting for its answer.
    QuestionOpen,
    /// No question is waiting.
    NoQuestion,
    /// It was closed too long ago.
    TooLate { days: i64 },
    /// An incident cannot be merged into itself.
    Itself,
    /// Others were merged into it; take those out first.
    HasMerged,
    /// Others were merged into it, so that its reporter does not take it back any more: theirs would go with it.
    InUse,
    /// The other incident is closed, or full.
    OtherNotOpen,
    /// The proof is for something else.
    NotCleared,
    /// Nothing would change.
    Nothing,
    /// Which site it was at was said before.
    SiteKnown,
    /// A hold keeps it from being erased.
    Held,
}

/// Whether a verb fits a state at all; who may take it is the policy's business.
#[expect(clippy::wildcard_enum_match_arm, reason = "actions that are no steps of triage fit no state")]
pub const fn fits(action: Action, state: State) -> bool {
    match action {
        Action::Claim | Action::Withdraw => matches!(state, State::New),
        Action::Release | Action::Ask | Action::Recategorise | Action::Confirm | Action::Decline => {
            matches!(state, State::Claimed)
        }
        Action::Merge => matches!(state, State::Claimed),
        Action::Answer => matches!(state, State::New | State::Claimed | State::Confirmed),
        Action::CompleteFacts => matches!(state, State::Claimed | State::Confirmed),
        Action::AddDetails | Action::AddPhoto | Action::SaySite => state.is_open(),
        Action::Unmerge => matches!(state, State::Merged),
        Action::Resolve => matches!(state, State::Confirmed),
        Action::Reopen => matches!(state, State::Declined | State::Resolved),
        Action::Note
        | Action::Correct
        | Action::Read
        | Action::ConfirmMask
        | Action::ViewOriginal
        | Action::PlaceHold
        | Action::LiftHold => true,
        _ => false,
    }
}
