//! The people of one chat, whichever it is.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::{interval, timeout};

use super::Door;
use super::discord::OnDiscord;
use super::ledger::{Doing, Done, Ledger};
use super::slack::OnSlack;
use crate::reports::Dice;

/// A server that waits for posts dies after this, however many there were.
const POSTS_WITHIN: Duration = Duration::from_millis(1_500);
/// How often it is looked whether a server is connected.
const SOON: Duration = Duration::from_millis(2);

/// The people of one chat.
pub enum People {
    Slack(Box<OnSlack>),
    Discord(Box<OnDiscord>),
}

impl People {
    /// Those who come by this door.
    pub async fn new(door: Door) -> Self {
        match door {
            Door::SlackSockets => Self::Slack(Box::new(OnSlack::new(false).await)),
            Door::SlackHttp => Self::Slack(Box::new(OnSlack::new(true).await)),
            Door::Discord => Self::Discord(Box::new(OnDiscord::new().await)),
        }
    }

    pub fn rules(&self) -> String {
        match self {
            Self::Slack(slack) => slack.rules(),
            Self::Discord(discord) => discord.rules(),
        }
    }

    pub fn environment(&self) -> Vec<(String, String)> {
        match self {
            Self::Slack(slack) => slack.environment(),
            Self::Discord(discord) => discord.environment(),
        }
    }

    /// Waits until a server that has just started listens to them.
    pub async fn connected(&self, address: SocketAddr) {
        let mut looks = interval(SOON);
        while !match self {
            Self::Slack(slack) => slack.is_connected(address),
            Self::Discord(discord) => discord.is_connected(),
        } {
            looks.tick().await;
        }
    }

    /// The server is gone.
    pub fn gone(&self) {
        if let Self::Discord(discord) = self {
            discord.gone();
        }
    }

    /// Omar becomes a manager, or stops being one.
    pub async fn change_roles(&mut self, dice: &mut Dice, twice: bool) {
        let manages = dice.below(2) == 0;
        match self {
            Self::Slack(slack) => slack.change_roles(manages, twice && dice.below(2) == 0).await,
            Self::Discord(discord) => discord.change_roles(manages, twice),
        }
    }

    /// One post in this round goes wrong, perhaps.
    pub fn misfortune(&self, dice: &mut Dice) {
        let which = dice.below(4);
        match self {
            Self::Slack(slack) => slack.misfortune(which),
            Self::Discord(discord) => discord.misfortune(which),
        }
    }

    pub fn all_is_well(&self) {
        if let Self::Slack(slack) = self {
            slack.all_is_well();
        }
    }

    /// Somebody's new report.
    pub fn report(&self, ledger: &mut Ledger, dice: &mut Dice) -> Doing {
        match self {
            Self::Slack(slack) => slack.report(ledger, dice),
            Self::Discord(_) => OnDiscord::report(ledger, dice),
        }
    }

    /// Forms that somebody opens and fills in, to be sent with the rest.
    pub async fn forms(&self, ledger: &mut Ledger, dice: &mut Dice) -> Vec<Doing> {
        match self {
            Self::Slack(slack) => slack.forms(ledger, dice).await,
            // There they are opened and sent in one go.
            Self::Discord(_) => Vec::new(),
        }
    }

    /// Presses on a card that nobody has pressed on yet.
    pub fn presses(&self, ledger: &mut Ledger, dice: &mut Dice) -> Vec<Doing> {
        match self {
            Self::Slack(slack) => slack.presses(ledger, dice),
            Self::Discord(discord) => discord.presses(ledger, dice),
        }
    }

    pub fn may(&self, doing: &Doing) -> bool {
        match self {
            Self::Slack(slack) => slack.may(doing),
            Self::Discord(discord) => discord.may(doing),
        }
    }

    pub async fn does(&self, doing: Doing) -> Done {
        match self {
            Self::Slack(slack) => slack.does(doing).await,
            Self::Discord(discord) => discord.does(doing).await,
        }
    }

    /// When the server dies: after so many posts, right after the chat has done the last one; or after a time.
    pub async fn moment(&self, by_posts: bool, posts: usize, micros: usize) {
        let after = Duration::from_micros(u64::try_from(micros).unwrap_or(0));
        if !by_posts {
            drop(timeout(after, std::future::pending::<()>()).await);
            return;
        }
        let posted = async {
            match self {
                Self::Slack(slack) => slack.posted(posts + 1).await,
                Self::Discord(discord) => discord.posted(posts + 1).await,
            }
        };
        drop(timeout(POSTS_WITHIN, posted).await);
    }

    /// Whether the chat itself tells again what was not acknowledged.
    pub fn is_sent_again(&self) -> bool {
        matches!(self, Self::Slack(_))
    }

    /// The reference of every card that stands in a triage channel.
    pub fn cards(&self) -> Vec<String> {
        match self {
            Self::Slack(slack) => slack.cards(),
            Self::Discord(discord) => discord.cards(),
        }
    }

    /// What stands in a thread, or in somebody's direct messages, twice.
    pub fn said_twice(&self) -> Vec<String> {
        match self {
            Self::Slack(slack) => slack.said_twice(),
            Self::Discord(discord) => discord.said_twice(),
        }
    }
}
