//! A photo's way: sealed onto the spool, then, when its row is committed, into the vault, read back from there, and only
//! then off the spool. Whatever is interrupted is done again.

use std::sync::Arc;

use domain::clock::Moment;
use domain::photo::{Kept, Photo, PhotoId};
use hyper::body::Bytes;
use ring::digest;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::bucket::Bucket;
use super::bucket::probe::PROBE;
use super::child::Reader;
use super::seal;
use super::standing::Standing;
use super::trouble::Trouble;
use super::vault::{Folder, LISTED_MAX, Placed, Vault, on_disk};
use crate::failure::Failure;
use crate::keys::{self, DataKey, DoesNotOpen, Keys};

/// The most photos that are worked on at the same time.
const IN_HAND: usize = 8;
/// The most photos that are on their way to us in requests at the same time; more than one person may have on the way.
/// They are no photos in hand: whoever sends slowly keeps nobody from looking.
const COMING: usize = 8;

/// Which bytes of a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copy {
    /// As they were sent.
    Original,
    /// As people look at them.
    Review,
    /// The picture that was sent beside an original which nothing here reads, as it was sent.
    Rendition,
}

impl Copy {
    /// Everything that can be kept of a photo; the first is what every photo has.
    pub const ALL: [Self; 3] = [Self::Original, Self::Review, Self::Rendition];

    /// What they are called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Review => "review",
            Self::Rendition => "rendition",
        }
    }

    /// Under which name they lie on the spool and in the vault; also what they are sealed for.
    pub fn name(self, id: PhotoId) -> String {
        format!("{id}.{}", self.as_str())
    }

    /// The same for a photo as it is now: people may have had its review copy made anew since, and no name is written
    /// twice.
    pub fn name_of(self, photo: &Photo) -> String {
        match (self, photo.about.copies.last()) {
            (Self::Review, Some(copy)) => format!("{}.{}", self.name(photo.id), copy.simple()),
            (Self::Original | Self::Review | Self::Rendition, _) => self.name(photo.id),
        }
    }

    /// Its version, where the vault has versions and the row knows it.
    fn version_of(self, photo: &Photo) -> Option<&str> {
        match self {
            Self::Original => photo.kept.original.as_deref(),
            Self::Review => photo.kept.review.as_deref().filter(|_| photo.about.copies.is_empty()),
            Self::Rendition => None,
        }
    }
}

/// What reads photos and what keeps them.
#[derive(Debug)]
pub struct Evidence {
    pub reader: Reader,
    /// How the vault stands.
    pub standing: Standing,
    spool: Folder,
    vault: Vault,
    in_hand: Semaphore,
    coming: Semaphore,
}

/// How a copy of a photo is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Whole,
    /// There is nothing under its name.
    Missing,
    /// It is not what was sealed.
    Changed,
    /// Where it lies does not answer.
    Unreadable,
}

/// Evidence that is not what was sent.
#[derive(Debug, thiserror::Error)]
#[error("the bytes of a photo are not those that were sealed")]
pub struct NotWhatWasSent;

impl Evidence {
    /// Photos read by this reader and kept there.
    pub fn new(reader: Reader, spool: Folder, vault: Vault) -> Arc<Self> {
        let (in_hand, coming) = (Semaphore::new(IN_HAND), Semaphore::new(COMING));
        Arc::new(Self { reader, standing: Standing::default(), spool, vault, in_hand, coming })
    }

