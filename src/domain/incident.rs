//! An incident: what is known, where it stands, and the steps that change it.
//!
//! A status carries what it knows; a step returns a [`Change`], the incident afterwards together with the line it
//! adds to the record. There is no other way to a changed incident. What can be asked for stands in [`verb`], the steps
//! that it leads to in [`steps`], what becomes of photos in [`photos`], which site it was at in [`site`].

pub mod erasing;
pub mod merged;
pub mod photos;
pub mod site;
pub mod status;
pub mod steps;
pub mod terms;
pub mod verb;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::actor::{Account, Actor, Pseudonym};
use crate::clock::Moment;
use crate::facts::Facts;
use crate::id::{IncidentId, Reference};
use crate::place::SiteId;
use crate::policy::{Subject, TwoPerson};
use crate::report::{Attached, Report};
use crate::timers::Deadlines;
use crate::words::{Category, Cctv, Fact, Outcome, Platform};

pub use crate::audit::{By, Step, StepWord};
pub use merged::Lead;
pub use photos::Kept;
pub use site::SiteOpen;
pub use status::Status;
pub use terms::{Retention, Terms};

/// Somebody who took a step, as colleagues know them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub member: Pseudonym,
    pub name: String,
}

impl Person {
    /// The person behind an actor.
    pub fn of(actor: &Actor) -> Self {
        Self { member: actor.member.clone(), name: actor.name.clone() }
    }
}

/// Who reported, and where answers reach them. Only sealed with the incident's own key, never in a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reporter {
    pub member: Pseudonym,
    pub account: Account,
    pub locale: String,
}

/// A question to the reporter that has no answer yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    pub by: Person,
    pub at: Moment,
    pub text: String,
}

/// Who said that it must not be erased, or that it should be, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    pub by: Pseudonym,
    pub at: Moment,
}

/// One report, or several merged ones, as the shop keeps it. What is not there is not written down either: every row that
/// is sealed would say at length what nobody has said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    pub id: IncidentId,
    pub reference: Reference,
    /// How many steps it has taken; every step adds one line to the record.
    pub version: u32,
    /// The hash of the record's last line.
    pub head: crate::audit::Hash,
    /// [`SiteId::unknown`] while nobody has said it.
    pub site: SiteId,
    /// Where it can have been, while nobody has said where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_open: Option<SiteOpen>,
    pub category: Category,
    pub status: Status,
    pub facts: Facts,
    /// Photos as the chat that they were sent in refers to them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Attached>,
    /// The photos that are evidence, wherever they were sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub album: Vec<Kept>,
    /// The newest correction of what happened; the first text stays in `facts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<Question>,
    /// Incidents that were merged into this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absorbed: Vec<IncidentId>,
    pub reporter: Reporter,
    pub reported_at: Moment,
    /// When the timer that runs now was started.
    pub since: Moment,
    /// How many reminders have gone out since then.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub reminded: u32,
    /// Whether managers were told that it was not decided in time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undecided_told: bool,
    pub retain_until: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// That somebody asked for its end before its time; somebody else has to confirm that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erasure: Option<Hold>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drill: bool,
    /// The wrapped key under which its words are kept; none before it is kept for the first time.
    #[serde(skip)]
    pub wrapped_key: Option<Vec<u8>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none_yet(count: &u32) -> bool {
    *count == 0
}

/// An incident after a step, and the step's line in the record.
#[must_use = "a change is nothing until it is committed"]
#[derive(Debug, Clone)]
pub struct Change {
    after: Incident,
    step: Step,
}

impl Change {
    /// The incident as it is after the step.
    pub fn after(&self) -> &Incident {
        &self.after
    }

    /// The line that is added.
    pub fn step(&self) -> &Step {
        &self.step
    }

    /// For the store: both parts.
    pub fn into_parts(self) -> (Incident, Step) {
        (self.after, self.step)
    }
}

impl Incident {
    /// A new incident from a report.
    pub fn open(
        id: IncidentId,
        reference: Reference,
        report: Report,
        reporter: Reporter,
        terms: &Terms,
        now: Moment,
    ) -> Change {
        let platform = reporter.account.platform;
        let step = Step {
            word: StepWord::Reported,
            by: By::Reporter { member: reporter.member.clone() },
            at: now,
            platform,
            detail: std::collections::BTreeMap::new(),
            // A later correction changes what counts; what was first written stays to be read here.
            text: report.facts.what_happened.clone(),
        }
        .with("category", report.category);
        let site_open = (!report.among.is_empty())
            .then(|| SiteOpen { among: report.among, asked_until: Some(now + site::ASKED_FOR) });
        let mut incident = Self {
            id,
            reference,
            version: 0,
            head: crate::audit::origin(id),
            site: report.site,
            site_open,
            category: report.category,
            status: Status::New,
            facts: report.facts,
            photos: Vec::new(),
            album: Vec::new(),
            correction: None,
            question: None,
            absorbed: Vec::new(),
            reporter,
            reported_at: now,
            since: now,
            reminded: 0,
            undecided_told: false,
            retain_until: now,
            hold: None,
            erasure: None,
            drill: false,
            wrapped_key: None,
        };
        incident.wait_for(report.photos, now);
        incident.waits(terms.deadlines(incident.category), now);
        incident.keep_until(&terms.retention);
        incident.stepped(step)
    }

