//! What upset people wrote, with what a careful reviewer does about it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::cli::Complaint;

/// The reports, one a line; see `tests/data/README.md`.
const REPORTS: &str = include_str!("../../../tests/data/reports.jsonl");

/// A report and what is expected to happen to it.
#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    pub n: u32,
    pub lang: String,
    /// `console` or `api`.
    pub door: String,
    /// What was typed after `/report`.
    pub command: Option<String>,
    /// What a program sent.
    pub body: Option<Value>,
    pub expect: Expected,
}

/// What a careful reviewer expects.
#[derive(Debug, Clone, Deserialize)]
pub struct Expected {
    pub accepted: bool,
    #[serde(default)]
    pub category: String,
    #[serde(default)]
    pub refused_field: String,
    /// Nothing was typed that anybody could read: the form opens.
    #[serde(default)]
    pub opens_form: bool,
    #[serde(default)]
    pub review: Vec<Step>,
    #[serde(default)]
    pub ends: String,
}

/// A step of the review, with what it takes.
#[derive(Debug, Clone, Deserialize)]
pub struct Step {
    #[serde(rename = "do")]
    pub verb: String,
    #[serde(flatten)]
    pub with: BTreeMap<String, Value>,
}

impl Step {
    /// Whether it is the reporter's own.
    pub fn is_reporters(&self) -> bool {
        matches!(self.verb.as_str(), "answer" | "withdraw")
    }

    /// A text that it takes.
    pub fn text(&self, name: &str) -> &str {
        self.with.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Every line.
pub fn read() -> Result<Vec<Line>, Complaint> {
    let lines = REPORTS.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| serde_json::from_str(line).map_err(|why| format!("reports.jsonl: {why}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_at_least_eighty_reports_in_five_languages_through_both_doors() {
        let lines = read().unwrap();
        assert!(lines.len() >= 80);
        let languages: std::collections::BTreeSet<&str> = lines.iter().map(|line| line.lang.as_str()).collect();
        assert_eq!(languages.len(), 5);
        assert!(lines.iter().any(|line| line.door == "api") && lines.iter().any(|line| line.door == "console"));
    }
}
