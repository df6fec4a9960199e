//! What is covered on a photo is drawn anew by one person and confirmed by another.

use std::fs;

use domain::incident::Incident;
use domain::photo::{Area, Photo, PhotoId};
use domain::policy::Denied;
use reqwest::{Method, StatusCode};
use shopwatch::evidence::keep::Copy;
use shopwatch::failure::{Failure, Refusal};
use shopwatch::operations::mask::{self, Drawn};
use shopwatch::operations::{people, photo};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;

use super::WHOLE_ASTRONAUT;
use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{AMAL, FINN, INES, NOOR, OMAR, Person};

const HELMET: Area = Area { left: 280, top: 340, width: 220, height: 160 };
/// Somewhere in the helmet, and the astronaut's nose.
const IN_HELMET: (usize, usize) = (390, 420);
const NOSE: (usize, usize) = (220, 123);

on_both!(
    what_somebody_draws_is_a_copy_beside_the_first_and_another_person_confirms_it,
    of_two_who_draw_at_the_same_time_one_is_told,
);

/// A photo that Amal sent.
async fn photographed(world: &World) -> (Incident, PhotoId) {
    let incident = world.report("two people, spirits").await;
    let incident = world.incident(&incident.reference).await;
    let actor = people::actor(&world.app.desk, &AMAL.origin());
    let added = photo::add(&world.app.desk, &world.app.evidence, &actor, incident.clone(), &WHOLE_ASTRONAUT).await;
    let added = added.unwrap();
    world.settle().await;
    (world.incident(&incident.reference).await, added.photo.id)
}

async fn draw(
    world: &World,
    who: Person,
    incident: &Incident,
    id: PhotoId,
    version: usize,
    drawn: Drawn,
) -> Result<Incident, Failure> {
    let (app, actor) = (&world.app, people::actor(&world.app.desk, &who.origin()));
    Box::pin(mask::change(&app.desk, &app.evidence, &actor, incident.clone(), id, version, drawn)).await
}

async fn confirm(
    world: &World,
    who: Person,
    incident: &Incident,
    id: PhotoId,
    version: usize,
) -> Result<Incident, Failure> {
    let actor = people::actor(&world.app.desk, &who.origin());
    mask::confirm(&world.app.desk, &actor, incident.clone(), id, version).await
}

async fn stored(world: &World, incident: &Incident) -> Photo {
    world.store().photos_of(incident).await.unwrap().remove(0)
}

/// Whether the review copy as it is stored is covered there.
async fn is_covered(world: &World, incident: &Incident, (x, y): (usize, usize)) -> bool {
    let (key, photo) = (world.store().data_key_of(incident).unwrap(), stored(world, incident).await);
    let jpeg = world.app.evidence.read(&key, &photo, Copy::Review).await.unwrap();
    let pixels = JpegDecoder::new(ZCursor::new(&jpeg)).decode().unwrap();
    pixels[(y * 512 + x) * 3..][..3].iter().all(|colour| colour.abs_diff(40) < 12)
}

async fn what_somebody_draws_is_a_copy_beside_the_first_and_another_person_confirms_it(base: Base) {
    let world = World::on(base).await;
    let (incident, id) = photographed(&world).await;
    let first = stored(&world, &incident).await;
    assert!(is_covered(&world, &incident, NOSE).await && !is_covered(&world, &incident, IN_HELMET).await);
    assert!(!first.about.boxes.is_empty() && first.about.drawn_by.is_none(), "the machine's boxes are kept");
    confirm(&world, OMAR, &incident, id, 0).await.unwrap();

    let by_uploader = draw(&world, AMAL, &incident, id, 0, Drawn::Everything).await.unwrap_err();
    assert!(matches!(by_uploader, Failure::Refused(Refusal::Denied(_))), "{by_uploader:?}");
    let by_nobody = draw(&world, FINN, &incident, id, 0, Drawn::Everything).await.unwrap_err();
    assert!(matches!(by_nobody, Failure::Refused(Refusal::NotFound | Refusal::Denied(Denied::Hidden))));
    draw(&world, NOOR, &incident, id, 0, Drawn::Places(vec![HELMET])).await.unwrap();

    let incident = world.incident(&incident.reference).await;
    let drawn = stored(&world, &incident).await;
    assert_eq!((drawn.about.boxes.as_slice(), drawn.about.version(), drawn.checked), (&[HELMET][..], 1, false));
    assert_eq!(drawn.about.sha256, first.about.sha256, "the original is what was sent");
    assert!(is_covered(&world, &incident, IN_HELMET).await && !is_covered(&world, &incident, NOSE).await);
    let names = fs::read_dir(world.database.folder.path().join("evidence")).unwrap().count();
    assert_eq!(names, 3, "the original and both copies; none was written over");
    let ines = people::actor(&world.app.desk, &INES.origin());
    let to_ines = photo::in_sight(&world.app.desk, &ines, &incident).await.unwrap();
    assert_eq!(to_ines.len(), 1, "a publisher may confirm what a manager drew, and so sees it");

    let own = confirm(&world, NOOR, &incident, id, 1).await.unwrap_err();
    assert!(matches!(own, Failure::Refused(Refusal::Denied(Denied::SamePerson))), "{own:?}");
    assert!(matches!(confirm(&world, OMAR, &incident, id, 0).await, Err(Failure::Conflict)), "he saw the other copy");
    confirm(&world, INES, &incident, id, 1).await.unwrap();
    let steps = world.steps(&incident.reference).await;
    assert_eq!(steps, ["reported", "photo_added", "mask_confirmed", "mask_changed", "mask_confirmed"]);

    draw(&world, OMAR, &world.incident(&incident.reference).await, id, 1, Drawn::Everything).await.unwrap();
    let incident = world.incident(&incident.reference).await;
    assert!(is_covered(&world, &incident, NOSE).await && is_covered(&world, &incident, IN_HELMET).await);
    assert_eq!(stored(&world, &incident).await.about.covered, None);
    world.check_everything().await;
}

