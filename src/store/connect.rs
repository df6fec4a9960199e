//! Opening a database, and what is demanded of it: that an acknowledged write survives a power cut, that it is not
//! newer than this program, and that its keys are these.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::id::Ids;
use migrations::{COUNTED_LOOKS, Migrator};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};
use sea_orm_migration::MigratorTrait;
use tokio::time::timeout;

use super::Store;
use super::own_file::OwnFile;
use super::writer::{Writer, WriterLoop};
use crate::keys::Keys;

/// How long a read may wait for a connection (PROMISES.md, design rule 7: database 2 s).
const ACQUIRE_DEADLINE: Duration = Duration::from_secs(2);
/// How long a look at the database's health may take; whoever looks wants to know now.
pub(super) const LOOK_DEADLINE: Duration = Duration::from_secs(1);
/// How long SQLite waits for another process's lock; less than a batch of writes may take.
const BUSY_DEADLINE: Duration = Duration::from_millis(1_200);
/// How long the writer's connection is believed to be there while it is not used.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// Connections for reading; the writer has one of its own.
const READERS: u32 = 8;
/// The same to a file: each is a thread with a cache, and what they read is in the system's memory.
const FILE_READERS: u32 = 4;

/// How much of an SQLite file each connection keeps in memory, in KiB: what SQLite itself would for the writer, and less for
/// the readers, which are several and find the rest in the system's own cache.
/// <https://www.sqlite.org/pragma.html#pragma_cache_size>
const WRITER_CACHE: u32 = 2_000;
pub(super) const READER_CACHE: u32 = 500;

/// How many pages SQLite writes to its log before it copies them into the file: 32 MB instead of 4. Many reports change the same
/// pages, and each of these is copied once. What the log holds is read again at the start, in less time than anybody sees.
/// <https://www.sqlite.org/pragma.html#pragma_wal_autocheckpoint>
const LOG_PAGES: u32 = 8_000;

/// The rows that SQLite finds before any of them is taken.
const ROWS_WAITING: usize = 256;

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// An SQLite file.
    Sqlite(PathBuf),
    /// A Postgres URL; holds a password, never logged.
    Postgres(String),
}

/// Why a database is not used.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    #[error(
        "cannot open the database{hint}\n  why  {why}\n  do   check DATABASE_URL and that the server or the file is there"
    )]
    Unreachable { hint: String, why: String },
    #[error(
        "the database does not keep what it acknowledges: {setting} is {value}\n  why  a report that was acknowledged could be lost in a power cut\n  do   set it to {wanted} and start again"
    )]
    Careless { setting: &'static str, value: String, wanted: &'static str },
    #[error(
        "the database was made by a newer Shopwatch (step {step})\n  why  this version does not know what it holds\n  do   start the newer version, or restore a backup from before"
    )]
    Newer { step: String },
    #[error(
        "the database was sealed with another master key\n  why  nothing in it could be read, and what is added could not be read later\n  do   put the right keys/master.key back into the data folder, or set EVIDENCE_MASTER_KEY to the right one"
    )]
    OtherKeys,
    #[error(
        "the database file cannot be made: {0}\n  why  reports are kept there\n  do   make the data folder writable for this user"
    )]
    File(std::io::Error),
}

impl Location {
    /// Reads `DATABASE_URL`: `sqlite:NAME` (under the data folder unless absolute) or `postgres://…`.
    pub fn parse(url: &str, data: &Path) -> Option<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path).split('?').next().filter(|path| !path.is_empty())?;
            return Some(Self::Sqlite(data.join(path)));
        }
        let postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        postgres.then(|| Self::Postgres(url.to_owned()))
    }
}

impl Store {
    /// Opens the database, brings its schema up to date and checks it. The loop has to be run for commits to happen.
    pub async fn open(location: &Location, keys: Arc<Keys>, ids: Arc<dyn Ids>) -> Result<(Self, WriterLoop), Unfit> {
        let (reading, mut writing, file) = match location {
            Location::Sqlite(path) => {
                make_private(path)?;
                (
                    sqlite(path, FILE_READERS, READER_CACHE),
                    sqlite(path, 1, WRITER_CACHE),
                    Some(OwnFile::at(path).map_err(Unfit::File)?),
                )
            }
            Location::Postgres(url) => {
                let of_size = |connections| ConnectOptions::new(url).max_connections(connections).to_owned();
                (of_size(READERS), of_size(2), None)
            }
        };
        // The writer does not ask before every transaction whether its connection is there: it tries once more.
        writing.test_before_acquire_if_idle_for(TRUSTED_FOR);
        let unreachable = |why| unreachable_database(&why);
        let db = connect(reading).await.map_err(unreachable)?;
        let first = connect(writing.clone()).await.map_err(unreachable)?;
        demand_durability(&first).await?;
        let looks_are_new_to_it = migrate(&first).await?;
        let (writer, work) = Writer::new(first, writing, file.clone(), ids);
        let mut store = Self { db, keys, writer, file };
        let silent = |_| Unfit::Unreachable { hint: String::new(), why: "it does not answer".to_owned() };
        let keys = store.adopt(&store.keys).await.map_err(silent)?.ok_or(Unfit::OtherKeys)?;
        store.keys = Arc::new(keys);
        match store.fits_keys().await {
            Ok(true) => {
                if looks_are_new_to_it {
                    store.count_earlier_looks().await.map_err(unreachable)?;
                }
                Ok((store, work))
            }
            Ok(false) => Err(Unfit::OtherKeys),
            Err(_) => Err(Unfit::Unreachable { hint: String::new(), why: "it does not answer".to_owned() }),
        }
    }

