//! P20: ten times as much as the server can take, from one key, over more connections than it gives to one address.
//! Memory stays bounded, every refusal says so and when to come back, another till is served as ever, and when the flood
//! ends everything is as before.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use futures_util::future::{join_all, pending};
use shopwatch::clock::Stopwatch;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::Run;
use super::requests::{header, page, read, report};
use super::shop::{Server, Shop};
use crate::client::Connection;
use crate::database::Kind;
use crate::{Result, said, usage};

/// As many connections as a busy shop has, to see what the server can take.
const BUSY: usize = 64;
/// How many connections flood it, and how many more knock and are let in as others go.
const FLOOD: usize = 480;
const KNOCKING: usize = 400;
/// Where the flood comes from: not from where the others are.
const FLOODING: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
/// How often the polite till reports.
const POLITE_EVERY: Duration = Duration::from_millis(100);
/// What the promises allow: an answer to everybody else, and the server's memory in megabytes.
const ANSWERED_WITHIN: Duration = Duration::from_secs(3);
const MEMORY_MAX: f64 = 200.0;
/// How soon everything is as before, and what counts as that.
const NORMAL_WITHIN: Duration = Duration::from_mins(1);
const NORMAL: u32 = 2;
/// How many answers tell whether it is.
const LOOKS: usize = 10;

/// Floods servers.
pub async fn run(run: &Run<'_>) -> Result<()> {
    for kind in &run.kinds {
        let seen = Trial::new(run, *kind).await?.flooded(Duration::from_secs(run.count as u64)).await?;
        println!(
            "P20 overload, {}: {} requests at every moment for {} s, {} x as many as the {BUSY} that use all it can take ({:.0} a \
             second); {:.0} answers a second, {} kept and there, refused {:?}, every one with Retry-After; memory at most {:.0} \
             MB; the polite till: 0 of {} refused, p50 {} ms and slowest {} ms (before {} ms), as before {:.1} s after the flood",
            kind.name(),
            FLOOD + KNOCKING,
            run.count,
            (FLOOD + KNOCKING) / BUSY,
            seen.capacity,
            seen.offered,
            seen.kept,
            seen.refused,
            seen.memory,
            seen.polite.len(),
            middle(&seen.polite).as_millis(),
            seen.polite.iter().max().copied().unwrap_or_default().as_millis(),
            seen.before.as_millis(),
            seen.normal_after.as_secs_f64(),
        );
    }
    Ok(())
}

#[derive(Debug, Default)]
struct Seen {
    capacity: f64,
    offered: f64,
    kept: usize,
    refused: BTreeMap<u16, usize>,
    memory: f64,
    /// How long the polite till waited for each answer.
    polite: Vec<Duration>,
    before: Duration,
    normal_after: Duration,
}

struct Trial {
    shop: Shop,
    server: Server,
    flooder: String,
    polite: String,
    reviewer: String,
    clock: Stopwatch,
    sent: Cell<usize>,
    over: Cell<bool>,
    /// Every 201 that anybody was told.
    kept: Cell<usize>,
    /// Answers to the flood, by status.
    told: RefCell<BTreeMap<u16, usize>>,
}

impl Trial {
    async fn new(run: &Run<'_>, kind: Kind) -> Result<Self> {
        let shop = Shop::new(run, kind).await?;
        let (flooder, polite) = (shop.key("flood", "staff").await?, shop.key("till", "staff").await?);
        let reviewer = shop.key("office", "reviewer").await?;
        let server = shop.serve().await?;
        let clock = Stopwatch::start();
        let (sent, over, kept, told) = (Cell::new(0), Cell::new(false), Cell::new(0), RefCell::default());
        Ok(Self { shop, server, flooder, polite, reviewer, clock, sent, over, kept, told })
    }

    async fn flooded(self, time: Duration) -> Result<Seen> {
        let mut seen = Seen { capacity: self.capacity(time.min(Duration::from_secs(2))).await?, ..Seen::default() };
        let mut connection = Connection::open(self.server.address).await?;
        seen.before = middle(&self.looks(&mut connection).await?);
        self.told.take();
        self.over.set(false);
        let mut connections = Vec::new();
        for _ in 0..FLOOD {
            connections.push(Connection::open_from(FLOODING, self.server.address).await?);
        }
        let began = self.clock.now();
        let flood = async {
            let flooding = join_all(connections.into_iter().map(|connection| self.flood(connection)));
            let (flooded, knocked) = tokio::join!(flooding, join_all((0..KNOCKING).map(|_| self.knock())));
            flooded.into_iter().chain(knocked).collect::<Result<()>>()
        };
        let others = async {
            let polite = self.polite_till(&mut connection, time).await;
            self.over.set(true);
            polite
        };
        let (flooded, polite, memory) = tokio::join!(flood, others, self.memory());
        let took = self.clock.now().saturating_sub(began);
        flooded?;
        seen.polite = polite?;
        seen.memory = memory?;
        seen.refused = self.told.take();
        let all: usize = seen.refused.values().sum();
        seen.kept = seen.refused.remove(&201).unwrap_or(0);
        seen.offered = rate(all, took);
        seen.normal_after = self.normal_again(&mut connection, seen.before).await?;
        self.judge(&seen).await?;
        Ok(seen)
    }

