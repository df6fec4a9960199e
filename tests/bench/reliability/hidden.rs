//! What somebody may not see is answered like what does not exist, also in its time: look-ups of both take turns in random
//! order over one connection, and the difference of their medians stands beside that of two halves of the same kind.

use std::fs;

use domain::id::Reference;
use shopwatch::clock::Stopwatch;

use super::Run;
use super::requests::{json, page, read, report, sign_in, text};
use super::shop::{RULES, Shop};
use crate::client::Connection;
use crate::database::Kind;
use crate::reports::Dice;
use crate::{Result, said};

/// How many incidents are looked for that others reported.
const OTHERS: usize = 100;
/// Medians are compared in so many rounds, so that one bad moment of the machine is one bad round.
const ROUNDS: usize = 20;
/// A difference counts if it is more than the noise and more than this share of the answer.
const COUNTS_FROM: f64 = 0.05;

/// Looks for what is hidden and for what does not exist.
pub async fn run(run: &Run<'_>) -> Result<()> {
    for kind in &run.kinds {
        for Compared { who, median, difference, noise, looks, late } in
            Trial::new(run, *kind).await?.compare(run).await?
        {
            println!(
                "hidden, {}, {who}: {looks} look-ups ({late} answered \"not now\"), median {median:.1} µs; what is hidden takes {difference:+.1} µs more than what \
                 does not exist, one half of what is hidden differs from the other by {noise:.1} µs",
                kind.name(),
            );
            if difference.abs() > (3.0 * noise).max(COUNTS_FROM * median) {
                return Err(format!("{who} could tell what is hidden from what does not exist"));
            }
        }
    }
    Ok(())
}

/// What looking for both took, in microseconds.
struct Compared {
    who: &'static str,
    looks: usize,
    /// Answered "not now".
    late: usize,
    median: f64,
    /// In the middle of the rounds.
    difference: f64,
    noise: f64,
}

struct Trial {
    shop: Shop,
    server: super::shop::Server,
    /// Incidents that none of those who look may see.
    hidden: Vec<String>,
    till: String,
    elsewhere: String,
    cookie: String,
    dice: Dice,
}

/// How somebody looks for an incident.
type Ask = fn(&str, &str) -> Vec<u8>;

impl Trial {
    async fn new(run: &Run<'_>, kind: Kind) -> Result<Self> {
        let shop = Shop::new(run, kind).await?;
        let second = "\n[[site]]\nid = \"paddington\"\nname = \"Paddington\"\narea = \"W2\"\n";
        let second = format!("{second}channels.triage = [\"console:paddington\"]\n");
        fs::write(&shop.rules, RULES.replacen("\n[roles]", &format!("{second}\n[roles]"), 1)).map_err(said)?;
        let reporter = shop.key("other-till", "staff").await?;
        let till = shop.key("till", "staff").await?;
        let elsewhere = ["key", "create", "--name", "office", "--role", "reviewer", "--site", "paddington"];
        let elsewhere = shop.command(&elsewhere).await?;
        let server = shop.serve().await?;
        let mut connection = Connection::open(server.address).await?;
        let mut hidden = Vec::new();
        for number in 0..OTHERS {
            let answer = connection.ask(&report(&reporter, &format!("hidden-{number}"))).await?;
            hidden.push(text(&json(answer.body), "reference").to_owned());
        }
        let (cookie, _) = sign_in(&shop, &mut connection, "amal").await?;
        Ok(Self { shop, server, hidden, till, elsewhere, cookie, dice: run.dice("hidden") })
    }

    async fn compare(mut self, run: &Run<'_>) -> Result<Vec<Compared>> {
        let (till, elsewhere, cookie) = (self.till.clone(), self.elsewhere.clone(), self.cookie.clone());
        let by_page: Ask = |reference, cookie| page(&format!("/incidents/{reference}"), cookie);
        let by_key: Ask = |reference, key| read(key, reference);
        let mut compared = Vec::new();
        for (who, shows, ask) in [
            ("a till that did not report it", till, by_key),
            ("the office of another site", elsewhere, by_key),
            ("somebody in the console", cookie, by_page),
        ] {
            compared.push(self.look(who, &shows, ask, run.count).await?);
        }
        Ok(compared)
    }

    async fn look(&mut self, who: &'static str, shows: &str, ask: Ask, looks: usize) -> Result<Compared> {
        let mut connection = Connection::open(self.server.address).await?;
        let (mut differences, mut noise, mut medians, mut late) = (Vec::new(), Vec::new(), Vec::new(), 0);
        let each = looks.div_ceil(ROUNDS).max(3);
        for _ in 0..ROUNDS {
            // Two halves of what is hidden, and what does not exist.
            let mut took: [Vec<f64>; 3] = Default::default();
            for _ in 0..each * took.len() {
                let which = self.dice.below(took.len());
                let reference = if which < 2 { self.one_hidden() } else { self.one_missing() };
                let request = ask(&reference, shows);
                let clock = Stopwatch::start();
                let status = connection.ask(&request).await?.status;
                let micros = clock.now().as_secs_f64() * 1_000_000.0;
                if status == 503 {
                    // Not answered in time, on a machine that is too busy: that tells nobody anything.
                    late += 1;
                    continue;
                }
                if status != 404 {
                    return Err(format!("{who} was answered {status}\n{}", self.shop.last_words()));
                }
                took.iter_mut().skip(which).take(1).for_each(|took| took.push(micros));
            }
            let [one, other, missing] = took.map(median);
            differences.push(f64::midpoint(one, other) - missing);
            noise.push((one - other).abs());
            medians.push(missing);
        }
        let looks = each * ROUNDS * 3;
        let (median, difference, noise) = (median(medians), median(differences), median(noise));
        Ok(Compared { who, looks, late, median, difference, noise })
    }

    fn one_hidden(&mut self) -> String {
        let at = self.dice.below(self.hidden.len());
        self.hidden.get(at).cloned().unwrap_or_default()
    }

    fn one_missing(&mut self) -> String {
        loop {
            let draw = u32::try_from(self.dice.below(1 << 25)).unwrap_or(0);
            let reference = Reference::from_draw(draw).to_string();
            if !self.hidden.contains(&reference) {
                return reference;
            }
        }
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
