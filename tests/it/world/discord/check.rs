//! Reading bodies as strictly as Discord does: every problem at its place in the tree, unknown fields noticed.

use std::fmt::Display;

use serde_json::{Map, Value, json};

use super::errors::Failed;

/// What is wrong with a body.
#[derive(Default)]
pub struct Check {
    path: Vec<String>,
    errors: Map<String, Value>,
    /// Fields that Discord ignores and nobody who read its documentation sends.
    pub unknown: Vec<String>,
}

impl Check {
    /// Looks at what stands under a key.
    pub fn within(&mut self, key: impl Display, look: impl FnOnce(&mut Self)) {
        self.path.push(key.to_string());
        look(self);
        self.path.pop();
    }

    /// Something is wrong here.
    pub fn fail(&mut self, code: &str, message: &str) {
        let mut here = &mut self.errors;
        for key in &self.path {
            here = here.entry(key).or_insert_with(|| json!({})).as_object_mut().unwrap();
        }
        let list = here.entry("_errors").or_insert_with(|| json!([]));
        list.as_array_mut().unwrap().push(json!({ "code": code, "message": message }));
    }

    /// Something is wrong under a key.
    pub fn fail_at(&mut self, key: &str, code: &str, message: &str) {
        self.within(key, |check| check.fail(code, message));
    }

    /// Whether it is an object, and which of its fields nobody documented.
    pub fn object(&mut self, value: &Value, fields: &[&str]) -> bool {
        let Some(object) = value.as_object() else {
            self.fail("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType");
            return false;
        };
        for key in object.keys().filter(|key| !fields.contains(&key.as_str())) {
            self.unknown.push([self.path.join("."), key.clone()].join("."));
        }
        true
    }

    /// A text of a length; absent is fine.
    pub fn text(&mut self, value: &Value, key: &str, min: usize, max: usize) {
        match &value[key] {
            Value::Null => {}
            Value::String(text) => {
                let length = text.chars().count();
                if length < min {
                    let words = format!("Must be between {min} and {max} in length.");
                    self.fail_at(key, "BASE_TYPE_BAD_LENGTH", &words);
                } else if length > max {
                    self.fail_at(key, "BASE_TYPE_MAX_LENGTH", &format!("Must be {max} or fewer in length."));
                }
            }
            _ => self.fail_at(key, "STRING_TYPE_CONVERT", "Could not interpret value as string."),
        }
    }

    /// A text that must be there.
    pub fn required_text(&mut self, value: &Value, key: &str, min: usize, max: usize) {
        self.required(value, key);
        self.text(value, key, min, max);
    }

    /// Anything, if only it is there.
    pub fn required(&mut self, value: &Value, key: &str) {
        if value[key].is_null() {
            self.fail_at(key, "BASE_TYPE_REQUIRED", "This field is required");
        }
    }

    /// A whole number within bounds; absent is fine.
    pub fn integer(&mut self, value: &Value, key: &str, min: i64, max: i64) {
        match (&value[key], value[key].as_i64()) {
            (Value::Null, _) => {}
            (_, None) => self.fail_at(key, "NUMBER_TYPE_COERCE", &format!("Value \"{}\" is not int.", value[key])),
            (_, Some(number)) if number < min => {
                self.fail_at(key, "NUMBER_TYPE_MIN", &format!("int value should be greater than or equal to {min}."));
            }
            (_, Some(number)) if number > max => {
                self.fail_at(key, "NUMBER_TYPE_MAX", &format!("int value should be less than or equal to {max}."));
            }
            _ => {}
        }
    }

    /// A yes or no; absent is fine.
    pub fn boolean(&mut self, value: &Value, key: &str) {
        if !value[key].is_null() && !value[key].is_boolean() {
            self.fail_at(key, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.");
        }
    }

    /// One of a closed set of numbers; absent is fine.
    pub fn choice(&mut self, value: &Value, key: &str, of: &[i64]) {
        if !value[key].is_null() && !value[key].as_i64().is_some_and(|number| of.contains(&number)) {
            let list = of.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            self.fail_at(key, "BASE_TYPE_CHOICES", &format!("Value must be one of ({list})."));
        }
    }

    /// A list of a length, each of its things looked at; absent is fine.
    pub fn list(&mut self, value: &Value, key: &str, min: usize, max: usize, mut each: impl FnMut(&mut Self, &Value)) {
        let things = match &value[key] {
            Value::Null => return,
            Value::Array(things) => things,
            _ => return self.fail_at(key, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"),
        };
        self.within(key, |check| {
            if things.len() < min || things.len() > max {
                check.fail("BASE_TYPE_BAD_LENGTH", &format!("Must be between {min} and {max} in length."));
            }
            for (index, thing) in things.iter().enumerate() {
                check.within(index, |check| each(check, thing));
            }
        });
    }

    /// A link.
    pub fn link(&mut self, value: &Value, key: &str, max: usize, schemes: &[&str]) {
        self.text(value, key, 1, max);
        if let Some(link) = value[key].as_str()
            && !schemes.iter().any(|scheme| link.starts_with(&format!("{scheme}://")))
        {
            let words = format!("Scheme \"{link}\" is not supported. Scheme must be one of {schemes:?}.");
            self.fail_at(key, "URL_TYPE_INVALID_SCHEME", &words);
        }
    }

    /// The verdict, and the fields nobody documented.
    pub fn finish(self) -> (Result<(), Failed>, Vec<String>) {
        let verdict = if self.errors.is_empty() { Ok(()) } else { Err(Failed::form(self.errors)) };
        (verdict, self.unknown)
    }
}
