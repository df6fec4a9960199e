//! What has to be shown is taken under a lease, by one worker at a time, and a worker that is too late changes nothing.

use domain::incident::verb::Verb;
use domain::words::Platform;
use shopwatch::store::Commit;
use shopwatch::store::entity::notice;
use shopwatch::store::outbox::{
    ALONE_AFTER, Copy, LEASE, LEASE_MAX, LeaseRequest, Leased, Settled, Settlement, ShowRequest, Task, Whereabouts,
};
use uuid::Uuid;

use super::{commit, id, idle, kept, person, reported, step, stepped, telling};
use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{AMAL, NOOR, OMAR, seconds};

on_both! {
    a_card_is_one_row_however_often_it_changes,
    due_work_is_taken_once,
    two_workers_never_take_the_same,
    what_is_shown_is_done,
    cards_that_are_sent_nowhere_are_shown_as_soon_as_that_is_noted,
    what_fails_is_taken_again_at_its_time,
    a_newer_version_that_comes_while_one_is_sent_goes_next,
    a_lease_that_ran_out_is_a_doubt,
    a_worker_that_is_too_late_changes_nothing,
    who_was_leased_over_and_over_is_taken_alone,
    what_waits_together_waits_no_longer_than_it_was_told_and_counts_no_attempt,
    what_needs_a_person_or_is_dropped_is_not_taken_again,
    a_worker_takes_only_so_much,
    a_report_is_shown_in_however_many_places,
    each_chat_has_its_own_work,
}

const FIRST: Uuid = Uuid::from_u128(1);
const SECOND: Uuid = Uuid::from_u128(2);

async fn lease(world: &World, token: Uuid) -> Vec<Leased> {
    lease_for(world, token, Platform::Console).await
}

async fn lease_for(world: &World, token: Uuid, platform: Platform) -> Vec<Leased> {
    world.store().lease(LeaseRequest { now: world.now(), token, platform }).await.unwrap()
}

async fn settle(world: &World, token: Uuid, key: &str, settled: Settled) {
    let outcomes = vec![(key.to_owned(), settled)];
    world.store().settle(Settlement { now: world.now(), token, outcomes, notices: Vec::new() }).await.unwrap();
}

const SHOWN: Settled = Settled::Shown { remote_id: None };

/// What the only copy of a card wants and shows.
async fn copy(world: &World, number: u32) -> (u32, Option<u32>) {
    match world.store().copies(id(number)).await.unwrap().as_slice() {
        [Copy { wanted, shown, .. }] => (*wanted, *shown),
        other => panic!("{other:?}"),
    }
}

async fn a_card_is_one_row_however_often_it_changes(base: Base) {
    let world = World::on(base).await;
    let new = kept(&world, 1).await;
    let claimed = step(&world, &new, NOOR, Verb::Claim).await;
    step(&world, &claimed, NOOR, Verb::Note { text: "seen".into() }).await;
    assert_eq!(copy(&world, 1).await, (3, None));
    assert_eq!(world.database.rows_in("outbox").await, 1);
    let leased = lease(&world, FIRST).await;
    assert_eq!((leased.len(), leased[0].version, leased[0].attempts), (1, 3, 1), "one look at the newest version");
}

async fn due_work_is_taken_once(base: Base) {
    let world = World::on(base).await;
    kept(&world, 1).await;
    assert_eq!(world.store().next_due(Platform::Console).await.unwrap(), Some(world.now()));
    assert_eq!(lease(&world, FIRST).await.len(), 1);
    assert_eq!(lease(&world, SECOND).await.len(), 0);
    assert_eq!(world.store().next_due(Platform::Console).await.unwrap(), Some(world.now() + LEASE));
    assert_eq!(world.store().outbox_depth().await.unwrap().waiting, 1);
}

async fn two_workers_never_take_the_same(base: Base) {
    let world = World::on(base).await;
    let other = world.replica().await;
    for number in 1..=40 {
        kept(&world, number).await;
    }
    let (here, there) = tokio::join!(lease(&world, FIRST), lease(&other, SECOND));
    let mut keys: Vec<String> = here.into_iter().chain(there).map(|task| task.key).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 40, "every task once");
}

