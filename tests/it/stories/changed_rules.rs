//! Whether somebody may is asked when they press, not when the button was drawn (promise P8).

use shopwatch::chat::inbound::What;
use shopwatch::chat::press::Button;
use shopwatch::failure::Refusal;
use shopwatch::rules::Rules;

use crate::world::ids::scramble;
use crate::world::people::{NOOR, OMAR, Person};
use crate::world::{World, filled};

/// The example shop with these reviewers.
fn reviewers(people: &[Person]) -> Rules {
    let names: Vec<String> = people.iter().map(|person| format!("\"console:{}\"", person.0)).collect();
    let text = Rules::EXAMPLE.replace("\"console:omar\", \"console:noor\"", &names.join(", "));
    assert_ne!(text, Rules::EXAMPLE);
    Rules::parse(&text).unwrap()
}

#[tokio::test]
async fn a_role_taken_away_between_the_drawing_and_the_press_is_gone() {
    let world = World::new().await;
    let called = world.report("two people, spirits").await.reference;
    let card = world.card(NOOR, &called).await.unwrap();
    let claim = card.buttons.iter().find(|button| button.press.button == Button::Claim).unwrap().press.clone();
    world.app.desk.change_rules(reviewers(&[OMAR]));
    let answer = world.receive(NOOR, What::Press(claim.clone())).await;
    assert!(
        matches!(answer.refusal(), Refusal::Denied(_)),
        "Noor still hands things to the police, so she may look: {answer:?}"
    );
    assert_eq!(world.steps(&called).await, ["reported"]);
    world.app.desk.change_rules(Rules::example());
    world.receive(NOOR, What::Press(claim)).await.incident();
    world.check_everything().await;
}

#[tokio::test]
async fn through_any_changes_of_roles_nothing_is_done_without_one() {
    const ROUNDS: u64 = 1_000;
    let world = World::new().await;
    let called = world.report("two people, spirits").await.reference;
    let (mut chance, mut may, mut noted) = (0x5eed, true, 1);
    let mut random = move || {
        chance = scramble(chance);
        chance
    };
    for round in 0..ROUNDS {
        let drawn = world.button(&called, Button::Note).await;
        for _ in 0..random() % 3 {
            may = !may;
            world.app.desk.change_rules(if may { Rules::example() } else { reviewers(&[OMAR]) });
        }
        let answer = world.receive(NOOR, filled(drawn, &[("text", "seen")])).await;
        assert_eq!(answer.is_done(), may, "round {round}: {:?}", answer.result);
        noted += u32::from(answer.is_done());
    }
    assert_eq!(world.incident(&called).await.version, noted);
    world.check_everything().await;
}
