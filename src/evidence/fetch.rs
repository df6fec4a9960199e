//! Getting a file from where it was sent: capped while it is read, within a deadline, from addresses that were agreed
//! beforehand alone, and never anywhere else, whatever an answer says.

use std::time::Duration;

use chrono::TimeDelta;
use domain::words::NotTaken;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use tokio::sync::watch;
use url::{Origin, Url};

use super::header::BYTES_MAX;
use crate::settings::Secret;

/// How long one file may take (PROMISES.md, design rule 7: evidence 60 s).
pub const DEADLINE: Duration = Duration::from_mins(1);
/// How long connecting may take.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);
/// The longest wait that is believed.
const PAUSE_MAX: TimeDelta = TimeDelta::minutes(15);
/// How long to wait where too much was asked for and nobody says how long.
const PAUSE_UNSAID: TimeDelta = TimeDelta::seconds(30);

/// A photo as its chat has it.
#[derive(Debug)]
pub struct Had {
    /// What was sent.
    pub original: Vec<u8>,
    /// The same picture as the chat shows it, where what was sent cannot be read here.
    pub rendition: Option<Vec<u8>>,
}

/// Why a photo was not had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotHad {
    /// It never will be.
    Never(NotTaken),
    /// Perhaps later; not before so long, if that is known.
    NotNow(Option<TimeDelta>),
}

/// Why a file was not fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotFetched {
    /// Its address is none of those agreed.
    Elsewhere,
    /// It is not there.
    Gone,
    TooLarge,
    /// A page for people came, or the way to one: whoever asked may not have the file.
    Page,
    Forbidden,
    /// Too much was asked for.
    Limited(TimeDelta),
    /// Nobody answered, or not to the end.
    Unreachable,
}

/// Fetches files of one chat.
#[derive(Debug)]
pub struct Fetcher {
    http: Client,
    origins: Vec<Origin>,
    token: Option<Token>,
}

/// A token as it is now; none while it is not known yet.
pub type Token = watch::Receiver<Option<Secret>>;

impl Fetcher {
    /// Fetches from these origins alone; the token, if there is one, goes to all of them and to nobody else.
    pub fn new(origins: Vec<Origin>, token: Option<Token>) -> Result<Self, reqwest::Error> {
        let http = Client::builder()
            .timeout(DEADLINE)
            .connect_timeout(CONNECT_DEADLINE)
            // A redirect would carry the token to wherever it leads.
            .redirect(Policy::none())
            .user_agent(concat!("shopwatch/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, origins, token })
    }

    /// The bytes of a file.
    pub async fn fetch(&self, url: &Url) -> Result<Vec<u8>, NotFetched> {
        let fetched = self.answer(url).await;
        let what = fetched.as_ref().map_or_else(|why| why.as_str(), |_| "fetched");
        metrics::counter!("shopwatch_files_fetched_total", "what" => what).increment(1);
        fetched
    }

    async fn answer(&self, url: &Url) -> Result<Vec<u8>, NotFetched> {
        // An address with a name and a password in it is not what any chat gives.
        if !self.origins.contains(&url.origin()) || !url.username().is_empty() || url.password().is_some() {
            return Err(NotFetched::Elsewhere);
        }
        let mut request = self.http.get(url.clone());
        if let Some(token) = &self.token {
            let token = token.borrow().clone().ok_or(NotFetched::Unreachable)?;
            request = request.bearer_auth(token.reveal());
        }
        let answer = request.send().await.map_err(|_broken| NotFetched::Unreachable)?;
        accept(answer.status(), answer.headers())?;
        let bytes = read(answer).await?;
        if is_page(&bytes) { Err(NotFetched::Page) } else { Ok(bytes) }
    }
}

impl NotFetched {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Elsewhere => "elsewhere",
            Self::Gone => "gone",
            Self::TooLarge => "too_large",
            Self::Page => "page",
            Self::Forbidden => "forbidden",
            Self::Limited(_) => "limited",
            Self::Unreachable => "unreachable",
        }
    }
}

