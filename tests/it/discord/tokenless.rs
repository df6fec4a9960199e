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

/// A shop whose token was taken away after cards were posted.
async fn without_the_token_any_more() -> (Shop, domain::incident::Incident) {
    let mut shop = Shop::with(Base::Sqlite, Plan { http: true, ..Plan::default() }).await;
    let incident = shop.report("info a wet floor").await;
    shop.world.crash().await;
    let mut next = shop.world.replica_without_token(7).await;
    next.connect();
    std::mem::swap(&mut shop.world, &mut next);
    shop.open_door().await;
    (shop, incident)
}

#[tokio::test]
async fn a_reviewers_press_on_a_card_works_without_the_token_it_was_posted_with() {
    let (shop, incident) = without_the_token_any_more().await;
    let before = shop.discord.read(|state| state.traffic.asked.iter().filter(|one| one.counted).count());
    let first = shop.card();
    let claimed = shop.press(shop.noor, "claim").await;
    assert_eq!(claimed.kind, 7, "the answer itself draws the card anew: {claimed:?}");
    assert!(shop.card().text().contains("Noor"), "{}", shop.card().text());
    assert_eq!(shop.now(&incident).await.status.state(), State::Claimed);

    // Whoever comes too late, on what was drawn before, sees what the card is now; it is not decided on the old one.
    let old = shop.discord.presses_forged(shop.omar, shop.card().id, &button(&first, "claim")).await;
    assert_eq!(old.kind, 7, "{old:?}");
    assert!(shop.card().text().contains("Noor"));
    // Who may not is told so, and the card stays.
    let refused = shop.press(shop.amal, "confirm").await;
    assert!(refused.ephemeral(), "{refused:?}");
    assert_eq!(shop.now(&incident).await.status.state(), State::Claimed);

    // A form works like a button.
    shop.press(shop.noor, "note").await;
    let form = shop.discord.modal_of(shop.noor).unwrap();
    let noted = shop.discord.submits_modal(shop.noor, &form, &[("text", "seen on camera two".into())]).await;
    assert_eq!(noted.kind, 7, "{noted:?}");
    assert_eq!(shop.press(shop.noor, "confirm").await.kind, 7);
    assert_eq!(shop.now(&incident).await.status.state(), State::Confirmed);
    assert!(shop.card().text().contains("Confirmed"), "{}", shop.card().text());

    shop.world.settle().await;
    let depth = shop.world.store().outbox_depth().await.unwrap();
    assert_eq!((depth.waiting, depth.needs_operator), (0, 0));
    let after = shop.discord.read(|state| state.traffic.asked.iter().filter(|one| one.counted).count());
    assert_eq!(before, after, "nothing was asked of Discord that takes the token");
    shop.look_away();
}
