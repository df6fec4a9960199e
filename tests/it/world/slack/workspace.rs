//! What `FakeSlack` remembers: one workspace with its people, channels, messages, files and views.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use domain::clock::Clock;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::delivery::Parcel;
use super::faults::Faults;
use super::rates::Rates;
use super::rotation::Rotation;
use super::ways::Ways;

/// The workspace, its app and its bot.
pub const TEAM: &str = "T0SHOP001";
pub const DOMAIN: &str = "corner-shop";
pub const APP: &str = "A0WATCH01";
pub const BOT: &str = "B0WATCH01";
pub const BOT_USER: &str = "U0WATCHBOT";
pub const BOT_TOKEN: &str = "xoxb-1000-2000-fakebottoken";
pub const APP_TOKEN: &str = "xapp-1-A0WATCH01-3000-fakeapptoken";
pub const SIGNING_SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
/// What every payload repeats; deprecated, never to be trusted.
pub const VERIFICATION_TOKEN: &str = "XXYYZZfakeverification";

/// What an app asks for that reports, triages and fetches photos.
const SCOPES: &[&str] = &[
    "commands",
    "chat:write",
    "chat:write.public",
    "files:read",
    "files:write",
    "im:history",
    "im:read",
    "im:write",
    "users:read",
    "usergroups:read",
    "channels:history",
    "groups:history",
];

/// Somebody with an account.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: String,
    pub name: String,
    pub team: String,
    /// The organisation that they belong to.
    pub organisation: Option<String>,
    pub locale: String,
    pub tz: String,
    pub standing: Standing,
    pub deactivated: bool,
}

/// What an account may do in its workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Member,
    Admin,
    /// A guest in several channels.
    Guest,
    /// A guest in one channel.
    SingleChannelGuest,
}

/// Where people talk.
#[derive(Debug, Clone)]
pub struct Channel {
    pub id: String,
    pub name: String,
    pub private: bool,
    /// A direct message of the bot with this person.
    pub im: Option<String>,
    pub members: BTreeSet<String>,
    pub archived: bool,
    pub shared_with: Option<String>,
    pub messages: Vec<Message>,
}

/// A message as it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub channel: String,
    pub ts: String,
    pub thread_ts: Option<String>,
    pub user: String,
    pub text: String,
    pub blocks: Vec<Value>,
    pub metadata: Option<Value>,
    pub files: Vec<String>,
    /// Messages that it shares or links to, as they were then.
    pub attachments: Vec<Value>,
    /// Written with `/me`.
    pub of_self: bool,
    /// When it was changed last.
    pub edited: Option<String>,
    pub edits: usize,
    pub deleted: bool,
    /// Only this person sees it.
    pub only_for: Option<String>,
    pub looked_at: bool,
    /// What people have chosen in it so far, by block and action.
    pub chosen: Chosen,
}

/// What is filled in, by `(block_id, action_id)`.
pub type Chosen = BTreeMap<(String, String), Value>;

/// A user group.
#[derive(Debug, Clone)]
pub struct Group {
    pub id: String,
    pub handle: String,
    pub users: Vec<String>,
    pub disabled: bool,
}

/// A file, with its bytes.
#[derive(Debug, Clone)]
pub struct File {
    pub id: String,
    pub name: String,
    pub mimetype: String,
    pub bytes: Vec<u8>,
    pub user: String,
    pub deleted: bool,
    /// Where it has been shared.
    pub channels: BTreeSet<String>,
    /// Where it lies, if that is not here.
    pub external: Option<String>,
    /// How Slack draws it, where that is another file: pictures that browsers do not show become JPEG.
    pub rendition: Option<Vec<u8>>,
}

/// A modal or a Home tab.
#[derive(Debug, Clone)]
pub struct View {
    pub id: String,
    pub user: String,
    pub hash: String,
    pub root: String,
    pub previous: Option<String>,
    /// As the app sent it, with the ids that Slack gave to blocks.
    pub content: Value,
    pub chosen: Chosen,
    /// What stands in red under its fields, by block.
    pub errors: BTreeMap<String, String>,
    pub open: bool,
}

/// A permission to open one modal.
#[derive(Debug, Clone)]
pub struct Trigger {
    pub user: String,
    pub born: Instant,
    pub used: bool,
    pub view: Option<String>,
}

/// A permission to answer an interaction.
#[derive(Debug, Clone)]
pub struct ResponseUrl {
    pub user: String,
    pub channel: String,
    pub born: Instant,
    pub uses: usize,
    /// The message with the button, if it came from one.
    pub source: Option<String>,
}

