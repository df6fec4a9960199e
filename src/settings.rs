//! Connection settings: flags, environment and `.env` in one struct; every problem reported at once.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use url::{Host, Origin, Url};

use crate::keys::files;
use crate::store::connect::Location;

pub mod bucket;
pub mod rotation;

use bucket::{BucketEnvironment, BucketSettings};
use rotation::{Rotation, RotationEnvironment};

/// The names of this computer, as addresses have them.
const HERE: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// What the environment says, before it is checked.
#[derive(Debug, Clone, Args)]
pub struct Environment {
    /// Where the browser console and the API listen.
    #[arg(long, env = "SHOPWATCH_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS", global = true)]
    pub listen: String,
    /// The folder of the database, the keys and what is sealed.
    #[arg(long, env = "SHOPWATCH_DATA", default_value = "./data", value_name = "FOLDER", global = true)]
    pub data: PathBuf,
    /// The shop's rules; `./shop.toml` if it is there, else the built-in example.
    #[arg(long, env = "SHOPWATCH_RULES", value_name = "FILE", global = true)]
    pub rules: Option<PathBuf>,
    /// The address under which browsers reach this server, when it is not the one it listens on.
    #[arg(long, env = "SHOPWATCH_PUBLIC_URL", value_name = "URL", global = true)]
    pub public_url: Option<String>,
    /// `sqlite:NAME` under the data folder, or `postgres://…`.
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite:shopwatch.db",
        value_name = "URL",
        hide_env_values = true,
        global = true
    )]
    pub database_url: String,
    /// Where photos are kept, sealed: `file:NAME` under the data folder, `file:///…`, or `s3://BUCKET/PREFIX`.
    #[arg(long, env = "EVIDENCE_URL", default_value = "file:evidence", value_name = "URL", global = true)]
    pub evidence_url: String,
    /// The master key, 32 bytes in base64 (`openssl rand -base64 32`); without it `keys/master.key` in the data folder.
    #[arg(long, env = "EVIDENCE_MASTER_KEY", value_name = "KEY", hide_env_values = true, global = true)]
    pub evidence_master_key: Option<String>,
    /// The master key before that one, until `shopwatch key rotate` has wrapped everything anew.
    #[arg(long, env = "EVIDENCE_OLD_MASTER_KEY", value_name = "KEY", hide_env_values = true, global = true)]
    pub evidence_old_master_key: Option<String>,
    #[command(flatten)]
    pub bucket: BucketEnvironment,
    /// Slack: the bot's token (`xoxb-…`); with it one of the next two.
    #[arg(long, env = "SLACK_BOT_TOKEN", value_name = "TOKEN", hide_env_values = true, global = true)]
    pub slack_bot_token: Option<String>,
    /// Slack: the app's token (`xapp-…`) for Socket Mode, which needs nothing open on the shop's router.
    #[arg(long, env = "SLACK_APP_TOKEN", value_name = "TOKEN", hide_env_values = true, global = true)]
    pub slack_app_token: Option<String>,
    /// Slack: the signing secret, where Slack sends to `/slack/events` over HTTPS.
    #[arg(long, env = "SLACK_SIGNING_SECRET", value_name = "SECRET", hide_env_values = true, global = true)]
    pub slack_signing_secret: Option<String>,
    /// Slack: where its Web API is.
    #[arg(long, env = "SLACK_API_URL", default_value = "https://slack.com/api", value_name = "URL", global = true)]
    pub slack_api_url: String,
    /// Slack: connections of this process in Socket Mode, 1 to 8; all replicas together should have at most 8.
    #[arg(long, env = "SLACK_CONNECTIONS", default_value = "1", value_name = "COUNT", global = true)]
    pub slack_connections: String,
    #[command(flatten)]
    pub rotation: RotationEnvironment,
    /// Discord: the bot's token; with it cards are posted, and the gateway needs nothing open on the shop's router.
    #[arg(long, env = "DISCORD_TOKEN", value_name = "TOKEN", hide_env_values = true, global = true)]
    pub discord_token: Option<String>,
    /// Discord: the application's public key, where Discord sends to `/discord/interactions` over HTTPS.
    #[arg(long, env = "DISCORD_PUBLIC_KEY", value_name = "KEY", global = true)]
    pub discord_public_key: Option<String>,
    /// Discord: the application's id; with a token it need not be said.
    #[arg(long, env = "DISCORD_APPLICATION_ID", value_name = "ID", global = true)]
    pub discord_application_id: Option<String>,
    /// Discord: where its API and its gateway are.
    #[arg(long, env = "DISCORD_API_URL", default_value = "https://discord.com", value_name = "URL", global = true)]
    pub discord_api_url: String,
    /// Discord: `true` takes photos dropped in report channels, for which the Message Content intent has to be switched on.
    #[arg(long, env = "DISCORD_PHOTO_DROPS", default_value = "false", value_name = "TRUE OR FALSE", global = true)]
    pub discord_photo_drops: String,
}

