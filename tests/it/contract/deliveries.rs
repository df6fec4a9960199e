//! What arrives twice acts once, and is answered as it was the first time.

use domain::id::IncidentId;
use futures_util::future::join_all;
use shopwatch::failure::Failure;
use shopwatch::store::{Commit, Committed};

use super::{commit, id, idle, is_done, reported, rows};
use crate::world::database::Base;
use crate::world::{World, delivery};

on_both! {
    what_arrives_again_is_answered_with_its_first_outcome,
    what_arrives_twice_at_once_acts_once,
    what_arrives_twice_in_one_shared_transaction_acts_once,
    what_arrives_at_two_servers_at_once_acts_once,
    what_is_too_old_is_forgotten,
}

fn arriving(world: &World, number: u32, content: &str) -> Commit {
    commit(reported(world, number), world.now()).delivered_as(delivery("event-1", content))
}

fn seen(result: &Result<Committed, Failure>) -> Option<IncidentId> {
    match result {
        Ok(Committed::Seen { incident, .. }) => Some(*incident),
        _ => None,
    }
}

/// Of all results one was done, and all others saw the incident of that one.
async fn check_one_acted(world: &World, results: &[Result<Committed, Failure>]) {
    assert_eq!(results.iter().filter(|result| is_done(result)).count(), 1, "{results:?}");
    let first = world.everything().await[0].id;
    let seen: Vec<IncidentId> = results.iter().filter_map(seen).collect();
    assert_eq!(seen, vec![first; results.len() - 1], "{results:?}");
    assert_eq!(rows(world).await, [1, 1, 1, 1]);
}

async fn what_arrives_again_is_answered_with_its_first_outcome(base: Base) {
    let world = World::on(base).await;
    assert!(is_done(&world.store().commit(arriving(&world, 1, "first")).await));
    let again = world.store().commit(arriving(&world, 2, "second")).await.unwrap();
    assert_eq!(again, Committed::Seen { incident: id(1), same: false });
    assert_eq!(rows(&world).await, [1, 1, 1, 1]);
}

async fn what_arrives_twice_at_once_acts_once(base: Base) {
    let world = World::on(base).await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 1..=20 {
        let (store, commit) = (world.store().clone(), arriving(&world, number, "x"));
        tasks.spawn(async move { store.commit(commit).await });
    }
    check_one_acted(&world, &tasks.join_all().await).await;
}

async fn what_arrives_twice_in_one_shared_transaction_acts_once(base: Base) {
    let mut world = idle(base).await;
    let store = world.store().clone();
    let commits = [1, 2, 3].map(|number| arriving(&world, number, "x"));
    let (results, ()) =
        tokio::join!(join_all(commits.map(|commit| store.commit(commit))), async { world.start_writing() });
    check_one_acted(&world, &results).await;
}

async fn what_arrives_at_two_servers_at_once_acts_once(base: Base) {
    let world = World::on(base).await;
    let other = world.replica().await;
    let (here, there) =
        tokio::join!(world.store().commit(arriving(&world, 1, "x")), other.store().commit(arriving(&world, 2, "x")),);
    check_one_acted(&world, &[here, there]).await;
}

async fn what_is_too_old_is_forgotten(base: Base) {
    let world = World::on(base).await;
    assert!(is_done(&world.store().commit(arriving(&world, 1, "x")).await));
    assert_eq!(world.store().forget_deliveries(world.now()).await.unwrap(), 0, "not older than now");
    let later = world.now() + crate::world::people::seconds(1);
    assert_eq!(world.store().forget_deliveries(later).await.unwrap(), 1);
    assert_eq!(world.store().delivered(&delivery("event-1", "x").unwrap()).await.unwrap(), None);
}
