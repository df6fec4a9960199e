//! Memory when idle and after many reports, and the time from start to ready.

use clap::Args;

use crate::database::{Kind, Postgres};
use crate::load::Pace;
use crate::report::{Table, Targets, machine};
use crate::server::{Home, Server};
use crate::speed::median;
use crate::{Common, Result};

/// Connections that report at the same time.
const CONNECTIONS: usize = 64;

/// How to measure it.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Only on this database.
    #[arg(long)]
    on: Option<Kind>,
    /// Reports before memory is looked at again.
    #[arg(long, default_value_t = 50_000)]
    reports: u64,
    /// How often it is started.
    #[arg(long, default_value_t = 9)]
    starts: usize,
}

/// What was measured.
pub struct Figures {
    /// Memory in megabytes: when idle, after the reports, and at most.
    pub idle: f64,
    pub after: f64,
    pub peak: f64,
}

/// Measures it and says whether the targets are met.
pub async fn run(common: &Common, options: &Options) -> Result<()> {
    let seed = common.seed();
    println!("memory: {}\n", machine(&common.folder, seed));
    let mut targets = Targets::default();
    let mut table = Table::new(&[
        "database",
        "start to ready ms",
        "first start ms",
        "idle MB",
        &format!("after {} reports MB", options.reports),
        "peak MB",
    ]);
    for kind in Kind::ALL.into_iter().filter(|kind| options.on.is_none_or(|on| on == *kind)) {
        let postgres = if kind == Kind::Postgres { Some(Postgres::start(&common.folder).await?) } else { None };
        let (first, again) = starts(common, postgres.as_ref(), options.starts).await?;
        let figures = reports(common, postgres.as_ref(), seed, options.reports).await?;
        targets.at_most(&format!("{}: idle MB", kind.name()), 35.0, figures.idle);
        targets.at_most(&format!("{}: MB after the reports", kind.name()), 50.0, figures.after);
        if kind == Kind::Sqlite {
            targets.at_most("SQLite: start to ready ms", 250.0, again);
        }
        table.row([
            kind.name().to_owned(),
            format!("{again:.0}"),
            format!("{first:.0}"),
            format!("{:.1}", figures.idle),
            format!("{:.1}", figures.after),
            format!("{:.1}", figures.peak),
        ]);
    }
    println!("\n{table}");
    targets.verdict()
}

/// Milliseconds from start to ready: the first time, when keys and tables are made, and in the middle of the others.
pub async fn starts(common: &Common, postgres: Option<&Postgres>, starts: usize) -> Result<(f64, f64)> {
    let home = Home::new(common, postgres, "starts")?;
    let mut took = Vec::new();
    for _ in 0..=starts {
        took.push(home.serve().await?.ready_after.as_secs_f64() * 1_000.0);
    }
    let first = took.remove(0);
    Ok((first, median(&took)))
}

/// Memory before and after so many reports.
pub async fn reports(common: &Common, postgres: Option<&Postgres>, seed: u32, reports: u64) -> Result<Figures> {
    let server = Server::start(common, postgres, "memory").await?;
    let (idle, _) = server.process.memory()?;
    server.report(seed, CONNECTIONS, Pace::Count(reports), 0).await?;
    server.settle().await?;
    let (after, peak) = server.process.memory()?;
    Ok(Figures { idle, after, peak })
}
