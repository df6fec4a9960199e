//! Every route of the API × every caller: the whole table is what a reviewer reads.

use std::collections::BTreeSet;

use domain::words::Role;
use serde_json::{Value, json};

use super::Program;
use crate::world::World;

/// What is tried: a method, a path as the document names it, an incident (its own, another's, none) and a body.
type Try = (&'static str, &'static str, &'static str, Option<Value>);

fn tries() -> Vec<Try> {
    let action = |incident, body| ("POST", "/api/v1/incidents/{reference}/actions", incident, Some(body));
    let read = |incident| ("GET", "/api/v1/incidents/{reference}", incident, None);
    vec![
        ("GET", "/api/v1/openapi.json", "", None),
        ("POST", "/api/v1/reports", "", Some(json!({}))),
        ("GET", "/api/v1/incidents", "", None),
        read("own"),
        read("another's"),
        read("no"),
        action("another's", json!({"action": "note", "text": "x"})),
        action("another's", json!({"action": "withdraw"})),
        action("another's", json!({"action": "claim"})),
        action("own", json!({"action": "add_details", "zone": "till"})),
        action("own", json!({"action": "claim"})),
        action("own", json!({"action": "explode"})),
        action("no", json!({"action": "claim"})),
        ("POST", "/api/v1/incidents/{reference}/photos", "own", None),
        ("POST", "/api/v1/incidents/{reference}/photos", "another's", None),
        ("POST", "/api/v1/incidents/{reference}/photos", "no", None),
        ("GET", "/api/v1/incidents/{reference}/photos", "own", None),
        ("GET", "/api/v1/incidents/{reference}/photos", "another's", None),
        ("GET", "/api/v1/incidents/{reference}/photos", "no", None),
        ("GET", "/api/v1/incidents/{reference}/photos/{id}", "own", None),
        ("GET", "/api/v1/incidents/{reference}/photos/{id}", "another's", None),
        ("GET", "/api/v1/incidents/{reference}/photos/{id}", "no", None),
        action("another's", json!({"action": "place_hold", "text": "asked for by the court"})),
        action("another's", json!({"action": "lift_hold", "text": "the case is closed"})),
        action("another's", json!({"action": "erase", "text": "somebody's right to erasure"})),
        action("no", json!({"action": "lift_hold", "text": "the case is closed"})),
    ]
}

/// One column: what this caller is answered, try by try, on incidents of its own.
async fn column(program: &Program, amal: &Program) -> Vec<String> {
    let foreign = amal.report(None, json!({})).await.reference();
    let own = program.report(None, json!({})).await;
    let own = if own.status == 201 { own.reference().to_string() } else { "SW-00000-0".to_owned() };
    let mut column = Vec::new();
    for (method, path, incident, body) in tries() {
        let called = match incident {
            "own" => own.as_str(),
            "another's" => foreign.as_str(),
            _ => "SW-00000-0",
        };
        let path = path.replace("{reference}", called).replace("{id}", &format!("pho_{}", "0".repeat(32)));
        let answer = program.send(method, &path, None, body.as_ref()).await;
        column.push(answer.status.as_u16().to_string());
    }
    column
}

/// What was tried, in a word or two.
fn name((method, path, incident, body): &Try) -> String {
    let action = body.as_ref().and_then(|body| body["action"].as_str()).unwrap_or_default();
    format!("{method} {path} {action} {incident}")
}

#[tokio::test]
async fn every_route_answers_every_caller_as_the_table_says() {
    let world = World::new().await;
    let amal = Program::of(&world, "amal", Role::Staff).await;
    let forged = Program::with(&world, Some("sw_forged".to_owned()));
    let mut columns = vec![
        ("nobody".to_owned(), column(&Program::with(&world, None), &amal).await),
        ("a wrong key".to_owned(), column(&forged, &amal).await),
    ];
    for role in Role::ALL {
        let caller = Program::of(&world, role.as_str(), *role).await;
        columns.push((role.to_string(), column(&caller, &amal).await));
    }
    let heading: Vec<&str> = columns.iter().map(|(caller, _)| caller.as_str()).collect();
    let mut table = vec![format!("{:<72}{}", "", heading.join("  "))];
    for (row, tried) in tries().iter().enumerate() {
        let cells: Vec<String> =
            columns.iter().map(|(caller, cells)| format!("{:<1$}", cells[row], caller.len())).collect();
        table.push(format!("{:<72}{}", name(tried), cells.join("  ")).trim_end().to_owned());
    }
    insta::assert_snapshot!(table.join("\n"));
}

#[tokio::test]
async fn no_route_is_missing_from_the_table() {
    let world = World::new().await;
    let document = Program::with(&world, None).send("GET", "/api/v1/openapi.json", None, None).await.body;
    let routes = document["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
        item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
    });
    let tried = tries().into_iter().map(|(method, path, _, _)| (method.to_owned(), path.to_owned()));
    assert_eq!(routes.collect::<BTreeSet<_>>(), tried.collect::<BTreeSet<_>>());
}
