//! Everything that is wrong with what a program sent, from its shape to its meaning, told together.

use domain::problems::{Fault, Problem, Problems};

use crate::chat::reply::Reading;
use crate::texts::keys;
use crate::web::problem::FieldProblem;

/// The most problems that are told at once; a body of nonsense is not worth an answer many times its size.
const TOLD_MAX: usize = 100;
/// The most characters of an unknown field's name that are repeated.
const NAME_SHOWN_MAX: usize = 60;

/// What is wrong with a field of a body, a query or a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// There is no such field here.
    Unknown {
        known: String,
    },
    /// Something else where text is wanted.
    NotText,
    NotAList,
    NotAnObject,
    /// The same field in two places.
    GivenTwice,
    /// Not an idempotency key.
    NotAKey {
        most: usize,
    },
    /// Not the `next` of a page.
    NotACursor,
    /// What the domain finds.
    Fault(Fault),
}

impl Wrong {
    /// Every code that a field's problem can have.
    pub const CODES: &'static [&'static str] = &[
        "missing",
        "too-long",
        "too-many",
        "unknown-word",
        "unknown-site",
        "not-a-time",
        "in-the-future",
        "too-early",
        "out-of-range",
        "not-a-currency",
        "unknown-reference",
        "not-a-photo",
        "unknown-field",
        "not-text",
        "not-a-list",
        "not-an-object",
        "given-twice",
        "not-a-key",
        "not-a-cursor",
        Self::ITSELF,
    ];

    /// The code of a merge of an incident into itself.
    pub const ITSELF: &'static str = "itself";

    /// Its short name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown-field",
            Self::NotText => "not-text",
            Self::NotAList => "not-a-list",
            Self::NotAnObject => "not-an-object",
            Self::GivenTwice => "given-twice",
            Self::NotAKey { .. } => "not-a-key",
            Self::NotACursor => "not-a-cursor",
            Self::Fault(fault) => fault.code(),
        }
    }

    fn told(self, field: &str, reading: &Reading<'_>) -> String {
        reading.voice.say(&match self {
            Self::Unknown { known } => keys::problem_unknown_field(known),
            Self::NotText => keys::problem_not_text(),
            Self::NotAList => keys::problem_not_a_list(),
            Self::NotAnObject => keys::problem_not_an_object(),
            Self::GivenTwice => keys::problem_given_twice(),
            Self::NotAKey { most } => keys::problem_not_a_key(most),
            Self::NotACursor => keys::problem_not_a_cursor(),
            Self::Fault(fault) => return reading.fault(&Problem { field: field.to_owned(), fault }),
        })
    }
}

/// What was found, in the order in which it was.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Findings(Vec<(String, Wrong)>);

impl Findings {
    /// Notes what is wrong with a field.
    pub fn add(&mut self, field: impl Into<String>, wrong: Wrong) {
        if self.0.len() < TOLD_MAX {
            self.0.push((field.into(), wrong));
        }
    }

    /// Notes a field that nobody knows here.
    pub fn unknown(&mut self, prefix: &str, name: &str, known: &[&str]) {
        let shown: String = name.chars().take(NAME_SHOWN_MAX).collect();
        self.add(format!("{prefix}{shown}"), Wrong::Unknown { known: known.join(", ") });
    }

    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds what the domain says of the fields that have no problem yet: a field that could not be read is not also
    /// missing.
    pub fn join(&mut self, problems: Problems) {
        for Problem { field, fault } in problems.0 {
            if !self.0.iter().any(|(found, _)| covers(found, &field)) {
                self.add(field, Wrong::Fault(fault));
            }
        }
    }

    /// In words.
    pub fn told(self, reading: &Reading<'_>) -> Vec<FieldProblem> {
        let tell = |(field, wrong): (String, Wrong)| FieldProblem {
            code: wrong.code(),
            detail: wrong.told(&field, reading),
            field,
        };
        self.0.into_iter().map(tell).collect()
    }
}

fn covers(found: &str, field: &str) -> bool {
    field.strip_prefix(found).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_could_not_be_read_is_not_also_missing() {
        let mut findings = Findings::default();
        findings.add("goods.0", Wrong::NotAnObject);
        findings.join(Problems(vec![
            Problem { field: "goods.0.what".to_owned(), fault: Fault::Missing },
            Problem { field: "goods.01.what".to_owned(), fault: Fault::Missing },
        ]));
        assert_eq!(
            findings.0,
            [("goods.0".to_owned(), Wrong::NotAnObject), ("goods.01.what".to_owned(), Wrong::Fault(Fault::Missing))]
        );
    }

    #[test]
    fn a_body_of_nonsense_does_not_make_an_answer_of_megabytes() {
        let mut findings = Findings::default();
        (0..10_000).for_each(|_| findings.unknown("", &"x".repeat(1_000), &["site"]));
        assert_eq!(findings.0.len(), TOLD_MAX);
        assert_eq!(findings.0[0].0.len(), NAME_SHOWN_MAX);
    }
}
