//! The timeline in words: one line per step, for a reader.

use domain::audit::By;
use domain::audit::told::Told;
use domain::clock::Moment;
use domain::policy::Sight;

use super::voice::Voice;
use crate::store::sealing::TimelineLine;
use crate::texts::keys;

/// A line as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub when: String,
    pub what: String,
    pub text: Option<String>,
}

/// The lines this reader may see, with what is told of them to somebody with this sight.
pub fn draw(lines: &[TimelineLine], sight: Sight, voice: &Voice<'_>, now: Moment) -> Vec<Line> {
    lines.iter().filter_map(|line| line.word.told(sight).map(|told| draw_line(line, told, voice, now))).collect()
}

fn draw_line(line: &TimelineLine, told: Told, voice: &Voice<'_>, now: Moment) -> Line {
    let who = match &line.by {
        By::Reporter { .. } => voice.say(&keys::by_reporter()),
        By::System => voice.say(&keys::by_system()),
        By::Member { name, .. } if told.names => name.clone(),
        By::Member { .. } => voice.word("role", "reviewer"),
    };
    let mut what = voice.say(&keys::step_by(who, voice.word("step", line.word.as_str())));
    let details = if told.details { details(line, voice) } else { Vec::new() };
    for part in details {
        what.push_str(" · ");
        what.push_str(&part);
    }
    what.push_str(" · ");
    what.push_str(&voice.word("platform", line.platform.as_str()));
    let text = line.text.clone().filter(|_| told.text);
    Line { when: voice.when(line.at, now), what, text }
}

fn details(line: &TimelineLine, voice: &Voice<'_>) -> Vec<String> {
    let detail = |name: &str| line.detail.get(name).map(String::as_str);
    let mut parts = Vec::new();
    if let (Some(from), Some(to)) = (detail("from"), detail("to")) {
        parts.push(voice.say(&keys::step_from_to(voice.word("category", from), voice.word("category", to))));
    }
    if let Some(facts) = detail("facts") {
        let names: Vec<String> = facts.split(',').map(|fact| voice.word("field", fact)).collect();
        parts.push(names.join(", "));
    }
    if detail("review") == Some("none") {
        parts.push(voice.say(&keys::photo_nothing_shown()));
    }
    if let Some(why) = detail("why") {
        parts.push(voice.word("not_taken", why));
    }
    if let Some(reason) = detail("reason") {
        parts.push(voice.word("reason", reason));
    }
    if let Some(day) = detail("goes") {
        parts.push(day.to_owned());
    }
    if let Some(state) = detail("state") {
        parts.push(voice.word("state", state));
    }
    if let Some(outcome) = detail("outcome") {
        parts.push(voice.word("outcome", outcome));
    }
    if let (Some(Ok(minor)), Some(Ok(currency))) =
        (detail("loss_minor").map(str::parse), detail("currency").map(str::parse))
    {
        parts.push(voice.money(minor, currency));
    }
    if let Some(minutes) = detail("late_minutes").and_then(|minutes| minutes.parse::<i64>().ok()) {
        parts.push(voice.say(&keys::step_late(minutes)));
    }
    parts
}
