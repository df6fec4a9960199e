//! Changing how fast somebody must look loses nothing that was written.

use domain::incident::verb::WrongMoment;
use domain::words::{Category, Fact, State};
use shopwatch::chat::press::Button;

use crate::world::World;
use crate::world::people::{NOOR, minutes, seconds};

#[tokio::test]
async fn another_category_loses_no_fact_and_asks_for_its_own() {
    let world = World::new().await;
    let called = super::claimed(&world).await;
    let before = world.submit(NOOR, &called, Button::Facts, super::FACTS).await.incident();
    for (to, missing) in [(Category::InProgress, vec![]), (Category::Info, vec![]), (Category::PotentialTheft, vec![])]
    {
        let after = world.submit(NOOR, &called, Button::Recategorise, &[("category", to.as_str())]).await.incident();
        assert_eq!((after.category, after.facts == before.facts, after.missing()), (to, true, missing));
    }
    let bare = super::claimed(&world).await;
    let now = world.submit(NOOR, &bare, Button::Recategorise, &[("category", "in_progress")]).await.incident();
    assert_eq!(now.missing(), [Fact::Kind, Fact::Cctv]);
    let line = world.record(&now).await.pop().unwrap();
    assert_eq!((line.detail["from"].as_str(), line.detail["to"].as_str()), ("potential_theft", "in_progress"));
    world.check_everything().await;
}

#[tokio::test]
async fn the_same_category_and_an_unknown_one_change_nothing() {
    let world = World::new().await;
    let called = super::claimed(&world).await;
    let same = world.submit(NOOR, &called, Button::Recategorise, &[("category", "potential_theft")]).await;
    assert_eq!(*same.moment(), WrongMoment::Nothing);
    for unknown in ["", "urgent"] {
        assert_eq!(
            world.submit(NOOR, &called, Button::Recategorise, &[("category", unknown)]).await.faulty_fields(),
            ["category"]
        );
    }
    assert_eq!(world.steps(&called).await, ["reported", "claimed"]);
}

#[tokio::test]
async fn the_new_category_has_its_own_deadlines_from_then_on() {
    let world = World::new().await;
    let called = super::claimed(&world).await;
    world.clock.advance(minutes(10));
    world.submit(NOOR, &called, Button::Recategorise, &[("category", "in_progress")]).await.incident();
    world.clock.advance(minutes(5) - seconds(1));
    world.settle().await;
    assert_eq!(world.incident(&called).await.status.state(), State::Claimed);
    world.clock.advance(seconds(1));
    world.settle().await;
    assert_eq!(world.incident(&called).await.status.state(), State::New, "five silent minutes, not sixty");
    world.check_everything().await;
}
