//! Words for people: Fluent files in `locales/`, typed keys in [`keys`], one language per reader.

pub mod families;
pub mod keys;

use std::sync::OnceLock;

use fluent::concurrent::FluentBundle;
use fluent::{FluentArgs, FluentResource, FluentValue};
use fluent_langneg::{LanguageIdentifier as Asked, NegotiationStrategy, negotiate_languages};
use rust_embed::RustEmbed;
use unic_langid::{CharacterDirection, LanguageIdentifier};

/// The files, inside the binary.
#[derive(RustEmbed)]
#[folder = "locales"]
struct Files;

/// The language that every text exists in, and the last resort.
pub const FALLBACK: &str = "en";
/// The longest `Accept-Language` that is read.
const ACCEPT_MAX: usize = 200;

/// A language that has words here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lang(usize);

/// A text to say: a key and what it is about.
pub struct Msg<'a> {
    key: &'static str,
    args: FluentArgs<'a>,
}

impl<'a> Msg<'a> {
    fn new<const N: usize>(key: &'static str, args: [(&'static str, FluentValue<'a>); N]) -> Self {
        Self { key, args: args.into_iter().collect() }
    }
}

/// The locale files do not make sense; they are part of the binary, so this is found before it is shipped.
#[derive(Debug, Clone, thiserror::Error)]
#[error("locale {0} cannot be read")]
pub struct BadLocale(String);

/// A language; its words are read when somebody first hears it, since each takes a quarter of a megabyte.
struct Language {
    tag: LanguageIdentifier,
    files: Vec<String>,
    words: OnceLock<Result<FluentBundle<FluentResource>, BadLocale>>,
}

impl Language {
    fn words(&self) -> Result<&FluentBundle<FluentResource>, &BadLocale> {
        self.words.get_or_init(|| self.read()).as_ref()
    }

    fn read(&self) -> Result<FluentBundle<FluentResource>, BadLocale> {
        let mut bundle = FluentBundle::new_concurrent(vec![self.tag.clone()]);
        // Chats show the marks as boxes; pages set the direction by elements instead.
        bundle.set_use_isolating(false);
        for path in &self.files {
            let bad = || BadLocale(path.clone());
            let source = Files::get(path).ok_or_else(bad)?;
            let source = String::from_utf8(source.data.into_owned()).map_err(|_why| bad())?;
            let resource = FluentResource::try_new(source).map_err(|_why| bad())?;
            bundle.add_resource(resource).map_err(|_why| bad())?;
        }
        Ok(bundle)
    }
}

/// All words in all languages.
pub struct Texts {
    languages: Vec<Language>,
    fallback: Lang,
}

impl Texts {
    /// Finds the languages in the binary, and reads the one that is the last resort.
    pub fn load() -> Result<Self, BadLocale> {
        let mut languages: Vec<Language> = Vec::new();
        for path in Files::iter() {
            let bad = || BadLocale(path.to_string());
            let (folder, _) = path.split_once('/').ok_or_else(bad)?;
            let tag: LanguageIdentifier = folder.parse().map_err(|_why| bad())?;
            match languages.iter_mut().find(|language| language.tag == tag) {
                Some(language) => language.files.push(path.to_string()),
                None => languages.push(Language { tag, files: vec![path.to_string()], words: OnceLock::new() }),
            }
        }
        let is_fallback = |language: &Language| language.tag.language.as_str() == FALLBACK;
        let at = languages.iter().position(is_fallback).ok_or_else(|| BadLocale(FALLBACK.to_owned()))?;
        if let Some(Err(why)) = languages.get(at).map(Language::words) {
            return Err(why.clone());
        }
        Ok(Self { languages, fallback: Lang(at) })
    }

    /// The language for somebody who asks for `wanted` (an `Accept-Language` or a locale such as `pl_PL`), in a shop
    /// that speaks `shop`.
    pub fn choose(&self, wanted: Option<&str>, shop: &str) -> Lang {
        let wanted = wanted.filter(|wanted| wanted.len() <= ACCEPT_MAX).unwrap_or_default();
        let mut asked: Vec<(f32, Asked)> = wanted.split(',').filter_map(weighted).collect();
        asked.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut tags: Vec<Asked> = asked.into_iter().map(|(_, tag)| tag).collect();
        tags.extend(shop.parse::<Asked>());
        let known: Vec<Asked> =
            self.languages.iter().filter_map(|language| language.tag.to_string().parse().ok()).collect();
        let chosen = negotiate_languages(&tags, &known, None, NegotiationStrategy::Lookup);
        let chosen = chosen.first().and_then(|tag| known.iter().position(|known| *known == **tag));
        chosen.map_or(self.fallback, Lang)
    }

    /// The language's tag, for `lang` attributes.
    pub fn tag(&self, lang: Lang) -> String {
        self.languages.get(lang.0).map_or_else(|| FALLBACK.to_owned(), |language| language.tag.to_string())
    }

    /// `rtl` or `ltr`, for `dir` attributes.
    pub fn direction(&self, lang: Lang) -> &'static str {
        let rtl = self.languages.get(lang.0).is_some_and(|l| l.tag.character_direction() == CharacterDirection::RTL);
        if rtl { "rtl" } else { "ltr" }
    }

    /// Every language's tag.
    pub fn tags(&self) -> Vec<String> {
        self.languages.iter().map(|language| language.tag.to_string()).collect()
    }

    /// A text in a language.
    pub fn say(&self, lang: Lang, msg: &Msg<'_>) -> String {
        self.look_up(lang, msg.key, Some(&msg.args))
    }

    /// The name of a word of a closed vocabulary.
    pub fn word(&self, lang: Lang, family: &str, word: &str) -> String {
        self.look_up(lang, &word_key(family, word), None)
    }

    fn look_up(&self, lang: Lang, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let in_language = |lang: Lang| {
            let bundle = self.languages.get(lang.0)?.words().ok()?;
            let pattern = bundle.get_message(key)?.value()?;
            Some(bundle.format_pattern(pattern, args, &mut Vec::new()).into_owned())
        };
        in_language(lang).or_else(|| in_language(self.fallback)).unwrap_or_else(|| key.to_owned())
    }
}

/// The key of a word: Fluent's names have no `+`.
pub fn word_key(family: &str, word: &str) -> String {
    format!("{family}-{}", word.replace('+', "-plus"))
}

/// One wish of an `Accept-Language` (RFC 9110, 12.5.4): a weight of 0 is no wish.
fn weighted(part: &str) -> Option<(f32, Asked)> {
    let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
    let weight: f32 = weight.trim().strip_prefix("q=")?.trim().parse().ok()?;
    let tag = tag.trim().replace('_', "-").parse().ok()?;
    (weight > 0.0 && weight <= 1.0).then_some((weight, tag))
}

#[cfg(test)]
mod tests;
