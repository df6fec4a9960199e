//! The signals of a running server: SIGTERM and SIGINT end it, SIGHUP has it read the rules again; bad rules change nothing.

use std::io::{self, Write as _};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;

use super::{Complaint, open, openly};
use crate::app::App;

/// How long until what could not be noted is noted again; the database needs no hammering.
const NOTED_AGAIN: Duration = Duration::from_secs(1);

/// Does what signals ask for, until one asks to end.
pub fn heed(app: App) -> Result<impl Future<Output = ()>, Complaint> {
    let listen = |kind| signal(kind).map_err(|why| why.to_string());
    let (mut term, mut int, mut hup) =
        (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?, listen(SignalKind::hangup())?);
    Ok(async move {
        let mut is_noted = true;
        loop {
            tokio::select! {
                _ = term.recv() => break,
                _ = int.recv() => break,
                _ = hup.recv() => if reload(&app) {
                    is_noted = note(&app).await;
                },
                _ = timeout(NOTED_AGAIN, app.stopping.cancelled()), if !is_noted => is_noted = note(&app).await,
            }
        }
        tracing::info!(target: "shopwatch::app", "ending: no new work is taken in");
        app.stopping.cancel();
    })
}

/// Whether there are new rules now.
fn reload(app: &App) -> bool {
    // The file's own text may name people: that it has problems is for the log, which ones is for `check`.
    let is_new = if let Ok((rules, _)) = open::rules(&app.settings) {
        app.change_rules(rules);
        tracing::info!(target: "shopwatch::app", "the rules were read again");
        true
    } else {
        tracing::error!(target: "shopwatch::app", "the rules have problems and the old ones stay; run: shopwatch check");
        false
    };
    app.shown.ring();
    is_new
}

/// Whether what the rules turn off is on record now.
async fn note(app: &App) -> bool {
    match openly::said(app).await {
        Ok(line) => {
            drop(line.map(|line| writeln!(io::stdout(), "{line}")));
            true
        }
        Err(failure) => {
            tracing::error!(target: "shopwatch::app", ?failure, "what the rules turn off could not be noted; it is tried again");
            false
        }
    }
}
