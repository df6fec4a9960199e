//! The file as tables, keys and values that know where they stand.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use domain::text;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::nearest::nearest;
use super::problems::{Noted, Notes, named, quoted};

/// A table of the file, with the keys it may have.
pub(super) struct Section<'t> {
    /// The path to it; empty for the file itself.
    pub(super) key: String,
    /// The byte at which its head stands.
    pub(super) at: usize,
    entries: BTreeMap<&'static str, Entry<'t>>,
}

/// A value of the file.
pub(super) struct Entry<'t> {
    key: String,
    /// The byte at which it stands.
    pub(super) at: usize,
    value: &'t DeValue<'t>,
}

impl<'t> Section<'t> {
    /// The whole file as one table.
    pub(super) fn whole(table: &'t DeTable<'t>, keys: &[&'static str], notes: &mut Notes) -> Self {
        Self::open(String::new(), 0, table, keys, notes)
    }

    /// Notes every key that is not one of `keys`. A misspelt one is then read as what it was probably meant to
    /// be, so that it is not missed as well and what is wrong inside it is told in the same breath.
    fn open(key: String, at: usize, table: &'t DeTable<'t>, keys: &[&'static str], notes: &mut Notes) -> Self {
        let mut section = Self { key, at, entries: BTreeMap::new() };
        for (written, value) in table {
            let exact = keys.iter().find(|key| **key == written.get_ref().as_ref());
            let entry = section.entry(written.get_ref(), value);
            if let Some(key) = exact {
                section.entries.insert(key, entry);
                continue;
            }
            let meant = nearest(written.get_ref(), keys.iter().copied());
            let advice = match meant {
                Some(meant) => format!("did you mean {meant}?"),
                None => format!("the keys are {}.", keys.join(", ")),
            };
            let message = format!("There is no key {} here; {advice}", named(written.get_ref()));
            notes.add(written.span().start, &entry.key, message);
            if let Some(key) = keys.iter().find(|key| Some(**key) == meant && !table.contains_key(**key)) {
                section.entries.insert(key, entry);
            }
        }
        section
    }

    fn entry(&self, written: &str, value: &'t Spanned<DeValue<'t>>) -> Entry<'t> {
        Entry { key: self.path(&named(written)), at: value.span().start, value: value.get_ref() }
    }

    /// The path to a key of this table.
    pub(super) fn path(&self, key: &str) -> String {
        if self.key.is_empty() { key.to_owned() } else { format!("{}.{key}", self.key) }
    }

    /// The value of a key, if the table has it.
    pub(super) fn find(&self, key: &str) -> Option<&Entry<'t>> {
        self.entries.get(key)
    }

    /// The value of a key that must be there; `example` shows what to write.
    pub(super) fn demand(&self, key: &str, example: &str, notes: &mut Notes) -> Result<&Entry<'t>, Noted> {
        let missing = || format!("This is missing; write {key} = {example}.");
        self.find(key).ok_or_else(|| notes.add(self.at, self.path(key), missing()))
    }

    /// The table of a key; one without any keys if there is none.
    pub(super) fn child(&self, key: &str, keys: &[&'static str], notes: &mut Notes) -> Result<Self, Noted> {
        match self.find(key) {
            Some(entry) => entry.section(keys, notes),
            None => Ok(Self { key: self.path(key), at: self.at, entries: BTreeMap::new() }),
        }
    }

    /// The whole number of a key, or what holds without it.
    pub(super) fn number(
        &self,
        key: &str,
        standard: u32,
        bounds: RangeInclusive<u32>,
        notes: &mut Notes,
    ) -> Result<u32, Noted> {
        self.find(key).map_or(Ok(standard), |entry| entry.number(bounds, notes))
    }
}

impl<'t> Entry<'t> {
    /// Notes what is wrong with this value.
    pub(super) fn note(&self, message: impl Into<String>, notes: &mut Notes) -> Noted {
        notes.add(self.at, &self.key, message)
    }