    /// The text that counts now: the newest correction, else what was first written.
    pub fn what_happened(&self) -> Option<&str> {
        self.correction.as_deref().or(self.facts.what_happened.as_deref())
    }

    /// The facts without which it cannot be confirmed.
    pub fn missing(&self) -> Vec<Fact> {
        let facts = &self.facts;
        let no_cctv = !matches!(facts.cctv, Some(Cctv::Captured | Cctv::None));
        let no_goods = !facts.goods.iter().any(|line| line.unit_value.is_some());
        let wanted: &[(Fact, bool)] = match self.category {
            Category::Info => &[],
            Category::PotentialTheft => &[
                (Fact::Kind, facts.kind.is_none()),
                (Fact::Method, facts.method.is_empty()),
                (Fact::Zone, facts.zone.is_none()),
                (Fact::Goods, no_goods),
                (Fact::Cctv, no_cctv),
            ],
            Category::InProgress => &[
                (Fact::Kind, facts.kind.is_none()),
                (Fact::Cctv, no_cctv),
                (Fact::WhatHappened, self.what_happened().is_none()),
            ],
        };
        wanted.iter().filter(|(_, missing)| *missing).map(|(fact, _)| *fact).collect()
    }

    /// The facts that are worth one tap each: those that matter while it is happening, and of a photo whether it still is.
    pub fn one_tap(&self) -> Vec<Fact> {
        let facts = &self.facts;
        if self.category != Category::InProgress {
            // What came as a photo has words for nothing else yet, and this one decides how fast somebody has to go there.
            let shown = !self.photos.is_empty() && self.category == Category::PotentialTheft;
            return if shown && facts.still_present.is_none() { vec![Fact::StillPresent] } else { Vec::new() };
        }
        let asked = [
            (Fact::StaffSafe, facts.staff_safe.is_none()),
            (Fact::StillPresent, facts.still_present.is_none()),
            (Fact::Weapon, facts.weapon.is_none()),
        ];
        asked.into_iter().filter(|(_, open)| *open).map(|(fact, _)| fact).collect()
    }

    /// What the policy needs to know of it.
    pub fn subject(&self, two_person: TwoPerson) -> Subject<'_> {
        Subject {
            site: &self.site,
            among: self.possible_sites(),
            draft: self.is_draft(),
            reporter: &self.reporter.member,
            referred: false,
            first: None,
            two_person,
        }
    }

    /// The change that this step makes of the incident as it is now.
    pub(crate) fn stepped(mut self, step: Step) -> Change {
        self.version += 1;
        Change { after: self, step }
    }

    /// Waits for somebody, from now; the card itself is the reminder at minute 0.
    pub(crate) fn waits(&mut self, deadlines: &Deadlines, now: Moment) {
        let at_once = deadlines.pages.iter().filter(|minute| **minute == 0).count();
        self.status = Status::New;
        self.since = now;
        self.reminded = u32::try_from(at_once).unwrap_or(0);
    }

    /// Sets the end date that follows from what became of it.
    pub(crate) fn keep_until(&mut self, retention: &Retention) {
        let days = |count: u32| TimeDelta::days(i64::from(count));
        let by_category = match self.category {
            Category::Info => retention.info,
            Category::PotentialTheft | Category::InProgress => retention.potential_theft,
        };
        self.retain_until = match &self.status {
            Status::New | Status::Claimed { .. } => self.reported_at + days(by_category),
            Status::Merged { lead: Some(lead), .. } => lead.retain_until,
            Status::Merged { .. } => self.reported_at + days(by_category.max(retention.confirmed)),
            Status::Resolved { at, outcome: Outcome::Police, .. } => *at + days(retention.referred),
            Status::Confirmed { at, .. } | Status::Resolved { at, .. } => *at + days(retention.confirmed),
            Status::Declined { at, .. } | Status::Withdrawn { at } => *at + days(retention.declined),
        };
    }

    /// The platform on which the reporter is reached.
    pub fn reporter_platform(&self) -> Platform {
        self.reporter.account.platform
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// As it was kept before: what nobody had said at length, and hashes byte by byte.
    fn at_length(incident: &Incident) -> Value {
        let mut written = serde_json::to_value(incident).unwrap();
        for (name, empty) in [
            ("photos", json!([])),
            ("album", json!([])),
            ("correction", Value::Null),
            ("question", Value::Null),
            ("absorbed", json!([])),
            ("reminded", json!(0)),
            ("hold", Value::Null),
            ("erasure", Value::Null),
            ("drill", json!(false)),
        ] {
            assert_eq!(written.get(name), None, "{name} says nothing");
            written[name] = empty;
        }
        for name in ["weapon", "injury", "persons", "cctv", "camera"] {
            assert_eq!(written["facts"].get(name), None, "{name} says nothing");
            written["facts"][name] = Value::Null;
        }
        written["head"] = incident.head.0.to_vec().into();
        written
    }

    #[test]
    fn what_nobody_said_is_not_kept_and_what_was_kept_at_length_is_read() {
        let incident = steps::tests::opened(7, Category::PotentialTheft);
        let written = serde_json::to_value(&incident).unwrap();
        assert_eq!(written["head"], incident.head.to_string());
        for written in [at_length(&incident), written] {
            assert_eq!(serde_json::from_value::<Incident>(written).unwrap(), incident);
        }
        let mut broken = at_length(&incident);
        broken["head"] = "not hexadecimal".into();
        assert!(serde_json::from_value::<Incident>(broken).is_err());
    }
}
