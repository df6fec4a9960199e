//! A photo in a form, `multipart/form-data` (RFC 7578), read whole and no further than a photo goes.

use axum::body::Bytes;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request};
use axum::http::{Method, StatusCode};

use crate::evidence::header::BYTES_MAX;
use crate::operations::link::UNDER;

/// The field that holds the photo.
pub const FIELD: &str = "photo";
/// The largest body: a photo, and what a form writes around it.
pub const BODY_MAX: usize = BYTES_MAX + 64 * 1024;

/// Why there is no photo in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPhoto {
    /// It is no such form.
    MediaType,
    TooLarge,
    /// There is no such field, nothing in it, or it broke off.
    Missing,
}

/// Whether a request brings a photo, or has one read: that takes longer than other things, for the sender and for us.
pub fn is_one(method: &Method, path: &str) -> bool {
    if path.starts_with(UNDER) {
        return method == Method::POST;
    }
    let reads = method == Method::GET || path.ends_with("/boxes") || path.ends_with("/original");
    path.ends_with("/photos") && method == Method::POST || path.contains("/photos/") && reads
}

/// The photo of a form.
pub async fn photo(mut request: Request) -> Result<Bytes, NoPhoto> {
    DefaultBodyLimit::max(BODY_MAX).apply(&mut request);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_why| NoPhoto::MediaType)?;
    while let Some(field) = form.next_field().await.map_err(|why| no_photo(&why))? {
        if field.name() == Some(FIELD) {
            return whole(field).await;
        }
    }
    Err(NoPhoto::Missing)
}

async fn whole(field: Field<'_>) -> Result<Bytes, NoPhoto> {
    let bytes = field.bytes().await.map_err(|why| no_photo(&why))?;
    match bytes.len() {
        0 => Err(NoPhoto::Missing),
        count if count > BYTES_MAX => Err(NoPhoto::TooLarge),
        _ => Ok(bytes),
    }
}

fn no_photo(why: &MultipartError) -> NoPhoto {
    if why.status() == StatusCode::PAYLOAD_TOO_LARGE { NoPhoto::TooLarge } else { NoPhoto::Missing }
}
