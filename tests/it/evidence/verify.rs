//! `evidence verify` finds what is missing, changed or of nothing; the spool is swept of what nobody claims.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use domain::clock::Moment;
use domain::photo::PhotoId;
use sea_orm::ConnectionTrait;
use shopwatch::jobs::verify::{Finding, Report, verify};
use shopwatch::operations::people::actor;
use shopwatch::operations::photo;

use super::ASTRONAUT;
use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{AMAL, days};

on_both!(every_photo_that_is_not_what_was_sent_is_named, what_nobody_claims_is_swept_off_the_spool_after_a_day);

async fn with_photo(world: &World, line: &str) -> (String, PhotoId) {
    let amal = actor(&world.app.desk, &AMAL.origin());
    let incident = world.report(line).await;
    let called = incident.reference.to_string();
    let incident = world.incident(&incident.reference).await;
    let added = photo::add(&world.app.desk, &world.app.evidence, &amal, incident, &ASTRONAUT).await.unwrap();
    (called, added.photo.id)
}

async fn checked(world: &World) -> Report {
    verify(&world.app.desk, &world.app.evidence, |_, _| ()).await.unwrap()
}

/// A file with the age that the world's clock gives it.
fn lay(world: &World, name: &str, at: Moment) {
    let path = world.database.folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "left behind").unwrap();
    let seconds = u64::try_from(at.timestamp()).unwrap();
    File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .unwrap();
}

async fn every_photo_that_is_not_what_was_sent_is_named(base: Base) {
    let world = World::on(base).await;
    let (first, changed) = with_photo(&world, "two people, spirits").await;
    let (second, missing) = with_photo(&world, "two people, gin").await;
    assert_eq!(checked(&world).await, Report { incidents: 2, photos: 2, ..Report::default() }, "from the spool");
    world.settle().await;
    assert_eq!(checked(&world).await, Report { incidents: 2, photos: 2, ..Report::default() }, "from the vault");
    let vault = world.database.folder.path().join("evidence");
    let path = vault.join(format!("{changed}.original"));
    let mut bytes = fs::read(&path).unwrap();
    bytes[5_000] ^= 1;
    fs::remove_file(&path).unwrap();
    fs::write(&path, bytes).unwrap();
    fs::remove_file(vault.join(format!("{missing}.review"))).unwrap();
    lay(&world, "evidence/pho_00000000000000000000000000000007.review", world.now() - days(2));
    lay(&world, "spool/stray.draft", world.now());
    let inside = world.database.look_inside().await;
    inside.execute_unprepared(&format!("UPDATE incident SET held = TRUE WHERE reference = '{first}'")).await.unwrap();
    inside.execute_unprepared("UPDATE photo SET mask = 'confirmed'").await.unwrap();
    let findings = checked(&world).await.findings;
    assert_eq!(
        findings,
        [
            Finding::HoldWithoutEffect { reference: first.clone() },
            Finding::CheckedByNobody { reference: first.clone(), photo: changed.to_string() },
            Finding::Changed { reference: first, photo: changed.to_string(), copy: "original" },
            Finding::CheckedByNobody { reference: second.clone(), photo: missing.to_string() },
            Finding::Missing { reference: second, photo: missing.to_string(), copy: "review" },
            Finding::OrphanOnSpool { name: "stray.draft".to_owned(), hours: 0 },
            Finding::OrphanInVault { name: "pho_00000000000000000000000000000007.review".to_owned() },
        ]
    );
}

async fn what_nobody_claims_is_swept_off_the_spool_after_a_day(base: Base) {
    let world = World::on(base).await;
    let spool = world.database.folder.path().join("spool");
    let (_, claimed) = with_photo(&world, "two people, spirits").await;
    for copy in ["original", "review"] {
        let name = format!("spool/{claimed}.{copy}");
        let bytes = fs::read(world.database.folder.path().join(&name)).unwrap();
        fs::remove_file(world.database.folder.path().join(&name)).unwrap();
        lay(&world, &name, world.now() - days(3));
        fs::write(world.database.folder.path().join(&name), bytes).unwrap();
    }
    lay(&world, "spool/pho_00000000000000000000000000000007.original", world.now() - days(1));
    lay(&world, "spool/stray.draft", world.now() - days(2));
    lay(&world, "spool/pho_00000000000000000000000000000008.original", world.now());
    let swept = shopwatch::jobs::verify::sweep(&world.app.desk, &world.app.evidence).await.unwrap();
    assert_eq!(swept, 2);
    let mut left: Vec<String> =
        fs::read_dir(&spool).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left.len(), 3, "a photo that waits for the vault stays, and what may be on its way: {left:?}");
    world.settle().await;
    assert_eq!(checked(&world).await.findings.len(), 1, "the young one alone");
}
