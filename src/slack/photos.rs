//! Photos that were sent in Slack: where they lie is asked each time, and the bot's token goes to Slack's own files alone.
//! <https://docs.slack.dev/reference/objects/file-object/>

use chrono::{DateTime, TimeDelta};
use domain::clock::Moment;
use domain::report::Attached;
use domain::words::NotTaken;
use serde_json::Value;
use url::Url;

use super::api::Trouble;
use super::client::REFUSING;
use super::{Slack, Standing, TIER_4};
use crate::chats::pace::Rate;
use crate::evidence::fetch::{Fetcher, Had, NotFetched, NotHad, Token};
use crate::evidence::header::{self, BYTES_MAX, Unfit};
use crate::settings::{SlackSettings, origins};

/// Where Slack's files lie. <https://docs.slack.dev/messaging/working-with-files/>
const FILES: &str = "https://files.slack.com";
/// The budget of downloads; Slack publishes no number for them, and answers 429 when it has enough.
const DOWNLOADS: &str = "files";
const DOWNLOAD: Rate = Rate { every: TimeDelta::milliseconds(200), burst: 20 };
/// The sizes in which Slack draws pictures, the largest first: their longest side, in pixels.
const RENDITIONS: [u32; 6] = [1_024, 960, 800, 720, 480, 360];
/// How long Slack is given to draw a picture, and when it is asked again.
const RENDITION_WITHIN: TimeDelta = TimeDelta::minutes(2);
const RENDITION_AGAIN: TimeDelta = TimeDelta::seconds(5);
/// How long photos wait while Slack refuses our tokens.
const REFUSED: TimeDelta = TimeDelta::seconds(30);
/// Slack's words for a file that is not there any more.
const GONE: [&str; 2] = ["file_not_found", "file_deleted"];
/// … and for one that the app may not have.
const NO_ACCESS: [&str; 5] =
    ["missing_scope", "no_permission", "access_denied", "not_allowed_token_type", "ekm_access_denied"];

/// What fetches Slack's files.
pub fn fetcher(settings: &SlackSettings, token: Token) -> Result<Fetcher, reqwest::Error> {
    let files = Url::parse(FILES).ok().map(|files| files.origin());
    let origins = files.into_iter().chain(origins(&settings.api_url)).collect();
    Fetcher::new(origins, Some(token))
}

/// A photo, with Slack's own rendition of it if it cannot be read here.
pub async fn fetch(slack: &Slack, sent: &Attached, now: Moment) -> Result<Had, NotHad> {
    if matches!(*slack.standing.borrow(), Standing::Refused(_)) {
        return Err(NotHad::NotNow(Some(REFUSED)));
    }
    let answer = slack.read("files.info", TIER_4, &[("file", sent.id.clone())], now).await;
    let answer = answer.map_err(|trouble| unsaid(slack, &trouble))?;
    let file = answer.get("file").unwrap_or(&Value::Null);
    let original = download(slack, &address(file)?, file, now).await?;
    if header::read(&original) != Err(Unfit::Heic) {
        return Ok(Had { original, rendition: None });
    }
    let rendition = match rendition(file) {
        Some(url) => Some(download(slack, &url, file, now).await?),
        // It is drawn a little later than the file is there.
        None if is_new(file, now) => return Err(NotHad::NotNow(Some(RENDITION_AGAIN))),
        None => None,
    };
    Ok(Had { original, rendition })
}

async fn download(slack: &Slack, url: &Url, file: &Value, now: Moment) -> Result<Vec<u8>, NotHad> {
    let budget = [(DOWNLOADS, DOWNLOAD)];
    slack.pace.take_for_somebody(&budget, now).await.map_err(|at| NotHad::NotNow(Some(at - now)))?;
    let fetched = slack.files.fetch(url).await;
    if let Err(NotFetched::Limited(wait)) = fetched {
        slack.pace.hold(DOWNLOADS, now + wait, now).await;
    }
    fetched.map_err(|why| not_had(why, file))
}

/// Where the largest of Slack's renditions lies.
fn rendition(file: &Value) -> Option<Url> {
    let drawn = |size| file.get(format!("thumb_{size}")).and_then(Value::as_str).and_then(|url| url.parse().ok());
    RENDITIONS.iter().find_map(drawn)
}

/// Whether a file came so lately that Slack may not have drawn it yet.
fn is_new(file: &Value, now: Moment) -> bool {
    let created = file.get("created").and_then(Value::as_i64).and_then(|at| DateTime::from_timestamp(at, 0));
    created.is_some_and(|created| now - created < RENDITION_WITHIN)
}

