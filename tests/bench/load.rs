//! Sending requests over many connections: each as soon as the one before is answered, or at a fixed rate.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use shopwatch::clock::Stopwatch;
use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior, interval_at};

use crate::client::Connection;
use crate::{Result, said};

/// Writes the nth request.
pub type Requests = Arc<dyn Fn(u64, &mut Vec<u8>) + Send + Sync>;

/// When to send, and for how long.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// Each connection as fast as it is answered, for this long.
    For(Duration),
    /// The same, until so many have been sent.
    Count(u64),
    /// So many a second, whether or not they are answered; time counts from the moment at which a request was due,
    /// so that a slow answer is not hidden by the requests that waited behind it. The timer ticks in milliseconds,
    /// which makes every figure up to one too long.
    Rate { a_second: u32, over: Duration },
}

/// What came of a load.
#[derive(Debug, Default)]
pub struct Taken {
    /// Microseconds from each request to its answer, sorted.
    pub latencies: Vec<u32>,
    pub by_status: BTreeMap<u16, u64>,
    /// The first answer that was no success.
    pub complaint: Option<String>,
    pub took: Duration,
}

impl Taken {
    /// Answers a second.
    pub fn rate(&self) -> f64 {
        as_f64(self.latencies.len()) / self.took.as_secs_f64()
    }

    /// How many were answered so.
    pub fn with_status(&self, status: u16) -> u64 {
        self.by_status.get(&status).copied().unwrap_or(0)
    }

    /// The time within which this share was answered, in milliseconds.
    pub fn within(&self, share: f64) -> f64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index into the list")]
        let at = (as_f64(self.latencies.len().saturating_sub(1)) * share).round() as usize;
        self.latencies.get(at).map_or(f64::NAN, |micros| f64::from(*micros) / 1_000.0)
    }

    /// Adds what came of another load.
    pub fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.latencies.sort_unstable();
        for (status, count) in other.by_status {
            *self.by_status.entry(status).or_default() += count;
        }
        self.complaint = self.complaint.take().or(other.complaint);
        self.took += other.took;
    }

    /// Complains if anything was answered otherwise.
    pub fn all(self, status: u16) -> Result<Self> {
        let good = self.with_status(status);
        if good > 0 && self.by_status.len() == 1 {
            Ok(self)
        } else {
            Err(format!("not all were answered {status}: {:?}\n{}", self.by_status, self.complaint.unwrap_or_default()))
        }
    }
}

/// Sends requests, beginning with the `first`th.
pub async fn send(
    address: SocketAddr,
    connections: usize,
    pace: Pace,
    first: u64,
    requests: &Requests,
) -> Result<Taken> {
    let next = Arc::new(AtomicU64::new(first));
    let clock = Stopwatch::start();
    let mut senders = JoinSet::new();
    for index in 0..connections {
        let connection = Connection::open(address).await?;
        let ticks = ticks(pace, index, connections);
        let sender = Sender { connection, next: next.clone(), requests: requests.clone(), taken: Taken::default() };
        senders.spawn(sender.run(pace, first, ticks, clock));
    }
    let mut taken = Vec::with_capacity(connections);
    while let Some(sender) = senders.join_next().await {
        taken.push(sender.map_err(said)??);
    }
    // Putting the lists together is none of the server's time.
    let took = clock.now();
    let mut all = Taken::default();
    for one in taken {
        all.add(one);
    }
    all.took = took;
    Ok(all)
}

struct Sender {
    connection: Connection,
    next: Arc<AtomicU64>,
    requests: Requests,
    taken: Taken,
}

impl Sender {
    async fn run(mut self, pace: Pace, first: u64, mut ticks: Option<Interval>, clock: Stopwatch) -> Result<Taken> {
        let mut request = Vec::with_capacity(2_048);
        loop {
            let due = match &mut ticks {
                // A tick lies in the past by as much as this sender is late.
                Some(ticks) => {
                    let late = ticks.tick().await.elapsed();
                    clock.now().saturating_sub(late)
                }
                None => clock.now(),
            };
            let over = match pace {
                Pace::For(time) | Pace::Rate { over: time, .. } => due >= time,
                Pace::Count(_) => false,
            };
            if over {
                return Ok(self.taken);
            }
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if matches!(pace, Pace::Count(count) if number >= first + count) {
                return Ok(self.taken);
            }
            (self.requests)(number, &mut request);
            let answer = self.connection.ask(&request).await?;
            let took = clock.now().saturating_sub(due);
            let status = answer.status;
            if !(200..300).contains(&status) {
                self.taken.complaint.get_or_insert_with(|| String::from_utf8_lossy(answer.body).into_owned());
            }
            self.taken.latencies.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
            *self.taken.by_status.entry(status).or_default() += 1;
        }
    }
}

/// When one of many connections sends: they take turns.
fn ticks(pace: Pace, index: usize, connections: usize) -> Option<Interval> {
    let Pace::Rate { a_second, .. } = pace else { return None };
    let turn = Duration::from_secs(1) / a_second;
    let (index, connections) = (u32::try_from(index).ok()?, u32::try_from(connections).ok()?);
    #[expect(
        clippy::disallowed_methods,
        reason = "a schedule of the generator; nothing that is measured depends on it"
    )]
    let start = tokio::time::Instant::now() + turn * (index + 1);
    let mut ticks = interval_at(start, turn * connections);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    Some(ticks)
}

/// A count as a number to divide.
pub fn as_f64(count: impl TryInto<u32>) -> f64 {
    count.try_into().map_or(f64::NAN, f64::from)
}
