//! Slack: how long people wait for an answer and for the card to change, and what the connection costs, against a Slack
//! at the wire on the same machine.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use shopwatch::clock::Stopwatch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::database::{Kind, Postgres};
use crate::report::{Table, Targets, machine};
use crate::server::{Home, Process};
use crate::speed::median;
use crate::world::slack::FakeSlack;
use crate::world::slack::delivery::Parcel;
use crate::world::slack::workspace::{APP_TOKEN, BOT_TOKEN, Message};
use crate::{Common, Result, said};

/// How often somebody does something.
const EVERY: Duration = Duration::from_millis(10);
/// How many people do.
const PEOPLE: usize = 10;
/// How many cards are clicked on: Slack lets an app edit about fifty messages a minute.
const CARDS: usize = 15;

/// How to measure it.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Only on this database.
    #[arg(long)]
    on: Option<Kind>,
    /// Commands and presses, 100 of them a second.
    #[arg(long, default_value_t = 2_000)]
    count: usize,
}

/// A shop with its people on Slack.
struct Shop {
    slack: Arc<FakeSlack>,
    people: Vec<String>,
    noor: String,
    floor: String,
    triage: String,
}

/// Measures it and says whether the targets are met.
pub async fn run(common: &Common, options: &Options) -> Result<()> {
    drop(rustls::crypto::ring::default_provider().install_default());
    println!("slack: {}\n", machine(&common.folder, common.seed()));
    let mut targets = Targets::default();
    let mut table = Table::new(&[
        "database",
        "idle MB",
        "answer p50 ms",
        "p99 ms",
        "slowest ms",
        "click to card p50 ms",
        "slowest ms",
    ]);
    for kind in Kind::ALL.into_iter().filter(|kind| options.on.is_none_or(|on| on == *kind)) {
        let postgres = if kind == Kind::Postgres { Some(Postgres::start(&common.folder).await?) } else { None };
        let shop = Shop::new().await;
        let (_home, process) = shop.serve(common, postgres.as_ref()).await?;
        let (idle, _) = process.memory()?;
        let clicks = shop.clicks().await?;
        let mut answers = shop.answers(options.count).await?;
        answers.sort_by(f64::total_cmp);
        let at = |part: f64| answers.get(place(answers.len(), part)).copied().unwrap_or_default();
        targets.at_most(&format!("{}: idle MB with Slack", kind.name()), 45.0, idle);
        targets.at_most(&format!("{}: answer p99 ms", kind.name()), 100.0, at(0.99));
        targets.at_most(&format!("{}: click to card p50 ms", kind.name()), 500.0, median(&clicks));
        table.row([
            kind.name().to_owned(),
            format!("{idle:.1}"),
            format!("{:.1}", at(0.5)),
            format!("{:.1}", at(0.99)),
            format!("{:.1}", at(1.0)),
            format!("{:.1}", median(&clicks)),
            format!("{:.1}", clicks.iter().copied().fold(0.0, f64::max)),
        ]);
        drop(process);
        shop.look_away();
    }
    println!("\n{table}");
    targets.verdict()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a place among a few thousand figures"
)]
fn place(count: usize, part: f64) -> usize {
    ((count.saturating_sub(1)) as f64 * part) as usize
}

impl Shop {
    async fn new() -> Self {
        let slack = Arc::new(FakeSlack::start().await);
        let people: Vec<String> = (0..PEOPLE).map(|number| slack.person(&format!("Amal {number}")).joins()).collect();
        let noor = slack.person("Noor").joins();
        let floor = slack.channel("shop-floor").with(&people.iter().map(String::as_str).collect::<Vec<_>>());
        let triage = slack.channel("triage").with(&[&noor]);
        Self { slack, people, noor, floor, triage }
    }

    fn rules(&self) -> String {
        let Self { noor, floor, triage, .. } = self;
        format!(
            "[shop]\nname = \"Corner Store\"\nlocale = \"en\"\ntimezone = \"Europe/London\"\nemergency_number = \"999\"\n\
             [[site]]\nid = \"kings-cross\"\nname = \"King's Cross\"\narea = \"N1C\"\n\
             channels.report = [\"slack:{floor}\"]\nchannels.triage = [\"slack:{triage}\"]\n\
             [roles]\nstaff = [\"slack:everyone\"]\nreviewer = [\"slack:user:{noor}\"]\n"
        )
    }

