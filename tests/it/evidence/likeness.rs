//! A photo that looks like one of another incident is offered to those who decide.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chrono::TimeDelta;
use domain::actor::{Actor, Pseudonym};
use domain::id::Reference;
use domain::incident::Incident;
use image::imageops::{FilterType, resize};
use image::{RgbImage, load_from_memory};
use jpeg_encoder::{ColorType, Encoder};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use sea_orm::{ConnectionTrait as _, EntityTrait as _, IntoActiveModel as _};
use shopwatch::clock::Stopwatch;
use shopwatch::operations::{erase, likeness, people, photo};
use shopwatch::store::entity::photo as photo_row;

use super::ASTRONAUT;
use crate::world::World;
use crate::world::corpora;
use crate::world::database::Base;
use crate::world::ids::scramble;
use crate::world::people::{ADA, AMAL, FINN, NOOR, Person, days};

on_both!(
    what_is_erased_or_cannot_be_read_is_like_nothing,
    what_is_remembered_and_cannot_be_read_any_more_is_not_named,
    a_photo_sent_again_leads_to_the_incident_it_was_sent_to_before,
    what_photos_look_like_is_read_once_and_not_for_every_card,
    of_many_photos_only_what_is_new_is_read,
);

fn picture(name: &str) -> RgbImage {
    load_from_memory(&corpora::photo(name)).unwrap().into_rgb8()
}

/// A picture that most of these tests are about, so many pixels high.
fn astronaut(height: u32) -> Vec<u8> {
    jpeg(&resize(&corpora::strip(), height / 4, height, FilterType::Triangle))
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let (width, height) = (u16::try_from(picture.width()).unwrap(), u16::try_from(picture.height()).unwrap());
    Encoder::new(&mut jpeg, 70).encode(picture, width, height, ColorType::Rgb).unwrap();
    jpeg
}

/// An incident with this photo.
async fn photographed(world: &World, original: &[u8]) -> Incident {
    let incident = world.report("two people, spirits").await;
    let incident = world.incident(&incident.reference).await;
    let actor = people::actor(&world.app.desk, &AMAL.origin());
    photo::add(&world.app.desk, &world.app.evidence, &actor, incident.clone(), original).await.unwrap();
    incident
}

async fn alike(world: &World, who: Person, incident: &Incident) -> Vec<Reference> {
    let actor = people::actor(&world.app.desk, &who.origin());
    let photos = world.store().photos_of(incident).await.unwrap();
    likeness::alike(&world.app.desk, &actor, incident, &photos).await.unwrap()
}

async fn a_photo_sent_again_leads_to_the_incident_it_was_sent_to_before(base: Base) {
    let world = World::on(base).await;
    let first = photographed(&world, &astronaut(512)).await;
    let other = photographed(&world, &jpeg(&picture("pillow/hopper.png"))).await;
    let again = photographed(&world, &astronaut(300)).await;
    assert_eq!(alike(&world, NOOR, &again).await, std::slice::from_ref(&first.reference));
    assert_eq!(alike(&world, NOOR, &first).await, std::slice::from_ref(&again.reference));
    assert!(alike(&world, NOOR, &other).await.is_empty());
    assert!(alike(&world, FINN, &again).await.is_empty(), "what somebody may not see is not named");
    world.clock.advance(days(31));
    let late = photographed(&world, &astronaut(250)).await;
    assert!(alike(&world, NOOR, &late).await.is_empty(), "only of the last 30 days");
}

async fn what_is_erased_or_cannot_be_read_is_like_nothing(base: Base) {
    let world = World::on(base).await;
    let jpeg = astronaut(512);
    let (gone, broken, spoilt) =
        (photographed(&world, &jpeg).await, photographed(&world, &jpeg).await, photographed(&world, &jpeg).await);
    let (first, again) = (photographed(&world, &jpeg).await, photographed(&world, &jpeg).await);
    let ada = people::actor(&world.app.desk, &ADA.origin());
    let another = Actor { member: Pseudonym("another admin".to_owned()), ..ada.clone() };
    for admin in [ada, another] {
        let incident = world.incident(&gone.reference).await;
        let asked = erase::Asked { reason: "somebody's right to erasure", ..erase::Asked::default() };
        erase::take(&world.app.desk, &admin, incident, asked).await.unwrap();
    }
    let inside = world.database.look_inside().await;
    for change in [
        format!("UPDATE incident SET data_key = sealed WHERE reference = '{}'", broken.reference),
        format!(
            "UPDATE photo SET sealed = (SELECT data_key FROM incident WHERE reference = '{0}') WHERE incident IN (SELECT id FROM incident WHERE reference = '{0}')",
            spoilt.reference
        ),
    ] {
        inside.execute_unprepared(&change).await.unwrap();
    }
    assert_eq!(alike(&world, NOOR, &again).await, std::slice::from_ref(&first.reference));
}

async fn what_is_remembered_and_cannot_be_read_any_more_is_not_named(base: Base) {
    let world = World::on(base).await;
    let jpeg = astronaut(512);
    let (broken, whole) = (photographed(&world, &jpeg).await, photographed(&world, &jpeg).await);
    let again = photographed(&world, &jpeg).await;
    let both = [whole.reference.clone(), broken.reference.clone()];
    assert_eq!(alike(&world, NOOR, &again).await, both);
    let spoil = format!("UPDATE incident SET data_key = sealed WHERE reference = '{}'", broken.reference);
    world.database.look_inside().await.execute_unprepared(&spoil).await.unwrap();
    assert_eq!(alike(&world, NOOR, &again).await, [whole.reference]);
}

