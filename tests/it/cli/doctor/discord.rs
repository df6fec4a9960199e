//! What the doctor asks Discord, and what it makes of the answers.

use shopwatch::discord::manifest;
use shopwatch::texts::Texts;

use super::{Found, ask};
use crate::world::discord::{FakeDiscord, Id, MESSAGE_CONTENT, SEND_MESSAGES, VIEW_CHANNEL};
use crate::world::program::Home;

/// The permission of the invitation that nobody has by himself.
const CREATE_PRIVATE_THREADS: u64 = 1 << 36;

/// A shop on Discord.
struct Shop {
    discord: FakeDiscord,
    home: Home,
    guild: Id,
    floor: Id,
    triage: Id,
}

impl Shop {
    async fn new() -> Self {
        let discord = FakeDiscord::start().await;
        let guild = discord.add_guild("Corner shops");
        let (floor, triage) = (discord.add_channel(guild, "shop-floor"), discord.add_channel(guild, "triage"));
        let home = Home::new();
        let rules = shopwatch::rules::Rules::EXAMPLE
            .replace("[\"console:shop-floor\"]", &format!("[\"discord:{floor}\"]"))
            .replace("[\"console:triage\"]", &format!("[\"console:triage\", \"discord:{triage}\"]"));
        home.write("shop.toml", &rules);
        Self { discord, home, guild, floor, triage }
    }

    async fn ask(&self, arguments: &[&str]) -> Found {
        self.ask_with(arguments, &[("DISCORD_TOKEN", &self.discord.token()), ("DISCORD_API_URL", &self.discord.url())])
            .await
    }

    async fn ask_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Found {
        let found = ask(&self.home, arguments, environment).await;
        assert!(self.discord.read(|state| state.gateway.identified.is_empty()), "never an IDENTIFY");
        assert!(!found.printed.contains(&self.discord.token()), "{}", found.printed);
        found
    }

    async fn register(&self) {
        let url = format!("{}/api/v10/applications/{}/commands", self.discord.url(), self.discord.application());
        let request = crate::world::http().build().unwrap().put(url);
        let request = request.header("user-agent", "DiscordBot (https://example.org, 1.0)");
        let request = request.header("authorization", format!("Bot {}", self.discord.token()));
        let commands = manifest::commands(&Texts::load().unwrap());
        assert!(request.json(&commands).send().await.unwrap().status().is_success());
    }

    /// The bot has every permission of the invitation.
    fn invite(&self) {
        let role = self.discord.add_role(self.guild, "shopwatch", CREATE_PRIVATE_THREADS);
        self.discord.gives_role(self.discord.bot_in(self.guild), role);
    }
}

#[tokio::test]
async fn a_guild_with_everything_is_fine_and_nothing_is_registered_or_posted() {
    let shop = Shop::new().await;
    shop.invite();
    let found = shop.ask(&["--online"]).await;
    assert_eq!((found.code, found.states("discord.commands")), (0, vec!["note"]), "a server registers them");
    shop.register().await;
    let found = shop.ask(&["--online"]).await;
    assert_eq!(found.code, 0, "{}", found.printed);
    for id in ["discord.token", "discord.commands", "discord.message_content"] {
        assert_eq!(found.states(id), ["ok"], "{id} in {}", found.printed);
    }
    assert_eq!(found.states("discord.channels"), ["ok", "ok"], "{}", found.printed);
    let wrote = shop.discord.read(|state| state.messages.len());
    assert_eq!(wrote, 0);
}

#[tokio::test]
async fn offline_discord_is_not_asked_at_all() {
    let shop = Shop::new().await;
    let found = shop.ask(&[]).await;
    assert_eq!((found.code, found.states("discord.asked")), (0, vec!["note"]), "{}", found.printed);
    assert_eq!(shop.discord.read(|state| state.traffic.asked.len()), 0);
}

#[tokio::test]
async fn what_the_bot_may_not_in_a_channel_is_told_by_name() {
    let shop = Shop::new().await;
    let triage = format!("discord:{}", shop.triage);
    let found = shop.ask(&["--online"]).await;
    let line = found.about("discord.channels", &triage);
    assert_eq!((found.code, &line["state"]), (0, &"note".into()), "{line}");
    assert!(line["what"].as_str().unwrap().ends_with("the bot lacks: Create Private Threads"), "{line}");
    let bot = shop.discord.read(|state| state.bot);
    shop.discord.deny(shop.floor, bot, SEND_MESSAGES);
    assert_eq!(shop.ask(&["--online"]).await.code, 0, "nothing is posted in a report channel");
    shop.discord.deny(shop.triage, bot, SEND_MESSAGES);
    let found = shop.ask(&["--online"]).await;
    assert_eq!(found.problems(), ["discord.channels"]);
    let line = found.about("discord.channels", &triage);
    assert!(line["state"] == "problem" && line["what"].as_str().unwrap().contains("Send Messages"), "{line}");
    shop.discord.deny(shop.triage, shop.guild, VIEW_CHANNEL);
    let found = shop.ask(&["--online"]).await;
    assert!(
        found.about("discord.channels", &triage)["what"].as_str().unwrap().contains("does not see"),
        "{}",
        found.printed
    );
}

#[tokio::test]
async fn the_intent_has_to_fit_what_the_shop_wants() {
    let shop = Shop::new().await;
    let (token, url) = (shop.discord.token(), shop.discord.url());
    let drops = [("DISCORD_TOKEN", token.as_str()), ("DISCORD_API_URL", &url), ("DISCORD_PHOTO_DROPS", "true")];
    assert_eq!(shop.ask_with(&["--online"], &drops).await.problems(), ["discord.message_content"]);
    shop.discord.allow_intents(MESSAGE_CONTENT);
    assert_eq!(shop.ask_with(&["--online"], &drops).await.states("discord.message_content"), ["ok"]);
    assert_eq!(shop.ask(&["--online"]).await.states("discord.message_content"), ["note"], "it is on for nothing");
}

#[tokio::test]
async fn a_bad_token_and_a_discord_that_is_not_there_are_two_things() {
    let shop = Shop::new().await;
    let bad = [("DISCORD_TOKEN", "s3cret"), ("DISCORD_API_URL", &shop.discord.url())];
    let found = shop.ask_with(&["--online"], &bad).await;
    assert_eq!(found.problems(), ["discord.token"]);
    assert!(!found.printed.contains("s3cret"), "{}", found.printed);
    let away = [("DISCORD_TOKEN", shop.discord.token()), ("DISCORD_API_URL", "http://127.0.0.1:9".to_owned())];
    let away = away.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(shop.ask_with(&["--online"], &away).await.problems(), ["discord.reached"]);
    let key = shop.discord.public_key();
    let answers = [
        ("DISCORD_PUBLIC_KEY", key.as_str()),
        ("DISCORD_APPLICATION_ID", "7"),
        ("DISCORD_API_URL", "http://127.0.0.1:9"),
    ];
    let found = shop.ask_with(&["--online"], &answers).await;
    assert_eq!((found.code, found.states("discord.token")), (0, vec!["note"]), "without a token nobody is asked");
}
