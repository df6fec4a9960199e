//! Two reports of one event become one incident, and two again if that was a mistake.

use domain::incident::Incident;
use domain::incident::verb::WrongMoment;
use domain::report::Draft;
use domain::words::{Role, State};
use shopwatch::chat::inbound::What;
use shopwatch::chat::press::Button;
use shopwatch::failure::{Failure, Refusal};
use shopwatch::operations::people::actor;
use shopwatch::operations::{erase, hold};
use shopwatch::rules::Rules;
use shopwatch::store::sealing::TimelineLine;

use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{ADA, AMAL, FINN, NOOR, OMAR, PAVEL, minutes};

on_both! {
    what_others_were_merged_into_is_not_taken_back,
    a_merged_report_is_held_and_kept_with_the_other_one,
    whoever_reported_what_was_merged_hears_what_became_of_it_and_not_of_whom,
}

async fn merge(world: &World, one: &Incident, into: &str) -> crate::world::answer::Answer {
    world.submit(NOOR, &one.reference, Button::Merge, &[("into", into)]).await
}

/// Two reports with a life of their own, the first one claimed.
async fn two(world: &World) -> (Incident, Incident) {
    let into = world.report("red car loading a trolley").await;
    world.clock.advance(minutes(1));
    let one = world.report("trolley of nappies, red car").await;
    world.clock.advance(minutes(1));
    for incident in [&into, &one] {
        world
            .submit(NOOR, &incident.reference, Button::Note, &[("text", incident.reference.as_str())])
            .await
            .incident();
    }
    let one = world.press(NOOR, &one.reference, Button::Claim).await.incident();
    (one, world.incident(&into.reference).await)
}

/// What a person changed, apart from versions, hashes and times.
fn content(incident: &Incident) -> impl PartialEq + std::fmt::Debug {
    (
        incident.facts.clone(),
        incident.correction.clone(),
        incident.question.clone(),
        incident.absorbed.clone(),
        incident.category,
    )
}

fn without(lines: Vec<TimelineLine>, words: &[&str]) -> Vec<TimelineLine> {
    lines.into_iter().filter(|line| !words.contains(&line.word.as_str())).collect()
}

#[tokio::test]
async fn a_merge_joins_two_timelines_and_an_unmerge_restores_both_exactly() {
    let world = World::new().await;
    let (one, into) = two(&world).await;
    let (ones, intos) = (world.timeline(&one.reference).await, world.timeline(&into.reference).await);

    world.clock.advance(minutes(1));
    let merged = merge(&world, &one, into.reference.as_str()).await.incident();
    assert_eq!(merged.status.state(), State::Merged);
    assert_eq!(world.incident(&into.reference).await.absorbed, [one.id]);
    let joined = without(world.timeline(&into.reference).await, &["merged", "absorbed"]);
    let mut both = [ones.clone(), intos.clone()].concat();
    both.sort_by_key(|line| (line.at, line.incident, line.seq));
    assert_eq!(joined, both, "every line of both, in order of time");
    world.settle().await;
    assert_eq!(world.told(AMAL).await, ["claimed", "merged"]);

    world.clock.advance(minutes(1));
    let unmerged = world.press(OMAR, &one.reference, Button::Unmerge).await.incident();
    assert_eq!(unmerged.status.owner().unwrap().name, "Omar");
    assert_eq!(without(world.timeline(&one.reference).await, &["merged", "unmerged"]), ones);
    assert_eq!(without(world.timeline(&into.reference).await, &["absorbed", "let_go"]), intos);
    assert_eq!(content(&unmerged), content(&one));
    assert_eq!(content(&world.incident(&into.reference).await), content(&into));
    world.check_everything().await;
    assert_eq!(world.steps(&one.reference).await, ["reported", "noted", "claimed", "merged", "unmerged"]);
    assert_eq!(world.steps(&into.reference).await, ["reported", "noted", "absorbed", "let_go"]);
}

