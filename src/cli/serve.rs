//! `shopwatch`: everything that runs.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use domain::clock::Clock as _;
use domain::words::Platform;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Complaint, check, enter, open, openly, signals};
use crate::app::{App, Parts};
use crate::bell::Bell;
use crate::chats::ChatClient;
use crate::clock::{MachineClock, RandomIds, Stopwatch};
use crate::discord::Discord;
use crate::evidence::bucket::Bucket;
use crate::operations::Desk;
use crate::rules::Rules;
use crate::settings::bucket::BucketSettings;
use crate::settings::{EvidencePlace, Settings};
use crate::slack::Slack;
use crate::store::connect::Location;
use crate::texts::Texts;
use crate::{jobs, telemetry, web};

/// How long the start waits for the bucket's answers: about twice the requests of a look, at the 100 to 200 ms that S3
/// takes for a small one. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html>
const LOOK_MAX: Duration = Duration::from_secs(4);
/// How long the program may take to end after it was asked to.
const DRAIN_DEADLINE: Duration = Duration::from_secs(10);
/// Where a running server leaves its address for the other commands.
const ADDRESS_FILE: &str = "serving.address";
/// Held by the one process that serves an SQLite file.
const LOCK_FILE: &str = "serving.lock";

/// Serves until SIGTERM or SIGINT; SIGHUP reads the rules again.
pub async fn serve(settings: Settings) -> Result<ExitCode, Complaint> {
    let (rules, try_out) = open::rules(&settings)?;
    if try_out && !settings.listen.ip().is_loopback() {
        return Err(format!(
            "the example shop is not served on {}\n  why  anybody who reaches it could be any of its people\n  do   write your own rules first: shopwatch init",
            settings.listen
        ));
    }
    let (store, writing) = open::store(&settings).await?;
    let _only_one = lock(&settings)?;
    let listener = TcpListener::bind(settings.listen).await.map_err(|why| {
        format!("cannot listen on {}\n  why  {why}\n  do   set SHOPWATCH_LISTEN to a free address", settings.listen)
    })?;
    let listen = listener.local_addr().map_err(|why| why.to_string())?;
    let settings = Settings { listen, ..settings };
    leave_address(&settings)?;
    if !store.is_shared() {
        // Nobody else serves this file: what was under way when it ended is in doubt now.
        let ended = store.end_leases(MachineClock.now()).await;
        ended.map_err(|_why| "the database does not answer".to_owned())?;
    }
    let app = assemble(settings, store, rules, try_out)?;
    // A bucket that takes longer than this is looked at again by the job.
    drop(timeout(LOOK_MAX, Box::pin(jobs::evidence::look(&app))).await);
    // Whoever has read the first lines may send a signal.
    let signals = signals::heed(app.clone())?;
    greet(&app).await?;
    run(app, writing, listener, signals).await
}

/// The application, ready to run.
fn assemble(settings: Settings, store: crate::store::Store, rules: Rules, try_out: bool) -> Result<App, Complaint> {
    let mut chats = vec![ChatClient::Console];
    if let Some(slack) = &settings.slack {
        let slack = Slack::new(slack.clone(), &store).map_err(|_why| "Slack's client cannot be made".to_owned())?;
        chats.push(ChatClient::Slack(Arc::new(slack)));
    }
    if let Some(discord) = &settings.discord {
        let discord = Discord::new(discord.clone(), &store)
            .map_err(|_why| "Discord's client cannot be made\n  why  DISCORD_PUBLIC_KEY is no key\n  do   copy it again from your app's page".to_owned())?;
        chats.push(ChatClient::Discord(Arc::new(discord)));
    }
    let chats: Arc<[ChatClient]> = chats.into();
    let showing = chats.iter().filter(|chat| chat.shows());
    let platforms: std::collections::BTreeSet<Platform> = showing.map(ChatClient::platform).collect();
    let evidence = open::evidence(&settings);
    let desk = Desk::new(store, Arc::new(MachineClock), Arc::new(RandomIds::default()), platforms, rules);
    Ok(App::from(Parts {
        desk: Arc::new(desk),
        texts: Arc::new(Texts::load().map_err(|why| why.to_string())?),
        settings: Arc::new(settings),
        try_out,
        work: Bell::default(),
        shown: Bell::default(),
        chats,
        evidence,
        metrics: telemetry::start_metrics(),
        stopwatch: Stopwatch::start(),
        stopping: CancellationToken::new(),
    }))
}

/// Runs the writer, the jobs and the server; ends them in the other order, so that what was taken in is kept.
async fn run(
    app: App,
    writing: crate::store::writer::WriterLoop,
    listener: TcpListener,
    signals: impl Future<Output = ()> + Send + 'static,
) -> Result<ExitCode, Complaint> {
    let tasks = TaskTracker::new();
    writing.start(&tasks).map_err(|why| format!("cannot start: {why}"))?;
    tasks.spawn(jobs::run(app.clone()));
    tasks.spawn(signals);
    let stopping = app.stopping.clone();
    let asked_to_end = async {
        stopping.cancelled().await;
        Stopwatch::start()
    };
    let served = web::server::serve(listener, web::router(&app), app.stopping.clone());
    let (since, ()) = tokio::join!(asked_to_end, served);
    tasks.close();
    drop(app);
    if timeout(DRAIN_DEADLINE.saturating_sub(since.now()), tasks.wait()).await.is_err() {
        tracing::warn!(target: "shopwatch::app", "some work did not end in time; it goes on at the next start");
    }
    tracing::info!(target: "shopwatch::app", "ended");
    Ok(ExitCode::SUCCESS)
}

