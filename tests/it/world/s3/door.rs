//! The door: every request is read whole and strictly, signed, and of a kind that is known.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::pending;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, Response};
use base64::Engine as _;
use chrono::{NaiveDateTime, TimeDelta};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use ring::digest::{SHA256, digest};
use shopwatch::evidence::keep::sha256;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Fault, KEY_ID, Op, REGION, State, lock};

/// A connection that ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the test asked for a connection that breaks off")]
pub struct HangUp;

/// A request that has arrived whole.
pub struct Call {
    pub op: Op,
    pub bucket: String,
    pub key: String,
    pub query: BTreeMap<String, String>,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Call {
    /// A header's text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// An answer: status, what S3 calls it, headers, body.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// A "no" in S3's words.
    pub fn no(status: u16, code: &str) -> Self {
        let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>No.</Message></Error>");
        Self { status, headers: vec![("content-type", "application/xml".to_owned())], body: body.into_bytes() }
    }
}

pub async fn serve(listener: TcpListener, state: Arc<Mutex<State>>, held: watch::Sender<u32>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(connection(stream, state.clone(), held.clone()));
    }
}

async fn connection(stream: TcpStream, state: Arc<Mutex<State>>, held: watch::Sender<u32>) {
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let (state, held) = (state.clone(), held.clone());
        async move { answer(request.map(Body::new), &state, &held).await }
    });
    // A connection that breaks off is what a test asked for, or the end of our program.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

async fn answer(
    request: Request<Body>,
    state: &Mutex<State>,
    held: &watch::Sender<u32>,
) -> Result<Response<Body>, HangUp> {
    let head = request.method() == Method::HEAD;
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 64 * 1024 * 1024).await.map_err(|_cut| HangUp)?;
    let query: BTreeMap<String, String> = serde_urlencoded::from_str(parts.uri.query().unwrap_or_default()).unwrap();
    let path = parts.uri.path().trim_start_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    let op = kind(&parts.method, key, &query);
    let call = Call { op, bucket: bucket.to_owned(), key: key.to_owned(), query, headers: parts.headers, body };
    let (fault, away) = {
        let mut state = lock(state);
        state.seen.push(op);
        (state.fault(op), state.away)
    };
    if away || fault == Some(Fault::HangUp) {
        return Err(HangUp);
    }
    if fault == Some(Fault::HeldBefore) {
        held.send_modify(|count| *count += 1);
        pending::<Infallible>().await;
    }
    let answer = lock(state).decide(&call, fault);
    match fault {
        Some(Fault::AnswerLost) => return Err(HangUp),
        Some(Fault::HeldAfter) => {
            held.send_modify(|count| *count += 1);
            pending::<Infallible>().await;
        }
        _ => {}
    }
    let now = lock(state).now();
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(*name, value);
    }
    response = response.header("date", httpdate::fmt_http_date(now.into())).header("x-amz-request-id", "1");
    if head {
        response = response.header("content-length", answer.body.len());
    }
    Ok(response.body(if head { Body::empty() } else { Body::from(answer.body) }).unwrap())
}

fn kind(method: &Method, key: &str, query: &BTreeMap<String, String>) -> Op {
    let asks = |name: &str| query.contains_key(name);
    match (method.as_str(), key.is_empty()) {
        ("GET", true) if asks("versioning") => Op::Versioning,
        ("GET", true) if asks("object-lock") => Op::Locking,
        ("GET", true) if asks("versions") => Op::Versions,
        ("GET", true) if query.get("list-type").is_some_and(|kind| kind == "2") => Op::List,
        ("PUT", false) if asks("retention") => Op::Retain,
        ("PUT", false) if asks("legal-hold") => Op::Hold,
        ("PUT", false) => Op::Put,
        ("GET", false) => Op::Get,
        ("HEAD", false) => Op::Head,
        ("DELETE", false) => Op::Delete,
        _ => panic!("a request that this server does not know: {method} {key} {query:?}"),
    }
}

