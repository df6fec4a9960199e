//! A line of the composer.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use domain::problems::{Fault, Problems};
use domain::report::Command;
use domain::text::ONE_LINE_MAX;

use super::{Answer, Asked, lines, plain, told};
use crate::app::App;
use crate::chat::inbound::{Answers, Inbound, Origin, What};
use crate::chat::reply::Tone;
use crate::console::inbound;
use crate::failure::{Failure, Refusal};
use crate::operations::Outcome;
use crate::store::Delivery;
use crate::texts::keys;

/// A line of the composer: the command, or two lines about it.
pub(super) async fn said(app: &App, origin: &Origin, line: &str, delivery: Option<Delivery>) -> Answer {
    let Some(rest) = inbound::command(line) else { return unknown_line(app, origin, line) };
    let what = What::Command(rest.to_owned());
    let (_, result) = app.receive(Inbound { what, origin: origin.clone(), delivery }).await;
    of_line(app, origin, (line, rest), result)
}

/// What came of a line, and of what stands in it after the command; what was typed is never lost.
pub(super) fn of_line(
    app: &App,
    origin: &Origin,
    (line, rest): (&str, &str),
    result: Result<Outcome, Failure>,
) -> Answer {
    match result {
        Err(Failure::Refused(Refusal::Problems(problems))) => line_again(app, origin, rest, problems),
        Ok(Outcome::ReportForm) => told(app, origin, |reading| {
            let form = reading.report_form();
            Answer::asking(StatusCode::OK, Asked { form, typed: None, lead: Vec::new(), problems: Vec::new() })
        }),
        // What was not saved stays where it was typed.
        Err(Failure::Unavailable(_)) => Answer { line: Some(line.to_owned()), ..plain(app, origin, &result) },
        result => plain(app, origin, &result),
    }
}

/// Not the command: say so, and put it in front of what was written, so that one more press sends it.
fn unknown_line(app: &App, origin: &Origin, line: &str) -> Answer {
    told(app, origin, |reading| {
        let text: String = line.trim().chars().take(ONE_LINE_MAX).collect();
        if text.is_empty() {
            return Answer::saying(StatusCode::OK, lines(Tone::Done, reading.help()));
        }
        let first = reading.voice.say(&keys::unknown_first(text.as_str()));
        let both = std::iter::once(first).chain(reading.help().into_iter().take(1)).collect();
        let again = format!("{} {}", inbound::COMMAND, line.trim());
        Answer { line: Some(again), ..Answer::saying(StatusCode::OK, lines(Tone::Refused, both)) }
    })
}

/// A line that cannot be kept as it is becomes the form with the same words in it.
fn line_again(app: &App, origin: &Origin, rest: &str, problems: Problems) -> Answer {
    told(app, origin, |reading| {
        let too_long = problems.0.iter().any(|problem| matches!(problem.fault, Fault::TooLong { .. }));
        let (category, text) = match Command::parse(rest) {
            Command::Line(category, text) => (Some(category), text),
            Command::Form | Command::Help => (None, rest.to_owned()),
        };
        let mut typed = Answers(BTreeMap::from([("what_happened".to_owned(), vec![text])]));
        if let Some(category) = category {
            typed.0.insert("category".to_owned(), vec![category.to_string()]);
        }
        let mut asked =
            Asked { form: reading.report_form(), typed: Some(typed), lead: Vec::new(), problems: Vec::new() };
        if too_long {
            // The form takes more than a line does: there is nothing to correct yet.
            asked.lead.push(reading.voice.say(&keys::web_long_line(ONE_LINE_MAX)));
        } else {
            asked.refuse(reading, problems);
        }
        Answer::asking(StatusCode::UNPROCESSABLE_ENTITY, asked)
    })
}
