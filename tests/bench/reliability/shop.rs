//! A shop that is made to suffer: its folder, its database, and servers that are stopped, killed and traced.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::time::{interval, timeout};

use super::Run;
use super::oracle::Oracle;
use crate::database::Kind;
use crate::{Result, said};

/// How long a server may take to say that it listens, or to end, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);
/// What nobody claims lies on the spool for a day.
const A_DAY: Duration = Duration::from_hours(25);
/// The jobs of this day are done anew.
const ANOTHER_DAY: &str = "DELETE FROM job_run";
/// How long they may take, and how often that is looked for.
const SWEPT_WITHIN: Duration = Duration::from_mins(5);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// The rules of the shop; tests append roles of programs.
pub const RULES: &str = include_str!("../../../shop.example.toml");

/// A shop's folder and database.
#[derive(Clone)]
pub struct Shop {
    pub kind: Kind,
    pub url: String,
    pub data: PathBuf,
    pub rules: PathBuf,
    binary: PathBuf,
    folder: Arc<TempDir>,
    /// What servers log, as in `RUST_LOG`.
    pub log_filter: &'static str,
    /// What else servers find in their environment.
    pub environment: Vec<(String, String)>,
}

impl Shop {
    /// A new shop with an empty database.
    pub async fn new(run: &Run<'_>, kind: Kind) -> Result<Self> {
        let folder =
            tempfile::Builder::new().prefix("shopwatch-trial-").tempdir_in(&run.common.folder).map_err(said)?;
        let data = folder.path().join("data");
        let url = match (kind, run.postgres) {
            (Kind::Postgres, Some(postgres)) => postgres.cluster.create_database(&database_name(), None),
            (Kind::Postgres, None) => return Err("there is no Postgres".to_owned()),
            (Kind::Sqlite, _) => format!("sqlite://{}", data.join("shopwatch.db").display()),
        };
        let rules = folder.path().join("shop.toml");
        fs::write(&rules, RULES).map_err(said)?;
        let (binary, folder) = (run.common.binary()?, Arc::new(folder));
        let shop = Self { kind, url, data, rules, binary, folder, log_filter: "info", environment: Vec::new() };
        shop.command(&["migrate"]).await?;
        Ok(shop)
    }

    /// Another server's folder for the same shop: the same database, rules and master key.
    pub fn replica(&self, name: &str) -> Result<Self> {
        let data = self.folder.path().join(name);
        let keys = data.join("keys");
        fs::create_dir_all(&keys).map_err(said)?;
        fs::copy(self.data.join("keys/master.key"), keys.join("master.key")).map_err(said)?;
        Ok(Self { data, ..self.clone() })
    }

    /// A key for a program.
    pub async fn key(&self, name: &str, role: &str) -> Result<String> {
        self.command(&["key", "create", "--name", name, "--role", role]).await
    }

    /// Runs a command of the program to its end; what it printed.
    pub async fn command(&self, arguments: &[&str]) -> Result<String> {
        let output = self.binary().args(arguments).output().await.map_err(said)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        Err(format!("shopwatch {}: {}\n{out}{err}", arguments.join(" "), output.status))
    }

    /// The record of every incident, checked by the program itself.
    pub async fn verify(&self) -> Result<()> {
        self.command(&["audit", "verify"]).await.map(drop)
    }

    /// Lets a day pass for what lies on the spool and for the jobs of a server that is not started yet.
    pub async fn let_a_day_pass(&self, oracle: &Oracle) -> Result<()> {
        #[expect(clippy::disallowed_methods, reason = "the times of files are those of the machine")]
        let yesterday = SystemTime::now() - A_DAY;
        for file in fs::read_dir(self.spool()).map_err(said)?.filter_map(std::result::Result::ok) {
            File::options()
                .append(true)
                .open(file.path())
                .and_then(|file| file.set_modified(yesterday))
                .map_err(said)?;
        }
        oracle.run(ANOTHER_DAY).await
    }

    /// Waits until a server has taken away what lay there for nobody.
    pub async fn until_the_spool_is_empty(&self) -> Result<()> {
        let mut looks = interval(LOOK_EVERY);
        let empty = async {
            while fs::read_dir(self.spool()).map_err(said)?.count() > 0 {
                looks.tick().await;
            }
            Ok(())
        };
        timeout(SWEPT_WITHIN, empty).await.unwrap_or_else(|_late| Err("the spool is not empty".to_owned()))
    }

    fn spool(&self) -> PathBuf {
        self.data.join("spool")
    }

    /// A connection of ours to its database.
    pub async fn oracle(&self) -> Result<Oracle> {
        Oracle::open(&self.url).await
    }

    /// Starts a server; its log goes into a file.
    pub async fn serve(&self) -> Result<Server> {
        let log = File::options().create(true).append(true).open(self.log()).map_err(said)?;
        let child = self.binary().stdout(Stdio::piped()).stderr(log).spawn().map_err(said)?;
        self.greeted(child).await
    }

    /// Starts a server whose log is read while it runs.
    pub async fn serve_aloud(&self) -> Result<Server> {
        let child = self.binary().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(said)?;
        self.greeted(child).await
    }

