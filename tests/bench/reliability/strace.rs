//! strace: watching the system calls of running processes, or making some of them fail.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::shop::{Lines, signal};
use crate::{Result, said};

/// How long it may take to attach.
const PATIENCE: Duration = Duration::from_secs(20);
/// What to do about a tracer that may not trace.
const HINT: &str = "strace cannot trace here: install it (tests/setup), and run as root (in a container \
                    with --cap-add=SYS_PTRACE) or with sysctl kernel.yama.ptrace_scope=0";

/// A tracer that is attached to processes until it is detached.
pub struct Tracer {
    child: Child,
    /// Reads what it says of threads that come and go: a full pipe would stop it, and with it all that it traces.
    _reading: JoinSet<Result<()>>,
    trace: PathBuf,
}

impl Tracer {
    /// Attaches to these processes with all their threads and children to come.
    pub async fn attach(pids: &[u32], arguments: &[&str], trace: &Path) -> Result<Self> {
        let mut command = Command::new("strace");
        command.args(["-f", "-yy", "-s", "48", "-o"]).arg(trace).args(arguments);
        for pid in pids {
            command.arg("-p").arg(pid.to_string());
        }
        let spawned = command.stdin(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true).spawn();
        let mut child = spawned.map_err(|why| format!("{HINT}: {why}"))?;
        let mut err = Lines::of(child.stderr.take().ok_or("strace has no output")?);
        for _ in pids {
            timeout(PATIENCE, err.until(" attached")).await.map_err(said)?.map_err(|_ended| HINT.to_owned())?;
        }
        let mut reading = JoinSet::new();
        reading.spawn(async move { err.run_out().await });
        Ok(Self { child, _reading: reading, trace: trace.to_owned() })
    }

    /// Complains if this process may not be traced.
    pub async fn may_attach(pid: u32) -> Result<()> {
        Self::attach(&[pid], &["-e", "trace=none"], Path::new("/dev/null")).await?.detach().await.map(drop)
    }

    /// Detaches; the processes go on. What was seen.
    pub async fn detach(mut self) -> Result<String> {
        let pid = self.child.id().ok_or("strace has ended by itself")?;
        signal("INT", &[pid]).await?;
        timeout(PATIENCE, self.child.wait()).await.map_err(said)?.map_err(said)?;
        self.seen()
    }

    /// Waits until the processes have ended, at most for so long. What was seen.
    pub async fn outlive(mut self, within: Duration) -> Result<String> {
        match timeout(within, self.child.wait()).await {
            Ok(ended) => ended.map_err(said).and_then(|_status| self.seen()),
            Err(_) => self.detach().await,
        }
    }

    fn seen(&self) -> Result<String> {
        std::fs::read(&self.trace).map(|trace| String::from_utf8_lossy(&trace).into_owned()).map_err(said)
    }
}

/// A system call as it began or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call<'t> {
    pub name: &'t str,
    /// The first argument with what it stands for, as in `9<TCP:[127.0.0.1:80->127.0.0.1:4000]>`.
    pub on: &'t str,
    /// What followed the first argument, as far as it was known then.
    pub rest: &'t str,
    pub began: bool,
    pub ended: bool,
}

/// The system calls of a trace in the order in which they began and ended.
pub fn calls(trace: &str) -> Vec<Call<'_>> {
    let mut under_way: HashMap<&str, (&str, &str)> = HashMap::new();
    let mut calls = Vec::new();
    for line in trace.lines() {
        let Some((pid, line)) = line.trim_start().split_once(' ') else { continue };
        let line = line.trim_start();
        if let Some(resumed) = line.strip_prefix("<... ") {
            let Some((name, rest)) = resumed.split_once(" resumed>") else { continue };
            if let Some((began, on)) = under_way.remove(pid).filter(|(began, _)| *began == name) {
                calls.push(Call { name: began, on, rest, began: false, ended: true });
            }
            continue;
        }
        let Some((name, arguments)) = line.split_once('(') else { continue };
        let ended = !arguments.ends_with("<unfinished ...>");
        let on = arguments.split([',', ')']).next().unwrap_or_default().trim_end_matches("<unfinished ...>").trim();
        let rest = arguments.get(on.len()..).unwrap_or_default();
        if !ended {
            under_way.insert(pid, (name, on));
        }
        calls.push(Call { name, on, rest, began: true, ended });
    }
    calls
}
