//! The binary a shop runs, connected to Slack, with the plug pulled in between.

use super::{SIGNING_SECRET, button, rules, words};
use crate::evidence::another;
use crate::world::program::{Home, Serving};
use crate::world::slack::FakeSlack;
use crate::world::slack::rotation::{CLIENT_ID, CLIENT_SECRET};
use crate::world::slack::workspace::{APP_TOKEN, BOT_TOKEN, Message, Workspace};

/// A folder with a shop in it, and its workspace.
struct Shop {
    slack: FakeSlack,
    home: Home,
    amal: String,
    noor: String,
    floor: String,
    triage: String,
}

impl Shop {
    async fn new() -> Self {
        let slack = FakeSlack::start().await;
        let (amal, noor) = (slack.person("Amal").joins(), slack.person("Noor").joins());
        let floor = slack.channel("shop-floor").with(&[&amal, &noor]);
        let triage = slack.channel("triage").private().with(&[&noor]);
        let admin = slack.channel("admin").private().with(&[&noor]);
        let managers = slack.group("managers", &[]);
        let home = Home::new();
        home.write("shop.toml", &rules(&floor, &triage, &admin, &noor, &managers));
        Self { slack, home, amal, noor, floor, triage }
    }

    fn serve(&self, door: (&str, &str)) -> Serving {
        let api = self.slack.api_url();
        self.home.serve(&[("SLACK_BOT_TOKEN", BOT_TOKEN), ("SLACK_API_URL", &format!("{api}/")), door])
    }

    /// Waits for a card that says so.
    async fn card(&self, said: &str) -> Message {
        let card = |workspace: &Workspace| {
            let messages = workspace.channels[&self.triage].messages.iter();
            messages
                .filter(|message| !message.deleted && message.thread_ts.is_none())
                .any(|card| card.text.contains(said))
        };
        self.slack.until(card).await;
        let cards: Vec<Message> = self.slack.messages(&self.triage);
        let mut cards: Vec<Message> = cards.into_iter().filter(|message| message.thread_ts.is_none()).collect();
        assert_eq!(cards.len(), 1, "one card: {cards:?}");
        cards.remove(0)
    }

    /// Waits until the reporter's own copy says so: then nothing more is on its way to them.
    async fn followed(&self, said: &str) {
        self.slack
            .until(|workspace| {
                let im = workspace.channels.values().find(|channel| channel.im.as_deref() == Some(&self.amal));
                im.is_some_and(|im| im.messages.iter().any(|message| message.text.contains(said)))
            })
            .await;
    }

    fn look_away(&self) {
        for user in [&self.amal, &self.noor] {
            self.slack.dms_for(user);
            self.slack.ephemerals_for(user);
        }
        self.slack.messages(&self.triage);
    }
}

