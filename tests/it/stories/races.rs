//! Of two who press at the same moment one wins, and the other is told who and when.

use domain::incident::verb::WrongMoment;
use shopwatch::chat::inbound::{Inbound, What};
use shopwatch::chat::press::Button;
use shopwatch::chat::reply::Tone;
use tokio::task::JoinSet;

use crate::world::answer::Answer;
use crate::world::database::Base;
use crate::world::people::{AMAL, NOOR, OMAR, Person};
use crate::world::{World, delivery, filled};

on_both! {
    of_two_claims_at_once_one_wins_and_the_other_is_told_who_and_when,
    of_two_decisions_at_once_one_counts,
    a_double_click_is_one_click,
    of_claims_at_two_servers_one_wins,
}

/// Several people do something at the same moment, each on a thread of their own.
pub async fn at_once(world: &World, doings: Vec<(Person, What)>) -> Vec<Answer> {
    let mut tasks = JoinSet::new();
    for (number, (who, what)) in doings.into_iter().enumerate() {
        let (app, pressed) = (world.app.clone(), World::pressed(&what));
        tasks.spawn(async move {
            let inbound = Inbound { what, origin: who.origin(), delivery: None };
            (number, who, pressed, app.receive(inbound).await)
        });
    }
    let mut done = tasks.join_all().await;
    done.sort_by_key(|(number, ..)| *number);
    let mut answers = Vec::new();
    for (_, who, pressed, (actor, result)) in done {
        answers.push(Answer::to(world, &who.origin(), actor, result, pressed).await);
    }
    answers
}

async fn of_two_claims_at_once_one_wins_and_the_other_is_told_who_and_when(base: Base) {
    let world = World::on(base).await;
    for round in 0..200 {
        let called = world.report("now knife").await.reference;
        let claim = What::Press(world.button(&called, Button::Claim).await);
        let answers = at_once(&world, vec![(NOOR, claim.clone()), (OMAR, claim)]).await;
        let winner = world.incident(&called).await.status.owner().unwrap().name.clone();
        let (won, lost) = if winner == "Noor" { (&answers[0], &answers[1]) } else { (&answers[1], &answers[0]) };
        assert!(won.is_done(), "round {round}");
        assert_eq!(*lost.moment(), WrongMoment::Taken { by: winner.clone(), at: world.now() }, "round {round}");
        assert!(lost.lines().contains(&winner) && lost.lines().contains("just now"), "round {round}: {}", lost.lines());
        assert_eq!(world.steps(&called).await, ["reported", "claimed"], "round {round}");
    }
    world.check_everything().await;
}

async fn of_two_decisions_at_once_one_counts(base: Base) {
    let world = World::on(base).await;
    for round in 0..100 {
        let called = super::claimed(&world).await;
        world.submit(NOOR, &called, Button::Facts, super::FACTS).await.incident();
        let confirm = What::Press(world.button(&called, Button::Confirm).await);
        let decline = filled(world.button(&called, Button::Decline).await, &[("reason", "benign")]);
        let answers = at_once(&world, vec![(NOOR, confirm), (OMAR, decline)]).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_done()).count(), 1, "round {round}: {answers:?}");
        let lost = answers.iter().find(|answer| !answer.is_done()).unwrap();
        let state = world.incident(&called).await.status.state();
        let told = matches!(lost.reply.tone, Tone::Changed | Tone::Refused);
        assert!(told, "round {round}: {lost:?}");
        if let Some(card) = &lost.reply.card {
            assert_eq!(card.state, state, "round {round}: they see what counts");
        }
        assert_eq!(world.steps(&called).await.len(), 4, "round {round}");
    }
    world.check_everything().await;
}

async fn a_double_click_is_one_click(base: Base) {
    let world = World::on(base).await;
    for round in 0..20 {
        let called = world.report("now knife").await.reference;
        let note = filled(world.button(&called, Button::Note).await, &[("text", "seen")]);
        let key = format!("console:noor:{round}");
        let click = || world.take_in(NOOR.origin(), note.clone(), delivery(&key, "seen"));
        let (first, second, third) = tokio::join!(click(), click(), click());
        assert!(
            first.is_done() && second.is_done() && third.is_done(),
            "round {round}: every click is answered with what it did"
        );
        assert_eq!(world.steps(&called).await, ["reported", "noted"], "round {round}");
    }
    let report =
        || world.take_in(AMAL.origin(), What::Command("spirits".into()), delivery("console:amal:1", "spirits"));
    let before = world.everything().await.len();
    let (first, second) = tokio::join!(report(), report());
    assert_eq!(first.incident().reference, second.incident().reference);
    assert_eq!(world.everything().await.len(), before + 1);
    world.check_everything().await;
}

async fn of_claims_at_two_servers_one_wins(base: Base) {
    let world = World::on(base).await;
    let other = world.replica().await;
    for round in 0..20 {
        let called = world.report("now knife").await.reference;
        let (noor, omar) =
            tokio::join!(world.press(NOOR, &called, Button::Claim), other.press(OMAR, &called, Button::Claim));
        assert_ne!(noor.is_done(), omar.is_done(), "round {round}: {noor:?} {omar:?}");
        assert_eq!(world.steps(&called).await, ["reported", "claimed"], "round {round}");
    }
    world.check_everything().await;
}
