//! What goes when its time is over, and what stays.

use chrono::TimeDelta;
use domain::id::IncidentId;
use domain::incident::Incident;
use domain::words::Role;
use reqwest::StatusCode;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use shopwatch::chat::press::Button;
use shopwatch::failure::{Failure, Refusal};
use shopwatch::jobs::retention;
use shopwatch::operations::people::actor;
use shopwatch::operations::{hold, photo};
use shopwatch::rules::Rules;
use shopwatch::store::entity::entry;
use shopwatch::store::retention::{Standing, Why};
use uuid::Uuid;

use super::ASTRONAUT;
use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{ADA, AMAL, NOOR, PAVEL, Person, days};

on_both!(
    what_is_over_goes_after_a_day_of_notice_and_nothing_else_does,
    a_clock_that_jumped_waits_for_a_person,
    too_much_at_once_waits_for_a_person,
    a_hold_keeps_an_incident_until_somebody_else_lifts_it,
    a_merged_incident_stays_as_long_as_what_it_was_merged_into_has_to,
    what_nobody_decided_goes_in_its_time_and_managers_are_told_the_day_before,
    other_rules_hold_for_what_is_there_and_nothing_goes_for_them_without_a_day_of_notice,
    going_through_all_of_them_ends_where_it_began_although_more_are_reported,
);

async fn declined(world: &World, line: &str) -> Incident {
    let incident = world.report(line).await;
    world.decline(&incident.reference).await
}

async fn add_photo(world: &World, incident: &Incident) {
    let amal = actor(&world.app.desk, &AMAL.origin());
    let incident = world.incident(&incident.reference).await;
    photo::add(&world.app.desk, &world.app.evidence, &amal, incident, &ASTRONAUT).await.unwrap();
}

async fn placed(world: &World, who: Person, incident: &Incident, reason: &str) -> Result<Incident, Failure> {
    let incident = world.incident(&incident.reference).await;
    hold::place(&world.app.desk, &actor(&world.app.desk, &who.origin()), incident, reason).await
}

async fn lifted(world: &World, who: Person, incident: &Incident) -> Result<Incident, Failure> {
    let incident = world.incident(&incident.reference).await;
    hold::lift(&world.app.desk, &actor(&world.app.desk, &who.origin()), incident, "the case is closed").await
}

/// So many days go by, and everything happens in time.
async fn live(world: &World, count: i64) {
    for _ in 0..count {
        world.clock.advance(days(1));
        world.settle().await;
    }
}

async fn is_there(world: &World, id: IncidentId) -> bool {
    world.store().incident(id).await.unwrap().is_some()
}

fn files(world: &World, folder: &str) -> usize {
    std::fs::read_dir(world.database.folder.path().join(folder)).map_or(0, Iterator::count)
}

async fn what_is_over_goes_after_a_day_of_notice_and_nothing_else_does(base: Base) {
    let world = World::on(base).await;
    let goes = world.report("a man looked at the gin").await;
    add_photo(&world, &goes).await;
    let goes = world.decline(&goes.reference).await;
    let held = declined(&world, "a man looked at the rum").await;
    placed(&world, PAVEL, &held, "asked for by the court").await.unwrap();
    let open = world.report("info a broken lock").await;
    live(&world, 4).await;
    assert_eq!(world.store().retention_plans().await.unwrap(), [], "nothing is over in two days");
    live(&world, 1).await;
    let plans = world.store().retention_plans().await.unwrap();
    assert_eq!((plans.len(), plans[0].incidents, plans[0].photos), (1, 1, 1));
    assert_eq!((plans[0].standing, plans[0].due_at), (Standing::Planned, world.now() + days(1)));
    world.clock.advance(goes.retain_until - world.now() - TimeDelta::minutes(61));
    world.settle().await;
    assert!(is_there(&world, goes.id).await, "not a minute too early");
    assert_eq!(files(&world, "evidence"), 2);
    world.clock.advance(TimeDelta::minutes(122));
    world.settle().await;
    assert!(!is_there(&world, goes.id).await, "and an hour after its time at the latest");
    assert_eq!(files(&world, "evidence") + files(&world, "spool"), 0, "its photo is gone as well");
    let left = world.store().gone(goes.id).await.unwrap().unwrap();
    assert_eq!((left.reference, left.version), (goes.reference.clone(), goes.version + 1));
    // A year later what is held is still there, and nothing else.
    live(&world, 366).await;
    assert!(is_there(&world, held.id).await && !is_there(&world, open.id).await);
    check_certificate(&world, &goes).await;
    world.check_everything().await;
}

