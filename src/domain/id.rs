//! Ids are types: an incident's id, and the reference people say aloud.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where new ids come from; repeatable in tests.
pub trait Ids: Send + Sync {
    /// A new, sortable id (`UUIDv7`).
    fn uuid(&self) -> Uuid;
    /// A random number below `2^25`, for a [`Reference`].
    fn draw(&self) -> u32;
}

/// An incident's id; sorts by the time of its report. Written `inc_` + 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IncidentId(pub Uuid);

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "inc_{}", self.0.simple())
    }
}

impl From<IncidentId> for String {
    fn from(id: IncidentId) -> Self {
        id.to_string()
    }
}

/// The text is not such an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id")
    }
}

impl TryFrom<String> for IncidentId {
    type Error = NotAnId;
    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl FromStr for IncidentId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let hex = text.strip_prefix("inc_").ok_or(NotAnId)?;
        if hex.len() != 32 || hex.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(NotAnId);
        }
        Uuid::try_parse(hex).map(Self).map_err(|_why| NotAnId)
    }
}

/// What people say: `SW-7K3QF-X`, five random characters and one that catches a slip of the tongue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference(String);

/// Crockford's base 32: no I, L, O, U. <https://www.crockford.com/base32.html>
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Crockford's check: the number modulo 37. Its symbols beyond 31 (`*~$=U`) cannot be said aloud, so
/// numbers that would need one are never used.
const CHECK_MODULUS: u32 = 37;
/// Draws are taken below 32^5; about 29 million references can come of them.
pub const REFERENCES: u32 = 1 << 25;

impl Reference {
    /// The reference for a drawn number; only its lowest 25 bits count.
    pub fn from_draw(draw: u32) -> Self {
        let mut number = draw % REFERENCES;
        while number % CHECK_MODULUS > 31 {
            number = (number + 1) % REFERENCES;
        }
        Self::of(number)
    }

    fn of(number: u32) -> Self {
        let body: String = (0..5).rev().map(|place| symbol((number >> (place * 5)) & 31)).collect();
        Self(format!("SW-{body}-{}", symbol(number % CHECK_MODULUS)))
    }

    /// The reference as people see it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn symbol(index: u32) -> char {
    ALPHABET.get(index as usize).map_or('?', |byte| char::from(*byte))
}

/// What people mean when they type `o`, `i` or `l`.
fn digit(c: char) -> Option<u32> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET.iter().position(|byte| char::from(*byte) == c).and_then(|at| u32::try_from(at).ok())
}

impl FromStr for Reference {
    type Err = NotAnId;
    /// Reads what people type: any case, with or without `SW` and dashes.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if text.len() > 16 {
            return Err(NotAnId);
        }
        let plain: String = text.chars().filter(|c| *c != '-' && *c != ' ').collect();
        let body = match plain.get(..2) {
            Some(start) if plain.len() == 8 && start.eq_ignore_ascii_case("sw") => plain.get(2..).ok_or(NotAnId)?,
            _ => plain.as_str(),
        };
        let digits: Vec<u32> = body.chars().map(digit).collect::<Option<_>>().ok_or(NotAnId)?;
        match digits.as_slice() {
            [number @ .., check] if number.len() == 5 => {
                let number = number.iter().fold(0, |sum, digit| sum << 5 | digit);
                if number % CHECK_MODULUS == *check { Ok(Self::of(number)) } else { Err(NotAnId) }
            }
            _ => Err(NotAnId),
        }
    }
}

impl TryFrom<String> for Reference {
    type Error = NotAnId;
    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_reference_reads_back_however_it_is_typed(draw in 0..REFERENCES) {
            let reference = Reference::from_draw(draw);
            let typed = reference.as_str().to_lowercase().replace('0', "o");
            prop_assert_eq!(typed.parse::<Reference>(), Ok(reference.clone()));
            let bare = reference.as_str().trim_start_matches("SW-").replace('-', "");
            prop_assert_eq!(bare.parse::<Reference>(), Ok(reference));
        }

        #[test]
        fn one_wrong_character_is_noticed(draw in 0..REFERENCES, at in 0usize..5, other in 0usize..32) {
            let right = Reference::from_draw(draw);
            let mut letters: Vec<char> = right.as_str().chars().collect();
            let wrong = symbol(u32::try_from(other).unwrap_or(0));
            if let Some(letter) = letters.get_mut(3 + at).filter(|letter| **letter != wrong) {
                *letter = wrong;
                let typed: String = letters.into_iter().collect();
                prop_assert_eq!(typed.parse::<Reference>(), Err(NotAnId));
            }
        }

        #[test]
        fn no_text_makes_reading_fail_loudly(text in "\\PC{0,20}") {
            let _: Result<Reference, NotAnId> = text.parse();
            let _: Result<IncidentId, NotAnId> = text.parse();
        }
    }
}
