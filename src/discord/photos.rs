//! Photos that were sent in Discord. Their addresses are signed and end after about a day; a message tells a new one, and
//! a command's option only ever had the one it came with.
//! <https://discord.com/developers/docs/reference#signed-attachment-cdn-urls>

use chrono::{DateTime, TimeDelta};
use domain::clock::Moment;
use domain::report::Attached;
use domain::words::NotTaken;
use serde_json::Value;
use serenity::http::Route;
use serenity::model::id::{ChannelId, MessageId};
use url::Url;

use super::api::Trouble;
use super::inbound::{UNSEEN, files};
use super::{Discord, Standing, people};
use crate::chats::pace::Rate;
use crate::evidence::fetch::{Fetcher, Had, NotFetched, NotHad};
use crate::evidence::header::BYTES_MAX;
use crate::settings::{DiscordSettings, is_here, origins};

/// Where Discord's files lie.
const FILES: [&str; 2] = ["https://cdn.discordapp.com", "https://media.discordapp.net"];
/// The budget of downloads; they are no calls of the bot, and Discord publishes no number for them.
const DOWNLOADS: &str = "files";
const DOWNLOAD: Rate = Rate { every: TimeDelta::milliseconds(200), burst: 20 };
/// How long photos wait while Discord refuses our token.
const REFUSED: TimeDelta = TimeDelta::minutes(1);
/// Discord's codes for what is not there any more.
/// <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>
const GONE: [i64; 2] = [10008, 10003];
/// … and for what the bot may not see.
const NO_ACCESS: [i64; 2] = [50001, 50013];

/// What fetches Discord's files. No token goes with it: the address itself is the permission.
pub fn fetcher(settings: &DiscordSettings) -> Result<Fetcher, reqwest::Error> {
    let files = FILES.iter().filter_map(|files| Some(Url::parse(files).ok()?.origin()));
    let here = if is_here(&settings.api_url) { origins(&settings.api_url) } else { Vec::new() };
    Fetcher::new(files.chain(here).collect(), None)
}

/// A file, by the message that it hangs on.
struct Place {
    channel: u64,
    message: u64,
    file: File,
}

/// Which of its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum File {
    Numbered(u64),
    /// By its place among them: when it was pointed at, nobody could ask for its number.
    At(usize),
}

impl File {
    fn read(part: &str) -> Option<Self> {
        match part.strip_prefix(UNSEEN) {
            Some(at) => at.parse().ok().map(Self::At),
            None => part.parse().ok().filter(|id| *id > 0).map(Self::Numbered),
        }
    }
}

impl Place {
    /// None for an option of a command: no message has it.
    fn read(id: &str) -> Option<Self> {
        let mut parts = id.split('/');
        let mut number = || parts.next()?.parse::<u64>().ok().filter(|id| *id > 0);
        let (channel, message) = (number()?, number()?);
        let file = File::read(parts.next()?)?;
        parts.next().is_none().then_some(Self { channel, message, file })
    }
}

/// A photo; Discord has it as it was sent and in no other way.
pub async fn fetch(discord: &Discord, sent: &Attached, now: Moment) -> Result<Had, NotHad> {
    bytes(discord, sent, now).await.map(|original| Had { original, rendition: None })
}

async fn bytes(discord: &Discord, sent: &Attached, now: Moment) -> Result<Vec<u8>, NotHad> {
    let most = u64::try_from(BYTES_MAX).unwrap_or(u64::MAX);
    if sent.bytes.is_some_and(|bytes| bytes > most) {
        return Err(NotHad::Never(NotTaken::TooLarge));
    }
    let place = Place::read(&sent.id);
    let link = sent.link.as_ref().and_then(|link| link.parse::<Url>().ok()).filter(|link| !has_ended(link, now));
    if let Some(link) = link {
        match (download(discord, &link, now).await, &place) {
            // The message may have a better one.
            (Err(NotFetched::Gone | NotFetched::Forbidden), Some(_)) => {}
            (fetched, _) => return fetched.map_err(not_had),
        }
    }
    let place = place.ok_or(NotHad::Never(NotTaken::Gone))?;
    let link = ask_again(discord, &place, now).await?;
    download(discord, &link, now).await.map_err(not_had)
}

async fn download(discord: &Discord, link: &Url, now: Moment) -> Result<Vec<u8>, NotFetched> {
    let budget = [(DOWNLOADS, DOWNLOAD)];
    discord.pace.take_for_somebody(&budget, now).await.map_err(|at| NotFetched::Limited(at - now))?;
    let fetched = discord.files.fetch(link).await;
    if let Err(NotFetched::Limited(wait)) = fetched {
        discord.pace.hold(DOWNLOADS, now + wait, now).await;
    }
    fetched
}

