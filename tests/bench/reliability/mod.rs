//! Whether promises are kept while things fail: processes that die, disks and databases that fail, floods.
//!
//! What decides stands outside the program: the list of what it acknowledged, then its database, read by a connection
//! of our own, and `shopwatch audit verify`. Every run prints the seed that repeats it.
//!
//! Reading order: [`shop`] (what is started), [`requests`] (what it is asked), [`oracle`] (what is true), then one
//! file per promise.

mod blackhole;
mod canaries;
mod chats;
mod clicks;
mod disk;
mod fsync;
mod hidden;
mod kill;
mod missed;
mod oracle;
mod overload;
mod photos_kill;
mod replay;
mod requests;
mod roles;
mod search;
mod shop;
mod strace;
mod tills;

use std::process::Stdio;

use clap::{Args, Subcommand};
use tokio::process::Command;

use self::chats::ChatOptions;
use self::photos_kill::PhotoOptions;
pub use self::requests::{reference_of, report, upload};
use self::strace::Tracer;
use crate::database::{Kind, Postgres};
use crate::reports::Dice;
use crate::{Common, Result, measure, said};

/// The promises that are tried here, by the number they have in the list of promises.
#[derive(Debug, Subcommand)]
pub enum Figure {
    /// P1: the server is killed at random moments, 1,000 times; nothing acknowledged is missing or half written.
    Kill(Options),
    /// P2: every acknowledgement comes after the database has flushed to the disk, 1,000 of 1,000.
    Fsync(Options),
    /// P3: a disk that fails or is full is told as "not saved"; never a false receipt.
    Disk(Options),
    /// P4: 10,000 reports sent one to five times in any order to one server and to three are 10,000 incidents.
    Replay(Options),
    /// P6: while the database does not answer, everybody is told "not saved" within 2.5 s.
    Blackhole(Options),
    /// P8: of 10,000 presses at the same moment one per version takes effect, and only of who may.
    Clicks(Options),
    /// What somebody may not see takes as long to be answered as what does not exist.
    Hidden(Options),
    /// P16: no secret and nothing that people wrote is in logs, metrics, errors or the database's files.
    Canaries(Options),
    /// P20: ten times as much as it can take, from one key: bounded, refused by name, and nobody else waits.
    Overload(Options),
    /// P1, P4, P5 and P8 on Slack and Discord: killed 1,000 times each, most of all between a post and its record.
    Chats(ChatOptions),
    /// P7: photos dropped in Slack and Discord while nobody listens, for 2 minutes and 24 hours, are picked up once each.
    Missed(Options),
    /// P11: killed while photos are dropped: each is sealed in the end, once, as it was sent, and nothing lies about.
    PhotosKill(PhotoOptions),
    /// A small share of all of these, which is what CI runs.
    Reliability(Options),
}

/// What every one of them takes.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How often, or how many; for `overload`, how many seconds.
    #[arg(long)]
    count: Option<usize>,
    /// Only on this database.
    #[arg(long)]
    database: Option<Kind>,
}

/// One run of a loop.
pub struct Run<'a> {
    pub common: &'a Common,
    pub postgres: Option<&'a Postgres>,
    pub count: usize,
    pub kinds: Vec<Kind>,
    seed: u32,
}

impl Run<'_> {
    /// Random choices that the seed repeats, different for every purpose.
    pub fn dice(&self, purpose: &str) -> Dice {
        let mixed =
            purpose.bytes().fold(u64::from(self.seed), |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        Dice(mixed)
    }

    fn of(&self, count: usize) -> Self {
        Run { count, kinds: self.kinds.clone(), ..*self }
    }
}

/// How much of each loop there is: all of it by default, and the share that CI runs.
struct Size {
    whole: usize,
    share: usize,
}

const KILL: Size = Size { whole: 1_000, share: 8 };
const FSYNC: Size = Size { whole: 1_000, share: 50 };
const DISK: Size = Size { whole: 2_000, share: 80 };
const REPLAY: Size = Size { whole: 10_000, share: 200 };
const BLACKHOLE: Size = Size { whole: 10, share: 1 };
const CLICKS: Size = Size { whole: 10_000, share: 150 };
const HIDDEN: Size = Size { whole: 20_000, share: 0 };
const CANARIES: Size = Size { whole: 20, share: 1 };
const CHATS: Size = Size { whole: 1_000, share: 4 };
const MISSED: Size = Size { whole: 500, share: 6 };
const PHOTOS: Size = Size { whole: 250, share: 2 };
const OVERLOAD: Size = Size { whole: 600, share: 0 };

