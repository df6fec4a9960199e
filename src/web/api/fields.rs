//! The fields of a body, taken one by one, with every problem of their shape noted. Words, numbers and times are only
//! carried from here to the domain, which knows what they may be.

use domain::facts::{FactsDraft, GOODS_MAX, GoodsDraft};
use domain::problems::Fault;
use serde_json::{Map, Value};

use super::bodies::GOODS;
use super::findings::{Findings, Wrong};

/// What a value becomes that is no word, number or time; nothing in the domain is written so, and it says what would be.
const UNREADABLE: &str = "\u{FFFD}";

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
