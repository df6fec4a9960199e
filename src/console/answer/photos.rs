//! What becomes of several photos at once: of a report that came with them, which is made first, or of an incident's page.
//! What is wrong with a photo is said beside what is kept.

use axum::http::StatusCode;
use domain::facts::FactsDraft;
use domain::id::Reference;
use domain::incident::Incident;
use domain::photo::Photo;
use domain::problems::Problems;
use domain::report::{Command, Draft};

use super::{Answer, line, lines, of_form, plain, told};
use crate::app::App;
use crate::chat::inbound::{Inbound, Origin, What};
use crate::chat::reply::{Reading, Tone};
use crate::chats::copies;
use crate::console::inbound::{self, Said, Sent};
use crate::failure::{Failure, Refusal};
use crate::operations::Outcome;
use crate::operations::photo::Added;
use crate::texts::keys;

/// The photos of a form, as they were taken in.
#[derive(Debug, Default)]
pub struct Photos {
    pub kept: Vec<Photo>,
    /// Which were not, counted from one, and why.
    pub not_kept: Vec<(usize, NotKept)>,
}

impl FromIterator<Result<Added, Failure>> for Photos {
    fn from_iter<I: IntoIterator<Item = Result<Added, Failure>>>(taken: I) -> Self {
        let mut photos = Self::default();
        for (number, added) in (1..).zip(taken) {
            match added {
                Ok(added) => photos.kept.push(added.photo),
                Err(failure) => photos.refuse(number, failure),
            }
        }
        photos
    }
}

impl Photos {
    /// Why one was not kept is told; where that is our fault, it is said to us as well.
    pub fn refuse(&mut self, number: usize, failure: Failure) {
        if let Failure::Broken(why) = &failure {
            tracing::error!(target: "shopwatch::console", error = %why, "a photo could not be kept, which was told");
        }
        self.not_kept.push((number, failure.into()));
    }
}

/// Why a photo was not kept.
#[derive(Debug)]
pub enum NotKept {
    /// Something is wrong with it.
    Unfit(Problems),
    /// Nothing is, and it can be sent again.
    NotNow,
}

impl From<Failure> for NotKept {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(Refusal::Problems(problems)) => Self::Unfit(problems),
            Failure::Refused(_) | Failure::Conflict | Failure::Unavailable(_) | Failure::Broken(_) => Self::NotNow,
        }
    }
}

/// A report that photos came with, before they are looked at.
#[derive(Debug)]
pub struct Opening {
    pub sent: Sent,
    /// Whether nothing was written: then a photo that can be kept is what makes it a report.
    pub wordless: bool,
}

impl Opening {
    /// What was written in a form. In the composer everything is words of the report, as it is beside a photo in every
    /// chat; the command only chooses the category.
    pub fn of(sent: Sent) -> Self {
        let wordless = match &sent.said {
            Said::Line(line) => matches!(Command::parse(after_command(line)), Command::Form),
            Said::Report(_) | Said::Press { .. } | Said::Submit { .. } | Said::Unknown => false,
        };
        Self { sent, wordless }
    }
}

fn after_command(line: &str) -> &str {
    inbound::command(line).unwrap_or(line)
}

/// What was written beside photos: which site it is of is asked afterwards, where nobody knows it.
fn dropped(text: &str) -> Draft {
    let (category, words) = match Command::parse(text) {
        Command::Form => (None, String::new()),
        Command::Help => (None, text.trim().to_owned()),
        Command::Line(category, words) => (Some(category), words),
    };
    let facts = FactsDraft { what_happened: Some(words).filter(|words| !words.is_empty()), ..FactsDraft::default() };
    Draft { category: category.map(|category| category.to_string()), facts, ..Draft::default() }
}

