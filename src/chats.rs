//! The chats that are connected. A closed set: an enum, not a trait; only `jobs` uses it to show things.

pub mod answered;
pub mod away;
pub mod copies;
pub mod digest;
pub mod heard;
pub mod lost;
pub mod pace;
pub mod payload;
pub mod unsay;

use std::sync::Arc;

use domain::actor::Account;
use domain::report::Attached;
use domain::words::{NotTaken, Platform};

use crate::app::App;
use crate::chat::inbound::Origin;
use crate::console;
use crate::discord::{self, Discord};
use crate::evidence::fetch::{Had, NotHad};
use crate::failure::Failure;
use crate::slack::{self, Slack};
use crate::store::entity::notice;
use crate::store::outbox::{Leased, Settled};

/// A connected chat, as the jobs see it.
#[derive(Debug, Clone)]
pub enum ChatClient {
    /// The built-in one in the browser.
    Console,
    /// A workspace.
    Slack(Arc<Slack>),
    /// A guild.
    Discord(Arc<Discord>),
}

/// What became of a batch of tasks.
#[derive(Debug, Default)]
pub struct CarriedOut {
    pub outcomes: Vec<(String, Settled)>,
    /// What the console's own people are told.
    pub notices: Vec<notice::Model>,
}

impl ChatClient {
    /// The chat it speaks to.
    pub const fn platform(&self) -> Platform {
        match self {
            Self::Console => Platform::Console,
            Self::Slack(_) => Platform::Slack,
            Self::Discord(_) => Platform::Discord,
        }
    }

    /// Whether it can show things at all; if not, nothing is put into the outbox for it.
    pub fn shows(&self) -> bool {
        match self {
            Self::Console | Self::Slack(_) => true,
            Self::Discord(discord) => discord.api.has_token(),
        }
    }

    /// Shows things; what cannot be shown now is said to be shown later.
    pub async fn carry_out(&self, app: &App, tasks: Vec<Leased>) -> CarriedOut {
        match self {
            Self::Console => console::client::carry_out(&app.desk, tasks).await,
            Self::Slack(slack) => slack::client::carry_out(slack, app, tasks).await,
            Self::Discord(discord) => discord::client::carry_out(discord, app, tasks).await,
        }
    }

    /// Says a line in the admin channel, if that is one of this chat. It is in the log as well: nobody minds if it is lost.
    pub async fn tell_admins(&self, app: &App, line: &str) {
        let Some(place) = app.desk.rules().shop.admin_channel.clone() else { return };
        match self {
            Self::Slack(slack) if place.platform == Platform::Slack => {
                slack::client::say(slack, app, &place, line).await;
            }
            Self::Discord(discord) if place.platform == Platform::Discord => {
                discord::client::say(discord, app, &place, line).await;
            }
            Self::Console | Self::Slack(_) | Self::Discord(_) => {}
        }
    }

    /// Keeps it connected until the app stops.
    pub async fn stay_connected(&self, app: &App) {
        match self {
            Self::Console => {}
            Self::Slack(slack) => Box::pin(slack::connect::stay_connected(slack, app)).await,
            Self::Discord(discord) => Box::pin(discord::connect::stay_connected(discord, app)).await,
        }
    }

    /// Whether it can show things and take them in now; if not, why.
    pub fn standing(&self) -> Result<(), String> {
        match self {
            Self::Console => Ok(()),
            Self::Slack(slack) => {
                let standing = slack.standing.borrow();
                if standing.is_ready() { Ok(()) } else { Err(standing.words()) }
            }
            Self::Discord(discord) => {
                let standing = discord.standing.borrow();
                if standing.is_ready() { Ok(()) } else { Err(standing.words()) }
            }
        }
    }
}

impl App {
    /// The bytes of a photo that was sent in a chat.
    pub async fn photo(&self, sent: &Attached) -> Result<Had, NotHad> {
        let now = self.desk.now();
        match sent.platform {
            Platform::Slack => match self.slack() {
                Some(slack) => slack::photos::fetch(&slack, sent, now).await,
                None => Err(NotHad::NotNow(None)),
            },
            Platform::Discord => match self.discord() {
                Some(discord) => discord::photos::fetch(&discord, sent, now).await,
                None => Err(NotHad::NotNow(None)),
            },
            // Photos come through these doors themselves.
            Platform::Console | Platform::Api | Platform::System => Err(NotHad::Never(NotTaken::Gone)),
        }
    }

    /// Who an account is now, and whether everything about them could be asked.
    pub async fn who_is(&self, account: &Account, team: Option<String>) -> Result<(Origin, bool), Failure> {
        const NOT_ASKED: Failure = Failure::Unavailable("the chat of an account is not connected");
        let slack = self.slack().filter(|_| account.platform == Platform::Slack).ok_or(NOT_ASKED)?;
        let met = slack.who_is(&self.desk.rules(), &account.id, team, self.desk.now()).await.ok_or(NOT_ASKED)?;
        Ok((met.origin, met.certain))
    }

    /// The workspace, if one is connected.
    pub fn slack(&self) -> Option<Arc<Slack>> {
        self.chats.iter().find_map(|chat| match chat {
            ChatClient::Slack(slack) => Some(slack.clone()),
            ChatClient::Console | ChatClient::Discord(_) => None,
        })
    }

    /// The guild, if one is connected.
    pub fn discord(&self) -> Option<Arc<Discord>> {
        self.chats.iter().find_map(|chat| match chat {
            ChatClient::Discord(discord) => Some(discord.clone()),
            ChatClient::Console | ChatClient::Slack(_) => None,
        })
    }
}
