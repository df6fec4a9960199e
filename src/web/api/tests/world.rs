//! A shop of two sites with its API, on an SQLite file of its own.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use chrono::TimeDelta;
use domain::clock::{Clock, Moment};
use domain::words::{Platform, Role};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::app::{App, Parts};
use crate::bell::Bell;
use crate::chats::ChatClient;
use crate::clock::{RandomIds, Stopwatch};
use crate::evidence::child::Reader;
use crate::evidence::keep::Evidence;
use crate::evidence::vault::{Folder, Vault};
use crate::keys::Keys;
use crate::operations::Desk;
use crate::rules::Rules;
use crate::settings::{EvidencePlace, Settings};
use crate::store::Store;
use crate::store::connect::Location;
use crate::store::people::ApiKey;
use crate::texts::Texts;

/// The second site, beside the example's.
const ANGEL: &str = r#"
[[site]]
id = "angel"
name = "Angel"
area = "N1"
channels.triage = ["console:triage"]
"#;

/// A clock that stands until it is moved.
pub struct TestClock(Mutex<Moment>);

impl Clock for TestClock {
    fn now(&self) -> Moment {
        *self.0.lock().unwrap()
    }
}

pub struct World {
    pub app: App,
    pub routes: Router,
    clock: Arc<TestClock>,
    _folder: tempfile::TempDir,
    writing: JoinSet<()>,
}

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The answer with what differs from run to run taken out.
    pub fn shape(&self) -> String {
        fn settle(value: &mut Value, known: &mut Vec<String>) {
            match value {
                Value::String(text) if text.starts_with("inc_") || text.starts_with("SW-") => {
                    let at = known.iter().position(|id| id == text).unwrap_or_else(|| {
                        known.push(text.clone());
                        known.len() - 1
                    });
                    *text = format!("[id {at}]");
                }
                Value::Array(list) => list.iter_mut().for_each(|value| settle(value, known)),
                Value::Object(map) => map.values_mut().for_each(|value| settle(value, known)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        let mut json = self.json();
        settle(&mut json, &mut Vec::new());
        serde_json::to_string_pretty(&json).unwrap()
    }

    /// The fields and codes of its problems.
    pub fn problems(&self) -> Vec<String> {
        assert_eq!(self.header(header::CONTENT_TYPE), "application/problem+json");
        let json = self.json();
        let line =
            |problem: &Value| format!("{} {}", problem["field"].as_str().unwrap(), problem["code"].as_str().unwrap());
        json["problems"].as_array().map(|list| list.iter().map(line).collect()).unwrap_or_default()
    }

    /// The short name of its kind of problem.
    pub fn kind(&self) -> String {
        assert_eq!(self.header(header::CONTENT_TYPE), "application/problem+json");
        let json = self.json();
        assert_eq!(json["status"], self.status.as_u16());
        json["type"].as_str().unwrap().strip_prefix("/problems/").unwrap().to_owned()
    }
}

/// What a program sends, piece by piece.
pub struct Asking<'w> {
    world: &'w World,
    request: axum::http::request::Builder,
}

impl Asking<'_> {
    pub fn key(mut self, secret: &str) -> Self {
        self.request = self.request.header(header::AUTHORIZATION, format!("Bearer {secret}"));
        self
    }

    pub fn header(mut self, name: impl AsRef<str>, value: &str) -> Self {
        self.request = self.request.header(name.as_ref(), value);
        self
    }

    pub async fn send(self, body: impl Into<Body>) -> Answer {
        let response = self.world.routes.clone().oneshot(self.request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
        }
    }

    pub async fn json(self, body: Value) -> Answer {
        self.header("content-type", "application/json").send(body.to_string()).await
    }
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (keys, ids) = (Arc::new(Keys::from_master(&[7; 32]).unwrap()), Arc::new(RandomIds::default()));
        let database = Location::Sqlite(folder.path().join("shop.db"));
        let (store, work) = Store::open(&database, keys, ids.clone()).await.unwrap();
        let mut writing = JoinSet::new();
        writing.spawn(work.run());
        let clock = Arc::new(TestClock(Mutex::new("2026-11-22T14:05:00Z".parse().unwrap())));
        let rules = Rules::parse(&format!("{}{ANGEL}", Rules::EXAMPLE)).unwrap();
        let settings = Settings {
            listen: "127.0.0.1:8080".parse().unwrap(),
            data: folder.path().to_owned(),
            rules: None,
            public_url: None,
            database,
            evidence: EvidencePlace::Folder(folder.path().join("evidence")),
            master_key: None,
            old_master_key: None,
            slack: None,
            discord: None,
        };
        let app = App::from(Parts {
            desk: Arc::new(Desk::new(store, clock.clone(), ids, [Platform::Console].into(), rules)),
            texts: Arc::new(Texts::load().unwrap()),
            settings: Arc::new(settings),
            try_out: false,
            work: Bell::default(),
            shown: Bell::default(),
            chats: [ChatClient::Console].into(),
            evidence: Evidence::new(
                Reader::ourselves(),
                Folder::at(folder.path().join("spool")),
                Vault::Folder(Folder::at(folder.path().join("evidence"))),
            ),
            metrics: PrometheusBuilder::new().build_recorder().handle(),
            stopwatch: Stopwatch::start(),
            stopping: CancellationToken::new(),
        });
        let routes = super::super::routes(&app).with_state(app.clone());
        Self { app, routes, clock, _folder: folder, writing }
    }

    /// The secret of a new key.
    pub async fn key(&self, name: &str, role: Role, site: Option<&str>) -> String {
        let key = ApiKey { name: name.to_owned(), role, site: site.map(|site| site.parse().unwrap()), revoked: false };
        let secret = format!("sw_secret-of-{name}");
        self.app.desk.store.add_key(&key, &secret, self.clock.now()).await.unwrap().unwrap();
        secret
    }

    pub fn advance(&self, by: TimeDelta) {
        *self.clock.0.lock().unwrap() += by;
    }

    /// From now on nothing is written.
    pub async fn stop_writing(&mut self) {
        self.writing.shutdown().await;
    }

    pub fn ask(&self, method: &str, path: &str) -> Asking<'_> {
        let method: Method = method.parse().unwrap();
        Asking { world: self, request: Request::builder().method(method).uri(path) }
    }

    pub async fn report(&self, secret: &str, body: Value) -> Answer {
        self.ask("POST", "/api/v1/reports").key(secret).json(body).await
    }

    /// The address of a new report.
    pub async fn reported(&self, secret: &str, body: Value) -> String {
        let answer = self.report(secret, body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&answer.bytes));
        answer.header(header::LOCATION).to_owned()
    }

    pub async fn read(&self, secret: &str, address: &str) -> Answer {
        self.ask("GET", address).key(secret).send(Body::empty()).await
    }

    pub async fn act(&self, secret: &str, address: &str, body: Value) -> Answer {
        self.ask("POST", &format!("{address}/actions")).key(secret).json(body).await
    }

    /// An action that has to succeed.
    pub async fn acted(&self, secret: &str, address: &str, body: Value) -> Value {
        let answer = self.act(secret, address, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.bytes));
        answer.json()
    }
}