    fn expect<T>(&self, found: Option<T>, wanted: &str, notes: &mut Notes) -> Result<T, Noted> {
        let message = || format!("This is {}; write {wanted}.", type_name(self.value));
        found.ok_or_else(|| self.note(message(), notes))
    }

    /// Text of any kind.
    pub(super) fn text(&self, notes: &mut Notes) -> Result<&'t str, Noted> {
        self.expect(self.value.as_str(), "text in double quotes", notes)
    }

    /// One readable line of at most `most` characters.
    pub(super) fn label(&self, most: usize, notes: &mut Notes) -> Result<String, Noted> {
        match text::optional(self.text(notes)?, most) {
            Ok(Some(label)) if !label.contains('\n') => Ok(label),
            Ok(Some(_)) => Err(self.note("This has a line break in it; write it on one line.", notes)),
            Ok(None) => Err(self.note("This is empty; write what people call it.", notes)),
            Err(_) => Err(self.note(format!("This is too long; write at most {most} characters."), notes)),
        }
    }

    /// Text that `read` understands; `wanted` says what such text is, with an example.
    pub(super) fn word<T>(
        &self,
        read: impl Fn(&str) -> Option<T>,
        wanted: &str,
        notes: &mut Notes,
    ) -> Result<T, Noted> {
        let text = self.text(notes)?;
        read(text).ok_or_else(|| self.note(format!("{} is not {wanted}.", quoted(text)), notes))
    }

    /// Yes or no.
    pub(super) fn flag(&self, notes: &mut Notes) -> Result<bool, Noted> {
        self.expect(self.value.as_bool(), "true or false, without quotes", notes)
    }

    /// A whole number within bounds.
    pub(super) fn number(&self, bounds: RangeInclusive<u32>, notes: &mut Notes) -> Result<u32, Noted> {
        let (least, most) = (bounds.start(), bounds.end());
        let wanted = format!("a whole number from {least} to {most}, without quotes");
        let written = self.expect(self.value.as_integer(), &wanted, notes)?;
        let number = u32::from_str_radix(written.as_str(), written.radix()).ok();
        let out = || format!("{written} is out of range; write a whole number from {least} to {most}.");
        number.filter(|number| bounds.contains(number)).ok_or_else(|| self.note(out(), notes))
    }

    /// The table this value is.
    pub(super) fn section(&self, keys: &[&'static str], notes: &mut Notes) -> Result<Section<'t>, Noted> {
        let wanted = format!("it as a table, with the keys {}", keys.join(", "));
        let table = self.expect(self.value.as_table(), &wanted, notes)?;
        Ok(Section::open(self.key.clone(), self.at, table, keys, notes))
    }

    /// Whether this value is one table where a list of them could stand.
    pub(super) fn is_table(&self) -> bool {
        self.value.is_table()
    }

    /// The entries of a list.
    pub(super) fn list(&self, wanted: &str, notes: &mut Notes) -> Result<Vec<Self>, Noted> {
        let list = self.expect(self.value.as_array(), wanted, notes)?;
        let entry = |(index, value): (usize, &'t Spanned<DeValue<'t>>)| Self {
            key: format!("{}[{index}]", self.key),
            at: value.span().start,
            value: value.get_ref(),
        };
        Ok(list.iter().enumerate().map(entry).collect())
    }

    /// What a list of words names, each once.
    pub(super) fn words<T: Ord + Clone>(
        &self,
        mut read: impl FnMut(&Entry<'_>, &mut Notes) -> Result<T, Noted>,
        notes: &mut Notes,
    ) -> Result<Vec<T>, Noted> {
        let mut seen = BTreeSet::new();
        let mut words = Vec::new();
        for entry in self.list("a list of texts, such as [\"…\", \"…\"]", notes)? {
            words.push(match read(&entry, notes) {
                Ok(word) if !seen.insert(word.clone()) => {
                    Err(entry.note("This is listed twice; remove one of them.", notes))
                }
                word => word,
            });
        }
        words.into_iter().collect()
    }
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
