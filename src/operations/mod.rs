//! What the software can be asked to do. Every operation has one shape: load, clear, decide, one commit. None of
//! them talks to a chat: what has to be shown goes into the outbox, in the same commit.

pub mod digest;
pub mod erase;
pub mod hold;
pub mod likeness;
pub mod link;
pub mod look;
pub mod mask;
mod merged;
pub mod people;
pub mod photo;
pub mod report;
pub mod sent;
pub mod triage;
pub mod wake;
pub mod wish;

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use domain::audit::StepWord;
use domain::clock::{Clock, Moment};
use domain::id::Ids;
use domain::incident::{Change, Incident};
use domain::photo::Photo;
use domain::place::Place;
use domain::words::Platform;

use crate::rules::Rules;
use crate::store::Store;
use crate::store::outbox::Task;

/// What an operation needs: the store, the shop's rules as they are now, the time and new ids.
pub struct Desk {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    /// The chats that are connected; nothing is put into the outbox for others.
    pub platforms: BTreeSet<Platform>,
    /// What photos look like that came lately.
    album: likeness::Album,
    rules: RwLock<Arc<Rules>>,
}

/// What an operation did.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// A report became an incident; or had become one when it arrived for the first time.
    Reported { incident: Incident, seen: bool },
    /// A step was taken; or had been taken when it arrived for the first time.
    Stepped { incident: Incident },
    /// Photos came for an incident, perhaps with words.
    Joined { incident: Incident, words: sent::Words },
    /// A button asks for something first.
    Asks { press: crate::chat::press::Press, incident: Incident },
    /// Somebody wants to fill in a report.
    ReportForm,
    /// Somebody wants help.
    Help,
    /// What an alert would say.
    Previewed { incident: Incident },
    /// The photos that somebody may look at; none if there are none for them.
    Photos { incident: Incident, photos: Vec<Photo> },
    /// An incident is shown.
    Opened { incident: Incident },
}

impl Outcome {
    /// The incident that it is about, if it is about one.
    pub fn incident(&self) -> Option<&Incident> {
        match self {
            Self::Reported { incident, .. }
            | Self::Stepped { incident }
            | Self::Joined { incident, .. }
            | Self::Asks { incident, .. }
            | Self::Previewed { incident }
            | Self::Photos { incident, .. }
            | Self::Opened { incident } => Some(incident),
            Self::ReportForm | Self::Help => None,
        }
    }
}

impl Desk {
    /// A desk with these rules.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        platforms: BTreeSet<Platform>,
        rules: Rules,
    ) -> Self {
        Self { store, clock, ids, platforms, album: likeness::Album::default(), rules: RwLock::new(Arc::new(rules)) }
    }

    /// The rules as they are now.
    pub fn rules(&self) -> Arc<Rules> {
        self.rules.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts other rules in force, from the next operation on.
    pub fn change_rules(&self, rules: Rules) {
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
    }

    /// The time.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Where an incident stands in chats: in its site's triage channels; while nobody has said which site that is, first
    /// nowhere, then in those of every site that it can be.
    fn places(&self, incident: &Incident, rules: &Rules) -> BTreeSet<Place> {
        if incident.is_draft() {
            return BTreeSet::new();
        }
        let sites = std::iter::once(&incident.site).chain(incident.possible_sites());
        let places = sites.filter_map(|site| rules.site(site)).flat_map(|site| site.triage.iter().cloned());
        places.filter(|place| self.platforms.contains(&place.platform)).collect()
    }

    /// Whether a card of an incident belongs in a channel.
    pub fn stands(&self, incident: &Incident, place: &Place, rules: &Rules) -> bool {
        self.places(incident, rules).contains(place)
    }

    /// Where the next level hears of an incident that nobody looks at: what the rules name for that, else the admins.
    fn next_level(&self, incident: &Incident, rules: &Rules) -> Vec<Task> {
        let named = rules.shop.next_level.iter();
        let admins = rules.shop.admin_channel.iter().filter(|_| rules.shop.next_level.is_empty());
        let places = named.chain(admins).filter(|place| place.platform.keeps_copies());
        let places = places.filter(|place| self.platforms.contains(&place.platform));
        places.map(|place| Task::call_next_level(incident.id, incident.version, place.clone())).collect()
    }

    /// Where an incident stood and does not belong any more, now that it is known where it was.
    fn moves(&self, before: &Incident, after: &Incident, rules: &Rules) -> Vec<Task> {
        let now = self.places(after, rules);
        let left = self.places(before, rules).into_iter().filter(|place| !now.contains(place));
        left.map(|place| Task::draw_card(after.id, after.version, place)).collect()
    }

    /// The same after this change; what a hold let go of is said to the vault, too.
    fn shows_change(&self, change: &Change, rules: &Rules) -> Vec<Task> {
        let after = change.after();
        let mut tasks = self.shows(after, rules);
        let lets_go = matches!(change.step().word, StepWord::HoldLifted | StepWord::Unmerged);
        if lets_go && !after.is_held() && !after.album.is_empty() {
            tasks.push(Task::hold_photos(after.id, after.version));
        }
        tasks
    }

    /// What has to be shown of an incident after a step: its card at every place, the thread under it, and the
    /// reporter's own copy; to the vault, its hold.
    fn shows(&self, incident: &Incident, rules: &Rules) -> Vec<Task> {
        let mut tasks = Vec::new();
        for place in self.places(incident, rules) {
            if place.platform.keeps_copies() {
                tasks.push(Task::draw_thread(incident.id, incident.version, place.clone()));
            }
            tasks.push(Task::draw_card(incident.id, incident.version, place));
        }
        let theirs = incident.reporter_platform();
        if theirs.follows_privately() && self.platforms.contains(&theirs) {
            tasks.push(Task::follow_report(incident.id, incident.version, theirs));
        }
        // Whatever came since a hold was placed is held as well.
        if incident.is_held() && !incident.album.is_empty() {
            tasks.push(Task::hold_photos(incident.id, incident.version));
        }
        tasks
    }
}
