//! Slack: whose token it is, what it may, whether the channels of the rules are there, and whether Socket Mode opens.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::place::Place;
use domain::words::Platform;
use serde_json::Value;

use super::line::Line;
use super::rules::{is_written_to, places};
use crate::rules::Rules;
use crate::settings::SlackSettings;
use crate::slack::MOVED_NOTE;
use crate::slack::api::{Api, Trouble};
use crate::slack::manifest::{OPTIONAL_SCOPES, SCOPES};
use crate::slack::tokens::Tokens;
use crate::store::Store;

const TOKEN: &str = "slack.token";
/// The scope that lets the app post in public channels it is in none of.
const ANYWHERE: &str = "chat:write.public";
/// Later than everything that was ever written: a channel is asked whether it may be read, and nothing of it is.
const NOTHING: &str = "99999999999.000000";

/// Everything about the workspace. `serves` says that a server is connected already.
pub async fn lines(settings: &SlackSettings, rules: &Rules, store: Option<&Store>, serves: bool) -> Vec<Line> {
    let tokens = Arc::new(Tokens::as_kept(settings, store).await);
    let Ok(api) = Api::new(settings, tokens) else {
        return vec![Line::problem(TOKEN, "Slack's client cannot be made")];
    };
    let (answer, scopes) = match api.identity().await {
        Ok(known) => known,
        Err(trouble) => return vec![refused(&trouble)],
    };
    let team = answer.get("team_id").and_then(Value::as_str).unwrap_or("?");
    let mut lines = vec![Line::ok(TOKEN, format!("Slack knows the bot's token, of the workspace {team}"))];
    lines.extend(of_scopes(&scopes));
    let moved = moved(store).await;
    let mut seen = BTreeSet::new();
    for place in places(rules, Platform::Slack).filter(|place| seen.insert(place.channel.clone())) {
        let now = moved.iter().find(|(from, _)| *from == place.channel).map_or(&place.channel, |(_, to)| to);
        lines.push(of_channel(&api, rules, place, now, &scopes).await);
    }
    lines.push(of_socket(&api, settings, serves).await);
    lines
}

fn refused(trouble: &Trouble) -> Line {
    match trouble {
        Trouble::Said(word) => Line::problem(TOKEN, format!("Slack refuses the bot's token: {word}"))
            .because("nothing is posted in Slack, and nobody there is answered")
            .so("copy the Bot User OAuth Token (xoxb-…) from your app's page to SLACK_BOT_TOKEN; install the app if it is not"),
        Trouble::Limited(wait) => {
            Line::note(TOKEN, format!("Slack asks to be left alone for {} s", wait.num_seconds())).so("try again then")
        }
        Trouble::Unsent | Trouble::Lost => Line::problem("slack.reached", format!("Slack does not answer ({})", trouble.word()))
            .because("this computer has no way to SLACK_API_URL, or Slack is down")
            .so("look at the network, a proxy in between, and https://slack-status.com"),
    }
}

/// What is missing of what the manifest asks for, and what goes without it.
fn of_scopes(scopes: &[String]) -> Vec<Line> {
    const ID: &str = "slack.scopes";
    let missing = |scope: &&&str| !scopes.iter().any(|granted| granted == **scope);
    let to_do = "add it at your app's page under OAuth & Permissions, then install the app again";
    let required = SCOPES.iter().filter(missing).map(|scope| {
        Line::problem(ID, format!("the app lacks the scope {scope}")).about(scope).because(without(scope)).so(to_do)
    });
    let optional = OPTIONAL_SCOPES.iter().filter(missing).map(|scope| {
        Line::note(ID, format!("the app goes without the scope {scope}")).about(scope).because(without(scope)).so(to_do)
    });
    let lines: Vec<Line> = required.chain(optional).collect();
    if lines.is_empty() { vec![Line::ok(ID, "the app has every scope of its manifest")] } else { lines }
}

