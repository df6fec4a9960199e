//! What processes cost, as the kernel counts it in `/proc`.

use std::fs;
use std::time::Duration;

use crate::load::as_f64;
use crate::{Result, said};

/// The kernel's unit of time in `/proc`: on every Linux that runs Rust's standard library it is 1/100 s.
const TICK: Duration = Duration::from_millis(10);

/// Processor time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Used {
    pub server: Duration,
    pub database: Duration,
}

impl Used {
    /// What was used since, added to this.
    pub fn and_since(self, before: Self, now: Self) -> Self {
        let server = self.server + now.server.saturating_sub(before.server);
        Self { server, database: self.database + now.database.saturating_sub(before.database) }
    }

    /// Microseconds for each of so many.
    pub fn for_each_of(self, count: usize) -> f64 {
        (self.server + self.database).as_secs_f64() * 1_000_000.0 / as_f64(count)
    }

    /// The same as words, in its parts.
    pub fn parts(self, count: usize) -> String {
        let each = |time: Duration| time.as_secs_f64() * 1_000_000.0 / as_f64(count);
        let whole = self.for_each_of(count);
        if self.database.is_zero() {
            format!("{whole:.0}")
        } else {
            format!("{whole:.0} ({:.0} + {:.0})", each(self.server), each(self.database))
        }
    }
}

/// The processor time a process has used with all its threads, and that of children it has outlived.
pub fn processor(pid: u32) -> Result<Duration> {
    let fields = stat(pid)?;
    let ticks: u32 = fields.get(11..15).unwrap_or_default().iter().filter_map(|field| field.parse::<u32>().ok()).sum();
    Ok(TICK * ticks)
}

/// The processor time of what a process started and outlived.
pub fn of_children(pid: u32) -> Result<Duration> {
    let fields = stat(pid)?;
    let ticks: u32 = fields.get(13..15).unwrap_or_default().iter().filter_map(|field| field.parse::<u32>().ok()).sum();
    Ok(TICK * ticks)
}

/// The processor time of a process and of everything it started.
pub fn processor_of_all(pid: u32) -> Result<Duration> {
    let mut total = processor(pid)?;
    for child in children(pid) {
        // One that ended meanwhile is counted with its parent.
        total += processor(child).unwrap_or_default();
    }
    Ok(total)
}

/// Who started a process.
pub fn parent(pid: u32) -> Result<u32> {
    stat(pid)?.get(1).and_then(|parent| parent.parse().ok()).ok_or_else(|| format!("process {pid} has no parent"))
}

/// Memory that a process holds now and has held at most, in megabytes of a million bytes.
pub fn memory(pid: u32) -> Result<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).map_err(said)?;
    let megabytes = |name: &str| {
        let kibibytes: f64 =
            status.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.parse().ok())?;
        Some(kibibytes * 1_024.0 / 1_000_000.0)
    };
    megabytes("VmRSS:").zip(megabytes("VmHWM:")).ok_or_else(|| format!("process {pid} does not say what it holds"))
}

/// The fields after the process's name, beginning with its state.
fn stat(pid: u32) -> Result<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).map_err(|why| format!("process {pid}: {why}"))?;
    let (_, fields) = stat.rsplit_once(')').ok_or("a process without a name")?;
    Ok(fields.split_whitespace().map(ToOwned::to_owned).collect())
}

/// What a process started and what still runs.
pub fn children(pid: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().filter_map(std::result::Result::ok);
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.filter(|other| parent(*other).is_ok_and(|parent| parent == pid)).collect()
}
