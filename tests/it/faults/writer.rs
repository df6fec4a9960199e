//! The writer has ended, or hangs.

use futures_util::future::join_all;
use shopwatch::chat::inbound::Inbound;
use shopwatch::chat::press::Button;
use shopwatch::failure::Failure;
use shopwatch::rules::Rules;

use super::{not_saved, numbered, report};
use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{AMAL, NOOR};

on_both! {
    when_the_writer_has_ended_everybody_is_told_and_nothing_has_changed,
    what_a_hanging_writer_did_not_save_in_time_is_not_saved_later_either,
}

async fn when_the_writer_has_ended_everybody_is_told_and_nothing_has_changed(base: Base) {
    let mut world = World::on(base).await;
    let before = world.report("two people, spirits").await;
    world.settle().await;
    world.stop_writing().await;
    not_saved(report(&world)).await;
    not_saved(world.press(NOOR, &before.reference, Button::Claim)).await;
    not_saved(world.press(AMAL, &before.reference, Button::Withdraw)).await;
    let next = world.replica().await;
    next.check_everything().await;
    let versions: Vec<u32> = next.everything().await.iter().map(|incident| incident.version).collect();
    assert_eq!(versions, [before.version]);
    next.press(NOOR, &before.reference, Button::Claim).await.incident();
}

async fn what_a_hanging_writer_did_not_save_in_time_is_not_saved_later_either(base: Base) {
    let mut world = World::idle(base, Rules::example()).await;
    not_saved(report(&world)).await;
    world.start_writing();
    let kept = world.report("written after it woke up").await;
    world.check_everything().await;
    assert_eq!(world.everything().await.iter().map(|incident| incident.id).collect::<Vec<_>>(), [kept.id]);
}

#[tokio::test]
async fn when_too_much_waits_the_next_one_is_told_at_once_and_the_others_are_saved() {
    const MANY: usize = 2_500;
    let mut world = World::idle(Base::Sqlite, Rules::example()).await;
    let app = world.app.clone();
    let waiting = join_all((0..MANY).map(|number| {
        let (what, delivery) = numbered(number);
        app.receive(Inbound { what, origin: AMAL.origin(), delivery })
    }));
    let (results, ()) = tokio::join!(waiting, async { world.start_writing() });
    let refused = results.iter().filter(|(_, result)| matches!(result, Err(Failure::Unavailable(_)))).count();
    let saved = results.iter().filter(|(_, result)| result.is_ok()).count();
    assert!(refused > 0 && saved > 0, "{refused} refused, {saved} saved");
    assert_eq!(
        (refused + saved, world.everything().await.len()),
        (MANY, saved),
        "whoever was told \"not saved\" was told the truth"
    );
}