/// Runs one of them.
pub fn run(figure: Figure, common: &Common) -> Result<()> {
    measure(async {
        let postgres = Postgres::start(&common.folder).await?;
        match figure {
            Figure::Kill(options) => kill::run(&Run::new(common, &postgres, &options, &KILL)).await,
            Figure::Fsync(options) => fsync::run(&Run::new(common, &postgres, &options, &FSYNC)).await,
            Figure::Disk(options) => disk::run(&Run::new(common, &postgres, &options, &DISK)).await,
            Figure::Replay(options) => replay::run(&Run::new(common, &postgres, &options, &REPLAY)).await,
            Figure::Blackhole(options) => blackhole::run(&Run::new(common, &postgres, &options, &BLACKHOLE)).await,
            Figure::Clicks(options) => clicks::run(&Run::new(common, &postgres, &options, &CLICKS)).await,
            Figure::Hidden(options) => hidden::run(&Run::new(common, &postgres, &options, &HIDDEN)).await,
            Figure::Canaries(options) => canaries::run(&Run::new(common, &postgres, &options, &CANARIES)).await,
            Figure::Overload(options) => overload::run(&Run::new(common, &postgres, &options, &OVERLOAD)).await,
            Figure::Chats(options) => {
                let of = Options { count: options.count(), ..options.all.clone() };
                chats::run(&Run::new(common, &postgres, &of, &CHATS), &options).await
            }
            Figure::Missed(options) => missed::run(&Run::new(common, &postgres, &options, &MISSED)).await,
            Figure::PhotosKill(options) => {
                let of = Options { count: options.kills.or(options.all.count), ..options.all.clone() };
                photos_kill::run(&Run::new(common, &postgres, &of, &PHOTOS), &options).await
            }
            Figure::Reliability(options) => share(&Run::new(common, &postgres, &options, &KILL)).await,
        }
    })
}

impl<'a> Run<'a> {
    fn new(common: &'a Common, postgres: &'a Postgres, options: &Options, size: &Size) -> Self {
        let seed = common.seed();
        println!("seed {seed}: repeat this run with --seed {seed}");
        let kinds = options.database.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind]);
        Self { common, postgres: Some(postgres), count: options.count.unwrap_or(size.whole), kinds, seed }
    }
}

/// Not in it: `hidden`, since the time of a few answers on a busy machine proves nothing, and `overload`, which needs the
/// machine to itself: CI runs two seconds of it at the end.
async fn share(run: &Run<'_>) -> Result<()> {
    kill::run(&run.of(KILL.share)).await?;
    let traced = Run { kinds: traceable(run).await?, ..run.of(0) };
    fsync::run(&traced.of(FSYNC.share)).await?;
    disk::run(&traced.of(DISK.share)).await?;
    replay::run(&run.of(REPLAY.share)).await?;
    blackhole::run(&run.of(BLACKHOLE.share)).await?;
    clicks::run(&run.of(CLICKS.share)).await?;
    canaries::run(&run.of(CANARIES.share)).await?;
    photos_kill::share(&run.of(PHOTOS.share)).await?;
    chats::share(&run.of(CHATS.share)).await?;
    missed::share(&run.of(MISSED.share)).await
}

/// The databases whose system calls may be watched and made to fail. A machine on which somebody may not trace their own
/// processes says so and goes on: everything else can still be tried there.
async fn traceable(run: &Run<'_>) -> Result<Vec<Kind>> {
    // As the server is: a child of ours.
    let mut child = Command::new("cat").stdin(Stdio::piped()).kill_on_drop(true).spawn().map_err(said)?;
    let of_ours = child.id().ok_or("it ended at once")?;
    let mut traceable = Vec::new();
    for kind in &run.kinds {
        let pid = run.postgres.filter(|_| *kind == Kind::Postgres).map_or(of_ours, |postgres| postgres.postmaster);
        match Tracer::may_attach(pid).await {
            Ok(()) => traceable.push(*kind),
            Err(why) => println!("P2 and P3, {}: NOT TRIED. {why}", kind.name()),
        }
    }
    child.kill().await.map_err(said)?;
    Ok(traceable)
}
