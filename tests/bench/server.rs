//! The release binary, started as a shop would start it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use sea_orm::DatabaseConnection;
use shopwatch::clock::Stopwatch;
use tempfile::TempDir;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::client::Connection;
use crate::database::{self, Kind, Postgres};
use crate::load::{self, Pace, Taken};
use crate::usage::{self, Used};
use crate::{Common, Result, reports, said};

/// How many programs report.
const REPORTERS: usize = 16;
/// How long a server may take to be ready, and to show everything.
const AT_MOST: Duration = Duration::from_mins(1);
/// How often the database is asked whether that is so.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// What is still to be shown.
const TO_SHOW: &str = "SELECT COUNT(*) FROM outbox WHERE state IN ('ready', 'doubt', 'sending', 'settling')";

/// A shop's folder and database.
pub struct Home {
    binary: PathBuf,
    folder: TempDir,
    url: String,
    environment: Vec<(String, String)>,
}

/// A process of the release binary that serves until it is dropped.
pub struct Process {
    child: Child,
    /// Open for as long as it runs: it prints there.
    _said: BufReader<ChildStdout>,
    pub address: SocketAddr,
    /// From its start to its first `200` of `/health/ready`.
    pub ready_after: Duration,
}

/// A process with people who use it.
pub struct Server {
    pub process: Process,
    pub kind: Kind,
    /// The keys of its reporters.
    pub reporters: Vec<String>,
    /// The key of a reviewer.
    pub reviewer: String,
    /// A connection of ours to its database.
    pub db: DatabaseConnection,
    postmaster: Option<u32>,
    /// Removed with all that is in it when the process has ended.
    home: Home,
}

impl Home {
    /// An empty one; `name` is that of its database.
    pub fn new(common: &Common, postgres: Option<&Postgres>, name: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("shopwatch-bench-").tempdir_in(&common.folder).map_err(said)?;
        fs::write(folder.path().join("shop.toml"), reports::rules()).map_err(said)?;
        let url = match postgres {
            Some(postgres) => postgres.cluster.create_database(name, None),
            None => format!("sqlite://{}", folder.path().join("shopwatch.db").display()),
        };
        Ok(Self { binary: common.binary()?, folder, url, environment: Vec::new() })
    }

    /// With other rules.
    pub fn with_rules(self, rules: &str) -> Result<Self> {
        fs::write(self.folder.path().join("shop.toml"), rules).map_err(said)?;
        Ok(self)
    }

    /// With more in its environment.
    pub fn with_environment(mut self, more: &[(&str, &str)]) -> Self {
        self.environment.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self
    }

    /// How its database is reached.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs a command of the binary to its end; what it printed.
    pub fn command(&self, arguments: &[&str]) -> Result<String> {
        let output = self.binary().args(arguments).stdin(Stdio::null()).output().map_err(said)?;
        if !output.status.success() {
            return Err(format!("shopwatch {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr)));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Serves.
    pub async fn serve(&self) -> Result<Process> {
        let log = File::create(self.folder.path().join("log")).map_err(said)?;
        let clock = Stopwatch::start();
        let mut child = self.binary().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().map_err(said)?;
        let stdout = child.stdout.take().ok_or("started without an output")?;
        let (address, said) = self.greeting(stdout)?;
        let mut process = Process { child, _said: said, address, ready_after: Duration::ZERO };
        process.until_ready().await?;
        process.ready_after = clock.now();
        Ok(process)
    }

    fn binary(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command.current_dir(self.folder.path()).env("SHOPWATCH_DATA", self.folder.path().join("data"));
        command.env("SHOPWATCH_RULES", self.folder.path().join("shop.toml")).env("SHOPWATCH_LISTEN", "127.0.0.1:0");
        command.env("DATABASE_URL", &self.url).env_remove("RUST_LOG");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Reads the first lines; then the server listens, and has left its address.
    fn greeting(&self, stdout: ChildStdout) -> Result<(SocketAddr, BufReader<ChildStdout>)> {
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        while !line.trim_start().starts_with("next") {
            line.clear();
            if stdout.read_line(&mut line).map_err(said)? == 0 {
                let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                return Err(format!("the server ended before it was ready:\n{log}"));
            }
        }
        let address = fs::read_to_string(self.folder.path().join("data/serving.address")).map_err(said)?;
        Ok((address.parse().map_err(said)?, stdout))
    }
}

impl Process {
    async fn until_ready(&self) -> Result<()> {
        let request = format!("GET /health/ready HTTP/1.1\r\nhost: {}\r\n\r\n", self.address);
        let mut connection = Connection::open(self.address).await?;
        let ready = async {
            while connection.ask(request.as_bytes()).await?.status != 200 {}
            Ok(())
        };
        timeout(AT_MOST, ready).await.map_err(said)?
    }

    /// Memory that it holds now and has held at most, in megabytes.
    pub fn memory(&self) -> Result<(f64, f64)> {
        usage::memory(self.child.id())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A process that has ended already needs no end.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Server {
    /// Starts one on an empty database.
    pub async fn start(common: &Common, postgres: Option<&Postgres>, name: &str) -> Result<Self> {
        let home = Home::new(common, postgres, name)?;
        let reporter =
            |number| home.command(&["key", "create", "--name", &format!("till-{number}"), "--role", "staff"]);
        let reporters = (0..REPORTERS).map(reporter).collect::<Result<Vec<_>>>()?;
        let reviewer = home.command(&["key", "create", "--name", "office", "--role", "reviewer"])?;
        Ok(Self {
            process: home.serve().await?,
            kind: if postgres.is_some() { Kind::Postgres } else { Kind::Sqlite },
            reporters,
            reviewer,
            db: database::connect(home.url()).await?,
            postmaster: postgres.map(|postgres| postgres.postmaster),
            home,
        })
    }

    /// The same shop after something was done to its database while nobody served it.
    pub async fn while_stopped(self, done: impl AsyncFnOnce(&DatabaseConnection) -> Result<()>) -> Result<Self> {
        let Self { process, kind, reporters, reviewer, db, postmaster, home } = self;
        drop(process);
        done(&db).await?;
        Ok(Self { process: home.serve().await?, kind, reporters, reviewer, db, postmaster, home })
    }

    /// Sends reports; every one of them has to be acknowledged.
    pub async fn report(&self, seed: u32, connections: usize, pace: Pace, first: u64) -> Result<Taken> {
        let requests = reports::posted(self.process.address, seed, &self.reporters)?;
        load::send(self.process.address, connections, pace, first, &requests).await?.all(201)
    }

    /// Waits until everything is shown; how long that took.
    pub async fn settle(&self) -> Result<Duration> {
        let clock = Stopwatch::start();
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while database::number(&self.db, TO_SHOW).await? > 0 {
            if clock.now() > AT_MOST {
                return Err(format!("not everything is shown after {AT_MOST:?}"));
            }
            looks.tick().await;
        }
        Ok(clock.now())
    }

    /// The processor time that the server and its database have used; SQLite is part of the server.
    pub fn processor(&self) -> Result<Used> {
        let server = usage::processor(self.process.child.id())?;
        let database = self.postmaster.map_or(Ok(Duration::ZERO), usage::processor_of_all)?;
        Ok(Used { server, database })
    }
}