/// Settings that make sense.
#[derive(Debug, Clone)]
pub struct Settings {
    pub listen: SocketAddr,
    pub data: PathBuf,
    pub rules: Option<PathBuf>,
    /// Without a slash at the end.
    pub public_url: Option<String>,
    pub database: Location,
    /// Where photos are kept.
    pub evidence: EvidencePlace,
    /// The master key, if it is not in a file.
    pub master_key: Option<Secret>,
    /// The one before it.
    pub old_master_key: Option<Secret>,
    /// Slack, if it is to be connected.
    pub slack: Option<SlackSettings>,
    /// Discord, if it is to be connected.
    pub discord: Option<DiscordSettings>,
}

/// Where photos are kept.
#[derive(Debug, Clone)]
pub enum EvidencePlace {
    /// In this folder.
    Folder(PathBuf),
    /// In an S3 bucket.
    Bucket(Box<BucketSettings>),
}

/// How Slack is reached.
#[derive(Debug, Clone)]
pub struct SlackSettings {
    pub bot_token: Secret,
    /// How that token is renewed, if it ends after some hours.
    pub rotation: Option<Rotation>,
    /// For Socket Mode.
    pub app_token: Option<Secret>,
    /// For the doors over HTTP.
    pub signing_secret: Option<Secret>,
    /// Without a slash at the end.
    pub api_url: Url,
    /// How many connections this process opens in Socket Mode.
    pub connections: usize,
    /// How long a connection may say nothing before it is asked whether it still lives.
    pub silence: Duration,
}

/// How Discord is reached.
#[derive(Debug, Clone)]
pub struct DiscordSettings {
    /// For the gateway and for everything that is posted.
    pub token: Option<Secret>,
    /// For the door over HTTP.
    pub public_key: Option<[u8; 32]>,
    pub application_id: Option<u64>,
    /// Without a slash at the end; `/api/v10` is added.
    pub api_url: Url,
    /// Whether photos that are dropped in report channels become reports.
    pub photo_drops: bool,
}

/// A value that nobody prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that sends or compares it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// Everything that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct BadSettings(pub Vec<String>);

/// Slack opens at most 10 connections for an app; two are left for a replica that takes over.
/// <https://docs.slack.dev/apis/events-api/using-socket-mode/>
pub const SLACK_CONNECTIONS_MAX: usize = 8;
/// A connection that said nothing for so long is asked; one that says nothing for so long again is dead.
pub const SILENCE_MAX: Duration = Duration::from_secs(15);
/// Where the rules are when nobody says.
const RULES_FILE: &str = "shop.toml";