/// Makes the report; or says why there is none, with what was typed.
pub async fn open(app: &App, origin: &Origin, opening: Opening) -> Result<(Incident, bool), Answer> {
    let Sent { said, delivery } = opening.sent;
    let what = match &said {
        Said::Line(line) => What::Dropped(dropped(after_command(line))),
        Said::Report(answers) => What::Filled(answers.clone(), Vec::new()),
        Said::Press { .. } | Said::Submit { .. } | Said::Unknown => {
            return Err(plain(app, origin, &Err(Failure::Refused(Refusal::UnknownPress))));
        }
    };
    let result = app.receive(Inbound { what, origin: origin.clone(), delivery }).await.1;
    if let Ok(Outcome::Reported { incident, seen }) = result {
        // Only as it was read from the store does it have the key that its photos are sealed with.
        let stored = app.desk.store.incident(incident.id).await.ok().flatten();
        return Ok((stored.unwrap_or(incident), seen));
    }
    Err(match said {
        Said::Line(line) => line::of_line(app, origin, (&line, after_command(&line)), result),
        Said::Report(answers) => of_form(app, origin, answers, result),
        Said::Press { .. } | Said::Submit { .. } | Said::Unknown => plain(app, origin, &result),
    })
}

/// The receipt of a report with its photos.
pub fn made(
    app: &App,
    origin: &Origin,
    (incident, seen): (Incident, bool),
    photos: &Photos,
    alike: &[Reference],
) -> Answer {
    told(app, origin, |reading| {
        let mut reply = reading.reply(&Ok(Outcome::Reported { incident, seen }));
        reply.lines.extend(kept(reading, &photos.kept));
        reply.lines.extend(copies::alike(alike, reading.voice));
        Answer { beside: not_kept(reading, &photos.not_kept), ..Answer::saying(StatusCode::OK, reply) }
    })
}

/// What became of the photos that were added on an incident's page.
pub fn photos_added(app: &App, origin: &Origin, photos: &Photos, alike: &[Reference]) -> Answer {
    if photos.kept.is_empty() {
        return none_kept(app, origin, photos);
    }
    told(app, origin, |reading| {
        let said = kept(reading, &photos.kept).into_iter().chain(copies::alike(alike, reading.voice));
        let beside = not_kept(reading, &photos.not_kept);
        Answer { beside, ..Answer::saying(StatusCode::OK, lines(Tone::Receipt, said.collect())) }
    })
}

/// No photo can be kept, and there are no words beside them.
pub fn none_kept(app: &App, origin: &Origin, photos: &Photos) -> Answer {
    told(app, origin, |reading| {
        let said = lines(Tone::Refused, not_kept(reading, &photos.not_kept));
        Answer::saying(StatusCode::UNPROCESSABLE_ENTITY, said)
    })
}

fn kept(reading: &Reading<'_>, photos: &[Photo]) -> Vec<String> {
    let stored = match photos {
        [] => return Vec::new(),
        [photo] => keys::photo_stored(photo.about.sha256.as_str()),
        photos => keys::photos_stored(photos.len()),
    };
    let sealed = photos.iter().filter(|photo| photo.about.is_sealed_only()).count();
    let looked_at = (sealed < photos.len()).then(keys::photo_readers);
    let sealed = (sealed > 0).then(|| keys::photos_sealed_only(sealed));
    [Some(stored), looked_at, sealed].into_iter().flatten().map(|line| reading.voice.say(&line)).collect()
}

fn not_kept(reading: &Reading<'_>, photos: &[(usize, NotKept)]) -> Vec<String> {
    let why = |why: &NotKept| match why {
        NotKept::Unfit(problems) => {
            problems.0.iter().map(|problem| reading.fault(problem)).collect::<Vec<_>>().join(" ")
        }
        NotKept::NotNow => reading.voice.say(&keys::photo_not_now()),
    };
    photos.iter().map(|(number, not)| reading.voice.say(&keys::photo_refused(*number, why(not)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beside_a_photo_everything_is_words_and_the_command_alone_chooses_the_category() {
        let of = |line| {
            let draft = dropped(after_command(line));
            (draft.category.unwrap_or_default(), draft.facts.what_happened.unwrap_or_default())
        };
        assert_eq!(of("/report two people"), ("potential_theft".to_owned(), "two people".to_owned()));
        assert_eq!(of("/report info wet floor"), ("info".to_owned(), "wet floor".to_owned()));
        assert_eq!(of("/report now"), ("in_progress".to_owned(), String::new()));
        assert_eq!(of("two people"), ("potential_theft".to_owned(), "two people".to_owned()));
        assert_eq!(of("/report help"), (String::new(), "help".to_owned()));
        assert_eq!(of("/report "), (String::new(), String::new()));
    }
}