/// Waits until what was shown is on record as shown. What is not when the plug is pulled stands in doubt for a minute, and the
/// loops measure that; these stories are about what was settled.
async fn nothing_is_on_its_way(serving: &Serving) {
    let http = crate::world::http().build().unwrap();
    let none_waiting = async || {
        let metrics = http.get(serving.url("/metrics")).send().await.unwrap().text().await.unwrap();
        metrics.lines().any(|line| line == "shopwatch_outbox_waiting 0")
    };
    crate::world::until("an empty outbox", none_waiting).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_report_to_its_end_with_the_plug_pulled_in_between() {
    let shop = Shop::new().await;
    let serving = shop.serve(("SLACK_APP_TOKEN", APP_TOKEN));
    assert!(serving.banner.contains("Slack"), "{}", serving.banner);
    shop.slack.connected(1).await;
    let acked = shop.slack.types_command(&shop.amal, &shop.floor, "/report", "info the till drawer jams").await;
    assert!(acked.on_time);
    shop.card("New").await;
    shop.followed("New").await;

    nothing_is_on_its_way(&serving).await;
    serving.signal("KILL");
    drop(serving.wait());
    let serving = shop.serve(("SLACK_APP_TOKEN", APP_TOKEN));
    shop.slack.connected(1).await;
    let card = shop.card("New").await;
    assert!(words(&card.blocks).contains("till drawer"));
    assert!(shop.slack.presses(&shop.noor, &card, &button(&card.blocks, "claim")).await.on_time);
    let card = shop.card("Claimed").await;
    shop.followed("Claimed").await;

    nothing_is_on_its_way(&serving).await;
    serving.signal("KILL");
    drop(serving.wait());
    let serving = shop.serve(("SLACK_APP_TOKEN", APP_TOKEN));
    shop.slack.connected(1).await;
    // Buttons that were drawn before the plug was pulled still work.
    assert!(shop.slack.presses(&shop.noor, &card, &button(&card.blocks, "confirm")).await.on_time);
    let card = shop.card("Confirmed").await;
    assert!(shop.slack.presses(&shop.noor, &card, &button(&card.blocks, "resolve")).await.on_time);
    let form = shop.slack.modal_of(&shop.noor).unwrap();
    assert!(shop.slack.submits(&shop.noor, &form.id, &[("outcome", &["no_action"])]).await.on_time);
    shop.card("Resolved").await;
    shop.followed("Resolved").await;
    let (status, _) = serving.end();
    assert!(status.success());
    assert_eq!(shop.home.command(&["audit", "verify"]).assert().get_output().status.code(), Some(0));
    shop.look_away();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http_the_binary_is_ready_and_answers_signed_requests() {
    let shop = Shop::new().await;
    let serving = shop.serve(("SLACK_SIGNING_SECRET", SIGNING_SECRET));
    shop.slack.deliver_to(&serving.url("/slack/events"), SIGNING_SECRET);
    shop.slack.until(|workspace| workspace.calls.contains_key("auth.test")).await;
    assert!(shop.slack.verify_url().await);
    let acked = shop.slack.types_command(&shop.amal, &shop.floor, "/report", "gin").await;
    assert!(acked.on_time, "{acked:?}\n{}", serving.log());
    shop.card("New").await;
    shop.followed("New").await;
    let ready = crate::world::http().build().unwrap().get(serving.url("/health/ready")).send().await.unwrap();
    assert_eq!(ready.status(), 200, "{}", ready.text().await.unwrap());
    shop.look_away();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_write_on_slack_and_the_tokens_are_never_logged() {
    let shop = Shop::new().await;
    let api = shop.slack.api_url();
    let serving = shop.home.serve(&[
        ("SLACK_BOT_TOKEN", BOT_TOKEN),
        ("SLACK_APP_TOKEN", APP_TOKEN),
        ("SLACK_API_URL", &api),
        ("RUST_LOG", "trace"),
    ]);
    shop.slack.connected(1).await;
    let acked = shop.slack.types_command(&shop.amal, &shop.floor, "/report", "canary-text-7").await;
    assert!(acked.on_time);
    let card = shop.card("New").await;
    shop.slack.server_error("chat.update");
    assert!(shop.slack.presses(&shop.noor, &card, &button(&card.blocks, "note")).await.on_time);
    let form = shop.slack.modal_of(&shop.noor).unwrap();
    assert!(shop.slack.submits(&shop.noor, &form.id, &[("text", &["canary-note-8"])]).await.on_time);
    shop.slack.raw_frame("canary-frame-9");
    let noted = |workspace: &Workspace| {
        let triage = workspace.channels[&shop.triage].messages.iter();
        triage.filter(|message| words(&message.blocks).contains("canary-note-8")).count() > 0
    };
    shop.slack.until(noted).await;
    let log = serving.log();
    for canary in ["canary", "xoxb", "xapp", BOT_TOKEN, APP_TOKEN, "Amal", "Noor"] {
        assert!(!log.contains(canary), "{canary} is in the log:\n{log}");
    }
    shop.look_away();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_was_renewed_outlives_the_plug_and_no_part_of_it_is_logged() {
    let shop = Shop::new().await;
    let (bot, refresh) = shop.slack.rotates();
    let api = shop.slack.api_url();
    let serve = || {
        shop.home.serve(&[
            ("SLACK_BOT_TOKEN", &bot),
            ("SLACK_REFRESH_TOKEN", &refresh),
            ("SLACK_CLIENT_ID", CLIENT_ID),
            ("SLACK_CLIENT_SECRET", CLIENT_SECRET),
            ("SLACK_APP_TOKEN", APP_TOKEN),
            ("SLACK_API_URL", &api),
            ("RUST_LOG", "trace"),
        ])
    };
    let serving = serve();
    shop.slack.connected(1).await;
    assert!(shop.slack.types_command(&shop.amal, &shop.floor, "/report", "info the till drawer jams").await.on_time);
    shop.card("New").await;
    shop.followed("New").await;
    let first = serving.log();
    nothing_is_on_its_way(&serving).await;
    serving.signal("KILL");
    drop(serving.wait());
    let serving = serve();
    shop.slack.connected(1).await;
    let card = shop.card("New").await;
    assert!(shop.slack.presses(&shop.noor, &card, &button(&card.blocks, "claim")).await.on_time);
    shop.card("Claimed").await;
    shop.followed("Claimed").await;
    assert_eq!(shop.slack.asked_to_exchange(), 1, "the pair was in the database");
    for log in [first, serving.log()] {
        assert!(log.contains("shopwatch"), "{log}");
        for canary in ["xoxe", "fakeaccess", "fakerefresh", CLIENT_SECRET, APP_TOKEN] {
            assert!(!log.contains(canary), "{canary} is in the log:\n{log}");
        }
    }
    shop.look_away();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_that_is_dropped_is_on_the_card_soon_and_survives_the_plug() {
    let shop = Shop::new().await;
    let serving = shop.serve(("SLACK_APP_TOKEN", APP_TOKEN));
    shop.slack.connected(1).await;
    let counted = |count: usize| {
        let said = format!("{count} · not checked: {count}");
        let triage = shop.triage.clone();
        move |workspace: &Workspace| {
            workspace.channels[&triage].messages.iter().any(|message| words(&message.blocks).contains(&said))
        }
    };
    let photo = |seed| shop.slack.file(&shop.amal, "a.jpg", "image/jpeg", &another(seed));
    let watch = shopwatch::clock::Stopwatch::start();
    let first = photo(0);
    let (_, acked) = shop.slack.posts(&shop.amal, &shop.floor, "behind the till", &[&first], None).await;
    assert!(acked.on_time, "{acked:?}\n{}", serving.log());
    shop.slack.until(counted(1)).await;
    println!("from a drop in Slack to the card that shows it, in the program itself: {:?}", watch.now());
    shop.followed("New").await;

    nothing_is_on_its_way(&serving).await;

    // The plug is pulled while Slack does not give the second one away.
    shop.slack.files_are_down(1_000);
    let im = shop.slack.im(&shop.amal);
    let copy = shop.slack.dms_for(&shop.amal).remove(0);
    assert!(shop.slack.posts(&shop.amal, &im, "", &[&photo(1)], Some(&copy.ts)).await.1.on_time);
    serving.signal("KILL");
    drop(serving.wait());
    shop.slack.files_are_back();
    let serving = shop.serve(("SLACK_APP_TOKEN", APP_TOKEN));
    shop.slack.connected(1).await;
    shop.slack.until(counted(2)).await;
    let (status, _) = serving.end();
    assert!(status.success());
    assert_eq!(shop.home.command(&["audit", "verify"]).assert().get_output().status.code(), Some(0));
    shop.look_away();
}
