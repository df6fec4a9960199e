//! The master key and what is derived from it: sealing, pseudonyms and keyed hashes.
//!
//! Every incident has a data key of its own, wrapped by the master key; destroying it erases the incident's words
//! in every copy of the database. The master key never enters the database.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use domain::actor::Pseudonym;
use domain::audit::Hash;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hkdf, hmac};
use zeroize::Zeroizing;

/// Bytes of a key (AES-256).
const KEY_LEN: usize = 32;
/// Characters of a pseudonym: 128 bits in hexadecimal.
const PSEUDONYM_LEN: usize = 32;

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyProblem {
    #[error(
        "cannot use {path}: {source}\n  why  the master key seals every report\n  do   make the folder writable for this user, or restore it from your backup"
    )]
    File { path: PathBuf, source: io::Error },
    #[error(
        "{path} is not a master key\n  why  it should hold 64 hexadecimal digits\n  do   restore it from your backup; without it nothing that was sealed can be read"
    )]
    Malformed { path: PathBuf },
    #[error("no randomness from the system")]
    NoRandomness,
}

/// Something sealed does not open: another key, or somebody changed it.
#[derive(Debug, thiserror::Error)]
#[error("a sealed value does not open with this key")]
pub struct DoesNotOpen;

/// Everything derived from the master key.
pub struct Keys {
    wrap: LessSafeKey,
    pseudonyms: hmac::Key,
    contents: hmac::Key,
    random: SystemRandom,
}

/// The key of one incident.
pub struct DataKey {
    key: LessSafeKey,
    /// The same key under the master key, as the incident's row keeps it.
    pub wrapped: Vec<u8>,
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

impl Keys {
    /// Opens `keys/master.key` in the data folder, or makes one (0600) where none was ever used.
    pub fn open_or_make(data: &Path) -> Result<Self, KeyProblem> {
        let folder = data.join("keys");
        let path = folder.join("master.key");
        let fault = |source| KeyProblem::File { path: path.clone(), source };
        if !path.try_exists().map_err(fault)? {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(fault)?;
            make_key_file(&path)?;
        }
        let mut text = Zeroizing::new(String::new());
        File::open(&path).and_then(|file| file.take(1_024).read_to_string(&mut text)).map_err(fault)?;
        let master = unhex(text.trim()).ok_or(KeyProblem::Malformed { path: path.clone() })?;
        Self::from_master(&master)
    }

    /// The keys that follow from a master key.
    pub fn from_master(master: &[u8; KEY_LEN]) -> Result<Self, KeyProblem> {
        let derive = |purpose: &[u8]| -> Result<Zeroizing<[u8; KEY_LEN]>, KeyProblem> {
            let mut key = Zeroizing::new([0; KEY_LEN]);
            let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"shopwatch/v1").extract(master);
            prk.expand(&[purpose], Length(KEY_LEN))
                .and_then(|okm| okm.fill(&mut *key))
                .map_err(|ring::error::Unspecified| KeyProblem::NoRandomness)?;
            Ok(key)
        };
        Ok(Self {
            wrap: aead_key(&*derive(b"wrap")?).ok_or(KeyProblem::NoRandomness)?,
            pseudonyms: hmac::Key::new(hmac::HMAC_SHA256, &*derive(b"pseudonyms")?),
            contents: hmac::Key::new(hmac::HMAC_SHA256, &*derive(b"contents")?),
            random: SystemRandom::new(),
        })
    }

    /// What tables hold instead of a member.
    pub fn pseudonym(&self, member: &str) -> Pseudonym {
        let mut name = hex(hmac::sign(&self.pseudonyms, member.as_bytes()).as_ref());
        name.truncate(PSEUDONYM_LEN);
        Pseudonym(name)
    }

    /// A keyed hash of content, so that a record proves words without holding them.
    pub fn content(&self, parts: &[&[u8]]) -> Hash {
        let mut context = hmac::Context::with_key(&self.contents);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut hash = Hash([0; 32]);
        hash.0.copy_from_slice(context.sign().as_ref());
        hash
    }

    /// A fresh data key for what `owner` names.
    pub fn new_data_key(&self, owner: &[u8]) -> Result<DataKey, KeyProblem> {
        let mut bytes = Zeroizing::new([0; KEY_LEN]);
        self.random.fill(&mut *bytes).map_err(|ring::error::Unspecified| KeyProblem::NoRandomness)?;
        let key = aead_key(&*bytes).ok_or(KeyProblem::NoRandomness)?;
        let wrapped = self.seal_with(&self.wrap, owner, &*bytes)?;
        Ok(DataKey { key, wrapped })
    }

    /// The data key that a row keeps.
    pub fn unwrap_data_key(&self, owner: &[u8], wrapped: &[u8]) -> Result<DataKey, DoesNotOpen> {
        let bytes = Zeroizing::new(open_with(&self.wrap, owner, wrapped)?);
        let key = aead_key(&bytes).ok_or(DoesNotOpen)?;
        Ok(DataKey { key, wrapped: wrapped.to_owned() })
    }

