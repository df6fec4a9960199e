//! `shopwatch audit verify`.

use std::process::ExitCode;

use domain::audit::Broken;

use super::{Complaint, open};
use crate::settings::Settings;
use crate::store::verify::{Finding, Verdict};

/// Goes through every record and names what is not as it was written.
pub async fn verify(settings: &Settings) -> Result<ExitCode, Complaint> {
    let (store, _) = open::store(settings).await?;
    let progress = |done| eprintln!("checked {done} incidents");
    let verdict = store.verify(progress).await.map_err(|_why| "the database did not answer: try again".to_owned())?;
    for finding in &verdict.findings {
        println!("{}", describe(finding));
    }
    let Verdict { incidents, lines, looks, findings } = verdict;
    if looks > 0 {
        println!("{looks} look(s) at photos");
    }
    println!("{incidents} incidents, {lines} lines, {} finding(s)", findings.len());
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn describe(finding: &Finding) -> String {
    match finding {
        Finding::Orphans { incident } => {
            format!("{incident}: its record or its photos are there, the incident is gone")
        }
        Finding::Record { reference, incident, broken } => {
            format!("{reference} ({incident}): {}", what(broken, "line"))
        }
        Finding::Looks { reference, photo, broken } => format!("{reference}, photo {photo}: {}", what(broken, "look")),
        Finding::Miscounted { reference, photo } => {
            format!("{reference}, photo {photo}: how many looks there were is not as this house wrote it")
        }
        Finding::NoPhoto { reference, photo } => format!("{reference}, photo {photo}: the photo is missing"),
    }
}

fn what(broken: &Broken, thing: &str) -> String {
    match broken {
        Broken::Changed { seq } => format!("{thing} {seq} is not as it was written"),
        Broken::Missing { seq } => format!("{thing} {seq} is missing"),
        Broken::OutOfOrder { seq } => format!("{thing} {seq} does not follow the {thing} before it"),
        Broken::Extra { seq } => format!("{thing} {seq} is more than were counted"),
    }
}
