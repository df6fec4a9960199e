//! P2: an acknowledgement is sent only after what it acknowledges was flushed to the disk. Seen from outside: between
//! reading the request and writing `201`, the database's log is written and then flushed, by whichever process does it.
//!
//! The shop of this trial has its only channel on a chat that is not connected, so that reports are all that is written.

use std::collections::HashMap;
use std::fs;

use futures_util::future::join_all;

use super::Run;
use super::requests::report;
use super::shop::{RULES, Shop};
use super::strace::{Call, Tracer, calls};
use crate::client::Connection;
use crate::database::Kind;
use crate::{Result, said, usage};

/// The system calls that read requests, write answers, and write and flush files.
const TRACED: &str = "trace=read,recvfrom,readv,write,sendto,writev,pwrite64,pwritev,fsync,fdatasync";
/// How many report at the same moment in the second half.
const AT_ONCE: usize = 16;

/// Traces servers and databases.
pub async fn run(run: &Run<'_>) -> Result<()> {
    for kind in &run.kinds {
        let one = flushed_before_acknowledged(run, *kind, 1).await?;
        let many = flushed_before_acknowledged(run, *kind, AT_ONCE).await?;
        println!(
            "P2 fsync, {}: {one} of {one} acknowledgements one by one and {many} of {many} at {AT_ONCE} at a time came after \
             a write and a flush of the database's log; without the lines of flushes: 0",
            kind.name()
        );
    }
    if run.kinds.contains(&Kind::Postgres) {
        let refused = careless_settings_are_refused(run).await?;
        println!("P2 fsync, Postgres: the server refuses to start on {refused}");
    }
    Ok(())
}

async fn flushed_before_acknowledged(run: &Run<'_>, kind: Kind, at_once: usize) -> Result<usize> {
    let shop = Shop::new(run, kind).await?;
    let quiet = RULES.replace("channels.triage = [\"console:triage\"]", "channels.triage = [\"slack:C02TRIAGE\"]");
    fs::write(&shop.rules, quiet).map_err(said)?;
    let reporter = shop.key("till", "staff").await?;
    let mut server = shop.serve().await?;
    warm(server.address, &reporter).await?;
    let mut pids = vec![server.pid];
    if let (Kind::Postgres, Some(postgres)) = (kind, run.postgres) {
        pids.push(postgres.postmaster);
        pids.extend(usage::children(postgres.postmaster));
    }
    let tracer = Tracer::attach(&pids, &["-e", TRACED], &shop.folder().join("trace")).await?;
    let each = run.count.div_ceil(at_once);
    let tills = (0..at_once).map(|number| acknowledged(server.address, &reporter, number, each));
    join_all(tills).await.into_iter().collect::<Result<()>>()?;
    let trace = tracer.detach().await?;
    server.kill().await?;
    judge(&trace, kind, each * at_once)
}

/// The first report of a server opens its connections to the database.
async fn warm(address: std::net::SocketAddr, reporter: &str) -> Result<()> {
    acknowledged(address, reporter, usize::MAX, 1).await
}

async fn acknowledged(address: std::net::SocketAddr, reporter: &str, number: usize, each: usize) -> Result<()> {
    let mut connection = Connection::open(address).await?;
    for sent in 0..each {
        let status = connection.ask(&report(reporter, &format!("fsync-{number}-{sent}"))).await?.status;
        if status != 201 {
            return Err(format!("a report was answered {status}"));
        }
    }
    Ok(())
}

fn judge(trace: &str, kind: Kind, expected: usize) -> Result<usize> {
    let calls = calls(trace);
    let proved = Proof::of(&calls, kind);
    let unflushed: Vec<Call<'_>> =
        calls.iter().filter(|call| !matches!(call.name, "fsync" | "fdatasync")).cloned().collect();
    let control = Proof::of(&unflushed, kind);
    if proved.acknowledged != expected || proved.after_flush != expected || control.after_flush != 0 {
        return Err(format!("{expected} acknowledged; traced: {proved:?}; without flushes: {control:?}"));
    }
    Ok(expected)
}

/// How many acknowledgements a trace shows, and how many of them after a write and a flush since their request.
#[derive(Debug, Default, PartialEq, Eq)]
struct Proof {
    acknowledged: usize,
    after_flush: usize,
}

/// What has happened since a request was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Since {
    Read,
    Written,
    Flushed,
}

impl Proof {
    fn of(calls: &[Call<'_>], kind: Kind) -> Self {
        let log = if kind == Kind::Sqlite { "shopwatch.db-wal>" } else { "/pg_wal/" };
        let mut proof = Self::default();
        let mut open: HashMap<&str, Since> = HashMap::new();
        for call in calls {
            let on_log = call.on.contains(log);
            match call.name {
                "read" | "recvfrom" | "readv" if call.ended && call.rest.contains("\"POST /api/v1/reports") => {
                    open.insert(call.on, Since::Read);
                }
                "pwrite64" | "pwritev" | "write" if on_log && call.ended => {
                    step(&mut open, Since::Read, Since::Written);
                }

                "fsync" | "fdatasync" if on_log && call.ended && call.rest.ends_with("= 0") => {
                    step(&mut open, Since::Written, Since::Flushed);
                }
                "write" | "sendto" | "writev" if call.began && call.rest.contains("\"HTTP/1.1 201") => {
                    proof.acknowledged += 1;
                    proof.after_flush += usize::from(open.remove(call.on) == Some(Since::Flushed));
                }
                _ => {}
            }
        }
        proof
    }
}

fn step(open: &mut HashMap<&str, Since>, from: Since, to: Since) {
    open.values_mut().filter(|since| **since == from).for_each(|since| *since = to);
}

/// A Postgres that would lose what it acknowledged is not used.
async fn careless_settings_are_refused(run: &Run<'_>) -> Result<String> {
    let settings = ["fsync", "full_page_writes", "synchronous_commit"];
    let shop = Shop::new(run, Kind::Postgres).await?;
    let oracle = shop.oracle().await?;
    for setting in settings {
        oracle.run(&format!("ALTER SYSTEM SET {setting} = off")).await?;
        oracle.run("SELECT pg_reload_conf()").await?;
        let refused = loop {
            // The database reads its settings again when it gets to it; connections that are opened later have them.
            let now = shop.oracle().await?.texts(&format!("SHOW {setting}")).await?;
            if now == ["off"] {
                break shop.serve().await.err();
            }
        };
        oracle.run(&format!("ALTER SYSTEM RESET {setting}")).await?;
        oracle.run("SELECT pg_reload_conf()").await?;
        if !refused.is_some_and(|why| why.contains(setting)) {
            return Err(format!("the server starts with {setting} = off"));
        }
    }
    Ok(settings.map(|setting| format!("{setting} = off")).join(", "))
}