impl Environment {
    /// The settings, or every problem.
    pub fn check(&self) -> Result<Settings, BadSettings> {
        let mut problems = Vec::new();
        let mut keep = |problem: &str| problems.push(problem.to_owned());
        let listen = self.listen.parse().ok();
        if listen.is_none() {
            keep("SHOPWATCH_LISTEN is not an address and a port; write it like 127.0.0.1:8080");
        }
        let database = Location::parse(&self.database_url, &self.data);
        if database.is_none() {
            keep("DATABASE_URL is neither sqlite:NAME nor postgres://USER:PASSWORD@HOST/NAME");
        }
        let public_url = self.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned());
        if public_url.as_ref().is_some_and(|url| base_url(url).is_none()) {
            keep("SHOPWATCH_PUBLIC_URL has to begin with https:// (or http:// on this computer alone)");
        }
        let master_key = given(self.evidence_master_key.as_ref()).map(Secret::new);
        let old_master_key = given(self.evidence_old_master_key.as_ref()).map(Secret::new);
        match (&master_key, &old_master_key) {
            (None, Some(_)) => {
                keep("EVIDENCE_OLD_MASTER_KEY is set and EVIDENCE_MASTER_KEY is not; set both, or neither");
            }
            (Some(master), old) => {
                if files::given(master.reveal(), None).is_err() {
                    keep("EVIDENCE_MASTER_KEY is not 32 bytes in base64; make one with: openssl rand -base64 32");
                }
                if old.as_ref().is_some_and(|old| files::given(old.reveal(), None).is_err()) {
                    keep("EVIDENCE_OLD_MASTER_KEY is not 32 bytes in base64; copy the key that was used before");
                }
            }
            (None, None) => {}
        }
        let evidence = self.evidence(&mut problems);
        let slack = self.slack(&mut problems);
        let discord = self.discord(&mut problems);
        let rules = self.rules_file();
        match (listen, database, evidence) {
            (Some(listen), Some(database), Some(evidence)) if problems.is_empty() => Ok(Settings {
                listen,
                data: self.data.clone(),
                rules,
                public_url,
                database,
                evidence,
                master_key,
                old_master_key,
                slack,
                discord,
            }),
            _ => Err(BadSettings(problems)),
        }
    }

    /// The file of the shop's rules; none where the example stands in for it.
    pub fn rules_file(&self) -> Option<PathBuf> {
        let found = PathBuf::from(RULES_FILE);
        self.rules.clone().or_else(|| found.is_file().then_some(found))
    }

    /// Where photos are kept.
    fn evidence(&self, problems: &mut Vec<String>) -> Option<EvidencePlace> {
        if let Some(("s3", place)) = self.evidence_url.trim().split_once(':') {
            return Some(EvidencePlace::Bucket(Box::new(self.bucket.check(place, problems)?)));
        }
        let folder = folder(&self.evidence_url, &self.data);
        if folder.is_none() {
            problems.push("EVIDENCE_URL is neither a folder nor a bucket; write file:NAME for a folder under the data, file:///FOLDER, or s3://BUCKET/PREFIX".into());
        }
        folder.map(EvidencePlace::Folder)
    }

    /// Slack's settings; none if it is not to be connected.
    fn slack(&self, problems: &mut Vec<String>) -> Option<SlackSettings> {
        let secret = |text: &Option<String>| given(text.as_ref()).map(Secret::new);
        let (bot_token, app_token) = (secret(&self.slack_bot_token), secret(&self.slack_app_token));
        let signing_secret = secret(&self.slack_signing_secret);
        if bot_token.is_none() && app_token.is_none() && signing_secret.is_none() && !self.rotation.says_something() {
            return None;
        }
        let before = problems.len();
        let rotation = self.rotation.check(problems);
        if bot_token.is_none() {
            problems
                .push("SLACK_BOT_TOKEN is missing; copy the Bot User OAuth Token (xoxb-…) from your app's page".into());
        }
        if app_token.is_none() && signing_secret.is_none() {
            problems.push(
                "Slack has no way in; set SLACK_APP_TOKEN (xapp-…, Socket Mode) or SLACK_SIGNING_SECRET (HTTPS)".into(),
            );
        }
        let api_url = base_url(&self.slack_api_url);
        if api_url.is_none() {
            problems.push("SLACK_API_URL has to begin with https:// (or http:// on this computer alone)".into());
        }
        let connections = self.slack_connections.trim().parse().ok();
        let connections = connections.filter(|count| (1..=SLACK_CONNECTIONS_MAX).contains(count));
        if connections.is_none() {
            problems.push(format!("SLACK_CONNECTIONS is a number from 1 to {SLACK_CONNECTIONS_MAX}"));
        }
        if problems.len() > before {
            return None;
        }
        let (bot_token, api_url, connections) = (bot_token?, api_url?, connections?);
        let silence = SILENCE_MAX;
        Some(SlackSettings { bot_token, rotation, app_token, signing_secret, api_url, connections, silence })
    }
}

