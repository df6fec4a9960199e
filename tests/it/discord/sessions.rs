//! Sessions that Discord ends, shards that it asks for, lines that fall silent, and doing without any of them.

use std::time::Duration;

use domain::words::Platform;
use serde_json::json;

use super::{Plan, Shop};
use crate::world::database::Base;
use crate::world::discord::Given;

async fn a_report_is_taken(shop: &Shop) {
    let given: &[(&str, Given)] = &[("what_happened", "gin".into())];
    assert!(shop.discord.runs_command(shop.amal, shop.floor, "report", given).await.ephemeral());
}

#[tokio::test]
async fn a_session_that_is_invalid_is_resumed_if_it_may_be_and_else_begun_anew_once() {
    let shop = Shop::open().await;
    shop.discord.invalidate_sessions(true);
    shop.discord.until("a resumed session", |state| (state.gateway.resumed >= 1).then_some(())).await;
    a_report_is_taken(&shop).await;
    // Discord lets one identify each five seconds; the program waits that out itself, by its own clock.
    shop.discord.time_passes(Duration::from_secs(6));
    shop.discord.invalidate_sessions(false);
    shop.discord.until("a new session", |state| (state.gateway.identified.len() >= 2).then_some(())).await;
    shop.discord.connected().await;
    a_report_is_taken(&shop).await;
    assert_eq!(shop.discord.read(|state| state.gateway.identified.len()), 2);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn as_many_shards_come_as_discord_asks_for() {
    let mut shop = Shop::closed(Base::Sqlite, Plan::default()).await;
    shop.discord.recommend_shards(2);
    shop.discord.limit_identifies(1_000, 2);
    shop.connect().await;
    shop.discord.until("both shards", |state| (state.gateway.identified.len() >= 2).then_some(())).await;
    a_report_is_taken(&shop).await;
    assert_eq!(shop.discord.read(|state| state.gateway.identified.len()), 2);
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn a_line_on_which_nothing_is_heard_any_more_is_given_up_and_resumed() {
    let mut shop = Shop::closed(Base::Sqlite, Plan::default()).await;
    shop.discord.heartbeat_every(Duration::from_millis(1_500));
    shop.connect().await;
    shop.discord.freeze_gateway();
    shop.discord.until("a resumed session", |state| (state.gateway.resumed >= 1).then_some(())).await;
    a_report_is_taken(&shop).await;
    assert_eq!(shop.discord.read(|state| state.gateway.identified.len()), 1, "resumed, not begun anew");
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn what_nobody_can_read_is_kept_and_what_follows_it_is_heard() {
    let shop = Shop::open().await;
    let guild = Some(shop.guild);
    for payload in [json!({ "type": 2 }), json!({ "id": [], "type": "x", "token": 7 }), json!([]), json!("poison")] {
        shop.discord.raw_dispatch("INTERACTION_CREATE", guild, payload);
    }
    shop.discord.raw_dispatch("A_THING_OF_NEXT_YEAR", guild, json!({ "id": 1 }));
    a_report_is_taken(&shop).await;
    let discord = shop.world.app.discord().unwrap();
    discord.after.close();
    discord.after.wait().await;
    assert_eq!(shop.world.store().unread(Platform::Discord).await.unwrap(), 4);
    shop.settle().await;
    shop.look_away();
}
