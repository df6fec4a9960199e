//! A photo's way: sealed onto the spool, then, when its row is committed, into the vault, read back from there, and only
//! then off the spool. Whatever is interrupted is done again.

use std::io;
use std::sync::Arc;

use domain::clock::Moment;
use domain::photo::{Photo, PhotoId};
use ring::digest;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::spawn_blocking;

use super::child::Reader;
use super::seal;
use super::vault::{Folder, Vault};
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

    /// What they are called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Review => "review",
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
            (Self::Original | Self::Review, _) => self.name(photo.id),
        }
    }
}

/// What reads photos and what keeps them.
#[derive(Debug)]
pub struct Evidence {
    pub reader: Reader,
    spool: Folder,
    vault: Vault,
    in_hand: Semaphore,
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
        Arc::new(Self { reader, spool, vault, in_hand: Semaphore::new(IN_HAND) })
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
        on_disk(move || Copy::ALL.iter().try_for_each(|copy| spool.remove(&copy.name(id)))).await
    }

    /// Takes a photo from the spool into the vault; false if it is on the spool of another replica.
    pub async fn put_away(&self, id: PhotoId) -> Result<bool, Failure> {
        let (spool, vault) = (self.spool.clone(), self.vault.clone());
        on_disk(move || {
            for copy in Copy::ALL {
                let name = copy.name(id);
                if !spool.has(&name)? {
                    return Ok(false);
                }
                let sealed = spool.get(&name)?;
                vault.put(&name, &sealed)?;
                if vault.get(&name)? != sealed {
                    return Err(io::Error::other("the vault gave back other bytes than it was given"));
                }
            }
            Ok(true)
        })
        .await
    }

    /// Removes every copy from wherever it is; an error if a lock still keeps one.
    pub async fn remove(&self, id: PhotoId) -> Result<(), Failure> {
        let (spool, vault, own) = (self.spool.clone(), self.vault.clone(), format!("{id}."));
        on_disk(move || {
            for (name, _) in spool.list()?.iter().filter(|(name, _)| name.starts_with(&own)) {
                spool.remove(name)?;
            }
            vault.list()?.iter().filter(|(name, _)| name.starts_with(&own)).try_for_each(|(name, _)| vault.remove(name))
        })
        .await
    }

    /// Puts a review copy that was made anew into the vault, beside the earlier ones. Nothing is lost if it does not get
    /// there: the original is where it was.
    pub async fn put_review(&self, keys: &Keys, key: &DataKey, photo: &Photo, review: &[u8]) -> Result<(), Failure> {
        let name = Copy::Review.name_of(photo);
        let sealed = seal::seal(keys, key, name.as_bytes(), review).map_err(Failure::broken)?;
        let vault = self.vault.clone();
        on_disk(move || {
            vault.put(&name, &sealed)?;
            if vault.get(&name)? == sealed { Ok(()) } else { Err(io::Error::other("other bytes than were given")) }
        })
        .await
    }

    /// The bytes of a photo, if they are the ones that were sealed.
    pub async fn read(&self, key: &DataKey, photo: &Photo, copy: Copy) -> Result<Vec<u8>, Failure> {
        let sealed = self.sealed(photo, copy).await?.map_err(unusable)?;
        open(key, photo, copy, &sealed).map_err(Failure::broken)
    }

    /// How a copy of a photo is.
    pub async fn state(&self, key: &DataKey, photo: &Photo, copy: Copy) -> State {
        match self.sealed(photo, copy).await {
            Ok(Ok(sealed)) if open(key, photo, copy, &sealed).is_ok() => State::Whole,
            Ok(Ok(_)) => State::Changed,
            Ok(Err(why)) if why.kind() == io::ErrorKind::NotFound => State::Missing,
            Ok(Err(_)) | Err(_) => State::Unreadable,
        }
    }

    /// What lies in the vault, with the time it was put there.
    pub async fn in_vault(&self) -> Result<Vec<(String, Moment)>, Failure> {
        let vault = self.vault.clone();
        on_disk(move || vault.list()).await
    }

    /// What lies on the spool, with the time it was put there.
    pub async fn on_spool(&self) -> Result<Vec<(String, Moment)>, Failure> {
        let spool = self.spool.clone();
        on_disk(move || spool.list()).await
    }

    /// Takes a file off the spool.
    pub async fn off_spool(&self, name: &str) -> Result<(), Failure> {
        let (spool, name) = (self.spool.clone(), name.to_owned());
        on_disk(move || spool.remove(&name)).await
    }

    /// The sealed bytes of a photo, from where they are.
    async fn sealed(&self, photo: &Photo, copy: Copy) -> Result<io::Result<Vec<u8>>, Failure> {
        let (spool, vault, from_vault, name) =
            (self.spool.clone(), self.vault.clone(), photo.in_vault, copy.name_of(photo));
        let read = spawn_blocking(move || match if from_vault { vault.get(&name) } else { spool.get(&name) } {
            // It may have gone into the vault since its row was read.
            Err(why) if why.kind() == io::ErrorKind::NotFound => vault.get(&name),
            read => read,
        });
        read.await.map_err(Failure::broken)
    }
}

/// The plain bytes, if they are the ones that were sealed.
fn open(key: &DataKey, photo: &Photo, copy: Copy, sealed: &[u8]) -> Result<Vec<u8>, NotWhatWasSent> {
    let plain = seal::open(key, copy.name_of(photo).as_bytes(), sealed).map_err(|DoesNotOpen| NotWhatWasSent)?;
    let expected = match copy {
        Copy::Original => &photo.about.sha256,
        Copy::Review => &photo.about.review_sha256,
    };
    if sha256(&plain) == *expected { Ok(plain) } else { Err(NotWhatWasSent) }
}

/// The SHA-256 of bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    keys::hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Work with files, beside what the server does otherwise.
async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Failure> {
    let done = spawn_blocking(work).await.map_err(Failure::broken)?;
    done.map_err(unusable)
}

#[expect(clippy::needless_pass_by_value, reason = "it takes the place of the error that it is made of")]
fn unusable(why: io::Error) -> Failure {
    tracing::error!(target: "shopwatch::evidence", error = %why.kind(), "a photo's file cannot be used");
    Failure::Unavailable("evidence")
}
