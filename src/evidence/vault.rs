//! Where sealed bytes lie: names that are written once. What is put there is whole and on the disk, or not there at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use domain::clock::Moment;
use uuid::Uuid;

/// Where evidence is kept for good.
#[derive(Debug, Clone)]
pub enum Vault {
    /// A folder of this machine.
    Folder(Folder),
}

impl Vault {
    /// Puts bytes under a name; the same bytes may be put there again, no others.
    pub fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let Self::Folder(folder) = self;
        folder.put(name, bytes)
    }

    /// The bytes of a name.
    pub fn get(&self, name: &str) -> io::Result<Vec<u8>> {
        let Self::Folder(folder) = self;
        folder.get(name)
    }

    /// Takes a name away, where a lock allows it.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        let Self::Folder(folder) = self;
        folder.remove(name)
    }

    /// Every name, with the time it was put there.
    pub fn list(&self) -> io::Result<Vec<(String, Moment)>> {
        let Self::Folder(folder) = self;
        folder.list()
    }
}

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
        let draft = self.0.join(format!("{name}.{}.draft", Uuid::from_bytes(nonce()?).simple()));
        let written = write_whole(&draft, bytes).and_then(|()| match fs::hard_link(&draft, self.0.join(name)) {
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists && self.get(name)? == bytes => Ok(()),
            linked => linked,
        });
        fs::remove_file(&draft)?;
        written?;
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

    /// Every name, with the time it was put there; none if nothing was ever put.
    pub fn list(&self) -> io::Result<Vec<(String, Moment)>> {
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
    fn what_was_taken_away_may_be_taken_away_again() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::at(home.path());
        folder.put("one", b"first").unwrap();
        assert!(folder.has("one").unwrap());
        folder.remove("one").unwrap();
        folder.remove("one").unwrap();
        assert!(!folder.has("one").unwrap());
    }
}
