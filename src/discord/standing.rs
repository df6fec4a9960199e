//! Whether Discord works.

/// How the connection stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is being made for the first time.
    Connecting,
    /// It works.
    Ready,
    /// Another process holds the gateway; this one posts, and answers what comes over HTTP.
    StandingBy,
    /// Without a bot's token: people are answered over HTTP, and nothing is posted.
    AnswersOnly,
    /// It broke off and is being made again.
    Again,
    /// Messages come without what is in them: the Message Content intent was taken away.
    IntentLost,
    /// Discord does not want this token or these intents, in its own word: a person has to look, and start anew.
    Refused(String),
}

impl Standing {
    /// Whether things can be shown and taken in.
    pub const fn is_ready(&self) -> bool {
        matches!(self, Self::Ready | Self::StandingBy | Self::AnswersOnly)
    }

    /// What `/health/ready` says.
    pub fn words(&self) -> String {
        match self {
            Self::Connecting => "connecting".to_owned(),
            Self::Ready => "ready".to_owned(),
            Self::StandingBy => "standing by".to_owned(),
            Self::AnswersOnly => "answers only: no cards without DISCORD_TOKEN".to_owned(),
            Self::Again => "reconnecting".to_owned(),
            Self::IntentLost => "intent lost: messages come empty".to_owned(),
            Self::Refused(word) => format!("refused: {word}"),
        }
    }

    /// Says so in the log, once per change.
    pub fn tell(&self) {
        match self {
            Self::Connecting => {}
            Self::Ready => tracing::info!(target: "shopwatch::discord", "Discord is connected"),
            Self::StandingBy => {
                tracing::info!(target: "shopwatch::discord", "another process holds Discord's gateway; this one stands by");
            }
            Self::AnswersOnly => tracing::warn!(
                target: "shopwatch::discord",
                "people are answered on Discord, and no card is posted there: set DISCORD_TOKEN for cards of what is reported from then on"
            ),
            Self::Again => {
                tracing::warn!(target: "shopwatch::discord", "the connection to Discord broke off; making it again");
            }
            Self::IntentLost => tracing::error!(
                target: "shopwatch::discord",
                "intent lost: messages come without text and photos; switch on Message Content on the app's page, or set DISCORD_PHOTO_DROPS=false"
            ),
            Self::Refused(word) => tracing::error!(
                target: "shopwatch::discord",
                word,
                "Discord refuses for good: look at the app's page, then at the token in .env, then start again"
            ),
        }
    }
}
