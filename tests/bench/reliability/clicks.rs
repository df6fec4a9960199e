//! P8: of presses at the same moment, one per version takes effect; the others are told what it is now and who has it.
//! What takes effect is what was answered 200, press by press, and nothing else.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;

use futures_util::future::join_all;
use serde_json::{Value, json};
use shopwatch::clock::Stopwatch;

use super::requests::{act, json, read, report, text};
use super::shop::Shop;
use super::{Run, roles};
use crate::Result;
use crate::client::Connection;
use crate::database::Kind;
use crate::reports::Dice;

/// Who presses: programs with the role of a reviewer.
const REVIEWERS: [&str; 4] = ["noor", "omar", "vera", "ines"];
/// How many presses meet at one incident.
const AT_ONCE: usize = 8;
/// How many incidents are fought over at the same time.
const CONTESTS: usize = 4;
/// One press in so many is sent twice at the same moment, as by a double click.
const DOUBLED: usize = 4;

/// Presses on every database.
pub async fn run(run: &Run<'_>) -> Result<()> {
    for kind in &run.kinds {
        let clock = Stopwatch::start();
        let seen = contested(run, *kind).await?;
        println!(
            "P8 clicks, {}: {} presses ({} of them double clicks) on {} versions: {} took effect, one per version; {} losers \
             were told where it stands, {} of them who has it; {:.1} s",
            kind.name(),
            seen.presses,
            seen.doubled,
            seen.versions,
            seen.effects,
            seen.losers,
            seen.owners,
            clock.now().as_secs_f64(),
        );
    }
    for kind in &run.kinds {
        roles::run(run, *kind).await?;
    }
    Ok(())
}

#[derive(Debug, Default)]
struct Seen {
    presses: usize,
    doubled: usize,
    versions: usize,
    effects: usize,
    losers: usize,
    owners: usize,
}

async fn contested(run: &Run<'_>, kind: Kind) -> Result<Seen> {
    let shop = Shop::new(run, kind).await?;
    let reporter = shop.key("till", "staff").await?;
    let mut keys = Vec::new();
    for name in REVIEWERS {
        keys.push(shop.key(name, "reviewer").await?);
    }
    let mut server = shop.serve().await?;
    let oracle = shop.oracle().await?;
    let each = run.count.div_ceil(CONTESTS);
    let players = (0..CONTESTS).map(async |number| {
        let mut ring = Ring::new(number, server.address, &keys, run.dice(&format!("ring {number}"))).await?;
        let mut records = Vec::new();
        while ring.seen.presses < each {
            records.push(ring.incident(&reporter).await?);
        }
        Ok((ring.seen, records))
    });
    let played: Vec<(Seen, Vec<Record>)> = join_all(players).await.into_iter().collect::<Result<_>>()?;
    let mut total = Seen::default();
    for (seen, records) in played {
        total.add(&seen);
        for Record { reference, mut words } in records {
            words.insert(0, "reported".to_owned());
            let record = oracle.record(&reference).await?;
            let expected: Vec<(i64, String)> = (1..).zip(words).collect();
            if record != expected {
                return Err(format!("{reference}: answered {expected:?} and kept {record:?}"));
            }
        }
    }
    oracle.all_whole(None, true).await?;
    server.kill().await?;
    shop.verify().await?;
    Ok(total)
}

impl Seen {
    fn add(&mut self, other: &Self) {
        self.presses += other.presses;
        self.doubled += other.doubled;
        self.versions += other.versions;
        self.effects += other.effects;
        self.losers += other.losers;
        self.owners += other.owners;
    }
}

/// An incident and the words of the steps that were answered 200, in order.
struct Record {
    reference: String,
    words: Vec<String>,
}

/// One incident after the other, with presses from many connections.
struct Ring<'a> {
    number: usize,
    hands: Vec<Connection>,
    keys: &'a [String],
    dice: Dice,
    seen: Seen,
    sent: usize,
}

/// One press.
#[derive(Debug, Clone)]
struct Press {
    by: usize,
    verb: &'static str,
    delivery: String,
    body: Value,
}

impl<'a> Ring<'a> {
    async fn new(number: usize, address: SocketAddr, keys: &'a [String], dice: Dice) -> Result<Self> {
        let mut hands = Vec::new();
        for _ in 0..AT_ONCE {
            hands.push(Connection::open(address).await?);
        }
        Ok(Self { number, hands, keys, dice, seen: Seen::default(), sent: 0 })
    }

    fn hand(&mut self) -> Result<&mut Connection> {
        self.hands.first_mut().ok_or_else(|| "no hands".to_owned())
    }

    fn key(&self, by: usize) -> &str {
        self.keys.get(by).map_or("", String::as_str)
    }

    /// Reports one and fights over it until it is closed, or for some versions.
    async fn incident(&mut self, reporter: &str) -> Result<Record> {
        self.sent += 1;
        let delivery = format!("ring-{}-{}", self.number, self.sent);
        let receipt = json(self.hand()?.ask(&report(reporter, &delivery)).await?.body);
        let reference = text(&receipt, "reference").to_owned();
        let mut words = Vec::new();
        for _ in 0..6 {
            let reviewer = self.key(0).to_owned();
            let now = json(self.hand()?.ask(&read(&reviewer, &reference)).await?.body);
            words.extend(self.contest(&reference, &now).await?);
        }
        Ok(Record { reference, words })
    }

