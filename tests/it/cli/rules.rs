//! `shopwatch check` and `shopwatch init`, and rules that change while it serves.

use std::fs;
use std::time::Duration;

use reqwest::StatusCode;
use sea_orm::{ConnectionTrait as _, Database};
use shopwatch::rules::Rules;
use tokio::time::timeout;

use crate::world::program::{Home, Serving};

/// Wrong in ten ways.
const WRONG: &str = r#"[shop]
name = ""
locale = "xx"
timezone = "Mars"
foo = 1
[[site]]
id = "A B"
"#;

#[test]
fn check_prints_every_problem_with_its_line() {
    let home = Home::new();
    home.write("wrong.toml", WRONG);
    let refused = home.command(&["check", "wrong.toml"]).assert().failure();
    insta::assert_snapshot!(String::from_utf8_lossy(&refused.get_output().stderr));
    home.write("shop.toml", WRONG);
    home.command(&["check"]).assert().failure();
    home.command(&[]).assert().failure();
    home.command(&["enter", "amal"]).assert().failure();
    let missing = home.command(&["check", "nowhere.toml"]).assert().failure();
    assert!(String::from_utf8_lossy(&missing.get_output().stderr).starts_with("cannot read nowhere.toml\n  why  "));
}

#[test]
fn init_writes_rules_that_check_finds_fine_and_never_over_ones_own() {
    let home = Home::new();
    home.command(&["check"]).assert().success();
    home.command(&["init"]).assert().success();
    assert_eq!(fs::read_to_string(home.file("shop.toml")).unwrap(), Rules::EXAMPLE);
    assert_eq!(home.output(&["check"]), "shop.toml is fine: Corner Store, 1 site(s)\n");
    home.write("shop.toml", "mine");
    assert!(home.output(&["init"]).contains("is there already and was left as it is"));
    assert_eq!(fs::read_to_string(home.file("shop.toml")).unwrap(), "mine");
    home.command(&["init", "--force"]).assert().success();
    assert_eq!(fs::read_to_string(home.file("shop.toml")).unwrap(), Rules::EXAMPLE);
}

#[test]
fn check_says_that_slack_can_show_no_photos_without_an_address_for_them() {
    let home = Home::new();
    home.write("shop.toml", Rules::EXAMPLE);
    let slack = [("SLACK_BOT_TOKEN", "xoxb-1"), ("SLACK_APP_TOKEN", "xapp-1")];
    let said = |more: &[(&str, &str)]| {
        let checked = home.command(&["check"]).envs(slack.iter().chain(more).copied()).assert().success();
        String::from_utf8(checked.get_output().stdout.clone()).unwrap()
    };
    let fine = "shop.toml is fine: Corner Store, 1 site(s)\n";
    let note = "  links    Slack cannot show photos until SHOPWATCH_PUBLIC_URL is the address at which browsers reach this server\n";
    assert_eq!(said(&[]), format!("{fine}{note}"));
    assert_eq!(said(&[("SHOPWATCH_PUBLIC_URL", "https://shop.example")]), fine);
    assert_eq!(home.output(&["check"]), fine, "without Slack there is nothing to say");
}

#[test]
fn accounts_are_linked_in_the_file_and_the_rest_of_it_stays() {
    let home = Home::new();
    let link = |accounts: &[&'static str]| [&["member", "link", "--name", "Noor"], accounts].concat();
    let (console, slack, discord) = ("console:noor", "slack:user:U05MARA", "discord:user:445");
    home.command(&link(&[console, slack]))
        .assert()
        .failure()
        .stderr("there is no rules file yet\n  do   shopwatch init\n");
    home.write("shop.toml", Rules::EXAMPLE);
    assert!(
        home.output(&link(&[console, slack]))
            .starts_with("Noor: console:noor, slack:user:U05MARA are one person now\n")
    );
    let one = "\n[[member]]\nname = \"Noor\"\naccounts = [\"console:noor\", \"slack:user:U05MARA\"]\n";
    assert_eq!(fs::read_to_string(home.file("shop.toml")).unwrap(), format!("{}{one}", Rules::EXAMPLE));
    home.output(&link(&[discord, slack]));
    assert!(home.output(&link(&[console, discord])).contains("one person already"));
    let linked = fs::read_to_string(home.file("shop.toml")).unwrap();
    let three = one.replace("MARA\"]", "MARA\", \"discord:user:445\"]");
    assert_eq!(linked, format!("{}{three}", Rules::EXAMPLE));
    for (wrong, told) in
        [([console, "slack:everyone"], "was left as it is"), (["discord:user:1", "slack:U1"], "was left as it is")]
    {
        let refused = home.command(&link(&wrong)).assert().failure();
        assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains(told), "{wrong:?}");
    }
    home.output(&["member", "link", "--name", "Omar", "console:omar", "discord:user:7"]);
    let refused = home.command(&link(&[discord, "discord:user:7"])).assert().failure();
    assert!(String::from_utf8_lossy(&refused.get_output().stderr).contains("several members"));
    assert_eq!(home.output(&["check"]), "shop.toml is fine: Corner Store, 1 site(s)\n");
}