#[tokio::test]
async fn an_unmerge_works_after_the_other_incident_was_closed() {
    let world = World::new().await;
    let (one, into) = two(&world).await;
    merge(&world, &one, into.reference.as_str()).await.incident();
    world.press(NOOR, &into.reference, Button::Claim).await.incident();
    world.submit(NOOR, &into.reference, Button::Decline, &[("reason", "benign")]).await.incident();
    world.press(NOOR, &one.reference, Button::Unmerge).await.incident();
    let into = world.incident(&into.reference).await;
    assert_eq!((into.status.state(), into.absorbed.len()), (State::Declined, 0));
    world.check_everything().await;
}

#[tokio::test]
async fn what_cannot_be_merged_is_refused_with_the_reason() {
    let world = World::new().await;
    let (one, into) = two(&world).await;
    for unknown in ["", "SW-00000-0", "nonsense", "SW-7K3QF-2"] {
        assert_eq!(merge(&world, &one, unknown).await.faulty_fields(), ["into"], "{unknown:?}");
    }
    assert_eq!(*merge(&world, &one, one.reference.as_str()).await.moment(), WrongMoment::Itself);
    assert_eq!(
        *merge(&world, &into, one.reference.as_str()).await.moment(),
        WrongMoment::State(State::New),
        "not claimed"
    );

    let typed = into.reference.as_str().to_lowercase().replace('-', " ");
    merge(&world, &one, &typed).await.incident();
    assert_eq!(*merge(&world, &one, into.reference.as_str()).await.moment(), WrongMoment::State(State::Merged));
    world.press(NOOR, &into.reference, Button::Claim).await.incident();
    let third = super::claimed(&world).await;
    assert_eq!(*merge(&world, &into, third.as_str()).await.moment(), WrongMoment::HasMerged);
    let third = world.incident(&third).await;
    assert_eq!(
        *merge(&world, &third, one.reference.as_str()).await.moment(),
        WrongMoment::OtherNotOpen,
        "it is merged itself"
    );
    world.check_everything().await;
}

/// Omar decides at King's Cross, Vera at Paddington, where Finn reports.
fn two_sites() -> Rules {
    let paddington = "\n[[site]]\nid = \"paddington\"\nname = \"Paddington\"\narea = \"W2\"\n\
                      channels.triage = [\"console:paddington\"]\nroles.reviewer = [\"console:vera\"]\n\
                      roles.staff = [\"console:finn\"]\n";
    let here = Rules::EXAMPLE
        .replace("reviewer = [\"console:omar\", \"console:noor\"]", "reviewer = []")
        .replace("area = \"N1C\"", "area = \"N1C\"\nroles.reviewer = [\"console:omar\"]");
    Rules::parse(&(here + paddington)).unwrap()
}

#[tokio::test]
async fn an_incident_of_a_site_that_is_not_theirs_is_as_good_as_none() {
    let world = World::of(Base::Sqlite, two_sites()).await;
    let at = |site: &str| Draft { site: Some(site.to_owned()), ..Draft::default() };
    let elsewhere = world.send(FINN, at("paddington")).await.incident();
    let here = world.send(AMAL, at("kings-cross")).await.incident();
    world.press(OMAR, &here.reference, Button::Claim).await.incident();
    let into = async |called: &str| world.submit(OMAR, &here.reference, Button::Merge, &[("into", called)]).await;
    let (hidden, missing) = (into(elsewhere.reference.as_str()).await, into("SW-7K3QF-2").await);
    assert_eq!(hidden.faulty_fields(), ["into"]);
    assert_eq!(hidden.reply, missing.reply);
    assert_eq!(world.card(OMAR, &elsewhere.reference).await, None);
    world.check_everything().await;
}

