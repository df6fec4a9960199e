//! With the application's public key alone: people are answered, and nothing is posted.

use domain::words::State;
use shopwatch::discord::{Standing, manifest};

use super::{Plan, Shop, button};
use crate::world::database::Base;
use crate::world::discord::Given;

const POST: &str = "POST /channels/{channel}/messages";

/// Whoever has no token there registers the commands elsewhere.
async fn shop() -> Shop {
    let shop = Shop::with(Base::Sqlite, Plan { http: true, tokenless: true, ..Plan::default() }).await;
    let url = format!("{}/api/v10/applications/{}/commands", shop.discord.url(), shop.discord.application());
    let client = crate::world::http().build().unwrap();
    let commands = manifest::commands(&shop.world.app.texts).to_string();
    let request = client
        .put(url)
        .header("user-agent", "DiscordBot (https://example.org, 1.0)")
        .header("authorization", format!("Bot {}", shop.discord.token()));
    let answer = request.header("content-type", "application/json").body(commands).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
    shop
}

#[tokio::test]
async fn without_a_token_people_report_and_no_card_is_posted() {
    let shop = shop().await;
    let discord = shop.world.app.discord().unwrap();
    discord.standing.subscribe().wait_for(|standing| *standing == Standing::AnswersOnly).await.unwrap();
    assert!(Standing::AnswersOnly.is_ready() && Standing::AnswersOnly.words().contains("DISCORD_TOKEN"));
    let given: &[(&str, Given)] = &[("what_happened", "two people, spirits".into())];
    let answered = shop.discord.runs_command(shop.amal, shop.floor, "report", given).await;
    let receipt = answered.message().clone();
    let incident = shop.newest().await;
    assert!(receipt.ephemeral && receipt.content.contains(incident.reference.as_str()), "{receipt:?}");

    // Nothing waits for a token that nobody may ever give: the console has the card.
    shop.world.settle().await;
    let depth = shop.world.store().outbox_depth().await.unwrap();
    assert_eq!((depth.waiting, depth.needs_operator), (0, 0));
    assert!(shop.discord.asked(POST).is_empty());
    // A manager takes it up where it stands.
    let claim = shopwatch::chat::press::Button::Claim;
    shop.world.press(crate::world::people::NOOR, &incident.reference, claim).await.incident();
    assert_eq!(shop.now(&incident).await.status.state(), State::Claimed);

    // Their own buttons work, and what is too late is said.
    let late = shop.discord.presses(shop.amal, receipt.id, &button(&receipt, "withdraw")).await;
    assert!(late.ephemeral() || late.kind == 7, "{late:?}");
    assert_eq!(shop.now(&incident).await.status.state(), State::Claimed);
    shop.look_away();
}
