//! HEIC and AVIF without a rendition: sealed as they came, and everybody who sees the incident is told in words that there is
//! nothing to look at. Nobody can check what is on such a photo, so that nothing of it leaves but the original, on record.

use std::fs;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::words::Role;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use shopwatch::chat::inbound::What;
use shopwatch::chat::press::Button;
use shopwatch::evidence::keep::sha256;
use shopwatch::failure::{Failure, Refusal};
use shopwatch::jobs::verify::{Report, verify};
use shopwatch::operations::people::actor;
use shopwatch::operations::photo;
use shopwatch::store::people::ApiKey;

use super::{ASTRONAUT, HEIC};
use crate::world::World;
use crate::world::clock::TestClock;
use crate::world::corpora;
use crate::world::database::Base;
use crate::world::door::{Caller, Door};
use crate::world::people::{AMAL, FINN, INES, LENA, NOOR, Person, VERA};
use crate::world::s3::FakeS3;

on_both!(
    it_is_sealed_and_whoever_sees_the_incident_is_told_that_there_is_nothing_to_look_at,
    nobody_confirms_draws_or_looks_and_the_original_is_for_those_whom_the_policy_names,
);

const TOLD: &str = "with nothing to look at, to check or to share: 1";

async fn send(door: &Door, path: &str, caller: &Caller, bytes: &[u8]) -> Response {
    let part = Part::bytes(bytes.to_vec()).file_name("IMG_1");
    let request = door.request(Method::POST, path, caller).header("sec-fetch-site", "same-origin");
    request.multipart(Form::new().part("photo", part)).send().await.unwrap()
}

async fn key(world: &World, name: &str, role: Role) -> Caller {
    let key = ApiKey { name: name.to_owned(), role, site: None, revoked: false };
    world.store().add_key(&key, &format!("sw_{name}"), world.now()).await.unwrap().unwrap();
    Caller::Program(format!("sw_{name}"))
}

async fn read(door: &Door, path: &str, caller: &Caller) -> (StatusCode, Value) {
    let answer = door.request(Method::GET, path, caller).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap_or_default())
}

async fn checked(world: &World) -> Report {
    Box::pin(verify(&world.app.desk, &world.app.evidence, |_, _| ())).await.unwrap()
}

