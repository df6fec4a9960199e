//! A photo's way: sealed onto the spool, then, when its row is committed, into the vault, read back from there, and only
//! then off the spool. Whatever is interrupted is done again.

use std::io;
use std::sync::Arc;

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

    /// Under which name they lie on the spool and in the vault; also what they are sealed for.
    pub fn name(self, id: PhotoId) -> String {
        match self {
            Self::Original => format!("{id}.original"),
            Self::Review => format!("{id}.review"),
        }
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
        let name = copy.name_of(photo);
        let (spool, vault, from_vault, wanted) = (self.spool.clone(), self.vault.clone(), photo.in_vault, name.clone());
        let sealed = on_disk(move || match if from_vault { vault.get(&wanted) } else { spool.get(&wanted) } {
            // It may have gone into the vault since its row was read.
            Err(why) if why.kind() == io::ErrorKind::NotFound => vault.get(&wanted),
            read => read,
        })
        .await?;
        let plain = seal::open(key, name.as_bytes(), &sealed).map_err(|DoesNotOpen| Failure::broken(NotWhatWasSent))?;
        let expected = match copy {
            Copy::Original => &photo.about.sha256,
            Copy::Review => &photo.about.review_sha256,
        };
        if sha256(&plain) == *expected { Ok(plain) } else { Err(Failure::broken(NotWhatWasSent)) }
    }
}

/// The SHA-256 of bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    keys::hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Work with files, beside what the server does otherwise.
async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Failure> {
    let done = spawn_blocking(work).await.map_err(Failure::broken)?;
    done.map_err(|why| {
        tracing::error!(target: "shopwatch::evidence", error = %why.kind(), "a photo's file cannot be used");
        Failure::Unavailable("evidence")
    })
}
