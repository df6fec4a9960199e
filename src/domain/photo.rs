//! A photo of an incident: its id, and what is known of it besides its bytes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::actor::Pseudonym;
use crate::audit::Hash;
use crate::clock::Moment;
use crate::id::{IncidentId, NotAnId};
use crate::policy::Mask;

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

impl Photo {
    /// Who has gone over what is covered on it.
    pub fn mask(&self) -> Mask {
        match (self.checked, &self.about.drawn_by) {
            (true, _) => Mask::Checked,
            (false, Some(_)) => Mask::Drawn,
            (false, None) => Mask::Found,
        }
    }
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
    /// Of the review copy, in hexadecimal; none if there is no such copy, since nothing here reads the original and nothing
    /// came beside it.
    #[serde(default)]
    pub review_sha256: Option<String>,
    /// The review copy's sides, in pixels.
    pub width: u32,
    pub height: u32,
    /// How many places are covered; none if all of it is.
    pub covered: Option<u32>,
    /// Those places.
    #[serde(default)]
    pub boxes: Vec<Area>,
    /// Who drew them last; none while they are the machine's.
    #[serde(default)]
    pub drawn_by: Option<Pseudonym>,
    /// What the picture looks like as a whole, to be compared with others of the shop; nothing about who is on it.
    #[serde(default)]
    pub likeness: Option<String>,
    /// Of the picture that was sent beside an original which nothing here reads, in hexadecimal: the review copy was made of
    /// that one. None if it was made of the original.
    #[serde(default)]
    pub rendition: Option<String>,
    /// The review copies made after the first one, oldest first; people look at the last.
    #[serde(default)]
    pub copies: Vec<Uuid>,
}

impl About {
    /// Which review copy people look at: 0 is the first one. What somebody says of a photo is said of this copy.
    pub fn version(&self) -> usize {
        self.copies.len()
    }

    /// Whether it is sealed and nothing else: there is no review copy, so that nobody looks at one, nothing on it can be
    /// covered or confirmed, and nothing of it can be shared.
    pub fn is_sealed_only(&self) -> bool {
        self.review_sha256.is_none()
    }
}

/// What the record holds of a photo's bytes: keyed hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    pub original: Hash,
    /// Of the picture beside it that the review copy was made of, if it was not made of the original.
    pub rendition: Option<Hash>,
    /// Whether there is no review copy.
    pub sealed_only: bool,
}

/// The most places that are covered on one photo: more are covered by covering everything.
pub const BOXES_MAX: usize = 200;

/// A part of a review copy, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Area {
    pub left: u32,
    pub top: u32,
    pub width: u32,
    pub height: u32,
}

impl Area {
    /// What of it lies in a picture of this size; none if nothing does.
    pub fn inside(self, width: u32, height: u32) -> Option<Self> {
        let width = self.width.min(width.checked_sub(self.left)?);
        let height = self.height.min(height.checked_sub(self.top)?);
        (width > 0 && height > 0).then_some(Self { width, height, ..self })
    }
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

    #[test]
    fn an_area_ends_where_the_picture_does() {
        let area = Area { left: 90, top: 10, width: 50, height: 5 };
        assert_eq!(area.inside(100, 100), Some(Area { width: 10, ..area }));
        assert_eq!(area.inside(90, 100), None);
        assert_eq!(area.inside(50, 100), None);
        assert_eq!(Area { height: 0, ..area }.inside(100, 100), None);
    }

    #[test]
    fn what_was_sealed_of_a_photo_before_people_could_draw_is_read() {
        let sealed =
            r#"{"sha256":"a","media":"image/png","bytes":1,"review_sha256":"b","width":2,"height":3,"covered":4}"#;
        let about: About = serde_json::from_str(sealed).unwrap();
        assert!(about.boxes.is_empty() && about.drawn_by.is_none() && about.version() == 0);
        assert!(!about.is_sealed_only());
    }
}
