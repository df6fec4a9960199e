//! Calls to Slack's Web API through slack-morphism's client, over a connector of ours: every call has a deadline,
//! answers are capped, `Retry-After` is read in both its forms, and what went wrong is told without what people wrote.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::Moment;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use slack_morphism::errors::{SlackClientApiError, SlackClientError, SlackClientHttpProtocolError};
use slack_morphism::multipart_form::FileMultipartData;
use slack_morphism::{
    ClientResult, SlackApiToken, SlackClient, SlackClientApiCallContext, SlackClientHttpConnector, SlackClientId,
    SlackClientSecret,
};
use url::Url;

use crate::settings::{Secret, SlackSettings};

/// How long one call may take (PROMISES.md, design rule 7: chat APIs 10 s).
pub const CALL_DEADLINE: Duration = Duration::from_secs(10);
/// How long connecting may take: after that it is certain that nothing was sent.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);
/// The longest answer that is read: a page of 200 messages with their blocks is far below.
const ANSWER_MAX: usize = 8 * 1024 * 1024;
/// How long to wait after a 429 that does not say.
const PAUSE_UNSAID: TimeDelta = TimeDelta::seconds(30);
/// The longest wait that is believed; Slack's windows are one minute long.
/// <https://docs.slack.dev/apis/web-api/rate-limits/>
const PAUSE_MAX: TimeDelta = TimeDelta::minutes(15);

/// Why a call did not do what it was to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Slack said no, in its own word.
    Said(String),
    /// Too many calls: not before so long.
    Limited(TimeDelta),
    /// It was certainly not done: Slack was not reached.
    Unsent,
    /// Nobody knows whether it was done.
    Lost,
}

impl Trouble {
    /// Slack's own word, if it said one.
    pub fn word(&self) -> &str {
        match self {
            Self::Said(word) => word,
            Self::Limited(_) => "ratelimited",
            Self::Unsent => "unreachable",
            Self::Lost => "no answer",
        }
    }
}

/// The Web API with the shop's tokens.
pub struct Api {
    client: SlackClient<Connector>,
    bot: SlackApiToken,
    app: Option<SlackApiToken>,
}

impl Api {
    /// The API at the configured address.
    pub fn new(settings: &SlackSettings) -> Result<Self, reqwest::Error> {
        let connector = Connector::new(settings.api_url.clone())?;
        let token = |secret: &Secret| SlackApiToken::new(secret.reveal().into());
        Ok(Self {
            client: SlackClient::new(connector),
            bot: token(&settings.bot_token),
            app: settings.app_token.as_ref().map(token),
        })
    }

    /// A method that changes something: arguments as JSON.
    pub async fn post(&self, method: &str, arguments: &Value) -> Result<Value, Trouble> {
        let session = self.client.open_session(&self.bot);
        session.http_session_api.http_post(method, arguments, None).await.map_err(|why| trouble(method, &why))
    }

    /// A method that reads: arguments in the query.
    pub async fn read(&self, method: &str, arguments: &[(&str, String)]) -> Result<Value, Trouble> {
        let session = self.client.open_session(&self.bot);
        let arguments: Vec<(&str, Option<&String>)> =
            arguments.iter().map(|(name, value)| (*name, Some(value))).collect();
        session.http_session_api.http_get(method, &arguments, None).await.map_err(|why| trouble(method, &why))
    }

    /// The address of a new connection in Socket Mode.
    pub async fn open_connection(&self) -> Result<String, Trouble> {
        const METHOD: &str = "apps.connections.open";
        let Some(app) = &self.app else { return Err(Trouble::Said("no_app_token".to_owned())) };
        let session = self.client.open_session(app);
        let nothing = serde_json::json!({});
        let answer: Value =
            session.http_session_api.http_post(METHOD, &nothing, None).await.map_err(|why| trouble(METHOD, &why))?;
        answer.get("url").and_then(Value::as_str).map(ToOwned::to_owned).ok_or(Trouble::Lost)
    }

    /// Posts to the address that came with a command or a press. No token goes there.
    pub async fn respond(&self, url: &Url, message: &Value) -> Result<(), Trouble> {
        let connector = &self.client.http_api.connector;
        connector.respond(url, message).await.map_err(|why| trouble("response_url", &why))
    }

    /// Whether an address belongs to the Slack that we talk to: answers to people go nowhere else.
    pub fn is_slacks(&self, url: &Url) -> bool {
        let base = &self.client.http_api.connector.base;
        let host = url.host_str().unwrap_or_default();
        let own = url.scheme() == base.scheme() && url.host() == base.host();
        own || url.scheme() == "https" && (host == "slack.com" || host.ends_with(".slack.com"))
    }
}

