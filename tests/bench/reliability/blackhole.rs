//! P6: while the database does not answer, everybody is told so within 2.5 s, in the API, in the console and by the
//! health check; when it answers again, the server does too, and what is sent again under the same key is there once.
//!
//! Postgres is stopped with SIGSTOP, every process of it: its sockets stay open and nothing comes. SQLite cannot be
//! stopped so; there another program holds its write lock.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::try_join_all;
use shopwatch::clock::Stopwatch;
use tokio::sync::watch;
use tokio::time::{interval, timeout};

use super::Run;
use super::oracle::Oracle;
use super::requests::{form, page, read, request, sign_in};
use super::shop::{Shop, signal};
use super::tills::{Till, Told};
use crate::client::Connection;
use crate::database::{Kind, Postgres};
use crate::{Result, said, usage};

/// What the promise says, and what a busy machine may add.
const ANSWERED_WITHIN: Duration = Duration::from_millis(2_500 + 300);
/// How long it may take until everything works again.
const RECOVERED_WITHIN: Duration = Duration::from_secs(20);
/// How many tills report at the same time.
const TILLS: usize = 8;
/// How often a page is looked at.
const PROBED_EVERY: Duration = Duration::from_millis(20);
/// How many answers everybody gets, at least, that were asked for in the silence.
const ANSWERS: usize = 1;

/// Silences databases.
pub async fn run(run: &Run<'_>) -> Result<()> {
    for kind in &run.kinds {
        let mut trial = Trial::new(run, *kind).await?;
        for _ in 0..run.count {
            trial.silence().await?;
        }
        let slowest = trial.seen.values().map(|seen| seen.slowest).max().unwrap_or_default();
        let answers: usize = trial.seen.values().map(|seen| seen.count).sum();
        let recovered = trial.recovered.iter().max().copied().unwrap_or_default();
        let kept = trial.end().await?;
        println!(
            "P6 blackhole, {}: in {} silences 0 of {answers} answers later than {} ms (slowest {} ms), every report, press and \
             form told \"not saved\"; working again after at most {} ms; {kept} reports and steps there once",
            kind.name(),
            run.count,
            ANSWERED_WITHIN.as_millis(),
            slowest.as_millis(),
            recovered.as_millis(),
        );
    }
    Ok(())
}

/// What the answers of one kind were during a silence.
#[derive(Debug, Default)]
struct Seen {
    count: usize,
    slowest: Duration,
}

struct Trial<'a> {
    kind: Kind,
    postgres: Option<&'a Postgres>,
    shop: Shop,
    oracle: Oracle,
    server: super::shop::Server,
    tills: Vec<Till>,
    probes: Vec<Probe>,
    seen: BTreeMap<&'static str, Seen>,
    recovered: Vec<Duration>,
}

/// A request that is asked again and again, and what it must be answered while the database is silent.
struct Probe {
    name: &'static str,
    request: Vec<u8>,
    silent: u16,
}

impl<'a> Trial<'a> {
    async fn new(run: &'a Run<'a>, kind: Kind) -> Result<Self> {
        let shop = Shop::new(run, kind).await?;
        let (reporter, reviewer) = (shop.key("till", "staff").await?, shop.key("office", "reviewer").await?);
        let till =
            |number| Till::new(format!("till-{number}"), &reporter, &reviewer, run.dice(&format!("silent {number}")));
        let mut tills: Vec<Till> = (0..TILLS).map(till).collect();
        let server = shop.serve().await?;
        let mut connection = Connection::open(server.address).await?;
        let first = tills.first_mut().ok_or("no tills")?;
        first.step(&mut connection).await?;
        let reference = first.kept.keys().next().cloned().unwrap_or_default();
        let (cookie, _) = sign_in(&shop, &mut connection, "noor").await?;
        let probes = probes(kind, &reviewer, &reference, &cookie);
        let (oracle, postgres) = (shop.oracle().await?, run.postgres);
        Ok(Self { kind, postgres, shop, oracle, server, tills, probes, seen: BTreeMap::new(), recovered: Vec::new() })
    }

