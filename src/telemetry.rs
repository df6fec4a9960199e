//! Logs and metrics: ids only, never a name, a text, a place or a secret.

use std::io::IsTerminal as _;

use crate::settings::BadSettings;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

/// What is logged when `RUST_LOG` says nothing.
const DEFAULT_FILTER: &str = "info";
/// Who may say more than warnings, however talkative the logs: libraries log what they are given, and that is what
/// people wrote.
const OURS: [&str; 3] = ["shopwatch", "domain", "migrations"];
/// Who may say nothing at all: they log what they could not read even as a warning.
const SILENT: [&str; 3] = ["serenity", "tungstenite", "tokio_tungstenite"];
/// Upper bounds of the latency histogram, in seconds.
const LATENCIES: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
/// Upper bounds of the number of writes that share a commit.
const SHARED: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

/// What is to be logged; a problem of the settings if nobody can read it.
pub fn filter(wanted: Option<&str>) -> Result<EnvFilter, BadSettings> {
    let wanted = wanted.unwrap_or(DEFAULT_FILTER);
    // Room between parts is how people write, and no part of a name.
    let parts: Vec<&str> = wanted.split(',').map(str::trim).collect();
    let read = EnvFilter::try_new(parts.join(",")).ok().filter(|_| parts.iter().copied().all(says_how_much));
    read.ok_or_else(|| {
        BadSettings(vec![
            "RUST_LOG does not say what to log\n  why  a part of it is neither LEVEL nor TARGET=LEVEL\n  do   write it like info or shopwatch=debug, with one of: error, warn, info, debug, trace, off".to_owned(),
        ])
    })
}

/// Whether a part of a filter is a level, or gives one to a target. A word alone would be a target that may say everything:
/// a level with a slip of the pen names nobody, and then nothing at all is logged.
fn says_how_much(part: &str) -> bool {
    part.is_empty() || part.contains('=') || part.contains('[') || part.parse::<LevelFilter>().is_ok()
}

/// Logs to standard error from now on: JSON, or lines for people on a terminal.
pub fn start_logs(filter: EnvFilter) {
    let discreet = discreet();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = if std::io::stderr().is_terminal() { lines.compact().boxed() } else { lines.json().boxed() };
    // A second subscriber in one process is the caller's mistake and harms nobody.
    drop(tracing_subscriber::registry().with(lines.with_filter(filter.and(discreet))).try_init());
}

/// What may be logged at most, whatever is wanted.
fn discreet() -> Targets {
    let ours = OURS.map(|target| (target, LevelFilter::TRACE));
    let silent = SILENT.map(|target| (target, LevelFilter::OFF));
    Targets::new().with_targets(ours).with_targets(silent).with_default(LevelFilter::WARN)
}

/// Counts from now on, and the handle that shows what was counted.
pub fn start_metrics() -> PrometheusHandle {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full("shopwatch_answer_seconds".to_owned()), &LATENCIES)
        .and_then(|builder| {
            builder.set_buckets_for_metric(Matcher::Full("shopwatch_writes_per_commit".to_owned()), &SHARED)
        })
        .unwrap_or_else(|_| PrometheusBuilder::new());
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    // The first one in a process counts for all of them.
    drop(metrics::set_global_recorder(recorder));
    describe();
    handle
}

fn describe() {
    metrics::describe_counter!("shopwatch_reports_total", "Reports that became incidents, by category.");
    metrics::describe_counter!("shopwatch_failures_total", "Requests that were not done, by kind.");
    metrics::describe_counter!("shopwatch_unreadable_rows_total", "Rows that could not be read and were left out.");
    metrics::describe_counter!("shopwatch_commits_total", "Transactions that the writer made.");
    metrics::describe_histogram!("shopwatch_writes_per_commit", "Writes that shared one transaction.");
    metrics::describe_histogram!(
        "shopwatch_answer_seconds",
        metrics::Unit::Seconds,
        "From a request to its answer, by route."
    );
    metrics::describe_gauge!("shopwatch_outbox_waiting", "Things that have to be shown and are not yet.");
    metrics::describe_gauge!("shopwatch_outbox_needs_operator", "Things that only a person can decide.");
    metrics::describe_gauge!(
        "shopwatch_outbox_oldest_seconds",
        metrics::Unit::Seconds,
        "How long the oldest of them has been due."
    );
}

/// The counted figures in the OpenMetrics text format: as Prometheus text, but families of counters are named without
/// `_total`, and the end is marked. <https://prometheus.io/docs/specs/om/open_metrics_spec/>
pub fn open_metrics(prometheus: &str) -> String {
    let mut counters: Vec<&str> = Vec::new();
    for line in prometheus.lines() {
        if let Some(name) = line.strip_prefix("# TYPE ").and_then(|rest| rest.strip_suffix("_total counter")) {
            counters.push(name);
        }
    }
    let mut text = String::with_capacity(prometheus.len() + 8);
    for line in prometheus.lines().filter(|line| !line.is_empty()) {
        let meta = line.strip_prefix("# ").and_then(|rest| rest.split_once(' '));
        let family = meta.and_then(|(kind, rest)| rest.split_once(' ').map(|(name, what)| (kind, name, what)));
        match family {
            Some((kind, name, what))
                if counters.iter().any(|counter| name.strip_suffix("_total") == Some(*counter)) =>
            {
                let name = name.strip_suffix("_total").unwrap_or(name);
                text.push_str(&format_args!("# {kind} {name} {what}\n").to_string());
            }
            _ => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    text.push_str("# EOF\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_that_log_what_people_wrote_say_nothing() {
        use tracing::Level;
        let discreet = discreet();
        assert!(!discreet.would_enable("serenity::gateway::ws", &Level::ERROR));
        assert!(!discreet.would_enable("tungstenite::protocol", &Level::WARN));
        assert!(discreet.would_enable("sqlx", &Level::WARN) && !discreet.would_enable("sqlx", &Level::INFO));
        assert!(discreet.would_enable("shopwatch::discord", &Level::DEBUG));
    }

    #[test]
    fn counters_are_families_without_total_and_the_end_is_marked() {
        let text = "# HELP a_total Things.\n# TYPE a_total counter\na_total 5\n\n# TYPE b gauge\nb 1\n";
        assert_eq!(open_metrics(text), "# HELP a Things.\n# TYPE a counter\na_total 5\n# TYPE b gauge\nb 1\n# EOF\n");
    }
}
