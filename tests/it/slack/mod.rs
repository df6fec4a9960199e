//! Slack: the program's own client against a Slack at the wire.

mod away;
mod beside;
mod binary;
mod drafts;
mod forms;
mod gaps;
mod look;
mod main_job;
mod matrix;
mod messages;
mod missing_photos;
pub mod photos;
mod posting;
mod replays;
mod replicas;
mod roles;
mod rotation;
mod shares;
mod signed;
mod sockets;
mod strangers;
mod unsaid;
mod waiting;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::incident::Incident;
use domain::words::Platform;
use serde_json::Value;
use shopwatch::jobs::outbox;
use shopwatch::rules::Rules;
use shopwatch::settings::{Secret, SlackSettings};

use crate::world::World;
use crate::world::clock::TestClock;
use crate::world::database::{Base, Database};
use crate::world::slack::FakeSlack;
use crate::world::slack::delivery::Acked;
use crate::world::slack::workspace::{APP_TOKEN, BOT_TOKEN, Message};
use crate::world::wire::Wire;

/// What the fake and the program sign with.
pub const SIGNING_SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
/// However much waits, it is shown in so many rounds.
const ROUNDS_MAX: usize = 400;

/// A shop whose people are on Slack.
pub struct Shop {
    pub slack: FakeSlack,
    pub world: World,
    /// Reports; reads British English.
    pub amal: String,
    /// Reviews, named by account.
    pub noor: String,
    /// Reviews, as a member of a user group.
    pub omar: String,
    /// Nobody: a guest.
    pub finn: String,
    /// The managers' user group.
    pub managers: String,
    pub floor: String,
    pub triage: String,
    pub admin: String,
}

impl Shop {
    /// On an SQLite file, over Socket Mode.
    pub async fn open() -> Self {
        Self::on(Base::Sqlite).await
    }

    /// Over Socket Mode.
    pub async fn on(base: Base) -> Self {
        let mut shop = Self::closed(base).await;
        shop.world.connect();
        shop.slack.connected(1).await;
        shop
    }

    /// Not connected yet.
    pub async fn closed(base: Base) -> Self {
        let mut shop = Self::idle(base).await;
        shop.world.start_writing();
        shop
    }

    /// Over Socket Mode, with a hand on the wire to its database.
    pub async fn wired() -> (Self, Wire) {
        let mut database = Database::fresh(Base::Postgres).await;
        let wire = database.wired().await;
        let mut shop = Self::over(database).await;
        shop.world.start_writing();
        shop.world.connect();
        shop.slack.connected(1).await;
        (shop, wire)
    }

    /// Its database does not write, as when it hangs.
    pub async fn idle(base: Base) -> Self {
        Self::over(Database::fresh(base).await).await
    }

    async fn over(database: Database) -> Self {
        Self::with(database, |_| None).await
    }

    /// Whose bot has a token that ends, and how it is renewed.
    async fn rotating(base: Base) -> Self {
        let mut shop = Self::with(Database::fresh(base).await, |slack| Some(slack.rotates())).await;
        shop.world.start_writing();
        shop
    }

