//! Who somebody of Discord is: what the signed payload says of them as of the press, and nothing is assumed in their
//! favour. Only members of the shop's own guilds are anybody.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::{Account, Principal};
use domain::clock::Moment;
use domain::place::Place;
use domain::words::Platform;
use serde_json::Value;
use serenity::http::Route;
use serenity::model::Permissions;
use serenity::model::id::{ChannelId, GuildId, UserId};

use super::api::{Api, Trouble};
use crate::chat::inbound::Origin;
use crate::rules::Rules;

/// How long an answer about a member is believed where the payload itself says nothing: in direct messages.
const BELIEVED: TimeDelta = TimeDelta::seconds(60);
/// So many members are remembered; those asked about longest ago are forgotten first.
const KEPT_MAX: usize = 10_000;
/// How many different questions are asked at the same time.
const ASKING: usize = 32;
/// Discord's codes for somebody who is not in a guild.
const NOT_THERE: [i64; 2] = [10007, 10013];

/// What Discord says of a member of a guild.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Member {
    pub roles: BTreeSet<String>,
    /// False for somebody who left and still sees an old button.
    pub joined: bool,
    /// Has not agreed to the guild's rules yet.
    pub pending: bool,
    /// Silenced by a moderator until then.
    pub silenced_until: Option<Moment>,
    /// What they may do in the channel, where Discord says so.
    pub permissions: Option<u64>,
    pub name: Option<String>,
}

/// Somebody as a payload names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    pub user: String,
    pub name: Option<String>,
    pub locale: Option<String>,
    pub guild: Option<u64>,
    pub member: Option<Member>,
    /// The channel where they did it, and the one above it if that is a thread.
    pub channel: Option<u64>,
    pub parent: Option<u64>,
    pub bot: bool,
}

/// Who somebody is, and whether everything about them could be asked.
#[derive(Debug, Clone)]
pub struct Met {
    pub origin: Origin,
    /// False when Discord did not answer: then a refusal may be wrong, and "try again" is the truth.
    pub certain: bool,
}

impl Member {
    /// A member as Discord describes them. <https://discord.com/developers/docs/resources/guild#guild-member-object>
    pub fn read(member: &Value) -> Self {
        let text = |name: &str| member.get(name).and_then(Value::as_str);
        let roles = member.get("roles").and_then(Value::as_array).into_iter().flatten();
        let silenced = text("communication_disabled_until").and_then(|at| DateTime::parse_from_rfc3339(at).ok());
        Self {
            roles: roles.filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
            joined: member.get("joined_at").is_none_or(|at| !at.is_null()),
            pending: member.get("pending").and_then(Value::as_bool).unwrap_or(false),
            silenced_until: silenced.map(|at| at.with_timezone(&Utc)),
            permissions: text("permissions").and_then(|bits| bits.parse().ok()),
            name: text("nick").map(ToOwned::to_owned).filter(|nick| !nick.is_empty()),
        }
    }

    /// Whether they may do anything now.
    fn is_anybody(&self, now: Moment) -> bool {
        let seeing = Permissions::VIEW_CHANNEL | Permissions::ADMINISTRATOR;
        let sees = self.permissions.is_none_or(|bits| bits & seeing.bits() != 0);
        self.joined && sees && self.silenced_until.is_none_or(|until| until <= now)
    }

    fn principals(&self, user: &str, guild: u64, now: Moment) -> BTreeSet<Principal> {
        if !self.is_anybody(now) {
            return BTreeSet::new();
        }
        let mut principals = BTreeSet::from([Principal::User(Platform::Discord, user.to_owned())]);
        principals.extend(self.roles.iter().map(|role| Principal::Group(Platform::Discord, role.clone())));
        if !self.pending {
            principals.insert(Principal::Everyone(Platform::Discord));
            // The role of everybody has the guild's own id.
            principals.insert(Principal::Group(Platform::Discord, guild.to_string()));
        }
        principals
    }
}

/// What Discord said of somebody in a guild, and when; none where they are not.
type Answer = (Moment, Option<Member>);

