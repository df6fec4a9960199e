//! The record: one line per step, chained by hashes, so that a changed, missing or reordered line shows.
//!
//! What is hashed holds ids, enumerations and keyed hashes only. Words people wrote and their names are kept
//! beside the line, sealed with the incident's own key, and enter the chain as a keyed hash: erasing them leaves
//! the chain whole. Chains are per incident; no row is touched by all commits. What a line tells of is a [`step`].

pub mod step;
pub mod told;

use std::fmt::{self, Display};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::clock::Moment;
use crate::id::IncidentId;

pub use step::{By, Step, StepWord};

/// Under this name a line of the record says how many looks there were at the incident's photos when it was written.
pub const LOOKS: &str = "looks";

/// A SHA-256; written down in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hash(pub [u8; 32]);

impl Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Hash {
    /// The hash that is written so.
    pub fn read(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)) {
            return None;
        }
        for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
        }
        Some(Self(hash))
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        /// As it is written now, and as its bytes one by one, as it was before.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Bytes([u8; 32]),
        }
        match Written::deserialize(from)? {
            Written::Text(text) => Self::read(&text).ok_or_else(|| D::Error::custom("no SHA-256 in hexadecimal")),
            Written::Bytes(bytes) => Ok(Self(bytes)),
        }
    }
}

/// A line of the record as it is hashed and stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub incident: IncidentId,
    /// 1, 2, 3 … without gaps.
    pub seq: u32,
    pub at: Moment,
    pub actor: String,
    pub platform: String,
    pub word: String,
    /// JSON with sorted keys.
    pub detail: String,
    /// A keyed hash of the sealed words and of the incident as it was afterwards.
    pub content: Hash,
    pub prev: Hash,
}

/// What the first line of an incident's chain follows.
pub fn origin(incident: IncidentId) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(b"shopwatch/record/v1");
    hasher.update(incident.0.as_bytes());
    Hash(hasher.finalize().into())
}

impl Line {
    /// The canonical bytes: every field in order, each with its length before it, so that no two lines share them.
    pub fn canonical(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256);
        let seq = self.seq.to_be_bytes();
        let at = self.at.timestamp_millis().to_be_bytes();
        let fields: [&[u8]; 9] = [
            self.incident.0.as_bytes(),
            &seq,
            &at,
            self.actor.as_bytes(),
            self.platform.as_bytes(),
            self.word.as_bytes(),
            self.detail.as_bytes(),
            &self.content.0,
            &self.prev.0,
        ];
        for field in fields {
            bytes.extend_from_slice(&(field.len() as u64).to_be_bytes());
            bytes.extend_from_slice(field);
        }
        bytes
    }

    /// The line's hash, which the next line carries.
    pub fn hash(&self) -> Hash {
        Hash(Sha256::digest(self.canonical()).into())
    }
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// A line is not what was written.
    Changed { seq: u32 },
    /// A line is missing.
    Missing { seq: u32 },
    /// A line does not follow the one before it.
    OutOfOrder { seq: u32 },
    /// There are more lines than steps.
    Extra { seq: u32 },
}

/// One line of any chain: its number, what it says it follows, the hash of what stands there, and the hash that was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    pub seq: u32,
    pub prev: Hash,
    pub made: Hash,
    pub stored: Hash,
}

/// Checks an incident's lines, in order, against its number of steps and its head; names the first bad one.
pub fn check(incident: IncidentId, steps: u32, head: Hash, lines: &[(Line, Hash)]) -> Result<(), Broken> {
    let links =
        lines.iter().map(|(line, stored)| Link { seq: line.seq, prev: line.prev, made: line.hash(), stored: *stored });
    follow(origin(incident), steps, head, links)
}

/// Follows a chain from what its first line follows to its head; names the first bad line.
pub(crate) fn follow(
    origin: Hash,
    steps: u32,
    head: Hash,
    links: impl ExactSizeIterator<Item = Link>,
) -> Result<(), Broken> {
    let count = u32::try_from(links.len()).unwrap_or(u32::MAX);
    let mut prev = origin;
    for (expected, link) in (1..).zip(links) {
        if link.seq != expected {
            return Err(Broken::Missing { seq: expected });
        }
        if link.made != link.stored {
            return Err(Broken::Changed { seq: link.seq });
        }
        if link.prev != prev {
            return Err(Broken::OutOfOrder { seq: link.seq });
        }
        if link.seq > steps {
            return Err(Broken::Extra { seq: link.seq });
        }
        prev = link.stored;
    }
    if count < steps {
        return Err(Broken::Missing { seq: count + 1 });
    }
    if prev == head { Ok(()) } else { Err(Broken::Changed { seq: count }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn chain(length: u32) -> (IncidentId, Hash, Vec<(Line, Hash)>) {
        let incident = IncidentId(Uuid::from_u128(7));
        let mut prev = origin(incident);
        let lines = (1..=length)
            .map(|seq| {
                let line = Line {
                    incident,
                    seq,
                    at: Moment::default(),
                    actor: "p".into(),
                    platform: "console".into(),
                    word: "noted".into(),
                    detail: "{}".into(),
                    content: Hash([1; 32]),
                    prev,
                };
                prev = line.hash();
                (line, prev)
            })
            .collect();
        (incident, prev, lines)
    }

    #[test]
    fn an_untouched_record_is_whole() {
        let (incident, head, lines) = chain(5);
        assert_eq!(check(incident, 5, head, &lines), Ok(()));
    }

    proptest! {
        #[test]
        fn a_missing_line_is_named(length in 1u32..9, at in 0usize..9) {
            let (incident, head, mut lines) = chain(length);
            if at < lines.len() {
                lines.remove(at);
                let seq = u32::try_from(at).unwrap_or(0) + 1;
                prop_assert_eq!(check(incident, length, head, &lines), Err(Broken::Missing { seq }));
            }
        }

        #[test]
        fn a_changed_line_is_named_even_when_its_hash_was_made_anew(length in 2u32..9, at in 0usize..8) {
            let (incident, head, mut lines) = chain(length);
            if let Some((line, _)) = lines.get_mut(at) {
                line.word = "confirmed".into();
                let (seq, forged) = (line.seq, line.hash());
                prop_assert_eq!(check(incident, length, head, &lines), Err(Broken::Changed { seq }));
                lines.iter_mut().skip(at).take(1).for_each(|(_, hash)| *hash = forged);
                let verdict = check(incident, length, head, &lines);
                let expected = if seq == length { Broken::Changed { seq } } else { Broken::OutOfOrder { seq: seq + 1 } };
                prop_assert_eq!(verdict, Err(expected));
            }
        }

        #[test]
        fn swapped_lines_are_found(length in 2u32..9, at in 0usize..7) {
            let (incident, head, mut lines) = chain(length);
            if at + 1 < lines.len() {
                lines.swap(at, at + 1);
                prop_assert!(check(incident, length, head, &lines).is_err());
            }
        }
    }
}