async fn what_photos_look_like_is_read_once_and_not_for_every_card(base: Base) {
    let world = World::on(base).await;
    let first = photographed(&world, &astronaut(320)).await;
    let again = photographed(&world, &astronaut(300)).await;
    assert_eq!(alike(&world, NOOR, &again).await, std::slice::from_ref(&first.reference));
    // What is sealed of the first one cannot be opened any more: whoever read it again would fail.
    let spoil = "UPDATE photo SET sealed = substr(sealed, 1, 4) WHERE id IN (SELECT id FROM photo ORDER BY id LIMIT 1)";
    world.database.look_inside().await.execute_unprepared(spoil).await.unwrap();
    assert_eq!(alike(&world, NOOR, &again).await, std::slice::from_ref(&first.reference));
    // What comes meanwhile is read.
    let third = photographed(&world, &astronaut(310)).await;
    assert_eq!(alike(&world, NOOR, &third).await, [again.reference.clone(), first.reference.clone()]);
    // Nothing is remembered for longer than an hour: what was erased is not.
    world.clock.advance(TimeDelta::hours(1));
    let noor = people::actor(&world.app.desk, &NOOR.origin());
    let photos = world.store().photos_of(&third).await.unwrap();
    let anew = likeness::alike(&world.app.desk, &noor, &third, &photos).await.unwrap();
    assert_eq!(anew, [again.reference], "all of them are read anew, and one cannot be");
}

/// More photos than are asked for each time, by far.
const MANY: usize = 600;

/// So many photos of as many pictures, beside those that there are; of the first one the likeness is told.
async fn fill(world: &World, incident: &Incident, count: usize, first: Option<&str>) {
    let (store, desk) = (world.store(), &world.app.desk);
    let db = world.database.look_inside().await;
    let row = photo_row::Entity::find().one(&db).await.unwrap().unwrap();
    let mut about = store.photos_of(incident).await.unwrap().first().map(|photo| photo.about.clone());
    if about.is_none() {
        let of = desk.store.incident(domain::id::IncidentId(row.incident)).await.unwrap().unwrap();
        about = Some(store.photos_of(&of).await.unwrap().remove(0).about);
    }
    let (mut about, key) = (about.unwrap(), store.data_key_of(incident).unwrap());
    let rows = (0..count).map(|number| {
        let id = desk.ids.uuid();
        let bits: Vec<u8> = (0..18).map(|at| scramble(number as u64 * 18 + at).to_le_bytes()[0]).collect();
        let mark = first.filter(|_| number == 0).map_or_else(|| STANDARD_NO_PAD.encode(bits), ToOwned::to_owned);
        about.likeness = Some(mark);
        let purpose = [&b"photo"[..], id.as_bytes()].concat();
        let sealed = store.keys().seal(&key, &purpose, &serde_json::to_vec(&about).unwrap()).unwrap();
        photo_row::Model { id, incident: incident.id.0, sealed, ..row.clone() }.into_active_model()
    });
    let rows: Vec<_> = rows.collect();
    for some in rows.chunks(200) {
        photo_row::Entity::insert_many(some.to_vec()).exec_without_returning(&db).await.unwrap();
    }
}

/// What a question costs: `cargo test --test it -- of_many_photos --nocapture`. With 5,000 photos, unoptimised and on a busy
/// machine of two cores, each took 115 to 250 ms while all were read each time; now the first one in an hour takes as long,
/// and the others 2 to 3 ms.
async fn of_many_photos_only_what_is_new_is_read(base: Base) {
    let world = World::on(base).await;
    let first = photographed(&world, &ASTRONAUT).await;
    let mark = world.store().photos_of(&first).await.unwrap().remove(0).about.likeness.unwrap();
    for _ in 0..MANY / 10 {
        let other = world.report("somebody else").await;
        fill(&world, &world.incident(&other.reference).await, 10, None).await;
    }
    let mut took = Vec::new();
    for _ in 0..5 {
        let clock = Stopwatch::start();
        assert!(alike(&world, NOOR, &first).await.is_empty());
        took.push(clock.now().as_secs_f64() * 1_000.0);
    }
    println!("{MANY} photos: the first question took {:.1} ms, the next ones {:.1?}", took[0], &took[1..]);
    // More came since than are asked for each time: none of them is missed.
    let late = world.report("two people, spirits").await;
    fill(&world, &world.incident(&late.reference).await, 70, Some(&mark)).await;
    assert_eq!(alike(&world, NOOR, &first).await, [late.reference]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_page_it_is_offered_to_managers_alone() {
    let world = World::new().await;
    let door = world.open_door().await;
    let first = photographed(&world, &astronaut(512)).await;
    let again = photographed(&world, &astronaut(300)).await;
    let page = format!("/incidents/{}", again.reference);
    let (noor, amal) = (door.sign_in(&world, "noor").await, door.sign_in(&world, "amal").await);
    let offered = "A photo here looks like one of <a";
    let to_noor = door.get(&page, &noor).await.text().await.unwrap();
    assert!(to_noor.contains(offered) && to_noor.contains(first.reference.as_str()), "{to_noor}");
    assert!(!door.get(&page, &amal).await.text().await.unwrap().contains(offered));
    // Whoever adds one is told in the answer, of what they may see.
    let third = world.report("once more").await;
    let part = Part::bytes(astronaut(310));
    let path = format!("/incidents/{}/photos", third.reference);
    let request = door.request(Method::POST, &path, &amal).header("sec-fetch-site", "same-origin");
    let answer = request.multipart(Form::new().part("photo", part)).send().await.unwrap().text().await.unwrap();
    let told = format!("A photo here looks like one of {}, {}", again.reference, first.reference);
    assert!(answer.contains(&told), "{answer}");
}
