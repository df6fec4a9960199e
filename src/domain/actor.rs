//! Who acts: an account of a chat, the member behind it, and what that member may be at which site.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::place::SiteId;
use crate::words::{Platform, Role};

/// An account of a chat or a program's key: `console:amal`, `api:till`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Account {
    /// The chat the account belongs to.
    pub platform: Platform,
    /// The chat's own id for it.
    pub id: String,
}

impl Account {
    /// An account of this chat.
    pub fn new(platform: Platform, id: impl Into<String>) -> Self {
        Self { platform, id: id.into() }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.platform, self.id)
    }
}

/// A keyed hash of a member: what tables and the audit trail hold instead of a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pseudonym(pub String);

/// The roles one member holds: at every site, and at some.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles {
    /// Held at every site.
    pub everywhere: BTreeSet<Role>,
    /// Held at one site only.
    pub at: BTreeMap<SiteId, BTreeSet<Role>>,
}

impl Roles {
    /// Whether this role is held at the site.
    pub fn holds(&self, role: Role, site: &SiteId) -> bool {
        self.everywhere.contains(&role) || self.at.get(site).is_some_and(|roles| roles.contains(&role))
    }

    /// Whether any role is held anywhere.
    pub fn any(&self) -> bool {
        !self.everywhere.is_empty() || self.at.values().any(|roles| !roles.is_empty())
    }

    /// Whether the role is held at some site or at all.
    pub fn holds_somewhere(&self, role: Role) -> bool {
        self.everywhere.contains(&role) || self.at.values().any(|roles| roles.contains(&role))
    }
}

/// Who does something, as known at the moment of doing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account that was used.
    pub account: Account,
    /// The member behind it; the same for every account of one person.
    pub member: Pseudonym,
    /// What the same member goes by in steps that were taken before their accounts were linked.
    pub also: Vec<Pseudonym>,
    /// What colleagues call them.
    pub name: String,
    /// What they may be, where.
    pub roles: Roles,
}

impl Actor {
    /// Whether this member is meant, under whichever account they acted then.
    pub fn is(&self, member: &Pseudonym) -> bool {
        self.pseudonyms().any(|own| own == member)
    }

    /// Everything this member goes by.
    pub fn pseudonyms(&self) -> impl Iterator<Item = &Pseudonym> {
        std::iter::once(&self.member).chain(&self.also)
    }
}

/// A name in `shop.toml` that stands for accounts: `console:amal`, `slack:group:S9`, `discord:everyone`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// A person of the built-in console.
    Console(String),
    /// A program's key.
    Api(String),
    /// One account of Slack or Discord.
    User(Platform, String),
    /// A user group of Slack or a role of Discord.
    Group(Platform, String),
    /// Every full member of the shop's home workspace or guild.
    Everyone(Platform),
}

/// The text names nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAPrincipal;

/// The longest name of a console person or a key.
pub const ACCOUNT_NAME_MAX: usize = 32;

/// Whether this can be the name of a console person or a key: 1 to 32 characters of `a-z 0-9 - _`.
pub fn is_plain_name(name: &str) -> bool {
    (1..=ACCOUNT_NAME_MAX).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
}

fn is_foreign_id(id: &str) -> bool {
    (1..=ACCOUNT_NAME_MAX).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric())
}

impl FromStr for Principal {
    type Err = NotAPrincipal;
    fn from_str(text: &str) -> Result<Self, NotAPrincipal> {
        let parts: Vec<&str> = text.split(':').collect();
        match parts.as_slice() {
            ["console", name] if is_plain_name(name) => Ok(Self::Console((*name).to_owned())),
            ["api", name] if is_plain_name(name) => Ok(Self::Api((*name).to_owned())),
            ["slack", "everyone"] => Ok(Self::Everyone(Platform::Slack)),
            ["discord", "everyone"] => Ok(Self::Everyone(Platform::Discord)),
            ["slack", "user", id] if is_foreign_id(id) => Ok(Self::User(Platform::Slack, (*id).to_owned())),
            ["discord", "user", id] if is_foreign_id(id) => Ok(Self::User(Platform::Discord, (*id).to_owned())),
            ["slack", "group", id] if is_foreign_id(id) => Ok(Self::Group(Platform::Slack, (*id).to_owned())),
            ["discord", "role", id] if is_foreign_id(id) => Ok(Self::Group(Platform::Discord, (*id).to_owned())),
            _ => Err(NotAPrincipal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_are_read_and_strangers_are_not() {
        assert_eq!("console:amal".parse(), Ok(Principal::Console("amal".into())));
        assert_eq!("slack:group:S9".parse(), Ok(Principal::Group(Platform::Slack, "S9".into())));
        assert_eq!("discord:role:77".parse(), Ok(Principal::Group(Platform::Discord, "77".into())));
        for wrong in ["amal", "console:Amal Khan", "slack:U05", "discord:group:1", "console:", "api:a:b"] {
            assert_eq!(wrong.parse::<Principal>(), Err(NotAPrincipal), "{wrong}");
        }
    }
}
