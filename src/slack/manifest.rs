//! The app as Slack creates it: <https://docs.slack.dev/reference/app-manifest/>. Generated, so that it asks for what the
//! program uses and for nothing else; `bot-manifests/README.md` gives a reason for each scope.

use serde_json::{Value, json};
use url::Url;

use super::inbound::{SHORTCUT_MESSAGE, SHORTCUT_REPORT};
use crate::chat::cut::cut;
use crate::texts::{Lang, Texts, keys};

/// The app's name, and the bot's.
const NAME: &str = "Shopwatch";
/// Characters of a shortcut's name.
const SHORTCUT_MAX: usize = 24;
/// Characters of a shortcut's description, and of the app's.
const DESCRIPTION_MAX: usize = 140;

/// What the app cannot do without.
pub const SCOPES: [&str; 4] = ["chat:write", "commands", "files:read", "im:history"];
/// What makes it better; without one of them it says what it cannot do.
pub const OPTIONAL_SCOPES: [&str; 7] =
    ["channels:history", "groups:history", "im:read", "im:write", "usergroups:read", "users:read", "chat:write.public"];
/// What Slack tells the app.
pub const EVENTS: [&str; 9] = [
    "app_home_opened",
    "app_uninstalled",
    "channel_id_changed",
    "message.channels",
    "message.groups",
    "message.im",
    "subteam_members_changed",
    "tokens_revoked",
    "user_change",
];

/// The manifest in one language; with the doors over HTTP if they have an address, else for Socket Mode. An app whose tokens
/// rotate keeps it so: Slack does not switch it off again.
pub fn manifest(texts: &Texts, lang: Lang, http: Option<&Url>, rotates: bool) -> Value {
    let say = |msg| texts.say(lang, &msg);
    let shortcut = |kind: &str, id: &str, name: String, description: String| {
        json!({
            "name": cut(&name, SHORTCUT_MAX),
            "type": kind,
            "callback_id": id,
            "description": cut(&description, DESCRIPTION_MAX),
        })
    };
    let mut manifest = json!({
        "_metadata": { "major_version": 2, "minor_version": 0 },
        "display_information": {
            "name": NAME,
            "description": cut(&say(keys::manifest_description()), DESCRIPTION_MAX),
            "long_description": say(keys::manifest_long()),
            "background_color": "#1f3a34",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": true,
                "messages_tab_enabled": true,
                "messages_tab_read_only_enabled": false,
            },
            "bot_user": { "display_name": NAME, "always_online": true },
            "shortcuts": [
                shortcut("global", SHORTCUT_REPORT, say(keys::manifest_shortcut()), say(keys::form_report_intro())),
                shortcut("message", SHORTCUT_MESSAGE, say(keys::manifest_message()), say(keys::manifest_message_about())),
            ],
            "slash_commands": [{
                "command": "/report",
                "description": say(keys::manifest_command()),
                "usage_hint": say(keys::manifest_hint()),
                "should_escape": false,
            }],
        },
        "oauth_config": { "scopes": { "bot": SCOPES, "bot_optional": OPTIONAL_SCOPES } },
        "settings": {
            "event_subscriptions": { "bot_events": EVENTS },
            "interactivity": { "is_enabled": true },
            "org_deploy_enabled": false,
            "socket_mode_enabled": http.is_none(),
            "token_rotation_enabled": rotates,
        },
    });
    if let Some(base) = http {
        let base = base.as_str().trim_end_matches('/');
        for (pointer, path) in [
            ("/features/slash_commands/0", "/slack/commands"),
            ("/settings/event_subscriptions", "/slack/events"),
            ("/settings/interactivity", "/slack/interactions"),
        ] {
            let name = if path == "/slack/commands" { "url" } else { "request_url" };
            if let Some(Value::Object(part)) = manifest.pointer_mut(pointer) {
                part.insert(name.to_owned(), json!(format!("{base}{path}")));
            }
        }
    }
    manifest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn characters(manifest: &Value, pointer: &str) -> usize {
        manifest.pointer(pointer).and_then(Value::as_str).unwrap().chars().count()
    }

    /// The limits of Slack's schema of manifests, version 2.
    #[test]
    fn in_every_language_it_keeps_to_slacks_limits() {
        let texts = Texts::load().unwrap();
        let http = "https://shop.example/".parse().unwrap();
        for locale in ["en", "es", "pl", "ur"] {
            for http in [None, Some(&http)] {
                let manifest = manifest(&texts, texts.choose(Some(locale), "en"), http, false);
                assert!(characters(&manifest, "/display_information/description") <= 140, "{locale}");
                assert!((175..=4_000).contains(&characters(&manifest, "/display_information/long_description")));
                for shortcut in ["/features/shortcuts/0", "/features/shortcuts/1"] {
                    assert!(characters(&manifest, &format!("{shortcut}/name")) <= 24, "{locale}");
                    assert!(characters(&manifest, &format!("{shortcut}/description")) <= 150, "{locale}");
                }
                assert_eq!(manifest.pointer("/settings/socket_mode_enabled"), Some(&json!(http.is_none())));
            }
        }
    }

    #[test]
    fn over_http_every_door_has_its_address() {
        let texts = Texts::load().unwrap();
        let http = "https://shop.example/".parse().unwrap();
        let manifest = manifest(&texts, texts.choose(None, "en"), Some(&http), false);
        for (pointer, address) in [
            ("/features/slash_commands/0/url", "https://shop.example/slack/commands"),
            ("/settings/event_subscriptions/request_url", "https://shop.example/slack/events"),
            ("/settings/interactivity/request_url", "https://shop.example/slack/interactions"),
        ] {
            assert_eq!(manifest.pointer(pointer), Some(&json!(address)));
        }
    }

    #[test]
    fn tokens_rotate_only_where_that_is_asked_for() {
        let texts = Texts::load().unwrap();
        for rotates in [false, true] {
            let manifest = manifest(&texts, texts.choose(None, "en"), None, rotates);
            assert_eq!(manifest.pointer("/settings/token_rotation_enabled"), Some(&json!(rotates)));
        }
    }

    #[test]
    fn the_committed_file_is_what_the_program_prints_and_every_scope_has_a_reason() {
        let texts = Texts::load().unwrap();
        let printed = serde_json::to_string_pretty(&manifest(&texts, texts.choose(None, "en"), None, false)).unwrap();
        let committed = include_str!("../../bot-manifests/slack.json");
        assert_eq!(committed.trim(), printed, "shopwatch manifest slack > bot-manifests/slack.json");
        let reasons = include_str!("../../bot-manifests/README.md");
        for scope in SCOPES.iter().chain(&OPTIONAL_SCOPES) {
            assert!(reasons.contains(&format!("`{scope}`")), "{scope} has no reason");
        }
    }
}
