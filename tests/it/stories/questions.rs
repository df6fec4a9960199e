//! A question to the reporter, and the answer that joins the timeline.

use domain::incident::verb::WrongMoment;
use domain::words::State;
use shopwatch::chat::press::Button;
use shopwatch::failure::Refusal;

use crate::world::World;
use crate::world::people::{AMAL, NOOR, OMAR};

const QUESTION: (&str, &str) = ("text", "Is everybody safe?");
const ANSWER: (&str, &str) = ("text", "yes, he has left");

#[tokio::test]
async fn a_question_reaches_the_reporter_and_the_answer_the_timeline() {
    let world = World::new().await;
    let called = super::claimed(&world).await;
    assert_eq!(*world.submit(AMAL, &called, Button::Answer, &[ANSWER]).await.moment(), WrongMoment::NoQuestion);
    world.submit(NOOR, &called, Button::Ask, &[QUESTION]).await.incident();
    world.settle().await;
    assert_eq!(world.told(AMAL).await, ["claimed", "asked"]);
    let card = world.card(AMAL, &called).await.unwrap();
    assert!(card.remarks.iter().any(|remark| remark.contains(QUESTION.1)), "{:?}", card.remarks);
    assert_eq!(card.buttons[0].press.button, Button::Answer, "the answer comes first");

    assert_eq!(*world.submit(OMAR, &called, Button::Ask, &[QUESTION]).await.moment(), WrongMoment::QuestionOpen);
    assert!(matches!(world.submit(OMAR, &called, Button::Answer, &[ANSWER]).await.refusal(), Refusal::Denied(_)));
    let answered = world.submit(AMAL, &called, Button::Answer, &[ANSWER]).await.incident();
    assert_eq!((answered.question, answered.status.state()), (None, State::Claimed));

    let lines: Vec<_> = world.timeline(&called).await.into_iter().map(|line| (line.word.as_str(), line.text)).collect();
    assert_eq!(lines[2..], [("asked", Some(QUESTION.1.to_owned())), ("answered", Some(ANSWER.1.to_owned()))]);
    world.check_everything().await;
}

#[tokio::test]
async fn a_question_or_an_answer_without_words_is_refused_beside_its_field() {
    let world = World::new().await;
    let called = super::claimed(&world).await;
    for wordless in ["", "   ", "\u{200B}\u{202E}"] {
        assert_eq!(world.submit(NOOR, &called, Button::Ask, &[("text", wordless)]).await.faulty_fields(), ["text"]);
    }
    assert_eq!(
        world.submit(NOOR, &called, Button::Ask, &[("text", &"x".repeat(1_001))]).await.faulty_fields(),
        ["text"]
    );
    world.submit(NOOR, &called, Button::Ask, &[("text", &"x".repeat(1_000))]).await.incident();
    world.check_everything().await;
}

#[tokio::test]
async fn a_question_ends_with_the_incident_and_waits_while_it_is_given_back() {
    let world = World::new().await;
    let called = super::claimed(&world).await;
    world.submit(NOOR, &called, Button::Ask, &[QUESTION]).await.incident();
    world.press(NOOR, &called, Button::Release).await.incident();
    world.submit(AMAL, &called, Button::Answer, &[ANSWER]).await.incident();
    world.press(OMAR, &called, Button::Claim).await.incident();
    world.submit(OMAR, &called, Button::Ask, &[QUESTION]).await.incident();
    let declined = world.submit(OMAR, &called, Button::Decline, &[("reason", "benign")]).await.incident();
    assert_eq!(declined.question, None);
    assert_eq!(
        *world.submit(AMAL, &called, Button::Answer, &[ANSWER]).await.moment(),
        WrongMoment::State(State::Declined)
    );
    world.check_everything().await;
}
