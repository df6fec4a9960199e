//! What is said after the acknowledgement. What counts is in the store by then: none of this is repeated, and none of it is
//! lost with it.

use domain::id::IncidentId;
use domain::policy;
use domain::words::Platform;
use serde_json::{Value, json};
use url::Url;

use super::super::Slack;
use super::super::api::Trouble;
use super::super::blocks::{Message, put};
use super::super::people::Named;
use super::super::render::{self, Home};
use crate::app::App;
use crate::chat::card::{Card, Reader, draw};
use crate::failure::Failure;
use crate::operations::people;

/// Something to say.
#[derive(Debug)]
pub enum After {
    /// To the address that came with what was done; if that is used up, as a whisper.
    Respond { url: Url, body: Value, channel: Option<String>, said: Said },
    /// To the address that came with a command, and nowhere else.
    Repeat { url: Url, body: Value },
    /// In a channel, to one person.
    Whisper { channel: String, said: Said },
    /// In a modal.
    Show { trigger: String, view: Value, said: Said },
    /// In a direct message.
    Write { thread: Option<String>, said: Said },
    /// A form drawn anew.
    Redraw { view: String, hash: String, form: Value },
    /// Somebody's home.
    Publish { who: Named },
}

/// A private word.
#[derive(Debug)]
pub struct Said {
    pub user: String,
    pub message: Message,
    /// The incident that it is about: a direct message stays, and is taken away when that is erased.
    pub about: Option<IncidentId>,
}

impl After {
    /// What an acknowledgement would have said, where none can: a word to whoever wrote a command. A form takes its problems
    /// in the acknowledgement or not at all.
    pub fn instead(envelope: &Value, ack: Value) -> Option<Self> {
        let text = |pointer| envelope.pointer(pointer).and_then(Value::as_str);
        let url = text("/payload/response_url")?.parse().ok()?;
        ack.get("response_type")?;
        Some(Self::Repeat { url, body: ack })
    }

    /// Says it.
    pub async fn say(self, app: &App, slack: &Slack) {
        let now = app.desk.now();
        let done = match self {
            Self::Respond { url, body, channel, said } => {
                match if slack.api.is_slacks(&url) {
                    slack.api.respond(&url, &body).await
                } else {
                    Err(Trouble::Unsent)
                } {
                    Err(Trouble::Said(_) | Trouble::Unsent) => whisper(app, slack, channel.as_deref(), &said).await,
                    other => other,
                }
            }
            Self::Repeat { url, body } if slack.api.is_slacks(&url) => slack.api.respond(&url, &body).await,
            Self::Repeat { .. } => Err(Trouble::Unsent),
            Self::Whisper { channel, said } => whisper(app, slack, Some(&channel), &said).await,
            Self::Show { trigger, view, said } => {
                match slack.ask("views.open", &json!({ "trigger_id": trigger, "view": view }), now).await {
                    Err(Trouble::Said(_)) => write(app, slack, None, &said).await,
                    other => other.map(drop),
                }
            }
            Self::Write { thread, said } => write(app, slack, thread.as_deref(), &said).await,
            Self::Redraw { view, hash, form } => {
                let arguments = json!({ "view_id": view, "hash": hash, "view": form });
                slack.ask("views.update", &arguments, now).await.map(drop)
            }
            Self::Publish { who } => publish(app, slack, &who).await,
        };
        if let Err(trouble) = done {
            tracing::warn!(target: "shopwatch::slack", word = trouble.word(), "a private word could not be said");
        }
    }
}

/// A word that only one person sees; in a direct message where the channel does not let us.
async fn whisper(app: &App, slack: &Slack, channel: Option<&str>, said: &Said) -> Result<(), Trouble> {
    let Some(channel) = channel else { return write(app, slack, None, said).await };
    let mut arguments = said.message.arguments();
    put(&mut arguments, "channel", json!(channel));
    put(&mut arguments, "user", json!(said.user));
    // Only the words of the call itself: it takes no unfurling.
    if let Some(arguments) = arguments.as_object_mut() {
        arguments.remove("unfurl_links");
        arguments.remove("unfurl_media");
    }
    match slack.ask("chat.postEphemeral", &arguments, app.desk.now()).await {
        Err(Trouble::Said(_)) => write(app, slack, None, said).await,
        other => other.map(drop),
    }
}

async fn write(app: &App, slack: &Slack, thread: Option<&str>, said: &Said) -> Result<(), Trouble> {
    let mut arguments = said.message.arguments();
    // It is shown on locked screens: only its first line, in which nobody's words are.
    let first = said.message.text.as_str().lines().next().unwrap_or_default();
    put(&mut arguments, "text", json!(first));
    put(&mut arguments, "channel", json!(said.user));
    if let Some(thread) = thread {
        put(&mut arguments, "thread_ts", json!(thread));
    }
    let now = app.desk.now();
    let answer = slack.ask("chat.postMessage", &arguments, now).await?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    if let (Some(about), Some(channel), Some(ts)) = (said.about, text("channel"), text("ts")) {
        // Without the note, reading the direct messages back finds it.
        drop(app.desk.store.note_said(about, Platform::Slack, format!("{channel}/{ts}"), now).await);
    }
    Ok(())
}

async fn publish(app: &App, slack: &Slack, who: &Named) -> Result<(), Trouble> {
    let now = app.desk.now();
    let Some(home) = slack.home() else { return Err(Trouble::Unsent) };
    let rules = app.desk.rules();
    let met = slack.directory.meet(slack, &home, &rules, who, app.desk.now()).await;
    let voice = app.voice(&rules, met.origin.locale.as_deref());
    let Ok(lists) = lists(app, &met.origin).await else { return Err(Trouble::Unsent) };
    let view = render::home(&lists, &rules.shop.name, &voice);
    slack.ask("views.publish", &json!({ "user_id": who.user, "view": view }), now).await.map(drop)
}

/// What somebody's home shows, read from the store.
async fn lists(app: &App, origin: &crate::chat::inbound::Origin) -> Result<Home, Failure> {
    let (desk, rules) = (&app.desk, app.desk.rules());
    let actor = people::actor(desk, origin);
    let voice = app.voice(&rules, origin.locale.as_deref()).lasting();
    let cards = |incidents: Vec<domain::incident::Incident>| -> Vec<Card> {
        let drawn = |incident| draw(incident, Reader::Person(&actor), &voice, &rules, desk.now());
        incidents.iter().filter_map(drawn).collect()
    };
    let mine = cards(desk.store.reported_by(&actor, None).await?.incidents);
    let sites = policy::sites_in_sight(&actor, &rules.site_ids());
    let open = if sites.is_empty() { None } else { Some(cards(desk.store.waiting(&sites, None).await?.incidents)) };
    let more = mine.len() > render::LISTED_MAX || open.as_ref().is_some_and(|open| open.len() > render::LISTED_MAX);
    Ok(Home { mine, open, more })
}
