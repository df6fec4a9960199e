//! Photos are read in a process of their own, which lives as long as one photo and can do next to nothing: it opens no
//! file and no socket, has bounded memory, time and output, and knows no setting and no secret. Whatever a hostile file
//! makes of it, the server only learns that the file is no photo.

use std::ffi::OsStr;
use std::io::{self, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus, Stdio};
use std::time::Duration;

use rlimit::{Resource, setrlimit};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::header::{BYTES_MAX, Media, Unfit};
use super::mask::{Cover, Covered};
use super::scrub::{Review, scrub};
use super::stamp::stamp;

/// What this program is started with to read one photo; no command for people.
pub const COMMAND: &str = "read-photo";
/// This program, also when its file was replaced meanwhile.
const OURSELVES: &str = "/proc/self/exe";
/// The most photos that are read at the same time: each takes a core.
const AT_ONCE: usize = 2;
/// How long somebody waits for one photo, with the wait for a core. It says something about the machine, and of the photo
/// nothing: one that takes too long computes for too long.
const PATIENCE: Duration = Duration::from_secs(20);
/// A photo for which there was no time before is waited for so much longer: all the more is not within its task's lease.
const MORE_PATIENCE: u32 = 2;
/// How long it may compute, in seconds: ten times what the largest photo takes. The kernel ends who computes longer with a
/// signal of its own.
const CPU_SECONDS: u64 = 15;
/// Who does not end by that signal computes for no more than so long.
const CPU_SECONDS_MAX: u64 = CPU_SECONDS + 1;
/// Signals by which others end a process, whatever it does: who closes the terminal, stops the server, or needs memory.
const FROM_OUTSIDE: [i32; 4] = [1, 2, 9, 15];
/// The most memory that it fills, in bytes.
const MEMORY: u64 = 256 * 1024 * 1024;
/// The most address space, in bytes: with the program itself, which other processes share.
const ADDRESSES: u64 = 1024 * 1024 * 1024;
/// The most that is asked of it, in bytes, besides the photo.
const ASKED_MAX: usize = 64 * 1024;
/// Standard input, output and error, and no other: whoever opens a file or a socket is refused.
const OPEN_FILES: u64 = 3;
/// The most that is read of what it answers, in bytes: far more than a review copy has.
const ANSWER_MAX: u64 = 16 * 1024 * 1024;

/// What is asked for, which stands before the photo.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Asked {
    /// The review copy, on which this is covered.
    Review(Cover),
    /// A review copy with these words on it.
    Stamped(String),
}

/// What stands before the picture in an answer.
#[derive(Debug, Serialize, Deserialize)]
enum Answer {
    Clean { media: Media, width: u32, height: u32, covered: Covered, likeness: Option<String>, length: usize },
    Stamped { length: usize },
    Unfit(Unfit),
}

/// Why there is no review copy.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    #[error("the file is not taken as a photo: {0}")]
    Unfit(Unfit),
    /// Nothing is known of the file.
    #[error("the machine had no time to read it")]
    NoTime,
    #[error("no process to read a photo: {0}")]
    NoProcess(#[from] io::Error),
}

/// Has photos read.
#[derive(Debug)]
pub struct Reader {
    program: PathBuf,
    places: Semaphore,
    patience: Duration,
}

impl Reader {
    /// A reader that starts this very program.
    pub fn ourselves() -> Self {
        Self::starting(OURSELVES)
    }

