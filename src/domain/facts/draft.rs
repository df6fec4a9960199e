//! Facts as people and programs write them, and what they have to be to count.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::{Currency, Goods, Money, Patch};
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

    fn now() -> Moment {
        Moment::from_timestamp(1_795_000_000, 0).unwrap_or_default()
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
    fn prices_are_read_as_people_type_them() {
        let (gbp, jpy) = ("GBP".parse().unwrap(), "JPY".parse().unwrap());
        assert_eq!(price("21.50", gbp), Ok(2_150));
        assert_eq!(price("£ 21,5", gbp), Ok(2_150));
        assert_eq!(price("80", gbp), Ok(8_000));
        assert_eq!(price("80", jpy), Ok(80));
        for wrong in ["", "-3", "1.234", "12e9", "99999999999999999999"] {
            assert!(price(wrong, gbp).is_err(), "{wrong}");
        }
    }
}
