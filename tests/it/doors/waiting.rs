//! More incidents wait than fit on one page: nobody who waits is out of sight, without script as well.

use std::collections::BTreeSet;

use shopwatch::chat::inbound::What;

use crate::world::World;
use crate::world::people::AMAL;

/// More than one page holds.
const REPORTS: usize = 70;

/// The references of the cards on a page, in the order in which they stand there.
fn cards(page: &str) -> Vec<String> {
    let board = page.split_once("id=\"triage\"").map_or("", |(_, board)| board);
    let board = board.split_once("id=\"mine\"").map_or(board, |(board, _)| board);
    let mut seen = BTreeSet::new();
    let found = board.split("/incidents/").skip(1).filter_map(|rest| rest.get(..10).map(ToOwned::to_owned));
    found.filter(|reference| seen.insert(reference.clone())).collect()
}

fn next(page: &str) -> Option<String> {
    let (before, _) = page.split_once("\" rel=\"next\"")?;
    let (_, href) = before.rsplit_once("href=\"")?;
    Some(href.split('#').next().unwrap().to_owned())
}

#[tokio::test]
async fn what_is_urgent_and_what_has_waited_longest_stands_on_the_first_page_and_a_link_leads_to_the_rest() {
    let world = World::new().await;
    let mut reported = Vec::new();
    for number in 0..REPORTS {
        reported.push(world.report(&format!("report {number}")).await.reference.to_string());
    }
    let urgent = world.receive(AMAL, What::Command("now at the till".into())).await.incident().reference.to_string();
    let door = world.open_door().await;
    let noor = door.sign_in(&world, "noor").await;
    let first = door.get("/", &noor).await.text().await.unwrap();
    let on_first: Vec<String> = std::iter::once(urgent).chain(reported.iter().take(49).cloned()).collect();
    assert_eq!(cards(&first), on_first);
    let rest = next(&first).expect("a link to the next page");
    let second = door.get(&rest, &noor).await.text().await.unwrap();
    assert_eq!(cards(&second), reported[49..]);
    assert_eq!(next(&second), None);
    assert!(second.contains("First page"), "and back");
    let forged = door.get("/?after=9.nothing", &noor).await.text().await.unwrap();
    assert_eq!(cards(&forged), on_first, "what cannot be read is the first page");
}
