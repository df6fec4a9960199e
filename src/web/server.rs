//! The listening socket: bounded connections, bounded waiting, and an orderly end.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The most connections at a time; more wait in the system's queue.
const CONNECTIONS_MAX: usize = 1_024;
/// How long a client may take to send its headers.
const HEADER_DEADLINE: Duration = Duration::from_secs(10);
/// The largest headers, in bytes.
const HEADERS_MAX: usize = 32 * 1024;
/// How long requests under way may take to end after the program was asked to.
pub const DRAIN_DEADLINE: Duration = Duration::from_secs(10);
/// After a failure to accept (too many open files) there is no hurry to fail again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until `stopping`, then lets requests under way end.
pub async fn serve(listener: TcpListener, routes: Router, stopping: CancellationToken) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let graceful = GracefulShutdown::new();
    let connections = TaskTracker::new();
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { break };
        let accepted = tokio::select! {
            () = stopping.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            drop(timeout(ACCEPT_PAUSE, stopping.cancelled()).await);
            continue;
        };
        let connection = graceful.watch(connection(stream, routes.clone()));
        connections.spawn(async move {
            // A connection that breaks off is the client's affair; whatever was committed is committed.
            drop(connection.await);
            drop(place);
        });
    }
    drop(listener);
    if timeout(DRAIN_DEADLINE, graceful.shutdown()).await.is_err() {
        tracing::warn!(target: "shopwatch::web", "some connections did not end in time and were cut");
    }
}

fn connection(stream: TcpStream, routes: Router) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>> {
    // Answers are small and whole: waiting to fill a packet only delays them.
    drop(stream.set_nodelay(true));
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_DEADLINE)
        .max_buf_size(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes))
}