/// The guilds that the channels of `shop.toml` are in, and what was learned about members lately.
#[derive(Debug, Default)]
pub struct Directory {
    guilds: Mutex<BTreeMap<u64, u64>>,
    members: Mutex<HashMap<(u64, String), Answer>>,
    /// Of many who ask the same at the same moment one asks Discord, and the others wait for the answer.
    asking: [tokio::sync::Mutex<()>; ASKING],
}

/// The channels of Discord that the rules name.
pub fn channels(rules: &Rules) -> BTreeSet<u64> {
    let sites = rules.sites.iter().flat_map(|site| site.report.iter().chain(&site.triage));
    sites.chain(&rules.shop.admin_channel).filter_map(channel).collect()
}

/// A place of Discord as a channel.
pub fn channel(place: &Place) -> Option<u64> {
    Some(place).filter(|place| place.platform == Platform::Discord)?.channel.parse().ok().filter(|id| *id > 0)
}

/// A channel as a place.
pub fn place(channel: u64) -> Place {
    Place { platform: Platform::Discord, channel: channel.to_string() }
}

impl Directory {
    /// A channel is in this guild.
    pub fn learn(&self, channel: u64, guild: u64) {
        self.guilds.lock().unwrap_or_else(PoisonError::into_inner).insert(channel, guild);
    }

