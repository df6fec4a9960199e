//! Discord: the program's own client against a Discord at the wire.

mod alone;
mod away;
mod drafts;
mod forms;
mod gaps;
mod gateway;
mod look;
mod main_job;
mod members;
mod messages;
mod photos;
mod posting;
mod replays;
mod replicas;
mod roles;
mod sessions;
mod signed;
mod strangers;
mod together;
mod tokenless;
mod unsaid;
mod waiting;

use std::sync::Arc;

use chrono::TimeDelta;
use domain::incident::Incident;
use domain::words::Platform;
use shopwatch::jobs::outbox;
use shopwatch::rules::Rules;
use shopwatch::settings::{DiscordSettings, Secret, SlackSettings};

use crate::world::World;
use crate::world::clock::TestClock;
use crate::world::database::{Base, Database};
use crate::world::discord::{Answered, FakeDiscord, Given, Id, MESSAGE_CONTENT, Member, Seen};
use crate::world::door::Door;
use crate::world::wire::Wire;

/// However much waits, it is shown in so many rounds.
const ROUNDS_MAX: usize = 400;

/// How a shop of a test differs from the usual one.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a way in which a shop can differ, by itself")]
pub struct Plan {
    /// Interactions are posted to the program.
    pub http: bool,
    /// Photos that are dropped in the report channel become reports.
    pub drops: bool,
    /// … and nobody switched the intent on that it takes.
    pub intent_off: bool,
    /// A workspace beside it, and its triage channel.
    pub slack: Option<(SlackSettings, String)>,
    /// Nobody has given the program the bot's token.
    pub tokenless: bool,
    /// The program is not told which application it is.
    pub unnamed: bool,
    /// More channels where managers decide, in `shop.toml`'s own words.
    pub triage: &'static str,
    /// More lines of `shop.toml`; `{noor}` and the like are the people's ids.
    pub rules: &'static str,
}

/// A shop whose people are on Discord.
pub struct Shop {
    pub discord: FakeDiscord,
    pub world: World,
    pub guild: Id,
    /// Reports.
    pub amal: Member,
    /// Reviews, named by account.
    pub noor: Member,
    /// Reviews, by a role.
    pub omar: Member,
    /// A member of another guild.
    pub finn: Member,
    pub managers: Id,
    pub floor: Id,
    pub triage: Id,
    pub admin: Id,
    door: Option<Door>,
    /// Its `shop.toml`.
    pub text: String,
}

impl Shop {
    /// On an SQLite file, over the gateway.
    pub async fn open() -> Self {
        Self::on(Base::Sqlite).await
    }

    /// Over the gateway.
    pub async fn on(base: Base) -> Self {
        Self::with(base, Plan::default()).await
    }

    pub async fn with(base: Base, plan: Plan) -> Self {
        let (http, tokenless) = (plan.http, plan.tokenless);
        let mut shop = Self::closed(base, plan).await;
        if tokenless {
            shop.world.connect();
        } else {
            shop.connect().await;
        }
        if http {
            shop.open_door().await;
        }
        shop
    }

    /// From now on interactions are posted to the program.
    pub async fn open_door(&mut self) {
        let door = self.world.open_door().await;
        self.discord.deliver_to(&format!("http://{}/discord/interactions", door.address)).await.unwrap();
        self.door = Some(door);
    }

    /// Connects, and waits until it is.
    pub async fn connect(&mut self) {
        self.world.connect();
        self.discord.connected().await;
        let discord = self.world.app.discord().unwrap();
        discord.standing.subscribe().wait_for(shopwatch::discord::Standing::is_ready).await.unwrap();
    }

    /// Over the gateway, with a hand on the wire to its database.
    pub async fn wired() -> (Self, Wire) {
        let mut database = Database::fresh(Base::Postgres).await;
        let wire = database.wired().await;
        let mut shop = Self::over(database, Plan::default()).await;
        shop.connect().await;
        (shop, wire)
    }

    /// Not connected yet.
    pub async fn closed(base: Base, plan: Plan) -> Self {
        Self::over(Database::fresh(base).await, plan).await
    }

