//! Whether what people wait for costs the same at a million incidents as at ten thousand: two shops, asked by turns.

use clap::Args;
use sea_orm::{EntityTrait, QueryOrder, QuerySelect};
use shopwatch::store::entity::incident;

use crate::database::{Kind, Postgres};
use crate::fill::fill;
use crate::load::{Pace, Requests, Taken, send};
use crate::report::{Table, Targets, machine};
use crate::server::Server;
use crate::{Common, Result, reports, said};

/// Reports that the product writes itself before the copies, and after them.
const SEEDS: u64 = 500;
/// Requests of one kind in one turn.
const TURN: u64 = 200;
/// Reports are numbered apart between loads, so that none is taken for another's repetition.
const APART: u64 = 1_000_000;

/// How to measure it.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Only on this database.
    #[arg(long)]
    on: Option<Kind>,
    /// Incidents in the two shops.
    #[arg(long, default_value_t = 10_000)]
    small: i64,
    #[arg(long, default_value_t = 1_000_000)]
    large: i64,
    /// How often they take turns.
    #[arg(long, default_value_t = 10)]
    rounds: u64,
}

/// What people wait for.
#[derive(Debug, Clone, Copy)]
enum Ask {
    Triage,
    AtASite,
    Mine,
    Reference,
    Commit,
}

impl Ask {
    const ALL: [Self; 5] = [Self::Triage, Self::AtASite, Self::Mine, Self::Reference, Self::Commit];

    const fn name(self) -> &'static str {
        match self {
            Self::Triage => "triage list (new, every site)",
            Self::AtASite => "all incidents of one site, newest first",
            Self::Mine => "my reports",
            Self::Reference => "look-up by reference, with timeline",
            Self::Commit => "commit of a report",
        }
    }
}

/// Measures it and says whether the targets are met.
pub async fn run(common: &Common, options: &Options) -> Result<()> {
    let seed = common.seed();
    println!("flat: {}\n", machine(&common.folder, seed));
    let mut targets = Targets::default();
    for kind in Kind::ALL.into_iter().filter(|kind| options.on.is_none_or(|on| on == *kind)) {
        let postgres = if kind == Kind::Postgres { Some(Postgres::start(&common.folder).await?) } else { None };
        let small = shop(common, postgres.as_ref(), seed, "small", options.small).await?;
        let large = shop(common, postgres.as_ref(), seed, "large", options.large).await?;
        let mut table = Table::new(&[
            kind.name(),
            &format!("p50 ms at {}", options.small),
            &format!("at {}", options.large),
            "ratio",
            "p99 ms",
            "at the larger",
        ]);
        for ask in Ask::ALL {
            let (mut few, mut many) = (Taken::default(), Taken::default());
            for round in 1..=options.rounds {
                few.add(turn(&small, ask, seed, round * APART).await?);
                many.add(turn(&large, ask, seed, round * APART).await?);
            }
            let ratio = many.within(0.5) / few.within(0.5);
            targets.at_most(&format!("{}, {}: ratio", kind.name(), ask.name()), 1.5, ratio);
            table.row([
                ask.name().to_owned(),
                format!("{:.2}", few.within(0.5)),
                format!("{:.2}", many.within(0.5)),
                format!("{ratio:.2}"),
                format!("{:.2}", few.within(0.99)),
                format!("{:.2}", many.within(0.99)),
            ]);
        }
        println!("\n{table}");
    }
    targets.verdict()
}

/// A shop with so many incidents, the newest of them written by the product.
async fn shop(common: &Common, postgres: Option<&Postgres>, seed: u32, name: &str, incidents: i64) -> Result<Server> {
    let server = Server::start(common, postgres, name).await?;
    server.report(seed, 16, Pace::Count(SEEDS), 0).await?;
    server.settle().await?;
    let server = server
        .while_stopped(async |db| fill(db, incidents).await.map(|count| println!("  {name}: {count} incidents")))
        .await?;
    server.report(seed, 16, Pace::Count(SEEDS), APART / 2).await?;
    server.settle().await?;
    Ok(server)
}

async fn turn(server: &Server, ask: Ask, seed: u32, first: u64) -> Result<Taken> {
    let requests: Requests = match ask {
        Ask::Commit => return server.report(seed, 1, Pace::Count(TURN), first).await,
        Ask::Triage => reports::read(server.process.address, &server.reviewer, "/api/v1/incidents?state=new"),
        Ask::AtASite => reports::read(server.process.address, &server.reviewer, "/api/v1/incidents?site=camden"),
        Ask::Mine => reports::read(
            server.process.address,
            server.reporters.first().ok_or("nobody reports")?,
            "/api/v1/incidents",
        ),
        Ask::Reference => {
            let newest = incident::Entity::find()
                .order_by_desc(incident::Column::Id)
                .offset(first % 97)
                .one(&server.db)
                .await
                .map_err(said)?;
            let path = format!("/api/v1/incidents/{}", newest.ok_or("no incident")?.reference);
            reports::read(server.process.address, &server.reviewer, &path)
        }
    };
    send(server.process.address, 1, Pace::Count(TURN), 0, &requests).await?.all(200)
}
