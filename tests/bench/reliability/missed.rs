//! P7: photos are dropped in report channels of Slack and Discord while no server listens, for two minutes and for a day. When
//! one listens again each of them is a report with its photo, once: Slack tells again what it still knows, the rest is read
//! from the channels.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::{Clock, Moment};
use jpeg_encoder::{ColorType, Encoder};
use serde_json::Value;
use shopwatch::clock::{MachineClock, Stopwatch};
use tokio::time::{interval, timeout};

use super::Run;
use super::chats::{Chat, rules};
use super::oracle::Oracle;
use super::requests::json;
use super::shop::{Server, Shop};
use crate::database::Kind;
use crate::report::Table;
use crate::reports::Dice;
use crate::world::discord::{FakeDiscord, Id, MESSAGE_CONTENT, Member, Upload};
use crate::world::slack::FakeSlack;
use crate::world::slack::workspace::{APP_TOKEN, BOT_TOKEN};
use crate::{Result, said};

/// How many sites the shop has, each with its channels: chats take one message a second in each.
const SITES: usize = 8;
/// How long nobody listens.
const SILENCES: [(&str, Duration); 2] = [("2 min", Duration::from_mins(2)), ("24 h", Duration::from_hours(24))];
/// Slack tells again what was not acknowledged after none, one and five minutes.
const TOLD_AGAIN: Duration = Duration::from_mins(5);
/// The sides of a photo: small and narrow, since it is not its reading that is tried.
const WIDTH: u16 = 12;
const HEIGHT: u16 = 48;
/// How long a server may take to listen, and everything to be kept and shown.
const CONNECTED_WITHIN: Duration = Duration::from_mins(1);
const KEPT_WITHIN: Duration = Duration::from_mins(20);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Notes of until when was listened: one for all of Slack, one for each channel of Discord.
const NOTED: &str = "SELECT COUNT(*) FROM meta WHERE name = 'slack/heard' OR name LIKE 'discord/seen/%'";
const SEALED: &str = "SELECT COUNT(*) FROM photo WHERE state = 'sealed'";
/// A server that was killed does not give the gateway's lease back: it runs out while nobody listens.
const LEASE_OVER: &str = "UPDATE lease SET until = '2000-01-01 00:00:00+00:00'";

/// Both chats, both silences, every database.
pub async fn run(run: &Run<'_>) -> Result<()> {
    let all = |chat| SILENCES.iter().flat_map(move |silence| run.kinds.iter().map(move |kind| (chat, silence, *kind)));
    try_all(run, &[Chat::Slack, Chat::Discord].into_iter().flat_map(all).collect::<Vec<_>>()).await
}

/// Each chat with one silence, on databases in turn.
pub async fn share(run: &Run<'_>) -> Result<()> {
    let kinds = run.kinds.iter().copied().cycle();
    let trials = [(Chat::Slack, &SILENCES[1]), (Chat::Discord, &SILENCES[0])].into_iter().zip(kinds);
    try_all(run, &trials.map(|((chat, silence), kind)| (chat, silence, kind)).collect::<Vec<_>>()).await
}

