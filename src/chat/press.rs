//! Ids of buttons and forms: `v1:claim:inc_…:3`. They outlive restarts and upgrades; what an id of an older version
//! means is decided here and nowhere else.

use std::fmt;
use std::str::FromStr;

use domain::id::IncidentId;
use domain::place::SiteId;
use domain::words::{Fact, StaffSafe, StillPresent, Weapon};

/// The longest id: Discord's `custom_id` (100); Slack's `action_id` takes 255.
pub const PRESS_MAX: usize = 100;

macro_rules! buttons {
    ($($(#[$doc:meta])* $button:ident = $text:literal),+ $(,)?) => {
        /// What a button or form is for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Button { $($(#[$doc])* $button),+ }

        impl Button {
            /// Every button.
            pub const ALL: &'static [Self] = &[$(Self::$button),+];

            /// The word in the id.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$button => $text),+ }
            }
        }
    };
}

buttons! {
    Claim = "claim",
    Release = "release",
    Confirm = "confirm",
    Unmerge = "unmerge",
    Reopen = "reopen",
    Withdraw = "withdraw",
    /// Asks which site it was at.
    Site = "site",
    /// One tap that answers one fact; carries `fact=word`.
    Tap = "tap",
    // These open a form; the form's own id is the same, and carries the answers when it is sent.
    Ask = "ask",
    Answer = "answer",
    Recategorise = "recategorise",
    Facts = "facts",
    Details = "details",
    Decline = "decline",
    Merge = "merge",
    Resolve = "resolve",
    Note = "note",
    Correct = "correct",
    /// Shows what an alert would say.
    Preview = "preview",
    /// Shows the photos to the person who pressed, and to nobody else.
    Look = "look",
    /// Shows the incident with its timeline.
    Open = "open",
}

impl Button {
    /// Whether pressing it asks for something before anything happens.
    pub const fn opens_a_form(self) -> bool {
        matches!(
            self,
            Self::Ask
                | Self::Site
                | Self::Answer
                | Self::Recategorise
                | Self::Facts
                | Self::Details
                | Self::Decline
                | Self::Merge
                | Self::Resolve
                | Self::Note
                | Self::Correct
        )
    }
}

/// A button of one incident's card, as drawn when the incident was at this version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    pub button: Button,
    pub incident: IncidentId,
    pub version: u32,
    /// The fact that a tap answers.
    pub tap: Option<Tap>,
}

/// A fact answered by one tap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tap {
    StaffSafe(StaffSafe),
    StillPresent(StillPresent),
    Weapon(Weapon),
    /// Which site it was at.
    Site(SiteId),
}

impl Tap {
    /// Every tap that answers a fact.
    pub fn answers(fact: Fact) -> Vec<Self> {
        match fact {
            Fact::StaffSafe => StaffSafe::ALL.iter().map(|word| Self::StaffSafe(*word)).collect(),
            Fact::StillPresent => StillPresent::ALL.iter().map(|word| Self::StillPresent(*word)).collect(),
            Fact::Weapon => Weapon::ALL.iter().map(|word| Self::Weapon(*word)).collect(),
            Fact::Kind | Fact::Method | Fact::Zone | Fact::Goods | Fact::Cctv | Fact::WhatHappened => Vec::new(),
        }
    }

    /// The fact and the answer, as words.
    pub fn words(&self) -> (&'static str, &str) {
        match self {
            Self::StaffSafe(word) => ("staff_safe", word.as_str()),
            Self::StillPresent(word) => ("still_present", word.as_str()),
            Self::Weapon(word) => ("weapon", word.as_str()),
            Self::Site(site) => ("site", site.as_str()),
        }
    }

    fn read(text: &str) -> Option<Self> {
        match text.split_once('=')? {
            ("staff_safe", word) => word.parse().ok().map(Self::StaffSafe),
            ("still_present", word) => word.parse().ok().map(Self::StillPresent),
            ("weapon", word) => word.parse().ok().map(Self::Weapon),
            ("site", word) => word.parse().ok().map(Self::Site),
            _ => None,
        }
    }
}

/// The text is not the id of a button that this version knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownPress;

impl fmt::Display for Press {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v1:{}:{}:{}", self.button.as_str(), self.incident, self.version)?;
        match &self.tap {
            Some(tap) => {
                let (fact, answer) = tap.words();
                write!(f, ":{fact}={answer}")
            }
            None => Ok(()),
        }
    }
}

impl FromStr for Press {
    type Err = UnknownPress;
    fn from_str(text: &str) -> Result<Self, UnknownPress> {
        if text.len() > PRESS_MAX {
            return Err(UnknownPress);
        }
        let parts: Vec<&str> = text.split(':').collect();
        let (button, incident, version, tap) = match parts.as_slice() {
            ["v1", button, incident, version] => (button, incident, version, None),
            ["v1", "tap", incident, version, tap] => (&"tap", incident, version, Tap::read(tap)),
            _ => return Err(UnknownPress),
        };
        let button = Button::ALL.iter().find(|known| known.as_str() == *button).ok_or(UnknownPress)?;
        if (*button == Button::Tap) != tap.is_some() || version.starts_with('+') {
            return Err(UnknownPress);
        }
        Ok(Self {
            button: *button,
            incident: incident.parse().map_err(|_why| UnknownPress)?,
            version: version.parse().map_err(|_why| UnknownPress)?,
            tap,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn taps() -> Vec<Tap> {
        let longest = "x".repeat(domain::place::SITE_ID_MAX).parse().map(Tap::Site).unwrap();
        let answers = [Fact::StaffSafe, Fact::StillPresent, Fact::Weapon].into_iter().flat_map(Tap::answers);
        answers.chain([longest]).collect()
    }

    proptest! {
        #[test]
        fn every_id_reads_back_and_fits(button in 0..Button::ALL.len(), id: u128, version: u32, tap in 0..taps().len()) {
            let button = Button::ALL[button];
            let tap = (button == Button::Tap).then(|| taps()[tap].clone());
            let press = Press { button, incident: IncidentId(Uuid::from_u128(id)), version, tap };
            let text = press.to_string();
            prop_assert!(text.len() <= PRESS_MAX, "{} characters", text.len());
            prop_assert_eq!(text.parse::<Press>(), Ok(press));
        }

        #[test]
        fn text_that_is_no_id_is_refused_quietly(text in "\\PC{0,120}") {
            if let Ok(press) = text.parse::<Press>() {
                prop_assert_eq!(press.to_string(), text);
            }
        }
    }

    #[test]
    fn edited_ids_are_refused() {
        let id = "inc_00000000000000000000000000000007";
        for wrong in [
            format!("v1:claim:{id}:1:weapon=used"),
            format!("v1:tap:{id}:1"),
            format!("v1:tap:{id}:1:weapon=laser"),
            format!("v2:claim:{id}:1"),
            format!("v1:claim:{id}:-1"),
            format!("v1:claim:{id}:+1"),
            format!("v1:explode:{id}:1"),
        ] {
            assert_eq!(wrong.parse::<Press>(), Err(UnknownPress), "{wrong}");
        }
    }
}
