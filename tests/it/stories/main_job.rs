//! The main job: a report becomes a card, somebody claims it, decides it, and everybody sees the same.

use domain::words::{Category, State};
use shopwatch::chat::press::Button;
use shopwatch::rules::Rules;

use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{AMAL, NOOR, minutes};

/// The example shop with a second triage channel: two copies of every card.
fn two_copies() -> Rules {
    let text = Rules::EXAMPLE.replace(r#"["console:triage"]"#, r#"["console:triage", "console:night-shift"]"#);
    Rules::parse(&text).unwrap()
}

#[tokio::test]
async fn a_report_becomes_a_resolved_incident_and_every_copy_shows_it() {
    let world = World::of(Base::Sqlite, two_copies()).await;
    let answer = world.receive(AMAL, shopwatch::chat::inbound::What::Command("two people, spirits".into())).await;
    println!("{}", answer.lines());
    let incident = answer.incident();
    let called = incident.reference.clone();
    assert_eq!((incident.category, incident.status.state()), (Category::PotentialTheft, State::New));
    world.settle().await;
    let places: Vec<String> =
        world.store().copies(incident.id).await.unwrap().iter().map(|c| c.place.to_string()).collect();
    assert_eq!(places, ["console:night-shift", "console:triage"]);

    world.clock.advance(minutes(2));
    world.press(NOOR, &called, Button::Claim).await.incident();
    world.check_everything().await;
}
