//! The one writer: commits that arrive while another is in flight share the next transaction.
//!
//! There is no timer: the first waiting write starts a transaction at once, and whatever has queued up by the time it
//! ends goes into the next one. That is what makes full durability cheap: one flush to disk carries many reports.
//! If a shared transaction fails, each write is tried alone, so one bad row harms nobody else.
//!
//! "Not saved" is true: a write is either taken in time or never, and what was taken is undone if nobody waits for it any
//! more. Only an answer that was lost while the database was committing leaves open what became of it.

use std::sync::Arc;
use std::time::Duration;
use std::{io, thread};

use domain::id::Ids;
use sea_orm::{ConnectOptions, DatabaseConnection, DbErr};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use super::commit::Committed;
use super::connect::connect;
use super::kept::Connection;
use super::outbox::{LeaseRequest, Leased, Settlement, ShowRequest};
use super::own_file::OwnFile;
use super::rows::Rows;
use super::unavailable;
use crate::failure::Failure;
use crate::store::statements;

/// The most writes that share a transaction.
const SHARED_MAX: usize = 128;
/// The most writes that wait; beyond it people are told at once that nothing was saved.
const QUEUE_MAX: usize = 2_048;
/// How long a write waits until it is taken.
const TURN_DEADLINE: Duration = Duration::from_millis(900);
/// How long those that were taken together may take: with the wait before it, less than intake's 2.5 s.
const BATCH_DEADLINE: Duration = Duration::from_millis(1_500);

/// A write whose turn has not come.
struct Waiting {
    write: Write,
    /// Notes that it is taken; closed when who waits has given up.
    turn: oneshot::Sender<()>,
}

/// Something to write, and who waits for it.
pub(super) enum Write {
    Commit(Box<Rows>, oneshot::Sender<Result<Committed, Failure>>),
    Show(ShowRequest, oneshot::Sender<Result<u64, Failure>>),
    Lease(LeaseRequest, oneshot::Sender<Result<Vec<Leased>, Failure>>),
    Settle(Box<Settlement>, oneshot::Sender<Result<(), Failure>>),
}

/// What became of a write in a transaction that was committed.
pub(super) enum Written {
    Commit(Result<Committed, Failure>),
    Show(u64),
    Lease(Vec<Leased>),
    Settle,
}

/// Hands writes to the writing task.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Waiting>,
}

/// The writing task, to be run once.
pub struct WriterLoop {
    /// None after a failure, until the next write. SQLite may end a transaction by itself when the disk fails; what
    /// the driver believes to be open is then no longer what is, and a later "commit" would commit nothing.
    db: Option<Connection>,
    options: ConnectOptions,
    file: Option<OwnFile>,
    ids: Arc<dyn Ids>,
    waiting: mpsc::Receiver<Waiting>,
}

impl Writer {
    /// A writer for this database, and the task that does the writing; `options` open it again after a failure, and
    /// `file` is where it is, if it is a file.
    pub fn new(
        db: DatabaseConnection,
        options: ConnectOptions,
        file: Option<OwnFile>,
        ids: Arc<dyn Ids>,
    ) -> (Self, WriterLoop) {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        (Self { queue }, WriterLoop { db: Some(Connection::Pooled(db)), options, file, ids, waiting })
    }

    pub(super) async fn write(&self, rows: Rows) -> Result<Committed, Failure> {
        self.ask(|reply| Write::Commit(Box::new(rows), reply)).await
    }

    pub(super) async fn show(&self, request: ShowRequest) -> Result<u64, Failure> {
        self.ask(|reply| Write::Show(request, reply)).await
    }

    pub(super) async fn lease(&self, request: LeaseRequest) -> Result<Vec<Leased>, Failure> {
        self.ask(|reply| Write::Lease(request, reply)).await
    }

    pub(super) async fn settle(&self, settlement: Settlement) -> Result<(), Failure> {
        self.ask(|reply| Write::Settle(Box::new(settlement), reply)).await
    }

    /// Queues a write and waits for it; a full queue, a late answer and a dead writer are all "not saved".
    async fn ask<T>(&self, write: impl FnOnce(oneshot::Sender<Result<T, Failure>>) -> Write) -> Result<T, Failure> {
        const TOO_LATE: Failure = Failure::Unavailable("the database did not answer in time");
        let (reply, mut answer) = oneshot::channel();
        let (turn, mut taken) = oneshot::channel();
        let waiting = Waiting { write: write(reply), turn };
        self.queue.try_send(waiting).map_err(|_why| Failure::Unavailable("too many waiting writes"))?;
        // Whether it is taken is only looked at in the end: to be told would wake this task once more for every write.
        if let Ok(answer) = timeout(TURN_DEADLINE, &mut answer).await {
            return answer.unwrap_or(Err(TOO_LATE));
        }
        // From here on it cannot be taken any more; it may just have been.
        taken.close();
        taken.try_recv().map_err(|_why| TOO_LATE)?;
        answer.await.unwrap_or(Err(TOO_LATE))
    }
}

