//! What is known about an incident. How a person's answers become it stands in [`draft`].

pub mod draft;

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::problems::Fault;
use crate::words::{Cctv, Fate, Injury, Kind, Method, Persons, Precision, StaffSafe, StillPresent, Weapon, Zone};

pub use draft::{CLOCK_SKEW_SECONDS, FactsDraft, GOODS_MAX, GoodsDraft, QUANTITY_MAX, UNIT_VALUE_MAX, price, within};

/// An ISO 4217 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// How many digits stand after the point (ISO 4217, the currencies that are not 2).
    pub fn minor_digits(self) -> usize {
        match &self.0 {
            b"JPY" | b"KRW" | b"VND" | b"CLP" | b"ISK" | b"XAF" | b"XOF" | b"PYG" | b"UGX" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }

    /// The code as text.
    pub fn code(self) -> String {
        self.0.iter().map(|byte| char::from(*byte)).collect()
    }
}

impl FromStr for Currency {
    type Err = Fault;
    fn from_str(text: &str) -> Result<Self, Fault> {
        let code: [u8; 3] = text.trim().as_bytes().try_into().map_err(|_why| Fault::NotACurrency)?;
        if code.iter().all(u8::is_ascii_uppercase) { Ok(Self(code)) } else { Err(Fault::NotACurrency) }
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code()
    }
}

impl TryFrom<String> for Currency {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map_err(|_why| "not an ISO 4217 code")
    }
}

/// An amount in minor units (pence, cents).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// How much, in the smallest unit.
    pub minor: i64,
    /// Of which currency.
    pub currency: Currency,
}

/// One line of goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goods {
    /// What it was.
    pub what: String,
    /// How many.
    pub quantity: i64,
    /// What one of them costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_value: Option<Money>,
    /// What became of them.
    pub fate: Fate,
}

/// What is known; everything but the time may still be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_happened: Option<String>,
    pub happened: Moment,
    pub precision: Precision,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub method: BTreeSet<Method>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goods: Vec<Goods>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weapon: Option<Weapon>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub injury: Option<Injury>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff_safe: Option<StaffSafe>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub still_present: Option<StillPresent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persons: Option<Persons>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cctv: Option<Cctv>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub camera: Option<String>,
}

impl Facts {
    /// Nothing known but that it happens now.
    pub fn at(happened: Moment) -> Self {
        Self {
            what_happened: None,
            happened,
            precision: Precision::Exact,
            kind: None,
            method: BTreeSet::new(),
            zone: None,
            goods: Vec::new(),
            weapon: None,
            injury: None,
            staff_safe: None,
            still_present: None,
            persons: None,
            cctv: None,
            camera: None,
        }
    }

    /// What the shop lost: goods taken or damaged, per currency, in minor units. What came back or never left
    /// is not a loss.
    pub fn net_loss(&self) -> BTreeMap<Currency, i64> {
        let mut loss = BTreeMap::new();
        for line in &self.goods {
            if let (Fate::Taken | Fate::Damaged, Some(value)) = (line.fate, line.unit_value) {
                *loss.entry(value.currency).or_insert(0) += value.minor.saturating_mul(line.quantity);
            }
        }
        loss
    }

    /// These facts with the patch laid over them; what the patch does not speak of stays.
    #[must_use]
    pub fn with(&self, patch: &Patch) -> Self {
        let patch = patch.clone();
        Self {
            what_happened: patch.what_happened.or_else(|| self.what_happened.clone()),
            happened: patch.happened.unwrap_or(self.happened),
            precision: patch.precision.unwrap_or(self.precision),
            kind: patch.kind.or(self.kind),
            method: patch.method.unwrap_or_else(|| self.method.clone()),
            zone: patch.zone.or(self.zone),
            goods: patch.goods.unwrap_or_else(|| self.goods.clone()),
            weapon: patch.weapon.or(self.weapon),
            injury: patch.injury.or(self.injury),
            staff_safe: patch.staff_safe.or(self.staff_safe),
            still_present: patch.still_present.or(self.still_present),
            persons: patch.persons.or(self.persons),
            cctv: patch.cctv.or(self.cctv),
            camera: patch.camera.or_else(|| self.camera.clone()),
        }
    }
}
/// Checked facts to lay over those already known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patch {
    pub what_happened: Option<String>,
    pub happened: Option<Moment>,
    pub precision: Option<Precision>,
    pub kind: Option<Kind>,
    pub method: Option<BTreeSet<Method>>,
    pub zone: Option<Zone>,
    pub goods: Option<Vec<Goods>>,
    pub weapon: Option<Weapon>,
    pub injury: Option<Injury>,
    pub staff_safe: Option<StaffSafe>,
    pub still_present: Option<StillPresent>,
    pub persons: Option<Persons>,
    pub cctv: Option<Cctv>,
    pub camera: Option<String>,
}

impl Patch {
    /// Whether it says nothing at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The names of the facts it speaks of, for the timeline.
    pub fn names(&self) -> Vec<&'static str> {
        [
            (self.what_happened.is_some(), "what_happened"),
            (self.happened.is_some(), "happened"),
            (self.kind.is_some(), "kind"),
            (self.method.is_some(), "method"),
            (self.zone.is_some(), "zone"),
            (self.goods.is_some(), "goods"),
            (self.weapon.is_some(), "weapon"),
            (self.injury.is_some(), "injury"),
            (self.staff_safe.is_some(), "staff_safe"),
            (self.still_present.is_some(), "still_present"),
            (self.persons.is_some(), "persons"),
            (self.cctv.is_some(), "cctv"),
            (self.camera.is_some(), "camera"),
        ]
        .into_iter()
        .filter_map(|(said, name)| said.then_some(name))
        .collect()
    }
}
#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> Moment {
        Moment::from_timestamp(1_795_000_000, 0).unwrap_or_default()
    }

    fn gbp() -> Currency {
        Currency(*b"GBP")
    }

    #[test]
    fn only_what_is_gone_or_broken_is_a_loss() {
        let line = |fate| Goods {
            what: "gin".into(),
            quantity: 2,
            unit_value: Some(Money { minor: 1_500, currency: gbp() }),
            fate,
        };
        let mut facts = Facts::at(now());
        facts.goods = Fate::ALL.iter().map(|fate| line(*fate)).collect();
        assert_eq!(facts.net_loss(), BTreeMap::from([(gbp(), 6_000)]));
    }

    proptest! {
        #[test]
        fn a_patch_never_loses_what_it_does_not_mention(kind in 0..Kind::ALL.len(), zone in 0..Zone::ALL.len()) {
            let mut facts = Facts::at(now());
            facts.kind = Kind::ALL.get(kind).copied();
            let patch = Patch { zone: Zone::ALL.get(zone).copied(), ..Patch::default() };
            let after = facts.with(&patch);
            prop_assert_eq!(after.kind, facts.kind);
            prop_assert_eq!(after.zone, patch.zone);
        }
    }
}
