//! The OpenAPI document (3.1): what the annotated handlers say, with the introduction, the words of the domain and the
//! problems.

pub mod requests;
pub mod words;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Response, ResponseBuilder,
    ServerBuilder,
};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

use super::api::bodies::BODY_MAX;
use super::api::findings::Wrong;
use super::problem::{Document, Kind, MEDIA_TYPE};
use crate::store::incidents::{PAGE_MAX, TIMELINE_MAX};

pub use requests::{ActionRequest, ReportRequest};

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
                .schema(Document::name(), Document::schema())
                .schemas_from_iter(nested())
                .build(),
        ))
        .security(Some([SecurityRequirement::new(BEARER, Vec::<String>::new())]))
        .build()
}

fn nested() -> Vec<(String, RefOr<utoipa::openapi::Schema>)> {
    let mut schemas = Vec::new();
    Document::schemas(&mut schemas);
    schemas
}

/// The problems that are answered with these statuses.
fn refusals(statuses: &[StatusCode]) -> BTreeMap<String, RefOr<Response>> {
    let response = |status: StatusCode| {
        let about: Vec<String> = Kind::ALL
            .iter()
            .filter(|kind| kind.status() == status)
            .map(|kind| format!("`{}`: {}", kind.uri(), kind.about()))
            .collect();
        let document = ContentBuilder::new().schema(Some(Ref::from_schema_name(Document::name()))).build();
        ResponseBuilder::new().description(about.join("\n\n")).content(MEDIA_TYPE, document).build()
    };
    statuses.iter().map(|status| (status.as_str().to_owned(), RefOr::T(response(*status)))).collect()
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident: [$($status:ident),+ $(,)?];)+) => {
        $(
            $(#[$doc])*
            pub struct $name;

            impl IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    refusals(&[$(StatusCode::$status),+])
                }
            }
        )+
    };
}

refusals! {
    /// How a report can be refused.
    ReportRefusals: [
        BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, UNPROCESSABLE_ENTITY,
        INTERNAL_SERVER_ERROR, SERVICE_UNAVAILABLE,
    ];
    /// How an action can be refused.
    ActionRefusals: [
        BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, CONFLICT, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE,
        UNPROCESSABLE_ENTITY, INTERNAL_SERVER_ERROR, SERVICE_UNAVAILABLE,
    ];
    /// How reading one incident can be refused.
    ReadRefusals: [UNAUTHORIZED, NOT_FOUND, INTERNAL_SERVER_ERROR, SERVICE_UNAVAILABLE];
    /// How a list can be refused.
    ListRefusals: [UNAUTHORIZED, FORBIDDEN, UNPROCESSABLE_ENTITY, INTERNAL_SERVER_ERROR, SERVICE_UNAVAILABLE];
}
