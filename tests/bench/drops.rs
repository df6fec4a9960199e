//! Photos of twelve megapixels that are dropped in Slack and in Discord, and sent by programs while Slack and Discord are connected: the
//! memory of the idle server, the time until a card shows a photo, and whether the server grows with photos.

use std::net::SocketAddr;
use std::ops::Range;

use clap::Args;
use domain::clock::Clock as _;
use futures_util::future::join_all;
use serde_json::Value;
use shopwatch::clock::{MachineClock, Stopwatch};
use tokio::time::{Duration, interval, timeout};

use crate::client::Connection;
use crate::database::{self, Kind, Postgres};
use crate::photos::phone_photo;
use crate::report::{Table, Targets, machine};
use crate::server::{Home, Process};
use crate::speed::median;
use crate::world::discord::{FakeDiscord, Id, MESSAGE_CONTENT, Member, Upload};
use crate::world::slack::FakeSlack;
use crate::world::slack::workspace::{APP_TOKEN, BOT_TOKEN};
use crate::{Common, Result, said};

/// Programs that send photos at the same time.
const CONNECTIONS: usize = 2;
/// How long a photo may take to be on its card before the measurement is given up.
const AT_MOST: Duration = Duration::from_mins(2);
/// How long it may take on top of that until each photo is on its card and in its thread. Slack takes one message a second in
/// a channel, and each photo is two of them there: of many, the last one is shown long after it was kept.
const SHOWN_WITHIN: Duration = Duration::from_secs(6);
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// What is still to be shown or sealed.
const LEFT: &str = "SELECT (SELECT COUNT(*) FROM outbox WHERE state IN ('ready', 'doubt', 'sending', 'settling')) \
     + (SELECT COUNT(*) FROM photo WHERE state <> 'sealed')";

/// How to measure it.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Only on this database.
    #[arg(long)]
    on: Option<Kind>,
    /// Photos that are dropped in each chat, one after another.
    #[arg(long, default_value_t = 10)]
    drops: usize,
    /// Photos in all; the others are sent by programs. What the server has grown by is counted from the first half on.
    #[arg(long, default_value_t = 60)]
    photos: usize,
}

/// Measures it and says whether the targets are met.
pub async fn run(common: &Common, options: &Options) -> Result<()> {
    drop(rustls::crypto::ring::default_provider().install_default());
    println!("drops: {}\n", machine(&common.folder, common.seed()));
    let photo = phone_photo()?;
    let mut targets = Targets::default();
    let mut table = Table::new(&[
        "database",
        "idle MB, both chats",
        "Slack: drop to card p50 ms",
        "slowest",
        "Discord: p50 ms",
        "slowest",
        "MB after half",
        "MB after all photos",
        "peak MB",
    ]);
    for kind in Kind::ALL.into_iter().filter(|kind| options.on.is_none_or(|on| on == *kind)) {
        let postgres = if kind == Kind::Postgres { Some(Postgres::start(&common.folder).await?) } else { None };
        let shop = Shop::new().await;
        let (home, process) = shop.serve(common, postgres.as_ref()).await?;
        let (idle, _) = process.memory()?;
        let (mut slack, mut discord) = (Vec::new(), Vec::new());
        for number in 0..options.drops {
            slack.push(shop.drop_in_slack(number, &photo).await?);
            discord.push(shop.drop_in_discord(number, &photo).await?);
            settled(&home, 2).await?;
        }
        // By then everything that is kept for the next photo is there; what comes on top of it would be growth.
        let dropped = 2 * options.drops;
        let (key, half) = (home.command(&["key", "create", "--name", "till", "--role", "staff"])?, options.photos / 2);
        shop.send(&key, process.address, &photo, dropped..half).await?;
        settled(&home, half.saturating_sub(dropped)).await?;
        let warm = process.memory()?.0;
        let more = half.max(dropped)..options.photos;
        shop.send(&key, process.address, &photo, more.clone()).await?;
        settled(&home, more.len()).await?;
        let (after, peak) = process.memory()?;
        let name = kind.name();
        targets.at_most(&format!("{name}: idle MB with Slack and Discord"), 60.0, idle);
        targets.at_most(&format!("{name}: drop in Slack to card p50 ms"), 2_000.0, median(&slack));
        targets.at_most(&format!("{name}: drop in Discord to card p50 ms"), 2_000.0, median(&discord));
        targets.at_most(
            &format!("{name}: MB more after {} photos than after {half}", options.photos),
            12.0,
            after - warm,
        );
        table.row([
            name.to_owned(),
            format!("{idle:.1}"),
            format!("{:.0}", median(&slack)),
            format!("{:.0}", slowest(&slack)),
            format!("{:.0}", median(&discord)),
            format!("{:.0}", slowest(&discord)),
            format!("{warm:.1}"),
            format!("{after:.1}"),
            format!("{peak:.1}"),
        ]);
        drop(process);
    }
    println!("\n{table}");
    targets.verdict()
}

