//! Where sealed bytes lie: names that are written once. What is put there is whole and on the disk, or not there at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::clock::Moment;
use hyper::body::Bytes;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::bucket::Bucket;
use super::trouble::Trouble;

/// The most names that are listed at once; the most that S3 lists.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>
pub const LISTED_MAX: u16 = 1_000;

/// Where evidence is kept for good.
#[derive(Debug, Clone)]
pub enum Vault {
    /// A folder of this machine.
    Folder(Folder),
    /// A bucket of an S3 server.
    Bucket(Arc<Bucket>),
}

/// What became of something that was put into a vault.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placed {
    /// Its version, where the vault has versions.
    pub version: Option<String>,
    /// Until when nobody can take it away, where the vault has locks.
    pub locked_until: Option<Moment>,
}

impl Vault {
    /// Puts bytes under a name; the same bytes may be put there again, no others.
    pub async fn put(&self, name: &str, bytes: Bytes, retain_until: Moment) -> Result<Placed, Trouble> {
        match self {
            Self::Folder(folder) => {
                let (folder, name) = (folder.clone(), name.to_owned());
                on_disk(move || folder.put(&name, &bytes)).await.map(|()| Placed::default())
            }
            Self::Bucket(bucket) => Box::pin(bucket.put(name, bytes, retain_until)).await,
        }
    }

    /// Whether what was put under a name is there as it was put.
    pub async fn verify(&self, name: &str, bytes: &Bytes, placed: &Placed) -> Result<(), Trouble> {
        match self {
            Self::Folder(_) if self.get(name, None).await? == *bytes => Ok(()),
            Self::Folder(_) => Err(Trouble::Differs("its bytes")),
            Self::Bucket(bucket) => Box::pin(bucket.verify(name, bytes, placed)).await,
        }
    }

    /// The bytes of a name, of this version if there are versions.
    pub async fn get(&self, name: &str, version: Option<&str>) -> Result<Vec<u8>, Trouble> {
        match self {
            Self::Folder(folder) => {
                let (folder, name) = (folder.clone(), name.to_owned());
                on_disk(move || folder.get(&name)).await
            }
            Self::Bucket(bucket) => Box::pin(bucket.get(name, version)).await,
        }
    }

    /// Locks a name until then, where there are locks, and never for less long than before; until when it is locked now.
    pub async fn extend(&self, name: &str, version: Option<&str>, until: Moment) -> Result<Option<Moment>, Trouble> {
        match self {
            Self::Folder(_) => Ok(None),
            Self::Bucket(bucket) => Box::pin(bucket.extend(name, version, until)).await,
        }
    }

    /// Takes a name away for good, in every version if none is named; [`Trouble::Locked`] if it is locked.
    pub async fn remove(&self, name: &str, version: Option<&str>) -> Result<(), Trouble> {
        match self {
            Self::Folder(folder) => {
                let (folder, name) = (folder.clone(), name.to_owned());
                on_disk(move || folder.remove(&name)).await
            }
            Self::Bucket(bucket) => Box::pin(bucket.remove(name, version)).await,
        }
    }

    /// Names that begin so, in their order, after this one; fewer than [`LISTED_MAX`] are the last.
    pub async fn list(&self, prefix: &str, after: Option<&str>) -> Result<Vec<String>, Trouble> {
        match self {
            Self::Folder(folder) => {
                let (folder, prefix, after) = (folder.clone(), prefix.to_owned(), after.unwrap_or_default().to_owned());
                on_disk(move || folder.list(&prefix, &after)).await
            }
            Self::Bucket(bucket) => Box::pin(bucket.list(prefix, after)).await,
        }
    }
}

/// Work with files, beside what the server does otherwise.
pub async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Trouble> {
    let done = spawn_blocking(work).await.map_err(io::Error::other)?;
    let missing = |why: &io::Error| why.kind() == io::ErrorKind::NotFound;
    let taken = |why: &io::Error| why.kind() == io::ErrorKind::AlreadyExists;
    done.map_err(|why| {
        if missing(&why) {
            Trouble::Missing
        } else if taken(&why) {
            Trouble::Taken
        } else {
            Trouble::Disk(why)
        }
    })
}

