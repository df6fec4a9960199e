//! The fake of Discord: its refusals, its memory, its gateway, and serenity on it.

mod bodies;
mod commands;
mod deeds;
mod gateway;
mod limits;
mod line;
mod looking;
mod serenity;
mod signed;

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use crate::world::discord::{FakeDiscord, Id, Member};

/// A Discord with one guild of a shop, and a client without manners of its own.
pub struct Town {
    pub discord: FakeDiscord,
    pub guild: Id,
    pub triage: Id,
    pub reviewers: Id,
    pub amal: Member,
    pub noor: Member,
    client: Client,
}

impl Town {
    pub async fn new() -> Self {
        let discord = FakeDiscord::start().await;
        let guild = discord.add_guild("Corner shops");
        let triage = discord.add_channel(guild, "triage");
        let reviewers = discord.add_role(guild, "reviewers", 0);
        let (amal, noor) = (discord.add_member(guild, "Amal", &[]), discord.add_member(guild, "Noor", &[reviewers]));
        let client = Client::builder().no_proxy().user_agent("DiscordBot (https://example.org, 1)").build().unwrap();
        Self { discord, guild, triage, reviewers, amal, noor, client }
    }

    /// Asks, with the bot's token.
    pub async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Response, reqwest::Error> {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.client.request(method, format!("{}/api/v10{path}", self.discord.url()));
        let request = request.header("authorization", format!("Bot {}", self.discord.token()));
        body.map_or(request.try_clone().unwrap(), |body| request.json(body)).send().await
    }

    /// The status and the body of an answer.
    pub async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let response = self.ask(method, path, Some(&body).filter(|body| !body.is_null())).await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }

    /// What an answer must be.
    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, Value::Null).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// Sends a message to a channel.
    pub async fn send(&self, channel: Id, body: Value) -> (u16, Value) {
        self.call("POST", &format!("/channels/{channel}/messages"), body).await
    }

    /// Sends a message with a row of one button, which is then there.
    pub async fn card(&self) -> Id {
        let button = json!({ "type": 2, "style": 1, "label": "Claim", "custom_id": "v1:claim:1" });
        let body = json!({ "content": "A report", "components": [{ "type": 1, "components": [button] }] });
        let (status, sent) = self.send(self.triage, body).await;
        assert_eq!(status, 200, "{sent}");
        id(&sent["id"])
    }

    /// Registers these commands.
    pub async fn register(&self, commands: Value) -> (u16, Value) {
        self.call("PUT", &format!("/applications/{}/commands", self.discord.application()), commands).await
    }
}

/// An id out of JSON.
pub fn id(value: &Value) -> Id {
    value.as_str().unwrap().parse().unwrap()
}

/// The codes in the tree of errors, each with its place.
pub fn codes(errors: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(errors, "", &mut found);
    found
}

fn collect(errors: &Value, path: &str, found: &mut Vec<String>) {
    for (key, inner) in errors.as_object().into_iter().flatten() {
        if key == "_errors" {
            found.extend(
                inner.as_array().unwrap().iter().map(|one| format!("{path} {}", one["code"].as_str().unwrap())),
            );
        } else {
            collect(inner, format!("{path}.{key}").trim_start_matches('.'), found);
        }
    }
}
