//! `shopwatch`: arguments, settings, logs, then what was asked for.

use std::process::ExitCode;

fn main() -> ExitCode {
    shopwatch::cli::run()
}
