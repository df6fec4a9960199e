//! Calls to Slack's Web API through slack-morphism's client, over a connector of ours: every call has a deadline,
//! answers are capped, `Retry-After` is read in both its forms, and what went wrong is told without what people wrote.

mod connector;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::clock::Moment;
use serde_json::Value;
use slack_morphism::errors::SlackClientError;
use slack_morphism::{SlackApiToken, SlackClient};
use url::Url;

use super::tokens::Tokens;
use crate::settings::{Secret, SlackSettings, same_host};
use connector::{Broke, Connector, broke_off};

pub use connector::CALL_DEADLINE;

/// How long a call waits for another token when Slack does not take the one it has.
const ANOTHER_WITHIN: Duration = Duration::from_secs(1);

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
    tokens: Arc<Tokens>,
    app: Option<SlackApiToken>,
}

/// The arguments of a call.
#[derive(Clone, Copy)]
enum Arguments<'a> {
    Json(&'a Value),
    Query(&'a [(&'a str, String)]),
}

impl Api {
    /// The API at the configured address.
    pub fn new(settings: &SlackSettings, tokens: Arc<Tokens>) -> Result<Self, reqwest::Error> {
        let connector = Connector::new(settings.api_url.clone())?;
        Ok(Self { client: SlackClient::new(connector), tokens, app: settings.app_token.as_ref().map(token) })
    }

    /// A method that changes something: arguments as JSON.
    pub async fn post(&self, method: &str, arguments: &Value) -> Result<Value, Trouble> {
        self.call(method, Arguments::Json(arguments)).await
    }

    /// A method that reads: arguments in the query.
    pub async fn read(&self, method: &str, arguments: &[(&str, String)]) -> Result<Value, Trouble> {
        self.call(method, Arguments::Query(arguments)).await
    }

    /// Calls with the bot's token; once more if Slack does not take it and there is another one. A call with a token that
    /// is not taken is certainly not done.
    async fn call(&self, method: &str, arguments: Arguments<'_>) -> Result<Value, Trouble> {
        let Some(used) = self.tokens.now() else { return Err(Trouble::Unsent) };
        let answer = self.call_with(&used, method, arguments).await;
        let Err(Trouble::Said(word)) = &answer else { return answer };
        if !self.tokens.is_replaced(&used, word, ANOTHER_WITHIN).await {
            return answer;
        }
        let Some(other) = self.tokens.now() else { return answer };
        self.call_with(&other, method, arguments).await
    }

    async fn call_with(&self, bot: &Secret, method: &str, arguments: Arguments<'_>) -> Result<Value, Trouble> {
        let bot = token(bot);
        let session = self.client.open_session(&bot);
        let answer = match arguments {
            Arguments::Json(arguments) => session.http_session_api.http_post(method, arguments, None).await,
            Arguments::Query(arguments) => {
                let arguments: Vec<(&str, Option<&String>)> =
                    arguments.iter().map(|(name, value)| (*name, Some(value))).collect();
                session.http_session_api.http_get(method, &arguments, None).await
            }
        };
        answer.map_err(|why| trouble(method, &why))
    }

    /// Exchanges a refresh token for a new pair. Nothing of it is ever logged.
    pub async fn exchange(&self, secrets: &[(&str, &str)]) -> Result<Value, Trouble> {
        const METHOD: &str = "oauth.v2.access";
        let connector = &self.client.http_api.connector;
        connector.post_form(METHOD, secrets).await.map_err(|why| trouble(METHOD, &why))
    }

    /// Whose token it is, and its scopes: they stand in the header of the answer.
    /// <https://docs.slack.dev/reference/methods/auth.test/>
    pub async fn identity(&self) -> Result<(Value, Vec<String>), Trouble> {
        const METHOD: &str = "auth.test";
        let bot = token(&self.tokens.now().ok_or(Trouble::Unsent)?);
        self.client.http_api.connector.identity(METHOD, &bot).await.map_err(|why| trouble(METHOD, &why))
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
        let own = url.scheme() == base.scheme() && same_host(url, base);
        own || url.scheme() == "https" && (host == "slack.com" || host.ends_with(".slack.com"))
    }
}

fn token(secret: &Secret) -> SlackApiToken {
    SlackApiToken::new(secret.reveal().into())
}

/// What a call's error means; it is counted, never logged as it is: it quotes whole bodies.
fn trouble(method: &str, why: &SlackClientError) -> Trouble {
    let trouble = match why {
        SlackClientError::ApiError(said) => Trouble::Said(said.code.clone()),
        SlackClientError::RateLimitError(limited) => {
            let wait = limited.retry_after.and_then(|wait| TimeDelta::from_std(wait).ok()).unwrap_or(PAUSE_UNSAID);
            Trouble::Limited(wait.clamp(TimeDelta::seconds(1), PAUSE_MAX))
        }
        SlackClientError::HttpProtocolError(_) => match broke_off(why) {
            Some(Broke::Unsent) => Trouble::Unsent,
            Some(Broke::HungUp | Broke::Lost) | None => Trouble::Lost,
        },
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

/// A moment as Slack writes it in queries: seconds with six digits behind the point.
pub fn slack_time(at: Moment) -> String {
    format!("{}.{:06}", at.timestamp(), at.timestamp_subsec_micros())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::connector::limited;
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn wait(pairs: &[(&'static str, &str)]) -> TimeDelta {
        match trouble("chat.postMessage", &limited(&headers(pairs))) {
            Trouble::Limited(wait) => wait,
            other @ (Trouble::Said(_) | Trouble::Unsent | Trouble::Lost) => panic!("{other:?}"),
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
