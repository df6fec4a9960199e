//! Of two changes that were decided on the same version, one is kept whole and the other not at all.

use domain::incident::verb::Verb;
use domain::incident::{Incident, Terms};
use futures_util::future::join_all;
use shopwatch::failure::Failure;
use shopwatch::store::incidents::Arrived;
use shopwatch::store::{Commit, Committed};

use super::{card, commit, idle, is_done, kept, person, reported, rows, step, stepped};
use crate::world::database::Base;
use crate::world::people::{NOOR, OMAR, Person};
use crate::world::{World, delivery};

on_both! {
    a_change_of_an_older_version_changes_nothing,
    of_two_changes_in_one_shared_transaction_one_is_kept,
    of_two_servers_one_wins,
    what_is_changed_together_is_changed_together_or_not_at_all,
    a_lost_race_harms_none_that_wait_with_it,
    two_steps_of_one_incident_are_taken_together_and_lose_together,
}

fn claim(world: &World, incident: &Incident, who: Person) -> Commit {
    let change = stepped(world, incident, who, Verb::Claim);
    commit(change, world.now()).delivered_as(delivery(who.0, "press"))
}

fn lost(result: &Result<Committed, Failure>) -> bool {
    matches!(result, Err(Failure::Conflict))
}

/// Noor or Omar holds it, whoever won; of the loser's press there is no trace, so that it may arrive again.
async fn check_one_won(
    world: &World,
    incident: &Incident,
    noor: &Result<Committed, Failure>,
    omar: &Result<Committed, Failure>,
) {
    let (winner, loser) = match (is_done(noor), is_done(omar)) {
        (true, false) if lost(omar) => (NOOR, OMAR),
        (false, true) if lost(noor) => (OMAR, NOOR),
        _ => panic!("Noor {noor:?}, Omar {omar:?}"),
    };
    let after = world.store().incident(incident.id).await.unwrap().unwrap();
    assert_eq!(after.status.owner().unwrap().member, person(world, winner).member);
    assert_eq!((after.version, world.record(&after).await.len()), (2, 2));
    let arrived = async |who: Person| world.store().delivered(&delivery(who.0, "press").unwrap()).await.unwrap();
    assert_eq!(arrived(winner).await, Some(Arrived { incident: incident.id, same: true }));
    assert_eq!(arrived(loser).await, None);
    let copies = world.store().copies(incident.id).await.unwrap();
    assert_eq!(copies.iter().map(|copy| copy.wanted).collect::<Vec<u32>>(), [2]);
}

async fn a_change_of_an_older_version_changes_nothing(base: Base) {
    let world = World::on(base).await;
    let incident = kept(&world, 1).await;
    let (first, second) = (claim(&world, &incident, NOOR), claim(&world, &incident, OMAR));
    let (noor, omar) = (world.store().commit(first).await, world.store().commit(second).await);
    check_one_won(&world, &incident, &noor, &omar).await;
}

async fn of_two_changes_in_one_shared_transaction_one_is_kept(base: Base) {
    let mut world = idle(base).await;
    let helper = world.replica().await;
    let incident = kept(&helper, 1).await;
    let store = world.store().clone();
    let (first, second) = (claim(&world, &incident, NOOR), claim(&world, &incident, OMAR));
    let third = commit(reported(&world, 2), world.now());
    let (noor, omar, other, ()) =
        tokio::join!(store.commit(first), store.commit(second), store.commit(third), async { world.start_writing() });
    check_one_won(&world, &incident, &noor, &omar).await;
    assert!(is_done(&other), "who shares the transaction is not harmed");
}

async fn of_two_servers_one_wins(base: Base) {
    let world = World::on(base).await;
    let other = world.replica().await;
    for number in 1..=25 {
        let incident = kept(&world, number).await;
        let (here, there) = tokio::join!(
            world.store().commit(commit(stepped(&world, &incident, NOOR, Verb::Claim), world.now())),
            other.store().commit(commit(stepped(&world, &incident, OMAR, Verb::Claim), world.now())),
        );
        assert!(is_done(&here) && lost(&there) || lost(&here) && is_done(&there), "{here:?} {there:?}");
    }
}

