//! P8: nobody acts with a role that was taken from them. A role that `shop.toml` gives ends when the server has read
//! the file again, which its log says; a key ends within two seconds of `shopwatch key revoke`.

use std::cell::Cell;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use shopwatch::clock::Stopwatch;

use super::Run;
use super::requests::{act, json, report, text};
use super::shop::{RULES, Server, Shop, signal};
use crate::client::Connection;
use crate::database::Kind;
use crate::{Result, said};

/// How long a revoked key may still be taken.
const KEY_ENDS_WITHIN: Duration = Duration::from_secs(2);
/// What the server logs when a changed file holds.
const READ_AGAIN: &str = "the rules were read again";
/// Connections that press while the role changes.
const HANDS: usize = 3;
/// A new incident after so many changes, so that timelines stay short.
const CHANGES_EACH: usize = 20;

/// Changes roles while they are used.
pub async fn run(run: &Run<'_>, kind: Kind) -> Result<()> {
    let clock = Stopwatch::start();
    let changes = (run.count / 5).max(1);
    let swung = swing(run, kind, changes).await?;
    println!(
        "P8 roles, {}: 0 of {} presses acted after one of {changes} changes of shop.toml was in force ({} acted while it was \
         allowed or being changed); {:.1} s",
        kind.name(),
        swung.refused,
        swung.acted,
        clock.now().as_secs_f64()
    );
    let keys = (run.count / 500).clamp(2, 20);
    let (pressed, longest) = revoke(run, kind, keys).await?;
    println!(
        "P8 roles, {}: 0 of {pressed} presses acted later than {} s after one of {keys} keys was revoked (longest {} ms)",
        kind.name(),
        KEY_ENDS_WITHIN.as_secs(),
        longest.as_millis()
    );
    Ok(())
}

#[derive(Debug, Default)]
struct Swung {
    acted: usize,
    refused: usize,
}

/// A role comes and goes with `shop.toml`.
async fn swing(run: &Run<'_>, kind: Kind, changes: usize) -> Result<Swung> {
    let shop = Shop::new(run, kind).await?;
    let (reporter, swinging) = (shop.key("till", "staff").await?, shop.key("swing", "staff").await?);
    let mut server = shop.serve_aloud().await?;
    let mut hands = Vec::new();
    for number in 0..HANDS {
        hands.push(Hand::new(server.address, &swinging, number).await?);
    }
    let mut swung = Swung::default();
    let mut expected = 0;
    for number in 0..changes {
        if number.is_multiple_of(CHANGES_EACH) {
            let reference = reported(server.address, &reporter, number).await?;
            for hand in &mut hands {
                hand.reference.clone_from(&reference);
            }
        }
        for allowed in [true, false] {
            let over = Cell::new(false);
            let clicks = join_all(hands.iter_mut().map(|hand| hand.press_until(&over)));
            let changing = async {
                let done = change_rules(&shop, &mut server, allowed).await;
                over.set(true);
                done
            };
            let (counts, done) = tokio::join!(clicks, changing);
            done?;
            for acted in counts {
                swung.acted += acted?;
            }
            // From here on everybody knows.
            for hand in &mut hands {
                let status = hand.press().await?;
                match (allowed, status) {
                    (true, 200) => swung.acted += 1,
                    (false, 403 | 404) => swung.refused += 1,
                    _ => return Err(format!("allowed is {allowed} and a press was answered {status}")),
                }
            }
        }
        expected = swung.acted;
    }
    let acted = shop.oracle().await?.number("SELECT COUNT(*) FROM entry WHERE word = 'noted'").await?;
    if usize::try_from(acted).map_err(said)? != expected {
        return Err(format!("{expected} presses were answered 200 and {acted} took effect"));
    }
    server.kill().await?;
    Ok(swung)
}

async fn change_rules(shop: &Shop, server: &mut Server, allowed: bool) -> Result<()> {
    let holders = if allowed { "\nreviewer = [\"api:swing\", " } else { "\nreviewer = [" };
    let draft = shop.rules.with_extension("draft");
    std::fs::write(&draft, RULES.replacen("\nreviewer = [", holders, 1)).map_err(said)?;
    std::fs::rename(&draft, &shop.rules).map_err(said)?;
    signal("HUP", &[server.pid]).await?;
    server.says(READ_AGAIN).await
}

