//! Fetching a file over real sockets, from servers that mean no good.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use futures_util::stream;
use shopwatch::evidence::fetch::{Fetcher, NotFetched};
use shopwatch::settings::Secret;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;

/// Bytes of one part of an endless file.
const PART: usize = 64 * 1024;

/// A server with files, and how often it was asked.
struct Server {
    base: Url,
    asked: Arc<AtomicUsize>,
    _serving: JoinSet<()>,
}

impl Server {
    async fn start(elsewhere: Option<&Url>) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        let to = elsewhere.map(Url::to_string).unwrap_or_default();
        let router = Router::new()
            .route("/file", get(|headers: HeaderMap| async move { file(&headers) }))
            .route("/away", get(move || async move { Redirect::temporary(&format!("{to}file")) }))
            .route("/endless", get(|| async { Body::from_stream(stream::repeat_with(part)) }))
            .route("/page", get(|| async { ([(header::CONTENT_TYPE, "image/jpeg")], "<!doctype html><p>Sign in") }))
            .layer(axum::middleware::map_request(move |request: axum::extract::Request| {
                count.fetch_add(1, Ordering::Relaxed);
                async { request }
            }));
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { base, asked, _serving: serving }
    }

    fn at(&self, path: &str) -> Url {
        self.base.join(path).unwrap()
    }
}

fn part() -> Result<Bytes, Infallible> {
    Ok(Bytes::from(vec![0; PART]))
}

/// Given to who has the token.
fn file(headers: &HeaderMap) -> Response {
    if headers.get(header::AUTHORIZATION).is_some_and(|token| token == "Bearer xoxb-1") {
        "bytes".into_response()
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

#[tokio::test]
async fn a_file_comes_from_where_it_was_agreed_and_the_token_goes_nowhere_else() {
    let elsewhere = Server::start(None).await;
    let server = Server::start(Some(&elsewhere.base)).await;
    let fetcher =
        Fetcher::new(vec![server.base.origin()], Some(watch::channel(Some(Secret::new("xoxb-1"))).1)).unwrap();
    assert_eq!(fetcher.fetch(&server.at("/file")).await.unwrap(), b"bytes");
    assert_eq!(fetcher.fetch(&server.at("/away")).await, Err(NotFetched::Page), "no way leads on from there");
    assert_eq!(fetcher.fetch(&elsewhere.at("/file")).await, Err(NotFetched::Elsewhere));
    let mut with_name = server.at("/file");
    with_name.set_username("somebody").unwrap();
    assert_eq!(fetcher.fetch(&with_name).await, Err(NotFetched::Elsewhere));
    let same_host = "https://127.0.0.1/file".parse().unwrap();
    assert_eq!(fetcher.fetch(&same_host).await, Err(NotFetched::Elsewhere), "another scheme and port are elsewhere");
    assert_eq!(elsewhere.asked.load(Ordering::Relaxed), 0);
    let bare = Fetcher::new(vec![server.base.origin()], None).unwrap();
    assert_eq!(bare.fetch(&server.at("/file")).await, Err(NotFetched::Forbidden));
}

#[tokio::test]
async fn a_file_without_end_and_a_page_in_disguise_are_given_up() {
    let server = Server::start(None).await;
    let fetcher = Fetcher::new(vec![server.base.origin()], None).unwrap();
    assert_eq!(fetcher.fetch(&server.at("/endless")).await, Err(NotFetched::TooLarge));
    assert_eq!(fetcher.fetch(&server.at("/page")).await, Err(NotFetched::Page));
    assert_eq!(fetcher.fetch(&server.at("/nothing")).await, Err(NotFetched::Gone));
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let nobody: Url = format!("http://{closed}/file").parse().unwrap();
    let fetcher = Fetcher::new(vec![nobody.origin()], None).unwrap();
    assert_eq!(fetcher.fetch(&nobody).await, Err(NotFetched::Unreachable));
}
