//! Problem documents, RFC 9457: what a program is told when something is not done. Which kind is for the program to
//! branch on; the words are for a person, in their language. Nothing of what was sent is quoted, except the names of
//! fields.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderValue};
use axum::response::{IntoResponse, Response};
use domain::clock::Moment;
use domain::words::{Fact, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::chat::voice::Voice;
use crate::web::openapi::words;

/// The media type of a problem document (RFC 9457, section 3).
pub const MEDIA_TYPE: &str = "application/problem+json";
/// When to try again after "not now", in seconds: the writer has given up on its transaction by then (2 s).
pub const RETRY_AFTER: &str = "2";

macro_rules! kinds {
    ($($kind:ident = $slug:literal $status:ident $about:literal;)+) => {
        /// What kind of problem it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind { $(#[doc = $about] $kind),+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// Its short name, which is also that of its title in the locale files.
            pub const fn slug(self) -> &'static str {
                match self { $(Self::$kind => $slug),+ }
            }

            /// Its `type`, relative to the server.
            pub const fn uri(self) -> &'static str {
                match self { $(Self::$kind => concat!("/problems/", $slug)),+ }
            }

            /// The status it comes with.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$kind => StatusCode::$status),+ }
            }

            /// What it means, for whoever writes the program.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$kind => $about),+ }
            }
        }
    };
}

kinds! {
    MalformedJson = "malformed-json" BAD_REQUEST "The body is not JSON; `line` and `column` say where it stops being so. Nothing was stored.";
    Unauthorised = "unauthorised" UNAUTHORIZED "There is no bearer key, or it is not good (any more); the two are answered alike.";
    Forbidden = "forbidden" FORBIDDEN "The key's role does not allow this, though it may see the incident.";
    CrossSite = "cross-site" FORBIDDEN "The request came from a page of another site; programs send neither `Origin` nor `Sec-Fetch-Site`. Nothing was changed.";
    NotFound = "not-found" NOT_FOUND "There is no such incident, or none that this key may see; the two are answered alike.";
    MethodNotAllowed = "method-not-allowed" METHOD_NOT_ALLOWED "The address exists and does not take this method; `Allow` names those it takes.";
    BrokeOff = "broke-off" REQUEST_TIMEOUT "The body did not come whole: it ended early, or nothing more of it came for ten seconds. Nothing was stored. Send it again, with the same `Idempotency-Key`.";
    Changed = "changed" CONFLICT "The incident is no longer at the `version` that was sent; `current` says where it stands. Look at it and decide again.";
    Taken = "taken" CONFLICT "Somebody else has claimed it; `current` says who and since when.";
    AlreadyYours = "already-yours" CONFLICT "This key has claimed it before.";
    MissingFacts = "missing-facts" CONFLICT "It cannot be confirmed while the facts in `missing` are not known.";
    WrongState = "wrong-state" CONFLICT "The action does not fit the state in `current`.";
    QuestionOpen = "question-open" CONFLICT "A question is already waiting for the reporter's answer.";
    NoQuestion = "no-question" CONFLICT "No question is waiting for an answer.";
    TooLate = "too-late" CONFLICT "It was closed too long ago to be reopened.";
    HasMerged = "has-merged" CONFLICT "Others were merged into it; unmerge those first.";
    OtherNotOpen = "other-not-open" CONFLICT "The incident to merge into is closed or full.";
    NothingChanges = "nothing-changes" CONFLICT "Everything is as asked for already.";
    OnHold = "on-hold" CONFLICT "A hold keeps it from being erased.";
    Misdirected = "misdirected" MISDIRECTED_REQUEST "The request's `Host` is not a name of this server. Nothing was changed.";
    TooLarge = "too-large" PAYLOAD_TOO_LARGE "The body is larger than any that is read. Nothing was stored.";
    UnsupportedMediaType = "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE "The body is not sent as plain `application/json`, a photo not as `multipart/form-data`. Nothing was stored.";
    Invalid = "invalid" UNPROCESSABLE_ENTITY "What was sent has the `problems` listed, all of them at once, each with its `field` and `code`. Nothing was stored.";
    KeyReused = "key-reused" UNPROCESSABLE_ENTITY "The same `Idempotency-Key` came before with another body, or for another incident. Nothing was stored.";
    Broken = "broken" INTERNAL_SERVER_ERROR "A mistake of the server; its log has the cause under `reference`.";
    TooManyRequests = "too-many-requests" TOO_MANY_REQUESTS "This key has as many requests under way as one key may have. Nothing was stored. Wait for their answers, or try again after `Retry-After` seconds, with the same `Idempotency-Key`.";
    Unavailable = "unavailable" SERVICE_UNAVAILABLE "Not now: nothing was saved. Try again after `Retry-After` seconds, with the same `Idempotency-Key`.";
}

