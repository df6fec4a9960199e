//! A photo of an incident: its id, and what is known of it besides its bytes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::actor::Pseudonym;
use crate::clock::Moment;
use crate::id::{IncidentId, NotAnId};

/// A photo's id; sorts by the time of its arrival. Written `pho_` + 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhotoId(pub Uuid);

impl fmt::Display for PhotoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pho_{}", self.0.simple())
    }
}

impl From<PhotoId> for String {
    fn from(id: PhotoId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for PhotoId {
    type Error = NotAnId;
    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl FromStr for PhotoId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let hex = text.strip_prefix("pho_").ok_or(NotAnId)?;
        if hex.len() != 32 || hex.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(NotAnId);
        }
        Uuid::try_parse(hex).map(Self).map_err(|_why| NotAnId)
    }
}

/// A photo as the record knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    pub id: PhotoId,
    pub incident: IncidentId,
    pub uploaded_by: Pseudonym,
    pub at: Moment,
    /// Whether its bytes are in the vault; until then they are on the spool.
    pub in_vault: bool,
    /// What the vault said of it when it came there.
    pub kept: Kept,
    /// Whether a person who did not upload it has confirmed what is covered on its review copy.
    pub checked: bool,
    pub about: About,
}

/// What a vault that has versions and locks said of a photo's sealed bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// The version of the original.
    pub original: Option<String>,
    /// The version of the review copy.
    pub review: Option<String>,
    /// Until when nobody can take either away.
    pub locked_until: Option<Moment>,
}

/// What is known of a photo's bytes; sealed with the incident's own key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Of the original as it was sent, in hexadecimal.
    pub sha256: String,
    /// What the original is written in.
    pub media: String,
    /// How large the original is.
    pub bytes: u64,
    /// Of the review copy, in hexadecimal.
    pub review_sha256: String,
    /// The review copy's sides, in pixels.
    pub width: u32,
    pub height: u32,
    /// How many places a machine covered; none if it covered everything because it could not look.
    pub covered: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_nothing_else_is_one() {
        let id = PhotoId(Uuid::from_u128(7));
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in
            ["", "pho_", "pho_7", "inc_00000000000000000000000000000007", "pho_0000000000000000000000000000000G"]
        {
            assert_eq!(wrong.parse::<PhotoId>(), Err(NotAnId), "{wrong}");
        }
    }
}
