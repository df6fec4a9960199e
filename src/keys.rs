//! The master key and what is derived from it: sealing, pseudonyms and keyed hashes.
//!
//! Every incident has a data key of its own, wrapped by the master key; destroying it erases the incident's words
//! in the database. Old versions of a row in a backup, or in a file that the database has not written over yet, still hold
//! the wrapped key: replacing the master key ([`files`]) makes those unreadable too. The master key never enters the
//! database.

pub mod files;

use std::io;
use std::path::PathBuf;

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
/// Bytes of a master key's id, which stand before everything that it wraps.
const KEY_ID_LEN: usize = 8;
/// Bytes of a wrapped key as the first version kept it: without the id of the key that wraps it.
const WITHOUT_ID: usize = NONCE_LEN + KEY_LEN + 16;
/// What pseudonyms and keyed hashes are sealed for when they outlive the master key that they followed from.
const NAMES: &[u8] = b"names";

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
    #[error(
        "{setting} is not a master key\n  why  it should be 32 bytes in base64, as `openssl rand -base64 32` prints them\n  do   set it to the right one; without it nothing that was sealed can be read"
    )]
    NotBase64 { setting: &'static str },
    #[error("no randomness from the system")]
    NoRandomness,
}

/// Something sealed does not open: another key, or somebody changed it.
#[derive(Debug, thiserror::Error)]
#[error("a sealed value does not open with this key")]
pub struct DoesNotOpen;

/// A master key.
pub type Master = Zeroizing<[u8; KEY_LEN]>;

/// The id of a master key, which tells nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyId(pub [u8; KEY_ID_LEN]);

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// What pseudonyms and keyed hashes of contents are made with, in this order.
type Names = Zeroizing<[u8; 2 * KEY_LEN]>;

/// What wraps data keys.
#[derive(Clone)]
struct Wrapping {
    id: KeyId,
    key: LessSafeKey,
}

/// Everything derived from the master key, and the keys before it while something is still wrapped by them.
#[derive(Clone)]
pub struct Keys {
    wrap: Wrapping,
    /// Each with the names that followed from it.
    older: Vec<(Wrapping, Names)>,
    /// They stay as they are when the master key is replaced.
    names: Names,
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
    /// The keys that follow from a master key.
    pub fn from_master(master: &[u8; KEY_LEN]) -> Result<Self, KeyProblem> {
        let names = names_of(master)?;
        let [of_pseudonyms, of_contents] = hmacs(&names);
        Ok(Self {
            wrap: wrapping(master)?,
            older: Vec::new(),
            names,
            pseudonyms: of_pseudonyms,
            contents: of_contents,
            random: SystemRandom::new(),
        })
    }

    /// The same keys, opening also what is still wrapped by an older master key.
    pub fn and_older(mut self, master: &[u8; KEY_LEN]) -> Result<Self, KeyProblem> {
        self.older.push((wrapping(master)?, names_of(master)?));
        Ok(self)
    }

    /// The id of the master key that wraps what is new.
    pub fn id(&self) -> KeyId {
        self.wrap.id
    }

    /// What a database keeps so that pseudonyms and keyed hashes stay the same under another master key.
    pub fn seal_names(&self) -> Result<Vec<u8>, KeyProblem> {
        self.wrapped(NAMES, &*self.names)
    }

    /// The same keys, with the pseudonyms and keyed hashes that a database keeps.
    pub fn with_names(&self, sealed: &[u8]) -> Result<Self, DoesNotOpen> {
        let opened = Zeroizing::new(self.unwrapped(NAMES, sealed)?);
        let names = <[u8; 2 * KEY_LEN]>::try_from(opened.as_slice()).map_err(|_why| DoesNotOpen)?;
        Ok(self.named(Zeroizing::new(names)))
    }

    /// The same keys, with the pseudonyms and keyed hashes of each older master key.
    pub fn named_as_older(&self) -> Vec<Self> {
        self.older.iter().map(|(_, names)| self.named(names.clone())).collect()
    }

    fn named(&self, names: Names) -> Self {
        let [pseudonyms, contents] = hmacs(&names);
        Self { names, pseudonyms, contents, ..self.clone() }
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
        let wrapped = self.wrapped(owner, &*bytes)?;
        Ok(DataKey { key, wrapped })
    }

    /// The data key that a row keeps.
    pub fn unwrap_data_key(&self, owner: &[u8], wrapped: &[u8]) -> Result<DataKey, DoesNotOpen> {
        let bytes = Zeroizing::new(self.unwrapped(owner, wrapped)?);
        let key = aead_key(&bytes).ok_or(DoesNotOpen)?;
        Ok(DataKey { key, wrapped: wrapped.to_owned() })
    }

    /// The same data key under the master key that wraps what is new; none if it is already.
    pub fn rewrap(&self, owner: &[u8], wrapped: &[u8]) -> Result<Option<Vec<u8>>, DoesNotOpen> {
        if wrapped.len() != WITHOUT_ID && wrapped.starts_with(&self.wrap.id.0) {
            return Ok(None);
        }
        let bytes = Zeroizing::new(self.unwrapped(owner, wrapped)?);
        self.wrapped(owner, &bytes).map(Some).map_err(|_no_randomness| DoesNotOpen)
    }

