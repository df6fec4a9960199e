//! P11: the server is killed at random moments while photos are dropped, between the spool, the commit, the vault and the
//! record. Every photo that was acknowledged is sealed in the end, once, as it was sent, and nothing lies about that belongs
//! to nobody.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use domain::clock::Clock as _;
use futures_util::future::{join_all, pending};
use jpeg_encoder::{ColorType, Encoder};
use serde_json::Value;
use shopwatch::clock::{MachineClock, Stopwatch};
use tokio::sync::watch;
use tokio::time::{interval, timeout};

use super::oracle::Oracle;
use super::requests::{json, report, text, upload};
use super::shop::{Server, Shop};
use super::{Options, Run};
use crate::client::Connection;
use crate::database::Kind;
use crate::report::Table;
use crate::reports::Dice;
use crate::world::clock::TestClock;
use crate::world::s3::{FakeS3, KEY_ID, SECRET};
use crate::{Result, said};

/// How many phones send photos at the same time.
const PHONES: usize = 8;
/// Photos of one incident.
const OF_ONE: usize = 5;
/// The sides of a photo: small and narrow, since it is not its reading that is tried.
const WIDTH: u16 = 12;
const HEIGHT: u16 = 48;
/// A round dies after so many acknowledgements, or after at most this long.
const ACKNOWLEDGED_MAX: usize = 8;
const MICROS_MAX: usize = 800_000;
/// A round that takes longer than this has hung.
const ROUND_MAX: Duration = Duration::from_mins(1);
/// How long everything may take to be sealed in the end, and how often that is looked for.
const SEALED_WITHIN: Duration = Duration::from_mins(5);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// What somebody is told whose photo was not read in time.
const TOO_SLOW: &str = "took too long to read";
const NOT_SEALED: &str = "SELECT COUNT(*) FROM photo WHERE state <> 'sealed'";

/// Where photos are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VaultKind {
    /// A folder.
    File,
    /// A bucket.
    S3,
}

/// What this loop takes beside what all take.
#[derive(Debug, Clone, Args)]
pub struct PhotoOptions {
    #[command(flatten)]
    pub all: Options,
    /// How often a server is killed, for each vault on each database.
    #[arg(long)]
    pub kills: Option<usize>,
    /// Only with this vault.
    #[arg(long)]
    vault: Option<VaultKind>,
}

/// Both vaults on every database.
pub async fn run(run: &Run<'_>, options: &PhotoOptions) -> Result<()> {
    let vaults =
        [VaultKind::File, VaultKind::S3].into_iter().filter(|vault| options.vault.is_none_or(|one| one == *vault));
    try_all(run, &vaults.flat_map(|vault| run.kinds.iter().map(move |kind| (vault, *kind))).collect::<Vec<_>>()).await
}

/// Each vault once, on databases in turn.
pub async fn share(run: &Run<'_>) -> Result<()> {
    let kinds = run.kinds.iter().rev().copied().cycle();
    try_all(run, &[VaultKind::File, VaultKind::S3].into_iter().zip(kinds).collect::<Vec<_>>()).await
}

async fn try_all(run: &Run<'_>, trials: &[(VaultKind, Kind)]) -> Result<()> {
    let mut table =
        Table::new(&["vault", "database", "kills", "acknowledged", "sent again", "too slow", "sealed", "s"]);
    for (vault, kind) in trials {
        let clock = Stopwatch::start();
        let name = format!("{vault:?}, {}", kind.name());
        let mut trial = Trial::new(run, *vault, *kind).await?;
        for round in 1..=run.count {
            let gone = timeout(ROUND_MAX, Box::pin(trial.round())).await.unwrap_or_else(|_| Err("hung".to_owned()));
            gone.map_err(|why| format!("{name}, round {round}: {why}\n{}", trial.shop.last_words()))?;
        }
        let sealed = trial.end().await.map_err(|why| format!("{name}: {why}\n{}", trial.shop.last_words()))?;
        table.row([
            format!("{vault:?}"),
            kind.name().to_owned(),
            run.count.to_string(),
            trial.phones.iter().map(|phone| phone.kept.len()).sum::<usize>().to_string(),
            trial.sent_again.to_string(),
            trial.phones.iter().map(|phone| phone.too_slow).sum::<usize>().to_string(),
            sealed.to_string(),
            format!("{:.0}", clock.now().as_secs_f64()),
        ]);
    }
    println!("P11, photos while servers are killed:\n\n{table}");
    Ok(())
}

