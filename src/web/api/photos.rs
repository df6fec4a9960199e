//! `POST /api/v1/incidents/{reference}/photos`.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use domain::photo::Photo;
use domain::problems::{Fault, Problems};
use serde::Serialize;
use tracing::Instrument as _;
use utoipa::ToSchema;

use super::bearer::Caller;
use super::refusals::{Asked, Refusing};
use super::{Api, idempotency, incidents};
use crate::operations::photo;
use crate::web::openapi::{PhotoRefusals, PhotoRequest, words};
use crate::web::problem::Problem;
use crate::web::upload::{self, NoPhoto};

/// A photo that is stored.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Photo)]
pub struct Stored<'a> {
    #[schema(value_type = words::PhotoId)]
    id: String,
    /// The SHA-256 of the bytes as they were sent, in hexadecimal: whoever keeps it can prove what they sent.
    sha256: &'a str,
    /// What kind of file it is, whatever it was called.
    media: &'a str,
    bytes: u64,
    /// Whether somebody has confirmed that what has to be covered is covered; until then only its reporter and the
    /// site's managers see it.
    checked: bool,
}

impl<'a> Stored<'a> {
    fn of(photo: &'a Photo) -> Self {
        let about = &photo.about;
        let id = photo.id.to_string();
        Self { id, sha256: &about.sha256, media: &about.media, bytes: about.bytes, checked: photo.checked }
    }
}

/// Adds a photo to an incident that this key reported, or that its role reads and works on: JPEG, PNG or WebP.
///
/// It is sealed as it came; people look at a smaller copy without metadata, on which faces are covered. The same bytes for
/// the same incident are stored once, however often they are sent.
#[utoipa::path(
    post, path = "/incidents/{reference}/photos", tag = "incidents", operation_id = "add_photo",
    params(("reference" = words::Reference, Path, description = "The incident's reference, as people type it, or its id.")),
    request_body(content = PhotoRequest, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "It is stored.", body = Stored<'_>, headers(
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
    let (incident, _) = looked_up.map_err(|failure| refusing.failure(&failure, Asked::ToWrite))?;
    let app = &api.app;
    let cleared = photo::clear_to_add(&app.desk, &actor, &incident);
    cleared.map_err(|failure| refusing.failure_about(&failure, &incident))?;
    let _hand = app.evidence.hand().await.map_err(|failure| refusing.failure(&failure, Asked::ToWrite))?;
    let original = upload::photo(request).await.map_err(|why| match why {
        NoPhoto::MediaType | NoPhoto::TooLarge => refusing.no_photo(why),
        NoPhoto::Missing => refusing.failure(&Problems::one(upload::FIELD, Fault::Missing).into(), Asked::ToWrite),
    })?;
    let added = photo::add(&app.desk, &app.evidence, &actor, incident.clone(), &original).await;
    let added = added.map_err(|failure| refusing.failure_about(&failure, &incident))?;
    app.work.ring();
    let response = (StatusCode::CREATED, Json(Stored::of(&added.photo))).into_response();
    Ok(if added.seen { idempotency::replayed(response) } else { response })
}