    /// Reports a second that are kept when as many report as in a busy shop.
    async fn capacity(&self, time: Duration) -> Result<f64> {
        let busy = join_all((0..BUSY).map(|_| self.busy()));
        let timer = async {
            drop(timeout(time, pending::<()>()).await);
            self.over.set(true);
        };
        let (done, ()) = tokio::join!(busy, timer);
        done.into_iter().collect::<Result<()>>()?;
        Ok(rate(self.told.borrow().get(&201).copied().unwrap_or(0), time))
    }

    async fn busy(&self) -> Result<()> {
        let mut connection = Connection::open(self.server.address).await?;
        while !self.over.get() {
            self.report(&mut connection, &self.flooder).await?;
        }
        Ok(())
    }

    async fn report(&self, connection: &mut Connection, key: &str) -> Result<u16> {
        let number = self.sent.get();
        self.sent.set(number + 1);
        let answer = connection.ask(&report(key, &format!("flood-{number}"))).await?;
        let status = answer.status;
        if status != 201 && header(answer.head, "retry-after").is_none() {
            return Err(format!("answered {status} without Retry-After: {}", String::from_utf8_lossy(answer.head)));
        }
        *self.told.borrow_mut().entry(status).or_default() += 1;
        self.kept.set(self.kept.get() + usize::from(status == 201));
        Ok(status)
    }

    /// Reports without a pause.
    async fn flood(&self, mut connection: Connection) -> Result<()> {
        while !self.over.get() {
            self.report(&mut connection, &self.flooder).await?;
        }
        Ok(())
    }

    /// Opens one connection after the other beyond what one address is given; whether it is let in or told to come
    /// back, it is an answer.
    async fn knock(&self) -> Result<()> {
        while !self.over.get() {
            let Ok(mut connection) = Connection::open_from(FLOODING, self.server.address).await else { continue };
            // What it is not let in for breaks off.
            drop(self.report(&mut connection, &self.flooder).await);
        }
        Ok(())
    }

    /// Reports as a till does, reads as a manager does; how long each took. Nobody refuses it.
    async fn polite_till(&self, connection: &mut Connection, time: Duration) -> Result<Vec<Duration>> {
        let (began, mut took) = (self.clock.now(), Vec::new());
        let mut ticks = interval(POLITE_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while self.clock.now().saturating_sub(began) < time {
            ticks.tick().await;
            took.push(self.look(connection).await?);
        }
        Ok(took)
    }

    /// One polite report, read back by the manager.
    async fn look(&self, connection: &mut Connection) -> Result<Duration> {
        let began = self.clock.now();
        let number = self.sent.get();
        self.sent.set(number + 1);
        let answer = connection.ask(&report(&self.polite, &format!("polite-{number}"))).await?;
        let reference = super::requests::text(&super::requests::json(answer.body), "reference").to_owned();
        let reported = answer.status;
        self.kept.set(self.kept.get() + usize::from(reported == 201));
        let took = self.clock.now().saturating_sub(began);
        let shown = connection.ask(&read(&self.reviewer, &reference)).await?.status;
        if (reported, shown) == (201, 200) {
            Ok(took)
        } else {
            Err(format!("the polite till was answered {reported}, its manager {shown}"))
        }
    }

    async fn looks(&self, connection: &mut Connection) -> Result<Vec<Duration>> {
        let mut took = Vec::new();
        for _ in 0..LOOKS {
            took.push(self.look(connection).await?);
        }
        Ok(took)
    }

    /// The most memory that the server held while it was flooded, in megabytes.
    async fn memory(&self) -> Result<f64> {
        let mut ticks = interval(POLITE_EVERY);
        let mut most: f64 = 0.0;
        while !self.over.get() {
            ticks.tick().await;
            most = most.max(usage::memory(self.server.pid)?.0);
        }
        Ok(most)
    }

    async fn normal_again(&self, connection: &mut Connection, before: Duration) -> Result<Duration> {
        let clock = Stopwatch::start();
        while middle(&self.looks(connection).await?) > before * NORMAL {
            if clock.now() > NORMAL_WITHIN {
                return Err("it is not as before a minute after the flood".to_owned());
            }
        }
        Ok(clock.now())
    }

    async fn judge(&self, seen: &Seen) -> Result<()> {
        let slowest = seen.polite.iter().max().copied().unwrap_or_default();
        let strange: Vec<&u16> = seen.refused.keys().filter(|status| !matches!(status, 429 | 503)).collect();
        let mut connection = Connection::open(self.server.address).await?;
        let ready = connection.ask(&page("/health/ready", "")).await?.status;
        let there = self.shop.oracle().await?.incidents().await?;
        if there != i64::try_from(self.kept.get()).map_err(said)? {
            return Err(format!("{} acknowledged and {there} there", self.kept.get()));
        }
        if slowest > ANSWERED_WITHIN
            || seen.memory > MEMORY_MAX
            || !strange.is_empty()
            || ready != 200
            || seen.refused.is_empty()
        {
            return Err(format!("slowest {slowest:?}, {} MB, answered {:?}, ready {ready}", seen.memory, seen.refused));
        }
        Ok(())
    }
}

/// The time that half of them took at most.
fn middle(took: &[Duration]) -> Duration {
    let mut sorted = took.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn rate(count: usize, time: Duration) -> f64 {
    u32::try_from(count).map_or(f64::NAN, f64::from) / time.as_secs_f64()
}
