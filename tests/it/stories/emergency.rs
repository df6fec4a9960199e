//! While it is happening: the emergency line comes first, and the facts are one tap each.

use domain::words::{Category, StaffSafe, StillPresent, Weapon};
use shopwatch::chat::inbound::What;
use shopwatch::chat::press::{Button, Press, Tap};

use crate::world::World;
use crate::world::people::{AMAL, NOOR, OMAR};

#[tokio::test]
async fn the_first_line_says_what_to_call_in_the_readers_language() {
    let world = World::new().await;
    for (locale, number) in [("en", "999"), ("es", "999"), ("pl", "999"), ("ur", "999")] {
        let mut origin = AMAL.origin();
        origin.locale = Some(locale.to_owned());
        let answer = world.take_in(origin, What::Command("now knife".into()), None).await;
        assert!(answer.reply.lines[0].contains(number), "{locale}: {}", answer.lines());
    }
    assert!(!world.receive(AMAL, What::Command("spirits".into())).await.reply.lines[0].contains("999"));
    world.check_everything().await;
}

#[tokio::test]
async fn now_alone_is_a_report_because_somebody_in_danger_has_no_time_to_write() {
    let world = World::new().await;
    let incident = world.report("now").await;
    assert_eq!((incident.category, incident.what_happened()), (Category::InProgress, None));
}

#[tokio::test]
async fn three_facts_are_one_tap_each_and_each_tap_is_offered_until_it_is_answered() {
    let world = World::new().await;
    let incident = world.report("now two lads at the till").await;
    let called = incident.reference.clone();
    let taps = [Tap::StaffSafe(StaffSafe::Yes), Tap::StillPresent(StillPresent::Left), Tap::Weapon(Weapon::None)];
    let offered = async || {
        world.card(AMAL, &called).await.unwrap().buttons.iter().filter(|b| b.press.button == Button::Tap).count()
    };
    let mut left = StaffSafe::ALL.len() + StillPresent::ALL.len() + Weapon::ALL.len();
    assert_eq!(offered().await, left);
    for (tap, answers) in taps.into_iter().zip([StaffSafe::ALL.len(), StillPresent::ALL.len(), Weapon::ALL.len()]) {
        // All three stand on the card as it was first drawn: tapping one must not spoil the others.
        let press = Press { button: Button::Tap, incident: incident.id, version: incident.version, tap: Some(tap) };
        world.receive(AMAL, What::Press(press)).await.incident();
        left -= answers;
        assert_eq!(offered().await, left);
    }
    let facts = world.incident(&called).await.facts;
    assert_eq!(
        (facts.staff_safe, facts.still_present, facts.weapon),
        (Some(StaffSafe::Yes), Some(StillPresent::Left), Some(Weapon::None))
    );
    assert_eq!(world.steps(&called).await, ["reported", "facts_completed", "facts_completed", "facts_completed"]);
    world.check_everything().await;
}

#[tokio::test]
async fn taps_are_the_reporters_and_anybody_else_is_refused() {
    let world = World::new().await;
    let incident = world.report("now two lads at the till").await;
    let press = |tap| What::Press(Press { button: Button::Tap, incident: incident.id, version: 1, tap: Some(tap) });
    for who in [NOOR, OMAR] {
        assert!(!world.receive(who, press(Tap::Weapon(Weapon::Used))).await.is_done());
    }
    assert_eq!(world.incident(&incident.reference).await.version, 1);
}