    /// Presses on one version at the same moment; the words of those that took effect, in order.
    async fn contest(&mut self, reference: &str, now: &Value) -> Result<Vec<String>> {
        let version = now.get("version").and_then(Value::as_u64).ok_or_else(|| format!("no version: {now}"))?;
        let presses = self.presses(text(now, "state"), version);
        let keys = self.keys;
        let asked = self.hands.iter_mut().zip(&presses).map(async |(hand, press)| {
            let key = keys.get(press.by).map_or("", String::as_str);
            let answer = hand.ask(&act(key, reference, &press.delivery, &press.body)).await?;
            Ok((press.clone(), answer.status, json(answer.body)))
        });
        let answers: Vec<(Press, u16, Value)> = join_all(asked).await.into_iter().collect::<Result<_>>()?;
        self.seen.presses += answers.len();
        self.seen.versions += 1;
        self.judge(version, &answers)
    }

    /// Different buttons of different people, all of whom saw this version; one of them at least fits the state.
    fn presses(&mut self, state: &str, version: u64) -> Vec<Press> {
        let fits = match state {
            "new" => "claim",
            "claimed" => "release",
            "confirmed" => "resolve",
            _ => "reopen",
        };
        let verbs = [
            "claim",
            "claim",
            "release",
            "ask",
            "recategorise",
            "decline",
            "confirm",
            "resolve",
            "reopen",
            "note",
            fits,
        ];
        let mut presses: Vec<Press> = Vec::new();
        while presses.len() < AT_ONCE {
            let verb = if presses.is_empty() {
                fits
            } else {
                verbs.get(self.dice.below(verbs.len())).copied().unwrap_or(fits)
            };
            self.sent += 1;
            let press = Press {
                by: self.dice.below(REVIEWERS.len()),
                verb,
                delivery: format!("press-{}-{}", self.number, self.sent),
                body: body(verb, version),
            };
            presses.push(press.clone());
            if self.dice.below(DOUBLED) == 0 && presses.len() < AT_ONCE {
                presses.push(press);
                self.seen.doubled += 1;
            }
        }
        presses
    }

    fn judge(&mut self, version: u64, answers: &[(Press, u16, Value)]) -> Result<Vec<String>> {
        let mut effects: HashMap<&str, (u64, &'static str)> = HashMap::new();
        for (press, status, body) in answers {
            match status {
                200 => {
                    let at = body.get("version").and_then(Value::as_u64).unwrap_or(0);
                    // The second of a double click sees what is there by then, which can be later.
                    let first = effects.entry(&press.delivery).or_insert((at, press.verb));
                    first.0 = first.0.min(at);
                }
                409 => self.loser(press, body)?,
                _ => return Err(format!("{} was answered {status}: {body}", press.verb)),
            }
        }
        let mut by_version: BTreeMap<u64, &'static str> = BTreeMap::new();
        for (at, verb) in effects.values() {
            if by_version.insert(*at, verb).is_some() {
                return Err(format!("two presses made version {at}: {effects:?}"));
            }
        }
        // Claims and notes do not depend on what was seen and may follow; a decision is made on this version or not at all.
        let late = by_version.iter().any(|(at, verb)| *at != version + 1 && !matches!(*verb, "claim" | "note"));
        let contiguous = by_version.keys().copied().eq(version + 1..=version + by_version.len() as u64);
        if by_version.is_empty() || late || !contiguous {
            return Err(format!("what took effect on version {version}: {by_version:?}"));
        }
        self.seen.effects += by_version.len();
        Ok(by_version.values().map(|verb| word(verb).to_owned()).collect())
    }

    /// A loser is told where it stands, and who has it if somebody has.
    fn loser(&mut self, press: &Press, body: &Value) -> Result<()> {
        let current = body.get("current").ok_or_else(|| format!("{} lost without a word: {body}", press.verb))?;
        let (state, owner) = (text(current, "state"), text(current, "owner"));
        if state.is_empty() || (state != "new" && !REVIEWERS.contains(&owner)) {
            return Err(format!("{} lost to nobody: {body}", press.verb));
        }
        self.seen.losers += 1;
        self.seen.owners += usize::from(!owner.is_empty());
        Ok(())
    }
}

fn body(verb: &str, version: u64) -> Value {
    match verb {
        "ask" => json!({"action": verb, "version": version, "text": "Which aisle?"}),
        "note" => json!({"action": verb, "version": version, "text": "seen"}),
        "recategorise" => json!({"action": verb, "version": version, "category": "potential_theft"}),
        "decline" => json!({"action": verb, "version": version, "reason": "benign"}),
        "resolve" => json!({"action": verb, "version": version, "outcome": "deterred"}),
        _ => json!({"action": verb, "version": version}),
    }
}

/// The word that the record has for a verb.
fn word(verb: &'static str) -> &'static str {
    match verb {
        "claim" => "claimed",
        "release" => "released",
        "ask" => "asked",
        "recategorise" => "recategorised",
        "decline" => "declined",
        "confirm" => "confirmed",
        "resolve" => "resolved",
        "reopen" => "reopened",
        _ => "noted",
    }
}
