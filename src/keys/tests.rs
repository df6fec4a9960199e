//! What opens with which key, and what outlives one.

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
fn a_key_that_was_replaced_opens_what_it_wrapped_until_that_is_wrapped_anew() {
    let (old, new) = (keys(), Keys::from_master(&[8; KEY_LEN]).unwrap());
    let both = new.clone().and_older(&[7; KEY_LEN]).unwrap();
    let key = old.new_data_key(b"inc_1").unwrap();
    let sealed = old.seal(&key, b"facts", b"two people").unwrap();
    assert!(key.wrapped.starts_with(&old.id().0) && old.id() != new.id());
    assert!(new.unwrap_data_key(b"inc_1", &key.wrapped).is_err());
    assert_eq!(old.rewrap(b"inc_1", &key.wrapped).unwrap(), None);
    // As the first version kept it: without an id.
    for wrapped in [key.wrapped.as_slice(), &key.wrapped[KEY_ID_LEN..]] {
        let again = both.rewrap(b"inc_1", wrapped).unwrap().unwrap();
        assert_eq!(both.rewrap(b"inc_1", &again).unwrap(), None);
        assert!(old.unwrap_data_key(b"inc_1", &again).is_err());
        assert_eq!(new.unwrap_data_key(b"inc_1", &again).unwrap().open(b"facts", &sealed).unwrap(), b"two people");
    }
}

#[test]
fn pseudonyms_and_hashes_outlive_the_key_that_they_followed_from() {
    let (old, new) = (keys(), Keys::from_master(&[8; KEY_LEN]).unwrap());
    assert_ne!(old.pseudonym("amal"), new.pseudonym("amal"));
    let both = new.clone().and_older(&[7; KEY_LEN]).unwrap().with_names(&old.seal_names().unwrap()).unwrap();
    assert_eq!(both.pseudonym("amal"), old.pseudonym("amal"));
    let alone = new.with_names(&both.seal_names().unwrap()).unwrap();
    assert_eq!(alone.content(&[b"words"]), old.content(&[b"words"]));
    assert!(new.with_names(&old.seal_names().unwrap()).is_err());
}
