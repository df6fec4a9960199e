//! Photos on an incident's page: adding some, looking at its review copy, confirming what is covered, and looking at the
//! original, which is a POST since it goes on record.

use axum::extract::multipart::Field;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::{Extension, Form};
use domain::actor::Actor;
use domain::id::Reference;
use domain::incident::Incident;
use domain::photo::{Photo, PhotoId};
use domain::problems::{Fault, Problems};

use super::answer::{self, Answer};
use super::connect::{Fields, called, unreadable, whole};
use super::drawn;
use super::people::{Visit, Who};
use super::render::{boxes as drawing, original as originals, pages};
use crate::app::App;
use crate::evidence::header::{Media, Unfit};
use crate::failure::{Failure, Refusal};
use crate::operations::{likeness, mask, people, photo};
use crate::web::deadline::Patience;
use crate::web::picture::{download, is_drawn, picture};
use crate::web::upload::{self, NoPhoto};

type Params = Path<Vec<(String, String)>>;

/// An incident and who looks at it.
struct Look {
    name: String,
    actor: Actor,
    incident: Incident,
}

/// The incident of an address, if it is in this visitor's reach.
async fn look(app: &App, visit: &Visit, params: &Params) -> Result<Look, Response> {
    let Who::Person(name) = visit.who.clone() else { return Err(pages::not_found(app, &visit.manner)) };
    let actor = people::actor(&app.desk, &visit.origin(&name));
    let Ok(reference) = called(params).parse() else { return Err(pages::not_found(app, &visit.manner)) };
    match app.desk.store.incident_called(&reference, &actor).await {
        Ok(Some(incident)) => Ok(Look { name, actor, incident }),
        Ok(None) => Err(pages::not_found(app, &visit.manner)),
        Err(failure) => Err(unreadable(app, visit, &failure)),
    }
}

/// The photo of an address; what cannot be read is no photo's id.
fn photo_id(params: &Params) -> Result<PhotoId, Failure> {
    let id = params.iter().find(|(name, _)| name == "id").map(|(_, value)| value.parse());
    id.and_then(Result::ok).ok_or(Failure::NOT_FOUND)
}

/// `POST /incidents/{reference}/photos`: somebody shows what they saw.
pub async fn add(
    State(app): State<App>,
    visit: Visit,
    params: Params,
    Extension(patience): Extension<Patience>,
    request: Request,
) -> Response {
    let look = match look(&app, &visit, &params).await {
        Ok(look) => look,
        Err(response) => return response,
    };
    let mut taken = match Box::pin(take_in(&app, &look, &patience, request)).await {
        Ok(taken) => taken,
        Err(failure) => vec![Err(failure)],
    };
    if taken.iter().any(Result::is_ok) {
        app.work.ring();
    }
    let alike = alike(&app, &look, &taken).await;
    let origin = visit.origin(&look.name);
    let answer = match taken.pop() {
        Some(only) if taken.is_empty() => answer::photo_added(&app, &origin, only, &alike),
        last => answer::photos_added(&app, &origin, &taken.into_iter().chain(last).collect(), &alike),
    };
    shown(&app, &visit, &look, answer).await
}

/// Other incidents with photos like those that were kept. An answer without a hint is better than none.
async fn alike(app: &App, look: &Look, taken: &[Result<photo::Added, Failure>]) -> Vec<Reference> {
    let kept: Vec<&photo::Added> = taken.iter().flatten().collect();
    let Some(last) = kept.last() else { return Vec::new() };
    let photos: Vec<Photo> = kept.iter().map(|added| added.photo.clone()).collect();
    likeness::alike(&app.desk, &look.actor, &last.incident, &photos).await.unwrap_or_default()
}

