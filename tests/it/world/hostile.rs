//! Over a thousand broken, bloated and talkative pictures, each given to the process that reads photos.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use futures_util::{StreamExt as _, stream};
use shopwatch::evidence::child::{NotRead, Reader};
use shopwatch::evidence::mask::Cover;
use shopwatch::evidence::scrub::REVIEW_SIDE;

use super::corpora::corpus;

/// As many as are read at the same time.
const AT_ONCE: usize = 2;
/// From so many letters on, what stands in a file is taken for words.
const WORDS_FROM: usize = 12;
/// What stands in files beside their pixels: EXIF, XMP, ICC, Photoshop's IPTC, PNG's texts, second pictures.
const TALK: [&[u8]; 14] = [
    b"Exif",
    b"http://ns.adobe",
    b"<x:xmpmeta",
    b"ICC_PROFILE",
    b"acspMSFT",
    b"Photoshop",
    b"8BIM",
    b"tEXt",
    b"iTXt",
    b"zTXt",
    b"eXIf",
    b"MPF\0",
    b"Adobe",
    b"urn:iso:std",
];

/// Gives every file to a reader and counts what became of them, by the word for it. In one of so many, faces are looked
/// for.
///
/// # Panics
///
/// When a review copy says more than its pixels, or the reader can no longer read.
pub async fn read_all(reader: &Reader, looked_at: usize) -> BTreeMap<&'static str, usize> {
    let files: Vec<_> = ["faces", "pillow", "pngsuite"].into_iter().flat_map(corpus).collect();
    let reading = files.iter().enumerate().map(|(at, path)| async move {
        let what = if at % looked_at == 0 { Cover::Found } else { Cover::These(Vec::new()) };
        read(reader, path, &what).await
    });
    let mut counts = BTreeMap::new();
    let mut read = stream::iter(reading).buffer_unordered(AT_ONCE);
    while let Some(word) = read.next().await {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

/// What becomes of one file, in a word.
async fn read(reader: &Reader, path: &Path, what: &Cover) -> &'static str {
    let original = fs::read(path).unwrap();
    match reader.covered(&original, what).await {
        Ok(review) => {
            assert!(review.width.max(review.height) <= REVIEW_SIDE, "{}", path.display());
            says_nothing(&review.jpeg, &original, path);
            "taken"
        }
        Err(NotRead::Unfit(unfit)) => unfit.as_str(),
        Err(why @ NotRead::NoTime) => panic!("{}: {why}", path.display()),
        Err(NotRead::NoProcess(why)) => panic!("{}: {why}", path.display()),
    }
}

/// A review copy is a JPEG with nothing but what makes up its pixels, and with no word of the original's.
fn says_nothing(jpeg: &[u8], original: &[u8], path: &Path) {
    let (kinds, pixels) = segments(jpeg);
    assert!(
        kinds.iter().all(|kind| matches!(kind, 0xe0 | 0xdb | 0xc0 | 0xc4 | 0xda)),
        "{}: {kinds:x?}",
        path.display()
    );
    // Nothing is hung on behind the first end.
    let end = pixels.windows(2).position(|pair| pair == [0xff, 0xd9]);
    assert_eq!(end, pixels.len().checked_sub(2), "{}", path.display());
    for talk in TALK {
        assert!(!jpeg.windows(talk.len()).any(|part| part == talk), "{}: {}", path.display(), talk.escape_ascii());
    }
    // JFIF's own header is as long as it must be; of the tables, which are in part the same in all files, nothing is said.
    assert!(jpeg.starts_with(b"\xff\xd8\xff\xe0\0\x10JFIF\0"), "{}", path.display());
    let said: HashSet<&[u8]> = pixels.windows(WORDS_FROM).collect();
    for words in original.split(|byte| !matches!(byte, b' '..=b'~')).flat_map(|run| run.chunks_exact(WORDS_FROM)) {
        assert!(!said.contains(words), "{}: {}", path.display(), words.escape_ascii());
    }
}

/// The kinds of a JPEG's segments up to its pixels, and those.
fn segments(jpeg: &[u8]) -> (Vec<u8>, &[u8]) {
    let (mut kinds, mut at) = (Vec::new(), 2);
    while kinds.last() != Some(&0xda) {
        kinds.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    (kinds, &jpeg[at..])
}
