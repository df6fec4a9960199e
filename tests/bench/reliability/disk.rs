//! P3: a disk that fails, or is full, is told as "not saved", and nothing that was acknowledged is missing when the
//! database is opened again. The failing disk is strace, which answers some of the database's system calls with an
//! error.
//!
//! SQLite is part of the server: some of its calls fail while the tills work. Postgres ends all its processes when its
//! log cannot be written or flushed, and recovers; so its server processes of this shop are traced, every such call of
//! theirs fails, and those that follow them are let be: then it happens every time, and Postgres always comes back.

use std::cell::Cell;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::try_join_all;
use shopwatch::clock::Stopwatch;
use tokio::sync::watch;
use tokio::time::timeout;

use super::Run;
use super::shop::Shop;
use super::strace::Tracer;
use super::tills::{Till, Told};
use crate::client::Connection;
use crate::database::Kind;
use crate::{Result, said};

/// How many report at the same time.
const TILLS: usize = 8;
/// How long all of the work may take while the disk fails now and then.
const WORKED_WITHIN: Duration = Duration::from_mins(5);
/// How long a database may take to come back after its disk works again.
const RECOVERED_WITHIN: Duration = Duration::from_secs(30);
/// How long it may take until a call fails that is bound to.
const HIT_WITHIN: Duration = Duration::from_secs(2);
/// Postgres fails once in so many acknowledgements that are asked for.
const A_FAILURE_IN: usize = 100;
/// The server processes of this shop.
const BACKENDS: &str = "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() \
                        AND backend_type = 'client backend' AND pid <> pg_backend_pid()";

/// A way in which a disk fails.
struct Fault {
    name: &'static str,
    kind: Kind,
    /// For strace: which calls fail how; on SQLite from which on and how often, per thread.
    calls: &'static str,
    every: usize,
    error: &'static str,
}

const FAULTS: [Fault; 5] = [
    Fault { name: "flushes fail (EIO)", kind: Kind::Sqlite, calls: "fdatasync,fsync", every: 5, error: "EIO" },
    Fault { name: "writes fail (EIO)", kind: Kind::Sqlite, calls: "pwrite64", every: 101, error: "EIO" },
    Fault { name: "the disk is full (ENOSPC)", kind: Kind::Sqlite, calls: "pwrite64", every: 101, error: "ENOSPC" },
    Fault { name: "flushes fail (EIO)", kind: Kind::Postgres, calls: "fdatasync,fsync", every: 1, error: "EIO" },
    Fault {
        name: "the disk is full (ENOSPC)",
        kind: Kind::Postgres,
        calls: "pwrite64,pwritev",
        every: 1,
        error: "ENOSPC",
    },
];

/// Breaks disks.
pub async fn run(run: &Run<'_>) -> Result<()> {
    for (number, fault) in (1..).zip(&FAULTS).filter(|(_, fault)| run.kinds.contains(&fault.kind)) {
        let told = |why| format!("{}, {}: {why}", fault.kind.name(), fault.name);
        let trial = Trial::new(run, number, fault).await.map_err(told)?;
        let seen = timeout(WORKED_WITHIN, Box::pin(trial.run(run.count))).await;
        let seen = seen.unwrap_or_else(|_late| Err("nothing is kept any more".to_owned())).map_err(told)?;
        println!(
            "P3 disk, {}, {}, {} calls failed{}: {} acknowledged and all there, {} told \"not saved\" ({} of the last of those there \
             at reopening, each once after being sent again), recovered after {} ms",
            fault.kind.name(),
            fault.name,
            seen.failures,
            if fault.kind == Kind::Postgres { format!(" and Postgres {} times", seen.crashes) } else { String::new() },
            seen.kept,
            seen.refused,
            seen.unheard,
            seen.recovered.as_millis(),
        );
    }
    Ok(())
}

#[derive(Debug, Default)]
struct Seen {
    /// Calls that failed, and how often Postgres ended because of them.
    failures: usize,
    crashes: usize,
    kept: usize,
    refused: usize,
    /// There at reopening though nobody was told so.
    unheard: usize,
    recovered: Duration,
}

/// What the tills were told so far.
struct Heard {
    /// Acknowledged and "not saved", by till.
    told: watch::Sender<Vec<(usize, usize)>>,
    over: Cell<bool>,
}

impl Heard {
    fn note(&self, till: usize, kept: usize, refused: usize) {
        self.told.send_modify(|told| {
            told.iter_mut().skip(till).take(1).for_each(|told| *told = (told.0 + kept, told.1 + refused));
        });
    }

    fn all(&self) -> (usize, usize) {
        self.told.borrow().iter().fold((0, 0), |sum, told| (sum.0 + told.0, sum.1 + told.1))
    }

    async fn until(&self, so: impl FnMut(&Vec<(usize, usize)>) -> bool) -> Result<()> {
        self.told.subscribe().wait_for(so).await.map(drop).map_err(said)
    }
}

struct Trial<'a> {
    run: &'a Run<'a>,
    fault: &'a Fault,
    shop: Shop,
    tills: Vec<Till>,
}

impl<'a> Trial<'a> {
    async fn new(run: &'a Run<'a>, number: usize, fault: &'a Fault) -> Result<Self> {
        let shop = Shop::new(run, fault.kind).await?;
        let (reporter, reviewer) = (shop.key("till", "staff").await?, shop.key("office", "reviewer").await?);
        let dice = |till| run.dice(&format!("disk {number} {till}"));
        let till = |till| Till::new(format!("till-{till}"), &reporter, &reviewer, dice(till));
        Ok(Self { run, fault, shop, tills: (0..TILLS).map(till).collect() })
    }

