//! The world of the tests: a whole Shopwatch on a real database, with a clock that only the test moves and ids that
//! repeat. Nothing in it sleeps, and nothing is tried twice.

pub mod answer;
pub mod check;
pub mod clock;
pub mod corpora;
pub mod database;
pub mod discord;
pub mod door;
pub mod hostile;
pub mod ids;
pub mod people;
pub mod plug;
pub mod postgres;
pub mod program;
pub mod record;
pub mod rgw;
pub mod s3;
pub mod slack;
pub mod wire;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use domain::actor::{Actor, Roles};
use domain::clock::{Clock, Moment};
use domain::id::{IncidentId, Reference};
use domain::incident::Incident;
use domain::report::Draft;
use domain::words::{Platform, Role, Weapon};
use metrics_exporter_prometheus::PrometheusHandle;
use shopwatch::app::{App, Parts};
use shopwatch::bell::Bell;
use shopwatch::chat::card::Card;
use shopwatch::chat::inbound::{Answers, Inbound, Origin, What};
use shopwatch::chat::press::{Button, Press, Tap};
use shopwatch::chats::ChatClient;
use shopwatch::clock::Stopwatch;
use shopwatch::discord::Discord;
use shopwatch::evidence::bucket::Bucket;
use shopwatch::evidence::child::Reader;
use shopwatch::evidence::keep::Evidence;
use shopwatch::evidence::vault::{Folder, Vault};
use shopwatch::jobs::{evidence as photos, fetch, outbox, schedule, timers};
use shopwatch::keys::Keys;
use shopwatch::operations::triage::Enclosed;
use shopwatch::operations::{Desk, people as accounts};
use shopwatch::rules::Rules;
use shopwatch::settings::bucket::BucketSettings;
use shopwatch::settings::{DiscordSettings, EvidencePlace, Settings, SlackSettings};
use shopwatch::slack::Slack;
use shopwatch::store::writer::WriterLoop;
use shopwatch::store::{Delivery, Store};
use shopwatch::telemetry;
use shopwatch::texts::Texts;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use answer::Answer;
use clock::TestClock;
use database::{Base, Database};
use ids::TestIds;
use people::{AMAL, NOOR, Person};

/// What every world's keys follow from.
pub const MASTER: [u8; 32] = [7; 32];
/// A world in which something is always due has a mistake in it.
const STEPS_MAX: usize = 1_000;
/// How often is looked for what nothing tells of, and for how long at most.
const LOOK_EVERY: Duration = Duration::from_millis(2);
const UNTIL_MAX: Duration = Duration::from_secs(40);

/// A Shopwatch that a test has to itself.
pub struct World {
    pub app: App,
    pub clock: Arc<TestClock>,
    pub ids: Arc<TestIds>,
    pub database: Arc<Database>,
    writing: Option<WriterLoop>,
    tasks: JoinSet<()>,
}

impl World {
    /// The example shop on an SQLite file.
    pub async fn new() -> Self {
        Self::on(Base::Sqlite).await
    }

    /// The example shop.
    pub async fn on(base: Base) -> Self {
        Self::of(base, Rules::example()).await
    }

    /// A shop with these rules.
    pub async fn of(base: Base, rules: Rules) -> Self {
        let mut world = Self::idle(base, rules).await;
        world.start_writing();
        world
    }

    /// A shop whose writer has not begun: what is to be written waits, as it does while a commit is in flight.
    pub async fn idle(base: Base, rules: Rules) -> Self {
        Self::over(Database::fresh(base).await, rules).await
    }

    /// A shop on this database, its writer not begun.
    pub async fn over(database: Database, rules: Rules) -> Self {
        Self::around(Arc::new(database), Arc::default(), rules, 1, (None, None)).await
    }

    /// A shop with a workspace; it writes and is connected when a test says so.
    pub async fn with_slack(database: Database, clock: Arc<TestClock>, rules: Rules, slack: SlackSettings) -> Self {
        Self::around(Arc::new(database), clock, rules, 1, (Some(slack), None)).await
    }

