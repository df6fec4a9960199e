//! Holds over the API: placed by one, lifted by another, and neither sees the incident.

use domain::words::Role;
use serde_json::json;

use super::Program;
use crate::world::World;
use crate::world::database::Base;

on_both!(a_liaisons_key_places_a_hold_and_an_admins_lifts_it, the_same_request_places_one_hold);

const REASON: &str = "asked for by the court";

async fn a_liaisons_key_places_a_hold_and_an_admins_lifts_it(base: Base) {
    let world = World::on(base).await;
    let amal = Program::of(&world, "amal", Role::Staff).await;
    let liaison = Program::of(&world, "liaison", Role::Liaison).await;
    let (admin, desk) =
        (Program::of(&world, "admin", Role::Admin).await, Program::of(&world, "desk", Role::Reviewer).await);
    let called = amal.report(None, json!({"what_happened": "two people, gin"})).await.reference();
    let place = json!({"action": "place_hold", "text": REASON});
    let lift = json!({"action": "lift_hold", "text": "the case is closed"});
    // Not theirs to do, or nothing there for them at all.
    for (program, body, status) in
        [(&amal, &place, 403), (&desk, &place, 403), (&admin, &place, 403), (&liaison, &lift, 403)]
    {
        assert_eq!(program.act(called.as_str(), body.clone()).await.status, status, "{body}");
    }
    let other = Program::of(&world, "other", Role::Staff).await;
    assert_eq!(other.act(called.as_str(), place.clone()).await.status, 404);
    assert_eq!(liaison.act("SW-00000-0", place.clone()).await.status, 404);
    for (body, code) in [
        (json!({"action": "place_hold"}), "missing"),
        (json!({"action": "place_hold", "text": "x".repeat(2_001)}), "too-long"),
    ] {
        let refused = liaison.act(called.as_str(), body).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.body["problems"][0]["field"], &refused.body["problems"][0]["code"]),
            (422, &json!("text"), &json!(code))
        );
    }
    let odd = json!({"action": "place_hold", "text": REASON, "reason": "test", "version": "x"});
    assert_eq!(liaison.act(called.as_str(), odd).await.body["problems"].as_array().unwrap().len(), 2);
    let stale = json!({"action": "place_hold", "text": REASON, "version": 7});
    assert_eq!(liaison.act(called.as_str(), stale).await.says("type"), "/problems/changed");
    let placed = liaison.act(called.as_str(), json!({"action": "place_hold", "text": REASON, "version": 1})).await;
    assert_eq!(
        (placed.status.as_u16(), &placed.body["on_hold"], &placed.body["version"]),
        (200, &json!(true), &json!(2))
    );
    let names: Vec<&String> = placed.body.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["erased", "erasure_asked", "id", "on_hold", "reference", "retain_until", "version"],
        "nothing else of the incident"
    );
    assert_eq!(liaison.act(called.as_str(), place).await.says("type"), "/problems/nothing-changes");
    assert_eq!(desk.read(called.as_str()).await.body["on_hold"], true);
    assert_eq!(world.steps(&called).await, ["reported", "hold_placed"]);
    let lifted = admin.act(called.as_str(), lift).await;
    assert_eq!((lifted.status.as_u16(), &lifted.body["on_hold"]), (200, &json!(false)));
    assert_eq!(world.steps(&called).await, ["reported", "hold_placed", "hold_lifted"]);
    world.check_everything().await;
}

async fn the_same_request_places_one_hold(base: Base) {
    let world = World::on(base).await;
    let amal = Program::of(&world, "amal", Role::Staff).await;
    let (liaison, admin) =
        (Program::of(&world, "liaison", Role::Liaison).await, Program::of(&world, "admin", Role::Admin).await);
    let called = amal.report(None, json!({})).await.reference();
    let path = format!("/api/v1/incidents/{called}/actions");
    let place = json!({"action": "place_hold", "text": REASON});
    let (first, second) = tokio::join!(
        liaison.send("POST", &path, Some("k1"), Some(&place)),
        liaison.send("POST", &path, Some("k1"), Some(&place)),
    );
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 200), "{} {}", first.body, second.body);
    let other = json!({"action": "place_hold", "text": "another reason"});
    assert_eq!(liaison.send("POST", &path, Some("k1"), Some(&other)).await.says("type"), "/problems/key-reused");
    admin.act(called.as_str(), json!({"action": "lift_hold", "text": "the case is closed"})).await;
    // It arrives once more: it was done, and is not done again.
    assert_eq!(liaison.send("POST", &path, Some("k1"), Some(&place)).await.status, 200);
    assert_eq!(world.steps(&called).await, ["reported", "hold_placed", "hold_lifted"]);
}
