//! Who reported may take it back, until somebody has claimed it.

use domain::incident::verb::WrongMoment;
use domain::words::State;
use shopwatch::chat::inbound::What;
use shopwatch::chat::press::Button;
use shopwatch::failure::Refusal;

use super::races::at_once;
use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{AMAL, FINN, NOOR, PAVEL, days, minutes};

on_both! { of_a_claim_and_a_withdrawal_at_once_one_happens }

#[tokio::test]
async fn a_report_is_taken_back_by_who_sent_it_and_nobody_else() {
    let world = World::new().await;
    let called = world.report("wrong shop, sorry").await.reference;
    assert!(matches!(world.press(NOOR, &called, Button::Withdraw).await.refusal(), Refusal::Denied(_)));
    assert_eq!(*world.press(FINN, &called, Button::Withdraw).await.refusal(), Refusal::NotFound);
    let withdrawn = world.press(AMAL, &called, Button::Withdraw).await.incident();
    assert_eq!((withdrawn.status.state(), withdrawn.retain_until), (State::Withdrawn, world.now() + days(7)));
    assert_eq!(*world.press(NOOR, &called, Button::Claim).await.moment(), WrongMoment::State(State::Withdrawn));
    world.clock.advance(minutes(30));
    world.check_everything().await;
    assert_eq!(world.steps(&called).await, ["reported", "withdrawn"], "nobody is reminded of it");
}

#[tokio::test]
async fn the_liaison_sees_and_takes_back_what_they_reported_themselves_and_nothing_else() {
    let world = World::new().await;
    let others = world.report("two people, spirits").await;
    let own = world.receive(PAVEL, What::Command("info a broken lock".to_owned())).await.incident();
    assert!(world.card(PAVEL, &others.reference).await.is_none());
    let card = world.card(PAVEL, &own.reference).await.unwrap();
    assert!(card.buttons.iter().any(|button| button.press.button == Button::Withdraw), "{card:?}");
    let withdrawn = world.press(PAVEL, &own.reference, Button::Withdraw).await.incident();
    assert_eq!(withdrawn.status.state(), State::Withdrawn);
    world.check_everything().await;
}

#[tokio::test]
async fn what_somebody_has_claimed_is_not_taken_back() {
    let world = World::new().await;
    let called = super::claimed(&world).await;
    assert_eq!(*world.press(AMAL, &called, Button::Withdraw).await.moment(), WrongMoment::State(State::Claimed));
    world.check_everything().await;
}

async fn of_a_claim_and_a_withdrawal_at_once_one_happens(base: Base) {
    let world = World::on(base).await;
    for round in 0..50 {
        let called = world.report("wrong shop, sorry").await.reference;
        let claim = What::Press(world.button(&called, Button::Claim).await);
        let withdraw = What::Press(world.button(&called, Button::Withdraw).await);
        let answers = at_once(&world, vec![(NOOR, claim), (AMAL, withdraw)]).await;
        let state = world.incident(&called).await.status.state();
        match state {
            State::Claimed => assert_eq!(*answers[1].moment(), WrongMoment::State(State::Claimed), "round {round}"),
            State::Withdrawn => assert_eq!(*answers[0].moment(), WrongMoment::State(State::Withdrawn), "round {round}"),
            other => panic!("round {round}: {other}"),
        }
        assert_eq!(answers.iter().filter(|answer| answer.is_done()).count(), 1, "round {round}");
    }
    world.check_everything().await;
}
