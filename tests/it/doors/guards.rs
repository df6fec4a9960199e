//! The guards in front of every route: whose name the request came under, where its form came from, how large it is.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, Request};
use axum::routing::{get, post};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use shopwatch::chat::press::Button;
use shopwatch::web::{guard, upload};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tower::ServiceExt as _;

use crate::world::World;
use crate::world::door::{Caller, Door};

const KEY: &str = "sw_till";

async fn with_key(world: &World) -> (Door, Caller) {
    let role = domain::words::Role::Staff;
    let key = shopwatch::store::people::ApiKey { name: "till".into(), role, site: None, revoked: false };
    world.store().add_key(&key, KEY, world.now()).await.unwrap().unwrap();
    (world.open_door().await, Caller::Program(KEY.into()))
}

#[tokio::test]
async fn a_name_that_is_not_ours_is_refused_on_every_route() {
    let world = World::new().await;
    let door = world.open_door().await;
    let named = async |host: &str, path: &str| {
        let request = door.request(Method::GET, path, &Caller::Nobody).header(header::HOST, host);
        request.send().await.unwrap().status()
    };
    for path in ["/", "/metrics", "/health/live", "/api/v1/openapi.json", "/nowhere"] {
        for foreign in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8080", "10.0.0.1", ""] {
            assert_eq!(named(foreign, path).await, StatusCode::MISDIRECTED_REQUEST, "{foreign:?} {path}");
        }
        for ours in ["localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:1", "[::1]:8080"] {
            assert_ne!(named(ours, path).await, StatusCode::MISDIRECTED_REQUEST, "{ours} {path}");
        }
    }
}

#[tokio::test]
async fn a_form_from_elsewhere_does_nothing() {
    let world = World::new().await;
    let door = world.open_door().await;
    let noor = door.sign_in(&world, "noor").await;
    let incident = world.report("two people, spirits").await;
    let press = world.button(&incident.reference, Button::Claim).await.to_string();
    let fields = [("what", "press"), ("press", press.as_str())];
    let forged: [&[(&str, &str)]; 5] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site"), ("origin", "http://127.0.0.1:8080")],
    ];
    for headers in forged {
        for path in ["/", "/leave", "/enter/token"] {
            let request = headers
                .iter()
                .fold(door.request(Method::POST, path, &noor), |request, (name, value)| request.header(*name, *value));
            assert_eq!(
                request.form(&fields).send().await.unwrap().status(),
                StatusCode::FORBIDDEN,
                "{headers:?} {path}"
            );
        }
    }
    assert_eq!(world.steps(&incident.reference).await, ["reported"]);
    assert_eq!(door.post("/", &noor, &fields).await.status(), StatusCode::OK, "from our own page it acts");
    assert_eq!(world.steps(&incident.reference).await, ["reported", "claimed"]);
    world.check_everything().await;
}

#[tokio::test]
async fn a_link_is_not_spent_by_looking_at_it_and_not_twice() {
    let world = World::new().await;
    let door = world.open_door().await;
    let path = format!("/enter/{}", world.link("amal").await);
    for _ in 0..3 {
        assert_eq!(door.get(&path, &Caller::Nobody).await.status(), StatusCode::OK, "a robot that previews links");
    }
    let entered = door.post(&path, &Caller::Nobody, &[]).await;
    assert_eq!(entered.status(), StatusCode::SEE_OTHER);
    let cookie = entered.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let again = door.post(&path, &Caller::Nobody, &[]).await;
    assert_ne!(again.status(), StatusCode::SEE_OTHER);
    assert!(!again.headers().contains_key(header::SET_COOKIE));
}

