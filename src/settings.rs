//! Connection settings: flags, environment and `.env` in one struct; every problem reported at once.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use crate::store::connect::Location;

/// What the environment says, before it is checked.
#[derive(Debug, Clone, Args)]
pub struct Environment {
    /// Where the browser console and the API listen.
    #[arg(long, env = "SHOPWATCH_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS", global = true)]
    pub listen: String,
    /// The folder of the database, the keys and what is sealed.
    #[arg(long, env = "SHOPWATCH_DATA", default_value = "./data", value_name = "FOLDER", global = true)]
    pub data: PathBuf,
    /// The shop's rules; `./shop.toml` if it is there, else the built-in example.
    #[arg(long, env = "SHOPWATCH_RULES", value_name = "FILE", global = true)]
    pub rules: Option<PathBuf>,
    /// The address under which browsers reach this server, when it is not the one it listens on.
    #[arg(long, env = "SHOPWATCH_PUBLIC_URL", value_name = "URL", global = true)]
    pub public_url: Option<String>,
    /// `sqlite:NAME` under the data folder, or `postgres://…`.
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite:shopwatch.db",
        value_name = "URL",
        hide_env_values = true,
        global = true
    )]
    pub database_url: String,
}

/// Settings that make sense.
#[derive(Debug, Clone)]
pub struct Settings {
    pub listen: SocketAddr,
    pub data: PathBuf,
    pub rules: Option<PathBuf>,
    /// Without a slash at the end.
    pub public_url: Option<String>,
    pub database: Location,
}

/// Everything that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct BadSettings(pub Vec<String>);

/// Where the rules are when nobody says.
const RULES_FILE: &str = "shop.toml";

impl Environment {
    /// The settings, or every problem.
    pub fn check(&self) -> Result<Settings, BadSettings> {
        let mut problems = Vec::new();
        let mut keep = |problem: &str| problems.push(problem.to_owned());
        let listen = self.listen.parse().ok();
        if listen.is_none() {
            keep("SHOPWATCH_LISTEN is not an address and a port; write it like 127.0.0.1:8080");
        }
        let database = Location::parse(&self.database_url, &self.data);
        if database.is_none() {
            keep("DATABASE_URL is neither sqlite:NAME nor postgres://USER:PASSWORD@HOST/NAME");
        }
        let public_url = self.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned());
        if public_url.as_ref().is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
            keep("SHOPWATCH_PUBLIC_URL has to begin with https:// (or http:// on this computer alone)");
        }
        let found = PathBuf::from(RULES_FILE);
        let rules = self.rules.clone().or_else(|| found.is_file().then_some(found));
        match (listen, database) {
            (Some(listen), Some(database)) if problems.is_empty() => {
                Ok(Settings { listen, data: self.data.clone(), rules, public_url, database })
            }
            _ => Err(BadSettings(problems)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_problem_is_told_at_once() {
        let environment = Environment {
            listen: "everywhere".into(),
            data: "./data".into(),
            rules: None,
            public_url: Some("ftp://shop".into()),
            database_url: "mysql://x".into(),
        };
        assert_eq!(environment.check().unwrap_err().0.len(), 3);
    }

    #[test]
    fn sqlite_files_are_under_the_data_folder() {
        let data = Path::new("/srv/shop");
        assert_eq!(Location::parse("sqlite:shop.db", data), Some(Location::Sqlite("/srv/shop/shop.db".into())));
        assert_eq!(Location::parse("sqlite:///tmp/x.db", data), Some(Location::Sqlite("/tmp/x.db".into())));
        assert_eq!(Location::parse("mysql://x", data), None);
    }
}
