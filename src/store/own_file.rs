//! The SQLite file that was opened, which somebody may take away while it is in use. It would still take writes, and all
//! of them would be gone with the last process that has it open.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A file, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl OwnFile {
    /// The file that is at this path now.
    pub fn at(path: &Path) -> io::Result<Self> {
        let found = fs::metadata(path)?;
        Ok(Self { path: path.to_owned(), device: found.dev(), inode: found.ino() })
    }

    /// Whether it still is there, and no other one in its place.
    pub fn is_there(&self) -> bool {
        Self::at(&self.path).is_ok_and(|now| now == *self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_replaced_is_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let (path, moved) = (folder.path().join("shop.db"), folder.path().join("moved.db"));
        fs::write(&path, "one").unwrap();
        let file = OwnFile::at(&path).unwrap();
        assert!(file.is_there());
        fs::rename(&path, &moved).unwrap();
        assert!(!file.is_there());
        fs::write(&path, "two").unwrap();
        assert!(!file.is_there());
        fs::rename(&moved, &path).unwrap();
        assert!(file.is_there());
    }
}
