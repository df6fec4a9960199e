//! Discords that differ from the usual one within what Discord's documentation says.

use super::{Plan, Shop};
use crate::evidence::ASTRONAUT;
use crate::world::database::Base;
use crate::world::discord::{Given, Upload};

/// A shop whose Discord is as the test makes it before anybody connects.
async fn with(plan: Plan, make: impl FnOnce(&Shop)) -> Shop {
    let mut shop = Shop::closed(Base::Sqlite, plan).await;
    make(&shop);
    shop.connect().await;
    shop
}

/// Reports, and triages by a button: whatever Discord this is, it works.
async fn works(shop: &Shop) {
    let incident = shop.report("gin").await;
    assert!(!shop.press(shop.noor, "claim").await.failed());
    shop.settle().await;
    assert_eq!(shop.now(&incident).await.version, 2);
    shop.look_away();
}

/// … also after the line was cut.
async fn comes_back(shop: &Shop) {
    works(shop).await;
    shop.discord.cut_gateway();
    shop.discord.until("a resumed session", |state| (state.gateway.resumed == 1).then_some(())).await;
    works(shop).await;
}

#[tokio::test]
async fn where_the_gateway_is_may_be_said_in_one_way_alone() {
    for other in ["GET /gateway", "GET /gateway/bot"] {
        works(&with(Plan::default(), |shop| shop.discord.lacks(other)).await).await;
    }
}

#[tokio::test]
async fn a_session_that_begins_with_few_words_is_one() {
    comes_back(&with(Plan::default(), |shop| shop.discord.says_little()).await).await;
}

#[tokio::test]
async fn a_session_is_begun_and_resumed_in_documented_words() {
    comes_back(&with(Plan::default(), |shop| shop.discord.wants_documented_words()).await).await;
}

#[tokio::test]
async fn a_session_is_resumed_where_discord_says_and_begins_where_all_begin() {
    let shop = with(Plan::default(), |shop| shop.discord.resumes_where_it_says()).await;
    comes_back(&shop).await;
    assert_eq!(shop.discord.read(|state| state.gateway.identified.len()), 1, "resumed, not begun anew");
}

#[tokio::test]
async fn an_application_with_another_id_than_its_bot_is_asked_for() {
    let plan = Plan { unnamed: true, ..Plan::default() };
    let shop = with(plan, |shop| shop.discord.is_an_old_application()).await;
    assert!(!shop.discord.read(|state| state.commands.is_empty()), "the commands are registered");
    works(&shop).await;
}

#[tokio::test]
async fn where_nobody_says_what_commands_there_are_they_are_registered_all_the_same() {
    let shop = with(Plan::default(), |shop| shop.discord.lacks("GET /applications/{application}/commands")).await;
    works(&shop).await;
}

#[tokio::test]
async fn a_channel_that_is_not_there_holds_up_nothing_else() {
    // Without a code, as what has no door at all is answered.
    let plan = Plan { triage: ", \"discord:999999999999999999\"", ..Plan::default() };
    let shop = with(plan, |shop| {
        for _ in 0..3 {
            shop.discord.server_error("GET /channels/{channel}", 404);
        }
    })
    .await;
    let given: &[(&str, Given)] = &[("what_happened", "gin".into())];
    assert!(shop.discord.runs_command(shop.amal, shop.floor, "report", given).await.ephemeral());
    shop.world.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn this_computer_may_be_called_by_another_of_its_names() {
    let shop = with(Plan::default(), |shop| shop.discord.is_called("localhost")).await;
    let photo = Upload::of("till.jpg", "image/jpeg", &ASTRONAUT);
    let given: &[(&str, Given)] = &[("what_happened", "gin".into()), ("photo1", Given::File(photo))];
    assert!(shop.discord.runs_command(shop.amal, shop.floor, "report", given).await.ephemeral());
    shop.settle().await;
    let incident = shop.newest().await;
    assert_eq!(shop.world.store().photos_of(&incident).await.unwrap().len(), 1);
    shop.look_away();
}

#[tokio::test]
async fn where_no_thread_can_be_begun_a_card_stands_alone_and_nobody_knocks_again_and_again() {
    const THREADS: &str = "POST /channels/{channel}/messages/{message}/threads";
    let without = with(Plan::default(), |shop| shop.discord.lacks(THREADS)).await;
    let forbidden = with(Plan::default(), |_| {}).await;
    for (shop, lacks) in [(&without, true), (&forbidden, false)] {
        if !lacks {
            for _ in 0..2 {
                shop.discord.refuse_next(THREADS, 50013);
            }
        }
        works(shop).await;
        let asked = shop.discord.read(|state| state.traffic.asked.iter().filter(|one| one.route == THREADS).count());
        assert!((1..=2).contains(&asked), "once for each step at most: {asked}");
        assert!(!shop.world.app.discord().unwrap().lost.has(&shop.triage), "the channel itself is well");
    }
}
