//! What stands in `locales/`, and what the code knows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};
use fluent_syntax::parser;
use fluent_syntax::unicode::unescape_unicode_to_string;

use crate::texts::families::families;
use crate::texts::{keys, word_key};

/// What a message consists of.
#[derive(Debug, Default)]
pub struct Said {
    /// The text of all variants.
    pub text: String,
    pub variables: BTreeSet<String>,
    /// The categories of each selector.
    pub selectors: Vec<BTreeSet<String>>,
}

/// The messages of a language; a key is its file and its name.
pub type Messages = BTreeMap<(String, String), Said>;

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("locales")
}

pub fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder of locales");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name in Unicode")).collect()
}

pub fn languages() -> Vec<(String, Messages)> {
    names(&folder()).into_iter().map(|lang| (lang.clone(), messages(&lang))).collect()
}

pub fn messages(lang: &str) -> Messages {
    let mut messages = Messages::new();
    for file in names(&folder().join(lang)) {
        let source = fs::read_to_string(folder().join(lang).join(&file)).expect("a file in Unicode");
        let resource = parser::parse(source).unwrap_or_else(|(_, errors)| panic!("{lang}/{file}: {errors:?}"));
        for entry in resource.body {
            let message = match entry {
                Entry::Message(message) => message,
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
                Entry::Term(term) => panic!("{lang}/{file}: the term {} is not a text of a key", term.id.name),
                Entry::Junk { content } => panic!("{lang}/{file}: {content}"),
            };
            let name = message.id.name;
            assert!(message.attributes.is_empty(), "{lang}/{file}: {name} has attributes, which nobody says");
            let mut said = Said::default();
            said.add(&message.value.unwrap_or_else(|| panic!("{lang}/{file}: {name} is empty")));
            let twice = messages.keys().any(|(_, known)| *known == name);
            assert!(!twice, "{lang}/{file}: {name} is there twice");
            messages.insert((file.clone(), name), said);
        }
    }
    messages
}

impl Said {
    fn add(&mut self, pattern: &Pattern<String>) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => self.text.push_str(value),
                PatternElement::Placeable { expression } => self.add_expression(expression),
            }
        }
    }

    fn add_expression(&mut self, expression: &Expression<String>) {
        match expression {
            Expression::Inline(inline) => self.add_inline(inline),
            Expression::Select { selector, variants } => {
                self.add_inline(selector);
                let mut categories = BTreeSet::new();
                for variant in variants {
                    if let VariantKey::Identifier { name } = &variant.key {
                        categories.insert(name.clone());
                    }
                    self.add(&variant.value);
                    self.text.push('\n');
                }
                self.selectors.push(categories);
            }
        }
    }

    fn add_inline(&mut self, inline: &InlineExpression<String>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.variables.insert(id.name.clone());
            }
            InlineExpression::StringLiteral { value } => self.text.push_str(&unescape_unicode_to_string(value)),
            InlineExpression::NumberLiteral { value } => self.text.push_str(value),
            InlineExpression::Placeable { expression } => self.add_expression(expression),
            InlineExpression::FunctionReference { .. }
            | InlineExpression::MessageReference { .. }
            | InlineExpression::TermReference { .. } => panic!("a text says everything itself: {inline:?}"),
        }
    }
}

/// What the code says, with its variables.
pub fn known() -> BTreeMap<String, BTreeSet<String>> {
    let messages =
        keys::MESSAGES.iter().map(|(key, args)| ((*key).to_owned(), args.iter().map(ToString::to_string).collect()));
    let families = families();
    let words =
        families.iter().flat_map(|(family, words)| words.iter().map(|word| (word_key(family, word), BTreeSet::new())));
    messages.chain(words).collect()
}

/// What is wrong, all at once.
pub fn nothing_wrong(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
