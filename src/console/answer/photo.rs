//! What becomes of what somebody does with a photo.

use axum::http::StatusCode;
use domain::id::Reference;
use domain::incident::Incident;

use super::{Answer, lines, plain, told};
use crate::app::App;
use crate::chat::inbound::Origin;
use crate::chat::reply::Tone;
use crate::chats::copies;
use crate::failure::{Failure, Refusal};
use crate::operations::photo::Added;
use crate::texts::keys;

/// A photo was added, which may look like one of other incidents; or it was not.
pub fn photo_added(app: &App, origin: &Origin, added: Result<Added, Failure>, alike: &[Reference]) -> Answer {
    match added {
        Ok(added) => told(app, origin, |reading| {
            let about = &added.photo.about;
            let who = if about.is_sealed_only() { keys::photos_sealed_only(1) } else { keys::photo_readers() };
            let said = [keys::photo_stored(about.sha256.as_str()), who];
            let said = said.iter().map(|line| reading.voice.say(line)).chain(copies::alike(alike, reading.voice));
            Answer::saying(StatusCode::OK, lines(Tone::Receipt, said.collect()))
        }),
        Err(failure) => photo_refused(app, origin, failure),
    }
}

/// Somebody confirmed what is covered, or could not.
pub fn mask_confirmed(app: &App, origin: &Origin, confirmed: Result<Incident, Failure>) -> Answer {
    match confirmed {
        Ok(_) => told(app, origin, |reading| {
            let said = vec![reading.voice.say(&keys::photo_confirmed())];
            Answer::saying(StatusCode::OK, lines(Tone::Done, said))
        }),
        Err(failure) => photo_refused(app, origin, failure),
    }
}

/// Somebody said anew what is covered, or could not.
pub fn mask_changed(app: &App, origin: &Origin, changed: Result<Incident, Failure>) -> Answer {
    match changed {
        Ok(_) => told(app, origin, |reading| {
            let said = vec![reading.voice.say(&keys::boxes_saved())];
            Answer::saying(StatusCode::OK, lines(Tone::Done, said))
        }),
        Err(failure) => photo_refused(app, origin, failure),
    }
}

/// Something was not done with a photo; there is no form that could say so beside its field.
pub fn photo_refused(app: &App, origin: &Origin, failure: Failure) -> Answer {
    let faults = match &failure {
        Failure::Refused(Refusal::Problems(problems)) => problems.0.clone(),
        Failure::Refused(_) | Failure::Conflict | Failure::Unavailable(_) | Failure::Broken(_) => Vec::new(),
    };
    if matches!(failure, Failure::Conflict) {
        return told(app, origin, |reading| {
            let said = vec![reading.voice.say(&keys::photo_overtaken())];
            Answer::saying(StatusCode::CONFLICT, lines(Tone::Refused, said))
        });
    }
    if faults.is_empty() {
        return plain(app, origin, &Err(failure));
    }
    told(app, origin, |reading| {
        let said = faults.iter().map(|fault| reading.fault(fault)).collect();
        Answer::saying(StatusCode::UNPROCESSABLE_ENTITY, lines(Tone::Refused, said))
    })
}