async fn what_is_shown_is_done(base: Base) {
    let world = World::on(base).await;
    kept(&world, 1).await;
    let leased = lease(&world, FIRST).await;
    world.clock.advance(seconds(1));
    settle(&world, FIRST, &leased[0].key, Settled::Shown { remote_id: Some("171.9".into()) }).await;
    assert_eq!(copy(&world, 1).await, (1, Some(1)));
    assert_eq!(world.store().next_due(Platform::Console).await.unwrap(), None);
    assert_eq!(world.store().last_settled().await.unwrap(), Some(world.now()));
    assert_eq!(world.store().outbox_depth().await.unwrap().waiting, 0);
    let incident = world.store().incident(id(1)).await.unwrap().unwrap();
    step(&world, &incident, NOOR, Verb::Claim).await;
    let again = lease(&world, SECOND).await;
    assert_eq!(
        (again[0].version, again[0].attempts, again[0].remote_id.as_deref()),
        (2, 1, Some("171.9")),
        "edited where it stands"
    );
    settle(&world, SECOND, &again[0].key, SHOWN).await;
    let copy = world.store().whereabouts(&again[0].key).await.unwrap();
    assert_eq!(copy, Whereabouts::There("171.9".into()), "an edit that names no place leaves it where it stands");
}

async fn cards_that_are_sent_nowhere_are_shown_as_soon_as_that_is_noted(base: Base) {
    let world = World::on(base).await;
    let note = async || {
        let request = ShowRequest { now: world.now(), platform: Platform::Console };
        world.store().show(request).await.unwrap()
    };
    kept(&world, 1).await;
    let taken = lease(&world, FIRST).await;
    kept(&world, 2).await;
    assert_eq!((note().await, note().await), (1, 0), "the first is on its way");
    assert_eq!((copy(&world, 1).await, copy(&world, 2).await), ((1, None), (1, Some(1))));
    assert_eq!(world.store().last_settled().await.unwrap(), Some(world.now()));
    settle(&world, FIRST, &taken[0].key, Settled::Later { at: world.now() + seconds(5) }).await;
    assert_eq!(note().await, 0, "it is not due");
    world.clock.advance(seconds(5));
    assert_eq!((note().await, copy(&world, 1).await), (1, (1, Some(1))));
    assert_eq!(world.store().next_due(Platform::Console).await.unwrap(), None);
    world.store().commit(telling(reported(&world, 3), world.now())).await.unwrap();
    assert_eq!((note().await, lease(&world, SECOND).await.len()), (0, 1), "a line to somebody is carried out");
}

async fn what_fails_is_taken_again_at_its_time(base: Base) {
    let world = World::on(base).await;
    kept(&world, 1).await;
    let leased = lease(&world, FIRST).await;
    settle(&world, FIRST, &leased[0].key, Settled::Later { at: world.now() + seconds(4) }).await;
    world.clock.advance(seconds(3));
    assert_eq!(lease(&world, SECOND).await.len(), 0);
    world.clock.advance(seconds(1));
    let again = lease(&world, SECOND).await;
    assert_eq!((again.len(), again[0].attempts, again[0].in_doubt), (1, 2, false), "it is known not to have arrived");
}

async fn a_newer_version_that_comes_while_one_is_sent_goes_next(base: Base) {
    let world = World::on(base).await;
    let new = kept(&world, 1).await;
    let leased = lease(&world, FIRST).await;
    let claimed = step(&world, &new, NOOR, Verb::Claim).await;
    assert_eq!(lease(&world, SECOND).await.len(), 0, "the card is on its way: nobody else draws it meanwhile");
    settle(&world, FIRST, &leased[0].key, SHOWN).await;
    assert_eq!(copy(&world, 1).await, (claimed.version, Some(1)));
    let next = lease(&world, SECOND).await;
    assert_eq!((next.len(), next[0].version, next[0].in_doubt), (1, claimed.version, false));
    settle(&world, SECOND, &next[0].key, SHOWN).await;
    assert_eq!(copy(&world, 1).await, (claimed.version, Some(claimed.version)));
}

