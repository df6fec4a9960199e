//! An incident that cannot be read, since somebody wrote to the database: it is named, and hides none of the others.

use domain::id::Reference;
use domain::incident::Incident;
use domain::words::Platform;
use reqwest::StatusCode;
use sea_orm::ConnectionTrait;
use shopwatch::chat::press::Button;
use shopwatch::jobs::timers;
use shopwatch::jobs::verify::{Finding, verify};
use shopwatch::operations::people::actor;
use shopwatch::rules::Rules;
use shopwatch::store::incidents::{Filter, Listed, PAGE_MAX};

use crate::slack::Shop;
use crate::world::World;
use crate::world::database::{Base, Database};
use crate::world::people::{AMAL, NOOR, days, minutes};

on_both!(
    it_hides_none_of_the_others_in_lists_and_stops_no_timer,
    older_ones_are_found_behind_a_page_that_it_stands_on,
    nobodys_line_waits_for_one_that_cannot_be_read,
    its_card_waits_until_it_can_be_read_and_no_other_does,
    what_is_over_goes_beside_it,
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_nothing_to_do_with_holds_costs_no_look_at_the_incident() {
    let world = World::new().await;
    let door = world.open_door().await;
    let (broken, whole) = two(&world).await;
    swap_key(&world.database, &broken.reference, &whole.reference).await;
    let page = format!("/incidents/{}/hold", broken.reference);
    for (who, status) in [("noor", StatusCode::NOT_FOUND), ("pavel", StatusCode::INTERNAL_SERVER_ERROR)] {
        let caller = door.sign_in(&world, who).await;
        assert_eq!(door.get(&page, &caller).await.status(), status, "{who}");
    }
}

/// The wrapped key of one incident is put into the row of another, where it opens nothing.
async fn swap_key(database: &Database, into: &Reference, of: &Reference) {
    let inside = database.look_inside().await;
    let key = format!("(SELECT data_key FROM incident WHERE reference = '{of}')");
    let swapped = format!("UPDATE incident SET data_key = {key} WHERE reference = '{into}'");
    inside.execute_unprepared(&swapped).await.unwrap();
}

async fn two(world: &World) -> (Incident, Incident) {
    let (broken, whole) = (world.report("two people, spirits").await, world.report("two people, gin").await);
    (broken, whole)
}

async fn it_hides_none_of_the_others_in_lists_and_stops_no_timer(base: Base) {
    let world = World::on(base).await;
    let (broken, whole) = two(&world).await;
    swap_key(&world.database, &broken.reference, &whole.reference).await;
    let filter = Filter { sites: vec![whole.site.clone()], ..Filter::default() };
    let ids = |read: Vec<Incident>| read.into_iter().map(|incident| incident.id).collect::<Vec<_>>();
    assert_eq!(ids(world.store().incidents(&filter).await.unwrap().incidents), [whole.id]);
    let waiting = world.store().waiting(&filter.sites, None).await.unwrap();
    assert_eq!(ids(waiting.incidents), [whole.id]);
    let amal = actor(&world.app.desk, &AMAL.origin());
    assert_eq!(ids(world.store().reported_by(&amal, None).await.unwrap().incidents), [whole.id]);
    world.clock.advance(minutes(21));
    assert_eq!(timers::step(&world.app).await.unwrap(), 1);
    assert_eq!(world.steps(&whole.reference).await, ["reported", "reminded"]);
    let next = world.store().next_timer().await.unwrap().unwrap();
    assert!(next > world.now(), "what cannot be read is not due at every moment");
    let found = verify(&world.app.desk, &world.app.evidence, |_, _| ()).await.unwrap().findings;
    assert_eq!(found, [Finding::IncidentUnreadable { id: broken.id.to_string() }]);
}

async fn older_ones_are_found_behind_a_page_that_it_stands_on(base: Base) {
    let world = World::on(base).await;
    let mut reported = Vec::new();
    for _ in 0..=PAGE_MAX {
        reported.push(world.report("two people, spirits").await);
    }
    let (oldest, end, newest) = (&reported[0], &reported[1], &reported[reported.len() - 1]);
    let mut filter = Filter { sites: vec![oldest.site.clone()], ..Filter::default() };
    let amal = actor(&world.app.desk, &AMAL.origin());
    // In the middle of a page, and where the next one begins.
    for broken in [newest, end] {
        swap_key(&world.database, &broken.reference, &oldest.reference).await;
        for before in [None, Some(end.id)] {
            filter.before = before;
            let lists = [world.store().incidents(&filter).await, world.store().reported_by(&amal, before).await];
            for Listed { incidents, older } in lists.map(Result::unwrap) {
                assert_eq!(older, before.is_none().then_some(end.id));
                let holds = |one: &Incident| incidents.iter().any(|incident| incident.id == one.id);
                assert_eq!((holds(oldest), holds(broken)), (before.is_some(), false));
            }
        }
    }
}

async fn nobodys_line_waits_for_one_that_cannot_be_read(base: Base) {
    let world = World::on(base).await;
    let (broken, whole) = two(&world).await;
    for incident in [&broken, &whole] {
        world.press(NOOR, &incident.reference, Button::Claim).await.incident();
    }
    swap_key(&world.database, &broken.reference, &whole.reference).await;
    world.settle().await;
    assert_eq!(world.database.rows_in("notice").await, 1);
}

async fn what_is_over_goes_beside_it(base: Base) {
    let world = World::on(base).await;
    let (broken, whole) = two(&world).await;
    for incident in [&broken, &whole] {
        world.decline(&incident.reference).await;
    }
    let shorter = format!("{}\n[retention]\ndeclined = 3\n", Rules::EXAMPLE);
    // It is in the plan, and then it cannot be read; whatever the rules say meanwhile moves the end of the other one.
    for rules in [None, Some(shorter)] {
        if let Some(text) = rules {
            swap_key(&world.database, &broken.reference, &whole.reference).await;
            world.app.desk.change_rules(Rules::parse(&text).unwrap());
        }
        for _ in 0..2 {
            world.clock.advance(days(1));
            world.settle().await;
        }
    }
    assert!(world.store().incident(whole.id).await.unwrap().is_none(), "three days have gone by");
    for _ in 0..5 {
        world.clock.advance(days(1));
        world.settle().await;
    }
    assert_eq!(world.database.rows_in("incident").await, 2, "its row stays, beside what is left of the other one");
    let left = world.store().gone(broken.id).await.unwrap();
    assert!(left.is_none(), "what cannot be read is not erased: somebody has to look at it");
}

async fn its_card_waits_until_it_can_be_read_and_no_other_does(base: Base) {
    let shop = Shop::on(base).await;
    let (broken, whole) = two(&shop.world).await;
    let database = &shop.world.database;
    let inside = database.look_inside().await;
    inside.execute_unprepared("CREATE TABLE aside AS SELECT id, data_key FROM incident").await.unwrap();
    swap_key(database, &broken.reference, &whole.reference).await;
    shop.settle().await;
    let cards = || shop.slack.messages(&shop.triage);
    assert!(cards().len() == 1 && cards()[0].text.contains(whole.reference.as_str()), "{:?}", cards());
    let due = shop.world.store().next_due(Platform::Slack).await.unwrap().unwrap();
    assert!(due > shop.world.now() + minutes(9), "it is not tried every few seconds");
    let put_back = "UPDATE incident SET data_key = (SELECT data_key FROM aside WHERE aside.id = incident.id)";
    inside.execute_unprepared(put_back).await.unwrap();
    shop.world.clock.advance(minutes(10));
    shop.settle().await;
    assert!(cards().iter().any(|card| card.text.contains(broken.reference.as_str())));
    shop.look_away();
}
