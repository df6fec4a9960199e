//! A claim that nobody works on is given back, so that somebody else sees it.

use domain::words::State;
use shopwatch::chat::press::Button;

use crate::world::World;
use crate::world::people::{AMAL, NOOR, OMAR, minutes, seconds};

#[tokio::test]
async fn a_silent_claim_is_given_back_after_its_categorys_time() {
    let world = World::new().await;
    for (line, silent) in [("now knife", 5), ("spirits", 60), ("info wet floor", 24 * 60)] {
        let called = world.report(line).await.reference;
        world.press(NOOR, &called, Button::Claim).await.incident();
        world.clock.advance(minutes(silent) - seconds(1));
        world.settle().await;
        assert_eq!(world.incident(&called).await.status.state(), State::Claimed, "{line}");
        world.clock.advance(seconds(1));
        world.settle().await;
        assert_eq!(world.incident(&called).await.status.state(), State::New, "{line}");
        assert_eq!(world.steps(&called).await, ["reported", "claimed", "silently_released"], "{line}");
        world.press(OMAR, &called, Button::Claim).await.incident();
    }
    world.check_everything().await;
}

#[tokio::test]
async fn every_step_of_a_colleague_keeps_a_claim_and_the_reporters_do_not() {
    let world = World::new().await;
    let called = super::claimed(&world).await;
    for _ in 0..3 {
        world.clock.advance(minutes(59));
        world.settle().await;
        world.submit(NOOR, &called, Button::Note, &[("text", "still looking")]).await.incident();
    }
    world.clock.advance(minutes(59));
    world.submit(AMAL, &called, Button::Details, &[("zone", "till")]).await.incident();
    world.clock.advance(minutes(1));
    world.settle().await;
    assert_eq!(world.steps(&called).await.last(), Some(&"silently_released"));
    world.check_everything().await;
}

#[tokio::test]
async fn what_is_given_back_waits_and_is_reminded_of_from_the_beginning() {
    let world = World::new().await;
    let called = super::claimed(&world).await;
    world.press(NOOR, &called, Button::Release).await.incident();
    world.clock.advance(minutes(19));
    world.settle().await;
    assert_eq!(world.steps(&called).await, ["reported", "claimed", "released"]);
    world.clock.advance(minutes(1));
    world.check_everything().await;
    assert_eq!(world.steps(&called).await, ["reported", "claimed", "released", "reminded"]);
}
