//! Holds in the browser: a page that tells nothing but how long an incident is kept.

use reqwest::StatusCode;

use crate::world::World;

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
