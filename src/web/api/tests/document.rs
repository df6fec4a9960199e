//! The `OpenAPI` document, and whether it says what is so.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::StatusCode;
use serde_json::Value;

use super::super::{actions, bodies, described};
use super::world::World;
use crate::web::problem::Kind;

fn document() -> Value {
    serde_json::to_value(described().1).unwrap()
}

fn each(value: &Value, see: &mut dyn FnMut(&str, &Value)) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| {
            see(name, value);
            each(value, see);
        }),
        Value::Array(list) => list.iter().for_each(|value| each(value, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_document_is_as_it_was_reviewed() {
    insta::assert_snapshot!(described().1.to_pretty_json().unwrap());
}

#[tokio::test]
async fn every_route_is_described_and_everything_described_is_there() {
    let world = World::new().await;
    let served = world.ask("GET", "/api/v1/openapi.json").send(Body::empty()).await;
    assert_eq!((served.status, served.header("content-type")), (StatusCode::OK, "application/json"));
    assert_eq!(served.json(), document());
    for (path, item) in document()["paths"].as_object().unwrap() {
        let (described, path) =
            (item.as_object().unwrap(), path.replace("{reference}", "SW-00000-0").replace("{id}", "pho_0"));
        for method in ["get", "post", "put", "patch", "delete"] {
            let answer = world.ask(&method.to_uppercase(), &path).send(Body::empty()).await;
            let there = answer.status != StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(described.contains_key(method), there, "{method} {path}");
            // Everything but the document itself wants a key.
            let open = described.get(method).is_some_and(|operation| operation["security"] == serde_json::json!([{}]));
            assert_eq!(answer.status == StatusCode::UNAUTHORIZED, there && !open, "{method} {path}");
        }
    }
}

#[test]
fn every_reference_within_the_document_leads_somewhere() {
    let document = document();
    each(&document, &mut |name, value| {
        if name == "$ref" {
            let pointer = value.as_str().unwrap().strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    });
}

/// The fields of a schema, with those of its parts.
fn fields(document: &Value, schema: &Value) -> BTreeSet<String> {
    let schema = schema
        .get("$ref")
        .map_or(schema, |reference| document.pointer(reference.as_str().unwrap().trim_start_matches('#')).unwrap());
    let own = schema["properties"].as_object().into_iter().flat_map(|map| map.keys().cloned());
    let parts = schema["allOf"].as_array().into_iter().flatten().flat_map(|part| fields(document, part));
    own.chain(parts).collect()
}

#[test]
fn the_fields_that_are_described_are_those_that_are_read() {
    let document = document();
    let of = |name: &str| fields(&document, &document["components"]["schemas"][name]);
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(of("GoodsRequest"), set(&bodies::GOODS));
    assert_eq!(of("Facts"), set(&bodies::FACTS));
    assert_eq!(of("ReportRequest"), &set(&bodies::FACTS) | &set(&["site", "category"]));
    let taken: BTreeSet<String> =
        actions::ACTIONS.iter().flat_map(|action| actions::takes(action)).map(|name| (*name).to_owned()).collect();
    assert_eq!(of("ActionRequest"), &(&taken - &set(&bodies::FACTS)) | &set(&["action", "version", "facts"]));
}

#[tokio::test]
async fn every_problem_is_explained_in_the_document_and_at_its_own_address() {
    let (world, document) = (World::new().await, document());
    let introduction = document["info"]["description"].as_str().unwrap();
    for kind in Kind::ALL {
        assert!(introduction.contains(&format!("| `{}` | {} |", kind.uri(), kind.status().as_u16())), "{kind:?}");
        let page = world.ask("GET", kind.uri()).send(Body::empty()).await;
        assert!(
            page.status == StatusCode::OK && String::from_utf8_lossy(&page.bytes).contains(kind.about()),
            "{kind:?}"
        );
    }
    assert_eq!(world.ask("GET", "/problems/none").send(Body::empty()).await.status, StatusCode::NOT_FOUND);
}
