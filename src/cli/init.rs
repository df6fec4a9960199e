//! `shopwatch init`: a rules file of one's own to begin with.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use super::Complaint;
use crate::rules::Rules;

/// Where the rules of one's own shop go.
const FILE: &str = "shop.toml";

/// Writes the example as `shop.toml`; never over a file that is there, unless asked.
pub fn init(force: bool) -> Result<ExitCode, Complaint> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).create_new(!force);
    let written = options.open(FILE).and_then(|mut file| file.write_all(Rules::EXAMPLE.as_bytes()));
    match written {
        Ok(()) => println!("wrote {FILE}"),
        Err(why) if why.kind() == ErrorKind::AlreadyExists => println!("{FILE} is there already and was left as it is"),
        Err(why) => {
            return Err(format!("cannot write {FILE}\n  why  {why}\n  do   run this in a folder you may write"));
        }
    }
    println!("  Slack  shopwatch manifest slack   prints the app to create; its tokens go to .env (see .env.example)");
    println!("  Discord  shopwatch manifest discord   prints the commands and the invitation; its token goes to .env");
    println!("  next   edit {FILE}, then run: shopwatch check");
    Ok(ExitCode::SUCCESS)
}
