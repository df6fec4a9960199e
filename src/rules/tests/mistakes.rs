//! What a wrong file is told.

use proptest::prelude::*;

use super::{ASKED, TWO_SITES};
use crate::rules::{Rules, SHOP_NAME_MAX};

/// The line and key of every problem.
fn problems(text: &str) -> Vec<(usize, String)> {
    let problems = Rules::parse(text).err().map(|problems| problems.all().to_vec()).unwrap_or_default();
    problems.into_iter().map(|problem| (problem.line, problem.key)).collect()
}

fn told(text: &str) -> String {
    Rules::parse(text).err().map(|problems| problems.to_string()).unwrap_or_default()
}

#[test]
fn ten_mistakes_are_told_at_once_each_with_its_line() {
    let text = r#"[shop]
nmae = "Corner Store"
locale = "en"
timezone = "Europe/Lodnon"
emergency_number = 999
[[site]]
id = "kings-cross"
name = "King's Cross"
area = ""
channels.triage = [
  "console:triage",
  "triage",
]
[[site]]
id = "kings-cross"
name = "Euston"
area = "NW1"
[roles]
reviewer = ["console:noor", "noor"]
manager = ["console:omar"]
[deadlines.in_progress]
pages = [0, 5, 3]
"#;
    let keys = [
        (2, "shop.nmae"),
        (4, "shop.timezone"),
        (5, "shop.emergency_number"),
        (9, "site[0].area"),
        (12, "site[0].channels.triage[1]"),
        (14, "site[1].channels.triage"),
        (15, "site[1].id"),
        (19, "roles.reviewer[1]"),
        (20, "roles.manager"),
        (22, "deadlines.in_progress.pages"),
    ];
    assert_eq!(problems(text), keys.map(|(line, key)| (line, key.to_owned())));
    let told = told(text);
    for sentence in [
        "line 2: shop.nmae: There is no key nmae here; did you mean name?",
        "line 4: shop.timezone: \"Europe/Lodnon\" is not a time zone; perhaps \"Europe/London\" is meant.",
        "line 5: shop.emergency_number: This is a whole number; write text in double quotes.",
        "line 15: site[1].id: \"kings-cross\" is the site on line 7 already; give this one another id.",
    ] {
        assert!(told.contains(sentence), "{sentence}\n{told}");
    }
}

#[test]
fn each_mistake_alone_is_told_once() {
    let long = "x".repeat(SHOP_NAME_MAX + 1);
    let long = long.as_str();
    for (right, wrong, line, key) in [
        ("name = \"Corner Store\"\n", "\n", 1, "shop.name"),
        ("Corner Store", long, 2, "shop.name"),
        ("Corner Store", "\\u202E \\n", 2, "shop.name"),
        ("Corner Store", "Corner\\nStore", 2, "shop.name"),
        ("\"en\"", "\"klingon\"", 3, "shop.locale"),
        ("\"999\"", "\"call us\"", 5, "shop.emergency_number"),
        ("two_person = true", "two_person = \"yes\"", 6, "shop.two_person"),
        ("# currency = \"GBP\"", "currency = \"pound\"", 7, "shop.currency"),
        ("# admin_channel = \"console:", "admin_channel = \"email:", 8, "shop.admin_channel"),
        ("[[site]]", "[[sites]]", 9, "sites"),
        ("[[site]]", "[site]", 9, "site"),
        ("\"kings-cross\"", "\"King's Cross\"", 10, "site[0].id"),
        ("slack:C02TRIAGE", "console:triage", 14, "site[0].channels.triage[1]"),
        ("channels.triage = ", "# ", 13, "site[0].channels.triage"),
        ("\nreviewer ", "\n#", 9, "site[0].roles.reviewer"),
        ("\nreviewer ", "\nreviewers", 17, "roles.reviewers"),
        ("\"console:noor\"", "\"console:Noor Khan\"", 17, "roles.reviewer[0]"),
        ("\"console:noor\"", "\"console:everyone\"", 17, "roles.reviewer[0]"),
        ("[\"console:ines\"]", "\"console:ines\"", 18, "roles.publisher"),
        ("deadlines.in_progress", "deadlines.in-progress", 20, "deadlines.in-progress"),
        ("look = 5", "look = 0", 21, "deadlines.in_progress.look"),
        ("look = 5", "look = 99999999999999999999", 21, "deadlines.in_progress.look"),
        ("look = 5", "look = 2.5", 21, "deadlines.in_progress.look"),
        ("[0, 3, 5]", "[0, 3, 3]", 22, "deadlines.in_progress.pages"),
        ("[0, 3, 5]", "[0, -3, 5]", 22, "deadlines.in_progress.pages[1]"),
        ("[0, 3, 5]", "[]", 23, "deadlines.in_progress.then_every"),
        ("[retention] ", "[retention]\ninfo = 0 ", 27, "retention.info"),
        ("silent = 5\n", "silent = 5\nsilent = 6\n", 26, "silent"),
    ] {
        assert_eq!(problems(&ASKED.replacen(right, wrong, 1)), [(line, key.to_owned())], "{wrong}");
    }
}

