//! A card: what is shown of an incident, before it is Slack, Discord or HTML. It is already in words; the renderers
//! only lay it out and escape it.

use chrono::TimeDelta;
use domain::actor::Actor;
use domain::clock::Moment;
use domain::id::Reference;
use domain::incident::photos::Tally;
use domain::incident::verb::fits;
use domain::incident::{Incident, Lead, Status, Terms};
use domain::policy::{self, Action, Mask, Sight, TwoPerson};
use domain::words::{Category, State};

use super::press::{Button, Press, Tap};
use super::voice::Voice;
use crate::rules::Rules;
use crate::store::retention::Gone;
use crate::texts::keys;

/// Up to so many sites have a button each: as many as stand in one row of Discord's; more are chosen from a list.
pub const SITES_TAPPED: usize = 5;

/// So long before its end a card says that it goes undecided: from the plan of the day before on, which holds what ends
/// until a day later.
const END_NEAR: TimeDelta = TimeDelta::days(2);

/// What is shown of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub reference: String,
    pub version: u32,
    pub state: State,
    pub category: Category,
    /// Reference, category and shop: what a notification may say.
    pub headline: String,
    /// Headline and state, without anybody's name: what is read aloud of a message, and shown in its preview.
    pub summary: String,
    /// The state in words, with who holds it.
    pub standing: String,
    /// Said above everything else: the emergency line, overdue.
    pub urgent: Vec<String>,
    pub fields: Vec<Field>,
    /// What happened, as people wrote it.
    pub body: Option<String>,
    /// Said below: what is missing, an open question, merged incidents.
    pub remarks: Vec<String>,
    pub buttons: Vec<CardButton>,
}

/// A label and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub label: String,
    pub value: String,
}

/// A button as the reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardButton {
    pub press: Press,
    pub label: String,
    pub weight: Weight,
    /// Asked before it acts.
    pub confirm: Option<String>,
}

/// How a button stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Main,
    Plain,
    Danger,
}

/// For whom a card is drawn.
#[derive(Debug, Clone, Copy)]
pub enum Reader<'a> {
    /// One person: only the buttons they may press, only what they may see.
    Person(&'a Actor),
    /// A triage channel: everybody in it sees the same.
    Channel,
}

/// Draws an incident for a reader; none if it does not exist for them.
pub fn draw(incident: &Incident, reader: Reader<'_>, voice: &Voice<'_>, rules: &Rules, now: Moment) -> Option<Card> {
    let sight = match reader {
        Reader::Channel => Sight::Full,
        Reader::Person(actor) => policy::sight(actor, &incident.subject(TwoPerson::default()))?,
    };
    let drawing = Drawing { incident, voice, rules, terms: &rules.terms, sight, now };
    Some(Card {
        reference: incident.reference.to_string(),
        version: incident.version,
        state: incident.status.state(),
        category: incident.category,
        headline: drawing.headline(),
        summary: drawing.summary(),
        standing: drawing.standing(),
        urgent: drawing.urgent(),
        fields: drawing.fields(),
        body: matches!(sight, Sight::Full | Sight::Own)
            .then(|| incident.what_happened().map(ToOwned::to_owned))
            .flatten(),
        remarks: drawing.remarks(),
        buttons: buttons(incident, reader, voice, rules),
    })
}

/// What stands in a channel to which an incident does not belong any more, since it is known at which site it was.
pub fn moved(incident: &Incident, voice: &Voice<'_>) -> Card {
    let says = voice.say(&keys::card_moved());
    notice(&incident.reference, (incident.version, incident.status.state(), incident.category), says)
}

/// What stands in the place of an incident that was erased: what it was called, and since when it is gone.
pub fn gone(gone: &Gone, voice: &Voice<'_>) -> Card {
    let says = voice.say(&keys::card_deleted(voice.day(gone.erased_at)));
    notice(&gone.reference, (gone.version, gone.state, gone.category), says)
}

/// A card that says one thing, and has nothing to press.
fn notice(reference: &Reference, (version, state, category): (u32, State, Category), says: String) -> Card {
    let reference = reference.to_string();
    Card {
        version,
        state,
        category,
        headline: reference.clone(),
        summary: format!("{reference} · {says}"),
        standing: says,
        urgent: Vec::new(),
        fields: Vec::new(),
        body: None,
        remarks: Vec::new(),
        buttons: Vec::new(),
        reference,
    }
}