async fn of_two_who_draw_at_the_same_time_one_is_told(base: Base) {
    let world = World::on(base).await;
    let (incident, id) = photographed(&world).await;
    let (noor, omar) = tokio::join!(
        draw(&world, NOOR, &incident, id, 0, Drawn::Places(vec![HELMET])),
        draw(&world, OMAR, &incident, id, 0, Drawn::Everything),
    );
    assert!(noor.is_ok() != omar.is_ok(), "{noor:?} {omar:?}");
    assert!(matches!(noor.and(omar), Err(Failure::Conflict)));
    let incident = world.incident(&incident.reference).await;
    assert_eq!(stored(&world, &incident).await.about.version(), 1);
    assert!(is_covered(&world, &incident, IN_HELMET).await, "and what the first drew is shown");
    world.check_everything().await;
}

#[tokio::test]
async fn places_outside_the_picture_and_too_many_of_them_are_refused() {
    let world = World::new().await;
    let (incident, id) = photographed(&world).await;
    for wrong in [vec![Area { left: 512, ..HELMET }], vec![Area { width: 0, ..HELMET }], vec![HELMET; 201]] {
        let refused = draw(&world, NOOR, &incident, id, 0, Drawn::Places(wrong)).await.unwrap_err();
        assert!(matches!(refused, Failure::Refused(Refusal::Problems(_))), "{refused:?}");
    }
    let beyond = Area { width: 9_999, height: 9_999, ..HELMET };
    draw(&world, NOOR, &incident, id, 0, Drawn::Places(vec![beyond])).await.unwrap();
    let cut = Area { width: 232, height: 172, ..HELMET };
    assert_eq!(stored(&world, &world.incident(&incident.reference).await).await.about.boxes, [cut]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_browser_places_are_drawn_by_a_plain_form() {
    let world = World::new().await;
    let door = world.open_door().await;
    let (incident, id) = photographed(&world).await;
    let (amal, noor, omar, ada) = (
        door.sign_in(&world, "amal").await,
        door.sign_in(&world, "noor").await,
        door.sign_in(&world, "omar").await,
        door.sign_in(&world, "ada").await,
    );
    let path = format!("/incidents/{}/photos/{id}/boxes", incident.reference);
    assert_eq!(door.get(&path, &amal).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(door.get(&path, &ada).await.status(), StatusCode::NOT_FOUND);
    let page = door.get(&path, &noor).await.text().await.unwrap();
    let face = stored(&world, &incident).await.about.boxes[0];
    let value = format!("{},{},{},{}", face.left, face.top, face.width, face.height);
    assert!(page.contains(&format!("name=\"box\" value=\"{value}\" checked")), "{page}");
    let typed = [("version", "0"), ("box", value.as_str()), ("left", "280"), ("top", "340")];
    let form = [&typed[..], &[("width", "220"), ("height", "160")]].concat();
    assert_eq!(door.post(&path, &amal, &form).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(door.post(&path, &noor, &form[1..]).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(door.post(&path, &noor, &form).await.status(), StatusCode::OK);
    assert_eq!(door.post(&path, &omar, &form).await.status(), StatusCode::CONFLICT, "he saw the copy before");
    let incident = world.incident(&incident.reference).await;
    assert_eq!(stored(&world, &incident).await.about.boxes, [face, HELMET]);
    assert!(is_covered(&world, &incident, IN_HELMET).await && is_covered(&world, &incident, NOSE).await);
    let confirm = path.replace("/boxes", "/confirm");
    assert_eq!(door.post(&confirm, &noor, &[("version", "1")]).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(door.post(&confirm, &omar, &[("version", "0")]).await.status(), StatusCode::CONFLICT);
    assert_eq!(door.post(&confirm, &omar, &[("version", "1")]).await.status(), StatusCode::OK);
    let from_elsewhere = door.request(Method::POST, &path, &noor).header("sec-fetch-site", "cross-site").form(&form);
    assert_eq!(from_elsewhere.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}
