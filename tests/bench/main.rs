//! Promises that are measured, on the binary that a shop would run: `cargo bench --bench promises -- --help`.
//!
//! Reading order: [`server`] (starting what is measured), [`client`] and [`load`] (asking it), [`reports`] (what is
//! sent), [`usage`] (what it costs), then one file per figure: [`speed`] beside [`pgbench`] and [`sqlite`],
//! [`memory`], [`slack`], [`drops`], [`photos`], [`flat`] with [`fill`], and [`share`], which is what CI runs.

mod client;
#[expect(dead_code, clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "made for the tests")]
#[path = "../it/world/corpora.rs"]
mod corpora;
mod database;
mod drops;
mod fill;
mod flat;
#[expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "made for the tests")]
#[path = "../it/world/hostile.rs"]
mod hostile;
mod load;
mod memory;
mod pgbench;
mod photos;
#[expect(dead_code, reason = "the tests use one server per process; a benchmark starts its own, on the disk")]
#[path = "../it/world/postgres.rs"]
mod postgres;
mod reliability;
mod report;
mod reports;
mod server;
mod share;
mod slack;
mod speed;
mod sqlite;
mod usage;
mod world;

use std::fmt::Display;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use domain::id::Ids as _;
use shopwatch::clock::RandomIds;

/// What went wrong, for whoever runs a measurement.
type Result<T> = std::result::Result<T, String>;

/// Measures what Shopwatch promises, on the release binary.
#[derive(Debug, Parser)]
#[command(name = "promises")]
struct Arguments {
    #[command(flatten)]
    common: Common,
    /// `cargo bench` says so to every benchmark.
    #[arg(long, hide = true, global = true)]
    bench: bool,
    #[command(subcommand)]
    figure: Option<Figure>,
}

/// What every measurement takes.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Repeats a run's random choices; printed by every run.
    #[arg(long, global = true)]
    seed: Option<u32>,
    /// Where databases are put: on a disk, since memory would make commits cheap.
    #[arg(long, default_value = "/var/tmp", global = true)]
    folder: PathBuf,
    /// The program that is measured.
    #[arg(long, env = "SHOPWATCH_BIN", default_value = env!("CARGO_BIN_EXE_shopwatch"), value_name = "FILE", global = true)]
    binary: PathBuf,
}

impl Common {
    /// The program that is measured, from wherever it is started.
    fn binary(&self) -> Result<PathBuf> {
        self.binary.canonicalize().map_err(|why| format!("{}: {why}", self.binary.display()))
    }

    /// The seed of this run.
    fn seed(&self) -> u32 {
        self.seed.unwrap_or_else(|| RandomIds::default().draw())
    }
}

#[derive(Debug, Subcommand)]
enum Figure {
    /// Reports a second and the time of an answer, beside what the database can do.
    Speed(speed::Options),
    /// Whether lists, look-ups and commits cost the same at a million incidents.
    Flat(flat::Options),
    /// Memory when idle and after many reports, and the time from start to ready.
    Memory(memory::Options),
    /// How long people on Slack wait for an answer and for the card, and the memory of the connection.
    Slack(slack::Options),
    /// Memory with both chats connected and with many photos, and how soon a dropped photo is on its card.
    Drops(drops::Options),
    /// What reading photos costs, beside libvips.
    Photos(photos::Options),
    /// What becomes of over a thousand hostile files, with faces looked for in all of them.
    Hostile,
    /// How many faces of the photographs that packages carry are covered.
    Faces,
    /// A small share of all of them, with assertions on the steadiest figures; CI runs it.
    Share(share::Options),
    #[command(flatten)]
    Reliability(reliability::Figure),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // `cargo bench` without a figure is no mistake; the figures take minutes, so none is chosen for people.
    let Some(figure) = arguments.figure else {
        println!("choose a figure: cargo bench --bench promises -- --help");
        return ExitCode::SUCCESS;
    };
    let measured = match figure {
        Figure::Reliability(figure) => reliability::run(figure, &arguments.common),
        Figure::Speed(options) => measure(speed::run(&arguments.common, &options)),
        Figure::Flat(options) => measure(flat::run(&arguments.common, &options)),
        Figure::Memory(options) => measure(memory::run(&arguments.common, &options)),
        Figure::Slack(options) => measure(slack::run(&arguments.common, &options)),
        Figure::Drops(options) => measure(drops::run(&arguments.common, &options)),
        Figure::Photos(options) => photos::run(&arguments.common, &options),
        Figure::Hostile => measure(photos::hostile(&arguments.common)),
        Figure::Faces => measure(photos::faces(&arguments.common)),
        Figure::Share(options) => measure(share::run(&arguments.common, &options)),
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a measurement on one thread: the generator shares the machine with what it measures.
fn measure(figure: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(said)?.block_on(figure)
}

/// An error as words.
fn said(why: impl Display) -> String {
    why.to_string()
}
