//! What SQLite can do with one commit a report: the same rows through the same library, on the same file system with
//! the same durability, and nothing else to do.

use std::time::Duration;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbErr, EntityTrait, IntoActiveModel, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use shopwatch::clock::Stopwatch;
use shopwatch::store::entity::{delivery, entry, incident, outbox};
use uuid::Uuid;

use crate::database::{self, Rows};
use crate::load::as_f64;
use crate::server::Home;
use crate::{Common, Result, said};

/// As the product begins what it writes.
const WRITING: TransactionOptions = TransactionOptions {
    isolation_level: None,
    access_mode: None,
    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
};

/// Odd and large: multiples of it are all different and follow no order.
const ANYWHERE: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;

/// A database file of its own, with the product's schema.
pub struct Alone {
    db: DatabaseConnection,
    rows: Rows,
    written: u32,
    /// Removed when the connection is gone.
    _home: Home,
}

impl Alone {
    /// For rows like these.
    pub async fn new(common: &Common, rows: Rows) -> Result<Self> {
        let home = Home::new(common, None, "alone")?;
        home.command(&["migrate"])?;
        let db = database::connect(home.url()).await?;
        for demand in ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"] {
            db.execute_unprepared(&format!("PRAGMA {demand}")).await.map_err(said)?;
        }
        Ok(Self { db, rows, written: 0, _home: home })
    }

    /// Commits a second, one after another for so long.
    pub async fn measure(&mut self, time: Duration) -> Result<f64> {
        let clock = Stopwatch::start();
        let before = self.written;
        while clock.now() < time {
            self.written += 1;
            self.commit(self.written).await.map_err(said)?;
        }
        Ok(as_f64(self.written - before) / clock.now().as_secs_f64())
    }

    async fn commit(&self, number: u32) -> std::result::Result<(), DbErr> {
        let Rows { delivery, incident, entry, outbox } = &self.rows;
        // Ids grow with time; references and what deliveries are known by lie anywhere, as the product's do.
        let id = Uuid::from_u128((0x0198_c2f0_0000_7000 << 64) + u128::from(number));
        let key = |like: &str| format!("{number:0>width$}", width = like.len());
        let reference = format!("SW-{:010}", u64::from(number) * 2_654_435_761 % 10_000_000_019);
        let txn = self.db.begin_with_options(WRITING).await?;
        let delivered = format!("{:032x}", u128::from(number).wrapping_mul(ANYWHERE));
        let row = delivery::Model { key: delivered, incident: id, ..delivery.clone() };
        delivery::Entity::insert(row.into_active_model())
            .on_conflict(OnConflict::column(delivery::Column::Key).do_nothing().to_owned())
            .exec_without_returning(&txn)
            .await?;
        let row = incident::Model { id, reference, ..incident.clone() };
        incident::Entity::insert(row.into_active_model())
            .on_conflict(OnConflict::column(incident::Column::Reference).do_nothing().to_owned())
            .exec_without_returning(&txn)
            .await?;
        let row = entry::Model { incident: id, ..entry.clone() };
        entry::Entity::insert(row.into_active_model()).exec_without_returning(&txn).await?;
        let row = outbox::Model { key: key(&outbox.key), incident: id, ..outbox.clone() };
        outbox::Entity::insert(row.into_active_model()).exec_without_returning(&txn).await?;
        txn.commit().await
    }
}
