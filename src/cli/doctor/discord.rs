//! Discord: whose token it is, what the application may read, whether it knows our commands, and what the bot may in the
//! channels of the rules. Never over the gateway: an IDENTIFY is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::clock::Moment;
use domain::place::Place;
use domain::words::Platform;
use serde_json::Value;
use serenity::http::Route;
use serenity::model::Permissions;
use serenity::model::application::ApplicationFlags;
use serenity::model::id::{ApplicationId, ChannelId, GuildId, UserId};

use super::line::Line;
use super::rules::{is_written_to, places};
use crate::chats::pace::Pace;
use crate::discord::api::{Api, Trouble};
use crate::discord::manifest::{commands, invite, permissions, says};
use crate::discord::people::id;
use crate::rules::Rules;
use crate::settings::DiscordSettings;
use crate::texts::Texts;

const TOKEN: &str = "discord.token";

/// What is asked, and when.
struct Look {
    api: Api,
    now: Moment,
}

/// Everything about the application and its guild.
pub async fn lines(settings: &DiscordSettings, rules: &Rules, now: Moment) -> Vec<Line> {
    if settings.token.is_none() {
        let what = "without DISCORD_TOKEN people are answered on Discord, and no card is posted there";
        return vec![Line::note(TOKEN, what).so("set DISCORD_TOKEN, if cards are wanted there")];
    }
    let Ok(api) = Api::new(settings, Arc::new(Pace::default())) else {
        return vec![Line::problem(TOKEN, "Discord's client cannot be made")];
    };
    let look = Look { api, now };
    let me = match look.get(Route::UserMe).await {
        Ok(me) => me,
        Err(trouble) => return vec![refused(&trouble)],
    };
    let Some(bot) = id(me.get("id")) else { return vec![refused(&Trouble::Lost)] };
    let mut lines = vec![Line::ok(TOKEN, format!("Discord knows the bot's token, of the account {bot}"))];
    let about = look.get(Route::Oauth2ApplicationCurrent).await.unwrap_or_default();
    let application = settings.application_id.or_else(|| id(about.get("id"))).unwrap_or(bot);
    lines.push(of_content(&about, settings.photo_drops));
    lines.push(look.commands(application).await);
    let mut guilds = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for place in places(rules, Platform::Discord).filter(|place| seen.insert(place.channel.clone())) {
        let line = look.channel(place, is_written_to(rules, place), bot, application, &mut guilds).await;
        lines.push(line.about(place));
    }
    lines
}

fn refused(trouble: &Trouble) -> Line {
    match trouble {
        Trouble::Said { status: 401, .. } => Line::problem(TOKEN, "Discord refuses the bot's token")
            .because("nothing is posted in Discord, and nobody there is answered")
            .so("reset the token at your app's page under Bot, and copy it to DISCORD_TOKEN"),
        Trouble::Said { status, code } => {
            Line::problem(TOKEN, format!("Discord says no: {status}, code {code}")).so("look at your app's page")
        }
        Trouble::Limited(wait) => {
            Line::note(TOKEN, format!("Discord asks to be left alone for {} s", wait.num_seconds().max(1)))
                .so("try again then")
        }
        Trouble::Unsent | Trouble::Lost => Line::problem("discord.reached", "Discord does not answer")
            .because("this computer has no way to DISCORD_API_URL, or Discord is down")
            .so("look at the network, a proxy in between, and https://discordstatus.com"),
    }
}

/// Whether messages come with what is in them, which only photo drops need.
fn of_content(about: &Value, drops: bool) -> Line {
    const ID: &str = "discord.message_content";
    let flags = ApplicationFlags::from_bits_truncate(about.get("flags").and_then(Value::as_u64).unwrap_or_default());
    let on =
        flags.intersects(ApplicationFlags::GATEWAY_MESSAGE_CONTENT | ApplicationFlags::GATEWAY_MESSAGE_CONTENT_LIMITED);
    match (drops, on) {
        (true, true) => Line::ok(ID, "photos dropped in report channels are taken"),
        (true, false) => Line::problem(ID, "DISCORD_PHOTO_DROPS=true, and the Message Content intent is off")
            .because("Discord refuses the connection, or messages come without their photos")
            .so("switch Message Content Intent on at your app's page under Bot, or set DISCORD_PHOTO_DROPS=false"),
        (false, true) => Line::note(ID, "the Message Content intent is on, and nothing needs it")
            .because("the app could read every message in its channels")
            .so("switch it off at your app's page under Bot, or set DISCORD_PHOTO_DROPS=true"),
        (false, false) => Line::ok(ID, "photos come with /report; those dropped in channels are not read"),
    }
}

impl Look {
    async fn get(&self, route: Route<'_>) -> Result<Value, Trouble> {
        self.api.get(route, Vec::new(), self.now).await
    }

