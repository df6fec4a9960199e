//! `shopwatch enter NAME`: a one-time link.

use std::process::ExitCode;

use chrono::TimeDelta;
use domain::clock::{Clock, Moment};

use super::{Complaint, open, serve};
use crate::clock::MachineClock;
use crate::settings::Settings;
use crate::store::Store;

/// How long a link can be spent.
pub const LINK_LIFE: TimeDelta = TimeDelta::minutes(15);
/// Whom the try-out's link is for: all of its people.
pub const EVERYBODY: &str = "*";

/// Prints a link for a console person of the rules.
pub async fn enter(settings: &Settings, name: &str) -> Result<ExitCode, Complaint> {
    let (rules, _) = open::rules(settings)?;
    let people = rules.console_people();
    if !people.contains(name) {
        let known: Vec<&str> = people.iter().map(String::as_str).collect();
        return Err(format!(
            "nobody is called {name} in the rules\n  why  a link is for a person with a role\n  do   name one of: {}; or add \"console:{name}\" to a role in shop.toml",
            known.join(", ")
        ));
    }
    let (store, _) = open::store(settings).await?;
    let base = serve::address(settings);
    println!("{}", link(&store, &base, name, MachineClock.now()).await?);
    Ok(ExitCode::SUCCESS)
}

/// Makes a link that can be spent once.
pub async fn link(store: &Store, base: &str, name: &str, now: Moment) -> Result<String, Complaint> {
    let token = store.keys().secret().map_err(|why| why.to_string())?;
    store
        .add_link(&token, name, now + LINK_LIFE)
        .await
        .map_err(|_why| "the database did not take the link: try again".to_owned())?;
    Ok(format!("{base}/enter/{token}"))
}
