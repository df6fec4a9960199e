//! `shopwatch key create|list|revoke`, on the database of these settings.

use std::process::ExitCode;

use domain::clock::Clock;
use domain::words::Role;

use super::{Complaint, key, open};
use crate::clock::MachineClock;
use crate::settings::Settings;

/// Prints a new key alone on standard output.
pub async fn print_new(settings: &Settings, name: &str, role: Role, site: Option<&str>) -> Result<ExitCode, Complaint> {
    let (rules, _) = open::rules(settings)?;
    let (store, _) = open::store(settings).await?;
    println!("{}", key::create(&store, MachineClock.now(), &rules, name, role, site).await?);
    Ok(ExitCode::SUCCESS)
}

/// Prints every key that was made, never its secret.
pub async fn print_all(settings: &Settings) -> Result<ExitCode, Complaint> {
    let (store, _) = open::store(settings).await?;
    print!("{}", key::list(&store).await?);
    Ok(ExitCode::SUCCESS)
}

/// Takes a key back.
pub async fn revoke(settings: &Settings, name: &str) -> Result<ExitCode, Complaint> {
    let (store, _) = open::store(settings).await?;
    key::revoke(&store, MachineClock.now(), name).await?;
    println!("{name} is revoked");
    Ok(ExitCode::SUCCESS)
}
