//! Who somebody of Slack is: asked of Slack when they act, believed for a minute, and nothing is assumed in their favour.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use domain::actor::{Account, Principal};
use domain::clock::Moment;
use domain::place::Place;
use domain::words::Platform;
use serde_json::Value;

use super::api::Trouble;
use super::{Slack, TIER_2, TIER_4};
use crate::chat::inbound::Origin;
use crate::rules::Rules;

/// How long an answer about somebody is believed.
pub const BELIEVED: TimeDelta = TimeDelta::seconds(60);
/// So many people are remembered; those asked about longest ago are forgotten first.
const KEPT_MAX: usize = 10_000;

/// Slack's words for a group that is none to the app: gone, not its to see, or of a plan without groups.
/// <https://docs.slack.dev/reference/methods/usergroups.users.list/>
const NO_GROUP: [&str; 3] = ["no_such_subteam", "missing_scope", "plan_upgrade_required"];
/// Slack's words for what the app may not ask, however often. <https://docs.slack.dev/reference/methods/users.info/#errors>
const MAY_NOT_ASK: [&str; 7] = [
    "missing_scope",
    "unknown_method",
    "method_deprecated",
    "access_denied",
    "no_permission",
    "not_allowed_token_type",
    "ekm_access_denied",
];

/// How many different questions are asked at the same time.
const ASKING: usize = 32;

/// The workspace that the app is installed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Home {
    pub team: String,
    pub enterprise: Option<String>,
    /// Our own account, so that we do not answer ourselves.
    pub bot_user: String,
}

impl Home {
    /// From the answer of `auth.test`.
    pub fn read(answer: &Value) -> Option<Self> {
        let text = |name: &str| answer.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
        let (team, enterprise) = (text("team_id"), text("enterprise_id"));
        // Installed in a whole organisation, it may be in no single workspace.
        Some(Self { team: team.or_else(|| enterprise.clone())?, enterprise, bot_user: text("user_id")? })
    }

    /// Whether this is the workspace, or the organisation it belongs to.
    pub fn is_home(&self, team: &str) -> bool {
        self.team == team || self.enterprise.as_deref() == Some(team)
    }
}

/// What Slack says of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    /// A member of the home workspace that is no guest.
    full: bool,
    /// Of the home workspace at all, and not deactivated.
    ours: bool,
    /// Of the organisation that the home workspace belongs to: then it is no matter in which of its workspaces they act.
    of_organisation: bool,
    locale: Option<String>,
    name: String,
}

impl Known {
    /// Somebody who is nobody here.
    fn nobody() -> Self {
        Self { full: false, ours: false, of_organisation: false, locale: None, name: String::new() }
    }
}

/// Who somebody is, and whether everything about them could be asked.
#[derive(Debug, Clone)]
pub struct Met {
    pub origin: Origin,
    /// False when Slack did not answer: then a refusal may be wrong, and "try again" is the truth.
    pub certain: bool,
}

/// Somebody as a payload names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    pub user: String,
    pub team: Option<String>,
    pub name: Option<String>,
    /// The channel where they did it.
    pub channel: Option<String>,
}

/// What was learned about people and groups lately.
#[derive(Debug, Default)]
pub struct Directory {
    people: Mutex<HashMap<String, (Moment, Option<Known>)>>,
    groups: Mutex<HashMap<String, (Moment, BTreeSet<String>)>>,
    /// Whether the log says that nobody can be asked about.
    told: AtomicBool,
    /// Of many who ask the same at the same moment one asks Slack, and the others wait for the answer.
    asking: [tokio::sync::Mutex<()>; ASKING],
}

