//! Durable reports a second, the time of an answer and what it costs, beside what the database itself can do: by
//! turns in the same minutes, so that a machine that slows down slows both.

use std::time::Duration;

use clap::Args;

use crate::database::{Kind, Postgres, Rows};
use crate::load::{Pace, Taken};
use crate::pgbench::Limit;
use crate::report::{Table, Targets, machine};
use crate::server::Server;
use crate::sqlite::Alone;
use crate::usage::Used;
use crate::{Common, Result};

/// Reports before anything is measured: caches fill, statements are prepared.
const WARM_UP: u64 = 2_000;
/// Connections with which reports come at a fixed rate.
const WAITING: usize = 64;
/// How long they come at it.
const STEADY: Duration = Duration::from_secs(20);
/// Reports are numbered apart between loads, so that none is taken for another's repetition.
const APART: u64 = 100_000_000;

/// How to measure it.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Only on this database.
    #[arg(long)]
    on: Option<Kind>,
    /// Connections that report at the same time.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
    connections: Vec<usize>,
    /// How often the two take turns.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// How long a turn is.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
}

/// What was measured with so many connections.
pub struct Figures {
    pub connections: usize,
    pub taken: Taken,
    /// Processor time of server and database.
    pub used: Used,
    /// How long after the load everything was shown, in milliseconds, at most.
    pub shown_after: f64,
    /// Reports a second of the database alone, in each turn, and ours divided by it.
    pub limits: Vec<f64>,
    pub ratios: Vec<f64>,
}

impl Figures {
    /// Processor time of server and database, in microseconds a report.
    pub fn cost(&self) -> f64 {
        self.used.for_each_of(self.taken.latencies.len())
    }
}

/// Measures it and says whether the targets are met.
pub async fn run(common: &Common, options: &Options) -> Result<()> {
    let seed = common.seed();
    println!("speed: {}\n", machine(&common.folder, seed));
    let mut targets = Targets::default();
    for kind in Kind::ALL.into_iter().filter(|kind| options.on.is_none_or(|on| on == *kind)) {
        let postgres = if kind == Kind::Postgres { Some(Postgres::start(&common.folder).await?) } else { None };
        let server = Server::start(common, postgres.as_ref(), "speed").await?;
        server.report(seed, 16, Pace::Count(WARM_UP), 0).await?;
        let mut other = Other::new(common, postgres.as_ref(), Rows::sample(&server.db).await?).await?;
        let mut table = Table::new(&[
            "connections",
            "reports/s",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "CPU µs/report",
            other.name(),
            "ratio",
        ]);
        for (index, connections) in (1..).zip(&options.connections) {
            let turn = Turn {
                seed,
                connections: *connections,
                time: Duration::from_secs(options.seconds),
                first: index * APART,
            };
            let figures = turn.alternate(&server, &mut other, options.rounds).await?;
            table.row([
                figures.connections.to_string(),
                format!("{:.0}", figures.taken.rate()),
                format!("{:.2}", figures.taken.within(0.5)),
                format!("{:.2}", figures.taken.within(0.99)),
                format!("{:.2}", figures.taken.within(0.999)),
                figures.used.parts(figures.taken.latencies.len()),
                format!("{:.0}", median(&figures.limits)),
                format!("{:.2}", median(&figures.ratios)),
            ]);
            if figures.connections == 64 {
                let least = if kind == Kind::Postgres { 0.6 } else { 6.0 };
                targets.at_least(&format!("{}, 64 connections: ratio", kind.name()), least, median(&figures.ratios));
                targets.at_most(&format!("{}, 64 connections: CPU µs a report", kind.name()), 400.0, figures.cost());
                targets.at_most(
                    &format!("{}, 64 connections: everything shown, ms after", kind.name()),
                    1_000.0,
                    figures.shown_after,
                );
            }
        }
        let steady = steady(&server, seed, &mut other, &mut targets).await?;
        table.row(steady);
        println!("\n{} (peak memory {:.0} MB)\n\n{table}", kind.name(), server.process.memory()?.1);
    }
    targets.verdict()
}

