//! Reminders fire once, say so when they are late, and stop with the step that stops them.

use domain::timers::REMINDERS_MAX;
use shopwatch::chat::press::Button;
use shopwatch::jobs::timers;

use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{NOOR, days, minutes, seconds};

on_both! {
    reminders_fire_once_at_their_minutes,
    of_two_servers_one_reminds,
    a_claim_stops_the_timer_in_its_own_commit,
    the_console_lists_what_hurries_nobody_at_any_time_and_needs_no_digest,
}

/// The minutes after the report at which its record says that somebody was reminded.
async fn reminded_at(world: &World, called: &domain::id::Reference) -> Vec<i64> {
    let incident = world.incident(called).await;
    let lines = world.record(&incident).await;
    lines
        .iter()
        .filter(|line| line.word.as_str() == "reminded")
        .map(|line| (line.at - incident.reported_at).num_minutes())
        .collect()
}

async fn reminders_fire_once_at_their_minutes(base: Base) {
    let world = World::on(base).await;
    let (now, theft, info) =
        (world.report("now knife").await, world.report("spirits").await, world.report("info floor").await);
    for _ in 0..62 {
        world.settle().await;
        world.settle().await;
        world.clock.advance(seconds(30));
    }
    assert_eq!(reminded_at(&world, &now.reference).await, [3, 5, 10, 15, 20, 25, 30]);
    assert_eq!(reminded_at(&world, &theft.reference).await, [20, 30]);
    assert_eq!(reminded_at(&world, &info.reference).await, [] as [i64; 0]);
    world.check_everything().await;
}

async fn of_two_servers_one_reminds(base: Base) {
    let world = World::on(base).await;
    let other = world.replica().await;
    let mut reported = Vec::new();
    for _ in 0..10 {
        reported.push(world.report("now knife").await.reference);
    }
    world.clock.advance(minutes(3));
    let (here, there) = tokio::join!(timers::step(&world.app), timers::step(&other.app));
    assert_eq!(here.unwrap() + there.unwrap(), 10);
    for called in reported {
        assert_eq!(reminded_at(&world, &called).await, [3]);
    }
    world.check_everything().await;
}

async fn a_claim_stops_the_timer_in_its_own_commit(base: Base) {
    let world = World::on(base).await;
    let called = world.report("now knife").await.reference;
    assert_eq!(world.store().next_timer().await.unwrap(), Some(world.now() + minutes(3)));
    world.clock.advance(minutes(2));
    let claimed = world.press(NOOR, &called, Button::Claim).await.incident();
    assert_eq!(
        world.store().next_timer().await.unwrap(),
        Some(world.now() + minutes(5)),
        "the silence of the claim, nothing else"
    );
    world.submit(NOOR, &called, Button::Decline, &[("reason", "benign")]).await.incident();
    assert_eq!(world.store().next_timer().await.unwrap(), None);
    world.clock.advance(minutes(90));
    world.check_everything().await;
    assert_eq!(claimed.version, 2);
    assert_eq!(world.steps(&called).await, ["reported", "claimed", "declined"]);
}

async fn the_console_lists_what_hurries_nobody_at_any_time_and_needs_no_digest(base: Base) {
    let world = World::on(base).await;
    let called = world.report("info floor").await.reference;
    world.settle().await;
    for _ in 0..3 {
        world.clock.advance(days(1));
        world.check_everything().await;
    }
    let sites = world.app.desk.rules().site_ids();
    let listed = world.store().waiting(&sites, None).await.unwrap().incidents;
    assert_eq!(listed.iter().map(|incident| &incident.reference).collect::<Vec<_>>(), [&called]);
    let inside = world.database.look_inside().await;
    let digests = "SELECT count(*) FROM outbox WHERE key LIKE 'digest/%'";
    assert_eq!(crate::world::database::number(&inside, digests).await, 0);
    assert!(world.store().last_run("digest").await.unwrap().is_some(), "it was gone through all the same");
}

#[tokio::test]
async fn after_a_jump_of_the_clock_one_reminder_fires_and_says_how_late_it_is() {
    let world = World::new().await;
    let called = world.report("now knife").await.reference;
    world.clock.advance(minutes(33));
    world.settle().await;
    let line = world.record(&world.incident(&called).await).await.pop().unwrap();
    assert_eq!(reminded_at(&world, &called).await, [33]);
    assert_eq!((line.detail["late_minutes"].as_str(), line.detail["waited_minutes"].as_str()), ("30", "33"));
    world.clock.advance(-minutes(20));
    world.settle().await;
    assert_eq!(reminded_at(&world, &called).await, [33], "a clock that goes back repeats nothing");
    world.clock.advance(minutes(22));
    world.settle().await;
    assert_eq!(reminded_at(&world, &called).await, [33, 35]);
    let line = world.record(&world.incident(&called).await).await.pop().unwrap();
    assert!(!line.detail.contains_key("late_minutes"), "in time again: {:?}", line.detail);
    world.check_everything().await;
}

#[tokio::test]
async fn timers_outlive_the_program() {
    let world = World::new().await;
    let called = world.report("now knife").await.reference;
    let next = world.replica().await;
    drop(world);
    next.clock.advance(minutes(3));
    next.check_everything().await;
    assert_eq!(reminded_at(&next, &called).await, [3]);
}

#[tokio::test]
async fn after_enough_reminders_nobody_is_helped_by_one_more() {
    let world = World::new().await;
    let called = world.report("now knife").await.reference;
    for _ in 0..40 {
        world.clock.advance(minutes(5));
        world.settle().await;
    }
    // The card itself was the first.
    assert_eq!(reminded_at(&world, &called).await.len(), REMINDERS_MAX as usize - 2);
    world.clock.advance(days(2));
    assert_eq!(timers::step(&world.app).await.unwrap(), 0);
    world.check_everything().await;
}

#[tokio::test]
async fn that_nobody_decides_in_time_is_said_on_the_card_at_its_minute() {
    let world = World::new().await;
    let called = world.report("now knife").await.reference;
    world.clock.advance(minutes(2));
    world.press(NOOR, &called, Button::Claim).await.incident();
    for _ in 0..3 {
        world.clock.advance(minutes(4));
        world.submit(NOOR, &called, Button::Note, &[("text", "still looking")]).await.incident();
    }
    let noted = world.incident(&called).await.version;
    world.clock.advance(minutes(1));
    world.settle().await;
    assert_eq!(world.incident(&called).await.version, noted + 1, "every copy is drawn anew");
    assert_eq!(world.steps(&called).await.last(), Some(&"undecided"));
    let card = world.card(NOOR, &called).await.unwrap();
    assert_eq!(card.urgent.len(), 2, "the emergency line, and that it is overdue: {:?}", card.urgent);
    world.settle().await;
    assert_eq!(world.incident(&called).await.version, noted + 1, "once");
}
