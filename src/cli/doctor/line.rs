//! What the doctor says: lines with a state and an id that stays, for people and as one JSON document.

use std::fmt;

use serde::Serialize;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// Worth knowing; it works.
    Note,
    /// It does not work, or what is kept is not safe.
    Problem,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Problem => "problem",
        }
    }
}

/// One thing that was looked at: one line of what, and where it is not as it should be one of why and one of what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Stays the same in every version, for whoever reads the JSON; several lines can have it.
    pub id: &'static str,
    pub state: State,
    /// Which of several: a scope, a channel, a site.
    pub about: Option<String>,
    pub what: String,
    pub why: Option<String>,
    #[serde(rename = "do")]
    pub to_do: Option<String>,
}

impl Line {
    /// Something is as it should be.
    pub fn ok(id: &'static str, what: impl Into<String>) -> Self {
        Self::of(id, State::Ok, what)
    }

    /// Something is worth knowing.
    pub fn note(id: &'static str, what: impl Into<String>) -> Self {
        Self::of(id, State::Note, what)
    }

    /// Something is wrong.
    pub fn problem(id: &'static str, what: impl Into<String>) -> Self {
        Self::of(id, State::Problem, what)
    }

    fn of(id: &'static str, state: State, what: impl Into<String>) -> Self {
        Self { id, state, about: None, what: what.into(), why: None, to_do: None }
    }

    /// A problem as the other commands tell theirs: lines of what, why and what to do, or `what; what to do` in one.
    pub fn told(id: &'static str, complaint: &str) -> Self {
        let mut lines = complaint.lines();
        let first = lines.next().unwrap_or_default();
        let (mut why, mut to_do) = (None, None);
        for line in lines {
            match line.trim().split_once("  ") {
                Some(("why", text)) => why = Some(text.trim().to_owned()),
                Some(("do", text)) => to_do = Some(text.trim().to_owned()),
                _ => {}
            }
        }
        let (what, hint) = match first.split_once("; ") {
            Some((what, hint)) if to_do.is_none() => (what, Some(hint.to_owned())),
            _ => (first, None),
        };
        Self { why, to_do: to_do.or(hint), ..Self::problem(id, what) }
    }

    /// Which of several it is.
    #[must_use]
    pub fn about(self, which: impl fmt::Display) -> Self {
        Self { about: Some(which.to_string()), ..self }
    }

    /// Why that matters.
    #[must_use]
    pub fn because(self, why: impl Into<String>) -> Self {
        Self { why: Some(why.into()), ..self }
    }

    /// What to do.
    #[must_use]
    pub fn so(self, to_do: impl Into<String>) -> Self {
        Self { to_do: Some(to_do.into()), ..self }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {:<8} {}", self.state.word(), self.what)?;
        for (word, text) in [("why", &self.why), ("do", &self.to_do)] {
            if let Some(text) = text {
                write!(f, "\n           {word:<4} {text}")?;
            }
        }
        Ok(())
    }
}

/// Everything that was looked at.
#[derive(Debug, Serialize)]
pub struct Findings {
    pub version: &'static str,
    pub online: bool,
    pub problems: usize,
    pub notes: usize,
    pub lines: Vec<Line>,
    /// The one next thing to do.
    pub next: String,
}

impl Findings {
    /// What was found, and what to do next: about the first problem, else the first note that asks for something.
    pub fn of(lines: Vec<Line>, online: bool, otherwise: &str) -> Self {
        let count = |state| lines.iter().filter(|line| line.state == state).count();
        let first = |state| lines.iter().filter(|line| line.state == state).find_map(|line| line.to_do.clone());
        let next = first(State::Problem).or_else(|| first(State::Note)).unwrap_or_else(|| otherwise.to_owned());
        let (problems, notes) = (count(State::Problem), count(State::Note));
        Self { version: env!("CARGO_PKG_VERSION"), online, problems, notes, lines, next }
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        writeln!(f, "{} problem(s), {} note(s)", self.problems, self.notes)?;
        write!(f, "  next     {}", self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_commands_complain_of_becomes_a_line() {
        let three = Line::told("keys.fit", "sealed with another key\n  why  nothing could be read\n  do   put it back");
        assert_eq!(
            three,
            Line::problem("keys.fit", "sealed with another key").because("nothing could be read").so("put it back")
        );
        assert_eq!(
            three.to_string(),
            "  problem  sealed with another key\n           why  nothing could be read\n           do   put it back"
        );
        let one = Line::told("settings.environment", "A is no address; write it like B; or C");
        assert_eq!(one, Line::problem("settings.environment", "A is no address").so("write it like B; or C"));
    }

    #[test]
    fn the_next_thing_to_do_is_about_the_first_problem() {
        let (ok, note) = (Line::ok("a", "fine").so("nothing"), Line::note("b", "odd").so("look"));
        let problem = Line::problem("c", "broken").so("mend");
        let next = |lines: &[Line]| Findings::of(lines.to_vec(), false, "serve").next;
        assert_eq!(next(&[ok.clone(), note.clone(), problem]), "mend");
        assert_eq!(next(&[ok.clone(), Line::note("b", "odd"), note]), "look");
        assert_eq!(next(&[ok]), "serve");
    }
}