/// One load, repeated by turns with the database alone.
pub struct Turn {
    pub seed: u32,
    pub connections: usize,
    pub time: Duration,
    /// The number of the first report.
    pub first: u64,
}

impl Turn {
    /// Takes turns with the database alone.
    pub async fn alternate(&self, server: &Server, other: &mut Other<'_>, rounds: u32) -> Result<Figures> {
        let mut figures = Figures {
            connections: self.connections,
            taken: Taken::default(),
            used: Used::default(),
            shown_after: 0.0,
            limits: Vec::new(),
            ratios: Vec::new(),
        };
        for round in 0..rounds {
            let before = server.processor()?;
            let first = self.first + u64::from(round) * (APART / 100);
            let taken = server.report(self.seed, self.connections, Pace::For(self.time), first).await?;
            figures.shown_after = figures.shown_after.max(server.settle().await?.as_secs_f64() * 1_000.0);
            figures.used = figures.used.and_since(before, server.processor()?);
            let limit = other.measure(self.connections, self.time).await?;
            figures.limits.push(limit);
            figures.ratios.push(taken.rate() / limit);
            figures.taken.add(taken);
        }
        Ok(figures)
    }
}

/// The database alone, for comparison.
pub enum Other<'a> {
    Pgbench(Limit<'a>),
    OneCommitEach(Box<Alone>),
}

impl<'a> Other<'a> {
    /// With rows like these.
    pub async fn new(common: &Common, postgres: Option<&'a Postgres>, rows: Rows) -> Result<Self> {
        match postgres {
            Some(postgres) => Ok(Self::Pgbench(Limit::new(common, postgres, &rows)?)),
            None => Ok(Self::OneCommitEach(Box::new(Alone::new(common, rows).await?))),
        }
    }

    /// What the column with its figures is called.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Pgbench(_) => "pgbench/s",
            Self::OneCommitEach(_) => "one commit each/s",
        }
    }

    /// Reports a second; SQLite has one writer, however many connections there are.
    pub async fn measure(&mut self, connections: usize, time: Duration) -> Result<f64> {
        match self {
            Self::Pgbench(limit) => limit.measure(connections, time),
            Self::OneCommitEach(alone) => alone.measure(time).await,
        }
    }

    /// What processor time reports at a fixed rate cost it, if that is another process.
    pub fn cost(&mut self, a_second: u32, time: Duration) -> Result<String> {
        match self {
            Self::Pgbench(limit) => Ok(format!("{:.0} µs each", limit.cost(a_second, WAITING, time)?)),
            Self::OneCommitEach(_) => Ok(String::new()),
        }
    }
}

/// Reports at the rate of a large shop on its worst day.
async fn steady(server: &Server, seed: u32, other: &mut Other<'_>, targets: &mut Targets) -> Result<[String; 8]> {
    let a_second = if server.kind == Kind::Postgres { 200 } else { 50 };
    let before = server.processor()?;
    let pace = Pace::Rate { a_second, over: STEADY };
    let taken = server.report(seed, WAITING, pace, 99 * APART).await?;
    server.settle().await?;
    let used = Used::default().and_since(before, server.processor()?);
    if server.kind == Kind::Postgres {
        targets.at_most("Postgres, 200 reports a second: p50 ms", 3.0, taken.within(0.5));
        targets.at_most("Postgres, 200 reports a second: p99 ms", 15.0, taken.within(0.99));
    } else {
        targets.at_most("SQLite, 50 reports a second: p99 ms", 1_000.0, taken.within(0.99));
    }
    Ok([
        format!("{a_second}/s, {WAITING} waiting"),
        format!("{:.0}", taken.rate()),
        format!("{:.2}", taken.within(0.5)),
        format!("{:.2}", taken.within(0.99)),
        format!("{:.2}", taken.within(0.999)),
        used.parts(taken.latencies.len()),
        other.cost(a_second, STEADY)?,
        String::new(),
    ])
}

/// The middle one of several figures.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
