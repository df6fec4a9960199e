//! `shopwatch check`: every problem of the rules file, with its line, and what else could be missed later.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use super::Complaint;
use crate::rules::Rules;
use crate::settings::Settings;

/// What cannot be done as it is set up, though nothing is wrong.
pub const NO_LINKS: &str =
    "Slack cannot show photos until SHOPWATCH_PUBLIC_URL is the address at which browsers reach this server";

/// Whether photos that somebody wants to see in Slack have no address.
pub const fn lacks_links(settings: &Settings) -> bool {
    settings.slack.is_some() && settings.public_url.is_none()
}

/// Checks a rules file; without one, the built-in example.
pub fn check(file: Option<PathBuf>, settings: &Settings) -> Result<ExitCode, Complaint> {
    let (name, text) = match file.or_else(|| settings.rules.clone()) {
        Some(path) => {
            let text = fs::read_to_string(&path).map_err(|why| {
                format!(
                    "cannot read {}\n  why  {why}\n  do   name a rules file: shopwatch check shop.toml",
                    path.display()
                )
            })?;
            (path.display().to_string(), text)
        }
        None => ("the built-in example".to_owned(), Rules::EXAMPLE.to_owned()),
    };
    match Rules::parse(&text) {
        Ok(rules) => {
            println!("{name} is fine: {}, {} site(s)", rules.shop.name, rules.sites.len());
            if lacks_links(settings) {
                println!("  links    {NO_LINKS}");
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(problems) => Err(format!("{name} has {} problem(s)\n{problems}", problems.all().len())),
    }
}