/// Its lines are there with nothing beside them; the last one says what was erased.
async fn check_certificate(world: &World, gone: &Incident) {
    let inside = world.database.look_inside().await;
    let of_incident = entry::Entity::find().filter(entry::Column::Incident.eq(gone.id.0));
    let lines = of_incident.order_by_asc(entry::Column::Seq).all(&inside).await.unwrap();
    let words: Vec<&str> = lines.iter().map(|line| line.word.as_str()).collect();
    assert_eq!(words, ["reported", "photo_added", "claimed", "declined", "erased"]);
    assert!(lines.iter().all(|line| line.sealed.is_empty()));
    let detail = &lines.last().unwrap().detail;
    assert!(detail.contains("\"photos\":\"1\"") && detail.contains("\"confirmed\":\"false\""), "{detail}");
    assert_eq!(world.database.rows_in("photo").await, 0);
    let verdict = world.store().verify(|_| ()).await.unwrap();
    assert_eq!(verdict.findings, [], "the record is whole");
}

async fn a_clock_that_jumped_waits_for_a_person(base: Base) {
    let world = World::on(base).await;
    let goes = declined(&world, "a man looked at the gin").await;
    let held = declined(&world, "a man looked at the rum").await;
    placed(&world, PAVEL, &held, "asked for by the court").await.unwrap();
    let open = world.report("info a broken lock").await;
    world.settle().await;
    world.clock.advance("2099-01-01T00:00:00Z".parse::<domain::clock::Moment>().unwrap() - world.now());
    world.settle().await;
    live(&world, 3).await;
    assert!(is_there(&world, goes.id).await, "nobody has confirmed it");
    let plans = world.store().retention_plans().await.unwrap();
    assert_eq!((plans.len(), plans[0].standing, plans[0].incidents), (1, Standing::Waiting(Why::Clock), 2));
    assert!(is_there(&world, open.id).await);
    assert!(!retention::confirm(&world.app.desk, uuid::Uuid::from_u128(7)).await.unwrap(), "there is no such plan");
    assert!(retention::confirm(&world.app.desk, plans[0].id).await.unwrap());
    let ran = retention::run(&world.app.desk, &world.app.evidence).await.unwrap();
    assert_eq!(ran.erased, 2);
    assert!(!is_there(&world, goes.id).await && !is_there(&world, open.id).await);
    assert!(is_there(&world, held.id).await);
    // Back in its own time, it does not believe that either.
    let late = declined(&world, "a man looked at the gin").await;
    world.clock.advance(late.retain_until - world.now() + days(30));
    world.settle().await;
    live(&world, 3).await;
    assert!(is_there(&world, late.id).await);
    world.check_everything().await;
}

async fn too_much_at_once_waits_for_a_person(base: Base) {
    let world = World::on(base).await;
    let mut all = Vec::new();
    for number in 0..11 {
        all.push(declined(&world, &format!("bottle {number}")).await);
    }
    live(&world, 9).await;
    for incident in &all {
        assert!(is_there(&world, incident.id).await);
    }
    let plans = world.store().retention_plans().await.unwrap();
    assert_eq!((plans.len(), plans[0].standing, plans[0].incidents), (1, Standing::Waiting(Why::TooMany), 11));
    assert!(retention::confirm(&world.app.desk, plans[0].id).await.unwrap());
    live(&world, 1).await;
    for incident in &all {
        assert!(!is_there(&world, incident.id).await);
    }
    assert_eq!(world.store().retention_plans().await.unwrap(), [], "it was carried out");
    world.check_everything().await;
}

