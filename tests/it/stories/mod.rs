//! What people do with Shopwatch, one story a file. Everything goes through the one door, `App::receive`, and ends with
//! a look at every copy and every line of the record.

mod bad_input;
mod changed_rules;
mod closing;
mod emergency;
mod main_job;
mod merging;
mod notes;
mod questions;
mod races;
mod recategorise;
mod reminders;
mod reports;
mod roles;
mod silence;
mod stale_buttons;
mod withdrawing;

use domain::id::Reference;
use shopwatch::chat::press::Button;

use crate::world::World;
use crate::world::people::NOOR;

/// Everything that has to be known of a possible theft before it is confirmed.
const FACTS: &[(&str, &str)] = &[
    ("kind", "shop_theft"),
    ("method", "concealment"),
    ("zone", "aisle"),
    ("goods_what", "gin"),
    ("goods_quantity", "2"),
    ("goods_price", "21.50"),
    ("cctv", "captured"),
];

/// A report that Noor has claimed.
async fn claimed(world: &World) -> Reference {
    let called = world.report("two people, spirits").await.reference;
    world.press(NOOR, &called, Button::Claim).await.incident();
    called
}

/// A report that Noor has claimed, completed and confirmed.
async fn confirmed(world: &World) -> Reference {
    let called = claimed(world).await;
    world.submit(NOOR, &called, Button::Facts, FACTS).await.incident();
    world.press(NOOR, &called, Button::Confirm).await.incident();
    called
}
