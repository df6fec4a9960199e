//! How people and programs come in: links that can be spent once, sessions that end, keys that can be taken back; and
//! only hashes of them in the tables.

use domain::id::IncidentId;
use domain::words::Role;
use sea_orm::{DatabaseConnection, EntityTrait};
use shopwatch::store::entity::{api_key, enter_link, notice, session};
use shopwatch::store::outbox::{LeaseRequest, Leased, Settled, Settlement};
use shopwatch::store::people::{ApiKey, NOTICES_MAX, NameTaken};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{id, person, reported, telling};
use crate::world::database::Base;
use crate::world::people::{AMAL, NOOR, minutes, seconds};
use crate::world::{CONSOLE, World};

on_both! {
    a_link_is_spent_once,
    of_many_who_spend_a_link_at_once_one_comes_in,
    a_link_that_has_expired_is_none,
    a_session_lasts_until_it_expires_or_is_ended,
    a_key_is_good_until_it_is_revoked_and_its_name_is_used_once,
    no_table_holds_what_lets_somebody_in,
    people_are_told_the_newest_things_first,
    what_nobody_can_use_any_more_is_forgotten,
}

const TOKEN: &str = "k9-token-of-a-link";
const SESSION: &str = "k9-id-of-a-session";
const SECRET: &str = "sw_k9-secret-of-a-key";

fn key(name: &str) -> ApiKey {
    ApiKey { name: name.to_owned(), role: Role::Staff, site: Some("kings-cross".parse().unwrap()), revoked: false }
}

async fn a_link_is_spent_once(base: Base) {
    let world = World::on(base).await;
    let (store, now) = (world.store(), world.now());
    store.add_link(TOKEN, "amal", now + minutes(15)).await.unwrap();
    assert_eq!(store.link_for(TOKEN, now).await.unwrap().as_deref(), Some("amal"), "looking at it spends nothing");
    assert_eq!(store.spend_link(TOKEN, now).await.unwrap().as_deref(), Some("amal"));
    assert_eq!(store.spend_link(TOKEN, now).await.unwrap(), None);
    assert_eq!(store.link_for(TOKEN, now).await.unwrap(), None);
    assert_eq!(store.spend_link("another", now).await.unwrap(), None);
}

async fn of_many_who_spend_a_link_at_once_one_comes_in(base: Base) {
    let world = World::on(base).await;
    let now = world.now();
    world.store().add_link(TOKEN, "amal", now + minutes(15)).await.unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..10 {
        let store = world.store().clone();
        tasks.spawn(async move { store.spend_link(TOKEN, now).await.unwrap() });
    }
    assert_eq!(tasks.join_all().await.into_iter().flatten().collect::<Vec<String>>(), ["amal"]);
}

async fn a_link_that_has_expired_is_none(base: Base) {
    let world = World::on(base).await;
    let expires = world.now() + minutes(15);
    world.store().add_link(TOKEN, "amal", expires).await.unwrap();
    assert!(world.store().link_for(TOKEN, expires - seconds(1)).await.unwrap().is_some());
    assert_eq!(world.store().link_for(TOKEN, expires).await.unwrap(), None);
    assert_eq!(world.store().spend_link(TOKEN, expires).await.unwrap(), None);
}

async fn a_session_lasts_until_it_expires_or_is_ended(base: Base) {
    let world = World::on(base).await;
    let (store, now) = (world.store(), world.now());
    store.save_session(SESSION, "{\"name\":\"amal\"}".into(), now + minutes(10)).await.unwrap();
    assert_eq!(store.session(SESSION, now).await.unwrap().as_deref(), Some("{\"name\":\"amal\"}"));
    store.save_session(SESSION, "{}".into(), now + minutes(20)).await.unwrap();
    assert_eq!(
        store.session(SESSION, now + minutes(19)).await.unwrap().as_deref(),
        Some("{}"),
        "saved again, it lasts longer"
    );
    assert_eq!(store.session(SESSION, now + minutes(20)).await.unwrap(), None);
    store.end_session(SESSION).await.unwrap();
    assert_eq!(store.session(SESSION, now).await.unwrap(), None);
    store.end_session(SESSION).await.unwrap();
}

