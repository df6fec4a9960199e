//! Looking at a database without changing anything in it: for whoever wants to know how it stands, beside a server or
//! before one was ever started.

use std::sync::Arc;

use domain::clock::Moment;
use migrations::Migrator;
use sea_orm::{ColumnTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait, QuerySelect, Statement};
use sea_orm::{ConnectOptions, ConnectionTrait};
use sea_orm_migration::{MigratorTrait, SchemaManager};

use super::connect::{Location, READER_CACHE, Unfit, connect, demand_durability, sqlite, unreachable_database};
use super::entity::{entry, job_run};
use super::writer::Writer;
use super::{Store, unavailable};
use crate::clock::RandomIds;
use crate::failure::Failure;
use crate::keys::Keys;

/// The table in which a database keeps which steps it has seen.
const STEPS: &str = "seaql_migrations";

/// A database that is there, answers and keeps what it acknowledges.
pub struct Seen {
    db: DatabaseConnection,
    options: ConnectOptions,
    /// How many steps of the schema it has not seen; the next start takes them.
    pub behind: usize,
}

/// Looks at a database; none where no server has ever been. One that a server would refuse is refused here.
pub async fn see(location: &Location) -> Result<Option<Seen>, Unfit> {
    let options = match location {
        Location::Sqlite(path) if !path.try_exists().map_err(Unfit::File)? => return Ok(None),
        Location::Sqlite(path) => sqlite(path, 1, READER_CACHE),
        Location::Postgres(url) => ConnectOptions::new(url).max_connections(2).to_owned(),
    };
    let db = connect(options.clone()).await.map_err(|why| unreachable_database(&why))?;
    demand_durability(&db).await?;
    let steps = steps(&db).await.map_err(|why| unreachable_database(&why))?;
    let known: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
    if let Some(step) = steps.iter().find(|step| !known.contains(step)) {
        return Err(Unfit::Newer { step: step.clone() });
    }
    let behind = known.len() - steps.len();
    Ok((!steps.is_empty()).then_some(Seen { db, options, behind }))
}

/// The steps that a database has seen.
async fn steps(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    if !SchemaManager::new(db).has_table(STEPS).await? {
        return Ok(Vec::new());
    }
    let statement = Statement::from_string(db.get_database_backend(), format!("SELECT version FROM {STEPS}"));
    db.query_all_raw(statement).await?.into_iter().map(|row| row.try_get("", "version")).collect()
}

impl Seen {
    /// The store, if it was sealed with these keys or with none yet. Only for reading: nobody writes what is committed.
    pub async fn opens_with(&self, keys: &Keys) -> Result<Option<Store>, Failure> {
        let ids = Arc::new(RandomIds::default());
        let (writer, _work) = Writer::new(self.db.clone(), self.options.clone(), None, ids);
        let mut store = Store { db: self.db.clone(), keys: Arc::new(keys.clone()), writer, file: None };
        let Some(adopted) = store.adopt(keys).await? else { return Ok(None) };
        store.keys = Arc::new(adopted);
        Ok(Some(store))
    }

    /// When the last line of the record was written, by the clock of whoever wrote it.
    pub async fn last_line(&self) -> Result<Option<Moment>, Failure> {
        let last = entry::Entity::find().select_only().column_as(entry::Column::At.max(), "at");
        let last = last.into_tuple::<Option<Moment>>().one(&self.db).await.map_err(|why| unavailable(&why))?;
        Ok(last.flatten())
    }

    /// When a server last began something by the cron table.
    pub async fn last_job(&self) -> Result<Option<Moment>, Failure> {
        let last = job_run::Entity::find().select_only().column_as(job_run::Column::StartedAt.max(), "at");
        let last = last.into_tuple::<Option<Moment>>().one(&self.db).await.map_err(|why| unavailable(&why))?;
        Ok(last.flatten())
    }

    /// The time by the database's own clock, where it has one.
    pub async fn time(&self) -> Result<Option<Moment>, Failure> {
        if self.db.get_database_backend() != DbBackend::Postgres {
            return Ok(None);
        }
        let statement = Statement::from_string(DbBackend::Postgres, "SELECT now() AS now");
        let row = self.db.query_one_raw(statement).await.map_err(|why| unavailable(&why))?;
        row.map_or(Ok(None), |row| row.try_get("", "now")).map_err(|why| unavailable(&why))
    }
}
