//! [`files`] holds `locales/` against the code, [`literals`] looks for words that stand elsewhere; here are the choice
//! of a language and what the built-in texts say.

mod files;
mod literals;
mod reading;

use std::collections::BTreeSet;

use super::{FALLBACK, Texts, keys};
use reading::{folder, known, names};

#[test]
fn every_language_on_disk_is_in_the_binary() {
    let texts = Texts::load().expect("texts");
    assert_eq!(texts.tags().into_iter().collect::<BTreeSet<_>>(), names(&folder()));
    for language in &texts.languages {
        let words = language.words().expect("words that can be read");
        let lacks: Vec<String> = known().into_keys().filter(|key| !words.has_message(key)).collect();
        assert!(lacks.is_empty(), "{} was built without {lacks:?}", language.tag);
    }
}

#[test]
fn minutes_are_counted_as_each_language_counts() {
    let texts = Texts::load().expect("texts");
    let say = |lang: &str, count: i64| texts.say(texts.choose(Some(lang), FALLBACK), &keys::ago_minutes(count));
    assert_eq!(say("en", 1), "a minute ago");
    assert_eq!(say("en", 21), "21 minutes ago");
    assert_eq!(say("es", 1), "hace un minuto");
    assert_eq!(say("es", 2), "hace 2 minutos");
    assert_eq!(say("pl", 1), "minutę temu");
    assert_eq!(say("pl", 22), "22 minuty temu");
    assert_eq!(say("pl", 12), "12 minut temu");
    assert_eq!(say("pl", 25), "25 minut temu");
    assert_eq!(say("ur", 1), "ایک منٹ پہلے");
    assert_eq!(say("ur", 2), "2 منٹ پہلے");
}

#[test]
fn the_reader_s_language_wins_then_the_shop_s_then_english() {
    let texts = Texts::load().expect("texts");
    let chosen = |wanted: Option<&str>, shop: &str| texts.tag(texts.choose(wanted, shop));
    assert_eq!(chosen(Some("pl;q=0.8, ur;q=0.9"), "en"), "ur");
    assert_eq!(chosen(Some("fr, pl;q=0.8, es;q=0.2"), "en"), "pl");
    assert_eq!(chosen(Some("pl_PL"), "es"), "pl");
    assert_eq!(chosen(Some("ur-PK,ur;q=0.9,en;q=0.8"), "en"), "ur");
    assert_eq!(chosen(Some("es-MX"), "en"), "es");
    assert_eq!(chosen(Some("en-GB"), "pl"), "en");
    assert_eq!(chosen(Some("pt-BR"), "es"), "es");
    assert_eq!(chosen(None, "pl"), "pl");
    assert_eq!(chosen(Some(""), "pl"), "pl");
    assert_eq!(chosen(Some("\u{0};;q=x,,<script>,pl;q=many"), "es"), "es");
    assert_eq!(chosen(Some(&"pl,".repeat(1_000)), "es"), "es");
    assert_eq!(chosen(None, "tlh"), FALLBACK);
    assert_eq!(chosen(Some("tlh"), "not a language"), FALLBACK);
}

#[test]
fn urdu_is_read_from_right_to_left() {
    let texts = Texts::load().expect("texts");
    for (lang, direction) in [("en", "ltr"), ("es", "ltr"), ("pl", "ltr"), ("ur", "rtl")] {
        assert_eq!(texts.direction(texts.choose(Some(lang), FALLBACK)), direction, "{lang}");
    }
}
