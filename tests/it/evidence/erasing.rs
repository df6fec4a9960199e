//! Erasing erases: what was planted is nowhere on the disk, neither in words nor as the key that could open them.

use std::fs;
use std::path::{Path, PathBuf};

use sea_orm::{EntityTrait, QuerySelect};
use shopwatch::chat::press::Button;
use shopwatch::jobs::retention;
use shopwatch::operations::people::actor;
use shopwatch::operations::photo;
use shopwatch::store::entity::incident;

use super::ASTRONAUT;
use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{AMAL, NOOR, days};

on_both!(planted_words_and_the_keys_to_them_are_nowhere_afterwards);

/// What is planted; it occurs nowhere else.
const MARK: &str = "zqxplanted";
/// More than fit one page of a database's file, so that pages are split and filled anew.
const INCIDENTS: usize = 30;

fn files(below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// The files below the data folder that hold these bytes.
fn holding(world: &World, wanted: &[u8]) -> Vec<PathBuf> {
    let has = |path: &PathBuf| fs::read(path).unwrap().windows(wanted.len()).any(|part| part == wanted);
    files(world.database.folder.path()).into_iter().filter(has).collect()
}

async fn wrapped_keys(world: &World) -> Vec<Vec<u8>> {
    let inside = world.database.look_inside().await;
    let keys = incident::Entity::find().select_only().column(incident::Column::DataKey).into_tuple().all(&inside).await;
    keys.unwrap()
}

async fn planted_words_and_the_keys_to_them_are_nowhere_afterwards(base: Base) {
    let world = World::on(base).await;
    let amal = actor(&world.app.desk, &AMAL.origin());
    for number in 0..INCIDENTS {
        let called = world.report(&format!("{MARK} {number} {}", "looked at the gin ".repeat(20))).await.reference;
        if number % 10 == 0 {
            let incident = world.incident(&called).await;
            photo::add(&world.app.desk, &world.app.evidence, &amal, incident, &ASTRONAUT).await.unwrap();
        }
        world.press(NOOR, &called, Button::Claim).await.incident();
        world.submit(NOOR, &called, Button::Note, &[("text", MARK)]).await.incident();
        world.submit(NOOR, &called, Button::Decline, &[("reason", "benign")]).await.incident();
    }
    world.settle().await;
    assert_eq!(holding(&world, MARK.as_bytes()), [] as [PathBuf; 0], "words are never on the disk");
    let keys = wrapped_keys(&world).await;
    assert!(base == Base::Postgres || !holding(&world, &keys[3]).is_empty(), "the keys are there to be found");
    for _ in 0..6 {
        world.clock.advance(days(1));
        world.settle().await;
    }
    let plan = world.store().retention_plans().await.unwrap()[0].clone();
    assert!(retention::confirm(&world.app.desk, plan.id).await.unwrap());
    world.clock.advance(days(1));
    let ran = retention::run(&world.app.desk, &world.app.evidence).await.unwrap();
    assert_eq!((ran.erased, ran.photos, ran.kept), (30, 3, 0));
    assert!(wrapped_keys(&world).await.iter().all(Vec::is_empty));
    for key in &keys {
        assert_eq!(holding(&world, key), [] as [PathBuf; 0], "a key that is destroyed is in no file, not even in part");
        assert_eq!(holding(&world, &key[key.len() - 48..]), [] as [PathBuf; 0]);
    }
    assert_eq!(holding(&world, MARK.as_bytes()), [] as [PathBuf; 0]);
    let left = files(world.database.folder.path());
    assert!(!left.iter().any(|path| path.to_string_lossy().contains("pho_")), "no photo is left: {left:?}");
    world.check_everything().await;
}
