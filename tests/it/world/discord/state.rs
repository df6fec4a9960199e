//! Everything the fake knows, its time, and its ids.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use domain::clock::Moment;
use serde_json::Value;

use super::attachments::Stored;
use super::channels::Channel;
use super::faults::Fault;
use super::gateway::Gateway;
use super::interactions::Interaction;
use super::messages::{Message, Ping};
use super::people::{Guild, User};
use super::traffic::Traffic;

/// A snowflake.
pub type Id = u64;

/// The first millisecond of snowflakes: 2015-01-01.
const FIRST_MILLISECOND: i64 = 1_420_070_400_000;
/// When the fake's time begins, if nobody says otherwise: when the tests' clock does.
const BEGINNING: &str = "2026-11-22T14:05:00Z";

/// The world of the fake.
pub struct State {
    /// Where it is reached, without a slash at the end.
    pub base: String,
    pub beginning: Moment,
    /// The time since the beginning.
    pub time: Duration,
    /// How much of it only a test let pass.
    pub skipped: Duration,
    last_id: Id,
    /// What the bot proves itself with.
    pub token: String,
    pub application: Id,
    pub bot: Id,
    /// Routes that this Discord does not have.
    pub lacking: Vec<&'static str>,
    /// The privileged intents that are switched on in the application's settings.
    pub privileged: u64,
    pub users: BTreeMap<Id, User>,
    pub guilds: BTreeMap<Id, Guild>,
    pub channels: BTreeMap<Id, Channel>,
    pub messages: BTreeMap<Id, Message>,
    pub files: BTreeMap<Id, Stored>,
    pub commands: Vec<Value>,
    pub interactions: BTreeMap<Id, Interaction>,
    /// Where interactions are posted to; by the gateway when there is none.
    pub endpoint: Option<String>,
    /// Every interaction is delivered twice.
    pub twice: bool,
    pub gateway: Gateway,
    pub faults: VecDeque<Fault>,
    pub traffic: Traffic,
    pub pings: Vec<Ping>,
    /// What nobody who read Discord's documentation does.
    pub complaints: Vec<String>,
}

impl State {
    /// A world with nothing in it but a bot.
    pub fn new(base: String) -> Self {
        let mut state = Self {
            base,
            beginning: BEGINNING.parse().unwrap(),
            time: Duration::ZERO,
            skipped: Duration::ZERO,
            last_id: 0,
            token: "MTA0.fake.bot-token".to_owned(),
            application: 0,
            bot: 0,
            lacking: Vec::new(),
            privileged: 0,
            users: BTreeMap::new(),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            messages: BTreeMap::new(),
            files: BTreeMap::new(),
            commands: Vec::new(),
            interactions: BTreeMap::new(),
            endpoint: None,
            twice: false,
            gateway: Gateway::default(),
            faults: VecDeque::new(),
            traffic: Traffic::default(),
            pings: Vec::new(),
            complaints: Vec::new(),
        };
        // Applications of today share one id with their bots.
        state.application = state.id();
        state.bot = state.application;
        state.users.insert(state.bot, User::of(state.bot, "shopwatch", true));
        state
    }

    /// Now.
    pub fn now(&self) -> Moment {
        self.beginning + self.time
    }

    /// Now, as Discord writes it.
    pub fn stamp(&self) -> String {
        written(self.now())
    }

    /// A new id: sortable, and it tells its time.
    pub fn id(&mut self) -> Id {
        let milliseconds = u64::try_from(self.now().timestamp_millis() - FIRST_MILLISECOND).unwrap();
        self.last_id = (self.last_id + 1).max(milliseconds << 22);
        self.last_id
    }

    /// Something that a program should not do.
    pub fn complain(&mut self, complaint: impl Into<String>) {
        self.complaints.push(complaint.into());
    }
}

/// A time, as Discord writes it.
pub fn written(moment: Moment) -> String {
    moment.format("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}

/// An id, as a text or as a number.
pub fn id_of(value: &Value) -> Option<Id> {
    value.as_str().map_or_else(|| value.as_u64(), |text| text.parse().ok())
}