    /// A reader that starts this program, which is some Shopwatch.
    pub fn starting(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), places: Semaphore::new(AT_ONCE), patience: PATIENCE }
    }

    /// The same, waiting for each photo as long as this.
    #[must_use]
    pub fn waiting(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The review copy of a photo, with the faces covered that are found.
    pub async fn review(&self, photo: &[u8]) -> Result<Review, NotRead> {
        self.covered_within(photo, &Cover::Found, self.patience).await
    }

    /// The same for a photo for which there was no time so often before.
    pub async fn review_again(&self, photo: &[u8], before: u32) -> Result<Review, NotRead> {
        self.covered_within(photo, &Cover::Found, grown(self.patience, before)).await
    }

    /// The review copy of a photo on which this is covered.
    pub async fn covered(&self, photo: &[u8], what: &Cover) -> Result<Review, NotRead> {
        self.covered_within(photo, what, self.patience).await
    }

    async fn covered_within(&self, photo: &[u8], what: &Cover, patience: Duration) -> Result<Review, NotRead> {
        if photo.len() > BYTES_MAX {
            return Err(NotRead::Unfit(Unfit::TooLarge));
        }
        let (head, jpeg) = self.ask(&Asked::Review(what.clone()), photo, patience).await?;
        match head {
            Answer::Clean { media, width, height, covered, likeness, .. } => {
                Ok(Review { media, jpeg, width, height, covered, likeness })
            }
            Answer::Unfit(unfit) => Err(NotRead::Unfit(unfit)),
            Answer::Stamped { .. } => Err(NotRead::Unfit(Unfit::Damaged)),
        }
    }

    /// A review copy with these words on it.
    pub async fn stamped(&self, review: &[u8], words: &str) -> Result<Vec<u8>, NotRead> {
        let (head, jpeg) = self.ask(&Asked::Stamped(words.to_owned()), review, self.patience).await?;
        match head {
            Answer::Stamped { .. } => Ok(jpeg),
            Answer::Unfit(unfit) => Err(NotRead::Unfit(unfit)),
            Answer::Clean { .. } => Err(NotRead::Unfit(Unfit::Damaged)),
        }
    }

    /// Has a process of its own answer.
    async fn ask(&self, asked: &Asked, photo: &[u8], patience: Duration) -> Result<(Answer, Vec<u8>), NotRead> {
        let asked = framed(&serde_json::to_vec(asked).map_err(io::Error::other)?)?;
        let reading = async {
            let _place = self.places.acquire().await.map_err(io::Error::other)?;
            let mut child = self.start()?;
            let (answer, status) = Box::pin(converse(&mut child, &asked, photo)).await?;
            metrics::counter!("shopwatch_photos_read_total").increment(1);
            if status.success() { understood(&answer).map_err(NotRead::Unfit) } else { Err(died(status)) }
        };
        // What is dropped with its time is killed.
        timeout(patience, reading).await.unwrap_or(Err(NotRead::NoTime))
    }

    fn start(&self) -> io::Result<Child> {
        Command::new(&self.program)
            .arg(COMMAND)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    }
}

/// How long is waited for a photo for which there was no time so often before.
fn grown(patience: Duration, before: u32) -> Duration {
    patience * before.saturating_add(1).min(MORE_PATIENCE)
}

/// Hands over what is asked and the photo, and takes what comes of it.
async fn converse(child: &mut Child, asked: &[u8], photo: &[u8]) -> io::Result<(Vec<u8>, ExitStatus)> {
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let hand_over = async move {
        if let Some(mut stdin) = stdin {
            // Who refuses a file at its first bytes does not read the rest.
            if stdin.write_all(asked).await.is_ok() {
                drop(stdin.write_all(photo).await);
            }
        }
    };
    let mut answer = Vec::new();
    let take = async {
        match stdout {
            Some(stdout) => stdout.take(ANSWER_MAX).read_to_end(&mut answer).await,
            None => Ok(0),
        }
    };
    let ((), taken) = tokio::join!(hand_over, take);
    taken?;
    let status = child.wait().await?;
    Ok((answer, status))
}

/// A process that gave up by itself met something it does not know; one that its own limits ended wanted too much; of one
/// that others ended nothing is known.
fn died(status: ExitStatus) -> NotRead {
    match status.signal() {
        None => NotRead::Unfit(Unfit::Damaged),
        Some(signal) if FROM_OUTSIDE.contains(&signal) => NotRead::NoTime,
        Some(_) => NotRead::Unfit(Unfit::TooHard),
    }
}

/// Reads an answer; one that is not written as it should be is that of a process that was taken over.
fn understood(answer: &[u8]) -> Result<(Answer, Vec<u8>), Unfit> {
    let (length, rest) = answer.split_first_chunk().ok_or(Unfit::Damaged)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_why| Unfit::Damaged)?;
    let (head, jpeg) = rest.split_at_checked(length).ok_or(Unfit::Damaged)?;
    let head = serde_json::from_slice(head).map_err(|_why| Unfit::Damaged)?;
    let length = match &head {
        Answer::Clean { length, .. } | Answer::Stamped { length } => *length,
        Answer::Unfit(_) => 0,
    };
    if length == jpeg.len() { Ok((head, jpeg.to_vec())) } else { Err(Unfit::Damaged) }
}

