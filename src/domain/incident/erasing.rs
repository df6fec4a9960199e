//! The end of an incident: its words and photos go, its line in the record stays.

use uuid::Uuid;

use super::verb::WrongMoment;
use super::{Change, Hold, Incident, Retention, Status, Step, StepWord};
use crate::audit::Hash;
use crate::clock::Moment;
use crate::policy::{Action, Cleared};

/// Under this name a certificate holds the hash of the line before it: who cannot write a certificate cannot change a line
/// that it follows either.
pub const AFTER: &str = "after";

/// Under this name a certificate says that it was ended before its time.
pub const EARLY: &str = "early";

/// Why an incident is not erased now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// Somebody placed a hold.
    Held,
    /// Its time has not come.
    NotYet,
}

/// What the record keeps of an erasure: ids, counts and keyed hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Certificate {
    /// The plan it stood in.
    pub plan: Uuid,
    /// Whether a person had to confirm that plan.
    pub confirmed: bool,
    /// How many photos go with it.
    pub photos: usize,
    /// A keyed hash of the wrapped key that is destroyed.
    pub key: Hash,
}

impl Incident {
    /// Why it has to be kept at this moment; none if it may go.
    pub fn keeps(&self, now: Moment) -> Option<Keeps> {
        if self.is_held() {
            return Some(Keeps::Held);
        }
        (now < self.retain_until).then_some(Keeps::NotYet)
    }

    /// Whether it is to go although nobody has decided it: what they are told who can still do so.
    pub fn goes_undecided(&self) -> bool {
        matches!(self.status, Status::New | Status::Claimed { .. }) && !self.is_held()
    }

    /// Managers are told that it goes undecided; none if that is not so.
    pub fn warn_of_end(&self, now: Moment) -> Option<Change> {
        let step = Step::by_the_system(StepWord::EndNear, now).with("goes", self.retain_until.format("%Y-%m-%d"));
        self.goes_undecided().then(|| self.clone().stepped(step))
    }

    /// The change that other rules make of its end; none if that stays as it is.
    pub fn end_under(&self, retention: &Retention, now: Moment) -> Option<Change> {
        let mut after = self.clone();
        after.keep_until(retention);
        let step = Step::by_the_system(StepWord::EndMoved, now).with("goes", after.retain_until.format("%Y-%m-%d"));
        (after.retain_until != self.retain_until).then(|| after.stepped(step))
    }

    /// Somebody asks for its end before its time; it takes somebody else to confirm that.
    pub fn ask_erasure(&self, cleared: &Cleared<'_>, reason: &str, now: Moment) -> Result<Change, WrongMoment> {
        self.may_end(cleared)?;
        let mut after = self.clone();
        after.erasure = Some(Hold { by: cleared.actor().member.clone(), at: now });
        let step = Step::by(cleared.actor(), &self.reporter.member, StepWord::ErasureAsked, now).saying(reason);
        Ok(after.stepped(step))
    }

    /// Somebody else confirms that, and it is erased; the change is the last one of its record.
    pub fn erase_early(
        &self,
        cleared: &Cleared<'_>,
        photos: usize,
        key: Hash,
        now: Moment,
    ) -> Result<Change, WrongMoment> {
        self.may_end(cleared)?;
        if !cleared.completes() {
            return Err(WrongMoment::NotCleared);
        }
        let asked_by = self.erasure.as_ref().map_or(&cleared.actor().member, |asked| &asked.by);
        let step = Step::by(cleared.actor(), &self.reporter.member, StepWord::Erased, now)
            .with(EARLY, true)
            .with("asked_by", &asked_by.0)
            .with("photos", photos)
            .with("key", key)
            .with(AFTER, self.head);
        Ok(self.clone().stepped(step))
    }

    fn may_end(&self, cleared: &Cleared<'_>) -> Result<(), WrongMoment> {
        if cleared.action() != Action::Erase {
            return Err(WrongMoment::NotCleared);
        }
        if self.is_held() { Err(WrongMoment::Held) } else { Ok(()) }
    }

    /// Erases it; the change is the last one of its record.
    pub fn erase(&self, certificate: &Certificate, now: Moment) -> Result<Change, Keeps> {
        if let Some(keeps) = self.keeps(now) {
            return Err(keeps);
        }
        let step = Step::by_the_system(StepWord::Erased, now)
            .with("plan", certificate.plan.simple())
            .with("confirmed", certificate.confirmed)
            .with("photos", certificate.photos)
            .with("key", certificate.key)
            .with(AFTER, self.head);
        Ok(self.clone().stepped(step))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::incident::Person;
    use crate::incident::steps::tests::opened;
    use crate::words::Category;

    fn certificate() -> Certificate {
        Certificate { plan: Uuid::from_u128(1), confirmed: false, photos: 2, key: Hash([3; 32]) }
    }

    #[test]
    fn nothing_goes_before_its_time_nor_under_hold() {
        let new = opened(1, Category::Info);
        let by = Person { member: new.reporter.member.clone(), name: "Noor".to_owned() };
        let taken = Incident { status: Status::Claimed { by, at: new.reported_at }, ..new.clone() };
        let withdrawn = Incident { status: Status::Withdrawn { at: new.reported_at }, ..new.clone() };
        for (incident, undecided) in [(new, true), (taken, true), (withdrawn, false)] {
            let due = incident.retain_until;
            let before = due - TimeDelta::milliseconds(1);
            assert_eq!(incident.erase(&certificate(), before).unwrap_err(), Keeps::NotYet);
            let hold = Some(Hold { by: incident.reporter.member.clone(), at: due });
            let held = Incident { hold, ..incident.clone() };
            let late = due + TimeDelta::days(3_650);
            assert_eq!(held.erase(&certificate(), late).unwrap_err(), Keeps::Held);
            assert!(held.warn_of_end(before).is_none(), "it stays");
            let change = incident.erase(&certificate(), due).unwrap();
            assert_eq!((change.step().word, change.after().version), (StepWord::Erased, incident.version + 1));
            assert_eq!(change.step().text, None);
            assert_eq!(incident.warn_of_end(before).is_some(), undecided, "what is decided needs nobody");
        }
    }
}
