//! `shopwatch`: the first lines, the files it makes, one server a file, and an orderly end.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use reqwest::StatusCode;
use shopwatch::clock::Stopwatch;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::world::program::{Home, Serving};

async fn status(server: &Serving, path: &str) -> StatusCode {
    crate::world::http().build().unwrap().get(server.url(path)).send().await.unwrap().status()
}

#[tokio::test]
async fn the_first_lines_say_what_runs_where_the_data_is_and_how_to_come_in() {
    let home = Home::new();
    let server = home.serve(&[]);
    let link = server.banner.split_whitespace().find(|word| word.contains("/enter/")).unwrap().to_owned();
    let shown = server.banner.replace(&link, "LINK");
    insta::assert_snapshot!(shown);
    let page = crate::world::http().build().unwrap().get(&link).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.unwrap().contains("<form"), "it asks for one press");
    let (ended, rest) = server.end();
    assert!(ended.success() && rest.is_empty(), "{ended}: {rest}");
}

#[tokio::test]
async fn what_it_makes_is_its_owners_alone() {
    let home = Home::new();
    let server = home.serve(&[]);
    assert_eq!(status(&server, "/health/ready").await, StatusCode::OK);
    let mode = |name: &str| fs::metadata(home.file(name)).unwrap().permissions().mode() & 0o777;
    for folder in ["data", "data/keys"] {
        assert_eq!(mode(folder), 0o700, "{folder}");
    }
    let files = ["keys/master.key", "serving.lock", "shopwatch.db", "shopwatch.db-wal", "shopwatch.db-shm"];
    for file in files {
        assert_eq!(mode(&format!("data/{file}")), 0o600, "{file}");
    }
}

#[test]
fn a_second_server_on_one_file_is_refused_and_other_commands_are_not() {
    let home = Home::new();
    let _server = home.serve(&[]);
    let refused = home.command(&[]).assert().failure();
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(said.contains("another Shopwatch serves this database already"), "{said}");
    assert!(home.output(&["enter", "amal"]).contains("/enter/"));
    assert!(home.output(&["key", "list"]).contains("no keys yet"));
    home.command(&["audit", "verify"]).assert().success();
    home.command(&["migrate"]).assert().success();
    assert_eq!(home.output(&["healthcheck"]), "ready\n");
}

#[test]
fn the_example_shop_is_served_on_this_computer_alone() {
    let home = Home::new();
    for public in ["0.0.0.0:0", "[::]:0"] {
        let refused = home.command(&["--listen", public]).assert().failure();
        let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
        assert!(said.contains("the example shop is not served on") && said.contains("  do   "), "{said}");
    }
    home.write("shop.toml", shopwatch::rules::Rules::EXAMPLE);
    let own = home.serve(&[("SHOPWATCH_LISTEN", "0.0.0.0:0"), ("SHOPWATCH_PUBLIC_URL", "http://127.0.0.1:9")]);
    assert!(own.banner.contains("rules    shop.toml (Corner Store, 1 site(s))"), "{}", own.banner);
}

#[tokio::test]
async fn asked_to_end_it_finishes_what_it_was_sent_and_ends_with_0() {
    const REPORTS: usize = 40;
    for signal in ["TERM", "INT"] {
        let home = Home::new();
        let key = home.key("till", "staff");
        let server = home.serve(&[]);
        let url = server.url("/api/v1/reports");
        let client = crate::world::http().build().unwrap();
        let send = || client.post(&url).bearer_auth(&key).json(&serde_json::json!({})).send();
        let first = send().await.unwrap();
        assert_eq!(first.status(), StatusCode::CREATED);
        let (answers, ()) =
            tokio::join!(futures_util::future::join_all((0..REPORTS).map(|_| send())), async { server.signal(signal) });
        let acknowledged =
            answers.into_iter().flatten().filter(|answer| answer.status() == StatusCode::CREATED).count();
        let (ended, _) = server.wait();
        assert!(ended.success(), "{signal}: {ended}");
        let kept = home.output(&["audit", "verify"]);
        let kept: usize = kept.split(' ').next().unwrap().parse().unwrap();
        assert!(kept > acknowledged, "{signal}: {acknowledged} and the first acknowledged, {kept} kept");
    }
}

#[tokio::test]
async fn asked_to_end_it_hears_out_who_is_speaking_and_cuts_off_who_does_not_end_within_ten_seconds() {
    const WITHIN: Duration = Duration::from_secs(10);
    let home = Home::new();
    let key = home.key("till", "staff");
    let server = home.serve(&[]);
    let (mut ends, mut never) = (begun(&server, &key).await, begun(&server, &key).await);
    server.signal("TERM");
    let asked = Stopwatch::start();
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    ends.write_all(BODY).await.unwrap();
    let mut answer = String::new();
    ends.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let mut nothing = String::new();
    assert_eq!(never.read_to_string(&mut nothing).await.unwrap_or_default(), 0, "{nothing}");
    let (ended, _) = server.wait();
    assert!(ended.success() && asked.now() < WITHIN, "{ended} after {:?}", asked.now());
    assert!(home.output(&["audit", "verify"]).starts_with("1 "), "what was heard out is kept");
}

const BODY: &[u8] = b"{}";

/// A report whose first line the server has read, and whose body it waits for.
async fn begun(server: &Serving, key: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST /api/v1/reports HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        server.address,
        BODY.len(),
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut goes_on = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut goes_on).await.unwrap();
    assert!(goes_on.starts_with(b"HTTP/1.1 100"));
    stream
}

#[test]
fn an_address_that_is_taken_is_named() {
    let (home, other) = (Home::new(), Home::new());
    let server = home.serve(&[]);
    let refused = other.command(&["--listen", &server.address.to_string()]).assert().failure();
    let said = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(
        said.starts_with(&format!("cannot listen on {}", server.address)) && said.contains("SHOPWATCH_LISTEN"),
        "{said}"
    );
}
