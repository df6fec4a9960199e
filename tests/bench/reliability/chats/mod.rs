//! P1, P4, P5 and P8 on the chats: the server is killed at random moments, most of all between a post and its record, while
//! people report, press and send forms on Slack and Discord. Whatever was acknowledged is there once; every card stands in its channel
//! once; a press acts once, and only for who may.
//!
//! Reading order: [`ledger`] (what people did and what they were told), [`slack`] and [`discord`] (how they do it), then
//! the loop here.

mod discord;
mod ledger;
mod people;
mod slack;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use shopwatch::clock::Stopwatch;
use tokio::time::{interval, timeout};

use self::ledger::Ledger;
use self::people::People;
use super::oracle::Oracle;
use super::shop::{Server, Shop};
use super::{Options, Run};
use crate::database::Kind;
use crate::report::Table;
use crate::reports::Dice;
use crate::{Result, said};

/// How many sites the shop has, each with its channels: chats take one message a second in each.
const SITES: usize = 12;
/// At most so many new reports in a round.
const REPORTS_MAX: usize = 3;
/// A round dies after so many posts, or after at most this long.
const POSTS_MAX: usize = 5;
const MICROS_MAX: usize = 500_000;
/// A round that takes longer than this has hung.
const ROUND_MAX: Duration = Duration::from_mins(1);
/// How long everything may take to be shown in the end, and how often that is looked for.
const SHOWN_WITHIN: Duration = Duration::from_mins(10);
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// What is being shown, and what is to be shown, that among it.
const BEING_SHOWN: &str = "SELECT COUNT(*) FROM outbox WHERE state IN ('sending', 'settling')";
const TO_SHOW: &str = "SELECT COUNT(*) FROM outbox WHERE state IN ('ready', 'doubt', 'sending', 'settling')";
/// What stays as it is for so long waits for a doubt to settle, or for a lease of a server that is gone to run out.
const SETTLES: Duration = Duration::from_millis(1_500);
/// That takes a minute: it is let pass while nobody serves.
const A_MINUTE_LATER: &str = "UPDATE outbox SET due_at = (SELECT MIN(reported_at) FROM incident) \
     WHERE state IN ('ready', 'doubt', 'sending', 'settling')";
/// So does the lease of the gateway, which a server that was killed does not give back.
const LEASE_OVER: &str = "UPDATE lease SET until = '2000-01-01 00:00:00+00:00'";
/// And Discord's sessions of a day, of which each start takes one.
const ANOTHER_DAY: &str = "DELETE FROM budget";
const GIVEN_UP: &str = "SELECT COUNT(*) FROM outbox WHERE state = 'needs_operator'";

/// The chats that are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Chat {
    Slack,
    Discord,
}

/// By which door a chat comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    SlackSockets,
    SlackHttp,
    Discord,
}

impl Door {
    const ALL: [Self; 3] = [Self::SlackSockets, Self::SlackHttp, Self::Discord];

    const fn name(self) -> &'static str {
        match self {
            Self::SlackSockets => "Slack, Socket Mode",
            Self::SlackHttp => "Slack, HTTP",
            Self::Discord => "Discord, gateway",
        }
    }

    const fn chat(self) -> Chat {
        match self {
            Self::SlackSockets | Self::SlackHttp => Chat::Slack,
            Self::Discord => Chat::Discord,
        }
    }
}

/// What this loop takes beside what all take.
#[derive(Debug, Clone, clap::Args)]
pub struct ChatOptions {
    #[command(flatten)]
    pub all: Options,
    /// Only this chat.
    #[arg(long)]
    chat: Option<Chat>,
    /// How often a server is killed for each chat, on its doors and databases together.
    #[arg(long)]
    kills: Option<usize>,
}

impl ChatOptions {
    /// How many kills, if that was said.
    pub fn count(&self) -> Option<usize> {
        self.kills.or(self.all.count)
    }
}

/// Every chat by every door on every database.
pub async fn run(run: &Run<'_>, options: &ChatOptions) -> Result<()> {
    let doors = Door::ALL.into_iter().filter(|door| options.chat.is_none_or(|chat| chat == door.chat()));
    let mut trials = Vec::new();
    for door in doors {
        let of_the_chat = Door::ALL.into_iter().filter(|other| other.chat() == door.chat()).count();
        let kills = run.count.div_ceil(of_the_chat * run.kinds.len());
        trials.extend(run.kinds.iter().map(|kind| (door, *kind, kills)));
    }
    try_all(run, &trials).await
}

/// Every door once, on databases in turn; so many kills each.
pub async fn share(run: &Run<'_>) -> Result<()> {
    let kinds = run.kinds.iter().copied().cycle();
    let trials: Vec<_> = Door::ALL.into_iter().zip(kinds).map(|(door, kind)| (door, kind, run.count)).collect();
    try_all(run, &trials).await
}