    /// Whether Discord knows our commands as they are now.
    async fn commands(&self, application: u64) -> Line {
        const ID: &str = "discord.commands";
        let route = Route::Commands { application_id: ApplicationId::new(application) };
        let query = vec![("with_localizations", "true".to_owned())];
        let theirs = match self.api.get(route, query, self.now).await {
            Ok(theirs) => theirs,
            Err(trouble) => {
                return Line::note(
                    ID,
                    format!("Discord does not say which commands it knows (code {})", trouble.code()),
                )
                .so("compare DISCORD_APPLICATION_ID with your app's page");
            }
        };
        let ours = Texts::load().map(|texts| commands(&texts)).unwrap_or_default();
        if says(&ours, &theirs) {
            return Line::ok(ID, "Discord knows the commands of this version");
        }
        Line::note(ID, "Discord does not know the commands of this version yet")
            .so("start the server: it registers them")
    }

    /// Whether the bot sees a channel, and may there what the invitation asks for.
    async fn channel(
        &self,
        place: &Place,
        written: bool,
        bot: u64,
        application: u64,
        guilds: &mut BTreeMap<u64, Option<Member>>,
    ) -> Line {
        const ID: &str = "discord.channels";
        let unseen = |why: &str| {
            Line::problem(ID, format!("the bot does not see {place}"))
                .because(why)
                .so(format!("let it see the channel, or invite it: {}", invite(&application.to_string())))
        };
        let Some(channel) = place.channel.parse().ok().filter(|id| *id > 0) else {
            return unseen("that is no channel's id");
        };
        let about = match self.get(Route::Channel { channel_id: ChannelId::new(channel) }).await {
            Ok(about) => about,
            Err(Trouble::Said { status: 404, .. }) => return unseen("there is no channel of this id"),
            Err(Trouble::Said { .. }) => return unseen("it is not in that guild, or its roles do not let it"),
            Err(_) => return Line::note(ID, format!("Discord did not answer about {place}")).so("try again later"),
        };
        let Some(guild) = id(about.get("guild_id")) else { return unseen("it is not a guild's channel") };
        if let std::collections::btree_map::Entry::Vacant(entry) = guilds.entry(guild) {
            entry.insert(self.member(guild, bot).await);
        }
        let Some(Some(member)) = guilds.get(&guild) else {
            return Line::note(ID, format!("what the bot may in {place} cannot be told")).so("try again later");
        };
        let lacks = permissions().difference(member.may(guild, bot, &about));
        told(place, written, lacks)
    }

    /// What the bot is in a guild.
    async fn member(&self, guild: u64, bot: u64) -> Option<Member> {
        let guild_id = GuildId::new(guild);
        let roles = self.get(Route::GuildRoles { guild_id }).await.ok()?;
        let member = self.get(Route::GuildMember { guild_id, user_id: UserId::new(bot) }).await.ok()?;
        let own: BTreeSet<u64> = member.get("roles")?.as_array()?.iter().filter_map(|role| id(Some(role))).collect();
        let counts = |role: &&Value| id(role.get("id")).is_some_and(|id| id == guild || own.contains(&id));
        let base = roles.as_array()?.iter().filter(counts).map(|role| bits(role.get("permissions")));
        Some(Member { base: base.fold(Permissions::empty(), |all, one| all | one), roles: own })
    }
}

/// What the bot is in a guild: its roles, and what they let it do before a channel's exceptions.
struct Member {
    base: Permissions,
    roles: BTreeSet<u64>,
}

impl Member {
    /// What it may in a channel. <https://discord.com/developers/docs/topics/permissions#permission-overwrites>
    fn may(&self, guild: u64, bot: u64, channel: &Value) -> Permissions {
        if self.base.administrator() {
            return Permissions::all();
        }
        let exceptions = channel.get("permission_overwrites").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut may = self.base;
        let levels: [&dyn Fn(u64) -> bool; 3] =
            [&|whom| whom == guild, &|whom| self.roles.contains(&whom), &|whom| whom == bot];
        for level in levels {
            let these = || exceptions.iter().filter(|one| id(one.get("id")).is_some_and(level));
            may = these().fold(may, |may, one| may.difference(bits(one.get("deny"))));
            may = these().fold(may, |may, one| may | bits(one.get("allow")));
        }
        may
    }
}

fn bits(value: Option<&Value>) -> Permissions {
    let bits = value.and_then(Value::as_str).and_then(|bits| bits.parse().ok()).unwrap_or_default();
    Permissions::from_bits_truncate(bits)
}

/// What the bot lacks in a channel that it sees. Where nothing is posted, only what is read there matters.
fn told(place: &Place, written: bool, lacks: Permissions) -> Line {
    const ID: &str = "discord.channels";
    let cards = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES | Permissions::EMBED_LINKS;
    let matters = if written { lacks } else { lacks & Permissions::READ_MESSAGE_HISTORY };
    if matters.is_empty() {
        return Line::ok(ID, format!("the bot may what it needs in {place}"));
    }
    let what = format!("in {place} the bot lacks: {}", matters.get_permission_names().join(", "));
    let line = if matters.intersects(cards) {
        Line::problem(ID, what).because("no card can be posted there")
    } else {
        Line::note(ID, what).because("bot-manifests/README.md says what each is for")
    };
    line.so("let the bot's role do that in the channel's settings")
}
