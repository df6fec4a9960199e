//! People, groups, the team and the app itself: `users.*`, `usergroups.*`, `auth.test` and their like.

use serde_json::{Value, json};

use super::arguments::{Arguments, page};
use super::refusal::{Refusal, Reply};
use super::workspace::{APP, BOT, BOT_USER, DOMAIN, TEAM, Workspace};

/// `api.test`: answers with what it was given.
pub fn api_test(_: &mut Workspace, arguments: &Arguments) -> Reply {
    match arguments.text("error") {
        Some(error) => Err(Refusal::of(&error)),
        None => Ok(json!({ "args": arguments.0 })),
    }
}

/// `auth.test`.
pub fn auth_test(workspace: &mut Workspace, _: &Arguments) -> Reply {
    let mut out = json!({
        "url": "https://corner-shop.slack.example/", "team": "Corner Shop", "user": "shopwatch", "team_id": TEAM,
        "user_id": BOT_USER, "bot_id": BOT, "is_enterprise_install": false,
    });
    if let Some(organisation) = &workspace.ways.organisation {
        out["enterprise_id"] = json!(organisation);
    }
    Ok(out)
}

/// `apps.connections.open`.
pub fn open_connection(workspace: &mut Workspace, _: &Arguments) -> Reply {
    let ticket = format!("ticket-{}", workspace.serial());
    workspace.tickets.insert(ticket.clone());
    Ok(json!({ "url": format!("ws://{}/link/?ticket={ticket}&app_id={APP}", workspace.address) }))
}

/// `users.info`.
pub fn info(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let person = workspace.people.get(&arguments.needed("user")?).ok_or_else(|| Refusal::of("user_not_found"))?;
    Ok(json!({ "user": person.rendered(arguments.flag("include_locale")) }))
}

/// `users.list`.
pub fn list(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let locale = arguments.flag("include_locale");
    let members: Vec<Value> = workspace.people.values().map(|person| person.rendered(locale)).collect();
    let (members, next) = page(&members, arguments, 200)?;
    Ok(json!({ "members": members, "cache_ts": 1_700_000_000, "response_metadata": { "next_cursor": next } }))
}

/// `usergroups.list`.
pub fn groups(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let disabled = arguments.flag("include_disabled");
    let (count, users) = (arguments.flag("include_count"), arguments.flag("include_users"));
    let groups = workspace.groups.values().filter(|group| disabled || !group.disabled);
    let groups: Vec<Value> = groups.map(|group| group.rendered(count, users)).collect();
    Ok(json!({ "usergroups": groups }))
}

/// `usergroups.users.list`.
pub fn group_members(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let group = workspace.groups.get(&arguments.needed("usergroup")?);
    let group = group.filter(|group| !group.disabled || arguments.flag("include_disabled"));
    let group = group.ok_or_else(|| Refusal::of("no_such_subteam"))?;
    Ok(json!({ "users": group.users }))
}

/// `bots.info`.
pub fn bot(_: &mut Workspace, arguments: &Arguments) -> Reply {
    match arguments.text("bot").as_deref() {
        Some(BOT) => Ok(json!({ "bot": {
            "id": BOT, "deleted": false, "name": "shopwatch", "updated": 1_700_000_000, "app_id": APP, "user_id": BOT_USER,
            "icons": { "image_36": "https://slack.example/36.png" },
        } })),
        Some(_) => Err(Refusal::of("bot_not_found")),
        None => Err(Refusal::invalid_arguments(&["missing required field: bot".to_owned()])),
    }
}

/// `team.info`.
pub fn team(_: &mut Workspace, arguments: &Arguments) -> Reply {
    if arguments.text("team").is_some_and(|team| team != TEAM) {
        return Err(Refusal::of("team_not_found"));
    }
    Ok(json!({ "team": {
        "id": TEAM, "name": "Corner Shop", "domain": DOMAIN, "email_domain": "shop.example",
        "icon": { "image_default": true },
    } }))
}
