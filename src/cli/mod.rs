//! The command line: `shopwatch` serves; the other commands work beside a running server.

pub mod audit;
pub mod check;
pub mod demo;
pub mod doctor;
pub mod enter;
mod env_file;
pub mod evidence;
pub mod health;
pub mod init;
pub mod key;
pub mod keys;
pub mod manifest;
pub mod member;
mod memory;
pub mod open;
mod openly;
mod reference;
pub mod retention;
pub mod rotate;
pub mod serve;
mod signals;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use clap_complete::Shell;
use domain::words::Role;

use crate::evidence::child;
use crate::settings::{BadSettings, Environment, Settings};
use crate::telemetry;

/// Self-hosted incident reporting and triage for shops: in the browser, in Slack and in Discord.
#[derive(Debug, Parser)]
#[command(name = "shopwatch", version, about)]
pub struct Arguments {
    #[command(flatten)]
    environment: Environment,
    /// What is logged, as in `info` or `shopwatch=debug`.
    #[arg(long, env = "RUST_LOG", value_name = "FILTER", global = true)]
    log: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the console, the API and the jobs (also without a command).
    Serve,
    /// Write shop.toml for your own shop, and say what to do next.
    Init {
        /// Replace a shop.toml that is there.
        #[arg(long)]
        force: bool,
    },
    /// Check the rules file and print every problem with its line.
    Check { file: Option<PathBuf> },
    /// Look at everything, and say how it stands and what to do next; ends with 1 if something is a problem.
    Doctor {
        /// Ask Slack, Discord and the bucket as well.
        #[arg(long)]
        online: bool,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Play the main job on a server of its own, check every step, and end with 0.
    Demo {
        /// Without a browser; the only way so far.
        #[arg(long, required = true)]
        script: bool,
    },
    /// Print a one-time link that signs somebody in.
    Enter { name: String },
    /// Make, list and revoke keys of programs; replace the master key.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Say whose accounts are one person's.
    #[command(subcommand)]
    Member(MemberCommand),
    /// Check the record.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Check the photos.
    #[command(subcommand)]
    Evidence(EvidenceCommand),
    /// What goes when its time is over.
    #[command(subcommand)]
    Retention(RetentionCommand),
    /// Print what a chat needs to know of the app, ready to be pasted.
    #[command(subcommand)]
    Manifest(ManifestCommand),
    /// Bring the database's schema up to date and end.
    Migrate,
    /// Ask a running server whether it is ready; for containers.
    Healthcheck,
    #[command(flatten)]
    Reference(ReferenceCommand),
}

#[derive(Debug, Subcommand)]
enum ReferenceCommand {
    /// Print what a shell completes these commands with, as for bash: `source <(shopwatch completions bash)`.
    Completions { shell: Shell },
    /// Print the manual's page, as for `man -l -`.
    Man {
        /// Write a page for each command into this folder instead.
        #[arg(long, value_name = "FOLDER")]
        into: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Print a new key on standard output; it is shown once.
    Create {
        /// What to call it: a-z, 0-9, - and _.
        #[arg(long)]
        name: String,
        /// staff, reviewer, publisher, escalator, liaison, admin or auditor.
        #[arg(long)]
        role: String,
        /// Only for this site.
        #[arg(long)]
        site: Option<String>,
    },
    /// Print every key's name, role and site.
    List,
    /// Take a key back.
    Revoke { name: String },
    /// Replace the master key, and wrap the key of every incident anew; stop the server before.
    Rotate {
        /// Make no new key: wrap anew what is left, and take the older master keys away.
        #[arg(long)]
        finish: bool,
    },
}

#[derive(Debug, Subcommand)]
enum MemberCommand {
    /// Write into the rules file that these accounts belong to one person.
    Link {
        /// What colleagues call them.
        #[arg(long)]
        name: String,
        /// Two accounts and more, as in `console:noor`, `slack:user:U05MARA`, `discord:user:445`.
        #[arg(required = true, num_args = 2..)]
        accounts: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
enum ManifestCommand {
    /// Slack's app manifest, for Socket Mode unless --http says where Slack can post to.
    Slack {
        /// The address of this server, as in `https://shop.example`.
        #[arg(long, value_name = "URL")]
        http: Option<String>,
        /// The language of names and descriptions: en, es, pl or ur.
        #[arg(long, value_name = "LANGUAGE")]
        locale: Option<String>,
        /// With token rotation: the bot's token ends after twelve hours and is renewed. Slack does not switch it off again.
        #[arg(long)]
        rotate: bool,
    },
    /// Discord's commands, and where to invite the bot.
    Discord,
}

#[derive(Debug, Subcommand)]
enum EvidenceCommand {
    /// Re-hash every photo, and name what is missing, changed or of no photo; ends with 1 if something is.
    Verify {
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
enum RetentionCommand {
    /// Plan what goes tomorrow, and print every plan that is not carried out yet.
    Plan,
    /// Erase what is planned and due; a running server does that by itself every hour.
    Run {
        /// Carry this plan out although it waits for a person.
        #[arg(long, value_name = "PLAN")]
        confirm: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Go through every incident's record; ends with 1 if a line was changed, is missing or out of order.
    Verify,
}

/// What a person reads when a command fails: one line of what, one of why, one of what to do.
pub type Complaint = String;

/// Runs what was asked for.
pub fn run() -> ExitCode {
    // Before anything else: that process knows no settings.
    if child::is_asked(std::env::args_os().nth(1).as_deref()) {
        return child::run();
    }
    memory::share_out();
    // Every line that can be read counts, so that what else is wrong is told with those that cannot.
    let unread = env_file::load();
    // One TLS provider for everything; a second one in a process is refused, and the first one is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let arguments = Arguments::parse();
    let rules_file = arguments.environment.rules_file();
    let settings = match (telemetry::filter(arguments.log.as_deref()), arguments.environment.check()) {
        (Ok(filter), settings) => {
            telemetry::start_logs(filter);
            settings
        }
        (Err(log), Ok(_)) => Err(log),
        (Err(log), Err(others)) => Err(BadSettings(others.0.into_iter().chain(log.0).collect())),
    };
    let settings = match (unread.as_slice(), settings) {
        ([], settings) => settings,
        (_, Ok(_)) => Err(BadSettings(unread)),
        (_, Err(others)) => Err(BadSettings(unread.into_iter().chain(others.0).collect())),
    };
    let done = match (settings, arguments.command) {
        // What is wrong with the settings is one of the things that the doctor looks for.
        (Err(bad), Some(Command::Doctor { online, json })) => {
            let asked = doctor::Asked { online, json };
            runtime().and_then(|runtime| runtime.block_on(doctor::doctor(Err(bad), rules_file, asked)))
        }
        (Err(_), Some(Command::Reference(asked))) => reference::print(asked),
        (Err(bad), _) => Err(bad.to_string()),
        (Ok(settings), command) => dispatch(command, settings),
    };
    match done {
        Ok(code) => code,
        Err(complaint) => {
            eprintln!("{complaint}");
            ExitCode::FAILURE
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Complaint> {
    tokio::runtime::Runtime::new().map_err(|why| format!("cannot start: {why}"))
}

fn dispatch(command: Option<Command>, settings: Settings) -> Result<ExitCode, Complaint> {
    runtime()?.block_on(async {
        match command {
            None | Some(Command::Serve) => serve::serve(settings).await,
            Some(Command::Init { force }) => init::init(force),
            Some(Command::Doctor { online, json }) => {
                doctor::doctor(Ok(settings), None, doctor::Asked { online, json }).await
            }
            Some(Command::Check { file }) => check::check(file, &settings),
            Some(Command::Demo { .. }) => demo::play(&settings).await,
            Some(Command::Enter { name }) => enter::enter(&settings, &name).await,
            Some(Command::Key(KeyCommand::Create { name, role, site })) => {
                let role: Role = role.parse().map_err(|_why| {
                    format!("there is no role {role}\n  do   choose one of: {}", Role::WORDS.join(", "))
                })?;
                keys::print_new(&settings, &name, role, site.as_deref()).await
            }
            Some(Command::Key(KeyCommand::List)) => keys::print_all(&settings).await,
            Some(Command::Key(KeyCommand::Revoke { name })) => keys::revoke(&settings, &name).await,
            Some(Command::Member(MemberCommand::Link { name, accounts })) => {
                member::link(settings.rules.as_deref(), &name, &accounts)
            }
            Some(Command::Key(KeyCommand::Rotate { finish })) => rotate::rotate(&settings, finish).await,
            Some(Command::Audit(AuditCommand::Verify)) => audit::verify(&settings).await,
            Some(Command::Evidence(EvidenceCommand::Verify { json })) => evidence::verify(&settings, json).await,
            Some(Command::Retention(RetentionCommand::Plan)) => retention::plan(&settings).await,
            Some(Command::Retention(RetentionCommand::Run { confirm })) => {
                retention::run(&settings, confirm.as_deref()).await
            }
            Some(Command::Manifest(ManifestCommand::Slack { http, locale, rotate })) => {
                manifest::slack(http.as_deref(), locale.as_deref(), rotate)
            }
            Some(Command::Manifest(ManifestCommand::Discord)) => crate::discord::manifest::print(&settings),
            Some(Command::Migrate) => open::store(&settings).await.map(|_| ExitCode::SUCCESS),
            Some(Command::Healthcheck) => health::check(&settings).await,
            Some(Command::Reference(asked)) => reference::print(asked),
        }
    })
}
