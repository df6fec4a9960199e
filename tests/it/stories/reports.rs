//! `tests/data/reports.jsonl`: reports worded as upset people word them, each through its door, reviewed as a careful
//! reviewer reviews it. Its README says what the fields mean.

use std::collections::BTreeMap;

use domain::facts::{FactsDraft, GoodsDraft};
use domain::id::Reference;
use domain::report::Draft;
use serde::Deserialize;
use serde_json::{Map, Value};
use shopwatch::chat::inbound::What;
use shopwatch::chat::press::Button;
use shopwatch::operations::Outcome;
use shopwatch::operations::triage::Enclosed;

use crate::world::answer::Answer;
use crate::world::database::Base;
use crate::world::people::{AMAL, NOOR, OMAR, Person, seconds};
use crate::world::{World, filled};

on_both! { every_report_of_the_collection_ends_as_a_careful_reviewer_expects }

#[derive(Deserialize)]
struct Line {
    n: usize,
    by: String,
    lang: String,
    #[serde(flatten)]
    sent: Sent,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(tag = "door", rename_all = "snake_case")]
enum Sent {
    Console { command: String },
    Api { body: Map<String, Value> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    accepted: bool,
    #[serde(default)]
    opens_form: bool,
    refused_field: Option<String>,
    category: Option<String>,
    review: Vec<Map<String, Value>>,
    ends: Option<String>,
}

fn lines() -> Vec<Line> {
    let text = include_str!("../../data/reports.jsonl");
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"))).collect()
}

async fn every_report_of_the_collection_ends_as_a_careful_reviewer_expects(base: Base) {
    let world = World::on(base).await;
    let mut called: BTreeMap<usize, Reference> = BTreeMap::new();
    let mut ends = Vec::new();
    for (number, line) in (1..).zip(lines()) {
        assert_eq!((line.n, line.by.as_str()), (number, "amal"), "lines are numbered, and Amal reports");
        world.clock.advance(seconds(1));
        let answer = send(&world, &line).await;
        if !line.expect.accepted {
            check_refused(&line, &answer);
            continue;
        }
        let incident = answer.incident();
        assert_eq!(Some(incident.category.to_string()), line.expect.category, "line {number}");
        called.insert(number, incident.reference.clone());
        for (turn, step) in line.expect.review.iter().enumerate() {
            world.clock.advance(seconds(1));
            let reviewer = [NOOR, OMAR][(number + turn) % 2];
            let answer = review(&world, &incident.reference, reviewer, step, &called).await;
            assert!(answer.is_done(), "line {number}, step {step:?}: {:?}", answer.result);
        }
        ends.push((number, incident.reference, line.expect.ends.unwrap(), line.expect.review.len()));
    }
    world.check_everything().await;
    for (number, reference, ends, steps) in ends {
        let incident = world.incident(&reference).await;
        assert_eq!(incident.status.state().to_string(), ends, "line {number}");
        let absorbed = incident.absorbed.len();
        assert!(incident.version as usize > steps + absorbed, "line {number}: one line of the record for each step");
    }
}

async fn send(world: &World, line: &Line) -> Answer {
    let mut origin = AMAL.origin();
    origin.locale = Some(line.lang.clone());
    let what = match &line.sent {
        Sent::Console { command } => What::Command(command.clone()),
        Sent::Api { body } => What::Report(Draft {
            site: word(body, "site"),
            category: word(body, "category"),
            facts: facts(body),
            ..Draft::default()
        }),
    };
    world.take_in(origin, what, None).await
}

fn check_refused(line: &Line, answer: &Answer) {
    assert!(
        line.expect.review.is_empty() && line.expect.category.is_none() && line.expect.ends.is_none(),
        "line {}",
        line.n
    );
    match &line.expect.refused_field {
        Some(field) => assert_eq!(answer.faulty_fields(), [field], "line {}", line.n),
        None => {
            assert!(
                line.expect.opens_form && matches!(answer.result, Ok(Outcome::ReportForm)),
                "line {}: {answer:?}",
                line.n
            );
        }
    }
}

async fn review(
    world: &World,
    called: &Reference,
    reviewer: Person,
    step: &Map<String, Value>,
    lines: &BTreeMap<usize, Reference>,
) -> Answer {
    let text = |name: &str| word(step, name).unwrap_or_else(|| panic!("{name} in {step:?}"));
    let (who, button, answers) = match text("do").as_str() {
        "claim" => (reviewer, Button::Claim, vec![]),
        "release" => (reviewer, Button::Release, vec![]),
        "confirm" => (reviewer, Button::Confirm, vec![]),
        "reopen" => (reviewer, Button::Reopen, vec![]),
        "unmerge" => (reviewer, Button::Unmerge, vec![]),
        "withdraw" => (AMAL, Button::Withdraw, vec![]),
        "answer" => (AMAL, Button::Answer, vec![("text", text("text"))]),
        "ask" => (reviewer, Button::Ask, vec![("text", text("text"))]),
        "note" => (reviewer, Button::Note, vec![("text", text("text"))]),
        "decline" => (reviewer, Button::Decline, vec![("reason", text("reason"))]),
        "recategorise" => (reviewer, Button::Recategorise, vec![("category", text("category"))]),
        "merge" => {
            let into: usize = text("into").parse().unwrap();
            (reviewer, Button::Merge, vec![("into", lines[&into].to_string())])
        }
        "resolve" => {
            check_loss(&world.incident(called).await, step);
            let names = ["outcome", "loss_minor", "currency"];
            (reviewer, Button::Resolve, names.iter().map(|name| (*name, text(name))).collect())
        }
        "facts" => return complete_facts(world, called, reviewer, step).await,
        other => panic!("no step is called {other}"),
    };
    let press = world.button(called, button).await;
    let answers: Vec<(&str, &str)> = answers.iter().map(|(name, answer)| (*name, answer.as_str())).collect();
    let what = if button.opens_a_form() { filled(press, &answers) } else { What::Press(press) };
    world.receive(who, what).await
}

/// What the collection says was lost is what the software adds up.
fn check_loss(incident: &domain::incident::Incident, step: &Map<String, Value>) {
    let lost: i64 = incident.facts.net_loss().values().sum();
    assert_eq!(word(step, "loss_minor"), Some(lost.to_string()), "{}", incident.reference);
}

async fn complete_facts(world: &World, called: &Reference, reviewer: Person, step: &Map<String, Value>) -> Answer {
    let press = world.button(called, Button::Facts).await;
    let enclosed = Enclosed { facts: Some(facts(step)), answered: true, ..Enclosed::default() };
    world.receive(reviewer, What::Submit(press, enclosed)).await
}

/// A text or a number as text.
fn word(fields: &Map<String, Value>, name: &str) -> Option<String> {
    fields.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned))
}

/// The facts among these fields, as the API would read them.
fn facts(fields: &Map<String, Value>) -> FactsDraft {
    let list = |name: &str| fields.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let line = |line: &Value| {
        let line = line.as_object().unwrap();
        GoodsDraft {
            what: word(line, "what").unwrap_or_default(),
            quantity: word(line, "quantity"),
            unit_value_minor: word(line, "unit_value_minor"),
            currency: word(line, "currency"),
            fate: word(line, "fate"),
        }
    };
    FactsDraft {
        what_happened: word(fields, "what_happened"),
        happened: word(fields, "happened"),
        precision: word(fields, "precision"),
        kind: word(fields, "kind"),
        method: list("method").iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
        zone: word(fields, "zone"),
        goods: list("goods").iter().map(line).collect(),
        weapon: word(fields, "weapon"),
        injury: word(fields, "injury"),
        staff_safe: word(fields, "staff_safe"),
        still_present: word(fields, "still_present"),
        persons: word(fields, "persons"),
        cctv: word(fields, "cctv"),
        camera: word(fields, "camera"),
    }
}
