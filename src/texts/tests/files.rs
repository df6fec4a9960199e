//! The locale files against the code and against each other.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::{known, languages, messages, nothing_wrong};
use crate::texts::FALLBACK;

/// The plural categories of whole numbers that every selector of a language must have, and those it may have
/// ([CLDR](https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html)).
const PLURALS: &[(&str, &[&str], &[&str])] = &[
    ("en", &["one", "other"], &[]),
    ("es", &["one", "other"], &["many"]),
    ("pl", &["one", "few", "many", "other"], &[]),
    ("ur", &["one", "other"], &[]),
];

/// Words that judge a person before anybody else did; `*` stands for any ending.
const BLAME: &[(&str, &str)] = &[
    (
        "en",
        "thief thieves offender* criminal* culprit* perpetrator* shoplifter* robber robbers suspect suspects guilty",
    ),
    ("es", "ladrón ladron* delincuente* criminal* ratero* culpable* malhechor* sospechoso sospechosos"),
    ("pl", "złodziej* przestępc* sprawc* kryminalist* rabu* winny winna winni podejrzany podejrzani"),
    ("ur", "چور چوروں مجرم مجرموں ملزم ملزمان ملزموں ڈاکو ڈاکوؤں لٹیرا لٹیرے لٹیروں قصوروار"),
];
/// The name of an offence in law; it is about a thing.
const NO_BLAME: &str = "criminal damage";

/// What people type or look for, the same in every language.
const UNTRANSLATED: &[&str] =
    &["/report", "shopwatch enter NAME", "SW-", "Shopwatch", "Slack", "Discord", "Idempotency-Key", "GBP"];

#[test]
fn english_has_a_text_for_everything_the_code_says_and_no_other() {
    let english: BTreeMap<String, BTreeSet<String>> =
        messages(FALLBACK).into_iter().map(|((_, key), said)| (key, said.variables)).collect();
    let known = known();
    let mut wrong = Vec::new();
    for (key, variables) in &known {
        match english.get(key) {
            None => wrong.push(format!("{key} has no text")),
            Some(found) if found != variables => wrong.push(format!("{key} is given {variables:?} and says {found:?}")),
            Some(_) => {}
        }
    }
    wrong.extend(english.keys().filter(|key| !known.contains_key(*key)).map(|key| format!("nobody says {key}")));
    nothing_wrong(&wrong);
}

#[test]
fn every_language_has_every_key_of_english_with_the_same_variables() {
    let english = messages(FALLBACK);
    let mut wrong = Vec::new();
    for (lang, messages) in languages() {
        for ((file, key), said) in &english {
            match messages.get(&(file.clone(), key.clone())) {
                None => wrong.push(format!("{lang}/{file} lacks {key}")),
                Some(found) if found.variables != said.variables => {
                    wrong.push(format!(
                        "{lang}/{file}: {key} says {:?} instead of {:?}",
                        found.variables, said.variables
                    ));
                }
                Some(found) if found.text.trim().is_empty() && !said.text.trim().is_empty() => {
                    wrong.push(format!("{lang}/{file}: {key} says nothing"));
                }
                Some(_) => {}
            }
        }
        let more = messages.keys().filter(|key| !english.contains_key(*key));
        wrong.extend(more.map(|(file, key)| format!("{lang}/{file} has {key}, English has not")));
    }
    nothing_wrong(&wrong);
}

#[test]
fn every_selector_has_the_plurals_of_its_language() {
    let mut wrong = Vec::new();
    for (lang, messages) in languages() {
        let (_, needed, more) =
            PLURALS.iter().find(|(known, ..)| *known == lang).expect("the plurals of every language");
        for ((file, key), said) in &messages {
            for categories in &said.selectors {
                let lacks = needed.iter().filter(|category| !categories.contains(**category));
                wrong.extend(lacks.map(|category| format!("{lang}/{file}: {key} lacks [{category}]")));
                let odd =
                    categories.iter().filter(|category| !needed.iter().chain(*more).any(|known| known == category));
                wrong.extend(
                    odd.map(|category| format!("{lang}/{file}: {key} has [{category}], which {lang} does not")),
                );
            }
        }
    }
    nothing_wrong(&wrong);
}

#[test]
fn no_text_shouts_or_blames() {
    let mut wrong = Vec::new();
    for (lang, messages) in languages() {
        let (_, blame) = BLAME.iter().find(|(known, _)| *known == lang).expect("the blame words of every language");
        for ((file, key), said) in &messages {
            if said.text.contains(['!', '¡', '！']) {
                wrong.push(format!("{lang}/{file}: {key} has an exclamation mark"));
            }
            let text = said.text.to_lowercase().replace(NO_BLAME, "");
            for word in text.split(|letter: char| !letter.is_alphanumeric()) {
                let blames = |known: &&str| match known.strip_suffix('*') {
                    Some(beginning) => word.starts_with(beginning),
                    None => word == *known,
                };
                wrong.extend(blame.split(' ').find(blames).map(|_| format!("{lang}/{file}: {key} says “{word}”")));
            }
        }
    }
    nothing_wrong(&wrong);
}

#[test]
fn what_people_type_and_every_number_is_the_same_in_every_language() {
    let numbers = |text: &str| -> BTreeSet<String> {
        text.split(|letter: char| !letter.is_ascii_digit())
            .filter(|part| !part.is_empty())
            .map(ToOwned::to_owned)
            .collect()
    };
    let english = messages(FALLBACK);
    let mut wrong = Vec::new();
    for (lang, messages) in languages() {
        for (at, said) in &english {
            let Some(found) = messages.get(at) else { continue };
            let (file, key) = at;
            let differs =
                UNTRANSLATED.iter().filter(|typed| said.text.contains(**typed) != found.text.contains(**typed));
            wrong.extend(differs.map(|typed| format!("{lang}/{file}: {key} and “{typed}”")));
            if numbers(&said.text) != numbers(&found.text) {
                wrong.push(format!("{lang}/{file}: {key} has other numbers"));
            }
        }
        let help = messages.iter().find(|((_, key), _)| key == "help-first").map(|(_, said)| said.text.clone());
        let help = help.unwrap_or_default();
        wrong.extend(
            ["now", "info"]
                .iter()
                .filter(|typed| !help.contains(**typed))
                .map(|typed| format!("{lang}: help-first and “{typed}”")),
        );
    }
    nothing_wrong(&wrong);
}
