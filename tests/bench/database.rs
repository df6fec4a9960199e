//! Where what is measured keeps its data: an SQLite file, or a database of a throw-away Postgres.

use std::path::Path;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, EntityTrait, Statement};
use shopwatch::store::entity::{delivery, entry, incident, outbox};

use crate::postgres::Cluster;
use crate::{Result, said, usage};

/// The two databases that Shopwatch runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Postgres, Self::Sqlite];

    /// Its name as people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "Postgres",
        }
    }
}

/// A Postgres with its files on the disk, and the process that all of its processes come from.
pub struct Postgres {
    pub cluster: Cluster,
    pub postmaster: u32,
}

impl Postgres {
    /// Starts one.
    pub async fn start(folder: &Path) -> Result<Self> {
        let cluster = Cluster::start_in(folder)?;
        let db = connect(&cluster.create_database("first", None)).await?;
        let backend = number(&db, "SELECT pg_backend_pid()::bigint").await?;
        let postmaster = usage::parent(u32::try_from(backend).map_err(said)?)?;
        db.close().await.map_err(said)?;
        Ok(Self { cluster, postmaster })
    }
}

/// A connection beside the server's own.
pub async fn connect(url: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).max_connections(1).min_connections(1);
    Database::connect(options).await.map_err(said)
}

/// Runs a statement.
pub async fn run(db: &DatabaseConnection, sql: &str) -> Result<()> {
    db.execute_unprepared(sql).await.map(drop).map_err(said)
}

/// The one number that a query answers.
pub async fn number(db: &DatabaseConnection, sql: &str) -> Result<i64> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.map_err(said)?;
    row.ok_or("no row")?.try_get_by_index(0).map_err(said)
}

/// One report's rows, as the product wrote them.
pub struct Rows {
    pub delivery: delivery::Model,
    pub incident: incident::Model,
    pub entry: entry::Model,
    pub outbox: outbox::Model,
}

impl Rows {
    /// The rows of one of the reports of typical length.
    pub async fn sample(db: &DatabaseConnection) -> Result<Self> {
        use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
        let missing = "the product has written no report yet";
        let sizes =
            incident::Entity::find().order_by_asc(incident::Column::Id).limit(501).all(db).await.map_err(said)?;
        let mut by_size = sizes;
        by_size.sort_by_key(|row| row.sealed.len());
        let incident = by_size.get(by_size.len() / 2).cloned().ok_or(missing)?;
        let delivery =
            delivery::Entity::find().filter(delivery::Column::Incident.eq(incident.id)).one(db).await.map_err(said)?;
        let entry =
            entry::Entity::find().filter(entry::Column::Incident.eq(incident.id)).one(db).await.map_err(said)?;
        let outbox =
            outbox::Entity::find().filter(outbox::Column::Incident.eq(incident.id)).one(db).await.map_err(said)?;
        Ok(Self {
            delivery: delivery.ok_or(missing)?,
            incident,
            entry: entry.ok_or(missing)?,
            outbox: outbox.ok_or(missing)?,
        })
    }
}

/// A byte string as both databases write it in SQL.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether this is the query language of Postgres.
pub fn is_postgres(db: &DatabaseConnection) -> bool {
    db.get_database_backend() == DbBackend::Postgres
}
