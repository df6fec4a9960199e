//! What shells and manuals know of the commands, written from the commands themselves.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Arguments, Complaint, ReferenceCommand};

/// Prints what was asked for; it is the same whatever the settings are.
pub fn print(asked: ReferenceCommand) -> Result<ExitCode, Complaint> {
    match asked {
        ReferenceCommand::Completions { shell } => completions(shell),
        ReferenceCommand::Man { into } => manual(into.as_deref()),
    }
}

/// What a shell completes the commands with.
fn completions(shell: Shell) -> Result<ExitCode, Complaint> {
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    say(&script)
}

/// The manual's page, or one for each command in a folder.
fn manual(into: Option<&Path>) -> Result<ExitCode, Complaint> {
    let command = Arguments::command();
    if let Some(folder) = into {
        clap_mangen::generate_to(command, folder).map_err(|why| {
            format!(
                "the pages cannot be written into {}\n  why  {why}\n  do   name a folder that is there and yours",
                folder.display()
            )
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(|why| format!("the page cannot be written: {why}"))?;
    say(&page)
}

/// Whoever closed the other end has read enough.
fn say(text: &[u8]) -> Result<ExitCode, Complaint> {
    match io::stdout().write_all(text) {
        Err(why) if why.kind() != io::ErrorKind::BrokenPipe => Err(format!("nothing can be printed: {why}")),
        _ => Ok(ExitCode::SUCCESS),
    }
}