async fn it_is_sealed_and_whoever_sees_the_incident_is_told_that_there_is_nothing_to_look_at(base: Base) {
    let world = World::on(base).await;
    let door = world.open_door().await;
    let (till, press) = (key(&world, "till", Role::Staff).await, key(&world, "press", Role::Publisher).await);
    let report = door.request(Method::POST, "/api/v1/reports", &till).json(&json!({"site": "kings-cross"}));
    let report: Value = report.send().await.unwrap().json().await.unwrap();
    let called = report["reference"].as_str().unwrap().parse().unwrap();
    let page = format!("/api/v1/incidents/{called}");
    let added = send(&door, &format!("{page}/photos"), &till, &HEIC).await;
    assert_eq!(added.status(), StatusCode::CREATED);
    let added: Value = added.json().await.unwrap();
    assert_eq!((&added["media"], &added["sha256"]), (&json!("image/heic"), &json!(sha256(&HEIC))));
    assert_eq!((&added["review_copy"], &added["covered"]), (&json!(false), &Value::Null));
    // The same in the other format, in the browser: it says so at once.
    let noor = door.sign_in(&world, "noor").await;
    let avif = corpora::photo("pillow/avif/hopper.avif");
    let answer = send(&door, &format!("/incidents/{called}/photos"), &noor, &avif).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let text = answer.text().await.unwrap();
    assert!(text.contains(&sha256(&avif)) && text.contains(TOLD) && !text.contains("<img src=\"/incidents"), "{text}");
    assert!(text.contains("Sealed as it came, with nothing to look at") && text.contains("there is nothing of it"));

    for caller in [&till, &press] {
        let count = &read(&door, &page, caller).await.1["photos"];
        assert_eq!((&count["kept"], &count["unchecked"], &count["sealed_only"]), (&json!(2), &json!(0), &json!(2)));
    }
    let listed = read(&door, &format!("{page}/photos"), &till).await.1;
    assert!(listed["photos"].as_array().unwrap().iter().all(|photo| photo["review_copy"] == false), "{listed}");
    for who in [NOOR, INES, VERA] {
        let card = world.card(who, &called).await.unwrap();
        let told = TOLD.replace('1', "2");
        assert!(card.remarks.iter().any(|remark| remark.contains(&told)), "{card:?}");
        assert!(card.buttons.iter().all(|button| button.press.button != Button::Look), "{card:?}");
        assert!(card.fields.iter().any(|field| field.label == "Photos" && field.value == "2"), "{:?}", card.fields);
    }
    assert!(world.card(LENA, &called).await.unwrap().remarks.is_empty(), "who sees states alone sees no photos");
    assert!(world.card(FINN, &called).await.is_none());

    world.settle().await;
    let folder = |name: &str| {
        let mut names: Vec<String> = fs::read_dir(world.database.folder.path().join(name))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert!(folder("spool").is_empty());
    assert!(folder("evidence").iter().all(|name| name.ends_with(".original")), "{:?}", folder("evidence"));
    assert_eq!(checked(&world).await, Report { incidents: 1, photos: 2, ..Report::default() });
    world.check_everything().await;
}

async fn add(world: &World, who: Person, incident: &domain::incident::Incident, bytes: &[u8]) -> photo::Added {
    let actor = actor(&world.app.desk, &who.origin());
    let incident = world.incident(&incident.reference).await;
    photo::add(&world.app.desk, &world.app.evidence, &actor, incident, bytes).await.unwrap()
}

async fn nobody_confirms_draws_or_looks_and_the_original_is_for_those_whom_the_policy_names(base: Base) {
    let world = World::on(base).await;
    let door = world.open_door().await;
    let incident = world.report("two people, spirits").await;
    let added = add(&world, AMAL, &incident, &HEIC).await;
    assert!(!added.seen && add(&world, AMAL, &incident, &HEIC).await.seen, "the same bytes are the same photo");
    let page = format!("/incidents/{}", incident.reference);
    let photo = format!("{page}/photos/{}", added.photo.id);
    let (amal, noor, ines) =
        (door.sign_in(&world, "amal").await, door.sign_in(&world, "noor").await, door.sign_in(&world, "ines").await);
    for who in [&amal, &noor, &ines] {
        assert_eq!(door.get(&photo, who).await.status(), StatusCode::NOT_FOUND);
    }
    let told = door.get(&page, &amal).await.text().await.unwrap();
    assert!(
        told.contains(TOLD) && told.contains("Sealed as it came") && !told.contains("<img src=\"/incidents"),
        "{told}"
    );
    for form in ["confirm", "boxes"] {
        let fields = [("version", "0"), ("everything", "on")];
        let answer = door.post(&format!("{photo}/{form}"), &noor, &fields).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(answer.text().await.unwrap().contains("HEIC and AVIF cannot be read here"));
    }
    assert_eq!(door.get(&format!("{photo}/boxes"), &noor).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(world.steps(&incident.reference).await, ["reported", "photo_added"]);
    let why = [("reason", "to compare")];
    assert_eq!(door.post(&format!("{photo}/original"), &amal, &why).await.status(), StatusCode::FORBIDDEN);
    let original = door.post(&format!("{photo}/original"), &noor, &why).await;
    let file = format!("attachment; filename=\"{}.heic\"", incident.reference);
    assert_eq!(original.headers()["content-disposition"], file.as_str());
    assert_eq!(original.bytes().await.unwrap(), *HEIC);
    assert_eq!(world.steps(&incident.reference).await, ["reported", "photo_added", "original_viewed"]);
    // Beside one that can be looked at, the one is counted and the other told.
    let jpeg = add(&world, AMAL, &incident, &ASTRONAUT).await.photo;
    let card = world.card(NOOR, &incident.reference).await.unwrap();
    assert!(card.fields.iter().any(|field| field.value == "2 · not checked: 1"), "{:?}", card.fields);
    let confirmed = door.post(&format!("{page}/photos/{}/confirm", jpeg.id), &noor, &[("version", "0")]).await;
    assert_eq!(confirmed.status(), StatusCode::OK);
    let to_ines = world.card(INES, &incident.reference).await.unwrap();
    assert!(to_ines.buttons.iter().any(|button| button.press.button == Button::Look));
    assert_eq!(door.get(&photo, &ines).await.status(), StatusCode::NOT_FOUND, "which stays as it was");
    world.check_everything().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_looks_like_it_is_refused() {
    let world = World::new().await;
    let incident = world.report("two people, spirits").await;
    let amal = actor(&world.app.desk, &AMAL.origin());
    let moving = corpora::photo("pillow/avif/star.avifs");
    for wrong in [&HEIC[..HEIC.len() - 1], &moving, b"\0\0\0\x18ftypmp42\0\0\0\0isommp42"] {
        let (desk, incident) = (&world.app.desk, world.incident(&incident.reference).await);
        let added = photo::add(desk, &world.app.evidence, &amal, incident, wrong).await;
        assert!(matches!(added, Err(Failure::Refused(Refusal::Problems(_)))), "{added:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_bucket_its_lock_grows_with_the_time_that_its_incident_is_kept() {
    let clock = Arc::new(TestClock::default());
    let server = FakeS3::start(clock.clone()).await;
    let world = World::with_bucket(Base::Sqlite, clock, server.settings()).await;
    let incident = world.receive(NOOR, What::Command("info a broken lock".to_owned())).await.incident();
    let id = add(&world, NOOR, &incident, &HEIC).await.photo.id;
    world.settle().await;
    let name = format!("{id}.original");
    let before = server.object(&name).locked_until.unwrap();
    world.press(NOOR, &incident.reference, Button::Claim).await.incident();
    let answers = [("category", "potential_theft")];
    let incident = world.submit(NOOR, &incident.reference, Button::Recategorise, &answers).await.incident();
    assert!(incident.retain_until - before > TimeDelta::days(59));
    world.clock.advance(TimeDelta::hours(1));
    world.settle().await;
    assert!(server.object(&name).locked_until >= Some(incident.retain_until));
    let kept = world.store().photos_of(&incident).await.unwrap().remove(0).kept;
    assert!(kept.locked_until >= Some(incident.retain_until), "and the row says so: {kept:?}");
    assert_eq!(checked(&world).await, Report { incidents: 1, photos: 1, ..Report::default() });
}