impl Waiting {
    /// The write, unless whoever asked has given up.
    fn take(self) -> Option<Write> {
        self.turn.send(()).is_ok().then_some(self.write)
    }
}

impl WriterLoop {
    /// Writes until nobody can ask any more; to a file on a thread of its own. Among all the requests it would wait for its
    /// turn after every wait for the disk, with everything else that waits to be written.
    pub fn start(self, tasks: &TaskTracker) -> io::Result<()> {
        if self.file.is_none() {
            tasks.spawn(self.run());
            return Ok(());
        }
        let (runtime, running) = (Handle::current(), tasks.token());
        thread::Builder::new().name("writer".to_owned()).spawn(move || {
            runtime.block_on(self.run());
            drop(running);
        })?;
        Ok(())
    }

    /// Writes until nobody can ask any more.
    pub async fn run(mut self) {
        while let Some(first) = self.waiting.recv().await {
            let batch = self.gather(first);
            // What is left of a batch is dropped with its time, and so is the connection: nothing of it is committed.
            if timeout(BATCH_DEADLINE, self.write_shared(batch)).await.is_err() {
                tracing::error!(target: "shopwatch::store", "the database did not finish a transaction in time");
            }
        }
    }

    /// The first write and those that wait behind it, less those whose asker has given up.
    fn gather(&mut self, first: Waiting) -> Vec<Write> {
        let mut batch: Vec<Write> = first.take().into_iter().collect();
        while batch.len() < SHARED_MAX
            && let Ok(next) = self.waiting.try_recv()
        {
            batch.extend(next.take());
        }
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
        // A connection that was used before may have been ended meanwhile; a fresh one tells what is really wrong.
        let again = shared.len() > 1 || self.db.is_some();
        match self.transaction(&shared).await {
            Ok(Some(results)) => shared.into_iter().zip(results).for_each(|(write, result)| write.answer(result)),
            // One bad row, or one who gave up, harms nobody else.
            Ok(None) | Err(_) if again => self.write_each(shared).await,
            Ok(None) => {}
            Err(failure) => shared.into_iter().for_each(|write| write.fail(&failure)),
        }
        self.write_each(alone).await;
    }

    async fn write_each(&mut self, writes: Vec<Write>) {
        for write in writes.into_iter().filter(|write| !write.is_abandoned()) {
            match self.transaction(std::slice::from_ref(&write)).await {
                Ok(results) => {
                    if let Some(result) = results.and_then(|mut results| results.pop()) {
                        write.answer(result);
                    }
                }
                Err(failure) => write.fail(&failure),
            }
        }
    }

    /// None if somebody has given up meanwhile: then nothing was kept.
    async fn transaction(&mut self, writes: &[Write]) -> Result<Option<Vec<Written>>, Failure> {
        if writes.is_empty() {
            return Ok(Some(Vec::new()));
        }
        self.write_all(writes).await.map_err(|why| unavailable(&why))
    }

    /// A connection that failed, or was given up on, is dropped.
    async fn write_all(&mut self, writes: &[Write]) -> Result<Option<Vec<Written>>, DbErr> {
        if self.file.as_ref().is_some_and(|file| !file.is_there()) {
            tracing::error!(target: "shopwatch::store", "the database file was moved or deleted: put it back, or restart");
            return Err(DbErr::Custom("the file is gone".to_owned()));
        }
        let db = match self.db.take() {
            Some(db) => db,
            None => Connection::Pooled(connect(self.options.clone()).await?),
        };
        let db = db.kept().await?;
        let written = statements::write_all(&db, &*self.ids, writes).await?;
        self.db = Some(db);
        Ok(written)
    }
}

impl Write {
    fn shares(&self) -> bool {
        match self {
            Self::Commit(rows, _) => rows.can_share(),
            Self::Show(..) | Self::Lease(..) | Self::Settle(..) => true,
        }
    }

    /// Whether nobody waits for it any more.
    pub(super) fn is_abandoned(&self) -> bool {
        match self {
            Self::Commit(_, reply) => reply.is_closed(),
            Self::Show(_, reply) => reply.is_closed(),
            Self::Lease(_, reply) => reply.is_closed(),
            Self::Settle(_, reply) => reply.is_closed(),
        }
    }

    /// Nobody may be listening any more; that is theirs to decide.
    fn answer(self, written: Written) {
        match (self, written) {
            (Self::Commit(_, reply), Written::Commit(result)) => drop(reply.send(result)),
            (Self::Show(_, reply), Written::Show(count)) => drop(reply.send(Ok(count))),
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
            Self::Show(_, reply) => drop(reply.send(Err(Failure::Unavailable(why)))),
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
            Self::Show(..) | Self::Lease(..) | Self::Settle(..) => None,
        }
    }
}
