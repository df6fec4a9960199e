//! The end of an incident: its words and photos go, its line in the record stays.

use uuid::Uuid;

use super::verb::WrongMoment;
use super::{Change, Hold, Incident, Status, Step, StepWord};
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
    /// Nobody has decided what it is.
    Undecided,
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
        if matches!(self.status, Status::New | Status::Claimed { .. }) {
            return Some(Keeps::Undecided);
        }
        (now < self.retain_until).then_some(Keeps::NotYet)
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
    fn nothing_goes_before_its_time_nor_under_hold_nor_undecided() {
        let new = opened(1, Category::Info);
        let by = Person { member: new.reporter.member.clone(), name: "Noor".to_owned() };
        let taken = Incident { status: Status::Claimed { by, at: new.reported_at }, ..new.clone() };
        let late = new.retain_until + TimeDelta::days(3_650);
        assert_eq!(new.erase(&certificate(), late).unwrap_err(), Keeps::Undecided);
        assert_eq!(taken.erase(&certificate(), late).unwrap_err(), Keeps::Undecided);
        let withdrawn = Incident { status: Status::Withdrawn { at: new.reported_at }, ..new };
        let due = withdrawn.retain_until;
        let before = due - TimeDelta::milliseconds(1);
        assert_eq!(withdrawn.erase(&certificate(), before).unwrap_err(), Keeps::NotYet);
        let hold = Some(Hold { by: withdrawn.reporter.member.clone(), at: due });
        let held = Incident { hold, ..withdrawn.clone() };
        assert_eq!(held.erase(&certificate(), late).unwrap_err(), Keeps::Held);
        let change = withdrawn.erase(&certificate(), due).unwrap();
        assert_eq!((change.step().word, change.after().version), (StepWord::Erased, withdrawn.version + 1));
        assert_eq!(change.step().text, None);
    }
}