    fn wrapped(&self, owner: &[u8], plain: &[u8]) -> Result<Vec<u8>, KeyProblem> {
        let sealed = self.seal_with(&self.wrap.key, owner, plain)?;
        Ok([self.wrap.id.0.as_slice(), &sealed].concat())
    }

    fn unwrapped(&self, owner: &[u8], wrapped: &[u8]) -> Result<Vec<u8>, DoesNotOpen> {
        let mut all = std::iter::once(&self.wrap).chain(self.older.iter().map(|(wrap, _)| wrap));
        if wrapped.len() == WITHOUT_ID {
            return all.find_map(|wrap| open_with(&wrap.key, owner, wrapped).ok()).ok_or(DoesNotOpen);
        }
        let (id, sealed) = wrapped.split_first_chunk::<KEY_ID_LEN>().ok_or(DoesNotOpen)?;
        let wrap = all.find(|wrap| wrap.id.0 == *id).ok_or(DoesNotOpen)?;
        open_with(&wrap.key, owner, sealed)
    }

    /// Seals a value under a data key; `purpose` says where it may be opened.
    pub fn seal(&self, key: &DataKey, purpose: &[u8], plain: &[u8]) -> Result<Vec<u8>, KeyProblem> {
        self.seal_with(&key.key, purpose, plain)
    }

    fn seal_with(&self, key: &LessSafeKey, purpose: &[u8], plain: &[u8]) -> Result<Vec<u8>, KeyProblem> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|ring::error::Unspecified| KeyProblem::NoRandomness)?;
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let (_, body) = sealed.split_at_mut(NONCE_LEN);
        let tag = key
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose), body)
            .map_err(|ring::error::Unspecified| KeyProblem::NoRandomness)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// A value that goes out and comes back, in URL-safe characters; `purpose` says where it may be opened.
    pub fn token(&self, purpose: &[u8], plain: &[u8]) -> Result<String, KeyProblem> {
        use base64::Engine as _;
        Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.wrapped(purpose, plain)?))
    }

    /// What went out for this purpose.
    pub fn open_token(&self, purpose: &[u8], token: &str) -> Result<Vec<u8>, DoesNotOpen> {
        self.unwrapped(purpose, &sealed_bytes(token)?)
    }

    /// The same value under the master key that wraps what is new; none if it is already.
    pub fn rewrap_token(&self, purpose: &[u8], token: &str) -> Result<Option<String>, DoesNotOpen> {
        use base64::Engine as _;
        let anew = self.rewrap(purpose, &sealed_bytes(token)?)?;
        Ok(anew.map(|sealed| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sealed)))
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

fn sealed_bytes(token: &str) -> Result<Vec<u8>, DoesNotOpen> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token).map_err(|_why| DoesNotOpen)
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

fn derive(master: &[u8; KEY_LEN], purpose: &[u8]) -> Result<Master, KeyProblem> {
    let mut key = Zeroizing::new([0; KEY_LEN]);
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"shopwatch/v1").extract(master);
    prk.expand(&[purpose], Length(KEY_LEN))
        .and_then(|okm| okm.fill(&mut *key))
        .map_err(|ring::error::Unspecified| KeyProblem::NoRandomness)?;
    Ok(key)
}

fn names_of(master: &[u8; KEY_LEN]) -> Result<Names, KeyProblem> {
    let mut names = Zeroizing::new([0; 2 * KEY_LEN]);
    let (pseudonyms, contents) = names.split_at_mut(KEY_LEN);
    pseudonyms.copy_from_slice(&*derive(master, b"pseudonyms")?);
    contents.copy_from_slice(&*derive(master, b"contents")?);
    Ok(names)
}

fn wrapping(master: &[u8; KEY_LEN]) -> Result<Wrapping, KeyProblem> {
    let mut id = [0; KEY_ID_LEN];
    id.copy_from_slice(derive(master, b"id")?.first_chunk::<KEY_ID_LEN>().ok_or(KeyProblem::NoRandomness)?);
    Ok(Wrapping { id: KeyId(id), key: aead_key(&*derive(master, b"wrap")?).ok_or(KeyProblem::NoRandomness)? })
}

fn hmacs(names: &[u8; 2 * KEY_LEN]) -> [hmac::Key; 2] {
    let (pseudonyms, contents) = names.split_at(KEY_LEN);
    [pseudonyms, contents].map(|key| hmac::Key::new(hmac::HMAC_SHA256, key))
}

/// The SHA-256 of a secret, in hexadecimal: what tables hold of it.
pub fn fingerprint(secret: &str) -> String {
    hex(digest::digest(&digest::SHA256, secret.as_bytes()).as_ref())
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    text.extend(halves.filter_map(|half| char::from_digit(u32::from(half), 16)));
    text
}

/// Hexadecimal digits as bytes.
pub fn unhex_any(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |all, digit| all << 4 | digit)).collect())
}

fn unhex(text: &str) -> Option<Master> {
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
mod tests;
