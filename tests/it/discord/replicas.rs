//! Several servers of one shop, and servers that are started again and again: Discord counts what comes from all of them.

use std::time::Duration;

use chrono::TimeDelta;
use shopwatch::discord::Standing;
use shopwatch::jobs::outbox;

use super::{Plan, Shop};
use crate::world::World;
use crate::world::database::Base;

const POST: &str = "POST /channels/{channel}/messages";
/// Discord takes away the token after a thousand sessions a day; so many are begun at most one after another.
const SESSIONS_AT_ONCE: usize = 20;

/// Time passes, for everybody.
fn pass(shop: &Shop, time: Duration) {
    shop.world.clock.advance(TimeDelta::from_std(time).unwrap());
    shop.discord.time_passes(time);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_together_ask_no_more_than_one_may() {
    let shop = Shop::on(Base::Postgres).await;
    let mut others = [shop.world.replica_with_discord(11).await, shop.world.replica_with_discord(12).await];
    for other in &mut others {
        other.connect();
        let theirs = other.app.discord().unwrap();
        theirs.standing.subscribe().wait_for(Standing::is_ready).await.unwrap();
    }
    pass(&shop, Duration::from_mins(1));
    shop.discord.keep_to_the_global_limit();
    shop.discord.limit_route(POST, 5, Duration::from_secs(5));
    for line in 0..24 {
        shop.reports(&format!("gin {line}")).await;
    }
    let refused = |shop: &Shop| {
        let asked = shop.discord.read(|state| state.traffic.asked.clone());
        asked.into_iter().filter(|one| one.status.is_some_and(|status| status == 429)).count()
    };
    let step = async |world: &World| outbox::step(&world.app, &world.app.chats[1]).await.unwrap();
    let mut rounds = 0;
    while shop.discord.messages(shop.triage).len() < 24 {
        for _ in 0..3 {
            tokio::join!(step(&shop.world), step(&others[0]), step(&others[1]));
        }
        pass(&shop, Duration::from_millis(500));
        rounds += 1;
        assert!(rounds <= 200, "they hold each other up");
    }
    assert_eq!(refused(&shop), 0);
    assert!(shop.discord.peak() <= 40, "{}", shop.discord.peak());
    shop.settle().await;
    shop.look_away();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_and_started_again_and_again_never_uses_up_discords_sessions() {
    for base in [Base::Sqlite, Base::Postgres] {
        let mut shop = Shop::closed(base, Plan::default()).await;
        for start in 1..=SESSIONS_AT_ONCE + 6 {
            shop.world.connect();
            // It has a session, or its line was closed before it asked for one.
            let decided = |standing: &Standing| matches!(standing, Standing::Ready | Standing::Again);
            let mut standing = shop.world.app.discord().unwrap().standing.subscribe();
            drop(standing.wait_for(decided).await.unwrap());
            shop.world.crash().await;
            shop.discord.forget_sessions();
            // A lease that nobody gives back runs out; no session is given back in that time.
            pass(&shop, if base == Base::Postgres { Duration::from_secs(31) } else { Duration::from_secs(6) });
            let mut next = shop.world.replica_with_discord(100 + u64::try_from(start).unwrap()).await;
            std::mem::swap(&mut shop.world, &mut next);
        }
        let identified = shop.discord.read(|state| state.gateway.identified.len());
        // On Postgres thirteen minutes have gone by, which are two or three sessions more.
        let most = if base == Base::Postgres { SESSIONS_AT_ONCE + 3 } else { SESSIONS_AT_ONCE };
        assert!((SESSIONS_AT_ONCE..=most).contains(&identified), "{base:?}: {identified}");
        // Some minutes later the next one may.
        pass(&shop, Duration::from_mins(6));
        shop.connect().await;
        assert_eq!(shop.discord.read(|state| state.gateway.identified.len()), identified + 1);
        shop.look_away();
    }
}

#[tokio::test]
async fn what_discord_itself_leaves_of_the_day_is_kept_to_by_every_start() {
    let mut shop = Shop::closed(Base::Sqlite, Plan::default()).await;
    // Twenty are left for people.
    shop.discord.limit_identifies(22, 1);
    for start in 1..=4_u64 {
        shop.world.connect();
        if start <= 2 {
            shop.discord.connected().await;
        } else {
            let asked = usize::try_from(start).unwrap();
            shop.discord
                .until("a look at what is left", |state| {
                    let looks = state.traffic.asked.iter().filter(|one| one.route == "GET /gateway/bot").count();
                    (looks >= asked).then_some(())
                })
                .await;
        }
        shop.world.crash().await;
        shop.discord.forget_sessions();
        pass(&shop, Duration::from_secs(6));
        let mut next = shop.world.replica_with_discord(start + 10).await;
        std::mem::swap(&mut shop.world, &mut next);
    }
    assert_eq!(shop.discord.read(|state| state.gateway.identified.len()), 2);
    shop.look_away();
}
