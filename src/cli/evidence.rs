//! `shopwatch evidence verify`: whether every photo is what was sent.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use super::{Complaint, open};
use crate::clock::{MachineClock, RandomIds};
use crate::jobs::verify::{self, Finding, Report};
use crate::operations::Desk;
use crate::settings::Settings;

/// Characters of the bar on a terminal.
const BAR: u64 = 30;
/// Elsewhere, a line after so many photos.
const LINE_EVERY: u64 = 1_000;

/// Re-hashes every photo and names what is wrong; ends with 1 if something is.
pub async fn verify(settings: &Settings, json: bool) -> Result<ExitCode, Complaint> {
    let (rules, _) = open::rules(settings)?;
    let (store, _) = open::store(settings).await?;
    let desk = Desk::new(store, Arc::new(MachineClock), Arc::new(RandomIds::default()), BTreeSet::new(), rules);
    let evidence = open::evidence(settings);
    let drawn = io::stderr().is_terminal();
    let report = Box::pin(verify::verify(&desk, &evidence, |done, all| progress(drawn, done, all))).await;
    if drawn {
        eprintln!();
    }
    let report = report.map_err(|_why| {
        "not everything was checked\n  why  the database or the vault did not answer\n  do   try again; the log names what failed".to_owned()
    })?;
    if json {
        println!("{}", serde_json::to_string_pretty(&report).map_err(|why| why.to_string())?);
    } else {
        print(&report);
    }
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A bar on a terminal, a line now and then elsewhere.
fn progress(drawn: bool, done: u64, all: u64) {
    if drawn {
        let filled = (done * BAR).checked_div(all).unwrap_or(BAR).min(BAR);
        let width = usize::try_from(filled).unwrap_or(0);
        let rest = usize::try_from(BAR - filled).unwrap_or(0);
        drop(write!(io::stderr(), "\r[{}{}] {done}/{all} photos", "#".repeat(width), ".".repeat(rest)));
    } else if done > 0 && done.is_multiple_of(LINE_EVERY) {
        eprintln!("checked {done} of {all} photos");
    }
}

fn print(report: &Report) {
    for finding in &report.findings {
        println!("{}", describe(finding));
    }
    let Report { incidents, photos, elsewhere, going, behind, findings } = report;
    if *elsewhere > 0 {
        println!("{elsewhere} photo(s) are on another server's spool: run this there as well");
    }
    if *going > 0 {
        println!("{going} erased photo(s) cannot be removed yet; their keys are gone");
    }
    if *behind > 0 {
        println!(
            "{behind} file(s) are locked for less long than their incident is kept by now: a server makes that longer within the hour"
        );
    }
    println!("{incidents} incidents, {photos} photos, {} finding(s)", findings.len());
}

fn describe(finding: &Finding) -> String {
    match finding {
        Finding::Missing { reference, photo, copy } => format!("{reference} {photo}: the {copy} is missing"),
        Finding::Changed { reference, photo, copy } => {
            format!("{reference} {photo}: the {copy} is not what was sealed")
        }
        Finding::Unreadable { reference, photo, copy } => format!("{reference} {photo}: the {copy} cannot be read"),
        Finding::OrphanInVault { name } => format!("{name}: in the vault, of no photo"),
        Finding::OrphanOnSpool { name, hours } => {
            format!("{name}: on the spool for {hours} h, of no photo; taken away after a day")
        }
        Finding::Unlocked { reference, name } => format!("{reference} {name}: nothing locks it in the bucket"),
        Finding::LockTooShort { reference, name, until, promised } => {
            let [until, promised] = [until, promised].map(|at| at.format("%Y-%m-%d %H:%M UTC"));
            format!("{reference} {name}: locked until {until}, and was until {promised}")
        }
        Finding::LockTooWeak { reference, name } => {
            format!("{reference} {name}: locked in a weaker mode than S3_LOCK asks for")
        }
        Finding::MarkedDeleted { reference, name } => {
            format!("{reference} {name}: somebody marked it as deleted; what was sealed is there, behind the mark")
        }
        Finding::UnknownVersion { reference, name, version } => {
            format!("{reference} {name}: beside what was sealed lies a version {version} that was not written here")
        }
        Finding::HoldNotInBucket { reference, name } => {
            format!(
                "{reference} {name}: its incident is held, and the bucket has no legal hold on it; a running server places it"
            )
        }
        Finding::HoldOnlyInBucket { reference, name } => {
            format!("{reference} {name}: the bucket has a legal hold on it, and its incident is not held")
        }
        Finding::LocksUnknown { reference, photo } => {
            format!("{reference} {photo}: the bucket did not say how it is locked")
        }
        Finding::HoldWithoutEffect { reference } => format!("{reference}: its hold has no effect"),
        Finding::CheckedByNobody { reference, photo } => {
            format!(
                "{reference} {photo}: its row says that somebody has checked it, and the record does not; it stays unchecked"
            )
        }
        Finding::IncidentUnreadable { id } => {
            format!("incident {id}: what is known of it cannot be read, nor can its photos")
        }
    }
}
