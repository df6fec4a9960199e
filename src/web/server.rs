//! The listening socket: bounded connections, bounded waiting, and an orderly end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::limits::{CONNECTIONS_OF_ONE_MAX, Shares, neighbourhood};

/// The most connections at a time; more wait in the system's queue.
const CONNECTIONS_MAX: usize = 1_024;
/// How long a client may take to send its headers.
const HEADER_DEADLINE: Duration = Duration::from_secs(10);
/// The largest headers, in bytes.
const HEADERS_MAX: usize = 32 * 1024;
/// How long requests under way may take to end after the program was asked to: of the ten seconds that the whole
/// program has, the last two are for what they left to write.
const DRAIN_DEADLINE: Duration = Duration::from_secs(8);
/// After a failure to accept (too many open files) there is no hurry to fail again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How many of the connections that one address has too many are told so at the same moment; beyond it they are shut.
const REFUSED_MAX: usize = 64;
/// When an address that has too many connections may try again, in seconds.
const RETRY_AFTER: &str = "1";

/// Serves until `stopping`, then lets requests under way end.
pub async fn serve(listener: TcpListener, routes: Router, stopping: CancellationToken) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let refused = Arc::new(Semaphore::new(REFUSED_MAX));
    let shares = Shares::of(CONNECTIONS_OF_ONE_MAX);
    let refusal = Router::new().fallback(too_many_connections);
    let graceful = GracefulShutdown::new();
    let (connections, cut) = (TaskTracker::new(), CancellationToken::new());
    loop {
        let accepted = tokio::select! {
            () = stopping.cancelled() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let Ok((stream, peer, place)) = accepted else {
            drop(timeout(ACCEPT_PAUSE, stopping.cancelled()).await);
            continue;
        };
        let share = shares.take(neighbourhood(peer.ip()));
        let (routes, place) = match &share {
            Some(_) => (routes.clone(), place),
            // They are told in a place of their own, so that those who are let in lose none.
            None => match refused.clone().try_acquire_owned() {
                Ok(place) => (refusal.clone(), place),
                Err(_) => continue,
            },
        };
        let (connection, cut) = (graceful.watch(connection(stream, routes, share.is_some())), cut.clone());
        connections.spawn(async move {
            // A connection that breaks off is the client's affair; whatever was committed is committed.
            drop(cut.run_until_cancelled(connection).await);
            drop((place, share));
        });
    }
    drop(listener);
    if timeout(DRAIN_DEADLINE, graceful.shutdown()).await.is_err() {
        // As if the client had hung up: whatever they still hold would keep the program from ending.
        cut.cancel();
        tracing::warn!(target: "shopwatch::web", "some connections did not end in time and were cut");
    }
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, place))
}

async fn too_many_connections() -> impl IntoResponse {
    metrics::counter!("shopwatch_failures_total", "kind" => "too_many").increment(1);
    let headers = [(header::RETRY_AFTER, RETRY_AFTER)];
    (StatusCode::SERVICE_UNAVAILABLE, headers, "too many connections from your address\n")
}

/// Serves one connection; one that has to go is answered once.
fn connection(
    stream: TcpStream,
    routes: Router,
    stays: bool,
) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>> {
    // Answers are small and whole: waiting to fill a packet only delays them.
    drop(stream.set_nodelay(true));
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_DEADLINE)
        .keep_alive(stays)
        .max_buf_size(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(routes))
}
