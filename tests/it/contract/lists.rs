//! Lists go on where the last page ended, whatever was reported meanwhile.

use domain::id::{IncidentId, Reference};
use domain::incident::verb::Verb;
use domain::place::SiteId;
use domain::policy::Sight;
use domain::words::{Category, State};
use futures_util::future::join_all;
use shopwatch::store::incidents::{Filter, PAGE_MAX};
use shopwatch::store::waiting::{Place, Waiting};

use super::{commit, id, is_done, kept, person, reported_as, step};
use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{AMAL, NOOR};

on_both! {
    pages_follow_each_other_newest_first_over_all_sites,
    what_is_reported_while_somebody_reads_moves_nothing,
    lists_hold_the_state_that_was_asked_for,
    who_waits_longest_is_never_behind_who_came_later,
    people_find_what_they_reported,
    a_timeline_holds_what_was_merged_into_it_in_order_of_time,
}

fn sites() -> Vec<SiteId> {
    ["kings-cross", "paddington"].iter().map(|site| site.parse().unwrap()).collect()
}

/// Reports, alternating between the two sites.
async fn keep(world: &World, numbers: std::ops::RangeInclusive<u32>) {
    let report = |number: u32| {
        let site = ["kings-cross", "paddington"][usize::try_from(number % 2).unwrap()];
        commit(reported_as(world, number, Reference::from_draw(number * 1_000), site), world.now())
    };
    let commits: Vec<_> = numbers.map(report).collect();
    let results = join_all(commits.into_iter().map(|commit| world.store().commit(commit))).await;
    assert!(results.iter().all(is_done));
}

async fn page(world: &World, filter: &Filter) -> Vec<IncidentId> {
    world.store().incidents(filter).await.unwrap().incidents.into_iter().map(|incident| incident.id).collect()
}

fn numbers(from: u32, to: u32) -> Vec<IncidentId> {
    (to..=from).rev().map(id).collect()
}

async fn pages_follow_each_other_newest_first_over_all_sites(base: Base) {
    let world = World::on(base).await;
    keep(&world, 1..=120).await;
    let mut filter = Filter { sites: sites(), ..Filter::default() };
    assert_eq!(page(&world, &filter).await, numbers(120, 71));
    filter.before = Some(id(71));
    assert_eq!(page(&world, &filter).await, numbers(70, 21));
    filter.before = Some(id(21));
    assert_eq!(page(&world, &filter).await, numbers(20, 1));
    for (before, numbers, older) in [(52, numbers(51, 2), Some(id(2))), (51, numbers(50, 1), None)] {
        filter.before = Some(id(before));
        assert_eq!(page(&world, &filter).await, numbers);
        assert_eq!(world.store().incidents(&filter).await.unwrap().older, older, "a full page may be all there is");
    }
    filter.before = Some(id(1));
    assert_eq!(page(&world, &filter).await, []);
    let one_site = Filter { sites: vec![sites()[0].clone()], ..Filter::default() };
    let even: Vec<IncidentId> = (1..=120).rev().filter(|number| number % 2 == 0).take(50).map(id).collect();
    assert_eq!(page(&world, &one_site).await, even);
    assert_eq!(page(&world, &Filter::default()).await, [], "no site, nothing to see");
    assert_eq!(PAGE_MAX, 50);
}

async fn what_is_reported_while_somebody_reads_moves_nothing(base: Base) {
    let world = World::on(base).await;
    keep(&world, 1..=60).await;
    let mut filter = Filter { sites: sites(), ..Filter::default() };
    assert_eq!(page(&world, &filter).await, numbers(60, 11));
    keep(&world, 61..=90).await;
    filter.before = Some(id(11));
    assert_eq!(page(&world, &filter).await, numbers(10, 1));
}

