//! Looks at photos: one line each, chained by hashes like the record, so that a changed or missing line shows. A look
//! is no step of its incident: a hundred looks leave it as it was. How many there were is written down twice: beside the
//! photo at every look, and in the incident's record whenever it takes its next step.

use std::fmt::{self, Display};
use std::str::FromStr;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::actor::Pseudonym;
use crate::audit::{self, Broken, Hash, Link};
use crate::clock::Moment;
use crate::id::NotAnId;
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
    /// The link by which they came, if they came by one.
    pub link: Option<Uuid>,
}

/// What the first look at a photo follows.
pub fn origin(photo: PhotoId) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(b"shopwatch/looks/v1");
    hasher.update(photo.0.as_bytes());
    Hash(hasher.finalize().into())
}

impl Look {
    /// The line's hash, which the next line carries: of every field in order, each with its length before it. The link
    /// is one of them where there is one.
    pub fn hash(&self) -> Hash {
        self.hash_with(self.link)
    }

    /// The hash that it was made with, if it was stored with this one: until links were a part of it, a look by way of one
    /// was hashed like any other.
    fn made(&self, stored: Hash) -> Hash {
        let earlier = self.hash_with(None);
        if stored == earlier && self.link.is_some() { earlier } else { self.hash() }
    }

    fn hash_with(&self, link: Option<Uuid>) -> Hash {
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
        let link = link.as_ref().map(|link| link.as_bytes().as_slice());
        let mut hasher = Sha256::new();
        for field in fields.into_iter().chain(link) {
            hasher.update((field.len() as u64).to_be_bytes());
            hasher.update(field);
        }
        Hash(hasher.finalize().into())
    }
}

/// How many looks there were at a photo at some moment, and the hash of the last one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    pub photo: PhotoId,
    pub looks: u32,
    pub head: Hash,
}

impl Counted {
    /// Nobody has looked.
    pub fn none(photo: PhotoId) -> Self {
        Self { photo, looks: 0, head: origin(photo) }
    }
}

impl Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.photo, self.looks, self.head)
    }
}

impl FromStr for Counted {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let mut parts = text.split(':');
        let (Some(photo), Some(looks), Some(head), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotAnId);
        };
        let looks = looks.parse().map_err(|_why| NotAnId)?;
        Ok(Self { photo: photo.parse()?, looks, head: Hash::read(head).ok_or(NotAnId)? })
    }
}

/// Checks the looks at a photo, in order, against how many there are now, and against every count of them that was written
/// down meanwhile; names the first bad one.
pub fn check(now: &Counted, meanwhile: &[Counted], looks: &[(Look, Hash)]) -> Result<(), Broken> {
    let links = looks.iter().map(|(look, stored)| Link {
        seq: look.seq,
        prev: look.prev,
        made: look.made(*stored),
        stored: *stored,
    });
    audit::follow(origin(now.photo), now.looks, now.head, links)?;
    let there = u32::try_from(looks.len()).unwrap_or(u32::MAX);
    for counted in meanwhile.iter().filter(|counted| counted.photo == now.photo && counted.looks > 0) {
        let last = usize::try_from(counted.looks - 1).ok().and_then(|at| looks.get(at));
        match last {
            None => return Err(Broken::Missing { seq: there + 1 }),
            Some((_, stored)) if *stored != counted.head => return Err(Broken::Changed { seq: counted.looks }),
            Some(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
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
                let (at, link) = (Moment::default(), (seq == 3).then(|| Uuid::from_u128(3)));
                let look = Look { photo, seq, at, member, platform, version: 0, content, prev, link };
                prev = look.hash();
                (look, prev)
            })
            .collect();
        let (head, third) = (looks[3].1, looks[2].1);
        let now = Counted { photo, looks: 4, head };
        let before = Counted { photo, looks: 3, head: third };
        assert_eq!(check(&now, &[before], &looks), Ok(()));
        assert_eq!(now.to_string().parse(), Ok(now));
        let changed = |now: &Counted, change: Tampering<'_>| {
            let mut looks = looks.clone();
            change(&mut looks);
            check(now, &[before], &looks)
        };
        assert_eq!(changed(&now, &|looks| drop(looks.remove(1))), Err(Broken::Missing { seq: 2 }));
        assert_eq!(changed(&now, &|looks| drop(looks.pop())), Err(Broken::Missing { seq: 4 }));
        assert_eq!(changed(&now, &|looks| looks.swap(2, 3)), Err(Broken::Missing { seq: 3 }));
        assert_eq!(changed(&now, &|looks| looks[0].0.version = 1), Err(Broken::Changed { seq: 1 }));
        assert_eq!(
            changed(&now, &|looks| looks[1].0.member = Pseudonym("q".to_owned())),
            Err(Broken::Changed { seq: 2 })
        );
        // Somebody who can also write how many there are is found by what was written down meanwhile.
        let fewer = Counted { photo, looks: 2, head: looks[1].1 };
        assert_eq!(changed(&fewer, &|looks| looks.truncate(2)), Err(Broken::Missing { seq: 3 }));
        let other = Counted { head: Hash([9; 32]), ..before };
        assert_eq!(check(&now, &[other], &looks), Err(Broken::Changed { seq: 3 }));
        assert_eq!(check(&Counted { looks: 3, ..before }, &[], &looks), Err(Broken::Extra { seq: 4 }));
        assert!(check(&Counted::none(PhotoId(Uuid::from_u128(8))), &[], &looks).is_err());
    }

    #[test]
    fn a_changed_link_is_found_and_looks_from_before_links_were_hashed_verify_as_they_did() {
        let photo = PhotoId(Uuid::from_u128(7));
        let (member, platform, content) = (Pseudonym("p".to_owned()), "slack".to_owned(), Hash([1; 32]));
        let (prev, link) = (origin(photo), Some(Uuid::from_u128(3)));
        let look = Look { photo, seq: 1, at: Moment::default(), member, platform, version: 0, content, prev, link };
        let other = |link| Look { link, ..look.clone() };
        let verdict = |look: &Look, stored: Hash| {
            check(&Counted { photo, looks: 1, head: stored }, &[], &[(look.clone(), stored)])
        };
        let changed = Err(Broken::Changed { seq: 1 });
        assert_eq!(verdict(&look, look.hash()), Ok(()));
        assert_eq!(verdict(&other(Some(Uuid::from_u128(4))), look.hash()), changed);
        assert_eq!(verdict(&other(None), look.hash()), changed, "nor is one taken away");
        let earlier = other(None).hash();
        assert_ne!(earlier, look.hash());
        assert_eq!((verdict(&look, earlier), verdict(&other(None), earlier)), (Ok(()), Ok(())));
    }

    #[test]
    fn a_count_reads_back_and_nothing_else_is_one() {
        let none = Counted::none(PhotoId(Uuid::from_u128(7)));
        assert_eq!(none.to_string().parse(), Ok(none));
        for wrong in ["", "1:2:3", &format!("{none}0"), &format!("{none}:"), &none.to_string().replace(":0:", ":x:")] {
            assert_eq!(wrong.parse::<Counted>(), Err(NotAnId), "{wrong}");
        }
    }
}
