//! Looks at photos: one line each, chained by hashes like the record, so that a changed or missing line shows. A look
//! is no step of its incident: a hundred looks leave it as it was.

use sha2::{Digest as _, Sha256};

use crate::actor::Pseudonym;
use crate::audit::Hash;
use crate::clock::Moment;
use crate::photo::PhotoId;

/// A look as it is hashed and stored, before anybody sees anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub photo: PhotoId,
    /// 1, 2, 3 … without gaps, for each photo.
    pub seq: u32,
    pub at: Moment,
    pub member: Pseudonym,
    pub platform: String,
    /// Which review copy: 0 is the first one.
    pub version: u32,
    /// A keyed hash of the viewer's name, which is sealed beside the line.
    pub content: Hash,
    pub prev: Hash,
}

/// What the first look at a photo follows.
pub fn origin(photo: PhotoId) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(b"shopwatch/looks/v1");
    hasher.update(photo.0.as_bytes());
    Hash(hasher.finalize().into())
}

impl Look {
    /// The line's hash, which the next line carries: of every field in order, each with its length before it.
    pub fn hash(&self) -> Hash {
        let (seq, version) = (self.seq.to_be_bytes(), self.version.to_be_bytes());
        let at = self.at.timestamp_millis().to_be_bytes();
        let fields: [&[u8]; 8] = [
            self.photo.0.as_bytes(),
            &seq,
            &at,
            self.member.0.as_bytes(),
            self.platform.as_bytes(),
            &version,
            &self.content.0,
            &self.prev.0,
        ];
        let mut hasher = Sha256::new();
        for field in fields {
            hasher.update((field.len() as u64).to_be_bytes());
            hasher.update(field);
        }
        Hash(hasher.finalize().into())
    }
}

/// Whether the looks at a photo, in order, are as they were written; else the number of the first that is not.
pub fn check(photo: PhotoId, looks: &[(Look, Hash)]) -> Result<(), u32> {
    let mut prev = origin(photo);
    for (seq, (look, stored)) in (1..).zip(looks) {
        if look.seq != seq || look.prev != prev || look.hash() != *stored {
            return Err(seq);
        }
        prev = *stored;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    type Tampering<'a> = &'a dyn Fn(&mut Vec<(Look, Hash)>);

    #[test]
    fn a_changed_missing_or_swapped_look_is_named() {
        let photo = PhotoId(Uuid::from_u128(7));
        let mut prev = origin(photo);
        let looks: Vec<(Look, Hash)> = (1..=4)
            .map(|seq| {
                let member = Pseudonym("p".to_owned());
                let (platform, content) = ("console".to_owned(), Hash([1; 32]));
                let look = Look { photo, seq, at: Moment::default(), member, platform, version: 0, content, prev };
                prev = look.hash();
                (look, prev)
            })
            .collect();
        assert_eq!(check(photo, &looks), Ok(()));
        let changed = |change: Tampering<'_>| {
            let mut looks = looks.clone();
            change(&mut looks);
            check(photo, &looks)
        };
        assert_eq!(changed(&|looks| drop(looks.remove(1))), Err(2));
        assert_eq!(changed(&|looks| looks.swap(2, 3)), Err(3));
        assert_eq!(changed(&|looks| looks[1].0.member = Pseudonym("q".to_owned())), Err(2));
        assert_eq!(changed(&|looks| looks[0].0.version = 1), Err(1));
        assert!(check(PhotoId(Uuid::from_u128(8)), &looks).is_err());
    }
}
