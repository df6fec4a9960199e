//! P1: the server is killed at a random moment under mixed load and started again on the same data. Whatever it
//! acknowledged is there; nothing is half written; what it did not acknowledge, sent again under the same key, is
//! there once.

use std::cell::Cell;
use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::{join_all, pending};
use shopwatch::clock::Stopwatch;
use tokio::sync::watch;
use tokio::time::timeout;

use super::Run;
use super::oracle::Oracle;
use super::requests::{json, read, text};
use super::shop::{Server, Shop};
use super::tills::{Till, Told};
use crate::Result;
use crate::client::Connection;
use crate::database::Kind;
use crate::reports::Dice;

/// How many tills report at the same time.
const TILLS: usize = 8;
/// A round dies after at most so many acknowledgements, or after at most this long.
const ACKNOWLEDGED_MAX: usize = 80;
const MICROS_MAX: usize = 60_000;
/// One round in so many dies while the server is still starting.
const DIES_STARTING: usize = 20;
/// The audit trail is verified by the program itself after so many rounds, and at the end.
const VERIFIED_EVERY: usize = 100;
/// A round that takes longer than this has hung.
const ROUND_MAX: Duration = Duration::from_mins(1);

/// Kills servers on every database.
pub async fn run(run: &Run<'_>) -> Result<()> {
    for kind in &run.kinds {
        let mut trial = Trial::new(run, *kind).await?;
        let clock = Stopwatch::start();
        for round in 1..=run.count {
            let going = timeout(ROUND_MAX, Box::pin(trial.round(round))).await;
            let gone = going.unwrap_or_else(|_| Err(format!("hung after {} acknowledgements", trial.heard.get())));
            gone.map_err(|why| format!("round {round}: {why}\n{}", trial.shop.last_words()))?;
        }
        let took = clock.now();
        trial.end().await?;
        let (reports, steps) = trial.acknowledged();
        println!(
            "P1 kill, {}: 0 missing and 0 half written in {} kills ({} while starting); {reports} reports and {steps} steps \
             acknowledged, {} sent again after a kill and there once; {} ms a round",
            kind.name(),
            run.count,
            trial.died_starting,
            trial.sent_again,
            took.as_millis() / u128::try_from(run.count.max(1)).unwrap_or(1),
        );
    }
    Ok(())
}

struct Trial {
    shop: Shop,
    oracle: Oracle,
    reviewer: String,
    tills: Vec<Till>,
    dice: Dice,
    newest: Option<String>,
    died_starting: usize,
    sent_again: usize,
    /// Acknowledgements of this round.
    heard: Cell<usize>,
}

impl Trial {
    async fn new(run: &Run<'_>, kind: Kind) -> Result<Self> {
        let shop = Shop::new(run, kind).await?;
        let (reporter, reviewer) = (shop.key("till", "staff").await?, shop.key("office", "reviewer").await?);
        let till =
            |number| Till::new(format!("till-{number}"), &reporter, &reviewer, run.dice(&format!("till {number}")));
        let tills = (0..TILLS).map(till).collect();
        let (oracle, dice) = (shop.oracle().await?, run.dice("kill"));
        Ok(Self {
            shop,
            oracle,
            reviewer,
            tills,
            dice,
            newest: None,
            died_starting: 0,
            sent_again: 0,
            heard: Cell::new(0),
        })
    }

    /// Starts a server on what the last one left, looks, works, kills.
    async fn round(&mut self, round: usize) -> Result<()> {
        if self.dice.below(DIES_STARTING) == 0 {
            let moment = Duration::from_micros(u64::try_from(self.dice.below(MICROS_MAX)).unwrap_or(0));
            self.shop.die_starting(moment).await?;
            self.died_starting += 1;
        }
        let mut server = self.shop.serve().await?;
        self.look(&server).await?;
        if round.is_multiple_of(VERIFIED_EVERY) {
            self.shop.verify().await?;
        }
        self.sent_again += self.tills.iter().filter(|till| till.waits()).count();
        self.work_and_kill(&mut server).await
    }

