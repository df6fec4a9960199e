//! The methods of the Web API: who may call them with what, as <https://docs.slack.dev/reference/methods> lists them.

use super::arguments::Arguments;
use super::rates::Tier;
use super::refusal::Reply;
use super::workspace::Workspace;
use super::{chat, conversations, files, homes, people, rotation, views};

/// How a method may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// No token at all.
    None,
    Bot,
    /// The app-level token, with `connections:write`.
    App,
}

/// One method.
pub struct Method {
    pub name: &'static str,
    pub token: Token,
    /// A scope that it always needs; methods about a channel decide by the channel.
    pub scope: Option<&'static str>,
    pub tier: Tier,
    /// Whether it reads a JSON body; the others ignore one.
    pub json: bool,
    pub required: &'static [&'static str],
    pub optional: &'static [&'static str],
    pub call: fn(&mut Workspace, &Arguments) -> Reply,
}

const POST: &[&str] = &[
    "text",
    "blocks",
    "attachments",
    "markdown_text",
    "metadata",
    "thread_ts",
    "reply_broadcast",
    "mrkdwn",
    "parse",
    "link_names",
    "unfurl_links",
    "unfurl_media",
    "icon_emoji",
    "icon_url",
    "username",
];
const EPHEMERAL: &[&str] = &[
    "text",
    "blocks",
    "attachments",
    "markdown_text",
    "thread_ts",
    "parse",
    "link_names",
    "icon_emoji",
    "icon_url",
    "username",
];
const UPDATE: &[&str] = &[
    "text",
    "blocks",
    "attachments",
    "markdown_text",
    "metadata",
    "parse",
    "link_names",
    "reply_broadcast",
    "file_ids",
];
const OAUTH: &[&str] = &["code", "code_verifier", "grant_type", "redirect_uri", "refresh_token"];
const HISTORY: &[&str] = &["cursor", "include_all_metadata", "inclusive", "latest", "limit", "oldest"];
const TRIGGERED: &[&str] = &["trigger_id", "interactivity_pointer"];

macro_rules! methods {
    ($($name:literal $token:ident $scope:expr, $tier:ident $json:literal [$($required:literal),*] $optional:expr => $call:path;)+) => {
        &[$(Method {
            name: $name, token: Token::$token, scope: $scope, tier: Tier::$tier, json: $json,
            required: &[$($required),*], optional: $optional, call: $call,
        }),+]
    };
}

/// Every method that `FakeSlack` knows.
pub const METHODS: &[Method] = methods! {
    "api.test" None None, Special true [] &["error", "foo"] => people::api_test;
    "oauth.v2.access" None None, Four false ["client_id", "client_secret"] OAUTH => rotation::access;
    "auth.test" Bot None, Special true [] &[] => people::auth_test;
    "apps.connections.open" App None, One true [] &[] => people::open_connection;
    "chat.postMessage" Bot Some("chat:write"), Posting true ["channel"] POST => chat::post;
    "chat.postEphemeral" Bot Some("chat:write"), Four true ["channel", "user"] EPHEMERAL => chat::post_ephemeral;
    "chat.update" Bot Some("chat:write"), Three true ["channel", "ts"] UPDATE => chat::update;
    "chat.delete" Bot Some("chat:write"), Three true ["channel", "ts"] &[] => chat::delete;
    "conversations.open" Bot Some("im:write"), Three true [] &["channel", "users", "return_im", "prevent_creation"] => conversations::open;
    "conversations.history" Bot None, Three true ["channel"] HISTORY => conversations::history;
    "conversations.replies" Bot None, Three true ["channel", "ts"] HISTORY => conversations::replies;
    "conversations.info" Bot None, Three false ["channel"] &["include_locale", "include_num_members"] => conversations::info;
    "conversations.members" Bot None, Four false ["channel"] &["cursor", "limit"] => conversations::members;
    "conversations.list" Bot None, Two false [] &["cursor", "exclude_archived", "limit", "team_id", "types"] => conversations::list;
    "conversations.join" Bot Some("channels:join"), Three true ["channel"] &[] => conversations::join;
    "users.info" Bot Some("users:read"), Four false ["user"] &["include_locale"] => people::info;
    "users.list" Bot Some("users:read"), Two false [] &["cursor", "include_locale", "limit", "team_id"] => people::list;
    "usergroups.list" Bot Some("usergroups:read"), Two false [] &["include_count", "include_disabled", "include_users", "team_id"] => people::groups;
    "usergroups.users.list" Bot Some("usergroups:read"), Two false ["usergroup"] &["include_disabled", "team_id"] => people::group_members;
    "bots.info" Bot Some("users:read"), Three false [] &["bot", "team_id"] => people::bot;
    "team.info" Bot Some("team:read"), Three false [] &["domain", "team"] => people::team;
    "views.open" Bot None, Four true ["view"] TRIGGERED => views::open;
    "views.push" Bot None, Four true ["view"] TRIGGERED => views::push;
    "views.update" Bot None, Four true ["view"] &["view_id", "external_id", "hash"] => views::update;
    "views.publish" Bot None, Four true ["user_id", "view"] &["hash", "interactivity_pointer"] => homes::publish;
    "files.info" Bot Some("files:read"), Four false ["file"] &["cursor", "limit"] => files::info;
    "files.getUploadURLExternal" Bot Some("files:write"), Four false ["filename", "length"] &["snippet_type", "alt_txt"] => files::upload_url;
    "files.completeUploadExternal" Bot Some("files:write"), Four true ["files"] &["channel_id", "thread_ts", "channels", "initial_comment", "blocks"] => files::complete_upload;
};
