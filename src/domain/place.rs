//! Where something stands: a shop's site, and a channel of a chat.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::words::Platform;

/// A site's short name, as in `shop.toml`: 1 to 40 characters of `a-z 0-9 -`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SiteId(String);

/// The longest name of a site; it must fit into a button id.
pub const SITE_ID_MAX: usize = 40;

/// What the site of an incident is called while nobody has said which one it was at; no site of a shop has this name.
const UNKNOWN: &str = "unknown";

impl SiteId {
    /// No site of the shop: nobody has said which one it is.
    pub fn unknown() -> Self {
        Self(UNKNOWN.to_owned())
    }

    /// Whether nobody has said which site it is.
    pub fn is_unknown(&self) -> bool {
        self.0 == UNKNOWN
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SiteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a site's name or not a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAPlace;

impl FromStr for SiteId {
    type Err = NotAPlace;
    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let fits = (1..=SITE_ID_MAX).contains(&text.len());
        let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits && plain { Ok(Self(text.to_owned())) } else { Err(NotAPlace) }
    }
}

/// A channel of a chat: `console:triage`, `slack:C0…`, `discord:1122…`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Place {
    /// The chat it is in.
    pub platform: Platform,
    /// The chat's own name for it.
    pub channel: String,
}

/// The longest channel name that `shop.toml` may give.
pub const CHANNEL_MAX: usize = 60;

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.platform, self.channel)
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        place.to_string()
    }
}

impl TryFrom<String> for Place {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|NotAPlace| format!("\"{text}\" is not a place such as console:triage"))
    }
}

impl FromStr for Place {
    type Err = NotAPlace;
    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let (platform, channel) = text.split_once(':').ok_or(NotAPlace)?;
        let platform: Platform = platform.parse().map_err(|_why| NotAPlace)?;
        let chat = matches!(platform, Platform::Console | Platform::Slack | Platform::Discord);
        let fits = (1..=CHANNEL_MAX).contains(&channel.len());
        let plain = channel.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if chat && fits && plain { Ok(Self { platform, channel: channel.to_owned() }) } else { Err(NotAPlace) }
    }
}
