//! A reference is drawn, and drawn again when it is taken.

use domain::id::Reference;
use futures_util::future::join_all;
use shopwatch::failure::Failure;
use shopwatch::store::Committed;

use super::{commit, id, idle, is_done, reported_as, rows};
use crate::world::database::Base;
use crate::world::{World, delivery};

on_both! {
    a_taken_reference_is_drawn_again,
    what_arrived_under_a_key_is_known_by_it_whatever_it_is_called,
    two_equal_draws_in_one_shared_transaction_become_two_references,
    when_every_draw_is_taken_nothing_is_kept,
}

const SITE: &str = "kings-cross";

fn draw(number: u32) -> Reference {
    Reference::from_draw(number)
}

async fn a_taken_reference_is_drawn_again(base: Base) {
    let world = World::on(base).await;
    let report = |number| commit(reported_as(&world, number, draw(5), SITE), world.now());
    assert!(is_done(&world.store().commit(report(1)).await));
    world.ids.will_draw([5, 6]);
    let second = world.store().commit(report(2)).await.unwrap();
    assert_eq!(second, Committed::Done { references: vec![(id(2), draw(6))] });
    let kept = world.incident(&draw(6)).await;
    assert_eq!((kept.id, kept.reference), (id(2), draw(6)));
    assert_eq!(world.incident(&draw(5)).await.id, id(1));
}

async fn what_arrived_under_a_key_is_known_by_it_whatever_it_is_called(base: Base) {
    let world = World::on(base).await;
    let report = |number| commit(reported_as(&world, number, draw(5), SITE), world.now());
    assert!(is_done(&world.store().commit(report(1)).await));
    world.ids.will_draw([6]);
    let arriving = |number| report(number).delivered_as(delivery("event-1", "x"));
    let second = world.store().commit(arriving(2)).await.unwrap();
    assert_eq!(second, Committed::Done { references: vec![(id(2), draw(6))] });
    assert_eq!(world.store().commit(arriving(3)).await.unwrap(), Committed::Seen { incident: id(2), same: true });
    assert_eq!(rows(&world).await, [2, 2, 1, 2]);
}

async fn two_equal_draws_in_one_shared_transaction_become_two_references(base: Base) {
    let mut world = idle(base).await;
    world.ids.will_draw([9]);
    let (store, at) = (world.store().clone(), world.now());
    let commits = [1, 2].map(|number| commit(reported_as(&world, number, draw(8), SITE), at));
    let (results, ()) =
        tokio::join!(join_all(commits.map(|commit| store.commit(commit))), async { world.start_writing() });
    let mut given: Vec<Reference> = results
        .into_iter()
        .flat_map(|result| match result.unwrap() {
            Committed::Done { references } => references.into_iter().map(|(_, reference)| reference),
            seen @ Committed::Seen { .. } => panic!("{seen:?}"),
        })
        .collect();
    given.sort();
    assert_eq!(given, [draw(8), draw(9)]);
}

async fn when_every_draw_is_taken_nothing_is_kept(base: Base) {
    let world = World::on(base).await;
    assert!(is_done(&world.store().commit(commit(reported_as(&world, 1, draw(5), SITE), world.now())).await));
    world.ids.will_draw(std::iter::repeat_n(5, 100));
    let refused = world.store().commit(commit(reported_as(&world, 2, draw(5), SITE), world.now())).await;
    assert!(matches!(refused, Err(Failure::Unavailable(_))), "{refused:?}");
    assert_eq!(rows(&world).await, [1, 1, 0, 1]);
}
