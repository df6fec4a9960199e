//! The gateway: coming back, staying away, and never asking too often.

use std::time::Duration;

use chrono::TimeDelta;
use shopwatch::discord::Standing;

use super::{Plan, Shop};
use crate::world::database::Base;
use crate::world::discord::Given;

fn identified(shop: &Shop) -> usize {
    shop.discord.read(|state| state.gateway.identified.len())
}

async fn refused(shop: &Shop) -> String {
    let discord = shop.world.app.discord().unwrap();
    let mut standing = discord.standing.subscribe();
    let found = tokio::time::timeout(
        Duration::from_secs(10),
        standing.wait_for(|standing| matches!(standing, Standing::Refused(_))),
    );
    match &*found.await.expect("a refusal").unwrap() {
        Standing::Refused(word) => word.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_session_that_breaks_off_is_resumed_and_hears_what_it_missed() {
    let shop = Shop::open().await;
    for ends in [0, 1, 2] {
        match ends {
            0 => shop.discord.cut_gateway(),
            1 => shop.discord.ask_to_reconnect(),
            _ => shop.discord.close_gateway(4000),
        }
        let resumed = ends + 1;
        shop.discord.until("a resumed session", |state| (state.gateway.resumed >= resumed).then_some(())).await;
        let given: &[(&str, Given)] = &[("what_happened", "gin".into())];
        assert!(shop.discord.runs_command(shop.amal, shop.floor, "report", given).await.ephemeral());
    }
    assert_eq!(identified(&shop), 1, "resumed, not begun anew");
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn a_session_that_breaks_off_right_after_its_beginning_is_resumed_at_once() {
    let mut shop = Shop::closed(Base::Sqlite, Plan::default()).await;
    // A line on which no heartbeat is answered for so long is dead to serenity, and its session with it.
    shop.discord.heartbeat_every(Duration::from_millis(800));
    shop.connect().await;
    for times in 1..=3 {
        shop.discord.cut_gateway();
        shop.discord.until("a resumed session", |state| (state.gateway.resumed >= times).then_some(())).await;
    }
    assert_eq!(identified(&shop), 1, "resumed, not begun anew");
    shop.settle().await;
    shop.look_away();
}

#[tokio::test]
async fn final_words_of_the_gateway_are_final() {
    for code in [4004, 4010, 4012, 4013, 4014] {
        let shop = Shop::open().await;
        shop.discord.close_gateway(code);
        assert_eq!(refused(&shop).await, code.to_string());
        shop.discord.time_passes(Duration::from_mins(1));
        let connections = shop.discord.read(|state| state.gateway.connections);
        assert_eq!((identified(&shop), connections), (1, 1), "{code}");
        let words = shop.world.app.chats.iter().find_map(|chat| chat.standing().err()).unwrap();
        assert!(words.contains("refused"), "{words}");
    }
}

#[tokio::test]
async fn a_token_that_is_refused_stops_it_and_costs_one_request() {
    let mut shop = Shop::closed(Base::Sqlite, Plan::default()).await;
    shop.discord.server_error("GET /channels/{channel}", 401);
    shop.world.connect();
    assert_eq!(refused(&shop).await, "401");
    assert_eq!((identified(&shop), shop.discord.read(|state| state.gateway.connections)), (0, 0));
}

#[tokio::test]
async fn an_intent_that_is_not_switched_on_stops_it() {
    let mut shop = Shop::closed(Base::Sqlite, Plan { drops: true, intent_off: true, ..Plan::default() }).await;
    shop.world.connect();
    assert_eq!(refused(&shop).await, "4014");
    assert_eq!(shop.discord.read(|state| state.gateway.connections), 1, "no second try");
}

#[tokio::test]
async fn a_gateway_elsewhere_is_never_spoken_to() {
    let mut shop = Shop::closed(Base::Sqlite, Plan::default()).await;
    shop.discord.server_error("GET /gateway", 500);
    shop.world.connect();
    shop.discord
        .until("a look for the gateway", |state| {
            state.traffic.asked.iter().any(|one| one.route == "GET /gateway").then_some(())
        })
        .await;
    // The next look finds it where the API is, and only then is anybody spoken to.
    shop.discord.connected().await;
    assert_eq!(identified(&shop), 1);
}

#[tokio::test]
async fn another_process_takes_over_when_the_first_one_dies() {
    let mut shop = Shop::on(Base::Postgres).await;
    let mut other = shop.world.replica_with_discord(7).await;
    other.connect();
    let theirs = other.app.discord().unwrap();
    let waited = theirs.standing.subscribe().wait_for(|standing| *standing == Standing::StandingBy).await.is_ok();
    assert!(waited, "it stands by");
    assert_eq!(identified(&shop), 1, "one session for both");
    shop.world.crash().await;
    shop.world.clock.advance(TimeDelta::seconds(31));
    shop.discord.time_passes(Duration::from_secs(31));
    let taken = theirs.standing.subscribe().wait_for(|standing| *standing == Standing::Ready).await.is_ok();
    assert!(taken);
    assert_eq!(identified(&shop), 2);
    let given: &[(&str, Given)] = &[("what_happened", "gin".into())];
    assert!(shop.discord.runs_command(shop.amal, shop.floor, "report", given).await.ephemeral());
    other.settle().await;
    shop.look_away();
}

/// Registering the commands.
const PUT: &str = "PUT /applications/{application}/commands";

#[tokio::test]
async fn commands_are_registered_once() {
    let mut shop = Shop::on(Base::Postgres).await;
    assert_eq!(shop.discord.asked(PUT).len(), 1);
    let mut other = shop.world.replica_with_discord(7).await;
    other.connect();
    let theirs = other.app.discord().unwrap();
    theirs.standing.subscribe().wait_for(Standing::is_ready).await.unwrap();
    assert_eq!(shop.discord.asked(PUT).len(), 1, "nothing differs");
    shop.world.crash().await;
}
