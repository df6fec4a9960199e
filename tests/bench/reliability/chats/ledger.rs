//! What people did on a chat, what they were told, and what therefore has to be.

use std::collections::{BTreeMap, BTreeSet};

use super::Found;
use crate::Result;
use crate::world::slack::delivery::Parcel;

/// Something that somebody does.
#[derive(Debug, Clone)]
pub struct Doing {
    /// Its number among all reports, or all presses.
    pub number: usize,
    pub what: What,
    /// Where and by whom; which is the chat's own business.
    pub how: How,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Report,
    Press,
}

/// How it reaches the program.
#[derive(Debug, Clone)]
pub enum How {
    /// On Slack: this is told, as often as it takes.
    Slack { parcel: Box<Parcel>, by_omar: bool },
    /// A command on Discord; as a form if nothing is written with it.
    Command { site: usize, person: usize, form: bool },
    /// A press on Discord.
    Press { message: u64, button: String, by_omar: bool },
    /// A press on Discord that opens a form, which is then filled in and sent.
    Form { message: u64, button: String },
}

impl How {
    /// Whether it is a form that somebody sends.
    pub fn is_form(&self) -> bool {
        match self {
            Self::Slack { parcel, .. } => parcel.takes_an_answer() && parcel.kind == "interactive",
            Self::Command { form, .. } => *form,
            Self::Press { .. } => false,
            Self::Form { .. } => true,
        }
    }

    /// Whether Omar does it, who is a manager now and then.
    pub fn is_by_omar(&self) -> bool {
        matches!(self, Self::Slack { by_omar: true, .. } | Self::Press { by_omar: true, .. })
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Done {
    pub doing: Doing,
    /// It was acknowledged; a report with its reference.
    pub acknowledged: Option<String>,
    /// A press of somebody who may, which has acted if it was acknowledged.
    pub acts: bool,
}

/// One report.
#[derive(Debug, Default)]
struct Report {
    reference: Option<String>,
}

/// Presses on one version of one card.
#[derive(Debug)]
struct Press {
    of: String,
    /// Somebody who may was acknowledged.
    acted: bool,
    /// Somebody who may has pressed.
    may: bool,
    /// Omar pressed when he was no manager: that stays refused, however often it is told.
    refused: bool,
}

/// Everything that was done.
#[derive(Debug, Default)]
pub struct Ledger {
    reports: Vec<Report>,
    presses: Vec<Press>,
    pressed: BTreeSet<String>,
    /// What was sent and not acknowledged.
    waiting: BTreeMap<(bool, usize, bool), Doing>,
    single_presses: usize,
    /// Forms that were acknowledged.
    forms: usize,
}

impl Ledger {
    /// The number of the next report.
    pub fn report(&mut self) -> usize {
        self.reports.push(Report::default());
        self.reports.len() - 1
    }

    /// The number of the next presses, on this incident's card.
    pub fn press(&mut self, of: &str) -> usize {
        self.pressed.insert(of.to_owned());
        self.presses.push(Press { of: of.to_owned(), acted: false, may: false, refused: false });
        self.presses.len() - 1
    }

    /// Whether somebody has pressed on this incident's card.
    pub fn is_pressed(&self, of: &str) -> bool {
        self.pressed.contains(of)
    }

    /// Somebody is about to do this, and a press may act or not.
    pub fn begins(&mut self, doing: &Doing, may: bool) {
        if let Some(press) = self.presses.get_mut(doing.number).filter(|_| doing.what == What::Press) {
            press.may |= may;
            press.refused |= !may;
        }
    }

    /// Sent, and to be sent again until it is acknowledged.
    pub fn sends(&mut self, doing: &Doing) {
        let How::Slack { by_omar, .. } = doing.how else { return };
        self.waiting.insert((doing.what == What::Press, doing.number, by_omar), doing.clone());
    }

    /// What was not acknowledged, to be sent again.
    pub fn again(&self) -> Vec<Doing> {
        self.waiting.values().cloned().collect()
    }

    /// Notes what came of something.
    pub fn note(&mut self, done: Done) -> Result<()> {
        let Some(told) = done.acknowledged else { return Ok(()) };
        let Doing { number, what, how } = &done.doing;
        self.forms += usize::from(how.is_form());
        if let How::Slack { by_omar, .. } = how {
            self.waiting.remove(&(*what == What::Press, *number, *by_omar));
        }
        match what {
            What::Report => {
                let report = self.reports.get_mut(*number).ok_or("a report that nobody made")?;
                if report.reference.as_ref().is_some_and(|known| *known != told) {
                    return Err(format!("one report was told as {:?} and as {told}", report.reference));
                }
                report.reference = Some(told);
            }
            What::Press => {
                self.single_presses += 1;
                let by_omar = how.is_by_omar();
                if let Some(press) =
                    self.presses.get_mut(*number).filter(|press| done.acts && !(by_omar && press.refused))
                {
                    press.acted = true;
                }
            }
        }
        Ok(())
    }

    /// Compares it with what is kept, by reference with its version.
    pub fn compare(&self, kept: &BTreeMap<String, i64>, all_are_sent_again: bool, found: &mut Found) {
        found.sent = self.reports.len();
        let told: Vec<&String> = self.reports.iter().filter_map(|report| report.reference.as_ref()).collect();
        found.acknowledged = told.len();
        let distinct: BTreeSet<&String> = told.iter().copied().collect();
        if distinct.len() < told.len() {
            found.wrong.push("two reports were told one reference".to_owned());
        }
        for reference in told.iter().filter(|reference| !kept.contains_key(**reference)) {
            found.missing += 1;
            found.wrong.push(format!("{reference} was acknowledged and is missing"));
        }
        // What is sent until it is acknowledged is there once; of what was never acknowledged at most one is.
        let most = if all_are_sent_again { told.len() } else { self.reports.len() };
        found.doubled = kept.len().saturating_sub(most);
        if found.doubled > 0 {
            found.wrong.push(format!("{} incidents of {most} reports", kept.len()));
        }
        if all_are_sent_again && told.len() < self.reports.len() {
            found.wrong.push(format!("{} reports were never acknowledged", self.reports.len() - told.len()));
        }
        self.compare_presses(kept, found);
    }

    fn compare_presses(&self, kept: &BTreeMap<String, i64>, found: &mut Found) {
        (found.presses, found.forms) = (self.single_presses, self.forms);
        for (reference, version) in
            kept.iter().filter(|(reference, version)| **version > 1 && !self.is_pressed(reference))
        {
            found.wrong.push(format!("nobody pressed on {reference}, and it is at {version}"));
        }
        for Press { of, acted, may, .. } in &self.presses {
            let steps = kept.get(of).copied().unwrap_or_default() - 1;
            found.effects += usize::from(steps == 1);
            found.refused += usize::from(!may);
            match (may, acted) {
                (false, _) if steps != 0 => found.wrong.push(format!("{of}: a step by somebody who may not")),
                (true, true) if steps != 1 => found.wrong.push(format!("{of}: {steps} steps of one press")),
                (true, false) if steps > 1 => found.wrong.push(format!("{of}: {steps} steps of one press")),
                _ => {}
            }
        }
    }
}
