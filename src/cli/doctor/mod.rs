//! `shopwatch doctor`: how everything stands, for the one person who looks after it. It serves nothing, and changes nothing
//! beyond a file that it writes to see whether it can and takes away again; it works beside a server that runs. Without
//! `--online` it speaks to nobody but the database. Nothing that people wrote is read, and no secret is printed.

mod database;
mod discord;
mod disk;
mod evidence;
mod line;
mod rules;
mod slack;

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::ExitCode;

use domain::clock::Clock as _;

use super::{Complaint, check, env_file};
use crate::clock::MachineClock;
use crate::settings::{BadSettings, Settings};
use line::{Findings, Line};

/// What was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Whether Slack, Discord and the bucket may be asked.
    pub online: bool,
    pub json: bool,
}

/// Looks at everything and says how it stands; ends with 1 if something is a problem. Settings that cannot be read are a
/// finding as well, and then there is little else to look at.
pub async fn doctor(
    settings: Result<Settings, BadSettings>,
    rules_file: Option<PathBuf>,
    asked: Asked,
) -> Result<ExitCode, Complaint> {
    let mut lines: Vec<Line> = env_rights().into_iter().collect();
    let otherwise = match &settings {
        Ok(settings) => {
            lines.push(Line::ok("settings.environment", "the settings can be read"));
            lines.extend(Box::pin(everything(settings, asked.online)).await);
            let chats = settings.slack.is_some() || settings.discord.is_some();
            if chats && !asked.online {
                "shopwatch doctor --online   asks Slack and Discord as well"
            } else {
                "shopwatch"
            }
        }
        Err(bad) => {
            lines.extend(bad.0.iter().map(|problem| of_setting(problem)));
            lines.extend(rules::read(rules_file.as_deref()).1);
            "shopwatch doctor   looks at the rest, once the settings can be read"
        }
    };
    let findings = Findings::of(lines, asked.online, otherwise);
    let printed = if asked.json {
        serde_json::to_string_pretty(&findings).map_err(|why| why.to_string())?
    } else {
        findings.to_string()
    };
    drop(writeln!(std::io::stdout(), "{printed}"));
    Ok(if findings.problems == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is wrong with a setting; most of them say themselves what to write.
fn of_setting(problem: &str) -> Line {
    let line = Line::told("settings.environment", problem);
    if line.to_do.is_some() { line } else { line.so("put it right in .env, or wherever the environment is set") }
}

async fn everything(settings: &Settings, online: bool) -> Vec<Line> {
    let now = MachineClock.now();
    let (rules, mut lines) = rules::read(settings.rules.as_deref());
    if let Some(rules) = &rules {
        lines.extend(rules::lines(rules, settings));
    }
    lines.extend(disk::lines(settings));
    let kept = Box::pin(database::look(settings, now)).await;
    lines.extend(kept.lines);
    lines.extend(Box::pin(evidence::lines(settings, online)).await);
    lines.push(address(settings));
    for (chat, connected) in [("Slack", settings.slack.is_some()), ("Discord", settings.discord.is_some())] {
        if connected && !online {
            let id = if chat == "Slack" { "slack.asked" } else { "discord.asked" };
            lines.push(Line::note(id, format!("{chat} was not asked")).so("shopwatch doctor --online"));
        }
    }
    if let (true, Some(slack), Some(rules)) = (online, &settings.slack, &rules) {
        let serves = kept.serves_elsewhere || serves_here(settings).await;
        lines.extend(Box::pin(slack::lines(slack, rules, kept.store.as_ref(), serves)).await);
    }
    if let (true, Some(discord), Some(rules)) = (online, &settings.discord, &rules) {
        lines.extend(Box::pin(discord::lines(discord, rules, now)).await);
    }
    lines
}

/// Whether a server of these settings answers on this machine.
async fn serves_here(settings: &Settings) -> bool {
    super::health::answers(settings).await
}

/// The file `.env` holds tokens.
fn env_rights() -> Option<Line> {
    let path = env_file::found()?;
    let mode = std::fs::metadata(&path).ok()?.permissions().mode();
    (mode & disk::OTHERS != 0).then(|| {
        Line::note("settings.env_rights", format!("other accounts of this computer may read {}", path.display()))
            .because("tokens and passwords stand there")
            .so(format!("chmod 600 {}", path.display()))
    })
}

/// Where browsers reach it.
fn address(settings: &Settings) -> Line {
    const ID: &str = "address.public";
    if let Some(url) = &settings.public_url {
        return Line::ok(ID, format!("browsers reach it at {url}"));
    }
    let signed = settings.slack.as_ref().is_some_and(|slack| slack.signing_secret.is_some())
        || settings.discord.as_ref().is_some_and(|discord| discord.public_key.is_some());
    let to_do = "set SHOPWATCH_PUBLIC_URL to the address at which browsers reach this server";
    match (check::lacks_links(settings), signed) {
        (true, _) => Line::note(ID, check::NO_LINKS).so(to_do),
        (false, true) => Line::note(ID, "no public address is known, though a chat posts to this server").so(to_do),
        (false, false) => Line::ok(ID, format!("it listens on {}", settings.listen)),
    }
}
