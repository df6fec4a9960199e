//! Ids of components and modals beside those of buttons: they carry a button's own id, and what was chosen before it. They
//! outlive restarts; what was edited is none of them.

use std::fmt;
use std::str::FromStr;

use domain::words::Fate;

use crate::chat::press::{Button, Press};

/// The facts that selects ask for, in the order in which a panel shows them.
pub const CHOSEN: [&str; 9] =
    ["kind", "method", "zone", "cctv", "staff_safe", "still_present", "weapon", "injury", "persons"];
/// What the other forms ask for by a select.
const ONE_OF: [&str; 4] = ["reason", "category", "outcome", "site"];
/// The id of a report's form.
const REPORT: &str = "v1:report";
/// The ids of the buttons that turn direct messages on and off.
const TELL: &str = "v1:tell:on";
const HUSH: &str = "v1:tell:off";

/// A message that is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pointed {
    pub channel: u64,
    pub message: u64,
    /// How many files hung on it when somebody pointed at it: it may not be there any more when the form is sent.
    pub photos: u8,
}

/// What an id of a component or a modal stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomId {
    /// A button of a card, or the form it opens.
    Press(Press),
    /// A button that was asked about before it acts.
    Sure(Press),
    /// A select: the field it answers, and the page of the panel it stands on.
    Choose { field: &'static str, page: u8, press: Press },
    /// The form of a line of goods.
    Goods { fate: Fate, page: u8, press: Press },
    /// The form of what happened.
    Words { page: u8, press: Press },
    /// Another page of a panel.
    Page { page: u8, press: Press },
    /// The form of a loss, after its outcome was chosen.
    Loss { outcome: domain::words::Outcome, press: Press },
    /// The form of a report, perhaps about a message.
    Report(Option<Pointed>),
    /// The form of a report about a message, sealed for the person who pointed at it: it was Discord that showed it to them.
    Sealed { pointed: Pointed, seal: u64 },
    /// Whether they want to be told in direct messages.
    Tell(bool),
}

impl CustomId {
    /// A select of a field; none if there is no such field.
    pub fn choose(field: &str, page: u8, press: &Press) -> Option<Self> {
        let field = CHOSEN.iter().chain(&ONE_OF).copied().find(|known| *known == field)?;
        Some(Self::Choose { field, page, press: press.clone() })
    }
}

impl fmt::Display for CustomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Press(press) => write!(f, "{press}"),
            Self::Sure(press) => write!(f, "sure/{press}"),
            Self::Choose { field, page, press } => write!(f, "choose/{field}/{page}/{press}"),
            Self::Goods { fate, page, press } => write!(f, "goods/{}/{page}/{press}", fate.as_str()),
            Self::Words { page, press } => write!(f, "words/{page}/{press}"),
            Self::Page { page, press } => write!(f, "page/{page}/{press}"),
            Self::Loss { outcome, press } => write!(f, "loss/{}/{press}", outcome.as_str()),
            Self::Report(None) => f.write_str(REPORT),
            Self::Report(Some(Pointed { channel, message, .. })) => write!(f, "{REPORT}/{channel}/{message}"),
            Self::Sealed { pointed: Pointed { channel, message, photos }, seal } => {
                write!(f, "{REPORT}/{channel}/{message}/{photos}/{seal:016x}")
            }
            Self::Tell(true) => f.write_str(TELL),
            Self::Tell(false) => f.write_str(HUSH),
        }
    }
}

/// The text is no id that this version knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownId;

impl FromStr for CustomId {
    type Err = UnknownId;

