//! A photo that looks like one of another incident is offered to those who decide.

use domain::actor::{Actor, Pseudonym};
use domain::id::Reference;
use domain::incident::Incident;
use image::imageops::{FilterType, resize};
use image::{RgbImage, load_from_memory};
use jpeg_encoder::{ColorType, Encoder};
use sea_orm::ConnectionTrait;
use shopwatch::operations::{erase, likeness, people, photo};

use crate::world::World;
use crate::world::corpora;
use crate::world::database::Base;
use crate::world::people::{ADA, AMAL, FINN, NOOR, Person, days};

on_both!(
    a_photo_sent_again_leads_to_the_incident_it_was_sent_to_before,
    what_is_erased_or_cannot_be_read_is_like_nothing,
);

fn picture(name: &str) -> RgbImage {
    load_from_memory(&corpora::photo(name)).unwrap().into_rgb8()
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
    let astronaut = picture("faces/astronaut.png");
    let first = photographed(&world, &jpeg(&astronaut)).await;
    let other = photographed(&world, &jpeg(&picture("pillow/hopper.png"))).await;
    let again = photographed(&world, &jpeg(&resize(&astronaut, 300, 300, FilterType::Triangle))).await;
    assert_eq!(alike(&world, NOOR, &again).await, std::slice::from_ref(&first.reference));
    assert_eq!(alike(&world, NOOR, &first).await, std::slice::from_ref(&again.reference));
    assert!(alike(&world, NOOR, &other).await.is_empty());
    assert!(alike(&world, FINN, &again).await.is_empty(), "what somebody may not see is not named");
    world.clock.advance(days(31));
    let late = photographed(&world, &jpeg(&resize(&astronaut, 250, 250, FilterType::Triangle))).await;
    assert!(alike(&world, NOOR, &late).await.is_empty(), "only of the last 30 days");
}

async fn what_is_erased_or_cannot_be_read_is_like_nothing(base: Base) {
    let world = World::on(base).await;
    let jpeg = jpeg(&picture("faces/astronaut.png"));
    let (gone, broken, spoilt) =
        (photographed(&world, &jpeg).await, photographed(&world, &jpeg).await, photographed(&world, &jpeg).await);
    let (first, again) = (photographed(&world, &jpeg).await, photographed(&world, &jpeg).await);
    let ada = people::actor(&world.app.desk, &ADA.origin());
    let another = Actor { member: Pseudonym("another admin".to_owned()), ..ada.clone() };
    for admin in [ada, another] {
        let incident = world.incident(&gone.reference).await;
        erase::take(&world.app.desk, &admin, incident, "somebody's right to erasure", None).await.unwrap();
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_the_page_it_is_offered_to_managers_alone() {
    let world = World::new().await;
    let door = world.open_door().await;
    let astronaut = picture("faces/astronaut.png");
    let first = photographed(&world, &jpeg(&astronaut)).await;
    let again = photographed(&world, &jpeg(&resize(&astronaut, 300, 300, FilterType::Triangle))).await;
    let page = format!("/incidents/{}", again.reference);
    let (noor, amal) = (door.sign_in(&world, "noor").await, door.sign_in(&world, "amal").await);
    let offered = "A photo here looks like one of <a";
    let to_noor = door.get(&page, &noor).await.text().await.unwrap();
    assert!(to_noor.contains(offered) && to_noor.contains(first.reference.as_str()), "{to_noor}");
    assert!(!door.get(&page, &amal).await.text().await.unwrap().contains(offered));
}
