//! What a program sends several times, to several servers, happens once.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use domain::words::Role;
use futures_util::future::join_all;
use serde_json::json;

use super::Program;
use crate::world::World;
use crate::world::database::Base;

on_both! {
    reports_that_are_repeated_at_two_servers_are_kept_once,
    a_key_that_comes_again_with_another_report_is_refused_everywhere,
    of_many_claims_at_two_servers_one_wins_and_the_others_are_told_who,
    a_note_that_is_repeated_is_written_once,
    a_key_that_comes_again_with_another_action_is_refused_and_does_nothing,
    of_two_actions_under_one_key_at_once_one_acts,
}

/// How many reports, and how often each of them.
const REPORTS: usize = 40;
const REPEATED: usize = 3;

async fn reports_that_are_repeated_at_two_servers_are_kept_once(base: Base) {
    let world = World::on(base).await;
    let other = world.replica().await;
    let till = Program::of(&world, "till", Role::Staff).await;
    let doors = [till.clone(), till.at(&other)];
    let sending = (0..REPORTS * REPEATED).map(|count| {
        let (door, report) = (&doors[count % 2], count % REPORTS);
        async move {
            let answered =
                door.report(Some(&format!("r-{report}")), json!({"what_happened": format!("report {report}")})).await;
            assert_eq!(answered.status, StatusCode::CREATED, "{}", answered.body);
            (report, answered.says("id").to_owned(), answered.says("reference").to_owned())
        }
    });
    let kept: BTreeSet<_> = join_all(sending).await.into_iter().collect();
    assert_eq!(kept.len(), REPORTS, "every report has one id and one reference");
    assert_eq!(world.store().count_incidents().await.unwrap(), REPORTS as u64);
}

async fn a_key_that_comes_again_with_another_report_is_refused_everywhere(base: Base) {
    let world = World::on(base).await;
    let other = world.replica().await;
    let till = Program::of(&world, "till", Role::Staff).await;
    till.report(Some("a"), json!({"category": "info"})).await;
    for door in [till.clone(), till.at(&other)] {
        let answered = door.report(Some("a"), json!({"category": "in_progress"})).await;
        assert_eq!(
            (answered.status, answered.says("type")),
            (StatusCode::UNPROCESSABLE_ENTITY, "/problems/key-reused")
        );
    }
    assert_eq!(world.store().count_incidents().await.unwrap(), 1);
}

async fn of_many_claims_at_two_servers_one_wins_and_the_others_are_told_who(base: Base) {
    let world = World::on(base).await;
    let other = world.replica().await;
    let till = Program::of(&world, "till", Role::Staff).await;
    let called = till.report(None, json!({})).await.reference();
    let mut claiming = Vec::new();
    for count in 0..8 {
        let reviewer = Program::of(&world, &format!("reviewer-{count}"), Role::Reviewer).await;
        claiming.push(if count % 2 == 0 { reviewer } else { reviewer.at(&other) });
    }
    let claims =
        claiming.iter().map(|reviewer| reviewer.act(called.as_str(), json!({"action": "claim", "version": 1})));
    let (won, lost): (Vec<_>, Vec<_>) =
        join_all(claims).await.into_iter().partition(|answered| answered.status == StatusCode::OK);
    assert_eq!((won.len(), lost.len()), (1, 7));
    for loser in lost {
        assert_eq!((loser.status, loser.says("type")), (StatusCode::CONFLICT, "/problems/taken"));
        assert_eq!(
            (&loser.body["current"]["owner"], &loser.body["current"]["since"]),
            (&won[0].body["owner"], &won[0].body["since"])
        );
    }
    assert_eq!(world.incident(&called).await.version, 2);
}

async fn a_note_that_is_repeated_is_written_once(base: Base) {
    let world = World::on(base).await;
    let till = Program::of(&world, "till", Role::Staff).await;
    let noor = Program::of(&world, "noor-desk", Role::Reviewer).await;
    let called = till.report(None, json!({})).await.reference();
    let address = format!("/api/v1/incidents/{called}/actions");
    let body = json!({"action": "note", "text": "seen on camera 3"});
    let notes = join_all((0..8).map(|_| noor.send("POST", &address, Some("n"), Some(&body)))).await;
    assert!(notes.iter().all(|answered| answered.status == StatusCode::OK));
    assert_eq!(world.incident(&called).await.version, 2);
}

async fn a_key_that_comes_again_with_another_action_is_refused_and_does_nothing(base: Base) {
    let world = World::on(base).await;
    let other = world.replica().await;
    let till = Program::of(&world, "till", Role::Staff).await;
    let noor = Program::of(&world, "noor-desk", Role::Reviewer).await;
    let (called, next) =
        (till.report(None, json!({})).await.reference(), till.report(None, json!({})).await.reference());
    let address = |called: &_| format!("/api/v1/incidents/{called}/actions");
    let note = |text: &str| json!({"action": "note", "text": text});
    assert_eq!(
        noor.send("POST", &address(&called), Some("n"), Some(&note("on camera 3"))).await.status,
        StatusCode::OK
    );
    for door in [noor.clone(), noor.at(&other)] {
        for (incident, body) in
            [(&called, note("on camera 4")), (&called, json!({"action": "claim"})), (&next, note("on camera 3"))]
        {
            let answered = door.send("POST", &address(incident), Some("n"), Some(&body)).await;
            let told = (answered.status, answered.says("type"));
            assert_eq!(told, (StatusCode::UNPROCESSABLE_ENTITY, "/problems/key-reused"), "{body}");
        }
        let again = door.send("POST", &address(&called), Some("n"), Some(&note("on camera 3"))).await;
        assert_eq!(again.status, StatusCode::OK);
    }
    assert_eq!((world.incident(&called).await.version, world.incident(&next).await.version), (2, 1));
}

/// Whoever is told that a key was used before has not changed anything, also when both arrive at the same moment.
async fn of_two_actions_under_one_key_at_once_one_acts(base: Base) {
    let world = World::on(base).await;
    let till = Program::of(&world, "till", Role::Staff).await;
    let noor = Program::of(&world, "noor-desk", Role::Reviewer).await;
    let called = till.report(None, json!({})).await.reference();
    let address = format!("/api/v1/incidents/{called}/actions");
    let notes: Vec<_> = (0..8).map(|number| json!({"action": "note", "text": format!("camera {number}")})).collect();
    let answers = join_all(notes.iter().map(|note| noor.send("POST", &address, Some("n"), Some(note)))).await;
    let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answered| answered.status == StatusCode::OK);
    assert_eq!((done.len(), refused.len()), (1, 7));
    assert!(refused.iter().all(|answered| answered.says("type") == "/problems/key-reused"));
    assert_eq!(world.incident(&called).await.version, 2);
}
