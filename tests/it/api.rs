//! The HTTP API behind every guard: who gets in, what arrives once, and that it is the same shop as the console's.

mod doors;
mod holds;
mod once;
mod together;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use domain::id::Reference;
use domain::words::Role;
use serde_json::Value;
use shopwatch::store::people::ApiKey;
use shopwatch::web;
use tower::ServiceExt as _;

use crate::world::World;

/// A program with a key, at one server's door.
#[derive(Clone)]
pub struct Program {
    routes: Router,
    secret: Option<String>,
}

/// What it is answered.
pub struct Answered {
    pub status: StatusCode,
    pub body: Value,
}

impl Program {
    /// One with a key of its own, for every site.
    pub async fn of(world: &World, name: &str, role: Role) -> Self {
        let key = ApiKey { name: name.to_owned(), role, site: None, revoked: false };
        let secret = format!("sw_{name}");
        world.store().add_key(&key, &secret, world.now()).await.unwrap().unwrap();
        Self::with(world, Some(secret))
    }

    /// One with this secret, or with none.
    pub fn with(world: &World, secret: Option<String>) -> Self {
        Self { routes: web::router(&world.app), secret }
    }

    /// The same one at another server's door.
    pub fn at(&self, world: &World) -> Self {
        Self::with(world, self.secret.clone())
    }

    /// Sends a request.
    pub async fn send(&self, method: &str, path: &str, key: Option<&str>, body: Option<&Value>) -> Answered {
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080");
        if let Some(secret) = &self.secret {
            request = request.header("authorization", format!("Bearer {secret}"));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        let request = request.header("content-type", "application/json").body(body).unwrap();
        let (parts, body) = self.routes.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answered { status: parts.status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }

    /// Reports.
    pub async fn report(&self, key: Option<&str>, body: Value) -> Answered {
        self.send("POST", "/api/v1/reports", key, Some(&body)).await
    }

    /// Takes a step.
    pub async fn act(&self, called: &str, body: Value) -> Answered {
        self.send("POST", &format!("/api/v1/incidents/{called}/actions"), None, Some(&body)).await
    }

    /// Reads an incident.
    pub async fn read(&self, called: &str) -> Answered {
        self.send("GET", &format!("/api/v1/incidents/{called}"), None, None).await
    }
}

impl Answered {
    /// The reference in it.
    pub fn reference(&self) -> Reference {
        self.body["reference"].as_str().unwrap().parse().unwrap()
    }

    /// What it says of this name.
    pub fn says(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_default()
    }
}
