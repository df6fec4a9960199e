//! What people send to the bot alone while nobody listens, of whom nothing stands there but that they wrote before.

use std::time::Duration;

use chrono::TimeDelta;
use domain::incident::Incident;
use shopwatch::discord::private::HEARD_NOTE;
use shopwatch::jobs::schedule;

use super::Shop;
use crate::evidence::{ASTRONAUT, another};
use crate::world::database::Base;
use crate::world::discord::{Member, Upload};
use crate::world::people::days;
use crate::world::{World, until};

on_both! {
    what_somebody_sends_who_only_wrote_before_is_read_once_and_a_kill_on_the_way_loses_nothing,
    whoever_wrote_long_ago_is_forgotten_and_nothing_is_read,
    whoever_has_no_incident_left_is_forgotten,
}

const HISTORY: &str = "GET /channels/{channel}/messages";

fn photo(bytes: &[u8]) -> Vec<Upload> {
    vec![Upload::of("till.jpg", "image/jpeg", bytes)]
}

async fn whole(world: &World) {
    let discord = world.app.discord().unwrap();
    until("the end of what was missed", async || discord.gaps.is_whole()).await;
}

/// Somebody says hello, and is told what the bot can do.
async fn says_hello(shop: &Shop, who: Member) {
    let before = shop.discord.dms_of(who).len();
    shop.discord.direct_message(who, "hello", Vec::new());
    until("help", async || shop.discord.dms_of(who).len() > before).await;
}

/// So much time goes by, in which nobody listens.
fn nobody_listens(shop: &Shop, time: TimeDelta) {
    shop.discord.forget_sessions();
    shop.world.clock.advance(time);
    shop.discord.time_passes(time.to_std().unwrap());
}

/// Another process on the same database, that has read everything.
async fn comes_back(shop: &Shop, seed: u64) -> World {
    let mut other = shop.world.replica_with_discord(seed).await;
    other.connect();
    whole(&other).await;
    other
}

/// How often somebody's direct messages were read.
fn read_of(shop: &Shop, who: Member) -> usize {
    let path = format!("/channels/{}/messages", shop.discord.direct_channel(who));
    shop.discord.asked(HISTORY).iter().filter(|one| one.path.contains(&path)).count()
}

async fn noted(world: &World) -> usize {
    world.store().noted_under("direct/").await.unwrap().len()
}

async fn count(world: &World) -> u64 {
    world.store().count_incidents().await.unwrap()
}

/// Somebody's report of which the photo was sent to the bot alone is answered.
async fn reports_alone(shop: &Shop, who: Member, text: &str, bytes: &[u8]) -> Incident {
    shop.world.clock.advance(TimeDelta::seconds(1));
    let before = count(&shop.world).await;
    shop.discord.direct_message(who, text, photo(bytes));
    until("a report", async || count(&shop.world).await > before).await;
    shop.settle().await;
    shop.look_away();
    shop.newest().await
}

async fn what_somebody_sends_who_only_wrote_before_is_read_once_and_a_kill_on_the_way_loses_nothing(base: Base) {
    let mut shop = Shop::on(base).await;
    whole(&shop.world).await;
    says_hello(&shop, shop.omar).await;
    says_hello(&shop, shop.finn).await;
    assert_eq!(noted(&shop.world).await, 1, "whoever is nobody here is not noted");
    let mark = shop.world.store().noted(HEARD_NOTE).await.unwrap();
    shop.world.crash().await;
    nobody_listens(&shop, TimeDelta::hours(24));
    shop.discord.direct_message(shop.omar, "at the back door", photo(&ASTRONAUT));
    shop.discord.direct_message(shop.finn, "at the front door", photo(&another(1)));
    let mut killed = shop.world.replica_with_discord(7).await;
    killed.stop_writing().await;
    killed.connect();
    until("a look into it", async || read_of(&shop, shop.omar) > 0).await;
    killed.crash().await;
    assert_eq!(count(&killed).await, 0, "read, and not kept");
    assert_eq!(killed.store().noted(HEARD_NOTE).await.unwrap(), mark, "the mark stays before what is not kept");
    nobody_listens(&shop, TimeDelta::minutes(1));
    for seed in [8, 9] {
        let mut other = comes_back(&shop, seed).await;
        assert_eq!(count(&other).await, 1, "once, however often it is read");
        let filter =
            shopwatch::store::incidents::Filter { sites: other.app.desk.rules().site_ids(), ..Default::default() };
        let incident = other.store().incidents(&filter).await.unwrap().incidents.remove(0);
        assert_eq!((incident.what_happened(), incident.photos.len()), (Some("at the back door"), 1));
        assert_eq!(incident.reporter.account.id, shop.omar.user.to_string());
        other.crash().await;
        nobody_listens(&shop, TimeDelta::minutes(1));
    }
    assert_eq!(read_of(&shop, shop.finn), 0);
    drop(shop.discord.take_complaints());
    shop.look_away();
}

async fn whoever_wrote_long_ago_is_forgotten_and_nothing_is_read(base: Base) {
    let mut shop = Shop::on(base).await;
    whole(&shop.world).await;
    says_hello(&shop, shop.omar).await;
    shop.world.crash().await;
    nobody_listens(&shop, days(50));
    let mut other = comes_back(&shop, 7).await;
    // What is written meanwhile is what counts.
    says_hello(&shop, shop.omar).await;
    other.crash().await;
    nobody_listens(&shop, days(89));
    shop.discord.direct_message(shop.omar, "at the back door", photo(&ASTRONAUT));
    let mut other = comes_back(&shop, 8).await;
    assert_eq!((count(&other).await, noted(&other).await), (1, 1));
    let before = read_of(&shop, shop.omar);
    other.crash().await;
    nobody_listens(&shop, days(91));
    shop.discord.direct_message(shop.omar, "at the front door", photo(&another(1)));
    let other = comes_back(&shop, 9).await;
    assert_eq!((count(&other).await, read_of(&shop, shop.omar)), (1, before));
    schedule::step(&other.app).await.unwrap();
    assert_eq!(noted(&other).await, 0);
    drop(other);
    drop(shop.discord.take_complaints());
    shop.look_away();
}

async fn whoever_has_no_incident_left_is_forgotten(base: Base) {
    let mut shop = Shop::on(base).await;
    whole(&shop.world).await;
    let first = reports_alone(&shop, shop.amal, "at the back door", &ASTRONAUT).await;
    let second = reports_alone(&shop, shop.amal, "at the front door", &another(1)).await;
    assert_ne!(first.id, second.id);
    says_hello(&shop, shop.omar).await;
    for (incident, left) in [(&first, 2), (&second, 1)] {
        assert_eq!(noted(&shop.world).await, 2);
        shop.world.decline(&incident.reference).await;
        for _ in 0..9 {
            shop.world.clock.advance(days(1));
            shop.discord.time_passes(Duration::from_hours(24));
            shop.settle().await;
        }
        assert!(shop.world.store().incident(incident.id).await.unwrap().is_none());
        assert_eq!(noted(&shop.world).await, left);
    }
    let before = read_of(&shop, shop.amal);
    shop.world.crash().await;
    nobody_listens(&shop, TimeDelta::hours(1));
    shop.discord.direct_message(shop.amal, "again", photo(&another(2)));
    let other = comes_back(&shop, 7).await;
    assert_eq!((count(&other).await, read_of(&shop, shop.amal)), (0, before), "nothing is there of them");
    drop(other);
    drop(shop.discord.take_complaints());
    shop.look_away();
}
