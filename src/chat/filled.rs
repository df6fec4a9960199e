//! A filled-in form becomes a draft, and its problems stand beside the fields that people see.

use chrono::{LocalResult, NaiveDateTime, SecondsFormat, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use domain::facts::Currency;
use domain::problems::{Fault, Problem, Problems};
use domain::report::Draft;

use super::inbound::Answers;
use crate::operations::wish::facts_of;

/// No clock change skips more than this.
const SKIPPED_MAX: i64 = 24 * 60;

/// A report's form as a draft; what is wrong with it already is noted.
pub fn draft(answers: &Answers, zone: Tz, currency: Currency, problems: &mut Problems) -> Draft {
    let mut facts = facts_of(answers, currency, problems);
    facts.happened = facts.happened.map(|local| instant(&local, zone));
    Draft { site: answers.given("site"), category: answers.given("category"), facts, ..Draft::default() }
}

/// A time as a browser sends it (`2026-11-22T14:05`, without a zone) in the shop's own time. A time that the clocks
/// skipped is the first one after the gap; of a time that came twice it is the first. What is no such time stays.
pub fn instant(local: &str, zone: Tz) -> String {
    let text = local.trim().replace(' ', "T");
    let read = |format| NaiveDateTime::parse_from_str(&text, format).ok();
    let Some(local_time) = read("%Y-%m-%dT%H:%M").or_else(|| read("%Y-%m-%dT%H:%M:%S")) else {
        return local.to_owned();
    };
    let there = |minutes| match zone.from_local_datetime(&(local_time + TimeDelta::minutes(minutes))) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => Some(time.with_timezone(&Utc)),
        LocalResult::None => None,
    };
    let moment = (0..=SKIPPED_MAX).find_map(there);
    moment.map_or_else(|| local.to_owned(), |moment| moment.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Problems under the names that the form's fields have, and prices as people write them: not in minor units.
pub fn beside_fields(problems: Problems, currency: Currency) -> Problems {
    let named = |field: &str| match field {
        "goods.0.what" => "goods_what".to_owned(),
        "goods.0.quantity" => "goods_quantity".to_owned(),
        "goods.0.unit_value_minor" | "goods.0.currency" => "goods_price".to_owned(),
        "goods.0.fate" => "goods_fate".to_owned(),
        "loss_minor" | "currency" => "loss".to_owned(),
        other => other.to_owned(),
    };
    let unit = (0..currency.minor_digits()).fold(1, |unit, _| unit * 10);
    let beside = |problem: Problem| {
        let field = named(&problem.field);
        let mut fault = problem.fault;
        if let Fault::OutOfRange { least, most } = &mut fault
            && matches!(field.as_str(), "goods_price" | "loss")
        {
            (*least, *most) = (*least / unit, *most / unit);
        }
        Problem { field, fault }
    };
    Problems(problems.0.into_iter().map(beside).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONDON: Tz = Tz::Europe__London;

    #[test]
    fn local_times_are_the_shops() {
        assert_eq!(instant("2026-07-01T14:05", LONDON), "2026-07-01T13:05:00Z");
        assert_eq!(instant("2026-11-22 14:05", LONDON), "2026-11-22T14:05:00Z");
    }

    #[test]
    fn a_time_that_was_skipped_or_came_twice_is_the_earliest_it_can_be() {
        assert_eq!(instant("2026-03-29T01:30", LONDON), "2026-03-29T01:00:00Z");
        assert_eq!(instant("2026-10-25T01:30", LONDON), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn what_is_no_time_stays_to_be_refused_by_name() {
        assert_eq!(instant("yesterday", LONDON), "yesterday");
    }

    #[test]
    fn a_price_is_told_its_bounds_in_pounds_and_not_in_pence() {
        let problems = Problems::one("goods.0.unit_value_minor", Fault::OutOfRange { least: 0, most: 100_000_000 });
        let beside = beside_fields(problems, "GBP".parse().unwrap());
        assert_eq!(beside, Problems::one("goods_price", Fault::OutOfRange { least: 0, most: 1_000_000 }));
    }
}