/// What a call's error means; it is counted, never logged as it is: it quotes whole bodies.
fn trouble(method: &str, why: &SlackClientError) -> Trouble {
    let trouble = match why {
        SlackClientError::ApiError(said) => Trouble::Said(said.code.clone()),
        SlackClientError::RateLimitError(limited) => {
            let wait = limited.retry_after.and_then(|wait| TimeDelta::from_std(wait).ok()).unwrap_or(PAUSE_UNSAID);
            Trouble::Limited(wait.clamp(TimeDelta::seconds(1), PAUSE_MAX))
        }
        SlackClientError::HttpProtocolError(broke) => {
            match broke.cause.as_deref().and_then(|cause| cause.downcast_ref::<Broke>()) {
                Some(Broke::Unsent) => Trouble::Unsent,
                Some(Broke::Lost) | None => Trouble::Lost,
            }
        }
        SlackClientError::HttpError(_)
        | SlackClientError::EndOfStream(_)
        | SlackClientError::SystemError(_)
        | SlackClientError::ProtocolError(_)
        | SlackClientError::SocketModeProtocolError(_) => Trouble::Lost,
    };
    metrics::counter!("shopwatch_slack_troubles_total", "kind" => kind(&trouble)).increment(1);
    tracing::debug!(target: "shopwatch::slack", method, kind = kind(&trouble), "a call did not succeed");
    trouble
}

const fn kind(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::Said(_) => "refused",
        Trouble::Limited(_) => "limited",
        Trouble::Unsent => "unreachable",
        Trouble::Lost => "unanswered",
    }
}

/// Where a call broke off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Broke {
    Unsent,
    Lost,
}

impl fmt::Display for Broke {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsent => "not reached",
            Self::Lost => "no usable answer",
        })
    }
}

impl Error for Broke {}

fn broke(how: Broke) -> SlackClientError {
    SlackClientError::HttpProtocolError(SlackClientHttpProtocolError::new().with_cause(Box::new(how)))
}

/// Sends slack-morphism's calls.
#[derive(Debug, Clone)]
pub struct Connector {
    http: reqwest::Client,
    base: Url,
}

impl Connector {
    fn new(base: Url) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .timeout(CALL_DEADLINE)
            .connect_timeout(CONNECT_DEADLINE)
            // A redirect would carry the token to wherever it leads.
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("shopwatch/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, base })
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> ClientResult<(StatusCode, HeaderMap, Vec<u8>)> {
        let mut answer = request
            .send()
            .await
            .map_err(|why| broke(if why.is_connect() || why.is_builder() { Broke::Unsent } else { Broke::Lost }))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|_broken| broke(Broke::Lost))? {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_MAX {
                return Err(broke(Broke::Lost));
            }
        }
        Ok((status, headers, body))
    }

    async fn call<RS: DeserializeOwned>(
        &self,
        method: Method,
        url: Url,
        body: Option<(String, Vec<u8>)>,
        context: SlackClientApiCallContext<'_>,
    ) -> ClientResult<RS> {
        let mut request = self.http.request(method, url);
        if let Some(token) = context.token {
            request = request.header(AUTHORIZATION, format!("Bearer {}", token.token_value.0));
        }
        if let Some((media, bytes)) = body {
            request = request.header(CONTENT_TYPE, media).body(bytes);
        }
        let (status, headers, body) = self.send(request).await?;
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(limited(&headers));
        }
        let answer: Value = serde_json::from_slice(&body).map_err(|_why| broke(Broke::Lost))?;
        if answer.get("ok") == Some(&Value::Bool(false)) {
            let word = answer.get("error").and_then(Value::as_str).unwrap_or("unknown_error");
            return Err(if word == "ratelimited" {
                limited(&headers)
            } else {
                SlackClientError::ApiError(SlackClientApiError::new(word.to_owned()))
            });
        }
        if !status.is_success() {
            return Err(broke(Broke::Lost));
        }
        serde_json::from_value(answer).map_err(|_why| broke(Broke::Lost))
    }

    async fn respond(&self, url: &Url, message: &Value) -> ClientResult<()> {
        let (status, headers, body) = self.send(self.http.post(url.clone()).json(message)).await?;
        match status {
            StatusCode::TOO_MANY_REQUESTS => Err(limited(&headers)),
            _ if status.is_success() => Ok(()),
            // Slack says in one word what is wrong: `expired_url`, `used_url`.
            _ if status.is_client_error() => {
                let word: String = String::from_utf8_lossy(&body).chars().take(40).collect();
                Err(SlackClientError::ApiError(SlackClientApiError::new(word)))
            }
            _ => Err(broke(Broke::Lost)),
        }
    }
}