    /// Every channel with its guild, for the store's note.
    pub fn learned(&self) -> BTreeMap<u64, u64> {
        self.guilds.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The guilds of the channels that the rules name now.
    pub fn homes(&self, rules: &Rules) -> BTreeSet<u64> {
        let guilds = self.guilds.lock().unwrap_or_else(PoisonError::into_inner);
        channels(rules).iter().filter_map(|channel| guilds.get(channel).copied()).collect()
    }

    /// The channels of the rules whose guild is not known.
    pub fn unknown(&self, rules: &Rules) -> Vec<u64> {
        let guilds = self.guilds.lock().unwrap_or_else(PoisonError::into_inner);
        channels(rules).into_iter().filter(|channel| !guilds.contains_key(channel)).collect()
    }

    /// Asks in which guilds channels are.
    pub async fn ask_homes(&self, api: &Api, rules: &Rules, now: Moment) -> Result<(), Trouble> {
        for channel in self.unknown(rules) {
            match api.get(Route::Channel { channel_id: ChannelId::new(channel) }, Vec::new(), now).await {
                Ok(answer) => {
                    if let Some(guild) = id(answer.get("guild_id")) {
                        self.learn(channel, guild);
                    }
                }
                // A channel that is gone or that the bot may not see: nobody comes from it, and others are not held up.
                Err(Trouble::Said { status: 400 | 403 | 404, .. }) => {}
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(())
    }

    /// Who this is now, with every principal of `shop.toml` that they answer to.
    pub async fn meet(&self, api: &Api, rules: &Rules, named: &Named, now: Moment) -> Met {
        if let (Some(guild), Some(channel)) = (named.guild, named.parent.or(named.channel))
            && channels(rules).contains(&channel)
        {
            // The payload is signed, and a channel is in one guild for ever.
            self.learn(channel, guild);
        }
        let homes = self.homes(rules);
        let mut certain = true;
        let mut principals = BTreeSet::new();
        let mut name = named.member.as_ref().and_then(|member| member.name.clone());
        match (named.guild, &named.member) {
            (Some(guild), Some(member)) if homes.contains(&guild) => {
                principals = member.principals(&named.user, guild, now);
            }
            (Some(guild), Some(_)) => certain = homes.contains(&guild) || self.unknown(rules).is_empty(),
            (Some(_), None) | (None, _) => {
                for guild in homes.iter().filter(|home| named.guild.is_none_or(|guild| guild == **home)) {
                    match self.member(api, *guild, &named.user, now).await {
                        Ok(Some(member)) => {
                            name = name.or_else(|| member.name.clone());
                            principals.extend(member.principals(&named.user, *guild, now));
                        }
                        Ok(None) => {}
                        Err(_) => certain = false,
                    }
                }
                certain &= self.unknown(rules).is_empty();
            }
        }
        if named.bot {
            principals.clear();
        }
        let name = name.or_else(|| named.name.clone()).unwrap_or_else(|| named.user.clone());
        let origin = Origin { name, principals, ..stranger(named) };
        Met { origin, certain }
    }

    async fn turn(&self, about: &str) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        let sum: usize = about.bytes().map(usize::from).sum();
        Some(self.asking.get(sum % ASKING)?.lock().await)
    }

    /// What was said of somebody lately; that they are not there is said too.
    fn known(&self, key: &(u64, String), now: Moment) -> Option<Answer> {
        let members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        members.get(key).filter(|(at, _)| *at <= now && now - *at < BELIEVED).cloned()
    }

    /// What Discord says of somebody in a guild; none if they are not there.
    async fn member(&self, api: &Api, guild: u64, user: &str, now: Moment) -> Result<Option<Member>, Trouble> {
        let key = (guild, user.to_owned());
        if let Some((_, known)) = self.known(&key, now) {
            return Ok(known);
        }
        let _turn = self.turn(user).await;
        if let Some((_, known)) = self.known(&key, now) {
            return Ok(known);
        }
        let user_id = user.parse::<u64>().ok().filter(|user| *user > 0).ok_or(Trouble::Unsent)?;
        let route = Route::GuildMember { guild_id: GuildId::new(guild), user_id: UserId::new(user_id) };
        let member = match api.get(route, Vec::new(), now).await {
            Ok(answer) => Some(Member::read(&answer)),
            // … nor for this bot: asking again would say the same.
            Err(Trouble::Said { status, code }) if NOT_THERE.contains(&code) || matches!(status, 403 | 404) => None,
            Err(trouble) => return Err(trouble),
        };
        let mut members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        if members.len() >= KEPT_MAX {
            members.retain(|_, (at, _)| now - *at < BELIEVED);
        }
        members.insert(key, (now, member.clone()));
        Ok(member)
    }
}

/// Somebody of whom nothing is known, and who therefore may do nothing.
pub fn stranger(named: &Named) -> Origin {
    Origin {
        account: Account::new(Platform::Discord, named.user.clone()),
        name: named.name.clone().unwrap_or_else(|| named.user.clone()),
        principals: BTreeSet::new(),
        key: None,
        locale: named.locale.clone(),
        place: named.parent.or(named.channel).map(place),
    }
}

/// A snowflake.
pub fn id(value: Option<&Value>) -> Option<u64> {
    match value? {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_u64(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
    .filter(|id| *id > 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_anybody(changes: &Value) -> bool {
        let mut member = json!({ "roles": ["7"], "joined_at": "2026-01-01T00:00:00+00:00", "permissions": "3072" });
        member.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let now = "2026-11-22T14:05:00Z".parse().unwrap();
        !Member::read(&member).principals("1", 5, now).is_empty()
    }

    #[test]
    fn who_left_is_silenced_or_sees_nothing_is_nobody() {
        assert!(is_anybody(&json!({})));
        assert!(is_anybody(&json!({ "communication_disabled_until": "2026-11-22T14:04:59+00:00" })));
        assert!(!is_anybody(&json!({ "communication_disabled_until": "2026-11-22T14:06:00+00:00" })));
        assert!(!is_anybody(&json!({ "joined_at": null })));
        assert!(!is_anybody(&json!({ "permissions": "0" })));
        assert!(is_anybody(&json!({ "permissions": "8" })), "who administers a guild sees all of it");
        let unsaid = json!({ "roles": ["7"] });
        assert!(!Member::read(&unsaid).principals("1", 5, Moment::default()).is_empty(), "nobody said that they left");
    }

    #[test]
    fn who_has_not_agreed_to_the_rules_is_not_everyone() {
        let member = Member { joined: true, pending: true, ..Member::default() };
        let theirs = member.principals("1", 5, Moment::default());
        assert_eq!(theirs, BTreeSet::from([Principal::User(Platform::Discord, "1".into())]));
    }
}
