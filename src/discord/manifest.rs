//! What Discord is told of this app: its commands in every language that Discord and we both speak, and the invitation with
//! the fewest permissions. <https://discord.com/developers/docs/interactions/application-commands>

use std::io::Write as _;
use std::process::ExitCode;

use domain::words::{Category, StaffSafe, StillPresent, Weapon, Zone};
use serde_json::{Map, Value, json};
use serenity::http::{LightMethod, Route};
use serenity::model::Permissions;
use serenity::model::id::ApplicationId;

use super::Discord;
use super::api::{Budget, Trouble};
use super::inbound::REPORT;
use super::parts::put;
use crate::app::App;
use crate::cli::Complaint;
use crate::settings::Settings;
use crate::texts::{FALLBACK, Texts};

/// The options of `/report`, in the order in which Discord shows them.
pub const OPTIONS: [&str; 12] = [
    "what_happened",
    "category",
    "site",
    "zone",
    "goods",
    "value",
    "weapon",
    "still_present",
    "staff_safe",
    "photo1",
    "photo2",
    "photo3",
];
/// Discord's languages beside ours; it has no Urdu. <https://discord.com/developers/docs/reference#locales>
const LOCALES: [(&str, &str); 3] = [("es-ES", "es"), ("es-419", "es"), ("pl", "pl")];
/// Kinds of options: text, a file.
const TEXT: u8 = 3;
const FILE: u8 = 11;
/// Characters of a text option.
const TEXT_MAX: usize = 4_000;
/// In guilds, and in direct messages with the bot.
const CONTEXTS: [u8; 2] = [0, 1];

/// Every command, as Discord takes them in one go.
pub fn commands(texts: &Texts) -> Value {
    let writing = Permissions::SEND_MESSAGES.bits().to_string();
    let around = |mut command: Value| {
        put(&mut command, "contexts", json!(CONTEXTS));
        put(&mut command, "integration_types", json!([0]));
        put(&mut command, "default_member_permissions", json!(writing));
        command
    };
    let words = Words { texts };
    let options: Vec<Value> = OPTIONS.iter().map(|name| words.option(name)).collect();
    let report = json!({
        "type": 1,
        "name": REPORT,
        "name_localizations": words.localised("discord_command", REPORT),
        "description": words.english("discord_hint", REPORT),
        "description_localizations": words.localised("discord_hint", REPORT),
        "options": options,
    });
    let message = json!({
        "type": 3,
        "name": words.english("discord_command", "message"),
        "name_localizations": words.localised("discord_command", "message"),
    });
    json!([around(report), around(message)])
}

struct Words<'a> {
    texts: &'a Texts,
}

impl Words<'_> {
    fn word(&self, lang: &str, family: &str, word: &str) -> String {
        self.texts.word(self.texts.choose(Some(lang), FALLBACK), family, word)
    }

    fn english(&self, family: &str, word: &str) -> String {
        self.word(FALLBACK, family, word)
    }

    fn localised(&self, family: &str, word: &str) -> Value {
        let said = LOCALES.iter().map(|(theirs, ours)| ((*theirs).to_owned(), json!(self.word(ours, family, word))));
        Value::Object(said.collect::<Map<_, _>>())
    }

    fn option(&self, name: &str) -> Value {
        let is_photo = super::inbound::PHOTOS.contains(&name);
        let mut option = json!({
            "type": if is_photo { FILE } else { TEXT },
            "name": name,
            "name_localizations": self.localised("discord_option", name),
            "description": self.english("discord_hint", name),
            "description_localizations": self.localised("discord_hint", name),
        });
        let choices: &[&str] = match name {
            "category" => Category::WORDS,
            "zone" => Zone::WORDS,
            "weapon" => Weapon::WORDS,
            "still_present" => StillPresent::WORDS,
            "staff_safe" => StaffSafe::WORDS,
            _ => &[],
        };
        let choice = |word: &&str| {
            json!({
                "name": self.english(name, word),
                "name_localizations": self.localised(name, word),
                "value": word,
            })
        };
        match name {
            "site" => put(&mut option, "autocomplete", json!(true)),
            "what_happened" => put(&mut option, "max_length", json!(TEXT_MAX)),
            "goods" => put(&mut option, "max_length", json!(domain::text::NAME_MAX)),
            "value" => put(&mut option, "max_length", json!(12)),
            _ if !choices.is_empty() => put(&mut option, "choices", choices.iter().map(choice).collect()),
            _ => {}
        }
        option
    }
}

