//! The same thing again and again, to several servers at once.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _};

use super::Shop;
use crate::world::database::Base;
use crate::world::slack::delivery::{Acked, Parcel};

/// Different reports.
const REPORTS: usize = 120;
/// Deliveries under way at the same time.
const AT_ONCE: usize = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_make_one_incident_of_a_report_however_often_and_wherever_it_arrives() {
    replay(Shop::on(Base::Postgres).await, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_server_does_so_too() {
    replay(Shop::on(Base::Sqlite).await, 0).await;
}

async fn replay(shop: Shop, more_servers: u64) {
    let mut others = Vec::new();
    for seed in 0..more_servers {
        let mut other = shop.world.replica_with_slack(seed + 10).await;
        other.connect();
        others.push(other);
    }
    shop.slack.connected(others.len() + 1).await;
    let mut seed = 20_261_122_u64;
    let mut draw = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let mut parcels = Vec::new();
    for number in 0..REPORTS {
        let payload = shop.slack.command_payload(&shop.amal, &shop.floor, "/report", &format!("gin {number}"));
        for _ in 0..=draw(5) {
            parcels.push((number, Parcel::new("slash_commands", payload.clone())));
        }
    }
    for place in (1..parcels.len()).rev() {
        parcels.swap(place, draw(place + 1));
    }
    let sent = parcels.len();
    let answers = stream::iter(parcels).map(async |(number, parcel)| (number, shop.slack.deliver(parcel).await));
    let acked: Vec<_> = answers.buffer_unordered(AT_ONCE).collect().await;
    assert_eq!(acked.len(), sent);
    assert!(acked.iter().all(|(_, acked)| acked.on_time && acked.payload.is_some()), "seed 20261122");
    // A machine that is too busy says "NOT saved", and means it; what it says it has kept is there once.
    let receipt = |acked: &Acked| acked.payload.as_ref().is_some_and(|said| said.to_string().contains("SW-"));
    let kept: BTreeSet<usize> = acked.iter().filter(|(_, acked)| receipt(acked)).map(|(number, _)| *number).collect();
    assert!(kept.len() > REPORTS / 2, "{} of {REPORTS}", kept.len());
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), u64::try_from(kept.len()).unwrap(), "{sent} sent");
}