/// Whether this process was started to read a photo.
pub fn is_asked(command: Option<&OsStr>) -> bool {
    command == Some(OsStr::new(COMMAND))
}

/// Reads the photo on standard input and writes its review copy to standard output.
pub fn run() -> ExitCode {
    match confine().and_then(|()| answer()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Gives up, for good, what reading a photo does not need.
fn confine() -> io::Result<()> {
    let limits = [
        (Resource::DATA, MEMORY, MEMORY),
        (Resource::AS, ADDRESSES, ADDRESSES),
        (Resource::CPU, CPU_SECONDS, CPU_SECONDS_MAX),
        (Resource::CORE, 0, 0),
        (Resource::FSIZE, 0, 0),
        (Resource::NOFILE, OPEN_FILES, OPEN_FILES),
    ];
    limits.iter().try_for_each(|(resource, soft, hard)| setrlimit(*resource, *soft, *hard))
}

fn answer() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let asked = asked(&mut input)?;
    let mut photo = Vec::new();
    let most = u64::try_from(BYTES_MAX).map_err(io::Error::other)?;
    input.take(most + 1).read_to_end(&mut photo)?;
    let done = match asked {
        Asked::Review(what) => scrub(&photo, &what).map(|review| {
            let Review { media, jpeg, width, height, covered, likeness } = review;
            (Answer::Clean { media, width, height, covered, likeness, length: jpeg.len() }, jpeg)
        }),
        Asked::Stamped(words) => stamp(&photo, &words).map(|jpeg| (Answer::Stamped { length: jpeg.len() }, jpeg)),
    };
    let (head, jpeg) = done.unwrap_or_else(|unfit| (Answer::Unfit(unfit), Vec::new()));
    let mut out = io::stdout().lock();
    out.write_all(&framed(&serde_json::to_vec(&head)?)?)?;
    out.write_all(&jpeg)?;
    out.flush()
}

/// Words with their length before them.
fn framed(words: &[u8]) -> io::Result<Vec<u8>> {
    let length = u32::try_from(words.len()).map_err(io::Error::other)?;
    Ok([&length.to_be_bytes()[..], words].concat())
}

/// What is asked, which stands before the photo.
fn asked(input: &mut impl io::Read) -> io::Result<Asked> {
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length)).map_err(io::Error::other)?;
    if length > ASKED_MAX {
        return Err(io::Error::other("more is asked than anybody asks"));
    }
    let mut words = vec![0; length];
    input.read_exact(&mut words)?;
    Ok(serde_json::from_slice(&words)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::fetch;
    use crate::store::outbox::PHOTO_LEASE;

    #[test]
    fn whoever_comes_again_is_waited_for_longer_and_within_the_lease_of_their_task() {
        let waits = [0, 1, 2, u32::MAX].map(|before| grown(PATIENCE, before).as_secs());
        assert_eq!(waits, [20, 40, 40, 40]);
        let longest = fetch::DEADLINE + grown(PATIENCE, u32::MAX);
        assert!(PHOTO_LEASE.to_std().is_ok_and(|lease| longest < lease));
    }

    #[test]
    fn an_answer_that_is_not_written_as_it_should_be_is_no_review_copy() {
        let framed = |head: &str, rest: &[u8]| {
            let length = u32::try_from(head.len()).unwrap().to_be_bytes();
            [&length[..], head.as_bytes(), rest].concat()
        };
        let clean = r#"{"Clean":{"media":"image/png","width":1,"height":1,"covered":{"faces":[]},"length":3}}"#;
        assert_eq!(understood(&framed(clean, b"abc")).unwrap().1, b"abc");
        let unfit = understood(&framed(r#"{"Unfit":"truncated"}"#, b"")).unwrap();
        assert!(matches!(unfit, (Answer::Unfit(Unfit::Truncated), _)));
        for wrong in [framed(clean, b"ab"), framed(clean, b"abcd"), framed("{}", b""), vec![0, 0, 1], vec![0, 0, 0, 9]]
        {
            assert_eq!(understood(&wrong).unwrap_err(), Unfit::Damaged);
        }
    }
}