/// Everything that `FakeSlack` knows.
pub struct Workspace {
    pub address: String,
    pub clock: Arc<dyn Clock>,
    /// What requests are signed by.
    pub signing_clock: Arc<dyn Clock>,
    pub people: BTreeMap<String, Person>,
    pub channels: BTreeMap<String, Channel>,
    pub groups: BTreeMap<String, Group>,
    pub files: BTreeMap<String, File>,
    pub uploads: HashMap<String, (String, usize)>,
    pub views: BTreeMap<String, View>,
    pub triggers: HashMap<String, Trigger>,
    pub response_urls: HashMap<String, ResponseUrl>,
    pub scopes: BTreeSet<String>,
    pub revoked: bool,
    /// The bot's tokens, if the app has token rotation.
    pub rotation: Option<Rotation>,
    pub complaints: Vec<String>,
    pub faults: Faults,
    pub ways: Ways,
    pub rates: Rates,
    /// Calls of each method that came through the door, answered or not.
    pub calls: BTreeMap<String, usize>,
    /// Tickets for sockets that nobody has used.
    pub tickets: BTreeSet<String>,
    /// Sockets that are open, and how often each answered a ping.
    pub sockets: BTreeMap<usize, usize>,
    /// Frames with an acknowledgement nobody waits for.
    pub strays: Vec<Value>,
    /// Events that were not acknowledged, to be delivered again.
    pub unacknowledged: VecDeque<Parcel>,
    serial: usize,
    last_micros: i64,
}

impl Workspace {
    pub fn new(address: String, clock: Arc<dyn Clock>) -> Self {
        Self {
            address,
            signing_clock: clock.clone(),
            clock,
            people: BTreeMap::new(),
            channels: BTreeMap::new(),
            groups: BTreeMap::new(),
            files: BTreeMap::new(),
            uploads: HashMap::new(),
            views: BTreeMap::new(),
            triggers: HashMap::new(),
            response_urls: HashMap::new(),
            scopes: SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
            revoked: false,
            rotation: None,
            complaints: Vec::new(),
            faults: Faults::default(),
            ways: Ways::default(),
            rates: Rates::default(),
            calls: BTreeMap::new(),
            tickets: BTreeSet::new(),
            sockets: BTreeMap::new(),
            strays: Vec::new(),
            unacknowledged: VecDeque::new(),
            serial: 0,
            last_micros: 0,
        }
    }

    /// A new id of Slack's form: a letter and eight more.
    pub fn mint(&mut self, letter: &str) -> String {
        self.serial += 1;
        format!("{letter}{:08}", self.serial)
    }

    /// A number that was never used.
    pub fn serial(&mut self) -> usize {
        self.serial += 1;
        self.serial
    }

    /// A timestamp that names a message: later than every other.
    pub fn ts(&mut self) -> String {
        self.last_micros = (self.last_micros + 1).max(self.clock.now().timestamp_micros());
        format!("{}.{:06}", self.last_micros / 1_000_000, self.last_micros % 1_000_000)
    }

    /// Something that our program should not have done; fails the test at its end.
    pub fn complain(&mut self, complaint: impl Into<String>) {
        self.complaints.push(complaint.into());
    }

    /// A channel's message.
    pub fn message(&self, channel: &str, ts: &str) -> Option<&Message> {
        self.channels.get(channel)?.messages.iter().find(|message| message.ts == ts)
    }

    /// A channel's message, to be changed.
    pub fn message_mut(&mut self, channel: &str, ts: &str) -> Option<&mut Message> {
        self.channels.get_mut(channel)?.messages.iter_mut().find(|message| message.ts == ts)
    }

    /// The bot's direct messages with somebody, opened if need be.
    pub fn im_with(&mut self, user: &str) -> String {
        let open = self.channels.values().find(|channel| channel.im.as_deref() == Some(user));
        if let Some(channel) = open {
            return channel.id.clone();
        }
        let id = self.mint("D");
        let members = [user.to_owned(), BOT_USER.to_owned()].into();
        let channel = Channel {
            id: id.clone(),
            name: String::new(),
            private: true,
            im: Some(user.to_owned()),
            members,
            archived: false,
            shared_with: None,
            messages: Vec::new(),
        };
        self.channels.insert(id.clone(), channel);
        id
    }

    /// A permission to open a modal.
    pub fn trigger(&mut self, user: &str, view: Option<&str>) -> String {
        let (first, second) = (self.serial(), self.serial());
        let id = format!("{first}.{second}.{:x}", first * 7_919 + second);
        let trigger =
            Trigger { user: user.to_owned(), born: super::now(), used: false, view: view.map(ToOwned::to_owned) };
        self.triggers.insert(id.clone(), trigger);
        id
    }

    /// A permission to answer, as an address.
    pub fn response_url(&mut self, kind: &str, user: &str, channel: &str, source: Option<&str>) -> String {
        let key = format!("{kind}/{TEAM}/{}/fakeresponse", self.serial());
        let (user, channel) = (user.to_owned(), channel.to_owned());
        let source = source.map(ToOwned::to_owned);
        let entry = ResponseUrl { user, channel, born: super::now(), uses: 0, source };
        self.response_urls.insert(key.clone(), entry);
        format!("http://{}/{key}", self.address)
    }

    /// The team as payloads give it.
    pub fn team() -> Value {
        json!({ "id": TEAM, "domain": DOMAIN })
    }
}