    /// Seals a value under a data key; `purpose` says where it may be opened.
    pub fn seal(&self, key: &DataKey, purpose: &[u8], plain: &[u8]) -> Result<Vec<u8>, KeyProblem> {
        self.seal_with(&key.key, purpose, plain)
    }

    fn seal_with(&self, key: &LessSafeKey, purpose: &[u8], plain: &[u8]) -> Result<Vec<u8>, KeyProblem> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|ring::error::Unspecified| KeyProblem::NoRandomness)?;
        let mut body = plain.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose), &mut body)
            .map_err(|ring::error::Unspecified| KeyProblem::NoRandomness)?;
        let mut sealed = nonce.to_vec();
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// A 256-bit secret for a link, a session or a key, in URL-safe characters.
    pub fn secret(&self) -> Result<String, KeyProblem> {
        use base64::Engine as _;
        let mut bytes = Zeroizing::new([0; KEY_LEN]);
        self.random.fill(&mut *bytes).map_err(|ring::error::Unspecified| KeyProblem::NoRandomness)?;
        Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(*bytes))
    }
}

impl DataKey {
    /// Opens what was sealed for this purpose.
    pub fn open(&self, purpose: &[u8], sealed: &[u8]) -> Result<Vec<u8>, DoesNotOpen> {
        open_with(&self.key, purpose, sealed)
    }
}

fn open_with(key: &LessSafeKey, purpose: &[u8], sealed: &[u8]) -> Result<Vec<u8>, DoesNotOpen> {
    let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(DoesNotOpen)?;
    let mut body = body.to_vec();
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let plain =
        key.open_in_place(nonce, Aad::from(purpose), &mut body).map_err(|ring::error::Unspecified| DoesNotOpen)?.len();
    body.truncate(plain);
    Ok(body)
}

fn aead_key(bytes: &[u8]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, bytes).ok().map(LessSafeKey::new)
}

/// Writes a new key so that a crash leaves either none or a whole one.
fn make_key_file(path: &Path) -> Result<(), KeyProblem> {
    let fault = |source| KeyProblem::File { path: path.to_owned(), source };
    let mut bytes = Zeroizing::new([0; KEY_LEN]);
    SystemRandom::new().fill(&mut *bytes).map_err(|ring::error::Unspecified| KeyProblem::NoRandomness)?;
    let draft = path.with_extension("draft");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft).map_err(fault)?;
    file.write_all(hex(&*bytes).as_bytes()).and_then(|()| file.sync_all()).map_err(fault)?;
    fs::hard_link(&draft, path)
        .or_else(|why| if why.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(why) })
        .map_err(fault)?;
    fs::remove_file(&draft).map_err(fault)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder).and_then(|folder| folder.sync_all())).map_err(fault)
}

/// The SHA-256 of a secret, in hexadecimal: what tables hold of it.
pub fn fingerprint(secret: &str) -> String {
    hex(digest::digest(&digest::SHA256, secret.as_bytes()).as_ref())
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<Zeroizing<[u8; KEY_LEN]>> {
    let mut bytes = Zeroizing::new([0; KEY_LEN]);
    if text.len() != KEY_LEN * 2 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn keys() -> Keys {
        Keys::from_master(&[7; KEY_LEN]).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_only_with_its_key_for_its_purpose() {
        let keys = keys();
        let key = keys.new_data_key(b"inc_1").unwrap();
        let sealed = keys.seal(&key, b"facts", b"two people").unwrap();
        assert_eq!(key.open(b"facts", &sealed).unwrap(), b"two people");
        assert!(key.open(b"entry", &sealed).is_err());
        assert!(keys.new_data_key(b"inc_1").unwrap().open(b"facts", &sealed).is_err());
        let again = keys.unwrap_data_key(b"inc_1", &key.wrapped).unwrap();
        assert_eq!(again.open(b"facts", &sealed).unwrap(), b"two people");
        assert!(keys.unwrap_data_key(b"inc_2", &key.wrapped).is_err());
    }

    #[test]
    fn a_changed_byte_does_not_open() {
        let keys = keys();
        let key = keys.new_data_key(b"x").unwrap();
        let sealed = keys.seal(&key, b"p", b"hello").unwrap();
        for at in 0..sealed.len() {
            let mut forged = sealed.clone();
            forged[at] ^= 1;
            assert!(key.open(b"p", &forged).is_err(), "byte {at}");
        }
    }

    #[test]
    fn the_key_file_is_made_once_for_the_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let first = Keys::open_or_make(folder.path()).unwrap().pseudonym("amal");
        let second = Keys::open_or_make(folder.path()).unwrap().pseudonym("amal");
        assert_eq!(first, second);
        let path = folder.path().join("keys/master.key");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, "not a key").unwrap();
        assert!(matches!(Keys::open_or_make(folder.path()), Err(KeyProblem::Malformed { .. })));
    }
}
