//! The main job: a report becomes a card, somebody claims it, decides it, and everybody sees the same.

use domain::audit::By;
use domain::facts::FactsDraft;
use domain::incident::verb::WrongMoment;
use domain::report::Draft;
use domain::words::{Category, Fact, Outcome, Platform, State};
use shopwatch::chat::card::Card;
use shopwatch::chat::inbound::What;
use shopwatch::chat::press::Button;
use shopwatch::chat::reply::Tone;
use shopwatch::rules::Rules;

use super::FACTS;
use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{AMAL, FINN, NOOR, OMAR, minutes};

/// The example shop with a second triage channel: two copies of every card.
fn two_copies() -> Rules {
    let text = Rules::EXAMPLE.replace(r#"["console:triage"]"#, r#"["console:triage", "console:night-shift"]"#);
    Rules::parse(&text).unwrap()
}

fn buttons(card: Option<Card>) -> Vec<&'static str> {
    card.unwrap().buttons.iter().map(|button| button.press.button.as_str()).collect()
}

#[tokio::test]
async fn a_report_becomes_a_resolved_incident_and_every_copy_shows_it() {
    let world = World::of(Base::Sqlite, two_copies()).await;
    let incident = world.report("two people, spirits").await;
    let called = incident.reference.clone();
    assert_eq!((incident.category, incident.status.state()), (Category::PotentialTheft, State::New));
    world.settle().await;
    let copies = world.store().copies(incident.id).await.unwrap();
    let places: Vec<String> = copies.iter().map(|copy| format!("{} {:?}", copy.place, copy.shown)).collect();
    assert_eq!(places, ["console:night-shift Some(1)", "console:triage Some(1)"]);

    world.clock.advance(minutes(2));
    world.press(NOOR, &called, Button::Claim).await.incident();
    assert_eq!(world.card(OMAR, &called).await.unwrap().standing, "Claimed by Noor, just now");

    let refused = world.press(NOOR, &called, Button::Confirm).await;
    let missing = vec![Fact::Kind, Fact::Method, Fact::Zone, Fact::Goods, Fact::Cctv];
    assert_eq!(*refused.moment(), WrongMoment::Missing(missing));
    assert_eq!(refused.reply.tone, Tone::Refused);

    world.clock.advance(minutes(3));
    world.submit(NOOR, &called, Button::Facts, FACTS).await.incident();
    world.press(NOOR, &called, Button::Confirm).await.incident();
    let resolved =
        world.submit(NOOR, &called, Button::Resolve, &[("outcome", "loss"), ("loss", "43.00")]).await.incident();
    assert!(
        matches!(resolved.status, domain::incident::Status::Resolved { outcome: Outcome::Loss, loss: Some(loss), .. } if loss.minor == 4_300)
    );

    world.check_everything().await;
    assert_eq!(world.steps(&called).await, ["reported", "claimed", "facts_completed", "confirmed", "resolved"]);
    assert_eq!(world.told(AMAL).await, ["claimed", "confirmed", "resolved"]);
    assert_eq!(world.told(NOOR).await, [] as [&str; 0], "nobody is told what they did themselves");
}

#[tokio::test]
async fn the_receipt_says_what_is_stored_who_sees_it_and_until_when() {
    let world = World::new().await;
    let answer = world.receive(AMAL, What::Command("two people, spirits".into())).await;
    assert_eq!(answer.reply.tone, Tone::Receipt);
    let buttons: Vec<Button> = answer.reply.buttons.iter().map(|button| button.press.button).collect();
    assert_eq!(buttons, [Button::Details, Button::Withdraw]);
    let called = world.everything().await[0].reference.to_string();
    insta::assert_snapshot!(answer.lines().replace(&called, "SW-XXXXX-X"));
}

#[tokio::test]
async fn a_preview_says_that_it_is_over_only_if_somebody_said_so() {
    let world = World::new().await;
    for (said, line) in
        [(None, None), (Some("unknown"), None), (Some("yes"), Some("going on")), (Some("left"), Some("is over"))]
    {
        let facts = FactsDraft { still_present: said.map(ToOwned::to_owned), ..FactsDraft::default() };
        let draft = Draft {
            site: Some("kings-cross".into()),
            category: Some("potential_theft".into()),
            facts,
            ..Draft::default()
        };
        let incident = world.send(AMAL, draft).await.incident();
        world.press(NOOR, &incident.reference, Button::Claim).await.incident();
        let lines = world.press(NOOR, &incident.reference, Button::Preview).await.reply.preview.unwrap().lines;
        let over: Vec<&String> =
            lines.iter().filter(|line| line.contains("over") || line.contains("going on")).collect();
        assert_eq!(
            (over.len(), line.is_none_or(|line| over[0].contains(line))),
            (line.iter().count(), true),
            "{lines:?}"
        );
    }
}

#[tokio::test]
async fn everybody_sees_the_buttons_that_are_theirs_to_press() {
    let world = World::new().await;
    let called = world.report("two people, spirits").await.reference;
    assert_eq!(buttons(world.card(AMAL, &called).await), ["details", "withdraw"]);
    assert_eq!(buttons(world.card(NOOR, &called).await), ["claim", "note", "correct"]);
    assert_eq!(world.card(FINN, &called).await, None);
    world.press(NOOR, &called, Button::Claim).await.incident();
    assert_eq!(buttons(world.card(AMAL, &called).await), ["details"]);
    let decides =
        ["confirm", "facts", "ask", "recategorise", "note", "correct", "release", "merge", "preview", "decline"];
    assert_eq!(buttons(world.card(NOOR, &called).await), decides);
}

#[tokio::test]
async fn the_record_says_who_did_what_where_and_when_and_the_reporter_stays_nameless() {
    let world = World::new().await;
    let incident = world.report("two people, spirits").await;
    world.clock.advance(minutes(1));
    let claimed = world.press(NOOR, &incident.reference, Button::Claim).await.incident();
    let lines = world.record(&claimed).await;
    assert!(matches!(&lines[0].by, By::Reporter { member } if *member == incident.reporter.member));
    assert!(matches!(&lines[1].by, By::Member { name, .. } if name == "Noor"));
    assert_eq!(lines.iter().map(|line| line.at).collect::<Vec<_>>(), [incident.reported_at, world.now()]);
    assert!(lines.iter().all(|line| line.platform == Platform::Console));
    assert_ne!(claimed.head, incident.head);
}

#[tokio::test]
async fn a_press_opens_its_form_and_changes_nothing_until_the_form_is_sent() {
    let world = World::new().await;
    let called = super::claimed(&world).await;
    for button in Button::ALL.iter().filter(|button| button.opens_a_form()) {
        let answer = world.press(NOOR, &called, *button).await;
        let asks = matches!(answer.result, Ok(shopwatch::operations::Outcome::Asks { .. }));
        assert!(!answer.is_done(), "{button:?}");
        assert_eq!(asks, answer.reply.form.is_some(), "{button:?}");
    }
    assert_eq!(world.steps(&called).await, ["reported", "claimed"]);
}