/// How the name of a file ends that is being written.
const DRAFT: &str = ".draft";

/// A folder of files that are written once.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at this path, which is made when something is put into it.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Puts bytes under a name. They are written beside it and linked to it when they are on the disk, so that a crash
    /// leaves nothing half-written there, and a link never takes the place of a file.
    pub fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.0)?;
        let draft = self.0.join(format!("{name}.{}{DRAFT}", Uuid::from_bytes(nonce()?).simple()));
        let written = write_whole(&draft, bytes).and_then(|()| match fs::hard_link(&draft, self.0.join(name)) {
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists && self.get(name)? == bytes => Ok(()),
            linked => linked,
        });
        let removed = fs::remove_file(&draft);
        // Where nothing could be written, there is nothing to remove: the first failure is the one to tell.
        written?;
        removed?;
        File::open(&self.0)?.sync_all()
    }

    /// The bytes of a name.
    pub fn get(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.0.join(name))
    }

    /// Whether there is something under a name.
    pub fn has(&self, name: &str) -> io::Result<bool> {
        self.0.join(name).try_exists()
    }

    /// Names that begin so, in their order, after this one.
    pub fn list(&self, prefix: &str, after: &str) -> io::Result<Vec<String>> {
        let mut names: Vec<String> = self.list_dated()?.into_iter().map(|(name, _)| name).collect();
        names.retain(|name| name.starts_with(prefix) && name.as_str() > after && !name.ends_with(DRAFT));
        names.truncate(LISTED_MAX.into());
        Ok(names)
    }

    /// Every name, with the time it was put there; none if nothing was ever put.
    pub fn list_dated(&self) -> io::Result<Vec<(String, Moment)>> {
        let mut names = Vec::new();
        let entries = match fs::read_dir(&self.0) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(names),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            // It may have gone since the folder was read.
            let Ok(about) = entry.metadata() else { continue };
            names.push((entry.file_name().to_string_lossy().into_owned(), about.modified()?.into()));
        }
        names.sort();
        Ok(names)
    }

    /// Takes a name away.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.0.join(name)) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn nonce() -> io::Result<[u8; 16]> {
    ring::rand::generate(&ring::rand::SystemRandom::new())
        .map(ring::rand::Random::expose)
        .map_err(|ring::error::Unspecified| io::Error::other("no randomness from the system"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_name_is_written_once() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::at(home.path().join("evidence"));
        folder.put("one", b"first").unwrap();
        folder.put("one", b"first").unwrap();
        assert_eq!(folder.put("one", b"other").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(folder.get("one").unwrap(), b"first");
        assert_eq!(fs::read_dir(home.path().join("evidence")).unwrap().count(), 1, "no draft is left");
        let mode = fs::metadata(home.path().join("evidence/one")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o400);
    }

    #[test]
    fn a_folder_that_cannot_be_written_says_so() {
        let home = tempfile::tempdir().unwrap();
        let long = "n".repeat(300);
        let refused = Folder::at(home.path()).put(&long, b"bytes").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidFilename, "not that something is missing");
    }

    #[test]
    fn what_was_taken_away_may_be_taken_away_again() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::at(home.path());
        folder.put("one", b"first").unwrap();
        assert!(folder.has("one").unwrap());
        folder.remove("one").unwrap();
        folder.remove("one").unwrap();
        assert!(!folder.has("one").unwrap());
    }

    #[test]
    fn names_are_listed_in_their_order_and_drafts_are_none() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::at(home.path().join("evidence"));
        assert!(folder.list("", "").unwrap().is_empty(), "there is no folder yet");
        for name in ["pho_2", "pho_1", "other"] {
            folder.put(name, b"bytes").unwrap();
        }
        fs::write(home.path().join("evidence/pho_3.0.draft"), b"half").unwrap();
        assert_eq!(folder.list("pho_", "").unwrap(), ["pho_1", "pho_2"]);
        assert_eq!(folder.list("pho_", "pho_1").unwrap(), ["pho_2"]);
    }
}
