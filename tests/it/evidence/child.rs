//! The process that reads one photo.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use shopwatch::evidence::child::{COMMAND, NotRead, Reader};
use shopwatch::evidence::header::{Media, Unfit};
use shopwatch::evidence::mask::Covered;

use super::{ASTRONAUT, HEIC, WHOLE_ASTRONAUT};
use crate::world::program::BINARY as PROGRAM;

#[tokio::test]
async fn a_photo_comes_back_as_its_review_copy() {
    let review = Reader::starting(PROGRAM).review(&WHOLE_ASTRONAUT).await.unwrap();
    assert_eq!((review.media, review.width, review.height), (Media::Jpeg, 512, 512));
    assert!(matches!(&review.covered, Covered::Faces(areas) if !areas.is_empty()), "{:?}", review.covered);
    assert!(review.jpeg.starts_with(&[0xff, 0xd8]) && review.jpeg != *WHOLE_ASTRONAUT);
}

#[tokio::test]
async fn what_is_no_photo_is_told_and_the_next_one_is_read() {
    let reader = Reader::starting(PROGRAM);
    let endless = vec![0; 25 * 1024 * 1024 + 1];
    for (bytes, unfit) in [
        (&b"<html>"[..], Unfit::NotAPhoto),
        (&ASTRONAUT[..ASTRONAUT.len() / 2], Unfit::Truncated),
        (&HEIC, Unfit::Heic),
        (&HEIC[..HEIC.len() - 1], Unfit::Truncated),
        (&endless, Unfit::TooLarge),
    ] {
        assert!(matches!(reader.review(bytes).await, Err(NotRead::Unfit(why)) if why == unfit));
    }
    assert!(reader.review(&ASTRONAUT).await.is_ok());
}

#[tokio::test]
async fn a_process_that_dies_or_cannot_begin_is_no_review_copy() {
    assert!(matches!(Reader::starting("/bin/false").review(&ASTRONAUT).await, Err(NotRead::Unfit(Unfit::Damaged))));
    assert!(matches!(Reader::starting("/bin/true").review(&ASTRONAUT).await, Err(NotRead::Unfit(Unfit::Damaged))));
    assert!(matches!(Reader::starting("/nowhere").review(&ASTRONAUT).await, Err(NotRead::NoProcess(_))));
}

/// A program that does this instead of reading a photo.
fn instead(what: &str) -> Reader {
    Reader::starting(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/readers").join(what))
}

#[tokio::test]
async fn a_photo_that_computes_for_too_long_is_too_hard() {
    assert!(matches!(instead("computes").review(&ASTRONAUT).await, Err(NotRead::Unfit(Unfit::TooHard))));
}

#[tokio::test]
async fn of_a_photo_for_which_the_machine_had_no_time_nothing_is_known() {
    let short = Duration::from_millis(50);
    let stopped = instead("stands-still").waiting(short).review(&ASTRONAUT).await;
    assert!(matches!(stopped, Err(NotRead::NoTime)), "{stopped:?}");
    let ended = instead("is-ended").review(&ASTRONAUT).await;
    assert!(matches!(ended, Err(NotRead::NoTime)), "{ended:?}");
    let real = Reader::starting(PROGRAM).waiting(Duration::ZERO).review(&ASTRONAUT).await;
    assert!(matches!(real, Err(NotRead::NoTime)), "{real:?}");
}

#[test]
fn it_opens_no_file_and_no_socket_and_has_bounded_memory_and_time() {
    let mut child = Command::new(PROGRAM)
        .arg(COMMAND)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // More than a pipe holds: once all of it is taken, the process has begun to read, and has confined itself before.
    child
        .stdin
        .as_mut()
        .unwrap()
        .write_all(&[&b"\0\0\0\x12{\"review\":\"found\"}"[..], &vec![0; 1024 * 1024]].concat())
        .unwrap();
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let limit = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        let (soft, hard) = line.strip_prefix(name).unwrap().trim().split_once(' ').unwrap();
        let hard = hard.split_whitespace().next().unwrap();
        format!("{soft} {hard}")
    };
    let fixed = |most: u64| format!("{most} {most}");
    assert_eq!(limit("Max open files"), fixed(3));
    assert_eq!(limit("Max data size"), fixed(256 * 1024 * 1024));
    assert_eq!(limit("Max address space"), fixed(1024 * 1024 * 1024));
    // A second lies between the signal that says so and the one that nobody survives.
    assert_eq!(limit("Max cpu time"), "15 16");
    assert_eq!(limit("Max file size"), fixed(0));
    assert_eq!(limit("Max core file size"), fixed(0));
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}
