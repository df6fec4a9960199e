//! A photo's way from its reporter to those who may see it, and who may not.

use std::fs;

use domain::incident::Incident;
use domain::photo::PhotoId;
use domain::policy::{self, Denied, Sight, TwoPerson};
use sea_orm::ConnectionTrait as _;
use shopwatch::evidence::keep::sha256;
use shopwatch::failure::{Failure, Refusal};
use shopwatch::operations::mask;
use shopwatch::operations::people::actor;
use shopwatch::operations::photo::{self, Added};

use super::{ASTRONAUT, HEAD, another};
use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{ADA, AMAL, FINN, INES, LENA, NOOR, OMAR, PAVEL, Person, VERA};

on_both!(
    a_photo_is_sealed_as_it_came_and_on_record,
    nothing_leaves_unmasked,
    whoever_may_read_a_report_may_add_to_it_and_sees_no_more_for_it,
    a_crash_between_the_spool_and_the_vault_loses_nothing,
    what_follows_an_answer_follows_its_line_of_the_record_too,
);

pub async fn add(world: &World, who: Person, incident: &Incident) -> Result<Added, Failure> {
    let actor = actor(&world.app.desk, &who.origin());
    let incident = world.incident(&incident.reference).await;
    photo::add(&world.app.desk, &world.app.evidence, &actor, incident, &ASTRONAUT).await
}

/// What somebody is given as the review copy, in a word.
pub async fn review(world: &World, who: Person, incident: &Incident, id: PhotoId) -> &'static str {
    let actor = actor(&world.app.desk, &who.origin());
    match photo::review(&world.app.desk, &world.app.evidence, &actor, incident, id).await {
        Ok(bytes) if bytes == *ASTRONAUT => "original",
        Ok(_) => "copy",
        Err(Failure::Refused(Refusal::NotFound | Refusal::Denied(_))) => "-",
        Err(failure) => panic!("{failure:?}"),
    }
}

pub async fn original(
    world: &World,
    who: Person,
    incident: &Incident,
    id: PhotoId,
    reason: &str,
) -> Result<Vec<u8>, Failure> {
    let actor = actor(&world.app.desk, &who.origin());
    let seen = photo::original(&world.app.desk, &world.app.evidence, &actor, incident.clone(), id, reason).await;
    seen.map(|(_, bytes)| bytes)
}

async fn confirm(world: &World, who: Person, incident: &Incident, id: PhotoId) -> Result<Incident, Failure> {
    let actor = actor(&world.app.desk, &who.origin());
    mask::confirm(&world.app.desk, &actor, incident.clone(), id, 0).await
}

/// An answer knows the version it led to; who goes on from it has not read the line that was written with it.
async fn what_follows_an_answer_follows_its_line_of_the_record_too(base: Base) {
    let world = World::on(base).await;
    let incident = world.report("a phone, grabbed").await;
    let first = add(&world, AMAL, &incident).await.unwrap();
    let (desk, amal) = (&world.app.desk, actor(&world.app.desk, &AMAL.origin()));
    photo::add(desk, &world.app.evidence, &amal, first.incident, &another(7)).await.unwrap();
    let verdict = world.store().verify(|_| ()).await.unwrap();
    assert!(verdict.findings.is_empty(), "{:?}", verdict.findings);
}

async fn a_photo_is_sealed_as_it_came_and_on_record(base: Base) {
    let world = World::on(base).await;
    let incident = world.report("two people, spirits").await;
    let added = add(&world, AMAL, &incident).await.unwrap();
    assert_eq!(added.photo.about.sha256, sha256(&ASTRONAUT));
    let again = add(&world, AMAL, &incident).await.unwrap();
    assert!(again.seen && again.photo.id == added.photo.id, "the same bytes are the same photo");
    assert_eq!(world.steps(&incident.reference).await, ["reported", "photo_added"]);
    world.settle().await;
    let incident = world.incident(&incident.reference).await;
    let photos = world.store().photos_of(&incident).await.unwrap();
    assert!(photos.len() == 1 && photos[0].in_vault && !photos[0].checked);
    let home = world.database.folder.path();
    assert_eq!(fs::read_dir(home.join("spool")).unwrap().count(), 0, "the spool is empty");
    for file in fs::read_dir(home.join("evidence")).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(HEAD).any(|part| part == &ASTRONAUT[..HEAD]), "what lies there is no picture");
    }
    let id = added.photo.id;
    assert!(matches!(original(&world, NOOR, &incident, id, " ").await, Err(Failure::Refused(Refusal::Problems(_)))));
    assert_eq!(world.steps(&incident.reference).await, ["reported", "photo_added"]);
    assert_eq!(original(&world, NOOR, &incident, id, "to compare the till's camera").await.unwrap(), *ASTRONAUT);
    assert_eq!(world.steps(&incident.reference).await, ["reported", "photo_added", "original_viewed"]);
    let by_others = add(&world, LENA, &incident).await.unwrap_err();
    assert!(matches!(by_others, Failure::Refused(Refusal::Denied(_))), "{by_others:?}");
    world.check_everything().await;
}

