//! Token rotation: the bot's token ends after twelve hours, and a refresh token is exchanged for the next pair once.
//! <https://docs.slack.dev/authentication/using-token-rotation/>

use chrono::TimeDelta;
use domain::clock::Moment;
use serde_json::json;

use super::FakeSlack;
use super::arguments::Arguments;
use super::refusal::{Refusal, Reply};
use super::workspace::{APP, BOT_USER, TEAM, Workspace};

pub const CLIENT_ID: &str = "1000.2000";
pub const CLIENT_SECRET: &str = "fakeclientsecret";
/// How long a token is good.
const GOOD_FOR: TimeDelta = TimeDelta::seconds(43_200);
/// So many tokens are good at the same time; the oldest is revoked for one more.
const ACTIVE_MAX: usize = 2;

/// The tokens of an app that has token rotation.
#[derive(Debug, Default)]
pub struct Rotation {
    /// The refresh token that was not used yet.
    pub refresh: String,
    /// Bot's tokens with their ends, the newest last.
    pub given: Vec<(String, Moment)>,
    /// How often a pair was exchanged.
    pub exchanged: usize,
}

impl FakeSlack {
    /// Switches token rotation on and installs the app: the first pair, access and refresh.
    pub fn rotates(&self) -> (String, String) {
        self.change(Workspace::give_tokens)
    }

    /// How often a refresh token was exchanged for a pair.
    pub fn exchanged(&self) -> usize {
        self.see(|workspace| workspace.rotation.as_ref().map_or(0, |rotation| rotation.exchanged))
    }

    /// How often somebody tried.
    pub fn asked_to_exchange(&self) -> usize {
        self.see(|workspace| workspace.calls.get("oauth.v2.access").copied().unwrap_or_default())
    }

    /// The bot's tokens end now, earlier than was said.
    pub fn end_tokens(&self) {
        self.change(|workspace| {
            let now = workspace.clock.now();
            for (_, ends) in workspace.rotation.iter_mut().flat_map(|rotation| &mut rotation.given) {
                *ends = now;
            }
        });
    }
}

impl Workspace {
    fn give_tokens(&mut self) -> (String, String) {
        let (serial, now) = (self.serial(), self.clock.now());
        let rotation = self.rotation.get_or_insert_default();
        rotation.refresh = format!("xoxe-1-fakerefresh{serial}");
        let access = format!("xoxe.xoxb-1-fakeaccess{serial}");
        rotation.given.push((access.clone(), now + GOOD_FOR));
        (access, rotation.refresh.clone())
    }

    /// Whether this token of a bot with rotation is good.
    pub fn takes(&self, rotation: &Rotation, token: &str) -> Result<(), Refusal> {
        let newer = rotation.given.iter().rev().position(|(access, _)| access == token);
        let newer = newer.ok_or_else(|| Refusal::of("invalid_auth"))?;
        let ends = rotation.given[rotation.given.len() - 1 - newer].1;
        match () {
            () if newer >= ACTIVE_MAX => Err(Refusal::of("token_revoked")),
            () if self.clock.now() >= ends => Err(Refusal::of("token_expired")),
            () => Ok(()),
        }
    }
}

/// `oauth.v2.access` for a refresh token: <https://docs.slack.dev/reference/methods/oauth.v2.access/>.
pub fn access(workspace: &mut Workspace, arguments: &Arguments) -> Reply {
    let said = |name: &str| arguments.text(name).unwrap_or_default();
    let refusal = |word: &str| Err(Refusal::of(word));
    if said("client_id") != CLIENT_ID {
        return refusal("invalid_client_id");
    }
    if said("client_secret") != CLIENT_SECRET {
        return refusal("bad_client_secret");
    }
    if said("grant_type") != "refresh_token" {
        return refusal("invalid_grant_type");
    }
    match &mut workspace.rotation {
        Some(rotation) if rotation.refresh == said("refresh_token") => rotation.exchanged += 1,
        Some(_) | None => return refusal("invalid_refresh_token"),
    }
    let (access, refresh) = workspace.give_tokens();
    Ok(json!({
        "access_token": access, "expires_in": GOOD_FOR.num_seconds(), "refresh_token": refresh, "token_type": "bot",
        "scope": "chat:write,commands", "bot_user_id": BOT_USER, "app_id": APP,
        "team": { "id": TEAM, "name": "Corner Shop" }, "enterprise": null, "is_enterprise_install": false,
    }))
}