/// The address that the message says now.
async fn ask_again(discord: &Discord, place: &Place, now: Moment) -> Result<Url, NotHad> {
    if !discord.api.has_token() {
        return Err(NotHad::Never(NotTaken::Gone));
    }
    if discord.is_refused() {
        return Err(NotHad::NotNow(Some(REFUSED)));
    }
    let route =
        Route::ChannelMessage { channel_id: ChannelId::new(place.channel), message_id: MessageId::new(place.message) };
    let message = discord.api.look(route, now).await.map_err(|trouble| untold(discord, &trouble))?;
    let same = files(&message).enumerate().find(|(at, file)| match place.file {
        File::Numbered(number) => people::id(file.get("id")) == Some(number),
        File::At(wanted) => *at == wanted,
    });
    let (_, file) = same.ok_or_else(|| NotHad::Never(not_among(discord, &message)))?;
    let link = file.get("url").and_then(Value::as_str).and_then(|link| link.parse().ok());
    link.ok_or(NotHad::Never(NotTaken::NoAccess))
}

/// Why a file is not among those that a message has. Without the intent for what is in messages Discord shows them with
/// nothing in them. <https://discord.com/developers/docs/events/gateway#message-content-intent>
pub fn not_among(discord: &Discord, message: &Value) -> NotTaken {
    if files(message).next().is_some() || discord.settings.photo_drops {
        return NotTaken::Gone;
    }
    tracing::error!(
        target: "shopwatch::discord",
        "a photo could not be taken: photos of other people's messages take the intent for what is in messages; switch it on"
    );
    NotTaken::NoAccess
}

/// Discord did not show the message.
pub fn untold(discord: &Discord, trouble: &Trouble) -> NotHad {
    match trouble {
        Trouble::Limited(wait) => NotHad::NotNow(Some(*wait)),
        Trouble::Unsent | Trouble::Lost => NotHad::NotNow(None),
        Trouble::Said { code, .. } if GONE.contains(code) => NotHad::Never(NotTaken::Gone),
        Trouble::Said { code, .. } if NO_ACCESS.contains(code) => {
            tracing::error!(
                target: "shopwatch::discord",
                code,
                "a photo could not be taken: let the bot see the channel and read its history"
            );
            NotHad::Never(NotTaken::NoAccess)
        }
        Trouble::Said { status: 401, .. } => {
            discord.fell(Standing::Refused("401".to_owned()));
            NotHad::NotNow(Some(REFUSED))
        }
        Trouble::Said { status, code } => {
            tracing::warn!(target: "shopwatch::discord", status, code, "Discord does not show a message; it is asked again");
            NotHad::NotNow(None)
        }
    }
}

fn not_had(why: NotFetched) -> NotHad {
    match why {
        NotFetched::Elsewhere => NotHad::Never(NotTaken::NoAccess),
        NotFetched::Gone => NotHad::Never(NotTaken::Gone),
        NotFetched::TooLarge => NotHad::Never(NotTaken::TooLarge),
        NotFetched::Page => NotHad::Never(NotTaken::NotAPhoto),
        NotFetched::Limited(wait) => NotHad::NotNow(Some(wait)),
        // A link that has ended is answered with 404.
        NotFetched::Forbidden | NotFetched::Unreachable => NotHad::NotNow(None),
    }
}

/// Whether a signed address has ended: it says when, in seconds and in hexadecimal.
fn has_ended(link: &Url, now: Moment) -> bool {
    let ends = link.query_pairs().find(|(name, _)| name == "ex");
    let ends = ends.and_then(|(_, ends)| DateTime::from_timestamp(i64::from_str_radix(&ends, 16).ok()?, 0));
    ends.is_some_and(|ends| ends <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_hangs_on_a_message_or_on_none() {
        assert!(
            Place::read("5/7/9")
                .is_some_and(|place| (place.channel, place.message, place.file) == (5, 7, File::Numbered(9)))
        );
        assert!(Place::read("5/7/at0").is_some_and(|place| place.file == File::At(0)));
        for none in ["9", "5/9", "5/7/9/11", "a/b/c", "5/0/9", "5/7/at", "5/7/at-1", ""] {
            assert!(Place::read(none).is_none(), "{none}");
        }
    }

    #[test]
    fn an_address_says_when_it_ends() {
        let link: Url = "https://cdn.discordapp.com/attachments/1/2/a.jpg?ex=6921c000&is=1&hm=a&".parse().unwrap();
        let ends = DateTime::from_timestamp(0x6921_c000, 0).unwrap();
        assert!(!has_ended(&link, ends - TimeDelta::seconds(1)));
        assert!(has_ended(&link, ends));
        assert!(!has_ended(&"https://cdn.discordapp.com/a.jpg".parse().unwrap(), ends));
    }
}
