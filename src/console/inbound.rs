//! HTML form fields become what a person did.

use std::collections::BTreeMap;

use crate::chat::inbound::Answers;
use crate::chat::press::{Press, UnknownPress};
use crate::keys::fingerprint;
use crate::store::Delivery;

/// The command that the composer knows.
pub const COMMAND: &str = "/report";
/// The longest nonce that a form of ours carries.
const NONCE_MAX: usize = 64;
/// How many hexadecimal digits of the content's hash are part of a delivery's key.
const CONTENT_LEN: usize = 16;

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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn edited_buttons_are_nothing_we_know() {
        assert_eq!(read(fields(&[("what", "press"), ("press", "v1:explode:x:1")]), "amal").said, Said::Unknown);
        assert_eq!(read(fields(&[("what", "shout")]), "amal").said, Said::Unknown);
    }
}