async fn what_others_were_merged_into_is_not_taken_back(base: Base) {
    let world = World::on(base).await;
    let (one, into) = two(&world).await;
    let offers = async || {
        let card = world.card(AMAL, &into.reference).await.unwrap();
        card.buttons.iter().any(|button| button.press.button == Button::Withdraw)
    };
    assert!(offers().await);
    merge(&world, &one, into.reference.as_str()).await.incident();
    let refused = world.press(AMAL, &into.reference, Button::Withdraw).await;
    assert_eq!(*refused.moment(), WrongMoment::InUse);
    assert!(refused.lines().contains("can no longer be withdrawn"), "{}", refused.lines());
    assert!(!offers().await, "nor is it offered");
    assert_eq!(world.incident(&into.reference).await.status.state(), State::New, "it waits for a manager");
    world.press(OMAR, &one.reference, Button::Unmerge).await.incident();
    world.press(AMAL, &into.reference, Button::Withdraw).await.incident();
    assert_eq!(
        world.incident(&one.reference).await.status.state(),
        State::Claimed,
        "nobody else's report went with it"
    );
    world.check_everything().await;
}

async fn a_merged_report_is_held_and_kept_with_the_other_one(base: Base) {
    let world = World::on(base).await;
    let (one, into) = two(&world).await;
    merge(&world, &one, into.reference.as_str()).await.incident();
    let desk = &world.app.desk;
    let (pavel, ada) = (actor(desk, &PAVEL.origin()), actor(desk, &ADA.origin()));
    let second = {
        let mut second = actor(desk, &FINN.origin());
        second.roles.everywhere.insert(Role::Admin);
        second
    };
    erase::take(
        desk,
        &ada,
        world.incident(&one.reference).await,
        erase::Asked { reason: "asked for", ..erase::Asked::default() },
    )
    .await
    .unwrap();
    hold::place(desk, &pavel, world.incident(&into.reference).await, "the court").await.unwrap();
    for admin in [&ada, &second] {
        let ends = erase::take(
            desk,
            admin,
            world.incident(&one.reference).await,
            erase::Asked { reason: "asked for", ..erase::Asked::default() },
        )
        .await;
        assert!(matches!(ends, Err(Failure::Refused(Refusal::Moment(WrongMoment::Held)))), "{ends:?}");
    }
    assert_eq!(world.store().is_held(one.id).await.unwrap(), Some(true));
    hold::lift(desk, &ada, world.incident(&into.reference).await, "closed").await.unwrap();
    assert_eq!(world.store().is_held(one.id).await.unwrap(), Some(false));
    // Its end is that of the other one, whatever becomes of that.
    let ends = async || {
        let (one, into) = (world.incident(&one.reference).await, world.incident(&into.reference).await);
        assert_eq!(one.retain_until, into.retain_until);
        one.retain_until
    };
    let waiting = ends().await;
    world.clock.advance(minutes(1));
    world.decline(&into.reference).await;
    let declined = ends().await;
    assert!(declined < waiting);
    let apart = world.press(NOOR, &one.reference, Button::Unmerge).await.incident();
    assert_eq!(apart.retain_until, one.retain_until, "its own again");
    world.check_everything().await;
}

async fn whoever_reported_what_was_merged_hears_what_became_of_it_and_not_of_whom(base: Base) {
    let rules = Rules::EXAMPLE.replace("staff = [\"console:amal\"]", "staff = [\"console:amal\", \"console:finn\"]");
    let world = World::of(base, Rules::parse(&rules).unwrap()).await;
    let (_, into) = two(&world).await;
    let finns = world.receive(FINN, What::Command("red car".to_owned())).await.incident();
    world.press(NOOR, &finns.reference, Button::Claim).await.incident();
    merge(&world, &finns, into.reference.as_str()).await.incident();
    world.decline(&into.reference).await;
    world.settle().await;
    let mut told = world.told(FINN).await;
    told.sort_unstable();
    assert_eq!(told, ["claimed", "followed", "merged"]);
    let card = world.card(FINN, &finns.reference).await.unwrap();
    assert!(card.standing.contains("Merged") && card.standing.contains("Declined"), "{}", card.standing);
    let shown = format!("{card:?}");
    assert!(!shown.contains(into.reference.as_str()) && !shown.contains("trolley"), "{shown}");
    world.press(NOOR, &into.reference, Button::Reopen).await.incident();
    let card = world.card(FINN, &finns.reference).await.unwrap();
    assert!(!card.standing.contains("Declined"), "{}", card.standing);
    world.check_everything().await;
}