struct Drawing<'a> {
    incident: &'a Incident,
    voice: &'a Voice<'a>,
    rules: &'a Rules,
    terms: &'a Terms,
    sight: Sight,
    now: Moment,
}

impl Drawing<'_> {
    fn site_name(&self) -> String {
        self.voice.site(self.rules, &self.incident.site)
    }

    fn headline(&self) -> String {
        let category = self.voice.word("category", self.incident.category.as_str());
        self.voice.say(&keys::card_headline(self.incident.reference.as_str(), category, self.site_name()))
    }

    fn summary(&self) -> String {
        format!("{} · {}", self.headline(), self.voice.word("state", self.incident.status.state().as_str()))
    }

    fn standing(&self) -> String {
        let state = self.voice.word("state", self.incident.status.state().as_str());
        let Some(at) = self.incident.status.at() else { return state };
        let ago = self.voice.ago(at, self.now);
        let reads_names = self.sight == Sight::Full;
        let standing = match self.incident.status.owner().filter(|_| reads_names) {
            Some(owner) => self.voice.say(&keys::card_standing_by(state, owner.name.as_str(), ago)),
            None => self.voice.say(&keys::card_standing(state, ago)),
        };
        match &self.incident.status {
            Status::Declined { reason, .. } => format!("{standing} · {}", self.voice.word("reason", reason.as_str())),
            Status::Resolved { outcome, .. } => {
                format!("{standing} · {}", self.voice.word("outcome", outcome.as_str()))
            }
            Status::Merged { lead: Some(Lead { decided: Some(decided), .. }), .. } => {
                format!("{standing} · {}", self.voice.word("state", decided.as_str()))
            }
            Status::New
            | Status::Claimed { .. }
            | Status::Confirmed { .. }
            | Status::Merged { .. }
            | Status::Withdrawn { .. } => standing,
        }
    }

    fn urgent(&self) -> Vec<String> {
        let mut urgent = Vec::new();
        if self.incident.category == Category::InProgress && self.incident.status.state().is_open() {
            urgent.push(self.voice.say(&keys::emergency_line(self.rules.shop.emergency_number.as_str())));
        }
        let deadlines = self.terms.deadlines(self.incident.category);
        match self.incident.overdue(deadlines, self.now) {
            Some(domain::timers::Overdue::Look) => {
                urgent.push(self.voice.say(&keys::overdue_look(self.voice.ago(self.incident.since, self.now))));
            }
            Some(domain::timers::Overdue::Decide) => {
                urgent.push(self.voice.say(&keys::overdue_decide(self.voice.ago(self.incident.reported_at, self.now))));
            }
            None => {}
        }
        let warns = self.sight != Sight::Own && self.now + END_NEAR >= self.incident.retain_until;
        if warns && self.incident.goes_undecided() {
            urgent.push(self.voice.say(&keys::end_near(self.voice.day(self.incident.retain_until))));
        }
        urgent
    }

    fn fields(&self) -> Vec<Field> {
        let mut fields = Vec::new();
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                fields.push(Field { label: self.voice.word("field", name), value });
            }
        };
        let facts = &self.incident.facts;
        add("site", Some(self.site_name()));
        if self.sight != Sight::Metadata {
            add(
                "kind",
                Some(facts.kind.map_or_else(
                    || self.voice.say(&keys::not_known_yet()),
                    |kind| self.voice.word("kind", kind.as_str()),
                )),
            );
            add("zone", facts.zone.map(|zone| self.voice.word("zone", zone.as_str())));
        }
        add("when", Some(self.voice.when(facts.happened, self.now)));
        if self.sight == Sight::Metadata {
            return fields;
        }
        let method: Vec<String> =
            facts.method.iter().map(|method| self.voice.word("method", method.as_str())).collect();
        add("method", (!method.is_empty()).then(|| method.join(", ")));
        let goods: Vec<String> =
            facts.goods.iter().map(|line| self.voice.goods(line, self.sight != Sight::NoSealed)).collect();
        add("goods", (!goods.is_empty()).then(|| goods.join("; ")));
        let loss: Vec<String> =
            facts.net_loss().into_iter().map(|(currency, minor)| self.voice.money(minor, currency)).collect();
        add("net_loss", (!loss.is_empty()).then(|| loss.join(", ")));
        add("staff_safe", facts.staff_safe.map(|word| self.voice.word("staff_safe", word.as_str())));
        add("still_present", facts.still_present.map(|word| self.voice.word("still_present", word.as_str())));
        add("weapon", facts.weapon.map(|word| self.voice.word("weapon", word.as_str())));
        add("injury", facts.injury.map(|word| self.voice.word("injury", word.as_str())));
        add("persons", facts.persons.map(|word| self.voice.word("persons", word.as_str())));
        add("cctv", facts.cctv.map(|word| self.voice.word("cctv", word.as_str())));
        add("photos", self.photos());
        fields
    }

    /// How many photos there are, and what is still to be done with them.
    fn photos(&self) -> Option<String> {
        let Tally { kept, unchecked, coming, .. } = self.incident.tally();
        let parts = [
            (unchecked > 0).then(|| self.voice.say(&keys::photos_unchecked(unchecked))),
            (coming > 0).then(|| self.voice.say(&keys::photos_coming(coming))),
        ];
        let all = std::iter::once((kept + coming).to_string());
        (kept + coming > 0).then(|| all.chain(parts.into_iter().flatten()).collect::<Vec<_>>().join(" · "))
    }

    fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.sight == Sight::Metadata {
            return remarks;
        }
        match self.incident.site_open.as_ref().map(|open| open.asked_until) {
            Some(Some(until)) if self.incident.status.state().is_open() => {
                remarks.push(self.voice.say(&keys::receipt_which_site(self.voice.exact(until))));
            }
            Some(None) => remarks.push(self.voice.say(&keys::site_unsaid(self.incident.possible_sites().len()))),
            Some(Some(_)) | None => {}
        }
        let missing = self.incident.missing();
        let undecided = matches!(self.incident.status, Status::New | Status::Claimed { .. });
        if !missing.is_empty() && undecided && self.sight == Sight::Full {
            let names: Vec<String> = missing.iter().map(|fact| self.voice.word("field", fact.as_str())).collect();
            remarks.push(self.voice.say(&keys::still_missing(names.join(", "))));
        }
        if self.incident.correction.is_some() && self.sight != Sight::NoSealed {
            remarks.push(self.voice.say(&keys::corrected()));
        }
        if let Some(question) = self.incident.question.as_ref().filter(|_| self.sight != Sight::NoSealed) {
            remarks.push(
                self.voice.say(&keys::question_open(question.text.as_str(), self.voice.ago(question.at, self.now))),
            );
        }
        let Tally { sealed_only, not_taken, .. } = self.incident.tally();
        if sealed_only > 0 {
            remarks.push(self.voice.say(&keys::photos_sealed_only(sealed_only)));
        }
        if not_taken > 0 {
            remarks.push(self.voice.say(&keys::photos_not_taken(not_taken)));
        }
        if let Some(since) = self.incident.held_since().filter(|_| self.sight == Sight::Full) {
            remarks.push(self.voice.say(&keys::hold_since(self.voice.day(since))));
        }
        if !self.incident.absorbed.is_empty() && self.sight == Sight::Full {
            remarks.push(self.voice.say(&keys::merged_here(self.incident.absorbed.len())));
        }
        if self.sight == Sight::NoSealed {
            remarks.push(self.voice.say(&keys::sealed_for_you()));
        }
        remarks
    }
}

