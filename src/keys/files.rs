//! Where master keys are: `keys/master.key` in the data folder, 64 hexadecimal digits, or `EVIDENCE_MASTER_KEY`, 32 bytes
//! in base64. A key that was replaced stays beside it as `keys/old-<id>.key`, or in `EVIDENCE_OLD_MASTER_KEY`, until nothing
//! is wrapped by it any more.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use ring::rand::{SecureRandom as _, SystemRandom};
use zeroize::Zeroizing;

use super::{KEY_LEN, KeyProblem, Keys, Master, hex, unhex, wrapping};

/// The file of the key that wraps what is new.
const MASTER: &str = "master.key";
/// How the files of keys before it begin and end.
const OLD: &str = "old-";
const KEY: &str = ".key";

/// The folder of the key files.
#[derive(Debug, Clone)]
pub struct KeyFiles(PathBuf);

impl KeyFiles {
    /// Those of a data folder.
    pub fn below(data: &Path) -> Self {
        Self(data.join("keys"))
    }

    /// The keys of these files; makes the first one (0600) where none was ever used.
    pub fn open_or_make(&self) -> Result<Keys, KeyProblem> {
        let path = self.0.join(MASTER);
        if !path.try_exists().map_err(|source| fault(&path, source))? {
            let folder = fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0);
            folder.map_err(|source| fault(&path, source))?;
            write_new(&path, &new_master()?)?;
        }
        self.open()
    }

    /// Whether there is a master key.
    pub fn has_master(&self) -> Result<bool, KeyProblem> {
        let path = self.0.join(MASTER);
        path.try_exists().map_err(|source| fault(&path, source))
    }

    /// The keys of these files.
    pub fn open(&self) -> Result<Keys, KeyProblem> {
        let mut keys = Keys::from_master(&*read(&self.0.join(MASTER))?)?;
        for old in self.old()? {
            keys = keys.and_older(&*read(&old)?)?;
        }
        Ok(keys)
    }

    /// How many keys lie there that were replaced, and are there until nothing is wrapped by them.
    pub fn count_old(&self) -> Result<usize, KeyProblem> {
        Ok(self.old()?.len())
    }

    /// Puts a new master key in the place of the one that is there, which stays beside it. A crash leaves the one or the
    /// other, and nothing that only a lost key could open.
    pub fn replace(&self) -> Result<Keys, KeyProblem> {
        let path = self.0.join(MASTER);
        let before = read(&path)?;
        let old = self.0.join(format!("{OLD}{}{KEY}", wrapping(&before)?.id));
        write_new(&old, &before)?;
        let next = self.0.join("next.key");
        fs::remove_file(&next).or_else(unless_missing).map_err(|source| fault(&next, source))?;
        write_new(&next, &new_master()?)?;
        fs::rename(&next, &path)
            .and_then(|()| File::open(&self.0)?.sync_all())
            .map_err(|source| fault(&path, source))?;
        self.open_or_make()
    }

    /// Takes the keys away that were replaced; how many. Nothing may be wrapped by them any more.
    pub fn forget_old(&self) -> Result<usize, KeyProblem> {
        let old = self.old()?;
        for path in &old {
            fs::remove_file(path).map_err(|source| fault(path, source))?;
        }
        Ok(old.len())
    }

    fn old(&self) -> Result<Vec<PathBuf>, KeyProblem> {
        let read = |source| fault(&self.0, source);
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.0).map_err(read)? {
            let entry = entry.map_err(read)?;
            let name = entry.file_name();
            if name.to_str().is_some_and(|name| name.starts_with(OLD) && name.ends_with(KEY)) {
                found.push(entry.path());
            }
        }
        found.sort();
        Ok(found)
    }
}

