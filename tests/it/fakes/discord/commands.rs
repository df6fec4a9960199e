//! Commands: what is taken, what is kept, who sees them.

use serde_json::{Value, json};

use super::{Town, codes};

#[tokio::test]
async fn commands_that_break_a_rule_are_refused_where_they_break_it() {
    let town = Town::new().await;
    let option =
        |name: &str, required: bool| json!({ "type": 3, "name": name, "description": "d", "required": required });
    let (status, answer) = town
        .register(json!([
            { "name": "Report", "description": "d" },
            { "name": "a", "description": "" },
            { "name": "b", "description": "d", "name_localizations": { "en": "b", "pl": "B" } },
            { "name": "c", "description": "d", "options": [option("x", false), option("y", true), option("x", false)] },
            { "name": "c", "description": "d" },
            { "name": "Report this", "type": 3, "description": "d" },
            { "name": "e", "description": "d", "contexts": [3], "default_member_permissions": "many" },
            { "name": "f", "description": "d", "options": [
                { "type": 3, "name": "z", "description": "d", "autocomplete": true, "choices": [{ "name": "n", "value": "v" }] },
            ] },
        ]))
        .await;
    assert_eq!(status, 400);
    assert_eq!(
        codes(&answer["errors"]),
        [
            "0.name APPLICATION_COMMAND_INVALID_NAME",
            "1.description BASE_TYPE_BAD_LENGTH",
            "2.name_localizations.en BASE_TYPE_CHOICES",
            "2.name_localizations.pl APPLICATION_COMMAND_INVALID_NAME",
            "3.options.1 APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
            "3.options.2 APPLICATION_COMMAND_OPTIONS_DUPLICATE_NAME",
            "4 APPLICATION_COMMANDS_DUPLICATE_NAME",
            "5.description APPLICATION_COMMAND_INVALID_DESCRIPTION",
            "6.contexts.0 BASE_TYPE_CHOICES",
            "6.default_member_permissions NUMBER_TYPE_COERCE",
            "7.options.0.autocomplete APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES",
        ]
    );
    assert_eq!(town.register(json!([{ "name": "a", "description": "d", "colour": 1 }])).await.0, 200);
    assert_eq!(town.discord.take_complaints(), ["a command with 0.colour, which is not documented"]);
}

#[tokio::test]
async fn a_command_keeps_its_id_and_is_listed_with_translations_on_demand() {
    let town = Town::new().await;
    let report =
        json!({ "name": "report", "description": "d", "name_localizations": { "pl": "zgłoś" }, "contexts": [0] });
    let (_, first) = town.register(json!([report])).await;
    let (_, second) = town.register(json!([{ "name": "help", "description": "d" }, report])).await;
    assert_eq!((&first[0]["id"], &first[0]["type"]), (&second[1]["id"], &json!(1)));
    assert_ne!(first[0]["version"], second[1]["version"]);
    let path = format!("/applications/{}/commands", town.discord.application());
    assert_eq!(town.get(&path).await[1].get("name_localizations"), None);
    let full = town.get(&format!("{path}?with_localizations=true")).await;
    assert_eq!(full[1]["name_localizations"], json!({ "pl": "zgłoś" }));
    let (status, body) = town.call("PUT", "/applications/1/commands", json!([])).await;
    assert_eq!((status, &body["code"]), (403, &json!(20012)));
    let about = town.get("/applications/@me").await;
    assert_eq!(
        (&about["verify_key"], &about["interactions_endpoint_url"]),
        (&json!(town.discord.public_key()), &Value::Null)
    );
    assert_eq!(town.get(&format!("/guilds/{}/roles", town.guild)).await.as_array().unwrap().len(), 2);
    assert_eq!(town.get(&format!("/guilds/{}", town.guild)).await["name"], "Corner shops");
    let noor = town.get(&format!("/guilds/{}/members/{}", town.guild, town.noor.user)).await;
    assert_eq!(noor["roles"], json!([town.reviewers.to_string()]));
}
