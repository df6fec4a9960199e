//! Holds in the browser: a page that tells nothing but how long an incident is kept.

use domain::words::Role;
use reqwest::{Method, StatusCode};
use shopwatch::operations::people::actor;
use shopwatch::operations::{erase, hold, photo};
use shopwatch::store::people::ApiKey;

use super::ASTRONAUT;
use crate::world::World;
use crate::world::door::Caller;
use crate::world::people::{ADA, NOOR, PAVEL};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_liaison_places_a_hold_and_an_admin_lifts_it_without_reading_the_incident() {
    let world = World::new().await;
    let door = world.open_door().await;
    let incident = world.report("two people, spirits").await;
    let page = format!("/incidents/{}/hold", incident.reference);
    let (pavel, ada) = (door.sign_in(&world, "pavel").await, door.sign_in(&world, "ada").await);
    for who in ["amal", "noor", "ines", "lena"] {
        let caller = door.sign_in(&world, who).await;
        assert_eq!(door.get(&page, &caller).await.status(), StatusCode::NOT_FOUND, "{who}");
        let tried = door.post(&page, &caller, &[("reason", "why")]).await;
        assert_eq!(tried.status(), StatusCode::NOT_FOUND, "{who}");
    }
    let shown = door.get(&page, &pavel).await.text().await.unwrap();
    assert!(shown.contains("Place hold") && !shown.contains("spirits"), "{shown}");
    assert!(!door.get(&page, &ada).await.text().await.unwrap().contains("<form method=\"post\" data-plain><label"));
    assert_eq!(door.post(&page, &pavel, &[("reason", " ")]).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(door.post(&page, &ada, &[("reason", "why")]).await.status(), StatusCode::FORBIDDEN);
    let placed = door.post(&page, &pavel, &[("reason", "asked for by the court")]).await;
    assert_eq!(placed.status(), StatusCode::OK);
    assert!(placed.text().await.unwrap().contains("The hold is placed"));
    assert!(world.incident(&incident.reference).await.hold.is_some());
    assert_eq!(door.post(&page, &pavel, &[("reason", "why")]).await.status(), StatusCode::FORBIDDEN);
    assert!(door.get(&page, &ada).await.text().await.unwrap().contains("Lift hold"));
    let noor = door.sign_in(&world, "noor").await;
    let read = door.get(&format!("/incidents/{}", incident.reference), &noor).await.text().await.unwrap();
    assert!(read.contains("On hold since 2026-11-22"), "whoever reads the incident sees that it is held");
    let lifted = door.post(&page, &ada, &[("reason", "the case is closed")]).await;
    assert!(lifted.text().await.unwrap().contains("The hold is lifted"));
    assert!(world.incident(&incident.reference).await.hold.is_none());
    assert_eq!(world.steps(&incident.reference).await, ["reported", "hold_placed", "hold_lifted"]);
    world.check_everything().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn why_an_incident_is_held_looked_at_or_to_be_erased_is_not_told_to_whoever_reported_it() {
    let world = World::new().await;
    let door = world.open_door().await;
    let key = ApiKey { name: "till".to_owned(), role: Role::Staff, site: None, revoked: false };
    world.store().add_key(&key, "sw_till", world.now()).await.unwrap().unwrap();
    let till = Caller::Program("sw_till".to_owned());
    let body = serde_json::json!({"site": "kings-cross", "what_happened": "two people, spirits"});
    let sent = door.request(Method::POST, "/api/v1/reports", &till).header("idempotency-key", "one").json(&body);
    let theirs: serde_json::Value = sent.send().await.unwrap().json().await.unwrap();
    let mine = world.report("two people, spirits").await;
    let called: Vec<domain::id::Reference> =
        vec![mine.reference.clone(), theirs["reference"].as_str().unwrap().parse().unwrap()];
    let (desk, evidence) = (&world.app.desk, &world.app.evidence);
    let (noor, pavel, ada) = (actor(desk, &NOOR.origin()), actor(desk, &PAVEL.origin()), actor(desk, &ADA.origin()));
    for called in &called {
        let added = photo::add(desk, evidence, &noor, world.incident(called).await, &ASTRONAUT).await.unwrap();
        let seen = photo::original(desk, evidence, &noor, added.incident, added.photo.id, "zqxoriginal").await;
        seen.unwrap();
        hold::place(desk, &pavel, world.incident(called).await, "zqxplaced").await.unwrap();
        hold::lift(desk, &ada, world.incident(called).await, "zqxlifted").await.unwrap();
        erase::take(
            desk,
            &ada,
            world.incident(called).await,
            erase::Asked { reason: "zqxerasure", ..erase::Asked::default() },
        )
        .await
        .unwrap();
    }
    let page = format!("/incidents/{}", called[0]);
    let (amal, noor) = (door.sign_in(&world, "amal").await, door.sign_in(&world, "noor").await);
    let (to_amal, to_noor) =
        (door.get(&page, &amal).await.text().await.unwrap(), door.get(&page, &noor).await.text().await.unwrap());
    let address = format!("/api/v1/incidents/{}", called[1]);
    let to_till = door.request(Method::GET, &address, &till).send().await.unwrap().text().await.unwrap();
    for said in ["zqxoriginal", "zqxplaced", "zqxlifted", "zqxerasure"] {
        assert!(to_noor.contains(said), "{said}: {to_noor}");
        assert!(!to_amal.contains(said), "{said}: {to_amal}");
        assert!(!to_till.contains(said), "{said}: {to_till}");
    }
    assert!(to_amal.contains("two people, spirits") && to_till.contains("two people, spirits"), "{to_till}");
}
