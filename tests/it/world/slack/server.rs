//! The listener: HTTP and sockets on one port, and connections that can break off without an answer.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt;

use super::{Shared, door, files, hooks, sockets};

/// An answer that is none: the connection ends.
#[derive(Debug, Clone)]
pub struct HangUp;

impl fmt::Display for HangUp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the test asked for a connection that breaks off")
    }
}

impl std::error::Error for HangUp {}

impl IntoResponse for HangUp {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(self);
        response
    }
}

/// Serves until it is dropped.
pub async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let router = Router::new()
        .route("/api/{method}", any(door::answer))
        .route("/link/", get(sockets::connect))
        .route("/commands/{team}/{id}/{secret}", post(hooks::command))
        .route("/actions/{team}/{id}/{secret}", post(hooks::action))
        .route("/app/{team}/{id}/{secret}", post(hooks::app))
        .route("/files-pri/{file}/download/{name}", get(files::download))
        .route("/files-tmb/{file}/{name}", get(files::rendition))
        .route("/upload/v1/{ticket}", post(files::receive))
        .with_state(shared);
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(connection(stream, router.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(stream: TcpStream, router: Router) {
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let router = router.clone();
        async move {
            let response =
                router.oneshot(request.map(Body::new)).await.unwrap_or_else(|never: Infallible| match never {});
            if response.extensions().get::<HangUp>().is_some() { Err(HangUp) } else { Ok(response) }
        }
    });
    // A connection that breaks off is what a test asked for, or the end of our program.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades().await);
}
