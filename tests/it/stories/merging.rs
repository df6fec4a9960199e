//! Two reports of one event become one incident, and two again if that was a mistake.

use domain::incident::Incident;
use domain::incident::verb::WrongMoment;
use domain::report::Draft;
use domain::words::State;
use shopwatch::chat::press::Button;
use shopwatch::rules::Rules;
use shopwatch::store::sealing::TimelineLine;

use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{AMAL, FINN, NOOR, OMAR, minutes};

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
