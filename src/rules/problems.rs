//! What is wrong with `shop.toml`: every problem, each with its line, its key and what to write instead.

use std::collections::BTreeSet;
use std::fmt;

/// The most characters of the file that a message repeats.
const QUOTED_MAX: usize = 40;
/// The most syntax errors that are told; what comes after the first few mostly follows from them.
const SYNTAX_PROBLEMS_MAX: usize = 5;
/// How the TOML reader calls a key that is written twice.
const DUPLICATE: &str = "duplicate key";

/// One thing wrong with the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleProblem {
    /// The line it stands on, from 1; for something missing, the head of the table it is missing from.
    pub line: usize,
    /// The path to the key, `site[0].channels.triage`; empty when the file cannot be read as TOML there.
    pub key: String,
    /// One English sentence: what is wrong and what to write.
    pub message: String,
}

impl fmt::Display for RuleProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// Everything wrong with the file, in the order of its lines; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleProblems(Vec<RuleProblem>);

impl RuleProblems {
    /// The problems, in the order of their lines.
    pub fn all(&self) -> &[RuleProblem] {
        &self.0
    }
}

impl fmt::Display for RuleProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for RuleProblems {}

/// The proof that a problem was noted; only [`Notes`] makes one, so nothing is left out without a reason given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noted(());

/// The problems found so far in a text.
pub(super) struct Notes<'t> {
    text: &'t str,
    problems: Vec<RuleProblem>,
}

impl<'t> Notes<'t> {
    /// No problems yet with this text.
    pub(super) fn on(text: &'t str) -> Self {
        Self { text, problems: Vec::new() }
    }

    /// Notes a problem at a byte of the text.
    pub(super) fn add(&mut self, at: usize, key: impl Into<String>, message: impl Into<String>) -> Noted {
        self.problems.push(RuleProblem { line: self.line(at), key: key.into(), message: message.into() });
        Noted(())
    }

    /// The line, from 1, on which a byte of the text stands; its end belongs to the last line.
    pub(super) fn line(&self, at: usize) -> usize {
        let breaks = self.text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        (breaks + 1).min(self.text.lines().count().max(1))
    }

    /// Notes what kept the text from being read as TOML.
    ///
    /// A key written twice is noted, but the rest of the file can still be told what is wrong with it.
    pub(super) fn syntax(&mut self, errors: &[toml::de::Error]) -> Result<(), Noted> {
        let at = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
        let (twice, mut broken): (Vec<_>, Vec<_>) = errors.iter().partition(|error| error.message() == DUPLICATE);
        for error in twice {
            let key = error.span().and_then(|span| self.text.get(span)).unwrap_or_default();
            let key = named(key);
            self.add(at(error), key, "This is written twice; keep one of them.");
        }
        broken.sort_by_key(|error| at(error));
        let mut told = BTreeSet::new();
        let mut outcome = Ok(());
        for error in broken {
            if told.len() < SYNTAX_PROBLEMS_MAX && told.insert(self.line(at(error))) {
                let reason = error.message().replace('\n', " ");
                let message = format!("The text cannot be read as TOML from here on ({reason}); correct this line.");
                outcome = Err(self.add(at(error), "", message));
            }
        }
        outcome
    }

    /// What was read, if nothing at all is wrong.
    pub(super) fn close<T>(mut self, read: Result<T, Noted>) -> Result<T, RuleProblems> {
        self.problems.sort_by_key(|problem| problem.line);
        match read {
            Ok(value) if self.problems.is_empty() => Ok(value),
            Ok(_) | Err(Noted(())) => Err(RuleProblems(self.problems)),
        }
    }
}

/// What the file says, in quotes, shortened and with nothing in it that a terminal would obey.
pub(super) fn quoted(text: &str) -> String {
    format!("{:?}", shortened(text))
}

/// A key as it stands in a path: bare where TOML would let it stand bare.
pub(super) fn named(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !key.is_empty() && key.chars().all(bare) { shortened(key) } else { quoted(key) }
}

fn shortened(text: &str) -> String {
    let mut chars = text.chars();
    let mut short: String = chars.by_ref().take(QUOTED_MAX).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}
