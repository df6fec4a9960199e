//! The steps of triage: who is cleared for a verb may take it, when the moment is right.

use chrono::TimeDelta;

use super::verb::{Verb, WrongMoment, fits};
use super::{Change, Hold, Incident, Person, Question, Status, Step, StepWord, Terms};
use crate::clock::Moment;
use crate::facts::{Money, Patch};
use crate::policy::Cleared;
use crate::words::State;

/// How long a closed incident can be opened again.
pub const REOPEN_DAYS: i64 = 7;
/// The most incidents that can be merged into one.
pub const ABSORBED_MAX: usize = 50;

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
            Verb::Withdraw if !self.absorbed.is_empty() => Err(WrongMoment::InUse),
            Verb::MergeInto { into, .. } if *into == self.id => Err(WrongMoment::Itself),
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
            Verb::MergeInto { into, lead } => {
                self.status = Status::Merged { by, at: now, into, lead: Some(lead) };
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