    /// Everything acknowledged in the last round is there and whole, and the server says so too.
    async fn look(&mut self, server: &Server) -> Result<()> {
        let kept = self.oracle.all_whole(self.newest.as_deref(), true).await?;
        let mut connection = Connection::open(server.address).await?;
        for till in &mut self.tills {
            for reference in till.fresh.drain(..) {
                let version = i64::from(till.kept.get(&reference).copied().unwrap_or(0));
                // One more if a step was committed and its acknowledgement was not heard.
                if kept.get(&reference).is_some_and(|kept| kept.version < version) {
                    return Err(format!("a step of {reference} is missing"));
                }
                let answer = connection.ask(&read(&self.reviewer, &reference)).await?;
                if answer.status != 200 || text(&json(answer.body), "reference") != reference {
                    return Err(format!("{reference} was acknowledged and is missing: {}", answer.status));
                }
            }
        }
        self.newest = self.oracle.newest().await?;
        Ok(())
    }

    async fn work_and_kill(&mut self, server: &mut Server) -> Result<()> {
        let (acknowledged, mut heard) = watch::channel(0_usize);
        let address = server.address;
        self.heard.set(0);
        let counted = &self.heard;
        let work = self.tills.iter_mut().map(|till| work(till, address, &acknowledged, counted));
        let by_count = self.dice.below(2) == 0;
        let most = self.dice.below(if by_count { ACKNOWLEDGED_MAX } else { MICROS_MAX });
        let killing = Cell::new(false);
        let moment = async {
            if by_count {
                drop(heard.wait_for(|count| *count >= most).await);
            } else {
                let time = Duration::from_micros(u64::try_from(most).unwrap_or(0));
                drop(timeout(time, pending::<()>()).await);
            }
            killing.set(true);
            server.kill().await
        };
        let work = async {
            join_all(work).await.into_iter().collect::<Result<()>>()?;
            if killing.get() { Ok(()) } else { Err("the server hung up by itself".to_owned()) }
        };
        tokio::try_join!(work, moment).map(drop)
    }

    /// Sends what is pending until it is acknowledged; then the lists and the database are the same.
    async fn end(&mut self) -> Result<()> {
        let mut server = self.shop.serve().await?;
        self.look(&server).await?;
        let mut connection = Connection::open(server.address).await?;
        for till in &mut self.tills {
            while till.waits() {
                till.step(&mut connection).await?;
            }
        }
        server.kill().await?;
        self.shop.verify().await?;
        let expected: HashMap<&String, i64> = self
            .tills
            .iter()
            .flat_map(|till| &till.kept)
            .map(|(reference, version)| (reference, i64::from(*version)))
            .collect();
        let kept = self.oracle.all_whole(None, true).await?;
        let there: HashMap<&String, i64> = kept.iter().map(|(reference, kept)| (reference, kept.version)).collect();
        let orphans = self.oracle.orphans().await?;
        if expected != there || orphans != 0 {
            return Err(format!("{} acknowledged, {} there, {orphans} rows of none", expected.len(), there.len()));
        }
        Ok(())
    }

    /// How many reports were acknowledged, and how many steps after them.
    fn acknowledged(&self) -> (usize, u32) {
        let versions = self.tills.iter().flat_map(|till| till.kept.values());
        (self.tills.iter().map(|till| till.kept.len()).sum(), versions.map(|version| version - 1).sum())
    }
}

/// Works until the connection breaks.
async fn work(
    till: &mut Till,
    address: std::net::SocketAddr,
    acknowledged: &watch::Sender<usize>,
    counted: &Cell<usize>,
) -> Result<()> {
    let Ok(mut connection) = Connection::open(address).await else { return Ok(()) };
    loop {
        match till.step(&mut connection).await? {
            Told::Kept => {
                acknowledged.send_modify(|count| *count += 1);
                counted.set(counted.get() + 1);
            }
            Told::NotSaved | Told::NotNow => {}
            Told::Gone => return Ok(()),
        }
    }
}