async fn a_key_is_good_until_it_is_revoked_and_its_name_is_used_once(base: Base) {
    let world = World::on(base).await;
    let (store, now) = (world.store(), world.now());
    assert_eq!(store.add_key(&key("till"), SECRET, now).await.unwrap(), Ok(()));
    assert_eq!(store.add_key(&key("till"), "sw_another", now).await.unwrap(), Err(NameTaken));
    assert_eq!(store.key_of(SECRET).await.unwrap(), Some(key("till")));
    assert_eq!(store.key_of("sw_another").await.unwrap(), None);
    assert!(store.revoke_key("till", now).await.unwrap());
    assert_eq!(store.key_of(SECRET).await.unwrap(), None);
    assert!(!store.revoke_key("till", now).await.unwrap(), "it is revoked already");
    assert!(!store.revoke_key("door", now).await.unwrap());
    assert_eq!(store.add_key(&key("till"), SECRET, now).await.unwrap(), Err(NameTaken), "the record names keys");
    assert_eq!(store.api_keys().await.unwrap(), [ApiKey { revoked: true, ..key("till") }]);
}

async fn no_table_holds_what_lets_somebody_in(base: Base) {
    let world = World::on(base).await;
    let (store, now) = (world.store(), world.now());
    store.add_link(TOKEN, "amal", now).await.unwrap();
    store.save_session(SESSION, "{}".into(), now).await.unwrap();
    store.add_key(&key("till"), SECRET, now).await.unwrap().unwrap();
    let said = everything_said(&world.database.look_inside().await).await;
    for secret in [TOKEN, SESSION, SECRET] {
        assert!(!said.contains(secret), "{secret} stands in {said}");
    }
}

async fn everything_said(db: &DatabaseConnection) -> String {
    let links = enter_link::Entity::find().all(db).await.unwrap();
    let sessions = session::Entity::find().all(db).await.unwrap();
    let keys = api_key::Entity::find().all(db).await.unwrap();
    assert_eq!((links.len(), sessions.len(), keys.len()), (1, 1, 1));
    format!("{links:?} {sessions:?} {keys:?}")
}

async fn people_are_told_the_newest_things_first(base: Base) {
    let world = World::on(base).await;
    let (amal, noor) = (person(&world, AMAL), person(&world, NOOR));
    for number in 1..=25 {
        world.store().commit(telling(reported(&world, number), world.now())).await.unwrap();
    }
    let (now, token) = (world.now(), Uuid::from_u128(1));
    let leased = world.store().lease(LeaseRequest { now, token, platform: CONSOLE }).await.unwrap();
    let notice = |task: &Leased| notice::Model {
        key: task.key.clone(),
        member: amal.member.0.clone(),
        incident: task.incident.0,
        word: "claimed".into(),
        at: now + seconds(i64::try_from(task.incident.0.as_u128()).unwrap()),
    };
    let notices = leased.iter().map(notice).collect();
    let outcomes = leased.iter().map(|task| (task.key.clone(), Settled::Shown { remote_id: None })).collect();
    world.store().settle(Settlement { now, token, outcomes, notices }).await.unwrap();
    let read: Vec<IncidentId> =
        world.store().notices(&amal).await.unwrap().into_iter().map(|notice| notice.incident).collect();
    assert_eq!(read, (6..=25).rev().map(id).collect::<Vec<_>>(), "the newest {NOTICES_MAX}, each once");
    assert_eq!(world.store().notices(&noor).await.unwrap(), []);
    assert_eq!(world.store().forget_notices(now + seconds(6)).await.unwrap(), 5);
}

async fn what_nobody_can_use_any_more_is_forgotten(base: Base) {
    let world = World::on(base).await;
    let (store, now) = (world.store(), world.now());
    store.add_link(TOKEN, "amal", now + minutes(1)).await.unwrap();
    store.save_session(SESSION, "{}".into(), now + minutes(2)).await.unwrap();
    assert_eq!(store.forget_expired(now).await.unwrap(), 0);
    assert_eq!(store.forget_expired(now + minutes(3)).await.unwrap(), 2);
    assert_eq!(world.database.rows_in("enter_link").await + world.database.rows_in("session").await, 0);
}