/// The keys of the environment.
pub fn given(master: &str, old: Option<&str>) -> Result<Keys, KeyProblem> {
    let keys = Keys::from_master(&*from_base64(master, "EVIDENCE_MASTER_KEY")?)?;
    match old {
        Some(old) => keys.and_older(&*from_base64(old, "EVIDENCE_OLD_MASTER_KEY")?),
        None => Ok(keys),
    }
}

fn from_base64(text: &str, setting: &'static str) -> Result<Master, KeyProblem> {
    let problem = || KeyProblem::NotBase64 { setting };
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim()).map_err(|_why| problem())?;
    let bytes = Zeroizing::new(bytes);
    <[u8; KEY_LEN]>::try_from(bytes.as_slice()).map(Zeroizing::new).map_err(|_why| problem())
}

fn fault(path: &Path, source: io::Error) -> KeyProblem {
    KeyProblem::File { path: path.to_owned(), source }
}

fn unless_missing(why: io::Error) -> io::Result<()> {
    if why.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(why) }
}

fn read(path: &Path) -> Result<Master, KeyProblem> {
    let mut text = Zeroizing::new(String::new());
    File::open(path)
        .and_then(|file| file.take(1_024).read_to_string(&mut text))
        .map_err(|source| fault(path, source))?;
    unhex(text.trim()).ok_or_else(|| KeyProblem::Malformed { path: path.to_owned() })
}

fn new_master() -> Result<Master, KeyProblem> {
    let mut bytes = Zeroizing::new([0; KEY_LEN]);
    SystemRandom::new().fill(&mut *bytes).map_err(|ring::error::Unspecified| KeyProblem::NoRandomness)?;
    Ok(bytes)
}

/// Writes a key so that a crash leaves either none or a whole one; one that is there already stays.
fn write_new(path: &Path, master: &Master) -> Result<(), KeyProblem> {
    let fault = |source| fault(path, source);
    let draft = path.with_extension("draft");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft).map_err(fault)?;
    let text = Zeroizing::new(hex(&**master));
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(fault)?;
    fs::hard_link(&draft, path)
        .or_else(|why| if why.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(why) })
        .map_err(fault)?;
    fs::remove_file(&draft).map_err(fault)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder).and_then(|folder| folder.sync_all())).map_err(fault)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_key_file_is_made_once_for_the_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let files = KeyFiles::below(folder.path());
        let first = files.open_or_make().unwrap().pseudonym("amal");
        assert_eq!(first, files.open_or_make().unwrap().pseudonym("amal"));
        let path = folder.path().join("keys/master.key");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, "not a key").unwrap();
        assert!(matches!(files.open_or_make(), Err(KeyProblem::Malformed { .. })));
    }

    #[test]
    fn a_replaced_key_stays_until_it_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let files = KeyFiles::below(folder.path());
        let before = files.open_or_make().unwrap();
        let key = before.new_data_key(b"inc_1").unwrap();
        let after = files.replace().unwrap();
        assert_ne!(before.id(), after.id());
        assert!(after.unwrap_data_key(b"inc_1", &key.wrapped).is_ok());
        assert!(files.open_or_make().unwrap().unwrap_data_key(b"inc_1", &key.wrapped).is_ok());
        assert_eq!(files.forget_old().unwrap(), 1);
        assert!(files.open_or_make().unwrap().unwrap_data_key(b"inc_1", &key.wrapped).is_err());
        assert_eq!(fs::read_dir(folder.path().join("keys")).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn a_key_of_the_environment_is_32_bytes_in_base64() {
        let text = base64::engine::general_purpose::STANDARD.encode([7; KEY_LEN]);
        let keys = given(&text, None).unwrap();
        assert_eq!(keys.id(), Keys::from_master(&[7; KEY_LEN]).unwrap().id());
        for wrong in ["", "secret", "AAAA", &format!("{text}AAAA")] {
            assert!(matches!(given(wrong, None), Err(KeyProblem::NotBase64 { .. })), "{wrong}");
            assert!(given(&text, Some(wrong)).is_err());
        }
    }
}