/// Whether an answer may have a file in it.
fn accept(status: StatusCode, headers: &HeaderMap) -> Result<(), NotFetched> {
    match status {
        StatusCode::TOO_MANY_REQUESTS => Err(NotFetched::Limited(wait(headers).unwrap_or(PAUSE_UNSAID))),
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(NotFetched::Gone),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(NotFetched::Forbidden),
        _ if status.is_redirection() => Err(NotFetched::Page),
        // Parts and promises are no file either.
        StatusCode::OK => {
            let media = headers.get(CONTENT_TYPE).and_then(|media| media.to_str().ok()).unwrap_or_default();
            if media.trim_start().to_ascii_lowercase().starts_with("text/html") {
                Err(NotFetched::Page)
            } else {
                Ok(())
            }
        }
        _ => Err(wait(headers).map_or(NotFetched::Unreachable, NotFetched::Limited)),
    }
}

/// Reads no more than a photo may have; what it is announced with need not be true.
async fn read(mut answer: Response) -> Result<Vec<u8>, NotFetched> {
    let most = u64::try_from(BYTES_MAX).unwrap_or(u64::MAX);
    if answer.content_length().is_some_and(|length| length > most) {
        return Err(NotFetched::TooLarge);
    }
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(|_broken| NotFetched::Unreachable)? {
        if bytes.len() + part.len() > BYTES_MAX {
            return Err(NotFetched::TooLarge);
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

/// Whether it is a page, whatever it was announced as.
fn is_page(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    ["<!doctype html", "<html"]
        .iter()
        .any(|page| start.get(..page.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(page.as_bytes())))
}

/// `Retry-After` as a number of seconds or as a date. <https://www.rfc-editor.org/rfc/rfc9110#name-retry-after>
fn wait(headers: &HeaderMap) -> Option<TimeDelta> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let said = text(RETRY_AFTER)?;
    let wait = if let Ok(seconds) = said.parse::<f64>() {
        Duration::try_from_secs_f64(seconds.ceil()).ok()?
    } else {
        // Both dates are the server's own: its clock need not be ours.
        let date = |text: &str| httpdate::parse_http_date(text).ok();
        date(said)?.duration_since(text(DATE).and_then(date)?).ok()?
    };
    Some(TimeDelta::from_std(wait).ok()?.clamp(TimeDelta::seconds(1), PAUSE_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, pairs: &[(&'static str, &str)]) -> Result<(), NotFetched> {
        let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        accept(StatusCode::from_u16(status).unwrap(), &headers)
    }

    #[test]
    fn an_answer_is_a_file_or_says_why_not() {
        assert_eq!(said(200, &[("content-type", "image/jpeg")]), Ok(()));
        assert_eq!(said(200, &[]), Ok(()));
        assert_eq!(said(200, &[("content-type", "Text/HTML; charset=utf-8")]), Err(NotFetched::Page));
        assert_eq!(said(302, &[("location", "https://elsewhere.example/")]), Err(NotFetched::Page));
        assert_eq!(said(404, &[]), Err(NotFetched::Gone));
        assert_eq!(said(403, &[]), Err(NotFetched::Forbidden));
        assert_eq!(said(206, &[]), Err(NotFetched::Unreachable));
        assert_eq!(said(500, &[]), Err(NotFetched::Unreachable));
        assert_eq!(said(503, &[("retry-after", "7")]), Err(NotFetched::Limited(TimeDelta::seconds(7))));
        assert_eq!(said(429, &[("retry-after", "0.2")]), Err(NotFetched::Limited(TimeDelta::seconds(1))));
        assert_eq!(said(429, &[("retry-after", "soon")]), Err(NotFetched::Limited(PAUSE_UNSAID)));
        let date = [("date", "Sun, 22 Nov 2026 10:00:00 GMT"), ("retry-after", "Sun, 22 Nov 2026 10:01:30 GMT")];
        assert_eq!(said(429, &date), Err(NotFetched::Limited(TimeDelta::seconds(90))));
    }

    #[test]
    fn a_page_is_known_whatever_it_is_announced_as() {
        assert!(is_page(b"\n <!DOCTYPE html><title>Slack</title>"));
        assert!(is_page(b"<HTML><body>"));
        assert!(!is_page(b"\xff\xd8\xff\xe0"));
        assert!(!is_page(b"<"));
    }
}