    /// Whether the database answers, and is the one that was opened.
    pub async fn answers(&self) -> bool {
        if self.file.as_ref().is_some_and(|file| !file.is_there()) {
            return false;
        }
        timeout(LOOK_DEADLINE, self.db.ping()).await.is_ok_and(|answer| answer.is_ok())
    }
}

pub(super) fn sqlite(path: &Path, connections: u32, cache: u32) -> ConnectOptions {
    let path = path.to_owned();
    let mut options = ConnectOptions::new("sqlite:");
    options.max_connections(connections).min_connections(1).map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .filename(&path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is deleted is overwritten: an erased key must not be found in the file's free parts.
            .pragma("secure_delete", "ON")
            .pragma("cache_size", format!("-{cache}"))
            .pragma("wal_autocheckpoint", LOG_PAGES.to_string())
            // A whole lease's rows: the connection's thread does not wait for ours in between.
            .row_buffer_size(ROWS_WAITING)
            .busy_timeout(BUSY_DEADLINE)
    });
    options
}

/// Opens connections.
pub(super) async fn connect(mut options: ConnectOptions) -> Result<DatabaseConnection, DbErr> {
    options.sqlx_logging(false).acquire_timeout(ACQUIRE_DEADLINE).connect_timeout(ACQUIRE_DEADLINE);
    Database::connect(options).await
}

/// Errors of drivers quote the URL now and then: the password goes before anybody reads it.
pub(super) fn unreachable_database(why: &DbErr) -> Unfit {
    let text = why.to_string();
    let safe = text.split_whitespace().filter(|word| !word.contains("://")).collect::<Vec<_>>().join(" ");
    Unfit::Unreachable { hint: String::new(), why: safe }
}

/// Creates the file for its owner alone; SQLite gives its companions the same rights.
fn make_private(path: &Path) -> Result<(), Unfit> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Unfit::File)?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map_err(Unfit::File)?;
    Ok(())
}

pub(super) async fn demand_durability(db: &DatabaseConnection) -> Result<(), Unfit> {
    let demands: &[(&'static str, &[&str], &'static str)] = if db.get_database_backend() == DbBackend::Postgres {
        &[
            ("fsync", &["on"], "on"),
            ("synchronous_commit", &["on", "local", "remote_write", "remote_apply"], "on"),
            ("full_page_writes", &["on"], "on"),
        ]
    } else {
        &[
            ("journal_mode", &["wal"], "wal"),
            ("synchronous", &["2", "3"], "2 (FULL)"),
            ("foreign_keys", &["1"], "1"),
            ("secure_delete", &["1"], "1"),
        ]
    };
    for (setting, allowed, wanted) in demands {
        let value = setting_of(db, setting).await.map_err(|why| unreachable_database(&why))?;
        if !allowed.contains(&value.as_str()) {
            return Err(Unfit::Careless { setting, value, wanted });
        }
    }
    Ok(())
}

async fn setting_of(db: &DatabaseConnection, setting: &str) -> Result<String, DbErr> {
    let backend = db.get_database_backend();
    let verb = if backend == DbBackend::Postgres { "SHOW" } else { "PRAGMA" };
    let row = db.query_one_raw(Statement::from_string(backend, format!("{verb} {setting}"))).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound(setting.to_owned()))?;
    row.try_get_by_index::<String>(0).or_else(|_| row.try_get_by_index::<i64>(0).map(|number| number.to_string()))
}

/// Brings the schema up to date; says whether looks at photos were not counted until now.
async fn migrate(db: &DatabaseConnection) -> Result<bool, Unfit> {
    if let Some(step) = unknown_step(db).await.map_err(|why| unreachable_database(&why))? {
        return Err(Unfit::Newer { step });
    }
    let pending = Migrator::get_pending_migrations(db).await.map_err(|why| unreachable_database(&why))?;
    let counts = pending.iter().any(|step| step.name() == COUNTED_LOOKS);
    match Migrator::up(db, None).await {
        Ok(()) => Ok(counts),
        // Another replica may be running the same steps: what counts is whether any are left.
        Err(why) => match Migrator::get_pending_migrations(db).await {
            Ok(pending) if pending.is_empty() => Ok(false),
            _ => Err(unreachable_database(&why)),
        },
    }
}

/// A step in the database's list that this program has no file for; none in a fresh database.
async fn unknown_step(db: &DatabaseConnection) -> Result<Option<String>, DbErr> {
    let known: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
    Migrator::install(db).await?;
    let done = Migrator::get_migration_models(db).await?;
    Ok(done.into_iter().map(|step| step.version).find(|step| !known.contains(step)))
}