type Silence = (&'static str, Duration);

async fn try_all(run: &Run<'_>, trials: &[(Chat, &Silence, Kind)]) -> Result<()> {
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut table = Table::new(&[
        "chat", "database", "silence", "dropped", "reports", "photos", "cards", "doubled", "missing", "s",
    ]);
    let mut wrong = Vec::new();
    for (chat, silence, kind) in trials {
        let (name, clock) = (format!("{chat:?}, {}, {}", kind.name(), silence.0), Stopwatch::start());
        let mut trial = Trial::new(run, *chat, *kind).await?;
        let found = trial.silence(silence.1, run.count).await;
        let found = found.map_err(|why| format!("{name}: {why}\n{}", trial.shop.last_words()))?;
        table.row([
            format!("{chat:?}"),
            kind.name().to_owned(),
            silence.0.to_owned(),
            run.count.to_string(),
            found.reports.to_string(),
            found.photos.to_string(),
            found.cards.to_string(),
            found.doubled.to_string(),
            found.missing.to_string(),
            format!("{:.0}", clock.now().as_secs_f64()),
        ]);
        if !found.is_right(run.count) {
            wrong.push(format!("{name}: {found:?}"));
        }
    }
    println!("P7, photos dropped while nobody listened:\n\n{table}");
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// What there was in the end.
#[derive(Debug)]
struct Found {
    reports: i64,
    photos: i64,
    cards: usize,
    /// Drops with more than one card, and with none.
    doubled: usize,
    missing: usize,
}

impl Found {
    fn is_right(&self, dropped: usize) -> bool {
        let all = i64::try_from(dropped).unwrap_or(i64::MAX);
        (self.reports, self.photos, self.doubled, self.missing) == (all, all, 0, 0)
    }
}

struct Trial {
    shop: Shop,
    oracle: Oracle,
    people: People,
    dice: Dice,
}

impl Trial {
    async fn new(run: &Run<'_>, chat: Chat, kind: Kind) -> Result<Self> {
        let people = match chat {
            Chat::Slack => People::Slack(Box::new(OnSlack::new().await)),
            Chat::Discord => People::Discord(Box::new(OnDiscord::new().await)),
        };
        let mut shop = Shop::new(run, kind).await?;
        std::fs::write(&shop.rules, people.rules()).map_err(said)?;
        shop.environment = people.environment();
        let (oracle, dice) = (shop.oracle().await?, run.dice(&format!("missed {chat:?}")));
        Ok(Self { shop, oracle, people, dice })
    }

    /// A server listens, is killed, photos are dropped while the time passes, and another one listens.
    async fn silence(&mut self, time: Duration, drops: usize) -> Result<Found> {
        let mut server = self.serve().await?;
        let (mut looks, clock) = (interval(LOOK_EVERY), Stopwatch::start());
        let notes = if matches!(self.people, People::Slack(_)) { 1 } else { i64::try_from(SITES).unwrap_or(0) };
        while self.oracle.number(NOTED).await? < notes {
            looks.tick().await;
            if clock.now() > CONNECTED_WITHIN {
                return Err("it was not noted until when somebody listened".to_owned());
            }
        }
        server.kill().await?;
        self.people.gone();
        for number in 0..drops {
            let photo = photo(&mut self.dice)?;
            self.people.drop_in(number, &photo).await?;
            self.people.time_passes(time / u32::try_from(drops).unwrap_or(1), time > TOLD_AGAIN);
        }
        let mut server = self.serve().await?;
        self.people.told_again().await?;
        let clock = Stopwatch::start();
        while !self.all_is_there(drops).await? {
            looks.tick().await;
            if clock.now() > KEPT_WITHIN {
                break;
            }
        }
        server.kill().await?;
        self.people.gone();
        // What was not kept in time lies there under a name of its own.
        self.shop.let_a_day_pass(&self.oracle).await?;
        let mut server = self.serve().await?;
        self.shop.until_the_spool_is_empty().await?;
        server.kill().await?;
        self.people.gone();
        self.shop.verify().await?;
        let found = json(self.shop.command(&["evidence", "verify", "--json"]).await?.as_bytes());
        if found.get("findings").and_then(Value::as_array).is_none_or(|findings| !findings.is_empty()) {
            return Err(format!("found: {found}"));
        }
        self.found(drops).await
    }

    async fn serve(&self) -> Result<Server> {
        self.oracle.run(LEASE_OVER).await?;
        let server = self.shop.serve().await?;
        timeout(CONNECTED_WITHIN, self.people.connected()).await.map_err(said)?;
        Ok(server)
    }

    async fn all_is_there(&self, drops: usize) -> Result<bool> {
        let all = i64::try_from(drops).unwrap_or(i64::MAX);
        Ok(self.oracle.incidents().await? >= all
            && self.oracle.number(SEALED).await? >= all
            && self.people.cards().len() >= drops)
    }

    async fn found(&self, drops: usize) -> Result<Found> {
        let mut there: BTreeMap<usize, usize> = BTreeMap::new();
        let cards = self.people.cards();
        for card in &cards {
            let number = card.split(MARK).nth(1).and_then(|rest| rest.get(..4)?.parse().ok());
            *there.entry(number.ok_or_else(|| format!("a card of nothing: {card}"))?).or_default() += 1;
        }
        Ok(Found {
            reports: self.oracle.incidents().await?,
            photos: self.oracle.number(SEALED).await?,
            cards: cards.len(),
            doubled: there.values().filter(|count| **count > 1).count(),
            missing: (0..drops).filter(|number| !there.contains_key(number)).count(),
        })
    }
}

/// What stands in the words of a drop, before its number.
const MARK: &str = "behind the till, number ";

fn words(number: usize) -> String {
    format!("{MARK}{number:04}")
}

/// A photo that nobody has sent before.
fn photo(dice: &mut Dice) -> Result<Vec<u8>> {
    let pixels = usize::from(WIDTH) * usize::from(HEIGHT);
    let pixels: Vec<u8> = (0..pixels * 3).map(|_| u8::try_from(dice.below(256)).unwrap_or(0)).collect();
    let mut photo = Vec::new();
    Encoder::new(&mut photo, 80).encode(&pixels, WIDTH, HEIGHT, ColorType::Rgb).map_err(said)?;
    Ok(photo)
}

enum People {
    Slack(Box<OnSlack>),
    Discord(Box<OnDiscord>),
}

impl People {
    fn rules(&self) -> String {
        match self {
            Self::Slack(slack) => rules("slack", &slack.channels, "\"console:noor\""),
            Self::Discord(discord) => {
                let text = |(floor, triage): &(Id, Id)| (floor.to_string(), triage.to_string());
                rules("discord", &discord.channels.iter().map(text).collect::<Vec<_>>(), "\"console:noor\"")
            }
        }
    }

    fn environment(&self) -> Vec<(String, String)> {
        let of = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        match self {
            Self::Slack(slack) => of(&[
                ("SLACK_BOT_TOKEN", BOT_TOKEN),
                ("SLACK_APP_TOKEN", APP_TOKEN),
                ("SLACK_API_URL", &slack.slack.api_url()),
            ]),
            Self::Discord(discord) => of(&[
                ("DISCORD_TOKEN", &discord.discord.token()),
                ("DISCORD_API_URL", &discord.discord.url()),
                ("DISCORD_PHOTO_DROPS", "true"),
            ]),
        }
    }

    async fn connected(&self) {
        match self {
            Self::Slack(slack) => slack.slack.connected(1).await,
            Self::Discord(discord) => discord.discord.connected().await,
        }
    }

    /// The server is gone.
    fn gone(&self) {
        if let Self::Discord(discord) = self {
            discord.discord.forget_sessions();
            discord.discord.forget_identifies();
        }
    }

    async fn drop_in(&self, number: usize, photo: &[u8]) -> Result<()> {
        let (said, name) = (words(number), format!("IMG_{number}.jpg"));
        match self {
            Self::Slack(on) => {
                let OnSlack { slack, amal, channels, .. } = &**on;
                let Some((floor, _)) = channels.get(number % SITES) else { unreachable!() };
                let file = slack.file(amal, &name, "image/jpeg", photo);
                let (_, told) = slack.posts(amal, floor, &said, &[&file], None).await;
                if told.on_time {
                    return Err("somebody listens".to_owned());
                }
            }
            Self::Discord(on) => {
                let OnDiscord { discord, amal, channels } = &**on;
                let Some((floor, _)) = channels.get(number % SITES) else { unreachable!() };
                discord.posts(*amal, *floor, &said, vec![Upload::of(&name, "image/jpeg", photo)]);
            }
        }
        Ok(())
    }

    /// Time passes for the chat; after a long one it tells no more of what was not acknowledged.
    fn time_passes(&self, time: Duration, long: bool) {
        match self {
            Self::Slack(slack) => {
                slack.clock.0.fetch_add(i64::try_from(time.as_millis()).unwrap_or(0), Ordering::Relaxed);
                if long {
                    slack.slack.gives_up();
                }
            }
            Self::Discord(discord) => discord.discord.time_passes(time),
        }
    }

    /// The chat tells again what was not acknowledged, as long as there is some.
    async fn told_again(&self) -> Result<()> {
        let Self::Slack(slack) = self else { return Ok(()) };
        for _ in 0..3 {
            if slack.slack.redeliver().await.iter().all(|told| told.on_time) {
                return Ok(());
            }
        }
        Err("what was told again was not acknowledged".to_owned())
    }

    /// What every card says.
    fn cards(&self) -> Vec<String> {
        match self {
            Self::Slack(on) => {
                let (slack, channels) = (&on.slack, &on.channels);
                let cards = channels.iter().flat_map(|(_, triage)| slack.messages(triage));
                let cards = cards.filter(|card| card.thread_ts.is_none());
                cards.map(|card| Value::from(card.blocks).to_string()).collect()
            }
            Self::Discord(on) => {
                let (discord, channels) = (&on.discord, &on.channels);
                channels.iter().flat_map(|(_, triage)| discord.messages(*triage)).map(|card| card.text()).collect()
            }
        }
    }
}

/// The machine's clock, so much later.
struct Later(AtomicI64);

impl Clock for Later {
    fn now(&self) -> Moment {
        MachineClock.now() + TimeDelta::milliseconds(self.0.load(Ordering::Relaxed))
    }
}

struct OnSlack {
    slack: FakeSlack,
    clock: Arc<Later>,
    amal: String,
    channels: Vec<(String, String)>,
}

impl OnSlack {
    async fn new() -> Self {
        let clock = Arc::new(Later(AtomicI64::new(0)));
        let slack = FakeSlack::start_at(clock.clone()).await;
        let amal = slack.person("Amal").joins();
        let channel = |number| {
            let floor = slack.channel(&format!("floor-{number}")).with(&[&amal]);
            (floor, slack.channel(&format!("triage-{number}")).with(&[]))
        };
        let channels = (0..SITES).map(channel).collect();
        Self { slack, clock, amal, channels }
    }
}

impl Drop for OnSlack {
    fn drop(&mut self) {
        // What was said was compared, and is not for a test to look at.
        self.slack.change(|workspace| {
            let messages = workspace.channels.values_mut().flat_map(|channel| &mut channel.messages);
            messages.for_each(|message| message.looked_at = true);
        });
    }
}

struct OnDiscord {
    discord: FakeDiscord,
    amal: Member,
    channels: Vec<(Id, Id)>,
}

impl OnDiscord {
    async fn new() -> Self {
        let discord = FakeDiscord::start().await;
        discord.it_is(MachineClock.now());
        discord.allow_intents(MESSAGE_CONTENT);
        let guild = discord.add_guild("Corner shops");
        let amal = discord.add_member(guild, "Amal", &[]);
        let channel = |number| {
            let floor = discord.add_channel(guild, &format!("floor-{number}"));
            (floor, discord.add_channel(guild, &format!("triage-{number}")))
        };
        let channels = (0..SITES).map(channel).collect();
        Self { discord, amal, channels }
    }
}

impl Drop for OnDiscord {
    fn drop(&mut self) {
        for channel in self.channels.iter().flat_map(|(floor, triage)| [*floor, *triage]) {
            for seen in self.discord.messages(channel) {
                self.discord.thread_of(seen.id).into_iter().for_each(|thread| drop(self.discord.messages(thread)));
            }
        }
        self.discord.dms_of(self.amal);
        self.discord.ephemerals_for(self.amal);
    }
}
