//! Keys of programs: making, listing and revoking them. A secret is shown once and never stored.

use domain::actor::{ACCOUNT_NAME_MAX, is_plain_name};
use domain::clock::Moment;
use domain::place::SiteId;
use domain::words::Role;

use super::Complaint;
use crate::failure::Failure;
use crate::rules::Rules;
use crate::store::Store;
use crate::store::people::{ApiKey, NameTaken};

/// What a secret begins with, so that people and secret scanners recognise one.
const PREFIX: &str = "sw_";
/// What the table says of a key that is not bound to one site.
const EVERYWHERE: &str = "every site";

/// Makes a key and returns its secret.
pub async fn create(
    store: &Store,
    now: Moment,
    rules: &Rules,
    name: &str,
    role: Role,
    site: Option<&str>,
) -> Result<String, Complaint> {
    if !is_plain_name(name) {
        return Err(format!(
            "this cannot be the name of a key\n  why  cards and the record show it, and shop.toml may name it as api:NAME\n  do   use 1 to {ACCOUNT_NAME_MAX} of a-z, 0-9, - and _"
        ));
    }
    let site = site.map(|site| known_site(rules, site)).transpose()?;
    let secret = store.keys().secret().map_err(|why| why.to_string())?;
    let secret = format!("{PREFIX}{secret}");
    let key = ApiKey { name: name.to_owned(), role, site, revoked: false };
    match store.add_key(&key, &secret, now).await.map_err(no_answer)? {
        Ok(()) => Ok(secret),
        Err(NameTaken) => Err(format!(
            "there is a key called {name} already\n  why  the record names keys, so a name is never used again, not even after a key was revoked\n  do   choose another name; see them all with: shopwatch key list"
        )),
    }
}

/// Every key that was made, as a table; never a secret.
pub async fn list(store: &Store) -> Result<String, Complaint> {
    let keys = store.api_keys().await.map_err(no_answer)?;
    if keys.is_empty() {
        return Ok("no keys yet\n  next   shopwatch key create --name till --role staff\n".to_owned());
    }
    let heading = ["NAME", "ROLE", "SITE", "STANDING"].map(ToOwned::to_owned);
    Ok(table(&std::iter::once(heading).chain(keys.iter().map(row)).collect::<Vec<_>>()))
}

/// Takes a key back; a running server stops taking it within two seconds.
pub async fn revoke(store: &Store, now: Moment, name: &str) -> Result<(), Complaint> {
    if store.revoke_key(name, now).await.map_err(no_answer)? {
        return Ok(());
    }
    Err(format!(
        "no key called {name} can be revoked\n  why  there is none, or it was revoked before\n  do   see them all with: shopwatch key list"
    ))
}

fn known_site(rules: &Rules, text: &str) -> Result<SiteId, Complaint> {
    let known = rules.site_ids();
    known.iter().find(|site| site.as_str() == text).cloned().ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(SiteId::as_str).collect();
        format!(
            "there is no site {text} in the rules\n  why  a key for it could not report anything\n  do   choose one of: {}; or leave --site out for every site",
            names.join(", ")
        )
    })
}

/// The cause is in the log.
fn no_answer(_: Failure) -> Complaint {
    "the database did not answer\n  why  keys are kept there\n  do   try again; if it stays so, check DATABASE_URL"
        .to_owned()
}

fn row(key: &ApiKey) -> [String; 4] {
    let site = key.site.as_ref().map_or_else(|| EVERYWHERE.to_owned(), ToString::to_string);
    let standing = if key.revoked { "revoked" } else { "good" };
    [key.name.clone(), key.role.to_string(), site, standing.to_owned()]
}

/// Columns as wide as their widest cell, two spaces apart.
fn table(rows: &[[String; 4]]) -> String {
    let mut widths = [0; 4];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; 4]| {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::RandomIds;
    use crate::keys::Keys;
    use crate::store::connect::Location;

    async fn store(folder: &tempfile::TempDir) -> Store {
        let keys = Arc::new(Keys::from_master(&[7; 32]).unwrap());
        let location = Location::Sqlite(folder.path().join("shop.db"));
        let (store, _writing) = Store::open(&location, keys, Arc::new(RandomIds::default())).await.unwrap();
        store
    }

    #[tokio::test]
    async fn a_key_is_made_listed_and_revoked() {
        let folder = tempfile::tempdir().unwrap();
        let (store, rules, now) = (store(&folder).await, Rules::example(), Moment::default());
        assert!(list(&store).await.unwrap().starts_with("no keys yet"));
        let secret = create(&store, now, &rules, "till", Role::Staff, Some("kings-cross")).await.unwrap();
        create(&store, now, &rules, "board", Role::Reviewer, None).await.unwrap();
        assert!(secret.starts_with(PREFIX) && secret.len() > 40, "a secret of 256 bits");
        assert_eq!(store.key_of(&secret).await.unwrap().unwrap().name, "till");
        revoke(&store, now, "till").await.unwrap();
        assert_eq!(store.key_of(&secret).await.unwrap(), None);
        insta::assert_snapshot!(list(&store).await.unwrap(), @r"
        NAME   ROLE      SITE         STANDING
        board  reviewer  every site   good
        till   staff     kings-cross  revoked
        ");
    }

    #[tokio::test]
    async fn every_refusal_says_what_why_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let (store, rules, now) = (store(&folder).await, Rules::example(), Moment::default());
        create(&store, now, &rules, "till", Role::Staff, None).await.unwrap();
        let refusals = [
            create(&store, now, &rules, "Till 1", Role::Staff, None).await.unwrap_err(),
            create(&store, now, &rules, "till", Role::Staff, None).await.unwrap_err(),
            create(&store, now, &rules, "door", Role::Staff, Some("atlantis")).await.unwrap_err(),
            revoke(&store, now, "nobody").await.unwrap_err(),
        ];
        for refusal in refusals {
            let lines: Vec<&str> = refusal.lines().collect();
            assert!(
                matches!(lines.as_slice(), [_, why, todo] if why.starts_with("  why  ") && todo.starts_with("  do   ")),
                "{refusal}"
            );
        }
    }
}