/// What does not work without a scope; as `bot-manifests/README.md` has it.
fn without(scope: &str) -> &'static str {
    match scope {
        "chat:write" => "no card, no thread and no receipt is posted",
        "commands" => "there is no /report and no shortcut",
        "files:read" => "photos that are sent with a report cannot be fetched",
        "im:history" => "answers that are written to the app alone are not read after a break",
        "channels:history" | "groups:history" => {
            "photos dropped in a channel of that kind are not seen, and a card that may or may not be there waits for a person"
        }
        "im:read" => "what somebody sends to the app alone who never reported before is not found after a break",
        "im:write" => "a receipt that may or may not be there waits for a person",
        "usergroups:read" => "nobody is anything through a user group (slack:group:S…)",
        "users:read" => "slack:everyone is nobody, and people are answered in the shop's language",
        ANYWHERE => "the app has to be invited to every channel that it posts in",
        _ => "",
    }
}

/// The channels that have another id now, as a server has noted.
async fn moved(store: Option<&Store>) -> Vec<(String, String)> {
    let Some(store) = store else { return Vec::new() };
    let notes = store.noted_under(MOVED_NOTE).await.unwrap_or_default();
    notes.into_iter().filter_map(|(name, to)| Some((name.strip_prefix(MOVED_NOTE)?.to_owned(), to))).collect()
}

/// Whether a channel is there and the app is in it. Its history is asked for from a time that is still to come.
async fn of_channel(api: &Api, rules: &Rules, place: &Place, now: &str, scopes: &[String]) -> Line {
    const ID: &str = "slack.channels";
    let asked = [("channel", now.to_owned()), ("oldest", NOTHING.to_owned()), ("limit", "1".to_owned())];
    let written = is_written_to(rules, place);
    let line = match api.read("conversations.history", &asked).await {
        Ok(_) if now != place.channel => Line::note(ID, format!("{place} has another id now"))
            .so(format!("write slack:{now} in shop.toml instead")),
        Ok(_) => Line::ok(ID, format!("the app is in {place}")),
        Err(Trouble::Said(word)) => match word.as_str() {
            "not_in_channel" if !written => Line::note(ID, format!("the app is not in {place}"))
                .because("/report works there, and photos dropped there are not seen")
                .so("type /invite @Shopwatch there"),
            "not_in_channel" if scopes.iter().any(|scope| scope == ANYWHERE) => Line::note(ID, format!("the app is not in {place}"))
                .because("cards are posted there, and what people write under them is not seen")
                .so("type /invite @Shopwatch there"),
            "missing_scope" => Line::note(ID, format!("whether the app is in {place} cannot be told"))
                .because("without channels:history or groups:history Slack does not say")
                .so("type /invite @Shopwatch there, if it is not"),
            "not_in_channel" | "channel_not_found" => Line::problem(ID, format!("the app does not see {place}"))
                .because("it is not in it, or there is no channel of this id")
                .so("compare the id with the one at the bottom of the channel's About, then type /invite @Shopwatch there"),
            "is_archived" => Line::problem(ID, format!("{place} is archived")).so("name another channel in shop.toml"),
            word => Line::problem(ID, format!("Slack says {word} of {place}")).so("look at your app's page"),
        },
        Err(trouble) => {
            Line::note(ID, format!("whether the app is in {place} cannot be told ({})", trouble.word())).so("try again later")
        }
    };
    line.about(place)
}

/// Slack gives one address a minute: with a server connected there is nothing to find out, and one to lose.
async fn of_socket(api: &Api, settings: &SlackSettings, serves: bool) -> Line {
    const ID: &str = "slack.socket";
    if settings.app_token.is_none() {
        return Line::ok(ID, "Slack posts to this server; Socket Mode is not used");
    }
    if serves {
        return Line::ok(
            ID,
            "Socket Mode was not tried, for a server runs and Slack gives about one connection a minute: /health/ready says how it stands",
        );
    }
    match api.open_connection().await {
        Ok(_) => Line::ok(ID, "Slack opens connections in Socket Mode"),
        Err(Trouble::Said(word)) => Line::problem(ID, format!("Slack opens no connection in Socket Mode: {word}"))
            .because("nothing that people do in Slack arrives")
            .so("switch Socket Mode on at your app's page, and copy an app-level token with connections:write to SLACK_APP_TOKEN"),
        Err(trouble) => Line::note(ID, format!("Socket Mode could not be tried now ({})", trouble.word())).so("try again in a minute"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_known_of_every_scope_what_goes_without_it() {
        for scope in SCOPES.iter().chain(&OPTIONAL_SCOPES) {
            assert!(!without(scope).is_empty(), "{scope}");
        }
    }
}
