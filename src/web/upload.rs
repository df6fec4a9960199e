//! A photo in a form, `multipart/form-data` (RFC 7578), read whole and no further than a photo goes.

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use domain::report::PHOTOS_MAX;

use crate::evidence::header::BYTES_MAX;
use crate::operations::link::UNDER;

/// The field that holds the photo.
pub const FIELD: &str = "photo";
/// The field that holds the same picture in what is read here, where a photo of this kind is not.
pub const RENDITION: &str = "rendition";
/// What a form writes around photos.
const AROUND_MAX: usize = 64 * 1024;
/// The largest body: a photo, and what a form writes around it.
pub const BODY_MAX: usize = BYTES_MAX + AROUND_MAX;
/// The same with a rendition beside it.
const BOTH_MAX: usize = 2 * BYTES_MAX + AROUND_MAX;
/// The field of a form in the browser that holds photos: of a report, or of an incident's page.
pub const SEVERAL: &str = "photos";
/// The largest body with as many photos as a report may have.
const SEVERAL_MAX: usize = PHOTOS_MAX * BYTES_MAX + AROUND_MAX;

/// Why there is no photo in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPhoto {
    /// It is no such form.
    MediaType,
    TooLarge,
    /// There is no such field, or nothing in it.
    Missing,
    /// There is more than one in a form that is for one: which would be kept is not for us to say.
    Twice(&'static str),
    /// It did not come whole.
    BrokeOff,
}

/// Whether a request brings a photo, or has one read: that takes longer than other things, for the sender and for us.
pub fn is_one(method: &Method, path: &str) -> bool {
    if path.starts_with(UNDER) {
        return method == Method::POST;
    }
    let reads = method == Method::GET || path.ends_with("/boxes") || path.ends_with("/original");
    path.ends_with("/photos") && method == Method::POST || path.contains("/photos/") && reads
}

/// Whether a request brings photos in its body, which may be long on their way.
pub fn brings_photos(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    method == Method::POST && path.ends_with("/photos") || may_be_several(method, path, headers)
}

/// Whether a request may bring several photos: a report, which is sent to the page it is written on, or what is added on
/// an incident's page. A program sends one after the other.
pub fn may_be_several(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let of_somebody = path.strip_prefix("/as/").is_some_and(|name| !name.contains('/'));
    let of_a_page = path.ends_with("/photos") && !path.starts_with("/api/");
    method == Method::POST && (path == "/" || of_somebody || of_a_page) && is_multipart(headers)
}

/// Whether a form is sent in parts, as those with files are.
pub fn is_multipart(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case("multipart/form-data"))
}

/// The parts of a form with photos, one after the other; none if it is no such form.
pub async fn parts(mut request: Request) -> Option<Multipart> {
    DefaultBodyLimit::max(SEVERAL_MAX).apply(&mut request);
    Multipart::from_request(request, &()).await.ok()
}

/// A photo, and the rendition of it that may stand beside it.
#[derive(Debug)]
pub struct Both {
    pub photo: Vec<u8>,
    pub rendition: Option<Vec<u8>>,
}

/// The photo of a form, and its rendition, in whatever order they come.
pub async fn both(mut request: Request) -> Result<Both, NoPhoto> {
    DefaultBodyLimit::max(BOTH_MAX).apply(&mut request);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_why| NoPhoto::MediaType)?;
    let (mut photo, mut rendition) = (None, None);
    while let Some(field) = form.next_field().await.map_err(|why| no_photo(&why))? {
        match field.name() {
            Some(FIELD) if photo.is_none() => photo = Some(whole(field).await?),
            Some(RENDITION) if rendition.is_none() => rendition = Some(whole(field).await?),
            Some(FIELD) => return Err(NoPhoto::Twice(FIELD)),
            Some(RENDITION) => return Err(NoPhoto::Twice(RENDITION)),
            _ => {}
        }
    }
    Ok(Both { photo: photo.ok_or(NoPhoto::Missing)?, rendition })
}

/// The bytes of a field, read no further than a photo goes.
pub async fn whole(mut field: Field<'_>) -> Result<Vec<u8>, NoPhoto> {
    let mut bytes = Vec::new();
    while let Some(part) = field.chunk().await.map_err(|why| no_photo(&why))? {
        if bytes.len() + part.len() > BYTES_MAX {
            return Err(NoPhoto::TooLarge);
        }
        bytes.extend_from_slice(&part);
    }
    if bytes.is_empty() { Err(NoPhoto::Missing) } else { Ok(bytes) }
}

/// Why a part of a form could not be read.
pub fn no_photo(why: &MultipartError) -> NoPhoto {
    match why.status() {
        StatusCode::PAYLOAD_TOO_LARGE => NoPhoto::TooLarge,
        // What a form says wrong is the sender's: this is said of what could not be read.
        StatusCode::INTERNAL_SERVER_ERROR => NoPhoto::BrokeOff,
        _ => NoPhoto::Missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_with_photos_is_what_is_sent_in_parts_to_the_page_it_is_written_on() {
        let headers = |media: &str| HeaderMap::from_iter([(header::CONTENT_TYPE, media.parse().unwrap())]);
        let parts = headers("Multipart/Form-Data; boundary=x");
        let may = |method: Method, path: &str, headers: &HeaderMap| may_be_several(&method, path, headers);
        assert!(may(Method::POST, "/", &parts) && may(Method::POST, "/as/amal", &parts));
        assert!(may(Method::POST, "/incidents/SW-1/photos", &parts));
        assert!(may(Method::POST, "/as/amal/incidents/SW-1/photos", &parts));
        assert!(!may(Method::POST, "/api/v1/incidents/SW-1/photos", &parts));
        assert!(!may(Method::POST, "/", &headers("application/x-www-form-urlencoded")));
        assert!(!may(Method::GET, "/", &parts) && !may(Method::POST, "/as/amal/incidents/SW-1", &parts));
        assert!(!may(Method::POST, "/leave", &parts) && !may(Method::POST, "/", &HeaderMap::new()));
    }
}
