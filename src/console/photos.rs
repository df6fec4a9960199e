//! Photos on an incident's page: adding one, looking at its review copy, confirming what is covered, and looking at the
//! original, which is a POST since it goes on record.

use axum::Form;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use domain::actor::Actor;
use domain::incident::Incident;
use domain::photo::PhotoId;
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
pub async fn add(State(app): State<App>, visit: Visit, params: Params, request: Request) -> Response {
    let look = match look(&app, &visit, &params).await {
        Ok(look) => look,
        Err(response) => return response,
    };
    let added = Box::pin(take_in(&app, &look, request)).await;
    if added.is_ok() {
        app.work.ring();
    }
    let alike = match &added {
        // The photo is kept: an answer without a hint is better than none.
        Ok(added) => {
            let photos = std::slice::from_ref(&added.photo);
            likeness::alike(&app.desk, &look.actor, &added.incident, photos).await.unwrap_or_default()
        }
        Err(_) => Vec::new(),
    };
    let origin = visit.origin(&look.name);
    shown(&app, &visit, &look, answer::photo_added(&app, &origin, added, &alike)).await
}

async fn take_in(app: &App, look: &Look, request: Request) -> Result<photo::Added, Failure> {
    photo::clear_to_add(&app.desk, &look.actor, &look.incident)?;
    let coming = app.evidence.coming().await?;
    let original = upload::photo(request).await.map_err(|why| {
        let fault = match why {
            NoPhoto::TooLarge => Fault::NotAPhoto { why: Unfit::TooLarge.as_str() },
            NoPhoto::MediaType | NoPhoto::Missing | NoPhoto::Twice(_) | NoPhoto::BrokeOff => Fault::Missing,
        };
        Failure::from(Problems::one(upload::FIELD, fault))
    })?;
    let _hand = app.evidence.hand().await?;
    drop(coming);
    photo::add(&app.desk, &app.evidence, &look.actor, look.incident.clone(), &original).await
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

async fn see_original(
    app: &App,
    look: &Look,
    id: PhotoId,
    reason: &str,
) -> Result<(domain::photo::Photo, Vec<u8>), Failure> {
    let _hand = app.evidence.hand().await?;
    photo::original(&app.desk, &app.evidence, &look.actor, look.incident.clone(), id, reason).await
}

/// The incident's page, with what became of what was sent.
async fn shown(app: &App, visit: &Visit, look: &Look, answer: Answer) -> Response {
    Box::pin(whole(app, visit, &look.name, look.incident.reference.as_str(), Some(answer))).await
}
