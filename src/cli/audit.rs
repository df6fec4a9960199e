//! `shopwatch audit verify`.

use std::process::ExitCode;

use domain::audit::Broken;

use super::{Complaint, open};
use crate::settings::Settings;
use crate::store::verify::Finding;

/// Goes through every record and names what is not as it was written.
pub async fn verify(settings: &Settings) -> Result<ExitCode, Complaint> {
    let (store, _) = open::store(settings).await?;
    let progress = |done| eprintln!("checked {done} incidents");
    let verdict = store.verify(progress).await.map_err(|_why| "the database did not answer: try again".to_owned())?;
    for finding in &verdict.findings {
        println!("{}", describe(finding));
    }
    println!("{} incidents, {} lines, {} finding(s)", verdict.incidents, verdict.lines, verdict.findings.len());
    Ok(if verdict.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn describe(finding: &Finding) -> String {
    match finding {
        Finding::Orphans { incident } => format!("{incident}: the record has lines, the incident is gone"),
        Finding::Record { reference, incident, broken } => {
            let what = match broken {
                Broken::Changed { seq } => format!("line {seq} is not as it was written"),
                Broken::Missing { seq } => format!("line {seq} is missing"),
                Broken::OutOfOrder { seq } => format!("line {seq} does not follow the line before it"),
                Broken::Extra { seq } => format!("line {seq} is more than the incident has"),
            };
            format!("{reference} ({incident}): {what}")
        }
    }
}