async fn nothing_leaves_unmasked(base: Base) {
    const EVERYBODY: [(Person, &str); 10] = [
        (AMAL, "amal"),
        (NOOR, "noor"),
        (OMAR, "omar"),
        (INES, "ines"),
        (VERA, "vera"),
        (PAVEL, "pavel"),
        (ADA, "ada"),
        (LENA, "lena"),
        (FINN, "finn"),
        (AMAL, "amal again"),
    ];
    let world = World::on(base).await;
    let incident = world.report("two people, spirits").await;
    let id = add(&world, AMAL, &incident).await.unwrap().photo.id;
    let incident = world.incident(&incident.reference).await;
    let mut table = Vec::new();
    for checked in [false, true] {
        if checked {
            confirm(&world, NOOR, &incident, id).await.unwrap();
        }
        let incident = world.incident(&incident.reference).await;
        for (who, name) in EVERYBODY {
            let copy = review(&world, who, &incident, id).await;
            let whole = match original(&world, who, &incident, id, "a reason").await {
                Ok(_) => "original",
                Err(Failure::Refused(Refusal::NotFound | Refusal::Denied(_))) => "-",
                Err(failure) => panic!("{failure:?}"),
            };
            table.push(format!("{} {name}: {copy} {whole}", if checked { "checked" } else { "unchecked" }));
        }
    }
    // Nobody without a manager's role comes to an original; nobody but managers and the reporter to what is not checked.
    assert_eq!(
        table,
        [
            "unchecked amal: copy -",
            "unchecked noor: copy original",
            "unchecked omar: copy original",
            "unchecked ines: - -",
            "unchecked vera: - -",
            "unchecked pavel: - -",
            "unchecked ada: - -",
            "unchecked lena: - -",
            "unchecked finn: - -",
            "unchecked amal again: copy -",
            "checked amal: copy -",
            "checked noor: copy original",
            "checked omar: copy original",
            "checked ines: copy -",
            "checked vera: copy -",
            "checked pavel: - -",
            "checked ada: - -",
            "checked lena: - -",
            "checked finn: - -",
            "checked amal again: copy -",
        ]
    );
    world.check_everything().await;
}

#[tokio::test]
async fn whoever_can_write_to_the_table_of_photos_alone_shows_no_face_to_anybody() {
    let world = World::new().await;
    let incident = world.report("two people, spirits").await;
    let id = add(&world, AMAL, &incident).await.unwrap().photo.id;
    let inside = world.database.look_inside().await;
    inside.execute_unprepared("UPDATE photo SET mask = 'confirmed'").await.unwrap();
    let incident = world.incident(&incident.reference).await;
    assert_eq!(review(&world, INES, &incident, id).await, "-");
    assert_eq!(sees(&world, INES, &incident).await.1, 0);
}

/// How much of the incident somebody reads, and how many of its photos that are not their own.
async fn sees(world: &World, who: Person, incident: &Incident) -> (Option<Sight>, usize) {
    let actor = actor(&world.app.desk, &who.origin());
    let incident = world.incident(&incident.reference).await;
    let photos = photo::in_sight(&world.app.desk, &actor, &incident).await.unwrap();
    let of_others = photos.iter().filter(|photo| !actor.is(&photo.uploaded_by));
    (policy::sight(&actor, &incident.subject(TwoPerson::default())), of_others.count())
}