impl State {
    fn decide(&mut self, call: &Call, fault: Option<Fault>) -> Answer {
        if let Err(complaint) = strict(call) {
            self.complaints.push(format!("{:?}: {complaint}", call.op));
            return Answer::no(400, "InvalidRequest");
        }
        if (self.signed_at(call) - self.now()).abs() > TimeDelta::minutes(15) {
            return Answer::no(403, "RequestTimeTooSkewed");
        }
        if call.header(TOKEN) != self.token.as_deref() {
            return Answer::no(400, if self.token.is_some() { "ExpiredToken" } else { "InvalidToken" });
        }
        if call.bucket != self.bucket {
            return Answer::no(404, "NoSuchBucket");
        }
        match fault {
            Some(Fault::SlowDown) => Answer::no(503, "SlowDown"),
            Some(Fault::NotS3) => Answer::no(404, ""),
            Some(Fault::Denied) => Answer::no(403, "AccessDenied"),
            Some(Fault::Elsewhere) => {
                let mut answer = Answer::no(307, "TemporaryRedirect");
                answer.headers.push(("location", "http://127.0.0.1:9/elsewhere".to_owned()));
                answer
            }
            fault => self.act(call, fault),
        }
    }

    fn signed_at(&self, call: &Call) -> domain::clock::Moment {
        let date = call.header("x-amz-date").unwrap_or_default();
        NaiveDateTime::parse_from_str(date, "%Y%m%dT%H%M%SZ").map_or(self.now(), |date| date.and_utc())
    }
}

/// In which a temporary key's token is sent.
const TOKEN: &str = "x-amz-security-token";

/// Headers that every request may have.
const HEADERS: [&str; 11] = [
    TOKEN,
    "host",
    "authorization",
    "x-amz-date",
    "x-amz-content-sha256",
    "user-agent",
    "x-amz-user-agent",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "content-length",
    "accept",
];

fn strict(call: &Call) -> Result<(), String> {
    let (headers, parameters): (&[&str], &[&str]) = match call.op {
        Op::Put => (
            &[
                "content-type",
                "if-none-match",
                "x-amz-checksum-sha256",
                "x-amz-meta-sha256",
                "x-amz-object-lock-mode",
                "x-amz-object-lock-retain-until-date",
                "x-amz-server-side-encryption",
                "x-amz-server-side-encryption-aws-kms-key-id",
                "x-amz-sdk-checksum-algorithm",
            ],
            &["x-id"],
        ),
        Op::Get | Op::Head => (&["x-amz-checksum-mode"], &["x-id", "versionId"]),
        Op::Delete => (&[], &["x-id", "versionId"]),
        Op::Retain => (
            &["content-type", "content-md5", "x-amz-checksum-crc32", "x-amz-sdk-checksum-algorithm"],
            &["retention", "versionId"],
        ),
        Op::Hold => (
            &["content-type", "content-md5", "x-amz-checksum-crc32", "x-amz-sdk-checksum-algorithm"],
            &["legal-hold", "versionId"],
        ),
        Op::Versioning => (&[], &["versioning"]),
        Op::Locking => (&[], &["object-lock"]),
        Op::List => (&[], &["list-type", "max-keys", "prefix", "start-after"]),
        Op::Versions => (&[], &["versions", "prefix", "key-marker", "version-id-marker"]),
    };
    let known = |name: &str| HEADERS.contains(&name) || headers.contains(&name);
    if let Some(name) = call.headers.keys().find(|name| !known(name.as_str())) {
        return Err(format!("the header {name}"));
    }
    if let Some(name) = call.query.keys().find(|name| !parameters.contains(&name.as_str())) {
        return Err(format!("the parameter {name}"));
    }
    let signature = call.header("authorization").unwrap_or_default();
    let scope = format!("AWS4-HMAC-SHA256 Credential={KEY_ID}/");
    if !signature.starts_with(&scope)
        || !signature.contains(&format!("/{REGION}/s3/aws4_request, SignedHeaders="))
        || !signature.contains("host;")
        || call.headers.contains_key(TOKEN) != signature.contains(TOKEN)
        || signature.rsplit_once("Signature=").is_none_or(|(_, hex)| hex.len() != 64)
    {
        return Err("the signature".to_owned());
    }
    if call.header("x-amz-content-sha256") != Some(&sha256(&call.body)) {
        return Err("the signed hash of the body".to_owned());
    }
    let checksum = base64::engine::general_purpose::STANDARD.encode(digest(&SHA256, &call.body));
    if call.op == Op::Put && call.header("x-amz-checksum-sha256") != Some(&checksum) {
        return Err("the checksum of the body".to_owned());
    }
    Ok(())
}
