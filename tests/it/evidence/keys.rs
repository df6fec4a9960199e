//! The master key is replaced: everything stays readable, whenever it is interrupted, and everybody stays who they are.

use std::sync::Arc;

use domain::id::IncidentId;
use sea_orm::{EntityTrait, QuerySelect};
use shopwatch::keys::Keys;
use shopwatch::operations::people::actor;
use shopwatch::store::Store;
use shopwatch::store::connect::Unfit;
use shopwatch::store::entity::incident;
use shopwatch::store::rewrap::Rewrapped;

use crate::world::database::Base;
use crate::world::ids::TestIds;
use crate::world::people::AMAL;
use crate::world::{MASTER, World};

on_both!(a_master_key_is_replaced_and_nothing_is_lost_however_it_is_interrupted);

const NEXT: [u8; 32] = [8; 32];

async fn open(world: &World, keys: Keys) -> Result<Store, Unfit> {
    Ok(Store::open(&world.database.location, Arc::new(keys), Arc::new(TestIds::of(9))).await?.0)
}

fn both() -> Keys {
    Keys::from_master(&NEXT).unwrap().and_older(&MASTER).unwrap()
}

async fn wrapped_by(world: &World, keys: &Keys) -> usize {
    let inside = world.database.look_inside().await;
    let rows: Vec<Vec<u8>> = incident::Entity::find()
        .select_only()
        .column(incident::Column::DataKey)
        .into_tuple()
        .all(&inside)
        .await
        .unwrap();
    rows.iter().filter(|wrapped| wrapped.starts_with(&keys.id().0)).count()
}

async fn a_master_key_is_replaced_and_nothing_is_lost_however_it_is_interrupted(base: Base) {
    let world = World::on(base).await;
    let mut ids: Vec<IncidentId> = Vec::new();
    for line in ["gin", "rum", "vodka"] {
        ids.push(world.report(line).await.id);
    }
    assert!(world.store().seal_after("chat/tokens", 0, b"a pair").await.unwrap());
    let amal = world.store().keys().pseudonym("amal");
    // Before: only the old key is known to the database, and another one alone is refused.
    assert!(matches!(open(&world, Keys::from_master(&NEXT).unwrap()).await, Err(Unfit::OtherKeys)));
    world.store().keep_names().await.unwrap();
    // Killed here, with the new key in its place and nothing wrapped by it yet.
    let store = open(&world, both()).await.unwrap();
    assert_eq!(store.keys().pseudonym("amal"), amal, "everybody stays who they are");
    for id in &ids {
        assert!(store.incident(*id).await.unwrap().is_some());
    }
    assert_eq!(store.rewrap(|_| ()).await.unwrap(), Rewrapped { now: 4, before: 0 });
    assert_eq!(store.rewrap(|_| ()).await.unwrap(), Rewrapped { now: 0, before: 4 }, "again, it changes nothing");
    assert_eq!(wrapped_by(&world, &Keys::from_master(&NEXT).unwrap()).await, 3);
    // The old key is gone: the new one alone opens everything, the old one alone nothing.
    let store = open(&world, Keys::from_master(&NEXT).unwrap()).await.unwrap();
    assert_eq!(store.keys().pseudonym("amal"), amal);
    assert_eq!(store.sealed("chat/tokens").await.unwrap().unwrap().plain, b"a pair");
    for id in &ids {
        let incident = store.incident(*id).await.unwrap().unwrap();
        assert_eq!(incident.reporter.member, actor(&world.app.desk, &AMAL.origin()).member);
    }
    assert_eq!(store.verify(|_| ()).await.unwrap().findings, [], "the record is whole under the new key");
    assert!(matches!(open(&world, Keys::from_master(&MASTER).unwrap()).await, Err(Unfit::OtherKeys)));
}
