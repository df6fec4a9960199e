//! How fast chats are spoken to is counted for every server of a database, and over restarts.

use chrono::TimeDelta;
use shopwatch::chats::pace::{Pace, Rate};

use crate::world::World;
use crate::world::database::Base;

on_both! {
    of_two_servers_one_may,
    however_many_ask_at_the_same_moment_no_more_are_let_through_than_may,
    what_one_budget_refuses_costs_the_other_nothing,
    a_pause_that_one_server_was_asked_for_is_kept_by_all,
    a_server_that_is_started_anew_goes_on_counting,
    a_clock_that_was_set_back_stops_nobody,
    nothing_personal_is_kept_and_what_is_full_is_forgotten,
}

const SECOND: Rate = Rate { every: TimeDelta::seconds(1), burst: 1 };
const MINUTE: Rate = Rate { every: TimeDelta::milliseconds(1_200), burst: 20 };
const FREE: Rate = Rate { every: TimeDelta::zero(), burst: 1 };

fn pace(world: &World) -> Pace {
    Pace::over(world.store(), "slack")
}

async fn of_two_servers_one_may(base: Base) {
    let world = World::on(base).await;
    let other = world.replica().await;
    let (here, there, now) = (pace(&world), pace(&other), world.now());
    assert_eq!(here.take(&[("post/C1", SECOND)], now).await, Ok(()));
    assert_eq!(there.take(&[("post/C1", SECOND)], now).await, Err(now + TimeDelta::seconds(1)));
    assert_eq!(there.take(&[("post/C2", SECOND)], now).await, Ok(()), "another channel");
    let later = now + TimeDelta::seconds(1);
    assert_eq!(there.take(&[("post/C1", SECOND)], later).await, Ok(()));
    assert!(here.take(&[("post/C1", SECOND)], later).await.is_err());
    assert_eq!(Pace::over(other.store(), "discord").take(&[("post/C1", SECOND)], later).await, Ok(()), "another chat");
}

async fn however_many_ask_at_the_same_moment_no_more_are_let_through_than_may(base: Base) {
    let world = World::on(base).await;
    let others = [world.replica().await, world.replica().await];
    let paces: Vec<Pace> = [&world, &others[0], &others[1]].into_iter().map(pace).collect();
    let now = world.now();
    for second in 0..3 {
        let at = now + TimeDelta::seconds(second * 12);
        let asking = (0..60).map(|number| {
            let (one, channel) = (&paces[number % 3], format!("post/C{number}"));
            async move { one.take(&[("all", MINUTE), (&channel, SECOND)], at).await.is_ok() }
        });
        let granted = futures_util::future::join_all(asking).await.into_iter().filter(|granted| *granted).count();
        // Twelve seconds later ten of them are free again. Who raced with somebody else may have lost a part.
        let most = if second == 0 { 20 } else { 10 };
        assert!((1..=most).contains(&granted), "{granted} of {most}");
    }
}

async fn what_one_budget_refuses_costs_the_other_nothing(base: Base) {
    let world = World::on(base).await;
    let other = world.replica().await;
    let (here, there, now) = (pace(&world), pace(&other), world.now());
    assert_eq!(here.take(&[("a", SECOND)], now).await, Ok(()));
    assert!(there.take(&[("a", SECOND), ("b", SECOND)], now).await.is_err());
    assert_eq!(here.take(&[("b", SECOND)], now).await, Ok(()));
}

async fn a_pause_that_one_server_was_asked_for_is_kept_by_all(base: Base) {
    let world = World::on(base).await;
    let other = world.replica().await;
    let (here, there, now) = (pace(&world), pace(&other), world.now());
    assert_eq!(there.take(&[("post", MINUTE), ("all", FREE)], now).await, Ok(()));
    here.hold("all", now + TimeDelta::seconds(30), now).await;
    here.hold("all", now + TimeDelta::seconds(3), now).await;
    let held = Err(now + TimeDelta::seconds(30));
    assert_eq!(there.take(&[("post", MINUTE), ("all", FREE)], now).await, held);
    assert_eq!(there.take(&[("other", SECOND), ("all", FREE)], now).await, held);
    let later = now + TimeDelta::seconds(30);
    assert_eq!(there.take(&[("post", MINUTE), ("all", FREE)], later).await, Ok(()));
}

async fn a_server_that_is_started_anew_goes_on_counting(base: Base) {
    let world = World::on(base).await;
    let now = world.now();
    for _ in 0..20 {
        // Each of them remembers nothing.
        assert_eq!(pace(&world).take(&[("update", MINUTE)], now).await, Ok(()));
    }
    let again = pace(&world).take(&[("update", MINUTE)], now).await;
    assert_eq!(again, Err(now + TimeDelta::milliseconds(1_200)));
    pace(&world).hold("open", now + TimeDelta::minutes(40), now).await;
    let next = pace(&world);
    next.recall(now).await;
    // What somebody waits for asks no database that nobody else uses: it was told at its start.
    assert_eq!(next.take_for_somebody(&[("open", SECOND)], now).await, Err(now + TimeDelta::minutes(40)));
}

async fn a_clock_that_was_set_back_stops_nobody(base: Base) {
    let world = World::on(base).await;
    let (now, before) = (world.now() + TimeDelta::hours(5), world.now());
    assert_eq!(pace(&world).take(&[("post", SECOND)], now).await, Ok(()));
    pace(&world).hold("post", now + TimeDelta::hours(1), now).await;
    let next = pace(&world);
    next.recall(before).await;
    assert_eq!(next.take(&[("post", SECOND)], before).await, Ok(()));
    assert!(next.take(&[("post", SECOND)], before).await.is_err(), "and it counts again");
    pace(&world).hold("post", before + TimeDelta::minutes(1), before).await;
    assert_eq!(pace(&world).take(&[("post", SECOND)], before).await, Err(before + TimeDelta::minutes(1)));
}

async fn nothing_personal_is_kept_and_what_is_full_is_forgotten(base: Base) {
    let world = World::on(base).await;
    let now = world.now();
    pace(&world).take(&[("post/U0AMAL", SECOND)], now).await.unwrap();
    pace(&world).hold("post/U0NOOR", now + TimeDelta::seconds(30), now).await;
    let held = world.store().held_budgets(now).await.unwrap();
    assert_eq!(held.len(), 1);
    assert!(!held[0].name.contains("NOOR") && held[0].name.len() == 64, "{}", held[0].name);
    assert_eq!(world.database.rows_in("budget").await, 2);
    assert_eq!(world.store().forget_budgets(now).await.unwrap(), 0, "neither is full");
    assert_eq!(world.store().forget_budgets(now + TimeDelta::seconds(10)).await.unwrap(), 1);
    assert_eq!(world.store().forget_budgets(now + TimeDelta::seconds(31)).await.unwrap(), 1);
}