/// Where a file lies, as Slack says it now.
fn address(file: &Value) -> Result<Url, NotHad> {
    let word = |name: &str| file.get(name).and_then(Value::as_str).filter(|word| !word.is_empty());
    if matches!(word("mode"), Some("tombstone" | "hidden_by_limit")) {
        return Err(NotHad::Never(NotTaken::Gone));
    }
    if word("file_access") == Some("access_denied") {
        return Err(NotHad::Never(NotTaken::NoAccess));
    }
    let most = u64::try_from(BYTES_MAX).unwrap_or(u64::MAX);
    if file.get("size").and_then(Value::as_u64).is_some_and(|size| size > most) {
        return Err(NotHad::Never(NotTaken::TooLarge));
    }
    let url = word("url_private_download").or_else(|| word("url_private"));
    // It is told of before it can be had.
    url.ok_or(NotHad::NotNow(None))?.parse().map_err(|_why| NotHad::Never(NotTaken::NoAccess))
}

/// Slack did not say where the file lies.
fn unsaid(slack: &Slack, trouble: &Trouble) -> NotHad {
    match trouble {
        Trouble::Limited(wait) => NotHad::NotNow(Some(*wait)),
        Trouble::Unsent | Trouble::Lost => NotHad::NotNow(None),
        Trouble::Said(word) if GONE.contains(&word.as_str()) => NotHad::Never(NotTaken::Gone),
        Trouble::Said(word) if NO_ACCESS.contains(&word.as_str()) => no_access(word),
        Trouble::Said(word) if REFUSING.contains(&word.as_str()) => {
            slack.fell(Standing::Refused(word.clone()));
            NotHad::NotNow(Some(REFUSED))
        }
        Trouble::Said(word) => {
            tracing::warn!(target: "shopwatch::slack", word, "Slack does not say where a photo lies; it is asked again");
            NotHad::NotNow(None)
        }
    }
}

fn not_had(why: NotFetched, file: &Value) -> NotHad {
    match why {
        NotFetched::Elsewhere => NotHad::Never(NotTaken::NoAccess),
        NotFetched::Gone => NotHad::Never(NotTaken::Gone),
        NotFetched::TooLarge => NotHad::Never(NotTaken::TooLarge),
        // Somebody sent a page; else Slack answers one where people sign in, with status 200.
        NotFetched::Page if file.get("mimetype").and_then(Value::as_str) == Some("text/html") => {
            NotHad::Never(NotTaken::NotAPhoto)
        }
        NotFetched::Page | NotFetched::Forbidden => no_access("page"),
        NotFetched::Limited(wait) => NotHad::NotNow(Some(wait)),
        NotFetched::Unreachable => NotHad::NotNow(None),
    }
}

/// The shop has to look: every photo ends like this one.
fn no_access(word: &str) -> NotHad {
    tracing::error!(
        target: "shopwatch::slack",
        word,
        "a photo could not be taken: the app may not read files; add the scope files:read and install it again"
    );
    NotHad::Never(NotTaken::NoAccess)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_lies_where_slack_says_or_never_comes() {
        let lies = "https://files.slack.com/files-pri/T1-F1/download/a.jpg";
        assert_eq!(address(&json!({ "url_private_download": lies, "size": 7 })).unwrap().as_str(), lies);
        assert_eq!(address(&json!({ "url_private": lies })).unwrap().as_str(), lies);
        for (file, why) in [
            (json!({ "mode": "tombstone" }), NotHad::Never(NotTaken::Gone)),
            (json!({ "mode": "hidden_by_limit" }), NotHad::Never(NotTaken::Gone)),
            (json!({ "file_access": "access_denied" }), NotHad::Never(NotTaken::NoAccess)),
            (json!({ "file_access": "check_file_info", "mode": "file_access" }), NotHad::NotNow(None)),
            (json!({ "url_private": lies, "size": 26_214_401 }), NotHad::Never(NotTaken::TooLarge)),
            (json!({ "url_private": "nowhere" }), NotHad::Never(NotTaken::NoAccess)),
            (json!({}), NotHad::NotNow(None)),
        ] {
            assert_eq!(address(&file), Err(why), "{file}");
        }
    }

    #[test]
    fn the_largest_rendition_is_taken() {
        let at = |size: u32| format!("https://files.slack.com/files-tmb/T1-F1-0/a_{size}.jpg");
        let file = json!({ "thumb_64": at(64), "thumb_360": at(360), "thumb_960": at(960) });
        assert_eq!(rendition(&file).unwrap().as_str(), at(960));
        assert_eq!(rendition(&json!({ "thumb_64": at(64) })), None, "too small to see anything");
        let now = DateTime::from_timestamp(1_000, 0).unwrap();
        assert!(is_new(&json!({ "created": 900 }), now));
        assert!(!is_new(&json!({ "created": 800 }), now) && !is_new(&json!({}), now));
    }

    #[test]
    fn a_page_that_somebody_sent_is_no_photo_and_any_other_is_no_access() {
        assert_eq!(not_had(NotFetched::Page, &json!({ "mimetype": "text/html" })), NotHad::Never(NotTaken::NotAPhoto));
        assert_eq!(not_had(NotFetched::Page, &json!({ "mimetype": "image/jpeg" })), NotHad::Never(NotTaken::NoAccess));
    }
}
