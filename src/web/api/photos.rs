//! `…/incidents/{reference}/photos`: adding one, and looking at those that are there.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use domain::actor::Actor;
use domain::clock::Moment;
use domain::id::{NotAnId, Reference};
use domain::photo::Photo;
use domain::policy::Sight;
use domain::problems::{Fault, Problems};
use serde::Serialize;
use tracing::Instrument as _;
use utoipa::ToSchema;

use super::bearer::Caller;
use super::findings::{Findings, Wrong};
use super::refusals::{Asked, Refusing};
use super::{Api, idempotency, incidents};
use crate::evidence::header::Media;
use crate::failure::Failure;
use crate::operations::photo::Sent;
use crate::operations::{likeness, photo};
use crate::web::openapi::{PhotoRefusals, PhotoRequest, ReadRefusals, words};
use crate::web::picture::picture;
use crate::web::problem::Problem;
use crate::web::upload::{self, NoPhoto};

/// A photo.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Photo)]
pub struct Stored<'a> {
    #[schema(value_type = words::PhotoId)]
    id: String,
    /// When it came, RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    at: Moment,
    /// The SHA-256 of the bytes as they were sent, in hexadecimal: whoever keeps it can prove what they sent.
    sha256: &'a str,
    /// What kind of file it is, whatever it was called.
    media: &'a str,
    bytes: u64,
    /// Whether somebody has confirmed that what has to be covered is covered; until then only its reporter and the
    /// site's managers see it.
    checked: bool,
    /// Whether it is in the vault; until then it waits on the server's sealed spool, where it is as safe from being read,
    /// and can be looked at as well.
    in_vault: bool,
    /// The SHA-256 of the rendition that was sent beside it, if people look at a copy of that: the original cannot be read
    /// here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    rendition_sha256: Option<&'a str>,
    /// Whether there is a review copy; there is none of HEIC and AVIF that came without a rendition. Those are sealed, nobody
    /// looks at a copy of them, and nothing of them can be checked or shared.
    review_copy: bool,
    /// How many places of the review copy are covered; null if all of it is, or there is none.
    #[schema(required = true)]
    covered: Option<u32>,
}

impl<'a> Stored<'a> {
    fn of(photo: &'a Photo) -> Self {
        let about = &photo.about;
        Self {
            id: photo.id.to_string(),
            at: photo.at,
            sha256: &about.sha256,
            media: &about.media,
            bytes: about.bytes,
            checked: photo.checked,
            in_vault: photo.in_vault,
            rendition_sha256: about.rendition.as_deref(),
            review_copy: !about.is_sealed_only(),
            covered: about.covered,
        }
    }
}

/// A photo that was added.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AddedPhoto)]
pub struct Taken<'a> {
    #[serde(flatten)]
    photo: Stored<'a>,
    /// Other incidents of the same shop, of the last 30 days, with a photo that looks like this one as a whole: never whether
    /// the same person is on it. Only for reviewers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<words::Reference>, required = false)]
    alike: Vec<Reference>,
}

/// The photos of an incident.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Photos)]
pub struct Album<'a> {
    /// In the order of their arrival; none of those that this key may not look at.
    photos: Vec<Stored<'a>>,
    /// Other incidents of the same shop, of the last 30 days, with a photo that looks like one of these as a whole: never
    /// whether the same person is on it. Only for reviewers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<words::Reference>, required = false)]
    alike: Vec<Reference>,
}

/// Lists the photos of an incident that this key may look at.
///
/// Its bytes are not in it. Those of the review copy are read one by one, each of which goes on record; the original, which
/// takes a reason, is seen on the console's page by people only.
#[utoipa::path(
    get, path = "/incidents/{reference}/photos", tag = "incidents", operation_id = "list_photos",
    params(("reference" = words::Reference, Path, description = "The incident's reference, as people type it, or its id.")),
    responses((status = 200, description = "Its photos.", body = Album<'_>), ReadRefusals),
)]
pub async fn list(
    State(api): State<Arc<Api>>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let (actor, span) = (caller.actor(&api), caller.span());
    let listing = api.album(&actor, incidents::name(reference)).instrument(span);
    listing.await.map_err(|failure| Refusing::new(&api, &caller, &actor).failure(&failure, Asked::ToRead))
}

