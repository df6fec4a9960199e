//! Photos over HTTP: the console's plain forms, and the API.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response, StatusCode};
use shopwatch::evidence::keep::sha256;
use shopwatch::store::people::ApiKey;

use super::ASTRONAUT;
use crate::world::World;
use crate::world::door::{Caller, Door};

async fn upload(door: &Door, path: &str, caller: &Caller, bytes: &[u8]) -> Response {
    let part = Part::bytes(bytes.to_vec()).file_name("CANARY-NAME.jpg");
    let request = door.request(Method::POST, path, caller).header("sec-fetch-site", "same-origin");
    request.multipart(Form::new().part("photo", part)).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_browser_a_photo_is_added_looked_at_confirmed_and_its_original_seen() {
    let world = World::new().await;
    let door = world.open_door().await;
    let incident = world.report("two people, spirits").await;
    let (amal, noor, ines) =
        (door.sign_in(&world, "amal").await, door.sign_in(&world, "noor").await, door.sign_in(&world, "ines").await);
    let page = format!("/incidents/{}", incident.reference);
    let endless = upload(&door, &format!("{page}/photos"), &amal, &vec![0; 26 * 1024 * 1024]).await;
    assert_eq!(endless.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(endless.text().await.unwrap().contains("A photo has at most 25 MiB."));
    let added = upload(&door, &format!("{page}/photos"), &amal, &ASTRONAUT).await;
    assert_eq!(added.status(), StatusCode::OK);
    let text = added.text().await.unwrap();
    assert!(text.contains(&sha256(&ASTRONAUT)) && !text.contains("CANARY-NAME"), "{text}");
    let incident = world.incident(&incident.reference).await;
    let id = world.store().photos_of(&incident).await.unwrap()[0].id;
    let copy = format!("{page}/photos/{id}");
    let steps = world.steps(&incident.reference).await;
    let shown = door.get(&copy, &noor).await;
    assert_eq!(shown.status(), StatusCode::OK);
    for (name, value) in [
        ("content-type", "image/jpeg"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(shown.headers()[name], value);
    }
    assert_ne!(shown.bytes().await.unwrap(), *ASTRONAUT);
    assert_eq!(door.get(&copy, &ines).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(door.get(&format!("{copy}/original"), &noor).await.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(world.steps(&incident.reference).await, steps, "to look changes nothing");
    let original = door.post(&format!("{copy}/original"), &amal, &[("reason", "mine")]).await;
    assert_eq!(original.status(), StatusCode::FORBIDDEN);
    let original = door.post(&format!("{copy}/original"), &noor, &[("reason", "")]).await;
    assert_eq!(original.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let original = door.post(&format!("{copy}/original"), &noor, &[("reason", "to compare")]).await;
    assert!(original.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));
    assert_eq!(
        (&original.headers()["cache-control"], &original.headers()["x-content-type-options"]),
        (&"no-store".parse().unwrap(), &"nosniff".parse().unwrap())
    );
    let page = original.text().await.unwrap();
    let (_, rest) = page.split_once("src=\"data:image/jpeg;base64,").unwrap();
    let (picture, _) = rest.split_once('"').unwrap();
    assert_eq!(STANDARD.decode(picture).unwrap(), *ASTRONAUT, "the bytes are those that were sent");
    assert!(page.contains(&sha256(&ASTRONAUT)) && page.contains("Seen by Noor · "), "{}", page.len());
    assert_eq!(page.matches("<span>Noor · ").count(), 4, "whose look it is stands over the picture");
    let fields = [("reason", "to compare"), ("as", "download")];
    let original = door.post(&format!("{copy}/original"), &noor, &fields).await;
    let file = format!("attachment; filename=\"{}.jpeg\"", incident.reference);
    assert_eq!(original.headers()["content-disposition"], file.as_str());
    assert_eq!(original.bytes().await.unwrap(), *ASTRONAUT);
    assert_eq!(door.post(&format!("{copy}/confirm"), &amal, &[("version", "0")]).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(door.post(&format!("{copy}/confirm"), &noor, &[("version", "0")]).await.status(), StatusCode::OK);
    assert_eq!(door.get(&copy, &ines).await.status(), StatusCode::OK);
    let steps = world.steps(&incident.reference).await;
    assert_eq!(steps, ["reported", "photo_added", "original_viewed", "original_viewed", "mask_confirmed"]);
    world.check_everything().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_adds_a_photo_and_is_given_its_hash() {
    let world = World::new().await;
    let door = world.open_door().await;
    let key = ApiKey { name: "till".to_owned(), role: domain::words::Role::Staff, site: None, revoked: false };
    world.store().add_key(&key, "sw_till", world.now()).await.unwrap().unwrap();
    let till = Caller::Program("sw_till".to_owned());
    let report = door.request(Method::POST, "/api/v1/reports", &till).json(&serde_json::json!({"site": "kings-cross"}));
    let report: serde_json::Value = report.send().await.unwrap().json().await.unwrap();
    let path = format!("/api/v1/incidents/{}/photos", report["reference"].as_str().unwrap());
    let refused = upload(&door, &path, &till, b"GIF89a").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let refused: serde_json::Value = refused.json().await.unwrap();
    assert_eq!(refused["problems"][0]["code"], "not-a-photo");
    let missing = door.request(Method::POST, &path, &till).multipart(Form::new().text("other", "x"));
    assert_eq!(missing.send().await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    for replayed in [false, true] {
        let added = upload(&door, &path, &till, &ASTRONAUT).await;
        assert_eq!(added.status(), StatusCode::CREATED);
        assert_eq!(added.headers().contains_key("idempotency-replayed"), replayed);
        let added: serde_json::Value = added.json().await.unwrap();
        assert_eq!(added["sha256"], sha256(&ASTRONAUT));
        assert!(added["id"].as_str().unwrap().starts_with("pho_"));
        assert_eq!((&added["media"], &added["checked"]), (&"image/jpeg".into(), &false.into()));
    }
    let endless = upload(&door, &path, &till, &vec![0; 26 * 1024 * 1024]).await;
    assert_eq!(endless.status(), StatusCode::PAYLOAD_TOO_LARGE);
}