async fn lists_hold_the_state_that_was_asked_for(base: Base) {
    let world = World::on(base).await;
    for number in 1..=4 {
        kept(&world, number).await;
    }
    let claimed = step(&world, &world.store().incident(id(2)).await.unwrap().unwrap(), NOOR, Verb::Claim).await;
    let reason = domain::words::DeclineReason::Benign;
    step(&world, &claimed, NOOR, Verb::Decline { reason }).await;
    step(&world, &world.store().incident(id(3)).await.unwrap().unwrap(), NOOR, Verb::Claim).await;
    let list = |state| Filter { sites: sites(), state, before: None };
    assert_eq!(page(&world, &list(Some(State::New))).await, [id(4), id(1)]);
    assert_eq!(page(&world, &list(Some(State::Claimed))).await, [id(3)]);
    assert_eq!(page(&world, &list(Some(State::Declined))).await, [id(2)]);
    assert_eq!(page(&world, &list(None)).await, numbers(4, 1));
    assert_eq!(waiting(&world, None).await.0, [id(1), id(4), id(3)], "what is open, and who has waited longest");
}

async fn waiting(world: &World, after: Option<Place>) -> (Vec<IncidentId>, Option<Place>) {
    let Waiting { incidents, next } = world.store().waiting(&sites(), after).await.unwrap();
    (incidents.into_iter().map(|incident| incident.id).collect(), next)
}

async fn who_waits_longest_is_never_behind_who_came_later(base: Base) {
    let world = World::on(base).await;
    keep(&world, 1..=130).await;
    // Of the youngest two, one happens now and one is claimed.
    let noor = async |number, verb| {
        let incident = world.store().incident(id(number)).await.unwrap().unwrap();
        step(&world, &incident, NOOR, verb).await
    };
    noor(130, Verb::Claim).await;
    noor(130, Verb::Recategorise { to: Category::InProgress }).await;
    noor(129, Verb::Claim).await;
    let upward = |from: u32, to: u32| (from..=to).map(id);
    let (first, next) = waiting(&world, None).await;
    assert_eq!(first, std::iter::once(id(130)).chain(upward(1, 49)).collect::<Vec<_>>());
    // What is reported, or dealt with, while somebody reads, moves nothing of what follows.
    keep(&world, 131..=140).await;
    noor(49, Verb::Claim).await;
    let (second, next) = waiting(&world, next).await;
    assert_eq!(second, upward(50, 99).collect::<Vec<_>>());
    let (third, next) = waiting(&world, next).await;
    let claimed = [id(49), id(129)];
    assert_eq!(third, upward(100, 128).chain(upward(131, 140)).chain(claimed).collect::<Vec<_>>());
    assert_eq!(next, None, "that is all");
    assert_eq!(world.store().waiting(&[], None).await.unwrap().incidents, []);
}

async fn people_find_what_they_reported(base: Base) {
    let world = World::on(base).await;
    keep(&world, 1..=55).await;
    let (amal, noor) = (person(&world, AMAL), person(&world, NOOR));
    let ids = |list: Vec<domain::incident::Incident>| list.into_iter().map(|incident| incident.id).collect::<Vec<_>>();
    assert_eq!(ids(world.store().reported_by(&amal, None).await.unwrap().incidents), numbers(55, 6));
    assert_eq!(ids(world.store().reported_by(&amal, Some(id(6))).await.unwrap().incidents), numbers(5, 1));
    assert_eq!(ids(world.store().reported_by(&noor, None).await.unwrap().incidents), []);
}

async fn a_timeline_holds_what_was_merged_into_it_in_order_of_time(base: Base) {
    let world = World::on(base).await;
    let second = crate::world::people::seconds(1);
    let one = kept(&world, 1).await;
    world.clock.advance(second);
    let other = kept(&world, 2).await;
    world.clock.advance(second);
    let one = step(&world, &one, NOOR, Verb::Note { text: "first".into() }).await;
    world.clock.advance(second);
    step(&world, &other, NOOR, Verb::Note { text: "second".into() }).await;
    world.clock.advance(second);
    let one = step(&world, &one, NOOR, Verb::Absorb { other: other.id }).await;
    let lines = world.store().timeline(&one, Sight::Full).await.unwrap();
    let read: Vec<_> = lines.iter().map(|line| (line.incident, line.word.as_str(), line.text.as_deref())).collect();
    assert_eq!(
        read,
        [
            (id(1), "reported", Some("report 1")),
            (id(2), "reported", Some("report 2")),
            (id(1), "noted", Some("first")),
            (id(2), "noted", Some("second")),
            (id(1), "absorbed", None),
        ]
    );
    let own: Vec<u32> = world.record(&one).await.iter().map(|line| line.seq).collect();
    assert_eq!(own, [1, 2, 3]);
}
