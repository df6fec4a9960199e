//! Bodies: read whole, as JSON, with every problem of their shape noted. Words, numbers and times are only carried
//! from here to the domain, which knows what they may be.

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use domain::facts::{FactsDraft, GOODS_MAX, GoodsDraft};
use domain::problems::Fault;
use domain::report::Draft;
use http_body_util::LengthLimitError;
use serde_json::{Map, Value};

use super::findings::{Findings, Wrong};
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
/// What a value becomes that is no word, number or time; nothing in the domain is written so, and it says what would be.
const UNREADABLE: &str = "\u{FFFD}";

/// Why a body is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    MediaType,
    TooLarge,
    Malformed { line: usize, column: usize },
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
            // It broke off; nobody may be there any more to read this.
            Unreadable::Malformed { line: 1, column: 1 }
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

/// An object whose fields are taken one by one; what is left at the end is not known here. `null` is the same as
/// nothing.
pub struct Fields<'f> {
    prefix: String,
    map: Map<String, Value>,
    findings: &'f mut Findings,
}

impl<'f> Fields<'f> {
    /// The fields of the whole body.
    pub fn of_body(body: Value, findings: &'f mut Findings) -> Self {
        Self::of(body, "body", String::new(), findings)
    }

    fn of(value: Value, name: &str, prefix: String, findings: &'f mut Findings) -> Self {
        let map = match value {
            Value::Object(map) => map,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                findings.add(name, Wrong::NotAnObject);
                Map::new()
            }
        };
        Self { prefix, map, findings }
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.map.remove(name).filter(|value| !value.is_null())
    }

    /// Notes what is wrong with a field of it.
    pub fn note(&mut self, name: &str, wrong: Wrong) {
        self.findings.add(format!("{}{name}", self.prefix), wrong);
    }

    /// Takes the value, or notes the fault and goes on.
    pub fn keep<T>(&mut self, name: &str, result: Result<T, Fault>) -> Option<T> {
        result.map_err(|fault| self.note(name, Wrong::Fault(fault))).ok()
    }

    /// Text in people's own words.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                self.note(name, Wrong::NotText);
                None
            }
        }
    }

    /// A word, a number or a time, which the domain reads; a number may be sent as a number or as text.
    pub fn word(&mut self, name: &str) -> Option<String> {
        self.take(name).map(word)
    }

    fn list(&mut self, name: &str) -> Vec<Value> {
        match self.take(name) {
            None => Vec::new(),
            Some(Value::Array(list)) => list,
            Some(_) => {
                self.note(name, Wrong::NotAList);
                Vec::new()
            }
        }
    }

    /// Lays the fields of an object in this one beside its own.
    pub fn open(&mut self, name: &str) {
        let Some(value) = self.take(name) else { return };
        let prefix = format!("{}{name}.", self.prefix);
        let inner = Fields::of(value, name, prefix.clone(), self.findings).map;
        for (field, value) in inner {
            if self.map.get(&field).is_some_and(|outer| !outer.is_null()) {
                self.findings.add(format!("{prefix}{field}"), Wrong::GivenTwice);
            } else {
                self.map.insert(field, value);
            }
        }
    }

    /// Facts.
    pub fn facts(&mut self) -> FactsDraft {
        FactsDraft {
            what_happened: self.text("what_happened"),
            happened: self.word("happened"),
            precision: self.word("precision"),
            kind: self.word("kind"),
            method: self.list("method").into_iter().map(word).collect(),
            zone: self.word("zone"),
            goods: self.goods(),
            weapon: self.word("weapon"),
            injury: self.word("injury"),
            staff_safe: self.word("staff_safe"),
            still_present: self.word("still_present"),
            persons: self.word("persons"),
            cctv: self.word("cctv"),
            camera: self.text("camera"),
        }
    }

    fn goods(&mut self) -> Vec<GoodsDraft> {
        let list = self.list("goods");
        if list.len() > GOODS_MAX {
            // The domain says that these are too many; none of them is looked at.
            return vec![GoodsDraft::default(); list.len()];
        }
        let line = |(at, value)| {
            let name = format!("{}goods.{at}", self.prefix);
            let mut fields = Fields::of(value, &name, format!("{name}."), self.findings);
            let line = GoodsDraft {
                what: fields.text("what").unwrap_or_default(),
                quantity: fields.word("quantity"),
                unit_value_minor: fields.word("unit_value_minor"),
                currency: fields.word("currency"),
                fate: fields.word("fate"),
            };
            fields.end(&GOODS);
            line
        };
        list.into_iter().enumerate().map(line).collect()
    }

    /// Notes every field that was not taken.
    pub fn end(self, known: &[&str]) {
        for name in self.map.keys() {
            self.findings.unknown(&self.prefix, name, known);
        }
    }
}

fn word(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Bool(truth) => truth.to_string(),
        // In JSON 2.0 is as whole as 2.
        Value::Number(number) => {
            let text = number.to_string();
            text.strip_suffix(".0").map_or_else(|| text.clone(), ToOwned::to_owned)
        }
        Value::Null | Value::Array(_) | Value::Object(_) => UNREADABLE.to_owned(),
    }
}

/// A report.
pub fn report(body: Value, findings: &mut Findings) -> Draft {
    let mut fields = Fields::of_body(body, findings);
    let draft = Draft { site: fields.text("site"), category: fields.word("category"), facts: fields.facts() };
    let known: Vec<&str> = ["site", "category"].into_iter().chain(FACTS).collect();
    fields.end(&known);
    draft
}

/// Prices without a currency are in the shop's.
pub fn price_in(facts: &mut FactsDraft, currency: domain::facts::Currency) {
    let unsaid = |line: &&mut GoodsDraft| line.unit_value_minor.is_some() && line.currency.is_none();
    facts.goods.iter_mut().filter(unsaid).for_each(|line| line.currency = Some(currency.code()));
}

#[cfg(test)]
mod tests {
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