impl Environment {
    /// Discord's settings; none if it is not to be connected.
    fn discord(&self, problems: &mut Vec<String>) -> Option<DiscordSettings> {
        let token = given(self.discord_token.as_ref()).map(Secret::new);
        let (key, id) = (given(self.discord_public_key.as_ref()), given(self.discord_application_id.as_ref()));
        if token.is_none() && key.is_none() && id.is_none() {
            return None;
        }
        let before = problems.len();
        if token.is_none() && (key.is_none() || id.is_none()) {
            problems.push(
                "Discord has no way in; set DISCORD_TOKEN, or DISCORD_PUBLIC_KEY with DISCORD_APPLICATION_ID".into(),
            );
        }
        let public_key = key.map(key_of);
        if public_key == Some(None) {
            problems.push("DISCORD_PUBLIC_KEY is 64 characters of 0-9 and a-f; copy it from your app's page".into());
        }
        let application_id = id.map(|id| id.parse::<u64>().ok().filter(|id| *id > 0));
        if application_id == Some(None) {
            problems.push("DISCORD_APPLICATION_ID is a number; copy it from your app's page".into());
        }
        let api_url = base_url(&self.discord_api_url);
        if api_url.is_none() {
            problems.push("DISCORD_API_URL has to begin with https:// (or http:// on this computer alone)".into());
        }
        let photo_drops = self.discord_photo_drops.trim().parse().ok();
        if photo_drops.is_none() {
            problems.push("DISCORD_PHOTO_DROPS is true or false".into());
        }
        if problems.len() > before {
            return None;
        }
        let (api_url, photo_drops) = (api_url?, photo_drops?);
        Some(DiscordSettings {
            token,
            public_key: public_key.flatten(),
            application_id: application_id.flatten(),
            api_url,
            photo_drops,
        })
    }
}

