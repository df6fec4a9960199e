//! HTML form fields become what a person did.

use std::collections::BTreeMap;

use chrono::{LocalResult, NaiveDateTime, SecondsFormat, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use domain::facts::Currency;
use domain::problems::{Fault, Problem, Problems};
use domain::report::Draft;

use crate::chat::inbound::Answers;
use crate::chat::press::{Press, UnknownPress};
use crate::keys::fingerprint;
use crate::operations::wish::facts_of;
use crate::store::Delivery;

/// The command that the composer knows.
pub const COMMAND: &str = "/report";
/// The longest nonce that a form of ours carries.
const NONCE_MAX: usize = 64;
/// How many hexadecimal digits of the content's hash are part of a delivery's key.
const CONTENT_LEN: usize = 16;
/// No clock change skips more than this.
const SKIPPED_MAX: i64 = 24 * 60;

/// What somebody sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub said: Said,
    pub delivery: Option<Delivery>,
}

/// What a form of the console says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A line in the composer.
    Line(String),
    /// A filled-in report.
    Report(Answers),
    /// A button; `sure` if they were asked already.
    Press { press: Press, sure: bool },
    /// A form that a button opened.
    Submit { press: Press, answers: Answers },
    /// Nothing that this version knows.
    Unknown,
}

/// Reads the fields of a form that `person` sent.
pub fn read(fields: Vec<(String, String)>, person: &str) -> Sent {
    let mut answers = Answers(BTreeMap::new());
    let mut content = String::new();
    for (name, value) in fields {
        if name != "delivery" {
            // Each with its length before it, so that no two forms have the same content.
            for part in [&name, &value] {
                content.push_str(&part.len().to_string());
                content.push(':');
                content.push_str(part);
            }
        }
        answers.0.entry(name).or_default().push(value);
    }
    let delivery = delivery(&answers, &content, person);
    Sent { said: said(answers), delivery }
}

fn said(mut answers: Answers) -> Said {
    let what = answers.given("what");
    let press = answers.one("press").map_or(Err(UnknownPress), str::parse::<Press>);
    let sure = answers.given("sure").is_some();
    for ours in ["what", "press", "sure", "delivery"] {
        answers.0.remove(ours);
    }
    match (what.as_deref(), press) {
        (Some("line"), _) => Said::Line(answers.one("line").unwrap_or_default().to_owned()),
        (Some("report"), _) => Said::Report(answers),
        (Some("press"), Ok(press)) => Said::Press { press, sure },
        (Some("submit"), Ok(press)) => Said::Submit { press, answers },
        _ => Said::Unknown,
    }
}

/// A form acts once, however often it is sent; sent again with other content, it is another one.
fn delivery(answers: &Answers, content: &str, person: &str) -> Option<Delivery> {
    let nonce = answers.one("delivery")?;
    let ours = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if nonce.is_empty() || nonce.len() > NONCE_MAX || !nonce.bytes().all(ours) {
        return None;
    }
    let content = fingerprint(content);
    let part = content.get(..CONTENT_LEN)?;
    Some(Delivery { key: format!("console:{person}:{nonce}:{part}"), fingerprint: content.into_bytes() })
}

/// What stands after `/report`; none if the line begins otherwise. Phones write a capital at the beginning, and who
/// pastes a whole command behind the one that stands there already means it once.
pub fn command(line: &str) -> Option<&str> {
    let line = line.trim();
    let (word, rest) = line.split_at_checked(COMMAND.len())?;
    let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
    (word.eq_ignore_ascii_case(COMMAND) && ends).then(|| command(rest).unwrap_or(rest))
}

/// A report's form as a draft; what is wrong with it already is noted.
pub fn draft(answers: &Answers, zone: Tz, currency: Currency, problems: &mut Problems) -> Draft {
    let mut facts = facts_of(answers, currency, problems);
    facts.happened = facts.happened.map(|local| instant(&local, zone));
    Draft { site: answers.given("site"), category: answers.given("category"), facts }
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

    fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_line_is_a_command_however_a_phone_writes_it() {
        assert_eq!(command("/report two people"), Some(" two people"));
        assert_eq!(command(" /Report "), Some(""));
        assert_eq!(command("/report /report gin"), Some(" gin"));
        assert_eq!(command("/reporter"), None);
        assert_eq!(command("two people"), None);
        assert_eq!(command("ریپورٹ"), None);
    }

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
    fn a_form_sent_twice_is_one_delivery_and_with_other_words_another() {
        let sent =
            |text| read(fields(&[("what", "report"), ("delivery", "n1"), ("what_happened", text)]), "amal").delivery;
        assert_eq!(sent("gin"), sent("gin"));
        assert_ne!(sent("gin"), sent("rum"));
        assert!(sent("gin").unwrap().key.starts_with("console:amal:n1:"));
    }

    #[test]
    fn a_nonce_that_is_not_ours_is_none() {
        for nonce in ["", "a b", "ü", &"n".repeat(65)] {
            assert_eq!(read(fields(&[("what", "line"), ("delivery", nonce)]), "amal").delivery, None, "{nonce}");
        }
    }

    #[test]
    fn a_price_is_told_its_bounds_in_pounds_and_not_in_pence() {
        let problems = Problems::one("goods.0.unit_value_minor", Fault::OutOfRange { least: 0, most: 100_000_000 });
        let beside = beside_fields(problems, "GBP".parse().unwrap());
        assert_eq!(beside, Problems::one("goods_price", Fault::OutOfRange { least: 0, most: 1_000_000 }));
    }

    #[test]
    fn edited_buttons_are_nothing_we_know() {
        assert_eq!(read(fields(&[("what", "press"), ("press", "v1:explode:x:1")]), "amal").said, Said::Unknown);
        assert_eq!(read(fields(&[("what", "shout")]), "amal").said, Said::Unknown);
    }
}
