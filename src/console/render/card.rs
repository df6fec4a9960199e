//! A card as a block of a page, and as a row of a list.

use domain::incident::Incident;

use super::{Said, said};
use crate::chat::card::{Card, CardButton, Weight, answer};
use crate::chat::press::Button;
use crate::chat::reply::Reading;
use crate::keys::Keys;
use domain::words::Category;

/// A card on a page.
pub struct CardView {
    pub id: String,
    pub reference: String,
    pub href: String,
    pub category: String,
    pub urgent_category: bool,
    pub site: String,
    pub state: String,
    pub state_word: &'static str,
    pub standing: Said,
    pub urgent: Vec<String>,
    pub fields: Vec<FieldView>,
    pub body: Option<String>,
    pub remarks: Vec<String>,
    pub buttons: Buttons,
}

/// A label and its value.
pub struct FieldView {
    pub label: String,
    pub value: Said,
}

/// The buttons of a card: those for one fact each, those that are used most, the others.
#[derive(Default)]
pub struct Buttons {
    pub taps: Vec<TapGroup>,
    pub first: Vec<ButtonView>,
    pub more: Vec<ButtonView>,
}

/// A fact and its answers.
pub struct TapGroup {
    pub label: String,
    pub buttons: Vec<ButtonView>,
}

/// A button: a form of its own, which acts once.
pub struct ButtonView {
    pub id: String,
    pub press: String,
    pub delivery: String,
    pub label: String,
    /// For those who hear it without seeing what it stands on.
    pub about: String,
    /// The whole name, where the visible one is a part of it.
    pub full: Option<String>,
    pub class: &'static str,
}

/// An incident in one row.
pub struct Row {
    pub id: String,
    pub reference: String,
    pub href: String,
    pub category: String,
    pub urgent_category: bool,
    pub state: String,
    pub state_word: &'static str,
    pub standing: Said,
    /// The question that waits for this reader.
    pub question: Option<String>,
}

/// What drawing needs besides the incident.
pub struct Easel<'a> {
    pub reading: &'a Reading<'a>,
    pub keys: &'a Keys,
    /// What stands before every address.
    pub base: &'a str,
}

impl Easel<'_> {
    fn bidi(&self, text: &str) -> String {
        super::isolate(text, self.reading.voice.direction()).into_owned()
    }

    /// A number that nobody else has, for one form.
    pub fn nonce(&self) -> String {
        // Without randomness a form still works; only a double click is then two clicks.
        self.keys.secret().unwrap_or_default()
    }

    pub(super) fn href(&self, reference: &str) -> String {
        format!("{}/incidents/{reference}", self.base)
    }

    /// An incident as a card; none if this reader may not see it. `all` shows every button at once.
    pub fn card(&self, incident: &Incident, all: bool) -> Option<CardView> {
        let (reading, voice) = (self.reading, self.reading.voice);
        let reader = crate::chat::card::Reader::Person(reading.actor);
        let card = crate::chat::card::draw(incident, reader, voice, reading.rules, reading.now)?;
        Some(CardView {
            id: card.reference.clone(),
            href: self.href(&card.reference),
            category: voice.word("category", card.category.as_str()),
            urgent_category: card.category == Category::InProgress,
            site: self.site(incident),
            state: voice.word("state", card.state.as_str()),
            state_word: card.state.as_str(),
            standing: self.standing(incident, &card),
            urgent: card.urgent.iter().map(|line| self.bidi(line)).collect(),
            fields: self.fields(&card, incident),
            body: card.body.clone(),
            remarks: card.remarks.iter().map(|line| self.bidi(line)).collect(),
            buttons: self.buttons("card", &card.reference, &card.buttons, all),
            reference: card.reference,
        })
    }

    /// Where it stands and since when; of a new one, whose state is said elsewhere, how long it has been waiting.
    fn standing(&self, incident: &Incident, card: &Card) -> Said {
        let voice = self.reading.voice;
        match incident.status.at() {
            Some(at) => said(voice, &card.standing, Some(at)),
            None => said(voice, &voice.ago(incident.reported_at, self.reading.now), Some(incident.reported_at)),
        }
    }

    fn site(&self, incident: &Incident) -> String {
        self.reading.voice.site(self.reading.rules, &incident.site)
    }

    /// The fields below the headline, which names the site already.
    fn fields(&self, card: &Card, incident: &Incident) -> Vec<FieldView> {
        let voice = self.reading.voice;
        let when = voice.when(incident.facts.happened, self.reading.now);
        let site = voice.word("field", "site");
        let fields = card.fields.iter().filter(|field| field.label != site);
        fields
            .map(|field| FieldView {
                label: field.label.clone(),
                value: said(voice, &field.value, (field.value == when).then_some(incident.facts.happened)),
            })
            .collect()
    }

    /// Buttons in their groups. On a list the rarer ones stand behind one press.
    pub fn buttons(&self, place: &str, reference: &str, buttons: &[CardButton], all: bool) -> Buttons {
        let mut groups = Buttons::default();
        // The incident's own page has its photos.
        for button in buttons.iter().filter(|button| button.press.button != Button::Look) {
            if let Some(tap) = &button.press.tap {
                let label = self.reading.voice.word("field", tap.words().0);
                let short = answer(tap, self.reading.voice, self.reading.rules);
                let view = ButtonView {
                    full: Some(button.label.clone()),
                    label: short,
                    ..self.button(place, reference, button)
                };
                match groups.taps.iter_mut().find(|group| group.label == label) {
                    Some(group) => group.buttons.push(view),
                    None => groups.taps.push(TapGroup { label, buttons: vec![view] }),
                }
            } else if all || is_first(button) {
                groups.first.push(self.button(place, reference, button));
            } else {
                groups.more.push(self.button(place, reference, button));
            }
        }
        groups
    }

    fn button(&self, place: &str, reference: &str, button: &CardButton) -> ButtonView {
        let tap =
            button.press.tap.as_ref().map(|tap| format!("-{}-{}", tap.words().0, tap.words().1)).unwrap_or_default();
        ButtonView {
            id: format!("{place}-{}-{reference}{tap}", button.press.button.as_str()),
            press: button.press.to_string(),
            delivery: self.nonce(),
            label: button.label.clone(),
            about: reference.to_owned(),
            full: None,
            class: match button.weight {
                Weight::Main => "main",
                Weight::Plain => "plain",
                Weight::Danger => "danger",
            },
        }
    }

    /// An incident as a row; none if this reader may not see it.
    pub fn row(&self, incident: &Incident) -> Option<Row> {
        let (reading, voice) = (self.reading, self.reading.voice);
        let reader = crate::chat::card::Reader::Person(reading.actor);
        let card = crate::chat::card::draw(incident, reader, voice, reading.rules, reading.now)?;
        let asked = card.buttons.iter().any(|button| button.press.button == Button::Answer);
        let question = incident.question.as_ref().filter(|_| asked).map(|question| question.text.clone());
        Some(Row {
            id: format!("row-{}", card.reference),
            href: self.href(&card.reference),
            category: voice.word("category", card.category.as_str()),
            urgent_category: card.category == Category::InProgress,
            state: voice.word("state", card.state.as_str()),
            state_word: card.state.as_str(),
            standing: self.standing(incident, &card),
            reference: card.reference,
            question,
        })
    }
}

/// What is pressed on most cards.
fn is_first(button: &CardButton) -> bool {
    let used = matches!(
        button.press.button,
        Button::Facts | Button::Details | Button::Ask | Button::Decline | Button::Withdraw
    );
    used || button.weight == Weight::Main
}