impl Directory {
    /// Who this is now, with every principal of `shop.toml` that they answer to.
    pub async fn meet(&self, slack: &Slack, home: &Home, rules: &Rules, named: &Named, now: Moment) -> Met {
        let (known, groups) =
            tokio::join!(self.person(slack, home, named, now), self.groups_of(slack, rules, &named.user, now));
        let elsewhere = named.team.as_deref().is_some_and(|team| !home.is_home(team));
        let (groups, all_said) = groups;
        let certain = known.is_ok() && all_said;
        // Without the scope `users:read` nobody can be told from a guest: then only who is named by account or group
        // is anybody.
        let unknown = || Known { ours: !elsewhere, ..Known::nobody() };
        let known = known.unwrap_or_else(|_unanswered| Some(Known::nobody())).unwrap_or_else(unknown);
        let mut principals = BTreeSet::new();
        if known.ours && (!elsewhere || known.of_organisation) {
            principals.insert(Principal::User(Platform::Slack, named.user.clone()));
            principals.extend(groups.into_iter().map(|group| Principal::Group(Platform::Slack, group)));
            if known.full {
                principals.insert(Principal::Everyone(Platform::Slack));
            }
        }
        let name =
            if known.name.is_empty() { named.name.clone().unwrap_or_else(|| named.user.clone()) } else { known.name };
        let place = named.channel.as_ref().and_then(|channel| format!("slack:{channel}").parse::<Place>().ok());
        let account = Account::new(Platform::Slack, named.user.clone());
        Met { origin: Origin { account, name, principals, key: None, locale: known.locale, place }, certain }
    }

    /// The language somebody was last known to read, without asking.
    pub fn locale(&self, user: &str) -> Option<String> {
        let people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.get(user).and_then(|(_, known)| known.as_ref()?.locale.clone())
    }

    /// What is known of a group is out of date.
    pub fn forget_group(&self, group: &str) {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner).remove(group);
    }

    /// What is known of a person is out of date.
    pub fn forget_person(&self, user: &str) {
        self.people.lock().unwrap_or_else(PoisonError::into_inner).remove(user);
    }

    async fn turn(&self, about: &str) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        let sum: usize = about.bytes().map(usize::from).sum();
        Some(self.asking.get(sum % ASKING)?.lock().await)
    }

    /// What Slack says of somebody; none if the app may not ask.
    async fn person(&self, slack: &Slack, home: &Home, named: &Named, now: Moment) -> Result<Option<Known>, Trouble> {
        let user = named.user.as_str();
        if let Some(known) = fresh(&self.people, user, now) {
            return Ok(known);
        }
        let _turn = self.turn(user).await;
        if let Some(known) = fresh(&self.people, user, now) {
            return Ok(known);
        }
        let arguments = [("user", user.to_owned()), ("include_locale", "true".to_owned())];
        let answer = match slack.read("users.info", TIER_4, &arguments, now).await {
            Ok(answer) => answer,
            Err(Trouble::Said(word)) if MAY_NOT_ASK.contains(&word.as_str()) => {
                if !self.told.swap(true, Ordering::Relaxed) {
                    tracing::warn!(
                        target: "shopwatch::slack",
                        word,
                        "Slack does not say who people are: only who is named in shop.toml is anybody, and slack:everyone nobody; add the scope users:read"
                    );
                }
                keep(&self.people, user, None, now);
                return Ok(None);
            }
            Err(Trouble::Said(word)) if word == "user_not_found" || word == "user_not_visible" => {
                return Ok(Some(Known::nobody()));
            }
            Err(trouble) => return Err(trouble),
        };
        let known = read_person(home, named.team.as_deref(), answer.get("user").unwrap_or(&Value::Null));
        keep(&self.people, user, Some(known.clone()), now);
        Ok(Some(known))
    }

    /// The groups named in the rules that somebody is known to be in, and whether Slack said so of every one of them.
    async fn groups_of(&self, slack: &Slack, rules: &Rules, user: &str, now: Moment) -> (BTreeSet<String>, bool) {
        let asked = rules.groups(Platform::Slack).into_iter().map(|group| async move {
            let members = self.group(slack, &group, now).await?;
            Ok::<_, Trouble>(members.contains(user).then_some(group))
        });
        let said = futures_util::future::join_all(asked).await;
        let all_said = said.iter().all(Result::is_ok);
        (said.into_iter().flatten().flatten().collect(), all_said)
    }

    async fn group(&self, slack: &Slack, group: &str, now: Moment) -> Result<BTreeSet<String>, Trouble> {
        if let Some(members) = fresh(&self.groups, group, now) {
            return Ok(members);
        }
        let _turn = self.turn(group).await;
        if let Some(members) = fresh(&self.groups, group, now) {
            return Ok(members);
        }
        let mut arguments = vec![("usergroup", group.to_owned())];
        // A token of a whole organisation has to say which workspace's group it is; others may.
        let home =
            slack.home().filter(|home| home.enterprise.is_some() && home.enterprise.as_ref() != Some(&home.team));
        arguments.extend(home.map(|home| ("team_id", home.team.clone())));
        let members = match slack.read("usergroups.users.list", TIER_2, &arguments, now).await {
            Ok(answer) => strings(answer.get("users")),
            // A group that the app may not see, or that is not there, makes nobody anything. Whatever else Slack says, it has
            // not said who is in it.
            Err(Trouble::Said(word)) if NO_GROUP.contains(&word.as_str()) || MAY_NOT_ASK.contains(&word.as_str()) => {
                tracing::warn!(target: "shopwatch::slack", word, "a user group of shop.toml cannot be read: nobody is in it");
                BTreeSet::new()
            }
            Err(trouble) => return Err(trouble),
        };
        keep(&self.groups, group, members.clone(), now);
        Ok(members)
    }
}