    async fn run(mut self, count: usize) -> Result<Seen> {
        let mut server = self.shop.serve().await?;
        let heard = Heard { told: watch::Sender::new(vec![(0, 0); TILLS]), over: Cell::new(false) };
        let mut tills = std::mem::take(&mut self.tills);
        let work = tills.iter_mut().enumerate().map(|(index, till)| work(index, till, server.address, &heard));
        let breaking = async {
            let broken = match self.run.postgres.filter(|_| self.fault.kind == Kind::Postgres) {
                Some(_) => self.break_postgres(&heard, count.div_ceil(A_FAILURE_IN)).await,
                None => self.break_sqlite(server.pid, &heard, count / TILLS).await,
            };
            heard.over.set(true);
            broken
        };
        let (_, (failures, crashes)) = tokio::try_join!(try_join_all(work), breaking)?;
        self.tills = tills;
        // The disk is mended, and the power fails at once.
        server.kill().await?;
        let clock = Stopwatch::start();
        timeout(RECOVERED_WITHIN, async { while self.shop.oracle().await.is_err() {} })
            .await
            .map_err(|_late| "the database does not come back")?;
        let mut server = self.shop.serve().await?;
        let unheard = self.all_there().await?;
        let mut connection = Connection::open(server.address).await?;
        for till in &mut self.tills {
            while till.waits() {
                till.step(&mut connection).await?;
                if clock.now() > RECOVERED_WITHIN {
                    return Err("it does not recover".to_owned());
                }
            }
        }
        let recovered = clock.now();
        if self.all_there().await? != 0 {
            return Err("more is there than was acknowledged".to_owned());
        }
        server.kill().await?;
        self.shop.verify().await?;
        let kept = self.tills.iter().map(|till| till.kept.len()).sum();
        Ok(Seen { failures, crashes, kept, refused: heard.all().1, unheard, recovered })
    }

    /// Some calls on the log fail until enough is kept in spite of it and every till was told that something is not.
    async fn break_sqlite(&self, server: u32, heard: &Heard, each: usize) -> Result<(usize, usize)> {
        let wal = self.shop.data.join("shopwatch.db-wal").display().to_string();
        let tracer = self.trace(&[server], &["-P", &wal]).await?;
        heard.until(|told| told.iter().all(|(kept, refused)| *kept >= each && *refused > 0)).await?;
        let failures = injected(&tracer.detach().await?);
        if failures == 0 { Err("the disk did not fail".to_owned()) } else { Ok((failures, 0)) }
    }

    /// Every call of the server processes fails until Postgres has ended; again when it is back. It may be back so soon
    /// that everything is kept at the second attempt and nobody has to be told: so it goes on until somebody was.
    async fn break_postgres(&self, heard: &Heard, wanted: usize) -> Result<(usize, usize)> {
        let (mut failures, mut crashes) = (0, 0);
        while crashes < wanted || heard.all().1 == 0 {
            // Something is kept from now on: the writer's connection is there.
            let (kept, _) = heard.all();
            heard.until(|told| told.iter().map(|(kept, _)| kept).sum::<usize>() > kept).await?;
            let pids = self.shop.oracle().await?.texts(BACKENDS).await?;
            let pids = pids.iter().map(|pid| pid.parse().map_err(said)).collect::<Result<Vec<u32>>>()?;
            // None fails if the writer was just about to take another connection, which is not traced.
            let failed = injected(&self.trace(&pids, &[]).await?.outlive(HIT_WITHIN).await?);
            failures += failed;
            crashes += usize::from(failed > 0);
        }
        Ok((failures, crashes))
    }

    async fn trace(&self, pids: &[u32], of: &[&str]) -> Result<Tracer> {
        let Fault { calls, every, error, .. } = self.fault;
        let (trace, inject) = (format!("trace={calls}"), format!("inject={calls}:error={error}:when={every}+{every}"));
        let arguments = [of, &["-e", &trace, "-e", &inject]].concat();
        Tracer::attach(pids, &arguments, &self.shop.folder().join("trace")).await
    }

    /// Everything acknowledged is there and whole; how many reports and steps are there beyond that.
    async fn all_there(&self) -> Result<usize> {
        let there = self.shop.oracle().await?.all_whole(None, true).await?;
        let mut beyond = there.len();
        for (reference, version) in self.tills.iter().flat_map(|till| &till.kept) {
            let kept = there.get(reference).ok_or_else(|| format!("{reference} was acknowledged and is missing"))?;
            let more = usize::try_from(kept.version - i64::from(*version));
            beyond = beyond - 1 + more.map_err(|_fewer| format!("a step of {reference} is missing"))?;
        }
        Ok(beyond)
    }
}

fn injected(trace: &str) -> usize {
    trace.matches("(INJECTED)").count()
}

/// Works until it is over; the last thing may be one of which nobody was told whether it is there.
async fn work(index: usize, till: &mut Till, address: SocketAddr, heard: &Heard) -> Result<()> {
    let mut connection = Connection::open(address).await?;
    while !heard.over.get() {
        match till.step(&mut connection).await? {
            Told::Kept => heard.note(index, 1, 0),
            Told::NotSaved => heard.note(index, 0, 1),
            Told::NotNow => {}
            Told::Gone => return Err("the server hung up".to_owned()),
        }
    }
    Ok(())
}