#[test]
fn an_empty_file_is_told_what_belongs_into_it() {
    assert_eq!(problems(""), [(1, "shop".to_owned()), (1, "site".to_owned())]);
    assert_eq!(problems("site = []\nshop = 1"), [(1, "site".to_owned()), (2, "shop".to_owned())]);
}

#[test]
fn what_is_not_toml_is_told_with_its_line() {
    let here = |line| (line, String::new());
    assert_eq!(problems(&ASKED.replace("\"en\"", "en").replace("\"999\"", "999 9")), [here(3), here(5)]);
    assert_eq!(problems(&ASKED.replace("[[site]]", "[[site]").replace('\n', "\r\n")), [here(9)]);
    assert_eq!(problems("[shop]\nname = [1,\n\n"), [here(2)]);
    assert!(told("[shop]\nname = ").starts_with("line 2: The text cannot be read as TOML from here on ("));
    assert!(problems(&"x\n".repeat(99)).len() < 10);
    assert_eq!(problems(&format!("[{}a]", "a.".repeat(50_000))), [here(1)]);
    assert_eq!(problems(&format!("a = {}", "[".repeat(50_000))), [here(1)]);
}

#[test]
fn nothing_of_the_file_can_steer_a_terminal() {
    let wrong = ASKED.replace("\"en\"", "\"\\u001b[2J\\u202E\"").replace("look", "\"lo\\u001bok\"");
    assert!(told(&wrong).chars().all(|c| c == '\n' || !(c.is_control() || c == '\u{202E}')));
    assert_eq!(problems(&wrong).len(), 2);
}

/// Pieces of which nearly right files are made, with bars between them.
const PIECES: &str = "[|]|[[|]]|{|}|=|.|,|\n|\r\n| |#|\"|'|\"\"\"|\\|\0|\u{feff}|é|shop|site|roles|channels|triage|staff|\
                      deadlines|pages|0x1_|-1e9|1979-05-27|nan";

fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(PIECES.split('|').collect::<Vec<_>>())
}

fn is_read_or_refused(text: &str) -> Result<(), TestCaseError> {
    if let Err(problems) = Rules::parse(text) {
        prop_assert!(!problems.all().is_empty());
        let lines = text.lines().count().max(1);
        prop_assert!(problems.all().iter().all(|problem| (1..=lines).contains(&problem.line)));
        prop_assert_eq!(problems.to_string().lines().count(), problems.all().len());
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_text_is_too_much(text in any::<String>()) {
        is_read_or_refused(&text)?;
    }

    #[test]
    fn no_pile_of_pieces_is_too_much(pieces in prop::collection::vec(piece(), 0..60)) {
        is_read_or_refused(&pieces.concat())?;
    }

    #[test]
    fn no_slip_of_the_fingers_is_too_much(
        at in 0..TWO_SITES.chars().count(),
        gone in 0..20_usize,
        piece in piece(),
    ) {
        let before = TWO_SITES.chars().take(at);
        let after = TWO_SITES.chars().skip(at + gone);
        is_read_or_refused(&before.chain(piece.chars()).chain(after).collect::<String>())?;
    }
}

#[test]
fn no_site_is_called_what_a_report_is_filed_under_whose_site_nobody_said() {
    let text = TWO_SITES.replacen("id = \"centrum\"", "id = \"unknown\"", 1);
    assert!(told(&text).contains("site[0].id: This is what the site of a report is called"), "{}", told(&text));
}
