//! What is said after an answer. What counts is in the store by then: none of this is repeated, and none of it is lost with it.

use std::sync::PoisonError;

use domain::id::IncidentId;
use domain::words::Platform;
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
    /// In a direct message. It stays; when the incident that it is about is erased, it is taken away.
    Write { user: String, message: Message, about: Option<IncidentId> },
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
            Self::Write { user, message, about } => write(app, discord, &user, &message, about).await,
            Self::Reply { channel, to, message } => {
                let mut body = message.body();
                put(
                    &mut body,
                    "message_reference",
                    json!({ "message_id": to.to_string(), "fail_if_not_exists": false }),
                );
                post(app, discord, channel, body).await.map(drop)
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

async fn write(
    app: &App,
    discord: &Discord,
    user: &str,
    message: &Message,
    about: Option<IncidentId>,
) -> Result<(), Trouble> {
    let channel = direct(app, discord, user).await?;
    let posted = post(app, discord, channel, message.body()).await?;
    if let (Some(about), Some(message)) = (about, people::id(posted.get("id"))) {
        let (remote_id, now) = (format!("{channel}/{message}"), app.desk.now());
        // Without the note, reading the direct messages back finds it.
        drop(app.desk.store.note_said(about, Platform::Discord, remote_id, now).await);
    }
    Ok(())
}

async fn post(app: &App, discord: &Discord, channel: u64, body: Value) -> Result<Value, Trouble> {
    let route = Route::ChannelMessages { channel_id: ChannelId::new(channel) };
    discord.api.send(Budget::Person, LightMethod::Post, route, &body, app.desk.now()).await
}
