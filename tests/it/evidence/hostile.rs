//! Whatever a file is, the server only learns whether it is a photo.

use std::time::Duration;

use shopwatch::evidence::child::Reader;

use super::ASTRONAUT;
use crate::world::hostile::read_all;
use crate::world::program::BINARY as PROGRAM;

/// In one of so many faces are looked for, since that takes a second; in all of them:
/// `cargo bench --bench promises -- hostile`.
const LOOKED_AT: usize = 97;
/// However busy the machine is: of a photo for which there was no time nothing would be known. What it may compute is bounded
/// as ever, in seconds of a core.
const PATIENT: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_file_of_the_hostile_corpora_is_taken_or_refused_with_a_reason() {
    let reader = Reader::starting(PROGRAM).waiting(PATIENT);
    let counts = read_all(&reader, LOOKED_AT).await;
    let classified =
        [("animated", 57), ("damaged", 4), ("heic", 16), ("not_a_photo", 545), ("taken", 475), ("truncated", 6)];
    println!("{} files: {counts:?}", counts.values().sum::<usize>());
    // None is without a word: a file that is in no line of this list would be one more, or one less, of another.
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), classified);
    assert!(reader.review(&ASTRONAUT).await.is_ok(), "the next photo is read as ever");
}
