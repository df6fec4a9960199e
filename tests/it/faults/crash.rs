//! The program dies between two steps, and another one goes on where it was.

use futures_util::future::join_all;
use shopwatch::chat::press::Button;
use shopwatch::store::outbox::{LEASE, LeaseRequest};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::numbered;
use crate::world::database::{Base, number};
use crate::world::people::{AMAL, NOOR, seconds};
use crate::world::{CONSOLE, World, until};

on_both! {
    what_a_dead_worker_had_taken_is_shown_once_after_its_lease,
    what_was_committed_and_not_shown_is_shown_by_the_next_program,
    a_writer_that_dies_loses_nothing_it_acknowledged_and_leaves_nothing_half_done,
}

async fn what_a_dead_worker_had_taken_is_shown_once_after_its_lease(base: Base) {
    let world = World::on(base).await;
    let called = world.report("two people, spirits").await.reference;
    let claimed = world.press(NOOR, &called, Button::Claim).await.incident();
    let (now, token) = (world.now(), Uuid::from_u128(1));
    let taken = world.store().lease(LeaseRequest { now, token, platform: CONSOLE }).await.unwrap();
    assert_eq!(taken.len(), 2, "the card, and the line to Amal");
    let next = world.replica().await;
    drop(world);
    next.clock.advance(LEASE - seconds(1));
    next.settle().await;
    assert_eq!(next.told(AMAL).await, [] as [&str; 0], "the other one may still be at it");
    assert_eq!(next.store().copies(claimed.id).await.unwrap()[0].shown, None);
    next.clock.advance(seconds(1));
    next.check_everything().await;
    assert_eq!(next.told(AMAL).await, ["claimed"]);
    next.clock.advance(LEASE);
    next.check_everything().await;
    assert_eq!(next.told(AMAL).await, ["claimed"], "once");
}

async fn what_was_committed_and_not_shown_is_shown_by_the_next_program(base: Base) {
    let world = World::on(base).await;
    let called = world.report("two people, spirits").await.reference;
    world.press(NOOR, &called, Button::Claim).await.incident();
    let next = world.replica().await;
    drop(world);
    next.check_everything().await;
    assert_eq!(next.told(AMAL).await, ["claimed"]);
}

async fn a_writer_that_dies_loses_nothing_it_acknowledged_and_leaves_nothing_half_done(base: Base) {
    const REPORTS: usize = 150;
    const AT_ONCE: usize = 15;
    for died_after in [0, 1, 3] {
        let mut world = World::on(base).await;
        let mut tasks = JoinSet::new();
        for number in 0..REPORTS {
            let app = world.app.clone();
            let (what, delivery) = numbered(number);
            tasks.spawn(async move {
                let inbound = shopwatch::chat::inbound::Inbound { what, origin: AMAL.origin(), delivery };
                matches!(app.receive(inbound).await.1, Ok(shopwatch::operations::Outcome::Reported { .. }))
            });
        }
        let mut acknowledged = 0;
        while acknowledged < died_after {
            acknowledged += usize::from(tasks.join_next().await.unwrap().unwrap());
        }
        world.stop_writing().await;
        acknowledged += tasks.join_all().await.into_iter().filter(|saved| *saved).count();
        is_undone(&world, base).await;
        let next = world.replica().await;
        next.check_everything().await;
        assert!(acknowledged <= next.everything().await.len(), "{acknowledged} acknowledged");
        let numbers: Vec<usize> = (0..REPORTS).collect();
        for numbers in numbers.chunks(AT_ONCE) {
            // Whoever is told "not saved", since this machine is busy, sends the same again, as people do.
            let send = |number: &usize| {
                let (what, delivery) = numbered(*number);
                next.take_in(AMAL.origin(), what, delivery)
            };
            let all_are_kept = async || join_all(numbers.iter().map(send)).await.iter().all(super::Answer::is_done);
            until("the last report", all_are_kept).await;
        }
        assert_eq!(next.everything().await.len(), REPORTS);
        next.check_everything().await;
    }
}

/// What a dead writer had begun is undone when Postgres hears of its end, which takes its time on a busy machine; until then
/// others would wait for what it holds.
async fn is_undone(world: &World, base: Base) {
    if base == Base::Postgres {
        const BEGUN: &str = "SELECT COUNT(*) FROM pg_stat_activity \
                             WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL";
        let inside = world.database.look_inside().await;
        until("the end of what it had begun", async || number(&inside, BEGUN).await == 0).await;
    }
}