    /// A shop with a guild, and perhaps with a workspace beside it; connected when a test says so.
    pub async fn with_discord(
        database: Database,
        clock: Arc<TestClock>,
        rules: Rules,
        slack: Option<SlackSettings>,
        discord: DiscordSettings,
    ) -> Self {
        let mut world = Self::around(Arc::new(database), clock, rules, 1, (slack, Some(discord))).await;
        world.start_writing();
        world
    }

    /// A second server on the same database and the same guild.
    pub async fn replica_with_discord(&self, seed: u64) -> Self {
        let (rules, discord) = ((*self.app.desk.rules()).clone(), self.app.settings.discord.clone());
        let mut other = Self::around(self.database.clone(), self.clock.clone(), rules, seed, (None, discord)).await;
        other.start_writing();
        other
    }

    /// A second server on the same database and the same guild, to which nobody has given the bot's token.
    pub async fn replica_without_token(&self, seed: u64) -> Self {
        let rules = (*self.app.desk.rules()).clone();
        let discord = self.app.settings.discord.clone().map(|discord| DiscordSettings { token: None, ..discord });
        let mut other = Self::around(self.database.clone(), self.clock.clone(), rules, seed, (None, discord)).await;
        other.start_writing();
        other
    }

    /// A second server on the same database and the same workspace.
    pub async fn replica_with_slack(&self, seed: u64) -> Self {
        let (rules, slack) = ((*self.app.desk.rules()).clone(), self.app.settings.slack.clone());
        let mut other = Self::around(self.database.clone(), self.clock.clone(), rules, seed, (slack, None)).await;
        other.start_writing();
        other
    }

    /// A server on the same database and the same workspace, with these settings of its own.
    pub async fn replica_with_settings(&self, seed: u64, slack: SlackSettings) -> Self {
        let rules = (*self.app.desk.rules()).clone();
        let mut other = Self::around(self.database.clone(), self.clock.clone(), rules, seed, (Some(slack), None)).await;
        other.start_writing();
        other
    }

    /// A shop whose photos are kept in this bucket.
    pub async fn with_bucket(base: Base, clock: Arc<TestClock>, bucket: BucketSettings) -> Self {
        let database = Arc::new(Database::fresh(base).await);
        Self::around(database, clock, Rules::example(), 1, (None, None)).await.keeping_in(bucket)
    }

    /// The same shop after it was killed and started again: the disk is as it was, and nothing is remembered.
    pub async fn after_a_kill(mut self) -> Self {
        self.crash().await;
        let (database, clock, rules) = (self.database.clone(), self.clock.clone(), (*self.app.desk.rules()).clone());
        let EvidencePlace::Bucket(bucket) = self.app.settings.evidence.clone() else { panic!("a shop with a bucket") };
        drop(self);
        Self::around(database, clock, rules, 2, (None, None)).await.keeping_in(*bucket)
    }

    fn keeping_in(mut self, bucket: BucketSettings) -> Self {
        let evidence = EvidencePlace::Bucket(Box::new(bucket.clone()));
        self.app.parts().settings = Arc::new(Settings { evidence, ..(*self.app.settings).clone() });
        let vault = Vault::Bucket(Arc::new(Bucket::new(bucket, self.clock.clone())));
        let spool = Folder::at(self.database.folder.path().join("spool"));
        self.app.parts().evidence = Evidence::new(Reader::starting(program::BINARY), spool, vault);
        self.start_writing();
        self
    }

    /// Connects to the chats.
    pub fn connect(&mut self) {
        let app = self.app.clone();
        self.tasks.spawn(async move {
            let connections = app.chats.iter().map(|chat| chat.stay_connected(&app));
            futures_util::future::join_all(connections).await;
        });
    }

    /// Ends the connections as a crash would, and the writer with them.
    pub async fn crash(&mut self) {
        self.tasks.shutdown().await;
    }

    /// A second server on the same database, with the same clock.
    pub async fn replica(&self) -> Self {
        let rules = (*self.app.desk.rules()).clone();
        let mut other = Self::around(self.database.clone(), self.clock.clone(), rules, 2, (None, None)).await;
        other.start_writing();
        other
    }