/// A merge decided on these two versions.
fn merge(world: &World, one: &Incident, into: &Incident) -> Commit {
    let merged = stepped(world, one, NOOR, Verb::MergeInto { into: into.id, lead: into.lead() });
    let absorbing = stepped(world, into, NOOR, Verb::Absorb { other: one.id });
    let cards = [card(merged.after()), card(absorbing.after())];
    let terms = Terms::default();
    Commit::of(merged, &terms, world.now()).and(absorbing, &terms).showing(cards).delivered_as(delivery("merge", "x"))
}

async fn what_is_changed_together_is_changed_together_or_not_at_all(base: Base) {
    let world = World::on(base).await;
    let (one, into) = (kept(&world, 1).await, kept(&world, 2).await);
    let one = step(&world, &one, NOOR, Verb::Claim).await;
    let stale = merge(&world, &one, &into);
    let into = step(&world, &into, OMAR, Verb::Claim).await;
    let before = rows(&world).await;
    assert!(lost(&world.store().commit(stale).await), "the second of the two is no longer as it was seen");
    assert_eq!(world.store().incident(one.id).await.unwrap().unwrap(), one);
    assert_eq!(world.store().incident(into.id).await.unwrap().unwrap(), into);
    assert_eq!(rows(&world).await, before);
    assert!(is_done(&world.store().commit(merge(&world, &one, &into)).await));
    let (one, into) = (
        world.store().incident(one.id).await.unwrap().unwrap(),
        world.store().incident(into.id).await.unwrap().unwrap(),
    );
    assert_eq!((one.version, into.version, into.absorbed), (3, 3, vec![one.id]));
}

async fn a_lost_race_harms_none_that_wait_with_it(base: Base) {
    let mut world = idle(base).await;
    let helper = world.replica().await;
    let (one, into) = (kept(&helper, 1).await, kept(&helper, 2).await);
    let one = step(&helper, &one, NOOR, Verb::Claim).await;
    let stale = merge(&world, &one, &into);
    step(&helper, &into, OMAR, Verb::Claim).await;
    let store = world.store().clone();
    let commits = [commit(reported(&world, 3), world.now()), stale, commit(reported(&world, 4), world.now())];
    let (results, ()) =
        tokio::join!(join_all(commits.map(|commit| store.commit(commit))), async { world.start_writing() });
    assert!(is_done(&results[0]) && lost(&results[1]) && is_done(&results[2]), "{results:?}");
}

async fn two_steps_of_one_incident_are_taken_together_and_lose_together(base: Base) {
    let world = World::on(base).await;
    let incident = kept(&world, 1).await;
    let both = |who: Person| {
        let first = stepped(&world, &incident, who, Verb::Claim);
        let second = stepped(&world, first.after(), who, Verb::Note { text: who.0.into() });
        let (card, terms) = (card(second.after()), Terms::default());
        Commit::of(first, &terms, world.now())
            .and(second, &terms)
            .showing([card])
            .delivered_as(delivery(who.0, "press"))
    };
    let (noor, omar) = (both(NOOR), both(OMAR));
    let (noor, omar) = tokio::join!(world.store().commit(noor), world.store().commit(omar));
    assert!(is_done(&noor) != is_done(&omar) && (lost(&noor) || lost(&omar)), "{noor:?} {omar:?}");
    let after = world.store().incident(incident.id).await.unwrap().unwrap();
    let lines = world.record(&after).await;
    let steps: Vec<(u32, &str)> = lines.iter().map(|line| (line.seq, line.word.as_str())).collect();
    assert_eq!((after.version, steps), (3, vec![(1, "reported"), (2, "claimed"), (3, "noted")]));
    let winner = if is_done(&noor) { NOOR } else { OMAR };
    assert_eq!(lines[2].text.as_deref(), Some(winner.0), "both are the winner's");
    world.store().verify_one(incident.id).await.unwrap();
}
