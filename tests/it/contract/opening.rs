//! A database is refused when it would not keep what it acknowledges, when a newer program made it, and when it was
//! sealed with other keys.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use sea_orm::ConnectionTrait;
use shopwatch::keys::Keys;
use shopwatch::store::Store;
use shopwatch::store::connect::{Location, Unfit};

use crate::world::database::{Base, Database, is_postgres, number};
use crate::world::ids::TestIds;
use crate::world::{MASTER, World};

on_both! {
    a_database_of_other_keys_is_refused,
    a_database_of_a_newer_program_is_refused_and_left_as_it_is,
    a_fresh_database_is_brought_up_to_date_and_opened_again,
}

async fn open(location: &Location, master: u8) -> Result<Store, Unfit> {
    let keys = Arc::new(Keys::from_master(&[master; 32]).unwrap());
    Ok(Store::open(location, keys, Arc::new(TestIds::of(1))).await?.0)
}

async fn a_database_of_other_keys_is_refused(base: Base) {
    let world = World::on(base).await;
    let refused = open(&world.database.location, MASTER[0] + 1).await.err();
    assert!(matches!(refused, Some(Unfit::OtherKeys)), "{refused:?}");
    assert!(open(&world.database.location, MASTER[0]).await.is_ok());
}

async fn a_database_of_a_newer_program_is_refused_and_left_as_it_is(base: Base) {
    const NEWER: &str = "m9999_from_the_future";
    let world = World::on(base).await;
    let inside = world.database.look_inside().await;
    let steps = number(&inside, "SELECT count(*) FROM seaql_migrations").await;
    let step = format!("INSERT INTO seaql_migrations (version, applied_at) VALUES ('{NEWER}', 0)");
    inside.execute_unprepared(&step).await.unwrap();
    match open(&world.database.location, MASTER[0]).await.err() {
        Some(Unfit::Newer { step }) => assert_eq!(step, NEWER),
        other => panic!("{other:?}"),
    }
    assert_eq!(number(&inside, "SELECT count(*) FROM seaql_migrations").await, steps + 1);
}

async fn a_fresh_database_is_brought_up_to_date_and_opened_again(base: Base) {
    let database = Database::empty(base);
    for _ in 0..2 {
        let store = open(&database.location, MASTER[0]).await.unwrap();
        assert!(store.answers().await);
        assert_eq!(store.count_incidents().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn an_sqlite_file_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/shop.db");
    open(&Location::Sqlite(path.clone()), 1).await.unwrap();
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}

/// SQLite's durability is set by each connection for itself, so nobody else can weaken ours; Postgres takes such
/// settings from whoever owns the database.
#[tokio::test]
async fn a_postgres_that_forgets_what_it_acknowledged_is_refused() {
    let database = Database::fresh(Base::Postgres).await;
    let inside = database.look_inside().await;
    assert!(is_postgres(&inside));
    let name = database.url().rsplit_once('/').unwrap().1.to_owned();
    let set = async |value: &str| {
        inside.execute_unprepared(&format!("ALTER DATABASE {name} SET synchronous_commit = {value}")).await.unwrap();
        open(&database.location, MASTER[0]).await
    };
    for kept in ["on", "local", "remote_write", "remote_apply"] {
        assert!(set(kept).await.is_ok(), "{kept}");
    }
    match set("off").await.err() {
        Some(Unfit::Careless { setting, value, .. }) => {
            assert_eq!((setting, value.as_str()), ("synchronous_commit", "off"));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_is_said_without_its_password() {
    let location = Location::Postgres("postgres://shop:s3cret@127.0.0.1:9/shop".into());
    let said = open(&location, 1).await.err().unwrap().to_string();
    assert!(said.contains("cannot open the database") && !said.contains("s3cret"), "{said}");
}
