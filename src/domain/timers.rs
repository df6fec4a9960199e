//! When a human must have looked: the deadlines of a category and what follows from them.
//!
//! An incident holds the one moment at which the software must look at it again ([`Incident::wake_at`]). It is
//! stored in the incident's own row, so a step that stops a timer stops it in its own commit.

use chrono::TimeDelta;

use crate::clock::Moment;
use crate::incident::{Change, Incident, Status, Step, StepWord};
use crate::words::Category;

/// Deadlines of one category, in minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadlines {
    /// By when somebody must have claimed it.
    pub look: u32,
    /// When the reviewers are reminded while nobody has.
    pub pages: Vec<u32>,
    /// After the last of them, again every so many minutes.
    pub then_every: Option<u32>,
    /// By when it must be decided.
    pub decide: u32,
    /// After how long without a step a claim is given back.
    pub silent: u32,
}

/// After so many reminders nobody is helped by one more; the card stays overdue.
pub const REMINDERS_MAX: u32 = 20;
/// A reminder this much after its time says that it is late (the software was down).
const LATE: TimeDelta = TimeDelta::seconds(60);

impl Deadlines {
    /// The defaults, from retail trials of triage times.
    pub fn standard(category: Category) -> Self {
        match category {
            Category::InProgress => Self { look: 5, pages: vec![0, 3, 5], then_every: Some(5), decide: 15, silent: 5 },
            Category::PotentialTheft => {
                Self { look: 30, pages: vec![20, 30], then_every: None, decide: 4 * 60, silent: 60 }
            }
            Category::Info => Self { look: 24 * 60, pages: vec![], then_every: None, decide: 72 * 60, silent: 24 * 60 },
        }
    }

    /// Minutes until reminder number `count`; reminder 0 at minute 0 is the card itself.
    fn reminder(&self, count: u32) -> Option<u32> {
        if count >= REMINDERS_MAX {
            return None;
        }
        let beyond = |index: usize| {
            let last = *self.pages.last()?;
            let more = u32::try_from(index + 1 - self.pages.len()).ok()?;
            Some(last + self.then_every? * more)
        };
        let index = usize::try_from(count).ok()?;
        self.pages.get(index).copied().or_else(|| beyond(index))
    }
}

/// What has not happened in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overdue {
    /// Nobody has claimed it.
    Look,
    /// Nobody has decided it.
    Decide,
}

/// A step that says how late it is, if it is.
fn late(step: Step, due: Moment, now: Moment) -> Step {
    if now - due > LATE { step.with("late_minutes", (now - due).num_minutes()) } else { step }
}

fn minutes(count: u32) -> TimeDelta {
    TimeDelta::minutes(i64::from(count))
}

impl Incident {
    /// The next moment at which a timer of this incident is due; none when nothing is waiting.
    pub fn wake_at(&self, deadlines: &Deadlines) -> Option<Moment> {
        if let Some(until) = self.asked_until().filter(|_| self.status.state().is_open()) {
            return Some(until);
        }
        match &self.status {
            Status::New => deadlines.reminder(self.reminded).map(|after| self.since + minutes(after)),
            Status::Claimed { .. } => {
                let silent = self.since + minutes(deadlines.silent);
                Some(self.decide_at(deadlines).map_or(silent, |decide| decide.min(silent)))
            }
            Status::Confirmed { .. }
            | Status::Resolved { .. }
            | Status::Declined { .. }
            | Status::Merged { .. }
            | Status::Withdrawn { .. } => None,
        }
    }

    /// When managers hear that it is not decided in time: once; who claims it later sees so on its card.
    fn decide_at(&self, deadlines: &Deadlines) -> Option<Moment> {
        let due = self.reported_at + minutes(deadlines.decide);
        (!self.undecided_told && self.status.at().is_some_and(|claimed| claimed < due)).then_some(due)
    }

    /// Does what is due: stops asking its reporter where it was, gives a silent claim back, says that it is not decided in
    /// time, or reminds (once, however many reminders were missed).
    pub fn wake(&self, deadlines: &Deadlines, now: Moment) -> Option<Change> {
        let due = self.wake_at(deadlines).filter(|due| *due <= now)?;
        if self.asked_until().is_some_and(|until| until <= now) {
            return Some(self.unanswered(due, now));
        }
        let mut after = self.clone();
        let mut step = Step::by_the_system(StepWord::Reminded, now);
        match self.status {
            Status::Claimed { .. } if self.since + minutes(deadlines.silent) > now => {
                step.word = StepWord::Undecided;
                after.undecided_told = true;
            }
            Status::Claimed { .. } => {
                step.word = StepWord::SilentlyReleased;
                after.waits(deadlines, now);
            }
            Status::New
            | Status::Confirmed { .. }
            | Status::Resolved { .. }
            | Status::Declined { .. }
            | Status::Merged { .. }
            | Status::Withdrawn { .. } => {
                while after.wake_at(deadlines).is_some_and(|due| due <= now) {
                    after.reminded += 1;
                }
                step = step.with("reminder", after.reminded).with("waited_minutes", (now - self.since).num_minutes());
            }
        }
        Some(after.stepped(late(step, due, now)))
    }

    /// Nobody said which site it was at: managers see it from now on, and timers are theirs.
    fn unanswered(&self, due: Moment, now: Moment) -> Change {
        let mut after = self.clone();
        after.stop_asking();
        after.stepped(late(Self::nobody_said(now), due, now))
    }

    /// Whether its last reminder goes to the next level as well: the pages before were for the reviewers alone. As long as
    /// nobody has it, each further one does, [`REMINDERS_MAX`] at most with the pages.
    pub fn calls_next_level(&self, deadlines: &Deadlines) -> bool {
        let pages = u32::try_from(deadlines.pages.len()).unwrap_or(u32::MAX);
        self.status == Status::New && !deadlines.pages.is_empty() && self.reminded > pages
    }

    /// What should have happened by now and has not.
    pub fn overdue(&self, deadlines: &Deadlines, now: Moment) -> Option<Overdue> {
        match &self.status {
            Status::New => (now > self.since + minutes(deadlines.look)).then_some(Overdue::Look),
            Status::Claimed { .. } => (now >= self.reported_at + minutes(deadlines.decide)).then_some(Overdue::Decide),
            Status::Confirmed { .. }
            | Status::Resolved { .. }
            | Status::Declined { .. }
            | Status::Merged { .. }
            | Status::Withdrawn { .. } => None,
        }
    }
}
