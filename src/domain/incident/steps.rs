//! The verbs of triage: who is cleared for one may take it, when the moment is right.

use chrono::TimeDelta;

use super::{Change, Hold, Incident, Person, Question, Status, Step, StepWord, Terms};
use crate::clock::Moment;
use crate::facts::{Money, Patch};
use crate::id::IncidentId;
use crate::photo::{PhotoId, Proof};
use crate::place::SiteId;
use crate::policy::{Action, Cleared};
use crate::report::Attached;
use crate::words::{Category, DeclineReason, Fact, Outcome, Platform, State};

/// How long a closed incident can be opened again.
pub const REOPEN_DAYS: i64 = 7;
/// The most incidents that can be merged into one.
pub const ABSORBED_MAX: usize = 50;

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
    /// This incident becomes part of another one.
    MergeInto {
        into: IncidentId,
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
}

impl Verb {
    /// Whether it leaves a claim as silent as it was; every other human step keeps it from being silent.
    const fn is_silent(&self) -> bool {
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

impl Incident {
    /// Takes a step. The proof must be for this verb; the moment must be right.
    pub fn apply(&self, cleared: &Cleared<'_>, verb: Verb, terms: &Terms, now: Moment) -> Result<Change, WrongMoment> {
        if cleared.action() != verb.action() || !cleared.completes() {
            return Err(WrongMoment::NotCleared);
        }
        self.right_moment(cleared, &verb, now)?;
        let mut after = self.clone();
        let step = after.take(cleared, verb, terms, now);
        after.keep_until(&terms.retention);
        Ok(after.stepped(step))
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "most verbs ask for nothing but the state")]
    fn right_moment(&self, cleared: &Cleared<'_>, verb: &Verb, now: Moment) -> Result<(), WrongMoment> {
        let state = self.status.state();
        let other_side = matches!(verb, Verb::Absorb { .. } | Verb::LetGo { .. });
        // What was sent in time is kept however long it takes to arrive, unless it was taken back.
        let late = matches!(verb, Verb::KeepPhoto { .. }) && state != State::Withdrawn;
        if let (Verb::Claim, Status::Claimed { by, at }) = (verb, &self.status) {
            return Err(if cleared.actor().is(&by.member) {
                WrongMoment::AlreadyYours
            } else {
                WrongMoment::Taken { by: by.name.clone(), at: *at }
            });
        }
        if !other_side && !late && !fits(verb.action(), state) {
            return Err(WrongMoment::State(state));
        }
        match verb {
            Verb::Ask { .. } if self.question.is_some() => Err(WrongMoment::QuestionOpen),
            Verb::Answer { .. } if self.question.is_none() => Err(WrongMoment::NoQuestion),
            Verb::Recategorise { to } if *to == self.category => Err(WrongMoment::Nothing),
            Verb::SaySite { .. } if self.site_open.is_none() => Err(WrongMoment::SiteKnown),
            Verb::PlaceHold { .. } if self.hold.is_some() => Err(WrongMoment::Nothing),
            Verb::LiftHold { .. } if self.hold.is_none() => Err(WrongMoment::Nothing),
            Verb::CompleteFacts { patch } | Verb::AddDetails { patch } if patch.is_empty() => Err(WrongMoment::Nothing),
            Verb::Confirm if !self.missing().is_empty() => Err(WrongMoment::Missing(self.missing())),
            Verb::MergeInto { into } if *into == self.id => Err(WrongMoment::Itself),
            Verb::MergeInto { .. } if !self.absorbed.is_empty() => Err(WrongMoment::HasMerged),
            Verb::Absorb { .. } if !state.is_open() || self.absorbed.len() >= ABSORBED_MAX => {
                Err(WrongMoment::OtherNotOpen)
            }
            Verb::Reopen if self.status.at().is_some_and(|at| now - at > TimeDelta::days(REOPEN_DAYS)) => {
                Err(WrongMoment::TooLate { days: REOPEN_DAYS })
            }
            _ => Ok(()),
        }
    }

    /// Changes `self` and says what was done. Each arm is one verb.
    fn take(&mut self, cleared: &Cleared<'_>, verb: Verb, terms: &Terms, now: Moment) -> Step {
        let by = Person::of(cleared.actor());
        let step = |word| Step::by(cleared.actor(), &self.reporter.member, word, now);
        let silent = verb.is_silent();
        let step = match verb {
            Verb::Claim => {
                self.status = Status::Claimed { by, at: now };
                step(StepWord::Claimed)
            }
            Verb::Release => {
                let step = step(StepWord::Released);
                self.waits(terms.deadlines(self.category), now);
                step
            }
            Verb::Ask { text } => {
                let step = step(StepWord::Asked).saying(&text);
                self.question = Some(Question { by, at: now, text });
                step
            }
            Verb::Answer { text, photos } => {
                let step = step(StepWord::Answered).saying(&text);
                self.question = None;
                self.wait_for(photos, now);
                step
            }
            Verb::Recategorise { to } => {
                let step = step(StepWord::Recategorised).with("from", self.category).with("to", to);
                self.category = to;
                step
            }
            Verb::CompleteFacts { patch } | Verb::AddDetails { patch } => {
                let step = step(StepWord::FactsCompleted).with("facts", patch.names().join(","));
                self.lay_over(&patch, step)
            }
            Verb::Confirm => {
                self.status = Status::Confirmed { by, at: now };
                step(StepWord::Confirmed)
            }
            Verb::Decline { reason } => {
                self.status = Status::Declined { by, at: now, reason };
                step(StepWord::Declined).with("reason", reason)
            }
            Verb::MergeInto { into } => {
                self.status = Status::Merged { by, at: now, into };
                step(StepWord::Merged).with("into", into)
            }
            Verb::Absorb { other } => {
                self.absorbed.push(other);
                step(StepWord::Absorbed).with("other", other)
            }
            Verb::Unmerge => {
                let step = step(StepWord::Unmerged);
                self.status = Status::Claimed { by, at: now };
                step
            }
            Verb::LetGo { other } => {
                self.absorbed.retain(|id| *id != other);
                step(StepWord::LetGo).with("other", other)
            }
            Verb::Resolve { outcome, loss } => {
                self.status = Status::Resolved { by, at: now, outcome, loss };
                lost(step(StepWord::Resolved).with("outcome", outcome), loss)
            }
            Verb::Reopen => {
                self.status = Status::Claimed { by, at: now };
                step(StepWord::Reopened)
            }
            Verb::Withdraw => {
                self.status = Status::Withdrawn { at: now };
                step(StepWord::Withdrawn)
            }
            Verb::SaySite { site } => self.say_site(step(StepWord::SiteSaid), site),
            Verb::Note { text } => step(StepWord::Noted).saying(&text),
            Verb::Correct { text } => {
                let step = step(StepWord::Corrected).saying(&text);
                self.correct(text);
                step
            }
            Verb::AddPhoto { photo, proof } => self.keep_photo(step(StepWord::PhotoAdded), photo, proof),
            Verb::SendPhotos { photos } => self.wait_for_more(step(StepWord::PhotosSent), photos, cleared.actor()),
            Verb::KeepPhoto { photo, proof, platform, id } => {
                self.keep_sent_photo(step(StepWord::PhotoAdded), photo, proof, (platform, &id))
            }
            Verb::ConfirmMask { photo } => self.check_photo(step(StepWord::MaskConfirmed), photo),
            Verb::ChangeMask { photo, version, places } => {
                self.redraw_photo(step(StepWord::MaskChanged), photo, version, places)
            }
            Verb::ViewOriginal { photo, reason } => step(StepWord::OriginalViewed).with("photo", photo).saying(&reason),
            Verb::PlaceHold { reason } => {
                self.held(Some(Hold { by: by.member, at: now }), step(StepWord::HoldPlaced).saying(&reason))
            }
            Verb::LiftHold { reason } => self.held(None, step(StepWord::HoldLifted).saying(&reason)),
        };
        if !silent && self.status.state() != State::New {
            self.since = now;
        }
        if !self.status.state().is_open() {
            self.question = None;
        }
        step
    }

    /// Lays facts over those known. A second account of what happened is a correction: the first text stays.
    fn lay_over(&mut self, patch: &Patch, step: Step) -> Step {
        let before = self.what_happened().map(ToOwned::to_owned);
        let mut patch = patch.clone();
        let second = patch.what_happened.take_if(|_| self.facts.what_happened.is_some());
        self.facts = self.facts.with(&patch);
        if let Some(text) = second.filter(|text| before.as_ref() != Some(text)) {
            self.correct(text);
        }
        match self.what_happened() {
            Some(now) if before.as_deref() != Some(now) => step.saying(now),
            _ => step,
        }
    }

    fn held(&mut self, hold: Option<Hold>, step: Step) -> Step {
        if hold.is_some() {
            // Who asks for its end later asks anew.
            self.erasure = None;
        }
        self.hold = hold;
        step
    }

    fn correct(&mut self, text: String) {
        if self.facts.what_happened.is_none() {
            self.facts.what_happened = Some(text);
        } else {
            self.correction = Some(text);
        }
    }
}

/// A step that says what was lost, if anything was.
fn lost(step: Step, loss: Option<Money>) -> Step {
    match loss {
        Some(loss) => step.with("loss_minor", loss.minor).with("currency", loss.currency.code()),
        None => step,
    }
}

#[cfg(test)]
pub(super) mod tests;
