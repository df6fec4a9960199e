//! One incident, every chat: console, Slack and Discord at once.

use std::sync::Arc;

use domain::words::State;
use shopwatch::chat::press::Button;
use shopwatch::settings::{Secret, SlackSettings};

use super::{Plan, Shop};
use crate::slack::{SIGNING_SECRET, button, words};
use crate::world::clock::TestClock;
use crate::world::database::Base;
use crate::world::people::NOOR;
use crate::world::slack::FakeSlack;
use crate::world::slack::workspace::{APP_TOKEN, BOT_TOKEN};

struct Three {
    shop: Shop,
    slack: FakeSlack,
    mara: String,
    channel: String,
}

impl Three {
    async fn open(base: Base) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let slack = FakeSlack::start_at(Arc::new(TestClock::default())).await;
        let mara = slack.person("Mara").joins();
        let channel = slack.channel("triage").private().with(&[&mara]);
        let settings = SlackSettings {
            bot_token: Secret::new(BOT_TOKEN),
            rotation: None,
            app_token: Some(Secret::new(APP_TOKEN)),
            signing_secret: Some(Secret::new(SIGNING_SECRET)),
            api_url: slack.api_url().parse().unwrap(),
            connections: 1,
            silence: std::time::Duration::from_secs(15),
        };
        let shop = Shop::with(base, Plan { slack: Some((settings, channel.clone())), ..Plan::default() }).await;
        slack.connected(1).await;
        Self { shop, slack, mara, channel }
    }

    fn slack_card(&self) -> crate::world::slack::workspace::Message {
        let mut cards = self.slack.messages(&self.channel).into_iter().filter(|message| message.thread_ts.is_none());
        cards.next_back().expect("a card in Slack")
    }

    /// What every copy says of the state.
    async fn agree(&self, word: &str, called: &domain::id::Reference) {
        self.shop.settle().await;
        let (slack, discord) = (self.slack_card(), self.shop.card());
        let console = self.shop.world.card(NOOR, called).await.unwrap();
        for said in [&slack.text, &discord.content, &console.summary] {
            assert!(said.contains(word), "{word} in {said}");
        }
        assert_eq!(slack.text.lines().next(), discord.content.lines().next(), "word for word");
    }

    fn look_away(&self) {
        self.shop.look_away();
        self.slack.look(&self.channel);
        self.slack.dms_for(&self.mara);
        self.slack.ephemerals_for(&self.mara);
    }
}

on_both! { each_step_is_taken_on_another_chat_and_every_copy_agrees }

async fn each_step_is_taken_on_another_chat_and_every_copy_agrees(base: Base) {
    let three = Three::open(base).await;
    let incident = three.shop.world.report("info a broken lock").await;
    three.agree("New", &incident.reference).await;
    assert_eq!(three.shop.press(three.shop.noor, "claim").await.kind, 6);
    three.agree("Claimed", &incident.reference).await;
    assert!(words(&three.slack_card().blocks).contains("Noor"));
    let card = three.slack_card();
    assert!(three.slack.presses(&three.mara, &card, &button(&card.blocks, "confirm")).await.on_time);
    three.agree("Confirmed", &incident.reference).await;
    let resolved =
        three.shop.world.submit(NOOR, &incident.reference, Button::Resolve, &[("outcome", "no_action")]).await;
    assert_eq!(resolved.incident().status.state(), State::Resolved);
    three.agree("Resolved", &incident.reference).await;
    let lines = three.shop.world.store().own_lines(incident.id).await.unwrap();
    let chats: Vec<&str> = lines.iter().map(|line| line.platform.as_str()).collect();
    assert_eq!(chats, ["console", "discord", "slack", "console"], "on which chat each step was taken");
    let thread: String = three.shop.thread(&three.shop.card()).iter().map(crate::world::discord::Seen::text).collect();
    assert!(thread.contains("Slack") && thread.contains("Discord"), "{thread}");
    three.shop.world.store().verify_one(incident.id).await.unwrap();
    three.look_away();
}

#[tokio::test]
async fn a_chat_that_is_down_delays_no_other_and_catches_up() {
    let three = Three::open(Base::Sqlite).await;
    three.shop.discord.server_error("POST /channels/{channel}/messages", 503);
    let incident = three.shop.world.report("gin").await;
    three.shop.step().await;
    assert!(three.slack_card().text.contains(incident.reference.as_str()), "Slack has it at once");
    three.agree("New", &incident.reference).await;
    three.look_away();
}

/// So many races; all of the promise's thousand: `SHOPWATCH_RACES=1000 cargo test --test it -- two_chats_at_once`.
const RACES: usize = 50;

#[expect(clippy::disallowed_methods, reason = "a test has no settings but these")]
fn races() -> usize {
    std::env::var("SHOPWATCH_RACES").map_or(RACES, |count| count.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_same_button_pressed_on_two_chats_at_once_one_wins_each_time() {
    let three = Three::open(Base::Sqlite).await;
    for round in 0..races() {
        let incident = three.shop.world.report(&format!("round {round}")).await;
        three.shop.settle().await;
        let (card, theirs) = (three.slack_card(), three.shop.card());
        let (id, here) = (super::button(&theirs, "claim"), button(&card.blocks, "claim"));
        let (in_slack, in_discord) = tokio::join!(
            three.slack.presses(&three.mara, &card, &here),
            three.shop.discord.presses(three.shop.noor, theirs.id, &id),
        );
        assert!(in_slack.on_time && !in_discord.failed(), "round {round}");
        let lines = three.shop.world.store().own_lines(incident.id).await.unwrap();
        assert_eq!(lines.len(), 2, "round {round}: reported, and claimed once");
        let won_here = lines[1].platform.as_str() == "discord";
        assert_eq!(in_discord.kind, if won_here { 6 } else { 4 }, "round {round}: who lost is told");
    }
    three.shop.settle().await;
    three.look_away();
}