async fn a_lease_that_ran_out_is_a_doubt(base: Base) {
    let world = World::on(base).await;
    kept(&world, 1).await;
    assert!(!lease(&world, FIRST).await[0].in_doubt);
    world.clock.advance(LEASE - seconds(1));
    assert_eq!(lease(&world, SECOND).await.len(), 0, "it may still be working");
    world.clock.advance(seconds(1));
    let taken_over = lease(&world, SECOND).await;
    assert!(taken_over[0].in_doubt, "nobody knows whether it arrived");
    world.clock.advance(LEASE);
    assert!(lease(&world, FIRST).await[0].in_doubt, "a doubt stays one until somebody settles it");
}

async fn a_worker_that_is_too_late_changes_nothing(base: Base) {
    let world = World::on(base).await;
    world.store().commit(telling(reported(&world, 1), world.now())).await.unwrap();
    let key = lease(&world, FIRST).await[0].key.clone();
    world.clock.advance(LEASE);
    assert_eq!(lease(&world, SECOND).await.len(), 1, "another worker has taken over");
    let reporter = person(&world, AMAL);
    let notice = notice::Model {
        key: key.clone(),
        member: reporter.member.0.clone(),
        incident: id(1).0,
        word: "late".into(),
        at: world.now(),
    };
    for late in [SHOWN, Settled::Later { at: world.now() }, Settled::NeedsOperator, Settled::Dropped] {
        let settlement = Settlement {
            now: world.now(),
            token: FIRST,
            outcomes: vec![(key.clone(), late)],
            notices: vec![notice.clone()],
        };
        world.store().settle(settlement).await.unwrap();
        assert_eq!(world.store().outbox_depth().await.unwrap().waiting, 1, "still with the second worker");
        assert_eq!(world.store().next_due(Platform::Console).await.unwrap(), Some(world.now() + LEASE));
        assert_eq!(world.store().notices(&reporter).await.unwrap(), [], "the second worker says it");
    }
    settle(&world, SECOND, &key, SHOWN).await;
    assert_eq!(world.store().outbox_depth().await.unwrap().waiting, 0);
}

async fn who_was_leased_over_and_over_is_taken_alone(base: Base) {
    let world = World::on(base).await;
    kept(&world, 1).await;
    kept(&world, 2).await;
    for times in 1..=ALONE_AFTER {
        let both = lease(&world, FIRST).await;
        assert_eq!(both.iter().map(|task| task.attempts).collect::<Vec<_>>(), [times, times]);
        world.clock.advance(LEASE);
    }
    kept(&world, 3).await;
    let suspects = [lease(&world, SECOND).await, lease(&world, FIRST).await];
    for suspect in &suspects {
        let [task] = suspect.as_slice() else { panic!("not alone: {suspect:?}") };
        assert_eq!((task.attempts, task.in_doubt), (ALONE_AFTER + 1, true));
    }
    assert_ne!(suspects[0][0].key, suspects[1][0].key, "the first one's time is not over");
    let rest = lease(&world, SECOND).await;
    assert_eq!((rest.len(), rest[0].attempts, rest[0].in_doubt), (1, 1, false), "as if it had not been beside them");
    assert_eq!(world.store().next_due(Platform::Console).await.unwrap(), Some(world.now() + LEASE));
}

