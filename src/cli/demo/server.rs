//! The server that the script is played on: this binary, with the example rules, in a folder of its own.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use domain::clock::Clock;
use domain::id::Ids;
use domain::words::Role;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::cli::{Complaint, enter, key, open};
use crate::clock::{MachineClock, RandomIds};
use crate::rules::Rules;
use crate::settings::{EvidencePlace, Settings};
use crate::store::Store;
use crate::store::connect::Location;

/// How long the server may take to say where it listens, and to end.
const DEADLINE: Duration = Duration::from_secs(15);

/// A server of our own, and a look into its database from outside.
pub struct Server {
    child: Child,
    folder: PathBuf,
    pub address: String,
    pub store: Store,
}

impl Server {
    /// Starts it. A Postgres database has to be empty: the script writes invented reports.
    pub async fn start(settings: &Settings) -> Result<Self, Complaint> {
        let folder = std::env::temp_dir().join(format!("shopwatch-demo-{}", RandomIds::default().uuid().simple()));
        fs::DirBuilder::new().mode(0o700).create(&folder).map_err(|why| why.to_string())?;
        let rules = folder.join("shop.toml");
        fs::write(&rules, Rules::EXAMPLE).map_err(|why| why.to_string())?;
        let own = Settings {
            data: folder.clone(),
            rules: Some(rules),
            database: database(settings, &folder),
            evidence: EvidencePlace::Folder(folder.join("evidence")),
            // Invented reports go to nobody's real channels.
            slack: None,
            discord: None,
            ..settings.clone()
        };
        let (store, _) = open::store(&own).await?;
        if store.count_incidents().await.map_err(|_why| "the database does not answer".to_owned())? > 0 {
            return Err("this database holds incidents already\n  why  the demo writes invented ones\n  do   give it an empty database".to_owned());
        }
        let mut child = spawn(&own)?;
        let address = address_of(&mut child).await?;
        Ok(Self { child, folder, address, store })
    }

    /// A key for a program.
    pub async fn key(&self, name: &str, role: Role) -> Result<String, Complaint> {
        key::create(&self.store, MachineClock.now(), &Rules::example(), name, role, None).await
    }

    /// A one-time link for a console person.
    pub async fn link(&self, name: &str) -> Result<String, Complaint> {
        enter::link(&self.store, &self.address, name, MachineClock.now()).await
    }

    /// Asks it to end, as a supervisor would, and sees that it does; then its folder goes.
    pub async fn stop(mut self) -> Result<(), Complaint> {
        let pid = self.child.id().map(|pid| pid.to_string()).unwrap_or_default();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().await.map_err(|why| why.to_string())?;
        let ended = timeout(DEADLINE, self.child.wait())
            .await
            .map_err(|_why| "the server did not end when it was asked to".to_owned())?;
        let well = asked.success() && ended.is_ok_and(|status| status.success());
        fs::remove_dir_all(&self.folder).map_err(|why| why.to_string())?;
        if well { Ok(()) } else { Err("the server did not end well".to_owned()) }
    }
}

fn database(settings: &Settings, folder: &std::path::Path) -> Location {
    match &settings.database {
        Location::Sqlite(_) => Location::Sqlite(folder.join("shopwatch.db")),
        Location::Postgres(url) => Location::Postgres(url.clone()),
    }
}

fn spawn(own: &Settings) -> Result<Child, Complaint> {
    let url = match &own.database {
        Location::Sqlite(path) => format!("sqlite:{}", path.display()),
        Location::Postgres(url) => url.clone(),
    };
    let this = std::env::current_exe().map_err(|why| why.to_string())?;
    Command::new(this)
        .arg("serve")
        .current_dir(&own.data)
        .env("SHOPWATCH_DATA", &own.data)
        .env("SHOPWATCH_RULES", own.rules.as_ref().map(|path| path.as_os_str().to_owned()).unwrap_or_default())
        .env("SHOPWATCH_LISTEN", "127.0.0.1:0")
        .env_remove("SHOPWATCH_PUBLIC_URL")
        .env("DATABASE_URL", url)
        .env("RUST_LOG", "warn")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|why| format!("cannot start the server: {why}"))
}

/// Waits for the line that says where it listens.
async fn address_of(child: &mut Child) -> Result<String, Complaint> {
    let silent = || "the server did not say where it listens".to_owned();
    let mut lines = BufReader::new(child.stdout.take().ok_or_else(silent)?).lines();
    let found = timeout(DEADLINE, async {
        let mut found = None;
        // To its last line, so that nothing it says meets a closed door.
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some(address) =
                line.trim().strip_prefix("open").map(str::trim).filter(|rest| rest.starts_with("http"))
            {
                found = Some(address.to_owned());
            }
            if line.trim().starts_with("next") {
                break;
            }
        }
        found
    });
    found.await.ok().flatten().ok_or_else(silent)
}