/// What becomes of each photo of a form; one that is refused takes no other with it.
async fn take_in(
    app: &App,
    look: &Look,
    patience: &Patience,
    request: Request,
) -> Result<Vec<Result<photo::Added, Failure>>, Failure> {
    photo::clear_to_add(&app.desk, &look.actor, &look.incident)?;
    let Some(mut form) = upload::parts(request).await else { return Err(unfit(NoPhoto::MediaType)) };
    let (mut incident, mut taken) = (look.incident.clone(), Vec::new());
    loop {
        match form.next_field().await {
            Ok(Some(field)) if holds_a_photo(&field) => {
                patience.for_a_photo();
                let added = Box::pin(one(app, look, &incident, field)).await;
                if let Ok(added) = &added {
                    incident = added.incident.clone();
                }
                taken.push(added);
            }
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(why) => {
                taken.push(Err(unfit(upload::no_photo(&why))));
                break;
            }
        }
    }
    if taken.is_empty() { Err(unfit(NoPhoto::Missing)) } else { Ok(taken) }
}

/// A page that was drawn by an older version has a field for one.
fn holds_a_photo(field: &Field<'_>) -> bool {
    matches!(field.name(), Some(upload::SEVERAL | upload::FIELD))
}

async fn one(app: &App, look: &Look, incident: &Incident, field: Field<'_>) -> Result<photo::Added, Failure> {
    let coming = app.evidence.coming().await?;
    let original = upload::whole(field).await.map_err(unfit)?;
    let _hand = app.evidence.hand().await?;
    drop(coming);
    photo::add(&app.desk, &app.evidence, &look.actor, incident.clone(), &original).await
}

fn unfit(why: NoPhoto) -> Failure {
    let fault = match why {
        NoPhoto::TooLarge => Fault::NotAPhoto { why: Unfit::TooLarge.as_str() },
        NoPhoto::MediaType | NoPhoto::Missing | NoPhoto::Twice(_) => Fault::Missing,
        // Nothing is wrong with it, and it can be sent again.
        NoPhoto::BrokeOff => return Failure::Unavailable("photos"),
    };
    Problems::one(upload::SEVERAL, fault).into()
}

/// `POST /incidents/{reference}/photos/{id}/confirm`: somebody has looked at what is covered.
pub async fn confirm(State(app): State<App>, visit: Visit, params: Params, fields: Fields) -> Response {
    let look = match look(&app, &visit, &params).await {
        Ok(look) => look,
        Err(response) => return response,
    };
    let confirmed = Box::pin(confirm_mask(&app, &look, &params, &sent(fields))).await;
    if confirmed.is_ok() {
        app.work.ring();
    }
    if let Err(Failure::Refused(Refusal::NotFound)) = confirmed {
        return pages::not_found(&app, &visit.manner);
    }
    let origin = visit.origin(&look.name);
    shown(&app, &visit, &look, answer::mask_confirmed(&app, &origin, confirmed)).await
}

async fn confirm_mask(
    app: &App,
    look: &Look,
    params: &Params,
    fields: &[(String, String)],
) -> Result<Incident, Failure> {
    let id = photo_id(params)?;
    // Whether they may comes before what they sent.
    mask::to_draw(&app.desk, &look.actor, &look.incident, id).await?;
    mask::confirm(&app.desk, &look.actor, look.incident.clone(), id, drawn::version(fields)?).await
}

/// `GET /incidents/{reference}/photos/{id}/boxes`: what is covered, to be drawn anew.
pub async fn boxes(State(app): State<App>, visit: Visit, params: Params) -> Response {
    let look = match look(&app, &visit, &params).await {
        Ok(look) => look,
        Err(response) => return response,
    };
    let photo = match photo_id(&params) {
        Ok(id) => mask::to_draw(&app.desk, &look.actor, &look.incident, id).await,
        Err(failure) => Err(failure),
    };
    match photo {
        Ok(photo) => drawing::page(&app, &visit, &look.incident, &photo),
        Err(Failure::Refused(Refusal::NotFound)) => pages::not_found(&app, &visit.manner),
        Err(failure) => {
            let origin = visit.origin(&look.name);
            shown(&app, &visit, &look, answer::photo_refused(&app, &origin, failure)).await
        }
    }
}