    /// Works, silences the database until everybody has been answered some times, and works again.
    async fn silence(&mut self) -> Result<()> {
        let everybody = self.tills.len() + self.probes.len();
        let scene = Scene::new(everybody);
        let address = self.server.address;
        let tills = self.tills.iter_mut().enumerate().map(|(index, till)| scene.till(index, till, address));
        let first_probe = everybody - self.probes.len();
        let probes =
            self.probes.iter().enumerate().map(|(index, probe)| scene.probe(first_probe + index, probe, address));
        let hush = Hush { kind: self.kind, postgres: self.postgres, oracle: &self.oracle };
        let director = scene.direct(&hush);
        let played = tokio::try_join!(try_join_all(tills), try_join_all(probes), director);
        if played.is_err() {
            // Nobody can look at what is wrong while the database is stopped.
            drop(hush.speak().await);
        }
        self.recovered.push(played?.2);
        for (name, took) in scene.seen.into_inner() {
            let seen = self.seen.entry(name).or_default();
            seen.count += 1;
            seen.slowest = seen.slowest.max(took);
        }
        Ok(())
    }

    /// What was acknowledged and what is there are the same.
    async fn end(&mut self) -> Result<usize> {
        let mut connection = Connection::open(self.server.address).await?;
        for till in &mut self.tills {
            while till.waits() {
                till.step(&mut connection).await?;
            }
        }
        self.server.kill().await?;
        self.shop.verify().await?;
        let there = self.oracle.all_whole(None, true).await?;
        let mut kept = 1;
        for (reference, version) in self.tills.iter().flat_map(|till| &till.kept) {
            kept += usize::try_from(*version).map_err(said)?;
            if there.get(reference).is_none_or(|there| there.version != i64::from(*version)) {
                return Err(format!("{reference} should be at version {version} and is {:?}", there.get(reference)));
            }
        }
        let acknowledged = 1 + self.tills.iter().map(|till| till.kept.len()).sum::<usize>();
        if acknowledged == there.len() {
            Ok(kept)
        } else {
            Err(format!("{acknowledged} acknowledged, {} there", there.len()))
        }
    }
}

fn probes(kind: Kind, reviewer: &str, reference: &str, cookie: &str) -> Vec<Probe> {
    // A lock on SQLite stops writers alone.
    let reads = if kind == Kind::Postgres { 503 } else { 200 };
    // Always the same delivery: however often it is sent, it is one incident.
    let report = [("what", "line"), ("delivery", "silence"), ("line", "/report two people, spirits")];
    let probe = |name, request, silent| Probe { name, request, silent };
    vec![
        probe("list", request("GET", "/api/v1/incidents", reviewer, None, None), reads),
        probe("incident", read(reviewer, reference), reads),
        probe("page", page("/", cookie), reads),
        probe("form", form("/", cookie, &report), 503),
        probe("ready", page("/health/ready", ""), reads),
        probe("live", page("/health/live", ""), 200),
        probe("metrics", page("/metrics", ""), 200),
    ]
}

/// How a database is silenced.
struct Hush<'a> {
    kind: Kind,
    postgres: Option<&'a Postgres>,
    oracle: &'a Oracle,
}

impl Hush<'_> {
    async fn silence(&self) -> Result<()> {
        match (self.kind, self.postgres) {
            (Kind::Postgres, Some(postgres)) => signal("STOP", &processes(postgres)).await,
            _ => self.oracle.run("BEGIN IMMEDIATE").await,
        }
    }

    async fn speak(&self) -> Result<()> {
        match (self.kind, self.postgres) {
            (Kind::Postgres, Some(postgres)) => signal("CONT", &processes(postgres)).await,
            _ => self.oracle.run("COMMIT").await,
        }
    }
}

/// Every process of Postgres, the first one first: it starts no others while it is stopped.
fn processes(postgres: &Postgres) -> Vec<u32> {
    let mut processes = vec![postgres.postmaster];
    processes.extend(usage::children(postgres.postmaster));
    processes
}

