//! The members: people with several accounts, so that one person with two of them is one person.

use std::collections::BTreeMap;

use domain::actor::{Account, Principal};
use domain::words::Platform;

use super::problems::{Noted, Notes};
use super::section::{Entry, Section};

/// The longest name of a member, in characters.
pub const MEMBER_NAME_MAX: usize = 60;

const MEMBER_KEYS: [&str; 2] = ["name", "accounts"];

/// The member behind each account that is one of several, by the account that stands for all of them.
pub(super) type Members = BTreeMap<Account, Account>;

/// Reads every `[[member]]`.
pub(super) fn read(file: &Section<'_>, notes: &mut Notes) -> Result<Members, Noted> {
    let Some(entry) = file.find("member") else { return Ok(Members::new()) };
    if entry.is_table() {
        return Err(entry.note("A shop can have several members; write [[member]] with two brackets.", notes));
    }
    let list = entry.list("[[member]] and below it a name and accounts", notes)?;
    let mut known = BTreeMap::new();
    let read: Vec<_> = list.iter().map(|entry| member(entry, &mut known, notes)).collect();
    let mut members = Members::new();
    for accounts in read {
        let accounts = accounts?;
        if let Some(first) = accounts.first() {
            members.extend(accounts.iter().map(|account| (account.clone(), first.clone())));
        }
    }
    Ok(members)
}

/// One member's accounts; `known` are those met so far, with the line of each.
fn member(entry: &Entry<'_>, known: &mut BTreeMap<Account, usize>, notes: &mut Notes) -> Result<Vec<Account>, Noted> {
    let section = entry.section(&MEMBER_KEYS, notes)?;
    let name = section.demand("name", "\"Noor\"", notes).and_then(|entry| entry.label(MEMBER_NAME_MAX, notes));
    let accounts = section.demand("accounts", "[\"console:noor\", \"discord:user:445\"]", notes);
    let accounts = accounts.and_then(|entry| entry.words(|entry, notes| account(entry, known, notes), notes));
    name.and(accounts)
}

fn account(entry: &Entry<'_>, known: &mut BTreeMap<Account, usize>, notes: &mut Notes) -> Result<Account, Noted> {
    const WANTED: &str = "one person's account; write \"console:noor\", \"slack:user:U05MARA\" or \"discord:user:445\"";
    let account = entry.word(|text| text.parse().ok().and_then(account_of), WANTED, notes)?;
    let line = notes.line(entry.at);
    match known.insert(account.clone(), line) {
        Some(first) => {
            known.insert(account, first);
            Err(entry.note(format!("This account is on line {first} already; an account is one member's."), notes))
        }
        None => Ok(account),
    }
}

fn account_of(principal: Principal) -> Option<Account> {
    match principal {
        Principal::Console(name) => Some(Account::new(Platform::Console, name)),
        Principal::User(platform, id) => Some(Account::new(platform, id)),
        Principal::Api(_) | Principal::Group(..) | Principal::Everyone(_) => None,
    }
}
