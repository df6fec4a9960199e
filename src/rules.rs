//! The shop's rules, `shop.toml`: its sites and channels, who may be what, deadlines and how long things are kept.
//!
//! [`Rules::parse`] reads the file, at the start and at every SIGHUP, and tells every problem at once. The file names people only
//! as principals (`console:amal`, `slack:group:S9`); who stands behind a group is known to the chat alone.

mod file;
mod members;
mod nearest;
mod problems;
mod roles;
mod section;
mod sites;
mod terms;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveTime;
use chrono_tz::Tz;
use domain::actor::{Account, Principal, Roles};
use domain::facts::Currency;
use domain::incident::Terms;
use domain::place::{Place, SiteId};
use domain::words::{Platform, Role};

pub use file::{DIGEST_AT, EMERGENCY_NUMBER_MAX, LOCALES, SHOP_NAME_MAX};
pub use members::MEMBER_NAME_MAX;
pub use problems::{RuleProblem, RuleProblems};
pub use sites::{AREA_MAX, SITE_NAME_MAX};
pub use terms::{DAYS_MAX, MINUTES_MAX};

use problems::Notes;
use roles::Holders;

/// Everything `shop.toml` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// What holds for the shop as a whole.
    pub shop: Shop,
    /// Its sites, in the order of the file; at least one, each with its own id.
    pub sites: Vec<Site>,
    /// Deadlines and retention.
    pub terms: Terms,
    everywhere: Holders,
    at: BTreeMap<SiteId, Holders>,
    members: members::Members,
}

/// What holds for the shop as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// What people call it.
    pub name: String,
    /// The language it speaks where nobody's own is known; one of [`LOCALES`].
    pub locale: String,
    /// Where its clocks stand.
    pub timezone: Tz,
    /// What to call when anyone is in danger.
    pub emergency_number: String,
    /// Whether publishing takes two different people; true unless the file says otherwise.
    pub two_person: bool,
    /// What its goods are priced in.
    pub currency: Currency,
    /// Where the software tells its admins what needs them.
    pub admin_channel: Option<Place>,
    /// Who else hears of it when nobody looks at something that is still going on; the admins where none are named.
    pub next_level: Vec<Place>,
    /// When a site's managers are told what waits and hurries nobody; never if none.
    pub digest_at: Option<NaiveTime>,
}

/// A place of the shop that incidents happen at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its short name.
    pub id: SiteId,
    /// What people call it.
    pub name: String,
    /// The coarse place an alert may name.
    pub area: String,
    /// Where its staff report; may be empty.
    pub report: Vec<Place>,
    /// Where its incidents are decided; never empty.
    pub triage: Vec<Place>,
}

impl Rules {
    /// The example shop as text: what `shop.example.toml` holds.
    pub const EXAMPLE: &str = include_str!("../shop.example.toml");

    /// Reads the rules, or tells everything that is wrong with them.
    pub fn parse(text: &str) -> Result<Self, RuleProblems> {
        let mut notes = Notes::on(text);
        let rules = file::read(text, &mut notes);
        notes.close(rules)
    }

    /// The example shop, which stands in until a shop has a file of its own.
    #[expect(clippy::missing_panics_doc, reason = "it cannot panic: the text is built in, and a test reads it")]
    #[expect(clippy::expect_used, reason = "the text is built in, and a test reads it")]
    pub fn example() -> Self {
        Self::parse(Self::EXAMPLE).expect("the built-in example has no problems")
    }

    /// The roles of somebody who is all of these principals at once: an account, its groups, everyone.
    pub fn roles_of(&self, principals: &BTreeSet<Principal>) -> Roles {
        let at = self.at.iter().map(|(site, holders)| (site.clone(), holders.roles_of(principals)));
        Roles {
            everywhere: self.everywhere.roles_of(principals),
            at: at.filter(|(_, roles)| !roles.is_empty()).collect(),
        }
    }