/// A person as Slack describes them. <https://docs.slack.dev/reference/objects/user-object/>
fn read_person(home: &Home, said: Option<&str>, user: &Value) -> Known {
    let flag = |name: &str| user.get(name).and_then(Value::as_bool).unwrap_or(false);
    let text =
        |value: Option<&Value>| value.and_then(Value::as_str).filter(|text| !text.is_empty()).map(ToOwned::to_owned);
    // Where Slack does not say it here, the payload did, and that came signed.
    let team = text(user.get("team_id")).or_else(|| said.map(ToOwned::to_owned));
    let organisation = text(user.pointer("/enterprise_user/enterprise_id"));
    let of_organisation = organisation.is_some() && organisation == home.enterprise;
    let at_home = of_organisation || team.as_deref().is_some_and(|team| home.is_home(team));
    let ours = at_home && !flag("deleted") && !flag("is_stranger") && !flag("is_bot");
    let guest = flag("is_restricted") || flag("is_ultra_restricted") || flag("is_invited_user");
    let name = text(user.pointer("/profile/display_name"))
        .or_else(|| text(user.pointer("/profile/real_name")))
        .or_else(|| text(user.get("real_name")))
        .or_else(|| text(user.get("name")));
    let locale = text(user.get("locale"));
    Known { full: ours && !guest, ours, of_organisation, locale, name: name.unwrap_or_default() }
}

fn strings(list: Option<&Value>) -> BTreeSet<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(ToOwned::to_owned).collect()
}

fn fresh<T: Clone>(kept: &Mutex<HashMap<String, (Moment, T)>>, id: &str, now: Moment) -> Option<T> {
    let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let (at, value) = kept.get(id)?;
    (*at <= now && now - *at < BELIEVED).then(|| value.clone())
}

fn keep<T>(kept: &Mutex<HashMap<String, (Moment, T)>>, id: &str, value: T, now: Moment) {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= KEPT_MAX {
        kept.retain(|_, (at, _)| now - *at < BELIEVED);
    }
    kept.insert(id.to_owned(), (now, value));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn known(changes: &Value) -> (bool, bool) {
        let home = Home { team: "T1".into(), enterprise: None, bot_user: "UBOT".into() };
        let mut user = json!({ "id": "U1", "team_id": "T1", "name": "amal", "deleted": false });
        user.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let known = read_person(&home, None, &user);
        (known.ours, known.full)
    }

    #[test]
    fn guests_strangers_and_people_who_left_are_not_everyone() {
        assert_eq!(known(&json!({})), (true, true));
        assert_eq!(known(&json!({ "is_restricted": true })), (true, false));
        assert_eq!(known(&json!({ "is_ultra_restricted": true })), (true, false));
        assert_eq!(known(&json!({ "is_stranger": true })), (false, false));
        assert_eq!(known(&json!({ "team_id": "T2" })), (false, false));
        assert_eq!(known(&json!({ "team_id": null })), (false, false));
        assert_eq!(known(&json!({ "deleted": true })), (false, false));
        assert_eq!(known(&json!({ "is_bot": true })), (false, false));
    }
}
