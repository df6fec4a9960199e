//! What the doctor asks Slack, and what it makes of the answers.

use tokio::task::block_in_place;

use super::{Found, ask};
use crate::slack::{SIGNING_SECRET, rules};
use crate::world::program::Home;
use crate::world::slack::FakeSlack;
use crate::world::slack::rotation::{CLIENT_ID, CLIENT_SECRET};
use crate::world::slack::workspace::{APP_TOKEN, BOT_TOKEN, TEAM};

/// A shop on Slack.
struct Shop {
    slack: FakeSlack,
    home: Home,
    floor: String,
    triage: String,
}

impl Shop {
    async fn new() -> Self {
        let slack = FakeSlack::start().await;
        let noor = slack.person("Noor").joins();
        let floor = slack.channel("shop-floor").with(&[&noor]);
        let triage = slack.channel("triage").private().with(&[&noor]);
        let admin = slack.channel("admin").private().with(&[&noor]);
        let managers = slack.group("managers", &[]);
        let home = Home::new();
        home.write("shop.toml", &rules(&floor, &triage, &admin, &noor, &managers));
        Self { slack, home, floor, triage }
    }

    async fn ask(&self, arguments: &[&str]) -> Found {
        self.ask_with(arguments, BOT_TOKEN, &self.slack.api_url()).await
    }

    async fn ask_with(&self, arguments: &[&str], token: &str, url: &str) -> Found {
        let environment = [("SLACK_BOT_TOKEN", token), ("SLACK_APP_TOKEN", APP_TOKEN), ("SLACK_API_URL", url)];
        let found = ask(&self.home, arguments, &environment).await;
        assert!(!found.printed.contains(token) && !found.printed.contains(APP_TOKEN), "{}", found.printed);
        found
    }

    fn calls(&self, method: &str) -> usize {
        self.slack.see(|workspace| workspace.calls.get(method).copied().unwrap_or_default())
    }
}

#[tokio::test]
async fn a_workspace_with_everything_is_fine_and_nothing_is_posted() {
    let shop = Shop::new().await;
    let found = shop.ask(&["--online"]).await;
    assert_eq!(found.problems(), [""; 0], "{}", found.printed);
    assert!(found.lines("slack.token")[0]["what"].as_str().unwrap().contains(TEAM));
    assert_eq!((found.states("slack.scopes"), found.states("slack.socket")), (vec!["ok"], vec!["ok"]));
    assert_eq!(found.states("slack.channels"), ["ok"; 3], "{}", found.printed);
    assert_eq!((shop.calls("apps.connections.open"), shop.calls("chat.postMessage")), (1, 0));
}

#[tokio::test]
async fn offline_slack_is_not_asked_at_all() {
    let shop = Shop::new().await;
    let found = shop.ask(&[]).await;
    assert_eq!((found.code, found.states("slack.asked")), (0, vec!["note"]), "{}", found.printed);
    assert_eq!(shop.slack.see(|workspace| workspace.calls.len()), 0);
}

#[tokio::test]
async fn a_scope_that_is_missing_is_told_with_what_goes_without_it() {
    let shop = Shop::new().await;
    shop.slack.missing_scope("users:read");
    let found = shop.ask(&["--online"]).await;
    let line = found.about("slack.scopes", "users:read");
    assert_eq!((found.code, &line["state"]), (0, &"note".into()));
    assert!(line["why"].as_str().unwrap().contains("slack:everyone is nobody"), "{line}");
    shop.slack.missing_scope("files:read");
    let found = shop.ask(&["--online"]).await;
    assert_eq!(found.problems(), ["slack.scopes"]);
    assert_eq!(found.about("slack.scopes", "files:read")["state"], "problem");
    assert_eq!(found.about("slack.scopes", "users:read")["state"], "note");
    shop.slack.missing_scope("groups:history");
    let found = shop.ask(&["--online"]).await;
    assert_eq!(found.about("slack.channels", &format!("slack:{}", shop.triage))["state"], "note", "Slack does not say");
}

#[tokio::test]
async fn a_channel_that_the_app_is_not_in_is_told() {
    let shop = Shop::new().await;
    let leave = |channel: &String| {
        let bot = crate::world::slack::workspace::BOT_USER;
        shop.slack.change(|workspace| workspace.channels.get_mut(channel).unwrap().members.remove(bot));
    };
    leave(&shop.floor);
    let floor = format!("slack:{}", shop.floor);
    let found = shop.ask(&["--online"]).await;
    assert_eq!(
        (found.code, &found.about("slack.channels", &floor)["state"]),
        (0, &"note".into()),
        "/report works there"
    );
    leave(&shop.triage);
    let triage = format!("slack:{}", shop.triage);
    let found = shop.ask(&["--online"]).await;
    assert_eq!(found.problems(), ["slack.channels"]);
    let line = found.about("slack.channels", &triage);
    assert!(line["state"] == "problem" && line["do"].as_str().unwrap().contains("/invite"), "{line}");
    assert_eq!(found.all["next"], line["do"]);
}