async fn a_hold_keeps_an_incident_until_somebody_else_lifts_it(base: Base) {
    let world = World::on(base).await;
    let incident = declined(&world, "a man looked at the gin").await;
    for who in [AMAL, NOOR, ADA] {
        assert!(matches!(placed(&world, who, &incident, "why").await, Err(Failure::Refused(_))), "{who:?}");
    }
    let unsaid = placed(&world, PAVEL, &incident, " ").await;
    assert!(matches!(unsaid, Err(Failure::Refused(Refusal::Problems(_)))));
    placed(&world, PAVEL, &incident, "asked for by the court").await.unwrap();
    let twice = placed(&world, PAVEL, &incident, "again").await;
    assert!(matches!(twice, Err(Failure::Refused(Refusal::Moment(_)))));
    assert!(matches!(lifted(&world, PAVEL, &incident).await, Err(Failure::Refused(_))), "it takes an admin");
    // Whoever placed it does not lift it, whatever else they are.
    let mut both = actor(&world.app.desk, &PAVEL.origin());
    both.roles.everywhere.insert(Role::Admin);
    let again = world.incident(&incident.reference).await;
    let same = hold::lift(&world.app.desk, &both, again, "closed").await;
    assert!(matches!(same, Err(Failure::Refused(Refusal::Denied(_)))));
    live(&world, 20).await;
    assert!(is_there(&world, incident.id).await);
    lifted(&world, ADA, &incident).await.unwrap();
    let steps = world.steps(&incident.reference).await;
    assert_eq!(steps, ["reported", "claimed", "declined", "hold_placed", "hold_lifted"]);
    live(&world, 2).await;
    assert!(!is_there(&world, incident.id).await, "its time was over, and a day of notice");
    world.check_everything().await;
}

