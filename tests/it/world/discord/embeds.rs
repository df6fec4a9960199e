//! What Discord takes as a message: its words, embeds, attachments and mentions.

use serde_json::Value;

use super::check::Check;
use super::components;

/// Messages of the second kind of components.
pub const IS_COMPONENTS_V2: u64 = 1 << 15;
/// Only the person who caused it sees it.
pub const EPHEMERAL: u64 = 1 << 6;
/// The application is still thinking.
pub const LOADING: u64 = 1 << 7;

#[rustfmt::skip]
const EMBED: &[&str] = &[
    "title", "type", "description", "url", "timestamp", "color", "footer", "image", "thumbnail", "video", "provider",
    "author", "fields",
];
const MENTIONS: &[&str] = &["parse", "roles", "users", "replied_user"];
const ATTACHMENT: &[&str] = &["id", "filename", "title", "description", "duration_secs", "waveform", "is_spoiler"];
const LINKS: &[&str] = &["http", "https", "attachment"];
/// All the words of all embeds of a message.
const EMBEDS_MAX: usize = 6_000;

/// What a route takes as a message.
pub struct Shape {
    /// The fields it documents.
    pub fields: &'static [&'static str],
    /// The flags that may be set.
    pub flags: u64,
}

#[rustfmt::skip]
pub const SENT: Shape = Shape {
    fields: &[
        "content", "nonce", "tts", "embeds", "allowed_mentions", "message_reference", "components", "sticker_ids",
        "attachments", "flags", "enforce_nonce", "poll", "shared_client_theme",
    ],
    flags: 1 << 2 | 1 << 12 | 1 << 13 | IS_COMPONENTS_V2,
};
pub const EDITED: Shape = Shape {
    fields: &["content", "embeds", "flags", "allowed_mentions", "components", "attachments"],
    flags: 1 << 2 | IS_COMPONENTS_V2,
};
pub const ANSWERED: Shape = Shape {
    fields: &["tts", "content", "embeds", "allowed_mentions", "flags", "components", "attachments", "poll"],
    flags: 1 << 2 | EPHEMERAL | 1 << 12 | 1 << 13 | IS_COMPONENTS_V2,
};
#[rustfmt::skip]
pub const FOLLOWED_UP: Shape = Shape {
    fields: &["content", "tts", "embeds", "allowed_mentions", "components", "attachments", "flags", "poll"],
    flags: 1 << 2 | EPHEMERAL | 1 << 12 | 1 << 13 | IS_COMPONENTS_V2,
};
#[rustfmt::skip]
pub const WEBHOOK_EDITED: Shape = Shape {
    fields: &["content", "embeds", "flags", "allowed_mentions", "components", "attachments", "poll"],
    flags: 1 << 2 | IS_COMPONENTS_V2,
};

/// A message as it is sent or edited.
pub fn message(check: &mut Check, body: &Value, shape: &Shape) {
    if !check.object(body, shape.fields) {
        return;
    }
    let flags = body["flags"].as_u64().unwrap_or_default();
    let v2 = flags & IS_COMPONENTS_V2 != 0;
    check.text(body, "content", 0, 2_000);
    check.boolean(body, "tts");
    check.boolean(body, "enforce_nonce");
    if flags & !shape.flags != 0 {
        check.unknown.push(format!("flags {:#x} that cannot be set here", flags & !shape.flags));
    }
    match &body["nonce"] {
        Value::Null | Value::Number(_) => {}
        _ => check.text(body, "nonce", 0, 25),
    }
    embeds(check, body);
    components::of_message(check, body, v2);
    if v2 && (!body["content"].as_str().unwrap_or_default().is_empty() || !is_empty(&body["embeds"])) {
        let words = "The 'content' and 'embeds' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2";
        check.fail("MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", words);
    }
    check.list(body, "attachments", 0, 10, |check, file| {
        check.object(file, ATTACHMENT);
        check.required(file, "id");
        check.text(file, "description", 0, 1_024);
    });
    mentions(check, body);
}

/// Nothing, or a list of nothing.
pub fn is_empty(value: &Value) -> bool {
    value.as_array().is_none_or(Vec::is_empty)
}

fn mentions(check: &mut Check, body: &Value) {
    let allowed = &body["allowed_mentions"];
    if allowed.is_null() {
        return;
    }
    check.within("allowed_mentions", |check| {
        if !check.object(allowed, MENTIONS) {
            return;
        }
        check.list(allowed, "roles", 0, 100, |_, _| ());
        check.list(allowed, "users", 0, 100, |_, _| ());
        check.list(allowed, "parse", 0, 3, |check, word| {
            if !["roles", "users", "everyone"].iter().any(|known| word == known) {
                check.fail("BASE_TYPE_CHOICES", "Value must be one of ('users', 'roles', 'everyone').");
            }
        });
        let parsed = |word: &str| allowed["parse"].as_array().is_some_and(|parse| parse.iter().any(|one| one == word));
        if ["users", "roles"].iter().any(|word| parsed(word) && !is_empty(&allowed[*word])) {
            let words = "parse:[\"users\"] and users: [ids...] are mutually exclusive.";
            check.fail("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", words);
        }
    });
}

fn embeds(check: &mut Check, body: &Value) {
    let mut size = 0;
    check.list(body, "embeds", 0, 10, |check, embed| {
        if !check.object(embed, EMBED) {
            return;
        }
        check.text(embed, "title", 0, 256);
        check.text(embed, "description", 0, 4_096);
        check.link(embed, "url", 2_048, &["http", "https"]);
        check.integer(embed, "color", 0, 0xFF_FF_FF);
        for (part, word, most) in [("footer", "text", 2_048), ("author", "name", 256)] {
            if !embed[part].is_null() {
                check.within(part, |check| check.required_text(&embed[part], word, 0, most));
                size += length(&embed[part][word]);
            }
        }
        for part in ["image", "thumbnail"].into_iter().filter(|part| !embed[part].is_null()) {
            check.within(part, |check| {
                check.required(&embed[part], "url");
                check.link(&embed[part], "url", 2_048, LINKS);
            });
        }
        check.list(embed, "fields", 0, 25, |check, field| {
            check.object(field, &["name", "value", "inline"]);
            check.required_text(field, "name", 1, 256);
            check.required_text(field, "value", 1, 1_024);
            size += length(&field["name"]) + length(&field["value"]);
        });
        size += length(&embed["title"]) + length(&embed["description"]);
    });
    if size > EMBEDS_MAX {
        check.fail_at("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000");
    }
}

fn length(text: &Value) -> usize {
    text.as_str().unwrap_or_default().trim().chars().count()
}