/// Keys are revoked while they are used.
async fn revoke(run: &Run<'_>, kind: Kind, keys: usize) -> Result<(usize, Duration)> {
    let shop = Shop::new(run, kind).await?;
    let reporter = shop.key("till", "staff").await?;
    let mut server = shop.serve().await?;
    let mut hands = Vec::new();
    for number in 0..keys {
        let secret = shop.key(&format!("board-{number}"), "reviewer").await?;
        let mut hand = Hand::new(server.address, &secret, number).await?;
        hand.reference = reported(server.address, &reporter, number).await?;
        hands.push(hand);
    }
    let clock = Stopwatch::start();
    let revoked: Vec<Cell<Option<Duration>>> = vec![Cell::new(None); keys];
    let clicks =
        join_all(hands.iter_mut().zip(&revoked).map(|(hand, revoked)| hand.press_until_refused(revoked, clock)));
    let revoking = async {
        for (number, revoked) in revoked.iter().enumerate() {
            shop.command(&["key", "revoke", &format!("board-{number}")]).await?;
            revoked.set(Some(clock.now()));
        }
        Ok::<(), String>(())
    };
    let (counted, done) = tokio::join!(clicks, revoking);
    done?;
    let (mut count, mut longest) = (0, Duration::ZERO);
    for counts in counted {
        let (presses, after) = counts?;
        count += presses;
        longest = longest.max(after);
    }
    server.kill().await?;
    Ok((count, longest))
}

async fn reported(address: SocketAddr, reporter: &str, number: usize) -> Result<String> {
    let mut connection = Connection::open(address).await?;
    let answer = connection.ask(&report(reporter, &format!("roles-{number}"))).await?;
    Ok(text(&json(answer.body), "reference").to_owned())
}

/// Somebody who adds notes.
struct Hand {
    connection: Connection,
    secret: String,
    reference: String,
    sent: usize,
    number: usize,
}

impl Hand {
    async fn new(address: SocketAddr, secret: &str, number: usize) -> Result<Self> {
        let connection = Connection::open(address).await?;
        Ok(Self { connection, secret: secret.to_owned(), reference: String::new(), sent: 0, number })
    }

    async fn press(&mut self) -> Result<u16> {
        self.sent += 1;
        let delivery = format!("hand-{}-{}", self.number, self.sent);
        let note = json!({"action": "note", "text": "seen"});
        Ok(self.connection.ask(&act(&self.secret, &self.reference, &delivery, &note)).await?.status)
    }

    /// Presses until it is over; how many acted.
    async fn press_until(&mut self, over: &Cell<bool>) -> Result<usize> {
        let mut acted = 0;
        while !over.get() {
            match self.press().await? {
                200 => acted += 1,
                403 | 404 => {}
                status => return Err(format!("a press was answered {status}")),
            }
        }
        Ok(acted)
    }

    /// Presses until the key has been refused and for as long as it may be taken after that; how many presses there
    /// were, and the longest time after the revocation at which one that acted was sent.
    async fn press_until_refused(
        &mut self,
        revoked: &Cell<Option<Duration>>,
        clock: Stopwatch,
    ) -> Result<(usize, Duration)> {
        let (mut presses, mut longest, mut refused) = (0, Duration::ZERO, false);
        loop {
            let sent = clock.now();
            let after = revoked.get().map(|revoked| sent.saturating_sub(revoked));
            if refused && after.is_some_and(|after| after > KEY_ENDS_WITHIN) {
                return Ok((presses, longest));
            }
            presses += 1;
            match self.press().await? {
                200 if refused => return Err("a key was taken again after it had been refused".to_owned()),
                200 => longest = longest.max(after.unwrap_or_default()),
                401 => refused = true,
                status => return Err(format!("a press was answered {status}")),
            }
            if longest > KEY_ENDS_WITHIN {
                return Err(format!("a key was taken {} ms after it was revoked", longest.as_millis()));
            }
        }
    }
}