    fn from_str(text: &str) -> Result<Self, UnknownId> {
        if text.len() > super::parts::ID_MAX {
            return Err(UnknownId);
        }
        let press = |text: &str| text.parse::<Press>().map_err(|_why| UnknownId);
        let page = |text: &str| text.parse::<u8>().map_err(|_why| UnknownId);
        let parts: Vec<&str> = text.split('/').collect();
        let read = match parts.as_slice() {
            [TELL] => Self::Tell(true),
            [HUSH] => Self::Tell(false),
            [REPORT] => Self::Report(None),
            [REPORT, channel, message] => Self::Report(Some(pointed(channel, message, "0")?)),
            [REPORT, channel, message, photos, seal] => {
                let seal = u64::from_str_radix(seal, 16).map_err(|_why| UnknownId)?;
                Self::Sealed { pointed: pointed(channel, message, photos)?, seal }
            }
            [id] => Self::Press(press(id)?),
            ["sure", id] => Self::Sure(press(id)?),
            ["choose", field, at, id] => Self::choose(field, page(at)?, &press(id)?).ok_or(UnknownId)?,
            ["goods", fate, at, id] => {
                let fate = fate.parse().map_err(|_why| UnknownId)?;
                Self::Goods { fate, page: page(at)?, press: facts(press(id)?)? }
            }
            ["words", at, id] => Self::Words { page: page(at)?, press: facts(press(id)?)? },
            ["page", at, id] => Self::Page { page: page(at)?, press: facts(press(id)?)? },
            ["loss", outcome, id] => {
                Self::Loss { outcome: outcome.parse().map_err(|_why| UnknownId)?, press: press(id)? }
            }
            _ => return Err(UnknownId),
        };
        // One text for one id: what reads like it and is not it was edited.
        if read.to_string() == text { Ok(read) } else { Err(UnknownId) }
    }
}

fn pointed(channel: &str, message: &str, photos: &str) -> Result<Pointed, UnknownId> {
    let number = |text: &str| text.parse::<u64>().map_err(|_why| UnknownId);
    let photos = photos.parse().map_err(|_why| UnknownId)?;
    Ok(Pointed { channel: number(channel)?, message: number(message)?, photos })
}

fn facts(press: Press) -> Result<Press, UnknownId> {
    if matches!(press.button, Button::Facts | Button::Details) { Ok(press) } else { Err(UnknownId) }
}

#[cfg(test)]
mod tests {
    use domain::id::IncidentId;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn ids(press: &Press) -> Vec<CustomId> {
        let mut ids = vec![
            CustomId::Press(press.clone()),
            CustomId::Sure(press.clone()),
            CustomId::Report(None),
            CustomId::Report(Some(Pointed { channel: u64::MAX, message: u64::MAX, photos: 0 })),
            CustomId::Sealed { pointed: Pointed { channel: u64::MAX, message: u64::MAX, photos: 0 }, seal: 7 },
            CustomId::Sealed { pointed: Pointed { channel: u64::MAX, message: u64::MAX, photos: 255 }, seal: u64::MAX },
            CustomId::Tell(true),
            CustomId::Tell(false),
        ];
        ids.extend(CHOSEN.iter().chain(&ONE_OF).map(|field| CustomId::choose(field, 255, press).unwrap()));
        let facts = Press { button: Button::Details, ..press.clone() };
        ids.extend(Fate::ALL.iter().map(|fate| CustomId::Goods { fate: *fate, page: 255, press: facts.clone() }));
        ids.push(CustomId::Words { page: 0, press: facts.clone() });
        ids.push(CustomId::Page { page: 3, press: facts });
        let outcomes = domain::words::Outcome::ALL.iter();
        ids.extend(outcomes.map(|outcome| CustomId::Loss { outcome: *outcome, press: press.clone() }));
        ids
    }

    proptest! {
        #[test]
        fn every_id_reads_back_and_fits(button in 0..Button::ALL.len(), id: u128, version: u32) {
            let button = Some(Button::ALL[button]).filter(|button| *button != Button::Tap).unwrap_or(Button::Recategorise);
            let press = Press { button, incident: IncidentId(Uuid::from_u128(id)), version, tap: None };
            for id in ids(&press) {
                let text = id.to_string();
                prop_assert!(text.len() <= crate::discord::parts::ID_MAX, "{} characters", text.len());
                prop_assert_eq!(text.parse::<CustomId>(), Ok(id));
            }
        }

        #[test]
        fn text_that_is_no_id_is_refused_quietly(text in "\\PC{0,120}") {
            if let Ok(id) = text.parse::<CustomId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }
}
