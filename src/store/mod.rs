//! The database: one door to write ([`Store::commit`]), and reads by noun.
//!
//! Reading order: [`connect`] (what is demanded of a database), [`commit`] (what one commit holds), [`writer`] (how
//! waiting commits share one transaction), [`incidents`], [`waiting`], [`outbox`], [`people`], [`photos`], [`runs`], [`verify`].

pub mod budgets;
pub mod commit;
pub mod connect;
mod counted;
mod digest;
mod direct;
pub mod entity;
mod erasing;
pub mod examine;
pub mod incidents;
mod kept;
pub mod lease;
mod leases;
mod likeness;
pub mod looks;
pub mod notes;
mod opening;
pub mod outbox;
pub mod own_file;
pub mod people;
pub mod photos;
pub mod retention;
pub mod rewrap;
pub mod rows;
pub mod runs;
pub mod said;
pub mod sealed;
pub mod sealing;
pub mod standing;
mod statements;
mod steps;
mod tables;
pub mod unread;
mod unreadable;
pub mod verify;
pub mod waiting;
pub mod writer;

use std::sync::Arc;

use sea_orm::{DatabaseConnection, DbBackend};

use crate::failure::Failure;
use crate::keys::Keys;

pub use commit::{Commit, Committed, Delivery};

/// The shop's database and the keys to what is sealed in it.
#[derive(Clone)]
pub struct Store {
    /// For reading, and for the few writes that are not commits.
    pub(crate) db: DatabaseConnection,
    pub(crate) keys: Arc<Keys>,
    pub(crate) writer: writer::Writer,
    /// Where it is, if it is a file.
    pub(crate) file: Option<own_file::OwnFile>,
}

impl Store {
    /// Whether several processes may serve from it.
    pub fn is_shared(&self) -> bool {
        self.db.get_database_backend() == DbBackend::Postgres
    }

    /// The keys, for pseudonyms and secrets.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }
}

/// A database error as an operation's failure: nothing was saved, try again.
pub(crate) fn unavailable(why: &sea_orm::DbErr) -> Failure {
    tracing::error!(target: "shopwatch::store", error = %Cause(why), "the database did not answer as it should");
    Failure::Unavailable("database")
}

/// The kind of a database error without the values that some of them quote.
struct Cause<'a>(&'a sea_orm::DbErr);

impl std::fmt::Display for Cause<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use sea_orm::{DbErr, RuntimeErr, SqlxError};
        let (DbErr::Conn(why) | DbErr::Exec(why) | DbErr::Query(why)) = self.0 else {
            let timed_out = matches!(self.0, DbErr::ConnectionAcquire(_));
            return f.write_str(if timed_out { "no connection in time" } else { "unexpected database answer" });
        };
        let RuntimeErr::SqlxError(why) = why else { return f.write_str("unexpected database answer") };
        #[expect(clippy::wildcard_enum_match_arm, reason = "the driver may add kinds; none of them is quoted")]
        match &**why {
            SqlxError::Database(answer) => write!(f, "database code {}", answer.code().unwrap_or_default()),
            SqlxError::Io(why) => write!(f, "i/o: {}", why.kind()),
            SqlxError::PoolTimedOut => f.write_str("no connection in time"),
            _ => f.write_str("driver error"),
        }
    }
}
