//! Bodies: read whole, as JSON, if they say that they are.

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use domain::facts::{Currency, FactsDraft, GoodsDraft};
use domain::report::Draft;
use http_body_util::LengthLimitError;
use serde_json::Value;

use super::fields::Fields;
use super::findings::Findings;
pub use crate::web::guard::BODY_MAX;

/// The facts of a report, as the API names them.
pub const FACTS: [&str; 14] = [
    "what_happened",
    "kind",
    "method",
    "zone",
    "happened",
    "precision",
    "goods",
    "staff_safe",
    "still_present",
    "weapon",
    "injury",
    "persons",
    "cctv",
    "camera",
];
/// The fields of a line of goods.
pub const GOODS: [&str; 5] = ["what", "quantity", "unit_value_minor", "currency", "fate"];

/// Why a body is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    MediaType,
    TooLarge,
    /// It did not come whole.
    BrokeOff,
    Malformed {
        line: usize,
        column: usize,
    },
}

/// Reads a body as JSON.
pub async fn json(request: Request) -> Result<Value, Unreadable> {
    if !says_json(request.headers()) {
        return Err(Unreadable::MediaType);
    }
    let bytes = whole(request).await?;
    serde_json::from_slice(&bytes)
        .map_err(|why| Unreadable::Malformed { line: why.line().max(1), column: why.column().max(1) })
}

async fn whole(request: Request) -> Result<Bytes, Unreadable> {
    to_bytes(request.into_body(), BODY_MAX).await.map_err(|why| {
        let mut causes = std::iter::successors(Some(&why as &dyn std::error::Error), |why| why.source());
        if causes.any(<dyn std::error::Error>::is::<LengthLimitError>) {
            Unreadable::TooLarge
        } else {
            // Nobody may be there any more to read this; whoever is must not take it for a mistake in what they send.
            Unreadable::BrokeOff
        }
    })
}

/// `application/json`, or a type that is JSON by its suffix (RFC 6839), not compressed.
fn says_json(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let essence = text(header::CONTENT_TYPE).and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    let plain = headers.get(header::CONTENT_ENCODING).is_none_or(|encoding| encoding == "identity");
    plain && (essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json")))
}

/// A report.
pub fn report(body: Value, findings: &mut Findings) -> Draft {
    let mut fields = Fields::of_body(body, findings);
    let draft = Draft {
        site: fields.text("site"),
        category: fields.word("category"),
        facts: fields.facts(),
        ..Draft::default()
    };
    let known: Vec<&str> = ["site", "category"].into_iter().chain(FACTS).collect();
    fields.end(&known);
    draft
}

/// Prices without a currency are in the shop's.
pub fn price_in(facts: &mut FactsDraft, currency: Currency) {
    let unsaid = |line: &&mut GoodsDraft| line.unit_value_minor.is_some() && line.currency.is_none();
    facts.goods.iter_mut().filter(unsaid).for_each(|line| line.currency = Some(currency.code()));
}

#[cfg(test)]
mod tests {
    use super::super::findings::Wrong;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(body: Value) -> (Draft, Findings) {
        let mut findings = Findings::default();
        let draft = report(body, &mut findings);
        (draft, findings)
    }

    #[test]
    fn numbers_may_be_numbers_or_text_and_null_is_nothing() {
        let (draft, findings) = read(json!({
            "kind": null, "persons": 2,
            "goods": [{"what": "gin", "quantity": "2", "unit_value_minor": 2150, "fate": null}, {"what": "rum", "quantity": 3.0}]
        }));
        assert!(findings.is_empty());
        assert_eq!((draft.facts.kind, draft.facts.persons.as_deref()), (None, Some("2")));
        assert_eq!(draft.facts.goods[0].quantity.as_deref(), Some("2"));
        assert_eq!(draft.facts.goods[0].unit_value_minor.as_deref(), Some("2150"));
        assert_eq!(draft.facts.goods[1].quantity.as_deref(), Some("3"));
    }

    #[test]
    fn every_problem_of_shape_is_noted_with_its_place() {
        let (_, findings) = read(json!({
            "site": 5, "what_happened": ["x"], "method": "walk_out", "colour": "red",
            "goods": [7, {"what": {}, "price": 1}]
        }));
        let mut expected = Findings::default();
        expected.add("site", Wrong::NotText);
        expected.add("what_happened", Wrong::NotText);
        expected.add("method", Wrong::NotAList);
        expected.add("goods.0", Wrong::NotAnObject);
        expected.add("goods.1.what", Wrong::NotText);
        expected.unknown("goods.1.", "price", &GOODS);
        expected.unknown("", "colour", &["site", "category"].into_iter().chain(FACTS).collect::<Vec<_>>());
        assert_eq!(findings, expected);
    }

    #[test]
    fn only_json_that_says_so_is_read() {
        let says = |value: &str| {
            let headers: HeaderMap = [(header::CONTENT_TYPE, value.parse().unwrap())].into_iter().collect();
            says_json(&headers)
        };
        assert!(
            says("application/json") && says("Application/JSON; charset=utf-8") && says("application/vnd.shop+json")
        );
        assert!(!says("text/json") && !says("application/x-www-form-urlencoded") && !says_json(&HeaderMap::new()));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from)
        ];
        let name = prop_oneof![
            proptest::sample::select(FACTS.to_vec()).prop_map(ToOwned::to_owned),
            proptest::sample::select(GOODS.to_vec()).prop_map(ToOwned::to_owned),
            ".{0,4}"
        ];
        leaf.prop_recursive(3, 32, 4, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec((name.clone(), inner), 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_json_makes_reading_fail(body in any_json()) {
            let is_object = body.is_object();
            let (_, findings) = read(body);
            prop_assert!(is_object || !findings.is_empty());
        }
    }
}
