//! Real databases: an SQLite file or a Postgres database of the test's own, copied from one that was migrated once. Both lie
//! in memory where there is room: what is flushed to the disk is flushed all the same, and nobody waits for it.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use migrations::Migrator;
use sea_orm::{ConnectOptions, ConnectionTrait, Database as Connect, DatabaseConnection, DbBackend, Statement};
use sea_orm_migration::MigratorTrait;
use shopwatch::store::connect::Location;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::postgres::{cluster, roomy_directory};
use super::wire::Wire;

/// The template that Postgres databases are copied from.
const TEMPLATE: &str = "template_shopwatch";

/// The file's name in the data folder, as by default.
const FILE: &str = "shopwatch.db";

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    Sqlite,
    Postgres,
}

/// A database that one test has to itself.
pub struct Database {
    /// As the product reaches it.
    pub location: Location,
    /// As we reach it.
    url: String,
    /// The data folder; removed with the test.
    pub folder: TempDir,
}

impl Database {
    /// A migrated, empty one.
    pub async fn fresh(base: Base) -> Self {
        let folder = tempfile::tempdir_in(roomy_directory()).unwrap();
        match base {
            Base::Sqlite => {
                let path = folder.path().join(FILE);
                fs::write(&path, template_file().await).unwrap();
                Self::at(Location::Sqlite(path), folder)
            }
            Base::Postgres => Self::at(Location::Postgres(copy_of_template().await), folder),
        }
    }

    /// One that nobody has migrated.
    pub fn empty(base: Base) -> Self {
        let folder = tempfile::tempdir_in(roomy_directory()).unwrap();
        match base {
            Base::Sqlite => Self::at(Location::Sqlite(folder.path().join(FILE)), folder),
            Base::Postgres => Self::at(Location::Postgres(cluster().create_database(&next_name(), None)), folder),
        }
    }

    fn at(location: Location, folder: TempDir) -> Self {
        let url = match &location {
            Location::Sqlite(path) => sqlite_url(path),
            Location::Postgres(url) => url.clone(),
        };
        Self { location, url, folder }
    }

    /// From now on the product reaches this Postgres through a wire; we reach it as before.
    pub async fn wired(&mut self) -> Wire {
        let (server, name) = self.url.rsplit_once('/').unwrap();
        let (_, server) = server.rsplit_once('@').unwrap();
        let wire = Wire::to(server.parse().unwrap()).await;
        self.location = Location::Postgres(format!("postgres://postgres@{}/{name}", wire.address));
        wire
    }

    /// A connection that is none of the product's: for looking behind it, and for tampering.
    pub async fn look_inside(&self) -> DatabaseConnection {
        connect(self.url()).await
    }

    /// As `DATABASE_URL` names it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many rows a table has.
    pub async fn rows_in(&self, table: &str) -> i64 {
        let db = self.look_inside().await;
        let count = number(&db, &format!("SELECT count(*) FROM {table}")).await;
        db.close().await.unwrap();
        count
    }
}

/// The number that a query answers with.
pub async fn number(db: &DatabaseConnection, query: &str) -> i64 {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), query)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// Whether it is Postgres.
pub fn is_postgres(db: &DatabaseConnection) -> bool {
    db.get_database_backend() == DbBackend::Postgres
}

pub async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Connect::connect(options).await.unwrap()
}

fn sqlite_url(path: &Path) -> String {
    format!("sqlite://{}?mode=rwc", path.display())
}

/// The migrated file, read once: its bytes are written anew for each test.
async fn template_file() -> &'static [u8] {
    static FILE: OnceCell<Vec<u8>> = OnceCell::const_new();
    FILE.get_or_init(|| async {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("template.db");
        migrate(&sqlite_url(&path)).await;
        fs::read(path).unwrap()
    })
    .await
}

async fn copy_of_template() -> String {
    static MADE: OnceCell<()> = OnceCell::const_new();
    MADE.get_or_init(|| async { migrate(&cluster().create_database(TEMPLATE, None)).await }).await;
    cluster().create_database(&next_name(), Some(TEMPLATE))
}

fn next_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("world_{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

async fn migrate(url: &str) {
    let db = connect(url).await;
    Migrator::up(&db, None).await.unwrap();
    db.close().await.unwrap();
}
