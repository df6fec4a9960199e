//! `shopwatch healthcheck`: for containers and supervisors.

use std::process::ExitCode;
use std::time::Duration;

use super::{Complaint, serve};
use crate::settings::Settings;

/// How long the answer may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// Whether a server of these settings answers on this machine, ready or not.
pub async fn answers(settings: &Settings) -> bool {
    let client = reqwest::Client::builder().timeout(DEADLINE).no_proxy().build();
    let Ok(client) = client else { return false };
    let answer = client.get(format!("{}/health/live", serve::local_address(settings))).send().await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

/// Ends with 0 if the server of these settings is ready.
pub async fn check(settings: &Settings) -> Result<ExitCode, Complaint> {
    let url = format!("{}/health/ready", serve::local_address(settings));
    let client = reqwest::Client::builder().timeout(DEADLINE).no_proxy().build().map_err(|why| why.to_string())?;
    let answer = client
        .get(&url)
        .send()
        .await
        .map_err(|_why| format!("no server answers at {url}\n  do   start it: shopwatch"))?;
    if answer.status().is_success() {
        println!("ready");
        Ok(ExitCode::SUCCESS)
    } else {
        Err(format!("not ready: {}", answer.text().await.unwrap_or_default()))
    }
}
