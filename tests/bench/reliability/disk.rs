//! P3: a disk that fails, or is full, is told as "not saved", and nothing that was acknowledged is missing when the
//! database is opened again. The failing disk is strace, which answers some of the database's system calls with an
//! error.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use shopwatch::clock::Stopwatch;
use tokio::time::timeout;

use super::Run;
use super::shop::Shop;
use super::strace::Tracer;
use super::tills::{Till, Told};
use crate::client::Connection;
use crate::database::Kind;
use crate::{Result, usage};

/// How many report at the same time.
const TILLS: usize = 8;
/// How long all of the work may take while the disk fails now and then.
const WORKED_WITHIN: Duration = Duration::from_mins(5);
/// How long a database may take to come back after its disk works again.
const RECOVERED_WITHIN: Duration = Duration::from_secs(30);

/// A way in which a disk fails.
struct Fault {
    name: &'static str,
    kind: Kind,
    /// For strace: which calls fail how, and from which on how often, per thread.
    calls: &'static str,
    every: usize,
    error: &'static str,
}

/// Postgres ends all its processes when its log cannot be flushed and starts again; of its data files it must not be
/// let down as well, or it stays away for good.
const FAULTS: [Fault; 4] = [
    Fault { name: "flushes fail (EIO)", kind: Kind::Sqlite, calls: "fdatasync,fsync", every: 5, error: "EIO" },
    Fault { name: "writes fail (EIO)", kind: Kind::Sqlite, calls: "pwrite64", every: 101, error: "EIO" },
    Fault { name: "the disk is full (ENOSPC)", kind: Kind::Sqlite, calls: "pwrite64", every: 101, error: "ENOSPC" },
    Fault {
        name: "flushes fail (EIO), and Postgres ends itself",
        kind: Kind::Postgres,
        calls: "fdatasync",
        every: 15,
        error: "EIO",
    },
];

/// Breaks disks.
pub async fn run(run: &Run<'_>) -> Result<()> {
    for fault in FAULTS.iter().filter(|fault| run.kinds.contains(&fault.kind)) {
        let seen = Trial::new(run, fault)
            .await?
            .run(run.count / TILLS)
            .await
            .map_err(|why| format!("{}: {why}", fault.name))?;
        println!(
            "P3 disk, {}, {}, {} times: {} acknowledged and all there, {} told \"not saved\" ({} of the last of those there at \
             reopening, each once after being sent again), recovered after {} ms",
            fault.kind.name(),
            fault.name,
            seen.failures,
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
    /// Calls that failed.
    failures: usize,
    kept: usize,
    refused: usize,
    /// There at reopening though nobody was told so.
    unheard: usize,
    recovered: Duration,
}

struct Trial<'a> {
    run: &'a Run<'a>,
    fault: &'a Fault,
    shop: Shop,
    tills: Vec<Till>,
}

impl<'a> Trial<'a> {
    async fn new(run: &'a Run<'a>, fault: &'a Fault) -> Result<Self> {
        let shop = Shop::new(run, fault.kind).await?;
        let (reporter, reviewer) = (shop.key("till", "staff").await?, shop.key("office", "reviewer").await?);
        let till =
            |number| Till::new(format!("till-{number}"), &reporter, &reviewer, run.dice(&format!("disk {number}")));
        Ok(Self { run, fault, shop, tills: (0..TILLS).map(till).collect() })
    }

    async fn run(mut self, each: usize) -> Result<Seen> {
        let mut server = self.shop.serve().await?;
        let tracer = self.break_disk(server.pid).await?;
        let work = self.tills.iter_mut().map(|till| work(till, server.address, each));
        let refused = timeout(WORKED_WITHIN, join_all(work)).await.map_err(|_late| "nothing is kept any more")?;
        let refused = refused.into_iter().sum::<Result<usize>>()?;
        // The disk is mended, and the power fails at once.
        let failures = tracer.detach().await?.matches("(INJECTED)").count();
        server.kill().await?;
        let mut server = self.shop.serve().await?;
        let clock = Stopwatch::start();
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
        if failures == 0 {
            return Err("the disk did not fail".to_owned());
        }
        if self.all_there().await? != 0 {
            return Err("more is there than was acknowledged".to_owned());
        }
        server.kill().await?;
        self.shop.verify().await?;
        Ok(Seen { failures, kept: self.tills.iter().map(|till| till.kept.len()).sum(), refused, unheard, recovered })
    }

    async fn break_disk(&self, server: u32) -> Result<Tracer> {
        let Fault { calls, every, error, .. } = self.fault;
        let trace = format!("trace={calls}");
        let inject = format!("inject={calls}:error={error}:when={every}+{every}");
        let wal = self.shop.data.join("shopwatch.db-wal").display().to_string();
        let file = self.shop.folder().join("trace");
        match (self.fault.kind, self.run.postgres) {
            (Kind::Postgres, Some(postgres)) => {
                let mut pids = vec![postgres.postmaster];
                pids.extend(usage::children(postgres.postmaster));
                Tracer::attach(&pids, &["-e", &trace, "-e", &inject], &file).await
            }
            _ => Tracer::attach(&[server], &["-P", &wal, "-e", &trace, "-e", &inject], &file).await,
        }
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

/// Works until so much was acknowledged; how often it was told "not saved".
async fn work(till: &mut Till, address: SocketAddr, each: usize) -> Result<usize> {
    let (mut connection, mut kept, mut refused) = (Connection::open(address).await?, 0, 0);
    while kept < each {
        match till.step(&mut connection).await? {
            Told::Kept => kept += 1,
            Told::NotSaved => refused += 1,
            Told::NotNow => {}
            Told::Gone => return Err("the server hung up".to_owned()),
        }
    }
    Ok(refused)
}
