//! `shopwatch check`: every problem of the rules file, with its line.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use super::Complaint;
use crate::rules::Rules;

/// Checks a rules file; without one, the built-in example.
pub fn check(file: Option<PathBuf>) -> Result<ExitCode, Complaint> {
    let (name, text) = match file {
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
            Ok(ExitCode::SUCCESS)
        }
        Err(problems) => Err(format!("{name} has {} problem(s)\n{problems}", problems.all().len())),
    }
}
