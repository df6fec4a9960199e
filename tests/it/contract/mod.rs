//! What the store promises, on SQLite and on Postgres alike. Everything here speaks to the store itself, below the
//! operations.

mod budgets;
mod commits;
mod deliveries;
mod lists;
mod opening;
mod outbox;
mod people;
mod races;
mod record;
mod references;
mod runs;
mod sealed;

use domain::actor::{Account, Actor};
use domain::clock::Moment;
use domain::facts::Facts;
use domain::id::{IncidentId, Reference};
use domain::incident::verb::Verb;
use domain::incident::{Change, Incident, Reporter, Terms};
use domain::policy::{self, TwoPerson};
use domain::report::Report;
use domain::words::Category;
use shopwatch::failure::Failure;
use shopwatch::operations::people::actor;
use shopwatch::rules::Rules;
use shopwatch::store::outbox::{Task, Told};
use shopwatch::store::{Commit, Committed};
use uuid::Uuid;

use crate::world::database::Base;
use crate::world::people::{AMAL, Person};
use crate::world::{CONSOLE, World};

/// The example shop, with everything that is committed waiting until the writer is started.
async fn idle(base: Base) -> World {
    World::idle(base, Rules::example()).await
}

/// A report by Amal; the number decides its id and its reference.
fn reported(world: &World, number: u32) -> Change {
    reported_as(world, number, Reference::from_draw(number * 1_000), "kings-cross")
}

fn reported_as(world: &World, number: u32, called: Reference, site: &str) -> Change {
    let facts = Facts { what_happened: Some(format!("report {number}")), ..Facts::at(world.now()) };
    let report = Report {
        site: site.parse().unwrap(),
        among: Vec::new(),
        category: Category::PotentialTheft,
        facts,
        photos: Vec::new(),
    };
    let account = Account::new(CONSOLE, AMAL.0);
    let member = world.store().keys().pseudonym(&account.to_string());
    let reporter = Reporter { member, account, locale: "en".into() };
    Incident::open(id(number), called, report, reporter, &Terms::default(), world.now())
}

fn id(number: u32) -> IncidentId {
    IncidentId(Uuid::from_u128(u128::from(number)))
}

fn person(world: &World, who: Person) -> Actor {
    actor(&world.app.desk, &who.origin())
}

/// The change that somebody's step makes of an incident.
fn stepped(world: &World, incident: &Incident, who: Person, verb: Verb) -> Change {
    let actor = person(world, who);
    let cleared = policy::clear(&actor, verb.action(), &incident.subject(TwoPerson::default())).unwrap();
    incident.apply(&cleared, verb, &Terms::default(), world.now()).unwrap()
}

/// A commit of one change, with the card it makes.
fn commit(change: Change, now: Moment) -> Commit {
    let card = card(change.after());
    Commit::of(change, &Terms::default(), now).showing([card])
}

/// A commit of one change, with a line to its reporter.
fn telling(change: Change, now: Moment) -> Commit {
    let (incident, version) = (change.after().id, change.after().version);
    let line = Task::tell_reporter(incident, version, CONSOLE, Told::Claimed);
    Commit::of(change, &Terms::default(), now).showing([line])
}

fn card(incident: &Incident) -> Task {
    Task::draw_card(incident.id, incident.version, "console:triage".parse().unwrap())
}

/// Keeps a report; the incident as the store gives it back.
async fn kept(world: &World, number: u32) -> Incident {
    let committed = world.store().commit(commit(reported(world, number), world.now())).await;
    assert!(is_done(&committed), "{committed:?}");
    world.store().incident(id(number)).await.unwrap().unwrap()
}

/// Commits a step; the incident as the store gives it back.
async fn step(world: &World, incident: &Incident, who: Person, verb: Verb) -> Incident {
    let change = stepped(world, incident, who, verb);
    let committed = world.store().commit(commit(change, world.now())).await;
    assert!(is_done(&committed), "{committed:?}");
    world.store().incident(incident.id).await.unwrap().unwrap()
}

fn is_done(committed: &Result<Committed, Failure>) -> bool {
    matches!(committed, Ok(Committed::Done { .. }))
}

/// How many rows the tables of the record hold: incidents, lines, deliveries, things to show.
async fn rows(world: &World) -> [i64; 4] {
    let mut counts = [0; 4];
    for (count, table) in counts.iter_mut().zip(["incident", "entry", "delivery", "outbox"]) {
        *count = world.database.rows_in(table).await;
    }
    counts
}
