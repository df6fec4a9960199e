//! The one writer: commits that arrive while another is in flight share the next transaction.
//!
//! There is no timer: the first waiting write starts a transaction at once, and whatever has queued up by the time it
//! ends goes into the next one. That is what makes full durability cheap: one flush to disk carries many reports.
//! If a shared transaction fails, each write is tried alone, so one bad row harms nobody else.

use std::sync::Arc;
use std::time::Duration;

use domain::id::Ids;
use sea_orm::{ConnectOptions, DatabaseConnection, DbErr};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::commit::Committed;
use super::connect::connect;
use super::outbox::{LeaseRequest, Leased, Settlement};
use super::rows::Rows;
use super::unavailable;
use crate::failure::Failure;
use crate::store::statements;

/// The most writes that share a transaction.
const SHARED_MAX: usize = 128;
/// The most writes that wait; beyond it people are told at once that nothing was saved.
const QUEUE_MAX: usize = 2_048;
/// How long a transaction may take (PROMISES.md, design rule 7: database 2 s).
pub const WRITE_DEADLINE: Duration = Duration::from_secs(2);

/// Something to write, and who waits for it.
pub(super) enum Write {
    Commit(Box<Rows>, oneshot::Sender<Result<Committed, Failure>>),
    Lease(LeaseRequest, oneshot::Sender<Result<Vec<Leased>, Failure>>),
    Settle(Box<Settlement>, oneshot::Sender<Result<(), Failure>>),
}

/// What became of a write in a transaction that was committed.
pub(super) enum Written {
    Commit(Result<Committed, Failure>),
    Lease(Vec<Leased>),
    Settle,
}

/// Why a transaction did not come to its end.
enum Attempt {
    Failed(Failure),
    TimedOut(Failure),
}

/// Hands writes to the writing task.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Write>,
}

/// The writing task, to be run once.
pub struct WriterLoop {
    /// None after a failure, until the next write. SQLite may end a transaction by itself when the disk fails; what
    /// the driver believes to be open is then no longer what is, and a later "commit" would commit nothing.
    db: Option<DatabaseConnection>,
    options: ConnectOptions,
    ids: Arc<dyn Ids>,
    waiting: mpsc::Receiver<Write>,
}

impl Writer {
    /// A writer for this database, and the task that does the writing; `options` open it again after a failure.
    pub fn new(db: DatabaseConnection, options: ConnectOptions, ids: Arc<dyn Ids>) -> (Self, WriterLoop) {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        (Self { queue }, WriterLoop { db: Some(db), options, ids, waiting })
    }

    pub(super) async fn write(&self, rows: Rows) -> Result<Committed, Failure> {
        self.ask(|reply| Write::Commit(Box::new(rows), reply)).await
    }

    pub(super) async fn lease(&self, request: LeaseRequest) -> Result<Vec<Leased>, Failure> {
        self.ask(|reply| Write::Lease(request, reply)).await
    }

    pub(super) async fn settle(&self, settlement: Settlement) -> Result<(), Failure> {
        self.ask(|reply| Write::Settle(Box::new(settlement), reply)).await
    }

    /// Queues a write and waits for it; a full queue, a late answer and a dead writer are all "not saved".
    async fn ask<T>(&self, write: impl FnOnce(oneshot::Sender<Result<T, Failure>>) -> Write) -> Result<T, Failure> {
        let (reply, answer) = oneshot::channel();
        self.queue.try_send(write(reply)).map_err(|_why| Failure::Unavailable("too many waiting writes"))?;
        match timeout(WRITE_DEADLINE, answer).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Failure::Unavailable("the writer has stopped")),
            Err(_) => Err(Failure::Unavailable("the database did not answer in time")),
        }
    }
}

impl WriterLoop {
    /// Writes until nobody can ask any more.
    pub async fn run(mut self) {
        while let Some(first) = self.waiting.recv().await {
            let batch = self.gather(first);
            self.write_shared(batch).await;
        }
    }

    /// The first write and those that wait behind it; those whose asker has given up are left out, so that a "not
    /// saved" stays true.
    fn gather(&mut self, first: Write) -> Vec<Write> {
        let mut batch = vec![first];
        while batch.len() < SHARED_MAX
            && let Ok(next) = self.waiting.try_recv()
        {
            batch.push(next);
        }
        batch.retain(|write| !write.is_abandoned());
        batch
    }