fn slowest(took: &[f64]) -> f64 {
    took.iter().copied().fold(0.0, f64::max)
}

/// Waits until everything is shown and sealed, of so many photos.
async fn settled(home: &Home, photos: usize) -> Result<()> {
    let db = database::connect(home.url()).await?;
    let mut looks = interval(LOOK_EVERY * 10);
    let done = async {
        while database::number(&db, LEFT).await? > 0 {
            looks.tick().await;
        }
        Ok(())
    };
    let at_most = AT_MOST + SHOWN_WITHIN * u32::try_from(photos).map_err(said)?;
    let late = |_late| format!("not everything is shown and sealed after {at_most:?}");
    let settled = timeout(at_most, done).await.map_err(late).flatten();
    db.close().await.map_err(said)?;
    settled
}

/// Milliseconds until a card shows its photo.
async fn on_its_card(clock: Stopwatch, shown: impl Fn() -> bool) -> Result<f64> {
    let mut looks = interval(LOOK_EVERY);
    while !shown() {
        looks.tick().await;
        if clock.now() > AT_MOST {
            return Err(format!("not on its card after {AT_MOST:?}"));
        }
    }
    Ok(clock.now().as_secs_f64() * 1_000.0)
}

/// A shop with its people on Slack and on Discord.
struct Shop {
    slack: FakeSlack,
    discord: FakeDiscord,
    amal: String,
    floor: String,
    triage: String,
    discord_amal: Member,
    discord_floor: Id,
    discord_triage: Id,
}

impl Shop {
    async fn new() -> Self {
        let (slack, discord) = (FakeSlack::start().await, FakeDiscord::start().await);
        discord.it_is(MachineClock.now());
        let amal = slack.person("Amal").joins();
        let floor = slack.channel("shop-floor").with(&[&amal]);
        let triage = slack.channel("triage").with(&[]);
        let guild = discord.add_guild("Corner shops");
        discord.allow_intents(MESSAGE_CONTENT);
        let discord_amal = discord.add_member(guild, "Amal", &[]);
        let (discord_floor, discord_triage) =
            (discord.add_channel(guild, "shop-floor"), discord.add_channel(guild, "triage"));
        Self { slack, discord, amal, floor, triage, discord_amal, discord_floor, discord_triage }
    }

