//! What SQLite can do with one commit a report: the same rows, the same file system, the same durability.

use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, ConnectOptions as _, Connection as _};
use shopwatch::clock::Stopwatch;
use uuid::Uuid;

use crate::database::Rows;
use crate::load::as_f64;
use crate::server::Home;
use crate::{Common, Result, said};

/// A database file of its own, with the product's schema.
pub struct Alone {
    db: SqliteConnection,
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
        let options: SqliteConnectOptions = home.url().parse().map_err(said)?;
        let options =
            options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full).foreign_keys(true);
        let db = options.disable_statement_logging().connect().await.map_err(said)?;
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

    async fn commit(&mut self, number: u32) -> std::result::Result<(), sqlx::Error> {
        let Rows { delivery, incident, entry, outbox } = &self.rows;
        // Ids grow with time and references lie anywhere, as the product's do.
        let id = Uuid::from_u128((0x0198_c2f0_0000_7000 << 64) + u128::from(number));
        let key = |like: &str| format!("{:0>width$}", number, width = like.len());
        let reference = format!("SW-{:010}", u64::from(number) * 2_654_435_761 % 10_000_000_019);
        let mut txn = self.db.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(
            "INSERT INTO delivery (key, at, incident, fingerprint) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
        )
        .bind(key(&delivery.key))
        .bind(delivery.at)
        .bind(id)
        .bind(&delivery.fingerprint)
        .execute(&mut *txn)
        .await?;
        sqlx::query("INSERT INTO incident (id, reference, version, site, category, state, open, reporter, reported_at, retain_until, wake_at, drill, head, data_key, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (reference) DO NOTHING")
            .bind(id)
            .bind(reference)
            .bind(incident.version)
            .bind(&incident.site)
            .bind(&incident.category)
            .bind(&incident.state)
            .bind(incident.open)
            .bind(&incident.reporter)
            .bind(incident.reported_at)
            .bind(incident.retain_until)
            .bind(incident.wake_at)
            .bind(incident.drill)
            .bind(&incident.head)
            .bind(&incident.data_key)
            .bind(&incident.sealed)
            .execute(&mut *txn)
            .await?;
        sqlx::query("INSERT INTO entry (incident, seq, at, actor, platform, word, detail, content, prev, hash, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(id)
            .bind(entry.seq)
            .bind(entry.at)
            .bind(&entry.actor)
            .bind(&entry.platform)
            .bind(&entry.word)
            .bind(&entry.detail)
            .bind(&entry.content)
            .bind(&entry.prev)
            .bind(&entry.hash)
            .bind(&entry.sealed)
            .execute(&mut *txn)
            .await?;
        sqlx::query("INSERT INTO outbox (key, task, platform, incident, state, due_at, attempts, wanted) VALUES (?, ?, ?, ?, 'ready', ?, 0, ?) ON CONFLICT (key) DO NOTHING")
            .bind(key(&outbox.key))
            .bind(&outbox.task)
            .bind(&outbox.platform)
            .bind(id)
            .bind(outbox.due_at)
            .bind(outbox.wanted)
            .execute(&mut *txn)
            .await?;
        txn.commit().await
    }
}