    async fn around(
        database: Arc<Database>,
        clock: Arc<TestClock>,
        rules: Rules,
        seed: u64,
        (slack, discord): (Option<SlackSettings>, Option<DiscordSettings>),
    ) -> Self {
        let ids = Arc::new(TestIds::of(seed));
        let keys = Arc::new(Keys::from_master(&MASTER).unwrap());
        let (store, writing) = Store::open(&database.location, keys, ids.clone()).await.unwrap();
        let workspace = slack.clone().map(|slack| ChatClient::Slack(Arc::new(Slack::new(slack, &store).unwrap())));
        let guild =
            discord.clone().map(|discord| ChatClient::Discord(Arc::new(Discord::new(discord, &store).unwrap())));
        let chats: Arc<[ChatClient]> = [ChatClient::Console].into_iter().chain(workspace).chain(guild).collect();
        let platforms = chats.iter().filter(|chat| chat.shows()).map(ChatClient::platform).collect();
        let app = App::from(Parts {
            desk: Arc::new(Desk::new(store, clock.clone(), ids.clone(), platforms, rules)),
            texts: texts(),
            settings: Arc::new(settings(&database, slack, discord)),
            try_out: false,
            work: Bell::default(),
            shown: Bell::default(),
            chats,
            evidence: evidence(&database),
            metrics: metrics(),
            stopwatch: Stopwatch::start(),
            stopping: CancellationToken::new(),
        });
        Self { app, clock, ids, database, writing: Some(writing), tasks: JoinSet::new() }
    }

    /// Lets the writer write what waits, and what comes.
    pub fn start_writing(&mut self) {
        let writing = self.writing.take().expect("a writer that has not begun");
        self.tasks.spawn(writing.run());
    }

    /// Ends the writer in whatever it is doing, as a crash would.
    pub async fn stop_writing(&mut self) {
        self.tasks.shutdown().await;
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.app.desk.store
    }

    /// The time.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Somebody does something.
    pub async fn receive(&self, who: Person, what: What) -> Answer {
        self.take_in(who.origin(), what, None).await
    }

    /// Something arrives from anywhere, perhaps under a key.
    pub async fn take_in(&self, origin: Origin, what: What, delivery: Option<Delivery>) -> Answer {
        let pressed = Self::pressed(&what);
        let (actor, result) = self.app.receive(Inbound { what, origin: origin.clone(), delivery }).await;
        Answer::to(self, &origin, actor, result, pressed).await
    }

    /// The incident whose button it was, if it was one.
    pub fn pressed(what: &What) -> Option<IncidentId> {
        match what {
            What::Press(press) | What::Submit(press, _) => Some(press.incident),
            What::Command(_) | What::Report(_) | What::Dropped(_) | What::Filled(..) | What::Photos(..) => None,
        }
    }

    /// Amal reports in one line; the incident that became of it.
    pub async fn report(&self, line: &str) -> Incident {
        self.receive(AMAL, What::Command(line.to_owned())).await.incident()
    }

    /// Somebody sends a filled-in report.
    pub async fn send(&self, who: Person, draft: Draft) -> Answer {
        self.receive(who, What::Report(draft)).await
    }

    /// Noor looks into an incident and declines it.
    pub async fn decline(&self, called: &Reference) -> Incident {
        self.press(NOOR, called, Button::Claim).await.incident();
        self.submit(NOOR, called, Button::Decline, &[("reason", "benign")]).await.incident()
    }

    /// Somebody presses a button of a card as it is now.
    pub async fn press(&self, who: Person, called: &Reference, button: Button) -> Answer {
        let press = self.button(called, button).await;
        self.receive(who, What::Press(press)).await
    }

    /// Somebody sends the form that a button of the card as it is now opens.
    pub async fn submit(&self, who: Person, called: &Reference, button: Button, answers: &[(&str, &str)]) -> Answer {
        let press = self.button(called, button).await;
        self.receive(who, filled(press, answers)).await
    }

    /// A button of a card as it is now, by way of its id in a chat.
    pub async fn button(&self, called: &Reference, button: Button) -> Press {
        let incident = self.incident(called).await;
        let tap = (button == Button::Tap).then_some(Tap::Weapon(Weapon::None));
        let press = Press { button, incident: incident.id, version: incident.version, tap };
        press.to_string().parse().unwrap()
    }

