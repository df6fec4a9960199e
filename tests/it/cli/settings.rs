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
fn the_address_that_browsers_use_is_encrypted_beyond_this_computer() {
    let home = Home::new();
    for wrong in
        ["http://shop.example", "http://192.168.1.7:8080", "http://127.0.0.1.example", "https://", "shop.example"]
    {
        let refused = home.command(&["check"]).env("SHOPWATCH_PUBLIC_URL", wrong).assert().failure();
        let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
        assert!(said.contains("SHOPWATCH_PUBLIC_URL has to begin with https://"), "{wrong}: {said}");
    }
    for right in
        ["https://shop.example", "https://shop.example/", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:9"]
    {
        home.command(&["check"]).env("SHOPWATCH_PUBLIC_URL", right).assert().success();
    }
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
fn a_line_of_the_env_file_that_nobody_can_read_stops_everything_and_is_told_by_its_number() {
    let home = Home::new();
    home.write(
        ".env",
        "\u{FEFF}# the shop\nSHOPWATCH_PUBLIC_URL=ftp://shop\nDISCORD_TOKEN=Bot abc.s3cret\n\nQmFzZTY0=s3cret s3cret\nDATABASE_URL='sqlite:mine.db\nSHOPWATCH_DATA=./elsewhere\n",
    );
    let refused = home.command(&["migrate"]).assert().failure();
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    for told in [
        "line 3 (DISCORD_TOKEN)",
        "line 5 cannot",
        "line 6 (DATABASE_URL)",
        "SHOPWATCH_PUBLIC_URL has",
        "DISCORD_TOKEN='VALUE'",
    ] {
        assert!(said.contains(told), "{told} in {said}");
    }
    assert!(!said.contains("s3cret") && !said.contains("QmFz") && !said.contains("line 2"), "{said}");
    let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, [".env"], "nothing was started anywhere");
}

#[test]
fn an_env_file_that_cannot_be_read_at_all_stops_everything() {
    let home = Home::new();
    std::fs::write(home.file(".env"), b"SHOPWATCH_DATA=\xff\xfe\n").unwrap();
    let refused = home.command(&["migrate"]).assert().failure();
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(said.contains(".env cannot be read") && said.contains("UTF-8"), "{said}");
}

#[test]
fn a_dollar_in_the_env_file_stands_for_a_variable_except_in_single_quotes() {
    let home = Home::new();
    home.write(".env", "SHOPWATCH_DATA='./pa$word'\n");
    home.command(&["migrate"]).assert().success();
    assert!(home.file("pa$word/shopwatch.db").is_file());
    home.write(".env", "PLACE=here\nSHOPWATCH_DATA=./over-$PLACE\n");
    home.command(&["migrate"]).assert().success();
    assert!(home.file("over-here/shopwatch.db").is_file(), "as in a shell");
}

#[test]
fn the_example_of_an_env_file_names_every_setting_with_its_default() {
    let mut expected = String::from(
        "# Settings of Shopwatch. Copy to .env and uncomment what you change; `shopwatch --help` has the same as flags.\n# A value with spaces or with $ stands in single quotes, NAME='pa$s word': outside them $NAME is another variable's value.\n",
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