async fn whoever_may_read_a_report_may_add_to_it_and_sees_no_more_for_it(base: Base) {
    const CALLERS: [(Person, &str, &str); 9] = [
        (AMAL, "amal", "added"),
        (NOOR, "noor", "added"),
        (OMAR, "omar", "added"),
        (INES, "ines", "added"),
        (VERA, "vera", "added"),
        (PAVEL, "pavel", "not found"),
        (ADA, "ada", "not found"),
        (LENA, "lena", "refused"),
        (FINN, "finn", "not found"),
    ];
    let world = World::on(base).await;
    let incident = world.report("two people, spirits").await;
    add(&world, AMAL, &incident).await.unwrap();
    for (number, (who, name, expected)) in (0..).zip(CALLERS) {
        let before = sees(&world, who, &incident).await;
        let adding = actor(&world.app.desk, &who.origin());
        let now = world.incident(&incident.reference).await;
        let added = photo::add(&world.app.desk, &world.app.evidence, &adding, now, &another(number)).await;
        let became = match &added {
            Ok(_) => "added",
            Err(Failure::Refused(Refusal::Denied(_))) => "refused",
            Err(Failure::Refused(Refusal::NotFound)) => "not found",
            Err(failure) => panic!("{failure:?}"),
        };
        assert_eq!(became, expected, "{name}");
        assert_eq!(sees(&world, who, &incident).await, before, "{name}");
        let Ok(added) = added else { continue };
        assert!(adding.is(&added.photo.uploaded_by), "{name}");
        let confirmed = confirm(&world, who, &added.incident, added.photo.id).await;
        assert!(matches!(confirmed, Err(Failure::Refused(Refusal::Denied(_)))), "{name}: {confirmed:?}");
    }
    // Amal's own photos, and not those of colleagues that nobody has checked.
    assert_eq!(sees(&world, AMAL, &incident).await, (Some(Sight::Own), 0));
    assert_eq!(sees(&world, INES, &incident).await, (Some(Sight::NoSealed), 0));
    world.check_everything().await;
}

#[tokio::test]
async fn who_uploaded_a_photo_does_not_confirm_its_mask() {
    let world = World::new().await;
    let report = shopwatch::chat::inbound::What::Command("info a broken lock".to_owned());
    let incident = world.receive(NOOR, report).await.incident();
    let id = add(&world, NOOR, &incident).await.unwrap().photo.id;
    let incident = world.incident(&incident.reference).await;
    let own = confirm(&world, NOOR, &incident, id).await.unwrap_err();
    assert!(matches!(own, Failure::Refused(Refusal::Denied(Denied::SamePerson))), "{own:?}");
    confirm(&world, OMAR, &incident, id).await.unwrap();
    assert_eq!(world.steps(&incident.reference).await, ["reported", "photo_added", "mask_confirmed"]);
    let twice = confirm(&world, OMAR, &world.incident(&incident.reference).await, id).await;
    assert!(matches!(twice, Err(Failure::Refused(Refusal::Moment(_)))));
}

async fn a_crash_between_the_spool_and_the_vault_loses_nothing(base: Base) {
    let world = World::on(base).await;
    let incident = world.report("two people, spirits").await;
    let id = add(&world, AMAL, &incident).await.unwrap().photo.id;
    // It is shown from the spool meanwhile.
    let incident = world.incident(&incident.reference).await;
    assert_eq!(review(&world, AMAL, &incident, id).await, "copy");
    // Killed after the vault had it and before anybody noted that.
    assert!(world.app.evidence.put_away(id, incident.retain_until).await.unwrap().is_some());
    assert!(!world.store().photos_of(&incident).await.unwrap()[0].in_vault);
    world.settle().await;
    assert!(world.store().photos_of(&incident).await.unwrap()[0].in_vault);
    assert_eq!(original(&world, NOOR, &incident, id, "a reason").await.unwrap(), *ASTRONAUT);
}

#[tokio::test]
async fn a_changed_file_is_not_shown() {
    let world = World::new().await;
    let incident = world.report("two people, spirits").await;
    let id = add(&world, AMAL, &incident).await.unwrap().photo.id;
    world.settle().await;
    let incident = world.incident(&incident.reference).await;
    let path = world.database.folder.path().join(format!("evidence/{id}.original"));
    let mut bytes = fs::read(&path).unwrap();
    bytes[1_000] ^= 1;
    fs::remove_file(&path).unwrap();
    fs::write(&path, bytes).unwrap();
    let before = world.steps(&incident.reference).await;
    assert!(matches!(original(&world, NOOR, &incident, id, "a reason").await, Err(Failure::Broken(_))));
    assert_eq!(world.steps(&incident.reference).await, before, "nobody saw it, nobody is on record");
}
