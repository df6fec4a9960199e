//! What somebody may not see answers exactly like what does not exist: status, headers and body, at every address that
//! names an incident.

use domain::id::IncidentId;
use domain::words::Role;
use reqwest::{Method, Response, StatusCode};
use sea_orm::ConnectionTrait;
use shopwatch::chat::inbound::What;
use shopwatch::chat::press::Button;
use shopwatch::store::people::ApiKey;
use uuid::Uuid;

use crate::world::World;
use crate::world::door::{Caller, Door};
use crate::world::people::VERA;

/// A reference that nobody has.
const NOBODYS: &str = "SW-7K3QF-2";

/// Everything of an answer that could tell two apart.
async fn told(answer: Response, called: &str) -> String {
    let mut headers: Vec<String> = answer.headers().iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.retain(|header| !header.starts_with("date:"));
    headers.sort();
    let (status, body) = (answer.status(), answer.text().await.unwrap());
    // A form's own number is another one each time; the address is what they asked for.
    let mut parts = body.split("name=\"delivery\" value=\"");
    let mut same = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        same.push_str(part.split_once('"').map_or("", |(_, rest)| rest));
    }
    format!("{status}\n{}\n{}", headers.join("\n"), same.replace(called, "THE REFERENCE"))
}

async fn try_all(door: &Door, caller: &Caller, called: &str, id: IncidentId) -> Vec<String> {
    let mut answers = Vec::new();
    match caller {
        Caller::Program(_) => {
            answers.push(told(door.get(&format!("/api/v1/incidents/{called}"), caller).await, called).await);
            for action in ["claim", "note", "withdraw", "confirm"] {
                let path = format!("/api/v1/incidents/{called}/actions");
                let body = serde_json::json!({ "action": action, "text": "x", "version": 1 });
                let answer = door.request(Method::POST, &path, caller).json(&body).send().await.unwrap();
                answers.push(told(answer, called).await);
            }
        }
        Caller::Nobody | Caller::Browser(_) => {
            let page = format!("/incidents/{called}");
            answers.push(told(door.get(&page, caller).await, called).await);
            for button in Button::ALL {
                let tap = if *button == Button::Tap { ":weapon=used" } else { "" };
                let press = format!("v1:{}:{id}:1{tap}", button.as_str());
                for what in ["press", "submit"] {
                    let fields = [("what", what), ("press", press.as_str()), ("text", "x"), ("sure", "1")];
                    for path in ["/", &page] {
                        let answer = door.post(path, caller, &fields).await;
                        answers.push(told(answer, called).await.replace(&id.to_string(), "THE ID"));
                    }
                }
            }
        }
    }
    answers
}

#[tokio::test]
async fn hidden_and_missing_cannot_be_told_apart() {
    let world = World::new().await;
    let door = world.open_door().await;
    let hidden = world.receive(VERA, What::Command("info the till is slow".into())).await.incident();
    let mut callers = Vec::new();
    for name in ["amal", "pavel", "ada"] {
        callers.push((name.to_owned(), door.sign_in(&world, name).await));
    }
    for role in [Role::Staff, Role::Liaison, Role::Admin] {
        let key = ApiKey { name: role.to_string(), role, site: None, revoked: false };
        world.store().add_key(&key, &format!("sw_{role}"), world.now()).await.unwrap().unwrap();
        callers.push((role.to_string(), Caller::Program(format!("sw_{role}"))));
    }
    for (name, caller) in callers {
        let there = try_all(&door, &caller, hidden.reference.as_str(), hidden.id).await;
        let nowhere = try_all(&door, &caller, NOBODYS, IncidentId(Uuid::from_u128(9))).await;
        for (there, nowhere) in there.iter().zip(&nowhere) {
            assert_eq!(there, nowhere, "{name}");
        }
    }
    assert_eq!(world.steps(&hidden.reference).await, ["reported"]);
}

/// Whoever may not see it is answered without anything of it being opened: as fast as if it did not exist, and also when
/// it cannot be opened any more.
#[tokio::test]
async fn what_is_hidden_is_not_even_opened() {
    let world = World::new().await;
    let door = world.open_door().await;
    let hidden = world.receive(VERA, What::Command("info the till is slow".into())).await.incident();
    let (amal, noor) = (door.sign_in(&world, "amal").await, door.sign_in(&world, "noor").await);
    for (role, name) in [(Role::Staff, "sw_till"), (Role::Reviewer, "sw_office")] {
        let key = ApiKey { name: role.to_string(), role, site: None, revoked: false };
        world.store().add_key(&key, name, world.now()).await.unwrap().unwrap();
    }
    let (till, office) = (Caller::Program("sw_till".into()), Caller::Program("sw_office".into()));
    world.database.look_inside().await.execute_unprepared("UPDATE incident SET sealed = x'00'").await.unwrap();
    for called in [hidden.reference.to_string(), hidden.id.to_string()] {
        let api = format!("/api/v1/incidents/{called}");
        assert_eq!(door.get(&api, &till).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(door.get(&api, &office).await.status(), StatusCode::INTERNAL_SERVER_ERROR, "it really is broken");
    }
    let page = format!("/incidents/{}", hidden.reference);
    assert_eq!(door.get(&page, &amal).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(door.get(&page, &noor).await.status(), StatusCode::INTERNAL_SERVER_ERROR);
}
