//! A scheduled job runs once per due time, on whichever server takes it first.

use crate::world::World;
use crate::world::database::Base;
use crate::world::people::minutes;

on_both! {
    a_due_time_is_taken_once,
    of_two_servers_one_takes_it,
    the_last_due_time_is_remembered,
}

async fn a_due_time_is_taken_once(base: Base) {
    let world = World::on(base).await;
    let (store, due) = (world.store(), world.now());
    assert!(store.take_run("sweep", due, due).await.unwrap());
    assert!(!store.take_run("sweep", due, due + minutes(1)).await.unwrap());
    assert!(store.take_run("count", due, due).await.unwrap(), "another job");
    assert!(store.take_run("sweep", due + minutes(60), due).await.unwrap(), "another due time");
}

async fn of_two_servers_one_takes_it(base: Base) {
    let world = World::on(base).await;
    let other = world.replica().await;
    let now = world.now();
    for minute in 0..20 {
        let due = now + minutes(minute);
        let (here, there) =
            tokio::join!(world.store().take_run("sweep", due, now), other.store().take_run("sweep", due, now));
        assert_eq!(u8::from(here.unwrap()) + u8::from(there.unwrap()), 1, "minute {minute}");
    }
}

async fn the_last_due_time_is_remembered(base: Base) {
    let world = World::on(base).await;
    let (store, due) = (world.store(), world.now());
    assert_eq!(store.last_run("sweep").await.unwrap(), None);
    for minute in [0, 30, 15] {
        assert!(store.take_run("sweep", due + minutes(minute), due).await.unwrap());
    }
    store.finish_run("sweep", due, due + minutes(31)).await.unwrap();
    assert_eq!(store.last_run("sweep").await.unwrap(), Some(due + minutes(30)));
    assert_eq!(store.last_run("count").await.unwrap(), None);
}
