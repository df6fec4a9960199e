//! Every route × every caller as one table (promise P9); a route that is not in it fails the test.

use std::collections::BTreeSet;

use domain::words::Role;
use reqwest::multipart::{self, Part};
use reqwest::{Method, StatusCode};
use serde_json::json;
use shopwatch::chat::inbound::What;
use shopwatch::store::people::ApiKey;
use shopwatch::web;

use crate::world::World;
use crate::world::door::{Caller, Door};
use crate::world::people::VERA;

/// What is asked for: a method, an address as the router names it, and what stands for its names.
struct Row {
    method: Method,
    route: &'static str,
    about: &'static str,
    body: Body,
}

#[derive(Clone, Copy)]
enum Body {
    None,
    /// A form's fields; `press` becomes a button of the incident in question.
    Form(&'static [(&'static str, &'static str)]),
    /// JSON.
    Json(&'static str),
    /// The composer with a file that is no photo, and no words.
    Photo,
}

const CLAIM: Body = Body::Form(&[("what", "press"), ("press", "claim")]);
const LINE: Body = Body::Form(&[("what", "line"), ("line", "/report help")]);

fn row(method: Method, route: &'static str, about: &'static str, body: Body) -> Row {
    Row { method, route, about, body }
}

fn rows() -> Vec<Row> {
    let get = |route, about| row(Method::GET, route, about, Body::None);
    let post = |route, about, body| row(Method::POST, route, about, body);
    vec![
        get("/health/live", ""),
        get("/health/ready", ""),
        get("/metrics", ""),
        get("/assets/{version}/{name}", "of another version"),
        get("/problems/{kind}", "not-found"),
        get("/problems/{kind}", "unheard-of"),
        get("/api/v1/openapi.json", ""),
        post("/api/v1/reports", "", Body::Json("{}")),
        get("/api/v1/incidents", ""),
        get("/api/v1/incidents/{reference}", "Vera's"),
        get("/api/v1/incidents/{reference}", "nobody's"),
        post("/api/v1/incidents/{reference}/actions", "claim Vera's", Body::Json(r#"{"action": "claim"}"#)),
        post("/api/v1/incidents/{reference}/actions", "claim nobody's", Body::Json(r#"{"action": "claim"}"#)),
        get("/", ""),
        post("/", "a line", LINE),
        post("/", "a photo, unread", Body::Photo),
        post("/", "claim Vera's", CLAIM),
        get("/incidents/{reference}", "Vera's"),
        get("/incidents/{reference}", "nobody's"),
        post("/incidents/{reference}", "claim Vera's", CLAIM),
        post("/incidents/{reference}", "claim nobody's", CLAIM),
        post("/api/v1/incidents/{reference}/photos", "Vera's, without one", Body::None),
        post("/api/v1/incidents/{reference}/photos", "nobody's", Body::None),
        get("/api/v1/incidents/{reference}/photos", "Vera's"),
        get("/api/v1/incidents/{reference}/photos", "nobody's"),
        get("/api/v1/incidents/{reference}/photos/{id}", "Vera's, no photo"),
        get("/incidents/{reference}/photos", "Vera's"),
        get("/incidents/{reference}/photos", "nobody's"),
        post("/incidents/{reference}/photos", "Vera's, without one", Body::None),
        post("/incidents/{reference}/photos", "nobody's", Body::None),
        get("/incidents/{reference}/photos/{id}", "Vera's, no photo"),
        get("/incidents/{reference}/photos/{id}/boxes", "Vera's, no photo"),
        post("/incidents/{reference}/photos/{id}/boxes", "Vera's, no photo", Body::None),
        get("/incidents/{reference}/photos/{id}/confirm", "Vera's"),
        post("/incidents/{reference}/photos/{id}/confirm", "Vera's, no photo", Body::None),
        post("/incidents/{reference}/photos/{id}/original", "Vera's, no photo", Body::None),
        get("/as/{name}/incidents/{reference}/photos", "as noor"),
        post("/as/{name}/incidents/{reference}/photos", "as noor", Body::None),
        get("/as/{name}/incidents/{reference}/photos/{id}", "as noor"),
        get("/as/{name}/incidents/{reference}/photos/{id}/boxes", "as noor"),
        post("/as/{name}/incidents/{reference}/photos/{id}/boxes", "as noor", Body::None),
        get("/as/{name}/incidents/{reference}/photos/{id}/confirm", "as noor"),
        post("/as/{name}/incidents/{reference}/photos/{id}/confirm", "as noor", Body::None),
        post("/as/{name}/incidents/{reference}/photos/{id}/original", "as noor", Body::None),
        get("/incidents/{reference}/hold", "Vera's"),
        get("/incidents/{reference}/hold", "nobody's"),
        post("/incidents/{reference}/hold", "Vera's, without a reason", Body::Form(&[])),
        get("/as/{name}/incidents/{reference}/hold", "as noor"),
        post("/as/{name}/incidents/{reference}/hold", "as noor", Body::Form(&[])),
        get("/hold", "Vera's, by its name"),
        get("/as/{name}/hold", "as noor, by its name"),
        get("/events", ""),
        get("/as/{name}", "noor"),
        post("/as/{name}", "noor", LINE),
        post("/as/{name}", "noor, a photo, unread", Body::Photo),
        get("/as/{name}/incidents/{reference}", "as noor"),
        post("/as/{name}/incidents/{reference}", "as noor, claim", CLAIM),
        get("/as/{name}/events", "noor"),
        get("/enter/{token}", "forged"),
        post("/enter/{token}", "forged", Body::Form(&[])),
        get("/look/{token}", "forged"),
        post("/look/{token}", "forged", Body::Form(&[])),
        post("/leave", "", Body::Form(&[])),
        row(Method::DELETE, "/", "", Body::None),
        row(Method::DELETE, "/api/v1/reports", "", Body::None),
        get("/nowhere", ""),
        get("/api/v1/nowhere", ""),
    ]
}

/// An incident that Vera reported, nobody has claimed and no caller owns.
async fn veras(world: &World) -> domain::incident::Incident {
    world.receive(VERA, What::Command("info the till is slow".into())).await.incident()
}

async fn cell(world: &World, door: &Door, row: &Row, caller: &Caller) -> StatusCode {
    let incident = veras(world).await;
    let called = if row.about.contains("nobody's") { "SW-00000-0".to_owned() } else { incident.reference.to_string() };
    let path = row.route.replace("{reference}", &called).replace("{name}", "noor").replace("{kind}", row.about);
    let path = if row.about.ends_with("by its name") { format!("{path}?called={called}") } else { path };
    let path = path.replace("{version}", "0").replace("{token}", "forged");
    let path = path.replace("{id}", "pho_00000000000000000000000000000007");
    let mut request = door.request(row.method.clone(), &path, caller).header("sec-fetch-site", "same-origin");
    let press = format!("v1:claim:{}:1", incident.id);
    match row.body {
        Body::None => {}
        Body::Photo => {
            let part = Part::bytes(b"no photo".to_vec()).file_name("a.jpg");
            let form = multipart::Form::new().text("what", "line").text("line", "/report").part("photos", part);
            request = request.multipart(form);
        }
        Body::Json(body) => request = request.header("content-type", "application/json").body(body),
        Body::Form(fields) => {
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (*name, if *name == "press" { press.as_str() } else { value }))
                .collect();
            request = request.form(&fields);
        }
    }
    request.send().await.unwrap().status()
}

/// Everybody who may knock: nobody, browsers of people, programs of every role, and forgeries of both.
async fn callers(world: &World, door: &Door) -> Vec<(String, Caller)> {
    let mut callers = vec![
        ("nobody".to_owned(), Caller::Nobody),
        ("forged cookie".to_owned(), Caller::Browser("shopwatch=forged".to_owned())),
        ("forged key".to_owned(), Caller::Program("sw_forged".to_owned())),
    ];
    for name in ["amal", "omar", "noor", "ines", "pavel", "ada", "lena"] {
        callers.push((name.to_owned(), door.sign_in(world, name).await));
    }
    for role in Role::ALL {
        let key = ApiKey { name: role.to_string(), role: *role, site: None, revoked: false };
        let secret = format!("sw_of_{role}");
        world.store().add_key(&key, &secret, world.now()).await.unwrap().unwrap();
        callers.push((format!("key {role}"), Caller::Program(secret)));
    }
    callers
}

async fn table(world: &World, callers: impl AsyncFn(&Door) -> Vec<(String, Caller)>) -> String {
    let door = world.open_door().await;
    let callers = callers(&door).await;
    let mut lines = vec![format!("{:62}", "")];
    lines.extend(rows().iter().map(|row| format!("{:62}", format!("{} {} {}", row.method, row.route, row.about))));
    for (name, caller) in callers {
        lines[0].push_str(&format!("  {name}"));
        for (line, row) in lines.iter_mut().skip(1).zip(rows()) {
            let status = cell(world, &door, &row, &caller).await.as_u16();
            line.push_str(&format!("  {status:<width$}", width = name.len()));
        }
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_answers_every_caller_as_the_table_says() {
    let world = World::new().await;
    insta::assert_snapshot!(table(&world, async |door: &Door| callers(&world, door).await).await);
    world.check_everything().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_try_out_one_visitor_is_everybody() {
    let mut world = World::new().await;
    world.app.parts().try_out = true;
    let everybody = async |door: &Door| vec![("everybody".to_owned(), door.sign_in(&world, "*").await)];
    insta::assert_snapshot!(table(&world, everybody).await);
    world.check_everything().await;
}

#[tokio::test]
async fn no_route_is_missing_from_the_table() {
    let world = World::new().await;
    let tried: BTreeSet<(String, String)> = rows()
        .iter()
        .filter(|row| row.method != Method::DELETE && !row.route.ends_with("/nowhere"))
        .map(|row| (row.method.to_string(), row.route.to_owned()))
        .collect();
    assert_eq!(known_to(&format!("{:?}", web::router(&world.app))), tried);
}

#[tokio::test]
async fn the_apis_own_document_describes_every_one_of_its_routes() {
    let world = World::new().await;
    let door = world.open_door().await;
    let document: serde_json::Value = door.get("/api/v1/openapi.json", &Caller::Nobody).await.json().await.unwrap();
    let described: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
        })
        .collect();
    let known = known_to(&format!("{:?}", web::router(&world.app)));
    let of_the_api = known.into_iter().filter(|(_, path)| path.starts_with("/api/")).collect::<BTreeSet<_>>();
    assert_eq!(described, of_the_api);
    assert_ne!(json!(described.len()), json!(0));
}

/// The routes of a router, as its debug text lists them: `RouteId(1): MethodRouter(… allow_header: Bytes(b"GET,HEAD"))`
/// and `RouteId(1): "/health/live"`. There is no other way to ask for them.
fn known_to(router: &str) -> BTreeSet<(String, String)> {
    let (routes, _) = router.split_once("fallback_router").unwrap();
    let parts: Vec<(&str, &str)> = routes.split("RouteId(").skip(1).filter_map(|part| part.split_once("): ")).collect();
    let quoted = |text: &str| text.split('"').nth(1).unwrap_or_default().to_owned();
    let path_of = |id: &str| {
        let (_, path) = parts.iter().find(|(other, rest)| *other == id && rest.starts_with('"')).unwrap();
        quoted(path)
    };
    let handlers = parts.iter().filter(|(_, rest)| rest.starts_with("MethodRouter"));
    handlers
        .flat_map(|(id, handler)| {
            let methods = quoted(handler);
            // HEAD is what GET answers without its body.
            let methods: Vec<String> =
                methods.split(',').filter(|method| *method != "HEAD").map(ToOwned::to_owned).collect();
            methods.into_iter().map(|method| (method, path_of(id))).collect::<Vec<_>>()
        })
        .collect()
}
