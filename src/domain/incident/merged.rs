//! What a merged incident has of the one that it was merged into: it is kept as long and by the same holds, and whoever
//! reported it hears what became of both. It is said to it in the commit in which it becomes so.

use serde::{Deserialize, Serialize};

use super::{Change, Incident, Status, Step, StepWord};
use crate::clock::Moment;
use crate::words::State;

/// What those that are merged into an incident follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// How it was decided; none while it is not.
    pub decided: Option<State>,
    pub retain_until: Moment,
    /// Since when a hold keeps it.
    pub held: Option<Moment>,
}

impl Incident {
    /// What those that are merged into it follow.
    pub fn lead(&self) -> Lead {
        let state = self.status.state();
        let decided = matches!(state, State::Confirmed | State::Resolved | State::Declined).then_some(state);
        Lead { decided, retain_until: self.retain_until, held: self.held_since() }
    }

    /// What it has of the one that it was merged into.
    pub fn led_by(&self) -> Option<&Lead> {
        match &self.status {
            Status::Merged { lead, .. } => lead.as_ref(),
            Status::New
            | Status::Claimed { .. }
            | Status::Confirmed { .. }
            | Status::Resolved { .. }
            | Status::Declined { .. }
            | Status::Withdrawn { .. } => None,
        }
    }

    /// Since when a hold keeps it: its own, or that of what it was merged into.
    pub fn held_since(&self) -> Option<Moment> {
        self.hold.as_ref().map(|hold| hold.at).or_else(|| self.led_by()?.held)
    }

    /// Whether a hold keeps it.
    pub fn is_held(&self) -> bool {
        self.held_since().is_some()
    }

    /// The change that follows from what became of the one that it was merged into; none if that is nothing.
    pub fn follow(&self, target: &Self, now: Moment) -> Option<Change> {
        let lead = target.lead();
        let mut after = self.clone();
        let Status::Merged { into, lead: known, .. } = &mut after.status else { return None };
        if *into != target.id || known.as_ref() == Some(&lead) {
            return None;
        }
        let decided = known.as_ref().and_then(|known| known.decided);
        *known = Some(lead.clone());
        after.retain_until = lead.retain_until;
        let word = match (decided == lead.decided, self.is_held(), after.is_held()) {
            (true, false, true) => StepWord::HoldPlaced,
            (true, true, false) => StepWord::HoldLifted,
            _ => StepWord::Followed,
        };
        if after.is_held() {
            // Who asks for its end later asks anew.
            after.erasure = None;
        }
        let step = Step::by_the_system(word, now).with("into", target.id);
        let step = if decided == lead.decided { step } else { step.with("state", target.status.state()) };
        Some(after.stepped(step))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::id::IncidentId;
    use crate::incident::erasing::Keeps;
    use crate::incident::steps::tests::{noor, opened, then};
    use crate::incident::verb::Verb;
    use crate::incident::{Hold, Person};
    use crate::words::{Category, DeclineReason};

    fn merged() -> (Incident, Incident) {
        let target = Incident { id: IncidentId(uuid::Uuid::from_u128(2)), ..opened(2, Category::PotentialTheft) };
        let one = then(&opened(1, Category::Info), &noor(), Verb::Claim, 1);
        (then(&one, &noor(), Verb::MergeInto { into: target.id, lead: target.lead() }, 2), target)
    }

    #[test]
    fn it_is_kept_as_long_as_its_target_and_after_an_unmerge_as_long_as_its_own_kind() {
        let (one, target) = merged();
        assert_eq!(one.retain_until, target.retain_until);
        let target = then(&target, &noor(), Verb::Claim, 3);
        assert!(one.follow(&target, target.since).is_none(), "nothing that concerns it");
        let target = then(&target, &noor(), Verb::Decline { reason: DeclineReason::Benign }, 4);
        let change = one.follow(&target, target.since).unwrap();
        assert_eq!((change.step().word, change.step().detail["state"].as_str()), (StepWord::Followed, "declined"));
        let one = change.after().clone();
        assert_eq!((one.retain_until, one.led_by().unwrap().decided), (target.retain_until, Some(State::Declined)));
        assert!(one.follow(&target, target.since).is_none(), "it is said once");
        let apart = then(&one, &noor(), Verb::Unmerge, 5);
        assert_eq!((apart.retain_until, apart.is_held()), (apart.reported_at + TimeDelta::days(30), false));
        assert!(apart.follow(&target, target.since).is_none(), "and it follows no more");
    }

    #[test]
    fn a_hold_on_its_target_keeps_it_from_being_erased() {
        let (one, target) = merged();
        let by = Person { member: target.reporter.member.clone(), name: String::new() }.member;
        let held = Incident { hold: Some(Hold { by: by.clone(), at: target.since }), ..target.clone() };
        let asked = Incident { erasure: Some(Hold { by, at: target.since }), ..one };
        let change = asked.follow(&held, held.since).unwrap();
        let one = change.after().clone();
        assert_eq!((change.step().word, one.erasure.is_none()), (StepWord::HoldPlaced, true));
        assert_eq!(one.keeps(one.retain_until), Some(Keeps::Held));
        let change = one.follow(&target, target.since).unwrap();
        assert_eq!((change.step().word, change.after().is_held()), (StepWord::HoldLifted, false));
        assert_eq!(change.after().keeps(target.retain_until), None);
    }
}
