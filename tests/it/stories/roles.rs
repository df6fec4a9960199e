//! Every button × every person, on what they reported and on what others did, as one table (promise P9).

use std::fmt::Write as _;

use domain::id::{IncidentId, Reference};
use domain::incident::Incident;
use domain::policy::{self, Denied, TwoPerson};
use domain::report::Draft;
use shopwatch::chat::inbound::What;
use shopwatch::chat::press::{Button, Press};
use shopwatch::failure::{Failure, Refusal};
use shopwatch::operations::Outcome;
use shopwatch::operations::triage::action_of;
use uuid::Uuid;

use crate::world::answer::Answer;
use crate::world::people::{AMAL, EVERYBODY, NOOR, OMAR, Person};
use crate::world::{World, filled};

/// An incident that is nobody's business yet: it needs no facts to be confirmed.
fn info() -> Draft {
    Draft { category: Some("info".into()), ..Draft::default() }
}

/// An incident by this reporter, in a state that the button fits.
async fn ready_for(world: &World, button: Button, reporter: Person) -> Incident {
    let called = world.send(reporter, info()).await.incident().reference;
    let omar = async |button: Button| world.press(OMAR, &called, button).await.incident();
    let steps: &[Button] = match button {
        Button::Claim
        | Button::Withdraw
        | Button::Tap
        | Button::Site
        | Button::Details
        | Button::Note
        | Button::Correct
        | Button::Look
        | Button::Open => &[],
        Button::Resolve | Button::Preview => &[Button::Claim, Button::Confirm],
        Button::Unmerge => &[Button::Claim, Button::Merge],
        Button::Reopen => &[Button::Claim, Button::Decline],
        Button::Answer => &[Button::Claim, Button::Ask],
        Button::Release
        | Button::Confirm
        | Button::Ask
        | Button::Recategorise
        | Button::Facts
        | Button::Decline
        | Button::Merge => &[Button::Claim],
    };
    for step in steps {
        if step.opens_a_form() {
            let what = press_of(world, *step, &called).await;
            world.receive(OMAR, what).await.incident();
        } else {
            omar(*step).await;
        }
    }
    world.incident(&called).await
}

/// The button of a card as it is now, with everything that its form asks for.
async fn press_of(world: &World, button: Button, called: &Reference) -> What {
    let press = world.button(called, button).await;
    let into = if button == Button::Merge {
        world.send(AMAL, info()).await.incident().reference.to_string()
    } else {
        String::new()
    };
    complete(press, &into)
}

fn complete(press: Press, into: &str) -> What {
    let answers: &[(&str, &str)] = match press.button {
        button if !button.opens_a_form() => return What::Press(press),
        Button::Recategorise => &[("category", "potential_theft")],
        Button::Facts | Button::Details => &[("zone", "till")],
        Button::Decline => &[("reason", "benign")],
        Button::Merge => &[("into", into)],
        Button::Site => &[("site", "kings-cross")],
        Button::Resolve => &[("outcome", "no_action")],
        _ => &[("text", "words")],
    };
    filled(press, answers)
}

/// What became of it, in one word.
fn word(answer: &Answer) -> &'static str {
    match &answer.result {
        Ok(Outcome::Stepped { .. }) => "done",
        Ok(Outcome::Opened { .. }) => "shown",
        Ok(Outcome::Previewed { .. }) => "previewed",
        Ok(Outcome::Photos { .. }) => "offered",
        Err(Failure::Refused(Refusal::Denied(_))) => "refused",
        Err(Failure::Refused(Refusal::NotFound)) => "not found",
        other => panic!("neither done nor denied: {other:?}"),
    }
}

/// What the policy says becomes of it.
fn expected(answer: &Answer, button: Button, incident: &Incident) -> &'static str {
    match policy::clear(&answer.actor, action_of(button), &incident.subject(TwoPerson::default())) {
        Ok(_) if button == Button::Open => "shown",
        Ok(_) if button == Button::Preview => "previewed",
        Ok(_) if button == Button::Look => "offered",
        Ok(_) => "done",
        Err(Denied::Hidden) => "not found",
        Err(Denied::Needs(_) | Denied::SamePerson | Denied::SwitchedOff) => "refused",
    }
}

#[tokio::test]
async fn every_button_for_every_person_as_the_policy_has_it() {
    let world = World::new().await;
    let mut table = String::from("button       of whom");
    for who in EVERYBODY {
        let _ = write!(table, "  {:9}", who.0);
    }
    for button in Button::ALL {
        for own in [false, true] {
            let _ = write!(table, "\n{:12} {}", button.as_str(), if own { "own    " } else { "others'" });
            for who in EVERYBODY {
                let reporter = match own {
                    true => who,
                    false if who == AMAL => NOOR,
                    false => AMAL,
                };
                let cell = cell(&world, *button, who, reporter).await;
                let _ = write!(table, "  {cell:9}");
            }
        }
    }
    let table: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(table.join("\n"));
    world.check_everything().await;
}

async fn cell(world: &World, button: Button, who: Person, reporter: Person) -> &'static str {
    if !world.send(reporter, info()).await.is_done() {
        return "-";
    }
    let incident = ready_for(world, button, reporter).await;
    let answer = world.receive(who, press_of(world, button, &incident.reference).await).await;
    let word = word(&answer);
    assert_eq!(word, expected(&answer, button, &incident), "{button:?} by {} on what {} reported", who.0, reporter.0);
    word
}

#[tokio::test]
async fn what_somebody_may_not_see_answers_exactly_like_what_does_not_exist() {
    let world = World::new().await;
    let mut hidden = 0;
    for button in Button::ALL {
        let incident = ready_for(&world, *button, NOOR).await;
        let merge_into = world.send(AMAL, info()).await.incident().reference.to_string();
        let drawn = world.button(&incident.reference, *button).await;
        let pressed = |id| complete(Press { incident: id, ..drawn.clone() }, &merge_into);
        for who in EVERYBODY {
            let there = world.receive(who, pressed(incident.id)).await;
            if !matches!(there.result, Err(Failure::Refused(Refusal::NotFound))) {
                continue;
            }
            let nowhere = world.receive(who, pressed(IncidentId(Uuid::from_u128(9)))).await;
            assert_eq!(there.reply, nowhere.reply, "{button:?} by {}", who.0);
            hidden += 1;
        }
        assert_eq!(world.incident(&incident.reference).await.reporter.account.id, "noor");
    }
    assert!(hidden >= Button::ALL.len() * 3, "Amal, Pavel, Ada and Finn see nothing of Noor's: {hidden}");
}