/// What the bot may: see and write in its channels, with embeds, photos and threads. Never more.
pub fn permissions() -> Permissions {
    Permissions::VIEW_CHANNEL
        | Permissions::SEND_MESSAGES
        | Permissions::EMBED_LINKS
        | Permissions::ATTACH_FILES
        | Permissions::READ_MESSAGE_HISTORY
        | Permissions::CREATE_PUBLIC_THREADS
        | Permissions::CREATE_PRIVATE_THREADS
        | Permissions::SEND_MESSAGES_IN_THREADS
}

/// Where the bot is invited.
pub fn invite(application: &str) -> String {
    let permissions = permissions().bits();
    format!(
        "https://discord.com/oauth2/authorize?client_id={application}&scope=bot+applications.commands&permissions={permissions}"
    )
}

/// `shopwatch manifest discord`: the commands on standard output, the invitation beside it.
pub fn print(settings: &Settings) -> Result<ExitCode, Complaint> {
    let texts = Texts::load().map_err(|why| why.to_string())?;
    let commands = serde_json::to_string_pretty(&commands(&texts)).map_err(|why| why.to_string())?;
    let application = settings.discord.as_ref().and_then(|discord| discord.application_id);
    let application = application.map_or_else(|| "DISCORD_APPLICATION_ID".to_owned(), |id| id.to_string());
    drop(writeln!(std::io::stdout(), "{commands}"));
    eprintln!("invite   {}", invite(&application));
    Ok(ExitCode::SUCCESS)
}

/// Registers the commands where they differ from those that Discord has.
pub async fn register(discord: &Discord, app: &App, application: u64) -> Result<(), Trouble> {
    let ours = commands(&app.texts);
    let route = Route::Commands { application_id: ApplicationId::new(application) };
    let query = vec![("with_localizations", "true".to_owned())];
    match discord.api.get(route, query, app.desk.now()).await {
        Ok(theirs) if says(&ours, &theirs) => return Ok(()),
        // Who does not show what there is may take it all the same.
        Err(trouble) if trouble.is_unauthorised() || !matches!(trouble, Trouble::Said { .. }) => return Err(trouble),
        Ok(_) | Err(_) => {}
    }
    match discord.api.send(Budget::Person, LightMethod::Put, route, &ours, app.desk.now()).await {
        // The rest works without; somebody has to look why.
        Err(Trouble::Said { status, code }) if status != 401 => {
            tracing::error!(target: "shopwatch::discord", status, code, "Discord does not take our commands");
            Ok(())
        }
        other => other.map(drop),
    }
}

/// Whether what Discord has says what we say; it adds fields of its own, and leaves out what is empty.
pub fn says(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Array(ours), Value::Array(theirs)) => {
            let same = |one: &Value| {
                let named = |other: &&Value| ["name", "value"].iter().all(|key| one.get(*key) == other.get(*key));
                match theirs.iter().find(named) {
                    Some(other) if one.is_object() => says(one, other),
                    _ => theirs.contains(one),
                }
            };
            ours.len() == theirs.len() && ours.iter().all(same)
        }
        (Value::Object(ours), _) => {
            ours.iter().all(|(key, value)| says(value, theirs.get(key).unwrap_or(&Value::Null)))
        }
        (ours, theirs) => ours == theirs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_commands_is_what_discord_is_told() {
        let expected = serde_json::to_string_pretty(&commands(&Texts::load().unwrap())).unwrap() + "\n";
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/bot-manifests/discord-commands.json");
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(written, expected, "bot-manifests/discord-commands.json: shopwatch manifest discord writes it");
    }

    #[test]
    fn the_bot_asks_for_these_permissions_and_no_more() {
        assert_eq!(permissions().bits(), 377_957_239_808);
        assert!(invite("7").contains("client_id=7&scope=bot+applications.commands&permissions=377957239808"));
    }

    #[test]
    fn what_discord_adds_is_no_difference_and_what_it_lacks_is_one() {
        let ours = commands(&Texts::load().unwrap());
        let mut theirs = ours.clone();
        for command in theirs.as_array_mut().unwrap() {
            put(command, "id", json!("7"));
            put(command, "nsfw", json!(false));
        }
        assert!(says(&ours, &theirs));
        put(&mut theirs[0]["options"][1], "description", json!("other"));
        assert!(!says(&ours, &theirs));
        assert!(!says(&ours, &json!([])));
    }
}
