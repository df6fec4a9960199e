//! Deciding and closing: decline with a reason, resolve with an outcome, and open again within seven days.

use domain::incident::Status;
use domain::incident::verb::WrongMoment;
use domain::words::{DeclineReason, Outcome, State};
use shopwatch::chat::press::Button;

use crate::world::World;
use crate::world::people::{AMAL, NOOR, OMAR, days, minutes, seconds};

#[tokio::test]
async fn a_decline_needs_a_reason_and_keeps_it() {
    let world = World::new().await;
    for reason in DeclineReason::WORDS {
        let called = super::claimed(&world).await;
        assert_eq!(world.submit(NOOR, &called, Button::Decline, &[]).await.faulty_fields(), ["reason"]);
        assert_eq!(
            world.submit(NOOR, &called, Button::Decline, &[("reason", "boring")]).await.faulty_fields(),
            ["reason"]
        );
        let declined = world.submit(NOOR, &called, Button::Decline, &[("reason", reason)]).await.incident();
        assert!(matches!(declined.status, Status::Declined { reason: kept, .. } if kept.as_str() == *reason));
        assert_eq!(declined.retain_until, world.now() + days(7));
    }
    world.settle().await;
    assert_eq!(world.told(AMAL).await, ["claimed", "declined"].repeat(DeclineReason::WORDS.len()));
    world.check_everything().await;
}

#[tokio::test]
async fn every_outcome_can_end_it_and_the_loss_is_read_as_people_write_it() {
    let world = World::new().await;
    for outcome in Outcome::WORDS {
        let called = super::confirmed(&world).await;
        let wrong = world.submit(NOOR, &called, Button::Resolve, &[("outcome", "fine"), ("loss", "a lot")]).await;
        assert_eq!(wrong.faulty_fields(), ["outcome", "loss"], "both at once");
        let resolved =
            world.submit(NOOR, &called, Button::Resolve, &[("outcome", outcome), ("loss", "£ 12,5")]).await.incident();
        assert!(matches!(resolved.status, Status::Resolved { loss: Some(loss), .. } if loss.minor == 1_250));
        let kept = if *outcome == "police" { 365 } else { 180 };
        assert_eq!(resolved.retain_until, world.now() + days(kept), "{outcome}");
    }
    world.check_everything().await;
}

#[tokio::test]
async fn a_closed_incident_is_opened_again_until_seven_days_have_passed() {
    let world = World::new().await;
    let (declined, resolved) = (super::claimed(&world).await, super::confirmed(&world).await);
    world.submit(NOOR, &declined, Button::Decline, &[("reason", "benign")]).await.incident();
    world.submit(NOOR, &resolved, Button::Resolve, &[("outcome", "no_action")]).await.incident();
    world.clock.advance(days(7));
    for called in [&declined, &resolved] {
        let reopened = world.press(OMAR, called, Button::Reopen).await.incident();
        assert!(matches!(&reopened.status, Status::Claimed { by, .. } if by.name == "Omar"));
    }
    world.submit(OMAR, &declined, Button::Decline, &[("reason", "test")]).await.incident();
    world.submit(OMAR, &declined, Button::Note, &[("text", "a note is no opening")]).await.incident();
    world.clock.advance(days(7) + seconds(1));
    assert_eq!(*world.press(OMAR, &declined, Button::Reopen).await.moment(), WrongMoment::TooLate { days: 7 });
    world.check_everything().await;
    assert_eq!(world.steps(&declined).await, ["reported", "claimed", "declined", "reopened", "declined", "noted"]);
    assert_eq!(world.told(AMAL).await.iter().filter(|word| *word == "reopened").count(), 2);
}

#[tokio::test]
async fn a_decision_is_not_taken_twice() {
    let world = World::new().await;
    let called = super::confirmed(&world).await;
    assert_eq!(*world.press(NOOR, &called, Button::Confirm).await.moment(), WrongMoment::State(State::Confirmed));
    let late = world.submit(OMAR, &called, Button::Decline, &[("reason", "benign")]).await;
    assert_eq!(*late.moment(), WrongMoment::State(State::Confirmed));
    world.clock.advance(minutes(1));
    assert_eq!(*world.press(OMAR, &called, Button::Claim).await.moment(), WrongMoment::State(State::Confirmed));
    world.check_everything().await;
}
