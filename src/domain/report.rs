//! What a person sent, and the report it becomes, with every problem told at once.

use serde::{Deserialize, Serialize};

use crate::actor::Account;
use crate::clock::Moment;
use crate::facts::{Facts, FactsDraft};
use crate::incident::Person;
use crate::place::SiteId;
use crate::problems::{Fault, Problems};
use crate::text::{ONE_LINE_MAX, clean};
use crate::words::{Category, NotTaken, Platform};

/// The most photos that are kept with one report: what Slack's and Discord's forms take. A report with more of them is kept,
/// and what is more is told.
pub const PHOTOS_MAX: usize = 10;

/// A photo that somebody sent in a chat, as the chat refers to it; the bytes are fetched from there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    pub platform: Platform,
    /// The chat's own id of it.
    pub id: String,
    /// The media type as the chat says it: not to be believed.
    pub media: Option<String>,
    /// The size as the chat says it, in bytes.
    pub bytes: Option<u64>,
    /// Where it lies for a while, where the chat tells that only once; nothing any more when it was had.
    #[serde(default)]
    pub link: Option<String>,
    /// When it was taken in with its report or afterwards.
    #[serde(default)]
    pub since: Option<Moment>,
    #[serde(default)]
    pub became: Became,
    /// Who sent it, if that was somebody else than the reporter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Person>,
    /// Where that somebody is told if it cannot be had; nothing any more when it was had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tells: Option<Address>,
}

/// Where somebody is told something, and in which language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub account: Account,
    pub locale: String,
}

/// What became of a photo that was sent in a chat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// Its bytes are still at the chat.
    #[default]
    OnItsWay,
    /// It is evidence.
    Kept,
    /// It never will be.
    NotTaken(NotTaken),
}

impl Attached {
    /// A photo that was sent just now.
    pub fn sent(platform: Platform, id: String, media: Option<String>, bytes: Option<u64>) -> Self {
        Self { platform, id, media, bytes, link: None, since: None, became: Became::OnItsWay, by: None, tells: None }
    }

    /// Whether it is the one that this chat calls so.
    pub fn is(&self, platform: Platform, id: &str) -> bool {
        self.platform == platform && self.id == id
    }

    /// Whether its bytes are still at the chat.
    pub fn is_on_its_way(&self) -> bool {
        self.became == Became::OnItsWay
    }
}

/// A report as it was written: by a form, one line of a command, or a program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// A site's id; may be absent where the shop has one site or the channel says it.
    pub site: Option<String>,
    /// A category; `potential_theft` if absent.
    pub category: Option<String>,
    /// Everything else.
    pub facts: FactsDraft,
    /// Photos that came with it.
    pub photos: Vec<Attached>,
    /// Whether it is kept without a site that only its sender can say, and they are asked for it afterwards.
    pub site_can_wait: bool,
}

/// A report that can be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// [`SiteId::unknown`] if nobody has said it.
    pub site: SiteId,
    /// The sites that it can have been at, if nobody has said which.
    pub among: Vec<SiteId>,
    pub category: Category,
    pub facts: Facts,
    pub photos: Vec<Attached>,
}

/// What was typed after `/report`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Nothing: show the form.
    Form,
    /// `help`.
    Help,
    /// One line that is a report.
    Line(Category, String),
}

impl Command {
    /// Reads the text after `/report`. `now …` and `info …` choose the category in any case; everything else is
    /// the report itself, so that nobody in a hurry is refused for a wrong word.
    pub fn parse(text: &str) -> Self {
        let text = clean(text);
        let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((&text, ""));
        match (first.to_lowercase().as_str(), rest.trim()) {
            ("", _) => Self::Form,
            ("help" | "?", "") => Self::Help,
            ("now", rest) => Self::Line(Category::InProgress, rest.to_owned()),
            ("info", rest) if !rest.is_empty() => Self::Line(Category::Info, rest.to_owned()),
            _ => Self::Line(Category::PotentialTheft, text.clone()),
        }
    }
}

impl Draft {
    /// A report of one line.
    pub fn line(category: Category, line: &str, site: Option<String>) -> Result<Self, Problems> {
        let got = line.chars().count();
        if got > ONE_LINE_MAX {
            return Err(Problems::one("what_happened", Fault::TooLong { most: ONE_LINE_MAX, got }));
        }
        let what_happened = (!line.is_empty()).then(|| line.to_owned());
        Ok(Self {
            site,
            category: Some(category.to_string()),
            facts: FactsDraft { what_happened, ..FactsDraft::default() },
            photos: Vec::new(),
            site_can_wait: false,
        })
    }

