//! What is built into Shopwatch may be passed on, and nothing in it was decided against.
//!
//! `deny.toml` is the one list. `cargo deny check` reads it too and adds known vulnerabilities, for which it needs
//! the network; these tests need none.

use std::{collections::HashSet, fs, process::Command};

use semver::{Version, VersionReq};
use serde::Deserialize;
use spdx::{Expression, Licensee, ParseMode};

#[derive(Deserialize)]
struct Deny {
    bans: Bans,
    licenses: Licenses,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    /// `name`, or `name:requirement`.
    #[serde(rename = "crate")]
    krate: String,
    reason: String,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: Version,
    license: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
}

#[test]
fn no_banned_crate_is_built_in() {
    let bans: Vec<(String, VersionReq, String)> = deny().bans.deny.into_iter().map(parsed).collect();
    let offenders: Vec<String> = packages()
        .iter()
        .filter_map(|Package { name, version, .. }| {
            let (_, _, reason) =
                bans.iter().find(|(banned, versions, _)| banned == name && versions.matches(version))?;
            Some(format!("{name} {version}: {reason} (`cargo tree -i {name}@{version}` shows who brings it)"))
        })
        .collect();
    assert!(offenders.is_empty(), "banned in deny.toml:\n{}", offenders.join("\n"));
}

#[test]
fn every_crate_has_a_licence_we_accept() {
    let accepted: Vec<Licensee> =
        deny().licenses.allow.iter().map(|name| Licensee::parse(name).expect("an SPDX name in deny.toml")).collect();
    let offenders: Vec<String> = packages()
        .iter()
        .filter_map(|package| {
            let wrong = objection(package.license.as_deref(), &accepted)?;
            Some(format!("{} {}: {wrong}", package.name, package.version))
        })
        .collect();
    assert!(offenders.is_empty(), "not covered by [licenses] in deny.toml:\n{}", offenders.join("\n"));
}

/// What is wrong with a package's licence. Old packages write `MIT/Apache-2.0` for `MIT OR Apache-2.0`, hence `LAX`.
fn objection(license: Option<&str>, accepted: &[Licensee]) -> Option<String> {
    let Some(license) = license else { return Some("states no licence".to_owned()) };
    match Expression::parse_mode(license, ParseMode::LAX) {
        Err(why) => Some(format!("{license:?} is no SPDX expression: {why}")),
        Ok(terms) if terms.evaluate(|term| accepted.iter().any(|licence| licence.satisfies(term))) => None,
        Ok(_) => Some(license.to_owned()),
    }
}

fn parsed(ban: Ban) -> (String, VersionReq, String) {
    let (name, versions) = ban.krate.split_once(':').unwrap_or((&ban.krate, "*"));
    (name.to_owned(), versions.parse().expect("a version requirement in deny.toml"), ban.reason)
}

fn deny() -> Deny {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml")).expect("deny.toml can be read");
    toml::from_str(&text).expect("deny.toml lists bans and licences")
}

/// What cargo builds for this machine with the features that are on: of the rest, nothing was downloaded.
fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform=host-tuple"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata = serde_json::from_slice(&output.stdout).expect("cargo metadata writes JSON");
    let resolved: HashSet<String> = metadata.resolve.nodes.into_iter().map(|node| node.id).collect();
    let packages: Vec<Package> =
        metadata.packages.into_iter().filter(|package| resolved.contains(&package.id)).collect();
    let ours = |package: &Package| package.name == env!("CARGO_PKG_NAME");
    assert!(packages.iter().any(ours), "our own package is not in the graph");
    packages
}