fn given(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// The bytes of a key in hexadecimal.
fn key_of(text: &str) -> Option<[u8; 32]> {
    let digits: Option<Vec<u8>> = text.chars().map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
    let bytes: Vec<u8> =
        digits?.chunks_exact(2).map(|pair| pair.iter().fold(0, |all, digit| all << 4 | digit)).collect();
    (text.len() == 64).then(|| bytes.try_into().ok()).flatten()
}

/// The folder that a URL names.
fn folder(url: &str, data: &Path) -> Option<PathBuf> {
    let path = url.trim().strip_prefix("file:")?;
    let local = !path.is_empty() && (path.starts_with("///") || !path.starts_with("//"));
    local.then(|| data.join(path.strip_prefix("//").unwrap_or(path)))
}

/// An address that secrets may be sent to: encrypted, or on this computer; without a slash at the end.
fn base_url(text: &str) -> Option<Url> {
    let url: Url = text.trim().trim_end_matches('/').parse().ok()?;
    let plain = url.query().is_none() && url.fragment().is_none();
    (plain && (url.scheme() == "https" || url.scheme() == "http" && is_here(&url))).then_some(url)
}

/// Whether an address is on this computer.
pub fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == HERE[0],
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether two addresses have the same host; this computer has several names.
pub fn same_host(one: &Url, other: &Url) -> bool {
    one.host() == other.host() || is_here(one) && is_here(other)
}

/// Where an address leads, under every name that its host has here: the port stays the same.
pub fn origins(url: &Url) -> Vec<Origin> {
    let named = |name: &&str| {
        let mut url = url.clone();
        url.set_host(Some(name)).ok()?;
        Some(url.origin())
    };
    let here: Vec<Origin> = if is_here(url) { HERE.iter().filter_map(named).collect() } else { Vec::new() };
    std::iter::once(url.origin()).chain(here).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_told_at_once() {
        let environment = Environment {
            listen: "everywhere".into(),
            data: "./data".into(),
            rules: None,
            public_url: Some("ftp://shop".into()),
            database_url: "mysql://x".into(),
            evidence_url: "s3://bucket/prefix".into(),
            evidence_master_key: Some("secret".into()),
            evidence_old_master_key: Some("older".into()),
            bucket: bucket::tests::unsaid(),
            slack_bot_token: None,
            rotation: RotationEnvironment::default(),
            slack_app_token: Some("xapp-1".into()),
            slack_signing_secret: None,
            slack_api_url: "http://slack.example/api".into(),
            slack_connections: "9".into(),
            discord_token: None,
            discord_public_key: Some("abc".into()),
            discord_application_id: None,
            discord_api_url: "ftp://discord".into(),
            discord_photo_drops: "perhaps".into(),
        };
        assert_eq!(environment.check().unwrap_err().0.len(), 14);
    }

    #[test]
    fn secrets_go_to_encrypted_addresses_or_stay_on_this_computer() {
        for good in
            ["https://slack.com/api", "https://slack.com/api/", "http://127.0.0.1:4000/api", "http://[::1]:4000"]
        {
            assert!(base_url(good).is_some(), "{good}");
        }
        for bad in ["http://slack.com/api", "slack.com", "ftp://127.0.0.1", "https://slack.com/api?x=1", ""] {
            assert_eq!(base_url(bad), None, "{bad}");
        }
    }

    #[test]
    fn this_computer_has_several_names_and_one_set_of_ports() {
        let url = |text: &str| text.parse::<Url>().unwrap();
        for here in ["http://localhost:4000/a", "http://127.0.0.1:4000", "http://[::1]:4000"] {
            assert!(is_here(&url(here)) && same_host(&url(here), &url("http://127.0.0.1:9")), "{here}");
            assert!(origins(&url("http://127.0.0.1:4000/api")).contains(&url(here).origin()), "{here}");
        }
        assert!(!origins(&url("http://127.0.0.1:4000/api")).contains(&url("http://localhost:4001").origin()));
        assert!(!is_here(&url("http://localhost.example")));
        assert!(!same_host(&url("https://slack.com"), &url("https://localhost")));
        assert_eq!(origins(&url("https://slack.com/api")), [url("https://slack.com").origin()]);
    }

    #[test]
    fn photos_are_kept_in_a_folder_that_is_said_or_under_the_data() {
        let folder = |url| folder(url, Path::new("/srv/shop"));
        assert_eq!(folder("file:evidence"), Some("/srv/shop/evidence".into()));
        assert_eq!(folder("file:///mnt/photos"), Some("/mnt/photos".into()));
        assert_eq!(folder("file:/mnt/photos"), Some("/mnt/photos".into()));
        for wrong in ["", "file:", "evidence", "file://host/photos", "https://bucket"] {
            assert_eq!(folder(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_never_printed() {
        assert_eq!(format!("{:?}", Secret::new("xoxb-1")), "(secret)");
    }

    #[test]
    fn sqlite_files_are_under_the_data_folder() {
        let data = Path::new("/srv/shop");
        assert_eq!(Location::parse("sqlite:shop.db", data), Some(Location::Sqlite("/srv/shop/shop.db".into())));
        assert_eq!(Location::parse("sqlite:///tmp/x.db", data), Some(Location::Sqlite("/tmp/x.db".into())));
        assert_eq!(Location::parse("mysql://x", data), None);
    }
}
