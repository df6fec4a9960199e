//! What is wrong with something a person sent: every problem at once, each beside its field.

/// One thing wrong with one field; becomes words in `locales/*/problems.ftl`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field, as the API names it: `what_happened`, `goods.0.quantity`.
    pub field: String,
    /// What is wrong.
    pub fault: Fault,
}

/// What can be wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nothing was given, or nothing that can be read.
    Missing,
    /// More characters than are kept.
    TooLong { most: usize, got: usize },
    /// More entries than are kept.
    TooMany { most: usize, got: usize },
    /// A word that is not in the list.
    UnknownWord { allowed: &'static [&'static str] },
    /// No such site, or not one this person reports for.
    UnknownSite,
    /// Not a time such as `2026-11-22T14:05:00Z`.
    NotATime,
    /// Later than now.
    InTheFuture,
    /// Before the year 2000.
    TooEarly,
    /// Not a whole number in this range.
    OutOfRange { least: i64, most: i64 },
    /// Not a three-letter ISO 4217 code.
    NotACurrency,
    /// A reference that does not exist or that this person may not see.
    UnknownReference,
    /// A file that is not taken as a photo; `why` is one of the words that say so.
    NotAPhoto { why: &'static str },
}

impl Fault {
    /// The fault's short name, in problem documents and locale keys.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLong { .. } => "too-long",
            Self::TooMany { .. } => "too-many",
            Self::UnknownWord { .. } => "unknown-word",
            Self::UnknownSite => "unknown-site",
            Self::NotATime => "not-a-time",
            Self::InTheFuture => "in-the-future",
            Self::TooEarly => "too-early",
            Self::OutOfRange { .. } => "out-of-range",
            Self::NotACurrency => "not-a-currency",
            Self::UnknownReference => "unknown-reference",
            Self::NotAPhoto { .. } => "not-a-photo",
        }
    }
}

/// All problems of one submission; never empty when it is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Notes a problem.
    pub fn add(&mut self, field: impl Into<String>, fault: Fault) {
        self.0.push(Problem { field: field.into(), fault });
    }

    /// Takes the value, or notes the fault and goes on.
    pub fn keep<T>(&mut self, field: &str, result: Result<T, Fault>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(fault) => {
                self.add(field, fault);
                None
            }
        }
    }

    /// One problem alone.
    pub fn one(field: &str, fault: Fault) -> Self {
        Self(vec![Problem { field: field.to_owned(), fault }])
    }

    /// The problem of a field, if it has one.
    pub fn of<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a Problem> {
        self.0.iter().filter(move |problem| problem.field == field)
    }
}
