//! The clock jumps, forth and back.

use std::collections::BTreeMap;

use domain::words::State;
use shopwatch::chat::press::Button;
use shopwatch::jobs::schedule::{self, TABLE};
use shopwatch::rules::Rules;
use shopwatch::store::entity::job_run;

use crate::world::World;
use crate::world::database::Base;
use crate::world::ids::scramble;
use crate::world::people::{NOOR, OMAR, days, minutes};
use sea_orm::EntityTrait;

on_both! { scheduled_jobs_run_once_per_due_time_through_any_jumps_of_the_clock }

async fn scheduled_jobs_run_once_per_due_time_through_any_jumps_of_the_clock(base: Base) {
    const DAYS: i64 = 12;
    let world = World::on(base).await;
    let other = world.replica().await;
    let (began, mut latest, mut ran) = (world.now(), world.now(), 0);
    let mut chance = 0x5eed_u64;
    while latest - began < days(DAYS) {
        chance = scramble(chance);
        // Twenty minutes on, mostly; now and then two hours back.
        let jump = if chance.is_multiple_of(8) { -minutes(120) } else { minutes(20) };
        world.clock.advance(jump);
        latest = latest.max(world.now());
        let (here, there) = tokio::join!(schedule::step(&world.app), schedule::step(&other.app));
        ran += here.unwrap() + there.unwrap();
    }
    let mut runs: BTreeMap<String, i64> = BTreeMap::new();
    for run in job_run::Entity::find().all(&world.database.look_inside().await).await.unwrap() {
        assert!(run.finished_at.is_some(), "{run:?}");
        *runs.entry(run.job).or_default() += 1;
    }
    assert_eq!(i64::try_from(ran).unwrap(), runs.values().sum::<i64>());
    let hourly = (latest - began).num_hours();
    for job in TABLE {
        let (least, most) = if job.cron.ends_with(" * * * *") { (hourly, hourly + 2) } else { (DAYS, DAYS + 1) };
        assert!(
            (least..=most).contains(&runs[job.name]),
            "{} ran {} times in {hourly} hours",
            job.name,
            runs[job.name]
        );
    }
}

#[tokio::test]
async fn steps_taken_while_the_clock_stands_back_keep_their_order() {
    let world = World::new().await;
    let called = world.report("two people, spirits").await.reference;
    world.clock.advance(-minutes(90));
    world.press(NOOR, &called, Button::Claim).await.incident();
    world.settle().await;
    world.clock.advance(-minutes(1));
    world.submit(OMAR, &called, Button::Note, &[("text", "noted")]).await.incident();
    let shown: Vec<&str> = world.timeline(&called).await.iter().map(|line| line.word.as_str()).collect();
    assert_eq!(shown, ["reported", "claimed", "noted"]);
    assert!(world.card(NOOR, &called).await.unwrap().standing.contains("just now"), "nothing is in the future");
    world.check_everything().await;
}

#[tokio::test]
async fn a_claim_after_the_clock_was_put_right_is_silent_for_its_own_time() {
    let world = World::new().await;
    world.clock.advance(minutes(10));
    let called = world.report("now knife").await.reference;
    world.settle().await;
    world.clock.advance(-minutes(10));
    world.check_everything().await;
    assert_eq!(world.steps(&called).await, ["reported"]);
    world.press(NOOR, &called, Button::Claim).await.incident();
    world.clock.advance(minutes(4));
    world.settle().await;
    assert_eq!(world.incident(&called).await.status.state(), State::Claimed);
    world.clock.advance(minutes(1));
    world.check_everything().await;
    assert_eq!(world.incident(&called).await.status.state(), State::New, "silent for five minutes of this clock");
}

#[tokio::test]
async fn deadlines_that_were_changed_hold_for_what_waits_already() {
    let world = World::new().await;
    let called = world.report("spirits").await.reference;
    let patient = Rules::EXAMPLE.replace(
        "# [deadlines.potential_theft]\n# look = 30\n# pages = [20, 30]",
        "[deadlines.potential_theft]\npages = [50]",
    );
    assert_ne!(patient, Rules::EXAMPLE);
    world.app.desk.change_rules(Rules::parse(&patient).unwrap());
    world.clock.advance(minutes(30));
    world.settle().await;
    assert_eq!(world.steps(&called).await, ["reported"]);
    assert_eq!(world.store().next_timer().await.unwrap(), Some(world.now() + minutes(20)));
    world.clock.advance(minutes(20));
    world.check_everything().await;
    assert_eq!(world.steps(&called).await, ["reported", "reminded"]);
}