    async fn serve(&self, common: &Common, postgres: Option<&Postgres>) -> Result<(Home, Process)> {
        let Self { floor, triage, discord_floor, discord_triage, .. } = self;
        let rules = format!(
            "[shop]\nname = \"Corner Store\"\nlocale = \"en\"\ntimezone = \"Europe/London\"\nemergency_number = \"999\"\n\
             [[site]]\nid = \"kings-cross\"\nname = \"King's Cross\"\narea = \"N1C\"\n\
             channels.report = [\"slack:{floor}\", \"discord:{discord_floor}\"]\nchannels.triage = [\"slack:{triage}\", \"discord:{discord_triage}\"]\n\
             [roles]\nstaff = [\"slack:everyone\", \"discord:everyone\"]\nreviewer = [\"console:noor\"]\n"
        );
        let (token, discord) = (self.discord.token(), self.discord.url());
        let slack = self.slack.api_url();
        let environment = [
            ("SLACK_BOT_TOKEN", BOT_TOKEN),
            ("SLACK_APP_TOKEN", APP_TOKEN),
            ("SLACK_API_URL", &slack),
            ("DISCORD_TOKEN", &token),
            ("DISCORD_API_URL", &discord),
            ("DISCORD_PHOTO_DROPS", "true"),
        ];
        let home = Home::new(common, postgres, "drops")?.with_rules(&rules)?.with_environment(&environment);
        let process = home.serve().await?;
        self.slack.connected(1).await;
        self.discord.connected().await;
        Ok((home, process))
    }

    /// Somebody drops a photo; milliseconds until its card in Slack shows it.
    async fn drop_in_slack(&self, number: usize, photo: &[u8]) -> Result<f64> {
        let file = self.slack.file(&self.amal, "IMG_0001.jpg", "image/jpeg", photo);
        let clock = Stopwatch::start();
        let said = format!("behind the till, number {number}");
        if !self.slack.posts(&self.amal, &self.floor, &said, &[&file], None).await.1.on_time {
            return Err("a drop was not acknowledged in three seconds".to_owned());
        }
        on_its_card(clock, || self.shown_in_slack(&said)).await
    }

    /// The same in Discord.
    async fn drop_in_discord(&self, number: usize, photo: &[u8]) -> Result<f64> {
        let clock = Stopwatch::start();
        let said = format!("by the door, number {number}");
        let file = Upload::of("IMG_0001.jpg", "image/jpeg", photo);
        self.discord.posts(self.discord_amal, self.discord_floor, &said, vec![file]);
        let counts = |text: &str| text.contains(&said) && text.contains("not checked: 1");
        let shown = || self.discord.messages(self.discord_triage).iter().any(|card| counts(&card.text()));
        on_its_card(clock, shown).await
    }

    /// Whether the card with these words counts a photo.
    fn shown_in_slack(&self, said: &str) -> bool {
        let counts = |blocks: &[Value]| {
            let text = Value::from(blocks.to_vec()).to_string();
            text.contains(said) && text.contains("not checked: 1")
        };
        self.slack.see(|workspace| {
            let triage = workspace.channels.get(&self.triage);
            triage.is_some_and(|triage| triage.messages.iter().any(|message| counts(&message.blocks)))
        })
    }

    /// Programs send photos, each for a report of its own.
    async fn send(&self, key: &str, address: SocketAddr, photo: &[u8], which: Range<usize>) -> Result<()> {
        let send = async |first: usize| {
            let mut connection = Connection::open(address).await?;
            for number in which.clone().skip(first).step_by(CONNECTIONS) {
                let answer = connection.ask(&crate::reliability::report(key, &format!("drop-{number}"))).await?;
                let reference = crate::reliability::reference_of(answer.body);
                let status = connection.ask(&crate::reliability::upload(key, &reference, photo)).await?.status;
                if status != 201 {
                    return Err(format!("a photo was answered {status}"));
                }
            }
            Ok(())
        };
        join_all((0..CONNECTIONS).map(send)).await.into_iter().collect()
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        // What was said is not what is measured.
        self.slack.change(|workspace| {
            let messages = workspace.channels.values_mut().flat_map(|channel| &mut channel.messages);
            messages.for_each(|message| message.looked_at = true);
        });
        drop(self.discord.messages(self.discord_floor));
        for seen in self.discord.messages(self.discord_triage) {
            self.discord.thread_of(seen.id).into_iter().for_each(|thread| drop(self.discord.messages(thread)));
        }
    }
}