struct Trial {
    shop: Shop,
    oracle: Oracle,
    phones: Vec<Phone>,
    dice: Dice,
    bucket: Option<(FakeS3, Arc<TestClock>)>,
    sent_again: usize,
}

impl Trial {
    async fn new(run: &Run<'_>, vault: VaultKind, kind: Kind) -> Result<Self> {
        let mut shop = Shop::new(run, kind).await?;
        let bucket = match vault {
            VaultKind::File => None,
            VaultKind::S3 => {
                let clock = Arc::new(TestClock::default());
                Some((FakeS3::start(clock.clone()).await, clock))
            }
        };
        if let Some((server, _)) = &bucket {
            let settings = server.settings();
            shop.environment = [
                ("EVIDENCE_URL", format!("s3://{}/{}", settings.bucket, settings.prefix.trim_end_matches('/'))),
                ("S3_ENDPOINT", server.url().to_owned()),
                ("AWS_REGION", settings.region),
                ("AWS_ACCESS_KEY_ID", KEY_ID.to_owned()),
                ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into();
        }
        let key = shop.key("till", "staff").await?;
        let phone = |number| Phone::new(number, &key, run.dice(&format!("phone {number}")));
        let (oracle, dice) = (shop.oracle().await?, run.dice("photos"));
        Ok(Self { shop, oracle, phones: (0..PHONES).map(phone).collect(), dice, bucket, sent_again: 0 })
    }

    async fn serve(&self) -> Result<Server> {
        if let Some((_, clock)) = &self.bucket {
            // A bucket whose clock is wrong takes nothing.
            clock.advance(MachineClock.now() - clock.now());
        }
        self.shop.serve().await
    }

    /// Starts a server on what the last one left, sends photos, kills.
    async fn round(&mut self) -> Result<()> {
        let mut server = self.serve().await?;
        self.sent_again += self.phones.iter().filter(|phone| phone.pending.is_some()).count();
        let (acknowledged, mut heard) = watch::channel(0_usize);
        let address = server.address;
        let by_count = self.dice.below(2) == 0;
        let most = self.dice.below(if by_count { ACKNOWLEDGED_MAX } else { MICROS_MAX });
        let later = Duration::from_micros(u64::try_from(self.dice.below(20_000)).unwrap_or(0));
        let killing = Cell::new(false);
        let work = join_all(self.phones.iter_mut().map(|phone| phone.work(address, &acknowledged)));
        let moment = async {
            if by_count {
                drop(timeout(ROUND_MAX, heard.wait_for(|count| *count >= most)).await);
                drop(timeout(later, pending::<()>()).await);
            } else {
                drop(timeout(Duration::from_micros(u64::try_from(most).unwrap_or(0)), pending::<()>()).await);
            }
            killing.set(true);
            server.kill().await
        };
        let work = async {
            work.await.into_iter().collect::<Result<()>>()?;
            if killing.get() { Ok(()) } else { Err("the server hung up by itself".to_owned()) }
        };
        tokio::try_join!(work, moment).map(drop)
    }

    /// Sends what is pending, one photo from each phone at least, waits until everything is sealed, lets a day pass, and compares; how many photos there are.
    async fn end(&mut self) -> Result<u64> {
        let mut server = self.serve().await?;
        for phone in &mut self.phones {
            let mut connection = Connection::open(server.address).await?;
            // On a slow machine every round may have died before its first photo: where none was sent, nothing is shown.
            while phone.pending.is_some() || phone.kept.is_empty() {
                if !phone.step(&mut connection).await? {
                    return Err("the server hung up".to_owned());
                }
            }
        }
        let clock = Stopwatch::start();
        let mut looks = interval(LOOK_EVERY);
        while self.oracle.number(NOT_SEALED).await? > 0 {
            looks.tick().await;
            if clock.now() > SEALED_WITHIN {
                return Err(format!(
                    "{} are not sealed after {SEALED_WITHIN:?}",
                    self.oracle.number(NOT_SEALED).await?
                ));
            }
        }
        server.kill().await?;
        self.shop.let_a_day_pass(&self.oracle).await?;
        let mut server = self.serve().await?;
        self.shop.until_the_spool_is_empty().await?;
        server.kill().await?;
        self.compare().await
    }

    async fn compare(&self) -> Result<u64> {
        // The program re-hashes every photo, and names what belongs to nothing; what is there at all, the database says.
        let found = json(self.shop.command(&["evidence", "verify", "--json"]).await?.as_bytes());
        if found.get("findings").and_then(Value::as_array).is_none_or(|findings| !findings.is_empty()) {
            return Err(format!("found: {found}"));
        }
        let id = match self.shop.kind {
            Kind::Postgres => "CAST(id AS text)",
            Kind::Sqlite => "LOWER(HEX(id))",
        };
        let there = self.oracle.texts(&format!("SELECT {id} FROM photo WHERE state = 'sealed'")).await?;
        let mut there: Vec<String> = there.into_iter().map(|id| id.replace('-', "")).collect();
        there.sort();
        let ids = self.phones.iter().flat_map(|phone| phone.kept.keys());
        let mut kept: Vec<String> = ids.map(|id| id.trim_start_matches("pho_").to_owned()).collect();
        kept.sort();
        if there != kept {
            return Err(format!("{} acknowledged and {} there", kept.len(), there.len()));
        }
        if let Some((server, _)) = &self.bucket {
            let names = server.names();
            if names.len() != there.len() * 2 {
                return Err(format!("{} objects of {} photos", names.len(), there.len()));
            }
        }
        self.shop.verify().await?;
        found.get("photos").and_then(Value::as_u64).ok_or_else(|| format!("found: {found}"))
    }
}

/// A phone that reports and sends photos, and sends again what was not acknowledged.
struct Phone {
    number: usize,
    key: String,
    dice: Dice,
    sent: usize,
    incident: Option<String>,
    pending: Option<Vec<u8>>,
    /// How often reading one took too long.
    too_slow: usize,
    /// What was acknowledged: the photo's id, and the hash of what was sent.
    kept: BTreeMap<String, String>,
}

impl Phone {
    fn new(number: usize, key: &str, dice: Dice) -> Self {
        Self {
            number,
            key: key.to_owned(),
            dice,
            sent: 0,
            incident: None,
            pending: None,
            too_slow: 0,
            kept: BTreeMap::new(),
        }
    }

