//! Who may be what: the `[roles]` of the shop and of a site.

use std::collections::{BTreeMap, BTreeSet};

use domain::actor::Principal;
use domain::words::Role;

use super::problems::{Noted, Notes};
use super::section::{Entry, Section};

/// The principals of each role, at one site or everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Holders(BTreeMap<Role, BTreeSet<Principal>>);

impl Holders {
    /// The roles that any of these principals holds.
    pub(super) fn roles_of(&self, principals: &BTreeSet<Principal>) -> BTreeSet<Role> {
        self.0.iter().filter(|(_, holders)| !holders.is_disjoint(principals)).map(|(role, _)| *role).collect()
    }

    /// Who holds this role.
    pub(super) fn of(&self, role: Role) -> impl Iterator<Item = &Principal> {
        self.0.get(&role).into_iter().flatten()
    }

    /// Everybody who holds some role, as often as they hold one.
    pub(super) fn all(&self) -> impl Iterator<Item = &Principal> {
        self.0.values().flatten()
    }
}

/// What a table of roles says, role by role, so that one bad line hides nothing that another one lacks.
pub(super) struct Said(BTreeMap<Role, Result<BTreeSet<Principal>, Noted>>);

impl Said {
    /// Reads the key `roles` of a table, which may be absent.
    pub(super) fn read(parent: &Section<'_>, notes: &mut Notes) -> Self {
        let section = parent.child("roles", Role::WORDS, notes);
        let mut holders = |role: &Role| match section.as_ref().map_err(Clone::clone)?.find(role.as_str()) {
            Some(entry) => Ok(entry.words(principal, notes)?.into_iter().collect()),
            None => Ok(BTreeSet::new()),
        };
        Self(Role::ALL.iter().map(|role| (*role, holders(role))).collect())
    }

    /// Whether it leaves a role to nobody who could act on it; false while that cannot be told.
    pub(super) fn leaves_open(&self, role: Role) -> bool {
        match self.0.get(&role) {
            Some(Ok(holders)) => holders.iter().all(|holder| heads(holder) == 0),
            Some(Err(_)) => false,
            None => true,
        }
    }

    /// The holders, if every line was understood.
    pub(super) fn holders(self) -> Result<Holders, Noted> {
        let said = self.0.into_iter().map(|(role, holders)| holders.map(|holders| (role, holders)));
        said.collect::<Result<_, _>>().map(Holders)
    }
}

/// How many people a principal stands for, as far as one can tell without asking the chat: a group may be two or
/// more, a program's key is nobody.
pub(super) fn heads(principal: &Principal) -> usize {
    match principal {
        Principal::Api(_) => 0,
        Principal::Console(_) | Principal::User(..) => 1,
        Principal::Group(..) | Principal::Everyone(_) => 2,
    }
}

fn principal(entry: &Entry<'_>, notes: &mut Notes) -> Result<Principal, Noted> {
    const WANTED: &str = "a person or a group; write \"console:noor\", \"slack:user:U05MARA\", \"slack:group:S9\", \
                          \"discord:user:445\", \"discord:role:77\" or \"slack:everyone\"";
    let principal = entry.word(|text| text.parse().ok(), WANTED, notes)?;
    // It would quietly be a person of that name, which is not what anybody means.
    if principal == Principal::Console("everyone".to_owned()) {
        return Err(entry.note("The console has no everyone; name its people one by one.", notes));
    }
    Ok(principal)
}