    /// A place for one photo that somebody sends, kept until it is whole and in hand.
    pub async fn coming(&self) -> Result<SemaphorePermit<'_>, Failure> {
        self.coming.acquire().await.map_err(Failure::broken)
    }

    /// A place for one photo in memory; whoever takes one in or shows one waits for it.
    pub async fn hand(&self) -> Result<SemaphorePermit<'_>, Failure> {
        self.in_hand.acquire().await.map_err(Failure::broken)
    }

    /// Puts both copies of a photo onto the spool, sealed; they are on the disk afterwards.
    pub async fn stage(
        &self,
        keys: &Keys,
        key: &DataKey,
        id: PhotoId,
        original: &[u8],
        review: &[u8],
    ) -> Result<(), Failure> {
        self.stage_all(keys, key, id, &[(Copy::Original, original), (Copy::Review, review)]).await
    }

    /// Puts these copies of a photo onto the spool, sealed; they are on the disk afterwards.
    pub async fn stage_all(
        &self,
        keys: &Keys,
        key: &DataKey,
        id: PhotoId,
        copies: &[(Copy, &[u8])],
    ) -> Result<(), Failure> {
        for (copy, plain) in copies {
            let name = copy.name(id);
            let sealed = seal::seal(keys, key, name.as_bytes(), plain).map_err(Failure::broken)?;
            let spool = self.spool.clone();
            on_disk(move || spool.put(&name, &sealed)).await?;
        }
        Ok(())
    }

    /// Takes every copy off the spool again.
    pub async fn unstage(&self, id: PhotoId) -> Result<(), Failure> {
        let spool = self.spool.clone();
        Ok(on_disk(move || Copy::ALL.iter().try_for_each(|copy| spool.remove(&copy.name(id)))).await?)
    }

    /// Locks every copy of a photo until then; what the vault says of them afterwards.
    pub async fn extend(&self, id: PhotoId, kept: Kept, until: Moment) -> Result<Kept, Trouble> {
        let mut locked = vec![self.vault.extend(&Copy::Original.name(id), kept.original.as_deref(), until).await?];
        let first = Copy::Review.name(id);
        // Not every photo has a review copy; of one that has, the vault said its version if it has versions.
        if kept.review.is_some() {
            locked.push(self.vault.extend(&first, kept.review.as_deref(), until).await?);
        }
        // Review copies that were made anew, and what the first one was made of if that is not the original.
        for others in [first.clone(), Copy::Rendition.name(id)] {
            let names = self.vault.list(&others, None).await?.into_iter();
            for name in names.filter(|name| kept.review.is_none() || *name != first) {
                locked.push(self.vault.extend(&name, None, until).await?);
            }
        }
        // A vault that locks no more keeps what it has.
        let locked_until = locked.into_iter().min().flatten().or(kept.locked_until);
        Ok(Kept { locked_until, ..kept })
    }

    /// Holds everything of a photo that is in the bucket, or lets go of it; nothing where there are no locks.
    pub async fn hold(&self, id: PhotoId, held: bool) -> Result<(), Trouble> {
        let Vault::Bucket(bucket) = &self.vault else { return Ok(()) };
        if !bucket.locks_now().await? {
            return Ok(());
        }
        for lying in bucket.lying(&format!("{id}.")).await?.into_iter().filter(|lying| !lying.mark) {
            bucket.hold(&lying.name, lying.version.as_deref(), held).await?;
        }
        Ok(())
    }

    /// Photos of which something lies on the spool.
    pub async fn on_the_spool(&self) -> Result<Vec<PhotoId>, Failure> {
        let spool = self.spool.clone();
        let names = on_disk(move || spool.list("", "")).await?;
        let mut ids: Vec<PhotoId> = names.iter().filter_map(|name| name.split_once('.')?.0.parse().ok()).collect();
        ids.dedup();
        Ok(ids)
    }

    /// Makes sure that the vault can be used, and says what it cannot do when that is first known.
    pub async fn prepare(&self) -> Result<(), Trouble> {
        let Vault::Bucket(bucket) = &self.vault else { return Ok(()) };
        if bucket.abilities().is_some() {
            return Ok(());
        }
        Box::pin(bucket.probe()).await?;
        for lack in self.lacks() {
            tracing::warn!(target: "shopwatch::evidence", "the bucket has {lack}");
        }
        Ok(())
    }

    /// What the vault cannot do, a line each.
    pub fn lacks(&self) -> Vec<String> {
        let Vault::Bucket(bucket) = &self.vault else { return Vec::new() };
        bucket.abilities().unwrap_or_default().lacks.iter().map(ToString::to_string).collect()
    }

    /// The vault did not work; it is looked at anew before it is used again.
    pub fn broke(&self, now: Moment, why: &Trouble) {
        self.standing.broke(now, why);
        if let Vault::Bucket(bucket) = &self.vault {
            bucket.doubt();
        }
    }

    /// The bucket, if photos are kept in one.
    pub fn bucket(&self) -> Option<&Bucket> {
        match &self.vault {
            Vault::Folder(_) => None,
            Vault::Bucket(bucket) => Some(bucket),
        }
    }

    /// Takes a photo from the spool into the vault, kept there until then, and reads it back; none if it is on the spool
    /// of another replica.
    pub async fn put_away(&self, id: PhotoId, retain_until: Moment) -> Result<Option<Kept>, Trouble> {
        let Some(original) = self.put_copy_away(Copy::Original, id, retain_until).await? else { return Ok(None) };
        // All of a photo was on the spool before its row was committed: what is not there never was.
        let review = self.put_copy_away(Copy::Review, id, retain_until).await?;
        let beside = self.put_copy_away(Copy::Rendition, id, retain_until).await?;
        let placed = [Some(&original), review.as_ref(), beside.as_ref()].into_iter().flatten();
        let locked_until = placed.map(|at| at.locked_until).min().flatten();
        Ok(Some(Kept { original: original.version, review: review.and_then(|at| at.version), locked_until }))
    }

    /// Takes one copy from the spool into the vault and reads it back; none if it is not on the spool.
    async fn put_copy_away(&self, copy: Copy, id: PhotoId, retain_until: Moment) -> Result<Option<Placed>, Trouble> {
        let name = copy.name(id);
        let sealed: Bytes = match self.spooled(&name).await {
            Err(Trouble::Missing) => return Ok(None),
            read => read?.into(),
        };
        let at = self.vault.put(&name, sealed.clone(), retain_until).await?;
        self.vault.verify(&name, &sealed, &at).await?;
        Ok(Some(at))
    }

    /// Removes every copy from wherever it is; an error if a lock still keeps one.
    pub async fn remove(&self, id: PhotoId) -> Result<(), Failure> {
        let (spool, own) = (self.spool.clone(), format!("{id}."));
        let ours = own.clone();
        on_disk(move || spool.list(&ours, "")?.iter().try_for_each(|name| spool.remove(name))).await?;
        for name in self.vault.list(&own, None).await? {
            self.vault.remove(&name, None).await?;
        }
        Ok(())
    }

    /// Puts a review copy that was made anew into the vault, beside the earlier ones, kept there until then. Nothing is
    /// lost if it does not get there: the original is where it was.
    pub async fn put_review(
        &self,
        keys: &Keys,
        key: &DataKey,
        photo: &Photo,
        review: &[u8],
        retain_until: Moment,
    ) -> Result<(), Failure> {
        self.prepare().await?;
        let name = Copy::Review.name_of(photo);
        let sealed: Bytes = seal::seal(keys, key, name.as_bytes(), review).map_err(Failure::broken)?.into();
        let placed = self.vault.put(&name, sealed.clone(), retain_until).await?;
        Ok(self.vault.verify(&name, &sealed, &placed).await?)
    }

    /// The bytes of a photo, if they are the ones that were sealed.
    pub async fn read(&self, key: &DataKey, photo: &Photo, copy: Copy) -> Result<Vec<u8>, Failure> {
        let sealed = self.sealed(photo, copy).await?;
        open(key, photo, copy, &sealed).map_err(Failure::broken)
    }

    /// How a copy of a photo is.
    pub async fn state(&self, key: &DataKey, photo: &Photo, copy: Copy) -> State {
        match self.sealed(photo, copy).await {
            Ok(sealed) if open(key, photo, copy, &sealed).is_ok() => State::Whole,
            Ok(_) => State::Changed,
            Err(Trouble::Missing) => State::Missing,
            Err(_) => State::Unreadable,
        }
    }

    /// What lies in the vault, also what somebody has hidden there.
    pub async fn in_vault(&self) -> Result<Vec<String>, Failure> {
        if let Vault::Bucket(bucket) = &self.vault
            && bucket.is_versioned().await?
        {
            let mut names: Vec<String> = bucket.lying("").await?.into_iter().map(|lying| lying.name).collect();
            // Ours, where a bucket does not let it be taken away; that is said elsewhere.
            names.retain(|name| name != PROBE);
            names.sort_unstable();
            names.dedup();
            return Ok(names);
        }
        let mut names: Vec<String> = Vec::new();
        loop {
            let page = self.vault.list("", names.last().map(String::as_str)).await?;
            let is_last = page.len() < usize::from(LISTED_MAX);
            names.extend(page);
            if is_last {
                if self.bucket().is_some() {
                    names.retain(|name| name != PROBE);
                }
                return Ok(names);
            }
        }
    }

    /// What lies on the spool, with the time it was put there.
    pub async fn on_spool(&self) -> Result<Vec<(String, Moment)>, Failure> {
        let spool = self.spool.clone();
        Ok(on_disk(move || spool.list_dated()).await?)
    }

    /// Takes a file off the spool.
    pub async fn off_spool(&self, name: &str) -> Result<(), Failure> {
        let (spool, name) = (self.spool.clone(), name.to_owned());
        Ok(on_disk(move || spool.remove(&name)).await?)
    }

    /// The sealed bytes of a photo, from where they are.
    async fn sealed(&self, photo: &Photo, copy: Copy) -> Result<Vec<u8>, Trouble> {
        let (name, version) = (copy.name_of(photo), copy.version_of(photo));
        // A review copy that was made anew never was on the spool.
        if !photo.in_vault && name == copy.name(photo.id) {
            return match self.spooled(&name).await {
                // It may have gone into the vault since its row was read.
                Err(Trouble::Missing) => self.vault.get(&name, version).await,
                read => read,
            };
        }
        match self.vault.get(&name, version).await {
            // It may not have gone from the spool yet.
            Err(trouble) if trouble.concerns_all() => self.spooled(&name).await.map_err(|_not_there_either| trouble),
            read => read,
        }
    }

    async fn spooled(&self, name: &str) -> Result<Vec<u8>, Trouble> {
        let (spool, name) = (self.spool.clone(), name.to_owned());
        on_disk(move || spool.get(&name)).await
    }
}

/// The plain bytes, if they are the ones that were sealed.
fn open(key: &DataKey, photo: &Photo, copy: Copy, sealed: &[u8]) -> Result<Vec<u8>, NotWhatWasSent> {
    let plain = seal::open(key, copy.name_of(photo).as_bytes(), sealed).map_err(|DoesNotOpen| NotWhatWasSent)?;
    let expected = match copy {
        Copy::Original => Some(&photo.about.sha256),
        Copy::Review => photo.about.review_sha256.as_ref(),
        Copy::Rendition => photo.about.rendition.as_ref(),
    };
    if expected == Some(&sha256(&plain)) { Ok(plain) } else { Err(NotWhatWasSent) }
}

/// The SHA-256 of bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    keys::hex(digest::digest(&digest::SHA256, bytes).as_ref())
}