async fn a_merged_incident_stays_as_long_as_what_it_was_merged_into_has_to(base: Base) {
    let world = World::on(base).await;
    let (into, other) = (world.report("two people, spirits").await, world.report("two people, gin").await);
    world.press(NOOR, &other.reference, Button::Claim).await.incident();
    let into_called = into.reference.to_string();
    let merged = world.submit(NOOR, &other.reference, Button::Merge, &[("into", &into_called)]).await.incident();
    placed(&world, PAVEL, &into, "asked for by the court").await.unwrap();
    live(&world, (merged.retain_until - world.now()).num_days() + 5).await;
    assert!(is_there(&world, merged.id).await, "a hold keeps the other one");
    lifted(&world, ADA, &into).await.unwrap();
    live(&world, 3).await;
    assert!(!is_there(&world, merged.id).await && !is_there(&world, into.id).await);
    world.check_everything().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_gone_is_nowhere_to_be_found_at_any_door() {
    let world = World::new().await;
    let incident = declined(&world, "a man looked at the gin").await;
    add_photo_before(&world).await;
    let page = format!("/incidents/{}", incident.reference);
    let door = world.open_door().await;
    let noor = door.sign_in(&world, "noor").await;
    assert_eq!(door.get(&page, &noor).await.status(), StatusCode::OK);
    live(&world, 8).await;
    let (noor, amal) = (door.sign_in(&world, "noor").await, door.sign_in(&world, "amal").await);
    for who in [&noor, &amal] {
        assert_eq!(door.get(&page, who).await.status(), StatusCode::NOT_FOUND);
        let home = door.get("/", who).await.text().await.unwrap();
        assert!(!home.contains(incident.reference.as_str()) && !home.contains("looked at the gin"));
    }
}

/// Another one stays, so that pages are not empty anyway.
async fn add_photo_before(world: &World) {
    let other = world.report("info a broken lock").await;
    add_photo(world, &other).await;
}

async fn what_nobody_decided_goes_in_its_time_and_managers_are_told_the_day_before(base: Base) {
    let world = World::on(base).await;
    let (new, taken) = (world.report("info a broken lock").await, world.report("info a loose tile").await);
    assert_eq!(new.retain_until, world.now() + days(30));
    let warned = async |called: &domain::id::Reference| {
        world.card(NOOR, called).await.unwrap().urgent.iter().any(|line| line.contains("nobody has decided it"))
    };
    live(&world, 27).await;
    assert!(!warned(&new.reference).await && world.store().retention_plans().await.unwrap().is_empty());
    world.press(NOOR, &taken.reference, Button::Claim).await.incident();
    live(&world, 1).await;
    assert_eq!(world.store().retention_plans().await.unwrap()[0].incidents, 2, "it is in the plan of the day before");
    for incident in [&new, &taken] {
        assert!(warned(&incident.reference).await, "and on its card");
        assert!(world.steps(&incident.reference).await.contains(&"end_near"));
    }
    let own = world.card(AMAL, &new.reference).await.unwrap();
    let asked = own.urgent.iter().any(|line| line.contains("nobody has decided it"));
    assert!(!asked, "managers are asked, not who reported it: {:?}", own.urgent);
    // Who decides it in time keeps it for as long as that is kept.
    let confirmed = world.press(NOOR, &taken.reference, Button::Claim).await.incident();
    let confirmed = world.press(NOOR, &confirmed.reference, Button::Confirm).await.incident();
    assert_eq!(confirmed.retain_until, world.now() + days(180));
    live(&world, 3).await;
    assert!(!is_there(&world, new.id).await && is_there(&world, taken.id).await);
    assert_eq!(world.store().verify(|_| ()).await.unwrap().findings, [], "the record is whole");
    world.check_everything().await;
}

async fn other_rules_hold_for_what_is_there_and_nothing_goes_for_them_without_a_day_of_notice(base: Base) {
    let world = World::on(base).await;
    let incident = world.report("info a broken lock").await;
    let rule = |kept: i64| {
        let text = format!("{}\n[retention]\ninfo = {kept}\n", Rules::EXAMPLE);
        world.app.desk.change_rules(Rules::parse(&text).unwrap());
    };
    let ends = async || world.incident(&incident.reference).await.retain_until - incident.reported_at;
    live(&world, 1).await;
    assert_eq!(ends().await, days(30));
    rule(60);
    live(&world, 1).await;
    assert_eq!(ends().await, days(60));
    rule(3);
    live(&world, 1).await;
    assert_eq!(ends().await, days(3));
    let steps = world.steps(&incident.reference).await;
    assert_eq!(steps, ["reported", "end_moved", "end_moved", "end_near"], "each is on its record, once");
    rule(1);
    world.settle().await;
    assert!(is_there(&world, incident.id).await);
    let late = world.report("info a loose tile").await;
    live(&world, 1).await;
    assert!(!is_there(&world, incident.id).await);
    assert!(is_there(&world, late.id).await, "its time is over today, and it was told today");
    live(&world, 1).await;
    assert!(!is_there(&world, late.id).await);
    world.check_everything().await;
}

async fn going_through_all_of_them_ends_where_it_began_although_more_are_reported(base: Base) {
    let world = World::on(base).await;
    assert_eq!(world.store().newest_id().await.unwrap(), None);
    let (first, second) = (world.report("two bottles of gin").await, world.report("a bike").await);
    let newest = world.store().newest_id().await.unwrap().unwrap();
    assert_eq!(newest, second.id.0);

    world.report("razor blades").await;
    let before = world.store().ids_between(Uuid::nil(), newest, 1).await.unwrap();
    assert_eq!(before, [first.id.0]);
    assert_eq!(world.store().ids_between(before[0], newest, 50).await.unwrap(), [second.id.0]);
    assert!(world.store().ids_between(newest, newest, 50).await.unwrap().is_empty());
}
