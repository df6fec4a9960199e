//! The small commands: each answer is one thing, and each refusal says what, why and what to do.

use reqwest::StatusCode;

use crate::world::program::Home;

fn refusal(home: &Home, arguments: &[&str]) -> String {
    let refused = home.command(arguments).assert().failure();
    let output = refused.get_output();
    assert!(output.stdout.is_empty(), "nothing that a script would take for an answer");
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn nobody_of_that_name_is_told_who_there_is() {
    let home = Home::new();
    let said = refusal(&home, &["enter", "zoe"]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "nobody is called zoe in the rules");
    assert!(lines[1].starts_with("  why  ") && lines[2].starts_with("  do   ") && lines[2].contains("amal"), "{said}");
}

#[test]
fn shells_and_manuals_are_told_of_every_command_whatever_the_settings_are() {
    let home = Home::new();
    home.write(".env", "SHOPWATCH_LISTEN=nowhere\n");
    let help = home.output(&["help"]);
    let (_, commands) = help.split_once("Commands:").unwrap();
    let (commands, _) = commands.split_once("Options:").unwrap();
    let commands: Vec<&str> = commands.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(commands.contains(&"completions") && commands.contains(&"man"), "{commands:?}");
    let page = home.output(&["man"]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = home.output(&["completions", shell]);
        assert!(commands.iter().all(|command| script.contains(command)), "{shell}");
    }
    let folder = home.file("pages");
    let into = ["man", "--into", folder.to_str().unwrap()];
    assert!(refusal(&home, &into).contains("  do   "), "it is not there");
    std::fs::create_dir(&folder).unwrap();
    home.command(&into).assert().success();
    for command in commands {
        assert!(page.contains(&format!("shopwatch\\-{command}(1)")), "{command} in {page}");
        // What tells of the commands is on the page of all.
        assert!(command == "help" || folder.join(format!("shopwatch-{command}.1")).is_file(), "{command}");
    }
}

#[tokio::test]
async fn a_link_from_the_command_line_signs_in_at_a_server_that_runs() {
    let home = Home::new();
    let server = home.serve(&[]);
    let link = home.output(&["enter", "noor"]);
    assert!(link.starts_with(&server.url("/enter/")) && link.ends_with('\n') && link.lines().count() == 1, "{link}");
    let client = crate::world::http().cookie_store(true).build().unwrap();
    let page = client.post(link.trim()).header("sec-fetch-site", "same-origin").send().await.unwrap();
    assert_eq!((page.status(), page.url().path()), (StatusCode::OK, "/"));
}

#[tokio::test]
async fn a_key_is_printed_alone_works_and_can_be_taken_back() {
    let home = Home::new();
    let printed = home.output(&["key", "create", "--name", "till", "--role", "staff", "--site", "kings-cross"]);
    let key = printed.strip_suffix('\n').unwrap();
    assert!(
        key.starts_with("sw_") && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'),
        "{printed}"
    );
    for refused in [
        ["key", "create", "--name", "till", "--role", "staff"],
        ["key", "create", "--name", "Till 1", "--role", "staff"],
        ["key", "create", "--name", "other", "--role", "boss"],
    ] {
        assert!(refusal(&home, &refused).contains("  do   "), "{refused:?}");
    }
    assert!(
        refusal(&home, &["key", "create", "--name", "o", "--role", "staff", "--site", "atlantis"])
            .contains("kings-cross")
    );
    let list = home.output(&["key", "list"]);
    assert!(list.contains("till") && !list.contains(key), "{list}");

    home.command(&["key", "revoke", "till"]).assert().success();
    let server = home.serve(&[]);
    let request = crate::world::http().build().unwrap().get(server.url("/api/v1/incidents")).bearer_auth(key);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[test]
fn without_a_server_the_health_check_fails() {
    let home = Home::new();
    assert!(refusal(&home, &["healthcheck", "--listen", "127.0.0.1:9"]).contains("no server answers"));
}
