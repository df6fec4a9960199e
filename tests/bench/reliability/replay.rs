//! P4: a report arrives once, however often it is sent, in whatever order, to whichever of several servers; and it is
//! answered alike each time.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

use futures_util::future::join_all;
use shopwatch::clock::Stopwatch;

use super::Run;
use super::requests::report;
use super::shop::{Server, Shop};
use crate::Result;
use crate::client::Connection;
use crate::database::Kind;
use crate::reports::Dice;

/// How often one report is sent at most.
const SENT_MAX: usize = 5;
/// How many connections there are to each server.
const CONNECTIONS: usize = 8;

/// Sends everything again and again.
pub async fn run(run: &Run<'_>) -> Result<()> {
    for kind in &run.kinds {
        let clock = Stopwatch::start();
        let (servers, sent) = replayed(run, *kind).await?;
        println!(
            "P4 replay, {}, {servers} server(s): {} reports sent {sent} times in random order are {} incidents, each answered \
             alike every time; {:.1} s",
            kind.name(),
            run.count,
            run.count,
            clock.now().as_secs_f64(),
        );
    }
    Ok(())
}

async fn replayed(run: &Run<'_>, kind: Kind) -> Result<(usize, usize)> {
    let shop = Shop::new(run, kind).await?;
    let reporter = shop.key("till", "staff").await?;
    let mut servers = vec![shop.serve().await?];
    if kind == Kind::Postgres {
        servers.push(shop.replica("second")?.serve().await?);
        servers.push(shop.replica("third")?.serve().await?);
    }
    let deliveries = shuffled(&mut run.dice("replay"), run.count);
    let sent = deliveries.len();
    let answers = send(&servers, &reporter, deliveries).await?;
    let incidents: HashSet<&Vec<u8>> = answers.values().collect();
    let oracle = shop.oracle().await?;
    let there = oracle.all_whole(None, true).await?;
    if [answers.len(), incidents.len(), there.len()] != [run.count; 3] || oracle.orphans().await? != 0 {
        return Err(format!(
            "{} deliveries, {} different answers, {} incidents",
            answers.len(),
            incidents.len(),
            there.len()
        ));
    }
    let count = servers.len();
    for server in &mut servers {
        server.kill().await?;
    }
    shop.verify().await?;
    Ok((count, sent))
}

/// Each report one to five times, in random order.
fn shuffled(dice: &mut Dice, count: usize) -> Vec<usize> {
    let mut deliveries: Vec<usize> = (0..count).flat_map(|number| vec![number; 1 + dice.below(SENT_MAX)]).collect();
    for at in (1..deliveries.len()).rev() {
        deliveries.swap(at, dice.below(at + 1));
    }
    deliveries
}

/// Sends deliveries, each to whichever server is free; the answer to each report, which must be the same every time.
async fn send(servers: &[Server], reporter: &str, deliveries: Vec<usize>) -> Result<HashMap<usize, Vec<u8>>> {
    let waiting = RefCell::new(deliveries);
    let answers: RefCell<HashMap<usize, Vec<u8>>> = RefCell::default();
    let sender = async |address: SocketAddr| {
        let mut connection = Connection::open(address).await?;
        loop {
            let Some(number) = waiting.borrow_mut().pop() else { return Ok(()) };
            let answer = connection.ask(&report(reporter, &format!("replay-{number}"))).await?;
            if matches!(answer.status, 429 | 503) {
                // Not saved, on a machine that is too busy: sent once more, as platforms do.
                waiting.borrow_mut().push(number);
                continue;
            }
            if answer.status != 201 {
                return Err(format!("answered {}: {}", answer.status, String::from_utf8_lossy(answer.body)));
            }
            let mut answers = answers.borrow_mut();
            let first = answers.entry(number).or_insert_with(|| answer.body.to_vec());
            if first != answer.body {
                let (first, then) = (String::from_utf8_lossy(first), String::from_utf8_lossy(answer.body));
                return Err(format!("the same report was answered\n{first}\nand then\n{then}"));
            }
        }
    };
    let all = servers.iter().flat_map(|server| std::iter::repeat_n(server.address, CONNECTIONS)).map(sender);
    join_all(all).await.into_iter().collect::<Result<()>>()?;
    Ok(answers.into_inner())
}
