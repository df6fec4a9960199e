//! What is said after an answer. What counts is in the store by then: none of this is repeated, and none of it is lost with it.

use std::sync::PoisonError;

use futures_util::FutureExt as _;
use serde_json::{Value, json};
use serenity::http::{LightMethod, Route};
use serenity::model::id::ChannelId;

use super::super::Discord;
use super::super::api::{Budget, Trouble};
use super::super::parts::{Message, put};
use super::super::people;
use super::look::Photos;
use crate::app::App;

/// Something to say.
#[derive(Debug)]
pub enum After {
    /// In a direct message.
    Write { user: String, message: Message },
    /// Under what somebody wrote in a channel.
    Reply { channel: u64, to: u64, message: Message },
    /// Photos that were promised.
    Show(Box<Photos>),
}

impl After {
    /// Whether it belongs to an answer that was promised: where the promise did not arrive, it is not given.
    pub fn is_promised(&self) -> bool {
        matches!(self, Self::Show(_))
    }

    /// Says it.
    pub async fn say(self, app: &App, discord: &Discord) {
        let said = match self {
            Self::Write { user, message } => match direct(app, discord, &user).await {
                Ok(channel) => post(app, discord, channel, message.body()).await,
                Err(trouble) => Err(trouble),
            },
            Self::Reply { channel, to, message } => {
                let mut body = message.body();
                put(
                    &mut body,
                    "message_reference",
                    json!({ "message_id": to.to_string(), "fail_if_not_exists": false }),
                );
                post(app, discord, channel, body).await
            }
            // Of a type without depth: the compiler counts how deep futures lie in each other.
            Self::Show(photos) => photos.give(app, discord).boxed().await,
        };
        if let Err(trouble) = said {
            tracing::warn!(target: "shopwatch::discord", code = trouble.code(), "a private word could not be said");
        }
    }
}

/// The channel of somebody's direct messages; it stays the same, so that it is asked for once.
pub async fn direct(app: &App, discord: &Discord, user: &str) -> Result<u64, Trouble> {
    if let Some(known) = discord.direct.lock().unwrap_or_else(PoisonError::into_inner).get(user) {
        return Ok(*known);
    }
    let body = json!({ "recipient_id": user });
    let now = app.desk.now();
    let opened = discord.api.send(Budget::Person, LightMethod::Post, Route::UserMeDmChannels, &body, now).await?;
    let channel = people::id(opened.get("id")).ok_or(Trouble::Lost)?;
    discord.direct.lock().unwrap_or_else(PoisonError::into_inner).insert(user.to_owned(), channel);
    Ok(channel)
}

async fn post(app: &App, discord: &Discord, channel: u64, body: Value) -> Result<(), Trouble> {
    let route = Route::ChannelMessages { channel_id: ChannelId::new(channel) };
    discord.api.send(Budget::Person, LightMethod::Post, route, &body, app.desk.now()).await.map(drop)
}
