//! Where somebody reads and reports, said for all incidents at once: what lists and look-ups are limited to before anything
//! is read.

use super::{Action, roles_for};
use crate::actor::{Actor, Roles};
use crate::place::SiteId;
use crate::words::Role;

/// Who sees something of what others reported, without its being referred to them.
const READERS: [Role; 4] = [Role::Reviewer, Role::Publisher, Role::Escalator, Role::Auditor];

/// The sites, of those given, at which the actor may read what others reported; with them what is at no site yet, of which
/// [`sight`](super::sight) says whether it can be at one of theirs.
pub fn sites_in_sight<'a>(actor: &Actor, sites: impl IntoIterator<Item = &'a SiteId>) -> Vec<SiteId> {
    let reads = |site: &&SiteId| READERS.iter().any(|role| actor.roles.holds(*role, site));
    let mut sites: Vec<SiteId> = sites.into_iter().filter(reads).cloned().collect();
    if !sites.is_empty() {
        sites.push(SiteId::unknown());
    }
    sites
}

/// Where somebody may see what others reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    Everywhere,
    At(Vec<SiteId>),
}

/// Where the actor may see what others reported, said once for all incidents: outside it [`sight`](super::sight) finds nothing but
/// the actor's own. What is referred to somebody comes in reach with the referral.
pub fn reach(actor: &Actor) -> Reach {
    if READERS.iter().any(|role| actor.roles.everywhere.contains(role)) {
        return Reach::Everywhere;
    }
    Reach::At(sites_in_sight(actor, actor.roles.at.keys()))
}

/// The sites, of those given, for which the actor may report.
pub fn sites_to_report<'a>(roles: &Roles, sites: impl IntoIterator<Item = &'a SiteId>) -> Vec<SiteId> {
    let reporters = roles_for(Action::Report);
    sites.into_iter().filter(|site| reporters.iter().any(|role| roles.holds(*role, site))).cloned().collect()
}
