//! What a person or program did, before anybody asks whether they may.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::{Account, Principal};
use domain::id::IncidentId;
use domain::place::Place;
use domain::report::{Attached, Draft};

use crate::chat::press::Press;
use crate::store::Delivery;
use crate::store::people::ApiKey;

/// Something that came in through one of the doors.
#[derive(Debug, Clone)]
pub struct Inbound {
    pub what: What,
    pub origin: Origin,
    /// Its natural key, so that it acts once however often it arrives.
    pub delivery: Option<Delivery>,
}

/// What somebody did.
#[derive(Debug, Clone)]
pub enum What {
    /// The text after `/report`.
    Command(String),
    /// A report with every fact by name.
    Report(Draft),
    /// Photos, perhaps with words: which site they are of is asked afterwards, where nobody knows it.
    Dropped(Draft),
    /// The form of a report, filled in, with the photos that came with it.
    Filled(Answers, Vec<Attached>),
    /// Photos for an incident that there is already, perhaps with words.
    Photos(IncidentId, Vec<Attached>, String),
    /// A button.
    Press(Press),
    /// A form that a button opened, with its answers.
    Submit(Press, crate::operations::triage::Enclosed),
}

/// The answers of a form, by field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers(pub BTreeMap<String, Vec<String>>);

impl Answers {
    /// The answer of a field that takes one.
    pub fn one(&self, field: &str) -> Option<&str> {
        self.0.get(field).and_then(|values| values.first()).map(String::as_str)
    }

    /// The answer of a field that takes one, unless it is blank.
    pub fn given(&self, field: &str) -> Option<String> {
        self.one(field).filter(|text| !text.trim().is_empty()).map(ToOwned::to_owned)
    }

    /// The answers of a field that takes several.
    pub fn all(&self, field: &str) -> Vec<String> {
        self.0.get(field).cloned().unwrap_or_default()
    }
}

/// Who did it, where, and in which language they read.
#[derive(Debug, Clone)]
pub struct Origin {
    pub account: Account,
    /// What the chat calls them.
    pub name: String,
    /// Every name in `shop.toml` that this account answers to, as known now.
    pub principals: BTreeSet<Principal>,
    /// The key, when it is a program.
    pub key: Option<ApiKey>,
    /// Their language, as their chat or browser says it.
    pub locale: Option<String>,
    /// The channel it was done in.
    pub place: Option<Place>,
}