    async fn serve(&self, common: &Common, postgres: Option<&Postgres>) -> Result<(Home, Process)> {
        let environment =
            [("SLACK_BOT_TOKEN", BOT_TOKEN), ("SLACK_APP_TOKEN", APP_TOKEN), ("SLACK_API_URL", &self.slack.api_url())];
        let home = Home::new(common, postgres, "slack")?.with_rules(&self.rules())?.with_environment(&environment);
        let process = home.serve().await?;
        self.slack.connected(1).await;
        Ok((home, process))
    }

    /// Looks at everything: what was said is not what is measured.
    fn look_away(&self) {
        for channel in [&self.floor, &self.triage] {
            self.slack.look(channel);
        }
        for person in self.people.iter().chain([&self.noor]) {
            self.slack.dms_for(person);
            self.slack.ephemerals_for(person);
        }
    }

    /// Milliseconds from a click to the card that shows it.
    async fn clicks(&self) -> Result<Vec<f64>> {
        for number in 0..CARDS {
            let person = self.people.get(number % PEOPLE).ok_or("nobody")?;
            acked(self.slack.types_command(person, &self.floor, "/report", "two people, spirits").await.on_time)?;
        }
        let posted = |message: &&Message| message.thread_ts.is_none();
        while self.slack.messages(&self.triage).iter().filter(posted).count() < CARDS {
            let before = self.slack.messages(&self.triage).len();
            self.slack
                .until(|workspace| {
                    workspace.channels.get(&self.triage).is_some_and(|triage| triage.messages.len() > before)
                })
                .await;
        }
        let mut took = Vec::new();
        for card in self.slack.messages(&self.triage).iter().filter(posted) {
            let claim = button(card, "claim").ok_or("no button to claim with")?;
            let clock = Stopwatch::start();
            acked(self.slack.presses(&self.noor, card, &claim).await.on_time)?;
            let shown = |message: &Message| message.ts == card.ts && message.text.contains("Claimed");
            self.slack
                .until(|workspace| {
                    workspace.channels.get(&self.triage).is_some_and(|triage| triage.messages.iter().any(shown))
                })
                .await;
            took.push(clock.now().as_secs_f64() * 1_000.0);
        }
        Ok(took)
    }

    /// Milliseconds from a command or a press to its acknowledgement, 100 of them a second.
    async fn answers(&self, count: usize) -> Result<Vec<f64>> {
        let mut receipts = Vec::new();
        for person in self.people.iter().cycle().take(PEOPLE * 3) {
            acked(self.slack.types_command(person, &self.floor, "/report", "now a knife at the till").await.on_time)?;
            let said = self.slack.ephemerals_for(person).into_iter().filter(|said| !buttons(said, "tap").is_empty());
            // A receipt changes once it was pressed on: what a press on it says is made beforehand.
            for receipt in said {
                let tap = button(&receipt, "tap").ok_or("no button to tap")?;
                receipts.push((person.clone(), self.slack.press_payload(person, &receipt, &tap, &[])));
            }
        }
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let (mut took, mut under_way) = (Vec::with_capacity(count), JoinSet::new());
        for number in 0..count {
            ticks.tick().await;
            let (person, press) = receipts.get(number % receipts.len()).ok_or("no receipt")?;
            let parcel = if number % 2 == 0 {
                let payload = self.slack.command_payload(person, &self.floor, "/report", "three bottles of gin");
                Parcel::new("slash_commands", payload)
            } else {
                let mut press = press.clone();
                if let Some(trigger) = press.get_mut("trigger_id") {
                    *trigger = format!("press.{number}").into();
                }
                Parcel::new("interactive", press)
            };
            let slack = self.slack.clone();
            under_way.spawn(async move { slack.deliver(parcel).await });
        }
        while let Some(answered) = under_way.join_next().await {
            let answered = answered.map_err(said)?;
            acked(answered.on_time)?;
            took.push(answered.elapsed.as_secs_f64() * 1_000.0);
        }
        Ok(took)
    }
}

fn acked(on_time: bool) -> Result<()> {
    if on_time { Ok(()) } else { Err("something was not acknowledged in three seconds".to_owned()) }
}

fn button(message: &Message, verb: &str) -> Option<String> {
    buttons(message, verb).into_iter().next()
}

fn buttons(message: &Message, verb: &str) -> Vec<String> {
    let elements = message.blocks.iter().filter_map(|block| block.get("elements")?.as_array()).flatten();
    let ids = elements.filter_map(|element| element.get("action_id")?.as_str());
    ids.filter(|id| id.split(':').nth(1) == Some(verb)).map(ToOwned::to_owned).collect()
}