/// Where a round stands, as everybody in it sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Working,
    Silent,
    WorkingAgain,
    Over,
}

struct Scene {
    act: Cell<Act>,
    /// How many answers each got in this act.
    heard: watch::Sender<Vec<usize>>,
    seen: RefCell<Vec<(&'static str, Duration)>>,
    clock: Stopwatch,
}

impl Scene {
    fn new(everybody: usize) -> Self {
        let (act, heard) = (Cell::new(Act::Working), watch::Sender::new(vec![0; everybody]));
        Self { act, heard, seen: RefCell::default(), clock: Stopwatch::start() }
    }

    async fn direct(&self, hush: &Hush<'_>) -> Result<Duration> {
        let directed = timeout(RECOVERED_WITHIN * 2, async {
            self.everybody_heard(ANSWERS).await?;
            hush.silence().await?;
            self.begin(Act::Silent);
            self.everybody_heard(ANSWERS).await?;
            self.begin(Act::WorkingAgain);
            hush.speak().await?;
            let clock = Stopwatch::start();
            self.everybody_heard(ANSWERS).await?;
            Ok(clock.now())
        });
        let directed = directed.await;
        self.begin(Act::Over);
        directed.unwrap_or_else(|_late| Err("somebody is not answered any more".to_owned()))
    }

    fn begin(&self, act: Act) {
        self.act.set(act);
        self.heard.send_modify(|heard| heard.iter_mut().for_each(|count| *count = 0));
    }

    async fn everybody_heard(&self, answers: usize) -> Result<()> {
        let mut heard = self.heard.subscribe();
        heard.wait_for(|heard| heard.iter().all(|count| *count >= answers)).await.map(drop).map_err(said)
    }

    /// Notes an answer; it counts if the act was the same from the request to the answer and it was what is wanted in it.
    fn note(&self, who: usize, name: &'static str, before: Act, took: Duration, wanted: bool) -> Result<()> {
        if took > ANSWERED_WITHIN {
            return Err(format!("{name} was answered after {} ms ({before:?})", took.as_millis()));
        }
        self.seen.borrow_mut().push((name, took));
        if before == self.act.get() && wanted {
            self.heard.send_modify(|heard| heard.iter_mut().skip(who).take(1).for_each(|count| *count += 1));
        }
        Ok(())
    }

    async fn till(&self, who: usize, till: &mut Till, address: SocketAddr) -> Result<()> {
        let mut connection = Connection::open(address).await?;
        while self.act.get() != Act::Over {
            let (act, began) = (self.act.get(), self.clock.now());
            let told = till.step(&mut connection).await?;
            let took = self.clock.now().saturating_sub(began);
            let silent = act == Act::Silent && self.act.get() == Act::Silent;
            let wanted = match told {
                Told::Kept if silent => return Err("acknowledged while nothing can be kept".to_owned()),
                Told::Gone => return Err("the server hung up".to_owned()),
                Told::NotSaved => silent,
                Told::Kept => true,
                Told::NotNow => false,
            };
            self.note(who, "till", act, took, wanted)?;
        }
        Ok(())
    }

    async fn probe(&self, who: usize, probe: &Probe, address: SocketAddr) -> Result<()> {
        let mut connection = Connection::open(address).await?;
        let mut ticks = interval(PROBED_EVERY);
        while self.act.get() != Act::Over {
            ticks.tick().await;
            let (act, began) = (self.act.get(), self.clock.now());
            let status = connection.ask(&probe.request).await?.status;
            let took = self.clock.now().saturating_sub(began);
            let silent = act == Act::Silent && self.act.get() == Act::Silent;
            if silent && status != probe.silent {
                return Err(format!("{} was answered {status} while the database was silent", probe.name));
            }
            let wanted = silent || status == 200;
            self.note(who, probe.name, act, took, wanted)?;
        }
        Ok(())
    }
}
