//! A small share of every figure, for CI: a busy machine makes everything slower, so that only the steadiest figures
//! are held to their targets, with room.

use std::time::Duration;

use clap::Args;

use crate::database::{Kind, Postgres, Rows};
use crate::load::Pace;
use crate::report::{Targets, machine};
use crate::server::Server;
use crate::speed::{Other, Turn, median};
use crate::{Common, Result, memory};

/// Room for a busy machine.
const ROOM: f64 = 1.5;

/// How to measure it.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How often the product and the database alone take turns.
    #[arg(long, default_value_t = 3)]
    rounds: u32,
}

/// Measures a little of everything.
pub async fn run(common: &Common, options: &Options) -> Result<()> {
    let seed = common.seed();
    println!("share: {}\n", machine(&common.folder, seed));
    let mut targets = Targets::default();
    for kind in Kind::ALL {
        let postgres = if kind == Kind::Postgres { Some(Postgres::start(&common.folder).await?) } else { None };
        let server = Server::start(common, postgres.as_ref(), "share").await?;
        let (idle, _) = server.process.memory()?;
        server.report(seed, 16, Pace::Count(1_000), 0).await?;
        let mut other = Other::new(common, postgres.as_ref(), Rows::sample(&server.db).await?).await?;
        let turn = Turn { seed, connections: 64, time: Duration::from_secs(1), first: 1_000_000 };
        let figures = turn.alternate(&server, &mut other, options.rounds).await?;
        let least = if kind == Kind::Postgres { 0.6 } else { 6.0 };
        let name = kind.name();
        targets.at_most(&format!("{name}: CPU µs a report"), 400.0 * ROOM, figures.cost());
        targets.at_least(&format!("{name}: ratio to {}", other.name()), least / ROOM / ROOM, median(&figures.ratios));
        targets.at_most(&format!("{name}: idle MB"), 35.0, idle);
        targets.at_most(
            &format!("{name}: MB after {} reports", figures.taken.latencies.len()),
            50.0,
            server.process.memory()?.0,
        );
        let (_, again) = memory::starts(common, postgres.as_ref(), 3).await?;
        targets.at_most(&format!("{name}: start to ready ms"), 250.0 * ROOM * ROOM, again);
    }
    targets.verdict()
}
