//! Photos over HTTP: the console's plain forms, and the API.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response, StatusCode};
use shopwatch::evidence::keep::sha256;
use shopwatch::store::people::ApiKey;

use super::{ASTRONAUT, another};
use crate::world::World;
use crate::world::door::{Caller, Door};

async fn upload(door: &Door, path: &str, caller: &Caller, bytes: &[u8]) -> Response {
    let part = Part::bytes(bytes.to_vec()).file_name("CANARY-NAME.jpg");
    let request = door.request(Method::POST, path, caller).header("sec-fetch-site", "same-origin");
    request.multipart(Form::new().part("photo", part)).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_photos_are_added_at_once_and_one_that_is_refused_takes_no_other_with_it() {
    let world = World::new().await;
    let door = world.open_door().await;
    let incident = world.report("two people, spirits").await;
    let amal = door.sign_in(&world, "amal").await;
    let path = format!("/incidents/{}/photos", incident.reference);
    let send = async |files: &[&[u8]]| {
        let part = |bytes: &[u8]| Part::bytes(bytes.to_vec()).file_name("CANARY-NAME.jpg");
        let form = files.iter().fold(Form::new(), |form, bytes| form.part("photos", part(bytes)));
        let request = door.request(Method::POST, &path, &amal).header("sec-fetch-site", "same-origin");
        let answer = request.multipart(form).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    let none = send(&[b"GIF89a", b"no photo"]).await;
    assert_eq!(none.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, said) = send(&[&ASTRONAUT, b"no photo", &another(0)]).await;
    assert_eq!(status, StatusCode::OK);
    for told in ["2 photos are stored", "Photo 2 was not kept. This file is not a photo"] {
        assert!(said.contains(told), "{told}: {said}");
    }
    assert!(!said.contains("Photo 1 was not kept") && !said.contains("CANARY-NAME"));
    // One came before; nine more make ten.
    let many: Vec<Vec<u8>> = (0..12).map(another).collect();
    let (_, said) = send(&many.iter().map(Vec::as_slice).collect::<Vec<_>>()).await;
    assert!(said.contains("Photo 10 was not kept.") && said.contains("Photo 12 was not kept."), "{said}");
    let photos = world.store().photos_of(&world.incident(&incident.reference).await).await.unwrap();
    assert_eq!(photos.len(), 10);
    assert_eq!(world.steps(&incident.reference).await.len(), 1 + 10);
    world.check_everything().await;
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
    assert!(endless.text().await.unwrap().contains("A photo has at most 25 MiB."), "not how long a body may be");
    // Two in one form are not one of them: the other would be lost without a word.
    let part = || Part::bytes(ASTRONAUT.to_vec());
    for twice in ["photo", "rendition"] {
        let form = Form::new().part("photo", part()).part("rendition", part()).part(twice, part());
        let refused = door.request(Method::POST, &path, &till).multipart(form).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let refused: serde_json::Value = refused.json().await.unwrap();
        let problem = &refused["problems"][0];
        assert_eq!((&problem["field"], &problem["code"]), (&twice.into(), &"given-twice".into()));
    }
}

async fn key(world: &World, name: &str, role: domain::words::Role) -> Caller {
    let key = ApiKey { name: name.to_owned(), role, site: None, revoked: false };
    let secret = format!("sw_{name}");
    world.store().add_key(&key, &secret, world.now()).await.unwrap().unwrap();
    Caller::Program(secret)
}

async fn read(door: &Door, path: &str, caller: &Caller) -> (StatusCode, serde_json::Value) {
    let answer = door.request(Method::GET, path, caller).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_reads_photos_as_far_as_its_role_may_look_and_every_look_is_on_record() {
    use domain::words::Role;
    let world = World::new().await;
    let door = world.open_door().await;
    let (till, desk) = (key(&world, "till", Role::Staff).await, key(&world, "desk", Role::Reviewer).await);
    let (press, other) = (key(&world, "press", Role::Publisher).await, key(&world, "other", Role::Staff).await);
    let audit = key(&world, "audit", Role::Auditor).await;
    let report = door.request(Method::POST, "/api/v1/reports", &till).json(&serde_json::json!({"site": "kings-cross"}));
    let report: serde_json::Value = report.send().await.unwrap().json().await.unwrap();
    let page = format!("/api/v1/incidents/{}", report["reference"].as_str().unwrap());
    let added = upload(&door, &format!("{page}/photos"), &till, &ASTRONAUT).await;
    let id = added.json::<serde_json::Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    let (list, copy) = (format!("{page}/photos"), format!("{page}/photos/{id}"));
    let incident = world.incident(&report["reference"].as_str().unwrap().parse().unwrap()).await;
    let (status, read_as_desk) = read(&door, &list, &desk).await;
    assert_eq!(status, StatusCode::OK);
    let photo = &read_as_desk["photos"][0];
    assert_eq!(
        (&photo["id"], &photo["sha256"], &photo["media"], &photo["checked"], &photo["in_vault"]),
        (&id.as_str().into(), &sha256(&ASTRONAUT).into(), &"image/jpeg".into(), &false.into(), &false.into())
    );
    assert!(photo["covered"].is_number() && photo["bytes"] == ASTRONAUT.len(), "{photo}");
    assert_eq!(read(&door, &page, &desk).await.1["photos"]["unchecked"], 1);
    world.settle().await;
    assert_eq!(read(&door, &list, &till).await.1["photos"][0]["in_vault"], true);
    // Who may not look, yet or at all, is told nothing of it.
    for caller in [&press, &audit] {
        assert_eq!(read(&door, &list, caller).await, (StatusCode::OK, serde_json::json!({"photos": []})));
        assert_eq!(read(&door, &copy, caller).await.0, StatusCode::NOT_FOUND);
    }
    assert_eq!(read(&door, &list, &other).await.0, StatusCode::NOT_FOUND);
    let hidden = door.request(Method::GET, &copy, &other).send().await.unwrap().text().await.unwrap();
    let nothing = copy.replace(&id, &format!("pho_{}", "0".repeat(32)));
    for (path, caller) in [(nothing.as_str(), &desk), (&copy.replace(&id, "x"), &desk), (&nothing, &till)] {
        let answer = door.request(Method::GET, path, caller).send().await.unwrap();
        assert_eq!((answer.status(), answer.text().await.unwrap()), (StatusCode::NOT_FOUND, hidden.clone()));
    }
    assert_eq!(world.store().looks(&incident).await.unwrap().newest, [], "nobody has seen anything");
    let shown = door.request(Method::GET, &copy, &desk).send().await.unwrap();
    assert_eq!(shown.status(), StatusCode::OK);
    for (name, value) in
        [("content-type", "image/jpeg"), ("cache-control", "no-store"), ("x-content-type-options", "nosniff")]
    {
        assert_eq!(shown.headers()[name], value);
    }
    let bytes = shown.bytes().await.unwrap();
    assert!(bytes.starts_with(&[0xFF, 0xD8]) && bytes != *ASTRONAUT);
    let looks = world.store().looks(&incident).await.unwrap().newest;
    let [looked] = &looks[..] else { panic!("{looks:?}") };
    assert_eq!((looked.name.as_deref(), looked.look.platform.as_str()), (Some("desk"), "api"));
    let noor = door.sign_in(&world, "noor").await;
    let confirm = copy.replace("/api/v1", "") + "/confirm";
    assert_eq!(door.post(&confirm, &noor, &[("version", "0")]).await.status(), StatusCode::OK);
    assert_eq!(read(&door, &list, &press).await.1["photos"][0]["checked"], true);
    assert_eq!(door.request(Method::GET, &copy, &press).send().await.unwrap().status(), StatusCode::OK);
    world.check_everything().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_decides_is_told_which_other_incidents_have_a_photo_like_this_one() {
    use domain::words::Role;
    let world = World::new().await;
    let door = world.open_door().await;
    let (till, desk) = (key(&world, "till", Role::Staff).await, key(&world, "desk", Role::Reviewer).await);
    let mut called = Vec::new();
    for _ in 0..2 {
        let report = door.request(Method::POST, "/api/v1/reports", &till).json(&serde_json::json!({}));
        let report: serde_json::Value = report.send().await.unwrap().json().await.unwrap();
        called.push(report["reference"].as_str().unwrap().to_owned());
        let path = format!("/api/v1/incidents/{}/photos", called.last().unwrap());
        assert_eq!(upload(&door, &path, &till, &ASTRONAUT).await.status(), StatusCode::CREATED);
    }
    let list = format!("/api/v1/incidents/{}/photos", called[0]);
    assert_eq!(read(&door, &list, &desk).await.1["alike"], serde_json::json!([called[1]]));
    assert!(read(&door, &list, &till).await.1.get("alike").is_none(), "a reporter is told of no other incident");
    // Who decides is told at once, with the first answer.
    for (caller, alike) in [(&till, None), (&desk, Some(serde_json::json!([called[1], called[0]])))] {
        let report = door.request(Method::POST, "/api/v1/reports", caller).json(&serde_json::json!({}));
        let report: serde_json::Value = report.send().await.unwrap().json().await.unwrap();
        let path = format!("/api/v1/incidents/{}/photos", report["reference"].as_str().unwrap());
        let added: serde_json::Value = upload(&door, &path, caller, &ASTRONAUT).await.json().await.unwrap();
        match alike {
            Some(alike) => assert!(added["alike"].as_array().unwrap().ends_with(alike.as_array().unwrap()), "{added}"),
            None => assert!(added["id"].is_string() && added.get("alike").is_none(), "{added}"),
        }
    }
}
