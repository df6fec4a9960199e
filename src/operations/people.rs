//! Who somebody is and what they may be, as of now.

use domain::actor::{Account, Actor, Pseudonym, Roles};
use domain::incident::Incident;
use domain::words::Platform;

use super::Desk;
use crate::chat::inbound::Origin;

/// The actor behind an account: roles are read from the rules at the moment of acting, never remembered.
pub fn actor(desk: &Desk, origin: &Origin) -> Actor {
    let mut roles = desk.rules().roles_of(&origin.principals);
    if let Some(key) = &origin.key {
        match &key.site {
            Some(site) => roles.at.entry(site.clone()).or_default().insert(key.role),
            None => roles.everywhere.insert(key.role),
        };
    }
    named(desk, origin.account.clone(), origin.name.clone(), roles)
}

fn named(desk: &Desk, account: Account, name: String, roles: Roles) -> Actor {
    // However many accounts somebody has, they are one member: nobody is both sides of a two-person rule.
    let rules = desk.rules();
    let mut pseudonyms =
        rules.accounts_of(&account).into_iter().map(|own| desk.store.keys().pseudonym(&own.to_string()));
    let member = pseudonyms.next().unwrap_or_else(|| desk.store.keys().pseudonym(&account.to_string()));
    let also = pseudonyms.collect();
    Actor { account, member, also, name, roles }
}

/// Whether somebody is who reported an incident, under whichever of their accounts they acted.
pub fn is_reporter(desk: &Desk, incident: &Incident, member: &Pseudonym) -> bool {
    let reporter = &incident.reporter;
    let who = named(desk, reporter.account.clone(), String::new(), Roles::default());
    *member == reporter.member || who.is(member)
}

/// Somebody of the built-in console.
pub fn console_origin(name: &str, locale: Option<String>) -> Origin {
    Origin {
        account: Account::new(Platform::Console, name),
        name: display_name(name),
        principals: [domain::actor::Principal::Console(name.to_owned())].into(),
        key: None,
        locale,
        place: None,
    }
}

/// How a console name is written: `amal` becomes `Amal`.
pub fn display_name(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
