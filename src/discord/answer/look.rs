//! Photos for one person's eyes: Discord waits for three seconds, so the answer is promised first and given when the review
//! copies are read and the looks at them on record.

use domain::actor::Actor;
use domain::id::IncidentId;
use hyper::body::Bytes;
use serenity::http::Route;
use serenity::model::id::ApplicationId;

use super::super::Discord;
use super::super::api::Trouble;
use super::super::inbound::Arrived;
use super::super::parts::{ATTACHMENTS_MAX, FILE_MAX, FILES_MAX, File};
use super::super::people::Met;
use super::super::render;
use super::{After, Answered, Handler};
use crate::app::App;
use crate::chat::voice::Voice;
use crate::evidence::header::Media;
use crate::failure::Failure;
use crate::operations::look::{self, Looked, Room, Shown};
use crate::texts::keys;

/// What fits into one answer.
const ROOM: Room = Room { each: FILE_MAX, all: FILES_MAX };
const _: () = assert!(domain::report::PHOTOS_MAX <= ATTACHMENTS_MAX, "the photos of a report fit into one message");

/// Photos that were promised to somebody.
#[derive(Debug)]
pub struct Photos {
    /// What the answer is known by.
    token: String,
    actor: Actor,
    locale: Option<String>,
    incident: IncidentId,
}

impl Handler<'_> {
    /// Promises the photos. What arrives a second time is not shown a second time: nobody looks twice by pressing once.
    pub(super) fn show_photos(&self, arrived: &Arrived, met: &Met, actor: &Actor, incident: IncidentId) -> Answered {
        let (Some((_, token)), true) = (arrived.answer.clone(), self.is_first(arrived)) else {
            return Answered::thinking();
        };
        let (actor, locale) = (actor.clone(), met.origin.locale.clone());
        let photos = Photos { token, actor, locale, incident };
        Answered { after: vec![After::Show(Box::new(photos))], ..Answered::thinking() }
    }
}

impl Photos {
    /// Gives what was promised, or says why not and what to do.
    pub(super) async fn give(self, app: &App, discord: &Discord) -> Result<(), Trouble> {
        let rules = app.desk.rules();
        let voice = app.voice(&rules, self.locale.as_deref());
        // One after the other: each answer is in memory as a whole.
        let Ok(_hand) = app.evidence.hand().await else { return Err(Trouble::Unsent) };
        let (reference, looked) = match Box::pin(self.look(app)).await {
            Ok(looked) => looked,
            Err(failure) => {
                let line = match &failure {
                    Failure::Refused(_) => keys::photos_none_now(),
                    Failure::Conflict | Failure::Unavailable(_) | Failure::Broken(_) => keys::photos_not_now(1),
                };
                return self.say(app, discord, &[voice.say(&line)], &[]).await;
            }
        };
        let (lines, files) = drawn(&voice, &reference, &looked);
        match self.say(app, discord, &lines, &files).await {
            Ok(()) => Ok(()),
            // Without the files it may arrive: nobody waits for what does not come.
            Err(trouble) => {
                let line = voice.say(&keys::photos_not_now(files.len().max(1)));
                self.say(app, discord, &[line], &[]).await.and(Err(trouble))
            }
        }
    }

    async fn look(&self, app: &App) -> Result<(String, Looked), Failure> {
        let incident = app.desk.store.incident(self.incident).await?.ok_or(Failure::NOT_FOUND)?;
        let looked = Box::pin(look::copies(&app.desk, &app.evidence, &self.actor, &incident, ROOM)).await?;
        Ok((incident.reference.to_string(), looked))
    }

    async fn say(&self, app: &App, discord: &Discord, lines: &[String], files: &[File]) -> Result<(), Trouble> {
        let application_id = ApplicationId::new(discord.application().ok_or(Trouble::Unsent)?);
        let route = Route::WebhookOriginalInteractionResponse { application_id, token: &self.token };
        let message = render::words(lines);
        discord.api.upload(route, &message.with_files(files), files, app.desk.now()).await
    }
}

/// What is said with the photos, and the photos.
fn drawn(voice: &Voice<'_>, reference: &str, looked: &Looked) -> (Vec<String>, Vec<File>) {
    let mut lines = Vec::new();
    let mut add = |count: usize, line| {
        if count > 0 {
            lines.push(voice.say(&line));
        }
    };
    let count = looked.shown.len();
    add(count, keys::photos_for_you(reference, count));
    let unchecked = (1..).zip(&looked.shown).filter(|(_, shown)| !shown.photo.checked);
    let unchecked: Vec<String> = unchecked.map(|(number, _): (usize, _)| number.to_string()).collect();
    add(unchecked.len(), keys::photos_unchecked_these(unchecked.join(", ")));
    add(looked.sealed_only, keys::photos_sealed_only(looked.sealed_only));
    add(looked.too_large, keys::photos_too_large_here(looked.too_large));
    add(looked.not_now, keys::photos_not_now(looked.not_now));
    if lines.is_empty() {
        lines.push(voice.say(&keys::photos_none_now()));
    }
    let file = |(number, shown): (usize, &Shown)| File {
        name: format!("{reference}-{number}.jpg"),
        media: Media::Jpeg.as_str(),
        about: about(voice, reference, number, shown),
        bytes: Bytes::from(shown.jpeg.clone()),
    };
    (lines, (1..).zip(&looked.shown).map(file).collect())
}

fn about(voice: &Voice<'_>, reference: &str, number: usize, shown: &Shown) -> String {
    let alt = voice.say(&keys::photo_alt(number, reference));
    if shown.photo.checked { alt } else { format!("{alt} · {}", voice.say(&keys::photo_unchecked())) }
}
