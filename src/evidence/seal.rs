//! Bytes under the key of their incident: AES-256-GCM over parts of 64 KiB, each of which says where it stands and
//! whether it is the last one (STREAM, <https://eprint.iacr.org/2015/189>), so that none can be left out, doubled, moved
//! or cut off. The parts are under a key of their own, which the incident's key seals: destroying that one erases both.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use crate::keys::{DataKey, DoesNotOpen, KeyProblem, Keys};

/// How a sealed file begins, with the version of how it is written.
const MAGIC: &[u8; 4] = b"SWE1";
/// Bytes of a part before it is sealed.
const PART: usize = 64 * 1024;
/// What sealing adds to a part.
const TAG: usize = 16;
/// Bytes of the file's own key, sealed: with its nonce and its tag.
const KEY: usize = NONCE_LEN + 32 + TAG;

/// Seals bytes; `purpose` says which file it is, and only as that one it opens.
pub fn seal(keys: &Keys, key: &DataKey, purpose: &[u8], plain: &[u8]) -> Result<Vec<u8>, KeyProblem> {
    let mut own = Zeroizing::new([0; 32]);
    SystemRandom::new().fill(&mut *own).map_err(|ring::error::Unspecified| KeyProblem::NoRandomness)?;
    let parts = cipher(&*own).ok_or(KeyProblem::NoRandomness)?;
    let mut sealed = Vec::with_capacity(MAGIC.len() + KEY + plain.len() + (plain.len() / PART + 1) * TAG);
    sealed.extend(MAGIC);
    sealed.extend(keys.seal(key, purpose, &*own)?);
    // Nothing at all is one part too: that there is nothing is sealed.
    let count = plain.len().div_ceil(PART).max(1);
    for at in 0..count {
        let rest = plain.get(at * PART..).unwrap_or_default();
        let mut part = rest.get(..PART.min(rest.len())).unwrap_or_default().to_vec();
        let nonce = nonce(at, at + 1 == count).ok_or(KeyProblem::NoRandomness)?;
        parts
            .seal_in_place_append_tag(nonce, Aad::empty(), &mut part)
            .map_err(|ring::error::Unspecified| KeyProblem::NoRandomness)?;
        sealed.append(&mut part);
    }
    Ok(sealed)
}

/// Opens what was sealed for this purpose.
pub fn open(key: &DataKey, purpose: &[u8], sealed: &[u8]) -> Result<Vec<u8>, DoesNotOpen> {
    let rest = sealed.strip_prefix(MAGIC).ok_or(DoesNotOpen)?;
    let (own, rest) = rest.split_at_checked(KEY).ok_or(DoesNotOpen)?;
    let own = Zeroizing::new(key.open(purpose, own)?);
    let parts = cipher(&own).ok_or(DoesNotOpen)?;
    let count = rest.len().div_ceil(PART + TAG);
    let mut plain = Vec::with_capacity(rest.len());
    for (at, part) in rest.chunks(PART + TAG).enumerate() {
        let mut part = part.to_vec();
        let nonce = nonce(at, at + 1 == count).ok_or(DoesNotOpen)?;
        let opened =
            parts.open_in_place(nonce, Aad::empty(), &mut part).map_err(|ring::error::Unspecified| DoesNotOpen)?;
        plain.extend_from_slice(opened);
    }
    if count == 0 { Err(DoesNotOpen) } else { Ok(plain) }
}

fn cipher(key: &[u8]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key).ok().map(LessSafeKey::new)
}

/// Where a part stands, and whether it is the last one; the key is used for one file alone, so that no two are the same.
fn nonce(at: usize, last: bool) -> Option<Nonce> {
    let mut bytes = [0; NONCE_LEN];
    *bytes.last_chunk_mut::<5>()? = {
        let [a, b, c, d] = u32::try_from(at).ok()?.to_be_bytes();
        [a, b, c, d, u8::from(last)]
    };
    Some(Nonce::assume_unique_for_key(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> (Keys, DataKey) {
        let keys = Keys::from_master(&[7; 32]).unwrap();
        let key = keys.new_data_key(b"inc_1").unwrap();
        (keys, key)
    }

    #[test]
    fn bytes_of_any_length_come_back_and_look_like_nothing_meanwhile() {
        let (keys, key) = keys();
        for length in [0, 1, PART - 1, PART, PART + 1, 3 * PART, 3 * PART + 5] {
            let plain: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let sealed = seal(&keys, &key, b"photo", &plain).unwrap();
            assert_eq!(open(&key, b"photo", &sealed).unwrap(), plain, "{length}");
            assert!(length < 100 || !sealed.windows(20).any(|part| part == &plain[..20]));
            assert!(open(&key, b"other", &sealed).is_err());
            assert!(open(&keys.new_data_key(b"inc_1").unwrap(), b"photo", &sealed).is_err());
        }
    }

    #[test]
    fn parts_cannot_be_cut_off_left_out_moved_doubled_or_changed() {
        let (keys, key) = keys();
        let sealed = seal(&keys, &key, b"photo", &vec![9; 3 * PART]).unwrap();
        let (head, parts) = sealed.split_at(MAGIC.len() + KEY);
        let parts: Vec<&[u8]> = parts.chunks(PART + TAG).collect();
        let with = |order: &[usize]| {
            let body: Vec<u8> = order.iter().flat_map(|at| parts[*at].to_vec()).collect();
            open(&key, b"photo", &[head, &body].concat()).is_ok()
        };
        assert!(with(&[0, 1, 2]));
        for order in [&[0, 1][..], &[0], &[], &[1, 0, 2], &[0, 0, 1, 2], &[0, 1, 2, 2], &[0, 2], &[2]] {
            assert!(!with(order), "{order:?}");
        }
        for at in (0..sealed.len()).step_by(997) {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open(&key, b"photo", &changed).is_err(), "{at}");
            assert!(open(&key, b"photo", &sealed[..at]).is_err(), "{at}");
        }
    }
}