/// Longer than anything that is waited for takes on a busy machine.
const LOGGED_WITHIN: Duration = Duration::from_secs(30);

/// Waits for a line of the log that begins to be written after a signal; its end is what is waited for.
async fn until_logged(server: &Serving, text: &str, times: usize) {
    let client = crate::world::http().build().unwrap();
    let logged = async {
        while server.log().matches(text).count() < times {
            // Each round is a request that the server answers, not a pause.
            assert_eq!(client.get(server.url("/health/live")).send().await.unwrap().status(), StatusCode::OK);
        }
    };
    let in_time = timeout(LOGGED_WITHIN, logged).await;
    assert!(in_time.is_ok(), "{text:?} was not logged {times} times:\n{}", server.log());
}

#[tokio::test]
async fn sighup_reads_the_rules_again_and_bad_ones_change_nothing() {
    let home = Home::new();
    home.write("shop.toml", Rules::EXAMPLE);
    let key = home.key("till", "staff");
    let server = home.serve(&[]);
    let report = async |site: &str| {
        let body = serde_json::json!({ "site": site });
        let request =
            crate::world::http().build().unwrap().post(server.url("/api/v1/reports")).bearer_auth(&key).json(&body);
        request.send().await.unwrap().status()
    };
    assert_eq!(report("kings-cross").await, StatusCode::CREATED);
    assert_eq!(report("paddington").await, StatusCode::UNPROCESSABLE_ENTITY);

    home.write("shop.toml", WRONG);
    server.signal("HUP");
    until_logged(&server, "the rules have problems and the old ones stay", 1).await;
    assert_eq!(report("kings-cross").await, StatusCode::CREATED);

    home.write("shop.toml", &Rules::EXAMPLE.replace("kings-cross", "paddington"));
    server.signal("HUP");
    until_logged(&server, "the rules were read again", 1).await;
    assert_eq!(report("paddington").await, StatusCode::CREATED);
    assert_eq!(report("kings-cross").await, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn that_one_person_alone_may_publish_is_printed_and_on_record_from_when_on() {
    let home = Home::new();
    home.write("shop.toml", Rules::EXAMPLE);
    let server = home.serve(&[]);
    assert!(!server.banner.contains("two_person"), "{}", server.banner);
    home.write("shop.toml", &Rules::EXAMPLE.replace("two_person = true", "two_person = false"));
    server.signal("HUP");
    until_logged(&server, "who may publish an alert was changed in the rules", 1).await;
    let (ended, printed) = server.end();
    assert!(ended.success(), "{ended}");
    let said = "two_person = false: one person alone may publish an alert, on record since ";
    let since = printed.split_once(said).map(|(_, since)| since.trim().to_owned());
    assert!(since.is_some(), "{printed}");
    let again = home.serve(&[]);
    assert!(again.banner.contains(&format!("{said}{}", since.unwrap())), "{}", again.banner);
    assert!(!again.log().contains("was changed in the rules"), "it is noted once");
}

#[tokio::test]
async fn what_the_rules_turn_off_while_the_database_is_held_is_on_record_afterwards() {
    let home = Home::new();
    home.write("shop.toml", Rules::EXAMPLE);
    let server = home.serve(&[]);
    let other = Database::connect(format!("sqlite:{}", home.file("data/shopwatch.db").display())).await.unwrap();
    other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
    home.write("shop.toml", &Rules::EXAMPLE.replace("two_person = true", "two_person = false"));
    server.signal("HUP");
    until_logged(&server, "what the rules turn off could not be noted", 1).await;
    other.execute_unprepared("ROLLBACK").await.unwrap();
    until_logged(&server, "who may publish an alert was changed in the rules", 1).await;
    assert!(server.end().1.contains("two_person = false: one person alone may publish an alert, on record since "));
}