#[tokio::test]
async fn a_bad_token_and_a_slack_that_is_not_there_are_two_things() {
    let shop = Shop::new().await;
    let bad = shop.ask_with(&["--online"], "xoxb-s3cret", &shop.slack.api_url()).await;
    assert_eq!(bad.problems(), ["slack.token"]);
    assert!(bad.lines("slack.token")[0]["what"].as_str().unwrap().contains("invalid_auth"), "{}", bad.printed);
    assert_eq!(shop.calls("apps.connections.open"), 0, "what follows would only fail as well");
    let away = shop.ask_with(&["--online"], BOT_TOKEN, "http://127.0.0.1:9/api").await;
    assert_eq!(away.problems(), ["slack.reached"]);
    shop.slack.says_next("apps.connections.open", "invalid_auth");
    assert_eq!(shop.ask(&["--online"]).await.problems(), ["slack.socket"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beside_a_server_no_connection_is_asked_for() {
    let shop = Shop::new().await;
    let api = shop.slack.api_url();
    let environment = [("SLACK_BOT_TOKEN", BOT_TOKEN), ("SLACK_APP_TOKEN", APP_TOKEN), ("SLACK_API_URL", api.as_str())];
    let server = block_in_place(|| shop.home.serve(&environment));
    shop.slack.connected(1).await;
    let found = shop.ask(&["--online"]).await;
    assert_eq!((found.code, shop.calls("apps.connections.open")), (0, 1), "{}", found.printed);
    assert!(found.lines("slack.socket")[0]["what"].as_str().unwrap().contains("a server runs"), "{}", found.printed);
    block_in_place(|| server.end());
    let environment =
        [("SLACK_BOT_TOKEN", BOT_TOKEN), ("SLACK_SIGNING_SECRET", SIGNING_SECRET), ("SLACK_API_URL", api.as_str())];
    let found = ask(&shop.home, &["--online"], &environment).await;
    assert_eq!((found.code, shop.calls("apps.connections.open")), (0, 1), "over HTTP there is none");
    assert_eq!(found.states("address.public"), ["note"], "a chat posts to this server, and nobody knows where that is");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_was_renewed_is_the_one_that_is_looked_at_and_none_is_renewed() {
    let shop = Shop::new().await;
    let (bot, refresh) = shop.slack.rotates();
    let api = shop.slack.api_url();
    let environment = [
        ("SLACK_BOT_TOKEN", bot.as_str()),
        ("SLACK_REFRESH_TOKEN", &refresh),
        ("SLACK_CLIENT_ID", CLIENT_ID),
        ("SLACK_CLIENT_SECRET", CLIENT_SECRET),
        ("SLACK_SIGNING_SECRET", SIGNING_SECRET),
        ("SLACK_API_URL", &api),
    ];
    assert_eq!(
        ask(&shop.home, &["--online"], &environment).await.states("slack.token"),
        ["ok"],
        "nobody has renewed it yet"
    );
    assert_eq!(shop.slack.asked_to_exchange(), 0);
    let server = block_in_place(|| shop.home.serve(&environment));
    shop.slack.until(|workspace| workspace.rotation.as_ref().is_some_and(|rotation| rotation.exchanged == 1)).await;
    block_in_place(|| server.end());
    shop.slack.change(|workspace| {
        let now = workspace.clock.now();
        workspace.rotation.as_mut().unwrap().given[0].1 = now;
    });
    let found = ask(&shop.home, &["--online"], &environment).await;
    assert_eq!(found.states("slack.token"), ["ok"], "{}", found.printed);
    assert_eq!(shop.slack.asked_to_exchange(), 1);
}

#[tokio::test]
async fn what_renews_a_token_without_a_token_is_told_and_not_passed_over() {
    let found = ask(&Home::new(), &[], &[("SLACK_CLIENT_ID", "1000.2000")]).await;
    let told: Vec<&str> =
        found.lines("settings.environment").iter().map(|line| line["what"].as_str().unwrap()).collect();
    for name in ["SLACK_REFRESH_TOKEN", "SLACK_BOT_TOKEN"] {
        assert!(told.iter().any(|line| line.contains(name)), "{name}: {told:?}");
    }
}
