//! What somebody sends from the page they stand on. A report with photos comes in parts, the words before the photos: they
//! are a report before the first photo is read, and each photo is sealed on the spool before the next one is read. What
//! is wrong with a photo takes nothing else with it, and sent again all of it is the same report with the same photos.

use axum::Form;
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::actor::Actor;
use domain::incident::Incident;
use domain::policy::sites_to_report;
use domain::problems::{Fault, Problems};
use domain::report::PHOTOS_MAX;

use super::answer::{self, Answer, NotKept, Opening, Photos};
use super::inbound;
use crate::app::App;
use crate::chat::inbound::Origin;
use crate::evidence::header::Unfit;
use crate::operations::{likeness, people, photo};
use crate::web::deadline::Patience;
use crate::web::guard::BODY_MAX;
use crate::web::upload::{self, NoPhoto};

/// What becomes of what `person` sent; or the refusal of something that is larger than anything they write.
pub async fn sent(
    app: &App,
    origin: &Origin,
    person: &str,
    patience: &Patience,
    mut request: Request,
) -> Result<Answer, Response> {
    if upload::is_multipart(request.headers()) {
        return match upload::parts(request).await {
            Some(form) => Box::pin(Taking::new(app, origin, person, patience).all(form)).await,
            None => Ok(Box::pin(answer::act(app, origin, inbound::read(Vec::new(), person))).await),
        };
    }
    DefaultBodyLimit::max(BODY_MAX).apply(&mut request);
    let fields: Vec<(String, String)> = match Form::from_request(request, &()).await {
        Ok(Form(fields)) => fields,
        Err(why) if why.status() == StatusCode::PAYLOAD_TOO_LARGE => return Err(why.into_response()),
        Err(_) => Vec::new(),
    };
    Ok(Box::pin(answer::act(app, origin, inbound::read(fields, person))).await)
}

/// A form that is being read.
struct Taking<'a> {
    app: &'a App,
    origin: &'a Origin,
    person: &'a str,
    patience: &'a Patience,
    actor: Actor,
    fields: Vec<(String, String)>,
    stage: Stage,
    /// How many photos have come.
    came: usize,
    photos: Photos,
}

/// How far it has come.
enum Stage {
    /// There were no photos yet, so that more words may come.
    Words,
    /// Nothing is written: the first photo that can be kept makes a report.
    Wordless(Opening),
    /// It is a report, perhaps one that was made before.
    Made(Incident, bool),
    /// There is no report that photos could belong to.
    Refused(Answer),
}

impl<'a> Taking<'a> {
    fn new(app: &'a App, origin: &'a Origin, person: &'a str, patience: &'a Patience) -> Self {
        let actor = people::actor(&app.desk, origin);
        let (fields, photos) = (Vec::new(), Photos::default());
        Self { app, origin, person, patience, actor, fields, stage: Stage::Words, came: 0, photos }
    }

