//! Whether Slack works.

use super::tokens::NO_GOOD;

/// What is to be done when a token is not renewed.
const AGAIN: &str = "install the app again on its page, write the new SLACK_BOT_TOKEN and SLACK_REFRESH_TOKEN into .env, and start again";

/// How the connection stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is being made for the first time.
    Connecting,
    /// It works.
    Ready,
    /// It broke off and is being made again.
    Again,
    /// It works until its token ends, which Slack does not renew, in its own word: a person has to look.
    Unrenewed(String),
    /// Slack does not want these tokens or this app any more, in its own word: a person has to look.
    Refused(String),
}

impl Standing {
    /// Whether things can be shown and taken in.
    pub const fn is_ready(&self) -> bool {
        matches!(self, Self::Ready)
    }

    /// What `/health/ready` says.
    pub fn words(&self) -> String {
        match self {
            Self::Connecting => "connecting".to_owned(),
            Self::Ready => "ready".to_owned(),
            Self::Again => "reconnecting".to_owned(),
            Self::Unrenewed(word) => format!("the token ends soon and is not renewed: {word}; {AGAIN}"),
            Self::Refused(word) if word == NO_GOOD => format!("refused: {word}; {AGAIN}"),
            Self::Refused(word) => format!("refused: {word}"),
        }
    }

    /// Says so in the log, once per change.
    pub fn tell(&self) {
        match self {
            Self::Connecting => {}
            Self::Ready => tracing::info!(target: "shopwatch::slack", "Slack is connected"),
            Self::Again => {
                tracing::warn!(target: "shopwatch::slack", "the connection to Slack broke off; making it again");
            }
            Self::Unrenewed(word) => tracing::error!(
                target: "shopwatch::slack",
                word,
                "Slack does not renew the bot's token, which ends soon: install the app again on its page, write the new SLACK_BOT_TOKEN and SLACK_REFRESH_TOKEN into .env, and start again"
            ),
            Self::Refused(word) => tracing::error!(
                target: "shopwatch::slack",
                word,
                "Slack refuses: look at the app's page, then at the tokens in .env"
            ),
        }
    }
}
