//! A photo's way: sealed onto the spool, then, when its row is committed, into the vault, read back from there, and only
//! then off the spool. Whatever is interrupted is done again.

use std::sync::Arc;

use domain::clock::Moment;
use domain::photo::{Kept, Photo, PhotoId};
use hyper::body::Bytes;
use ring::digest;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::bucket::Bucket;
use super::child::Reader;
use super::seal;
use super::standing::Standing;
use super::trouble::Trouble;
use super::vault::{Folder, Vault, on_disk};
use crate::failure::Failure;
use crate::keys::{self, DataKey, DoesNotOpen, Keys};

/// The most photos in the server's memory at the same time.
const IN_HAND: usize = 8;

/// Which bytes of a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copy {
    /// As they were sent.
    Original,
    /// As people look at them.
    Review,
}

impl Copy {
    const ALL: [Self; 2] = [Self::Original, Self::Review];

    /// Under which name they lie on the spool and in the vault; also what they are sealed for.
    pub fn name(self, id: PhotoId) -> String {
        match self {
            Self::Original => format!("{id}.original"),
            Self::Review => format!("{id}.review"),
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
}

/// Evidence that is not what was sent.
#[derive(Debug, thiserror::Error)]
#[error("the bytes of a photo are not those that were sealed")]
pub struct NotWhatWasSent;

impl Evidence {
    /// Photos read by this reader and kept there.
    pub fn new(reader: Reader, spool: Folder, vault: Vault) -> Arc<Self> {
        Arc::new(Self { reader, standing: Standing::default(), spool, vault, in_hand: Semaphore::new(IN_HAND) })
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
        for (copy, plain) in [(Copy::Original, original), (Copy::Review, review)] {
            let name = copy.name(id);
            let sealed = seal::seal(keys, key, name.as_bytes(), plain).map_err(Failure::broken)?;
            let spool = self.spool.clone();
            on_disk(move || spool.put(&name, &sealed)).await?;
        }
        Ok(())
    }

    /// Takes both copies off the spool again.
    pub async fn unstage(&self, id: PhotoId) -> Result<(), Failure> {
        let spool = self.spool.clone();
        Ok(on_disk(move || Copy::ALL.iter().try_for_each(|copy| spool.remove(&copy.name(id)))).await?)
    }

    /// Locks both copies of a photo until then; what the vault says of them afterwards.
    pub async fn extend(&self, id: PhotoId, kept: Kept, until: Moment) -> Result<Kept, Trouble> {
        let mut locked = Vec::with_capacity(Copy::ALL.len());
        for (copy, version) in [(Copy::Original, &kept.original), (Copy::Review, &kept.review)] {
            locked.push(self.vault.extend(&copy.name(id), version.as_deref(), until).await?);
        }
        // A vault that locks no more keeps what it has.
        let locked_until = locked.into_iter().min().flatten().or(kept.locked_until);
        Ok(Kept { locked_until, ..kept })
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
        let mut placed = Vec::with_capacity(Copy::ALL.len());
        for copy in Copy::ALL {
            let (spool, name) = (self.spool.clone(), copy.name(id));
            let wanted = name.clone();
            let sealed: Bytes = match on_disk(move || spool.get(&wanted)).await {
                Err(Trouble::Missing) => return Ok(None),
                read => read?.into(),
            };
            let at = self.vault.put(&name, sealed.clone(), retain_until).await?;
            self.vault.verify(&name, &sealed, &at).await?;
            placed.push(at);
        }
        let locked_until = placed.iter().map(|at| at.locked_until).min().flatten();
        let mut versions = placed.into_iter().map(|at| at.version);
        Ok(Some(Kept { original: versions.next().flatten(), review: versions.next().flatten(), locked_until }))
    }

    /// The bytes of a photo, if they are the ones that were sealed.
    pub async fn read(&self, key: &DataKey, photo: &Photo, copy: Copy) -> Result<Vec<u8>, Failure> {
        let name = copy.name(photo.id);
        let sealed = self.fetch(photo, copy, &name).await?;
        let plain = seal::open(key, name.as_bytes(), &sealed).map_err(|DoesNotOpen| Failure::broken(NotWhatWasSent))?;
        let expected = match copy {
            Copy::Original => &photo.about.sha256,
            Copy::Review => &photo.about.review_sha256,
        };
        if sha256(&plain) == *expected { Ok(plain) } else { Err(Failure::broken(NotWhatWasSent)) }
    }

    async fn fetch(&self, photo: &Photo, copy: Copy, name: &str) -> Result<Vec<u8>, Trouble> {
        let version = match copy {
            Copy::Original => photo.kept.original.as_deref(),
            Copy::Review => photo.kept.review.as_deref(),
        };
        if !photo.in_vault {
            return match self.on_spool(name).await {
                // It may have gone into the vault since its row was read.
                Err(Trouble::Missing) => self.vault.get(name, version).await,
                read => read,
            };
        }
        match self.vault.get(name, version).await {
            // It may not have gone from the spool yet.
            Err(trouble) if trouble.concerns_all() => self.on_spool(name).await.map_err(|_not_there_either| trouble),
            read => read,
        }
    }

    async fn on_spool(&self, name: &str) -> Result<Vec<u8>, Trouble> {
        let (spool, name) = (self.spool.clone(), name.to_owned());
        on_disk(move || spool.get(&name)).await
    }
}

/// The SHA-256 of bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    keys::hex(digest::digest(&digest::SHA256, bytes).as_ref())
}