    /// Every account of the member behind this one, the one that stands for all of them first; none if `[[member]]` says
    /// nothing of it.
    pub fn accounts_of(&self, account: &Account) -> Vec<&Account> {
        let Some(first) = self.members.get(account) else { return Vec::new() };
        let others = self.members.iter().filter(|(own, of)| *of == first && *own != first).map(|(own, _)| own);
        std::iter::once(first).chain(others).collect()
    }

    /// The site of this id.
    pub fn site(&self, id: &SiteId) -> Option<&Site> {
        self.sites.iter().find(|site| site.id == *id)
    }

    /// Every site's id, in the order of the file.
    pub fn site_ids(&self) -> Vec<SiteId> {
        self.sites.iter().map(|site| site.id.clone()).collect()
    }

    /// The sites whose incidents are decided in this place.
    pub fn sites_for(&self, place: &Place) -> Vec<&Site> {
        self.sites.iter().filter(|site| site.triage.contains(place)).collect()
    }

    /// The one site that is reported for in this place; none if there are several, for then somebody has to say.
    pub fn report_site(&self, place: &Place) -> Option<&Site> {
        let mut sites = self.sites.iter().filter(|site| site.report.contains(place));
        let first = sites.next()?;
        sites.next().is_none().then_some(first)
    }

    /// The names of everybody the built-in console lets in.
    pub fn console_people(&self) -> BTreeSet<String> {
        let name = |principal: &Principal| match principal {
            Principal::Console(name) => Some(name.clone()),
            Principal::Api(_) | Principal::User(..) | Principal::Group(..) | Principal::Everyone(_) => None,
        };
        self.principals().filter_map(name).collect()
    }

    /// The groups of a chat that hold some role.
    pub fn groups(&self, platform: Platform) -> BTreeSet<String> {
        let group = |principal: &Principal| match principal {
            Principal::Group(theirs, group) if *theirs == platform => Some(group.clone()),
            Principal::Group(..)
            | Principal::Console(_)
            | Principal::Api(_)
            | Principal::User(..)
            | Principal::Everyone(_) => None,
        };
        self.principals().filter_map(group).collect()
    }

    /// Whether the file gives this principal any role at all.
    pub fn names_principal(&self, principal: &Principal) -> bool {
        self.principals().any(|named| named == principal)
    }

    /// How many different people can hold a role at a site, as far as the file tells.
    ///
    /// Counts each distinct principal once, a group or `everyone` as two, because who is in it is not known here,
    /// and a program's key as none, because it is nobody. A member's accounts count as one person.
    pub fn entitled(&self, role: Role, site: &SiteId) -> usize {
        let here = self.at.get(site).into_iter().flat_map(|holders| holders.of(role));
        let holding: BTreeSet<Principal> =
            self.everywhere.of(role).chain(here).map(|principal| self.one_of_each(principal)).collect();
        holding.iter().map(roles::heads).sum()
    }

    /// The principal that stands for the member behind this one.
    fn one_of_each(&self, principal: &Principal) -> Principal {
        let account = match principal {
            Principal::Console(name) => Account::new(Platform::Console, name.clone()),
            Principal::User(platform, id) => Account::new(*platform, id.clone()),
            Principal::Api(_) | Principal::Group(..) | Principal::Everyone(_) => return principal.clone(),
        };
        match self.members.get(&account) {
            Some(member) if member.platform == Platform::Console => Principal::Console(member.id.clone()),
            Some(member) => Principal::User(member.platform, member.id.clone()),
            None => principal.clone(),
        }
    }

    /// Whether nothing can be published for this site: two people are asked for, and there are no two publishers.
    pub fn publishing_off(&self, site: &SiteId) -> bool {
        self.shop.two_person && self.entitled(Role::Publisher, site) < 2
    }

    fn principals(&self) -> impl Iterator<Item = &Principal> {
        self.at.values().chain([&self.everywhere]).flat_map(Holders::all)
    }
}

#[cfg(test)]
mod tests;