/// Two servers on one SQLite file would each believe to be the only one.
pub fn lock(settings: &Settings) -> Result<Option<File>, Complaint> {
    let Location::Sqlite(path) = &settings.database else { return Ok(None) };
    let path = path.with_file_name(LOCK_FILE);
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&path).map_err(|why| why.to_string())?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(
            "another Shopwatch serves this database already\n  why  two servers on one SQLite file would lose each other's work\n  do   stop the other one, or use Postgres for several".to_owned(),
        ),
        Err(TryLockError::Error(why)) => Err(format!("cannot lock {}\n  why  {why}\n  do   put the data folder on a local disk", path.display())),
    }
}

fn leave_address(settings: &Settings) -> Result<(), Complaint> {
    fs::write(settings.data.join(ADDRESS_FILE), settings.listen.to_string()).map_err(|why| why.to_string())
}

/// Where a server with these settings is reached by browsers.
pub fn address(settings: &Settings) -> String {
    settings.public_url.clone().unwrap_or_else(|| local_address(settings))
}

/// Where a server with these settings is reached from this machine.
pub fn local_address(settings: &Settings) -> String {
    let left = fs::read_to_string(settings.data.join(ADDRESS_FILE)).ok();
    let running = left.and_then(|address| address.parse::<SocketAddr>().ok()).unwrap_or(settings.listen);
    if running.ip().is_unspecified() {
        format!("http://127.0.0.1:{}", running.port())
    } else {
        format!("http://{running}")
    }
}

/// The first lines that anybody sees. Nobody may be reading them: that is no reason not to serve.
async fn greet(app: &App) -> Result<(), Complaint> {
    let lines = greeting(app).await?.join("\n");
    drop(writeln!(io::stdout(), "{lines}"));
    Ok(())
}

fn chats_in_words(app: &App) -> &'static str {
    match (app.slack().is_some(), app.discord().is_some()) {
        (true, true) => "Slack, Discord and the built-in console are the chats",
        (true, false) => "Slack and the built-in console are the chats",
        (false, true) => "Discord and the built-in console are the chats",
        (false, false) => "no Slack or Discord tokens found: the built-in console is the chat",
    }
}

/// Where photos are kept and what is to be known about that, a line each.
fn photos_in_words(app: &App, bucket: &BucketSettings) -> Vec<String> {
    let place = format!("s3://{}/{}", bucket.bucket, bucket.prefix);
    let spool = app.settings.data.join("spool");
    let Some(abilities) = app.evidence.bucket().and_then(Bucket::abilities) else {
        let why = app.evidence.standing.outage().map_or("no answer yet".to_owned(), |outage| outage.why);
        let waiting = format!("photos wait under {} until it works", spool.display());
        return vec![format!("  photos   {place} cannot be used: {why}"), format!("           {waiting}")];
    };
    let lock = bucket.lock.filter(|_| abilities.locks).map(|mode| format!("; locked in {mode} mode"));
    let first = format!("  photos   {place} (sealed with the same key{})", lock.unwrap_or_default());
    let lacks = abilities.lacks.iter().map(|lack| format!("           {lack}"));
    std::iter::once(first).chain(lacks).collect()
}

async fn greeting(app: &App) -> Result<Vec<String>, Complaint> {
    let (settings, rules) = (&app.settings, app.desk.rules());
    let database = match &settings.database {
        Location::Sqlite(_) => "SQLite",
        Location::Postgres(_) => "Postgres",
    };
    let data = settings.data.display();
    let key = match &settings.master_key {
        Some(_) => "EVIDENCE_MASTER_KEY".to_owned(),
        None => settings.data.join("keys/master.key").display().to_string(),
    };
    let site = rules.sites.first().map(|site| site.name.clone()).unwrap_or_default();
    let shop = &rules.shop.name;
    let mut lines = vec![
        format!("shopwatch {} · {}", env!("CARGO_PKG_VERSION"), chats_in_words(app)),
        format!("  data     {data} ({database}; reports sealed with {key}: back it up)"),
    ];
    if let EvidencePlace::Bucket(bucket) = &settings.evidence {
        lines.extend(photos_in_words(app, bucket));
    }
    lines.extend(openly::said(app).await.map_err(|_why| "the database does not answer".to_owned())?);
    if check::lacks_links(settings) {
        lines.push(format!("  links    {}", check::NO_LINKS));
    }
    if app.try_out {
        let link = enter::link(&app.desk.store, &address(settings), enter::EVERYBODY, app.desk.now()).await?;
        let minutes = enter::LINK_LIFE.num_minutes();
        lines.extend([
            format!("  rules    built-in example shop \"{shop}, {site}\"   (cp shop.example.toml shop.toml to change)"),
            format!("  open     {link}   one-time link, {minutes} minutes (opening it asks for one press: a robot cannot spend it)"),
            "  next     shopwatch init   writes shop.toml for your own shop, and says how to connect Slack or Discord".to_owned(),
        ]);
    } else {
        let file = settings.rules.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        lines.extend([
            format!("  rules    {file} ({shop}, {} site(s))", rules.sites.len()),
            format!("  open     {}", address(settings)),
            "  next     shopwatch enter NAME   prints a one-time link for one of your people".to_owned(),
        ]);
    }
    Ok(lines)
}
