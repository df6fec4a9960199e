//! A button does what it said when it was drawn, or nothing: whoever presses an old one sees what has changed.

use domain::id::IncidentId;
use domain::words::State;
use shopwatch::chat::inbound::What;
use shopwatch::chat::press::{Button, Press};
use shopwatch::chat::reply::Tone;
use shopwatch::failure::{Failure, Refusal};
use uuid::Uuid;

use crate::world::people::{AMAL, FINN, NOOR, OMAR, minutes};
use crate::world::{World, filled};

#[tokio::test]
async fn a_decision_on_an_old_card_shows_the_card_as_it_is() {
    let world = World::new().await;
    let called = super::claimed(&world).await;
    let old = [
        What::Press(world.button(&called, Button::Release).await),
        filled(world.button(&called, Button::Decline).await, &[("reason", "benign")]),
        filled(world.button(&called, Button::Recategorise).await, &[("category", "info")]),
        filled(world.button(&called, Button::Facts).await, &[("zone", "till")]),
        filled(world.button(&called, Button::Ask).await, &[("text", "are you safe?")]),
        filled(world.button(&called, Button::Correct).await, &[("text", "other words")]),
    ];
    world.submit(OMAR, &called, Button::Note, &[("text", "this is the man from yesterday")]).await.incident();
    for what in old {
        let answer = world.receive(NOOR, what.clone()).await;
        assert!(matches!(answer.result, Err(Failure::Conflict)), "{what:?}: {:?}", answer.result);
        assert_eq!(
            (answer.reply.tone, answer.reply.card.map(|card| card.version)),
            (Tone::Changed, Some(3)),
            "{what:?}"
        );
    }
    assert_eq!(world.steps(&called).await, ["reported", "claimed", "noted"]);
    world.check_everything().await;
}

#[tokio::test]
async fn what_means_the_same_on_any_card_works_on_an_old_one() {
    let world = World::new().await;
    let called = world.report("two people, spirits").await.reference;
    let claim = What::Press(world.button(&called, Button::Claim).await);
    let note = filled(world.button(&called, Button::Note).await, &[("text", "seen")]);
    let details = filled(world.button(&called, Button::Details).await, &[("zone", "till")]);
    world.submit(OMAR, &called, Button::Note, &[("text", "first")]).await.incident();
    world.receive(AMAL, details).await.incident();
    world.receive(NOOR, claim).await.incident();
    world.receive(OMAR, note).await.incident();
    assert_eq!(world.steps(&called).await, ["reported", "noted", "facts_completed", "claimed", "noted"]);
    world.check_everything().await;
}

#[tokio::test]
async fn a_forged_button_finds_nothing_and_a_forged_version_decides_nothing() {
    let world = World::new().await;
    let called = super::claimed(&world).await;
    let known = world.incident(&called).await.id;
    let press = |button, incident, version| What::Press(Press { button, incident, version, tap: None });
    for button in Button::ALL.iter().filter(|button| !button.opens_a_form()) {
        let nowhere = world.receive(NOOR, press(*button, IncidentId(Uuid::from_u128(7)), 1)).await;
        assert_eq!(*nowhere.refusal(), Refusal::NotFound, "{button:?}");
    }
    for version in [0, 1, 3, u32::MAX] {
        let answer = world.receive(NOOR, press(Button::Release, known, version)).await;
        assert!(matches!(answer.result, Err(Failure::Conflict)), "version {version}: {:?}", answer.result);
    }
    let without_fact = world.receive(AMAL, press(Button::Tap, known, 2)).await;
    assert_eq!(*without_fact.refusal(), Refusal::UnknownPress);
    assert_eq!(world.incident(&called).await.version, 2);
    world.check_everything().await;
}

#[tokio::test]
async fn an_old_button_of_somebody_else_is_refused_like_a_new_one() {
    let world = World::new().await;
    let called = world.report("two people, spirits").await.reference;
    let claim = What::Press(world.button(&called, Button::Claim).await);
    world.clock.advance(minutes(1));
    world.submit(OMAR, &called, Button::Note, &[("text", "first")]).await.incident();
    assert!(matches!(world.receive(AMAL, claim.clone()).await.refusal(), Refusal::Denied(_)));
    assert_eq!(*world.receive(FINN, claim).await.refusal(), Refusal::NotFound);
    assert_eq!(world.incident(&called).await.status.state(), State::New);
    world.check_everything().await;
}