    /// The incident that people call so.
    pub async fn incident(&self, called: &Reference) -> Incident {
        let roles = Roles { everywhere: [Role::Reviewer].into(), ..Roles::default() };
        let anybody = Actor { roles, ..accounts::actor(&self.app.desk, &AMAL.origin()) };
        self.store().incident_called(called, &anybody).await.unwrap().expect("an incident of that name")
    }

    /// The card that somebody sees, if they see one.
    pub async fn card(&self, who: Person, called: &Reference) -> Option<Card> {
        let incident = self.incident(called).await;
        let (rules, origin) = (self.app.desk.rules(), who.origin());
        let actor = accounts::actor(&self.app.desk, &origin);
        let voice = self.app.voice(&rules, origin.locale.as_deref());
        shopwatch::chat::card::draw(
            &incident,
            shopwatch::chat::card::Reader::Person(&actor),
            &voice,
            &rules,
            self.now(),
        )
    }

    /// What the console has told somebody, oldest first.
    pub async fn told(&self, who: Person) -> Vec<String> {
        let actor = accounts::actor(&self.app.desk, &who.origin());
        let mut notices = self.store().notices(&actor).await.unwrap();
        notices.reverse();
        notices.into_iter().map(|notice| notice.word).collect()
    }

    /// Lets everything happen that is due.
    pub async fn settle(&self) {
        for _ in 0..STEPS_MAX {
            let mut done = schedule::step(&self.app).await.unwrap() + timers::step(&self.app).await.unwrap();
            done += fetch::step(&self.app).await.unwrap() + photos::step(&self.app).await.unwrap();
            for chat in self.app.chats.iter() {
                done += outbox::step(&self.app, chat).await.unwrap();
            }
            if done == 0 {
                return;
            }
        }
        panic!("after {STEPS_MAX} steps there is still something to do");
    }
}

/// A form of a button, filled in.
pub fn filled(press: Press, answers: &[(&str, &str)]) -> What {
    let mut fields = Answers::default();
    for (field, answer) in answers {
        fields.0.entry((*field).to_owned()).or_default().push((*answer).to_owned());
    }
    What::Submit(press, Enclosed { answers: fields, answered: true, ..Enclosed::default() })
}

/// What arrives under this key with this content.
pub fn delivery(key: &str, content: &str) -> Option<Delivery> {
    Some(Delivery { key: key.to_owned(), fingerprint: content.as_bytes().to_vec() })
}

fn settings(database: &Database, slack: Option<SlackSettings>, discord: Option<DiscordSettings>) -> Settings {
    Settings {
        listen: "127.0.0.1:8080".parse().unwrap(),
        data: database.folder.path().to_owned(),
        rules: None,
        public_url: None,
        database: database.location.clone(),
        evidence: EvidencePlace::Folder(database.folder.path().join("evidence")),
        master_key: None,
        old_master_key: None,
        slack,
        discord,
    }
}

/// Photos beside the database, read by the real binary.
fn evidence(database: &Database) -> Arc<Evidence> {
    evidence_read_by(Reader::starting(program::BINARY), database)
}

/// Photos beside the database, read by this reader.
pub fn evidence_read_by(reader: Reader, database: &Database) -> Arc<Evidence> {
    let folder = |name| Folder::at(database.folder.path().join(name));
    Evidence::new(reader, folder("spool"), Vault::Folder(folder("evidence")))
}

fn texts() -> Arc<Texts> {
    static TEXTS: LazyLock<Arc<Texts>> = LazyLock::new(|| Arc::new(Texts::load().unwrap()));
    TEXTS.clone()
}

/// A client for tests; it needs the TLS provider that the program installs at its start.
pub fn http() -> reqwest::ClientBuilder {
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy()
}

/// One recorder counts for the whole process.
fn metrics() -> PrometheusHandle {
    static METRICS: LazyLock<PrometheusHandle> = LazyLock::new(telemetry::start_metrics);
    METRICS.clone()
}

/// Waits until something is so of which nothing tells; it is looked at now and then, since whoever looks without a pause
/// takes a core from those it waits for.
pub async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let waiting = async {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        while !so().await {
            looks.tick().await;
        }
    };
    tokio::time::timeout(UNTIL_MAX, waiting).await.unwrap_or_else(|_| panic!("{what} did not come"));
}

/// The platform of everybody in these tests.
pub const CONSOLE: Platform = Platform::Console;