async fn try_all(run: &Run<'_>, trials: &[(Door, Kind, usize)]) -> Result<()> {
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut table = Table::new(&[
        "chat",
        "database",
        "kills",
        "sent",
        "acknowledged",
        "incidents",
        "missing",
        "doubled",
        "cards expected",
        "posted",
        "doubled",
        "forms",
        "presses",
        "took effect",
        "not allowed",
        "s",
    ]);
    let mut wrong = Vec::new();
    for (door, kind, kills) in trials {
        let clock = Stopwatch::start();
        let mut trial = Trial::new(run, *door, *kind).await?;
        for round in 1..=*kills {
            let gone = timeout(ROUND_MAX, Box::pin(trial.round(round * 2 > *kills)))
                .await
                .unwrap_or_else(|_| Err("hung".to_owned()));
            gone.map_err(|why| {
                format!("{}, {}, round {round}: {why}\n{}", door.name(), kind.name(), trial.shop.last_words())
            })?;
        }
        let end = trial.end().await;
        let found =
            end.map_err(|why| format!("{}, {}: {why}\n{}", door.name(), kind.name(), trial.shop.last_words()))?;
        wrong.extend(found.wrong.iter().map(|why| format!("{}, {}: {why}", door.name(), kind.name())));
        let number = |number: usize| number.to_string();
        table.row([
            door.name().to_owned(),
            kind.name().to_owned(),
            number(*kills),
            number(found.sent),
            number(found.acknowledged),
            number(found.incidents),
            number(found.missing),
            number(found.doubled),
            number(found.incidents),
            number(found.cards),
            number(found.cards_doubled),
            number(found.forms),
            number(found.presses),
            number(found.effects),
            number(found.refused),
            format!("{:.0}", clock.now().as_secs_f64()),
        ]);
    }
    println!("P1, P4, P5 and P8 on the chats:\n\n{table}");
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// What was found in the end.
#[derive(Debug, Default)]
struct Found {
    sent: usize,
    acknowledged: usize,
    incidents: usize,
    missing: usize,
    doubled: usize,
    cards: usize,
    cards_doubled: usize,
    forms: usize,
    presses: usize,
    effects: usize,
    refused: usize,
    wrong: Vec<String>,
}

struct Trial {
    shop: Shop,
    oracle: Oracle,
    people: People,
    ledger: Ledger,
    dice: Dice,
}

impl Trial {
    async fn new(run: &Run<'_>, door: Door, kind: Kind) -> Result<Self> {
        let people = People::new(door).await;
        let mut shop = Shop::new(run, kind).await?;
        std::fs::write(&shop.rules, people.rules()).map_err(said)?;
        shop.environment = people.environment();
        let (oracle, dice) = (shop.oracle().await?, run.dice(&format!("chats {door:?}")));
        Ok(Self { shop, oracle, people, ledger: Ledger::default(), dice })
    }

    /// Starts a server on what the last one left, lets people do things, and kills it; `twice` when it is told of
    /// everything twice.
    async fn round(&mut self, twice: bool) -> Result<()> {
        let mut server = self.serve().await?;
        self.people.change_roles(&mut self.dice, twice).await;
        self.people.misfortune(&mut self.dice);
        let reports = 1 + self.dice.below(REPORTS_MAX);
        let mut doings = self.ledger.again();
        doings.extend(self.people.forms(&mut self.ledger, &mut self.dice).await);
        doings.extend((0..reports).map(|_| self.people.report(&mut self.ledger, &mut self.dice)));
        if self.dice.below(2) == 0 {
            doings.extend(self.people.presses(&mut self.ledger, &mut self.dice));
        }
        let mut moment = Box::pin(self.people.moment(
            self.dice.below(2) == 0,
            self.dice.below(POSTS_MAX),
            self.dice.below(MICROS_MAX),
        ));
        for doing in &doings {
            self.ledger.begins(doing, self.people.may(doing));
        }
        let mut under_way: FuturesUnordered<_> = doings.into_iter().map(|doing| self.people.does(doing)).collect();
        loop {
            tokio::select! {
                Some(done) = under_way.next() => self.ledger.note(done)?,
                () = &mut moment => break,
            }
        }
        server.kill().await?;
        drop((moment, under_way));
        self.people.gone();
        Ok(())
    }

    async fn serve(&self) -> Result<Server> {
        self.oracle.run(LEASE_OVER).await?;
        self.oracle.run(ANOTHER_DAY).await?;
        let server = self.shop.serve().await?;
        timeout(ROUND_MAX, self.people.connected(server.address)).await.map_err(said)?;
        Ok(server)
    }

    /// Does again what was not acknowledged, lets everything be shown, and looks.
    async fn end(&mut self) -> Result<Found> {
        self.people.all_is_well();
        let mut server = self.serve().await?;
        for _ in 0..3 {
            let doings = self.ledger.again();
            for doing in &doings {
                self.ledger.begins(doing, self.people.may(doing));
            }
            let mut under_way: FuturesUnordered<_> = doings.into_iter().map(|doing| self.people.does(doing)).collect();
            while let Some(done) = under_way.next().await {
                self.ledger.note(done)?;
            }
        }
        let clock = Stopwatch::start();
        while !self.all_is_shown(&clock).await? {
            server.kill().await?;
            self.people.gone();
            self.oracle.run(A_MINUTE_LATER).await?;
            server = self.serve().await?;
        }
        server.kill().await?;
        self.people.gone();
        self.shop.verify().await?;
        self.look().await
    }

    /// Waits until nothing more is shown; whether nothing waits for a doubt to settle either.
    async fn all_is_shown(&self, clock: &Stopwatch) -> Result<bool> {
        let mut looks = interval(LOOK_EVERY);
        let (mut last, mut since) = ((-1, -1), clock.now());
        while clock.now().saturating_sub(since) < SETTLES {
            looks.tick().await;
            let (shown, left) = (self.oracle.number(BEING_SHOWN).await?, self.oracle.number(TO_SHOW).await?);
            if left == 0 {
                return Ok(true);
            }
            if (shown, left) != last {
                (last, since) = ((shown, left), clock.now());
            }
        }
        if clock.now() < SHOWN_WITHIN {
            return Ok(false);
        }
        let left = "SELECT key || ' ' || state FROM outbox WHERE state NOT IN ('shown', 'dropped')";
        Err(format!("not shown after {SHOWN_WITHIN:?}: {}", self.oracle.texts(left).await?.join(", ")))
    }

    /// Compares what people were told, what the database has, and what stands in the channels.
    async fn look(&self) -> Result<Found> {
        let kept = self.oracle.all_whole(None, false).await?;
        let kept: BTreeMap<String, i64> = kept.into_iter().map(|(reference, kept)| (reference, kept.version)).collect();
        let mut found = Found { incidents: kept.len(), ..Found::default() };
        self.ledger.compare(&kept, self.people.is_sent_again(), &mut found);
        let visible = self.people.cards();
        let mut there: BTreeMap<&str, usize> = BTreeMap::new();
        for reference in &visible {
            *there.entry(reference).or_default() += 1;
        }
        found.cards = visible.len();
        found.cards_doubled = there.values().filter(|count| **count > 1).count();
        found.wrong.extend(
            there
                .iter()
                .filter(|(_, count)| **count > 1)
                .map(|(reference, count)| format!("{reference} stands there {count} times")),
        );
        for reference in kept.keys().filter(|reference| !there.contains_key(reference.as_str())) {
            let rows = format!(
                "SELECT o.key || ' ' || o.state || ' ' || COALESCE(o.remote_id, '-') FROM outbox o \
                 JOIN incident i ON i.id = o.incident WHERE i.reference = '{reference}'"
            );
            found.wrong.push(format!("{reference} has no card: {}", self.oracle.texts(&rows).await?.join(", ")));
        }
        found.wrong.extend(
            there
                .keys()
                .filter(|reference| !kept.contains_key(**reference))
                .map(|reference| format!("{reference} is a card of nothing")),
        );
        found.wrong.extend(self.people.said_twice().into_iter().map(|line| format!("said twice: {line}")));
        let given_up = self.oracle.number(GIVEN_UP).await?;
        if given_up > 0 {
            found.wrong.push(format!("{given_up} things were given up"));
        }
        Ok(found)
    }
}

/// The reference in a text.
fn reference(text: &str) -> Option<String> {
    const LENGTH: usize = "SW-7K3QX-2".len();
    let from = text.find("SW-")?;
    text.get(from..from + LENGTH).map(ToOwned::to_owned)
}

/// The shop's rules for a chat, with one channel for reports and one for triage at each site.
pub fn rules(chat: &str, channels: &[(String, String)], reviewers: &str) -> String {
    use std::fmt::Write as _;
    let mut rules =
        "[shop]\nname = \"Corner Store\"\nlocale = \"en\"\ntimezone = \"Europe/London\"\nemergency_number = \"999\"\n"
            .to_owned();
    for (number, (floor, triage)) in channels.iter().enumerate() {
        let _ = write!(
            rules,
            "\n[[site]]\nid = \"site-{number}\"\nname = \"Site {number}\"\narea = \"N1\"\n\
             channels.report = [\"{chat}:{floor}\"]\nchannels.triage = [\"{chat}:{triage}\"]\n"
        );
    }
    rules + &format!("\n[roles]\nstaff = [\"{chat}:everyone\"]\nreviewer = [{reviewers}]\n")
}
