//! The API and the console are doors of one shop.

use axum::http::StatusCode;
use domain::words::Role;
use serde_json::json;
use shopwatch::chat::press::Button;

use super::Program;
use crate::world::World;
use crate::world::people::{AMAL, NOOR, OMAR, minutes};

#[tokio::test]
async fn a_report_of_a_program_is_triaged_in_the_console() {
    let world = World::new().await;
    let till = Program::of(&world, "till", Role::Staff).await;
    let called = till.report(None, json!({"what_happened": "two people, spirits"})).await.reference();
    world.settle().await;
    let card = world.card(NOOR, &called).await.unwrap();
    assert_eq!(card.body.as_deref(), Some("two people, spirits"));
    assert!(world.press(NOOR, &called, Button::Claim).await.is_done());
    assert_eq!(till.read(called.as_str()).await.says("state"), "claimed");
    assert!(world.card(AMAL, &called).await.is_none(), "it is the program's own, not every colleague's");
}

#[tokio::test]
async fn a_program_that_is_late_is_told_who_was_first_in_the_console() {
    let world = World::new().await;
    let robot = Program::of(&world, "robot", Role::Reviewer).await;
    let called = world.report("two people, spirits").await.reference;
    world.press(OMAR, &called, Button::Claim).await;
    world.clock.advance(minutes(2));
    let late = robot.act(called.as_str(), json!({"action": "claim", "version": 1})).await;
    assert_eq!((late.status, late.says("type")), (StatusCode::CONFLICT, "/problems/taken"));
    assert_eq!(late.body["current"]["owner"], "Omar");
    assert!(late.says("detail").contains("Omar") && late.says("detail").contains("2 minutes"), "{}", late.body);
}

#[tokio::test]
async fn a_person_is_told_what_a_program_asks_and_the_program_reads_the_answer() {
    let world = World::new().await;
    let robot = Program::of(&world, "robot", Role::Reviewer).await;
    let called = world.report("two people, spirits").await.reference;
    robot.act(called.as_str(), json!({"action": "claim"})).await;
    robot.act(called.as_str(), json!({"action": "ask", "text": "Which door?"})).await;
    world.settle().await;
    assert_eq!(world.told(AMAL).await, ["claimed", "asked"]);
    world.submit(AMAL, &called, Button::Answer, &[("text", "The side door")]).await;
    let incident = robot.read(called.as_str()).await.body;
    let last = incident["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["step"], &last["by"], &last["text"]),
        (&json!("answered"), &json!("reporter"), &json!("The side door"))
    );
    assert!(!incident.to_string().contains("Amal"), "who reported is sealed");
}