    /// Works until the connection breaks.
    async fn work(&mut self, address: SocketAddr, acknowledged: &watch::Sender<usize>) -> Result<()> {
        let Ok(mut connection) = Connection::open(address).await else { return Ok(()) };
        while self.step(&mut connection).await? {
            acknowledged.send_modify(|count| *count += 1);
        }
        Ok(())
    }

    /// Sends one photo, and the report it belongs to before it; false if the connection broke.
    async fn step(&mut self, connection: &mut Connection) -> Result<bool> {
        if self.pending.is_none() && self.sent.is_multiple_of(OF_ONE) {
            self.incident = None;
        }
        let Some(incident) = self.incident.clone() else {
            let named = format!("phone-{}-{}", self.number, self.sent);
            let Ok(answer) = connection.ask(&report(&self.key, &named)).await else { return Ok(false) };
            if answer.status == 201 {
                self.incident = Some(text(&json(answer.body), "reference").to_owned());
                // The first photo of the next one.
                self.pending = Some(self.photo()?);
            }
            return Ok(true);
        };
        let photo = match &self.pending {
            Some(photo) => photo.clone(),
            None => self.photo()?,
        };
        self.pending = Some(photo.clone());
        let Ok(answer) = connection.ask(&upload(&self.key, &incident, &photo)).await else { return Ok(false) };
        match answer.status {
            201 => {
                let stored = json(answer.body);
                let (id, hash) = (text(&stored, "id").to_owned(), text(&stored, "sha256").to_owned());
                if hash != shopwatch::evidence::keep::sha256(&photo) {
                    return Err(format!("{id} is not what was sent"));
                }
                if self.kept.insert(id.clone(), hash).is_some() {
                    return Err(format!("{id} stands for two photos"));
                }
                self.pending = None;
                self.sent += 1;
                Ok(true)
            }
            // Not saved, and said so.
            429 | 503 => Ok(true),
            // Nor is this: on a machine this busy even a small photo can take longer to be read than it may.
            422 if String::from_utf8_lossy(answer.body).contains(TOO_SLOW) => {
                self.too_slow += 1;
                Ok(true)
            }
            status => Err(format!("a photo was answered {status}: {}", String::from_utf8_lossy(answer.body))),
        }
    }

    /// A photo that nobody has sent before.
    fn photo(&mut self) -> Result<Vec<u8>> {
        let pixels = usize::from(WIDTH) * usize::from(HEIGHT);
        let pixels: Vec<u8> = (0..pixels * 3).map(|_| u8::try_from(self.dice.below(256)).unwrap_or(0)).collect();
        let mut photo = Vec::new();
        Encoder::new(&mut photo, 80).encode(&pixels, WIDTH, HEIGHT, ColorType::Rgb).map_err(said)?;
        Ok(photo)
    }
}
