//! Settings: every problem at once, and `.env.example` is what the program knows.

use clap::CommandFactory;
use shopwatch::cli::Arguments;

use crate::world::program::Home;

#[test]
fn every_problem_of_the_settings_is_told_at_once_and_no_password_with_it() {
    let home = Home::new();
    let mut command = home.command(&[]);
    command.env("SHOPWATCH_LISTEN", "everywhere").env("SHOPWATCH_PUBLIC_URL", "ftp://shop");
    command.env("DATABASE_URL", "mysql://shop:s3cret@db/shop").env("RUST_LOG", "shopwatch=loud");
    let refused = command.assert().failure();
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    for name in ["SHOPWATCH_LISTEN", "SHOPWATCH_PUBLIC_URL", "DATABASE_URL", "RUST_LOG"] {
        assert!(said.contains(name), "{name} in {said}");
    }
    assert!(!said.contains("s3cret"), "{said}");
}

#[test]
fn a_log_filter_that_nobody_can_read_is_a_problem_of_the_settings() {
    let home = Home::new();
    for filter in ["shopwatch=loud", "info,=", "a=b=c", "debgu", "shopwatch", "sqlx=off,inof"] {
        let refused = home.command(&["check"]).env("RUST_LOG", filter).assert().failure();
        let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
        let lines: Vec<&str> = said.lines().collect();
        assert!(
            matches!(lines[..], [what, why, to_do] if what.contains("RUST_LOG") && why.starts_with("  why  ") && to_do.starts_with("  do   ")),
            "{filter}: {said}"
        );
    }
    for filter in ["", "info", "WARN", "off", "shopwatch=debug,sqlx=off", "info, shopwatch=trace"] {
        home.command(&["check"]).env("RUST_LOG", filter).assert().success();
    }
}

#[test]
fn settings_come_from_a_file_called_env_too() {
    let home = Home::new();
    home.write(".env", "SHOPWATCH_DATA=./elsewhere\nSHOPWATCH_RULES=./mine.toml\n");
    home.write("mine.toml", shopwatch::rules::Rules::EXAMPLE);
    assert_eq!(home.output(&["check"]), "./mine.toml is fine: Corner Store, 1 site(s)\n");
    home.command(&["migrate"]).assert().success();
    assert!(home.file("elsewhere/shopwatch.db").is_file());
    home.command(&["--data", "flags-win", "migrate"]).assert().success();
    assert!(home.file("flags-win/shopwatch.db").is_file());
}

#[test]
fn the_example_of_an_env_file_names_every_setting_with_its_default() {
    let mut expected = String::from(
        "# Settings of Shopwatch. Copy to .env and uncomment what you change; `shopwatch --help` has the same as flags.\n",
    );
    for argument in Arguments::command().get_arguments() {
        let Some(name) = argument.get_env() else { continue };
        let about = argument.get_help().unwrap().to_string();
        let default = argument.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
        expected.push_str(&format!("\n# {about}.\n# {}={}\n", name.to_string_lossy(), default.unwrap_or_default()));
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/.env.example");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(written, expected, ".env.example should hold:\n{expected}");
}