/// The buttons of a card, in the order in which they are used; for a person only those they may press now. The same
/// policy function decides here and at the press.
fn buttons(incident: &Incident, reader: Reader<'_>, voice: &Voice<'_>, rules: &Rules) -> Vec<CardButton> {
    let state = incident.status.state();
    let offered: &[(Button, Action, Weight)] = &[
        (Button::Claim, Action::Claim, Weight::Main),
        (Button::Site, Action::SaySite, Weight::Main),
        (Button::Confirm, Action::Confirm, Weight::Main),
        (Button::Resolve, Action::Resolve, Weight::Main),
        (Button::Answer, Action::Answer, Weight::Main),
        (Button::Look, Action::ViewReviewCopy, Weight::Plain),
        (Button::Facts, Action::CompleteFacts, Weight::Plain),
        (Button::Details, Action::AddDetails, Weight::Plain),
        (Button::Ask, Action::Ask, Weight::Plain),
        (Button::Recategorise, Action::Recategorise, Weight::Plain),
        (Button::Note, Action::Note, Weight::Plain),
        (Button::Correct, Action::Correct, Weight::Plain),
        (Button::Release, Action::Release, Weight::Plain),
        (Button::Merge, Action::Merge, Weight::Plain),
        (Button::Unmerge, Action::Unmerge, Weight::Plain),
        (Button::Reopen, Action::Reopen, Weight::Plain),
        (Button::Preview, Action::ProposeAlert, Weight::Plain),
        (Button::Decline, Action::Decline, Weight::Danger),
        (Button::Withdraw, Action::Withdraw, Weight::Danger),
    ];
    let personal = |action: &Action| matches!(action, Action::Answer | Action::AddDetails | Action::Withdraw);
    let subject = incident.subject(TwoPerson::default());
    let photos = incident.tally();
    let may = |action: Action| match reader {
        Reader::Person(actor) if action == Action::ViewReviewCopy => {
            // Whose photos they are is known when they are looked for: mostly the reporter's.
            let mask = if photos.shown() > photos.unchecked { Mask::Checked } else { Mask::Found };
            policy::clear_to_look(actor, mask, subject.reporter, &subject).is_ok()
        }
        Reader::Person(actor) => policy::clear(actor, action, &subject).is_ok(),
        Reader::Channel => !personal(&action),
    };
    let sensible = |button: Button, action: Action| match button {
        Button::Answer => incident.question.is_some() && fits(action, state),
        Button::Site => incident.possible_sites().len() > SITES_TAPPED && fits(action, state),
        Button::Ask => incident.question.is_none() && fits(action, state),
        Button::Merge | Button::Withdraw => incident.absorbed.is_empty() && fits(action, state),
        Button::Preview => matches!(state, State::Confirmed | State::Claimed),
        Button::Look => photos.shown() > 0,
        Button::Claim
        | Button::Release
        | Button::Confirm
        | Button::Unmerge
        | Button::Reopen
        | Button::Tap
        | Button::Recategorise
        | Button::Facts
        | Button::Details
        | Button::Decline
        | Button::Resolve
        | Button::Note
        | Button::Correct
        | Button::Open => fits(action, state),
    };
    let mut buttons: Vec<CardButton> = offered
        .iter()
        .filter(|(button, action, _)| sensible(*button, *action) && may(*action))
        .map(|(button, _, weight)| button_of(incident, *button, None, *weight, (voice, rules)))
        .collect();
    if may(Action::AddDetails) && state.is_open() && matches!(reader, Reader::Person(_)) {
        let taps = incident.one_tap().into_iter().flat_map(Tap::answers);
        buttons
            .splice(0..0, taps.map(|tap| button_of(incident, Button::Tap, Some(tap), Weight::Plain, (voice, rules))));
    }
    let sites = incident.possible_sites();
    if sites.len() <= SITES_TAPPED && may(Action::SaySite) && fits(Action::SaySite, state) {
        let taps = sites.iter().cloned().map(Tap::Site);
        buttons.splice(0..0, taps.map(|tap| button_of(incident, Button::Tap, Some(tap), Weight::Main, (voice, rules))));
    }
    buttons
}

/// The answer that a tap gives, in words.
pub fn answer(tap: &Tap, voice: &Voice<'_>, rules: &Rules) -> String {
    match tap {
        Tap::Site(site) => voice.site(rules, site),
        Tap::StaffSafe(_) | Tap::StillPresent(_) | Tap::Weapon(_) => {
            let (fact, answer) = tap.words();
            voice.word(fact, answer)
        }
    }
}

fn button_of(
    incident: &Incident,
    button: Button,
    tap: Option<Tap>,
    weight: Weight,
    (voice, rules): (&Voice<'_>, &Rules),
) -> CardButton {
    let label = match &tap {
        Some(tap) => format!("{}: {}", voice.word("field", tap.words().0), answer(tap, voice, rules)),
        None => voice.word("button", button.as_str()),
    };
    let asks_first = matches!(button, Button::Withdraw | Button::Unmerge | Button::Release);
    CardButton {
        press: Press { button, incident: incident.id, version: incident.version, tap },
        label,
        weight,
        confirm: asks_first.then(|| voice.word("sure", button.as_str())),
    }
}