    /// Starts a server and kills it after this long, however far it has come.
    pub async fn die_starting(&self, after: Duration) -> Result<()> {
        let mut child = self.binary().stdout(Stdio::null()).stderr(Stdio::null()).spawn().map_err(said)?;
        if timeout(after, child.wait()).await.is_ok() {
            return Err("a server ended by itself while it was starting".to_owned());
        }
        child.kill().await.map_err(said)
    }

    /// What servers logged last.
    pub fn last_words(&self) -> String {
        last_lines(&fs::read_to_string(self.log()).unwrap_or_default())
    }

    /// Where servers log.
    pub fn log(&self) -> PathBuf {
        self.data.with_extension("log")
    }

    /// The folder of everything that the shop has on this machine.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn binary(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command.current_dir(self.folder.path()).kill_on_drop(true).stdin(Stdio::null());
        command.env("SHOPWATCH_DATA", &self.data).env("SHOPWATCH_RULES", &self.rules).env("DATABASE_URL", &self.url);
        command.env("SHOPWATCH_LISTEN", "127.0.0.1:0").env("RUST_LOG", self.log_filter);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    async fn greeted(&self, mut child: Child) -> Result<Server> {
        let out = child.stdout.take().ok_or("started without an output")?;
        let err = child.stderr.take().map(Lines::of);
        let pid = child.id().ok_or("it ended at once")?;
        let mut out = Lines::of(out);
        if timeout(PATIENCE, out.until("  next")).await.map_err(said)?.is_err() {
            return Err(format!("the server ended before it was ready:\n{}", self.last_words()));
        }
        let address = fs::read_to_string(self.data.join("serving.address")).map_err(said)?;
        Ok(Server { child, pid, address: address.parse().map_err(said)?, out, err })
    }
}

/// Databases of one cluster have names of their own.
fn database_name() -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    format!("trial_{}", MADE.fetch_add(1, Ordering::Relaxed))
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n")
}

/// A running server; it is killed when this is dropped.
pub struct Server {
    child: Child,
    pub pid: u32,
    pub address: SocketAddr,
    out: Lines<ChildStdout>,
    err: Option<Lines<ChildStderr>>,
}

impl Server {
    /// SIGKILL, and waits until it is gone.
    pub async fn kill(&mut self) -> Result<()> {
        self.child.start_kill().map_err(said)?;
        self.gone().await.map(drop)
    }

    /// SIGTERM, and waits until it has ended in order.
    pub async fn stop(&mut self) -> Result<ExitStatus> {
        signal("TERM", &[self.pid]).await?;
        self.gone().await
    }

    /// Waits until the process is gone.
    pub async fn gone(&mut self) -> Result<ExitStatus> {
        timeout(PATIENCE, self.child.wait()).await.map_err(said)?.map_err(said)
    }

    /// Everything that it printed, once it is gone.
    pub async fn printed(&mut self) -> Result<&[u8]> {
        self.out.run_out().await?;
        Ok(&self.out.all)
    }

    /// Waits for a line of its log; only of a server that was started aloud.
    pub async fn says(&mut self, words: &str) -> Result<()> {
        let err = self.err.as_mut().ok_or("this server logs into a file")?;
        timeout(PATIENCE, err.until(words)).await.map_err(said)?
    }
}

/// Sends a signal to processes.
pub async fn signal(name: &str, pids: &[u32]) -> Result<()> {
    let pids: Vec<String> = pids.iter().map(ToString::to_string).collect();
    let status = Command::new("kill").arg(format!("-{name}")).args(&pids).status().await.map_err(said)?;
    if status.success() { Ok(()) } else { Err(format!("kill -{name} {}: {status}", pids.join(" "))) }
}

/// What a process prints, line by line.
pub struct Lines<R> {
    from: R,
    /// What was read and not yet looked at, and all that was read.
    read: Vec<u8>,
    all: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    /// The lines of a pipe.
    pub fn of(from: R) -> Self {
        Self { from, read: Vec::new(), all: Vec::new() }
    }

    /// Reads until a line contains these words; an error if it ends before.
    pub async fn until(&mut self, words: &str) -> Result<()> {
        loop {
            while let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                if String::from_utf8_lossy(&line).contains(words) {
                    return Ok(());
                }
            }
            if self.more().await? == 0 {
                return Err(format!("it ended before it said: {words}"));
            }
        }
    }

    /// Reads all that is still to come.
    pub async fn run_out(&mut self) -> Result<()> {
        while self.more().await? > 0 {}
        Ok(())
    }

    async fn more(&mut self) -> Result<usize> {
        let mut part = [0; 4_096];
        let mut buffer = ReadBuf::new(&mut part);
        std::future::poll_fn(|context| std::pin::Pin::new(&mut self.from).poll_read(context, &mut buffer))
            .await
            .map_err(said)?;
        self.read.extend_from_slice(buffer.filled());
        self.all.extend_from_slice(buffer.filled());
        Ok(buffer.filled().len())
    }
}
