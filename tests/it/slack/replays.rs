//! The same thing again and again, to several servers at once.

use futures_util::stream::{self, StreamExt as _};

use super::Shop;
use crate::world::database::Base;
use crate::world::slack::delivery::Parcel;

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
            parcels.push(Parcel::new("slash_commands", payload.clone()));
        }
    }
    for place in (1..parcels.len()).rev() {
        parcels.swap(place, draw(place + 1));
    }
    let sent = parcels.len();
    let answers = stream::iter(parcels).map(|parcel| shop.slack.deliver(parcel)).buffer_unordered(AT_ONCE);
    let acked: Vec<_> = answers.collect().await;
    assert!(acked.iter().all(|acked| acked.on_time), "seed 20261122");
    let receipts = acked.iter().filter(|acked| acked.payload.is_some()).count();
    assert_eq!(receipts, sent, "every one of them was answered");
    assert_eq!(shop.world.store().count_incidents().await.unwrap(), u64::try_from(REPORTS).unwrap(), "{sent} sent");
}
