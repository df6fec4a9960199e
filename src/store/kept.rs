//! The connection that the writer writes on.
//!
//! On SQLite every statement wakes the connection's thread and then ours, and on a busy machine both wait for a processor.
//! So the writer keeps the connection from one transaction to the next instead of giving it back to the pool, which would
//! ask each time whether it is there; and transactions begin and end by statements like any other, the first with the first
//! thing that is written. On Postgres the pool's way costs nothing that can be measured.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};

/// How a transaction begins on SQLite.
pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";

/// Writers on SQLite begin `IMMEDIATE`: a lock that is asked for late cannot be waited for.
pub(super) const WRITING: TransactionOptions = TransactionOptions {
    isolation_level: None,
    access_mode: None,
    sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
};

/// A connection to write on.
pub(super) enum Connection {
    /// A pool, out of which every transaction takes its own.
    Pooled(DatabaseConnection),
    /// SQLite's. To the driver it is always in a transaction, which it undoes when this is dropped: then whatever is open is
    /// undone, and the pool, which must not be used any more, goes with it.
    Kept { session: DatabaseTransaction, _pool: DatabaseConnection },
}

/// A transaction on it; what is not committed is undone.
pub(super) enum Transaction<'a> {
    Own(DatabaseTransaction),
    Kept(&'a DatabaseTransaction),
}

impl Connection {
    /// The same, kept from now on if it is SQLite's.
    pub async fn kept(self) -> Result<Self, DbErr> {
        match self {
            Self::Pooled(pool) if pool.get_database_backend() == DbBackend::Sqlite => {
                let session = pool.begin_with_options(WRITING).await?;
                say(&session, COMMIT).await?;
                Ok(Self::Kept { session, _pool: pool })
            }
            Self::Pooled(_) | Self::Kept { .. } => Ok(self),
        }
    }

    /// A transaction. On SQLite nothing is said yet if what comes first begins it.
    pub async fn begin(&self, begins_itself: bool) -> Result<Transaction<'_>, DbErr> {
        match self {
            Self::Pooled(pool) => Ok(Transaction::Own(pool.begin_with_options(WRITING).await?)),
            Self::Kept { session, .. } => {
                if !begins_itself {
                    say(session, BEGIN).await?;
                }
                Ok(Transaction::Kept(session))
            }
        }
    }
}

impl Transaction<'_> {
    /// What statements are sent to.
    pub fn txn(&self) -> &DatabaseTransaction {
        match self {
            Self::Own(txn) => txn,
            Self::Kept(session) => session,
        }
    }

    /// Makes it durable.
    pub async fn commit(self) -> Result<(), DbErr> {
        match self {
            Self::Own(txn) => txn.commit().await,
            Self::Kept(session) => say(session, COMMIT).await,
        }
    }

    /// Undoes it.
    pub async fn undo(self) -> Result<(), DbErr> {
        match self {
            Self::Own(txn) => txn.rollback().await,
            Self::Kept(session) => say(session, ROLLBACK).await,
        }
    }
}

/// With no values, but as if there were some: only then is it kept prepared.
async fn say(session: &DatabaseTransaction, text: &str) -> Result<(), DbErr> {
    session.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, text, [])).await.map(drop)
}
