//! Pages as documents, in a language that reads from left to right and in one that does not.

use std::collections::BTreeMap;

use domain::actor::{Account, Actor};
use domain::clock::Moment;
use domain::id::{IncidentId, Reference};
use domain::incident::verb::Verb;
use domain::incident::{Incident, Reporter};
use domain::policy::{self, Action, TwoPerson};
use domain::problems::{Fault, Problems};
use domain::report::Draft;
use domain::words::{Category, Platform};
use uuid::Uuid;

use super::card::Easel;
use super::*;
use crate::chat::filled::beside_fields;
use crate::chat::inbound::Answers;
use crate::chat::reply::{Reading, Reply};
use crate::console::answer::{Answer, Asked, Sure};
use crate::console::gather::{Lists, Page, Triage, Whole};
use crate::failure::{Failure, Refusal};
use crate::keys::Keys;
use crate::operations::Outcome;
use crate::operations::people::console_origin;
use crate::rules::Rules;
use crate::texts::Texts;

/// A shop, its words and its keys.
struct Set {
    rules: Rules,
    texts: Texts,
    keys: Keys,
    now: Moment,
}

impl Set {
    fn new() -> Self {
        let now = "2026-11-22T14:05:00Z".parse().unwrap();
        Self { rules: Rules::example(), texts: Texts::load().unwrap(), keys: Keys::from_master(&[7; 32]).unwrap(), now }
    }

    fn actor(&self, name: &str) -> Actor {
        let origin = console_origin(name, None);
        let roles = self.rules.roles_of(&origin.principals);
        let member = self.keys.pseudonym(&origin.account.to_string());
        Actor { account: origin.account, member, also: Vec::new(), name: origin.name, roles }
    }

    fn incident(&self, number: u32, category: Category, line: &str) -> Incident {
        let report = Draft::line(category, line, None).unwrap().parse(&self.rules.site_ids(), self.now).unwrap();
        let amal = self.actor("amal");
        let reporter =
            Reporter { member: amal.member, account: Account::new(Platform::Console, "amal"), locale: "en".into() };
        let id = IncidentId(Uuid::from_u128(u128::from(number)));
        Incident::open(id, Reference::from_draw(number * 37), report, reporter, &self.rules.terms, self.now)
            .after()
            .clone()
    }

    fn claimed(&self, incident: &Incident) -> Incident {
        let noor = self.actor("noor");
        let cleared = policy::clear(&noor, Action::Claim, &incident.subject(TwoPerson::default())).unwrap();
        incident.apply(&cleared, Verb::Claim, &self.rules.terms, self.now).unwrap().after().clone()
    }

