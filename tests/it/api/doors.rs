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
    ]
}

/// One row: what this caller is answered, try by try, on incidents of its own.
async fn row(world: &World, caller: &Program, amal: &Program) -> Vec<String> {
    let another = amal.report(None, json!({})).await.reference();
    let own = caller.report(None, json!({})).await;
    let own = if own.status == 201 { own.reference().to_string() } else { "SW-00000-0".to_owned() };
    let mut answers = Vec::new();
    for (method, path, incident, body) in tries() {
        let called = match incident {
            "own" => own.as_str(),
            "another's" => another.as_str(),
            _ => "SW-00000-0",
        };
        let answered = caller.at(world).send(method, &path.replace("{reference}", called), None, body.as_ref()).await;
        answers.push(answered.status.as_u16().to_string());
    }
    answers
}

#[tokio::test]
async fn every_route_answers_every_caller_as_the_table_says() {
    let world = World::new().await;
    let amal = Program::of(&world, "amal", Role::Staff).await;
    let mut rows = vec![
        ("no key".to_owned(), row(&world, &Program::with(&world, None), &amal).await),
        ("a wrong key".to_owned(), row(&world, &Program::with(&world, Some("sw_forged".to_owned())), &amal).await),
    ];
    for role in Role::ALL {
        let caller = Program::of(&world, role.as_str(), *role).await;
        rows.push((role.to_string(), row(&world, &caller, &amal).await));
    }
    let mut table = format!("{:<86}", "");
    rows.iter().for_each(|(caller, _)| table.push_str(&format!("  {caller}")));
    for (at, (method, path, incident, body)) in tries().iter().enumerate() {
        let what = body.as_ref().and_then(|body| body["action"].as_str()).unwrap_or_default();
        let tried = format!("{method} {path} {what} {incident}");
        table.push_str(&format!("\n{:<86}", tried.trim_end()));
        rows.iter().for_each(|(caller, answers)| table.push_str(&format!("  {:<width$}", answers[at], width = caller.len())));
    }
    let lines: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(lines.join("\n"));
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
