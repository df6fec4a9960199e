//! A commit is everything or nothing, and many share one transaction.

use std::fs;

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, IntoActiveModel};
use shopwatch::failure::Failure;
use shopwatch::store::Committed;
use shopwatch::store::connect::Location;
use shopwatch::store::entity::entry;
use shopwatch::store::incidents::Arrived;

use super::{commit, id, idle, is_done, kept, reported, rows};
use crate::world::database::{Base, number};
use crate::world::{World, delivery};

on_both! {
    everything_of_a_commit_is_kept_together,
    of_a_commit_that_fails_nothing_is_kept,
    a_commit_that_fails_harms_none_that_share_its_transaction,
    commits_that_wait_share_transactions_and_are_all_durable,
    commits_from_everywhere_at_once_are_all_durable,
}

async fn everything_of_a_commit_is_kept_together(base: Base) {
    let world = World::on(base).await;
    let change = reported(&world, 1);
    let (before, at) = (change.after().clone(), world.now());
    let committed = world.store().commit(commit(change, at).delivered_as(delivery("a", "x"))).await.unwrap();
    assert_eq!(committed, Committed::Done { references: vec![(before.id, before.reference.clone())] });
    assert_eq!(rows(&world).await, [1, 1, 1, 1]);
    for (content, same) in [("x", true), ("y", false)] {
        let arrived = world.store().delivered(&delivery("a", content).unwrap()).await.unwrap();
        assert_eq!(arrived, Some(Arrived { incident: before.id, same }));
    }
    let after = world.store().incident(before.id).await.unwrap().unwrap();
    let lines = world.record(&after).await;
    assert_eq!((lines.len(), lines[0].word.as_str(), after.version), (1, "reported", 1));
    assert_ne!(after.head, before.head, "the head is the hash of the first line");
    assert_eq!(domain::incident::Incident { head: before.head, wrapped_key: None, ..after }, before);
}

/// A line where the commit's own line has to go: its last but one statement fails.
async fn block_first_line(db: &DatabaseConnection, incident: u32) {
    let line = entry::Model {
        incident: id(incident).0,
        seq: 1,
        at: domain::clock::Moment::default(),
        actor: String::new(),
        platform: String::new(),
        word: String::new(),
        detail: String::new(),
        content: vec![0; 32],
        prev: vec![0; 32],
        hash: vec![0; 32],
        sealed: Vec::new(),
    };
    entry::Entity::insert(line.into_active_model()).exec_without_returning(db).await.unwrap();
}

async fn of_a_commit_that_fails_nothing_is_kept(base: Base) {
    let world = World::on(base).await;
    let inside = world.database.look_inside().await;
    block_first_line(&inside, 1).await;
    let attempt = || commit(reported(&world, 1), world.now()).delivered_as(delivery("a", "x"));
    let refused = world.store().commit(attempt()).await;
    assert!(matches!(refused, Err(Failure::Unavailable(_))), "{refused:?}");
    assert_eq!(rows(&world).await, [0, 1, 0, 0], "only the line that was in the way is there");
    inside.execute_unprepared("DELETE FROM entry").await.unwrap();
    assert!(is_done(&world.store().commit(attempt()).await), "the same, once nothing is in the way");
    assert_eq!(rows(&world).await, [1, 1, 1, 1]);
}

async fn a_commit_that_fails_harms_none_that_share_its_transaction(base: Base) {
    let mut world = idle(base).await;
    block_first_line(&world.database.look_inside().await, 2).await;
    let (store, at) = (world.store().clone(), world.now());
    let commits = [1, 2, 3].map(|number| commit(reported(&world, number), at));
    let (results, ()) =
        tokio::join!(join_all(commits.map(|commit| store.commit(commit))), async { world.start_writing() });
    let done: Vec<bool> = results.iter().map(is_done).collect();
    assert_eq!(done, [true, false, true]);
    assert_eq!(rows(&world).await, [2, 3, 0, 2]);
}

async fn commits_that_wait_share_transactions_and_are_all_durable(base: Base) {
    const COMMITS: u32 = 300;
    let mut world = idle(base).await;
    let (store, at) = (world.store().clone(), world.now());
    let commits: Vec<_> = (1..=COMMITS).map(|number| commit(reported(&world, number), at)).collect();
    let before = transactions(&world).await;
    let all = join_all(commits.into_iter().map(|commit| store.commit(commit)));
    let (results, ()) = tokio::join!(all, async { world.start_writing() });
    assert!(results.iter().all(is_done));
    assert_eq!(world.database.rows_in("incident").await, i64::from(COMMITS));
    let made = transactions(&world).await - before;
    assert!((1..=3).contains(&made), "{COMMITS} commits that waited together made {made} transactions");
}

async fn commits_from_everywhere_at_once_are_all_durable(base: Base) {
    const COMMITS: u32 = 200;
    let world = World::on(base).await;
    let before = transactions(&world).await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 1..=COMMITS {
        let (store, commit) = (world.store().clone(), commit(reported(&world, number), world.now()));
        tasks.spawn(async move { store.commit(commit).await });
    }
    assert!(tasks.join_all().await.iter().all(is_done));
    assert_eq!(rows(&world).await, [i64::from(COMMITS), i64::from(COMMITS), 0, i64::from(COMMITS)]);
    let made = transactions(&world).await - before;
    assert!(made < i64::from(COMMITS), "{COMMITS} commits made {made} transactions");
    kept(&world, COMMITS + 1).await;
}

/// How many transactions wrote, as the database itself says: Postgres writes the number of the one that made it into
/// every row; SQLite marks the last page of each in its log. <https://sqlite.org/fileformat2.html#the_write_ahead_log>
async fn transactions(world: &World) -> i64 {
    match &world.database.location {
        Location::Postgres(_) => {
            number(&world.database.look_inside().await, "SELECT count(DISTINCT xmin::text) FROM incident").await
        }
        Location::Sqlite(path) => {
            let log = fs::read(path.with_extension("db-wal")).unwrap();
            let page = u32::from_be_bytes(log[8..12].try_into().unwrap());
            let (header, frame) = (32, 24 + usize::try_from(page).unwrap());
            let is_last = |frame: &&[u8]| frame[4..8] != [0; 4];
            i64::try_from(log[header..].chunks_exact(frame).filter(is_last).count()).unwrap()
        }
    }
}
