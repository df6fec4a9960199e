//! What goes wrong around Shopwatch: a writer that stops, a database that is gone, full or silent, a crash between two
//! steps, a clock that jumps. The person is told "not saved" in time, and what they are told is true.

mod clock;
mod crash;
mod database;
mod disk;
mod unreadable;
mod writer;

use std::time::Duration;

use domain::report::Draft;
use shopwatch::chat::inbound::What;
use shopwatch::chat::reply::Tone;
use shopwatch::clock::Stopwatch;
use shopwatch::failure::Failure;

use crate::world::World;
use crate::world::answer::Answer;
use crate::world::people::AMAL;

/// Within this everybody is told that nothing was saved (promise P6), with a busy machine's share.
const IN_TIME: Duration = Duration::from_millis(2_500 + 300);

/// Something is done, and refused in time because nothing can be saved.
async fn not_saved(doing: impl Future<Output = Answer>) {
    let watch = Stopwatch::start();
    let answer = doing.await;
    assert!(matches!(answer.result, Err(Failure::Unavailable(_))), "{:?}", answer.result);
    assert_eq!(answer.reply.tone, Tone::NotSaved);
    assert!(watch.now() < IN_TIME, "told after {:?}", watch.now());
}

async fn report(world: &World) -> Answer {
    world.receive(AMAL, What::Command("two people, spirits".into())).await
}

/// A report under a key that tells it from all others.
fn numbered(number: usize) -> (What, Option<shopwatch::store::Delivery>) {
    (What::Report(Draft::default()), crate::world::delivery(&format!("till:{number}"), "x"))
}