    async fn write_shared(&mut self, batch: Vec<Write>) {
        if batch.is_empty() {
            return;
        }
        metrics::counter!("shopwatch_commits_total").increment(1);
        metrics::histogram!("shopwatch_writes_per_commit").record(u32::try_from(batch.len()).unwrap_or(u32::MAX));
        // A commit of several changes that loses a race undoes its transaction: it never shares one.
        let (shared, alone): (Vec<Write>, Vec<Write>) = batch.into_iter().partition(Write::shares);
        match self.transaction(&shared).await {
            Ok(results) => shared.into_iter().zip(results).for_each(|(write, result)| write.answer(result)),
            // One bad row harms nobody else; but a database that does not answer answers none of them.
            Err(Attempt::Failed(_)) if shared.len() > 1 => self.write_each(shared).await,
            Err(Attempt::Failed(failure) | Attempt::TimedOut(failure)) => {
                shared.into_iter().for_each(|write| write.fail(&failure));
            }
        }
        self.write_each(alone).await;
    }

    async fn write_each(&mut self, writes: Vec<Write>) {
        for write in writes.into_iter().filter(|write| !write.is_abandoned()) {
            match self.transaction(std::slice::from_ref(&write)).await {
                Ok(mut results) => {
                    if let Some(result) = results.pop() {
                        write.answer(result);
                    }
                }
                Err(Attempt::Failed(failure) | Attempt::TimedOut(failure)) => write.fail(&failure),
            }
        }
    }

    async fn transaction(&mut self, writes: &[Write]) -> Result<Vec<Written>, Attempt> {
        if writes.is_empty() {
            return Ok(Vec::new());
        }
        match timeout(WRITE_DEADLINE, self.write_all(writes)).await {
            Ok(Ok(written)) => Ok(written),
            Ok(Err(why)) => Err(Attempt::Failed(unavailable(&why))),
            Err(_) => {
                tracing::error!(target: "shopwatch::store", "the database did not finish a transaction in time");
                Err(Attempt::TimedOut(Failure::Unavailable("the database did not answer in time")))
            }
        }
    }

    /// A connection that failed, or was given up on, is dropped.
    async fn write_all(&mut self, writes: &[Write]) -> Result<Vec<Written>, DbErr> {
        let db = match self.db.take() {
            Some(db) => db,
            None => connect(self.options.clone()).await?,
        };
        let written = statements::write_all(&db, &*self.ids, writes).await?;
        self.db = Some(db);
        Ok(written)
    }
}

impl Write {
    fn shares(&self) -> bool {
        match self {
            Self::Commit(rows, _) => rows.can_share(),
            Self::Lease(..) | Self::Settle(..) => true,
        }
    }

    fn is_abandoned(&self) -> bool {
        match self {
            Self::Commit(_, reply) => reply.is_closed(),
            Self::Lease(_, reply) => reply.is_closed(),
            Self::Settle(_, reply) => reply.is_closed(),
        }
    }

    /// Nobody may be listening any more; that is theirs to decide.
    fn answer(self, written: Written) {
        match (self, written) {
            (Self::Commit(_, reply), Written::Commit(result)) => drop(reply.send(result)),
            (Self::Lease(_, reply), Written::Lease(leased)) => drop(reply.send(Ok(leased))),
            (Self::Settle(_, reply), Written::Settle) => drop(reply.send(Ok(()))),
            (write, _) => write.fail(&Failure::Unavailable("the writer mixed up its answers")),
        }
    }

    fn fail(self, failure: &Failure) {
        let why = match failure {
            Failure::Unavailable(why) => why,
            Failure::Refused(_) | Failure::Conflict | Failure::Broken(_) => "database",
        };
        match self {
            Self::Commit(_, reply) => drop(reply.send(Err(Failure::Unavailable(why)))),
            Self::Lease(_, reply) => drop(reply.send(Err(Failure::Unavailable(why)))),
            Self::Settle(_, reply) => drop(reply.send(Err(Failure::Unavailable(why)))),
        }
    }
}

impl Write {
    /// The rows of a commit.
    pub(super) fn rows(&self) -> Option<&Rows> {
        match self {
            Self::Commit(rows, _) => Some(rows),
            Self::Lease(..) | Self::Settle(..) => None,
        }
    }
}
