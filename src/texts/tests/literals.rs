//! Looks for English where people would read it: in the chats and pages, which must take every word from `locales/`.

mod rust;

use std::fs;
use std::path::{Path, PathBuf};

use super::reading::nothing_wrong;
use rust::{speaks, texts};

/// Where the words of people are drawn.
const LOOKED_AT: &[&str] =
    &["src/chat", "src/console", "src/discord", "src/operations", "src/slack", "src/web", "templates"];
/// Attributes that browsers show or read out.
const SPOKEN: &[&str] = &[
    "alt",
    "aria-description",
    "aria-label",
    "aria-placeholder",
    "aria-roledescription",
    "data-say",
    "data-unsent",
    "label",
    "placeholder",
    "title",
];
/// Where English may stand: a file or a folder, and why.
const ALLOWED: &[(&str, &str)] = &[
    ("src/web/openapi", "the document is read by those who write programs, and is in English alone"),
    ("src/console/templates/_marks.html", "attributes, drawn inside a tag"),
];
/// What is taken out of a template; the block holds classes.
const UNSAID: [(&str, &str); 5] =
    [("{#", "#}"), ("<!--", "-->"), ("{% block kind %}", "{% endblock %}"), ("{{", "}}"), ("{%", "%}")];

/// What a template says by itself: text and spoken attributes outside `{{ }}`, sentences inside it.
fn said(template: &str) -> Vec<String> {
    let mut said = Vec::new();
    let mut page = template.to_owned();
    for (opens, closes) in UNSAID {
        let mut rest = String::new();
        for (nth, part) in page.split(opens).enumerate() {
            let (inside, outside) = if nth == 0 { ("", part) } else { part.split_once(closes).unwrap_or((part, "")) };
            if opens == "{{" || opens == "{%" {
                said.extend(texts(inside).into_iter().map(|(_, text)| text).filter(|text| speaks(text)));
            }
            rest.push_str(outside);
        }
        page = rest;
    }
    let lettered = |text: &str| {
        let bare = text
            .split('&')
            .enumerate()
            .map(|(nth, part)| if nth == 0 { part } else { part.split_once(';').map_or(part, |(_, after)| after) });
        bare.collect::<String>().contains(char::is_alphabetic)
    };
    for (nth, part) in page.split('<').enumerate() {
        let (tag, text) = if nth == 0 { ("", part) } else { part.split_once('>').unwrap_or((part, "")) };
        let tag = tag.replace(char::is_whitespace, " ");
        for name in SPOKEN {
            let value = tag.split_once(&format!(" {name}=\"")).and_then(|(_, value)| value.split_once('"'));
            said.extend(value.filter(|(value, _)| lettered(value)).map(|(value, _)| value.to_owned()));
        }
        if lettered(text) {
            said.push(text.trim().to_owned());
        }
    }
    said
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file under a folder, if there is such a folder.
fn under(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() { found.extend(under(&entry)) } else { found.push(entry) }
    }
    found.sort();
    found
}

#[test]
fn nobody_reads_a_word_that_is_not_from_the_locale_files() {
    let mut wrong = Vec::new();
    for path in LOOKED_AT.iter().flat_map(|folder| under(&root().join(folder))) {
        let name = path.strip_prefix(root()).expect("a file of ours").display().to_string();
        let of = |ending: &str| path.extension().is_some_and(|extension| extension == ending);
        let is_test = name.ends_with("/tests.rs") || name.contains("/tests/");
        let read = || fs::read_to_string(&path).expect("a file in Unicode");
        let found: Vec<(usize, String)> = if of("rs") && !is_test {
            texts(&read()).into_iter().filter(|(_, text)| speaks(text)).collect()
        } else if of("html") || of("svg") || of("xml") {
            said(&read()).into_iter().map(|text| (0, text)).collect()
        } else {
            Vec::new()
        };
        if !ALLOWED.iter().any(|(place, _)| name.starts_with(place)) {
            wrong.extend(found.into_iter().map(|(line, text)| format!("{name}:{line}: “{text}”")));
        }
    }
    nothing_wrong(&wrong);
}

#[test]
fn english_in_a_template_is_found_where_people_would_read_it() {
    let template = r#"{% extends "page.html" %}{% block kind %}page whole{% endblock %}{# Only a remark #}<!-- Only a remark -->
        <h1 class="large" title="{{ title }}">{{ voice.say(keys::title()) }} · &middot; 2</h1>
        <input name="line"
            placeholder="Your name"><p>{% if x %}Hello{% endif %}</p>{{ say("Read this") }}"#;
    assert_eq!(said(template), ["Read this", "Your name", "Hello"]);
}
