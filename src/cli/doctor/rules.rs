//! The shop's rules: as `check` reads them, and what of them a shop cannot do as it is.

use std::fs;
use std::path::Path;

use domain::place::Place;
use domain::words::{Platform, Role};

use super::line::Line;
use crate::rules::{Rules, Site};
use crate::settings::Settings;

/// The rules, if they can be read, and every problem if not.
pub fn read(file: Option<&Path>) -> (Option<Rules>, Vec<Line>) {
    const ID: &str = "rules.file";
    let Some(path) = file else {
        let line = Line::note("rules.example", "the built-in example shop is in use")
            .because("whoever opens it can be any of its people")
            .so("shopwatch init   writes shop.toml for your own shop");
        return (Some(Rules::example()), vec![line]);
    };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(why) => {
            let line = Line::problem(ID, format!("the rules {} cannot be read", path.display()))
                .because(why.kind().to_string())
                .so("set SHOPWATCH_RULES to a file, or leave it out for the example shop");
            return (None, vec![line]);
        }
    };
    match Rules::parse(&text) {
        Ok(rules) => {
            let what = format!("{} can be read, with {} site(s)", path.display(), rules.sites.len());
            (Some(rules), vec![Line::ok(ID, what)])
        }
        Err(problems) => {
            let line = |problem: &crate::rules::RuleProblem| {
                Line::problem(ID, format!("{}, {problem}", path.display()))
                    .about(&problem.key)
                    .so(format!("edit {}, then: shopwatch check", path.display()))
            };
            (None, problems.all().iter().map(line).collect())
        }
    }
}

/// What these rules ask for and cannot have.
pub fn lines(rules: &Rules, settings: &Settings) -> Vec<Line> {
    let mut lines: Vec<Line> = rules.sites.iter().flat_map(|site| two_people(rules, site)).collect();
    if !rules.shop.two_person {
        lines.push(
            Line::note("rules.two_person", "one person alone may publish an alert: two_person = false")
                .because("it is on record since when, and printed at every start")
                .so("write two_person = true in shop.toml, if that is not what you want"),
        );
    }
    if settings.rules.is_none() && !settings.listen.ip().is_loopback() {
        lines.push(
            Line::problem("rules.example", format!("the example shop is not served on {}", settings.listen))
                .because("anybody who reaches it could be any of its people")
                .so("shopwatch init   writes shop.toml for your own shop"),
        );
    }
    for (platform, name, connected) in [
        (Platform::Slack, "Slack", settings.slack.is_some()),
        (Platform::Discord, "Discord", settings.discord.is_some()),
    ] {
        lines.extend(of_chat(rules, platform, name, connected));
    }
    lines
}

/// What takes two people and has fewer at a site.
fn two_people(rules: &Rules, site: &Site) -> Vec<Line> {
    const ID: &str = "rules.two_people";
    let entitled = |role| rules.entitled(role, &site.id);
    let mut lines = Vec::new();
    let mut lacks = |what: &str, to_do: &str| {
        lines.push(Line::note(ID, format!("{}: {what}", site.id)).about(&site.id).so(to_do));
    };
    if rules.publishing_off(&site.id) {
        lacks(
            "publishing is off, for it takes two publishers",
            "name two publishers in shop.toml, or two_person = false, which is on record",
        );
    }
    if entitled(Role::Admin) < 2 {
        lacks("nothing can be erased before its time, for that takes two admins", "name a second admin in shop.toml");
    }
    if entitled(Role::Liaison) == 0 || entitled(Role::Admin) == 0 {
        lacks("nothing can be held, for a liaison places a hold and an admin lifts it", "name both in shop.toml");
    }
    lines
}

/// Whether the file and the tokens mean the same chats.
fn of_chat(rules: &Rules, platform: Platform, name: &str, connected: bool) -> Option<Line> {
    const ID: &str = "rules.chats";
    let triage = rules.sites.iter().any(|site| site.triage.iter().any(|place| place.platform == platform));
    let named = triage || places(rules, platform).next().is_some();
    if connected && !triage {
        let to_do = "name its channels in shop.toml: channels.report and channels.triage";
        return Some(
            Line::note(ID, format!("{name} is connected, and no card is shown there")).about(platform).so(to_do),
        );
    }
    (named && !connected).then(|| {
        let to_do = "put its tokens into .env (.env.example says which), or take its channels out of shop.toml";
        Line::note(ID, format!("shop.toml names channels of {name}, and {name} is not connected"))
            .about(platform)
            .so(to_do)
    })
}

/// Every channel of a chat that the rules name, as often as they name it.
pub fn places(rules: &Rules, platform: Platform) -> impl Iterator<Item = &Place> {
    let of_sites = rules.sites.iter().flat_map(|site| site.triage.iter().chain(&site.report));
    let of_shop = rules.shop.admin_channel.iter().chain(&rules.shop.next_level);
    of_sites.chain(of_shop).filter(move |place| place.platform == platform)
}

/// Whether something is posted to a channel: cards, what admins have to know, calls of the next level.
pub fn is_written_to(rules: &Rules, place: &Place) -> bool {
    let shop = &rules.shop;
    !rules.sites_for(place).is_empty() || shop.admin_channel.as_ref() == Some(place) || shop.next_level.contains(place)
}