/// The review copy of a photo: oriented, at most 2,048 pixels a side, without metadata, faces covered.
///
/// Who looks, and when, stands in its bytes, and in the incident's list of looks before the first of them is sent; nobody
/// keeps a copy of it on the way. The original is not to be had here: that takes a person, and a reason, on the console's
/// page.
#[utoipa::path(
    get, path = "/incidents/{reference}/photos/{id}", tag = "incidents", operation_id = "look_at_photo",
    params(
        ("reference" = words::Reference, Path, description = "The incident's reference, as people type it, or its id."),
        ("id" = words::PhotoId, Path, description = "The photo's id."),
    ),
    responses(
        (status = 200, description = "The review copy.", content_type = "image/jpeg", body = inline(words::Picture), headers(
            ("Cache-Control", description = "`no-store`."),
        )),
        ReadRefusals,
    ),
)]
pub async fn look(
    State(api): State<Arc<Api>>,
    caller: Caller,
    names: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, Problem> {
    let (actor, span) = (caller.actor(&api), caller.span());
    let (name, id) = names.map(|Path(names)| names).unwrap_or_default();
    let looking = Box::pin(api.review(&actor, &name, &id)).instrument(span);
    looking.await.map_err(|failure| Refusing::new(&api, &caller, &actor).failure(&failure, Asked::ToRead))
}

impl Api {
    async fn album(&self, actor: &Actor, name: String) -> Result<Response, Failure> {
        let (incident, sight) = self.look_up(actor, &name, Asked::ToRead).await?;
        let desk = &self.app.desk;
        let photos = photo::in_sight(desk, actor, &incident).await?;
        let decides = sight == Sight::Full;
        let alike = if decides { likeness::alike(desk, actor, &incident, &photos).await? } else { Vec::new() };
        Ok(Json(Album { photos: photos.iter().map(Stored::of).collect(), alike }).into_response())
    }

    /// What this actor may not look at is answered like what does not exist.
    async fn review(&self, actor: &Actor, name: &str, id: &str) -> Result<Response, Failure> {
        let (incident, _) = self.look_up(actor, name, Asked::ToRead).await?;
        let id = id.parse().map_err(|NotAnId| Failure::NOT_FOUND)?;
        let jpeg = photo::review(&self.app.desk, &self.app.evidence, actor, &incident, id).await?;
        Ok(picture(Media::Jpeg.as_str().to_owned(), jpeg))
    }
}

/// Adds a photo to an incident that this key reported or may read: JPEG, PNG or WebP; HEIC or AVIF, best with a `rendition`.
///
/// It is sealed as it came; people look at a smaller copy without metadata, on which faces are covered. HEIC and AVIF cannot
/// be read here: what people look at is made of the rendition then, which is sealed as well, and the record says so. Without
/// one the photo is sealed and nothing else: `review_copy` is false, nobody looks at it, and nothing of it can be shared. The
/// same bytes for the same incident are stored once, however often they are sent.
#[utoipa::path(
    post, path = "/incidents/{reference}/photos", tag = "incidents", operation_id = "add_photo",
    params(("reference" = words::Reference, Path, description = "The incident's reference, as people type it, or its id.")),
    request_body(content = PhotoRequest, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "It is stored.", body = Taken<'_>, headers(
            ("Idempotency-Replayed", description = "`true` if it had been stored before."),
        )),
        PhotoRefusals,
    ),
)]
pub async fn add(
    State(api): State<Arc<Api>>,
    caller: Caller,
    reference: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let span = caller.span();
    Box::pin(take_in(&api, &caller, &incidents::name(reference), request)).instrument(span).await
}

async fn take_in(api: &Api, caller: &Caller, name: &str, request: Request) -> Result<Response, Problem> {
    let actor = caller.actor(api);
    let refusing = Refusing::new(api, caller, &actor);
    let looked_up = api.look_up(&actor, name, Asked::ToWrite).await;
    let (incident, sight) = looked_up.map_err(|failure| refusing.failure(&failure, Asked::ToWrite))?;
    let app = &api.app;
    let cleared = photo::clear_to_add(&app.desk, &actor, &incident);
    cleared.map_err(|failure| refusing.failure_about(&failure, &incident))?;
    let coming = app.evidence.coming().await.map_err(|failure| refusing.failure(&failure, Asked::ToWrite))?;
    let sent = upload::both(request).await.map_err(|why| match why {
        NoPhoto::MediaType | NoPhoto::TooLarge | NoPhoto::BrokeOff => refusing.no_photo(why),
        NoPhoto::Missing => refusing.failure(&Problems::one(upload::FIELD, Fault::Missing).into(), Asked::ToWrite),
        NoPhoto::Twice(field) => {
            let mut findings = Findings::default();
            findings.add(field, Wrong::GivenTwice);
            refusing.findings(findings)
        }
    })?;
    let _hand = app.evidence.hand().await.map_err(|failure| refusing.failure(&failure, Asked::ToWrite))?;
    drop(coming);
    let sent = Sent { original: &sent.photo, rendition: sent.rendition.as_deref() };
    let added = Box::pin(photo::take_in(&app.desk, &app.evidence, &actor, incident.clone(), sent)).await;
    let added = added.map_err(|failure| refusing.failure_about(&failure, &incident))?;
    app.work.ring();
    let photos = std::slice::from_ref(&added.photo);
    let alike = match sight {
        // The photo is kept: an answer without a hint is better than none.
        Sight::Full => likeness::alike(&app.desk, &actor, &added.incident, photos).await.unwrap_or_default(),
        Sight::Own | Sight::NoSealed | Sight::Metadata => Vec::new(),
    };
    let response = (StatusCode::CREATED, Json(Taken { photo: Stored::of(&added.photo), alike })).into_response();
    Ok(if added.seen { idempotency::replayed(response) } else { response })
}
