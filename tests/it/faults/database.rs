//! The database does not answer, breaks off, or is locked by somebody else.

use std::collections::BTreeSet;

use domain::id::IncidentId;
use futures_util::future::join_all;
use sea_orm::ConnectionTrait;
use shopwatch::chat::inbound::What;
use shopwatch::chat::press::Button;
use shopwatch::rules::Rules;
use shopwatch::store::connect::Location;

use super::{not_saved, numbered, report};
use crate::world::World;
use crate::world::database::{Base, Database};
use crate::world::people::{AMAL, NOOR};
use crate::world::until;
use crate::world::wire::Wire;

async fn wired() -> (World, Wire) {
    let mut database = Database::fresh(Base::Postgres).await;
    let wire = database.wired().await;
    let mut world = World::over(database, Rules::example()).await;
    world.start_writing();
    (world, wire)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_silent_everybody_is_told_in_time_and_nothing_is_half_done() {
    let (world, wire) = wired().await;
    let before = world.report("two people, spirits").await;
    world.settle().await;
    let press = world.button(&before.reference, Button::Claim).await;
    wire.hold();
    tokio::join!(
        not_saved(report(&world)),
        not_saved(report(&world)),
        not_saved(world.receive(NOOR, What::Press(press.clone()))),
        not_saved(world.receive(AMAL, What::Press(press))),
    );
    wire.let_go();
    // On a machine that is too busy just now somebody may be told "not saved" once more.
    let (what, delivery) = numbered(0);
    let again = async || world.take_in(AMAL.origin(), what.clone(), delivery.clone()).await.is_done();
    until("a report that is saved, or was before", again).await;
    let claim = async || {
        world.press(NOOR, &before.reference, Button::Claim).await;
        world.incident(&before.reference).await.version > before.version
    };
    until("a claim that is saved", claim).await;
    world.check_everything().await;
    let kept: Vec<IncidentId> = world.everything().await.iter().map(|incident| incident.id).collect();
    assert_eq!((kept.len(), kept[0]), (2, before.id));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_wire_is_cut_what_was_acknowledged_is_there_and_what_is_sent_again_is_there_once() {
    const REPORTS: usize = 300;
    let (world, wire) = wired().await;
    let send = |number| {
        let (what, delivery) = numbered(number);
        world.take_in(AMAL.origin(), what, delivery)
    };
    let mut acknowledged = BTreeSet::new();
    for tenth in 0..10 {
        let some = join_all((tenth * REPORTS / 10..(tenth + 1) * REPORTS / 10).map(send));
        let (answers, ()) = tokio::join!(some, async { wire.cut() });
        acknowledged.extend(answers.into_iter().filter(super::Answer::is_done).map(|answer| answer.incident().id));
    }
    let kept: BTreeSet<IncidentId> = world.everything().await.iter().map(|incident| incident.id).collect();
    assert!(acknowledged.is_subset(&kept), "{} acknowledged, {} kept", acknowledged.len(), kept.len());
    for number in 0..REPORTS {
        // Whoever is told "not saved", as on a machine that is too busy just now, sends it again.
        until("a report that is saved, or was before", async || send(number).await.is_done()).await;
    }
    assert_eq!(world.everything().await.len(), REPORTS);
    world.check_everything().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_server_ends_our_connections_the_next_report_is_saved() {
    let world = World::on(Base::Postgres).await;
    world.report("two people, spirits").await;
    let inside = world.database.look_inside().await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    inside.execute_unprepared(end).await.unwrap();
    world.report("it is back").await;
    world.check_everything().await;
    assert_eq!(world.everything().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_another_program_holds_the_file_everybody_is_told_in_time() {
    let world = World::new().await;
    let before = world.report("two people, spirits").await;
    world.settle().await;
    let other = world.database.look_inside().await;
    other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
    tokio::join!(not_saved(report(&world)), not_saved(world.press(NOOR, &before.reference, Button::Claim)));
    assert_eq!(world.everything().await.len(), 1, "reading goes on");
    other.execute_unprepared("ROLLBACK").await.unwrap();
    world.press(NOOR, &before.reference, Button::Claim).await.incident();
    world.report("it is free again").await;
    world.check_everything().await;
    assert_eq!(world.everything().await.len(), 2);
}

#[tokio::test]
async fn a_file_that_was_taken_away_is_not_written_to() {
    let world = World::new().await;
    world.report("two people, spirits").await;
    let Location::Sqlite(path) = &world.database.location else { unreachable!("an SQLite file") };
    for suffix in ["db", "db-wal", "db-shm"] {
        std::fs::remove_file(path.with_extension(suffix)).unwrap();
    }
    not_saved(report(&world)).await;
}
