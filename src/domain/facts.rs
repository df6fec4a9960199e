//! What is known about an incident, and how a person's answers become it.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::problems::{Fault, Problems};
use crate::text::{NAME_MAX, WHAT_HAPPENED_MAX, optional, required};
use crate::words::{Cctv, Fate, Injury, Kind, Method, Persons, Precision, StaffSafe, StillPresent, Weapon, Zone};

/// The most lines of goods one incident keeps.
pub const GOODS_MAX: usize = 50;
/// The most pieces one line of goods may stand for.
pub const QUANTITY_MAX: i64 = 10_000;
/// The highest value of one piece, in minor units (a million pounds).
pub const UNIT_VALUE_MAX: i64 = 100_000_000;
/// The earliest moment that can be reported: 2000-01-01T00:00:00Z, in seconds of Unix time.
const EARLIEST: i64 = 946_684_800;
/// How far a sender's clock may run ahead of ours before its "now" is a mistake.
pub const CLOCK_SKEW_SECONDS: i64 = 120;

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
    pub unit_value: Option<Money>,
    /// What became of them.
    pub fate: Fate,
}

/// What is known; everything but the time may still be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub what_happened: Option<String>,
    pub happened: Moment,
    pub precision: Precision,
    pub kind: Option<Kind>,
    pub method: BTreeSet<Method>,
    pub zone: Option<Zone>,
    pub goods: Vec<Goods>,
    pub weapon: Option<Weapon>,
    pub injury: Option<Injury>,
    pub staff_safe: Option<StaffSafe>,
    pub still_present: Option<StillPresent>,
    pub persons: Option<Persons>,
    pub cctv: Option<Cctv>,
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

/// A line of goods as a person or program wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoodsDraft {
    pub what: String,
    pub quantity: Option<String>,
    pub unit_value_minor: Option<String>,
    pub currency: Option<String>,
    pub fate: Option<String>,
}

/// Facts as a person or program wrote them; nothing is checked yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FactsDraft {
    pub what_happened: Option<String>,
    pub happened: Option<String>,
    pub precision: Option<String>,
    pub kind: Option<String>,
    pub method: Vec<String>,
    pub zone: Option<String>,
    pub goods: Vec<GoodsDraft>,
    pub weapon: Option<String>,
    pub injury: Option<String>,
    pub staff_safe: Option<String>,
    pub still_present: Option<String>,
    pub persons: Option<String>,
    pub cctv: Option<String>,
    pub camera: Option<String>,
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

macro_rules! word {
    ($problems:ident, $draft:ident.$field:ident : $type:ty) => {
        $draft
            .$field
            .as_deref()
            .filter(|text| !text.trim().is_empty())
            .and_then(|text| $problems.keep(stringify!($field), parse_word::<$type>(text, <$type>::WORDS)))
    };
}

fn parse_word<T: FromStr>(text: &str, allowed: &'static [&'static str]) -> Result<T, Fault> {
    text.trim().parse().map_err(|_why| Fault::UnknownWord { allowed })
}

