//! Commands: what Discord takes as one, and what it keeps.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::check::Check;
use super::embeds::is_empty;
use super::errors::Failed;
use super::state::{Id, State};

#[rustfmt::skip]
const COMMAND: &[&str] = &[
    "id", "name", "name_localizations", "description", "description_localizations", "options",
    "default_member_permissions", "dm_permission", "default_permission", "integration_types", "contexts", "type", "nsfw",
    "handler",
];
#[rustfmt::skip]
const OPTION: &[&str] = &[
    "type", "name", "name_localizations", "description", "description_localizations", "required", "choices", "options",
    "channel_types", "min_value", "max_value", "min_length", "max_length", "autocomplete", "file_types",
];
#[rustfmt::skip]
const LOCALES: &[&str] = &[
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR", "ro",
    "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
];
/// All names, descriptions and values of one command.
const COMMAND_MAX: usize = 8_000;
/// Global commands of each kind.
const KINDS_MAX: [(u64, usize); 3] = [(1, 100), (2, 15), (3, 15)];

/// The commands as they are kept.
pub fn list(state: &State, application: Id, localised: bool) -> Result<Value, Failed> {
    if application != state.application {
        return Err(Failed::of(20012));
    }
    let mut commands = Value::from(state.commands.clone());
    if !localised {
        strip(&mut commands);
    }
    Ok(commands)
}

/// Lists are without translations unless somebody asks for them.
fn strip(value: &mut Value) {
    match value {
        Value::Array(things) => things.iter_mut().for_each(strip),
        Value::Object(fields) => {
            fields.remove("name_localizations");
            fields.remove("description_localizations");
            fields.values_mut().for_each(strip);
        }
        _ => {}
    }
}

/// Takes a new list of commands in place of the old one.
pub fn overwrite(state: &mut State, application: Id, body: &Value) -> Result<Value, Failed> {
    if application != state.application {
        return Err(Failed::of(20012));
    }
    let Some(commands) = body.as_array() else { return Err(Failed::of(50035)) };
    let mut check = Check::default();
    let mut names = BTreeSet::new();
    for (index, command) in commands.iter().enumerate() {
        check.within(index, |check| {
            look(check, command);
            if !names.insert((kind(command), command["name"].to_string())) {
                check.fail("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique");
            }
        });
    }
    for (kept, most) in KINDS_MAX {
        if commands.iter().filter(|command| kind(command) == kept).count() > most {
            check
                .fail("APPLICATION_COMMANDS_MAX", &format!("Maximum number of application commands reached ({most})."));
        }
    }
    let (verdict, unknown) = check.finish();
    state
        .complaints
        .extend(unknown.into_iter().map(|field| format!("a command with {field}, which is not documented")));
    verdict?;
    let kept: Vec<Value> = commands.iter().map(|command| keep(state, command)).collect();
    state.commands.clone_from(&kept);
    Ok(kept.into())
}

fn kind(command: &Value) -> u64 {
    command["type"].as_u64().unwrap_or(1)
}

/// A command with what Discord adds; one that was there keeps its id.
fn keep(state: &mut State, command: &Value) -> Value {
    let same = |one: &&Value| kind(one) == kind(command) && one["name"] == command["name"];
    let id = state.commands.iter().find(same).map(|one| one["id"].clone());
    let mut kept = json!({
        "default_member_permissions": null, "name_localizations": null, "description_localizations": null,
        "nsfw": false, "integration_types": [0], "contexts": null, "description": "",
    });
    kept.as_object_mut().unwrap().extend(command.as_object().unwrap().clone());
    kept["id"] = id.unwrap_or_else(|| state.id().to_string().into());
    kept["type"] = kind(command).into();
    kept["application_id"] = state.application.to_string().into();
    kept["version"] = state.id().to_string().into();
    if is_empty(&kept["options"]) {
        kept.as_object_mut().unwrap().remove("options");
    }
    kept
}

fn look(check: &mut Check, command: &Value) {
    if !check.object(command, COMMAND) {
        return;
    }
    check.choice(command, "type", &[1, 2, 3]);
    let chat = kind(command) == 1;
    check.required_text(command, "name", 1, 32);
    if chat {
        named(check, command);
        described(check, command);
    } else {
        translated(check, command, "name_localizations", 32);
        if !command["description"].as_str().unwrap_or_default().is_empty() {
            check.fail_at(
                "description",
                "APPLICATION_COMMAND_INVALID_DESCRIPTION",
                "Context menu commands cannot have description",
            );
        }
        if !is_empty(&command["options"]) {
            check.fail_at(
                "options",
                "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS",
                "Context menu commands cannot have options",
            );
        }
    }
    if !command["default_member_permissions"].is_null() {
        let bits = command["default_member_permissions"].as_str().and_then(|bits| bits.parse::<u64>().ok());
        if bits.is_none() {
            let words = "Value is not a string of a number.";
            check.fail_at("default_member_permissions", "NUMBER_TYPE_COERCE", words);
        }
    }
    for (field, most) in [("contexts", 2), ("integration_types", 1)] {
        check.list(command, field, 1, most + 1, |check, one| {
            if one.as_u64().is_none_or(|one| one > most as u64) {
                check.fail("BASE_TYPE_CHOICES", &format!("Value must be one of 0 to {most}."));
            }
        });
    }
    options(check, command, 0);
    if size(command) > COMMAND_MAX {
        check.fail("APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)");
    }
}

