//! No secret, and nothing that people wrote, is in the log, the figures or the database's files (promise P16): a report
//! full of markers goes through the console and the API of the real binary at its most talkative.

use std::fs;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::world::program::{Home, Serving};

/// What every marker begins with; it occurs nowhere else.
const MARK: &str = "zqxmarker";

fn mark(of: &str) -> String {
    format!("{MARK}-{of}")
}

fn browser() -> Client {
    crate::world::http().cookie_store(true).build().unwrap()
}

/// A page of somebody who signs in by a link; their browser.
async fn signed_in(home: &Home, server: &Serving, name: &str, secrets: &mut Vec<String>) -> Client {
    let link = home.output(&["enter", name]).trim().to_owned();
    secrets.push(link.rsplit('/').next().unwrap().to_owned());
    let client = browser();
    let page =
        client.post(server.url(&format!("/enter/{}", secrets.last().unwrap()))).header("sec-fetch-site", "same-origin");
    let entered = page.send().await.unwrap();
    assert_eq!(entered.status(), StatusCode::OK);
    client
}

async fn send(client: &Client, server: &Serving, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
    let form = client.post(server.url(path)).header("sec-fetch-site", "same-origin").form(fields);
    let answer = form.send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

/// A whole report through the API, refused and accepted; the incident that came of it.
async fn through_the_api(server: &Serving, key: &str) -> Value {
    let report = async |key: &str, delivery: &str, body: Value| {
        let request =
            crate::world::http().build().unwrap().post(server.url("/api/v1/reports")).bearer_auth(key).json(&body);
        let answer = request.header("idempotency-key", mark(delivery)).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    let body = json!({
        "site": "kings-cross", "what_happened": format!("{} {} drove {}", mark("text"), mark("name"), mark("plate")),
        "camera": mark("camera"), "goods": [{ "what": mark("goods"), "quantity": 1 }],
    });
    for (key, delivery, body, status) in [
        (key, "refused", json!({ "site": mark("site"), "kind": mark("kind") }), StatusCode::UNPROCESSABLE_ENTITY),
        (
            key,
            "shape",
            json!({ "happened": [mark("time")], "weapon": mark("weapon") }),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (&mark("secret"), "forged", body.clone(), StatusCode::UNAUTHORIZED),
    ] {
        let (answered, document) = report(key, delivery, body).await;
        assert_eq!(answered, status, "{document}");
        assert!(!document.contains(MARK), "an error quotes nothing: {document}");
    }
    let (status, created) = report(key, "kept", body).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    for path in
        [mark("path"), format!("incidents/{}", mark("reference")), format!("api/v1/incidents/{}", mark("called"))]
    {
        crate::world::http()
            .build()
            .unwrap()
            .get(server.url(&format!("/{path}")))
            .bearer_auth(key)
            .send()
            .await
            .unwrap();
    }
    serde_json::from_str(&created).unwrap()
}

/// The same through the console, with the steps that take words.
async fn through_the_console(server: &Serving, amal: &Client, noor: &Client, created: &Value) {
    let id = created["id"].as_str().unwrap();
    let line = format!("/report {} {}", mark("line"), mark("phone"));
    let (status, page) = send(amal, server, "/", &[("what", "line"), ("line", &line), ("delivery", "n1")]).await;
    assert!(status.is_success() && page.contains(&mark("line")), "what was written is shown to who wrote it");
    let form = [("what", "report"), ("what_happened", &mark("form")), ("camera", &mark("lens")), ("delivery", "n2")];
    assert!(send(amal, server, "/", &form).await.0.is_success());
    let wrong = [("what", "report"), ("zone", &mark("zone")), ("goods_price", &mark("price")), ("delivery", "n3")];
    assert_eq!(send(amal, server, "/", &wrong).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    for (button, version, fields) in [
        ("claim", 1, vec![]),
        ("ask", 2, vec![("text", mark("question"))]),
        ("note", 3, vec![("text", mark("note"))]),
        ("correct", 4, vec![("text", mark("correction"))]),
        ("decline", 5, vec![("reason", mark("reason"))]),
    ] {
        let press = format!("v1:{button}:{id}:{version}");
        let what = if fields.is_empty() { "press" } else { "submit" };
        let mut form = vec![("what", what), ("press", press.as_str())];
        form.extend(fields.iter().map(|(name, value)| (*name, value.as_str())));
        let (status, page) = send(noor, server, "/", &form).await;
        assert_eq!(status.is_success(), button != "decline", "{button}: {page}");
    }
    assert!(!send(noor, server, "/", &[("what", "press"), ("press", &mark("press"))]).await.0.is_success());
}

/// Every file under a folder but the keys, as bytes.
fn files(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path).into_iter().filter(|(name, _)| !name.ends_with("master.key")));
        } else {
            found.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    found
}

#[tokio::test]
async fn nothing_that_people_wrote_and_no_secret_is_in_logs_figures_or_files() {
    let home = Home::new();
    home.write("shop.toml", shopwatch::rules::Rules::EXAMPLE);
    let key = home.key("till", "staff");
    let master = fs::read_to_string(home.file("data/keys/master.key")).unwrap();
    let mut secrets = vec![key.clone(), master.trim().to_owned(), MARK.to_owned()];
    let server = home.serve(&[("RUST_LOG", "trace")]);
    let (amal, noor) =
        (signed_in(&home, &server, "amal", &mut secrets).await, signed_in(&home, &server, "noor", &mut secrets).await);
    let created = through_the_api(&server, &key).await;
    through_the_console(&server, &amal, &noor, &created).await;
    let read =
        noor.get(server.url(&format!("/incidents/{}", created["reference"].as_str().unwrap()))).send().await.unwrap();
    let page = read.text().await.unwrap();
    for written in ["text", "plate", "question", "note", "correction"] {
        assert!(page.contains(&mark(written)), "{written} can be read by who may: else this test proves nothing");
    }
    let figures = crate::world::http()
        .build()
        .unwrap()
        .get(server.url("/metrics"))
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap()
        .to_vec();
    let log = server.log();
    let mut everything = files(&home.file("data"));
    everything.push(("log".into(), log.into_bytes()));
    everything.push(("metrics".into(), figures));
    for (plain, place) in
        [("kings-cross", "shopwatch.db"), ("\"level\":\"DEBUG\"", "log"), ("shopwatch_reports_total", "metrics")]
    {
        let named = everything.iter().filter(|(name, _)| name.contains(place));
        assert!(
            named.into_iter().any(|(_, bytes)| find(bytes, plain).is_some()),
            "what is no secret is found: {plain} in {place}"
        );
    }
    for secret in secrets {
        for (name, bytes) in &everything {
            assert_eq!(find(bytes, &secret), None, "{secret} in {name}");
        }
    }
}

/// Where a text stands, with what stands around it.
fn find(bytes: &[u8], text: &str) -> Option<String> {
    let at = bytes.windows(text.len()).position(|window| window == text.as_bytes())?;
    let around = &bytes[at.saturating_sub(200)..(at + 100).min(bytes.len())];
    Some(String::from_utf8_lossy(around).into_owned())
}
