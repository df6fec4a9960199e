//! The real client on the fake.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use serenity::all::{
    ChannelId, Client, ClientBuilder, Context, CreateAllowedMentions, CreateInteractionResponse,
    CreateInteractionResponseMessage, CreateMessage, EventHandler, GatewayIntents, Http, HttpBuilder, Interaction,
    Message, Nonce, Ready, ResumedEvent,
};
use serenity::async_trait;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

use super::Town;
use crate::world::discord::MESSAGE_CONTENT;

/// Answers every command, and tells of what it hears.
struct Bot(UnboundedSender<String>);

#[async_trait]
impl EventHandler for Bot {
    async fn ready(&self, _: Context, ready: Ready) {
        self.0.send(format!("ready {}", ready.guilds.len())).unwrap();
    }

    async fn resume(&self, _: Context, _: ResumedEvent) {
        self.0.send("resumed".to_owned()).unwrap();
    }

    async fn message(&self, _: Context, message: Message) {
        self.0.send(format!("message {}", message.content)).unwrap();
    }

    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        let message = CreateInteractionResponseMessage::new().content("Thank you").ephemeral(true);
        let response = CreateInteractionResponse::Message(message);
        let command = interaction.as_command().unwrap();
        let answered = command.create_response(&context.http, response).await;
        self.0.send(format!("interaction {} {}", command.data.name, answered.is_ok())).unwrap();
    }
}

fn http(town: &Town) -> Http {
    let client = reqwest_for_serenity::Client::builder().no_proxy().build().unwrap();
    HttpBuilder::new(town.discord.token()).client(client).proxy(town.discord.url()).ratelimiter_disabled(true).build()
}

/// A bot that runs, and what it tells.
async fn run(town: &Town) -> (UnboundedReceiver<String>, JoinSet<()>) {
    let (tell, told) = unbounded_channel();
    let intents = GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES | GatewayIntents::MESSAGE_CONTENT;
    let mut client: Client = ClientBuilder::new_with_http(http(town), intents).event_handler(Bot(tell)).await.unwrap();
    let mut running = JoinSet::new();
    running.spawn(async move { client.start().await.unwrap() });
    (told, running)
}

/// The next two things it tells, in no order.
async fn two(told: &mut UnboundedReceiver<String>) -> [String; 2] {
    let mut heard = [told.recv().await.unwrap(), told.recv().await.unwrap()];
    heard.sort();
    heard
}

#[tokio::test]
async fn serenity_connects_hears_answers_and_resumes() {
    let town = Town::new().await;
    town.discord.allow_intents(MESSAGE_CONTENT);
    let (mut told, _running) = run(&town).await;
    assert_eq!(told.recv().await.unwrap(), "ready 1");
    town.discord.connected().await;
    town.discord.posts(town.amal, town.triage, "two people", Vec::new());
    assert_eq!(told.recv().await.unwrap(), "message two people");
    town.register(json!([{ "name": "report", "description": "d" }])).await;
    let answered = town.discord.runs_command(town.amal, town.triage, "report", &[]).await;
    assert!(answered.ephemeral() && answered.elapsed < Duration::from_secs(3));
    // Its handlers run at the same time: what it hears is in no order. An ephemeral answer is heard as a message too.
    assert_eq!(two(&mut told).await, ["interaction report true", "message Thank you"]);
    town.discord.cut_gateway();
    town.discord.posts(town.amal, town.triage, "missed", Vec::new());
    assert_eq!(two(&mut told).await, ["message missed", "resumed"]);
    assert_eq!(town.discord.read(|state| state.gateway.identified.len()), 1, "it resumed");
}

#[tokio::test]
async fn serenity_sends_edits_and_reads_without_a_complaint() {
    let town = Town::new().await;
    let http = Arc::new(http(&town));
    let channel = ChannelId::new(town.triage);
    let message = CreateMessage::new()
        .content("<@1> A report")
        .allowed_mentions(CreateAllowedMentions::new())
        .nonce(Nonce::String("0193".to_owned()))
        .enforce_nonce(true);
    let first = channel.send_message(&http, message.clone()).await.unwrap();
    let second = channel.send_message(&http, message).await.unwrap();
    assert_eq!(first.id, second.id);
    let edited =
        channel.edit_message(&http, first.id, serenity::all::EditMessage::new().content("Claimed")).await.unwrap();
    assert!(edited.edited_timestamp.is_some());
    let thread =
        channel.create_thread_from_message(&http, first.id, serenity::all::CreateThread::new("N-1")).await.unwrap();
    assert!(!thread.thread_metadata.unwrap().archived);
    assert_eq!(channel.messages(&http, serenity::all::GetMessages::new()).await.unwrap().len(), 1);
    assert_eq!(http.get_current_application_info().await.unwrap().id.get(), town.discord.application());
    assert_eq!(http.get_bot_gateway().await.unwrap().session_start_limit.remaining, 1_000);
    let member = http.get_member(town.guild.into(), town.noor.user.into()).await.unwrap();
    assert_eq!(member.roles, [town.reviewers]);
    assert_eq!(http.get_guild(town.guild.into()).await.unwrap().name, "Corner shops");
    town.discord.look(town.triage);
    town.discord.finish();
}