fn options(check: &mut Check, of: &Value, depth: usize) {
    let (mut names, mut optional) = (BTreeSet::new(), false);
    check.list(of, "options", 0, 25, |check, option| {
        if !check.object(option, OPTION) {
            return;
        }
        check.required(option, "type");
        check.choice(option, "type", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        named(check, option);
        described(check, option);
        if !names.insert(option["name"].to_string()) {
            check.fail("APPLICATION_COMMAND_OPTIONS_DUPLICATE_NAME", "Application command option names must be unique");
        }
        let required = option["required"] == true;
        if required && optional {
            let words = "Required options must be placed before non-required options";
            check.fail("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words);
        }
        optional |= !required;
        if option["autocomplete"] == true && !is_empty(&option["choices"]) {
            let words = "Autocomplete options cannot have choices";
            check.fail_at("autocomplete", "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", words);
        }
        if option["autocomplete"] == true && ![3, 4, 10].iter().any(|kind| option["type"] == *kind) {
            check.fail_at("autocomplete", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Option cannot be autocompleted");
        }
        check.integer(option, "min_length", 0, 6_000);
        check.integer(option, "max_length", 1, 6_000);
        check.list(option, "choices", 0, 25, choice);
        match option["type"].as_u64() {
            Some(1 | 2) if depth < 2 => options(check, option, depth + 1),
            _ if !is_empty(&option["options"]) => {
                check.fail_at("options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command depth exceeded");
            }
            _ => {}
        }
    });
}

/// One choice of an option or of an autocompletion.
pub fn choice(check: &mut Check, choice: &Value) {
    check.object(choice, &["name", "name_localizations", "value"]);
    check.required_text(choice, "name", 1, 100);
    translated(check, choice, "name_localizations", 100);
    check.required(choice, "value");
    if choice["value"].is_string() {
        check.text(choice, "value", 0, 100);
    }
}

fn named(check: &mut Check, thing: &Value) {
    check.required_text(thing, "name", 1, 32);
    if thing["name"].as_str().is_some_and(|name| !is_name(name)) {
        check.fail_at("name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
    translated(check, thing, "name_localizations", 32);
    for (language, name) in thing["name_localizations"].as_object().into_iter().flatten() {
        if name.as_str().is_some_and(|name| !is_name(name)) {
            check.within("name_localizations", |check| {
                check.fail_at(language, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
            });
        }
    }
}

fn described(check: &mut Check, thing: &Value) {
    check.required_text(thing, "description", 1, 100);
    translated(check, thing, "description_localizations", 100);
}

fn translated(check: &mut Check, thing: &Value, key: &str, most: usize) {
    check.within(key, |check| {
        for language in thing[key].as_object().into_iter().flat_map(|languages| languages.keys()) {
            if !LOCALES.contains(&language.as_str()) {
                check.fail_at(language, "BASE_TYPE_CHOICES", "Value is not a locale of Discord.");
            }
            check.text(&thing[key], language, 1, most);
        }
    });
}

/// `^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$`, in small letters where there are any.
fn is_name(name: &str) -> bool {
    let letter = |one: char| {
        one.is_alphanumeric()
            || "-_'".contains(one)
            || ('\u{900}'..='\u{97f}').contains(&one)
            || ('\u{e00}'..='\u{e7f}').contains(&one)
    };
    name.chars().all(letter) && name.to_lowercase() == name
}

/// All names, descriptions and values, as Discord adds them up.
fn size(thing: &Value) -> usize {
    let length = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    let longest = |key: &str| {
        let translated = thing[format!("{key}_localizations")].as_object().into_iter().flatten();
        translated.map(|(_, text)| length(text)).chain([length(&thing[key])]).max().unwrap_or_default()
    };
    let inner = ["options", "choices"].iter().filter_map(|key| thing[*key].as_array()).flatten();
    longest("name") + longest("description") + length(&thing["value"]) + inner.map(size).sum::<usize>()
}