async fn what_waits_together_waits_no_longer_than_it_was_told_and_counts_no_attempt(base: Base) {
    let world = World::on(base).await;
    for number in 1..=4 {
        kept(&world, number).await;
    }
    let leased = lease(&world, FIRST).await;
    let (soon, late) = (world.now() + seconds(3), world.now() + seconds(9));
    let all = [
        Settled::Held { at: soon },
        Settled::Doubt { at: soon, looks: 2 },
        Settled::Held { at: soon },
        Settled::Doubt { at: late, looks: 1 },
    ];
    let outcomes = leased.iter().map(|task| task.key.clone()).zip(all).collect();
    world.store().settle(Settlement { now: world.now(), token: FIRST, outcomes, notices: Vec::new() }).await.unwrap();
    let taken = async |by| {
        world.clock.advance(seconds(by));
        let taken = lease(&world, SECOND).await.into_iter();
        taken.map(|task| (task.key, task.attempts, task.in_doubt, task.looks)).collect::<Vec<_>>()
    };
    let row = |at: usize, in_doubt, looks| (leased[at].key.clone(), 1, in_doubt, looks);
    assert_eq!(taken(2).await, []);
    assert_eq!(taken(1).await, [row(0, false, 0), row(1, true, 2), row(2, false, 0)]);
    assert_eq!(taken(6).await, [row(3, true, 1)]);
}

async fn what_needs_a_person_or_is_dropped_is_not_taken_again(base: Base) {
    let world = World::on(base).await;
    kept(&world, 1).await;
    kept(&world, 2).await;
    let leased = lease(&world, FIRST).await;
    settle(&world, FIRST, &leased[0].key, Settled::NeedsOperator).await;
    settle(&world, FIRST, &leased[1].key, Settled::Dropped).await;
    world.clock.advance(LEASE * 2);
    assert_eq!(lease(&world, SECOND).await.len(), 0);
    let depth = world.store().outbox_depth().await.unwrap();
    assert_eq!((depth.waiting, depth.needs_operator, depth.oldest), (0, 1, None));
}

async fn a_worker_takes_only_so_much(base: Base) {
    let mut world = idle(base).await;
    let most = u32::try_from(LEASE_MAX).unwrap();
    let (store, at) = (world.store().clone(), world.now());
    let commits: Vec<Commit> = (1..=most + 3).map(|number| commit(reported(&world, number), at)).collect();
    let all = futures_util::future::join_all(commits.into_iter().map(|commit| store.commit(commit)));
    let (results, ()) = tokio::join!(all, async { world.start_writing() });
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(u64::try_from(lease(&world, FIRST).await.len()), Ok(LEASE_MAX));
    let rest = lease(&world, SECOND).await;
    assert_eq!(rest.len(), 3);
    let outcomes = rest.into_iter().map(|task| (task.key, SHOWN)).collect();
    let settlement = Settlement { now: world.now(), token: SECOND, outcomes, notices: Vec::new() };
    world.store().settle(settlement).await.unwrap();
    assert_eq!(world.store().outbox_depth().await.unwrap().waiting, LEASE_MAX, "all of them, and nobody else's");
}

async fn a_report_is_shown_in_however_many_places(base: Base) {
    const PLACES: u32 = 150;
    let mut world = idle(base).await;
    let (store, at) = (world.store().clone(), world.now());
    let commits = [1, 2].map(|number| {
        let places = (1..=PLACES).map(|place| format!("slack:C{place:03}").parse().unwrap());
        commit(reported(&world, number), at).showing(places.map(|place| Task::draw_card(id(number), 1, place)))
    });
    let all = futures_util::future::join_all(commits.map(|commit| store.commit(commit)));
    let (results, ()) = tokio::join!(all, async { world.start_writing() });
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(world.database.rows_in("outbox").await, i64::from(2 * PLACES + 2));
}

async fn each_chat_has_its_own_work(base: Base) {
    let world = World::on(base).await;
    let incident = kept(&world, 1).await;
    let change = stepped(&world, &incident, OMAR, Verb::Claim);
    let elsewhere = Task::draw_card(incident.id, 2, "slack:C02".parse().unwrap());
    world.store().commit(commit(change, world.now()).showing([elsewhere])).await.unwrap();
    assert_eq!(lease_for(&world, FIRST, Platform::Slack).await.len(), 1);
    assert_eq!(lease_for(&world, FIRST, Platform::Discord).await.len(), 0);
    assert_eq!(lease(&world, SECOND).await.len(), 1);
    let places: Vec<String> =
        world.store().copies(incident.id).await.unwrap().iter().map(|copy| copy.place.to_string()).collect();
    assert_eq!(places, ["console:triage", "slack:C02"]);
}
