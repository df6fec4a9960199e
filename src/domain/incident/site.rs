//! Which site an incident was at, when whoever reported it did not say: it is kept at once, they are asked for a while, and
//! after that the managers of every site that it can have been at see it, and say it themselves.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{Incident, Step, StepWord};
use crate::clock::Moment;
use crate::place::SiteId;

/// For so long the reporter alone is asked, and nobody else sees the incident: half of the time after which a manager is
/// reminded of what may be a theft, so that what nobody said delays nobody.
pub const ASKED_FOR: TimeDelta = TimeDelta::minutes(10);

/// Where an incident can have been, while nobody has said where it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteOpen {
    /// The sites for which its reporter could report when they did.
    pub among: Vec<SiteId>,
    /// Until when they alone are asked; none when that is over.
    pub asked_until: Option<Moment>,
}

impl Incident {
    /// Whether its reporter is still asked where it was: until then nobody else sees it.
    pub fn is_draft(&self) -> bool {
        self.site_open.as_ref().is_some_and(|open| open.asked_until.is_some())
    }

    /// The sites it can have been at, while nobody has said which.
    pub fn possible_sites(&self) -> &[SiteId] {
        self.site_open.as_ref().map_or(&[], |open| &open.among)
    }

    /// When the reporter has been asked long enough.
    pub(crate) fn asked_until(&self) -> Option<Moment> {
        self.site_open.as_ref().and_then(|open| open.asked_until)
    }

    /// Its reporter alone has been asked long enough: from now on managers see it.
    pub(crate) fn stop_asking(&mut self) {
        if let Some(open) = &mut self.site_open {
            open.asked_until = None;
        }
    }

    pub(super) fn say_site(&mut self, step: Step, site: SiteId) -> Step {
        let step = step.with("site", &site);
        self.site = site;
        self.site_open = None;
        step
    }

    /// The step of a timer that found nobody who said it.
    pub(crate) fn nobody_said(now: Moment) -> Step {
        Step::by_the_system(StepWord::SiteUnanswered, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::steps::tests::{amal, go, noor, opened, then};
    use crate::incident::verb::{Verb, WrongMoment};
    use crate::incident::{Status, Terms};
    use crate::timers::Overdue;
    use crate::words::Category;

    fn place(name: &str) -> SiteId {
        name.parse().unwrap_or_else(|_| unreachable!("a site"))
    }

    fn draft() -> Incident {
        let mut draft = opened(1, Category::PotentialTheft);
        let asked_until = Some(draft.reported_at + ASKED_FOR);
        draft.site = SiteId::unknown();
        draft.site_open = Some(SiteOpen { among: vec![place("angel"), place("paddington")], asked_until });
        draft
    }

    #[test]
    fn what_its_reporter_says_is_where_it_was_and_is_said_once() {
        let said = then(&draft(), &amal(), Verb::SaySite { site: place("angel") }, 1);
        assert_eq!((said.site.as_str(), said.is_draft(), said.possible_sites()), ("angel", false, &[][..]));
        let again = go(&said, &amal(), Verb::SaySite { site: place("paddington") }, 2);
        assert_eq!(again.err(), Some(WrongMoment::SiteKnown));
    }

    #[test]
    fn after_the_deadline_managers_see_it_and_their_own_deadlines_run_from_the_start() {
        let (draft, terms) = (draft(), Terms::default());
        let deadlines = terms.deadlines(draft.category);
        assert_eq!(draft.wake_at(deadlines), Some(draft.reported_at + ASKED_FOR));
        assert!(draft.wake(deadlines, draft.reported_at + ASKED_FOR - TimeDelta::seconds(1)).is_none());
        let change = draft.wake(deadlines, draft.reported_at + ASKED_FOR).unwrap_or_else(|| unreachable!("due"));
        let open = change.after();
        assert_eq!((change.step().word, open.is_draft()), (StepWord::SiteUnanswered, false));
        assert!(open.site.is_unknown() && open.possible_sites().len() == 2);
        assert_eq!(open.wake_at(deadlines), Some(open.reported_at + TimeDelta::minutes(20)));
        assert_eq!(open.overdue(deadlines, open.reported_at + TimeDelta::minutes(31)), Some(Overdue::Look));
        let said = then(open, &noor(), Verb::SaySite { site: place("paddington") }, 15);
        assert!(said.site.as_str() == "paddington" && said.status == Status::New);
    }

    #[test]
    fn who_takes_it_back_is_asked_nothing_more() {
        let withdrawn = then(&draft(), &amal(), Verb::Withdraw, 1);
        assert_eq!(withdrawn.wake_at(Terms::default().deadlines(withdrawn.category)), None);
    }
}