    /// Somebody's page, as it is sent.
    fn page(
        &self,
        name: &str,
        lang: &str,
        lists: &Lists,
        answer: impl FnOnce(&Reading<'_>) -> Option<Answer>,
    ) -> String {
        let (actor, voice) = (self.actor(name), Voice::new(&self.texts, &self.rules, Some(lang)));
        let reading = Reading { voice: &voice, rules: &self.rules, actor: &actor, now: self.now, site: None };
        let base = format!("/as/{name}");
        let easel = Easel { reading: &reading, keys: &self.keys, base: &base };
        let shell = shell(&voice, name, &base);
        settled(&person::fill(shell, &easel, lists, answer(&reading)).render().unwrap())
    }

    /// An incident's page, as it is sent.
    fn incident_page(&self, name: &str, lang: &str, whole: &Whole) -> String {
        let (actor, voice) = (self.actor(name), Voice::new(&self.texts, &self.rules, Some(lang)));
        let reading = Reading { voice: &voice, rules: &self.rules, actor: &actor, now: self.now, site: None };
        let easel = Easel { reading: &reading, keys: &self.keys, base: "" };
        let page = incident::fill(shell(&voice, name, "/"), &easel, whole, None).expect("they may see it");
        settled(&page.render().unwrap())
    }

    fn triage(&self, incidents: Vec<Incident>) -> Triage {
        let page = Page { incidents, older: None, turned: false };
        Triage { sites: self.rules.site_ids(), state: None, page, next: None }
    }
}

fn shell<'a>(voice: &'a Voice<'a>, name: &str, home: &str) -> Shell<'a> {
    Shell {
        voice,
        title: display_name(name),
        shop: "Corner Store".into(),
        try_out: true,
        framed: true,
        tabs: Vec::new(),
        person: Some(Person { name: display_name(name), role: String::new() }),
        seated: true,
        events: Some(format!("{home}/events")),
        home: home.to_owned(),
    }
}

/// Without what differs from run to run or from version to version, and without empty lines.
fn settled(html: &str) -> String {
    let mut text = String::new();
    for line in html.lines().filter(|line| !line.trim().is_empty()) {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    for (before, after) in [("name=\"delivery\" value=\"", "\""), ("/assets/", "/")] {
        let mut parts = text.split(before);
        let mut again = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (_, rest) = part.split_once(after).unwrap_or(("", part));
            again.extend([before, "…", after, rest]);
        }
        text = again;
    }
    text
}

fn saying(reply: Reply) -> Answer {
    Answer { reply: Some(reply), ..Answer::default() }
}

#[test]
fn a_report_is_answered_with_a_receipt_and_stands_in_the_list() {
    let set = Set::new();
    let incident = set.incident(3, Category::InProgress, "man with a knife at the till");
    let page = Page { incidents: vec![incident.clone()], older: None, turned: false };
    let lists = Lists { mine: Some(page), ..Lists::default() };
    let reported = Ok(Outcome::Reported { incident, seen: false });
    for lang in ["en", "ur"] {
        let html = set.page("amal", lang, &lists, |reading| Some(saying(reading.reply(&reported))));
        insta::assert_snapshot!(format!("receipt_{lang}"), html);
    }
}

#[test]
fn a_manager_sees_cards_with_what_happens_now_first() {
    let set = Set::new();
    let waiting = set.incident(1, Category::PotentialTheft, "two people, spirits, £80");
    let claimed = set.claimed(&set.incident(2, Category::PotentialTheft, "label swap"));
    let now = set.incident(3, Category::InProgress, "man with a knife at the till");
    let lists = Lists {
        mine: Some(Page::default()),
        triage: Some(set.triage(vec![now, claimed, waiting])),
        ..Lists::default()
    };
    for lang in ["en", "ur"] {
        insta::assert_snapshot!(format!("triage_{lang}"), set.page("noor", lang, &lists, |_| None));
    }
}

#[test]
fn a_refused_form_comes_back_with_everything_in_it_and_every_problem_beside_its_field() {
    let set = Set::new();
    let typed = Answers(BTreeMap::from([
        ("category".to_owned(), vec!["in_progress".to_owned()]),
        ("what_happened".to_owned(), vec!["gin & <tonic>".to_owned()]),
        ("method".to_owned(), vec!["walk_out".to_owned(), "label_swap".to_owned()]),
        ("goods_price".to_owned(), vec!["a lot".to_owned()]),
        ("happened".to_owned(), vec!["2099-01-01T10:00".to_owned()]),
    ]));
    let mut problems = Problems::one("goods.0.unit_value_minor", Fault::OutOfRange { least: 0, most: 100_000_000 });
    problems.add("happened", Fault::InTheFuture);
    for lang in ["en", "ur"] {
        let lists = Lists { mine: Some(Page::default()), ..Lists::default() };
        let html = set.page("amal", lang, &lists, |reading| {
            let refusal = Failure::Refused(Refusal::Problems(beside_fields(problems.clone(), set.rules.shop.currency)));
            let reply = reading.failure(&refusal);
            let asked = Asked {
                form: reading.report_form(),
                typed: Some(typed.clone()),
                lead: reply.lines,
                problems: reply.problems,
            };
            Some(Answer { status: StatusCode::UNPROCESSABLE_ENTITY, asked: Some(asked), ..Answer::default() })
        });
        insta::assert_snapshot!(format!("form_{lang}"), html);
    }
}

#[test]
fn a_button_that_cannot_be_undone_asks_first() {
    let set = Set::new();
    let incident = set.incident(1, Category::Info, "wet floor");
    let html = set.page("amal", "en", &Lists::default(), |reading| {
        let card = crate::chat::card::draw(
            &incident,
            crate::chat::card::Reader::Person(reading.actor),
            reading.voice,
            reading.rules,
            reading.now,
        );
        let button = card.unwrap().buttons.into_iter().find(|button| button.confirm.is_some()).unwrap();
        let sure = Sure { press: button.press, text: button.confirm.unwrap(), label: button.label };
        Some(Answer { sure: Some(sure), ..Answer::default() })
    });
    assert!(html.contains("Withdraw this report?"), "{html}");
    assert!(html.contains("name=\"sure\" value=\"yes\""), "{html}");
    assert!(!html.contains("id=\"line\""), "the composer waits");
}

#[test]
fn what_the_public_would_read_stands_beside_what_was_left_out() {
    let set = Set::new();
    let incident = set.claimed(&set.incident(1, Category::PotentialTheft, "two people, spirits"));
    let html = set.page("noor", "en", &Lists::default(), |reading| {
        Some(saying(reading.reply(&Ok(Outcome::Previewed { incident: incident.clone() }))))
    });
    insta::assert_snapshot!("preview_en", html);
}

#[test]
fn what_people_write_never_becomes_markup() {
    let set = Set::new();
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let incident = set.incident(1, Category::PotentialTheft, evil);
    let lists = Lists {
        mine: Some(Page { incidents: vec![incident.clone()], older: None, turned: false }),
        triage: Some(set.triage(vec![incident.clone()])),
        ..Lists::default()
    };
    let reported = Ok(Outcome::Reported { incident: incident.clone(), seen: false });
    let line = |reply| Some(Answer { line: Some(evil.to_owned()), ..saying(reply) });
    let pages = [
        set.page("noor", "en", &lists, |reading| line(reading.reply(&reported))),
        set.page("amal", "ur", &lists, |reading| line(reading.reply(&reported))),
        set.incident_page("amal", "en", &whole(incident)),
    ];
    for html in pages {
        assert!(!html.contains("<script>") && !html.contains("<img src=x"), "{html}");
        assert!(html.contains("&#60;script&#62;"), "it is shown as text: {html}");
    }
}

#[test]
fn every_direction_is_that_of_the_language() {
    let set = Set::new();
    let page = |lang| set.page("amal", lang, &Lists::default(), |_| None);
    assert!(page("en").contains("<html lang=\"en\" dir=\"ltr\">"));
    assert!(page("ur").contains("<html lang=\"ur\" dir=\"rtl\">"));
}

#[test]
fn nothing_in_a_page_needs_inline_script_or_style() {
    let set = Set::new();
    let incident = set.incident(1, Category::InProgress, "now");
    let lists = Lists { mine: Some(Page::default()), triage: Some(set.triage(vec![incident])), ..Lists::default() };
    let html = set.page("noor", "en", &lists, |_| None);
    for forbidden in [" style=", " onclick=", " onsubmit=", "<style", "javascript:", "http://", "https://"] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn two_people_read_the_same_incident_as_their_roles_allow() {
    let set = Set::new();
    let incident = set.claimed(&set.incident(1, Category::PotentialTheft, "two people, spirits"));
    let amal = set.incident_page("amal", "en", &whole(incident.clone()));
    let noor = set.incident_page("noor", "en", &whole(incident));
    assert!(amal.contains("Add details") && !amal.contains("Decline"), "{amal}");
    assert!(noor.contains("Decline") && !noor.contains("Add details"), "{noor}");
    assert!(noor.contains("Claimed by Noor") && !amal.contains("Claimed by Noor"));
}

fn whole(incident: Incident) -> Whole {
    Whole {
        incident,
        sight: policy::Sight::Own,
        lines: Vec::new(),
        photos: Vec::new(),
        alike: Vec::new(),
        looks: None,
        verdict: None,
        payloads: Vec::new(),
    }
}
