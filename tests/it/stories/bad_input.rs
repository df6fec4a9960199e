//! Whatever is sent, the answer is clear and nothing is half kept.

use domain::facts::{FactsDraft, GoodsDraft};
use domain::problems::{Fault, Problem};
use domain::report::Draft;
use shopwatch::chat::inbound::What;
use shopwatch::failure::Refusal;
use shopwatch::operations::Outcome;

use crate::world::World;
use crate::world::people::{AMAL, FINN};

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn facts(facts: FactsDraft) -> Draft {
    Draft { facts, ..Draft::default() }
}

fn goods(line: GoodsDraft) -> Draft {
    facts(FactsDraft { goods: vec![line], ..FactsDraft::default() })
}

fn gin() -> GoodsDraft {
    GoodsDraft { what: "gin".into(), unit_value_minor: text("2150"), currency: text("GBP"), ..GoodsDraft::default() }
}

#[tokio::test]
async fn every_kind_of_bad_report_is_refused_beside_its_field() {
    let world = World::new().await;
    let what = |written: &str| facts(FactsDraft { what_happened: text(written), ..FactsDraft::default() });
    let when = |written: &str| facts(FactsDraft { happened: text(written), ..FactsDraft::default() });
    let cases: Vec<(Draft, &[&str])> = vec![
        (Draft { site: text("atlantis"), ..Draft::default() }, &["site"]),
        (Draft { category: text("urgent"), ..Draft::default() }, &["category"]),
        (what(&"x".repeat(4_001)), &["what_happened"]),
        (what(&"😡".repeat(4_001)), &["what_happened"]),
        (what("\0\u{7}\u{202E}\u{200B}"), &["what_happened"]),
        (when("2099-01-01T00:00:00Z"), &["happened"]),
        (when("1999-12-31T23:59:59Z"), &["happened"]),
        (when("yesterday"), &["happened"]),
        (when("0000-00-00T00:00:00Z"), &["happened"]),
        (goods(GoodsDraft { quantity: text("-1"), ..gin() }), &["goods.0.quantity"]),
        (goods(GoodsDraft { quantity: text("99999999999999999999"), ..gin() }), &["goods.0.quantity"]),
        (goods(GoodsDraft { unit_value_minor: text("-5"), ..gin() }), &["goods.0.unit_value_minor"]),
        (goods(GoodsDraft { unit_value_minor: text("100000001"), ..gin() }), &["goods.0.unit_value_minor"]),
        (goods(GoodsDraft { currency: text("pounds"), ..gin() }), &["goods.0.currency"]),
        (goods(GoodsDraft { currency: None, ..gin() }), &["goods.0.currency"]),
        (goods(GoodsDraft { what: " ".into(), fate: text("eaten"), ..gin() }), &["goods.0.what", "goods.0.fate"]),
        (facts(FactsDraft { goods: vec![gin(); 51], ..FactsDraft::default() }), &["goods"]),
        (
            facts(FactsDraft {
                kind: text("heist"),
                weapon: text("laser"),
                persons: text("5"),
                ..FactsDraft::default()
            }),
            &["kind", "weapon", "persons"],
        ),
    ];
    for (draft, fields) in cases {
        let answer = world.send(AMAL, draft.clone()).await;
        assert_eq!(answer.faulty_fields(), fields, "{draft:?}");
        assert_eq!(answer.reply.problems.len(), fields.len(), "each is told in words");
    }
    assert_eq!(world.everything().await, []);
}

#[tokio::test]
async fn hostile_text_is_kept_as_people_wrote_it_less_what_nobody_can_see() {
    let world = World::new().await;
    for (written, kept) in [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("<!channel> @everyone *bold* `x` ||y||", "<!channel> @everyone *bold* `x` ||y||"),
        ("a\u{202E}b\0c\r\nd", "abc\nd"),
        ("'; DROP TABLE incident; --", "'; DROP TABLE incident; --"),
        ("{ $reference } { 1", "{ $reference } { 1"),
        ("دو لڑکے \u{200F}شراب", "دو لڑکے \u{200F}شراب"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
    ] {
        assert_eq!(world.report(written).await.what_happened(), Some(kept));
    }
    world.check_everything().await;
}

#[tokio::test]
async fn a_line_of_five_hundred_characters_fits_and_one_more_does_not() {
    let world = World::new().await;
    for category in ["", "now ", "info "] {
        for letter in ["x", "ż", "😡"] {
            let line = |count| format!("{category}{}", letter.repeat(count));
            assert_eq!(world.report(&line(500)).await.what_happened().map(|kept| kept.chars().count()), Some(500));
            for count in [501, 505, 506, 1_000_000] {
                let refused = world.receive(AMAL, What::Command(line(count))).await;
                // The word that chooses the category is not part of the line.
                let too_long = Fault::TooLong { most: 500, got: count };
                let problems = vec![Problem { field: "what_happened".into(), fault: too_long }];
                assert!(
                    matches!(refused.refusal(), Refusal::Problems(told) if told.0 == problems),
                    "{count} {refused:?}"
                );
            }
        }
    }
    world.check_everything().await;
}

#[tokio::test]
async fn nothing_opens_the_form_and_help_answers_in_two_lines() {
    let world = World::new().await;
    for nothing in ["", "   ", "\u{1}\u{1b}", "\u{FEFF}"] {
        let answer = world.receive(AMAL, What::Command(nothing.into())).await;
        assert!(matches!(answer.result, Ok(Outcome::ReportForm)) && answer.reply.form.is_some(), "{nothing:?}");
    }
    for help in ["help", "HELP", " ? "] {
        let answer = world.receive(AMAL, What::Command(help.into())).await;
        assert!(matches!(answer.result, Ok(Outcome::Help)));
        assert_eq!(answer.reply.lines.len(), 2);
    }
    assert_eq!(world.everything().await, []);
}

#[tokio::test]
async fn who_is_nobody_here_reports_nothing() {
    let world = World::new().await;
    let answer = world.receive(FINN, What::Command("two people, spirits".into())).await;
    assert!(matches!(answer.refusal(), Refusal::Denied(_)), "{answer:?}");
    assert_eq!(world.everything().await, []);
}