    /// The report, or every problem. `sites` are those the sender may report for; one alone is the default.
    pub fn parse(&self, sites: &[SiteId], now: Moment) -> Result<Report, Problems> {
        let mut problems = Problems::default();
        let site = problems.keep("site", self.site(sites));
        let category = match self.category.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            None => Some(Category::PotentialTheft),
            Some(text) => {
                let word = text.parse().map_err(|_why| Fault::UnknownWord { allowed: Category::WORDS });
                problems.keep("category", word)
            }
        };
        let patch = self.facts.parse(now, &mut problems);
        // A site is enough to send. Text that was given but that nobody can read is not taken for silence.
        if self.facts.what_happened.is_some()
            && patch.what_happened.is_none()
            && problems.of("what_happened").next().is_none()
        {
            problems.add("what_happened", Fault::Missing);
        }
        match (site, category) {
            (Some(site), Some(category)) if problems.0.is_empty() => {
                let among = if site.is_unknown() { sites.to_vec() } else { Vec::new() };
                Ok(Report { site, among, category, facts: Facts::at(now).with(&patch), photos: self.photos.clone() })
            }
            _ => Err(problems),
        }
    }

    fn site(&self, sites: &[SiteId]) -> Result<SiteId, Fault> {
        match self.site.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => sites.iter().find(|site| site.as_str() == text).cloned().ok_or(Fault::UnknownSite),
            None => match sites {
                [only] => Ok(only.clone()),
                [_, _, ..] if self.site_can_wait => Ok(SiteId::unknown()),
                _ => Err(Fault::Missing),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sites() -> Vec<SiteId> {
        ["kings-cross"].iter().filter_map(|id| id.parse().ok()).collect()
    }

    #[test]
    fn commands_are_read_as_people_in_a_hurry_type_them() {
        assert_eq!(Command::parse("  "), Command::Form);
        assert_eq!(Command::parse("HELP"), Command::Help);
        assert_eq!(Command::parse("help him"), Command::Line(Category::PotentialTheft, "help him".into()));
        assert_eq!(Command::parse("NOW knife"), Command::Line(Category::InProgress, "knife".into()));
        assert_eq!(Command::parse("now"), Command::Line(Category::InProgress, String::new()));
        assert_eq!(Command::parse("info"), Command::Line(Category::PotentialTheft, "info".into()));
        assert_eq!(Command::parse("nowhere to run"), Command::Line(Category::PotentialTheft, "nowhere to run".into()));
    }

    #[test]
    fn the_only_site_need_not_be_named() {
        let draft = Draft::line(Category::Info, "wet floor", None);
        let report = draft.and_then(|draft| draft.parse(&sites(), Moment::default()));
        assert!(report.is_ok_and(|report| report.site.as_str() == "kings-cross"));
    }

    #[test]
    fn a_site_is_enough_but_unreadable_text_is_not_silence() {
        assert!(Draft::default().parse(&sites(), Moment::default()).is_ok());
        let facts = FactsDraft { what_happened: Some(" \u{200B}\0".into()), ..FactsDraft::default() };
        let unreadable = Draft { facts, ..Draft::default() };
        assert_eq!(unreadable.parse(&sites(), Moment::default()), Err(Problems::one("what_happened", Fault::Missing)));
    }

    #[test]
    fn site_category_and_text_are_told_together() {
        let draft = Draft {
            site: Some("atlantis".into()),
            category: Some("urgent".into()),
            facts: FactsDraft { what_happened: Some("x".repeat(4_001)), ..FactsDraft::default() },
            ..Draft::default()
        };
        let problems = draft.parse(&sites(), Moment::default()).err().unwrap_or_default();
        let fields: Vec<&str> = problems.0.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["site", "category", "what_happened"]);
    }

    proptest! {
        #[test]
        fn no_line_is_lost_or_makes_parsing_fail(text in any::<String>()) {
            if let Command::Line(category, line) = Command::parse(&text)
                && let Ok(draft) = Draft::line(category, &line, None)
                && let Ok(report) = draft.parse(&sites(), Moment::default())
                && let Some(kept) = report.facts.what_happened {
                prop_assert_eq!(kept, line);
            }
        }
    }
}
