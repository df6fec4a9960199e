//! How calls are sent: with deadlines, capped answers and no redirects.

use std::error::Error;
use std::fmt;
use std::time::Duration;

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
    ClientResult, SlackApiToken, SlackClientApiCallContext, SlackClientHttpConnector, SlackClientId, SlackClientSecret,
};
use url::Url;

/// How long one call may take (PROMISES.md, design rule 7: chat APIs 10 s).
pub const CALL_DEADLINE: Duration = Duration::from_secs(10);
/// How long connecting may take: after that it is certain that nothing was sent.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);
/// The longest answer that is read: a page of 200 messages with their blocks is far below.
const ANSWER_MAX: usize = 8 * 1024 * 1024;

const FORM: &str = "application/x-www-form-urlencoded";
/// What may be called once more when a connection ends without an answer, beside everything that only reads: a server may
/// end a connection that nothing is asked on at any moment, also as something is asked.
/// <https://www.rfc-editor.org/rfc/rfc9112#name-retrying-requests>
const REPEATABLE: [&str; 3] = ["/auth.test", "/views.open", "/views.publish"];

/// Words with which Slack says that part of a call may have been done.
/// <https://docs.slack.dev/reference/methods/chat.postMessage/#errors>
const UNSURE: [&str; 4] = ["fatal_error", "internal_error", "request_timeout", "service_unavailable"];

/// Where a call broke off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broke {
    Unsent,
    /// The connection ended without an answer.
    HungUp,
    Lost,
}

impl fmt::Display for Broke {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsent => "not reached",
            Self::HungUp => "no answer",
            Self::Lost => "no usable answer",
        })
    }
}

impl Error for Broke {}

/// Where a call broke off, if it did.
pub(super) fn broke_off(why: &SlackClientError) -> Option<Broke> {
    let SlackClientError::HttpProtocolError(broke) = why else { return None };
    broke.cause.as_deref()?.downcast_ref::<Broke>().copied()
}

fn broke(how: Broke) -> SlackClientError {
    SlackClientError::HttpProtocolError(SlackClientHttpProtocolError::new().with_cause(Box::new(how)))
}

/// Sends slack-morphism's calls.
#[derive(Debug, Clone)]
pub(super) struct Connector {
    http: reqwest::Client,
    pub(super) base: Url,
}

impl Connector {
    pub(super) fn new(base: Url) -> Result<Self, reqwest::Error> {
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
        let mut answer = request.send().await.map_err(|why| {
            broke(match () {
                () if why.is_connect() || why.is_builder() => Broke::Unsent,
                () if why.is_timeout() => Broke::Lost,
                () => Broke::HungUp,
            })
        })?;
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
        let (_, answer) = self.exchange(method, url, body, context.token).await?;
        serde_json::from_value(answer).map_err(|_why| broke(Broke::Lost))
    }

    /// A call, and the headers of its answer.
    async fn exchange(
        &self,
        method: Method,
        url: Url,
        body: Option<(String, Vec<u8>)>,
        token: Option<&SlackApiToken>,
    ) -> ClientResult<(HeaderMap, Value)> {
        let repeatable = method == Method::GET || REPEATABLE.iter().any(|name| url.path().ends_with(name));
        let mut request = self.http.request(method, url);
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {}", token.token_value.0));
        }
        if let Some((media, bytes)) = body {
            request = request.header(CONTENT_TYPE, media).body(bytes);
        }
        let again = request.try_clone().filter(|_| repeatable);
        let (status, headers, body) = match (self.send(request).await, again) {
            (Err(why), Some(again)) if broke_off(&why) == Some(Broke::HungUp) => self.send(again).await?,
            (answer, _) => answer?,
        };
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(limited(&headers));
        }
        let answer: Value = serde_json::from_slice(&body).map_err(|_why| broke(Broke::Lost))?;
        if answer.get("ok") == Some(&Value::Bool(false)) {
            let word = answer.get("error").and_then(Value::as_str).unwrap_or("unknown_error");
            return Err(match word {
                "ratelimited" | "rate_limited" => limited(&headers),
                // Slack itself does not know how far it came.
                _ if status.is_server_error() || UNSURE.contains(&word) => broke(Broke::Lost),
                _ => SlackClientError::ApiError(SlackClientApiError::new(word.to_owned())),
            });
        }
        if !status.is_success() {
            return Err(broke(Broke::Lost));
        }
        Ok((headers, answer))
    }

    /// What a method says of a token, and the scopes that the header of its answer names.
    pub(super) async fn identity(&self, method: &str, token: &SlackApiToken) -> ClientResult<(Value, Vec<String>)> {
        let url = self.create_method_uri_path(method)?;
        let (headers, answer) = self.exchange(Method::POST, url, None, Some(token)).await?;
        let named = headers.get("x-oauth-scopes").and_then(|scopes| scopes.to_str().ok()).unwrap_or_default();
        let scopes = named.split(',').map(str::trim).filter(|scope| !scope.is_empty());
        Ok((answer, scopes.map(ToOwned::to_owned).collect()))
    }

    /// Posts a form, without a token.
    pub(super) async fn post_form(&self, method: &str, fields: &[(&str, &str)]) -> ClientResult<Value> {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let body = Some((FORM.to_owned(), form.into_bytes()));
        let url = self.create_method_uri_path(method)?;
        let span = tracing::Span::none();
        let nobody = SlackClientApiCallContext {
            rate_control_params: None,
            token: None,
            tracing_span: &span,
            is_sensitive_url: true,
        };
        self.call(Method::POST, url, body, nobody).await
    }

    pub(super) async fn respond(&self, url: &Url, message: &Value) -> ClientResult<()> {
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
pub(super) fn limited(headers: &HeaderMap) -> SlackClientError {
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
            self.call(Method::POST, url, Some((FORM.to_owned(), fields)), context).await
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