/// `Retry-After` as a number of seconds or as a date. <https://www.rfc-editor.org/rfc/rfc9110#name-retry-after>
fn limited(headers: &HeaderMap) -> SlackClientError {
    let said = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::trim);
    let now = headers.get(reqwest::header::DATE).and_then(|value| httpdate::parse_http_date(value.to_str().ok()?).ok());
    let wait = said.and_then(|said| match said.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds.ceil()).ok(),
        // Both dates are the server's own: its clock need not be ours.
        Err(_) => httpdate::parse_http_date(said).ok()?.duration_since(now?).ok(),
    });
    SlackClientError::RateLimitError(slack_morphism::errors::SlackRateLimitError::new().opt_retry_after(wait))
}

impl SlackClientHttpConnector for Connector {
    fn create_method_uri_path(&self, method: &str) -> ClientResult<Url> {
        Ok(format!("{}/{method}", self.base.as_str().trim_end_matches('/')).parse()?)
    }

    fn http_get_uri<'a, RS>(
        &'a self,
        url: Url,
        context: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> serde::de::Deserialize<'de> + Send + 'a,
    {
        self.call(Method::GET, url, None, context).boxed()
    }

    fn http_get_with_client_secret<'a, RS>(
        &'a self,
        _url: Url,
        _client_id: &'a SlackClientId,
        _client_secret: &'a SlackClientSecret,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> serde::de::Deserialize<'de> + Send + 'a,
    {
        // An app of one shop is installed on its own page; there is no client secret here to give away.
        std::future::ready(Err(broke(Broke::Unsent))).boxed()
    }

    fn http_post_uri<'a, RQ, RS>(
        &'a self,
        url: Url,
        request: &'a RQ,
        context: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RQ: Serialize + Send + Sync,
        RS: for<'de> serde::de::Deserialize<'de> + Send + 'a,
    {
        async move {
            let bytes = serde_json::to_vec(request).map_err(|_why| broke(Broke::Unsent))?;
            self.call(Method::POST, url, Some(("application/json; charset=utf-8".to_owned(), bytes)), context).await
        }
        .boxed()
    }

    fn http_post_uri_multipart_form<'a, 'p, RS, PT, TS>(
        &'a self,
        url: Url,
        file: Option<FileMultipartData<'p>>,
        params: &'p PT,
        context: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> serde::de::Deserialize<'de> + Send + 'a,
        PT: IntoIterator<Item = (&'p str, Option<TS>)> + Clone,
        TS: AsRef<str> + 'p + Send,
    {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in params.clone() {
            if let Some(value) = value {
                form.append_pair(name, value.as_ref());
            }
        }
        let (fields, has_file) = (form.finish().into_bytes(), file.is_some());
        async move {
            // Files go to the address of `files.getUploadURLExternal`, as bytes; see below.
            if has_file {
                return Err(broke(Broke::Unsent));
            }
            self.call(Method::POST, url, Some(("application/x-www-form-urlencoded".to_owned(), fields)), context).await
        }
        .boxed()
    }

    fn http_post_uri_binary<'a, 'p, RS>(
        &'a self,
        url: Url,
        media: String,
        bytes: &'a [u8],
        context: SlackClientApiCallContext<'a>,
    ) -> BoxFuture<'a, ClientResult<RS>>
    where
        RS: for<'de> serde::de::Deserialize<'de> + Send + 'a,
    {
        self.call(Method::POST, url, Some((media, bytes.to_vec())), context).boxed()
    }
}

/// A moment as Slack writes it in queries: seconds with six digits behind the point.
pub fn slack_time(at: Moment) -> String {
    format!("{}.{:06}", at.timestamp(), at.timestamp_subsec_micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn wait(pairs: &[(&'static str, &str)]) -> TimeDelta {
        match trouble("chat.postMessage", &limited(&headers(pairs))) {
            Trouble::Limited(wait) => wait,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_wait_is_a_number_or_a_date_and_never_absurd() {
        assert_eq!(wait(&[("retry-after", "7")]), TimeDelta::seconds(7));
        assert_eq!(wait(&[("retry-after", "0.2")]), TimeDelta::seconds(1));
        let date = [("date", "Sun, 22 Nov 2026 10:00:00 GMT"), ("retry-after", "Sun, 22 Nov 2026 10:01:30 GMT")];
        assert_eq!(wait(&date), TimeDelta::seconds(90));
        assert_eq!(wait(&[]), PAUSE_UNSAID);
        assert_eq!(wait(&[("retry-after", "soon")]), PAUSE_UNSAID);
        assert_eq!(wait(&[("retry-after", "-4")]), PAUSE_UNSAID);
        assert_eq!(wait(&[("retry-after", "999999999")]), PAUSE_MAX);
    }
}
