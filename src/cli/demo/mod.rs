//! `shopwatch demo --script`: the main job on a running server, through its doors, without a browser.
//!
//! It starts this binary on a folder (or an empty Postgres database) of its own, reports what upset people wrote,
//! triages it as different people, and checks every state, every copy of every card and the whole record.

mod hands;
mod lines;
mod script;
mod server;

use std::process::ExitCode;

use super::Complaint;
use crate::settings::Settings;

/// Plays the script; every step is printed, the first that goes wrong ends it.
pub async fn play(settings: &Settings) -> Result<ExitCode, Complaint> {
    let server = server::Server::start(settings).await?;
    let played = Box::pin(script::play(&server)).await;
    let stopped = server.stop().await;
    let told = played.and_then(|told| stopped.map(|()| told))?;
    println!("{told}");
    println!("  next   cargo run --release   and do the same by hand");
    Ok(ExitCode::SUCCESS)
}
