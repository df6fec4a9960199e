//! A photo that nothing here reads is evidence if a rendition of it comes beside it: both are sealed as they came.

use std::fs;

use domain::words::Role;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shopwatch::evidence::keep::{Copy, sha256};
use shopwatch::jobs::verify;
use shopwatch::operations::mask::{self, Drawn};
use shopwatch::operations::people::actor;
use shopwatch::store::people::ApiKey;

use super::{ASTRONAUT, HEIC};
use crate::world::World;
use crate::world::database::Base;
use crate::world::door::{Caller, Door};
use crate::world::people::{NOOR, OMAR};

on_both!(heic_is_sealed_as_it_came_and_people_look_at_what_was_sent_beside_it);

async fn send(door: &Door, path: &str, caller: &Caller, photo: &[u8], rendition: Option<&[u8]>) -> (StatusCode, Value) {
    let part = |bytes: &[u8]| Part::bytes(bytes.to_vec()).file_name("IMG_1");
    let mut form = Form::new();
    if let Some(rendition) = rendition {
        form = form.part("rendition", part(rendition));
    }
    let request = door.request(Method::POST, path, caller).multipart(form.part("photo", part(photo)));
    let answer = request.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

async fn heic_is_sealed_as_it_came_and_people_look_at_what_was_sent_beside_it(base: Base) {
    let world = World::on(base).await;
    let door = world.open_door().await;
    let key = ApiKey { name: "till".to_owned(), role: Role::Staff, site: None, revoked: false };
    world.store().add_key(&key, "sw_till", world.now()).await.unwrap().unwrap();
    let till = Caller::Program("sw_till".to_owned());
    let report = door.request(Method::POST, "/api/v1/reports", &till).json(&json!({}));
    let report: Value = report.send().await.unwrap().json().await.unwrap();
    let called = report["reference"].as_str().unwrap().parse().unwrap();
    let path = format!("/api/v1/incidents/{called}/photos");
    for rendition in [HEIC.as_slice(), b"GIF89a"] {
        let (status, refused) = send(&door, &path, &till, &HEIC, Some(rendition)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            (&refused["problems"][0]["field"], &refused["problems"][0]["code"]),
            (&json!("rendition"), &json!("not-a-photo"))
        );
    }
    let huge = vec![0; 26 * 1024 * 1024];
    assert_eq!(send(&door, &path, &till, &HEIC, Some(&huge)).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let (status, added) = send(&door, &path, &till, &HEIC, Some(&ASTRONAUT)).await;
    assert_eq!(status, StatusCode::CREATED, "{added}");
    assert_eq!((&added["media"], &added["sha256"]), (&json!("image/heic"), &json!(sha256(&HEIC))));
    assert_eq!(added["rendition_sha256"], json!(sha256(&ASTRONAUT)));
    let desk = &world.app.desk;
    let incident = world.incident(&called).await;
    let timeline = world.timeline(&called).await;
    let line = timeline.last().unwrap();
    assert!(line.detail.contains_key("proof") && line.detail.contains_key("rendition"), "the record says so: {line:?}");
    for settled in [false, true] {
        if settled {
            world.settle().await;
            assert_eq!(fs::read_dir(world.database.folder.path().join("spool")).unwrap().count(), 0);
        }
        let photo = world.store().photos_of(&incident).await.unwrap().remove(0);
        assert_eq!(photo.in_vault, settled);
        let key = world.store().data_key_of(&incident).unwrap();
        assert_eq!(world.app.evidence.read(&key, &photo, Copy::Original).await.unwrap(), *HEIC);
        assert_eq!(world.app.evidence.read(&key, &photo, Copy::Rendition).await.unwrap(), *ASTRONAUT);
        let checked = verify::verify(desk, &world.app.evidence, |_, _| ()).await.unwrap();
        assert_eq!((checked.photos, checked.findings), (1, vec![]));
    }
    // What is covered is drawn on a copy of the rendition, and confirmed by somebody else.
    let photo = world.store().photos_of(&incident).await.unwrap().remove(0);
    let (noor, omar) = (actor(desk, &NOOR.origin()), actor(desk, &OMAR.origin()));
    let drawn = Drawn::Places(vec![domain::photo::Area { left: 10, top: 10, width: 50, height: 50 }]);
    Box::pin(mask::change(desk, &world.app.evidence, &noor, incident, photo.id, 0, drawn)).await.unwrap();
    let changed = world.incident(&called).await;
    Box::pin(mask::confirm(desk, &omar, changed, photo.id, 1)).await.unwrap();
    // Beside what is read itself, nothing else is looked at.
    let (status, jpeg) = send(&door, &path, &till, &ASTRONAUT, Some(b"GIF89a")).await;
    assert_eq!((status, jpeg.get("rendition_sha256")), (StatusCode::CREATED, None));
    // A rendition that is gone, or another one, is found.
    let file = world.database.folder.path().join(format!("evidence/{}.rendition", photo.id));
    fs::remove_file(file).unwrap();
    let found = verify::verify(desk, &world.app.evidence, |_, _| ()).await.unwrap().findings;
    assert!(matches!(&found[..], [verify::Finding::Missing { copy: "rendition", .. }]), "{found:?}");
    world.check_everything().await;
}