/// What stands at the address of a kind of problem: what it means, for whoever follows a `type`.
pub async fn explain(slug: Result<Path<String>, PathRejection>) -> Response {
    let kind = slug.ok().and_then(|Path(slug)| Kind::ALL.iter().find(|kind| kind.slug() == slug));
    match kind {
        Some(kind) => format!("{} ({})\n\n{}\n", kind.slug(), kind.status(), kind.about()).into_response(),
        None => (StatusCode::NOT_FOUND, "no such kind of problem\n").into_response(),
    }
}

/// One field and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// The field, with dots into lists and objects: `goods.0.quantity`. `body` is the body as a whole.
    #[schema(example = "goods.0.quantity")]
    pub field: String,
    /// What is wrong, for the program.
    #[schema(value_type = words::FieldCode)]
    pub code: &'static str,
    /// What is wrong, for a person.
    pub detail: String,
}

/// Where an incident stands that somebody else changed first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Current {
    #[schema(value_type = words::State)]
    pub state: State,
    pub version: u32,
    /// Who holds or decided it, for those who may read names.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub owner: Option<String>,
    /// Since when, RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    pub since: Moment,
}

/// A problem document (RFC 9457). Beyond its five members, those are present that the `type` speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Document {
    /// What kind it is, as a path on this server; the list is in this document's introduction.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid")]
    pub kind: &'static str,
    /// The kind in a few words, in the language of `Accept-Language`.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do, in that language.
    pub detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub problems: Vec<FieldProblem>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<words::Fact>, required = false)]
    pub missing: Vec<Fact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub current: Option<Current>,
    /// Under which the server's log has the cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reference: Option<String>,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub column: Option<usize>,
}

/// A problem, ready to be sent.
#[derive(Debug, Clone)]
pub struct Problem(Box<Told>);

#[derive(Debug, Clone)]
struct Told {
    kind: Kind,
    language: String,
    document: Document,
}

impl Problem {
    /// A problem of this kind, said to one reader.
    pub fn new(kind: Kind, voice: &Voice<'_>, detail: String) -> Self {
        let document = Document {
            kind: kind.uri(),
            title: voice.word("title", kind.slug()),
            status: kind.status().as_u16(),
            detail,
            problems: Vec::new(),
            missing: Vec::new(),
            current: None,
            reference: None,
            line: None,
            column: None,
        };
        Self(Box::new(Told { kind, language: voice.tag(), document }))
    }

    /// With fields.
    #[must_use]
    pub fn with_fields(mut self, problems: Vec<FieldProblem>) -> Self {
        self.0.document.problems = problems;
        self
    }

    /// With facts that are missing.
    #[must_use]
    pub fn missing(mut self, facts: Vec<Fact>) -> Self {
        self.0.document.missing = facts;
        self
    }

    /// With where the incident stands.
    #[must_use]
    pub fn standing(mut self, current: Option<Current>) -> Self {
        self.0.document.current = current;
        self
    }

    /// With the reference under which the log has the cause.
    #[must_use]
    pub fn logged_as(mut self, reference: String) -> Self {
        self.0.document.reference = Some(reference);
        self
    }

    /// With the place in the body.
    #[must_use]
    pub fn at(mut self, line: usize, column: usize) -> Self {
        self.0.document.line = Some(line);
        self.0.document.column = Some(column);
        self
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Told { kind, language, document } = *self.0;
        let mut response = (kind.status(), Json(document)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Ok(language) = HeaderValue::from_str(&language) {
            headers.insert(header::CONTENT_LANGUAGE, language);
        }
        match kind.status() {
            StatusCode::UNAUTHORIZED => headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER))
            }
            _ => None,
        };
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;
    use crate::texts::Texts;

    #[test]
    fn every_kind_has_a_title_and_every_title_its_kind() {
        let (texts, rules) = (Texts::load().unwrap(), Rules::example());
        let voice = Voice::new(&texts, &rules, None);
        for kind in Kind::ALL {
            assert_ne!(voice.word("title", kind.slug()), format!("title-{}", kind.slug()));
            assert!(kind.status().is_client_error() || kind.status().is_server_error());
        }
        let families = crate::texts::families::families();
        let (_, titles) = families.iter().find(|(family, _)| *family == "title").unwrap();
        assert_eq!(titles.len(), Kind::ALL.len());
    }

    #[test]
    fn what_a_kind_does_not_speak_of_is_absent() {
        let (texts, rules) = (Texts::load().unwrap(), Rules::example());
        let problem = Problem::new(Kind::NotFound, &Voice::new(&texts, &rules, None), "gone".to_owned());
        assert_eq!(
            serde_json::to_string(&problem.0.document).unwrap(),
            r#"{"type":"/problems/not-found","title":"Nothing here by that name","status":404,"detail":"gone"}"#
        );
    }
}