/// `POST /incidents/{reference}/photos/{id}/boxes`: somebody says anew what is covered.
pub async fn draw(State(app): State<App>, visit: Visit, params: Params, fields: Fields) -> Response {
    let look = match look(&app, &visit, &params).await {
        Ok(look) => look,
        Err(response) => return response,
    };
    let changed = Box::pin(cover(&app, &look, &params, &sent(fields))).await;
    if changed.is_ok() {
        app.work.ring();
    }
    if let Err(Failure::Refused(Refusal::NotFound)) = changed {
        return pages::not_found(&app, &visit.manner);
    }
    let origin = visit.origin(&look.name);
    shown(&app, &visit, &look, answer::mask_changed(&app, &origin, changed)).await
}

async fn cover(app: &App, look: &Look, params: &Params, fields: &[(String, String)]) -> Result<Incident, Failure> {
    let id = photo_id(params)?;
    // Whether they may comes before what they sent.
    mask::to_draw(&app.desk, &look.actor, &look.incident, id).await?;
    let (version, drawn) = (drawn::version(fields)?, drawn::places(fields)?);
    let _hand = app.evidence.hand().await?;
    mask::change(&app.desk, &app.evidence, &look.actor, look.incident.clone(), id, version, drawn).await
}

/// What a form sent; one that cannot be read sent nothing.
fn sent(fields: Fields) -> Vec<(String, String)> {
    fields.map(|Form(fields)| fields).unwrap_or_default()
}

/// `GET /incidents/{reference}/photos/{id}`: the review copy.
pub async fn show(State(app): State<App>, visit: Visit, params: Params) -> Response {
    let look = match look(&app, &visit, &params).await {
        Ok(look) => look,
        Err(response) => return response,
    };
    let review = match photo_id(&params) {
        Ok(id) => Box::pin(photo::review(&app.desk, &app.evidence, &look.actor, &look.incident, id)).await,
        Err(failure) => Err(failure),
    };
    match review {
        Ok(jpeg) => picture(Media::Jpeg.as_str().to_owned(), jpeg),
        Err(Failure::Refused(_)) => pages::not_found(&app, &visit.manner),
        Err(failure) => unreadable(&app, &visit, &failure),
    }
}

/// `POST /incidents/{reference}/photos/{id}/original`: the original, for a reason.
pub async fn original(State(app): State<App>, visit: Visit, params: Params, fields: Fields) -> Response {
    let look = match look(&app, &visit, &params).await {
        Ok(look) => look,
        Err(response) => return response,
    };
    let sent = sent(fields);
    let field = |wanted: &str| sent.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let (reason, kept) = (field("reason").unwrap_or_default(), field("as") == Some("download"));
    let viewed = match photo_id(&params) {
        Ok(id) => Box::pin(see_original(&app, &look, id, reason)).await,
        Err(failure) => Err(failure),
    };
    match viewed {
        Ok((photo, bytes)) => {
            app.work.ring();
            if kept || !is_drawn(&photo.about.media) {
                return download(look.incident.reference.as_str(), photo.about.media, bytes);
            }
            originals::page(&app, &visit, &look.actor, &look.incident, &photo, reason, bytes)
        }
        Err(Failure::Refused(Refusal::NotFound)) => pages::not_found(&app, &visit.manner),
        Err(failure) => {
            let origin = visit.origin(&look.name);
            shown(&app, &visit, &look, answer::photo_refused(&app, &origin, failure)).await
        }
    }
}

async fn see_original(app: &App, look: &Look, id: PhotoId, reason: &str) -> Result<(Photo, Vec<u8>), Failure> {
    let _hand = app.evidence.hand().await?;
    photo::original(&app.desk, &app.evidence, &look.actor, look.incident.clone(), id, reason).await
}

/// The incident's page, with what became of what was sent.
async fn shown(app: &App, visit: &Visit, look: &Look, answer: Answer) -> Response {
    Box::pin(whole(app, visit, &look.name, look.incident.reference.as_str(), Some(answer))).await
}