    /// Reads a form to its end.
    async fn all(mut self, mut form: Multipart) -> Result<Answer, Response> {
        let mut written = 0;
        loop {
            match form.next_field().await {
                Ok(Some(field)) if field.name() == Some(upload::SEVERAL) => {
                    // What a browser sends where nothing was chosen.
                    if field.file_name().is_some_and(|name| !name.is_empty()) {
                        Box::pin(self.photo(field)).await;
                    }
                }
                // No form of ours says anything after its photos: it would be passed over.
                Ok(Some(_)) if self.came > 0 => return Err(StatusCode::BAD_REQUEST.into_response()),
                Ok(Some(field)) => {
                    let name = field.name().unwrap_or_default().to_owned();
                    let bytes = field.bytes().await.map_err(IntoResponse::into_response)?;
                    written += name.len() + bytes.len();
                    if written > BODY_MAX {
                        return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response());
                    }
                    self.fields.push((name, String::from_utf8_lossy(&bytes).into_owned()));
                }
                Ok(None) => break,
                // Half a form says nothing; but what photos belong to is a report by now, and the rest of them is told.
                Err(why) if matches!(self.stage, Stage::Words) => return Err(why.into_response()),
                Err(why) => {
                    self.came += 1;
                    let got = self.photos.kept.len();
                    if got >= PHOTOS_MAX {
                        self.refuse(too_many(got));
                    } else {
                        self.not_whole(upload::no_photo(&why));
                    }
                    break;
                }
            }
        }
        Ok(Box::pin(self.answer()).await)
    }

    /// Keeps a photo, or says why not.
    async fn photo(&mut self, field: Field<'_>) {
        self.came += 1;
        if matches!(self.stage, Stage::Words) {
            self.stage = Box::pin(self.begin()).await;
        }
        if matches!(self.stage, Stage::Refused(_)) {
            return;
        }
        let got = self.photos.kept.len();
        if got >= PHOTOS_MAX {
            return self.refuse(too_many(got));
        }
        self.patience.for_a_photo();
        let evidence = self.app.evidence.clone();
        let Ok(coming) = evidence.coming().await else {
            return self.photos.not_kept.push((self.came, NotKept::NotNow));
        };
        let original = match upload::whole(field).await {
            Ok(original) => original,
            Err(why) => return self.not_whole(why),
        };
        let Ok(_hand) = evidence.hand().await else {
            return self.photos.not_kept.push((self.came, NotKept::NotNow));
        };
        drop(coming);
        Box::pin(self.keep(&original)).await;
    }

    async fn keep(&mut self, original: &[u8]) {
        let (desk, evidence) = (&self.app.desk, &self.app.evidence);
        let added = match std::mem::replace(&mut self.stage, Stage::Words) {
            Stage::Made(incident, seen) => {
                let added = Box::pin(photo::add(desk, evidence, &self.actor, incident.clone(), original)).await;
                let incident = added.as_ref().map_or(incident, |added| added.incident.clone());
                self.stage = Stage::Made(incident, seen);
                added
            }
            Stage::Wordless(opening) => match photo::read(evidence, original).await {
                Ok(read) => match Box::pin(answer::open(self.app, self.origin, opening)).await {
                    Ok((incident, seen)) => {
                        let added =
                            Box::pin(photo::add_read(desk, evidence, &self.actor, incident.clone(), read)).await;
                        let incident = added.as_ref().map_or(incident, |added| added.incident.clone());
                        self.stage = Stage::Made(incident, seen);
                        added
                    }
                    Err(answer) => {
                        self.stage = Stage::Refused(answer);
                        return;
                    }
                },
                Err(failure) => {
                    self.stage = Stage::Wordless(opening);
                    Err(failure)
                }
            },
            other @ (Stage::Words | Stage::Refused(_)) => {
                self.stage = other;
                return;
            }
        };
        match added {
            Ok(added) => self.photos.kept.push(added.photo),
            Err(failure) => self.photos.refuse(self.came, failure),
        }
    }

    /// The words are all there: they are a report now.
    async fn begin(&mut self) -> Stage {
        let opening = Opening::of(inbound::read(std::mem::take(&mut self.fields), self.person));
        let may = !sites_to_report(&self.actor.roles, &self.app.desk.rules().site_ids()).is_empty();
        if opening.wordless && may {
            return Stage::Wordless(opening);
        }
        match Box::pin(answer::open(self.app, self.origin, opening)).await {
            Ok((incident, seen)) => Stage::Made(incident, seen),
            Err(answer) => Stage::Refused(answer),
        }
    }

    fn refuse(&mut self, fault: Fault) {
        self.photos.not_kept.push((self.came, NotKept::Unfit(Problems::one(upload::SEVERAL, fault))));
    }

    /// A file that could not be read to its end.
    fn not_whole(&mut self, why: NoPhoto) {
        match why {
            NoPhoto::TooLarge => self.refuse(Fault::NotAPhoto { why: Unfit::TooLarge.as_str() }),
            NoPhoto::Missing | NoPhoto::MediaType | NoPhoto::Twice(_) => {
                self.refuse(Fault::NotAPhoto { why: Unfit::NotAPhoto.as_str() });
            }
            NoPhoto::BrokeOff => self.photos.not_kept.push((self.came, NotKept::NotNow)),
        }
    }

    async fn answer(self) -> Answer {
        let Self { app, origin, person, photos, .. } = self;
        match self.stage {
            Stage::Words => answer::act(app, origin, inbound::read(self.fields, person)).await,
            Stage::Wordless(_) => answer::none_kept(app, origin, &photos),
            Stage::Refused(answer) => Answer { again: true, ..answer },
            Stage::Made(incident, seen) => {
                app.work.ring();
                // They are kept: an answer without a hint is better than none.
                let alike = likeness::alike(&app.desk, &self.actor, &incident, &photos.kept).await.unwrap_or_default();
                answer::made(app, origin, (incident, seen), &photos, &alike)
            }
        }
    }
}

fn too_many(got: usize) -> Fault {
    Fault::TooMany { most: PHOTOS_MAX, got: got + 1 }
}