#[tokio::test]
async fn who_leaves_is_gone_and_who_lost_every_role_is_nobody() {
    let world = World::new().await;
    let door = world.open_door().await;
    let (amal, lena) = (door.sign_in(&world, "amal").await, door.sign_in(&world, "lena").await);
    let home = async |caller: &Caller| door.get("/", caller).await.status();
    let stranger = home(&Caller::Nobody).await;
    assert_eq!((home(&amal).await, home(&lena).await), (StatusCode::OK, StatusCode::OK));
    door.post("/leave", &amal, &[]).await;
    assert_eq!(home(&amal).await, stranger);
    let without = shopwatch::rules::Rules::EXAMPLE.replace("auditor = [\"console:lena\"]", "auditor = []");
    world.app.desk.change_rules(shopwatch::rules::Rules::parse(&without).unwrap());
    assert_eq!(home(&lena).await, stranger);
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_nothing_is_kept() {
    let world = World::new().await;
    let (door, till) = with_key(&world).await;
    let amal = door.sign_in(&world, "amal").await;
    let large = "x".repeat(70_000);
    let report = door.request(Method::POST, "/api/v1/reports", &till).json(&json!({ "what_happened": large }));
    let refused = report.send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(refused.json::<Value>().await.unwrap()["type"], "/problems/too-large");
    let form = door.post("/", &amal, &[("what", "line"), ("line", &large)]).await;
    assert_eq!(form.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(world.everything().await, []);
}

#[tokio::test]
async fn every_mistake_of_a_program_is_told_as_a_problem_document() {
    let world = World::new().await;
    let (door, till) = with_key(&world).await;
    let send = async |kind: &'static str, body: &'static str| {
        let request =
            door.request(Method::POST, "/api/v1/reports", &till).header(header::CONTENT_TYPE, kind).body(body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json", "{body}");
        let (status, document) = (answer.status().as_u16(), answer.json::<Value>().await.unwrap());
        assert_eq!(document["status"], status, "{body}");
        format!("{status} {}", document["type"].as_str().unwrap())
    };
    for (kind, body, told) in [
        ("application/json", "{", "400 /problems/malformed-json"),
        ("application/json", "", "400 /problems/malformed-json"),
        ("application/json", "\u{0}", "400 /problems/malformed-json"),
        ("application/json", "[]", "422 /problems/invalid"),
        ("application/json", "{\"site\": 7}", "422 /problems/invalid"),
        ("application/json", "{\"suspect\": \"x\"}", "422 /problems/invalid"),
        ("application/json", "{\"site\": \"atlantis\", \"kind\": \"heist\", \"goods\": 3}", "422 /problems/invalid"),
        ("text/plain", "{}", "415 /problems/unsupported-media-type"),
    ] {
        assert_eq!(send(kind, body).await, told, "{body:?}");
    }
    assert_eq!(world.everything().await, []);
}

/// A mistake of ours.
async fn breaks() -> StatusCode {
    panic!("with what people wrote in it")
}

#[tokio::test]
async fn whatever_guard_refuses_a_program_it_does_so_with_a_problem_document() {
    let world = World::new().await;
    let routes = Router::new()
        .route("/api/v1/panics", get(breaks))
        .route("/panics", get(breaks))
        .route("/api/v1/late", get(|| async { StatusCode::SERVICE_UNAVAILABLE }))
        .route("/api/v1/reports", post(|| async {}));
    let guarded =
        guard::around(routes, axum::Router::new(), axum::Router::new(), &world.app).with_state(world.app.clone());
    let ask = async |method: Method, path: &str, header: (&'static str, &str)| {
        let mut request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        for (name, value) in [("host", "localhost"), ("accept-language", "es"), header] {
            request.headers_mut().insert(HeaderName::from_static(name), value.parse().unwrap());
        }
        let answer = guarded.clone().oneshot(request).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = String::from_utf8(to_bytes(body, 64 * 1024).await.unwrap().to_vec()).unwrap();
        (head, body)
    };
    let nothing = ("x-nothing", "");
    for (method, path, header, kind, retry) in [
        (Method::GET, "/api/v1/panics", nothing, "broken", false),
        (Method::GET, "/api/v1/late", nothing, "unavailable", true),
        (Method::GET, "/api/v1/late", ("host", "evil.example"), "misdirected", false),
        (Method::POST, "/api/v1/reports", ("sec-fetch-site", "cross-site"), "cross-site", false),
        (Method::GET, "/api/v0/incidents", nothing, "not-found", false),
    ] {
        let (head, body) = ask(method, path, header).await;
        assert_eq!(head.headers[header::CONTENT_TYPE], "application/problem+json", "{path} {body}");
        assert_eq!(head.headers.contains_key(header::RETRY_AFTER), retry, "{path}");
        assert_eq!(head.headers[header::CONTENT_LANGUAGE], "es", "{path}");
        let document: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(document["type"], format!("/problems/{kind}"), "{body}");
        assert_eq!(document["status"], head.status.as_u16(), "{body}");
        assert_eq!(document["reference"].is_string(), kind == "broken", "{body}");
        assert!(!body.contains("people wrote"), "{body}");
    }
    let (head, body) = ask(Method::GET, "/panics", nothing).await;
    assert_eq!((head.status, body.starts_with("something is broken here")), (StatusCode::INTERNAL_SERVER_ERROR, true));
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do_with_it() {
    let world = World::new().await;
    let door = world.open_door().await;
    for path in ["/", "/health/live", "/metrics", "/api/v1/openapi.json", "/nowhere", "/enter/forged"] {
        let answer = door.get(path, &Caller::Nobody).await;
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert!(header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(!header("content-security-policy").contains("unsafe"), "{path}");
        let others = ["x-content-type-options", "x-frame-options", "referrer-policy", "cache-control"].map(header);
        assert_eq!(others, ["nosniff", "SAMEORIGIN", "no-referrer", "no-store"], "{path}");
    }
}

/// A client that sends all it has to say before it listens, as browsers do.
async fn says_all_then_listens(door: &Door, head: &str, body: &[u8]) -> String {
    let mut line = TcpStream::connect(door.address).await.unwrap();
    let head = format!("{head}\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(body).await.unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn who_sends_too_much_is_told_so_when_they_have_sent_it() {
    let world = World::new().await;
    let (door, _) = with_key(&world).await;
    let incident = world.report("two people, spirits").await;
    let photo = vec![0; upload::BODY_MAX + 8 * 1024 * 1024];
    let form = "content-type: multipart/form-data; boundary=x";
    let bearer = format!("authorization: Bearer {KEY}");
    for (path, headers, body, status) in [
        ("/api/v1/reports".to_owned(), format!("{bearer}\r\ncontent-type: application/json"), &photo, "413"),
        (format!("/api/v1/incidents/{}/photos", incident.reference), form.to_owned(), &photo, "401"),
        (format!("/incidents/{}/photos", incident.reference), form.to_owned(), &photo, "401"),
        ("/nowhere".to_owned(), form.to_owned(), &photo, "404"),
    ] {
        let answer = says_all_then_listens(&door, &format!("POST {path} HTTP/1.1\r\n{headers}"), body).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {answer}");
    }
}

#[tokio::test]
async fn who_waits_to_be_asked_for_the_body_is_refused_without_sending_it() {
    let world = World::new().await;
    let door = world.open_door().await;
    let mut line = TcpStream::connect(door.address).await.unwrap();
    let head = "POST /nowhere HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n";
    line.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
}
