//! The `OpenAPI` document (3.1): what the annotated handlers say, with the introduction, the words of the domain and the
//! problems.

pub mod requests;
pub mod words;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, HeaderBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Response,
    ResponseBuilder, Schema, ServerBuilder,
};
use utoipa::{IntoResponses, ToSchema};

use super::api::bodies::BODY_MAX;
use super::api::findings::Wrong;
use super::problem::{Document, Kind, MEDIA_TYPE};
use crate::store::incidents::{PAGE_MAX, TIMELINE_MAX};

pub use requests::{ActionRequest, GoodsRequest, PhotoRequest, ReportRequest};

/// The name of the security scheme.
const BEARER: &str = "key";

/// What the document says before it speaks of addresses.
fn introduction() -> String {
    let problems: Vec<String> = Kind::ALL
        .iter()
        .map(|kind| format!("| `{}` | {} | {} |", kind.uri(), kind.status().as_u16(), kind.about()))
        .collect();
    format!(
        "Reports become incidents, incidents are triaged: the same operations as in the chats, with the same rules.\n\n\
         **Keys.** `shopwatch key create --name till --role staff --site kings-cross` prints a key once; send it as \
         `Authorization: Bearer KEY`. Its role decides what it may do and how much of an incident it sees. A revoked \
         key stops within two seconds.\n\n\
         **Conventions.** Bodies are JSON of at most {BODY_MAX} bytes. Times are RFC 3339. Amounts are whole numbers of \
         the currency's minor unit (pence, cents; yen have none), currencies ISO 4217. `null` is the same as leaving a \
         field out; a number may be sent as a number or as text; a field that is not known here is a problem, not \
         ignored. A list holds at most {PAGE_MAX} incidents, a timeline the newest {TIMELINE_MAX} lines of each \
         incident.\n\n\
         **Problems** are documents as in RFC 9457, in the language of `Accept-Language`. What a key may not see is \
         answered exactly like what does not exist.\n\n\
         | type | status | meaning |\n| --- | --- | --- |\n{}\n\n\
         The `code` of a field's problem is one of: `{}`.",
        problems.join("\n"),
        Wrong::CODES.join("`, `"),
    )
}

/// The document without its paths, which the router adds.
pub fn base() -> OpenApi {
    let key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A key made by `shopwatch key create`."))
        .build();
    let tag = |name: &str, about: &str| TagBuilder::new().name(name).description(Some(about)).build();
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Shopwatch")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(introduction()))
                .license(Some(
                    LicenseBuilder::new().name("Apache-2.0 OR MIT").identifier(Some("Apache-2.0 OR MIT")).build(),
                ))
                .build(),
        )
        .servers(Some([ServerBuilder::new().url("/").build()]))
        .tags(Some([
            tag("reports", "What people saw."),
            tag("incidents", "What the shop keeps of it, and what is done about it."),
            tag("about", "The API itself; no key is needed."),
        ]))
        .components(Some(
            ComponentsBuilder::new()
                .security_scheme(BEARER, SecurityScheme::Http(key))
                .schemas_from_iter(schemas::<Document>())
                .schemas_from_iter(schemas::<GoodsRequest>())
                .schemas_from_iter(schemas::<words::IdempotencyKey>())
                .build(),
        ))
        .security(Some([SecurityRequirement::new(BEARER, Vec::<String>::new())]))
        .build()
}

/// A schema that no handler names, with those inside it.
fn schemas<T: ToSchema>() -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    schemas
}

/// These kinds of problems as responses, by status.
fn refusals(kinds: &[Kind]) -> BTreeMap<String, RefOr<Response>> {
    let mut about: BTreeMap<StatusCode, Vec<String>> = BTreeMap::new();
    for kind in kinds {
        about.entry(kind.status()).or_default().push(format!("`{}`: {}", kind.uri(), kind.about()));
    }
    about.into_iter().map(|(status, about)| (status.as_str().to_owned(), RefOr::T(refusal(status, &about)))).collect()
}

fn refusal(status: StatusCode, about: &[String]) -> Response {
    let document = ContentBuilder::new().schema(Some(Ref::from_schema_name(Document::name()))).build();
    let response = ResponseBuilder::new().description(about.join("\n\n")).content(MEDIA_TYPE, document);
    let header = |about: &str| HeaderBuilder::new().description(Some(about)).build();
    match status {
        StatusCode::UNAUTHORIZED => response.header("WWW-Authenticate", header("`Bearer`.")),
        StatusCode::SERVICE_UNAVAILABLE => response.header("Retry-After", header("In seconds.")),
        _ => response,
    }
    .build()
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident: [$($kind:ident),+ $(,)?];)+) => {
        $(
            $(#[$doc])*
            pub struct $name;

            impl IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    refusals(&[$(Kind::$kind),+])
                }
            }
        )+
    };
}

refusals! {
    /// How a report can be refused.
    ReportRefusals: [
        MalformedJson, Unauthorised, Forbidden, BrokeOff, TooLarge, UnsupportedMediaType, Invalid, KeyReused,
        TooManyRequests, Broken, Unavailable,
    ];
    /// How an action can be refused.
    ActionRefusals: [
        MalformedJson, Unauthorised, Forbidden, NotFound, BrokeOff, Changed, Taken, AlreadyYours, MissingFacts, WrongState,
        QuestionOpen, NoQuestion, TooLate, HasMerged, OtherNotOpen, NothingChanges, OnHold, TooLarge, UnsupportedMediaType,
        Invalid, TooManyRequests, Broken, Unavailable,
    ];
    /// How a photo can be refused.
    PhotoRefusals: [
        Unauthorised, Forbidden, NotFound, BrokeOff, Changed, WrongState, TooLarge, UnsupportedMediaType, Invalid,
        TooManyRequests, Broken, Unavailable,
    ];
    /// How reading one incident can be refused.
    ReadRefusals: [Unauthorised, NotFound, TooManyRequests, Broken, Unavailable];
    /// How a list can be refused.
    ListRefusals: [Unauthorised, Forbidden, Invalid, TooManyRequests, Broken, Unavailable];
}
