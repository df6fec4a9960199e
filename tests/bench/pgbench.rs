//! The limit on Postgres: pgbench inserts the same rows, everything in one statement, hence one round trip a report.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::NamedTempFile;

use crate::database::{Postgres, Rows, hex};
use crate::server::Home;
use crate::{Common, Result, said, usage};

/// How many reports apart the ids of two rounds are.
const ROUND: u32 = 1_000_000;

/// A database of its own, with the product's schema, and what is inserted there.
pub struct Limit<'a> {
    postgres: &'a Postgres,
    home: Home,
    script: NamedTempFile,
    rounds: u32,
}

impl<'a> Limit<'a> {
    /// For rows like these.
    pub fn new(common: &Common, postgres: &'a Postgres, rows: &Rows) -> Result<Self> {
        let home = Home::new(common, Some(postgres), "pgbench")?;
        home.command(&["migrate"])?;
        let mut script = NamedTempFile::new_in(&common.folder).map_err(said)?;
        script.write_all(statement(rows).as_bytes()).map_err(said)?;
        Ok(Self { postgres, home, script, rounds: 0 })
    }

    /// Reports a second, with so many clients for so long.
    pub fn measure(&mut self, clients: usize, time: Duration) -> Result<f64> {
        self.run(clients, time, &[])
    }

    /// Processor time that Postgres alone takes for each report that comes at a fixed rate, in microseconds.
    pub fn cost(&mut self, a_second: u32, clients: usize, time: Duration) -> Result<f64> {
        let postmaster = self.postgres.postmaster;
        let before = usage::processor_of_all(postmaster)?;
        let rate = self.run(clients, time, &[&format!("--rate={a_second}")])?;
        let used = usage::processor_of_all(postmaster)?.saturating_sub(before);
        Ok(used.as_secs_f64() * 1_000_000.0 / (rate * time.as_secs_f64()))
    }

    fn run(&mut self, clients: usize, time: Duration, more: &[&str]) -> Result<f64> {
        let seconds = time.as_secs().max(1).to_string();
        let before = format!("i={}", self.rounds * ROUND);
        self.rounds += 1;
        let mut pgbench = Command::new(self.postgres.cluster.program("pgbench"));
        pgbench.args(["--no-vacuum", "--protocol=prepared", "--jobs=1", "--define", &before]);
        pgbench
            .args(more)
            .args(["--client", &clients.to_string(), "--time", &seconds, "--file"])
            .arg(self.script.path());
        let output = pgbench.arg(self.home.url()).stdin(Stdio::null()).output().map_err(said)?;
        let said = String::from_utf8_lossy(&output.stdout);
        let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        let failed = said.lines().find_map(|line| {
            line.strip_prefix("number of failed transactions: ")?.split(' ').next()?.parse::<u64>().ok()
        });
        match rate {
            Some(rate) if output.status.success() && failed.unwrap_or(0) == 0 => Ok(rate),
            _ => Err(format!("pgbench: {said}{}", String::from_utf8_lossy(&output.stderr))),
        }
    }
}

/// Ids grow with time and references lie anywhere, as the product's do.
fn statement(rows: &Rows) -> String {
    let Rows { delivery, incident, entry, outbox } = rows;
    let id = "('0198c2f0-0000-7000-8000-' || :n)::uuid";
    let delivery_key = format!("'{}' || :n", padding(&delivery.key, 12));
    let outbox_key = format!("'{}' || :n", padding(&outbox.key, 12));
    let columns = [
        (
            "delivery",
            vec![
                ("key", delivery_key),
                ("at", now()),
                ("incident", id.to_owned()),
                ("fingerprint", bytes(&delivery.fingerprint)),
            ],
        ),
        (
            "incident",
            vec![
                ("id", id.to_owned()),
                ("reference", "'SW-' || :r".to_owned()),
                ("version", incident.version.to_string()),
                ("site", text(&incident.site)),
                ("category", text(&incident.category)),
                ("state", text(&incident.state)),
                ("open", incident.open.to_string()),
                ("reporter", text(&incident.reporter)),
                ("reported_at", now()),
                ("retain_until", now()),
                ("wake_at", now()),
                ("drill", incident.drill.to_string()),
                ("head", bytes(&incident.head)),
                ("data_key", bytes(&incident.data_key)),
                ("sealed", bytes(&incident.sealed)),
            ],
        ),
        (
            "entry",
            vec![
                ("incident", id.to_owned()),
                ("seq", entry.seq.to_string()),
                ("at", now()),
                ("actor", text(&entry.actor)),
                ("platform", text(&entry.platform)),
                ("word", text(&entry.word)),
                ("detail", text(&entry.detail)),
                ("content", bytes(&entry.content)),
                ("prev", bytes(&entry.prev)),
                ("hash", bytes(&entry.hash)),
                ("sealed", bytes(&entry.sealed)),
            ],
        ),
        (
            "outbox",
            vec![
                ("key", outbox_key),
                ("task", text(&outbox.task)),
                ("platform", text(&outbox.platform)),
                ("incident", id.to_owned()),
                ("state", text("ready")),
                ("due_at", now()),
                ("attempts", "0".to_owned()),
                ("wanted", outbox.wanted.to_string()),
            ],
        ),
    ];
    let inserts: Vec<String> = columns.into_iter().map(|(table, columns)| insert(table, &columns)).collect();
    let unique = [
        "ON CONFLICT (key) DO NOTHING RETURNING key",
        "ON CONFLICT (reference) DO NOTHING RETURNING id",
        "",
        "ON CONFLICT (key) DO NOTHING",
    ];
    let parts: Vec<String> = inserts.iter().zip(unique).map(|(insert, unique)| format!("{insert} {unique}")).collect();
    let (last, first) = parts.split_last().map_or((String::new(), &[][..]), |(last, first)| (last.clone(), first));
    let with: Vec<String> = first.iter().enumerate().map(|(at, part)| format!("t{at} AS ({part})")).collect();
    format!(
        "\\set i :i + 1\n\\set n 100000000000 + :i * 64 + :client_id\n\\set r (:i * 64 + :client_id) * 2654435761 % 1099511627776\nWITH {} {last};\n",
        with.join(", ")
    )
}

fn insert(table: &str, columns: &[(&str, String)]) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let values: Vec<&str> = columns.iter().map(|(_, value)| value.as_str()).collect();
    format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "))
}

fn now() -> String {
    "now()".to_owned()
}

fn bytes(bytes: &[u8]) -> String {
    format!("'\\x{}'::bytea", hex(bytes))
}

/// A text; pgbench takes a colon and a word for a variable of its own, even in quotes.
fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace(':', "' || chr(58) || '"))
}

/// As many letters as the key has before its last few.
fn padding(key: &str, rest: usize) -> String {
    "k".repeat(key.len().saturating_sub(rest))
}