    async fn with(database: Database, rotates: impl FnOnce(&FakeSlack) -> Option<(String, String)>) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let clock = Arc::new(TestClock::default());
        let slack = FakeSlack::start_at(clock.clone()).await;
        let (amal, noor) = (slack.person("Amal").joins(), slack.person("Noor").joins());
        let (omar, finn) = (slack.person("Omar").joins(), slack.person("Finn").guest().joins());
        let floor = slack.channel("shop-floor").with(&[&amal, &noor, &omar, &finn]);
        let triage = slack.channel("triage").private().with(&[&noor, &omar, &finn]);
        let admin = slack.channel("admin").private().with(&[&noor]);
        let managers = slack.group("managers", &[&omar]);
        let rules = Rules::parse(&rules(&floor, &triage, &admin, &noor, &managers)).unwrap();
        let (bot, refresh) = rotates(&slack).map_or((BOT_TOKEN.to_owned(), None), |(bot, next)| (bot, Some(next)));
        let settings = SlackSettings {
            bot_token: Secret::new(bot),
            rotation: refresh.map(|refresh| rotation::with(&refresh)),
            app_token: Some(Secret::new(APP_TOKEN)),
            signing_secret: Some(Secret::new(SIGNING_SECRET)),
            api_url: slack.api_url().parse().unwrap(),
            connections: 1,
            silence: Duration::from_secs(2),
        };
        let world = World::with_slack(database, clock, rules, settings).await;
        Self { slack, world, amal, noor, omar, finn, managers, floor, triage, admin }
    }

    /// Somebody writes the command in the shop-floor channel.
    pub async fn command(&self, who: &str, text: &str) -> Acked {
        self.slack.types_command(who, &self.floor, "/report", text).await
    }

    /// Amal reports one line; the incident.
    pub async fn report(&self, line: &str) -> Incident {
        let acked = self.command(&self.amal, line).await;
        assert!(acked.on_time, "{acked:?}");
        self.slack.ephemerals_for(&self.amal);
        self.newest().await
    }

    /// The incident reported last.
    pub async fn newest(&self) -> Incident {
        let sites = self.world.app.desk.rules().site_ids();
        let filter = shopwatch::store::incidents::Filter { sites, ..Default::default() };
        self.world.store().incidents(&filter).await.unwrap().incidents.remove(0)
    }

    /// The incident as it is now.
    pub async fn now(&self, incident: &Incident) -> Incident {
        self.world.store().incident(incident.id).await.unwrap().unwrap()
    }

    /// Lets everything be shown, however long the limits make that take; the clock goes on meanwhile.
    pub async fn settle(&self) {
        for _ in 0..ROUNDS_MAX {
            self.world.settle().await;
            let (shown, had) = (self.due(Platform::Slack).await, self.due(Platform::System).await);
            let Some(due) = shown.into_iter().chain(had).min() else { return };
            let wait = due - self.world.now();
            if wait > TimeDelta::minutes(5) {
                return;
            }
            self.world.clock.advance(wait.max(TimeDelta::milliseconds(1)));
        }
        panic!("after {ROUNDS_MAX} rounds there is still something to show");
    }

    async fn due(&self, platform: Platform) -> Option<domain::clock::Moment> {
        self.world.store().next_due(platform).await.unwrap()
    }

    /// One round of the outbox, with the clock as it is.
    pub async fn step(&self) {
        for chat in self.world.app.chats.iter() {
            outbox::step(&self.world.app, chat).await.unwrap();
        }
    }

    /// The card in the triage channel.
    pub fn card(&self) -> Message {
        let mut cards = self.slack.messages(&self.triage).into_iter().filter(|message| message.thread_ts.is_none());
        cards.next_back().expect("a card in the triage channel")
    }

    /// The thread under a message.
    pub fn thread(&self, under: &Message) -> Vec<Message> {
        let all = self.slack.messages(&under.channel).into_iter();
        all.filter(|message| message.thread_ts.as_ref() == Some(&under.ts)).collect()
    }

    /// Somebody presses a button of the card by its verb.
    pub async fn press(&self, who: &str, verb: &str) -> Acked {
        let card = self.card();
        let id = button(&card.blocks, verb);
        self.slack.presses(who, &card, &id).await
    }

    /// Somebody of Slack, as the program meets them.
    pub async fn slack_origin(&self, user: &str) -> shopwatch::chat::inbound::Origin {
        let slack = self.world.app.slack().unwrap();
        let named = shopwatch::slack::people::Named { user: user.to_owned(), ..Default::default() };
        let (home, rules) = (slack.home().unwrap(), self.world.app.desk.rules());
        slack.directory.meet(&slack, &home, &rules, &named, self.world.now()).await.origin
    }

    /// Looks at everything, where a test is about something else.
    pub fn look_away(&self) {
        for channel in [&self.triage, &self.floor, &self.admin] {
            self.slack.look(channel);
        }
        for user in [&self.amal, &self.noor, &self.omar, &self.finn] {
            self.slack.dms_for(user);
            self.slack.ephemerals_for(user);
        }
    }
}

/// The shop's rules, on Slack and on the console.
pub fn rules(floor: &str, triage: &str, admin: &str, noor: &str, managers: &str) -> String {
    format!(
        r#"
[shop]
name = "Corner Store"
locale = "en"
timezone = "Europe/London"
emergency_number = "999"
two_person = true
admin_channel = "slack:{admin}"

[[site]]
id = "kings-cross"
name = "King's Cross"
area = "N1C"
channels.report = ["console:shop-floor", "slack:{floor}"]
channels.triage = ["console:triage", "slack:{triage}"]

[roles]
staff = ["console:amal", "slack:everyone"]
reviewer = ["console:noor", "slack:user:{noor}", "slack:group:{managers}"]
publisher = ["console:ines", "console:vera"]
"#
    )
}

/// The id of a button by its verb.
pub fn button(blocks: &[Value], verb: &str) -> String {
    find_button(blocks, verb).unwrap_or_else(|| panic!("no button {verb} among {:?}", verbs(blocks)))
}

fn ids(blocks: &[Value]) -> impl Iterator<Item = &str> {
    let actions = blocks.iter().filter(|block| block["type"] == "actions");
    actions.flat_map(|block| block["elements"].as_array().unwrap()).filter_map(|element| element["action_id"].as_str())
}

/// The id of a button by its verb, if there is one.
pub fn find_button(blocks: &[Value], verb: &str) -> Option<String> {
    ids(blocks).find(|id| id.split(':').nth(1) == Some(verb)).map(ToOwned::to_owned)
}

/// What the buttons do.
pub fn verbs(blocks: &[Value]) -> Vec<String> {
    ids(blocks).map(|id| id.split(':').nth(1).unwrap_or(id).to_owned()).collect()
}

/// Everything readable in blocks.
pub fn words(blocks: &[Value]) -> String {
    fn walk(value: &Value, words: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(text)) = fields.get("text") {
                    words.push(text.clone());
                }
                fields.values().for_each(|value| walk(value, words));
            }
            Value::Array(values) => values.iter().for_each(|value| walk(value, words)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for block in blocks {
        walk(block, &mut found);
    }
    found.join("\n")
}