impl FactsDraft {
    /// The facts, with every problem noted beside its field; `now` bounds what can already have happened.
    pub fn parse(&self, now: Moment, problems: &mut Problems) -> Patch {
        let draft = self;
        Patch {
            what_happened: draft
                .what_happened
                .as_deref()
                .and_then(|text| problems.keep("what_happened", optional(text, WHAT_HAPPENED_MAX)).flatten()),
            happened: given(draft.happened.as_ref()).and_then(|text| problems.keep("happened", moment(text, now))),
            precision: word!(problems, draft.precision: Precision),
            kind: word!(problems, draft.kind: Kind),
            method: methods(&draft.method, problems),
            zone: word!(problems, draft.zone: Zone),
            goods: goods(&draft.goods, problems),
            weapon: word!(problems, draft.weapon: Weapon),
            injury: word!(problems, draft.injury: Injury),
            staff_safe: word!(problems, draft.staff_safe: StaffSafe),
            still_present: word!(problems, draft.still_present: StillPresent),
            persons: word!(problems, draft.persons: Persons),
            cctv: word!(problems, draft.cctv: Cctv),
            camera: draft
                .camera
                .as_deref()
                .and_then(|text| problems.keep("camera", optional(text, NAME_MAX)).flatten()),
        }
    }
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn moment(text: &str, now: Moment) -> Result<Moment, Fault> {
    let moment = Moment::from(chrono::DateTime::parse_from_rfc3339(text).map_err(|_why| Fault::NotATime)?);
    if moment.timestamp() < EARLIEST {
        Err(Fault::TooEarly)
    } else if (moment - now).num_seconds() > CLOCK_SKEW_SECONDS {
        Err(Fault::InTheFuture)
    } else {
        Ok(moment.min(now))
    }
}

fn methods(words: &[String], problems: &mut Problems) -> Option<BTreeSet<Method>> {
    let given: Vec<&str> = words.iter().map(|word| word.trim()).filter(|word| !word.is_empty()).collect();
    if given.is_empty() {
        return None;
    }
    let parsed = given.into_iter().map(|word| parse_word(word, Method::WORDS)).collect::<Result<_, _>>();
    problems.keep("method", parsed)
}

fn goods(lines: &[GoodsDraft], problems: &mut Problems) -> Option<Vec<Goods>> {
    if lines.is_empty() {
        return None;
    }
    if lines.len() > GOODS_MAX {
        problems.add("goods", Fault::TooMany { most: GOODS_MAX, got: lines.len() });
        return None;
    }
    lines.iter().enumerate().map(|(at, line)| goods_line(at, line, problems)).collect()
}

fn goods_line(at: usize, line: &GoodsDraft, problems: &mut Problems) -> Option<Goods> {
    let name = |part: &str| format!("goods.{at}.{part}");
    let what = problems.keep(&name("what"), required(&line.what, NAME_MAX));
    let quantity = match given(line.quantity.as_ref()) {
        Some(text) => problems.keep(&name("quantity"), within(text, 1, QUANTITY_MAX)),
        None => Some(1),
    };
    let fate = match given(line.fate.as_ref()) {
        Some(text) => problems.keep(&name("fate"), parse_word(text, Fate::WORDS)),
        None => Some(Fate::Taken),
    };
    let unit_value = match given(line.unit_value_minor.as_ref()) {
        Some(text) => {
            let minor = problems.keep(&name("unit_value_minor"), within(text, 0, UNIT_VALUE_MAX));
            let code = given(line.currency.as_ref()).ok_or(Fault::Missing);
            let currency = problems.keep(&name("currency"), code.and_then(str::parse));
            Some(Money { minor: minor?, currency: currency? })
        }
        None => None,
    };
    Some(Goods { what: what?, quantity: quantity?, unit_value, fate: fate? })
}

/// A whole number in a range.
pub fn within(text: &str, least: i64, most: i64) -> Result<i64, Fault> {
    let number: i64 = text.parse().map_err(|_why| Fault::OutOfRange { least, most })?;
    if (least..=most).contains(&number) { Ok(number) } else { Err(Fault::OutOfRange { least, most }) }
}

/// What somebody typed as a price, in minor units: `21.50`, `21,5`, `£21`.
pub fn price(text: &str, currency: Currency) -> Result<i64, Fault> {
    let fault = Fault::OutOfRange { least: 0, most: UNIT_VALUE_MAX };
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '£' | '€' | '$')).collect();
    let (whole, part) = plain.split_once(['.', ',']).unwrap_or((&plain, ""));
    let digits = currency.minor_digits();
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || part.len() > digits || !all_digits(whole) || !all_digits(part) {
        return Err(fault);
    }
    within(&format!("{whole}{part:0<digits$}"), 0, UNIT_VALUE_MAX)
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
    fn every_problem_is_told_at_once() {
        let draft = FactsDraft {
            kind: Some("heist".into()),
            happened: Some("1999-12-31T23:59:59Z".into()),
            method: vec!["magic".into()],
            goods: vec![GoodsDraft { quantity: Some("-1".into()), ..GoodsDraft::default() }],
            ..FactsDraft::default()
        };
        let mut problems = Problems::default();
        let _patch = draft.parse(now(), &mut problems);
        let fields: Vec<&str> = problems.0.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["happened", "kind", "method", "goods.0.what", "goods.0.quantity"]);
    }

    #[test]
    fn the_future_is_refused_and_a_fast_clock_is_forgiven() {
        assert_eq!(moment("2099-01-01T00:00:00Z", now()), Err(Fault::InTheFuture));
        let ahead = now() + chrono::TimeDelta::seconds(CLOCK_SKEW_SECONDS);
        assert_eq!(moment(&ahead.to_rfc3339(), now()), Ok(now()));
        assert_eq!(moment("yesterday", now()), Err(Fault::NotATime));
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

    #[test]
    fn prices_are_read_as_people_type_them() {
        assert_eq!(price("21.50", gbp()), Ok(2_150));
        assert_eq!(price("£ 21,5", gbp()), Ok(2_150));
        assert_eq!(price("80", gbp()), Ok(8_000));
        assert_eq!(price("80", Currency(*b"JPY")), Ok(80));
        for wrong in ["", "-3", "1.234", "12e9", "99999999999999999999"] {
            assert!(price(wrong, gbp()).is_err(), "{wrong}");
        }
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
