//! Connections, of which some are cut on purpose.

use std::io;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt;

use super::faults::Cut;

/// Serves whoever comes.
pub async fn serve(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(speak(stream, router.clone()));
    }
}

async fn speak(stream: TcpStream, router: Router) {
    let service = service_fn(move |request: Request<Incoming>| {
        let router = router.clone();
        async move { respond(router, request).await }
    });
    // It ends with an error when somebody hangs up, and that somebody may be this fake.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades().await);
}

/// An answer, or the end of the connection.
async fn respond(router: Router, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let response = router.oneshot(request.map(Body::new)).await.unwrap_or_else(|never| match never {});
    if response.extensions().get::<Cut>().is_some() {
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    Ok(response)
}
