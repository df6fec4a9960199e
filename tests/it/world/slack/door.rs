//! The door of the Web API: tokens, scopes, limits, arguments; then the method itself.

use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};
use std::future::pending;
use std::sync::Arc;
use tokio::time::timeout;

use super::Shared;
use super::arguments::Arguments;
use super::faults::{Fault, RetryAfter};
use super::methods::{METHODS, Method, Token};
use super::rates::Tier;
use super::refusal::{Refusal, Reply, body};
use super::server::HangUp;
use super::workspace::{APP_TOKEN, BOT_TOKEN, Workspace};

/// No call of the Web API is larger.
const BODY_MAX: usize = 4 * 1024 * 1024;

/// A call that has arrived whole.
struct Call {
    method: String,
    token: Option<String>,
    /// A media type of the body, if there is one.
    media: Option<String>,
    arguments: Result<Arguments, Refusal>,
}

/// `/api/{method}`.
pub async fn answer(State(shared): State<Arc<Shared>>, Path(method): Path<String>, request: Request) -> Response {
    let call = read(method, request).await;
    let fault = shared.change(|workspace| {
        *workspace.calls.entry(call.method.clone()).or_default() += 1;
        workspace.faults.next(&call.method)
    });
    match fault {
        Some(Fault::RateLimit(after)) => return too_many(&after, shared.see(|workspace| workspace.clock.now())),
        Some(Fault::HangUp) => return HangUp.into_response(),
        Some(Fault::ServerError) => {
            return (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response();
        }
        Some(Fault::Says(word)) => return Json(json!({ "ok": false, "error": word })).into_response(),
        Some(Fault::AnswerLost | Fault::AnswerHeld | Fault::Delay(_)) | None => {}
    }
    let (answer, wait) = shared.change(|workspace| workspace.call(&call));
    if let Some(seconds) = wait {
        return limited(Some(HeaderValue::from(seconds)));
    }
    match fault {
        Some(Fault::AnswerLost) => return HangUp.into_response(),
        Some(Fault::AnswerHeld) => {
            shared.until(|workspace| workspace.faults.dropped).await;
            return HangUp.into_response();
        }
        Some(Fault::Delay(by)) => drop(timeout(by, pending::<()>()).await),
        _ => {}
    }
    let mut response = Json(answer).into_response();
    if call.token.as_deref().is_some_and(|token| shared.see(|workspace| workspace.is_bots(token).is_ok())) {
        let scopes = HeaderValue::from_str(&shared.see(Workspace::provided)).unwrap();
        response.headers_mut().insert("x-oauth-scopes", scopes);
    }
    response
}

async fn read(method: String, request: Request) -> Call {
    let (parts, bytes) = request.into_parts();
    let text = String::from_utf8(to_bytes(bytes, BODY_MAX).await.unwrap_or_default().to_vec()).unwrap_or_default();
    let header = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let media =
        header(header::CONTENT_TYPE).map(|value| value.split(';').next().unwrap_or(value).trim().to_lowercase());
    let mut token =
        header(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ")).map(ToOwned::to_owned);
    let posted = (!text.is_empty()).then_some(media.as_deref()).flatten();
    let mut arguments = match posted {
        Some("application/json") => from_json(&text),
        Some("application/x-www-form-urlencoded") => Ok(Arguments::from_form(&text)),
        Some(_) => Err(Refusal::of("invalid_post_type")),
        None if !text.is_empty() => Err(Refusal::of("missing_post_type")),
        None => Ok(Arguments::default()),
    };
    if let (Ok(arguments), Some(query)) = (&mut arguments, parts.uri.query()) {
        arguments.0.extend(Arguments::from_form(query).0);
    }
    if let Ok(arguments) = &mut arguments
        && let Some(Value::String(given)) = arguments.0.remove("token")
        && media.as_deref() != Some("application/json")
    {
        token = token.or(Some(given));
    }
    Call { method, token, media: posted.map(ToOwned::to_owned), arguments }
}

fn from_json(text: &str) -> Result<Arguments, Refusal> {
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Ok(Arguments(fields.into_iter().collect())),
        Ok(_) => Err(Refusal::of("json_not_object")),
        Err(_) => Err(Refusal::of("invalid_json")),
    }
}

impl Workspace {
    /// Answers a call, or says how many seconds it must wait.
    fn call(&mut self, call: &Call) -> (Value, Option<u64>) {
        let Some(method) = METHODS.iter().find(|method| method.name == call.method) else {
            self.complain(format!("{}: FakeSlack has no such method", call.method));
            return (body(Err(Refusal::of("unknown_method"))), None);
        };
        if self.ways.lacking.contains(&call.method) {
            return (body(Err(Refusal::of("unknown_method"))), None);
        }
        let wait = match self.admit(method, call) {
            Err(refusal) => return (body(Err(refusal)), None),
            Ok(arguments) => self.wait(method, arguments),
        };
        if wait.is_some() {
            return (Value::Null, wait);
        }
        let reply = self.admit(method, call).and_then(|arguments| self.run(method, arguments));
        (body(reply), None)
    }

    fn admit<'a>(&self, method: &Method, call: &'a Call) -> Result<&'a Arguments, Refusal> {
        let arguments = call.arguments.as_ref().map_err(Clone::clone)?;
        match (method.token, call.token.as_deref()) {
            (Token::None, _) => return Ok(arguments),
            (_, None) => return Err(Refusal::of("not_authed")),
            (_, Some(APP_TOKEN)) if self.revoked => return Err(Refusal::of("token_revoked")),
            (Token::App, Some(APP_TOKEN)) => {}
            (Token::Bot, Some(APP_TOKEN)) => return Err(Refusal::of("not_allowed_token_type")),
            (token, Some(other)) => {
                self.is_bots(other)?;
                if token == Token::App {
                    return Err(Refusal::of("not_allowed_token_type"));
                }
            }
        }
        if let Some(scope) = method.scope {
            self.allow(scope)?;
        }
        if call.media.as_deref() == Some("application/json") && !method.json && !arguments.0.is_empty() {
            return Err(Refusal::invalid_arguments(&["this method does not read application/json".to_owned()]));
        }
        Ok(arguments)
    }

    /// Whether this is the bot's token, and good.
    pub fn is_bots(&self, token: &str) -> Result<(), Refusal> {
        match &self.rotation {
            Some(rotation) => self.takes(rotation, token)?,
            None if token != BOT_TOKEN => return Err(Refusal::of("invalid_auth")),
            None => {}
        }
        if self.revoked { Err(Refusal::of("token_revoked")) } else { Ok(()) }
    }

    /// Whether the bot's token has a scope.
    pub fn allow(&self, scope: &str) -> Result<(), Refusal> {
        if self.scopes.contains(scope) {
            return Ok(());
        }
        Err(Refusal::missing_scope(scope, &self.provided()))
    }

    /// The scopes of the bot's token.
    fn provided(&self) -> String {
        self.scopes.iter().map(String::as_str).collect::<Vec<_>>().join(",")
    }

    fn wait(&mut self, method: &Method, arguments: &Arguments) -> Option<u64> {
        let channel = arguments.text("channel");
        let channel = channel.filter(|_| method.tier == Tier::Posting);
        self.rates.count(method.tier, method.name, channel.as_deref(), self.clock.now())
    }

    fn run(&mut self, method: &Method, arguments: &Arguments) -> Reply {
        let unknown =
            arguments.0.keys().filter(|name| !method.required.iter().chain(method.optional).any(|known| known == name));
        for name in unknown.cloned().collect::<Vec<_>>() {
            self.complain(format!("{}: no argument is called {name}", method.name));
        }
        let missing: Vec<String> = method
            .required
            .iter()
            .filter(|name| arguments.0.get(**name).is_none_or(|value| value.is_null() || *value == json!("")))
            .map(|name| format!("missing required field: {name}"))
            .collect();
        if !missing.is_empty() {
            self.complain(format!("{}: {}", method.name, missing.join(", ")));
            return Err(Refusal::invalid_arguments(&missing));
        }
        (method.call)(self, arguments)
    }
}

pub fn too_many(after: &RetryAfter, now: domain::clock::Moment) -> Response {
    let value = match after {
        RetryAfter::Seconds(seconds) => Some(HeaderValue::from(*seconds)),
        RetryAfter::Date(later) => {
            let date = (now + *later).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
            Some(HeaderValue::from_str(&date).unwrap())
        }
        RetryAfter::Absent => None,
        RetryAfter::Absurd => Some(HeaderValue::from_static("-99999999999999999999 fortnights")),
    };
    limited(value)
}

fn limited(after: Option<HeaderValue>) -> Response {
    let mut response =
        (StatusCode::TOO_MANY_REQUESTS, Json(json!({ "ok": false, "error": "ratelimited" }))).into_response();
    if let Some(after) = after {
        response.headers_mut().insert(header::RETRY_AFTER, after);
    }
    response
}

/// A page for somebody's eyes.
pub fn page(status: StatusCode, html: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], Body::from(html)).into_response()
}