    async fn over(database: Database, plan: Plan) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let clock = Arc::new(TestClock::default());
        let discord = FakeDiscord::start().await;
        let guild = discord.add_guild("Corner shops");
        let managers = discord.add_role(guild, "managers", 0);
        let (amal, noor) = (discord.add_member(guild, "Amal", &[]), discord.add_member(guild, "Noor", &[]));
        let omar = discord.add_member(guild, "Omar", &[managers]);
        let elsewhere = discord.add_guild("Somewhere else");
        let finn = discord.add_member(elsewhere, "Finn", &[]);
        let (floor, triage) = (discord.add_channel(guild, "shop-floor"), discord.add_channel(guild, "triage"));
        let admin = discord.add_channel(guild, "admin");
        if plan.drops && !plan.intent_off {
            discord.allow_intents(MESSAGE_CONTENT);
        }
        let slack = plan.slack.as_ref().map(|(_, channel)| format!(", \"slack:{channel}\"")).unwrap_or_default();
        let more = plan.rules.replace("{noor}", &noor.user.to_string()).replace("{amal}", &amal.user.to_string());
        let text = format!(
            r#"
[shop]
name = "Corner Store"
locale = "en"
timezone = "Europe/London"
emergency_number = "999"
two_person = true
admin_channel = "discord:{admin}"

[[site]]
id = "kings-cross"
name = "King's Cross"
area = "N1C"
channels.report = ["console:shop-floor", "discord:{floor}"]
channels.triage = ["console:triage", "discord:{triage}"{slack}{}]

[roles]
staff = ["console:amal", "slack:everyone", "discord:everyone"]
reviewer = ["console:noor", "slack:everyone", "discord:user:{}", "discord:role:{managers}"]
publisher = ["console:ines", "console:vera"]
{more}
"#,
            plan.triage, noor.user
        );
        let rules = Rules::parse(&text).unwrap();
        let key: Vec<u8> = hex::decode(discord.public_key()).unwrap();
        let settings = DiscordSettings {
            token: (!plan.tokenless).then(|| Secret::new(discord.token())),
            public_key: Some(key.try_into().unwrap()),
            application_id: (!plan.unnamed).then(|| discord.application()),
            api_url: discord.url().parse().unwrap(),
            photo_drops: plan.drops,
        };
        let world = World::with_discord(database, clock, rules, plan.slack.map(|(slack, _)| slack), settings).await;
        Self { discord, world, guild, amal, noor, omar, finn, managers, floor, triage, admin, door: None, text }
    }

    /// Amal reports one line; what she sees.
    pub async fn reports(&self, line: &str) -> Answered {
        let given: &[(&str, Given)] = &[("what_happened", line.into())];
        self.discord.runs_command(self.amal, self.floor, "report", given).await
    }

    /// Amal reports one line, and it is shown; the incident.
    pub async fn report(&self, line: &str) -> Incident {
        let answered = self.reports(line).await;
        assert!(answered.ephemeral(), "{answered:?}");
        self.settle().await;
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
            let mut due = None;
            for platform in [Platform::Discord, Platform::Slack, Platform::System] {
                due = due.into_iter().chain(self.world.store().next_due(platform).await.unwrap()).min();
            }
            let Some(due) = due else { return };
            let wait = due - self.world.now();
            if wait > TimeDelta::minutes(5) {
                return;
            }
            self.world.clock.advance(wait.max(TimeDelta::milliseconds(1)));
        }
        let asked = self.discord.read(|state| {
            let last = state.traffic.asked.iter().rev().take(6);
            last.map(|one| format!("{} {:?}", one.path, one.status)).collect::<Vec<_>>()
        });
        panic!("after {ROUNDS_MAX} rounds there is still something to show; last was asked {asked:#?}");
    }

    /// One round of the outbox, with the clock as it is.
    pub async fn step(&self) {
        for chat in self.world.app.chats.iter() {
            outbox::step(&self.world.app, chat).await.unwrap();
        }
    }

    /// The newest card in the triage channel.
    pub fn card(&self) -> Seen {
        self.discord.messages(self.triage).pop().expect("a card in the triage channel")
    }

    /// The messages in the thread under a card.
    pub fn thread(&self, card: &Seen) -> Vec<Seen> {
        self.discord.thread_of(card.id).map(|thread| self.discord.messages(thread)).unwrap_or_default()
    }

    /// Somebody presses a button of the card by its verb.
    pub async fn press(&self, who: Member, verb: &str) -> Answered {
        let card = self.card();
        self.discord.presses(who, card.id, &button(&card, verb)).await
    }

    /// Looks at everything, where a test is about something else.
    pub fn look_away(&self) {
        for channel in [self.triage, self.floor, self.admin] {
            for seen in self.discord.messages(channel) {
                self.thread(&seen);
            }
        }
        for who in [self.amal, self.noor, self.omar, self.finn] {
            self.discord.dms_of(who);
            self.discord.ephemerals_for(who);
        }
    }
}

/// The id of a button by its verb.
pub fn button(seen: &Seen, verb: &str) -> String {
    find_button(seen, verb).unwrap_or_else(|| panic!("no button {verb} in {seen:#?}"))
}

/// The id of a button by its verb, if there is one.
pub fn find_button(seen: &Seen, verb: &str) -> Option<String> {
    seen.component(&format!("v1:{verb}:"))
}
